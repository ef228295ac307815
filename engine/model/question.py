"""Questions, the body map, and answers that cannot occur together."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.criteria import Criterion
from engine.model.base import Record, Slug, Sourced, Text

RESERVED = frozenset({"unknown", "none"})
"""Words that an option may not use as its id: `unknown` is the answer "I'm not sure"."""


class Option(Record):
    """One answer that a person can choose."""

    id: Slug
    text: Text = Field(description="In the patient's words.")
    name: Text | None = Field(default=None, description="In a clinician's words, where they differ.")


class Question(Sourced):
    """Something that is asked of the patient, or that a clinician finds out by a test or an examination."""

    id: Slug
    name: Text = Field(description="A short name in a clinician's words; rules read with it.")
    text: Text = Field(description="The question in the patient's words.")
    help: Text | None = Field(default=None, description="What is meant, for somebody who is not sure.")
    why: Text | None = Field(default=None, description="Why this is asked, in the patient's words.")
    type: Literal["boolean", "choice", "choices", "integer", "decimal"]
    by: Literal["patient", "clinician"] = "patient"
    screen: Slug | None = Field(
        default=None, description="Questions with the same screen are asked together, whatever their sections."
    )
    ask_when: Criterion | None = Field(
        default=None, description="For whom the question makes sense; absent: for everybody."
    )
    options: tuple[Option, ...] = Field(default=(), description="For choice and choices.")
    options_from: Literal["body"] | None = Field(
        default=None, description="`body`: the options are the parts of the body map."
    )
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = Field(
        default=None, description="A UCUM unit or a plain word; for integer and decimal."
    )
    min: int | float | None = None
    max: int | float | None = None

    @model_validator(mode="after")
    def _valid(self) -> Question:
        numeric = self.type in ("integer", "decimal")
        if numeric and (self.unit is None or self.min is None or self.max is None):
            raise ValueError(f"a question of type `{self.type}` needs `unit`, `min` and `max`")
        if numeric and self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError(f"`min` {self.min} is not below `max` {self.max}")
        if not numeric and not (self.unit is None and self.min is None and self.max is None):
            raise ValueError(f"a question of type `{self.type}` has no `unit`, `min` or `max`")
        chosen = self.type in ("choice", "choices")
        if chosen and (len(self.options) >= 2) == (self.options_from is not None):
            raise ValueError("a choice needs either two or more `options` or `options_from`")
        if not chosen and (self.options or self.options_from):
            raise ValueError(f"a question of type `{self.type}` has no options")
        ids = [option.id for option in self.options]
        for option in ids:
            if ids.count(option) > 1:
                raise ValueError(f"the option `{option}` stands twice")
            if option in RESERVED:
                raise ValueError(f"`{option}` is reserved and cannot be an option's id")
        return self


class Section(Record):
    """A part of the questionnaire; sections are asked in `order`, emergencies before everything."""

    id: Slug
    title: Text
    order: Annotated[int, Field(ge=0, le=9999)]
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class Code(Record):
    """A code from a public terminology."""

    system: Literal["ICD-10", "ICD-11", "SNOMED CT", "LOINC"]
    code: Annotated[str, Field(pattern=r"^[A-Z0-9.\-]+$")]
    display: Text


class BodyPart(Record):
    """A region on one side: what a person can touch on the body map."""

    id: Slug
    name: Text = Field(description="In the patient's words, with the side: `left side of the lower back`.")
    side: Literal["left", "right", "middle"]
    view: Literal["front", "back"]
    element: Slug = Field(description="The id of the part's shape in the body map's picture.")


class Region(Record):
    """A region of the body, with its parts."""

    id: Slug
    name: Text
    codes: tuple[Code, ...] = ()
    parts: Annotated[tuple[BodyPart, ...], Field(min_length=1)]


class BodyMap(Record):
    """Where it can hurt."""

    id: Literal["body"]
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]


class Constraint(Sourced):
    """A combination of answers that cannot occur; input that has it is returned for correction."""

    id: Slug
    title: Text
    never: Criterion = Field(description="What cannot be true of anybody.")
    message: Text = Field(description="What the person is asked to look at again, in plain words.")
