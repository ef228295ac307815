"""Translation validation: what the circuit says of people, beside what the evaluators say of them.

Every witness goes through here before anybody sees it. A difference is a fault of the proofs, and is told as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.answers import Answers
from engine.assess import Assessment, Assessor
from engine.criteria import Truth
from engine.model.rule import LEVELS, Urgency
from engine.outcome import Outcome
from validators.proof.circuit import Lit
from validators.proof.domain import Domain, Two
from validators.proof.encode import Encoded


class TranslationError(Exception):
    """The proofs and an evaluator differ on a person: no verdict of this run may be used."""


@dataclass(frozen=True)
class Picture:
    """Everything about one person on which circuit and evaluators must agree."""

    rules: dict[str, Truth]
    findings: dict[str, Truth]
    applies: dict[str, Truth]
    urgency: Urgency
    likely: frozenset[str]
    possible: frozenset[str]
    to_rule_out: frozenset[str]
    first: str | None
    advice: tuple[str, ...]
    broken: tuple[str, ...]


class Crowd:
    """Many people at once in the circuit: bit i of a value is person i's."""

    def __init__(self, domain: Domain, people: Sequence[Answers], lits: Sequence[Lit]) -> None:
        self.size = len(people)
        self.everybody = (1 << self.size) - 1
        inputs: dict[int, int] = {}
        for number, answers in enumerate(people):
            for node, held in domain.values(answers).items():
                if held:
                    inputs[node] = inputs.get(node, 0) | (1 << number)
        self._values = domain.circuit.values(domain.circuit.cone(lits), inputs, self.everybody)

    def where(self, lit: Lit) -> int:
        """For whom a node of the cone holds, as bits."""
        value = self._values[abs(lit)]
        return value if lit > 0 else self.everybody & ~value

    def of_all(self, lits: Sequence[Lit]) -> int:
        """For whom every one of some nodes holds, as bits."""
        found = self.everybody
        for lit in lits:
            found &= self.where(lit)
        return found


@dataclass
class Confirmer:
    """Carries out people in the circuit and in the evaluators, and compares them."""

    encoded: Encoded
    assessor: Assessor
    asked: Callable[[Answers], Answers] = lambda answers: answers
    """What the assessor's version of the knowledge base is told of somebody's answers."""
    confirmed: int = 0
    """How many people were compared so far."""

    def confirm(self, people: Sequence[Answers]) -> list[Assessment]:
        """The assessments of people on whom all agree.

        Raises TranslationError where the circuit and the reference differ, or durable_rules and the reference.
        """
        assessments = []
        pictures = self.pictures(people)
        for answers, ours in zip(people, pictures, strict=True):
            assessment = self.assessor.assess(self.asked(answers))
            if assessment.note:
                raise TranslationError(f"the evaluators differ on {answers.to_json()}: {assessment.note}")
            theirs = _told(assessment)
            if ours != theirs:
                names = [name for name in vars(ours) if getattr(ours, name) != getattr(theirs, name)]
                shown = "; ".join(f"{name}: {_apart(getattr(ours, name), getattr(theirs, name))}" for name in names)
                raise TranslationError(f"the proofs differ from the evaluator on {answers.to_json()}: {shown}")
            self.confirmed += 1
            assessments.append(assessment)
        return assessments

    @cached_property
    def _lits(self) -> list[Lit]:
        """Everything that is compared."""
        e = self.encoded
        twos = [*e.rules.values(), *e.findings.values(), *e.applies.values()]
        lits = [lit for two in twos for lit in (two.true, two.false)]
        for group in (e.urgency, e.first, e.likely, e.possible, e.broken, e.advice):
            lits += group.values()
        return lits + [step for tier in e.tiers.values() for step in tier]

    def pictures(self, people: Sequence[Answers]) -> list[Picture]:
        """What the circuit says of people."""
        e = self.encoded
        crowd = Crowd(e.domain, people, self._lits)
        return [self._picture(crowd, number) for number in range(len(people))]

    def _picture(self, crowd: Crowd, number: int) -> Picture:
        e = self.encoded

        def holds(lit: Lit) -> bool:
            return bool(crowd.where(lit) >> number & 1)

        def truth(two: Two) -> Truth:
            return Truth.TRUE if holds(two.true) else (Truth.FALSE if holds(two.false) else Truth.UNKNOWN)

        first = [id_ for id_, lit in e.first.items() if holds(lit)]
        return Picture(
            rules={id_: truth(two) for id_, two in e.rules.items()},
            findings={name: truth(two) for name, two in e.findings.items()},
            applies={name: truth(two) for name, two in e.applies.items()},
            urgency=max((level for level in Urgency if holds(e.urgency[level])), key=LEVELS.index),
            likely=frozenset(id_ for id_, lit in e.likely.items() if holds(lit)),
            possible=frozenset(id_ for id_, lit in e.possible.items() if holds(lit)),
            to_rule_out=frozenset(id_ for id_, tier in e.tiers.items() if holds(tier[2])),
            first=first[0] if first else None,
            advice=tuple(name for name, lit in e.advice.items() if holds(lit)),
            broken=tuple(id_ for id_, lit in e.broken.items() if holds(lit)),
        )


def _told(assessment: Assessment) -> Picture:
    """What the evaluators say of a person."""
    outcome, values = assessment.outcome, assessment.values
    return Picture(
        rules=values.rules,
        findings=values.findings,
        applies=values.applies,
        urgency=outcome.urgency,
        likely=_with_status(outcome, "likely"),
        possible=_with_status(outcome, "possible"),
        to_rule_out=frozenset(view.id for view in outcome.to_rule_out),
        first=outcome.named[0].id if outcome.named else None,
        advice=outcome.advice,
        broken=outcome.corrections,
    )


def _with_status(outcome: Outcome, status: str) -> frozenset[str]:
    return frozenset(view.id for view in outcome.named if view.status == status)


def _apart(ours: object, theirs: object) -> str:
    """Two values, or of two mappings only what differs."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = [name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]
        return ", ".join(f"{name} {ours.get(name)!r} against {theirs.get(name)!r}" for name in sorted(names)[:5])
    return f"{ours!r} against {theirs!r}"
