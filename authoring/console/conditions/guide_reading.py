"""Which sentences of a guide are hard to read."""

from __future__ import annotations

from collections.abc import Sequence

from validators.reading import FORMULA, HIGHEST, reading, sentences_of, word_count

AIM = 11.0
"""The reading age up to which a sentence is never marked."""
_FEW = 5
"""Sentences of fewer words are left out: the formula says nothing about them."""
_MARKED = 3
"""How many sentences of one section are marked at most."""


def hard_spans(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For each text of a section, the spans (begin, end) of the section's hardest sentences.

    These are up to three with a reading age above the limit of 14 years, or else the hardest one above 11.
    """
    found = []
    for number, text in enumerate(texts):
        at = 0
        for sentence in sentences_of(text):
            begin = text.index(sentence, at)
            at = begin + len(sentence)
            age = reading([sentence]).age
            if word_count(sentence) >= _FEW and age > AIM:
                found.append((age, number, begin, at))
    spans: list[list[tuple[int, int]]] = [[] for _ in texts]
    found.sort(reverse=True)
    over = sum(age > HIGHEST for age, *_ in found)
    for _, number, begin, end in found[: min(max(over, 1), _MARKED)]:
        spans[number].append((begin, end))
    return [sorted(one) for one in spans]


def measured(texts: Sequence[str]) -> str:
    """A section's reading age in words, with the formula's name: `Reading age 9.1 (Flesch-Kincaid), 84 words`."""
    found = reading(list(texts))
    if not found.words:
        return "Nothing written yet"
    over = f", above the limit of {HIGHEST:g}" if found.age > HIGHEST else ""
    return f"Reading age {found.age:g}{over} ({FORMULA}), {found.words} words"
