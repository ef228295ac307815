"""What each criterion could still become while questions are open: the fold behind the interview.

Truths are sets, held as bit masks. A question not yet asked can still be answered true, false or "not sure"; one
answered "not sure" stays UNKNOWN; a clinician's question is never asked of a patient and stays UNKNOWN. Parts are
taken as independent, so that a set can be too large, never too small: the interview may ask once too often, and
never stops too early.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from engine.answers import Answers
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs, Truth
from engine.evaluate import COMPARE, compare_fact, scaled
from engine.knowledge import KnowledgeBase
from engine.model.rule import Derived, Points

Mask = int
F: Mask = 1
U: Mask = 2
T: Mask = 4
ANY: Mask = F | U | T
_OF = {Truth.FALSE: F, Truth.UNKNOWN: U, Truth.TRUE: T}


def settled(mask: Mask) -> bool:
    """Whether only one truth is left."""
    return mask in (F, U, T)


@dataclass
class Reached:
    """What everything could still become, for the answers so far."""

    answers: Answers
    applies: dict[str, Mask] = field(default_factory=dict)
    findings: dict[str, Mask] = field(default_factory=dict)
    scores: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """For each score the least and the most that the low end, then the high end, of its interval can become."""
    rules: dict[str, Mask] = field(default_factory=dict)
    considered: dict[str, Mask] = field(default_factory=dict)


Test = Callable[[Reached], Mask]


def reach(criterion: Criterion, kb: KnowledgeBase) -> Test:
    """A criterion as a function from what is reached to the set of what it could still become."""
    match criterion:
        case FactIs():
            return _fact(criterion, kb)
        case FindingIs():
            name = criterion.finding
            return lambda reached: reached.findings[name]
        case ScoreIs():
            return _score(criterion, kb.terms[criterion.score].scale)
        case All():
            return _all([reach(part, kb) for part in criterion.all])
        case AnyOf():
            parts = [reach(part, kb) for part in criterion.any]
            return lambda reached: any_of([part(reached) for part in parts])
        case Not():
            return _mirrored(reach(criterion.not_, kb))
        case AtLeast():
            return _at_least(criterion.at_least, [reach(part, kb) for part in criterion.of])
        case _:
            assert_never(criterion)


_MIRROR = [((mask & F) << 2) | (mask & U) | ((mask & T) >> 2) for mask in range(8)]


def _mirrored(test: Test) -> Test:
    return lambda reached: _MIRROR[test(reached)]


def _fact(criterion: FactIs, kb: KnowledgeBase) -> Test:
    question = kb.questions[criterion.fact]
    name, gated, unasked = question.id, question.ask_when is not None, ANY if question.by == "patient" else U

    def test(reached: Reached) -> Mask:
        value = reached.answers.values.get(name)
        if value is not None:
            mask = _OF[compare_fact(criterion, value)]
        else:
            mask = U if name in reached.answers.unsure else unasked
        if not gated:
            return mask
        applies = reached.applies[name]
        if applies == F:
            return F
        return mask | F if applies & F else mask

    return test


def _score(criterion: ScoreIs, scale: int) -> Test:
    name, holds, limit = criterion.score, COMPARE[criterion.operator], scaled(criterion.operand, scale)
    rising = criterion.operator in ("gte", "gt")

    def test(reached: Reached) -> Mask:
        least_low, most_low, least_high, most_high = reached.scores[name]
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
        return mask

    return test


def _all(parts: list[Test]) -> Test:
    return lambda reached: all_of([part(reached) for part in parts])


def all_of(masks: list[Mask]) -> Mask:
    """What `all` of some parts could become."""
    if F in masks:
        return F
    result = T if all(mask & T for mask in masks) else 0
    if any(mask & F for mask in masks):
        result |= F
    if any(mask & U for mask in masks):  # the other parts can all be something else than FALSE
        result |= U
    return result


def any_of(masks: list[Mask]) -> Mask:
    """What `any` of some parts could become."""
    return _MIRROR[all_of([_MIRROR[mask] for mask in masks])]


def _at_least(k: int, parts: list[Test]) -> Test:
    def test(reached: Reached) -> Mask:
        masks = [part(reached) for part in parts]
        result = T if sum(1 for mask in masks if mask & T) >= k else 0
        if sum(1 for mask in masks if not mask & F) < k:
            result |= F
        # UNKNOWN is fewer than k TRUE while k are not FALSE: of the parts that are TRUE or FALSE, choose some TRUE.
        unknown = sum(1 for mask in masks if mask & U)
        true, either = masks.count(T), masks.count(T | F)
        if max(0, k - unknown - true) <= min(either, k - 1 - true):
            result |= U
        return result

    return test


class Reacher:
    """A knowledge base made ready to say what could still become of one person's interview."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._gates: dict[str, Test] = {}
        self._derived: list[tuple[str, str, list[tuple[str, Test, int]]]] = []
        for kind, name in kb.order:
            if kind == "question":
                gate = kb.questions[name].ask_when
                if gate:
                    self._derived.append(("gate", name, [(name, reach(gate, kb), 0)]))
            else:
                ids = kb.concluded_by[kind, name]
                points = [kb.points(kb.active[id_]) if kind == "score" else 0 for id_ in ids]
                tests = [reach(kb.active[id_].when, kb) for id_ in ids]
                self._derived.append((kind, name, list(zip(ids, tests, points, strict=True))))
        self._rules = [
            (id_, reach(rule.when, kb))
            for id_, rule in kb.active.items()
            if not isinstance(rule.then, Derived | Points)
        ]
        self._considered = [
            (id_, reach(one.considered_when, kb) if one.considered_when else (lambda _: T))
            for id_, one in kb.current_conditions.items()
        ]

    def reached(self, answers: Answers) -> Reached:
        """What every gate, finding, score, rule and condition could still become."""
        result = Reached(answers)
        for kind, name, rules in self._derived:
            if kind == "gate":
                result.applies[name] = rules[0][1](result)
                continue
            for id_, test, _ in rules:
                result.rules[id_] = test(result)
            masks = [(result.rules[id_], points) for id_, _, points in rules]
            if kind == "finding":
                result.findings[name] = any_of([mask for mask, _ in masks])
            else:
                result.scores[name] = _score_ends(masks)
        for id_, test in self._rules:
            result.rules[id_] = test(result)
        for id_, test in self._considered:
            result.considered[id_] = test(result)
        return result


def _score_ends(rules: list[tuple[Mask, int]]) -> tuple[int, int, int, int]:
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
