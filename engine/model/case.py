"""Whole patients with the outcome that a clinician expects, and rules about the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from engine.model.assertion import Assertion, Steps, assertion_parts
from engine.model.base import Record, RuleId, Slug, Sourced, Text
from engine.model.rule import Urgency


class Expected(Record):
    """What should come out. What is left out is not looked at."""

    urgency: Urgency
    first: Slug | None = Field(default=None, description="The condition that stands first.")
    named: tuple[Slug, ...] = Field(default=(), description="Conditions that are named, in whatever place.")
    not_named: tuple[Slug, ...] = Field(default=(), description="Conditions that are not named.")
    no_cause: bool = Field(default=False, description="No condition is named, and the outcome says so.")
    fires: tuple[RuleId, ...] = Field(default=(), description="Rules that must fire: the why.")
    silent: tuple[RuleId, ...] = Field(default=(), description="Rules that must not fire.")
    open: tuple[RuleId, ...] = Field(default=(), description="Red flags that must stand open.")
    advice: tuple[Slug, ...] = Field(default=(), description="Advice that must be given.")


class Awaiting(Record):
    """What is known of a patient of whom no clinician has said yet what should happen."""

    like: Slug | None = Field(default=None, description="The case that the patient is like.")
    changed: tuple[Slug, ...] = Field(default=(), description="The questions that are answered otherwise than there.")
    tries: tuple[Text, ...] = Field(default=(), description="What nobody else tries, in words.")


class Case(Sourced):
    """A person, and what Algos should tell them.

    A draft has `awaiting` instead of `expect` and `because`: it passes and fails nothing until a clinician has spoken.
    """

    id: Slug
    title: Text
    story: Text = Field(description="The person in two or three sentences.")
    tags: tuple[Slug, ...] = ()
    answers: dict[Slug, JsonValue]
    expect: Expected | None = None
    because: Text | None = Field(default=None, description="Why a clinician expects this.")
    awaiting: Awaiting | None = Field(
        default=None, description="In place of `expect` and `because`, while nobody has said what should happen."
    )

    @model_validator(mode="after")
    def _valid(self) -> Case:
        said = self.expect is not None, self.because is not None
        if said not in ((True, True), (False, False)) or (self.awaiting is None) is not any(said):
            raise ValueError(
                "a case has `expect` and `because`, or `awaiting` while nobody has said what should happen"
            )
        return self


class Safety(Sourced):
    """A rule about the rules: what must be so, or never, for everybody who can answer the questions.

    It has one of three shapes. `always`: the assertion is TRUE for everybody. `never`: it is TRUE for nobody.
    `whenever` and `then`: for whomever the first is TRUE, so is the second.
    """

    id: Slug
    title: Text
    always: Assertion | None = None
    never: Assertion | None = None
    whenever: Assertion | None = None
    then: Assertion | None = None
    hazard: Text = Field(description="What could happen that can do harm.")
    cause: Text | None = Field(default=None, description="How the rules could bring it about.")
    harm: Text = Field(description="What it would do to the person.")
    severity: Literal["catastrophic", "major", "considerable", "significant", "minor"] = Field(
        description="As DCB0129's severity classes."
    )

    @model_validator(mode="after")
    def _valid(self) -> Safety:
        given = [name for name in ("always", "never", "whenever", "then") if getattr(self, name) is not None]
        if given not in (["always"], ["never"], ["whenever", "then"]):
            raise ValueError(
                "a safety property has `always`, or `never`, or `whenever` together with `then`; "
                f"this one has {' and '.join(f'`{name}`' for name in given) or 'none of them'}"
            )
        return self

    @property
    def assertions(self) -> dict[str, Assertion]:
        """Its assertions, by the key that they stand under."""
        found = {name: getattr(self, name) for name in ("always", "never", "whenever", "then")}
        return {name: one for name, one in found.items() if one is not None}

    def parts(self) -> Iterator[tuple[Steps, Assertion]]:
        """Every part of its assertions, each with its JSON pointer's steps."""
        for name, one in self.assertions.items():
            yield from assertion_parts(one, (name,))


class SourceName(Record):
    """An author as CSL-JSON writes one."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None


class SourceDate(Record):
    """A date as CSL-JSON writes one."""

    date_parts: Annotated[tuple[tuple[int, ...], ...], Field(alias="date-parts", min_length=1)]


class Claim(Record):
    """One thing that a source says, in our words, with its figure."""

    claim: Text
    figure: Text | None = None
    applies_to: Text | None = None


class SourceNotes(Record):
    """What was read of a source, and what it says: CSL-JSON's place for what the format does not know."""

    kind: Literal[
        "guideline",
        "prediction_rule",
        "accuracy_study",
        "prevalence",
        "treatment_evidence",
        "patient_information",
        "textbook",
    ]
    tier: Annotated[int, Field(ge=1, le=3)] = Field(
        description="1: cite. 2: usable, find the primary paper. 3: context only."
    )
    seen: bool = Field(description="Whether the abstract, table or page was read by whoever wrote this record.")
    claims: tuple[Claim, ...] = ()
    caution: Text | None = None


class Source(Record):
    """A work that is cited, as CSL-JSON, the bibliographic format of reference managers."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    type: Literal["article-journal", "webpage", "report", "book", "chapter", "paper-conference", "document"]
    title: Text
    author: tuple[SourceName, ...] = ()
    container_title: str | None = Field(default=None, alias="container-title")
    publisher: str | None = None
    issued: SourceDate | None = None
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = Field(default=None, alias="DOI")
    pmid: Annotated[str, Field(pattern=r"^\d+$")] | None = Field(default=None, alias="PMID")
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = Field(default=None, alias="URL")
    custom: SourceNotes
