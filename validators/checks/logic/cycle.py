"""LG004 `logic.cycle`: nothing depends on itself."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import KnowledgeError
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Put everything in an order in which it can be derived."""
    try:
        assert context.kb.order is not None
    except KnowledgeError as error:
        for finding in error.findings:
            yield finding.path, ("when",), finding.what, finding.fix


CHECK = Check(
    code="LG004",
    name="logic.cycle",
    title="Nothing depends on itself",
    why="With a circle the result would depend on where one begins.",
    bad=changed("rules/findings/older.json", when={"finding": "older"}),
    good={},
    run=run,
)
