"""Conditions, their guides, and the exercise library."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.criteria import Criterion
from engine.model.base import Record, Reviewed, Slug, Sourced, Text
from engine.model.question import Code
from engine.model.rule import Retired, Urgency


class Prior(Sourced):
    """How common a condition is among those for whom it is considered, before any answer counts."""

    decibans: Annotated[int, Field(ge=-60, le=20)] = Field(description="10*log10(p/(1-p)), rounded.")
    probability: Annotated[float, Field(gt=0, lt=1)]


class Thresholds(Record):
    """From which weight (prior and evidence, in decibans) a condition is named."""

    likely: Annotated[int, Field(ge=-60, le=60)]
    possible: Annotated[int, Field(ge=-60, le=60)]
    reason: Text | None = Field(default=None, description="Why a condition has thresholds of its own.")

    @model_validator(mode="after")
    def _valid(self) -> Thresholds:
        if self.possible > self.likely:
            raise ValueError("`possible` is not above `likely`")
        return self


class Statement(Sourced):
    """One statement of a guide. Everything said to a patient rests on a source, or is marked judgement."""

    text: Text = Field(description="Plain text; **bold** and [links](https://...) are understood.")
    action: bool = Field(default=False, description="Something to do: one action, shown as a step.")
    contested: Text | None = Field(default=None, description="What is disputed about it, told with the statement.")
    advice: Slug | None = Field(default=None, description="Shown only where a rule concludes this advice.")

    @model_validator(mode="after")
    def _valid(self) -> Statement:
        if not self.sources and self.judgement is None:
            raise ValueError("a statement needs `sources`, or `judgement` that says why it is made")
        return self


SectionId = Literal[
    "what_it_is",
    "why_it_hurts",
    "why_now",
    "today",
    "this_week",
    "six_weeks",
    "work",
    "sleep",
    "lifting",
    "driving",
    "medicines",
    "tests",
    "prevention",
    "outlook",
]
"""The parts of a guide, in the order in which they are read."""


class GuideSection(Record):
    """One part of a guide."""

    id: SectionId
    title: Text
    statements: Annotated[tuple[Statement, ...], Field(min_length=1)]


class ExerciseUse(Sourced):
    """An exercise in a guide: from when, and how much."""

    exercise: Slug
    start: Text = Field(description="From when in this condition: `from the first day`, `in week 2`.")
    dose: Text | None = Field(default=None, description="How much, where it differs from the library's dose.")


class WatchFor(Sourced):
    """A warning sign, with where to go and how fast."""

    sign: Text
    go: Text = Field(description="Where to go or whom to call.")
    urgency: Urgency = Field(description="How fast.")

    @model_validator(mode="after")
    def _valid(self) -> WatchFor:
        if not self.sources and self.judgement is None:
            raise ValueError("a warning sign needs `sources` or `judgement`")
        return self


class Guide(Record):
    """What a person reads about a condition, from what it is to what to watch for."""

    summary: Text = Field(description="One or two sentences at the top of the page.")
    sections: Annotated[tuple[GuideSection, ...], Field(min_length=1)]
    exercises: tuple[ExerciseUse, ...] = ()
    watch_for: Annotated[tuple[WatchFor, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _valid(self) -> Guide:
        ids = [section.id for section in self.sections]
        for section in ids:
            if ids.count(section) > 1:
                raise ValueError(f"the section `{section}` stands twice")
        return self


class Condition(Reviewed):
    """Something that can cause pain, how likely it is, how soon it needs care, and its guide."""

    id: Slug
    name: Text = Field(description="In a clinician's words.")
    plain_name: Text = Field(description="In the patient's words.")
    also_called: tuple[Text, ...] = ()
    region: Slug
    codes: tuple[Code, ...] = ()
    considered_when: Criterion | None = Field(
        default=None, description="For whom it is considered at all; the prior is given this."
    )
    prior: Prior
    thresholds: Thresholds | None = Field(default=None, description="Where they differ from the knowledge base's.")
    care_level: Urgency = Field(description="How soon somebody with it should be seen.")
    guide: Guide
    retired: Retired | None = None


class Picture(Record):
    """A drawing of an exercise."""

    file: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.svg$")]
    alt: Text = Field(description="What it shows, for somebody who does not see it.")


class Exercise(Reviewed):
    """An exercise of the shared library, with its pictures and its dose."""

    id: Slug
    name: Text
    aim: Text = Field(description="What it is for, in one sentence.")
    pictures: Annotated[tuple[Picture, ...], Field(min_length=1, max_length=4)]
    steps: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(description="One action each.")
    dose: Text
    progression: Text = Field(description="How to make it harder when it has become easy.")
    easier: Text = Field(description="What to do where it is too hard.")
    stop_if: Text
