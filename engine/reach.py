"""What each criterion could still become while questions are open: the fold behind the interview.

Truths are sets, held as bit masks. A question not yet asked can still be answered true, false or "not sure"; one
answered "not sure" stays UNKNOWN; a clinician's question is never asked of a patient and stays UNKNOWN. Parts are
taken as independent, so that a set can be too large, never too small: the interview may ask once too often, and
never stops too early.

Equal criteria share a cell, each cell stands behind its parts, and an answer recalculates only the cells above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from engine.answers import Answers, Value
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs, Truth
from engine.evaluate import COMPARE, compare_fact, scaled
from engine.knowledge import KnowledgeBase

Mask = int
F: Mask = 1
U: Mask = 2
T: Mask = 4
ANY: Mask = F | U | T
_OF = {Truth.FALSE: F, Truth.UNKNOWN: U, Truth.TRUE: T}
_MIRROR = [((mask & F) << 2) | (mask & U) | ((mask & T) >> 2) for mask in range(8)]

Questions = int
"""A set of questions as bits, the one that is asked first lowest."""
Ends = tuple[int, int, int, int]
"""The least and the most that the low end, then the high end, of a score's interval can become."""


def settled(mask: Mask) -> bool:
    """Whether only one truth is left."""
    return mask in (F, U, T)


class Cell(NamedTuple):
    """What one criterion could still become, and what that hangs on."""

    mask: Mask
    asks: Questions = 0
    """The unanswered questions on which it hangs, none once it is settled; where a gate is open, the gate's."""
    met: bool = False
    """Whether some comparison in it, not below a `not`, is TRUE."""
    ends: Ends = (0, 0, 0, 0)
    """Of a score."""


_Work = Callable[[Answers, list[Cell]], Cell]


@dataclass(frozen=True)
class Reached:
    """What everything could still become, for the answers so far."""

    reacher: Reacher
    answers: Answers
    cells: list[Cell]

    def rule(self, id_: str) -> Cell:
        """What is so of a rule's criterion."""
        return self.cells[self.reacher.places["rule", id_]]

    def considered(self, condition: str) -> Cell:
        """What is so of a condition's `considered_when`; TRUE where it has none."""
        place = self.reacher.places.get(("condition", condition))
        return _ALWAYS if place is None else self.cells[place]

    @property
    def rules(self) -> dict[str, Mask]:
        """What every rule could still become."""
        return {id_: self.rule(id_).mask for id_ in self.reacher.kb.active}

    @property
    def findings(self) -> dict[str, Mask]:
        """What every finding could still become."""
        return {name: self.cells[place].mask for (kind, name), place in self._named("finding")}

    @property
    def scores(self) -> dict[str, Ends]:
        """What the ends of every score's interval could still become."""
        return {name: self.cells[place].ends for (kind, name), place in self._named("score")}

    def _named(self, wanted: str) -> Iterator[tuple[tuple[str, str], int]]:
        return (item for item in self.reacher.places.items() if item[0][0] == wanted)


_ALWAYS = Cell(T)


class Reacher:
    """A knowledge base made ready to say what could still become of one person's interview."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.places: dict[tuple[str, str], int] = {}
        """Where the cells of gates, findings, scores, rules and conditions stand."""
        self._work: list[_Work] = []
        self._above: list[list[int]] = []
        self._by_criterion: dict[Criterion, int] = {}
        self._by_question: dict[str, list[int]] = {name: [] for name in kb.questions}
        self._bits = {name: 1 << position for position, name in enumerate(kb.questions)}
        for kind, name in kb.order:
            if kind == "question":
                gate = kb.questions[name].ask_when
                if gate:
                    self.places["gate", name] = self._place(gate)
            else:
                ids = kb.concluded_by[kind, name]
                parts = [self._rule(id_) for id_ in ids]
                if kind == "finding":
                    self.places["finding", name] = self._add(_finding(parts), parts)
                else:
                    points = [kb.points(kb.active[id_]) for id_ in ids]
                    self.places["score", name] = self._add(_points(parts, points), parts)
        for id_ in kb.active:
            self._rule(id_)
        for id_, condition in kb.current_conditions.items():
            if condition.considered_when:
                self.places["condition", id_] = self._place(condition.considered_when)
        nobody = Answers()
        cells: list[Cell] = []
        for work in self._work:
            cells.append(work(nobody, cells))
        self._last = Reached(self, nobody, cells)

    def reached(self, answers: Answers) -> Reached:
        """What every gate, finding, score, rule and condition could still become."""
        last = self._last
        cells, waiting = list(last.cells), bytearray(len(last.cells))
        for name, places in self._by_question.items():
            if _given(answers, name) != _given(last.answers, name):
                for place in places:
                    waiting[place] = 1
        place = waiting.find(1)
        while place >= 0:
            cell = self._work[place](answers, cells)
            if cell != cells[place]:
                cells[place] = cell
                for above in self._above[place]:
                    waiting[above] = 1
            place = waiting.find(1, place + 1)
        result = Reached(self, answers, cells)
        self._last = result  # another thread may replace it before this one returns
        return result

    def questions(self, bits: Questions) -> tuple[str, ...]:
        """The questions of a set, in the order in which they are asked."""
        return tuple(name for name, bit in self._bits.items() if bits & bit)

    def bit(self, question: str) -> Questions:
        """One question as a set."""
        return self._bits[question]

    def bits(self, questions: Iterable[str]) -> Questions:
        """Different questions as a set."""
        return sum(self._bits[name] for name in questions)

    def _rule(self, id_: str) -> int:
        if ("rule", id_) not in self.places:
            self.places["rule", id_] = self._place(self.kb.active[id_].when)
        return self.places["rule", id_]

    def _add(self, work: _Work, parts: Sequence[int]) -> int:
        place = len(self._work)
        self._work.append(work)
        self._above.append([])
        for part in dict.fromkeys(parts):
            self._above[part].append(place)
        return place

    def _place(self, criterion: Criterion) -> int:
        """Where a criterion's cell stands; made where there is none yet."""
        if criterion not in self._by_criterion:
            self._by_criterion[criterion] = self._made(criterion)
        return self._by_criterion[criterion]

    def _made(self, criterion: Criterion) -> int:
        match criterion:
            case FactIs():
                return self._fact(criterion)
            case FindingIs():
                return self.places["finding", criterion.finding]
            case ScoreIs():
                score = self.places["score", criterion.score]
                return self._add(_score(criterion, score, self.kb.terms[criterion.score].scale), [score])
            case All():
                parts = [self._place(part) for part in criterion.all]
                return self._add(_group(all_of, parts), parts)
            case AnyOf():
                parts = [self._place(part) for part in criterion.any]
                return self._add(_group(any_of, parts), parts)
            case Not():
                part = self._place(criterion.not_)
                return self._add(lambda _, cells: Cell(_MIRROR[cells[part].mask], cells[part].asks), [part])
            case AtLeast():
                parts, k = [self._place(part) for part in criterion.of], criterion.at_least
                return self._add(_group(lambda masks: at_least(k, masks), parts), parts)
            case _:
                assert_never(criterion)

    def _fact(self, criterion: FactIs) -> int:
        question = self.kb.questions[criterion.fact]
        gate = self.places["gate", question.id] if question.ask_when else None
        asked = self._bits[question.id] if question.by == "patient" else 0
        place = self._add(_fact(criterion, gate, asked), [] if gate is None else [gate])
        self._by_question[question.id].append(place)
        return place


def _given(answers: Answers, name: str) -> tuple[Value | None, bool]:
    """The answer, and whether it is "not sure"."""
    return answers.values.get(name), name in answers.unsure


def _fact(criterion: FactIs, gate: int | None, asked: Questions) -> _Work:
    name, unasked = criterion.fact, ANY if asked else U

    def work(answers: Answers, cells: list[Cell]) -> Cell:
        applies = _ALWAYS if gate is None else cells[gate]
        if applies.mask == F:
            return Cell(F)
        value = answers.values.get(name)
        mask, asks = unasked, asked
        if value is not None:
            mask, asks = _OF[compare_fact(criterion, value)], 0
        elif name in answers.unsure:
            mask, asks = U, 0
        mask |= applies.mask & F
        if not settled(applies.mask):
            asks = applies.asks
        return Cell(mask, 0 if settled(mask) else asks, mask == T)

    return work


def _group(combine: Callable[[list[Mask]], Mask], parts: list[int]) -> _Work:
    def work(_: Answers, cells: list[Cell]) -> Cell:
        mask, asks, met = combine([cells[part].mask for part in parts]), 0, False
        for part in parts:
            asks |= cells[part].asks
            met = met or cells[part].met
        return Cell(mask, 0 if settled(mask) else asks, met)

    return work


def _finding(parts: list[int]) -> _Work:
    group = _group(any_of, parts)

    def work(answers: Answers, cells: list[Cell]) -> Cell:
        cell = group(answers, cells)
        return Cell(cell.mask, cell.asks, cell.mask == T)

    return work


def _points(parts: list[int], points: list[int]) -> _Work:
    def work(_: Answers, cells: list[Cell]) -> Cell:
        asks = 0
        for part in parts:
            asks |= cells[part].asks
        return Cell(
            0, asks, ends=_score_ends([(cells[part].mask, own) for part, own in zip(parts, points, strict=True)])
        )

    return work


def _score(criterion: ScoreIs, score: int, scale: int) -> _Work:
    holds, limit = COMPARE[criterion.operator], scaled(criterion.operand, scale)
    rising = criterion.operator in ("gte", "gt")

    def work(_: Answers, cells: list[Cell]) -> Cell:
        least_low, most_low, least_high, most_high = cells[score].ends
        # Rising: TRUE when the low end holds, FALSE when the high end does not. Falling: mirrored.
        sure_ends = (least_low, most_low) if rising else (most_high, least_high)
        hope_ends = (least_high, most_high) if rising else (most_low, least_low)
        mask = 0
        if holds(sure_ends[1], limit):
            mask |= T
        if not holds(hope_ends[0], limit):
            mask |= F
        if not holds(sure_ends[0], limit) and holds(hope_ends[1], limit):
            mask |= U
        return Cell(mask, 0 if settled(mask) else cells[score].asks, mask == T)

    return work


def all_of(masks: list[Mask]) -> Mask:
    """What `all` of some parts could become."""
    every, some = ANY, 0
    for mask in masks:
        if mask == F:
            return F
        every &= mask
        some |= mask
    return every & T | some & (F | U)  # for one UNKNOWN part, the others can all be something else than FALSE


def any_of(masks: list[Mask]) -> Mask:
    """What `any` of some parts could become."""
    every, some = ANY, 0
    for mask in masks:
        if mask == T:
            return T
        every &= mask
        some |= mask
    return every & F | some & (T | U)


def at_least(k: int, masks: list[Mask]) -> Mask:
    """What `at_least` k of some parts could become."""
    result = T if sum(1 for mask in masks if mask & T) >= k else 0
    if sum(1 for mask in masks if not mask & F) < k:
        result |= F
    # UNKNOWN is fewer than k TRUE while k are not FALSE: of the parts that are TRUE or FALSE, choose some TRUE.
    unknown = sum(1 for mask in masks if mask & U)
    true, either = masks.count(T), masks.count(T | F)
    if max(0, k - unknown - true) <= min(either, k - 1 - true):
        result |= U
    return result


def _score_ends(rules: list[tuple[Mask, int]]) -> Ends:
    """The least and most of a score's low end, and the least and most of its high end, over all completions."""
    low_options = [_contributions(mask, points, low=True) for mask, points in rules]
    high_options = [_contributions(mask, points, low=False) for mask, points in rules]
    return (
        sum(min(options) for options in low_options),
        sum(max(options) for options in low_options),
        sum(min(options) for options in high_options),
        sum(max(options) for options in high_options),
    )


def _contributions(mask: Mask, points: int, *, low: bool) -> list[int]:
    """What one point rule can add to an end of the interval: its points, nothing, or while UNKNOWN the worse one."""
    options = []
    if mask & T:
        options.append(points)
    if mask & F:
        options.append(0)
    if mask & U:
        options.append(min(points, 0) if low else max(points, 0))
    return options
