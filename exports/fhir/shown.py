"""For whom a question is shown, as FHIR's `enableWhen` says it: one level of "all of" or "any of", nothing inside.

A question makes sense unless its `ask_when` is FALSE; so each comparison has to let "not sure" through. Where FHIR
cannot say a gate exactly, what is said instead shows the question to more people, never to fewer: an answer that does
not apply is set aside when the response is assessed, and an answer that was never asked for cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, Operator, Scalar, ScoreIs
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from exports.fhir import coding
from exports.fhir.coding import Json


@dataclass(frozen=True)
class Shown:
    """When an item is shown: FHIR's conditions, and what they cannot say."""

    when: tuple[Json, ...] = ()
    """`enableWhen`; empty: shown to everybody."""
    behavior: Literal["all", "any"] | None = None
    """`enableBehavior`; None where there are less than two conditions."""
    cannot: str | None = None
    """Why it is shown to more people than the question is for; None: to exactly those."""


@dataclass(frozen=True)
class _Is:
    """A comparison that FHIR knows, as the ways in which it can be said."""

    any_of: tuple[Json, ...]
    """Conditions of which one holds unless the comparison is FALSE."""
    all_of: tuple[Json, ...] | None = None
    """Conditions that all hold unless the comparison is FALSE; None where it cannot be said so."""


@dataclass(frozen=True)
class _CannotSay:
    why: str


@dataclass(frozen=True)
class _Group:
    behavior: Literal["all", "any"]
    parts: tuple[_Part, ...]


_Part = _Is | _CannotSay | _Group

_OPERATORS: dict[Operator, str] = {"is": "=", "gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
_OPPOSITE = {"=": "!=", ">=": "<", ">": "<=", "<=": ">", "<": ">="}


def shown(kb: KnowledgeBase, criterion: Criterion | None) -> Shown:
    """When a question with this `ask_when` is shown; None: to everybody."""
    if criterion is None:
        return Shown()
    part = _part(kb, criterion, negated=False)
    for behavior in ("any", "all"):
        said = _flat(part, behavior)
        if said is not None:
            return _shown(said, behavior, None)
    why = _reason(part)
    if isinstance(part, _Group) and part.behavior == "all":
        # Each part alone lets everybody through whom the whole lets through.
        # A single part is said with "=": renderers differ in what "!=" means where nothing is answered.
        fitting = [one for one in part.parts if _flat(one, "all") is not None]
        if len(fitting) > 1:
            return _shown(tuple(when for one in fitting for when in _flat(one, "all") or ()), "all", why)
        for one in [*fitting, *part.parts]:
            said = _flat(one, "any")
            if said is not None:
                return _shown(said, "any", why)
    return Shown(cannot=why)


def _shown(said: tuple[Json, ...], behavior: Literal["all", "any"], cannot: str | None) -> Shown:
    return Shown(said, behavior if len(said) > 1 else None, cannot)


def _flat(part: _Part, behavior: Literal["all", "any"]) -> tuple[Json, ...] | None:
    """A part as conditions that are joined by one word, or None."""
    match part:
        case _Is():
            return part.any_of if behavior == "any" else part.all_of
        case _CannotSay():
            return None
        case _Group():
            if part.behavior != behavior and len(part.parts) > 1:
                return None
            flat = [_flat(one, behavior) for one in part.parts]
            if any(one is None for one in flat):
                return None
            return tuple(condition for one in flat if one is not None for condition in one)
        case _:
            assert_never(part)


def _reason(part: _Part) -> str:
    match part:
        case _CannotSay():
            return part.why
        case _Group():
            reasons = [_reason(one) for one in part.parts if not isinstance(one, _Is)]
            return next(iter(reasons), "conditions inside conditions")
        case _Is():
            return "conditions inside conditions"
        case _:
            assert_never(part)


def _part(kb: KnowledgeBase, criterion: Criterion, negated: bool) -> _Part:
    """A criterion with every `not` carried down to the comparisons."""
    match criterion:
        case FactIs():
            return _fact(kb, criterion, negated)
        case FindingIs():
            return _CannotSay(f"the finding `{criterion.finding}`, which rules derive")
        case ScoreIs():
            return _CannotSay(f"the score `{criterion.score}`, which rules add up")
        case Not():
            return _part(kb, criterion.not_, not negated)
        case All() | AnyOf() | AtLeast():
            parts = tuple(_part(kb, one, negated) for one in criterion.parts)
            match criterion:
                case All():
                    needed = len(parts)
                case AnyOf():
                    needed = 1
                case AtLeast():
                    needed = criterion.at_least
            if negated:  # fewer than k hold: at least n - k + 1 do not
                needed = len(parts) - needed + 1
            if needed == len(parts):
                return _Group("all", parts)
            return _Group("any", parts) if needed == 1 else _CannotSay(f"at least {needed} of {len(parts)}")
        case _:
            assert_never(criterion)


def _fact(kb: KnowledgeBase, criterion: FactIs, negated: bool) -> _Part:
    question = kb.questions[criterion.fact]
    if negated and question.ask_when is not None:
        return _CannotSay(f"not a comparison on `{question.id}`, which not everybody is asked")
    operand, operator = criterion.operand, criterion.operator
    wanted = operand if isinstance(operand, tuple) else (operand,)
    match question.type:
        case "boolean":
            return _chosen(kb, question, [one for one in (True, False) if (one in wanted) != negated])
        case "choice":
            ids = [option.id for option in kb.options(question)]
            return _chosen(kb, question, [one for one in ids if (one in wanted) != negated])
        case "choices" if negated:
            return _CannotSay(f"that something in `{question.id}` is not ticked")
        case "choices":
            return _Is((_equals(kb, question, "=", wanted[0]), _unsure(kb, question)))
        case "integer" | "decimal":
            said = [_OPERATORS["is" if operator == "in" else operator]] * len(wanted)
            conditions = tuple(
                _condition(question.id, _OPPOSITE[sign] if negated else sign, question.type, value)
                for sign, value in zip(said, wanted, strict=True)
            )
            if negated and len(conditions) > 1:  # none of several numbers: all of the opposites
                return _CannotSay(f"none of several numbers in `{question.id}`")
            return _Is((*conditions, _unsure(kb, question)))
        case _:
            assert_never(question.type)


def _chosen(kb: KnowledgeBase, question: Question, allowed: list[bool] | list[str]) -> _Part:
    """One of some answers, or "not sure": as "one of these" or as "none of the others"."""
    every: list[bool] | list[str] = (
        [True, False] if question.type == "boolean" else [option.id for option in kb.options(question)]
    )
    others = [one for one in every if one not in allowed]
    return _Is(
        (*(_equals(kb, question, "=", one) for one in allowed), _unsure(kb, question)),
        tuple(_equals(kb, question, "!=", one) for one in others),
    )


def _equals(kb: KnowledgeBase, question: Question, sign: str, value: Scalar) -> Json:
    if isinstance(value, bool):
        answer = coding.yes_no(value)
    else:
        option = next(one for one in kb.options(question) if one.id == value)
        answer = coding.option_coding(kb.settings.id, question.id, option)
    return {"question": question.id, "operator": sign, "answerCoding": answer}


def _unsure(kb: KnowledgeBase, question: Question) -> Json:
    """The condition that a person is not sure of the answer."""
    link = coding.unsure_id(question.id) if question.type in ("integer", "decimal") else question.id
    return {"question": link, "operator": "=", "answerCoding": coding.not_sure(kb.settings.id, question.id)}


def _condition(link: str, sign: str, kind: Literal["integer", "decimal"], value: Scalar) -> Json:
    whole = kind == "integer" and float(value) == int(value)
    key = "answerInteger" if whole else "answerDecimal"
    return {"question": link, "operator": sign, key: int(value) if whole else value}
