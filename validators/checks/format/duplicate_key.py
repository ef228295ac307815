"""FM003 `format.duplicate-key`: a key stands once in an object."""

from __future__ import annotations

from validators.registry import Check

CHECK = Check(
    code="FM003",
    name="format.duplicate-key",
    title="A key stands once in an object",
    why="Most programs keep the last of two and never say so.",
    bad={"terms/older.json": b'{"id": "older",\n "id": "old"}'},
    good={},
)
