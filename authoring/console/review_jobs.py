"""What takes the solver a while is worked out beside the page, once for each content."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st

from authoring.review.desk import Look
from authoring.review.proofs import Changes


class Jobs:
    """The work that is under way or done, shared by every session of the console."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="algos-proofs")
        self._lock = threading.Lock()
        self._started: dict[tuple[str, str], Future[Changes | None]] = {}

    def changes(self, look: Look) -> Future[Changes | None]:
        """Which patients a change moves; asked for once, however many look."""
        key = (look.main, look.head)
        with self._lock:
            if key not in self._started:
                while len(self._started) > 200:
                    self._started.pop(next(iter(self._started)))
                self._started[key] = self._pool.submit(look.moves)
            return self._started[key]


@st.cache_resource
def jobs() -> Jobs:
    """The jobs of this console."""
    return Jobs()
