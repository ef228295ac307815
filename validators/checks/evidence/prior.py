"""EV005 `evidence.prior`: a prior in decibans is the one of its probability."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare each prior's two numbers."""
    for id_, condition in context.kb.conditions.items():
        p = condition.prior.probability
        decibans = round(10 * log10(p / (1 - p)))
        if decibans != condition.prior.decibans:
            what = f"a probability of {p:g} is {decibans} decibans, not {condition.prior.decibans}"
            yield context.path("condition", id_), ("prior", "decibans"), what, f"write {decibans}"


CHECK = Check(
    code="EV005",
    name="evidence.prior",
    title="A prior in decibans is the one of its probability",
    why="Two numbers for one fact must not drift apart.",
    bad=changed("conditions/low_back/spasm.json", prior={"decibans": 3, "probability": 0.33, "judgement": "y"}),
    good={},
    run=run,
)
