"""FM004 `format.not-a-number`: a number is a number."""

from __future__ import annotations

from validators.registry import Check

CHECK = Check(
    code="FM004",
    name="format.not-a-number",
    title="A number is a number",
    why="Python reads NaN and Infinity, JSON and other programs do not.",
    bad={"kb.json": b'{"semantics": NaN}'},
    good={},
)
