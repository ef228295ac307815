"""SQL: databases say of everybody what the reference says, and no text of a record is ever read as SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
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
from tests.random_kb import random_kb
from tests.sql_databases import IN, outcomes
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


@pytest.mark.parametrize("dialect", SERVERLESS)
def test_the_starter(dialect: DialectName, starter: KnowledgeBase, tmp_path: Path) -> None:
    everybody = [read_answers(starter, dict(case.answers)) for case in starter.cases.values()]
    everybody += [Answers(), *people(Random(3), starter, 60)]
    everybody += [read_answers(starter, one) for one in population(100, 3)]
    everybody = [as_in_a_row(one) for one in everybody]
    agree(starter, everybody, outcomes(starter, everybody, dialect, tmp_path))


@pytest.mark.parametrize("dialect", SERVERLESS)
def test_random_people_of_random_knowledge_bases(dialect: DialectName, tmp_path: Path) -> None:
    rng = Random(7)
    for _ in range(20):
        kb = random_kb(rng).kb
        everybody = [as_in_a_row(one) for one in [Answers(), *people(rng, kb, 30)]]
        agree(kb, everybody, outcomes(kb, everybody, dialect, tmp_path))
