"""GD005 `guide.contested`: a contested statement names its source."""

from __future__ import annotations

from collections.abc import Iterator

from validators.example import BASE, changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for contested statements that rest on judgement alone."""
    for id_, condition in context.kb.conditions.items():
        for at, section in enumerate(condition.guide.sections):
            for number, statement in enumerate(section.statements):
                if statement.contested and not statement.sources:
                    steps = ("guide", "sections", at, "statements", number)
                    yield (
                        context.path("condition", id_),
                        steps,
                        "it is contested, and cites nothing",
                        "cite who disputes it",
                    )


CHECK = Check(
    code="GD005",
    name="guide.contested",
    title="A contested statement names its source",
    why="Whoever says that something is disputed says by whom.",
    bad=changed(
        "conditions/low_back/spasm.json",
        guide={
            **BASE["conditions/low_back/spasm.json"]["guide"],
            "sections": [
                {
                    "id": "what_it_is",
                    "title": "What is it?",
                    "statements": [{"text": "It hurts.", "judgement": "y", "contested": "Some say not."}],
                }
            ],
        },
    ),
    good={},
    run=run,
)
