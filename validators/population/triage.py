"""How urgent the rules say it is for many people, and which rules ask for it: the alarm rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt

from engine.answers import read_answers
from engine.assess import Assessor
from engine.finding import KnowledgeError
from engine.model.rule import Urgency
from engine.outcome import Outcome
from validators.population.people import Person, draw

SEED = 1
"""The people that the alarm rate is told of, unless others are asked for."""


def interval(found: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) of nobody."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, found / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass
class Contribution:
    """How often one rule or condition asks for a level or more."""

    true: int = 0
    """Times as a TRUE red flag, or as a condition that is named."""
    open: int = 0
    """Times as a red flag that stands open and counts as much."""
    only: int = 0
    """Times when nothing else asks for as much."""


@dataclass
class Triage:
    """The urgency of many people."""

    n: int = 0
    levels: Counter[Urgency] = field(default_factory=Counter)
    by_cause: dict[str, Counter[Urgency]] = field(default_factory=dict)
    reasons: dict[Urgency, dict[str, Contribution]] = field(default_factory=dict)
    """Per level: what asks for it or more, by rule or condition."""
    alarmed_by: Counter[frozenset[str]] = field(default_factory=Counter)
    """Alarms by everything that asks for them together."""
    only_unsure: int = 0
    """Alarms that rest on answers of "not sure" alone."""

    @property
    def alarms(self) -> int:
        """People told to be seen today or now."""
        return sum(number for level, number in self.levels.items() if level.level >= Urgency.URGENT.level)

    def alarms_of(self, cause: str) -> tuple[int, int]:
        """Of the people with a cause: how many are alarmed, and how many there are."""
        levels = self.by_cause.get(cause, Counter())
        return sum(n for level, n in levels.items() if level.level >= Urgency.URGENT.level), levels.total()

    def add(self, cause: str, outcome: Outcome) -> None:
        """Count one person."""
        self.n += 1
        self.levels[outcome.urgency] += 1
        self.by_cause.setdefault(cause, Counter())[outcome.urgency] += 1
        for level in (Urgency.EMERGENCY, Urgency.URGENT):
            asking = [reason for reason in outcome.reasons if reason.urgency.level >= level.level]
            found = self.reasons.setdefault(level, {})
            for reason in asking:
                one = found.setdefault(reason.id, Contribution())
                one.open += reason.kind == "open_red_flag"
                one.true += reason.kind != "open_red_flag"
                one.only += len(asking) == 1
            if asking and level is Urgency.URGENT:
                self.alarmed_by[frozenset(reason.id for reason in asking)] += 1
                self.only_unsure += all(reason.kind == "open_red_flag" for reason in asking)


def triage(assessor: Assessor, persons: Iterable[Person]) -> Triage:
    """Assess everybody with the reference evaluator."""
    result = Triage()
    for person in persons:
        result.add(person.cause, assessor.assess(read_answers(assessor.kb, person.answers)).outcome)
    return result


def alarm_rate(assessor: Assessor, n: int = 1_000) -> Triage | None:
    """The urgency of `n` people of the reference population, beside the proofs.

    None where the knowledge base asks other questions than the population answers.
    """
    try:
        return triage(assessor, draw(n, SEED))
    except KnowledgeError:
        return None
