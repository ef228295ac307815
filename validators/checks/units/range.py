"""UN001 `units.range`: a threshold lies inside the question's range."""

from __future__ import annotations

from collections.abc import Iterator

from engine.criteria import ORDERED, FactIs
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for comparisons of numbers that are never, or always, true."""
    for kind, id_, steps, part in context.criteria():
        question = context.kb.questions.get(part.fact) if isinstance(part, FactIs) else None
        if not isinstance(part, FactIs) or question is None or question.min is None or question.max is None:
            continue
        operand = part.operand
        if part.operator not in ORDERED:
            for one in operand if isinstance(operand, tuple) else (operand,):
                if isinstance(one, int | float) and not (isinstance(one, bool) or question.min <= one <= question.max):
                    what = f"`{question.id}` lies from {question.min} to {question.max} {question.unit}: never {one}"
                    yield context.path(kind, id_), (*steps, part.operator), what, "choose a number inside that range"
        if part.operator in ORDERED and isinstance(operand, int | float):
            inside = {
                "gte": question.min < operand <= question.max,
                "gt": question.min <= operand < question.max,
                "lte": question.min <= operand < question.max,
                "lt": question.min < operand <= question.max,
            }[part.operator]
            if not inside:
                what = f"`{question.id}` lies from {question.min} to {question.max} {question.unit}: this never decides"
                yield context.path(kind, id_), (*steps, part.operator), what, "choose a threshold inside that range"


CHECK = Check(
    code="UN001",
    name="units.range",
    title="A threshold lies inside the question's range",
    why="Age at least 600 is never true, age at least 0 always: both are slips of a finger or of a unit.",
    bad=changed("rules/findings/older.json", when={"fact": "age", "gte": 600}),
    good={},
    run=run,
)
