"""How hard a text is to read.

The Flesch-Kincaid grade (Kincaid and others 1975) is 0.39 * words per sentence + 11.8 * syllables per word - 15.59, in
years of US schooling; the reading age is that and 5. Syllables are estimated from the spelling, so a value is good to
about a year, and says nothing about whether a text is understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import syllables

FORMULA = "Flesch-Kincaid"
HIGHEST = 14.0
"""The highest reading age for patients' texts, in years; 9 to 11 is the aim (source `nhs-reading-age-issue`)."""

_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Reading:
    """What was measured of one text."""

    age: float
    """Reading age in years."""
    words: int
    longest: str
    """The longest sentence."""


def sentences_in(texts: Sequence[str], end: re.Pattern[str], word: re.Pattern[str]) -> list[str]:
    """The sentences of some paragraphs, told apart by what ends one and by what is a word; a paragraph ends one too.

    Marks and the addresses of links are not read.
    """
    return [
        sentence
        for text in texts
        for sentence in end.split(_LINK.sub(r"\1", text.replace("**", "")).strip())
        if word.search(sentence)
    ]


def reading(texts: Sequence[str]) -> Reading:
    """The reading age of some paragraphs taken together; a paragraph ends a sentence."""
    return _reading(tuple(texts))


@lru_cache(maxsize=8192)  # whoever writes a guide has all its other sections and sentences measured again at each key
def _reading(texts: tuple[str, ...]) -> Reading:
    sentences = sentences_in(texts, _SENTENCE, _WORD)
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return Reading(0.0, 0, "")
    spoken = sum(max(1, syllables.estimate(word)) for word in words)
    grade = 0.39 * len(words) / len(sentences) + 11.8 * spoken / len(words) - 15.59
    longest = max(sentences, key=lambda sentence: len(_WORD.findall(sentence)))
    return Reading(round(grade + 5, 1), len(words), longest)


def word_count(text: str) -> int:
    """How many words a text has."""
    return len(_WORD.findall(text))


def sentences_of(text: str) -> list[str]:
    """A text's sentences."""
    return [sentence for sentence in _SENTENCE.split(text.strip()) if _WORD.search(sentence)]
