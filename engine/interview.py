"""Which screen comes next, and when enough is known.

Emergencies first, half-met clusters to their end; then what can still change the outcome. What cannot matter is not
asked. The interview stops at a TRUE emergency, or when the urgency can no longer change and either every condition's
status is settled too or the budget of screens is spent. The urgency after stopping is that of the full questionnaire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, assert_never

from engine.answers import Answers
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs
from engine.knowledge import KnowledgeBase
from engine.model.condition import Condition
from engine.model.rule import Evidence, Urgency
from engine.outcome import Status
from engine.reach import F, Mask, Reached, Reacher, T, Test, U, reach, settled

Stop = Literal["emergency", "settled", "budget"]


@dataclass(frozen=True)
class Screen:
    """What to ask next: the questions of one screen, and the rules for which the first of them is asked."""

    questions: tuple[str, ...]
    asked_for: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """Either the next screen, or why the interview is over."""

    screen: Screen | None
    stop: Stop | None
    lowest: Urgency
    """The least urgent that the outcome can still become."""
    highest: Urgency
    """The most urgent that the outcome can still become."""


@dataclass(frozen=True)
class Ends:
    """How far a condition's weight can still move, and the statuses that are within reach."""

    low: int
    high: int
    statuses: frozenset[Status]
    supported: Mask
    could_stay_open_likely: Mask
    """Whether, at the end, the condition's range would still reach `likely`: T, F or both."""


class Interview:
    """A knowledge base made ready to ask people."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._reacher = Reacher(kb)
        self._rank = {name: position for position, name in enumerate(kb.questions)}
        self._tests: dict[int, Test] = {}  # by the identity of the criterion, which the knowledge base keeps alive

    def next(self, answers: Answers, screens_shown: int = 0) -> Step:
        """The next screen, or the reason to stop, for the answers so far."""
        reached = self._reacher.reached(answers)
        ends = {id_: self._ends(one, reached) for id_, one in self.kb.current_conditions.items()}
        lowest, highest = self._urgency(reached, ends)
        if any(
            flag.red_flag is Urgency.EMERGENCY and reached.rules[id_] == T for id_, flag in self.kb.red_flags.items()
        ):
            return Step(None, "emergency", lowest, highest)
        tiers = list(self._tiers(reached, ends, lowest, highest))
        wanted = {name for tier in tiers for name in tier.questions}
        if lowest is highest:
            if all(len(end.statuses) == 1 for end in ends.values()) or not wanted:
                return Step(None, "settled", lowest, highest)
            if screens_shown >= self.kb.settings.interview.question_budget:
                return Step(None, "budget", lowest, highest)
        first_tier = next(tier for tier in tiers if tier.questions)
        first = min(first_tier.questions, key=self._rank.__getitem__)
        return Step(Screen(self._mates(first, wanted), first_tier.rules), None, lowest, highest)

    def _mates(self, first: str, wanted: set[str]) -> tuple[str, ...]:
        """The questions that share the first one's screen and matter too."""
        screen, section = self.kb.questions[first].screen, self.kb.section_of[first]
        if screen is None:
            return (first,)
        mates = [one.id for one in section.questions if one.screen == screen and one.id in wanted]
        position = mates.index(first)
        return tuple(mates[position:][: self.kb.settings.interview.screen_size])

    # What is still worth asking, most important first.

    def _tiers(self, reached: Reached, ends: dict[str, Ends], lowest: Urgency, highest: Urgency) -> Iterator[_Tier]:
        """Groups of questions in the order in which they are asked."""
        flags = [
            (flag.red_flag, id_)
            for id_, flag in self.kb.red_flags.items()
            if not settled(reached.rules[id_]) and self._can_raise(id_, reached, lowest)
        ]
        for urgency in Urgency:
            of_level = [id_ for level, id_ in flags if level is urgency]
            half_met = [id_ for id_ in of_level if self._half_met(self.kb.active[id_].when, reached)]
            for ids in (half_met, of_level):
                yield _Tier(
                    frozenset(name for id_ in ids for name in self._askable(self.kb.active[id_].when, reached)),
                    tuple(ids),
                )
        open_ended = [id_ for id_, end in ends.items() if len(end.statuses) > 1]
        if lowest is not highest:
            open_ended += [
                id_ for id_, end in ends.items() if not settled(end.could_stay_open_likely) and id_ not in open_ended
            ]
        questions, rules = set[str](), []
        for id_ in open_ended:
            condition = self.kb.conditions[id_]
            if condition.considered_when and not settled(reached.considered[id_]):
                questions |= set(self._askable(condition.considered_when, reached))
            for rule, _ in self._decisive(id_, reached):
                questions |= set(self._askable(self.kb.active[rule].when, reached))
                rules.append(rule)
        yield _Tier(frozenset(questions), tuple(rules))

    def _can_raise(self, id_: str, reached: Reached, lowest: Urgency) -> bool:
        """Whether an open red flag can lift the urgency above what is already certain."""
        flag, mask = self.kb.red_flags[id_], reached.rules[id_]
        most = flag.red_flag if mask & T else flag.unsure
        return most.level > lowest.level

    def _half_met(self, criterion: Criterion, reached: Reached) -> bool:
        """Whether some comparison of a criterion is already TRUE, wherever it stands."""
        match criterion:
            case FactIs() | FindingIs() | ScoreIs():
                return self._mask(criterion, reached) == T
            case All() | AnyOf() | AtLeast():
                return any(self._half_met(part, reached) for part in criterion.parts)
            case Not():
                return False
            case _:
                assert_never(criterion)

    def _mask(self, criterion: Criterion, reached: Reached) -> Mask:
        test = self._tests.get(id(criterion))
        if test is None:
            test = self._tests[id(criterion)] = reach(criterion, self.kb)
        return test(reached)

    def _decisive(self, condition: str, reached: Reached) -> Iterator[tuple[str, Evidence]]:
        """The open evidence rules that can still change the condition's weight."""
        for group in self.kb.evidence[condition].values():
            for favours in (True, False):
                sure = max(
                    (
                        abs(one.weight)
                        for id_, one in group.items()
                        if (one.weight > 0) is favours and reached.rules[id_] == T
                    ),
                    default=0,
                )
                yield from (
                    (id_, one)
                    for id_, one in group.items()
                    if (one.weight > 0) is favours and abs(one.weight) > sure and not settled(reached.rules[id_])
                )

    def _askable(self, criterion: Criterion, reached: Reached) -> Iterator[str]:
        """The unanswered questions on which an open criterion hangs; where a gate is open, the gate's questions."""
        if settled(self._mask(criterion, reached)):
            return
        match criterion:
            case FactIs():
                yield from self._askable_question(criterion.fact, reached)
            case FindingIs():
                for id_ in self.kb.concluded_by["finding", criterion.finding]:
                    yield from self._askable(self.kb.active[id_].when, reached)
            case ScoreIs():
                for id_ in self.kb.concluded_by["score", criterion.score]:
                    yield from self._askable(self.kb.active[id_].when, reached)
            case All() | AnyOf() | AtLeast():
                for part in criterion.parts:
                    yield from self._askable(part, reached)
            case Not():
                yield from self._askable(criterion.not_, reached)
            case _:
                assert_never(criterion)

    def _askable_question(self, name: str, reached: Reached) -> Iterator[str]:
        question = self.kb.questions[name]
        if question.ask_when:
            applies = reached.applies[name]
            if applies == F:
                return
            if not settled(applies):
                yield from self._askable(question.ask_when, reached)
                return
        if question.by == "patient" and not reached.answers.answered(name):
            yield name

    # How far the outcome can still move.

    def _ends(self, condition: Condition, reached: Reached) -> Ends:
        limits = self.kb.thresholds(condition)
        low = high = condition.prior.decibans
        # The ends of the upper limit of the final range, in which UNKNOWN evidence counts.
        range_low = range_high = condition.prior.decibans
        supported = F
        for group in self.kb.evidence[condition.id].values():
            masks = [(reached.rules[id_], one.weight) for id_, one in group.items()]
            sure_for = _strongest(masks, 1, lambda mask: mask == T)
            sure_against = _strongest(masks, -1, lambda mask: mask == T)
            maybe_for = _strongest(masks, 1, lambda mask: bool(mask & T))
            maybe_against = _strongest(masks, -1, lambda mask: bool(mask & T))
            low += sure_for - maybe_against
            high += maybe_for - sure_against
            range_low += _strongest(masks, 1, lambda mask: not mask & F) - maybe_against
            range_high += _strongest(masks, 1, lambda mask: mask != F) - sure_against
            for mask, weight in masks:
                if weight > 0:
                    supported = T if supported == T or mask == T else supported | (mask & T)
        considered = reached.considered[condition.id]
        statuses: set[Status] = set()
        if considered & F:
            statuses.add("excluded")
        if considered & (T | U):
            if supported & T and considered & T and high >= limits.likely:
                statuses.add("likely")
            if supported & T and high >= limits.possible and (low < limits.likely or considered & U):
                statuses.add("possible")
            if supported & F or low < limits.possible:
                statuses.add("not_shown")
        return Ends(
            low,
            high,
            frozenset(statuses),
            supported,
            self._open_likely(condition, reached, range_low, range_high, considered),
        )

    def _open_likely(
        self, condition: Condition, reached: Reached, range_low: int, range_high: int, considered: Mask
    ) -> Mask:
        """Whether at the end the condition could still become likely, counting what stays UNKNOWN."""
        limit = self.kb.thresholds(condition).likely
        favouring = [
            reached.rules[id_]
            for group in self.kb.evidence[condition.id].values()
            for id_, one in group.items()
            if one.weight > 0
        ]
        can = range_high >= limit and bool(considered & (T | U)) and any(mask != F for mask in favouring)
        must = range_low >= limit and not considered & F and any(not mask & F for mask in favouring)
        return T if must else (T | F if can else F)

    def _urgency(self, reached: Reached, ends: dict[str, Ends]) -> tuple[Urgency, Urgency]:
        """The least and the most urgent that the outcome can still become."""
        low = high = Urgency.SELF_CARE.level
        any_flag: Mask = F
        for id_, flag in self.kb.red_flags.items():
            mask = reached.rules[id_]
            options = [flag.red_flag.level] * bool(mask & T) + [flag.unsure.level] * bool(mask & U)
            options += [Urgency.SELF_CARE.level] * bool(mask & F)
            low, high = max(low, min(options)), max(high, max(options))
            any_flag = T if any_flag == T or not mask & F else any_flag | (T if mask & (T | U) else 0)
        for id_, end in ends.items():
            level = self.kb.conditions[id_].care_level
            by_status = {"likely": level.level, "possible": level.one_below.level}
            options = [by_status.get(status, Urgency.SELF_CARE.level) for status in end.statuses]
            low, high = max(low, min(options)), max(high, max(options))
        self_care = self._self_care(any_flag, ends)
        if not self_care & T:
            low = max(low, Urgency.ROUTINE.level)
        if self_care & F:
            high = max(high, Urgency.ROUTINE.level)
        levels = {urgency.level: urgency for urgency in Urgency}
        return levels[low], levels[high]

    def _self_care(self, any_flag: Mask, ends: dict[str, Ends]) -> Mask:
        """Whether self-care can still be earned, or not be."""
        own = [end for id_, end in ends.items() if self.kb.conditions[id_].care_level is Urgency.SELF_CARE]
        other = [end for id_, end in ends.items() if self.kb.conditions[id_].care_level is not Urgency.SELF_CARE]
        can = (
            bool(any_flag & F)
            and any("likely" in end.statuses for end in own)
            and not any(end.could_stay_open_likely == T for end in other)
        )
        must = (
            any_flag == F
            and any(end.statuses == {"likely"} for end in own)
            and all(end.could_stay_open_likely == F for end in other)
        )
        return T if must else (T | F if can else F)


@dataclass(frozen=True)
class _Tier:
    """Questions of equal importance, and the rules for which they are asked."""

    questions: frozenset[str]
    rules: tuple[str, ...]


def _strongest(masks: Iterable[tuple[Mask, int]], sign: int, counts: Callable[[Mask], bool]) -> int:
    """The strongest weight of one direction among the rules whose set of truths counts."""
    return max((weight * sign for mask, weight in masks if weight * sign > 0 and counts(mask)), default=0)
