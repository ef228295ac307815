"""The criteria builder for assertions of safety properties: criteria, and statements about what a person is told.

The builder knows questions, findings and scores. Each statement about the outcome is offered to it as one more thing
that is true or not, under a name of its own, and put back into the form of `engine/model/assertion.py` on the way out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from authoring.console.components.builder import BuilderResult, Json, as_text, catalogue, criteria_builder
from engine.assertions import assertion_in_english
from engine.knowledge import KnowledgeBase
from engine.model.assertion import (
    Advised,
    Assertion,
    FlagIsOpen,
    FlagIsTrue,
    Named,
    NamedFirst,
    NoCause,
    UrgencyAtLeast,
    UrgencyAtMost,
)
from engine.model.rule import LEVELS

_ADAPTER: TypeAdapter[Any] = TypeAdapter(Assertion)


def assertion_builder(
    kb: KnowledgeBase, value: Json | None, *, version: int, key: str, record: str = ""
) -> BuilderResult:
    """Show the builder for one assertion and say what it holds; as `criteria_builder` otherwise."""
    statements = {_id(number): form for number, form in enumerate(_statements(kb))}
    ids = {as_text(form): id_ for id_, form in statements.items()}
    offered = catalogue(kb)
    offered["terms"] = [
        *(
            {
                "id": id_,
                "kind": "finding",
                "name": assertion_in_english(_ADAPTER.validate_python(form, strict=False), kb),
                "meaning": "What the person is told.",
                "scale": 1,
                "low": 0,
                "high": 0,
                "concluded": True,
                "badge": "told",
            }
            for id_, form in statements.items()
        ),
        *offered["terms"],
    ]
    result = criteria_builder(
        kb,
        None if value is None else _inward(value, ids),
        version=version,
        key=key,
        record=record,
        offered=offered,
    )
    draft = None if result.draft is None else _outward(result.draft, statements)
    whole = None if result.value is None else _outward(result.value, statements)
    if whole is not None:
        try:
            _ADAPTER.validate_json(as_text(whole))
        except ValidationError:
            whole = None
    return replace(result, value=whole, draft=draft)


def _id(number: int) -> str:
    return f"told_{number}"


def _statements(kb: KnowledgeBase) -> Iterator[Json]:
    """Every statement about the outcome that can be made of this knowledge base."""
    forms: list[Any] = [UrgencyAtLeast(urgency_at_least=level) for level in reversed(LEVELS[1:])]
    forms += [UrgencyAtMost(urgency_at_most=level) for level in LEVELS[:-1]]
    forms += [FlagIsTrue(flag=id_) for id_ in kb.red_flags]
    forms += [FlagIsOpen(open_flag=id_) for id_ in kb.red_flags]
    forms += [Named(named=id_) for id_ in kb.current_conditions]
    forms += [NamedFirst(first=id_) for id_ in kb.current_conditions]
    forms += [Advised(advice=name) for name in kb.advice_rules]
    forms.append(NoCause(no_cause=True))
    yield from (form.model_dump(mode="json") for form in forms)


def _inward(value: Any, ids: Mapping[str, str]) -> Any:
    """An assertion with each statement about the outcome as the builder knows it."""
    if isinstance(value, list):
        return [_inward(one, ids) for one in value]
    if not isinstance(value, dict):
        return value
    known = ids.get(as_text(value)) if len(value) == 1 else None
    if known is not None:
        return {"finding": known}
    return {name: _inward(one, ids) if name in ("all", "any", "not", "of") else one for name, one in value.items()}


def _outward(value: Any, statements: Mapping[str, Json]) -> Any:
    """What the builder holds, with the statements in their own form again."""
    if isinstance(value, list):
        return [_outward(one, statements) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("finding") in statements:
        return dict(statements[value["finding"]])
    return {name: _outward(one, statements) for name, one in value.items()}
