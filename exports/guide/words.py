"""The fixed words of a guide, by language. Everything else in it comes from the knowledge base.

They stand with the texts of the pain assessment, which says most of them on its own guide pages, so that nobody writes
or translates them twice: `frontends/assessment/locales/<language>.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import babel
from babel.dates import format_date

FOLDER = Path(__file__).resolve().parents[2] / "frontends" / "assessment" / "locales"
SOURCE = "en"
KEYS: Mapping[str, str] = {
    "about": "paper.about",
    "all_untranslated": "paper.allUntranslated",
    "also_called": "paper.alsoCalled",
    "cited": "paper.cited",
    "clinical_name": "result.clinical",
    "content": "paper.content",
    "contents": "guide.contents",
    "dose": "exercise.dose",
    "easier": "exercise.easier",
    "exercises": "guide.exercises",
    "full_list": "paper.fullList",
    "help_now": "guide.atOnce",
    "help_today": "paper.helpToday",
    "judgement_name": "paper.judgement",
    "judgements": "guide.judgements",
    "judgements_key": "guide.judgementsText",
    "key": "guide.key",
    "link": "paper.link",
    "link_alt": "paper.linkAlt",
    "only_if": "guide.onlyIf",
    "or_if": "guide.or",
    "overdue": "paper.overdue",
    "page": "paper.page",
    "progression": "exercise.progression",
    "review_by": "paper.reviewBy",
    "skip": "skip",
    "some_people": "paper.somePeople",
    "source_name": "paper.source",
    "sources": "guide.sources",
    "start": "exercise.start",
    "stop_if": "exercise.stop",
    "uncertain": "guide.uncertain",
    "undated": "paper.undated",
    "unreviewed": "paper.unreviewed",
    "untranslated": "paper.untranslated",
    "version": "paper.version",
    "watch_for": "guide.watch",
}
"""What templates call a word, and its key among the texts of the pain assessment."""


@dataclass(frozen=True)
class Words:
    """The fixed words in one language."""

    language: str
    said: Mapping[str, str]
    """By the name that templates call it."""
    english: frozenset[str]
    """The names of those that nobody has translated."""


@cache
def words_in(language: str) -> Words:
    """The fixed words in a language, or a relative of it (`de` for `de-AT`); English where it has none."""
    english, theirs = _read(SOURCE), _read(language) or _read(language.partition("-")[0])
    return Words(
        language,
        {name: theirs.get(key, english[key]) for name, key in KEYS.items()},
        frozenset(name for name, key in KEYS.items() if key not in theirs),
    )


def _read(language: str) -> dict[str, str]:
    path = FOLDER / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


ENGLISH = words_in(SOURCE)
WORDS = ENGLISH.said


def long_date(day: date, language: str = SOURCE) -> str:
    """A date as people say it: `23 November 2027`, `23. November 2027`, whatever the machine's language."""
    return format_date(day, "long", locale=_locale(language))


def language_name(language: str, spoken: str) -> str:
    """What a language is called in another: `Englisch`. Its code where Unicode's CLDR does not know it."""
    try:
        return babel.Locale.parse(language, sep="-").get_display_name(_locale(spoken)) or language
    except (babel.UnknownLocaleError, ValueError):
        return language


def _locale(language: str) -> babel.Locale:
    """What Unicode's CLDR says of a language; British English for English, and where it knows nothing."""
    if language == SOURCE:
        language = "en-GB"
    try:
        return babel.Locale.parse(language, sep="-")
    except (babel.UnknownLocaleError, ValueError):
        return babel.Locale("en", "GB")
