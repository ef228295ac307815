"""What criteria mean: every sentence of docs/semantics.md about them that a small example can show."""

from __future__ import annotations

import itertools
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.answers import Answers, Chosen, read_answers
from engine.assess import Assessor
from engine.criteria import Truth, criterion_adapter
from engine.english import english, lines
from engine.evaluate import Evaluator
from engine.finding import KnowledgeError
from engine.model.rule import RedFlag, Urgency
from validators.example import BASE
from validators.registry import example_files

from .random_kb import RandomKB, from_records, random_answers, random_kb, rule, section, term

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def small(*rules: dict[str, Any], **questions: dict[str, Any]) -> RandomKB:
    """The example knowledge base with other questions and rules."""
    asked = [
        {"id": name, "name": name, "text": f"{name}?", "type": "boolean", "judgement": "x", **more}
        for name, more in questions.items()
    ]
    records: dict[str, Any] = {
        path: record
        for path, record in BASE.items()
        if not path.startswith(("rules/", "questions/", "terms/", "cases/"))
    }
    records["questions/about.json"] = {"id": "about", "title": "x", "order": 1, "questions": asked}
    records |= {f"rules/{one['id']}.json": one for one in rules}
    for one in rules:
        for kind in ("finding", "score"):
            if kind in one["then"]:
                name = one["then"][kind]
                records[f"terms/{name}.json"] = term(name, kind)
    return from_records(records)


def truth(kb: RandomKB, rule_id: str, **answers: object) -> Truth:
    return Evaluator(kb.kb).evaluate(read_answers(kb.kb, answers)).rules[rule_id]


def on(criterion: dict[str, Any]) -> dict[str, Any]:
    return rule("findings/it", criterion, {"finding": "it"})


@pytest.mark.parametrize(
    ("form", "table"),
    [
        ("all", min),
        ("any", max),
    ],
)
def test_all_and_any_are_kleenes(form: str, table: Any) -> None:
    kb = small(on({form: [{"fact": "a", "is": True}, {"fact": "b", "is": True}]}), a={}, b={})
    given_as = {T: True, F: False, U: "unknown"}
    for first, second in itertools.product(Truth, repeat=2):
        assert truth(kb, "findings/it", a=given_as[first], b=given_as[second]) is table(first, second)


def test_not_swaps_true_and_false_and_keeps_unknown() -> None:
    kb = small(on({"not": {"fact": "a", "is": True}}), a={})
    assert [truth(kb, "findings/it", a=value) for value in (True, False, "unknown")] == [F, T, U]
    assert truth(kb, "findings/it") is U


def test_k_of_n_waits_only_while_it_could_still_be_reached() -> None:
    kb = small(on({"at_least": 2, "of": [{"fact": name, "is": True} for name in "abc"]}), a={}, b={}, c={})
    assert truth(kb, "findings/it", a=True, b=True) is T
    assert truth(kb, "findings/it", a=True, b=False) is U
    assert truth(kb, "findings/it", a=False, b=False) is F
    assert truth(kb, "findings/it", a=False) is U


def test_a_comparison_on_a_question_that_does_not_apply_is_false_both_ways() -> None:
    """`not (x > 30)` is not `x <= 30`."""
    gate = {"fact": "woman", "is": True}
    number = {"type": "integer", "unit": "x", "min": 0, "max": 100, "ask_when": gate}
    kb = small(
        rule("findings/more", {"fact": "x", "gt": 30}, {"finding": "more"}),
        rule("findings/less", {"fact": "x", "lte": 30}, {"finding": "less"}),
        rule("findings/not_more", {"not": {"fact": "x", "gt": 30}}, {"finding": "not_more"}),
        woman={},
        x=number,
    )
    at = {name: truth(kb, f"findings/{name}", woman=False, x=50) for name in ("more", "less", "not_more")}
    assert at == {"more": F, "less": F, "not_more": T}
    assert Evaluator(kb.kb).evaluate(read_answers(kb.kb, {"woman": False, "x": 50})).set_aside == ["x"]


def test_an_answer_counts_while_the_gate_is_unknown() -> None:
    kb = small(on({"fact": "x", "is": True}), woman={}, x={"ask_when": {"fact": "woman", "is": True}})
    assert truth(kb, "findings/it", x=True) is T
    assert truth(kb, "findings/it", woman="unknown", x=True) is T
    assert truth(kb, "findings/it") is U


def test_ticking_one_option_says_nothing_about_one_that_is_marked_unsure() -> None:
    options = [{"id": one, "text": one} for one in ("fever", "chills", "cough")]
    kb = small(
        *(
            rule(f"findings/{one['id']}", {"fact": "signs", "includes": one["id"]}, {"finding": one["id"]})
            for one in options
        ),
        signs={"type": "choices", "options": options},
    )

    def each(answer: object) -> list[Truth]:
        return [truth(kb, f"findings/{one['id']}", signs=answer) for one in options]

    assert each({"yes": ["fever"], "unsure": ["chills"]}) == [T, U, F]
    assert each([]) == [F, F, F]
    assert each("unknown") == [U, U, U]


def test_a_score_is_an_interval_and_a_comparison_decides_only_where_all_of_it_agrees() -> None:
    points = [
        rule(f"scores/{name}", {"fact": name, "is": True}, {"score": "risk", "points": n})
        for name, n in (("a", 2), ("b", 1), ("c", -2))
    ]
    kb = small(*points, on({"score": "risk", "gte": 2}), a={}, b={}, c={})
    assert truth(kb, "findings/it", a=True, b=True, c=False) is T
    assert truth(kb, "findings/it", a=True, c=False) is T
    assert truth(kb, "findings/it", a=True, b=True) is U
    assert truth(kb, "findings/it", a=False) is F
    values = Evaluator(kb.kb).evaluate(read_answers(kb.kb, {"b": True}))
    assert values.scores["risk"] == (-1, 3)


def test_a_finding_is_true_when_any_of_its_rules_is() -> None:
    kb = small(
        rule("findings/one", {"fact": "a", "is": True}, {"finding": "it"}),
        rule("findings/two", {"fact": "b", "is": True}, {"finding": "it"}),
        a={},
        b={},
    )

    def finding(**answers: object) -> Truth:
        return Evaluator(kb.kb).evaluate(read_answers(kb.kb, answers)).findings["it"]

    assert [finding(a=True), finding(a=False, b=False), finding(a=False)] == [T, F, U]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"all": []}, "at least 1"),
        ({"any": [{"fact": "a", "is": True}, {"fact": "a", "is": True}]}, "repeats part 1"),
        ({"at_least": 3, "of": [{"fact": "a", "is": True}, {"fact": "b", "is": True}]}, "can never hold"),
        ({"at_least": 0, "of": [{"fact": "a", "is": True}]}, "greater than or equal to 1"),
        ({"fact": "a", "gte": 1, "lt": 3}, "exactly one of"),
        ({"fact": "a"}, "exactly one of"),
        ({"fact": "a", "is": None}, "exactly one of"),
        ({"fact": "a", "equals": 3}, "Extra inputs"),
        ({}, "a criterion is one of"),
    ],
)
def test_a_criterion_that_could_be_misread_is_refused(bad: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        criterion_adapter.validate_json(json.dumps(bad))


DOMAINS = {
    "yes": {},
    "which": {"type": "choice", "options": [{"id": "a", "text": "a"}, {"id": "b", "text": "b"}]},
    "many": {"type": "choices", "options": [{"id": "a", "text": "a"}, {"id": "b", "text": "b"}]},
    "age": {"type": "integer", "unit": "years", "min": 16, "max": 110},
    "warmth": {"type": "decimal", "unit": "Cel", "min": 30, "max": 45},
}


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("yes", "yes"),
        ("yes", 1),
        ("yes", None),
        ("which", "c"),
        ("which", True),
        ("which", ["a"]),
        ("many", "a"),
        ("many", ["c"]),
        ("many", ["a", "a"]),
        ("many", {"yes": ["a"], "unsure": ["a"]}),
        ("many", {"no": []}),
        ("age", 15),
        ("age", 111),
        ("age", 44.5),
        ("age", "44"),
        ("age", True),
        ("warmth", 29.9),
        ("warmth", float("inf")),
        ("warmth", 10**400),
        ("age", -(10**400)),
    ],
)
def test_an_answer_outside_its_domain_is_refused_with_what_is_allowed(name: str, bad: object) -> None:
    kb = small(**DOMAINS)
    with pytest.raises(KnowledgeError) as raised:
        read_answers(kb.kb, {name: bad})
    assert name in raised.value.findings[0].what
    assert raised.value.findings[0].fix.startswith("allowed: ")


def test_nothing_is_coerced_and_seven_is_seven() -> None:
    kb = small(**DOMAINS)
    answers = read_answers(
        kb.kb, {"age": 44.0, "warmth": 37, "many": {"yes": ["a"], "unsure": ["b"]}, "yes": "unknown"}
    )
    assert answers == Answers(
        {"age": 44, "warmth": 37, "many": Chosen(frozenset({"a"}), frozenset({"b"}))}, frozenset({"yes"})
    )
    assert read_answers(kb.kb, answers.to_json()) == answers


def test_an_unknown_question_is_refused_with_the_nearest() -> None:
    with pytest.raises(KnowledgeError) as raised:
        read_answers(small(**DOMAINS).kb, {"agee": 44})
    assert raised.value.findings[0].fix == "did you mean `age`?"


def outcome_of(kb: RandomKB, **answers: object) -> Any:
    return Assessor(kb.kb).assess(read_answers(kb.kb, answers)).outcome


FLAG = {"red_flag": "emergency", "suspects": ["spasm"], "message": "Go."}
LOCKED = rule("evidence/locked", {"fact": "locked", "is": True}, {"condition": "spasm", "weight": 6, "group": "a"})


def test_below_urgent_a_red_flag_may_leave_the_cause_open() -> None:
    flag = {"red_flag": "soon", "suspects": [], "message": "See a doctor."}
    kb = small(rule("red_flags/lasting", {"fact": "numb", "is": True}, flag), LOCKED, numb={}, locked={})
    outcome = outcome_of(kb, numb=True, locked=True)
    assert outcome.urgency is Urgency.SOON
    assert outcome.to_rule_out == ()
    assert [view.id for view in outcome.likely] == ["spasm"]
    for urgency in ("emergency", "urgent"):
        with pytest.raises(ValueError, match="names at least one condition"):
            RedFlag.model_validate_json(json.dumps({**flag, "red_flag": urgency}))


def test_urgency_of_a_red_flag_true_unknown_and_false() -> None:
    kb = small(rule("red_flags/numb", {"fact": "numb", "is": True}, FLAG), LOCKED, numb={}, locked={})
    assert outcome_of(kb, numb=True, locked=True).urgency is Urgency.EMERGENCY
    unsure = outcome_of(kb, numb="unknown", locked=True)
    assert unsure.urgency is Urgency.URGENT
    assert [(flag.rule, flag.missing) for flag in unsure.open_flags] == [("red_flags/numb", ("numb",))]
    assert outcome_of(kb, numb=False, locked=True).urgency is Urgency.SELF_CARE
    assert outcome_of(kb, numb=False, locked=False).urgency is Urgency.ROUTINE, "self-care has to be earned"


def test_if_unsure_replaces_one_level_below() -> None:
    flag = {**FLAG, "if_unsure": "routine", "if_unsure_reason": "x"}
    kb = small(rule("red_flags/numb", {"fact": "numb", "is": True}, flag), LOCKED, numb={}, locked={})
    assert outcome_of(kb, numb="unknown", locked=True).urgency is Urgency.ROUTINE


def test_what_a_true_flag_suspects_stands_before_what_is_likely() -> None:
    kb = small(rule("red_flags/numb", {"fact": "numb", "is": True}, FLAG), LOCKED, numb={}, locked={})
    outcome = outcome_of(kb, numb=True, locked=False)
    assert [view.id for view in outcome.to_rule_out] == ["spasm"]
    assert not outcome.likely


def test_in_a_group_only_the_strongest_for_and_against_count() -> None:
    def weight(name: str, n: int, group: str) -> dict[str, Any]:
        return rule(f"evidence/{name}", {"fact": name, "is": True}, {"condition": "spasm", "weight": n, "group": group})

    kb = small(
        weight("a", 6, "g"), weight("b", 4, "g"), weight("c", -5, "g"), weight("d", 3, "h"), a={}, b={}, c={}, d={}
    )
    prior = -3
    view = outcome_of(kb, a=True, b=True, c=True, d=True).likely[0]
    assert view.weight == view.low == view.high == prior + 6 - 5 + 3
    half = outcome_of(kb, b=True)
    assert [(one.weight, one.low, one.high) for one in half.likely] == [(prior + 4, prior + 4 - 5, prior + 6 + 3)]


def test_a_prior_alone_names_nothing() -> None:
    kb = small(LOCKED, locked={})
    assert not outcome_of(kb, locked=False).named
    assert not outcome_of(kb).named


def test_two_rules_in_one_direction_tie_by_id() -> None:
    def one(name: str) -> dict[str, Any]:
        return rule(f"evidence/{name}", {"fact": name, "is": True}, {"condition": "spasm", "weight": 6, "group": "g"})

    view = outcome_of(small(one("b"), one("a"), a={}, b={}), a=True, b=True).likely[0]
    assert [evidence.rule for evidence in view.evidence_for] == ["evidence/a"]


@given(seed=st.integers(0, 2**32))
def test_the_order_of_rules_files_and_answers_does_not_matter(seed: int) -> None:
    rng = Random(seed)
    made = random_kb(rng)
    person = random_answers(rng, made.kb)
    shuffled = list(person.values.items())
    rng.shuffle(shuffled)
    first = Assessor(made.kb).assess(person).outcome
    assert Assessor(made.kb).assess(Answers(dict(shuffled), person.unsure)).outcome == first


@given(seed=st.integers(0, 2**32))
def test_every_criterion_reads_as_english(seed: int) -> None:
    kb = random_kb(Random(seed)).kb
    for _, _, _, criterion in kb.criteria():
        assert english(criterion, kb)
        assert all(line.strip() for line in lines(criterion, kb))


def test_english_names_questions_options_and_units() -> None:
    kb = small(
        on(
            {
                "all": [
                    {"fact": "age", "gte": 50},
                    {"not": {"fact": "yes", "is": True}},
                    {"at_least": 1, "of": [{"fact": "which", "is": "a"}, {"fact": "many", "includes": "b"}]},
                ]
            }
        ),
        **DOMAINS,
    )
    said = english(kb.kb.rules["findings/it"].when, kb.kb)
    assert said == "age at least 50 years and not (yes: yes) and at least 1 of 2: [which: a; many: b]"


def test_the_example_files_are_complete() -> None:
    assert len(example_files(BASE, {})) == len(BASE)
    assert section([{"id": "a"}])["id"]
