"""RF003 `reference.score`: a criterion names scores that rules add to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.criteria import ScoreIs
from engine.nearest import nearest
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at every score that a criterion names."""
    known = [name for kind, name in context.kb.concluded_by if kind == "score"]
    for kind, id_, steps, part in context.criteria():
        if isinstance(part, ScoreIs) and part.score not in known:
            what = f"no rule adds to the score `{part.score}`"
            yield context.path(kind, id_), (*steps, "score"), what, nearest(part.score, known)


CHECK = Check(
    code="RF003",
    name="reference.score",
    title="A criterion names scores that rules add to",
    why="A score that nothing adds to is always 0.",
    bad=changed("rules/evidence/older.json", when={"score": "wells", "gte": 2}),
    good={},
    run=run,
)
