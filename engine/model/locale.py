"""A language: its name, its direction, its emergency numbers, and the texts that are translated into it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.model.base import Record, Sourced, Text

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$", max_length=12)]
"""A language as BCP 47 writes it: `de`, `de-AT`, `zh-Hant`."""

Place = Annotated[str, Field(pattern=r"^[a-z]+(/[a-z0-9_]+)+$", max_length=240)]
"""Where a text stands: kind and id of its record, then the way to it, such as `question/age/text`."""

TextHash = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""The first 16 hexadecimal digits of the SHA-256 of a text in UTF-8."""

RegionCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""A country or territory by its ISO 3166-1 code of two letters."""


class Translated(Record):
    """One text in another language, and which text it translates."""

    text: Text
    of: TextHash = Field(description="The hash of the text that was translated: once that changes, this is stale.")


class EmergencyNumbers(Sourced):
    """Whom to call in an emergency."""

    numbers: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9]{2,6}$")], ...], Field(min_length=1)] = Field(
        description="As they are dialled; the first is the one to offer."
    )
    label: Text = Field(description="In words, in this language: `999 or 112 in the United Kingdom`.")

    @model_validator(mode="after")
    def _valid(self) -> EmergencyNumbers:
        if not self.sources and self.judgement is None:
            raise ValueError("emergency numbers need `sources`, or `judgement` that says why these are given")
        return self


class EmergencyPlace(EmergencyNumbers):
    """The emergency numbers of some countries."""

    regions: Annotated[tuple[RegionCode, ...], Field(min_length=1)]


class Emergency(Record):
    """Emergency numbers by region."""

    default: EmergencyNumbers = Field(description="Where nobody knows in which region the person is.")
    places: tuple[EmergencyPlace, ...] = ()

    @model_validator(mode="after")
    def _valid(self) -> Emergency:
        regions = [region for place in self.places for region in place.regions]
        for region in regions:
            if regions.count(region) > 1:
                raise ValueError(f"the region `{region}` stands twice")
        return self


class Locale(Record):
    """What Algos has in one language. The language that records are written in has a locale without texts."""

    language: Language
    name: Text = Field(description="The language's name in that language: `Deutsch`.")
    direction: Literal["ltr", "rtl"]
    emergency: Emergency
    texts: dict[Place, Translated] = Field(default_factory=dict, description="Place to translation.")

    @property
    def id(self) -> str:
        """The language is the id."""
        return self.language
