"""What the cases and the rules' own examples do not try: the gaps, each with answers from which a case can be begun.

Pure: it reads records and evaluates, and changes nothing. A case counts for every rule; an example only for the rule
whose example it is, because for no other rule does it say what should come out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.criteria import FactIs, ScoreIs, Truth, walk
from engine.english import english
from engine.evaluate import Values, scaled
from engine.finding import KnowledgeError
from engine.model.question import Question
from engine.model.rule import Rule
from engine.outcome import Outcome, conclude

Kind = Literal[
    "rule_true",
    "rule_false",
    "rule_unknown",
    "threshold",
    "finding",
    "red_flag",
    "condition",
    "section",
    "advice",
]

KIND_TEXTS: dict[Kind, str] = {
    "rule_true": "Rules seen true",
    "rule_false": "Rules seen false",
    "rule_unknown": "Rules seen unknown",
    "threshold": "Sides of thresholds tried",
    "finding": "Findings seen true",
    "red_flag": "Red flags true in a case",
    "condition": "Conditions named in a case",
    "section": "Guide sections shown in a case",
    "advice": "Advice shown in a case",
}
"""Each kind of goal, as the part of it that is reached is told."""

TENTH = 0.1
"""How near to a threshold a decimal answer has to lie, in the question's own unit."""


@dataclass(frozen=True)
class Gap:
    """One thing that no case and no example tries."""

    kind: Kind
    subject: str
    """The id of the rule, finding, condition or advice."""
    text: str
    """What is missing, in words."""
    answers: Mapping[str, JsonValue] = field(default_factory=dict)
    """Answers to begin the missing case with: the nearest example or case. Empty where there is none."""


@dataclass(frozen=True)
class Coverage:
    """How much of a knowledge base its cases and examples try."""

    goals: Mapping[Kind, int]
    """How many things of each kind there are to try."""
    gaps: tuple[Gap, ...]
    unread: tuple[str, ...]
    """Cases whose answers cannot be read, and which count for nothing."""

    def of(self, kind: Kind) -> tuple[Gap, ...]:
        """The gaps of one kind."""
        return tuple(gap for gap in self.gaps if gap.kind == kind)

    def reached(self, kind: Kind) -> int:
        """How many goals of a kind are reached."""
        return self.goals[kind] - len(self.of(kind))

    def percent(self, kind: Kind | None = None) -> int:
        """How much of one kind, or of everything, is reached, in whole percent rounded down; 100 where nothing is."""
        goals = self.goals[kind] if kind else sum(self.goals.values())
        gaps = len(self.of(kind)) if kind else len(self.gaps)
        return 100 * (goals - gaps) // goals if goals else 100


@dataclass(frozen=True)
class _Person:
    """One case or example, evaluated."""

    raw: Mapping[str, JsonValue]
    values: Values
    outcome: Outcome | None
    """For a case."""


def coverage(assessor: Assessor) -> Coverage:
    """What the cases and examples of a knowledge base try, and what they do not."""
    return _Measure(assessor).result()


class _Measure:
    """One measurement."""

    def __init__(self, assessor: Assessor) -> None:
        self.kb = assessor.kb
        self._evaluator = assessor.evaluator
        self._unread: list[str] = []
        self._cases: list[_Person] = []
        for id_, case in self.kb.told_cases.items():
            person = self._person(case.answers, whole=True)
            if person is None:
                self._unread.append(id_)
            else:
                self._cases.append(person)
        self._examples = {
            id_: [one for example in rule.examples if (one := self._person(example.answers, whole=False))]
            for id_, rule in self.kb.active.items()
        }
        self._goals: dict[Kind, int] = dict.fromkeys(KIND_TEXTS, 0)
        self._gaps: list[Gap] = []

    def _person(self, raw: Mapping[str, JsonValue], whole: bool) -> _Person | None:
        try:
            answers: Answers = read_answers(self.kb, dict(raw))
        except KnowledgeError:
            return None
        values = self._evaluator.evaluate(answers)
        return _Person(raw, values, conclude(self._evaluator, answers, values) if whole else None)

    def result(self) -> Coverage:
        """Everything, in the order of the kinds."""
        for id_, rule in self.kb.active.items():
            self._rule(id_)
            self._thresholds(id_, rule)
        self._findings()
        self._red_flags()
        self._conditions()
        order = list(KIND_TEXTS)
        self._gaps.sort(key=lambda gap: (order.index(gap.kind), gap.subject))
        return Coverage(self._goals, tuple(self._gaps), tuple(self._unread))

    def _goal(
        self, kind: Kind, subject: str, reached: bool, text: str, answers: Mapping[str, JsonValue] | None
    ) -> None:
        self._goals[kind] += 1
        if not reached:
            self._gaps.append(Gap(kind, subject, text, answers or {}))

    def _rule(self, id_: str) -> None:
        title = self.kb.active[id_].title
        seen = {person.values.rules[id_] for person in self._people(id_)}
        kinds: tuple[tuple[Kind, Truth], ...] = (
            ("rule_true", Truth.TRUE),
            ("rule_false", Truth.FALSE),
            ("rule_unknown", Truth.UNKNOWN),
        )
        for kind, truth in kinds:
            self._goal(kind, id_, truth in seen, f"{title}: never {truth.word}", self._nearest(id_, truth))

    def _people(self, rule: str) -> Iterator[_Person]:
        """Everybody who counts for a rule: its own examples, then the cases."""
        yield from self._examples[rule]
        yield from self._cases

    def _nearest(self, rule: str, truth: Truth) -> Mapping[str, JsonValue] | None:
        """The rule's example, else the case, in which its truth is nearest to the one wanted."""
        found = sorted(self._examples[rule], key=lambda one: abs(one.values.rules[rule] - truth))
        if found:
            return found[0].raw
        best = min(self._cases, key=lambda one: abs(one.values.rules[rule] - truth), default=None)
        return best.raw if best else None

    # Thresholds

    def _thresholds(self, id_: str, rule: Rule) -> None:
        done: set[tuple[str, float, bool]] = set()
        for _, part in walk(rule.when):
            if isinstance(part, FactIs) and isinstance(part.operand, int | float) and part.operator not in ("is", "in"):
                question = self.kb.questions[part.fact]
                key = (part.fact, float(part.operand), part.operator in ("gte", "lt"))
                if key not in done:
                    done.add(key)
                    self._threshold(id_, part, question, part.operand)
            elif isinstance(part, ScoreIs):
                self._score_threshold(id_, part)

    def _threshold(self, id_: str, part: FactIs, question: Question, limit: int | float) -> None:
        assert question.min is not None
        assert question.max is not None
        given = [
            value
            for person in self._people(id_)
            if isinstance(value := person.values.answers.get(question.id), int | float)
        ]
        first_above = part.operator in ("gte", "lt")  # whether the limit itself lies on the upper side
        if question.type == "integer":
            above = math.ceil(limit) if first_above else math.floor(limit) + 1
            sides = [(float(one), float(one), float(one)) for one in (above - 1, above)]
        else:
            below_exact = (limit - TENTH, limit - TENTH, limit) if first_above else (limit, limit - TENTH, limit)
            above_exact = (limit, limit, limit + TENTH) if first_above else (limit + TENTH, limit, limit + TENTH)
            sides = [below_exact, above_exact]
        start = self._nearest(id_, Truth.TRUE) or {}
        for at, (wanted, low, high) in enumerate(sides):
            if not question.min <= wanted <= question.max:
                continue  # nobody can answer that
            reached = any(
                low - 1e-9 <= value <= high + 1e-9
                and (question.type == "integer" or _upper(value, limit, first_above) == bool(at))
                for value in given
            )
            side = "first on the upper side" if at else "last on the lower side"
            text = (
                f"{self.kb.active[id_].title}: nobody has {question.name} {wanted:g} {question.unit}, "
                f"the {side} of “{english(part, self.kb)}”"
            )
            exact: JsonValue = int(wanted) if question.type == "integer" else round(wanted, 6)
            self._goal("threshold", id_, reached, text, {**start, question.id: exact})

    def _score_threshold(self, id_: str, part: ScoreIs) -> None:
        """The reachable score values on each side of the limit that lie nearest to it."""
        term = self.kb.terms[part.score]
        limit = scaled(part.operand, term.scale)
        first_above = part.operator in ("gte", "lt")
        given = {low for one in self._people(id_) for low, high in [one.values.scores[part.score]] if low == high}
        sums = _sums(
            self.kb.points(self.kb.active[rule]) for rule in self.kb.concluded_by.get(("score", part.score), ())
        )
        lower = [one for one in sums if not _upper(one, limit, first_above)]
        upper = [one for one in sums if _upper(one, limit, first_above)]
        for wanted, side in ((max(lower, default=None), "lower"), (min(upper, default=None), "upper")):
            if wanted is None:
                continue
            text = (
                f"{self.kb.active[id_].title}: nobody has {wanted / term.scale:g} points, nearest on the {side} side "
                f"of “{english(part, self.kb)}”"
            )
            start = self._nearest(id_, Truth.TRUE if side == "upper" else Truth.FALSE)
            self._goal("threshold", id_, wanted in given, text, start)

    # What is concluded

    def _findings(self) -> None:
        for name, rules in ((name, rules) for (kind, name), rules in self.kb.concluded_by.items() if kind == "finding"):
            people = [one for rule in rules for one in self._people(rule)]
            reached = any(person.values.findings[name] is Truth.TRUE for person in people)
            label = self.kb.terms[name].name if name in self.kb.terms else name
            self._goal("finding", name, reached, f"{label}: never true", self._nearest(rules[0], Truth.TRUE))

    def _red_flags(self) -> None:
        for id_ in self.kb.red_flags:
            reached = any(person.values.rules[id_] is Truth.TRUE for person in self._cases)
            text = f"{self.kb.active[id_].title}: true in no case"
            self._goal("red_flag", id_, reached, text, self._nearest(id_, Truth.TRUE))

    def _conditions(self) -> None:
        for id_, condition in self.kb.current_conditions.items():
            advices = [
                frozenset(person.outcome.advice)
                for person in self._cases
                if person.outcome and any(view.id == id_ for view in person.outcome.named)
            ]
            start = self._for_condition(id_)
            self._goal("condition", id_, bool(advices), f"{condition.name}: named in no case", start)
            for section in condition.guide.sections:
                blocks = {statement.advice for statement in section.statements}
                if None not in blocks:  # a section that only some people see
                    shown = any(blocks & given for given in advices)
                    text = f"{condition.name}, guide section “{section.title}”: shown in no case"
                    self._goal("section", id_, shown, text, self._for_advice(blocks) or start)
                else:
                    text = f"{condition.name}, guide section “{section.title}”: shown in no case"
                    self._goal("section", id_, bool(advices), text, start)
                for advice in sorted(one for one in blocks if one):
                    shown = any(advice in given for given in advices)
                    block = f"guide section “{section.title}”, advice “{advice.replace('_', ' ')}”"
                    text = f"{condition.name}, {block}: shown in no case"
                    self._goal("advice", advice, shown, text, self._for_advice({advice}) or start)

    def _for_condition(self, id_: str) -> Mapping[str, JsonValue] | None:
        """Answers that speak for a condition: an example of its strongest evidence, or of a flag that suspects it."""
        rules = sorted(
            (-one.weight, rule)
            for group in self.kb.evidence[id_].values()
            for rule, one in group.items()
            if one.weight > 0
        )
        names = [rule for _, rule in rules] or [
            rule for rule, flag in self.kb.red_flags.items() if id_ in flag.suspects
        ]
        return self._nearest(names[0], Truth.TRUE) if names else None

    def _for_advice(self, names: Iterable[str | None]) -> Mapping[str, JsonValue] | None:
        rules = [rule for name in names if name for rule in self.kb.advice_rules.get(name, ())]
        return self._nearest(rules[0], Truth.TRUE) if rules else None


def _upper(value: float, limit: float, first_above: bool) -> bool:
    """On which side of a threshold a value lies."""
    return value >= limit if first_above else value > limit


def _sums(points: Iterable[int]) -> set[int]:
    """Every sum that some of the points can make. Rules that exclude each other are not looked at."""
    sums = {0}
    for one in points:
        sums |= {total + one for total in sums}
    return sums
