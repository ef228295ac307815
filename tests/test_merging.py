"""Three-way merging by record and field: what both kept is kept, what one changed is changed, the rest is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authoring.review.merging import MISSING, merge_files, same
from engine import jsontext
from engine.canonical import canonical_of, digest

RULE = "rules/evidence/x.json"
SECTION = "questions/about.json"


def data(value: object, path: str = RULE) -> bytes:
    return canonical_of(value, path).encode()


def merged(base: object, ours: object, theirs: object, path: str = RULE) -> tuple[Any, list[tuple[Any, ...]]]:
    sides = [{} if one is MISSING else {path: data(one, path)} for one in (base, ours, theirs)]
    result = merge_files(*sides)
    value = jsontext.read(result.files[path], path) if path in result.files else MISSING
    return value, [one.steps for one in result.conflicts]


BASE: dict[str, Any] = {
    "id": "evidence/x",
    "title": "X",
    "when": {"all": [{"fact": "a", "is": True}, {"fact": "b", "gte": 5}]},
    "then": {"condition": "c", "weight": 3, "group": "g"},
    "examples": [{"answers": {"a": True}, "gives": "unknown"}],
}


FIRST = {"answers": {"a": False}, "gives": "false"}
LAST = {"answers": {}, "gives": "unknown"}


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        ({"title": "Y"}, {"because": "z"}, {"title": "Y", "because": "z"}),
        ({"then": {**BASE["then"], "weight": 4}}, {"then": {**BASE["then"], "group": "h"}},
         {"then": {"condition": "c", "weight": 4, "group": "h"}}),
        ({"when": {"all": [{"fact": "a", "is": True}, {"fact": "b", "gte": 6}]}}, {"title": "Y"},
         {"when": {"all": [{"fact": "a", "is": True}, {"fact": "b", "gte": 6}]}, "title": "Y"}),
        # two authors add an example each
        ({"examples": [*BASE["examples"], LAST]}, {"examples": [FIRST, *BASE["examples"]]},
         {"examples": [FIRST, *BASE["examples"], LAST]}),
        # one changes a part of the criterion, the other another part
        ({"when": {"all": [{"fact": "a", "is": False}, BASE["when"]["all"][1]]}},
         {"when": {"all": [BASE["when"]["all"][0], {"fact": "b", "gte": 9}]}},
         {"when": {"all": [{"fact": "a", "is": False}, {"fact": "b", "gte": 9}]}}),
    ],
)  # fmt: skip
def test_different_fields_never_conflict(ours: Any, theirs: Any, wanted: Any) -> None:
    value, conflicts = merged(BASE, {**BASE, **ours}, {**BASE, **theirs})
    assert (value, conflicts) == ({**BASE, **wanted}, [])


@pytest.mark.parametrize(
    ("ours", "theirs", "steps"),
    [
        ({"title": "Y"}, {"title": "Z"}, ("title",)),
        ({"then": {**BASE["then"], "weight": 4}}, {"then": {**BASE["then"], "weight": 5}}, ("then", "weight")),
        ({"when": {"any": BASE["when"]["all"]}}, {"when": {"all": [{"fact": "z", "is": True}]}}, ("when",)),
        # a number of one question is never mixed with another question
        ({"when": {"all": [BASE["when"]["all"][0], {"fact": "z", "gte": 5}]}},
         {"when": {"all": [BASE["when"]["all"][0], {"fact": "b", "gte": 9}]}}, ("when", "all", 1)),
        # nor is a comparison with two operators made of two with one
        ({"when": {"all": [BASE["when"]["all"][0], {"fact": "b", "gt": 5}]}},
         {"when": {"all": [BASE["when"]["all"][0], {"fact": "b", "lte": 5}]}}, ("when", "all", 1)),
    ],
)  # fmt: skip
def test_a_real_conflict_is_told_and_holds_what_is_approved(ours: Any, theirs: Any, steps: Any) -> None:
    value, conflicts = merged(BASE, {**BASE, **ours}, {**BASE, **theirs})
    assert (value, conflicts) == ({**BASE, **ours}, [steps])


def test_a_list_that_clashes_as_a_whole_asks_nothing_about_its_items() -> None:
    a, b, c = ({"fact": name, "gte": 5} for name in "abc")
    sides = [
        [{**a, "gte": at}, b, *(c for _ in range(ends)), {"fact": f"new_{at}", "is": True}]
        for at, ends in ((5, 1), (6, 0), (7, 2))
    ]
    versions = [{**BASE, "when": {"all": one}} for one in sides]
    assert merged(*versions)[1] == [("when", "all")]


def test_choices_decide() -> None:
    sides = [{RULE: data({**BASE, "title": one})} for one in "XYZ"]
    for side, wanted in (("ours", "Y"), ("theirs", "Z")):
        result = merge_files(*sides, {(RULE, ("title",)): side})
        assert result.conflicts == ()
        assert json.loads(result.files[RULE])["title"] == wanted


def test_one_edits_what_the_other_takes_away() -> None:
    value, conflicts = merged(BASE, MISSING, {**BASE, "title": "Y"})
    assert (value, conflicts) == (MISSING, [()])
    value, conflicts = merged(BASE, {**BASE, "title": "Y"}, MISSING)
    assert (value, conflicts) == ({**BASE, "title": "Y"}, [()])
    assert merged(BASE, MISSING, BASE) == (MISSING, [])
    sides = [{RULE: data(BASE)}, {RULE: data({**BASE, "title": "Y"})}, {}]
    assert merge_files(*sides, {(RULE, ()): "theirs"}).files == {}


def test_pictures_conflict_as_a_whole() -> None:
    path = "exercises/a.svg"
    result = merge_files({path: b"1"}, {path: b"2"}, {path: b"3"})
    assert (result.files, [one.steps for one in result.conflicts]) == ({path: b"2"}, [()])
    assert merge_files({path: b"1"}, {path: b"1"}, {path: b"3"}).files == {path: b"3"}


def test_lists_of_records_merge_by_id() -> None:
    def section(*questions: Any) -> Any:
        return {"id": "about", "title": "About", "order": 1, "questions": list(questions)}

    a, b, c, d = ({"id": one, "name": one, "text": one} for one in "abcd")
    value, conflicts = merged(
        section(a, b), section(c, a, b), section({**b, "text": "B?"}, {**a, "name": "A"}, d), SECTION
    )
    assert conflicts == []
    assert [one["id"] for one in value["questions"]] == ["c", "b", "a", "d"]
    assert value["questions"][1]["text"] == "B?"
    value, conflicts = merged(section(a, b), section(a), section(a, {**b, "text": "B?"}), SECTION)
    assert conflicts == [("questions", "b")]
    value, conflicts = merged(section(a, b), section(a), section({**a, "name": "A"}, b), SECTION)
    assert (value, conflicts) == (section({**a, "name": "A"}), [])


def test_true_is_not_one() -> None:
    assert not same(True, 1)
    assert not same([0], [False])
    assert same(1, 1.0)
    value, conflicts = merged({**BASE, "n": 1}, {**BASE, "n": True}, {**BASE, "n": 1})
    assert (value["n"], conflicts) == (True, [])
    assert value["n"] is True


def test_numbers_keep_the_text_of_their_author() -> None:
    base, ours, theirs = (
        {RULE: f'{{"id": "x", "a": {a}, "b": {b}}}'.encode()} for a, b in (("2.50", "1"), ("2.50", "3"), ("2.75", "1"))
    )
    assert b"2.75" in merge_files(base, ours, theirs).files[RULE]
    assert b"2.50" in merge_files(base, ours, {RULE: b'{"id": "x", "a": 2.50, "b": 1, "c": 0}'}).files[RULE]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "b", "c"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "all", "title", "x", "y"]), inner, max_size=4)
    ),
    max_leaves=12,
)
records = st.dictionaries(st.sampled_from(["title", "when", "then", "examples", "x"]), json_values, max_size=5)


@given(base=records, ours=records, theirs=records)
def test_merging_is_lawful(base: Any, ours: Any, theirs: Any) -> None:
    """One side unchanged: the other's. Both alike: that. Sides swapped: the same places conflict."""

    def run(one: Any, two: Any, three: Any) -> tuple[str, list[Any]]:
        result = merge_files({RULE: data(one)}, {RULE: data(two)}, {RULE: data(three)})
        return digest(result.files[RULE], RULE), [conflict.steps for conflict in result.conflicts]

    assert run(base, ours, base) == (digest(data(ours), RULE), [])
    assert run(base, base, theirs) == (digest(data(theirs), RULE), [])
    assert run(base, ours, ours) == (digest(data(ours), RULE), [])
    assert bool(run(base, ours, theirs)[1]) == bool(run(base, theirs, ours)[1])


@given(base=records, ours=records, theirs=records)
def test_every_choice_settles(base: Any, ours: Any, theirs: Any) -> None:
    """Deciding every conflict for one side leaves none."""
    sides = ({RULE: data(base)}, {RULE: data(ours)}, {RULE: data(theirs)})
    for side in ("ours", "theirs"):
        choices: dict[Any, Any] = {}
        for _ in range(5):
            result = merge_files(*sides, choices)
            if not result.conflicts:
                break
            choices |= {(one.path, one.steps): side for one in result.conflicts}
        assert not result.conflicts
