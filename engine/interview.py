"""Which screen comes next, and when enough is known.

Emergencies first, half-met clusters to their end; then what can still change the urgency or the first cause, the
widest change first; then what can still change a status. What cannot matter is not asked. The interview stops at a
TRUE emergency, or when the urgency can no longer change and either first place and statuses are settled too or the
budget of screens is spent. The urgency after stopping is that of the full questionnaire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.answers import Answers
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from engine.prospect import Prospect, Prospects
from engine.reach import Questions, Reached, Reacher, T, settled

Stop = Literal["emergency", "settled", "budget"]


@dataclass(frozen=True)
class Screen:
    """What to ask next: the questions of one screen, and the rules for which it is asked."""

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
class _Tier:
    """Questions of equal importance, and for what they are asked."""

    questions: Questions
    flags: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    """Whose weight or `considered_when` hangs on the questions; the screen that moves these most comes first."""
    decides: bool = True
    """Whether urgency or first place hang on it."""


class Interview:
    """A knowledge base made ready to ask people."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._reacher = Reacher(kb)
        self._prospects = Prospects(kb, self._reacher)
        self._screens: dict[str, Questions] = {}
        for name, question in kb.questions.items():
            if question.screen:
                self._screens[question.screen] = self._screens.get(question.screen, 0) | self._reacher.bit(name)

    def next(self, answers: Answers, screens_shown: int = 0) -> Step:
        """The next screen, or the reason to stop, for the answers so far."""
        reached = self._reacher.reached(answers)
        prospects = self._prospects.of(reached)
        lowest, highest = self._prospects.urgency(reached, prospects)
        if any(
            flag.red_flag is Urgency.EMERGENCY and reached.rule(id_).mask == T
            for id_, flag in self.kb.red_flags.items()
        ):
            return Step(None, "emergency", lowest, highest)
        tiers = [tier for tier in self._tiers(reached, prospects, lowest, highest) if tier.questions]
        if not tiers:
            return Step(None, "settled", lowest, highest)
        if (
            lowest is highest
            and not any(tier.decides for tier in tiers)
            and screens_shown >= self.kb.settings.interview.question_budget
        ):
            return Step(None, "budget", lowest, highest)
        return Step(self._screen(tiers, reached, prospects), None, lowest, highest)

    # What is still worth asking, most important first.

    def _tiers(
        self, reached: Reached, prospects: dict[str, Prospect], lowest: Urgency, highest: Urgency
    ) -> Iterator[_Tier]:
        """Groups of questions in the order in which they are asked."""
        raising = [
            (flag.red_flag, id_)
            for id_, flag in self.kb.red_flags.items()
            if not settled(reached.rule(id_).mask) and self._can_raise(id_, reached, lowest)
        ]
        for urgency in Urgency:
            of_level = [id_ for level, id_ in raising if level is urgency]
            for ids in ([id_ for id_ in of_level if reached.rule(id_).met], of_level):
                yield _Tier(self._asks(ids, reached), tuple(ids))
        first, flags = self._prospects.first_place(reached, prospects)
        moving = [
            id_
            for id_, one in prospects.items()
            if id_ in first or (lowest is not highest and self._prospects.moves_urgency(id_, one, lowest))
        ]
        weighed = self._hangs(moving, prospects)
        yield _Tier(weighed | self._asks(flags, reached), tuple(flags), tuple(moving))
        open_ = [id_ for id_, one in prospects.items() if one.open]
        yield _Tier(self._hangs(open_, prospects), (), tuple(open_), decides=False)

    def _can_raise(self, id_: str, reached: Reached, lowest: Urgency) -> bool:
        """Whether an open red flag can lift the urgency above what is already certain.

        One that stays open lifts it to `routine` at least, whatever it counts as: self-care is not earned beside it.
        """
        flag = self.kb.red_flags[id_]
        most = flag.red_flag if reached.rule(id_).mask & T else flag.unsure
        return max(most.level, Urgency.ROUTINE.level) > lowest.level

    def _asks(self, rules: Iterable[str], reached: Reached) -> Questions:
        questions = 0
        for id_ in rules:
            questions |= reached.rule(id_).asks
        return questions

    def _hangs(self, conditions: Iterable[str], prospects: dict[str, Prospect]) -> Questions:
        questions = 0
        for id_ in conditions:
            questions |= prospects[id_].asks
        return questions

    # Which of it comes on the next screen.

    def _screen(self, tiers: list[_Tier], reached: Reached, prospects: dict[str, Prospect]) -> Screen:
        """The first tier's best screen: the one that can move its conditions most, else the first in order."""
        tier, *rest = tiers
        candidates: dict[Questions, int] = {}
        for name in self._reacher.questions(tier.questions):
            mates = self._mates(name)
            if mates not in candidates:
                candidates[mates] = self._gain(mates & tier.questions, tier, prospects)
        mates = max(candidates, key=candidates.__getitem__)  # of equals the first, which is the first in order
        chosen = self._cut(mates, [tier, *rest])
        return Screen(chosen, self._asked_for(tier, mates, reached, prospects))

    def _mates(self, name: str) -> Questions:
        """The questions that share a question's screen, itself among them."""
        screen = self.kb.questions[name].screen
        return self._screens[screen] if screen else self._reacher.bit(name)

    def _gain(self, questions: Questions, tier: _Tier, prospects: dict[str, Prospect]) -> int:
        """By how many decibans in all, over its conditions and their groups, some questions can change a tier."""
        return sum(
            decisive.gain_of(questions)
            for id_ in tier.conditions
            if prospects[id_].asks & questions
            for decisive in prospects[id_].decisive
            if decisive.asks & questions
        )

    def _cut(self, mates: Questions, tiers: list[_Tier]) -> tuple[str, ...]:
        """Those of one screen that matter: as many as fit, the most important tiers' first, in order."""
        chosen: Questions = 0
        room = self.kb.settings.interview.screen_size
        for tier in tiers:
            new = self._reacher.questions(tier.questions & mates & ~chosen)[:room]
            room -= len(new)
            chosen |= self._reacher.bits(new)
        return self._reacher.questions(chosen)

    def _asked_for(
        self, tier: _Tier, questions: Questions, reached: Reached, prospects: dict[str, Prospect]
    ) -> tuple[str, ...]:
        """The rules of the tier that hang on a screen, flags first, then the widest change of a weight."""
        flags = [id_ for id_ in tier.flags if reached.rule(id_).asks & questions]
        weighed = {
            rule: gain
            for id_ in tier.conditions
            for decisive in prospects[id_].decisive
            for rule, asks, gain in decisive.rules
            if asks & questions
        }
        return (*flags, *sorted(weighed, key=lambda rule: (-weighed[rule], rule)))
