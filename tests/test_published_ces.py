"""The cauda equina check, compared with the published decision written out here, over the combinations of its signs.

The decision (card of warning signs, national pathway): a sign that is new or worse within 14 days, or whose age is not
known, is an emergency, and so is passing no urine at all, whatever its age; otherwise a sign that is older and steady
is for the same day. The last sign of the card, "both legs, or a leg that is weak or hard to control", is asked as three
questions here, each with its age. A missing answer is resolved by trying every answer that it could have, which is a
different way from the engine's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, product

import pytest

from engine.answers import Answers, Value
from engine.criteria import Truth
from engine.evaluate import Evaluator
from engine.knowledge import KnowledgeBase
from engine.uses import Uses
from tests.conftest import narrowed

SIGNS = ("saddle_numbness", "bladder_trouble", "bladder_leak", "bowel_trouble", "sexual_change", "both_legs")
AGES = ("no", "new_or_worse", "older_steady", "not_sure_when")
WEAKNESS = ("no", "one_leg", "both_legs")
COURSES = ("getting_worse", "new_steady", "older_steady", "not_sure_when")

Given = dict[str, Value | None]
"""An answer to each question of the check; None where there is none."""

NOBODY: Given = {
    **dict.fromkeys(SIGNS, "no"),
    "cannot_pass_urine": False,
    "leg_weakness": "no",
    "leg_weakness_course": None,
    "walking_trouble": "no",
}
"""Somebody without any sign."""


@pytest.fixture(scope="module")
def evaluator(starter: KnowledgeBase) -> Evaluator:
    return Evaluator(narrowed(starter, findings=("ces_check_emergency", "ces_check_same_day")))


def decision(given: Given) -> str:
    """What the published check decides for somebody who has answered everything."""
    ages = [given[sign] for sign in SIGNS] + [given["walking_trouble"]]
    if given["leg_weakness"] != "no":
        ages.append(given["leg_weakness_course"])
    ages = [age for age in ages if age != "no"]
    if given["cannot_pass_urine"] or any(age != "older_steady" for age in ages):
        return "emergency"
    return "same day" if ages else "none"


def decisions(given: Given) -> set[str]:
    """What the check could decide, whatever the missing answers turn out to be."""
    choices: list[tuple[Value | None, ...]] = []
    for name, value in given.items():
        if name == "leg_weakness_course":
            continue
        if value is not None:
            choices.append((value,))
        elif name == "cannot_pass_urine":
            choices.append((True, False))
        else:
            choices.append(WEAKNESS if name == "leg_weakness" else AGES)
    names = [name for name in given if name != "leg_weakness_course"]
    found = set()
    for values in product(*choices):
        whole: Given = dict(zip(names, values, strict=True))
        course = given["leg_weakness_course"]
        courses = COURSES if whole["leg_weakness"] != "no" and course is None else (course,)
        found |= {decision({**whole, "leg_weakness_course": one}) for one in courses}
    return found


def truth(possible: set[str], wanted: str) -> Truth:
    """Whether a decision is certain, excluded or open."""
    if wanted not in possible:
        return Truth.FALSE
    return Truth.TRUE if possible == {wanted} else Truth.UNKNOWN


def check(evaluator: Evaluator, people: Iterator[Given]) -> tuple[int, set[str]]:
    """Compare both findings for each person; how many there were, and which decisions occurred."""
    count, seen = 0, set[str]()
    for given in people:
        answers = Answers(
            {name: value for name, value in given.items() if value is not None},
            frozenset(name for name, value in given.items() if value is None),
        )
        findings = evaluator.evaluate(answers).findings
        possible = decisions(given)
        assert findings["ces_check_emergency"] is truth(possible, "emergency"), given
        assert findings["ces_check_same_day"] is truth(possible, "same day"), given
        count, seen = count + 1, seen | possible
    return count, seen


def test_the_six_signs_in_every_combination(evaluator: Evaluator) -> None:
    def people() -> Iterator[Given]:
        for ages in product(AGES, repeat=len(SIGNS)):
            yield {**NOBODY, **dict(zip(SIGNS, ages, strict=True))}

    count, seen = check(evaluator, people())
    assert count == 4096
    assert seen == {"emergency", "same day", "none"}


LEGS: tuple[tuple[Mapping[str, Value | None], ...], ...] = (
    tuple({"cannot_pass_urine": value} for value in (True, False, None)),
    (
        *({"leg_weakness": "no", "leg_weakness_course": course} for course in (None, "getting_worse", "older_steady")),
        *(
            {"leg_weakness": leg, "leg_weakness_course": course}
            for leg in ("one_leg", "both_legs", None)
            for course in (*COURSES, None)
        ),
    ),
    tuple({"walking_trouble": value} for value in (*AGES, None)),
)
"""Retention, weakness with its course, and walking, each with every answer and none."""


def test_each_sign_with_retention_weakness_and_walking(evaluator: Evaluator) -> None:
    def people() -> Iterator[Given]:
        signs: Iterator[Mapping[str, Value | None]] = chain(
            [{}], ({sign: age} for sign in SIGNS for age in (*AGES[1:], None))
        )
        for parts in product(signs, *LEGS):
            merged = dict(NOBODY)
            for part in parts:
                merged.update(part)
            yield merged

    count, seen = check(evaluator, people())
    assert count == 25 * 3 * 18 * 5
    assert seen == {"emergency", "same day", "none"}


def test_two_signs_with_and_without_answers(evaluator: Evaluator) -> None:
    def people() -> Iterator[Given]:
        for first, second in ((one, other) for one in SIGNS for other in SIGNS if one < other):
            for ages in product((*AGES, None), repeat=2):
                yield {**NOBODY, first: ages[0], second: ages[1]}

    count, _ = check(evaluator, people())
    assert count == 15 * 25


def test_nothing_answered_settles_nothing(evaluator: Evaluator) -> None:
    findings = evaluator.evaluate(Answers()).findings
    assert findings["ces_check_emergency"] is Truth.UNKNOWN
    assert findings["ces_check_same_day"] is Truth.UNKNOWN


def test_a_course_without_weakness_is_set_aside(evaluator: Evaluator) -> None:
    values: dict[str, Value] = {name: value for name, value in NOBODY.items() if value is not None}
    result = evaluator.evaluate(Answers({**values, "leg_weakness_course": "getting_worse"}))
    assert result.set_aside == ["leg_weakness_course"]
    assert result.findings["ces_check_emergency"] is Truth.FALSE


def test_the_rules_ask_about_every_sign(starter: KnowledgeBase) -> None:
    for finding in ("ces_check_emergency", "ces_check_same_day"):
        read = {name for kind, name in starter.cone(Uses(findings=frozenset({finding}))) if kind == "question"}
        assert {*SIGNS, "leg_weakness", "leg_weakness_course", "walking_trouble", "cannot_pass_urine"} == read
