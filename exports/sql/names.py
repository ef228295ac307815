"""Names of columns: readable, the same on every run, at most 63 bytes, and no two alike."""

from __future__ import annotations

import hashlib

PERSON = "person_id"
REFUSED = "refused"
LISTS = ("asked_by", "red_flags", "open_flags", "advice", "set_aside", "corrections")
"""Columns that list ids, one space between two, in an order that is the same for everybody."""
OWN = frozenset({PERSON, REFUSED, "urgency", "urgency_level", "self_care_earned", *LISTS})
"""Columns that are there whatever the knowledge base is."""
MOST = 63
"""PostgreSQL cuts what is longer, and then two columns may be called the same:
https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"""
_HASH = 10

_Thing = tuple[str, ...]


class Names:
    """Gives each thing its column's name: its parts joined by `__`, with a hash at the end where that would not do."""

    def __init__(self) -> None:
        self._of: dict[_Thing, str] = {}
        self._taken = set(OWN)

    def answer(self, question: str, option: str | None = None) -> str:
        """The column of a question, or of one of its options."""
        parts = (question,) if option is None else (question, option)
        return self._given(("answer", *parts), parts)

    def column(self, kind: str, *parts: str) -> str:
        """The column of something else, such as a rule. Names are given in the order in which they are asked for."""
        return self._given((kind, "", *parts), (kind, *parts))

    def _given(self, thing: _Thing, parts: _Thing) -> str:
        if thing not in self._of:
            plain = "__".join(part.replace("/", "__") for part in parts)
            if len(plain) > MOST or plain in self._taken:
                mark = hashlib.sha256("\0".join(thing).encode()).hexdigest()[:_HASH]
                plain = f"{plain[: MOST - _HASH - 1]}_{mark}"
            if plain in self._taken:
                raise ValueError(f"two columns would be called {plain}")  # two hashes of 40 bits alike
            self._taken.add(plain)
            self._of[thing] = plain
        return self._of[thing]
