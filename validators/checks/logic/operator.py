"""LG001 `logic.operator`: an operator fits the type of the question."""

from __future__ import annotations

from collections.abc import Iterator

from engine.criteria import ORDERED, FactIs
from validators.example import changed
from validators.registry import Check, Context, Problem

_FITTING = {
    "boolean": ("is",),
    "choice": ("is", "in"),
    "choices": ("includes",),
    "integer": (*ORDERED, "is", "in"),
    "decimal": ORDERED,
}

_ANSWERED = {
    "boolean": "is answered by yes or no",
    "choice": "has one answer of several",
    "choices": "may have several answers at once",
    "integer": "is a whole number",
    "decimal": "is a number",
}


def run(context: Context) -> Iterator[Problem]:
    """Look at each comparison's operator, and at the type of what it compares with."""
    for kind, id_, steps, part in context.criteria():
        if isinstance(part, FactIs) and part.fact in context.kb.questions:
            question = context.kb.questions[part.fact]
            fitting = _FITTING[question.type]
            if part.operator not in fitting:
                what = f"`{part.operator}` does not fit `{question.id}`, which {_ANSWERED[question.type]}"
                yield (
                    context.path(kind, id_),
                    (*steps, part.operator),
                    what,
                    f"use {' or '.join(f'`{one}`' for one in fitting)}",
                )
            elif question.type == "integer" and not all(
                isinstance(one, int) and not isinstance(one, bool)
                for one in (part.operand if isinstance(part.operand, tuple) else (part.operand,))
            ):
                what = f"`{question.id}` is a whole number"
                yield context.path(kind, id_), (*steps, part.operator), what, "compare it with a whole number"


CHECK = Check(
    code="LG001",
    name="logic.operator",
    title="An operator fits the type of the question",
    why="More than makes no sense for yes or no.",
    bad=changed("rules/findings/older.json", when={"fact": "locked", "gte": 1}),
    good={},
    run=run,
)
