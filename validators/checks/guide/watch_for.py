"""GD003 `guide.watch-for`: a guide ends with what to watch for, the most urgent first, with place and time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from validators.example import BASE, changed
from validators.registry import Check, Context, Problem

_TIME = re.compile(
    r"\b(now|at once|right away|straight away|immediately|today|same day|ambulance|999|within|days?|weeks?|hours?|next"
    r"|appointment|soon)\b",
    re.I,
)


def run(context: Context) -> Iterator[Problem]:
    """Look at the order, at the most urgent sign, and at whether each entry says when."""
    for id_, condition in context.kb.conditions.items():
        path, signs = context.path("condition", id_), condition.guide.watch_for
        levels = [one.urgency.level for one in signs]
        if levels != sorted(levels, reverse=True):
            yield path, ("guide", "watch_for"), "the most urgent sign does not stand first", "sort by urgency"
        if levels[0] < 3:
            what = "no sign asks for help the same day or at once"
            yield path, ("guide", "watch_for"), what, "name the emergency that must not be missed"
        for at, one in enumerate(signs):
            if not _TIME.search(one.go):
                what = f"`{one.go}` does not say how fast"
                yield path, ("guide", "watch_for", at, "go"), what, "say when: at once, today, within two weeks"


CHECK = Check(
    code="GD003",
    name="guide.watch-for",
    title="A guide ends with what to watch for, the most urgent first, with place and time",
    why="People come in time when they were told the signs and where to go.",
    bad=changed(
        "conditions/low_back/spasm.json",
        guide={
            **BASE["conditions/low_back/spasm.json"]["guide"],
            "watch_for": [{"sign": "Numbness", "go": "Somewhere", "urgency": "emergency", "judgement": "y"}],
        },
    ),
    good={
        "conditions/low_back/spasm.json": {
            **BASE["conditions/low_back/spasm.json"],
            "guide": {
                **BASE["conditions/low_back/spasm.json"]["guide"],
                "watch_for": [
                    {
                        "sign": "Numbness",
                        "go": "Go to the emergency department now.",
                        "urgency": "emergency",
                        "judgement": "y",
                    }
                ],
            },
        }
    },
    run=run,
)
