"""Patients for what no case tries: as few as possible, each like a saved one, for each comparison that alone decides.

What a comparison decides is said in `deciding.py`. First the knowledge base's own cases and examples are looked at,
all at once in the circuit; then saved patients with one to a few answers changed, those first with whom most is tried;
what is left is asked of the solver, which finds somebody or proves that there is nobody.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from engine.answers import Answers, Chosen, Value, read_answers
from engine.assess import Assessor
from engine.criteria import Truth
from engine.evaluate import compare_fact
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from validators.proof.circuit import Lit
from validators.proof.confirm import Confirmer
from validators.proof.deciding import Deciding, Goal, comparisons, goals, next_to, thresholds
from validators.proof.plausible import Usual
from validators.proof.solver import Cancelled, Impossible, Model, Prover
from validators.proof.world import World

CHANGES = 3
"""So many answers of a saved patient are changed at most, where that is enough: a clinician sees who it is."""

TOGETHER = 16
"""So many saved patients are varied at a time."""

Made = tuple[Answers, str | None]
"""Somebody, and the case that they are like."""

Progress = Callable[[int, int, str], None]
"""Called with how many goals are settled, how many there are, and what is being done."""


@dataclass(frozen=True)
class Decided:
    """A comparison that decides a rule for somebody."""

    goal: Goal
    question: str
    instead: Value | None
    """Another answer to the comparison's question, with which alone the rule turns; None where no single one does."""


@dataclass(frozen=True)
class Patient:
    """Somebody who was made because no case tries what they try."""

    answers: Answers
    like: str | None
    """The case that they are like; None where there is none."""
    changed: tuple[str, ...]
    """The questions that they answer otherwise."""
    tries: tuple[Decided, ...]
    """What nobody before them tries."""


@dataclass(frozen=True)
class Filled:
    """What is tried of all there is to try."""

    goals: int
    by_cases: int
    by_examples: int
    """Goals that only the rules' own examples meet."""
    by_waiting: int
    """Goals that only cases meet of which nobody has said yet what should happen."""
    patients: tuple[Patient, ...]
    impossible: tuple[Goal, ...]
    """Proved: this comparison can never decide this rule from this side."""
    open: tuple[Goal, ...]
    """Not met and not decided: the time was up, or as many patients as wished were made."""
    seconds: float

    @property
    def by_patients(self) -> int:
        """Goals that only the new patients meet."""
        return sum(len(patient.tries) for patient in self.patients)

    @property
    def before(self) -> int:
        """Goals that are met without the new patients."""
        return self.by_cases + self.by_examples + self.by_waiting


def fill(
    kb: KnowledgeBase,
    *,
    most: int | None = None,
    rules: Sequence[str] | None = None,
    seconds: float = 300.0,
    limit: float = 10.0,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Filled:
    """Make patients for what no case tries of some rules, or of all.

    `most` is how many patients are made at most, `seconds` the time for all, `limit` that of one question to the
    solver. Raises Cancelled, and TranslationError where circuit and evaluators differ on a patient.
    """
    return _Filler(kb, rules, limit, progress or (lambda *_: None), cancel or threading.Event()).run(most, seconds)


class _Filler:
    """One run."""

    def __init__(
        self,
        kb: KnowledgeBase,
        rules: Sequence[str] | None,
        limit: float,
        progress: Progress,
        cancel: threading.Event,
    ) -> None:
        self.kb = kb
        self.world = World(kb, thresholds(kb))
        self.circuit, self.domain = self.world.circuit, self.world.domain
        self.goals = [goal for goal in goals(kb) if rules is None or goal.rule in rules]
        self.deciding = Deciding(self.world.encoded)
        self.lits = [self.deciding.lit(goal) for goal in self.goals]
        self.valid = self.world.encoded.possible_person
        self.assessor = Assessor(kb)
        self.cases = dict(self._read((id_, case.answers) for id_, case in sorted(kb.cases.items())))
        self.told = {id_: one for id_, one in self.cases.items() if id_ in kb.told_cases}
        self.usual = Usual(self.assessor.evaluator, list(self.told.values()))
        self._progress, self._cancel, self._limit = progress, cancel, limit
        self._holding: dict[tuple[str, Value], list[int]] = {}
        self._bounds: list[int] = []
        self.met = 0  # bit i: goal i
        self.impossible = 0

    def _read(self, raw: Iterator[tuple[str, Mapping[str, object]]]) -> Iterator[tuple[str, Answers]]:
        for id_, given in raw:
            try:
                yield id_, read_answers(self.kb, dict(given))
            except KnowledgeError:
                continue  # `algos check` tells it

    def run(self, most: int | None, seconds: float) -> Filled:
        """Everything."""
        started = time.monotonic()
        self._end = started + seconds
        counts = self._existing()
        before = self.met
        with Prover(self.circuit, [self.domain], self._limit, self._cancel) as prover:
            made = list(islice(self._made(prover), most))
        patients = [self._patient(*one) for one in self._fewest(made, self.met & ~before)]
        Confirmer(self.world.encoded, self.assessor).confirm([patient.answers for patient in patients])
        left = self._every & ~self.met & ~self.impossible
        return Filled(
            len(self.goals), *counts, tuple(patients), self._named(self.impossible), self._named(left),
            time.monotonic() - started,
        )  # fmt: skip

    @property
    def _every(self) -> int:
        return (1 << len(self.goals)) - 1

    def _named(self, bits: int) -> tuple[Goal, ...]:
        return tuple(self.goals[at] for at in _bits(bits))

    def _tell(self, what: str) -> None:
        if self._cancel.is_set():
            raise Cancelled
        self._progress((self.met | self.impossible).bit_count(), len(self.goals), what)

    # What is there.

    def _existing(self) -> tuple[int, int, int]:
        """How many goals the cases meet, the examples as well, and the cases that wait."""
        self._tell("the cases")
        by_id = dict(zip(self.cases, self._meet(list(self.cases.values()), self._every), strict=True))
        waiting = 0
        for id_, bits in by_id.items():
            if self.kb.cases[id_].awaiting:
                waiting |= bits
            else:
                self.met |= bits
        told = self.met.bit_count()
        self.met |= self._examples()
        examples = self.met.bit_count() - told
        self.met |= waiting
        return told, examples, self.met.bit_count() - told - examples

    def _examples(self) -> int:
        """What the rules' own examples meet: each only for its rule, because of no other does it say anything."""
        own: dict[str, int] = {}
        for at, goal in enumerate(self.goals):
            own[goal.rule] = own.get(goal.rule, 0) | 1 << at
        found = 0
        for id_, bits in own.items():
            raw = ((str(at), example.answers) for at, example in enumerate(self.kb.active[id_].examples))
            people = [answers for _, answers in self._read(raw)]
            for met in self._meet(people, bits & ~self.met):
                found |= met
        return found

    def _meet(self, people: Sequence[Answers], wanted: int) -> list[int]:
        """Which of some goals each of some people meets."""
        inputs: dict[int, int] = {}
        for number, answers in enumerate(people):
            for question, value in answers.values.items():
                for node in self._held(question, value):
                    inputs[node] = inputs.get(node, 0) | 1 << number
        return self._of(inputs, len(people), wanted)

    def _held(self, question: str, value: Value) -> list[int]:
        """The inputs that hold for an answer."""
        key = question, value
        if key not in self._holding:
            held = self.domain.values(Answers({question: value}))
            self._holding[key] = [node for node, holds in held.items() if holds]
        return self._holding[key]

    def _of(self, inputs: Mapping[int, int], size: int, wanted: int) -> list[int]:
        """The same, from the values of the inputs: bit i of one is person i's."""
        ats = list(_bits(wanted))
        everybody = (1 << size) - 1
        order = self.circuit.cone([self.valid, *(self.lits[at] for at in ats)])
        values = self.circuit.values(order, inputs, everybody)

        def where(lit: Lit) -> int:
            return values[abs(lit)] if lit > 0 else everybody & ~values[-lit]

        valid = where(self.valid)
        met = [0] * size
        for at in ats:
            for number in _bits(where(self.lits[at]) & valid):
                met[number] |= 1 << at
        return met

    # Saved patients with answers changed.

    def _made(self, prover: Prover) -> Iterator[Made]:
        """New people who meet what nobody before them meets."""
        yield from self._varied()
        yield from self._solved(prover)

    def _varied(self) -> Iterator[Made]:
        ids = list(self.told)
        heap: list[tuple[int, int, int, str, Value]] = []
        for at in range(0, len(ids), TOGETHER):
            self._tell("patients like the cases")
            some = ids[at : at + TOGETHER]
            for number, question, value, bits in self._around([self.told[id_] for id_ in some]):
                heap.append((-bits.bit_count(), len(heap), at + number, question, value))
                self._bounds.append(bits)
        heapq.heapify(heap)
        while heap and time.monotonic() < self._end:
            _, at, number, question, value = heapq.heappop(heap)
            gain = (self._bounds[at] & ~self.met).bit_count()
            if not gain:
                continue
            if heap and gain < -heap[0][0]:
                heapq.heappush(heap, (-gain, at, number, question, value))
                continue
            self._tell("patients like the cases")
            person = self.told[ids[number]].with_answer(question, value)
            yield from self._taken(self._climbed(person, {question}, self._bounds[at] & ~self.met), ids[number])

    def _climbed(self, person: Answers, changed: set[str], gain: int) -> Answers:
        """Somebody with further answers changed, as long as more is tried with each."""
        while len(changed) < CHANGES:
            around = [one for one in self._around([person]) if one[1] not in changed]
            if not around:
                break
            _, question, value, bits = max(around, key=lambda one: one[3].bit_count())
            if bits.bit_count() <= gain.bit_count():
                break
            person, gain = person.with_answer(question, value), bits
            changed = changed | {question}
        return person

    def _taken(self, person: Answers, like: str | None) -> Iterator[Made]:
        """A person made whole, if they still meet something that is open; else as they were."""
        whole = self.usual.completed(person)
        for one, bits in zip((whole, person), self._meet([whole, person], self._every & ~self.met), strict=True):
            if bits:
                self.met |= bits
                yield one, like
                return

    def _around(self, people: Sequence[Answers]) -> list[tuple[int, str, Value, int]]:
        """Everybody who differs in one answer from one of some people, with the open goals that they meet, if any."""
        wanted = self._every & ~self.met & ~self.impossible
        read = {self.domain.owner(node) for node in self.circuit.reads([self.lits[at] for at in _bits(wanted)])}
        variants = [
            (number, question, value)
            for number, person in enumerate(people)
            for question in self.domain.asked
            if question in read
            for value in self._others(question, person.values.get(question))
        ]
        inputs: dict[int, int] = {}
        everybody: dict[int, int] = {}
        answering: dict[tuple[int, str], int] = {}
        for at, (number, question, _) in enumerate(variants):
            everybody[number] = everybody.get(number, 0) | 1 << at
            answering[number, question] = answering.get((number, question), 0) | 1 << at
        for number, person in enumerate(people):
            for question, value in person.values.items():
                alike = everybody.get(number, 0) & ~answering.get((number, question), 0)
                for node in self._held(question, value):
                    inputs[node] = inputs.get(node, 0) | alike
        for at, (_, question, value) in enumerate(variants):
            for node in self._held(question, value):
                inputs[node] = inputs.get(node, 0) | 1 << at
        met = self._of(inputs, len(variants), wanted)
        return [(*variant, bits) for variant, bits in zip(variants, met, strict=True) if bits]

    def _others(self, question: str, now: Value | None) -> list[Value]:
        """Other answers to a question that anything could hang on."""
        if isinstance(now, Chosen) or self.kb.questions[question].type == "choices":
            given = now if isinstance(now, Chosen) else Chosen()
            asked = self.domain.asked[question]
            return [_ticked(given, one) for one in asked.options if one in asked.compared]
        return [value for value in self._values[question] if value != now]

    @cached_property
    def _values(self) -> dict[str, list[Value]]:
        """The answers to each question that differ for the rules; of numbers those next to thresholds."""
        near: dict[str, dict[Value, None]] = {}
        for id_ in self.kb.active:
            for _, fact in comparisons(self.kb, id_):
                for one in next_to(fact, self.kb):
                    assert isinstance(one.operand, int | float)
                    near.setdefault(fact.fact, {})[one.operand] = None
        found: dict[str, list[Value]] = {}
        for id_, asked in self.domain.asked.items():
            match asked.question.type:
                case "boolean":
                    found[id_] = [True, False]
                case "choice":
                    other = [one for one in asked.options if one not in asked.compared]
                    found[id_] = [*(one for one in asked.options if one in asked.compared), *other[:1]]
                case _:
                    found[id_] = list(near.get(id_, ()))
        return found

    # The solver.

    def _solved(self, prover: Prover) -> Iterator[Made]:
        for at in range(len(self.goals)):
            bit = 1 << at
            if (self.met | self.impossible) & bit:
                continue
            if time.monotonic() > self._end:
                return
            self._tell("patients unlike the cases")
            wanted = [self.lits[at], self.valid]
            found = prover.find(wanted)
            if isinstance(found, Impossible):
                self.impossible |= bit
            elif isinstance(found, Model):
                like, person = self._nearest(prover, wanted, found)
                changed = set(_differing(self.told[like], person)) if like else set()
                climbed = self._climbed(person, changed, bit) if like else person
                yield from self._taken(climbed, like)
                if not self.met & bit:
                    yield from self._taken(person, like)

    def _nearest(self, prover: Prover, wanted: list[Lit], model: Model) -> tuple[str | None, Answers]:
        """Somebody of whom all that is wanted is true and who differs from a case in few answers."""
        said = prover.decode(model)
        like = max(self.told, key=lambda id_: _agreeing(self.told[id_], said), default=None)
        start = self.told[like] if like else self.usual.completed(Answers())
        held = self.domain.values(start)
        read = {self.domain.owner(node) for node in self.circuit.reads(wanted)} - {None}
        kept: dict[tuple[str, Lit], list[Lit]] = {}
        for name in sorted(one for one in read if one):
            inputs = self.domain.inputs(name)
            size = 2 if self.domain.asked[name].question.type == "choices" else len(inputs)  # each tick by itself
            for first in range(0, len(inputs), size):
                kept[name, inputs[first]] = [lit if held.get(lit) else -lit for lit in inputs[first : first + size]]
        dropped: dict[tuple[str, Lit], list[Lit]] = {}
        while True:
            found = prover.find([*wanted, *(lit for lits in kept.values() for lit in lits)])
            if isinstance(found, Model):
                model = found
                break
            core = set(found.core) if isinstance(found, Impossible) else set()
            clashing = [key for key, lits in kept.items() if core.intersection(lits)] or list(kept)
            if not clashing:
                break
            dropped.update((key, kept.pop(key)) for key in clashing)
        for key, lits in dropped.items():
            found = prover.find([*wanted, *lits, *(lit for own in kept.values() for lit in own)], 1.0)
            if isinstance(found, Model):
                model = found
                kept[key] = lits
        changed = {name for name, first in dropped if (name, first) not in kept}
        now = self.domain.answers(model.holds, changed)
        person = start
        for name in sorted(changed):
            person = person.with_answer(
                name, _with_uncompared(now.values.get(name), start.values.get(name), self.domain.asked[name].compared)
            )
        return like, person

    def _fewest(self, made: Sequence[Made], wanted: int) -> Iterator[tuple[Answers, str | None, int]]:
        """Those with whom most is tried first, without those whom the others make superfluous; with what each adds."""
        people = dict(enumerate(self._meet([one for one, _ in made], wanted)))
        while wanted:
            self._tell("as few patients as possible")
            best = max(people, key=lambda number: ((people[number] & wanted).bit_count(), -number))
            yield *made[best], people[best] & wanted
            wanted &= ~people.pop(best)

    # What is told of them.

    def _patient(self, answers: Answers, like: str | None, bits: int) -> Patient:
        changed = tuple(_differing(self.told[like], answers)) if like else ()
        return Patient(answers, like, changed, tuple(self._decided(answers, goal) for goal in self._named(bits)))

    def _decided(self, answers: Answers, goal: Goal) -> Decided:
        """The goal, with the one other answer that turns the rule, as the reference evaluator says."""
        evaluator, fact = self.assessor.evaluator, self.deciding.fact(goal.place)
        question, now = fact.fact, answers.values[fact.fact]
        before = evaluator.evaluate(answers).rules[goal.rule] is Truth.TRUE
        for value in self._others(question, now):
            if compare_fact(fact, value) is compare_fact(fact, now):
                continue
            values = evaluator.evaluate(answers.with_answer(question, value))
            if (values.rules[goal.rule] is Truth.TRUE) != before and not evaluator.broken_constraints(values):
                return Decided(goal, question, value)
        return Decided(goal, question, None)


def _bits(bits: int) -> Iterator[int]:
    """The places of the ones, lowest first."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _ticked(now: Chosen, option: str) -> Chosen:
    """A ticked list with one option turned."""
    if option in now.yes:
        return Chosen(now.yes - {option}, now.unsure)
    return Chosen(now.yes | {option}, now.unsure - {option})


def _differing(one: Answers, other: Answers) -> list[str]:
    """The questions that two people answer differently, apart from what only one of them is asked."""
    return [name for name in other.values if name in one.values and other.values[name] != one.values[name]]


def _agreeing(one: Answers, other: Answers) -> int:
    """In how many answers two people agree."""
    return sum(1 for name, value in other.values.items() if one.values.get(name) == value)


def _with_uncompared(now: Value | None, before: Value | None, compared: frozenset[object]) -> Value | None:
    """An answer of the circuit with the ticks of before that no rule looks at."""
    if not isinstance(now, Chosen) or not isinstance(before, Chosen):
        return now
    return Chosen(now.yes | {one for one in before.yes if one not in compared}, now.unsure)
