"""A release in the making: beside the page, one at a time, with how far it is and a way to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from authoring.review.events import Actor
from authoring.review.pace import Pace
from authoring.store import WorkspaceError
from engine.finding import KnowledgeError
from validators.proof.solver import Cancelled


@dataclass
class ReleaseJob:
    """One release in the making."""

    by: Actor
    """Who makes it, and may stop it."""
    told: Callable[[int], str]
    """What to tell when it is out, from its number."""
    done: int = 0
    of: int = 0
    now: str = "It begins"
    number: int | None = None
    """The number under which it is out."""
    said: str = ""
    """What came of it: it is out, or it was stopped; empty where it failed."""
    failure: WorkspaceError | KnowledgeError | None = None
    """Why it is not out."""
    fault: BaseException | None = None
    """What nobody foresaw."""
    ended: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, make: Callable[[Pace], int]) -> None:
        """Make it; the page looks at how far it is."""
        try:
            self.number = make(Pace(self._tell, self.stop))
            self.said = self.told(self.number)
        except Cancelled:
            self.said = "Stopped. Nothing was released."
        except (WorkspaceError, KnowledgeError) as error:
            self.failure = error
        except BaseException as error:  # raised again on the page of whoever waits for it
            self.fault = error
        finally:
            self.ended = True

    def _tell(self, done: int, of: int, now: str) -> None:
        self.done, self.of, self.now = done, of, now


class ReleaseJobs:
    """The release that is being made in this console, if one is; shared by every session."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: ReleaseJob | None = None

    @property
    def now(self) -> ReleaseJob | None:
        """The release that is being made now."""
        return self._now if self._now is not None and not self._now.ended else None

    def start(self, by: Actor, told: Callable[[int], str], make: Callable[[Pace], int]) -> ReleaseJob | None:
        """Begin to make one; None where another is being made."""
        with self._lock:
            if self.now is not None:
                return None
            job = self._now = ReleaseJob(by, told)
        threading.Thread(target=job.run, args=(make,), name="algos-release", daemon=True).start()
        return job


@st.cache_resource
def release_jobs() -> ReleaseJobs:
    """The releases of this console."""
    return ReleaseJobs()
