"""What was worked out before, kept by everything that it depends on.

A knowledge base changes by one record at a time. Whoever checks it again passes the same memory, and only what depends
on the changed record is worked out anew. A result is found again only under an equal key, so that a memory changes how
long something takes and never what comes out.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")

MOST = 20_000
"""Results that are kept: some for each record of a large knowledge base."""


class Memory:
    """Results by key, the longest unused forgotten first. Several threads may share one."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result under a key, made if it is not there. The key holds everything that `make` reads."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(T, self._kept[key])
        made = make()
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
