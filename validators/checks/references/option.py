"""RF007 `reference.option`: a comparison asks for an answer that the question can have."""

from __future__ import annotations

from collections.abc import Iterator

from engine.answers import allowed
from engine.criteria import FactIs
from engine.model.question import Question
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at the options and truth values that comparisons ask for."""
    kb = context.kb
    for kind, id_, steps, part in context.criteria():
        if isinstance(part, FactIs) and part.fact in kb.questions:
            question = kb.questions[part.fact]
            for operand in part.operand if isinstance(part.operand, tuple) else (part.operand,):
                if not _possible(context, question, operand):
                    what = f"`{question.id}` is never answered by `{_written(operand)}`"
                    yield context.path(kind, id_), steps, what, f"the question allows {allowed(kb, question)}"


def _written(operand: object) -> object:
    return str(operand).lower() if isinstance(operand, bool) else operand


def _possible(context: Context, question: Question, operand: object) -> bool:
    if question.type == "boolean":
        return isinstance(operand, bool)
    if question.type in ("choice", "choices"):
        return operand in [option.id for option in context.kb.options(question)]
    return True


CHECK = Check(
    code="RF007",
    name="reference.option",
    title="A comparison asks for an answer that the question can have",
    why="A comparison with an option that nobody can choose is never true.",
    bad=changed("rules/evidence/locked.json", when={"fact": "locked", "is": "yes"}),
    good={},
    run=run,
)
