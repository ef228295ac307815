"""LC008 `locale.alike`: a translation keeps apart the answers to a question, and the parts of the body."""

from __future__ import annotations

from collections.abc import Iterator

from validators.checks.locale.texts import languages
from validators.example import translated
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare what is told of each answer to a question, and of each part of the body, with that of the others."""
    for language, found in languages(context):
        seen: dict[tuple[str, str], str] = {}
        for place, text in context.texts.items():
            among = _among(place)
            told = found.current.get(place, text).strip().casefold()
            if among is None or place not in context.kb.locales[language].texts:
                continue
            other = seen.setdefault((among, told), place)
            if other != place and context.texts[other].strip().casefold() != text.strip().casefold():
                what = f"this says the same as the translation of `{other}`"
                yield context.path("locale", language), ("texts", place, "text"), what, "say what tells them apart"


def _among(place: str) -> str | None:
    """What a text is chosen from: the answers to its question, or the parts of the body."""
    if place.startswith("question/") and "/options/" in place:
        return place.partition("/options/")[0]
    return "part" if place.startswith("part/") else None


CHECK = Check(
    code="LC008",
    name="locale.alike",
    title="A translation keeps apart the answers to a question, and the parts of the body",
    why="Where two answers read alike, people choose either, and one of them may be the dangerous one.",
    bad=translated(
        part__low_back_left__name=("left lower back", "unterer Rücken"),
        part__low_back_right__name=("right lower back", "Unterer Rücken"),
    ),
    good=translated(
        part__low_back_left__name=("left lower back", "unterer Rücken links"),
        part__low_back_right__name=("right lower back", "unterer Rücken rechts"),
    ),
    run=run,
)
