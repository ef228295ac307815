"""Assertions: what a safety property says about a person's answers and about what they are told.

An assertion is a criterion, a statement about the outcome, or several of them joined. Criteria keep their three truths;
a statement about the outcome is true or false, as there always is an outcome.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Discriminator, Field, GetJsonSchemaHandler, Tag, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from engine.criteria import FactIs, FindingIs, ScoreIs, no_twins
from engine.model.base import Record, RuleId, Slug
from engine.model.rule import Urgency


class UrgencyAtLeast(Record):
    """The urgency that the person is told is this or higher."""

    urgency_at_least: Urgency


class UrgencyAtMost(Record):
    """The urgency that the person is told is this or lower."""

    urgency_at_most: Urgency


class FlagIsTrue(Record):
    """A red flag is TRUE."""

    flag: RuleId


class FlagIsOpen(Record):
    """A red flag is UNKNOWN, and so told as not settled."""

    open_flag: RuleId


class Named(Record):
    """A condition is named: to be ruled out, likely or possible."""

    named: Slug


class NamedFirst(Record):
    """A condition stands first among those named."""

    first: Slug


class Advised(Record):
    """This advice is given."""

    advice: Slug


class NoCause(Record):
    """No condition is named."""

    no_cause: Literal[True]


class AllHold(Record):
    """Every part holds."""

    all: Annotated[tuple[Assertion, ...], Field(min_length=1)]

    @property
    def parts(self) -> tuple[Assertion, ...]:
        """The assertions that are joined."""
        return self.all

    @model_validator(mode="after")
    def _valid(self) -> AllHold:
        no_twins(self.all)
        return self


class AnyHolds(Record):
    """At least one part holds."""

    any: Annotated[tuple[Assertion, ...], Field(min_length=1)]

    @property
    def parts(self) -> tuple[Assertion, ...]:
        """The assertions that are joined."""
        return self.any

    @model_validator(mode="after")
    def _valid(self) -> AnyHolds:
        no_twins(self.any)
        return self


class NotHolds(Record):
    """The part does not hold."""

    not_: Assertion = Field(alias="not")


class AtLeastHold(Record):
    """At least k of the parts hold."""

    at_least: Annotated[int, Field(ge=1)]
    of: Annotated[tuple[Assertion, ...], Field(min_length=1)]

    @property
    def parts(self) -> tuple[Assertion, ...]:
        """The assertions that are counted."""
        return self.of

    @model_validator(mode="after")
    def _valid(self) -> AtLeastHold:
        if self.at_least > len(self.of):
            raise ValueError(f"at least {self.at_least} of {len(self.of)} parts can never hold")
        no_twins(self.of)
        return self


ASSERTIONS: dict[str, type[Record]] = {
    "fact": FactIs,
    "finding": FindingIs,
    "score": ScoreIs,
    "all": AllHold,
    "any": AnyHolds,
    "not": NotHolds,
    "at_least": AtLeastHold,
    "urgency_at_least": UrgencyAtLeast,
    "urgency_at_most": UrgencyAtMost,
    "flag": FlagIsTrue,
    "open_flag": FlagIsOpen,
    "named": Named,
    "first": NamedFirst,
    "advice": Advised,
    "no_cause": NoCause,
}
"""The key that tells each form of assertion from the others, in the order in which an editor offers them."""


def _form(value: object) -> str | None:
    if isinstance(value, dict):
        return next((key for key in ASSERTIONS if key in value), None)
    return next((key for key, form in ASSERTIONS.items() if isinstance(value, form)), None)


class _ByForm:
    """Writes the union as if/then per form, so that an error names the form that the author meant."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        forms = [handler(choice) for choice in core["choices"].values()]
        return {
            "type": "object",
            "anyOf": [{"required": [key]} for key in ASSERTIONS],
            "allOf": [{"if": {"required": [key]}, "then": form} for key, form in zip(ASSERTIONS, forms, strict=True)],
        }


Assertion = Annotated[
    Annotated[FactIs, Tag("fact")]
    | Annotated[FindingIs, Tag("finding")]
    | Annotated[ScoreIs, Tag("score")]
    | Annotated[AllHold, Tag("all")]
    | Annotated[AnyHolds, Tag("any")]
    | Annotated[NotHolds, Tag("not")]
    | Annotated[AtLeastHold, Tag("at_least")]
    | Annotated[UrgencyAtLeast, Tag("urgency_at_least")]
    | Annotated[UrgencyAtMost, Tag("urgency_at_most")]
    | Annotated[FlagIsTrue, Tag("flag")]
    | Annotated[FlagIsOpen, Tag("open_flag")]
    | Annotated[Named, Tag("named")]
    | Annotated[NamedFirst, Tag("first")]
    | Annotated[Advised, Tag("advice")]
    | Annotated[NoCause, Tag("no_cause")],
    Discriminator(
        _form,
        custom_error_type="assertion_form",
        custom_error_message="an assertion is one of " + ", ".join(f"`{form}`" for form in ASSERTIONS),
    ),
    _ByForm(),
]
"""Any assertion."""

for _group in (AllHold, AnyHolds, NotHolds, AtLeastHold):
    _group.model_rebuild()

Steps = tuple[str | int, ...]


def assertion_parts(assertion: Assertion, path: Steps = ()) -> Iterator[tuple[Steps, Assertion]]:
    """An assertion and everything below it, outermost first, each with its JSON pointer's steps."""
    yield path, assertion
    match assertion:
        case AllHold() | AnyHolds() | AtLeastHold():
            key = "all" if isinstance(assertion, AllHold) else ("any" if isinstance(assertion, AnyHolds) else "of")
            for at, part in enumerate(assertion.parts):
                yield from assertion_parts(part, (*path, key, at))
        case NotHolds():
            yield from assertion_parts(assertion.not_, (*path, "not"))
        case _:
            return
