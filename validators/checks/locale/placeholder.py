"""LC004 `locale.placeholder`: a translation has the placeholders of its text."""

from __future__ import annotations

from collections.abc import Iterator

from validators.checks.locale.texts import compared
from validators.example import translated
from validators.registry import Check, Context, Problem
from validators.translation import different_placeholders


def run(context: Context) -> Iterator[Problem]:
    """Compare what is put into a text and into its translation."""
    yield from compared(context, different_placeholders, "write what stands in braces exactly as in the text")


CHECK = Check(
    code="LC004",
    name="locale.placeholder",
    title="A translation has the placeholders of its text",
    why="What stands in braces is put in later; without it a sentence loses what it is about.",
    bad=translated(runtime__likely=("likely: {name}", "wahrscheinlich")),
    good=translated(runtime__likely=("likely: {name}", "wahrscheinlich: {name}")),
    run=run,
)
