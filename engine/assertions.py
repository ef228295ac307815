"""Assertions of safety properties, for one person and in English: two folds over their forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from engine.criteria import FactIs, FindingIs, ScoreIs, Truth
from engine.english import LEVEL_NAMES, english
from engine.evaluate import Evaluator, Values
from engine.knowledge import KnowledgeBase
from engine.model.assertion import (
    Advised,
    AllHold,
    AnyHolds,
    Assertion,
    AtLeastHold,
    FlagIsOpen,
    FlagIsTrue,
    Named,
    NamedFirst,
    NoCause,
    NotHolds,
    UrgencyAtLeast,
    UrgencyAtMost,
)
from engine.model.case import Safety
from engine.outcome import Outcome


@dataclass(frozen=True)
class Told:
    """One person: what is true of them, and what they are told."""

    evaluator: Evaluator
    values: Values
    outcome: Outcome


def truth_of(assertion: Assertion, told: Told) -> Truth:
    """What an assertion is for one person."""
    outcome = told.outcome
    match assertion:
        case FactIs() | FindingIs() | ScoreIs():
            return told.evaluator.test(assertion)(told.values)
        case AllHold():
            return min(truth_of(part, told) for part in assertion.all)
        case AnyHolds():
            return max(truth_of(part, told) for part in assertion.any)
        case NotHolds():
            return truth_of(assertion.not_, told).negate()
        case AtLeastHold():
            truths = sorted((truth_of(part, told) for part in assertion.of), reverse=True)
            return truths[assertion.at_least - 1]
        case UrgencyAtLeast():
            return _truth(outcome.urgency.level >= assertion.urgency_at_least.level)
        case UrgencyAtMost():
            return _truth(outcome.urgency.level <= assertion.urgency_at_most.level)
        case FlagIsTrue():
            return _truth(told.values.rules[assertion.flag] is Truth.TRUE)
        case FlagIsOpen():
            return _truth(told.values.rules[assertion.open_flag] is Truth.UNKNOWN)
        case Named():
            return _truth(any(view.id == assertion.named for view in outcome.named))
        case NamedFirst():
            return _truth(outcome.named[:1] != () and outcome.named[0].id == assertion.first)
        case Advised():
            return _truth(assertion.advice in outcome.advice)
        case NoCause():
            return _truth(not outcome.named)
        case _:
            assert_never(assertion)


def _truth(holds: bool) -> Truth:
    return Truth.TRUE if holds else Truth.FALSE


def property_in_english(safety: Safety, kb: KnowledgeBase) -> str:
    """A safety property as one sentence."""
    if safety.always is not None:
        return f"For everybody: {assertion_in_english(safety.always, kb)}."
    if safety.never is not None:
        return f"For nobody: {assertion_in_english(safety.never, kb)}."
    assert safety.whenever is not None
    assert safety.then is not None
    return f"Whenever {assertion_in_english(safety.whenever, kb)}: {assertion_in_english(safety.then, kb)}."


def assertion_in_english(assertion: Assertion, kb: KnowledgeBase, inside: bool = False) -> str:
    """An assertion as one phrase."""
    match assertion:
        case FactIs() | FindingIs() | ScoreIs():
            return english(assertion, kb)
        case AllHold() | AnyHolds():
            word = " and " if isinstance(assertion, AllHold) else " or "
            text = word.join(assertion_in_english(part, kb, inside=True) for part in assertion.parts)
            return f"({text})" if inside and len(assertion.parts) > 1 else text
        case NotHolds():
            return f"not ({assertion_in_english(assertion.not_, kb)})"
        case AtLeastHold():
            parts = "; ".join(assertion_in_english(part, kb, inside=True) for part in assertion.of)
            return f"at least {assertion.at_least} of {len(assertion.of)}: [{parts}]"
        case UrgencyAtLeast():
            return f"the urgency is at least {LEVEL_NAMES[assertion.urgency_at_least]}"
        case UrgencyAtMost():
            return f"the urgency is at most {LEVEL_NAMES[assertion.urgency_at_most]}"
        case FlagIsTrue():
            return f"the red flag “{_rule(kb, assertion.flag)}” is raised"
        case FlagIsOpen():
            return f"the red flag “{_rule(kb, assertion.open_flag)}” is not settled"
        case Named():
            return f"{_condition(kb, assertion.named)} is named"
        case NamedFirst():
            return f"{_condition(kb, assertion.first)} stands first"
        case Advised():
            return f"the advice “{assertion.advice.replace('_', ' ')}” is given"
        case NoCause():
            return "no cause is named"
        case _:
            assert_never(assertion)


def _rule(kb: KnowledgeBase, id_: str) -> str:
    return kb.rules[id_].title if id_ in kb.rules else id_


def _condition(kb: KnowledgeBase, id_: str) -> str:
    return kb.conditions[id_].name if id_ in kb.conditions else id_
