"""RF012 `reference.region`: a condition's region is on the body map."""

from __future__ import annotations

from collections.abc import Iterator

from engine.nearest import nearest
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at each condition's region."""
    known = [region.id for region in context.kb.body.regions]
    for id_, condition in context.kb.conditions.items():
        if condition.region not in known:
            what = f"the body map has no region `{condition.region}`"
            yield context.path("condition", id_), ("region",), what, nearest(condition.region, known)


CHECK = Check(
    code="RF012",
    name="reference.region",
    title="A condition's region is on the body map",
    why="The guide library and the console sort conditions by region.",
    bad=changed("conditions/low_back/spasm.json", region="lowback"),
    good={},
    run=run,
)
