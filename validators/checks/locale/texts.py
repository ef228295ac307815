"""What the checks of translations share: the texts, and how each language stands to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.texts import Standing, hash_of, standing
from validators.registry import Context, Problem

Compare = Callable[[str, str], str | None]
"""A text and its translation to what is wrong with it."""


def languages(context: Context) -> Iterator[tuple[str, Standing]]:
    """Each language that has translations, and how these stand."""
    translated = {language: one for language, one in sorted(context.kb.locales.items()) if one.texts}
    for language, locale in translated.items():
        yield language, standing(locale, context.texts)


def compared(context: Context, compare: Compare, fix: str) -> Iterator[Problem]:
    """What is wrong with a translation beside its text; what is stale is not shown to anybody and left alone."""
    for language, locale in sorted(context.kb.locales.items()):
        sources = {hash_of(text): text for text in context.texts.values()} if locale.texts else {}
        for place, one in sorted(locale.texts.items()):
            source = sources.get(one.of)
            what = compare(source, one.text) if source is not None else None
            if what:
                yield context.path("locale", language), ("texts", place, "text"), what, fix
