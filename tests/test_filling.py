"""Patients for what no case tries: against brute force over every answer, and as a clinician meets them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from math import prod
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from authoring.cli import app
from authoring.filling import drafts, filled_lines, tries_words
from engine.answers import Answers, Chosen, Value, read_answers
from engine.assess import Assessor
from engine.criteria import FactIs, Truth, walk
from engine.evaluate import Evaluator, Values, compare_fact
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.case import Case
from engine.model.rule import Rule
from tests.random_kb import RandomKB, from_records, random_answers, random_kb
from validators.cases import run_case
from validators.counting import count
from validators.coverage import coverage
from validators.example import BASE
from validators.proof.deciding import Goal, Place, goals, next_to
from validators.proof.filling import CHANGES, Filled, fill
from validators.proof.plausible import Usual
from validators.proof.solver import Cancelled
from validators.registry import example_files

MOST_PEOPLE = 300
"""So many sets of answers are tried at most in one tiny knowledge base."""


# The definition, said once more without the circuit: a comparison is turned where it stands in the file.


def turned(kb: KnowledgeBase, files: dict[str, bytes], place: Place) -> KnowledgeBase:
    path = f"rules/{place.rule}.json"
    record = json.loads(files[path])
    parent, key = record, "when"
    for step in place.steps:
        parent, key = parent[key], step
    parent[key] = {"any": [{"all": [{"not": parent[key]}]}]}  # in a form that is no twin of another part
    rule = Rule.model_validate_json(json.dumps(record))
    return replace(kb, rules={**kb.rules, place.rule: rule})


class Definition:
    """Which goals somebody meets, by the reference evaluator alone."""

    def __init__(self, kb: KnowledgeBase, files: dict[str, bytes]) -> None:
        self.kb = kb
        self.evaluator = Evaluator(kb)
        self._opposite = cache(lambda place: Evaluator(turned(kb, files, place)))

    def fact(self, place: Place) -> FactIs:
        found = dict(walk(self.kb.active[place.rule].when))[place.steps]
        assert isinstance(found, FactIs)
        return found

    def meets(self, goal: Goal, answers: Answers, values: Values) -> bool:
        fact = self.fact(goal.place)
        value = values.answers.get(fact.fact)  # without what is set aside
        if value is None or compare_fact(fact, value) is Truth.UNKNOWN:
            return False
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and value not in [one.operand for one in next_to(fact, self.kb)]:
            return False
        now = values.rules[goal.rule] is Truth.TRUE
        if now is not (goal.side == "tips"):
            return False
        then = self._opposite(goal.place).evaluate(answers).rules[goal.rule] is Truth.TRUE
        return then is not now


def values_of(kb: KnowledgeBase, id_: str) -> list[Value | None]:
    """Every answer to a question that can make a difference, and none."""
    question = kb.questions[id_]
    match question.type:
        case "boolean":
            return [None, True, False]
        case "choice":
            return [None, *(option.id for option in kb.options(question))]
        case "choices":
            compared = [option.id for option in kb.options(question) if option.id in kb.compared.get(id_, ())]
            found: list[Value | None] = [None]
            for marks in product("yn?", repeat=len(compared)):
                ticked = frozenset(one for one, mark in zip(compared, marks, strict=True) if mark == "y")
                unsure = frozenset(one for one, mark in zip(compared, marks, strict=True) if mark == "?")
                found.append(Chosen(ticked, unsure))
            return found
        case _:
            return [None, *numbers(kb, id_)]


def numbers(kb: KnowledgeBase, id_: str) -> list[Value]:
    question = kb.questions[id_]
    low, high = Fraction(str(question.min)), Fraction(str(question.max))
    points = {low, high}
    facts = [part for _, _, _, when in kb.criteria() for _, part in walk(when) if isinstance(part, FactIs)]
    for fact in facts:
        if fact.fact == id_:
            operands = fact.operand if isinstance(fact.operand, tuple) else (fact.operand,)
            points |= {Fraction(str(one)) for one in operands}
            points |= {Fraction(str(one.operand)) for one in next_to(fact, kb)}
    if question.type == "integer":
        whole = {one for point in points for one in (point // 1, point // 1 + 1)}
        return [int(one) for one in sorted(whole) if low <= one <= high]
    ordered = sorted(one for one in points if low <= one <= high)
    middles = [(a + b) / 2 for a, b in pairwise(ordered)]
    return [float(one) for one in sorted([*ordered, *middles])]


def everybody(kb: KnowledgeBase) -> Iterator[Answers]:
    ids = list(kb.questions)
    for given in product(*(values_of(kb, id_) for id_ in ids)):
        yield Answers({id_: value for id_, value in zip(ids, given, strict=True) if value is not None})


def tiny(rng: Random) -> RandomKB:
    """A random knowledge base with few sets of answers; half of them with some saved cases."""
    while True:
        made = random_kb(rng)
        if 1 < prod(len(values_of(made.kb, id_)) for id_ in made.kb.questions) <= MOST_PEOPLE and goals(made.kb):
            break
    records = {path: json.loads(data) for path, data in made.files.items()}
    for number in range(rng.choice((0, 3))):
        records[f"cases/c{number}.json"] = {
            "id": f"c{number}",
            "title": "Somebody",
            "story": "Somebody.",
            "answers": random_answers(rng, made.kb).to_json(),
            "expect": {"urgency": "routine"},
            "because": "So it is.",
        }
    return from_records(records)


def compared_with_brute_force(seed: int) -> Filled:
    made = tiny(Random(seed))
    kb = made.kb
    definition, wanted = Definition(kb, made.files), goals(kb)
    reachable: set[Goal] = set()
    for answers in everybody(kb):
        values = definition.evaluator.evaluate(answers)
        if not definition.evaluator.broken_constraints(values):
            reachable |= {one for one in wanted if one not in reachable and definition.meets(one, answers, values)}
    filled = fill(kb)
    assert set(filled.impossible) == set(wanted) - reachable
    assert not filled.open
    assert filled.goals == len(wanted)
    assert filled.before + filled.by_patients == len(reachable)
    seen: set[Goal] = set()
    for patient in filled.patients:
        values = definition.evaluator.evaluate(patient.answers)
        assert not definition.evaluator.broken_constraints(values)
        assert patient.tries
        for one in patient.tries:
            assert one.goal not in seen
            seen.add(one.goal)
            assert definition.meets(one.goal, patient.answers, values)
            if one.instead is not None:
                turned_by = definition.evaluator.evaluate(patient.answers.with_answer(one.question, one.instead))
                assert (turned_by.rules[one.goal.rule] is Truth.TRUE) is not (one.goal.side == "tips")
                assert not definition.evaluator.broken_constraints(turned_by)
    told = [read_answers(kb, dict(case.answers)) for case in kb.cases.values()]
    by_cases = set()  # what the cases meet is counted, and not made again
    for answers in told:
        values = definition.evaluator.evaluate(answers)
        if not definition.evaluator.broken_constraints(values):
            by_cases |= {one for one in wanted if definition.meets(one, answers, values)}
    assert filled.by_cases == len(by_cases)
    assert not seen & by_cases
    return filled


@pytest.mark.parametrize("seed", range(12))
def test_every_goal_is_met_or_impossible_exactly_as_brute_force_says(seed: int) -> None:
    compared_with_brute_force(seed)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(12, 150))
def test_every_goal_is_met_or_impossible_at_length(seed: int) -> None:
    compared_with_brute_force(seed)


# The real knowledge base, a part of it.

SUBSET = (
    "red_flags/fever_weakness",
    "red_flags/spine_bruise",
    "evidence/axial_spondyloarthritis/ng65_five",
    "findings/berlin_positive",
)


@pytest.fixture(scope="module")
def subset(starter: KnowledgeBase) -> Filled:
    return fill(starter, rules=SUBSET)


def test_patients_of_the_real_knowledge_base_do_what_they_say(
    starter: KnowledgeBase, starter_files: dict[str, bytes], subset: Filled
) -> None:
    definition = Definition(starter, starter_files)
    assert subset.patients
    assert not subset.open
    assert {goal.rule for goal in subset.impossible} <= set(SUBSET)
    assert subset.before + subset.by_patients + len(subset.impossible) == subset.goals
    pairs = 0
    for patient in subset.patients:
        values = definition.evaluator.evaluate(patient.answers)
        assert not definition.evaluator.broken_constraints(values)
        assert not values.set_aside
        for one in patient.tries:
            assert definition.meets(one.goal, patient.answers, values)
            if one.instead is not None:
                pairs += 1
                other = definition.evaluator.evaluate(patient.answers.with_answer(one.question, one.instead))
                assert (other.rules[one.goal.rule] is Truth.TRUE) is not (one.goal.side == "tips")
    assert pairs > subset.by_patients * 0.7
    assert all(len(patient.changed) <= CHANGES + 2 for patient in subset.patients)


def test_what_is_impossible_is_a_comparison_that_another_one_makes_superfluous(subset: Filled) -> None:
    # Progression is only asked of those whose leg is weak: that it is weak need not be said as well.
    assert Goal("red_flags/fever_weakness", Place("red_flags/fever_weakness", ("all", 2)), "holds_back") in (
        subset.impossible
    )


def test_a_patient_is_whole(starter: KnowledgeBase, subset: Filled) -> None:
    evaluator = Evaluator(starter)
    for patient in subset.patients:
        values = evaluator.evaluate(patient.answers)
        missing = [
            id_
            for id_, question in starter.questions.items()
            if question.by == "patient"
            and values.applies.get(id_, Truth.TRUE) is Truth.TRUE
            and not patient.answers.answered(id_)
        ]
        assert missing == []


def test_usual_answers_open_questions_and_close_them() -> None:
    kb = load(example_files(BASE, {})).kb
    assert kb is not None
    assert Usual(Evaluator(kb), []).completed(Answers({"numb": True})).values["numb"] is True


def test_drafts_name_the_case_they_are_like_and_what_they_try(starter: KnowledgeBase, subset: Filled) -> None:
    taken = frozenset({"cases/generated_001.json"})
    made = drafts(starter, subset.patients, taken)
    assert len(made) == len(subset.patients)
    assert not taken & made.keys()
    for (path, record), patient in zip(made.items(), subset.patients, strict=True):
        case = Case.model_validate(record, strict=False)
        assert path == f"cases/{case.id}.json"
        assert case.awaiting
        assert case.awaiting.like == patient.like
        assert patient.like
        assert starter.cases[patient.like].title in case.title
        assert case.awaiting.tries == tuple(tries_words(starter, patient.tries))
        assert read_answers(starter, dict(case.answers)) == patient.answers
    lines = "\n".join(filled_lines(starter, subset, every=False))
    assert f"{subset.goals} things to try" in lines
    assert "red_flags/fever_weakness: “Leg weakness" in lines


# Cancelling, limits.


def test_it_can_be_cancelled(starter: KnowledgeBase) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        fill(starter, rules=SUBSET[:1], cancel=cancel)


def test_when_the_time_is_up_what_is_left_is_open(starter: KnowledgeBase) -> None:
    filled = fill(starter, rules=SUBSET[:1], seconds=0)
    assert filled.open
    assert not filled.patients
    assert not filled.impossible
    assert filled.before + len(filled.open) == filled.goals


def test_no_more_patients_than_wished(starter: KnowledgeBase) -> None:
    filled = fill(starter, rules=SUBSET[:1], most=1)
    assert len(filled.patients) == 1
    assert filled.open


# A case that waits for a word.

WAITING: dict[str, Any] = {
    **{key: value for key, value in BASE["cases/locked.json"].items() if key not in ("expect", "because")},
    "id": "waits",
    "awaiting": {"like": "locked", "changed": ["age"], "tries": ["Whether age decides"]},
}


def without_examples() -> dict[str, Any]:
    """The example's rules without their own examples, which try nearly everything."""
    rules = {path: record for path, record in BASE.items() if path.startswith("rules/")}
    return {path: {**record, "examples": []} for path, record in rules.items()}


@pytest.mark.parametrize(
    "change",
    [
        {"awaiting": None},
        {"expect": {"urgency": "routine"}},
        {"because": "So it is."},
        {"expect": {"urgency": "routine"}, "because": "So it is."},
        {"awaiting": None, "because": "So it is."},
    ],
)
def test_a_case_has_a_word_or_waits_for_one(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="`expect` and `because`, or `awaiting`"):
        Case.model_validate({**WAITING, **change}, strict=False)


def test_what_waits_passes_nothing_and_counts_for_nothing() -> None:
    files = example_files(BASE, {**without_examples(), "cases/waits.json": WAITING})
    kb = load(files).kb
    assert kb is not None
    assessor = Assessor(kb)
    result = run_case(assessor, kb.cases["waits"])
    assert (result.passed, result.failed, result.awaiting) == (False, False, True)
    assert result.outcome
    assert count(kb)["cases"] == 1
    assert count(kb)["cases_awaiting"] == 1
    only = {**files, "cases/locked.json": b""}
    del only["cases/locked.json"]
    alone = load(only).kb
    assert alone is not None
    assert coverage(Assessor(alone)).reached("condition") == 0
    filled = fill(alone)
    assert filled.by_cases == 0
    assert filled.by_waiting > 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, data in example_files(BASE, without_examples()).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def test_the_command_writes_drafts_that_wait(folder: Path) -> None:
    run: Callable[..., Any] = CliRunner().invoke
    first = run(app, ["cases", "--kb", str(folder), "--fill", "--write", "--all"])
    assert first.exit_code == 0, first.output
    written = sorted((folder / "cases").glob("generated_*.json"))
    assert written
    assert f"{len(written)} drafts written" in first.output
    again = run(app, ["cases", "--kb", str(folder), "--fill", "--write"])
    assert "0 drafts written" in again.output
    tested = run(app, ["test", "--kb", str(folder)])
    assert tested.exit_code == 0, tested.output
    assert f"{len(written)} cases wait for a clinician's word" in tested.output
    checked = run(app, ["check", "--kb", str(folder)])
    assert checked.exit_code == 0, checked.output
    assert "CA004" in checked.output
    counted = run(app, ["cases", "--kb", str(folder)])
    assert "only by the 0 patients made now" in counted.output


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--write"], "belong to --fill"), (["--fill", "--rule", "evidence/lokced"], "evidence/locked")],
)
def test_the_command_says_what_it_cannot_do(folder: Path, options: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["cases", "--kb", str(folder), *options])
    assert result.exit_code == 2
    assert told in result.output
    assert not list((folder / "cases").glob("generated_*"))
