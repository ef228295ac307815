"""RF005 `reference.source`: every citation names a source that exists."""

from __future__ import annotations

from collections.abc import Iterator

from engine.nearest import nearest
from validators.registry import Check, Context, Problem

_Citation = tuple[tuple[str | int, ...], str]


def run(context: Context) -> Iterator[Problem]:
    """Look at every citation in every record."""
    known = context.kb.sources
    for path in context.loaded.values:
        for steps, name in citations(context, path):
            if name not in known:
                yield path, steps, f"there is no source `{name}`", nearest(name, known)


def citations(context: Context, path: str) -> tuple[_Citation, ...]:
    """What a file that could be read cites: the pointer's steps, and the source's id."""
    value = context.loaded.values[path]
    key = ("citations", path, context.loaded.files[path])
    return context.memory.of(key, lambda: tuple(_citations(value, ())))


def _citations(value: object, steps: tuple[str | int, ...]) -> Iterator[_Citation]:
    if isinstance(value, dict):
        name = value.get("source")
        if isinstance(name, str):
            yield (*steps, "source"), name
        for key, item in value.items():
            yield from _citations(item, (*steps, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _citations(item, (*steps, at))


CHECK = Check(
    code="RF005",
    name="reference.source",
    title="Every citation names a source that exists",
    why="A fact without its source cannot be checked by anybody.",
    bad={"sources/smith-2020.json": None},
    good={},
    run=run,
)
