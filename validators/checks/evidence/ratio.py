"""EV001 `evidence.ratio`: a weight is the nearest integer to ten times the logarithm of its likelihood ratio."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

from engine.model.rule import Evidence
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare each weight with the ratio that it rests on."""
    for id_, rule in context.kb.active.items():
        if isinstance(rule.then, Evidence) and rule.then.basis:
            ratio = rule.then.basis.likelihood_ratio
            weight = max(-20, min(20, round(10 * log10(ratio))))
            if weight != rule.then.weight:
                what = f"the weight is {rule.then.weight}, and a likelihood ratio of {ratio:g} is {weight} decibans"
                yield context.path("rule", id_), ("then", "weight"), what, f"write {weight}, or correct the ratio"


CHECK = Check(
    code="EV001",
    name="evidence.ratio",
    title="A weight is the nearest integer to ten times the logarithm of its likelihood ratio",
    why="The published figure and the number that is added up must not drift apart.",
    bad=changed(
        "rules/evidence/locked.json",
        sources=[{"source": "smith-2020"}],
        then={
            "condition": "spasm",
            "weight": 6,
            "group": "story",
            "basis": {"likelihood_ratio": 2.0, "source": {"source": "smith-2020"}},
        },
    ),
    good=changed(
        "rules/evidence/locked.json",
        sources=[{"source": "smith-2020"}],
        then={
            "condition": "spasm",
            "weight": 3,
            "group": "story",
            "basis": {"likelihood_ratio": 2.0, "source": {"source": "smith-2020"}},
        },
    ),
    run=run,
)
