"""EV002 `evidence.range`: of a published range the end nearer 1 is used, and an interval holds its ratio."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from engine.model.rule import Evidence
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at the ranges and intervals of published ratios."""
    for id_, rule in context.kb.active.items():
        if not isinstance(rule.then, Evidence) or rule.then.basis is None:
            continue
        basis = rule.then.basis
        steps = ("then", "basis", "likelihood_ratio")
        if basis.range:
            nearer = min(basis.range, key=lambda end: abs(log(end)))
            if basis.likelihood_ratio != nearer:
                what = f"of the range {basis.range[0]:g} to {basis.range[1]:g} the end nearer 1 is {nearer:g}"
                yield context.path("rule", id_), steps, what, f"use {nearer:g}"
        if basis.interval and not basis.interval[0] <= basis.likelihood_ratio <= basis.interval[1]:
            yield context.path("rule", id_), steps, "the ratio lies outside its own interval", "correct one of the two"


CHECK = Check(
    code="EV002",
    name="evidence.range",
    title="Of a published range the end nearer 1 is used, and an interval holds its ratio",
    why="The cautious end is the one that every study supports.",
    bad=changed(
        "rules/evidence/locked.json",
        sources=[{"source": "smith-2020"}],
        then={
            "condition": "spasm",
            "weight": 8,
            "group": "story",
            "basis": {"likelihood_ratio": 7.0, "range": [4.0, 7.0], "source": {"source": "smith-2020"}},
        },
    ),
    good=changed(
        "rules/evidence/locked.json",
        sources=[{"source": "smith-2020"}],
        then={
            "condition": "spasm",
            "weight": 6,
            "group": "story",
            "basis": {"likelihood_ratio": 4.0, "range": [4.0, 7.0], "source": {"source": "smith-2020"}},
        },
    ),
    run=run,
)
