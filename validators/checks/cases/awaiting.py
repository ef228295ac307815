"""CA004 `cases.awaiting`: every case has a clinician's word."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for drafts of which nobody has said what should happen."""
    for id_, case in context.kb.cases.items():
        if case.awaiting:
            fix = "say what should happen on the console's page of cases, or delete the draft"
            yield context.path("case", id_), ("awaiting",), "nobody has said yet what should happen", fix


CHECK = Check(
    code="CA004",
    name="cases.awaiting",
    title="Every case has a clinician's word",
    why="A generated patient tests nothing until somebody has said what should happen: it neither passes nor fails.",
    bad=changed("cases/locked.json", expect=None, because=None, awaiting={"tries": ["Whether it is numb"]}),
    good={},
    run=run,
    severity=Severity.WARNING,
)
