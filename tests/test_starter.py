"""The starter knowledge base: clean, green, and as large and careful as it says."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from engine.assess import Assessor
from engine.finding import Severity
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from engine.uses import uses
from validators.cases import run_case, run_examples
from validators.counting import count
from validators.registry import check_files

from .conftest import STARTER

DAY = date(2026, 11, 23)


def test_no_check_finds_an_error_or_anything_suspicious(starter_files: dict[str, bytes]) -> None:
    _, findings = check_files(starter_files, DAY)
    assert [str(one) for one in findings if one.severity is Severity.ERROR] == []
    assert [str(one) for one in findings if one.code not in ("GD001",)] == []


CASES = sorted(path.stem for path in (STARTER / "cases").glob("*.json"))


@pytest.fixture(scope="module")
def assessor(starter: KnowledgeBase) -> Assessor:
    return Assessor(starter)


@pytest.mark.parametrize("case", CASES)
def test_a_case_ends_as_its_author_expects(assessor: Assessor, case: str) -> None:
    assert run_case(assessor, assessor.kb.cases[case]).differences == ()


def test_every_example_gives_what_it_says(assessor: Assessor) -> None:
    assert [one.id for one in run_examples(assessor) if not one.passed] == []


def test_it_is_as_large_as_promised(starter: KnowledgeBase) -> None:
    counts = count(starter)
    assert counts["conditions"] >= 20
    assert counts["red_flags"] >= 25
    assert counts["rules"] >= 200
    assert counts["cases"] >= 80


def test_every_condition_and_every_red_flag_has_two_cases(assessor: Assessor) -> None:
    kb = assessor.kb
    named, fired = Counter[str](), Counter[str]()
    for case in kb.cases.values():
        outcome = run_case(assessor, case).outcome
        assert outcome is not None
        named.update(view.id for view in outcome.named)
        fired.update(flag.rule for flag in outcome.red_flags)
    assert [id_ for id_ in kb.current_conditions if named[id_] < 2] == []
    assert [id_ for id_ in kb.red_flags if fired[id_] < 2] == []


def test_every_condition_can_be_reached_by_questions_that_a_patient_is_asked(starter: KnowledgeBase) -> None:
    for id_, groups in starter.evidence.items():
        favouring = [rule for group in groups.values() for rule, one in group.items() if one.weight > 0]
        facts = {
            name
            for rule in favouring
            for kind, name in starter.cone(uses(starter.active[rule].when))
            if kind == "question"
        }
        assert any(starter.questions[name].by == "patient" for name in facts), id_


def test_a_single_weak_sign_is_no_red_flag(assessor: Assessor) -> None:
    """Over 50, or pain at night, alone alarms nobody (80 in 100 people with back pain have one: henschke-2009)."""
    calm = json.loads((STARTER / "cases" / "spasm_morning_lock.json").read_text(encoding="utf-8"))["answers"]
    from engine.answers import read_answers

    for change in ({"age": 58}, {"night": "second_half"}, {"severity": 9}, {"morning_stiffness": "over_30"}):
        outcome = assessor.assess(read_answers(assessor.kb, {**calm, **change})).outcome
        assert outcome.urgency.level < Urgency.URGENT.level, change


def test_everything_says_that_nobody_has_reviewed_it(starter: KnowledgeBase) -> None:
    assert "Not yet reviewed" in starter.settings.unreviewed
