"""How hard a German text is to read.

The first Wiener Sachtextformel (Bamberger and Vanecek, Lesen, Verstehen, Lernen, Schreiben, Vienna 1984) is
0.1935 MS + 0.1672 SL + 0.1297 IW - 0.0327 ES - 0.875. Of a text's words, MS per cent have three or more syllables, IW
per cent more than six letters, and ES per cent one syllable; SL is the mean number of words in a sentence. The result
is the school year that the text suits, from 4 (very easy) to 15 (very hard). Syllables are estimated from the spelling,
and like any such formula it says nothing about whether a text is understood: it is told, and nothing is refused for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from validators.reading import sentences_in

GERMAN_FORMULA = "first Wiener Sachtextformel"
EASIEST, HARDEST = 4, 15
"""The school years between which the formula was made."""

_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]+(?:['’-][A-Za-zÄÖÜäöüß]+)*")
_SENTENCE = re.compile(r"(?<=[.!?:])[“”\"]?\s+")
_SPOKEN = re.compile(r"aa|ai|au|ay|äu|ee|ei|eu|ey|ie|oo|ou|[aeiouyäöü]")
_SILENT = re.compile(r"(?<=q)u|\by(?=[aeiou])")
_LONG, _MANY = 6, 3


@dataclass(frozen=True)
class GermanReading:
    """What was measured of one German text."""

    year: float
    """The school year that it suits; below 4 and above 15 the formula was not made for."""
    words: int
    longest: str
    """The longest sentence."""


def syllables_of(word: str) -> int:
    """How many syllables a German word has, estimated from its spelling: one for each vowel or double vowel."""
    return max(1, len(_SPOKEN.findall(_SILENT.sub("", word.lower()))))


def german_reading(texts: Sequence[str]) -> GermanReading:
    """The school year of some German paragraphs taken together; a paragraph ends a sentence."""
    return _german_reading(tuple(texts))


@lru_cache(maxsize=8192)  # as in validators.reading: the same text is measured at each key of whoever writes it
def _german_reading(texts: tuple[str, ...]) -> GermanReading:
    sentences = sentences_in(texts, _SENTENCE, _WORD)
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return GermanReading(0.0, 0, "")
    spoken = [syllables_of(word) for word in words]
    share = 100 / len(words)
    many = share * sum(one >= _MANY for one in spoken)
    single = share * sum(one == 1 for one in spoken)
    long = share * sum(sum(map(str.isalpha, word)) > _LONG for word in words)
    year = 0.1935 * many + 0.1672 * len(words) / len(sentences) + 0.1297 * long - 0.0327 * single - 0.875
    longest = max(sentences, key=lambda sentence: len(_WORD.findall(sentence)))
    return GermanReading(round(year, 1), len(words), longest)


def year_in_words(found: GermanReading) -> str:
    """The school year, told within the years that the formula was made for: `4 or below`, `6.3`, `15 or above`."""
    if found.year <= EASIEST:
        return f"{EASIEST} or below"
    return f"{HARDEST} or above" if found.year >= HARDEST else f"{found.year:g}"
