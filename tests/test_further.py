"""What review asks of the solver is what trying every patient says: who changes, and whether anybody does further."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authoring.review.pace import Pace
from authoring.review.proving import Solver
from engine.knowledge import KnowledgeBase
from engine.load import load
from tests.review_help import BruteForce
from validators.example import BASE
from validators.proof.further import further
from validators.registry import example_files

NUMB, LOCKED, OLDER = "rules/red_flags/numb.json", "rules/evidence/locked.json", "rules/evidence/older.json"
SPASM = "conditions/low_back/spasm.json"


def kb_of(flag: str, weight: int, older: int, prior: int) -> KnowledgeBase:
    def then(path: str, **members: Any) -> dict[str, Any]:
        return {**BASE[path], "then": {**BASE[path]["then"], **members}}

    overlay = {
        NUMB: then(NUMB, red_flag=flag),
        LOCKED: then(LOCKED, weight=weight),
        OLDER: then(OLDER, weight=older),
        SPASM: {**BASE[SPASM], "prior": {**BASE[SPASM]["prior"], "decibans": prior}},
    }
    kb = load(example_files(BASE, overlay)).kb
    assert kb is not None
    return kb


versions = st.builds(
    kb_of,
    st.sampled_from(["emergency", "urgent", "soon"]),
    st.sampled_from([2, 6, 9]),
    st.sampled_from([-3, -9]),
    st.sampled_from([-9, -3, 3]),
)


@given(versions, versions, versions, versions)
@settings(max_examples=40)
def test_the_solver_agrees_with_trying_everybody(
    one: KnowledgeBase, two: KnowledgeBase, three: KnowledgeBase, four: KnowledgeBase
) -> None:
    proved, _ = further((one, two), (three, four))
    assert proved == BruteForce().further((one, two), (three, four)).proved_nobody


@pytest.mark.parametrize(
    ("seen", "now", "wanted"),
    [
        # the same change on the same ground
        ((("emergency", 6, -3, -3), ("urgent", 6, -3, -3)), (("emergency", 6, -3, -3), ("urgent", 6, -3, -3)), True),
        # another change moved others, and those only
        ((("emergency", 6, -3, -3), ("urgent", 6, -3, -3)), (("emergency", 6, -9, -3), ("urgent", 6, -9, -3)), True),
        # a weight that reached nobody reaches somebody once the prior is lower
        ((("emergency", 9, -3, 3), ("emergency", 6, -3, 3)), (("emergency", 9, -3, -9), ("emergency", 6, -3, -9)),
         False),
    ],
)  # fmt: skip
def test_examples(seen: Any, now: Any, wanted: bool) -> None:
    pairs = [tuple(kb_of(*one) for one in pair) for pair in (seen, now)]
    assert further(*pairs)[0] is wanted  # type: ignore[arg-type]
    assert BruteForce().further(*pairs).proved_nobody is wanted  # type: ignore[arg-type]


@given(versions, versions)
@settings(max_examples=15)
def test_who_changes_is_who_changes(one: KnowledgeBase, two: KnowledgeBase) -> None:
    solver, tried = Solver().changes(one, two), BruteForce().changes(one, two)
    # Whether other causes or texts are told depends on finer points (their rank, what an emergency leaves out), which
    # the solver's own tests cover; nothing that is decided here hangs on them.
    for way in ("less_urgent", "more_urgent", "other_first", "asked_again"):
        assert getattr(solver, way).proved_nobody == getattr(tried, way).proved_nobody, way


def test_a_safety_property_is_absolute_and_the_others_are_not() -> None:
    promise = {
        "id": "numb_now",
        "title": "Numb is an emergency",
        "whenever": {"fact": "numb", "is": True},
        "then": {"urgency_at_least": "emergency"},
        "hazard": "A missed emergency.",
        "harm": "Lasting damage.",
        "severity": "catastrophic",
        "judgement": "An example.",
    }
    for flag, result in (("emergency", "proved"), ("urgent", "refuted")):
        rule = {**BASE[NUMB], "then": {**BASE[NUMB]["then"], "red_flag": flag}}
        kb = load(example_files(BASE, {NUMB: rule, "safety/numb_now.json": promise})).kb
        assert kb is not None
        verdicts = Solver().prove(kb, Pace())
        assert any(not one.absolute for one in verdicts)
        [mine] = [one for one in verdicts if one.id == "safety/safety/numb_now"]
        assert (mine.result, mine.absolute) == (result, True)
        assert (mine.witness is not None and mine.witness["numb"] is True) == (result == "refuted")
