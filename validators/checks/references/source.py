"""RF005 `reference.source`: every citation names a source that exists."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.schema import nearest
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at every citation in every record."""
    known = context.kb.sources
    for path, value in context.loaded.values.items():
        key = ("citations", path, context.loaded.files[path])
        for steps, name in context.memory.of(key, partial(_all_citations, value)):
            if name not in known:
                yield path, steps, f"there is no source `{name}`", nearest(name, known)


_Citation = tuple[tuple[str | int, ...], str]


def _all_citations(value: object) -> tuple[_Citation, ...]:
    return tuple(_citations(value, ()))


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
