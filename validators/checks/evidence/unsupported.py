"""EV006 `evidence.unsupported`: a condition has a rule that speaks for it, and can become likely."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from validators.example import BASE, changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Add up the strongest evidence for each condition."""
    kb = context.kb
    for id_, condition in kb.current_conditions.items():
        most = [max((one.weight for one in group.values()), default=0) for group in kb.evidence[id_].values()]
        best = condition.prior.decibans + sum(weight for weight in most if weight > 0)
        suspected = any(id_ in flag.suspects for flag in kb.red_flags.values())
        if not any(weight > 0 for weight in most) and not suspected:
            yield context.path("condition", id_), (), "no rule speaks for it", "write an evidence rule, or retire it"
        elif best < kb.thresholds(condition).possible and not suspected:
            limit = kb.thresholds(condition).possible
            what = f"all evidence together reaches {best} decibans, and it is possible only from {limit}"
            yield context.path("condition", id_), ("prior",), what, "look at its prior, weights and thresholds"


CHECK = Check(
    code="EV006",
    name="evidence.unsupported",
    title="A condition has a rule that speaks for it, and can become likely",
    why="A condition that nothing speaks for is never named, and its guide never handed over.",
    bad={
        "rules/evidence/locked.json": None,
        "cases/locked.json": None,
        **changed("rules/red_flags/numb.json", then={"red_flag": "emergency", "suspects": ["nerve"], "message": "Go."}),
        "conditions/low_back/nerve.json": {**BASE["conditions/low_back/spasm.json"], "id": "nerve"},
    },
    good={},
    run=run,
    severity=Severity.WARNING,
)
