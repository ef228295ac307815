"""LC006 `locale.markup`: a translation holds no markup, no hidden characters and no other links."""

from __future__ import annotations

from collections.abc import Iterator

from validators.checks.locale.texts import compared
from validators.example import translated
from validators.registry import Check, Context, Problem
from validators.translation import unsafe


def run(context: Context) -> Iterator[Problem]:
    """Look for what would be shown otherwise than it is written."""
    yield from compared(context, unsafe, "write plain text, with the links and the **bold** of the text")


CHECK = Check(
    code="LC006",
    name="locale.markup",
    title="A translation holds no markup, no hidden characters and no other links",
    why="Reviewers often do not read the language; a link or a mark that nobody approved could lead anywhere.",
    bad=translated(question__age__text=("How old are you?", "Wie <b>alt</b> sind Sie?")),
    good=translated(question__age__text=("How old are you?", "Wie alt sind Sie?")),
    run=run,
)
