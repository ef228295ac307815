"""EV003 `evidence.dependent`: rules of one condition that read the same answer share a group, or say why not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.uses import uses
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare the answers below each pair of rules of different groups, through findings and scores."""
    kb = context.kb
    for condition in kb.evidence:
        rules = {id_: one for group in kb.evidence[condition].values() for id_, one in group.items()}
        below = {
            id_: {name for kind, name in kb.cone(uses(kb.active[id_].when)) if kind == "question"} for id_ in rules
        }
        for first, second in combinations(sorted(rules), 2):
            shared = below[first] & below[second]
            same_group = rules[first].group == rules[second].group
            said = rules[first].independent_because or rules[second].independent_because
            if shared and not same_group and not said:
                names = ", ".join(f"`{name}`" for name in sorted(shared)[:4])
                what = f"it reads {names} as `{second}` does, in another group of `{condition}`"
                fix = "put both in one group, or say in `independent_because` why both may count"
                yield context.path("rule", first), ("then", "group"), what, fix


CHECK = Check(
    code="EV003",
    name="evidence.dependent",
    title="Rules of one condition that read the same answer share a group, or say why not",
    why="Counting one answer twice was the known failure of the old expert systems.",
    bad={
        "rules/evidence/age.json": {
            "id": "evidence/age",
            "title": "Old",
            "when": {"fact": "age", "gte": 80},
            "then": {"condition": "spasm", "weight": -2, "group": "decade"},
            "because": "you are older",
            "judgement": "y",
            "review_by": "2030-01-01",
        }
    },
    good={
        "rules/evidence/age.json": {
            "id": "evidence/age",
            "title": "Old",
            "when": {"fact": "age", "gte": 80},
            "then": {"condition": "spasm", "weight": -2, "group": "age"},
            "because": "you are older",
            "judgement": "y",
            "review_by": "2030-01-01",
        }
    },
    run=run,
)
