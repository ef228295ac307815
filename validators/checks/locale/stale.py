"""LC003 `locale.stale`: every translation is of the text as it is now."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from validators.checks.locale.texts import languages
from validators.example import translated
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for translations whose text has changed since."""
    for language, found in languages(context):
        for place in found.stale:
            what = "the text has changed since it was translated, so the translation is not shown"
            fix = f"translate it again (`algos locale export {language} FILE` marks it)"
            yield context.path("locale", language), ("texts", place), what, fix


CHECK = Check(
    code="LC003",
    name="locale.stale",
    title="Every translation is of the text as it is now",
    why="Advice that was corrected in one language and not in another tells two people two things.",
    bad=translated(question__age__text=("What is your age?", "Wie alt sind Sie?")),
    good=translated(question__age__text=("How old are you?", "Wie alt sind Sie?")),
    run=run,
    severity=Severity.WARNING,
)
