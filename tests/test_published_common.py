"""The two stenosis scores, compared with tables written down separately, over every combination of their items."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from engine.answers import Answers, Chosen, Value
from engine.evaluate import Evaluator
from engine.files import read_directory
from engine.knowledge import KnowledgeBase
from engine.load import load

KB = Path(__file__).parent.parent / "kb"
NONE = Chosen()

# Each way to answer, with what the published item makes of it: True, False, or None where it is not known.
Way = tuple[dict[str, Value], bool | None]

AGES = (None, 16, 48, 49, 59, 60, 61, 69, 70, 71, 110)
SIGN: tuple[tuple[str | None, bool | None], ...] = (
    (None, None),
    ("no", False),
    ("new_or_worse", True),
    ("older_steady", True),
    ("not_sure_when", True),
)
OVER_SIX_MONTHS: tuple[tuple[str | None, bool | None], ...] = (
    (None, None),
    ("six_months", False),
    ("twelve_weeks", False),
    ("longer", True),
)
# Walking symptoms, what relieves them: Sugioka's claudication (eases with rest), Cook's relief on sitting.
WALKING: tuple[tuple[dict[str, Value], bool | None, bool | None], ...] = (
    ({}, None, None),
    ({"walk_legs": False}, False, False),
    ({"walk_legs": True}, None, None),
    ({"walk_legs": True, "walk_relief": "sitting"}, True, True),
    ({"walk_legs": True, "walk_relief": "standing_still"}, True, False),
    ({"walk_legs": True, "walk_relief": "slow"}, False, False),
)


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    """The starter knowledge base."""
    loaded = load(read_directory(KB))
    assert loaded.kb is not None
    return loaded.kb


@pytest.fixture(scope="module")
def evaluator(kb: KnowledgeBase) -> Evaluator:
    """Its evaluator."""
    return Evaluator(kb)


def interval(points: int, holds: bool | None) -> tuple[int, int]:
    """What an item adds at least and at most."""
    if holds is None:
        return min(points, 0), max(points, 0)
    return (points, points) if holds else (0, 0)


def summed(items: list[tuple[int, bool | None]]) -> tuple[int, int]:
    """The sum of items that do not depend on one another."""
    parts = [interval(points, holds) for points, holds in items]
    return sum(low for low, _ in parts), sum(high for _, high in parts)


def chosen(ticked: dict[str, bool | None]) -> Chosen:
    """A `choices` answer: options ticked, and options marked unsure."""
    return Chosen(
        frozenset(name for name, holds in ticked.items() if holds),
        frozenset(name for name, holds in ticked.items() if holds is None),
    )


TRUTHS = (True, False, None)


def sugioka_age(age: int | None) -> tuple[int, int]:
    """The published rows of age, of which one counts: 60 to 70 is 2, over 70 is 3."""
    if age is None:
        return 0, 3
    points = 3 if age > 70 else 2 if 60 <= age <= 70 else 0
    return points, points


def sugioka_combinations() -> Iterator[tuple[dict[str, Value], tuple[int, int]]]:
    """Answers for every combination of the seven items, and the published sum."""
    for age, (lasted, long), forward, backward, standing, (walk, claudication, _), (leak, incontinent) in product(
        AGES, OVER_SIX_MONTHS, TRUTHS, TRUTHS, TRUTHS, WALKING, SIGN
    ):
        answers: dict[str, Value] = {
            **walk,
            "eased_by": chosen({"bending_forward": forward, "bending_back": backward}),
            "worse_with": chosen({"standing": standing}),
        }
        if age is not None:
            answers["age"] = age
        if lasted is not None:
            answers["duration"] = lasted
        if leak is not None:
            answers["bladder_leak"] = leak
        low, high = summed(
            [(1, long), (2, forward), (-2, backward), (2, standing), (1, claudication), (1, incontinent)]
        )
        from_age = sugioka_age(age)
        yield answers, (low + from_age[0], high + from_age[1])


def any_of(*parts: bool | None) -> bool | None:
    """Kleene's or."""
    return True if True in parts else None if None in parts else False


def cook_combinations() -> Iterator[tuple[dict[str, Value], tuple[int, int]]]:
    """Answers for every combination of the five items, and the published sum."""
    leg: tuple[Way, ...] = (
        ({}, None),
        ({"leg_pain_reach": "no"}, False),
        ({"leg_pain_reach": "thigh"}, None),
        ({"leg_pain_reach": "thigh", "leg_worse_than_back": True}, True),
        ({"leg_pain_reach": "below_knee", "leg_worse_than_back": False}, False),
        # an answer that was given before the leg pain was said not to be there is set aside
        ({"leg_pain_reach": "no", "leg_worse_than_back": True}, False),
    )
    for age, (both, bilateral), (where, leading), (walk, _, on_sitting), standing, walking, sitting in product(
        AGES, SIGN, leg, WALKING, TRUTHS, TRUTHS, TRUTHS
    ):
        answers: dict[str, Value] = {
            **where,
            **walk,
            "worse_with": chosen({"standing": standing, "walking": walking}),
            "eased_by": chosen({"sitting": sitting}),
        }
        if age is not None:
            answers["age"] = age
        if both is not None:
            answers["both_legs"] = both
        starts = None if "walk_legs" not in walk else bool(walk["walk_legs"])
        yield (
            answers,
            summed(
                [
                    (1, bilateral),
                    (1, leading),
                    (1, any_of(starts, standing, walking)),
                    (1, any_of(sitting, on_sitting)),
                    (1, None if age is None else age > 48),
                ]
            ),
        )


@pytest.mark.parametrize(("score", "combinations"), [("sugioka", sugioka_combinations), ("cook", cook_combinations)])
def test_score_is_the_published_one(
    kb: KnowledgeBase,
    score: str,
    combinations: Callable[[], Iterator[tuple[dict[str, Value], tuple[int, int]]]],
) -> None:
    """Every combination of items, known and unknown, has the published sum or interval."""
    own = set(kb.concluded_by["score", score])
    # nothing else is evaluated: tens of thousands of combinations, and the score reads questions alone
    evaluator = Evaluator(replace(kb, rules={id_: kb.rules[id_] for id_ in own}, conditions={}, constraints={}))
    seen = set()
    for answers, expected in combinations():
        got = evaluator.evaluate(Answers(answers)).scores[score]
        assert got == expected, f"{score} is {got} and should be {expected} for {answers}"
        seen.add(expected)
    least, most = {"sugioka": (-2, 10), "cook": (0, 5)}[score]
    known = {low for low, high in seen if low == high}
    assert known == set(range(least, most + 1)), "every published sum occurs"


def test_unanswered_lists_leave_their_items_open(evaluator: Evaluator) -> None:
    """A list that was never answered is not a list of noes."""
    scores = evaluator.evaluate(Answers({"age": 65, "duration": "longer", "bladder_leak": "no"})).scores
    assert scores["sugioka"] == (3 - 2, 3 + 2 + 2 + 1)
    assert scores["cook"] == (1, 5)
    none: dict[str, Value] = {
        "age": 65,
        "duration": "longer",
        "bladder_leak": "no",
        "walk_legs": False,
        "eased_by": NONE,
        "worse_with": NONE,
    }
    assert evaluator.evaluate(Answers(none)).scores["sugioka"] == (3, 3)


def test_cut_offs_of_evidence(evaluator: Evaluator) -> None:
    """Evidence reads the scores at the published cuts: 5 for Sugioka, 4 and 0 for Cook."""
    legs: dict[str, Value] = {"leg_pain_reach": "below_knee", "leg_worse_than_back": True}
    base: dict[str, Value] = {
        "age": 65,
        "duration": "two_weeks",
        "bladder_leak": "no",
        "both_legs": "no",
        "walk_legs": False,
    }
    at = "evidence/lumbar_spinal_stenosis/"
    cases: list[tuple[dict[str, Value], dict[str, int]]] = [
        # age 2, forward 2, claudication 1: exactly 5; walking, sitting, age and leading leg pain: exactly 4
        (
            {
                **base,
                **legs,
                "walk_legs": True,
                "walk_relief": "sitting",
                "worse_with": NONE,
                "eased_by": chosen({"bending_forward": True}),
            },
            {"sugioka_five": 2, "sugioka_below_five": 0, "cook_four": 2, "cook_none": 0},
        ),
        # age 2, forward 2: 4; age alone: 1
        (
            {**base, "leg_pain_reach": "no", "worse_with": NONE, "eased_by": chosen({"bending_forward": True})},
            {"sugioka_five": 0, "sugioka_below_five": 2, "cook_four": 0, "cook_none": 0},
        ),
        (
            {**base, "age": 48, "leg_pain_reach": "no", "worse_with": NONE, "eased_by": NONE},
            {"sugioka_five": 0, "sugioka_below_five": 2, "cook_four": 0, "cook_none": 2},
        ),
    ]
    for answers, expected in cases:
        rules = evaluator.evaluate(Answers(answers)).rules
        assert {name: int(rules[at + name]) for name in expected} == expected
