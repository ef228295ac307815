"""The proofs against brute force: on tiny random knowledge bases everybody is looked at, one by one.

Nothing of `validators.proof` is used to say what is true: everybody is carried out by the reference evaluator, and each
family of properties is written down here a second time, over lists of people.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

import pytest

from engine.answers import Answers, Chosen
from engine.assertions import Told, truth_of
from engine.assess import Assessor
from engine.criteria import Truth
from engine.evaluate import Evaluator, Values
from engine.knowledge import KnowledgeBase
from engine.model.case import Safety
from engine.model.rule import Advice, Derived, Evidence, RedFlag, Urgency
from engine.outcome import Outcome, reach_limit, status_of, weigh
from tests.phrases_read import fits
from tests.random_kb import RandomKB, from_records
from tests.tiny_kb import MOST_PEOPLE, count, edited, everybody, taken, tiny_kb, tiny_records, values
from validators.proof import changes as changing
from validators.proof.changes import Group, Kind, changes
from validators.proof.circuit import Lit
from validators.proof.confirm import Crowd
from validators.proof.prove import prove
from validators.proof.solver import Model, Prover
from validators.proof.verdict import Verdict

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SEEDS = range(3_000 if NIGHTLY else 20)
PAIRS = range(6_000 if NIGHTLY else 40)


@dataclass(frozen=True)
class Person:
    """One person, and everything that the reference evaluator says of them."""

    answers: Answers
    values: Values
    outcome: Outcome

    @property
    def level(self) -> int:
        return self.outcome.urgency.level

    @property
    def named(self) -> list[str]:
        return [view.id for view in self.outcome.named]


One = Callable[[Person], bool]
Two = Callable[[Person, Person], bool]


def key(answers: Answers) -> str:
    return repr(answers.to_json())


def less_sure(kb: KnowledgeBase, id_: str, value: object) -> list[Any]:
    """What an answer can become when it is taken back, wholly or in part; the answer itself among it."""
    if not isinstance(value, Chosen):
        return [value] if value is None else [value, None]
    options = frozenset(option.id for option in kb.options(kb.questions[id_]))
    found: list[Any] = [None]
    for other in values([kb], id_):
        if isinstance(other, Chosen) and other.yes <= value.yes:
            denied, was = options - other.yes - other.unsure, options - value.yes - value.unsure
            if denied <= was:
                found.append(other)
    return found


def forgotten(kb: KnowledgeBase, answers: Answers) -> list[Answers]:
    """The same person, not sure of some answers or ticks, in every way."""
    ways = [[(id_, one) for one in less_sure(kb, id_, value)] for id_, value in answers.values.items()]
    return [Answers({id_: value for id_, value in way if value is not None}) for way in itertools.product(*ways)]


def is_broken(safety: Safety, told: Told) -> bool:
    """Whether a safety property does not hold for one person."""
    if safety.always is not None:
        return truth_of(safety.always, told) is not TRUE
    if safety.never is not None:
        return truth_of(safety.never, told) is TRUE
    assert safety.whenever is not None
    assert safety.then is not None
    return truth_of(safety.whenever, told) is TRUE and truth_of(safety.then, told) is not TRUE


class Everybody:
    """Everybody who can answer a knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.assessor = Assessor(kb)
        self.all = [self.person(answers) for answers in everybody([kb])]
        self.by_key = {key(one.answers): one for one in self.all}

    def person(self, answers: Answers) -> Person:
        assessment = self.assessor.assess(answers)
        return Person(answers, assessment.values, assessment.outcome)

    @cached_property
    def forgetful(self) -> list[tuple[Person, Person]]:
        """Each person whose answers all apply, beside each other one who is not sure of some of them."""
        return [
            (one, self.by_key[key(answers)])
            for one in self.all
            if not one.values.set_aside
            for answers in forgotten(self.kb, one.answers)
        ]

    def is_there(self, test: One | Two, of: int, ignored: frozenset[str] = frozenset()) -> bool:
        """Whether a test holds for somebody, or two, who break no constraint but those that are ignored."""
        people: Sequence[tuple[Person, ...]] = [(one,) for one in self.all] if of == 1 else self.forgetful
        return any(all(ignored.issuperset(one.outcome.corrections) for one in some) and test(*some) for some in people)

    def told(self, person: Person) -> Told:
        return Told(self.assessor.evaluator, person.values, person.outcome)

    # The families, once more.

    def test(self, verdict: Verdict) -> tuple[int, One | Two]:
        """Of how many people a verdict speaks, and what it says is possible, or impossible."""
        kind, id_ = verdict.subject
        match verdict.family:
            case "reachable":
                return 1, self.reachable(kind, id_)
            case "dead" if kind == "rule":
                stronger = self.stronger(id_)
                return 1, lambda one: is_true(one, id_) and not any(is_true(one, other) for other in stronger)
            case "dead":
                first, second = id_.split("+")
                return 1, lambda one: is_true(one, first) != is_true(one, second)
            case "applicable":
                return 1, self.only_not_applicable(kind, *id_.rsplit("/", 1))
            case "urgency" if kind == "stays":
                return 2, lambda more, less: is_true(less, id_) and not is_true(more, id_)
            case "urgency":
                return 1, self.urgency(kind, id_)
            case "unknowns":
                return 2, self.unknowns(kind, id_)
        safety = self.kb.safety[id_]
        if kind == "premise":
            assert safety.whenever is not None
            premise = safety.whenever
            return 1, lambda one: truth_of(premise, self.told(one)) is TRUE
        return 1, lambda one: is_broken(safety, self.told(one))

    def reachable(self, kind: str, id_: str) -> One:
        match kind:
            case "rule":
                return lambda one: is_true(one, id_)
            case "finding":
                return lambda one: one.values.findings[id_] is TRUE
            case "not_finding":
                return lambda one: one.values.findings[id_] is FALSE
            case "condition":
                return lambda one: id_ in one.named
            case "first":
                return lambda one: one.named[:1] == [id_]
            case "urgency":
                return lambda one: one.outcome.urgency is Urgency(id_)
            case "advice":
                condition, advice = id_.split("/")
                return lambda one: condition in one.named and advice in one.outcome.advice
        condition, name = id_.split("/")
        (section,) = [one for one in self.kb.conditions[condition].guide.sections if one.id == name]
        needed = [one.advice for one in section.statements]
        return lambda one: (
            condition in one.named and any(advice is None or advice in one.outcome.advice for advice in needed)
        )

    def stronger(self, id_: str) -> list[str]:
        kb, then = self.kb, self.kb.active[id_].then
        found = []
        for other, rule in kb.active.items():
            match then, rule.then:
                case (Derived(), Derived()):
                    same = then.finding == rule.then.finding
                case (Advice(), Advice()):
                    same = then.advice == rule.then.advice
                case (RedFlag(), RedFlag()):
                    rank, mine = (rule.then.red_flag.level, id_), (then.red_flag.level, other)
                    same = set(then.suspects) <= set(rule.then.suspects) and rank > mine
                case (Evidence(), Evidence()):
                    rank, mine = (abs(rule.then.weight), id_), (abs(then.weight), other)
                    both = (then.condition, then.group, then.weight > 0)
                    same = both == (rule.then.condition, rule.then.group, rule.then.weight > 0) and rank > mine
                case _:
                    same = False
            if same and other != id_:
                found.append(other)
        return found

    def only_not_applicable(self, kind: str, id_: str, question: str) -> One:
        unasked = Unasked(self.kb, question)

        def truth(evaluator: Evaluator, values: Values) -> Truth:
            if kind == "condition":
                return evaluator.considered(values)[id_]
            return values.rules[id_] if kind == "rule" else values.applies[id_]

        def test(one: Person) -> bool:
            if one.values.applies[question] is not FALSE or truth(self.assessor.evaluator, one.values) is not TRUE:
                return False
            return truth(unasked, unasked.evaluate(one.answers)) is not TRUE

        return test

    def urgency(self, kind: str, id_: str) -> One:
        flag = self.kb.red_flags[id_]
        if kind == "flag":
            return lambda one: is_true(one, id_) and one.level < flag.red_flag.level
        assert kind == "open"
        return lambda one: one.values.rules[id_] is UNKNOWN and one.level < flag.unsure.level

    def unknowns(self, kind: str, id_: str) -> Two:
        match kind:
            case "flag":
                flag = self.kb.red_flags[id_]
                return lambda one, less: is_true(one, id_) and less.level < flag.unsure.level
            case "open_flag":
                flag = self.kb.red_flags[id_]
                return lambda one, less: one.values.rules[id_] is UNKNOWN and less.level < flag.unsure.level
            case "likely" | "possible":
                care = self.kb.conditions[id_].care_level
                asked = care if kind == "likely" else care.one_below
                return lambda one, less: self.status(one, id_) == kind and less.level < asked.one_below.level
            case "level":
                routine = Urgency.ROUTINE.level
                return lambda one, less: one.level >= routine and less.level < routine
        assert kind == "reach"
        if self.kb.conditions[id_].care_level is Urgency.SELF_CARE:
            return lambda one, less: self.surely_likely(less, id_) and not self.surely_likely(one, id_)
        return lambda one, less: (self.in_reach(one, id_) or self.asks(one, id_)) and not self.in_reach(less, id_)

    def status(self, one: Person, id_: str) -> str:
        condition = self.kb.conditions[id_]
        weighed = weigh(condition, self.kb.evidence[id_], one.values.rules)
        return status_of(self.kb, condition, weighed, self.assessor.evaluator.considered(one.values)[id_])

    def surely_likely(self, one: Person, id_: str) -> bool:
        condition = self.kb.conditions[id_]
        low = weigh(condition, self.kb.evidence[id_], one.values.rules).low
        return self.status(one, id_) == "likely" and low >= self.kb.thresholds(condition).likely

    def in_reach(self, one: Person, id_: str) -> bool:
        condition = self.kb.conditions[id_]
        weighed = weigh(condition, self.kb.evidence[id_], one.values.rules)
        could = weighed.supported or weighed.high > weighed.weight
        return self.status(one, id_) != "excluded" and weighed.high >= reach_limit(self.kb, condition) and could

    def asks(self, one: Person, id_: str) -> bool:
        """Whether the condition by itself asks for `routine` or more."""
        care, status = self.kb.conditions[id_].care_level, self.status(one, id_)
        level = {"likely": care.level, "possible": care.one_below.level}.get(status, 0)
        return level >= Urgency.ROUTINE.level

    def certain_but_unknown(self, rule: str) -> list[Person]:
        """Who has a rule UNKNOWN although every way to answer what patients are asked makes it TRUE."""
        open_ = set[str]()
        for one in self.all:
            if one.values.rules[rule] is not TRUE and self.is_complete(one):
                open_ |= {key(answers) for answers in forgotten(self.kb, one.answers)}
        return [
            one
            for one in self.all
            if one.values.rules[rule] is UNKNOWN and not one.outcome.corrections and key(one.answers) not in open_
        ]

    def is_complete(self, one: Person) -> bool:
        for id_, question in self.kb.questions.items():
            value = one.answers.values.get(id_)
            is_open = value is None or (isinstance(value, Chosen) and bool(value.unsure))
            if question.by == "patient" and is_open and one.values.applies.get(id_, TRUE) is not FALSE:
                return False
        return True

    def matters(self, question: str) -> bool:
        """Whether somebody is told something else, or has another rule TRUE, for another answer to this question."""
        told: dict[str, object] = {}
        for one in self.all:
            rest = Answers({id_: value for id_, value in one.answers.values.items() if id_ != question})
            true = [id_ for id_, truth in one.values.rules.items() if truth is TRUE]
            now = (one.level, one.named, one.outcome.advice, one.outcome.corrections, true)
            if told.setdefault(key(rest), now) != now:
                return True
        return False


class Unasked(Evaluator):
    """The reference, in which one question that does not apply is UNKNOWN instead of FALSE."""

    def __init__(self, kb: KnowledgeBase, question: str) -> None:
        self._question = question
        super().__init__(kb)

    def _step(self, kind: str, name: str) -> list[Callable[[Values], None]]:
        steps = super()._step(kind, name)
        if (kind, name) != ("question", self._question):
            return steps

        def unknown(values: Values) -> None:
            if values.applies[name] is FALSE:
                values.applies[name] = UNKNOWN

        return [*steps, unknown]


def is_true(one: Person, rule: str) -> bool:
    return one.values.rules[rule] is TRUE


# Verdicts.


@pytest.mark.parametrize("seed", SEEDS)
def test_every_verdict_is_what_brute_force_finds(seed: int) -> None:
    kb = tiny_kb(Random(seed)).kb
    people = Everybody(kb)
    verdicts = prove(kb).verdicts
    assert len({one.id for one in verdicts}) == len(verdicts)
    for verdict in verdicts:
        check(people, verdict)
    asked = {one.id for one in verdicts}
    for id_ in kb.red_flags:
        assert {f"urgency/{one}/{id_}" for one in ("flag", "open", "stays")} <= asked
        assert {f"unknowns/{one}/{id_}" for one in ("flag", "open_flag", "certain")} <= asked
    assert {f"reachable/rule/{id_}" for id_ in kb.active} <= asked
    assert {f"safety/safety/{id_}" for id_ in kb.safety} <= asked
    for question in people.all[0].values.applies:  # what nothing was asked about is so
        for id_ in kb.active:
            if f"applicable/rule/{id_}/{question}" not in asked:
                assert not people.is_there(people.only_not_applicable("rule", id_, question), 1)


def check(people: Everybody, verdict: Verdict) -> None:
    kind, id_ = verdict.subject
    assert verdict.status != "undecided", verdict
    if verdict.id.startswith("urgency/order/"):
        assert verdict.status == "proved"
        return
    if verdict.id.startswith("reachable/question/"):
        assert verdict.status == "proved" or not people.matters(id_), verdict
        return
    if verdict.id.startswith("unknowns/certain/"):
        certain = people.certain_but_unknown(id_)
        assert (verdict.status == "broken") == bool(certain), verdict
        return
    some = verdict.family in ("reachable", "dead") or kind == "premise"
    of, test = people.test(verdict)
    found = people.is_there(test, of)
    assert (verdict.status == "proved") == (found == some), verdict
    if verdict.people:
        shown = [people.person(answers) for answers in verdict.people]
        assert not any(one.outcome.corrections for one in shown), verdict
        assert test(*(reversed(shown) if kind == "stays" else shown)), verdict
    if not found:
        assert not verdict.people
        names = sorted(people.kb.constraints)
        single = [name for name in names if people.is_there(test, of, frozenset([name]))]
        needed = people.is_there(test, of, frozenset(names))
        assert list(verdict.depends_on) == (single or names if needed else []), verdict


# Changes.


@dataclass(frozen=True)
class Both:
    """One person of both versions."""

    answers: Answers
    before: Outcome
    after: Outcome
    readings: tuple[frozenset[str], frozenset[str]]

    @property
    def is_somebody(self) -> bool:
        return not self.before.corrections or not self.after.corrections

    def changes(self, kind: Kind) -> bool:
        before, after = self.before, self.after
        match kind:
            case "less_urgent":
                return after.urgency.level < before.urgency.level
            case "more_urgent":
                return after.urgency.level > before.urgency.level
            case "other_first":
                return [one.id for one in before.named[:1]] != [one.id for one in after.named[:1]]
            case "other_causes":
                return tiers(before) != tiers(after)
            case "other_reading":
                return self.readings[0] != self.readings[1]
            case "asked_again":
                return bool(before.corrections) != bool(after.corrections)


def tiers(outcome: Outcome) -> dict[str, str]:
    """Where each named condition is told."""
    found = {one.id: one.status for one in outcome.named}
    by_level = sorted((flag.urgency.level, flag.urgency.value, flag.suspects) for flag in outcome.red_flags)
    ruled_out = {one.id for one in outcome.to_rule_out}
    return found | {id_: value for _, value, suspects in by_level for id_ in suspects if id_ in ruled_out}


def reading(kb: KnowledgeBase, outcome: Outcome) -> frozenset[str]:
    """Every text that somebody reads in guides and of red flags."""
    texts = {flag.message for flag in outcome.red_flags}
    for view in outcome.named:
        guide = kb.conditions[view.id].guide
        texts.add(f"{view.id} {guide.summary}")
        for section in guide.sections:
            for one in section.statements:
                if one.advice is None or one.advice in outcome.advice:
                    texts.add(f"{view.id} {section.id} {one.text}")
    return frozenset(texts)


class Recorder:
    """What each group of patients hangs on, by the group."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.reasons: list[tuple[Group, Any, list[Lit]]] = []
        describe = changing._Pair._group

        def group(pair: Any, prover: Prover, reason: list[Lit], person: Model) -> Group:
            made = describe(pair, prover, reason, person)
            self.reasons.append((made, pair, list(reason)))
            return made

        patch.setattr(changing._Pair, "_group", group)


@pytest.mark.parametrize("seed", PAIRS)
def test_every_change_is_what_brute_force_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    what, base, head = pair_of_versions(Random(seed))
    recorder = Recorder(monkeypatch)
    found = changes(base.kb, head.kb)
    people = [
        both(base.kb, head.kb, Assessor(base.kb), Assessor(head.kb), answers)
        for answers in everybody([head.kb, base.kb])
    ]
    for change in found.changes:
        changing_ones = [
            one for one in people if one.changes(change.kind) and (one.is_somebody or change.kind == "asked_again")
        ]
        assert change.nobody == (not changing_ones), (what, change.kind)
        assert bool(change.groups) == bool(changing_ones), (what, change.kind)
        if change.complete:
            for one in changing_ones:
                assert any(belongs(head.kb, base.kb, one.answers, group) for group in change.groups), (
                    what,
                    change,
                    one,
                )
    for group, pair, reason in recorder.reasons:
        (kind,) = [one.kind for one in found.changes if any(group is made for made in one.groups)]
        assert len([one for one in people if one.answers == group.witness]) <= 1
        witness = both(base.kb, head.kb, Assessor(base.kb), Assessor(head.kb), group.witness)
        assert witness.changes(kind)
        assert witness.before == group.before
        assert witness.after == group.after
        crowd = Crowd(pair.domain, [one.answers for one in people], reason)
        for number, one in enumerate(people):
            inside = bool(crowd.of_all(reason) >> number & 1)
            assert not inside or one.changes(kind), (what, kind, group, one)
            said = fits([head.kb, base.kb], (*group.phrases, *group.provided), one.answers)
            assert not said or inside, (what, kind, group.phrases, group.provided, one.answers)
        assert fits([head.kb, base.kb], (*group.phrases, *group.provided), group.witness)
        assert any(crowd.of_all(reason) >> number & 1 for number in range(len(people)))


def belongs(head: KnowledgeBase, base: KnowledgeBase, answers: Answers, group: Group) -> bool:
    """Whether somebody has what a group has; where they have nothing, whether all of it is true of them."""
    return fits([head, base], group.phrases or group.provided, answers)


def pair_of_versions(rng: Random) -> tuple[str, RandomKB, RandomKB]:
    while True:
        records = tiny_records(rng)
        what, new = edited(rng, records)
        if rng.random() < 0.3:
            more, new = edited(rng, new)
            what = f"{what}; {more}"
        versions = [from_records(records), from_records(new)]
        rng.shuffle(versions)
        if count([one.kb for one in versions]) <= MOST_PEOPLE:
            return what, versions[0], versions[1]


def both(base: KnowledgeBase, head: KnowledgeBase, old: Assessor, new: Assessor, answers: Answers) -> Both:
    before, after = old.assess(taken(base, answers)).outcome, new.assess(taken(head, answers)).outcome
    return Both(answers, before, after, (reading(base, before), reading(head, after)))
