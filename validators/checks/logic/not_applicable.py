"""LG008 `logic.not-applicable`: nothing becomes true only because a question does not apply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for comparisons on gated questions below an odd number of `not`, without their gate beside them."""
    kb = context.kb
    for kind, id_, steps, criterion in kb.criteria():
        for fact in _bare(criterion, context, negated=False, named=()):
            what = f"it can become true only because `{fact}` does not apply"
            yield (
                context.path(kind, id_),
                steps,
                what,
                f"say beside it, in a group of which all must hold, for whom `{fact}` is asked",
            )


def _bare(criterion: Criterion, context: Context, negated: bool, named: tuple[Criterion, ...]) -> Iterator[str]:
    """The gated questions that are compared under `not` although none of `named` is their gate."""
    match criterion:
        case FactIs():
            gate = context.kb.questions[criterion.fact].ask_when if criterion.fact in context.kb.questions else None
            if negated and gate is not None and not _names(named, gate):
                yield criterion.fact
        case All():
            beside = named if negated else (*named, *criterion.all)
            for part in criterion.all:
                yield from _bare(part, context, negated, beside)
        case AnyOf() | AtLeast():
            for part in criterion.parts:
                yield from _bare(part, context, negated, named)
        case Not():
            yield from _bare(criterion.not_, context, not negated, named)
        case FindingIs() | ScoreIs():
            return
        case _:
            assert_never(criterion)


def _names(named: tuple[Criterion, ...], gate: Criterion) -> bool:
    """Whether the gate, or each part of a gate that is an `all`, stands among the named criteria."""
    return gate in named or (isinstance(gate, All) and all(part in named for part in gate.all))


CHECK = Check(
    code="LG008",
    name="logic.not-applicable",
    title="Nothing becomes true only because a question does not apply",
    why="Where a question makes no sense its comparisons are false, and their opposite true: a rule names for whom.",
    bad={
        "questions/more.json": {
            "id": "more",
            "title": "More",
            "order": 20,
            "questions": [
                {
                    "id": "pregnant",
                    "name": "Pregnant",
                    "text": "Pregnant?",
                    "type": "boolean",
                    "ask_when": {"fact": "age", "lte": 55},
                    "judgement": "y",
                }
            ],
        },
        **changed("rules/evidence/locked.json", when={"not": {"fact": "pregnant", "is": True}}),
    },
    good={
        "questions/more.json": {
            "id": "more",
            "title": "More",
            "order": 20,
            "questions": [
                {
                    "id": "pregnant",
                    "name": "Pregnant",
                    "text": "Pregnant?",
                    "type": "boolean",
                    "ask_when": {"fact": "age", "lte": 55},
                    "judgement": "y",
                }
            ],
        },
        **changed(
            "rules/evidence/locked.json",
            when={"all": [{"fact": "age", "lte": 55}, {"not": {"fact": "pregnant", "is": True}}]},
        ),
    },
    run=run,
)
