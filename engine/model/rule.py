"""Rules, the names of what they derive, and red flags."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator, Field, JsonValue, Tag, model_validator

from engine.criteria import Criterion
from engine.model.base import Citation, Decibans, Record, Reviewed, RuleId, Slug, Sourced, Text


class Urgency(StrEnum):
    """How soon somebody should be seen, from now to not at all."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"
    SELF_CARE = "self_care"

    @property
    def level(self) -> int:
        """0 for self_care to 4 for emergency."""
        return _LEVELS[self]

    @property
    def one_below(self) -> Urgency:
        """The next lower level; self_care has none below."""
        return LEVELS[max(self.level - 1, 0)]


LEVELS: tuple[Urgency, ...] = tuple(reversed(Urgency))
_LEVELS = {urgency: level for level, urgency in enumerate(LEVELS)}


class Term(Sourced):
    """The name of something that rules derive: a finding or a score."""

    id: Slug
    kind: Literal["finding", "score"]
    name: Text = Field(description="A short name in a clinician's words.")
    meaning: Text = Field(description="What it stands for, in one or two sentences.")
    scale: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="For a score: its points are whole multiples of 1/scale (2 where half points occur)."
    )


class Derived(Record):
    """Concludes a derived finding."""

    finding: Slug


class Points(Record):
    """Adds points to a score."""

    score: Slug
    points: int | float


class RedFlag(Record):
    """Raises the urgency by itself, and names what has to be ruled out.

    From `urgent` on it names at least one condition, so that whoever sees the person knows what for. Below, a sign may
    ask for a visit without making any one cause worth naming.
    """

    red_flag: Urgency = Field(description="How urgent it is when it is TRUE.")
    suspects: tuple[Slug, ...] = Field(description="Conditions to be ruled out; below `urgent` there may be none.")
    message: Text = Field(description="What the person should do and why, in plain words.")
    if_unsure: Urgency | None = Field(
        default=None, description="How urgent it is while it is UNKNOWN; absent: one level below."
    )
    if_unsure_reason: Text | None = Field(default=None, description="Why `if_unsure` differs from one level below.")

    @model_validator(mode="after")
    def _valid(self) -> RedFlag:
        if self.red_flag.level < Urgency.ROUTINE.level:
            raise ValueError("a red flag is at least `routine`")
        if not self.suspects and self.red_flag.level >= Urgency.URGENT.level:
            raise ValueError("`suspects` is empty: a red flag from `urgent` on names at least one condition")
        if (self.if_unsure is None) != (self.if_unsure_reason is None):
            raise ValueError("`if_unsure` and `if_unsure_reason` belong together")
        if self.if_unsure is not None:
            if self.if_unsure.level < Urgency.ROUTINE.level:
                raise ValueError("`if_unsure` is at least `routine`: not knowing never clears anyone")
            if self.if_unsure.level > self.red_flag.level:
                raise ValueError("`if_unsure` is not above the flag's own urgency")
        return self

    @property
    def unsure(self) -> Urgency:
        """What the flag counts as while it is UNKNOWN."""
        return self.if_unsure or self.red_flag.one_below


class LikelihoodRatio(Record):
    """A published figure, from which a weight is converted."""

    likelihood_ratio: Annotated[float, Field(gt=0)]
    interval: tuple[float, float] | None = Field(default=None, description="Its 95 % confidence interval.")
    range: tuple[float, float] | None = Field(
        default=None, description="Where studies give a range: the ratio used is the end nearer 1."
    )
    calculated_from: Text | None = Field(
        default=None, description="Where the ratio was calculated by us: from which published figures."
    )
    source: Citation


class Evidence(Record):
    """Evidence for (weight above 0) or against (below 0) a condition."""

    condition: Slug
    weight: Decibans
    group: Slug = Field(description="In a group of a condition only the strongest weight each way counts.")
    basis: LikelihoodRatio | None = Field(default=None, description="The published figure; absent: judgement.")
    independent_because: Text | None = Field(
        default=None, description="Why this may share an answer with a rule of another group."
    )

    @model_validator(mode="after")
    def _valid(self) -> Evidence:
        if self.weight == 0:
            raise ValueError("a weight of 0 says nothing")
        return self


class Advice(Record):
    """Shows the blocks of guides that are marked with this advice."""

    advice: Slug


_THEN = {"finding": Derived, "score": Points, "red_flag": RedFlag, "condition": Evidence, "advice": Advice}


def _conclusion(value: object) -> str | None:
    if isinstance(value, dict):
        return next((key for key in _THEN if key in value), None)
    return next((key for key, form in _THEN.items() if isinstance(value, form)), None)


Conclusion = Annotated[
    Annotated[Derived, Tag("finding")]
    | Annotated[Points, Tag("score")]
    | Annotated[RedFlag, Tag("red_flag")]
    | Annotated[Evidence, Tag("condition")]
    | Annotated[Advice, Tag("advice")],
    Discriminator(
        _conclusion,
        custom_error_type="conclusion_form",
        custom_error_message="it does not say what it concludes: `finding`, `score`, `red_flag`, `condition`, `advice`",
    ),
]
"""The one thing that a rule concludes."""


class Example(Record):
    """A rule's own example: some answers, and what its `when` is for them."""

    answers: dict[Slug, JsonValue]
    gives: Literal["true", "false", "unknown"]
    note: Text | None = None


class Retired(Record):
    """Why a released record is no longer used, and what replaces it."""

    reason: Text
    replacement: Text | None = None


class Rule(Reviewed):
    """When its criterion is TRUE, it concludes one thing."""

    id: RuleId
    title: Text = Field(description="What the rule says, in a clinician's words.")
    when: Criterion
    then: Conclusion
    because: Text | None = Field(
        default=None, description="Why, in the patient's words; completes `because ...`. For red flags and evidence."
    )
    examples: tuple[Example, ...] = ()
    retired: Retired | None = None

    @model_validator(mode="after")
    def _valid(self) -> Rule:
        if isinstance(self.then, RedFlag | Evidence) and self.because is None:
            raise ValueError("a red flag or evidence needs `because`: what the patient is told")
        return self
