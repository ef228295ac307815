"""UN002 `units.points`: points are whole multiples of the score's smallest step."""

from __future__ import annotations

from collections.abc import Iterator

from engine.criteria import ScoreIs
from engine.evaluate import scaled
from engine.model.rule import Points
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at the points of rules and at the thresholds of scores."""
    kb = context.kb
    for id_, rule in kb.active.items():
        if isinstance(rule.then, Points) and rule.then.score in kb.terms:
            scale = kb.terms[rule.then.score].scale
            if isinstance(scaled(rule.then.points, scale), float) or rule.then.points == 0:
                what = f"{rule.then.points} points are no multiple of {_step(scale)}, or are 0"
                yield context.path("rule", id_), ("then", "points"), what, "change the points or the score's scale"
    for kind, id_, steps, part in context.criteria():
        if isinstance(part, ScoreIs) and part.score in kb.terms:
            scale = kb.terms[part.score].scale
            if isinstance(scaled(part.operand, scale), float):
                what = f"the score moves in steps of {_step(scale)}, and {part.operand} lies between two steps"
                yield context.path(kind, id_), (*steps, part.operator), what, "choose a value that the score can have"


def _step(scale: int) -> str:
    return "1" if scale == 1 else f"1/{scale}"


CHECK = Check(
    code="UN002",
    name="units.points",
    title="Points are whole multiples of the score's smallest step",
    why="Sums are kept in whole numbers, so that every evaluator adds them alike.",
    bad={
        "terms/risk.json": {"id": "risk", "kind": "score", "name": "Risk", "meaning": "x", "judgement": "y"},
        "rules/scores/risk.json": {
            "id": "scores/risk",
            "title": "x",
            "when": {"fact": "age", "gte": 60},
            "then": {"score": "risk", "points": 0.5},
            "judgement": "y",
            "review_by": "2030-01-01",
        },
    },
    good={
        "terms/risk.json": {
            "id": "risk",
            "kind": "score",
            "name": "Risk",
            "meaning": "x",
            "scale": 2,
            "judgement": "y",
        },
        "rules/scores/risk.json": {
            "id": "scores/risk",
            "title": "x",
            "when": {"fact": "age", "gte": 60},
            "then": {"score": "risk", "points": 0.5},
            "judgement": "y",
            "review_by": "2030-01-01",
        },
    },
    run=run,
)
