"""The reference evaluator: what criteria, findings and scores are for one person's answers.

It is written to be read. Every other evaluator is compared with it, and where they differ its answer stands.
Criteria become closures once per knowledge base; a person is then one pass over them in dependency order.
"""

from __future__ import annotations

import operator as op
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, assert_never

from engine.answers import Answers, Chosen, Value
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs, Truth
from engine.knowledge import KnowledgeBase
from engine.model.rule import Derived, Points

FALSE, UNKNOWN, TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


@dataclass
class Values:
    """What everything is for one person."""

    answers: dict[str, Value]
    """The answers that count: those to questions that do not apply are set aside."""
    applies: dict[str, Truth] = field(default_factory=dict)
    """Whether each gated question applies; a question without a gate applies to everybody and is not listed."""
    findings: dict[str, Truth] = field(default_factory=dict)
    scores: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The interval of each score in its scaled integers; both ends agree when nothing is UNKNOWN."""
    rules: dict[str, Truth] = field(default_factory=dict)
    set_aside: list[str] = field(default_factory=list)
    """Questions that were answered and do not apply."""


Test = Callable[[Values], Truth]

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": op.eq,
    "in": lambda value, these: value in these,
    "gte": op.ge,
    "gt": op.gt,
    "lte": op.le,
    "lt": op.lt,
}
"""Each operator on a known answer, or score, and the operand. "includes" is `compare_fact`'s own."""


def compiled(criterion: Criterion, kb: KnowledgeBase) -> Test:
    """A criterion as a function from a person's values to its truth."""
    match criterion:
        case FactIs():
            return _fact(criterion, gated=kb.questions[criterion.fact].ask_when is not None)
        case FindingIs():
            name = kb.terms[criterion.finding].id
            return lambda values: values.findings[name]
        case ScoreIs():
            return _score(criterion, kb.terms[criterion.score].scale)
        case All():
            return _all([compiled(part, kb) for part in criterion.all])
        case AnyOf():
            return _any([compiled(part, kb) for part in criterion.any])
        case Not():
            inner = compiled(criterion.not_, kb)
            return lambda values: inner(values).negate()
        case AtLeast():
            return _at_least(criterion.at_least, [compiled(part, kb) for part in criterion.of])
        case _:
            assert_never(criterion)


def compare_fact(criterion: FactIs, value: Value) -> Truth:
    """One comparison on an answer that applies and is known."""
    if isinstance(value, Chosen):
        if criterion.operand in value.yes:
            return TRUE
        return UNKNOWN if criterion.operand in value.unsure else FALSE
    return TRUE if COMPARE[criterion.operator](value, criterion.operand) else FALSE


def _fact(criterion: FactIs, gated: bool) -> Test:
    name, operand = criterion.fact, criterion.operand

    if criterion.operator == "includes":

        def known(value: Value) -> Truth:
            assert isinstance(value, Chosen)  # answers are read by the question's type, and `includes` asks for choices
            if operand in value.yes:
                return TRUE
            return UNKNOWN if operand in value.unsure else FALSE
    else:
        holds = COMPARE[criterion.operator]

        def known(value: Value) -> Truth:
            return TRUE if holds(value, operand) else FALSE

    def test(values: Values) -> Truth:
        value = values.answers.get(name)
        return UNKNOWN if value is None else known(value)

    def gated_test(values: Values) -> Truth:
        return FALSE if values.applies[name] is FALSE else test(values)

    return gated_test if gated else test


def scaled(points: int | float, scale: int) -> int | float:
    """Points as a number of 1/scale; exact, so that 1.1 points at scale 10 are 11 and not 11.000000000000002."""
    exact = Fraction(str(points)) * scale
    return exact.numerator if exact.denominator == 1 else float(exact)


def _score(criterion: ScoreIs, scale: int) -> Test:
    name, holds, limit = criterion.score, COMPARE[criterion.operator], scaled(criterion.operand, scale)

    def test(values: Values) -> Truth:
        low, high = values.scores[name]
        at_low, at_high = holds(low, limit), holds(high, limit)
        if at_low != at_high:  # the comparison is monotone, so the ends decide for the whole interval
            return UNKNOWN
        return TRUE if at_low else FALSE

    return test


def _all(parts: list[Test]) -> Test:
    def test(values: Values) -> Truth:
        result = TRUE
        for part in parts:
            truth = part(values)
            if truth is FALSE:
                return FALSE
            if truth is UNKNOWN:
                result = UNKNOWN
        return result

    return test


def _any(parts: list[Test]) -> Test:
    def test(values: Values) -> Truth:
        result = FALSE
        for part in parts:
            truth = part(values)
            if truth is TRUE:
                return TRUE
            if truth is UNKNOWN:
                result = UNKNOWN
        return result

    return test


def _at_least(k: int, parts: list[Test]) -> Test:
    def test(values: Values) -> Truth:
        truths = [part(values) for part in parts]
        true = truths.count(TRUE)
        if true >= k:
            return TRUE
        return FALSE if true + truths.count(UNKNOWN) < k else UNKNOWN

    return test


class Evaluator:
    """A knowledge base made ready to evaluate many people, one after the other or in several threads."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._steps = [step for kind, name in kb.order for step in self._step(kind, name)]
        self._steps += [
            self._rule_step(id_, compiled(rule.when, kb))
            for id_, rule in kb.active.items()
            if not isinstance(rule.then, Derived | Points)
        ]
        self._considered = {
            id_: compiled(one.considered_when, kb) for id_, one in kb.current_conditions.items() if one.considered_when
        }
        self._constraints = {id_: compiled(one.never, kb) for id_, one in sorted(kb.constraints.items())}

    def evaluate(self, answers: Answers) -> Values:
        """What every question's gate, finding, score and rule is for these answers."""
        values = Values(dict(answers.values))
        for step in self._steps:
            step(values)
        return values

    def considered(self, values: Values) -> dict[str, Truth]:
        """Whether each condition is considered for this person."""
        return {
            id_: self._considered[id_](values) if id_ in self._considered else TRUE
            for id_ in self.kb.current_conditions
        }

    def broken_constraints(self, values: Values) -> list[str]:
        """The constraints that these answers break, by id."""
        return [id_ for id_, test in self._constraints.items() if test(values) is TRUE]

    def test(self, criterion: Criterion) -> Test:
        """Any criterion, as a function of the values that `evaluate` returns."""
        return compiled(criterion, self.kb)

    def _step(self, kind: str, name: str) -> list[Callable[[Values], None]]:
        if kind == "question":
            gate = self.kb.questions[name].ask_when
            return [_gate_step(name, compiled(gate, self.kb))] if gate else []
        ids = self.kb.concluded_by["finding" if kind == "finding" else "score", name]
        tests = [(id_, compiled(self.kb.active[id_].when, self.kb)) for id_ in ids]
        if kind == "finding":
            return [_finding_step(name, tests)]
        return [_score_step(name, [(id_, test, self.kb.points(self.kb.active[id_])) for id_, test in tests])]

    @staticmethod
    def _rule_step(id_: str, test: Test) -> Callable[[Values], None]:
        def step(values: Values) -> None:
            values.rules[id_] = test(values)

        return step


def _gate_step(name: str, gate: Test) -> Callable[[Values], None]:
    def step(values: Values) -> None:
        applies = gate(values)
        values.applies[name] = applies
        if applies is FALSE and values.answers.pop(name, None) is not None:
            values.set_aside.append(name)

    return step


def _finding_step(name: str, rules: list[tuple[str, Test]]) -> Callable[[Values], None]:
    def step(values: Values) -> None:
        best = FALSE
        for id_, test in rules:
            truth = test(values)
            values.rules[id_] = truth
            best = max(best, truth)
        values.findings[name] = best

    return step


def _score_step(name: str, rules: list[tuple[str, Test, int]]) -> Callable[[Values], None]:
    def step(values: Values) -> None:
        low = high = 0
        for id_, test, points in rules:
            truth = test(values)
            values.rules[id_] = truth
            if truth is TRUE:
                low, high = low + points, high + points
            elif truth is UNKNOWN:
                low, high = low + min(points, 0), high + max(points, 0)
        values.scores[name] = low, high

    return step
