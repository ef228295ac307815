"""RF001 `reference.fact`: a criterion names questions that exist."""

from __future__ import annotations

from collections.abc import Iterator

from engine.criteria import FactIs
from engine.nearest import nearest
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at every comparison on an answer."""
    questions = context.kb.questions
    for kind, id_, steps, part in context.criteria():
        if isinstance(part, FactIs) and part.fact not in questions:
            what = f"there is no question `{part.fact}`"
            yield context.path(kind, id_), (*steps, "fact"), what, nearest(part.fact, questions)


CHECK = Check(
    code="RF001",
    name="reference.fact",
    title="A criterion names questions that exist",
    why="A comparison on a question that nobody is asked is never true.",
    bad=changed("rules/findings/older.json", when={"fact": "agee", "gte": 60}),
    good={},
    run=run,
)
