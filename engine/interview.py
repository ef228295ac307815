"""Which screen comes next, and when enough is known.

Emergencies first, half-met clusters to their end; then what can still change the outcome. What cannot matter is not
asked. The interview stops at a TRUE emergency, or when the urgency can no longer change and either every condition's
status is settled too or the budget of screens is spent. The urgency after stopping is that of the full questionnaire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.answers import Answers
from engine.knowledge import KnowledgeBase
from engine.model.condition import Condition
from engine.model.rule import Urgency
from engine.outcome import Status
from engine.reach import F, Mask, Questions, Reached, Reacher, T, U, settled

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
class Prospect:
    """How far a condition's weight can still move, the statuses within reach, and what they hang on."""

    low: int
    high: int
    statuses: frozenset[Status]
    could_stay_open_likely: Mask
    """Whether, at the end, the condition's range would still reach `likely`: T, F or both."""
    decisive: dict[str, int]
    """The open rules that can still change its weight, with by how much."""


class Interview:
    """A knowledge base made ready to ask people."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._reacher = Reacher(kb)
        self._groups = {
            id_: [
                [(rule, one.weight) for rule, one in group.items() if (one.weight > 0) is favours]
                for group in groups.values()
                for favours in (True, False)
            ]
            for id_, groups in kb.evidence.items()
        }

    def next(self, answers: Answers, screens_shown: int = 0) -> Step:
        """The next screen, or the reason to stop, for the answers so far."""
        reached = self._reacher.reached(answers)
        ends = {id_: self._prospect(one, reached) for id_, one in self.kb.current_conditions.items()}
        lowest, highest = self._urgency(reached, ends)
        if any(
            flag.red_flag is Urgency.EMERGENCY and reached.rule(id_).mask == T for id_, flag in self.kb.red_flags.items()
        ):
            return Step(None, "emergency", lowest, highest)
        tiers = list(self._tiers(reached, ends, lowest, highest))
        wanted = 0
        for tier in tiers:
            wanted |= tier.questions
        if lowest is highest:
            if all(len(end.statuses) == 1 for end in ends.values()) or not wanted:
                return Step(None, "settled", lowest, highest)
            if screens_shown >= self.kb.settings.interview.question_budget:
                return Step(None, "budget", lowest, highest)
        first_tier = next(tier for tier in tiers if tier.questions)
        first = self._reacher.questions(first_tier.questions)[0]
        return Step(Screen(self._mates(first, wanted), first_tier.rules), None, lowest, highest)

    def _mates(self, first: str, wanted: Questions) -> tuple[str, ...]:
        """The questions that share the first one's screen and matter too."""
        screen, section = self.kb.questions[first].screen, self.kb.section_of[first]
        if screen is None:
            return (first,)
        mates = [one for one in self._reacher.questions(wanted) if self.kb.questions[one].screen == screen and self.kb.section_of[one]==section]
        position = mates.index(first)
        return tuple(mates[position:][: self.kb.settings.interview.screen_size])

    # What is still worth asking, most important first.

    def _tiers(self, reached: Reached, ends: dict[str, Prospect], lowest: Urgency, highest: Urgency) -> Iterator[_Tier]:
        """Groups of questions in the order in which they are asked."""
        flags = [
            (flag.red_flag, id_)
            for id_, flag in self.kb.red_flags.items()
            if not settled(reached.rule(id_).mask) and self._can_raise(id_, reached, lowest)
        ]
        for urgency in Urgency:
            of_level = [id_ for level, id_ in flags if level is urgency]
            for ids in ([id_ for id_ in of_level if reached.rule(id_).met], of_level):
                yield self._tier(ids, reached)
        open_ended = [id_ for id_, end in ends.items() if len(end.statuses) > 1]
        if lowest is not highest:
            open_ended += [
                id_ for id_, end in ends.items() if not settled(end.could_stay_open_likely) and id_ not in open_ended
            ]
        questions, rules = 0, []
        for id_ in open_ended:
            questions |= reached.considered(id_).asks
            rules += ends[id_].decisive
        tier = self._tier(rules, reached)
        yield _Tier(tier.questions | questions, tier.rules)

    def _tier(self, rules: list[str], reached: Reached) -> _Tier:
        questions = 0
        for id_ in rules:
            questions |= reached.rule(id_).asks
        return _Tier(questions, tuple(rules))

    def _can_raise(self, id_: str, reached: Reached, lowest: Urgency) -> bool:
        """Whether an open red flag can lift the urgency above what is already certain."""
        flag = self.kb.red_flags[id_]
        most = flag.red_flag if reached.rule(id_).mask & T else flag.unsure
        return most.level > lowest.level

    # How far the outcome can still move.

    def _prospect(self, condition: Condition, reached: Reached) -> Prospect:
        limits = self.kb.thresholds(condition)
        low = high = condition.prior.decibans
        # The ends of the upper limit of the final range, in which UNKNOWN evidence counts.
        range_low = range_high = condition.prior.decibans
        supported, could_favour, must_favour = F, False, False
        decisive: dict[str, int] = {}
        for group in self._groups[condition.id]:
            sure = maybe = not_false = could_count = 0
            favours = False
            masks = []
            for id_, weight in group:
                mask, favours, strength = reached.rule(id_).mask, weight > 0, abs(weight)
                masks.append((id_, mask, strength))
                if mask == T:
                    sure = max(sure, strength)
                if mask & T:
                    maybe = max(maybe, strength)
                if not mask & F:
                    not_false = max(not_false, strength)
                if mask != F:
                    could_count = max(could_count, strength)
                if favours:
                    supported = T if supported == T or mask == T else supported | (mask & T)
                    could_favour, must_favour = could_favour or mask != F, must_favour or not mask & F
            for id_, mask, strength in masks:
                if strength > sure and not settled(mask):
                    decisive[id_] = strength - sure
            if favours:
                low, high = low + sure, high + maybe
                range_low, range_high = range_low + not_false, range_high + could_count
            else:
                low, high = low - maybe, high - sure
                range_low, range_high = range_low - maybe, range_high - sure
        considered = reached.considered(condition.id).mask
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
        can = range_high >= limits.likely and bool(considered & (T | U)) and could_favour
        must = range_low >= limits.likely and not considered & F and must_favour
        return Prospect(low, high, frozenset(statuses), T if must else (T | F if can else F), decisive)

    def _urgency(self, reached: Reached, ends: dict[str, Prospect]) -> tuple[Urgency, Urgency]:
        """The least and the most urgent that the outcome can still become."""
        low = high = Urgency.SELF_CARE.level
        any_flag: Mask = F
        for id_, flag in self.kb.red_flags.items():
            mask = reached.rule(id_).mask
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

    def _self_care(self, any_flag: Mask, ends: dict[str, Prospect]) -> Mask:
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

    questions: Questions
    rules: tuple[str, ...]
