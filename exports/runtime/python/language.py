"""The language in which a bundle speaks: its translations, and what is missing of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from engine import jsontext
from engine.finding import KnowledgeError
from engine.outcome import Outcome
from engine.texts import told
from exports.bundle.model import BundleLocale, locale_path
from exports.sign.refused import RefusedError
from exports.verify import VerifiedBundle

_LATER = re.compile(r"exercise/.*|condition/[^/]+/guide/.*")
"""The places of guides, which an app may fetch when they are opened."""


def chosen(languages: Sequence[str], wanted: str | None) -> str:
    """The language to speak: the one that is wanted, else a relative (`de` for `de-AT`), else the records' own."""
    if wanted is None or wanted in languages:
        return wanted or languages[0]
    primary = wanted.partition("-")[0]
    return next((one for one in languages if one.partition("-")[0] == primary), languages[0])


class Words:
    """What a bundle says in one language. Text that nobody has translated is told as it was written, and noted."""

    def __init__(self, bundle: VerifiedBundle, wanted: str | None) -> None:
        self.source, *others = bundle.kb.settings.languages
        languages = [self.source, *(one for one in others if locale_path(one) in bundle.files)]
        self.language = chosen(languages, wanted)
        self._locale = _read(bundle, self.language)
        self._missing: list[str] = []
        self._untranslated: set[str] = set()
        self.kb = bundle.kb if self.language == self.source else told(bundle.kb, self._say)
        """The knowledge base in this language."""

    def _say(self, place: str, text: str) -> str:
        translated = self._locale.texts.get(place) if self._locale else None
        if translated is None:
            self._missing.append(place)
            self._untranslated.add(text)
        return text if translated is None else translated

    def language_of(self, text: str) -> str:
        """The language that a text of this bundle is in: the records' own while nobody has translated it."""
        return self.source if text in self._untranslated else self.language

    def note(self, outcome: Outcome) -> None:
        """Note the reasons that are composed of something that nobody has translated."""
        says = self.kb.sentences
        composed = [("open_red_flag", flag.title) for flag in outcome.open_flags]
        composed += [(view.status, view.name) for view in outcome.named if view.status in says]
        for sentence, name in composed:
            if {says[sentence], name} & self._untranslated:
                self._untranslated.add(says[sentence].replace("{name}", name))

    def missing(self) -> list[str]:
        """Where no translation is, but for guides."""
        return sorted(place for place in self._missing if not _LATER.fullmatch(place))

    def missing_in_guide(self, condition: str) -> list[str]:
        """Where no translation is in a condition's guide and its exercises."""
        exercises = [use.exercise for use in self.kb.conditions[condition].guide.exercises]
        within = (f"condition/{condition}/guide/", *(f"exercise/{id_}/" for id_ in exercises))
        return sorted(place for place in self._missing if place.startswith(within))

    def facts(self) -> dict[str, Any]:
        """The language, its name and direction, emergency numbers, and what is missing."""
        one = self._locale
        return {
            "language": self.language,
            "name": one.name if one else self.language,
            "direction": one.direction if one else "ltr",
            "emergency": one.emergency.model_dump(mode="json", exclude_unset=True) if one else None,
            "missing": self.missing(),
        }

    def emergency(self, region: str | None) -> dict[str, Any] | None:
        """The emergency numbers of a region, or those for where nobody knows; None where the bundle has none."""
        if self._locale is None:
            return None
        found = next((one for one in self._locale.emergency.places if region in one.regions), None)
        return (found or self._locale.emergency.default).model_dump(mode="json", exclude_unset=True)


def _read(bundle: VerifiedBundle, language: str) -> BundleLocale | None:
    path = locale_path(language)
    data = bundle.files.get(path)
    if data is None:
        return None
    try:
        jsontext.read(data, path, limit=len(data))
        locale = BundleLocale.model_validate_json(data)
    except KnowledgeError as error:
        raise RefusedError("bundle.content", path, error.findings[0].what, _FIX) from None
    except ValidationError as error:
        raise RefusedError("bundle.content", path, str(error.errors()[0]["msg"]), _FIX) from None
    if locale.language != language:
        raise RefusedError("bundle.content", path, f"it is of the language `{locale.language}`", _FIX)
    return locale


_FIX = "ask the publisher for a bundle that this version can read, or update the app"
