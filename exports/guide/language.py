"""The language of a guide: which of its texts are translated, and which stand as they were written."""

from __future__ import annotations

from dataclasses import dataclass

from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.nearest import nearest
from engine.texts import standing, texts_of, told
from exports.guide.text import clean


@dataclass(frozen=True)
class Telling:
    """A knowledge base as it is told in one language."""

    kb: KnowledgeBase
    """Its texts are the translations where these are of exactly the text that stands there, else as written."""
    language: str
    direction: str
    """`ltr` or `rtl`."""
    written_in: str
    """The language that its records are written in."""
    written_direction: str
    untranslated: frozenset[str]
    """The texts that nobody has translated, each as one clean line; empty in the records' own language."""


def telling(kb: KnowledgeBase, language: str | None = None) -> Telling:
    """A knowledge base in a language; None is the one that its records are written in.

    A translation of a text that has changed since is not told. Raises KnowledgeError where there is no such language.
    """
    own, wanted = kb.language, language or kb.language
    ours, theirs = kb.locales.get(own), kb.locales.get(wanted)
    direction = ours.direction if ours else "ltr"
    if wanted == own:
        return Telling(kb, own, direction, own, direction, frozenset())
    if theirs is None:
        what = f"there is no language `{wanted}` in this knowledge base"
        fix = nearest(wanted, [own, *(one for one in sorted(kb.locales) if one != own)])
        raise KnowledgeError([Finding("locales", 0, "", "GD095", "guide.language", what, fix)])
    current = standing(theirs, texts_of(kb)).current
    untranslated: set[str] = set()

    def say(place: str, text: str) -> str:
        if place not in current:
            untranslated.add(clean(text))
        return current.get(place, text)

    return Telling(told(kb, say), wanted, theirs.direction, own, direction, frozenset(untranslated))


def languages_of(kb: KnowledgeBase) -> list[str]:
    """The languages that guides can be told in, the one that the records are written in first."""
    return [kb.language, *(one for one in sorted(kb.locales) if one != kb.language and one in kb.settings.languages)]
