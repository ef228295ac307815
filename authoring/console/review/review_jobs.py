"""What takes the solver a while is worked out beside the page, once for each content."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import streamlit as st

from authoring.review.desk import Look
from authoring.review.proofs import Changes, Verdict

_KEPT = 200
T = TypeVar("T")


class Jobs:
    """The work that is under way or done, shared by every session of the console."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="algos-proofs")
        self._lock = threading.Lock()
        self._changes: dict[tuple[str, str], Future[Changes | None]] = {}
        self._failing: dict[tuple[str, str], Future[tuple[Verdict, ...]]] = {}

    def changes(self, look: Look) -> Future[Changes | None]:
        """Which patients a change moves; asked for once, however many look."""
        return self._once(self._changes, look, look.moves)

    def failing(self, look: Look) -> Future[tuple[Verdict, ...]]:
        """Which properties keep a change from being merged."""
        return self._once(self._failing, look, look.failing)

    def forget(self, look: Look) -> None:
        """Let what is known of a change be worked out anew."""
        with self._lock:
            for started in (self._changes, self._failing):
                started.pop((look.main, look.head), None)

    def _once(self, started: dict[tuple[str, str], Future[T]], look: Look, find: Callable[[], T]) -> Future[T]:
        key = (look.main, look.head)
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
