"""The starter's safety properties: proved, many, and broken as soon as a rule is weakened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from authoring.proving import verdict_lines
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.rule import RedFlag, Rule, Urgency
from validators.example import BASE
from validators.proof.cache import Cache
from validators.proof.prove import Report, prove
from validators.registry import example_files


def safety_report(kb: KnowledgeBase) -> Report:
    return prove(kb, limit=60, cache=Cache(None), families=["safety"])


def test_every_safety_property_is_proved_and_speaks_of_somebody(starter: KnowledgeBase) -> None:
    report = safety_report(starter)
    assert [verdict.id for verdict in report.open] == []
    assert sum(verdict.subject[0] == "safety" for verdict in report.verdicts) == len(starter.safety) >= 30


def test_they_look_both_ways_and_rest_on_something(starter: KnowledgeBase) -> None:
    kept_calm = [one for one in starter.safety.values() if one.severity in ("minor", "significant")]
    assert len(kept_calm) >= 5, "crying wolf is a hazard too"
    assert [id_ for id_, one in starter.safety.items() if not one.sources and not one.judgement] == []
    assert {"catastrophic", "major", "considerable"} <= {one.severity for one in starter.safety.values()}


def flag(kb: KnowledgeBase, id_: str, **changes: object) -> Rule:
    rule = kb.rules[id_]
    assert isinstance(rule.then, RedFlag)
    return rule.model_copy(update={"then": rule.then.model_copy(update=changes)})


def without_part(kb: KnowledgeBase, id_: str, part: int) -> Rule:
    """A rule that wants one thing less, of those that it wants one of."""
    rule = kb.rules[id_]
    kept = tuple(one for at, one in enumerate(rule.when.any) if at != part)  # type: ignore[union-attr]
    return rule.model_copy(update={"when": rule.when.model_copy(update={"any": kept})})


@pytest.mark.parametrize(
    ("weakened", "found"),
    [
        (lambda kb: flag(kb, "red_flags/shingles_rash", red_flag=Urgency.SOON), "shingles_rash"),
        (
            lambda kb: flag(
                kb, "red_flags/saddle_unsettled", if_unsure=Urgency.ROUTINE, if_unsure_reason="It is mostly nothing."
            ),
            "ces_saddle_unsure",
        ),
        (lambda kb: flag(kb, "red_flags/injects_drugs", suspects=("pyelonephritis",)), "infection_iv_drugs"),
        (lambda kb: without_part(kb, "findings/ces_check_emergency", 2), "published_ces_emergency"),
    ],
    ids=["urgency lowered", "not sure taken lightly", "cause forgotten", "item forgotten"],
)
def test_a_weakened_rule_is_found_with_somebody_whom_it_fails(
    starter: KnowledgeBase, weakened: Callable[[KnowledgeBase], Rule], found: str
) -> None:
    rule = weakened(starter)
    kb = replace(starter, rules={**starter.rules, rule.id: rule}, safety={found: starter.safety[found]})
    broken = [verdict for verdict in safety_report(kb).open if verdict.status == "broken"]
    assert [verdict.subject for verdict in broken] == [("safety", found)]
    assert broken[0].people[0].values


def test_what_nobody_can_be_is_told_without_a_person() -> None:
    older = {
        **BASE["rules/findings/older.json"],
        "when": {"all": [{"fact": "age", "gte": 60}, {"fact": "age", "lt": 50}]},
    }
    kb = load(example_files(BASE, {"rules/findings/older.json": older})).kb
    assert kb is not None
    report = prove(kb, families=["reachable"])
    (verdict,) = (one for one in report.open if one.subject == ("rule", "findings/older"))
    lines = list(verdict_lines(kb, verdict))
    assert verdict.people == ()
    assert "exclude each other" in lines[1]
    assert "fix: " in lines[-1]
