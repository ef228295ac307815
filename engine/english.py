"""Criteria and conclusions in plain English, as a clinician reads them."""

from __future__ import annotations

from typing import assert_never

from engine.answers import Chosen, Value
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, Operator, ScoreIs
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from engine.model.rule import Advice, Conclusion, Derived, Evidence, LikelihoodRatio, Points, RedFlag, Urgency

WORDS: dict[Operator, str] = {
    "gte": "at least",
    "gt": "more than",
    "lte": "at most",
    "lt": "less than",
    "is": "is",
    "in": "is one of",
    "includes": "includes",
}

LEVEL_NAMES: dict[Urgency, str] = {
    Urgency.EMERGENCY: "emergency (now)",
    Urgency.URGENT: "urgent (same day)",
    Urgency.SOON: "soon (days to two weeks)",
    Urgency.ROUTINE: "routine",
    Urgency.SELF_CARE: "self-care",
}


def english(criterion: Criterion, kb: KnowledgeBase) -> str:
    """A criterion as one phrase."""
    return _phrase(criterion, kb, inside=False)


def _phrase(criterion: Criterion, kb: KnowledgeBase, inside: bool) -> str:
    match criterion:
        case FactIs():
            return _fact(criterion, kb)
        case FindingIs():
            return _term_name(kb, criterion.finding)
        case ScoreIs():
            return f"{_term_name(kb, criterion.score)} score {WORDS[criterion.operator]} {_plain(criterion.operand)}"
        case All():
            return _group([_phrase(part, kb, True) for part in criterion.all], " and ", inside)
        case AnyOf():
            return _group([_phrase(part, kb, True) for part in criterion.any], " or ", inside)
        case AtLeast():
            parts = "; ".join(_phrase(part, kb, True) for part in criterion.of)
            return f"at least {criterion.at_least} of {len(criterion.of)}: [{parts}]"
        case Not():
            return f"not ({_phrase(criterion.not_, kb, False)})"
        case _:
            assert_never(criterion)


def _group(parts: list[str], word: str, inside: bool) -> str:
    text = word.join(parts)
    return f"({text})" if inside and len(parts) > 1 else text


def lines(criterion: Criterion, kb: KnowledgeBase, depth: int = 0) -> list[str]:
    """A criterion as an indented list, one comparison a line: for criteria that are too long for one phrase."""
    indent = "  " * depth
    match criterion:
        case FactIs() | FindingIs() | ScoreIs():
            return [indent + english(criterion, kb)]
        case All() | AnyOf() | AtLeast():
            below = (line for part in criterion.parts for line in lines(part, kb, depth + 1))
            return [indent + heading(criterion), *below]
        case Not():
            return [f"{indent}not:", *lines(criterion.not_, kb, depth + 1)]
        case _:
            assert_never(criterion)


def heading(group: All | AnyOf | AtLeast) -> str:
    """The line that stands above the parts of a group."""
    match group:
        case All():
            return "all of:"
        case AnyOf():
            return "any of:"
        case AtLeast():
            return f"at least {group.at_least} of these {len(group.of)}:"
        case _:
            assert_never(group)


def _term_name(kb: KnowledgeBase, name: str) -> str:
    return kb.terms[name].name if name in kb.terms else name


def _fact(criterion: FactIs, kb: KnowledgeBase) -> str:
    question = kb.questions.get(criterion.fact)
    if question is None:
        return f"{criterion.fact} {WORDS[criterion.operator]} {criterion.operand}"
    operand = criterion.operand
    if question.type == "boolean" and isinstance(operand, bool):
        return f"{question.name}: {'yes' if operand else 'no'}"
    if criterion.operator in ("is", "includes"):
        return f"{question.name}: {_option(kb, question, operand)}"
    if isinstance(operand, tuple):
        return f"{question.name}: " + " or ".join(_option(kb, question, one) for one in operand)
    return f"{question.name} {WORDS[criterion.operator]} {_plain(operand)} {question.unit or ''}".rstrip()


def _option(kb: KnowledgeBase, question: Question, value: object) -> str:
    option = next((one for one in kb.options(question) if one.id == value), None)
    if option:
        return option.name or option.text
    return f"{_plain(value)} {question.unit}" if question.unit else _plain(value)


def _plain(value: object) -> str:
    """A value as every evaluator writes it, whether its author wrote 38 or 38.0."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def answer(kb: KnowledgeBase, question: Question, value: Value | None) -> str:
    """An answer in words; None is "not sure"."""
    if value is None:
        return "not sure"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Chosen):
        parts = [_option(kb, question, one) for one in sorted(value.yes)]
        parts += [f"{_option(kb, question, one)} (not sure)" for one in sorted(value.unsure)]
        return "; ".join(parts) if parts else "none of these"
    return _option(kb, question, value)


def conclusion(then: Conclusion, kb: KnowledgeBase) -> str:
    """What a rule concludes, as one phrase."""
    match then:
        case Derived():
            return f"finding: {_term_name(kb, then.finding)}"
        case Points():
            return f"{then.points:+g} points for the {_term_name(kb, then.score)} score"
        case RedFlag():
            names = ", ".join(_condition_name(kb, name) for name in then.suspects)
            out = f"rule out {names}" if names else "no one cause to rule out"
            return f"red flag, {LEVEL_NAMES[then.red_flag]}: {out}; while unsure: {LEVEL_NAMES[then.unsure]}"
        case Evidence():
            word = "for" if then.weight > 0 else "against"
            name = _condition_name(kb, then.condition)
            return f"evidence {word} {name}: {then.weight:+d} decibans ({_basis(then.basis)})"
        case Advice():
            return f"advice in guides: {then.advice}"
        case _:
            assert_never(then)


def _condition_name(kb: KnowledgeBase, name: str) -> str:
    return kb.conditions[name].name if name in kb.conditions else name


def _basis(basis: LikelihoodRatio | None) -> str:
    if basis is None:
        return "judgement"
    interval = f", 95 % interval {basis.interval[0]:g} to {basis.interval[1]:g}" if basis.interval else ""
    return f"likelihood ratio {basis.likelihood_ratio:g}{interval}, {basis.source.source}"
