"""EV004 `evidence.unsourced`: everything clinical rests on a source, or says that it is judgement and why."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.base import Sourced
from engine.model.rule import Evidence
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at rules, conditions, priors, questions, constraints, terms, exercises, cases and safety rules."""
    for path, steps, record, sourced in _records(context):
        if not record.sources and record.judgement is None and not sourced:
            yield path, steps, "it has neither a source nor a judgement", "cite a source, or say in `judgement` why"


def _records(context: Context) -> Iterator[tuple[str, tuple[str | int, ...], Sourced, bool]]:
    kb = context.kb
    for id_, rule in kb.active.items():
        based = isinstance(rule.then, Evidence) and rule.then.basis is not None
        yield context.path("rule", id_), (), rule, based
        if isinstance(rule.then, Evidence) and not based and rule.judgement is None:
            yield context.path("rule", id_), ("then", "weight"), Sourced(), False
    for id_, condition in kb.conditions.items():
        yield context.path("condition", id_), (), condition, False
        yield context.path("condition", id_), ("prior",), condition.prior, False
        for at, use in enumerate(condition.guide.exercises):
            yield context.path("condition", id_), ("guide", "exercises", at), use, False
    for section in kb.sections:
        for at, question in enumerate(section.questions):
            yield context.path("section", section.id), ("questions", at), question, False
    kinds = {
        "constraint": kb.constraints,
        "term": kb.terms,
        "exercise": kb.exercises,
        "case": kb.cases,
        "safety": kb.safety,
    }
    for kind, records in kinds.items():
        for id_, record in records.items():
            yield context.path(kind, id_), (), record, False


CHECK = Check(
    code="EV004",
    name="evidence.unsourced",
    title="Everything clinical rests on a source, or says that it is judgement and why",
    why="A rule that nobody can trace is a rule that nobody can trust.",
    bad=changed("rules/findings/older.json", judgement=None),
    good={},
    run=run,
)
