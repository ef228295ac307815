"""SQL: databases say of everybody what the reference says, and no text of a record is ever read as SQL."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import pytest

from engine.answers import Answers, Chosen, read_answers
from engine.evaluate import Evaluator
from engine.knowledge import KnowledgeBase
from exports.bundle.conform import expected, first_difference
from exports.bundle.model import ExpectedOutcome
from exports.sql.dialect import DialectName
from tests.bundles import people
from tests.postgresql_server import MissingError, Server, postgresql
from tests.random_kb import random_kb
from tests.sql_databases import IN, Load, outcomes
from validators.population.people import people as population

SERVERLESS = sorted(IN)


def as_in_a_row(answers: Answers) -> Answers:
    """A person as a row can tell of them: not sure of any option is not answered."""
    kept = {
        name: value
        for name, value in answers.values.items()
        if not isinstance(value, Chosen) or value.yes or not value.unsure
    }
    return Answers(kept, answers.unsure | (answers.values.keys() - kept.keys()))


def agree(kb: KnowledgeBase, everybody: Iterable[Answers], told: Iterable[ExpectedOutcome]) -> None:
    evaluator = Evaluator(kb)
    for person, theirs in zip(everybody, told, strict=True):
        ours = expected(evaluator, person)
        assert theirs == ours, f"{first_difference(kb, ours, theirs)}: {json.dumps(person.to_json())}"


def of_the_starter(kb: KnowledgeBase, count: int, seed: int) -> list[Answers]:
    """Its cases, people who answer at random, and as many of the reference population."""
    everybody = [read_answers(kb, dict(case.answers)) for case in kb.cases.values()]
    everybody += [Answers(), *people(Random(seed), kb, count)]
    everybody += [read_answers(kb, one) for one in population(count, seed)]
    return [as_in_a_row(one) for one in everybody]


def of_random_knowledge_bases(dialect: DialectName, load: Load, folder: Path, seed: int, count: int) -> None:
    rng = Random(seed)
    for _ in range(count):
        kb = random_kb(rng).kb
        everybody = [as_in_a_row(one) for one in [Answers(), *people(rng, kb, 30)]]
        agree(kb, everybody, outcomes(kb, everybody, dialect, load, folder))


@pytest.mark.parametrize("dialect", SERVERLESS)
def test_the_starter(dialect: DialectName, starter: KnowledgeBase, tmp_path: Path) -> None:
    everybody = of_the_starter(starter, 100, 3)
    agree(starter, everybody, outcomes(starter, everybody, dialect, IN[dialect], tmp_path))


@pytest.mark.parametrize("dialect", SERVERLESS)
def test_random_people_of_random_knowledge_bases(dialect: DialectName, tmp_path: Path) -> None:
    of_random_knowledge_bases(dialect, IN[dialect], tmp_path, 7, 20)


@pytest.mark.nightly
@pytest.mark.parametrize("dialect", SERVERLESS)
def test_thousands(dialect: DialectName, starter: KnowledgeBase, tmp_path: Path) -> None:
    everybody = of_the_starter(starter, 5_000, 4)
    agree(starter, everybody, outcomes(starter, everybody, dialect, IN[dialect], tmp_path))
    of_random_knowledge_bases(dialect, IN[dialect], tmp_path, 8, 1_000)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with contextlib.ExitStack() as stack:
        try:
            started = stack.enter_context(postgresql())
        except MissingError as error:
            pytest.skip(str(error))
        yield started


@pytest.mark.nightly
def test_postgresql(server: Server, starter: KnowledgeBase, tmp_path: Path) -> None:
    everybody = of_the_starter(starter, 1_000, 5)
    agree(starter, everybody, outcomes(starter, everybody, "postgresql", server.load, tmp_path))
    of_random_knowledge_bases("postgresql", server.load, tmp_path, 9, 200)
