"""FM002 `format.json`: a file is valid JSON."""

from __future__ import annotations

from validators.registry import Check

CHECK = Check(
    code="FM002",
    name="format.json",
    title="A file is valid JSON",
    why="Nothing in a file that cannot be read is in force.",
    bad={"terms/older.json": b'{"id": "older",'},
    good={},
)
