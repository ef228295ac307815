"""What a translation must have in common with the text that it translates: numbers, placeholders, marks and links."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]*)\)")
_TAG = re.compile(r"</?[A-Za-z!][^>]*>|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z]+);")
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_WORDS = (
    ("zero", "no"),
    ("one", "once", "first", "single", "a", "an"),
    ("two", "twice", "second", "couple", "both", "half"),
    ("three", "third"),
    ("four", "fourth", "quarter"),
    ("five", "fifth"),
    ("six", "sixth"),
    ("seven", "seventh"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("ten", "tenth"),
    ("eleven",),
    ("twelve", "dozen", "noon", "midnight"),
)
_SPELLED = {word: str(number) for number, words in enumerate(_WORDS) for word in words}


def placeholders(text: str) -> Counter[str]:
    """What is put into a text: `{name}`."""
    return Counter(_PLACEHOLDER.findall(text))


def numbers(text: str) -> Counter[str]:
    """The numbers of a text in one form: `1.5` and `1,5` are one, `1,000` and `1.000` are another."""
    return Counter(_value(one) for one in _NUMBER.findall(_PLACEHOLDER.sub("", text)))


def _value(written: str) -> str:
    parts = re.split(r"[.,]", written)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
        return "".join(parts)
    return ".".join(parts)


def spelled(text: str) -> frozenset[str]:
    """The numbers that an English text spells out, which a translation may write in digits."""
    return frozenset(_SPELLED[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SPELLED)


def different_placeholders(source: str, translation: str) -> str | None:
    """What is wrong with a translation's placeholders, or None."""
    return _difference(placeholders(source), placeholders(translation), "")


def different_numbers(source: str, translation: str) -> str | None:
    """What is wrong with a translation's numbers, or None. Digits stay digits; spelled numbers may become digits."""
    ours, theirs = numbers(source), numbers(translation)
    extra = Counter({number: count for number, count in (theirs - ours).items() if number not in spelled(source)})
    return _difference(ours - theirs, extra, "the number ")


def _difference(ours: Counter[str], theirs: Counter[str], kind: str) -> str | None:
    missing, extra = sorted((ours - theirs).elements()), sorted((theirs - ours).elements())
    said = [f"{kind}`{one}` is missing from the translation" for one in missing]
    said += [f"{kind}`{one}` is not in the text that it translates" for one in extra]
    return said[0] if said else None


def unsafe(source: str, translation: str) -> str | None:
    """What in a translation would be shown otherwise than it is written, or leads elsewhere; None if nothing."""
    return next(_unsafe(source, translation), None)


def _unsafe(source: str, translation: str) -> Iterator[str]:
    if tag := _TAG.search(translation):
        yield f"`{tag[0]}` is markup"
    for char in translation:
        if char in _REORDERING or (unicodedata.category(char) == "Cc" and char != "\n"):
            yield f"the invisible character U+{ord(char):04X} changes what is read"
    ours, theirs = Counter(_LINK.findall(source)), Counter(_LINK.findall(translation))
    for address in (theirs - ours).elements():
        yield f"the link to `{address}` is not in the text that it translates"
    for address in (ours - theirs).elements():
        yield f"the link to `{address}` is missing from the translation"
    if translation.count("**") != source.count("**"):
        yield "its bold parts (**) are not those of the text that it translates"


class Places:
    """The places of texts, and which of them somebody may have meant by one that is not there."""

    def __init__(self, known: Iterable[str]) -> None:
        """`known` is read when a place is asked about for the first time."""
        self._known = known

    @cached_property
    def _by_rest(self) -> dict[tuple[str, ...], list[str]]:
        """The places that are the same but for one step."""
        found: dict[tuple[str, ...], list[str]] = {}
        for place in self._known:
            for rest in _rests(place):
                found.setdefault(rest, []).append(place)
        return found

    def fix(self, place: str) -> str:
        """What to do about a place that is not there: the nearest one of those that differ in one step, or none.

        Whole records may be gone with hundreds of places: comparing each with every text would take minutes.
        """
        alike = [one for rest in _rests(place) for one in self._by_rest.get(rest, ())]
        close = difflib.get_close_matches(place, alike, n=1, cutoff=0.8)
        return f"did you mean `{close[0]}`? Else delete it" if close else "delete it: its text is gone"


def _rests(place: str) -> Iterator[tuple[str, ...]]:
    """A place with each of its steps but the first, which is its kind, left open."""
    steps = place.split("/")
    for at in range(1, len(steps)):
        yield (*steps[:at], "", *steps[at + 1 :])
