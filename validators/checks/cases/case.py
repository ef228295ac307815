"""CA002 `cases.case`: a case ends as its clinician expects."""

from __future__ import annotations

from collections.abc import Iterator

from validators.cases import run_case
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Assess each case and compare."""
    for id_, case in context.kb.cases.items():
        for key, what in run_case(context.assessor, case, context.kept).differences:
            yield context.path("case", id_), key, what, "correct the rules, or the expectation if it was mistaken"


CHECK = Check(
    code="CA002",
    name="cases.case",
    title="A case ends as its clinician expects",
    why="A saved patient whose outcome moves has to be looked at by a person.",
    bad=changed("cases/locked.json", expect={"urgency": "emergency"}),
    good={},
    run=run,
    needs_evaluator=True,
)
