"""Which answers a form would not have asked for: those that do not apply, and those whose reason was not answered.

A response leaves out the first. The rules count the second, since a question makes sense until its gate is FALSE; but
the form hides it until then, and HL7's validator refuses answers to what is hidden.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

from engine.answers import Answers
from engine.knowledge import KnowledgeBase
from engine.uses import uses
from exports.fhir import coding
from exports.fhir.coding import Json
from exports.fhir.shown import shown

_COMPARES = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


def remarks(kb: KnowledgeBase, answers: Answers, response: Json) -> Iterator[str]:
    """One sentence for each answer that is not in a response, or that a validator would refuse there."""
    held = {item["linkId"].removesuffix(".unsure") for section in response.get("item", []) for item in section["item"]}
    for name in kb.questions:
        if answers.answered(name) and name not in held:
            yield f"`{name}` does not apply to this person: its answer is left out"
    for name in hidden(kb, response):
        gate = kb.questions[name].ask_when
        after = ", ".join(f"`{one}`" for one in sorted(uses(gate).facts)) if gate else ""
        yield f"`{name}` is answered, and the form asks it only after {after}: validators refuse it until then"


def hidden(kb: KnowledgeBase, response: Json) -> tuple[str, ...]:
    """The questions that a response answers though the form hides them from whoever gave its other answers."""
    given = {item["linkId"]: [*_values(item)] for section in response.get("item", []) for item in section["item"]}
    answered = {name: {name, coding.unsure_id(name)} & given.keys() for name in kb.questions}
    visible: dict[str, bool] = {}
    for name in kb.questions:
        _is_visible(kb, name, given, visible)
    return tuple(name for name in kb.questions if answered[name] and not visible[name])


def _is_visible(kb: KnowledgeBase, name: str, given: dict[str, list[Any]], visible: dict[str, bool]) -> bool:
    """Whether the form shows a question: its conditions hold, and what they read is shown itself."""
    if name not in visible:
        when = shown(kb, kb.questions[name].ask_when)
        hold = [
            any(_COMPARES[one["operator"]](value, _wanted(one)) for value in given.get(one["question"], []))
            and _is_visible(kb, one["question"].removesuffix(".unsure"), given, visible)
            for one in when.when
        ]
        visible[name] = not hold or (all(hold) if when.behavior == "all" else any(hold))
    return visible[name]


def _values(item: Json) -> Iterator[Any]:
    """An item's answers, codes as system and code."""
    for answer in item.get("answer", []):
        for value in answer.values():
            yield _comparable(value)


def _wanted(condition: Json) -> Any:
    (key,) = (key for key in condition if key.startswith("answer"))
    return _comparable(condition[key])


def _comparable(value: Any) -> Any:
    return (value["system"], value["code"]) if isinstance(value, dict) else value
