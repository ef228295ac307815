"""LC002 `locale.place`: every translation stands at the place of a text."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from validators.checks.locale.texts import languages
from validators.example import translated
from validators.registry import Check, Context, Problem
from validators.translation import Places


def run(context: Context) -> Iterator[Problem]:
    """Look for translations of which no text is left; one whose text moved inside its record is at home.

    While a record cannot be read nobody can say which texts are gone for good.
    """
    if any(finding.severity is Severity.ERROR for finding in context.loaded.findings):
        return
    places = Places(context.texts)
    for language, found in languages(context):
        known = context.texts if found.orphaned else {}
        for place in found.orphaned:
            what = f"there is no text at `{place}`" if place not in known else f"`{place}` has a newer translation"
            yield context.path("locale", language), ("texts", place), what, places.fix(place)


CHECK = Check(
    code="LC002",
    name="locale.place",
    title="Every translation stands at the place of a text",
    why="A translation of nothing is never shown, while its translator believes that it is.",
    bad=translated(question__agee__text=("How old are you?", "Wie alt sind Sie?")),
    good=translated(question__age__text=("How old are you?", "Wie alt sind Sie?")),
    run=run,
    severity=Severity.WARNING,
)
