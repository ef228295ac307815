"""LC005 `locale.number`: a translation says the numbers of its text."""

from __future__ import annotations

from collections.abc import Iterator

from validators.checks.locale.texts import compared
from validators.example import translated
from validators.registry import Check, Context, Problem
from validators.translation import different_numbers


def run(context: Context) -> Iterator[Problem]:
    """Compare the numbers of a text and of its translation."""
    yield from compared(context, different_numbers, "write the same numbers, in digits where the text has digits")


CHECK = Check(
    code="LC005",
    name="locale.number",
    title="A translation says the numbers of its text",
    why="A dose, an age or a time limit that changes on the way can hurt somebody.",
    bad=translated(condition__spasm__guide__today__1__text=("Walk.", "Gehen Sie 10 Minuten.")),
    good=translated(condition__spasm__guide__today__1__text=("Walk.", "Gehen Sie.")),
    run=run,
)
