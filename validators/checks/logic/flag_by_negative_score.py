"""LG007 `logic.flag-by-negative-score`: a red flag reads no score with negative points."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.rule import Points
from engine.uses import uses
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Follow each red flag down to the scores."""
    kb = context.kb
    for id_ in kb.red_flags:
        for kind, name in sorted(kb.cone(uses(kb.active[id_].when))):
            for rule in kb.concluded_by.get((kind, name), ()):
                then = kb.active[rule].then
                if isinstance(then, Points) and then.points < 0:
                    what = f"it depends on the score `{name}`, from which `{rule}` takes points away"
                    yield context.path("rule", id_), ("when",), what, "write the flag with the signs themselves"


CHECK = Check(
    code="LG007",
    name="logic.flag-by-negative-score",
    title="A red flag reads no score with negative points",
    why="A point taken away would silence an alarm.",
    bad={
        "terms/risk.json": {"id": "risk", "kind": "score", "name": "Risk", "meaning": "x", "judgement": "y"},
        "rules/scores/risk.json": {
            "id": "scores/risk",
            "title": "x",
            "when": {"fact": "age", "gte": 60},
            "then": {"score": "risk", "points": -2},
            "judgement": "y",
            "review_by": "2030-01-01",
        },
        **changed("rules/red_flags/numb.json", when={"score": "risk", "gte": 0}),
    },
    good={},
    run=run,
)
