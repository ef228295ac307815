"""What the cases do not try is found, one kind of gap after the other, and is gone once a case or example tries it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine.assess import Assessor
from engine.load import load
from validators.coverage import KIND_TEXTS, Coverage, coverage
from validators.example import BASE
from validators.registry import example_files

OLDER = "rules/findings/older.json"
LOCKED = "rules/evidence/locked.json"


def measured(**overlay: Any) -> Coverage:
    files = example_files(BASE, {path.replace("__", "/") + ".json": record for path, record in overlay.items()})
    loaded = load(files)
    assert loaded.kb is not None, loaded.findings
    return coverage(Assessor(loaded.kb))


def base(path: str, **members: object) -> dict[str, Any]:
    return {**copy.deepcopy(BASE[path]), **members}


def case(id_: str, **answers: object) -> dict[str, Any]:
    return base("cases/locked.json", id=id_, answers=answers)


def subjects(found: Coverage, kind: str) -> list[str]:
    return [gap.subject for gap in found.gaps if gap.kind == kind]


@pytest.mark.parametrize(
    ("kind", "missing", "answers", "closing"),
    [
        ("rule_true", "true", {"age": 40}, {"age": 60}),
        ("rule_false", "false", {"age": 70}, {"age": 59}),
        ("rule_unknown", "unknown", {"age": 70}, {"age": "unknown"}),
    ],
)
def test_a_rule_never_seen_in_one_of_the_three_truths(
    kind: str, missing: str, answers: dict[str, object], closing: dict[str, object]
) -> None:
    kept = [one for one in BASE[OLDER]["examples"] if one["gives"] != missing]
    rule = base(OLDER, examples=kept)
    evidence = base("rules/evidence/older.json", examples=[])
    start = {
        "rules__findings__older": rule,
        "rules__evidence__older": evidence,
        "cases__locked": case("locked", **answers),
    }
    found = measured(**start)
    assert "findings/older" in subjects(found, kind)
    gap = next(gap for gap in found.of(kind) if gap.subject == "findings/older")  # type: ignore[arg-type]
    assert gap.text == f"Older: never {missing}"
    assert gap.answers in [one["answers"] for one in kept]
    closed = measured(**start, cases__more=case("more", **closing))
    assert "findings/older" not in subjects(closed, kind)


def test_an_example_counts_for_its_own_rule_only() -> None:
    found = measured(rules__evidence__older=base("rules/evidence/older.json", examples=[]))
    assert subjects(found, "rule_true") == ["evidence/older"]
    assert subjects(found, "rule_unknown") == ["evidence/older"]


@pytest.mark.parametrize(
    ("operator", "sides"), [("gte", (59, 60)), ("lt", (59, 60)), ("gt", (60, 61)), ("lte", (60, 61))]
)
def test_the_two_integers_at_a_threshold(operator: str, sides: tuple[int, int]) -> None:
    rule = base(OLDER, when={"fact": "age", operator: 60}, examples=[])
    far = {"rules__findings__older": rule, "cases__locked": case("locked", age=40), "cases__old": case("old", age=80)}
    found = measured(**far)
    gaps = [gap for gap in found.of("threshold") if gap.subject == "findings/older"]
    assert [gap.answers["age"] for gap in gaps] == list(sides)
    one = measured(**far, cases__near=case("near", age=sides[0]))
    assert [gap.answers["age"] for gap in one.of("threshold") if gap.subject == "findings/older"] == [sides[1]]
    both = measured(**far, cases__near=case("near", age=sides[0]), cases__next=case("next", age=sides[1]))
    assert "findings/older" not in subjects(both, "threshold")


def test_a_side_that_nobody_can_answer_is_no_goal() -> None:
    rule = base(OLDER, when={"fact": "age", "gte": 16}, examples=[])
    found = measured(rules__findings__older=rule, cases__young=case("young", age=16))
    assert "findings/older" not in subjects(found, "threshold")


def test_a_decimal_threshold_needs_its_own_value_and_one_a_tenth_away() -> None:
    about = copy.deepcopy(BASE["questions/about.json"])
    about["questions"].append(
        {**about["questions"][0], "id": "bmi", "name": "BMI", "type": "decimal", "min": 10.0, "max": 60.0}
    )
    rule = base(OLDER, when={"fact": "bmi", "gte": 30.0}, examples=[])
    start = {"questions__about": about, "rules__findings__older": rule}
    wide = measured(**start, cases__a=case("a", bmi=29.0), cases__b=case("b", bmi=31.0))
    assert [gap.answers["bmi"] for gap in wide.of("threshold") if gap.subject == "findings/older"] == [29.9, 30.0]
    near = measured(**start, cases__a=case("a", bmi=29.95), cases__b=case("b", bmi=30.0))
    assert "findings/older" not in subjects(near, "threshold")


def test_the_sums_of_a_score_nearest_to_its_threshold() -> None:
    def points(name: str, fact: str, worth: int) -> dict[str, Any]:
        return base(
            OLDER,
            id=f"scores/{name}",
            title=name,
            when={"fact": fact, "is": True},
            then={"score": "risk", "points": worth},
            examples=[],
        )

    start = {
        "terms__risk": base("terms/older.json", id="risk", kind="score", name="Risk"),
        "rules__scores__numb": points("numb", "numb", 2),
        "rules__scores__locked": points("locked", "locked", 2),
        "rules__evidence__locked": base(LOCKED, when={"score": "risk", "gte": 3}, examples=[]),
    }
    found = measured(**start, cases__locked=case("locked", numb=False, locked=False))
    texts = [gap.text for gap in found.of("threshold") if gap.subject == "evidence/locked"]
    assert ["nobody has 2 points" in texts[0], "nobody has 4 points" in texts[1]] == [True, True]
    closed = measured(
        **start,
        cases__one=case("one", numb=True, locked=False),
        cases__two=case("two", numb=True, locked=True),
    )
    assert "evidence/locked" not in subjects(closed, "threshold")


def test_findings_red_flags_and_conditions() -> None:
    rule = base(OLDER, examples=[])
    found = measured(rules__findings__older=rule, cases__locked=case("locked", age=40, numb=False, locked=False))
    assert subjects(found, "finding") == ["older"]
    assert subjects(found, "red_flag") == ["red_flags/numb"]
    assert subjects(found, "condition") == ["spasm"]
    flag = found.of("red_flag")[0]
    assert flag.answers == {"numb": True}  # the rule's own example begins the missing case
    assert found.of("condition")[0].answers == {"locked": True}
    closed = measured(rules__findings__older=rule, cases__more=case("more", age=60, numb=True, locked=True))
    assert not [one for kind in ("finding", "red_flag", "condition") for one in subjects(closed, kind)]


def test_sections_and_advice_of_guides() -> None:
    condition = copy.deepcopy(BASE["conditions/low_back/spasm.json"])
    block = {"text": "Ask for help.", "judgement": "An example.", "advice": "help"}
    condition["guide"]["sections"].append({"id": "work", "title": "Work", "statements": [block]})
    advice = base(OLDER, id="advice/help", when={"fact": "age", "gte": 60}, then={"advice": "help"})
    start = {"conditions__low_back__spasm": condition, "rules__advice__help": advice}
    found = measured(**start)
    assert subjects(found, "advice") == ["help"]
    assert [gap.text for gap in found.of("section")] == ["Spasm, guide section “Work”: shown in no case"]
    assert found.of("advice")[0].answers == {"age": 60}
    closed = measured(**start, cases__old=case("old", age=60, numb=False, locked=True))
    assert not subjects(closed, "advice")
    assert not subjects(closed, "section")


def test_percent_counts_goals_and_what_cannot_be_read_counts_for_nothing() -> None:
    found = measured(cases__locked=case("locked", age=400))
    assert found.unread == ("locked",)
    assert found.goals["condition"] == 1
    assert found.percent("condition") == 0
    assert found.reached("red_flag") == 0
    assert found.percent() == 100 * (sum(found.goals.values()) - len(found.gaps)) // sum(found.goals.values())
    assert set(found.goals) == set(KIND_TEXTS)


def test_nothing_to_try_is_all_tried() -> None:
    none: dict[Any, int] = dict.fromkeys(KIND_TEXTS, 0)
    assert Coverage(none, (), ()).percent() == Coverage(none, (), ()).percent("rule_true") == 100
