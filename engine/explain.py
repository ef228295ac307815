"""Why an outcome is what it is, why it is not something else, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import assert_never

from engine.answers import Answers, Chosen, Value
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs, Truth
from engine.english import english, heading
from engine.evaluate import Evaluator, Values
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from engine.model.rule import Evidence, Urgency
from engine.outcome import Outcome, conclude, status_of, weigh
from engine.uses import Uses, uses


@dataclass(frozen=True)
class Line:
    """One part of a criterion with what it is for this person."""

    depth: int
    text: str
    truth: Truth
    question: str | None = None
    """For a comparison on an answer: the question."""


@dataclass(frozen=True)
class RuleTrace:
    """A rule with what each part of it is for this person."""

    rule: str
    title: str
    truth: Truth
    lines: tuple[Line, ...]
    sources: tuple[str, ...]


def trace(evaluator: Evaluator, values: Values, rule: str) -> RuleTrace:
    """One rule, each part of its criterion marked, followed down to the answers. `rule` is a rule in force."""
    record = evaluator.kb.active[rule]
    return RuleTrace(
        rule,
        record.title,
        values.rules[rule],
        tuple(_lines(evaluator, values, record.when, 0)),
        tuple(citation.source for citation in record.sources),
    )


def _lines(evaluator: Evaluator, values: Values, criterion: Criterion, depth: int) -> Iterator[Line]:
    kb = evaluator.kb
    truth = evaluator.test(criterion)(values)
    match criterion:
        case FactIs():
            yield Line(depth, english(criterion, kb), truth, criterion.fact)
        case FindingIs():
            yield Line(depth, english(criterion, kb), truth)
            for id_ in kb.concluded_by["finding", criterion.finding]:
                if truth is not Truth.TRUE or values.rules[id_] is Truth.TRUE:
                    yield from _lines(evaluator, values, kb.active[id_].when, depth + 1)
        case ScoreIs():
            low, high = values.scores[criterion.score]
            scale = kb.terms[criterion.score].scale
            has = f"{low / scale:g}" if low == high else f"{low / scale:g} to {high / scale:g}"
            yield Line(depth, f"{english(criterion, kb)} (it is {has})", truth)
            for id_ in kb.concluded_by["score", criterion.score]:
                rule = kb.active[id_]
                yield Line(depth + 1, f"{rule.title}", values.rules[id_])
        case All() | AnyOf() | AtLeast():
            yield Line(depth, heading(criterion), truth)
            for part in criterion.parts:
                yield from _lines(evaluator, values, part, depth + 1)
        case Not():
            yield Line(depth, "not:", truth)
            yield from _lines(evaluator, values, criterion.not_, depth + 1)
        case _:
            assert_never(criterion)


@dataclass(frozen=True)
class WhyNot:
    """Why a condition or a red flag is not part of the outcome."""

    id: str
    name: str
    text: str
    traces: tuple[RuleTrace, ...]


def why_not(evaluator: Evaluator, values: Values, target: str) -> WhyNot:
    """Why a condition is not named, or stands lower, or why a rule did not fire.

    `target` is the id of a condition or a rule in force; KeyError where it is neither.
    """
    kb = evaluator.kb
    if target in kb.active:
        truth = values.rules[target]
        text = {
            Truth.TRUE: "it did fire",
            Truth.FALSE: "the answers rule it out",
            Truth.UNKNOWN: "it is open: answers are missing",
        }[truth]
        return WhyNot(target, kb.active[target].title, text, (trace(evaluator, values, target),))
    condition = kb.current_conditions[target]
    weighed = weigh(condition, kb.evidence[target], values.rules)
    status = status_of(kb, condition, weighed, evaluator.considered(values)[target])
    limits = kb.thresholds(condition)
    if status == "excluded":
        assert condition.considered_when is not None
        text = f"it is only considered when {english(condition.considered_when, kb)}"
    elif not weighed.supported:
        text = "nothing that was answered speaks for it"
    else:
        text = (
            f"it is {status.replace('_', ' ')}: its weight is {weighed.weight}, and could be {weighed.low} to "
            f"{weighed.high}; likely from {limits.likely}, possible from {limits.possible}"
        )
    silent = [
        id_
        for group in kb.evidence[target].values()
        for id_, one in group.items()
        if (one.weight > 0) != (values.rules[id_] is Truth.TRUE)
    ]
    silent.sort(key=lambda id_: (-abs(_weight(kb, id_)), id_))
    return WhyNot(target, condition.name, text, tuple(trace(evaluator, values, id_) for id_ in silent))


def _weight(kb: KnowledgeBase, rule: str) -> int:
    then = kb.active[rule].then
    assert isinstance(then, Evidence)
    return then.weight


@dataclass(frozen=True)
class Change:
    """A smallest set of changed answers, and what the outcome becomes with it."""

    answers: tuple[tuple[str, Value], ...]
    urgency: Urgency
    first: str | None


def changes(
    evaluator: Evaluator,
    answers: Answers,
    outcome: Outcome,
    expired: Callable[[], bool],
    most: int = 5,
    sizes: tuple[int, ...] = (1, 2),
) -> tuple[Change, ...]:
    """The smallest sets of changed answers, of these sizes, that change the urgency or the first condition.

    Searched over the answered questions (those answered "not sure" included) on which red flags and named conditions
    depend, until `expired()` is true. The sizes are searched in order; where one is enough the next is not looked at.
    Nothing found means only that nothing was found in that time.
    """
    kb = evaluator.kb
    before = outcome.urgency, outcome.named[0].id if outcome.named else None
    used = Uses()
    for id_ in [*kb.red_flags, *_evidence_of(kb, outcome)]:
        used |= uses(kb.active[id_].when)
    names = {name for kind, name in kb.cone(used) if kind == "question"}
    facts = [name for name in kb.questions if name in names and answers.answered(name)]
    options = {name: alternatives(kb, kb.questions[name], answers.values.get(name)) for name in facts}
    for size in sizes:
        found: list[Change] = []
        for chosen in combinations(facts, size):
            for values in product(*(options[name] for name in chosen)):
                if expired():
                    return _best(found, before[0], most)
                changed = answers
                for name, value in zip(chosen, values, strict=True):
                    changed = changed.with_answer(name, value)
                after = _headline(evaluator, changed)
                if after not in (None, before):
                    found.append(Change(tuple(zip(chosen, values, strict=True)), *after))
        if found:
            return _best(found, before[0], most)
    return ()


def _evidence_of(kb: KnowledgeBase, outcome: Outcome) -> list[str]:
    return [id_ for view in outcome.named for group in kb.evidence[view.id].values() for id_ in group]


def _best(found: list[Change], urgency: Urgency, most: int) -> tuple[Change, ...]:
    """Those that change the urgency first, one for each question and result."""
    seen: dict[object, Change] = {}
    for change in sorted(found, key=lambda one: (one.urgency is urgency, -one.urgency.level)):
        key = tuple(name for name, _ in change.answers), change.urgency, change.first
        seen.setdefault(key, change)
    return tuple(seen.values())[:most]


def _headline(evaluator: Evaluator, answers: Answers) -> tuple[Urgency, str | None] | None:
    """Urgency and first condition, or None where such answers cannot occur."""
    outcome = conclude(evaluator, answers, evaluator.evaluate(answers))
    if outcome.corrections:
        return None
    return outcome.urgency, outcome.named[0].id if outcome.named else None


def alternatives(kb: KnowledgeBase, question: Question, given: Value | None) -> list[Value]:
    """The other answers to a question that could matter: each option, each side of each threshold.

    `given` is the answer so far, None for "not sure" or nothing; the nearest numbers come first.
    """
    match question.type:
        case "boolean":
            return [value for value in (True, False) if value is not given]
        case "choice":
            return [option.id for option in kb.options(question) if option.id != given]
        case "choices":
            chosen = given if isinstance(given, Chosen) else Chosen()
            used = kb.compared.get(question.id, frozenset())
            return [
                Chosen(chosen.yes ^ {option.id}, chosen.unsure - {option.id})
                for option in kb.options(question)
                if option.id in used
            ]
        case "integer" | "decimal":
            assert question.min is not None
            assert question.max is not None
            limits = {one for one in kb.compared.get(question.id, frozenset()) if isinstance(one, int | float)}
            step = 1 if question.type == "integer" else 0.1
            values = {side for limit in limits for side in (limit - step, limit, limit + step)}
            near = given if isinstance(given, int | float) else 0
            low, high = question.min, question.max
            inside: list[int | float] = [value for value in values if low <= value <= high and value != given]
            return [*sorted(inside, key=lambda value: (abs(value - near), value))]
        case _:
            assert_never(question.type)
