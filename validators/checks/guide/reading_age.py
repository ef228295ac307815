"""GD001 `guide.reading-age`: each section of a guide has a reading age of at most 14."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from validators.example import BASE, changed
from validators.reading import FORMULA, HIGHEST, reading
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Measure each section, and the messages of red flags."""
    for id_, condition in context.kb.conditions.items():
        for at, section in enumerate(condition.guide.sections):
            found = reading([statement.text for statement in section.statements])
            if found.age > HIGHEST:
                what = f'the reading age is {found.age:g} ({FORMULA}); hardest: "{found.longest[:80]}"'
                fix = "use shorter sentences and plainer words"
                yield context.path("condition", id_), ("guide", "sections", at), what, fix
    for id_, flag in context.kb.red_flags.items():
        found = reading([flag.message])
        if found.age > HIGHEST:
            what = f"the reading age is {found.age:g} ({FORMULA})"
            yield context.path("rule", id_), ("then", "message"), what, "use shorter sentences and plainer words"


CHECK = Check(
    code="GD001",
    name="guide.reading-age",
    title="Each section of a guide has a reading age of at most 14",
    why="Half of adults read below that; nobody in pain reads at their best.",
    bad=changed(
        "conditions/low_back/spasm.json",
        guide={
            **BASE["conditions/low_back/spasm.json"]["guide"],
            "sections": [
                {
                    "id": "what_it_is",
                    "title": "What is it?",
                    "statements": [
                        {
                            "text": "Prolonged immobilisation necessitates individualised rehabilitation.",
                            "judgement": "y",
                        }
                    ],
                }
            ],
        },
    ),
    good={},
    run=run,
    severity=Severity.WARNING,
)
