"""For whom a question makes sense, findings, scores, and every rule: as columns, each after what it reads."""

from __future__ import annotations

from collections.abc import Iterable

from engine.english import conclusion, english
from engine.knowledge import KnowledgeBase
from engine.model.base import Sourced
from exports.sql.answers import DOUBLE
from exports.sql.criteria import Criteria
from exports.sql.names import Names
from exports.sql.steps import Steps
from exports.sql.writing import chain, name


def add_rules(kb: KnowledgeBase, names: Names, steps: Steps, criteria: Criteria, mark: str) -> None:
    """Add them all. `mark` is what is said of every rule that no clinician has approved; empty where all are."""
    for kind, id_ in kb.order:
        if kind == "question":
            gate = kb.questions[id_].ask_when
            if gate is not None:
                when = criteria.step(names.column("gate", id_), gate, f"{id_} is asked when {english(gate, kb)}")
                steps.add(names.column("applies", id_), f"COALESCE({name(when)}, TRUE)", [when])
            continue
        rules = kb.concluded_by[kind, id_]
        for rule in rules:
            _add_rule(kb, names, criteria, rule, mark)
        if kind == "finding":
            columns = [names.column("rule", rule) for rule in rules]
            said = f"finding {id_}: {kb.terms[id_].name}"
            steps.add(names.column("finding", id_), chain([name(one) for one in columns], "OR"), columns, said)
        else:
            _add_score(kb, names, steps, id_, rules)
    for rule in kb.active:
        if not steps.has(names.column("rule", rule)):
            _add_rule(kb, names, criteria, rule, mark)


def _add_rule(kb: KnowledgeBase, names: Names, criteria: Criteria, id_: str, mark: str) -> None:
    rule = kb.active[id_]
    criteria.step(
        names.column("rule", id_),
        rule.when,
        f"{id_}: {rule.title}{mark}",
        f"  when {english(rule.when, kb)}",
        f"  then {conclusion(rule.then, kb)}",
        f"  source: {sources(rule)}",
    )


def sources(record: Sourced) -> str:
    """What a record rests on, in words."""
    said = [f"{one.source} ({one.locator})" if one.locator else one.source for one in record.sources]
    if record.judgement:
        said.append(f"judgement: {record.judgement}")
    return "; ".join(said) or "none given"


def _add_score(kb: KnowledgeBase, names: Names, steps: Steps, id_: str, rules: Iterable[str]) -> None:
    """Both ends of a score's interval, in whole multiples of 1/scale."""
    ends: dict[str, list[str]] = {"low": [], "high": []}
    columns = [names.column("rule", rule) for rule in rules]
    for rule, column in zip(rules, columns, strict=True):
        whole = kb.points(kb.active[rule])
        for end, open_ in (("low", min(whole, 0)), ("high", max(whole, 0))):
            shown = name(column)
            ends[end].append(f"CASE WHEN {shown} THEN {whole} WHEN NOT {shown} THEN 0 ELSE {open_} END")
    for end, parts in ends.items():
        said = f"score {id_} ({end} end, in 1/{kb.terms[id_].scale} points): {kb.terms[id_].name}"
        points = names.column("points", id_, end)
        steps.add(points, chain([f"\n      {part}" for part in parts], "+"), columns, said)
        shown = f"CAST({name(points)} AS {DOUBLE}) / {kb.terms[id_].scale}"
        steps.add(names.column("score", id_, end), shown, [points])
