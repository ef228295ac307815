"""FM005 `format.canonical`: a record is saved in its one canonical text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.canonical import canonical_text
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare each record's text with the text that `algos fmt` would write."""
    for path in context.loaded.values:
        data = context.loaded.files[path]
        if not context.memory.of(("canonical", path, data), partial(_is_canonical, data, path)):
            yield (
                path,
                (),
                "it is not written as the console writes it",
                "save it again in the console (or run `algos fmt`)",
            )


def _is_canonical(data: bytes, path: str) -> bool:
    return canonical_text(data, path).encode() == data


CHECK = Check(
    code="FM005",
    name="format.canonical",
    title="A record is saved in its one canonical text",
    why="A change of one threshold then shows as one line, and nothing else moves.",
    bad={"terms/older.json": b'{"kind": "finding", "id": "older", "name": "60 or over", "meaning": "x"}'},
    good={},
    run=run,
)
