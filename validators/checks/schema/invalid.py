"""SC001 `schema.invalid`: a record has the form of its kind."""

from __future__ import annotations

from validators.example import changed
from validators.registry import Check

CHECK = Check(
    code="SC001",
    name="schema.invalid",
    title="A record has the form of its kind",
    why="Nothing is coerced: text in quotes is not a number, and true is not 1.",
    bad=changed("rules/findings/older.json", when={"fact": "age", "gte": "60"}),
    good={},
)
