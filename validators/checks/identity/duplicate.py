"""ID002 `identity.duplicate`: an id stands for one record."""

from __future__ import annotations

from validators.example import BASE
from validators.registry import Check

CHECK = Check(
    code="ID002",
    name="identity.duplicate",
    title="An id stands for one record",
    why="With two conditions of one id nobody knows which guide is handed over.",
    bad={"conditions/hip/spasm.json": BASE["conditions/low_back/spasm.json"]},
    good={},
)
