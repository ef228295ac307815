"""The knowledge base's own settings: `kb.json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.model.base import Record, Slug, Text
from engine.model.condition import Thresholds
from engine.model.locale import Language
from engine.model.review import Review
from engine.model.rule import Urgency


class UrgencyText(Record):
    """How an urgency level is told."""

    name: Text = Field(description="Two or three words.")
    advice: Text = Field(description="What to do, in the patient's words.")


class Interview(Record):
    """How long the interview may be."""

    question_budget: Annotated[int, Field(ge=1, le=500)] = Field(
        description="Screens after which the interview stops once urgency and first cause are settled."
    )
    screen_size: Annotated[int, Field(ge=1, le=12)] = Field(description="The most questions on one screen.")


class Settings(Record):
    """Identity, urgency levels, thresholds, languages and review policy of a knowledge base."""

    id: Slug
    title: Text
    description: Text
    semantics: Literal[1] = Field(description="The version of the meaning of rules that this was written for.")
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = Field(
        description="The language that the records are written in, then those that they are translated into."
    )
    thresholds: Thresholds
    interview: Interview
    urgency: dict[Urgency, UrgencyText]
    not_a_diagnosis: Text = Field(description="What the outcome always says of itself.")
    no_cause: Text = Field(description="What the outcome says where no condition is named.")
    unreviewed: Text = Field(description="What everything says that no clinician has approved.")
    review: Review

    @model_validator(mode="after")
    def _valid(self) -> Settings:
        missing = [level.value for level in Urgency if level not in self.urgency]
        if missing:
            raise ValueError(f"`urgency` lacks {', '.join(f'`{level}`' for level in missing)}")
        return self
