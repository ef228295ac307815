"""What changes of a language, in English: its translations beside what they translate, and whom it says to call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from authoring.languages_known import known, regions_in_words
from authoring.translation_groups import words_of_place
from engine.knowledge import KnowledgeBase
from engine.model.locale import Locale
from engine.texts import texts_of

Value = Mapping[str, Any]
Kbs = tuple[KnowledgeBase | None, ...]
NOBODY_KNOWS = "Where nobody knows the country"
_FIELDS = {
    "numbers": "Numbers",
    "regions": "Countries and territories",
    "label": "Whom to call",
    "judgement": "Judgement",
}


@dataclass(frozen=True)
class Said:
    """One text or fact of a language that changes; `english` is what a translation translates, None for a fact."""

    label: str
    steps: tuple[str | int, ...]
    before: str | None
    after: str | None
    english: str | None = None


def title_of_language(value: Value) -> str:
    """Both names of a language: `Deutsch · German`."""
    own, english = str(value.get("name")), known(str(value.get("language"))).english
    return own if own == english else f"{own} · {english}"


def translations(kbs: Kbs, old: Value, new: Value) -> Iterator[Said]:
    """What changes of a language's texts."""
    before, after = old.get("texts", {}), new.get("texts", {})
    texts = {**(texts_of(kbs[0]) if kbs[0] else {}), **(texts_of(kbs[1]) if kbs[1] else {})}
    kb = kbs[1] or kbs[0]
    for place in [*before, *(place for place in after if place not in before)]:
        one, other = before.get(place), after.get(place)
        if one != other:
            told = [None if value is None else str(value["text"]) for value in (one, other)]
            if told[0] == told[1]:
                told[1] = f"{told[1]} (unchanged, and now of the text as it is)"
            label = words_of_place(kb, place) if kb else place
            yield Said(label, ("texts", place), told[0], told[1], texts.get(place, ""))


def about_itself(kbs: Kbs, old: Value, new: Value) -> Iterator[Said]:
    """What changes of a language's name, its direction and its emergency numbers; sources are left to the caller."""
    for name, label in (("name", "Its own name"), ("direction", "Written")):
        was, is_now = (_way(value.get(name)) for value in (old, new))
        if was != is_now:
            yield Said(label, (name,), was, is_now)
    kb = kbs[1] or kbs[0]
    own = kb.locales.get(kb.language) if kb else None
    translated = own is not None and own.language != (new or old).get("language")
    alike = not has_numbers_of_its_own(kbs, old, new)
    if alike:
        yield Said("Emergency numbers", ("emergency",), None, "the same as in English, with the same sources")
    for called, at, one, other in emergency_pairs(old, new):
        for name, label in _FIELDS.items():
            if alike and name != "label":
                continue
            told = [_field(name, value.get(name)) for value in (one, other)]
            if told[0] != told[1]:
                english = _label(own, other or one) if translated and name == "label" and own else None
                yield Said(f"{called} › {label}", (*at, name), told[0], told[1], english)


def has_numbers_of_its_own(kbs: Kbs, old: Value, new: Value) -> bool:
    """Whether what the emergency numbers rest on has to be told; not of a new language that took them over."""
    kb = kbs[1] or kbs[0]
    own = kb.locales.get(kb.language) if kb else None
    return bool(old) or own is None or _numbers(new) != _numbers(_json(own)) or own.language == new.get("language")


def emergency_pairs(old: Value, new: Value) -> Iterator[tuple[str, tuple[str | int, ...], Value, Value]]:
    """Each place with emergency numbers before and after: what it is called, where it stands, and both entries.

    One that is not there is empty. Places are the same where they share a region.
    """
    before, after = old.get("emergency", {}), new.get("emergency", {})
    yield NOBODY_KNOWS, ("emergency", "default"), before.get("default", {}), after.get("default", {})
    left: list[Value] = list(before.get("places", ()))
    for at, other in enumerate(after.get("places", ())):
        one: Value = next((place for place in left if set(place["regions"]) & set(other["regions"])), {})
        if one:
            left.remove(one)
        yield _place(other["regions"]), ("emergency", "places", at), one, other
    for one in left:
        yield _place(one["regions"]), ("emergency", "places", before["places"].index(one)), one, {}


def _json(own: Locale) -> Value:
    return own.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _numbers(value: Value) -> list[Value]:
    """Emergency numbers without the words of a language."""
    emergency = value.get("emergency", {})
    entries = [emergency.get("default", {}), *emergency.get("places", ())]
    return [{key: one for key, one in entry.items() if key != "label"} for entry in entries]


def _field(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if name == "regions":
        return regions_in_words(value)
    return ", ".join(value) if name == "numbers" else str(value)


def _place(codes: list[str]) -> str:
    return regions_in_words(codes, 3)


def _way(value: Any) -> str | None:
    return None if value is None else {"ltr": "from left to right", "rtl": "from right to left"}.get(value, str(value))


def _label(own: Locale, entry: Value) -> str:
    """What the language of the records says of a place."""
    codes = set(entry.get("regions", ()))
    if not codes:
        return own.emergency.default.label
    return next((place.label for place in own.emergency.places if codes & set(place.regions)), "")
