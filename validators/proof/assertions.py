"""The assertions of safety properties in the circuit: one more fold over their forms."""

from __future__ import annotations

from typing import assert_never

from engine.criteria import FactIs, FindingIs, ScoreIs
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
from engine.model.rule import LEVELS, Urgency
from validators.proof.circuit import FALSE, TRUE, Lit
from validators.proof.domain import Two
from validators.proof.encode import Encoded
from validators.proof.numbers import count_at_least


def assertion(one: Assertion, encoded: Encoded) -> Two:
    """What an assertion is, for every person."""
    circuit = encoded.circuit
    match one:
        case FactIs() | FindingIs() | ScoreIs():
            return encoded.criterion(one)
        case AllHold():
            parts = [assertion(part, encoded) for part in one.all]
            return Two(circuit.all(part.true for part in parts), circuit.any(part.false for part in parts))
        case AnyHolds():
            parts = [assertion(part, encoded) for part in one.any]
            return Two(circuit.any(part.true for part in parts), circuit.all(part.false for part in parts))
        case NotHolds():
            return assertion(one.not_, encoded).negate()
        case AtLeastHold():
            parts = [assertion(part, encoded) for part in one.of]
            sure = count_at_least(circuit, [part.true for part in parts], one.at_least)
            hoped = count_at_least(circuit, [-part.false for part in parts], one.at_least)
            return Two(sure, -hoped)
        case UrgencyAtLeast():
            return _certain(encoded.urgency[one.urgency_at_least])
        case UrgencyAtMost():
            level = one.urgency_at_most
            return _certain(TRUE if level is Urgency.EMERGENCY else -encoded.urgency[LEVELS[level.level + 1]])
        case FlagIsTrue():
            return _certain(encoded.rules[one.flag].true)
        case FlagIsOpen():
            return _certain(encoded.unknown(encoded.rules[one.open_flag]))
        case Named():
            return _certain(encoded.named(one.named))
        case NamedFirst():
            return _certain(encoded.first[one.first])
        case Advised():
            return _certain(encoded.advice.get(one.advice, FALSE))
        case NoCause():
            return _certain(encoded.no_cause)
        case _:
            assert_never(one)


def _certain(lit: Lit) -> Two:
    return Two(lit, -lit)


def broken(safety: Safety, encoded: Encoded) -> list[Lit]:
    """What holds of a person for whom a safety property fails."""
    if safety.always is not None:
        return [-assertion(safety.always, encoded).true]
    if safety.never is not None:
        return [assertion(safety.never, encoded).true]
    assert safety.whenever is not None
    assert safety.then is not None
    return [assertion(safety.whenever, encoded).true, -assertion(safety.then, encoded).true]
