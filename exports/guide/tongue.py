"""Texts of a guide that are in another language than the guide: which, how they are marked, what is said of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from exports.guide.content import GuideContent
from exports.guide.text import Run
from exports.guide.words import SOURCE, language_name, long_date, words_in


def mark(language: str) -> str:
    """What stands before a text in another language, for those who see it: `EN`."""
    return language.partition("-")[0].upper()


def others(content: GuideContent) -> dict[str, tuple[str, str]]:
    """Each line in another language, with its language and direction: what nobody has translated."""
    words = words_in(content.language)
    fixed = {words.said[name]: (SOURCE, "ltr") for name in words.english}
    return fixed | dict.fromkeys(content.untranslated, (content.written_in, content.written_direction))


def is_mixed(content: GuideContent) -> bool:
    """Whether some of what a guide says is translated and some is not: then each text in the other language is marked.

    Where all of it is in the other language, one note says so, and marks would only be in the way of reading.
    """
    languages = {run.language for run in _said(content)}
    return None in languages and (len(languages) > 1 or bool(others(content)))


def untranslated_note(content: GuideContent) -> tuple[str, str] | None:
    """The fixed word about texts in another language, and the same with its gaps filled; None where there are none."""
    if not others(content) and not any(run.language for run in _said(content)):
        return None
    name = "untranslated" if is_mixed(content) else "all_untranslated"
    words = words_in(content.language)
    language = language_name(content.written_in, SOURCE if name in words.english else content.language)
    return words.said[name], words.said[name].replace("{mark}", mark(content.written_in)).replace(
        "{language}", language
    )


def date_filled(content: GuideContent, name: str) -> str:
    """A fixed word with the guide's review date in it."""
    words = words_in(content.language)
    date = long_date(content.review_by, SOURCE if name in words.english else content.language)
    return words.said[name].replace("{date}", date)


def _said(content: GuideContent) -> Iterator[Run]:
    """What the guide itself says: without what is said of its sources."""
    for part in (content.summary, content.sections, content.exercises, content.watch_for, content.judgements):
        yield from _runs(part)


def _runs(value: object) -> Iterator[Run]:
    if isinstance(value, Run):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _runs(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _runs(getattr(value, field.name))
