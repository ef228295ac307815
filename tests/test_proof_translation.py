"""Translation validation: the circuit says of people what the reference evaluator says of them.

Also that inputs of the circuit and answers of people are the same thing: for every type of question, with gates,
options marked unsure, and numbers on, beside and between the places where they are compared.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answers import Answers, Chosen
from engine.assess import Assessor
from engine.criteria import FactIs, Truth, criterion_adapter
from engine.evaluate import Evaluator
from engine.knowledge import KnowledgeBase
from tests.random_kb import (
    Json,
    RandomKB,
    base_records,
    clinical_kb,
    from_records,
    question,
    random_answers,
    random_kb,
    rule,
    section,
    term,
)
from validators.proof.circuit import Circuit, Lit
from validators.proof.confirm import Confirmer, Crowd
from validators.proof.domain import Domain
from validators.proof.solver import Model, Prover
from validators.proof.world import World

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SEEDS = range(2_000 if NIGHTLY else 30)
PEOPLE = 50 if NIGHTLY else 20
"""In all 100,000 pairs nightly, some hundreds by default."""


@pytest.mark.parametrize("seed", SEEDS)
def test_the_circuit_says_of_random_people_what_the_reference_says(seed: int) -> None:
    rng = Random(seed)
    kb = random_kb(rng).kb
    people = [random_answers(rng, kb) for _ in range(PEOPLE)]
    world = World(kb)
    confirmer = Confirmer(world.encoded, Assessor(kb))
    confirmer.confirm(people)
    assert confirmer.confirmed == len(people)
    scores_agree(world, kb, people)


def scores_agree(world: World, kb: KnowledgeBase, people: list[Answers]) -> None:
    """Scores are not part of a witness's picture: here each limit that a score can meet is looked at."""
    evaluator = Evaluator(kb)
    limits = [
        (name, operator, points)
        for name in world.encoded.scores
        for points in (-3, -1, 0, 0.5, 1.25, 2)
        for operator in ("gte", "gt", "lte", "lt")
    ]
    criteria = [criterion_adapter.validate_python({"score": name, by: points}) for name, by, points in limits]
    twos = [world.encoded.criterion(one) for one in criteria]
    crowd = Crowd(world.domain, people, [lit for two in twos for lit in (two.true, two.false)])
    for number, answers in enumerate(people):
        values = evaluator.evaluate(answers)
        for two, criterion in zip(twos, criteria, strict=True):
            true, false = (crowd.where(lit) >> number & 1 for lit in (two.true, two.false))
            truth = Truth.TRUE if true else (Truth.FALSE if false else Truth.UNKNOWN)
            assert truth is evaluator.test(criterion)(values), (criterion, answers)


def test_a_knowledge_base_of_clinical_shape_and_size() -> None:
    rng = Random(7)
    kb = clinical_kb(150, 7).kb
    confirmer = Confirmer(World(kb).encoded, Assessor(kb))
    confirmer.confirm([random_answers(rng, kb, known) for known in (0.2, 0.5, 0.8, 1.0) for _ in range(15)])
    assert confirmer.confirmed == 60


def test_the_starter_knowledge_base(starter: KnowledgeBase) -> None:
    rng = Random(8)
    confirmer = Confirmer(World(starter).encoded, Assessor(starter))
    confirmer.confirm([random_answers(rng, starter, known) for known in (0.2, 0.5, 0.8, 1.0) for _ in range(10)])
    assert confirmer.confirmed == 40


# Answers and inputs.


def held_by(domain: Domain, answers: Answers) -> set[Lit]:
    return {lit for lit, held in domain.values(answers).items() if held}


def keeps_clauses(domain: Domain, held: set[Lit]) -> bool:
    return all(
        any((abs(lit) in held) == (lit > 0) for lit in clause)
        for name in domain.asked
        for clause in domain.clauses(name)
    )


@given(st.randoms(use_true_random=False))
def test_answers_become_inputs_and_answers_again(rng: Random) -> None:
    kb = random_kb(rng).kb
    world = World(kb)
    domain, evaluator = world.domain, Evaluator(kb)
    answers = random_answers(rng, kb)
    held = held_by(domain, answers)
    assert keeps_clauses(domain, held)
    again = domain.answers(lambda lit: (abs(lit) in held) == (lit > 0))
    inputs = [lit for name in domain.asked for lit in domain.inputs(name)]
    assert held.intersection(inputs) == held_by(domain, again).intersection(inputs)
    one, other = evaluator.evaluate(answers), evaluator.evaluate(again)
    assert (one.rules, one.findings, one.scores, one.applies) == (
        other.rules,
        other.findings,
        other.scores,
        other.applies,
    )


@given(st.randoms(use_true_random=False))
def test_whatever_inputs_a_solver_finds_are_answers_that_somebody_can_give(rng: Random) -> None:
    made = random_kb(rng)
    world = World(made.kb)
    everything = [lit for name in world.domain.asked for lit in world.domain.inputs(name)]
    wanted = [lit * rng.choice((-1, 1)) for lit in rng.sample(everything, min(3, len(everything)))]
    with Prover(world.circuit, [world.domain]) as prover:
        found = prover.find([world.circuit.any([*everything, -everything[0]]), *wanted] if everything else [1])
        if not isinstance(found, Model):
            return
        answers = prover.decode(found)
    held = held_by(world.domain, answers)
    assert all((abs(lit) in held) == (lit > 0) for lit in wanted)
    assert answers == random_read(made.kb, answers)


def random_read(kb: KnowledgeBase, answers: Answers) -> Answers:
    """The answers as they come back from JSON: refused where a value is outside its question's domain."""
    from engine.answers import read_answers

    return read_answers(kb, answers.to_json())


def one_question(asked: Json, *criteria: Json) -> RandomKB:
    """One question and one finding for each criterion on it."""
    records = base_records()
    records["questions/all.json"] = section([asked])
    for at, when in enumerate(criteria):
        records[f"terms/f{at}.json"] = term(f"f{at}", "finding")
        records[f"rules/findings/r{at}.json"] = rule(f"findings/r{at}", when, {"finding": f"f{at}"})
    return from_records(records)


NUMBERS: list[tuple[str, Json, list[int | float]]] = [
    ("integer", {"unit": "a", "min": 0, "max": 10}, [-1, 0, 0.5, 3, 3.5, 10, 11]),
    ("integer", {"unit": "a", "min": -0.5, "max": 3.5}, [-1, -0.5, 0, 1.5, 3, 3.5, 4]),
    ("integer", {"unit": "1", "min": 0, "max": 3_000_000}, [1_000_000, 1_000_001, 1_000_002]),
    ("decimal", {"unit": "Cel", "min": 35.0, "max": 42.5}, [34.9, 35, 37.0, 37.1, 42.5, 43]),
    ("decimal", {"unit": "Cel", "min": -1, "max": 1}, [-0.1, 0.1, 0.1000001, 0.10000011, 0]),
]


@pytest.mark.parametrize(("kind", "more", "limits"), NUMBERS)
def test_numbers_on_beside_and_between_their_cuts(kind: str, more: Json, limits: list[int | float]) -> None:
    whens: list[Json] = [
        {"fact": "q", operator: one} for operator in ("gte", "gt", "lte", "lt", "is") for one in limits
    ]
    kb = one_question(question("q", kind, **more), *whens, {"fact": "q", "in": limits}).kb
    domain = World(kb).domain
    confirmer = Confirmer(World(kb).encoded, Assessor(kb))
    people = [Answers()] + [Answers({"q": value}) for value in close_to(kind, more, limits)]
    confirmer.confirm(people)
    for answers in people:
        held = held_by(domain, answers)
        assert keeps_clauses(domain, held)
        again = domain.answers(lambda lit, held=held: (abs(lit) in held) == (lit > 0))
        random_read(kb, again)
        evaluator = Evaluator(kb)
        assert evaluator.evaluate(again).rules == evaluator.evaluate(answers).rules


def close_to(kind: str, more: Json, limits: list[int | float]) -> Iterator[int | float]:
    if kind == "integer":
        near = {int(one // 1) + step for one in limits for step in (-1, 0, 1, 2)}
        yield from (one for one in sorted(near) if more["min"] <= one <= more["max"])
        return
    near_decimals = {one + step for one in (*limits, more["min"], more["max"]) for step in (-1e-9, 0, 1e-9, 0.05)}
    yield from (float(one) for one in sorted(near_decimals) if more["min"] <= one <= more["max"])


@pytest.mark.parametrize("kind", ["integer", "decimal"])
@pytest.mark.parametrize("more", [{"min": 0, "max": 10}, {"min": -0.5, "max": 3.5}, {"min": 0, "max": 3_000_000}])
def test_every_part_of_a_number_line_is_somebody(kind: str, more: Json) -> None:
    """Between each two neighbouring cuts there is a number, and the solver's orders are exactly these."""
    limits = [0, 1, 1.5, 3, 1_000_000, 1_000_001]
    whens: list[Json] = [{"fact": "q", operator: one} for operator in ("gte", "gt") for one in limits]
    kb = one_question(question("q", kind, unit="1", **more), *whens).kb
    world = World(kb)
    edges = [world.domain.from_cut("q", cut) for cut in world.domain.asked["q"].cuts]
    assert len(set(edges)) == len(edges)
    with Prover(world.circuit, [world.domain]) as prover:
        for at in range(len(edges) + 1):
            wanted = [world.domain.known("q"), *edges[:at], *(-edge for edge in edges[at:])]
            found = prover.find(wanted)
            assert isinstance(found, Model)
            held = held_by(world.domain, random_read(kb, prover.decode(found)))
            assert all((abs(lit) in held) == (lit > 0) for lit in wanted)


def test_a_list_with_marks_and_a_choice_with_an_option_that_nothing_compares() -> None:
    options = {"options": [{"id": f"o{at}", "text": "o"} for at in range(3)]}
    ticks = one_question(
        question("q", "choices", **options), {"fact": "q", "includes": "o0"}, {"fact": "q", "includes": "o1"}
    )
    confirmer = Confirmer(World(ticks.kb).encoded, Assessor(ticks.kb))
    marks = [
        Chosen(frozenset(yes), frozenset(unsure))
        for yes in ((), ("o0",), ("o2",), ("o0", "o1"))
        for unsure in ((), ("o1",), ("o2",))
        if not set(yes) & set(unsure)
    ]
    confirmer.confirm([Answers({"q": one}) for one in marks] + [Answers(), Answers(unsure=frozenset(["q"]))])
    choice = one_question(
        question("q", "choice", **options), {"fact": "q", "is": "o0"}, {"fact": "q", "in": ["o0", "o1"]}
    )
    domain = World(choice.kb).domain
    for option in ("o0", "o1", "o2"):
        held = held_by(domain, Answers({"q": option}))
        assert domain.answers(lambda lit, held=held: (abs(lit) in held) == (lit > 0)) == Answers({"q": option})


def test_versions_that_ask_otherwise_share_their_people() -> None:
    """Whatever any version takes can be answered; to the others it is no answer."""
    wide = one_question(question("q", "integer", unit="a", min=0, max=120), {"fact": "q", "gte": 70}).kb
    narrow = one_question(question("q", "integer", unit="a", min=18, max=99), {"fact": "q", "lt": 70}).kb
    other = one_question(question("q", "boolean"), {"fact": "q", "is": True}).kb
    domain = Domain(Circuit(), [narrow, wide, other])
    fact = FactIs.model_validate
    for value in (0, 17, 18, 69, 70, 99, 100, 120):
        answers = Answers({"q": value})
        for kb, when in ((wide, {"fact": "q", "gte": 70}), (narrow, {"fact": "q", "lt": 70})):
            two = domain.truth(fact(when), kb)
            crowd = Crowd(domain, [answers], [two.true, two.false])
            told = Evaluator(kb).evaluate(domain.told(kb, answers)).findings["f0"]
            assert (bool(crowd.where(two.true)), bool(crowd.where(two.false))) == (
                told is Truth.TRUE,
                told is Truth.FALSE,
            )
    assert domain.told(narrow, Answers({"q": 110})) == Answers()
    (key,) = set(domain.asked) - {"q"}
    assert domain.told(other, Answers({"q": 5, key: True})) == Answers({"q": True})
