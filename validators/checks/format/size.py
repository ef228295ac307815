"""FM006 `format.size`: a file is not larger or deeper than a person could read."""

from __future__ import annotations

from validators.registry import Check

CHECK = Check(
    code="FM006",
    name="format.size",
    title="A file is not larger or deeper than a person could read",
    why="A criterion nested sixty levels deep, or a rule of four megabytes, is a mistake or an attack.",
    bad={"terms/older.json": b"[" * 200 + b"]" * 200},
    good={},
)
