"""Proofs in the console: worked out beside the page, once for each content, with progress and a way to stop."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from engine.assess import Assessor
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.worker import Workers
from validators.population.triage import Triage, alarm_rate
from validators.proof.cache import Cache, usual_place
from validators.proof.confirm import TranslationError
from validators.proof.prove import Report, prove
from validators.proof.solver import Cancelled


@dataclass
class ProofJob:
    """One run of the proofs on one commit."""

    done: int = 0
    of: int = 0
    now: str = ""
    report: Report | None = None
    alarms: Triage | None = None
    """How many of the reference population are alarmed; None where it answers other questions."""
    failure: str = ""
    """Why there is no report although it has ended, in words; empty where it was stopped."""
    ended: bool = False
    cancel: threading.Event = field(default_factory=threading.Event)

    def run(self, kb: KnowledgeBase, files: Mapping[str, bytes]) -> None:
        """Prove everything; the page looks at how far it is."""
        try:
            with Workers() as workers:
                self.report = prove(
                    kb,
                    native=Assessor(kb, files, workers),
                    cache=Cache(usual_place()),
                    progress=self._tell,
                    cancel=self.cancel,
                )
            self.now = "counting alarms on the reference population"
            self.alarms = alarm_rate(Assessor(kb))
        except Cancelled:
            self.failure = ""
        except TranslationError as error:
            self.failure = f"The proofs cannot be used: {error}. Please report this."
        except KnowledgeError as error:
            self.failure = f"Nothing can be proved: {error.findings[0].what}."
        finally:
            self.ended = True

    def _tell(self, done: int, of: int, now: str) -> None:
        self.done, self.of, self.now = done, of, now


class ProofJobs:
    """The runs that are under way or done, shared by every session of the console; one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, ProofJob] = {}

    def of(self, commit: str) -> ProofJob | None:
        """The run on a commit, if there was one."""
        return self._jobs.get(commit)

    def start(self, commit: str, kb: KnowledgeBase, files: Mapping[str, bytes]) -> ProofJob:
        """Begin a run on a commit; one on another commit is stopped."""
        with self._lock:
            for other in self._jobs.values():
                other.cancel.set()
            while len(self._jobs) > 8:
                self._jobs.pop(next(iter(self._jobs)))
            job = self._jobs[commit] = ProofJob()
        threading.Thread(target=job.run, args=(kb, files), name="algos-prove", daemon=True).start()
        return job


@st.cache_resource
def proof_jobs() -> ProofJobs:
    """The proofs of this console."""
    return ProofJobs()
