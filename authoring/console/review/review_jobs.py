"""What takes the solver a while is worked out beside the page, once for each content."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import streamlit as st

from authoring.review.desk import Look
from authoring.review.pace import Pace
from authoring.review.proofs import Changes, Verdict

_KEPT = 200
T = TypeVar("T")
K = TypeVar("K", bound=tuple[str, ...])


class Jobs:
    """The work that is under way or done, shared by every session of the console."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="algos-proofs")
        self._lock = threading.Lock()
        self._changes: dict[tuple[str, str], Future[Changes | None]] = {}
        self._failing: dict[tuple[str, str], Future[tuple[Verdict, ...]]] = {}
        self._overtaken: dict[tuple[str, str, str], Future[dict[int, str]]] = {}
        self._proved: dict[tuple[str, str], str] = {}

    def changes(self, look: Look) -> Future[Changes | None]:
        """Which patients a change moves; asked for once, however many look."""
        return self._once(self._changes, (look.main, look.head), look.moves)

    def failing(self, look: Look) -> Future[tuple[Verdict, ...]]:
        """Which properties keep a change from being merged."""
        key = look.main, look.head

        def tell(done: int, of: int, now: str) -> None:
            self._proved[key] = f"{done} of {of} are decided" if of else ""

        def find() -> tuple[Verdict, ...]:
            try:
                return look.failing(Pace(tell))
            finally:
                self._proved.pop(key, None)

        return self._once(self._failing, key, find)

    def proved(self, look: Look) -> str:
        """How far the proofs of a change are, in words; empty where that is not known."""
        return self._proved.get((look.main, look.head), "")

    def before_merging(self, look: Look) -> bool:
        """Whether everything is worked out that merging asks of the proofs; what is not, is begun."""
        numbers = " ".join(str(one.number) for one in look.change.approvals)
        asked: list[Future[Any]] = [self.changes(look), self.failing(look)]
        asked.append(self._once(self._overtaken, (look.main, look.head, numbers), look.overtaken))
        return all(one.done() for one in asked)

    def forget(self, look: Look) -> None:
        """Let what is known of a change be worked out anew."""
        with self._lock:
            for started in (self._changes, self._failing):
                started.pop((look.main, look.head), None)
            for key in [one for one in self._overtaken if one[:2] == (look.main, look.head)]:
                self._overtaken.pop(key)

    def _once(self, started: dict[K, Future[T]], key: K, find: Callable[[], T]) -> Future[T]:
        with self._lock:
            if key not in started:
                while len(started) >= _KEPT:
                    started.pop(next(iter(started)))
                started[key] = self._pool.submit(find)
            return started[key]


@st.cache_resource
def jobs() -> Jobs:
    """The jobs of this console."""
    return Jobs()
