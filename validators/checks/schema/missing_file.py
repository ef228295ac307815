"""SC004 `schema.missing-file`: settings and body map exist."""

from __future__ import annotations

from validators.registry import Check

CHECK = Check(
    code="SC004",
    name="schema.missing-file",
    title="Settings and body map exist",
    why="Without them nothing can be evaluated.",
    bad={"body.json": None},
    good={},
)
