"""How far long work of review is, and a wish to stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from validators.proof.solver import Cancelled


@dataclass(frozen=True)
class Pace:
    """What long work tells while it goes on, and where it looks whether somebody wants it stopped."""

    tell: Callable[[int, int, str], None] = lambda *_: None
    """Called with how much is done, of how much (0 where nobody can say), and what is under way."""
    stop: threading.Event = field(default_factory=threading.Event)

    def begin(self, now: str) -> Pace:
        """Begin a part of the work, named in the user's words. Raises Cancelled where it is to stop.

        Returns the pace of that part: whatever is told within it is told under its name.
        """
        if self.stop.is_set():
            raise Cancelled
        self.tell(0, 0, now)
        return Pace(lambda done, of, _: self.tell(done, of, now), self.stop)
