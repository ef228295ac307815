"""The published fracture items, compared with tables written out here, over every combination of their answers.

The tables follow the papers' items (Enthoven 2016, Roman 2010, Henschke 2009) and share nothing with the rules. An
answer that is missing leaves the score an interval: from what is certain to what could still be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import TypeGuard

import pytest

from engine.answers import Answers, read_answers
from engine.criteria import Criterion, ScoreIs, walk
from engine.evaluate import Evaluator
from engine.knowledge import KnowledgeBase
from engine.model.rule import Advice
from tests.conftest import narrowed

Given = Mapping[str, object]
Item = Callable[[Given], bool | None]
"""One item of a table: whether it holds; None where the answers do not say."""


@pytest.fixture(scope="module")
def evaluator(starter: KnowledgeBase) -> Evaluator:
    return Evaluator(narrowed(starter, scores=TABLES))


def among(question: str, *options: object) -> Item:
    """The answer is one of these options."""
    return lambda given: None if question not in given else given[question] in options


def number(question: str, holds: Callable[[float], bool]) -> Item:
    """The answer is a number for which this holds."""

    def item(given: Given) -> bool | None:
        value = given.get(question)
        return None if value is None else holds(float(str(value)))

    return item


def thoracic(given: Given) -> bool | None:
    """Pain over the thoracic spine: the midline above the low back."""
    sites = given.get("pain_sites")
    return None if sites is None else bool({"upper_back_middle", "mid_back_middle"} & set(map(str, sites)))  # type: ignore[call-overload]


def henschke_trauma(given: Given) -> bool | None:
    """Significant trauma; minor trauma counts over 70."""
    injury, age = given.get("injury"), given.get("age")
    if injury == "major":
        return True
    if injury == "no":
        return False
    old = None if age is None else int(str(age)) > 70
    if injury == "minor":
        return old
    return None  # the accident may have been a major one at any age


BACE: tuple[Item, ...] = (
    number("age", lambda age: age >= 75),
    among("injury", "minor", "major"),
    among("osteoporosis", True),
    number("severity", lambda worst: worst >= 7),
    thoracic,
)
ROMAN: tuple[Item, ...] = (
    number("age", lambda age: age > 52),
    among("leg_pain_reach", "no"),
    number("bmi", lambda bmi: bmi <= 22),
    among("exercises_regularly", False),
    among("sex", "female"),
)
HENSCHKE: tuple[Item, ...] = (
    among("sex", "female"),
    number("age", lambda age: age > 70),
    henschke_trauma,
    among("steroids", True),
)

YES_NO = (True, False, None)
INJURY = ("no", "minor", "major", None)
TABLES: dict[str, tuple[tuple[Item, ...], dict[str, tuple[object, ...]]]] = {
    "bace_fracture": (
        BACE,
        {
            "age": (74, 75, 90, None),
            "injury": INJURY,
            "osteoporosis": YES_NO,
            "severity": (0, 6, 7, 10, None),
            "pain_sites": (
                [],
                ["low_back_middle"],
                ["mid_back_left", "upper_back_right"],
                ["mid_back_middle"],
                ["upper_back_middle"],
                ["low_back_left", "mid_back_middle", "upper_back_middle"],
                None,
            ),
        },
    ),
    "roman_fracture": (
        ROMAN,
        {
            "age": (52, 53, None),
            "leg_pain_reach": ("no", "thigh", "below_knee", None),
            "bmi": (21.9, 22, 22.1, None),
            "exercises_regularly": YES_NO,
            "sex": ("female", "male", "other", None),
        },
    ),
    "henschke_fracture": (
        HENSCHKE,
        {
            "sex": ("female", "male", "other", None),
            "age": (69, 70, 71, None),
            "injury": INJURY,
            "steroids": YES_NO,
        },
    ),
}


def people(domains: Mapping[str, tuple[object, ...]]) -> Iterator[dict[str, object]]:
    """Every combination of answers; None stands for a question without an answer."""
    for values in product(*domains.values()):
        yield {name: value for name, value in zip(domains, values, strict=True) if value is not None}


def interval(items: tuple[Item, ...], given: Given) -> tuple[int, int]:
    """What a table gives: the points that are certain, and those that are still possible."""
    held = [item(given) for item in items]
    return sum(one is True for one in held), sum(one is not False for one in held)


@pytest.mark.parametrize("score", TABLES)
def test_the_score_is_the_published_table(starter: KnowledgeBase, evaluator: Evaluator, score: str) -> None:
    items, domains = TABLES[score]
    assert starter.terms[score].scale == 1
    seen = set()
    for given in people(domains):
        got = evaluator.evaluate(read_answers(starter, given)).scores[score]
        assert got == interval(items, given), given
        seen.add(got)
    whole = {(points, points) for points in range(len(items) + 1)}
    assert whole <= seen, "the combinations do not reach every sum"


@pytest.mark.parametrize("score", TABLES)
def test_one_rule_for_each_published_item(starter: KnowledgeBase, score: str) -> None:
    rules = starter.concluded_by["score", score]
    assert len(rules) == len(TABLES[score][0])
    assert [starter.points(starter.active[rule]) for rule in rules] == [1] * len(rules)


@pytest.mark.parametrize("score", TABLES)
def test_not_sure_counts_as_no_answer(starter: KnowledgeBase, evaluator: Evaluator, score: str) -> None:
    items, domains = TABLES[score]
    unsure = evaluator.evaluate(Answers({}, frozenset(domains)))
    assert unsure.scores[score] == (0, len(items))


def test_the_bace_items_have_no_cut_off(starter: KnowledgeBase) -> None:
    """The published model had none and did no better than its items: any item is a question to ask, no more."""
    reading = {
        id_: part
        for kind, id_, _, top in starter.criteria()
        if kind == "rule"
        for _, part in walk(top)
        if reads_bace(part)
    }
    assert all(isinstance(starter.active[id_].then, Advice) for id_ in reading)
    assert {(part.operator, part.operand) for part in reading.values()} <= {("gte", 1)}


def reads_bace(part: Criterion) -> TypeGuard[ScoreIs]:
    """Whether this is a comparison on the sum of the BACE items."""
    return isinstance(part, ScoreIs) and part.score == "bace_fracture"
