"""What every record of a knowledge base has in common."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """A frozen piece of knowledge: unknown keys are refused and nothing is coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=64)]
"""A lower-case identifier: letters, digits and single underscores, beginning with a letter."""

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9_]+(/[a-z0-9_]+)+$", max_length=120)]
"""A rule's id is its path below `rules/` without `.json`: `red_flags/saddle_numbness`."""

SourceId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""A source's id, in the form of reference managers' citation keys: `suri-2010-jama`."""

Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
"""Something that a person reads; never blank."""

Decibans = Annotated[int, Field(ge=-20, le=20)]
"""Weight of evidence: 10*log10 of a likelihood ratio, rounded to an integer, within -20..20."""


class Citation(Record):
    """A source, and where in it the fact stands."""

    source: SourceId
    locator: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="Where in the source: page, table, recommendation number, or abstract."
    )


class Sourced(Record):
    """Something that rests on sources, or openly on judgement, and is to be looked at again."""

    sources: tuple[Citation, ...] = Field(default=(), description="What this rests on.")
    judgement: Text | None = Field(
        default=None, description="Why this was decided so where no source settles it. Shown as judgement."
    )


class Reviewed(Sourced):
    """Something that a clinician looks at again by a date."""

    review_by: date = Field(description="The day by which a clinician reviews this again.")
