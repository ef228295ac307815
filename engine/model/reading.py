"""Texts that are harder to read than they should be, each with the reason why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.model.base import Record, Text
from engine.model.locale import TextHash

PassageId = Annotated[str, Field(pattern=r"^[a-z]+(/[a-z0-9_]+)+$", max_length=240)]
"""Where a passage stands, such as `question/age` or `rule/red_flags/saddle_numbness/because`."""


class Hard(Record):
    """A passage whose reading age is above the limit, and why it stays so."""

    passage: PassageId
    of: TextHash = Field(description="The hash of its text: once that changes, the reason is looked at again.")
    reason: Text


class ReadingNotes(Record):
    """Why some texts for patients are hard to read: `reading.json`."""

    id: Literal["reading"]
    hard: tuple[Hard, ...] = ()

    @model_validator(mode="after")
    def _valid(self) -> ReadingNotes:
        passages = [one.passage for one in self.hard]
        for passage in passages:
            if passages.count(passage) > 1:
                raise ValueError(f"the passage `{passage}` stands twice")
        return self


NO_NOTES = ReadingNotes(id="reading")
