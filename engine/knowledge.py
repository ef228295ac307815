"""A knowledge base in memory: its records by id, and what follows from them (order, groups, options)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from engine.criteria import Criterion, FactIs, FindingIs, Scalar, ScoreIs, walk
from engine.finding import Finding, KnowledgeError
from engine.model.case import Case, Safety, Source
from engine.model.condition import Condition, Exercise, Thresholds
from engine.model.locale import Locale
from engine.model.question import BodyMap, Constraint, Option, Question, Section
from engine.model.reading import NO_NOTES, ReadingNotes
from engine.model.review import EMPTY_ROSTER, Roster
from engine.model.rule import Advice, Derived, Evidence, Points, RedFlag, Rule, Term
from engine.model.settings import Settings
from engine.sentences import SENTENCES
from engine.uses import Uses, uses

NodeKind = Literal["question", "finding", "score"]
Node = tuple[NodeKind, str]
"""Something that a criterion can name."""


@dataclass(frozen=True)
class KnowledgeBase:
    """Every record of a knowledge base by id. Nothing in it changes once it is made."""

    settings: Settings
    body: BodyMap
    sections: tuple[Section, ...]
    rules: Mapping[str, Rule]
    terms: Mapping[str, Term]
    conditions: Mapping[str, Condition]
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    exercises: Mapping[str, Exercise] = field(default_factory=dict)
    cases: Mapping[str, Case] = field(default_factory=dict)
    safety: Mapping[str, Safety] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    locales: Mapping[str, Locale] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=lambda: SENTENCES)
    """What is said around its texts, by name."""
    reading: ReadingNotes = NO_NOTES
    roster: Roster = EMPTY_ROSTER
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    paths: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(kind, id) to the file that holds the record."""

    @property
    def language(self) -> str:
        """The language that its records are written in: the first that its settings list."""
        return self.settings.languages[0]

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by id, in the order in which sections and questions are asked."""
        return {question.id: question for section in self.sections for question in section.questions}

    @cached_property
    def section_of(self) -> dict[str, Section]:
        """The section that each question stands in."""
        return {question.id: section for section in self.sections for question in section.questions}

    @cached_property
    def _body_options(self) -> tuple[Option, ...]:
        return tuple(Option(id=part.id, text=part.name) for region in self.body.regions for part in region.parts)

    def options(self, question: Question) -> tuple[Option, ...]:
        """The options of a question, wherever they come from."""
        return self._body_options if question.options_from == "body" else question.options

    @cached_property
    def active(self) -> dict[str, Rule]:
        """The rules in force, by id, in the order of their ids."""
        return {id_: rule for id_, rule in sorted(self.rules.items()) if rule.retired is None}

    @cached_property
    def current_conditions(self) -> dict[str, Condition]:
        """The conditions in force, by id."""
        return {id_: one for id_, one in sorted(self.conditions.items()) if one.retired is None}

    @cached_property
    def told_cases(self) -> dict[str, Case]:
        """The cases of which a clinician has said what should happen, by id."""
        return {id_: case for id_, case in sorted(self.cases.items()) if case.awaiting is None}

    @cached_property
    def red_flags(self) -> dict[str, RedFlag]:
        """The red flags in force, by rule id."""
        return {id_: rule.then for id_, rule in self.active.items() if isinstance(rule.then, RedFlag)}

    @cached_property
    def evidence(self) -> dict[str, dict[str, dict[str, Evidence]]]:
        """Condition, group, rule id to evidence."""
        result: dict[str, dict[str, dict[str, Evidence]]] = {id_: {} for id_ in self.current_conditions}
        for id_, rule in self.active.items():
            if isinstance(rule.then, Evidence) and rule.then.condition in result:
                result[rule.then.condition].setdefault(rule.then.group, {})[id_] = rule.then
        return result

    @cached_property
    def advice_rules(self) -> dict[str, list[str]]:
        """Advice to the rules that give it."""
        result: dict[str, list[str]] = {}
        for id_, rule in self.active.items():
            if isinstance(rule.then, Advice):
                result.setdefault(rule.then.advice, []).append(id_)
        return result

    @cached_property
    def concluded_by(self) -> dict[Node, tuple[str, ...]]:
        """A finding or a score to the ids of the rules that conclude it."""
        result: dict[Node, tuple[str, ...]] = {}
        for id_, rule in self.active.items():
            node: Node | None = None
            if isinstance(rule.then, Derived):
                node = ("finding", rule.then.finding)
            elif isinstance(rule.then, Points):
                node = ("score", rule.then.score)
            if node:
                result[node] = (*result.get(node, ()), id_)
        return result

    def thresholds(self, condition: Condition) -> Thresholds:
        """A condition's own thresholds, or the knowledge base's."""
        return condition.thresholds or self.settings.thresholds

    def points(self, rule: Rule) -> int:
        """A point rule's points as a whole number of 1/scale."""
        assert isinstance(rule.then, Points)
        term = self.terms.get(rule.then.score)
        return round(rule.then.points * (term.scale if term else 1))

    @cached_property
    def needs(self) -> dict[Node, frozenset[Node]]:
        """What each question's gate, finding and score reads directly."""
        result: dict[Node, frozenset[Node]] = {}
        for id_, question in self.questions.items():
            result["question", id_] = nodes(uses(question.ask_when)) if question.ask_when else frozenset()
        for node, rules in self.concluded_by.items():
            total = Uses()
            for id_ in rules:
                total |= uses(self.active[id_].when)
            result[node] = nodes(total)
        return result

    @cached_property
    def order(self) -> tuple[Node, ...]:
        """Questions, findings and scores, each after everything that it reads.

        Raises KnowledgeError LG004 where that is impossible, naming the members of the cycle in order.
        """
        sorter = TopologicalSorter({node: sorted(below) for node, below in sorted(self.needs.items())})
        try:
            return tuple(sorter.static_order())
        except CycleError as error:
            raise KnowledgeError([self._cycle(list(error.args[1]))]) from None

    def _cycle(self, members: list[Node]) -> Finding:
        chain = " → ".join(f"`{name}`" for _, name in reversed(members))
        kind, name = members[-1]
        rules = self.concluded_by.get((kind, name), ())
        path = (
            self.paths.get(("rule", rules[0]), "")
            if rules
            else self.paths.get(("section", self.section_of[name].id), "")
        )
        return Finding(
            path,
            1,
            "",
            "LG004",
            "logic.cycle",
            f"`{name}` depends on itself: {chain}",
            "remove one of these references",
        )

    def criteria(self) -> Iterator[tuple[str, str, tuple[str | int, ...], Criterion]]:
        """Every criterion: kind and id of its record, the pointer's steps to it, and the criterion."""
        for section in self.sections:
            for at, question in enumerate(section.questions):
                if question.ask_when:
                    yield "section", section.id, ("questions", at, "ask_when"), question.ask_when
        for id_, rule in sorted(self.rules.items()):
            yield "rule", id_, ("when",), rule.when
        for id_, condition in sorted(self.conditions.items()):
            if condition.considered_when:
                yield "condition", id_, ("considered_when",), condition.considered_when
        for id_, constraint in sorted(self.constraints.items()):
            yield "constraint", id_, ("never",), constraint.never
        for id_, safety in sorted(self.safety.items()):
            for steps, part in safety.parts():
                if isinstance(part, FactIs | FindingIs | ScoreIs):
                    yield "safety", id_, steps, part

    @cached_property
    def compared(self) -> dict[str, frozenset[Scalar]]:
        """What each question's answer is compared with, anywhere: its thresholds and options that matter."""
        result: dict[str, frozenset[Scalar]] = {}
        for _, _, _, criterion in self.criteria():
            for _, part in walk(criterion):
                if isinstance(part, FactIs):
                    operands = part.operand if isinstance(part.operand, tuple) else (part.operand,)
                    result[part.fact] = result.get(part.fact, frozenset()) | set(operands)
        return result

    def cone(self, start: Uses) -> frozenset[Node]:
        """Everything that a criterion depends on, through findings, scores and gates."""
        waiting, seen = set(nodes(start)), set[Node]()
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting |= self.needs.get(node, frozenset())
        return frozenset(seen)


def nodes(used: Uses) -> frozenset[Node]:
    """The names that a criterion uses, as nodes."""
    return frozenset(
        [("question", name) for name in used.facts]
        + [("finding", name) for name in used.findings]
        + [("score", name) for name in used.scores]
    )
