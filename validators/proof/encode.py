"""A knowledge base as a circuit: criteria, findings, scores, weights, ranking and urgency, as they are evaluated.

`encode` is one more fold over the criteria tree. Every sentence of docs/semantics.md that `engine/evaluate.py` and
`engine/outcome.py` carry out for a person is said here for every person at once; each witness that a solver finds is
carried out by them again (`validators/proof/confirm.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import assert_never

from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs
from engine.evaluate import scaled
from engine.knowledge import KnowledgeBase
from engine.model.condition import Condition
from engine.model.rule import LEVELS, Evidence, Urgency
from engine.outcome import reach_limit
from validators.proof.circuit import FALSE, TRUE, Circuit, Lit
from validators.proof.domain import ALWAYS, Domain, Two
from validators.proof.numbers import Choice, Number, at_least, count_at_least, equal, greater, total

TIERS = ("possible", "likely", *(level.value for level in LEVELS[1:]))
"""In which order causes are told, from last to first: possible, likely, then by the urgency of a suspecting flag."""


Sums = tuple[list[Choice], list[Choice]]
"""What a score's low end and high end are summed from."""


class Encoded:
    """One version of a knowledge base for one person of a domain."""

    def __init__(self, kb: KnowledgeBase, domain: Domain) -> None:
        self.kb = kb
        self.domain = domain
        self.circuit: Circuit = domain.circuit
        self.applies: dict[str, Two] = {}
        self.findings: dict[str, Two] = {}
        self.scores: dict[str, Sums] = {}
        """What each score's low end and high end are summed from."""
        self.rules: dict[str, Two] = {}
        self._derive()
        for id_, rule in kb.active.items():
            if id_ not in self.rules:
                self.rules[id_] = self.criterion(rule.when)
        self.considered = {
            id_: self.criterion(one.considered_when) if one.considered_when else ALWAYS
            for id_, one in kb.current_conditions.items()
        }
        self.broken = {id_: self.criterion(one.never).true for id_, one in sorted(kb.constraints.items())}
        """Whether a constraint is broken: such answers are returned for correction."""

    def _derive(self) -> None:
        for kind, name in self.kb.order:
            if kind == "question":
                gate = self.kb.questions[name].ask_when
                if gate:
                    self.applies[name] = self.criterion(gate)
                continue
            ids = self.kb.concluded_by[kind, name]
            for id_ in ids:
                self.rules[id_] = self.criterion(self.kb.active[id_].when)
            truths = [self.rules[id_] for id_ in ids]
            if kind == "finding":
                self.findings[name] = self._any(truths)
            else:
                self.scores[name] = self._summed(name)

    def _summed(self, score: str) -> Sums:
        """What a score's low end and high end are summed from."""
        low: list[Choice] = []
        high: list[Choice] = []
        for id_ in self.kb.concluded_by["score", score]:
            truth, value = self.rules[id_], self.kb.points(self.kb.active[id_])
            sure: Choice = ((truth.true, value),)
            hoped: Choice = ((-truth.false, value),)
            low.append(sure if value > 0 else hoped)
            high.append(hoped if value > 0 else sure)
        return low, high

    # Criteria.

    def criterion(self, criterion: Criterion) -> Two:
        """What a criterion is, for every person."""
        match criterion:
            case FactIs():
                return self._fact(criterion)
            case FindingIs():
                return self.findings[criterion.finding]
            case ScoreIs():
                return self._score(criterion)
            case All():
                return self._all([self.criterion(part) for part in criterion.all])
            case AnyOf():
                return self._any([self.criterion(part) for part in criterion.any])
            case Not():
                return self.criterion(criterion.not_).negate()
            case AtLeast():
                parts = [self.criterion(part) for part in criterion.of]
                sure = count_at_least(self.circuit, [part.true for part in parts], criterion.at_least)
                hoped = count_at_least(self.circuit, [-part.false for part in parts], criterion.at_least)
                return Two(sure, -hoped)
            case _:
                assert_never(criterion)

    def _fact(self, fact: FactIs) -> Two:
        truth = self.domain.truth(fact, self.kb)
        gate = self.applies.get(fact.fact)
        return truth if gate is None else self.gated(fact.fact, truth, gate)

    def gated(self, question: str, truth: Two, gate: Two) -> Two:
        """A comparison on a question with a gate: FALSE where the question does not apply."""
        return Two(self.circuit.both(-gate.false, truth.true), self.circuit.either(gate.false, truth.false))

    def _score(self, criterion: ScoreIs) -> Two:
        low, high = self.scores[criterion.score]
        limit = scaled(criterion.operand, self.kb.terms[criterion.score].scale)
        ends = [self._compared(end, criterion.operator, limit) for end in (low, high)]
        return Two(self.circuit.all(ends), self.circuit.all(-end for end in ends))

    def _compared(self, terms: list[Choice], operator: str, limit: float) -> Lit:
        whole = int(limit // 1)
        exact = whole == limit
        match operator:
            case "gte":
                return at_least(self.circuit, terms, whole if exact else whole + 1)
            case "gt":
                return at_least(self.circuit, terms, whole + 1)
            case "lte":
                return -at_least(self.circuit, terms, whole + 1)
            case _:
                return -at_least(self.circuit, terms, whole if exact else whole + 1)

    def _all(self, parts: list[Two]) -> Two:
        return Two(self.circuit.all(part.true for part in parts), self.circuit.any(part.false for part in parts))

    def _any(self, parts: list[Two]) -> Two:
        return Two(self.circuit.any(part.true for part in parts), self.circuit.all(part.false for part in parts))

    def unknown(self, truth: Two) -> Lit:
        """Whether a truth is UNKNOWN."""
        return self.circuit.both(-truth.true, -truth.false)

    @cached_property
    def possible_person(self) -> Lit:
        """Whether no constraint is broken."""
        return self.circuit.all(-broken for broken in self.broken.values())

    # Causes.

    def _parts(self, condition: str, ends: tuple[str, str]) -> list[Choice]:
        """What a condition's weight adds up from, with evidence for and against "sure" or "hoped" to count."""
        choices: list[Choice] = []
        for group in self.kb.evidence[condition].values():
            for favours, end in zip((True, False), ends, strict=True):
                own = {id_: one for id_, one in group.items() if (one.weight > 0) is favours}
                if own:
                    choices.append(self._strongest(own, end))
        return choices

    def _strongest(self, rules: dict[str, Evidence], end: str) -> Choice:
        """The strongest of some rules of one direction that counts."""
        by_weight: dict[int, list[Lit]] = {}
        for id_, one in rules.items():
            truth = self.rules[id_]
            by_weight.setdefault(one.weight, []).append(truth.true if end == "sure" else -truth.false)
        choice, stronger = [], FALSE
        for weight in sorted(by_weight, key=abs, reverse=True):
            holds = self.circuit.any(by_weight[weight])
            choice.append((self.circuit.both(holds, -stronger), weight))
            stronger = self.circuit.either(stronger, holds)
        return tuple(choice)

    def weight_at_least(self, condition: str, limit: int, ends: tuple[str, str] = ("sure", "sure")) -> Lit:
        """Whether a condition's weight reaches a limit: ("hoped", "sure") is the high end of its range."""
        prior = self.kb.conditions[condition].prior.decibans
        return at_least(self.circuit, self._parts(condition, ends), limit - prior)

    @cached_property
    def weights(self) -> dict[str, Number]:
        """Each condition's weight as a number."""
        return {
            id_: total(self.circuit, self._parts(id_, ("sure", "sure")), one.prior.decibans)
            for id_, one in self.kb.current_conditions.items()
        }

    @cached_property
    def supported(self) -> dict[str, Lit]:
        """Whether a TRUE rule speaks for each condition."""
        return {
            id_: self.circuit.any(
                self.rules[rule].true
                for group in self.kb.evidence[id_].values()
                for rule, one in group.items()
                if one.weight > 0
            )
            for id_ in self.kb.current_conditions
        }

    @cached_property
    def likely(self) -> dict[str, Lit]:
        """Whether each condition's status is `likely`."""
        return {
            id_: self.circuit.all(
                (
                    self.considered[id_].true,
                    self.supported[id_],
                    self.weight_at_least(id_, max(self._limits(one))),
                )
            )
            for id_, one in self.kb.current_conditions.items()
        }

    @cached_property
    def possible(self) -> dict[str, Lit]:
        """Whether each condition's status is `possible`."""
        return {
            id_: self.circuit.all(
                (
                    -self.considered[id_].false,
                    self.supported[id_],
                    self.weight_at_least(id_, self._limits(one)[1]),
                    -self.likely[id_],
                )
            )
            for id_, one in self.kb.current_conditions.items()
        }

    def _limits(self, condition: Condition) -> tuple[int, int]:
        limits = self.kb.thresholds(condition)
        return limits.likely, limits.possible

    # Ranking.

    @cached_property
    def tiers(self) -> dict[str, tuple[Lit, ...]]:
        """For each condition whether it is told at each tier or an earlier one; the first says whether at all."""
        result = {}
        for id_ in self.kb.current_conditions:
            counts = -self.considered[id_].false
            steps = [
                self.circuit.both(
                    counts,
                    self.circuit.any(
                        self.rules[rule].true
                        for rule, flag in self.kb.red_flags.items()
                        if id_ in flag.suspects and flag.red_flag.level >= level.level
                    ),
                )
                for level in LEVELS[1:]
            ]
            likely = self.circuit.either(self.likely[id_], steps[0])
            result[id_] = (self.circuit.either(self.possible[id_], likely), likely, *steps)
        return result

    def named(self, condition: str) -> Lit:
        """Whether a condition is named at all."""
        return self.tiers[condition][0]

    def before(self, one: str, other: str) -> Lit:
        """Whether a named condition stands before another."""
        first, second = self.kb.conditions[one], self.kb.conditions[other]
        wins_tie = (-first.care_level.level, one) < (-second.care_level.level, other)
        mine, theirs = (self.tiers[one], self.weights[one]), (self.tiers[other], self.weights[other])
        return stands_before(self.circuit, mine, theirs, wins_tie)

    @cached_property
    def first(self) -> dict[str, Lit]:
        """Whether each condition stands first."""
        ids = list(self.kb.current_conditions)
        return {
            id_: self.circuit.all(
                (
                    self.named(id_),
                    *(
                        self.circuit.either(-self.named(other), self.before(id_, other))
                        for other in ids
                        if other != id_
                    ),
                )
            )
            for id_ in ids
        }

    @cached_property
    def no_cause(self) -> Lit:
        """Whether no condition is named."""
        return self.circuit.all(-self.named(id_) for id_ in self.kb.current_conditions)

    # Urgency.

    @cached_property
    def self_care_earned(self) -> Lit:
        """Every red flag FALSE, a self-care condition surely likely, nothing that asks for more within reach."""
        conditions = self.kb.current_conditions
        own = [id_ for id_, one in conditions.items() if one.care_level is Urgency.SELF_CARE]
        other = [id_ for id_ in conditions if id_ not in own]
        return self.circuit.all(
            (
                *(self.rules[id_].false for id_ in self.kb.red_flags),
                self.circuit.any(self.circuit.both(self.likely[id_], self.surely_likely(id_)) for id_ in own),
                *(-self.within_reach(id_) for id_ in other),
            )
        )

    def surely_likely(self, condition: str) -> Lit:
        """Whether the low end of a condition's range reaches its `likely`."""
        limit = self._limits(self.kb.conditions[condition])[0]
        return self.weight_at_least(condition, limit, ("sure", "hoped"))

    def asks_for_more(self, condition: str) -> Lit:
        """Whether a condition is so likely that it asks for `routine` or more."""
        care = self.kb.conditions[condition].care_level
        at_all = self.circuit.either(self.likely[condition], self.possible[condition])
        return self.likely[condition] if care.one_below is Urgency.SELF_CARE else at_all

    def within_reach(self, condition: str) -> Lit:
        """Whether a condition could ask for `routine` or more, counting what is UNKNOWN."""
        limit = reach_limit(self.kb, self.kb.conditions[condition])
        return self.circuit.all(
            (
                -self.considered[condition].false,
                self.weight_at_least(condition, limit, ("hoped", "sure")),
                self.circuit.either(self.supported[condition], self._could_gain(condition)),
            )
        )

    def _could_gain(self, condition: str) -> Lit:
        """Whether UNKNOWN evidence could still add to a weight: it is stronger than what already counts."""
        found = []
        for group in self.kb.evidence[condition].values():
            favouring = {id_: one.weight for id_, one in group.items() if one.weight > 0}
            for id_, weight in favouring.items():
                as_strong = [self.rules[other].true for other, theirs in favouring.items() if theirs >= weight]
                hope = self.circuit.both(-self.rules[id_].false, -self.rules[id_].true)
                found.append(self.circuit.both(hope, -self.circuit.any(as_strong)))
        return self.circuit.any(found)

    @cached_property
    def urgency(self) -> dict[Urgency, Lit]:
        """Whether the urgency is at least each level."""
        return {level: self._urgency(level) for level in Urgency}

    def _urgency(self, level: Urgency) -> Lit:
        if level is Urgency.SELF_CARE:
            return TRUE
        asking = []
        for id_, flag in self.kb.red_flags.items():
            truth = self.rules[id_]
            if flag.red_flag.level >= level.level:
                asking.append(truth.true)
            if flag.unsure.level >= level.level:
                asking.append(self.unknown(truth))
        for id_, one in self.kb.current_conditions.items():
            if one.care_level.level >= level.level:
                asking.append(self.likely[id_])
            if one.care_level.one_below.level >= level.level:
                asking.append(self.possible[id_])
        if level is Urgency.ROUTINE:
            asking.append(-self.self_care_earned)
        return self.circuit.any(asking)

    def urgency_is(self, level: Urgency) -> Lit:
        """Whether the urgency is exactly this."""
        if level is Urgency.EMERGENCY:
            return self.urgency[level]
        return self.circuit.both(self.urgency[level], -self.urgency[LEVELS[level.level + 1]])

    # Advice.

    @cached_property
    def advice(self) -> dict[str, Lit]:
        """Whether each advice is given."""
        return {
            name: self.circuit.any(self.rules[id_].true for id_ in ids)
            for name, ids in sorted(self.kb.advice_rules.items())
        }


Rank = tuple[Sequence[Lit], Number]
"""A condition's tiers, and its weight."""


def stands_before(circuit: Circuit, mine: Rank, theirs: Rank, wins_tie: bool) -> Lit:
    """Whether one named condition stands before another: by tier, then weight, then what decides between equals."""
    higher = circuit.any(circuit.both(a, -b) for a, b in zip(mine[0], theirs[0], strict=True))
    not_lower = circuit.all(circuit.either(a, -b) for a, b in zip(mine[0], theirs[0], strict=True))
    heavier = greater(circuit, mine[1], theirs[1])
    if wins_tie:
        heavier = circuit.either(heavier, equal(circuit, mine[1], theirs[1]))
    return circuit.either(higher, circuit.both(not_lower, heavier))
