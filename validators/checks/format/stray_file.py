"""FM007 `format.stray-file`: every file belongs to a kind of record."""

from __future__ import annotations

from engine.finding import Severity
from validators.registry import Check

CHECK = Check(
    code="FM007",
    name="format.stray-file",
    title="Every file belongs to a kind of record",
    why="A rule in the wrong folder is silently not in force.",
    bad={"rule/numb.json": {}},
    good={},
    severity=Severity.WARNING,
)
