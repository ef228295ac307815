"""Why, why not, and what would change it."""

from __future__ import annotations

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.criteria import Truth
from engine.explain import changes, trace, why_not
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency

from .conftest import ROOT
from .random_kb import random_answers, random_kb


def locked_back(kb: KnowledgeBase, **other: object) -> Answers:
    answers = json.loads((ROOT / "docs" / "examples" / "locked_back.json").read_text(encoding="utf-8"))
    return read_answers(kb, {**answers, **other})


def test_a_trace_marks_every_part_and_goes_down_to_the_answers(starter: KnowledgeBase) -> None:
    assessor = Assessor(starter)
    result = assessor.assess(locked_back(starter))
    shown = trace(assessor.evaluator, result.values, "evidence/low_back_spasm/mechanical")
    assert shown.truth is Truth.TRUE
    assert any(line.question == "worse_with" and line.truth is Truth.TRUE for line in shown.lines)
    assert max(line.depth for line in shown.lines) >= 2


@given(seed=st.integers(0, 2**32))
def test_every_rule_can_be_traced_and_its_lines_agree_with_the_evaluator(seed: int) -> None:
    rng = Random(seed)
    kb = random_kb(rng).kb
    assessor = Assessor(kb)
    result = assessor.assess(random_answers(rng, kb))
    for id_ in kb.active:
        shown = trace(assessor.evaluator, result.values, id_)
        assert shown.lines[0].truth is result.values.rules[id_] is shown.truth
    for target in (*kb.current_conditions, *kb.active):
        assert why_not(assessor.evaluator, result.values, target).text


def test_why_not_says_what_is_missing(starter: KnowledgeBase) -> None:
    assessor = Assessor(starter)
    values = assessor.assess(locked_back(starter)).values
    assert "could be" in why_not(assessor.evaluator, values, "pyelonephritis").text
    assert "nothing that was answered" in why_not(assessor.evaluator, values, "spinal_infection").text
    excluded = why_not(assessor.evaluator, values, "axial_spondyloarthritis")
    assert "only considered when" in excluded.text
    assert "did fire" in why_not(assessor.evaluator, values, "evidence/low_back_spasm/locked").text
    assert "rule it out" in why_not(assessor.evaluator, values, "red_flags/saddle_numbness").text


def test_the_smallest_change_to_an_emergency_is_one_answer(starter: KnowledgeBase) -> None:
    assessor = Assessor(starter)
    answers = locked_back(starter)
    found = changes(assessor.evaluator, answers, assessor.assess(answers).outcome, lambda: False)
    assert found
    assert all(len(change.answers) == 1 for change in found)
    assert found[0].urgency is Urgency.EMERGENCY


@given(seed=st.integers(0, 2**32))
def test_a_change_does_what_it_says(seed: int) -> None:
    rng = Random(seed)
    kb = random_kb(rng).kb
    assessor = Assessor(kb)
    answers = random_answers(rng, kb)
    outcome = assessor.assess(answers).outcome
    budget = iter(range(300))
    for change in changes(assessor.evaluator, answers, outcome, lambda: next(budget, None) is None):
        changed = answers
        for name, value in change.answers:
            assert answers.answered(name)
            changed = changed.with_answer(name, value)
        after = assessor.assess(changed).outcome
        assert not after.corrections
        assert (after.urgency, after.named[0].id if after.named else None) == (change.urgency, change.first)
        before = outcome.urgency, outcome.named[0].id if outcome.named else None
        assert (change.urgency, change.first) != before


def test_nothing_is_found_when_no_time_is_left(starter: KnowledgeBase) -> None:
    assessor = Assessor(starter)
    answers = locked_back(starter)
    assert changes(assessor.evaluator, answers, assessor.assess(answers).outcome, lambda: True) == ()
