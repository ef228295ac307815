"""Which comparison of which rule alone decides: modified condition/decision coverage, as literals of the circuit.

A comparison stands in a rule, or in a rule below it whose finding or score it reads. For somebody it *decides* the rule
when turning the comparison alone to its opposite, everything else as it is, turns the rule from TRUE to not TRUE, or
back (masking MC/DC; Chilenski 2001, "An investigation of three forms of the modified condition decision coverage
(MCDC) criterion", DOT/FAA/AR-01/18). Such a person stands on one of two sides: the comparison *tips* a TRUE rule, or
*holds back* one that is not TRUE. On a number the side is tried where the answer lies next to the threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeVar

from engine.criteria import Criterion, FactIs, walk
from engine.knowledge import KnowledgeBase, Node, nodes
from engine.uses import uses
from validators.proof.circuit import TRUE, Lit
from validators.proof.domain import Two, cuts_of
from validators.proof.encode import Encoded, Sums

Side = Literal["tips", "holds_back"]
SIDES: tuple[Side, Side] = ("tips", "holds_back")

TENTH = Fraction(1, 10)
"""How near to a threshold a decimal answer has to lie, in the question's own unit."""

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where a comparison stands: the rule, and the JSON pointer's steps below its `when`."""

    rule: str
    steps: Steps


@dataclass(frozen=True)
class Goal:
    """A comparison that is to be seen deciding a rule, from one side."""

    rule: str
    """The rule that is decided."""
    place: Place
    """The comparison: in the rule itself, or in one whose finding or score it reads, directly or through others."""
    side: Side

    @property
    def chained(self) -> bool:
        """Whether the comparison stands in another rule."""
        return self.place.rule != self.rule


def comparisons(kb: KnowledgeBase, rule: str) -> Iterator[tuple[Steps, FactIs]]:
    """The comparisons on answers in a rule's own criterion."""
    return ((steps, part) for steps, part in walk(kb.active[rule].when) if isinstance(part, FactIs))


def goals(kb: KnowledgeBase) -> list[Goal]:
    """Every comparison of every rule in force, with every rule that it can decide, from both sides."""
    below = {id_: _below(kb, id_) for id_ in kb.active}
    return [
        Goal(id_, Place(other, steps), side)
        for id_ in kb.active
        for other in [id_, *below[id_]]
        for steps, _ in comparisons(kb, other)
        for side in SIDES
    ]


def _below(kb: KnowledgeBase, rule: str) -> list[str]:
    """The rules whose findings and scores a rule reads, directly or through others."""
    found: dict[str, None] = {}
    waiting = [rule]
    while waiting:
        used = uses(kb.active[waiting.pop()].when)
        read = [node for node in sorted(nodes(used)) if node[0] != "question"]
        new = [id_ for node in read for id_ in kb.concluded_by.get(node, ()) if id_ not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)


T = TypeVar("T")


class _Lazy(dict[str, T]):
    """Values that are worked out when they are first asked for."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> T:
        self[name] = made = self._make(name)
        return made


class Turned(Encoded):
    """A knowledge base in which one comparison of one rule says the opposite of what it says."""

    def __init__(self, plain: Encoded, place: Place, turned: FactIs) -> None:
        # Not Encoded's own beginning: only what reads the comparison is encoded, and only when it is asked for.
        self.kb, self.domain, self.circuit = plain.kb, plain.domain, plain.circuit
        self._plain, self._place, self._turned = plain, place, turned
        self.rules = _Lazy(self._rule)
        self.findings = _Lazy(self._finding)
        self.scores = _Lazy(self._sums)
        self.applies = dict(plain.applies)
        for kind, name in self.kb.order:
            gate = self.kb.questions[name].ask_when if kind == "question" else None
            if gate and (kind, name) in self._reached:
                self.applies[name] = self.criterion(gate)

    @cached_property
    def _reached(self) -> frozenset[Node]:
        """The findings, scores and questions with a gate that can change with the comparison."""
        found: set[Node] = set()
        for node in self.kb.order:
            if self._place.rule in self.kb.concluded_by.get(node, ()) or self.kb.needs[node] & found:
                found.add(node)
        return frozenset(found)

    def _rule(self, id_: str) -> Two:
        if id_ != self._place.rule and not nodes(uses(self.kb.active[id_].when)) & self._reached:
            return self._plain.rules[id_]
        return self.criterion(self.kb.active[id_].when)

    def _finding(self, name: str) -> Two:
        if ("finding", name) not in self._reached:
            return self._plain.findings[name]
        return self._any([self.rules[id_] for id_ in self.kb.concluded_by["finding", name]])

    def _sums(self, score: str) -> Sums:
        if ("score", score) not in self._reached:
            return self._plain.scores[score]
        return self._summed(score)

    def criterion(self, criterion: Criterion) -> Two:
        """What a criterion is, for every person, with the one comparison turned."""
        truth = super().criterion(criterion)
        return truth.negate() if criterion is self._turned else truth  # the very same part, not one that is equal


class Deciding:
    """For whom each comparison decides each rule."""

    def __init__(self, encoded: Encoded) -> None:
        self.kb, self.domain, self.circuit = encoded.kb, encoded.domain, encoded.circuit
        self._encoded = encoded
        self._facts: dict[Place, FactIs] = {}
        self._turned: dict[Place, Turned] = {}
        self._next_to: dict[Place, Lit] = {}

    def fact(self, place: Place) -> FactIs:
        """The comparison that stands at a place."""
        if place not in self._facts:
            for steps, fact in comparisons(self.kb, place.rule):
                self._facts[Place(place.rule, steps)] = fact
        return self._facts[place]

    def lit(self, goal: Goal) -> Lit:
        """Whether somebody stands on the goal's side: the comparison alone decides the rule for them."""
        place = goal.place
        fact = self.fact(place)
        if place not in self._turned:
            self._turned[place] = Turned(self._encoded, place, fact)
        now, then = self._encoded.rules[goal.rule].true, self._turned[place].rules[goal.rule].true
        flips = (now, -then) if goal.side == "tips" else (-now, then)
        return self.circuit.all((*flips, self._answered(fact), self._near(place, fact)))

    def _answered(self, fact: FactIs) -> Lit:
        """Whether a comparison's question applies and its answer settles the comparison."""
        truth, gate = self.domain.truth(fact, self.kb), self._encoded.applies.get(fact.fact)
        settled = self.circuit.either(truth.true, truth.false)
        return self.circuit.both(settled, -gate.false) if gate else settled

    def _near(self, place: Place, fact: FactIs) -> Lit:
        """Whether an answer that is a number lies next to a threshold of the comparison; TRUE for other answers."""
        if self.kb.questions[fact.fact].type not in ("integer", "decimal"):
            return TRUE
        if place not in self._next_to:
            self._next_to[place] = self.circuit.any(
                self.domain.truth(one, self.kb).true for one in next_to(fact, self.kb)
            )
        return self._next_to[place]


def next_to(fact: FactIs, kb: KnowledgeBase) -> list[FactIs]:
    """The numbers next to the thresholds of a comparison, as comparisons: the last before and the first after each."""
    question = kb.questions[fact.fact]
    if question.type not in ("integer", "decimal"):
        return []
    step = Fraction(1) if question.type == "integer" else TENTH
    least, most = Fraction(str(question.min)), Fraction(str(question.max))
    found: dict[Fraction, None] = {}
    for limit, beyond in cuts_of(fact, question):
        first = limit + step if beyond else limit
        found |= {max(first - step, least): None, min(first, most): None}
    numbers = (int(one) if question.type == "integer" else float(one) for one in found)
    return [FactIs.model_validate({"fact": fact.fact, "is": number}) for number in numbers]


def thresholds(kb: KnowledgeBase) -> list[FactIs]:
    """The numbers next to any threshold of a rule in force: what the people of the circuit are told apart by, too."""
    return [one for id_ in kb.active for _, fact in comparisons(kb, id_) for one in next_to(fact, kb)]
