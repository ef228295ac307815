"""Emergency numbers by region: what every language says of one of them, and the records that a change makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from authoring.actions import View
from engine.knowledge import KnowledgeBase
from engine.model.locale import Locale
from validators.translation import different_numbers

DEFAULT = "default"
"""What the numbers are called that are told where nobody knows the region."""
_NUMBER = re.compile(r"[0-9]{2,6}")
Record = dict[str, Any]


def languages_in(kb: KnowledgeBase) -> list[str]:
    """The languages, the one that the records are written in first."""
    return sorted(kb.locales, key=lambda one: (one != kb.language, one))


def names_of_places(kb: KnowledgeBase) -> list[str]:
    """What each place is called, as the language of the records has them: `default`, then its first region."""
    own = kb.locales.get(kb.language)
    return [DEFAULT, *(place.regions[0] for place in own.emergency.places)] if own else []


def stored_place(view: View, name: str) -> Record:
    """What is stored of a place, with the words of every language; empty where there is no such place."""
    kb = view.kb
    own = kb.locales.get(kb.language)
    if own is None or name not in names_of_places(kb):
        return {}
    value = _entry(_value(view, kb.language), name, _regions(own, name))
    if value is None:
        return {}
    found = {key: one for key, one in value.items() if key != "label"}
    entries = {language: _entry(_value(view, language), name, _regions(own, name)) for language in languages_in(kb)}
    return {**found, "labels": {language: str(one["label"]) for language, one in entries.items() if one}}


def changes(view: View, name: str, record: Record | None) -> dict[str, object]:
    """Each language's record with a place as it is to be (None: without it); `name` is "" for a new one.

    The numbers, the regions and what they rest on are the same in every language; the words are its own.
    """
    kb = view.kb
    own = kb.locales[kb.language]
    made: dict[str, object] = {}
    for language in languages_in(kb):
        value = deepcopy(_value(view, language))
        entry = None
        if record is not None:
            entry = {key: one for key, one in record.items() if key != "labels"}
            entry["label"] = record["labels"][language]
        if name == DEFAULT:
            value["emergency"]["default"] = entry
        else:
            places = list(value["emergency"].get("places", ()))
            old = _entry(value, name, _regions(own, name)) if name else None
            at = next((number for number, one in enumerate(places) if one is old), len(places))
            places[at : at + 1] = [entry] if entry else []
            value["emergency"]["places"] = places
        made[view.kb.paths["locale", language]] = value
    return {path: value for path, value in made.items() if value != view.value(path)}


def problems_of(view: View, name: str, record: Record) -> dict[str, list[str]]:
    """What is wrong with a place, by the field that it is wrong with."""
    kb = view.kb
    found: dict[str, list[str]] = {}
    numbers = record.get("numbers", [])
    if not numbers:
        found["numbers"] = ["Give at least one number, as it is dialled."]
    for one in numbers:
        if not _NUMBER.fullmatch(one):
            found.setdefault("numbers", []).append(f"“{one}” is no number to dial: two to six digits, commas between.")
    if name != DEFAULT:
        regions = record.get("regions", [])
        if not regions:
            found["regions"] = ["Choose at least one country or territory."]
        own = kb.locales[kb.language]
        taken = {code for place in own.emergency.places if place.regions[0] != name for code in place.regions}
        for code in sorted(taken & set(regions)):
            found.setdefault("regions", []).append(f"{code} has numbers already. Take it away there first.")
    labels = record["labels"]
    for language in languages_in(kb):
        if not labels.get(language, "").strip():
            found[f"label_{language}"] = ["Say whom to call, in this language."]
        elif what := different_numbers(labels.get(kb.language, ""), labels[language]):
            told = what.replace("`", "")
            found[f"label_{language}"] = [f"{told[:1].upper()}{told[1:]}. The numbers have to stay the same."]
    if not record.get("sources") and not record.get("judgement"):
        found["sources"] = ["Cite where the numbers stand, or say in the judgement why these are given."]
    return found


def numbers_from(text: str) -> list[str]:
    """Numbers as a person types them, with commas, spaces or `or` between."""
    return [one for one in re.split(r"[,;/]|\bor\b|\band\b|\s", text) if one]


def _value(view: View, language: str) -> Record:
    return dict(view.value(view.kb.paths["locale", language]) or {})


def _regions(own: Locale, name: str) -> set[str]:
    return next((set(place.regions) for place in own.emergency.places if place.regions[0] == name), set())


def _entry(value: Mapping[str, Any], name: str, regions: set[str]) -> Record | None:
    """A language's entry of a place: the one with a region of it, since languages may list them in another order."""
    emergency = value.get("emergency", {})
    if name == DEFAULT:
        default: Record | None = emergency.get("default")
        return default
    return next((one for one in emergency.get("places", ()) if regions & set(one["regions"])), None)
