"""RF002 `reference.finding`: a criterion names findings that a rule concludes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.criteria import FindingIs
from engine.nearest import nearest
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at every finding that a criterion names."""
    known = [name for kind, name in context.kb.concluded_by if kind == "finding"]
    for kind, id_, steps, part in context.criteria():
        if isinstance(part, FindingIs) and part.finding not in known:
            what = f"no rule concludes the finding `{part.finding}`"
            yield context.path(kind, id_), (*steps, "finding"), what, nearest(part.finding, known)


CHECK = Check(
    code="RF002",
    name="reference.finding",
    title="A criterion names findings that a rule concludes",
    why="A finding that nothing concludes is never true.",
    bad=changed("rules/evidence/older.json", when={"finding": "old"}),
    good={},
    run=run,
)
