"""GD004 `guide.sections`: a guide says what it is, what to do today, and what to expect."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from validators.example import BASE, changed
from validators.registry import Check, Context, Problem

NEEDED = ("what_it_is", "today", "outlook")


def run(context: Context) -> Iterator[Problem]:
    """Look for the sections that every guide has."""
    for id_, condition in context.kb.conditions.items():
        there = [section.id for section in condition.guide.sections]
        for needed in NEEDED:
            if needed not in there:
                what = f"the guide has no section `{needed}`"
                yield context.path("condition", id_), ("guide", "sections"), what, f"write the section `{needed}`"


CHECK = Check(
    code="GD004",
    name="guide.sections",
    title="A guide says what it is, what to do today, and what to expect",
    why="Without these a person closes it and is as lost as before.",
    bad=changed(
        "conditions/low_back/spasm.json",
        guide={
            **BASE["conditions/low_back/spasm.json"]["guide"],
            "sections": [
                {"id": "what_it_is", "title": "What is it?", "statements": [{"text": "It hurts.", "judgement": "y"}]}
            ],
        },
    ),
    good={},
    run=run,
    severity=Severity.WARNING,
)
