"""The five regions of the fibromyalgia criteria of 2016, compared with a table of its own, over every combination."""

from __future__ import annotations

from itertools import product

import pytest

from engine.answers import Answers, Chosen
from engine.evaluate import Evaluator
from engine.knowledge import KnowledgeBase
from tests.conftest import narrowed

# The areas of each region that the body map has: Wolfe 2016, without jaw, chest and belly.
REGIONS = {
    "left upper": ("shoulder_left", "arm_left"),
    "right upper": ("shoulder_right", "arm_right"),
    "left lower": ("hip_left", "buttock_left", "thigh_front_left", "thigh_back_left", "shin_left", "calf_left"),
    "right lower": ("hip_right", "buttock_right", "thigh_front_right", "thigh_back_right", "shin_right", "calf_right"),
    "axial": (
        *("neck_front", "neck_back", "upper_back_left", "upper_back_middle", "upper_back_right"),
        *("mid_back_left", "mid_back_middle", "mid_back_right", "low_back_left", "low_back_middle", "low_back_right"),
    ),
}
STATES = (True, False, None)


@pytest.fixture(scope="module")
def evaluator(starter: KnowledgeBase) -> Evaluator:
    """The evaluator of the starter knowledge base."""
    return Evaluator(narrowed(starter, findings=("generalised_pain",), scores=("fm_regions",)))


def four_of_five(held: tuple[bool | None, ...]) -> bool | None:
    """Pain in at least four of the five regions."""
    if held.count(True) >= 4:
        return True
    return None if held.count(True) + held.count(None) >= 4 else False


def test_every_combination_of_regions_and_of_the_persons_word(starter: KnowledgeBase, evaluator: Evaluator) -> None:
    for turn, (word, *held) in enumerate(product(STATES, repeat=6)):
        # Each region is in pain, or doubted, by one of its areas; which one changes from combination to combination.
        area = {name: parts[turn % len(parts)] for name, parts in REGIONS.items()}
        of = dict(zip(area, held, strict=True))
        answers = Answers(
            {
                "pain_sites": Chosen(
                    frozenset(area[name] for name, state in of.items() if state),
                    frozenset(area[name] for name, state in of.items() if state is None),
                ),
                "general_signs": Chosen(
                    frozenset({"widespread"} if word else ()), frozenset({"widespread"} if word is None else ())
                ),
            }
        )
        found = evaluator.evaluate(answers)
        low, high = held.count(True), held.count(True) + held.count(None)
        assert found.scores["fm_regions"] == (low, high)
        by_map = four_of_five(tuple(held))
        either = True if True in (word, by_map) else (None if None in (word, by_map) else False)
        assert found.findings["generalised_pain"].name == {True: "TRUE", False: "FALSE", None: "UNKNOWN"}[either]


def test_each_area_counts_for_its_region_and_no_other_part_of_the_map_counts(
    starter: KnowledgeBase, evaluator: Evaluator
) -> None:
    counted = {part for parts in REGIONS.values() for part in parts}
    for part in (option.id for option in starter.options(starter.questions["pain_sites"])):
        found = evaluator.evaluate(Answers({"pain_sites": Chosen(frozenset({part}))}))
        assert found.scores["fm_regions"] == ((1, 1) if part in counted else (0, 0)), part
