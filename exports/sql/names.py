"""Names of columns: readable, the same on every run, at most 63 bytes, and no two alike."""

from __future__ import annotations

import hashlib

PERSON = "person_id"
MOST = 63
"""PostgreSQL cuts what is longer, and then two columns may be called the same:
https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"""
_HASH = 10

Thing = tuple[str, ...]
"""What a column holds, such as ("rule", "red_flags/saddle_numbness")."""


class Names:
    """Gives each thing its column's name: its parts joined by `__`, with a hash at the end where that would not do."""

    def __init__(self) -> None:
        self._of: dict[Thing, str] = {}
        self._taken = {PERSON}

    def column(self, *thing: str) -> str:
        """The name of a thing's column. Names are given in the order in which they are first asked for."""
        if thing not in self._of:
            plain = "__".join(part.replace("/", "__") for part in thing)
            if len(plain) > MOST or plain in self._taken:
                mark = hashlib.sha256("\0".join(thing).encode()).hexdigest()[:_HASH]
                plain = f"{plain[: MOST - _HASH - 1]}_{mark}"
            if plain in self._taken:
                raise ValueError(f"two columns would be called {plain}")  # two hashes of 40 bits alike
            self._taken.add(plain)
            self._of[thing] = plain
        return self._of[thing]
