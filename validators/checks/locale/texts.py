"""What the checks of translations share: the texts, and how each language stands to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from engine.texts import Standing, hash_of
from validators.registry import Context, Problem

Compare = Callable[[str, str], str | None]
"""A text and its translation to what is wrong with it."""


def languages(context: Context) -> Iterator[tuple[str, Standing]]:
    """Each language that has translations, and how these stand."""
    yield from context.standings.items()


def compared(context: Context, compare: Compare, fix: str) -> Iterator[Problem]:
    """What is wrong with a translation beside its text; what is stale is not shown to anybody and left alone."""
    for language, locale in sorted(context.kb.locales.items()):
        sources = {hash_of(text): text for text in context.texts.values()} if locale.texts else {}
        for place, one in sorted(locale.texts.items()):
            source = sources.get(one.of)
            what = _compared(compare, source, one.text) if source is not None else None
            if what:
                yield context.path("locale", language), ("texts", place, "text"), what, fix


@lru_cache(maxsize=65_536)  # at each save every translation is looked at, and nearly all are what they were
def _compared(compare: Compare, source: str, translation: str) -> str | None:
    return compare(source, translation)
