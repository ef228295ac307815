"""How long the interview is before and after a change, for some people whose answers are known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.answers import UNSURE, Answers, read_answers
from engine.finding import KnowledgeError
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from validators.population.people import people
from validators.population.triage import SEED

Person = Mapping[str, object]
"""What somebody would answer, as JSON holds answers: question to value."""


@dataclass(frozen=True)
class Spread:
    """How many screens people see."""

    median: float
    ninetieth: float
    """Nine in ten see at most as many."""


@dataclass(frozen=True)
class Lengths:
    """The interview's length before and after a change."""

    people: int
    before: Spread
    after: Spread
    longer: int
    """People who see more screens than before."""
    shorter: int


def lengths(pairs: Sequence[tuple[int, int]]) -> Lengths:
    """The interview's length from how many screens each person sees (before, after). Raises ValueError for nobody."""
    return Lengths(
        people=len(pairs),
        before=spread([one for one, _ in pairs]),
        after=spread([one for _, one in pairs]),
        longer=sum(two > one for one, two in pairs),
        shorter=sum(two < one for one, two in pairs),
    )


def screens(interview: Interview, person: Person) -> int:
    """How many screens a person sees before the interview stops."""
    known = fitting(interview.kb, person)
    answers, shown = Answers(), 0
    while (screen := interview.next(answers, shown).screen) is not None:
        for name in screen.questions:
            answers = answers.with_answer(name, known.values.get(name))
        shown += 1
    return shown


def fitting(kb: KnowledgeBase, person: Person) -> Answers:
    """A person's answers that a knowledge base takes; the others are left out."""
    answers = Answers()
    for name, value in person.items():
        if name not in kb.questions or value == UNSURE:
            continue
        try:
            answers = answers.with_answer(name, read_answers(kb, {name: value}).values[name])
        except KnowledgeError:
            continue
    return answers


def spread(numbers: Sequence[int]) -> Spread:
    """Median and 90th percentile (the least number that nine in ten do not exceed). Raises ValueError for none."""
    if not numbers:
        raise ValueError("there is nobody to count")
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return Spread(float(median), float(ordered[-(-len(ordered) * 9 // 10) - 1]))


def reference_people(kb: KnowledgeBase, most: int) -> tuple[list[Person], str]:
    """At most `most` people whose answers are known, and in words who they are.

    They are the synthetic reference population where it knows the questions of this knowledge base, or else the
    knowledge base's own cases.
    """
    drawn: list[Person] = list(people(most, SEED))
    asked = {name for one in drawn for name in one}
    if not drawn or len(asked & kb.questions.keys()) < len(kb.questions) / 2:
        return people_of_cases(kb, most), "the knowledge base's own cases, which were chosen to test it"
    return drawn, "the synthetic reference population"


def people_of_cases(kb: KnowledgeBase, most: int = 40) -> list[Person]:
    """At most `most` of the knowledge base's own cases as people, evenly spread over their ids."""
    cases = [case for _, case in sorted(kb.cases.items())]
    chosen = cases if len(cases) <= most else [cases[at * len(cases) // most] for at in range(most)]
    return [json.loads(json.dumps(case.answers)) for case in chosen]
