"""The table of answers: its columns, what they may hold, and one person's row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from engine.answers import Answers, Chosen, allowed
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from exports.sql.dialect import Dialect
from exports.sql.names import PERSON, REFUSED, Names
from exports.sql.writing import chain, comment, name, number, text

TABLE = "answers"
Cell = bool | int | float | str | None
DOUBLE = "DOUBLE PRECISION"


@dataclass(frozen=True)
class Column:
    """One column of the table: of a question, or of one option of a question with several."""

    name: str
    question: Question
    option: str | None = None

    @property
    def type(self) -> str:
        """Its type, as all databases call it."""
        match self.question.type:
            case "boolean" | "choices":
                return "BOOLEAN"
            case "choice":
                return "TEXT"
            case "integer":
                return "INTEGER"
            case "decimal":
                return DOUBLE
            case _:
                assert_never(self.question.type)


def columns(kb: KnowledgeBase, names: Names) -> list[Column]:
    """The columns in the order in which questions are asked."""
    return [column for question in kb.questions.values() for column in columns_of(kb, names, question)]


def columns_of(kb: KnowledgeBase, names: Names, question: Question) -> list[Column]:
    """The columns of one question."""
    if question.type != "choices":
        return [Column(names.answer(question.id), question)]
    return [Column(names.answer(question.id, one.id), question, one.id) for one in kb.options(question)]


def row(kb: KnowledgeBase, answers: Answers) -> list[Cell]:
    """One person's answers in the order of `columns`; what is not known is None.

    A person who is not sure of any option of a question with several is like one who was not asked: a row cannot tell
    them apart, and no rule does.
    """
    cells: list[Cell] = []
    for question in kb.questions.values():
        value = answers.values.get(question.id)
        if question.type != "choices":
            assert not isinstance(value, Chosen)
            cells.append(value)
            continue
        assert value is None or isinstance(value, Chosen)
        cells += [_ticked(value, option.id) for option in kb.options(question)]
    return cells


def _ticked(value: Chosen | None, option: str) -> bool | None:
    return None if value is None or option in value.unsure else option in value.yes


def table(kb: KnowledgeBase, having: Sequence[Column]) -> Iterator[str]:
    """The lines of the statement that makes the table where there is none, with what each column may hold."""
    yield f"CREATE TABLE IF NOT EXISTS {name(TABLE)} ("
    yield f"  {name(PERSON)} TEXT NOT NULL PRIMARY KEY"
    asked = None
    for column in having:
        question = column.question
        if question is not asked:
            asked = question
            yield from (f"  {line}" for line in comment(f"{question.name}: {may_be(kb, question)}"))
        yield f"  , {name(column.name)} {column.type}"
    yield ");"


def may_be(kb: KnowledgeBase, question: Question) -> str:
    """What a question's columns may hold, in words."""
    if question.type == "choices":
        return "for each option TRUE (ticked), FALSE (not ticked) or NULL (not known)"
    return allowed(kb, question).rsplit(", or ", 1)[0] + ", or NULL (not known)"


def reading(kb: KnowledgeBase, having: Sequence[Column], dialect: Dialect) -> Iterator[str]:
    """The lines of a query that reads the table: numbers as binary ones, and what no rule may see in `refused`.

    `refused` lists the columns with a value outside their question's domain. A person's id that is missing or stands
    twice is listed too.
    """
    yield "SELECT"
    yield f"  {name(PERSON)},"
    yield f"  LTRIM(CASE WHEN {name(PERSON)} IS NULL OR COUNT(*) OVER (PARTITION BY {name(PERSON)}) > 1"
    marks = [f"CASE WHEN {_outside(kb, one, dialect)} THEN {text(' ' + one.name)} ELSE '' END" for one in having]
    yield f"    THEN {text(' ' + PERSON)} ELSE '' END || " + chain([f"\n    {mark}" for mark in marks], "||") + ")"
    yield f"    AS {name(REFUSED)},"
    for column in having:
        shown = name(column.name)
        if column.question.type in ("integer", "decimal"):
            shown = f"CAST({shown} AS {DOUBLE}) AS {shown}"
        yield f"  {shown}" + ("," if column is not having[-1] else "")
    yield f"FROM {name(TABLE)}"


def _outside(kb: KnowledgeBase, column: Column, dialect: Dialect) -> str:
    """Whether a value is outside its question's domain; not TRUE where there is no value."""
    shown, question = name(column.name), column.question
    match question.type:
        case "boolean" | "choices":
            kind, inside = dialect.truth, f"{shown} IN (TRUE, FALSE)"
        case "choice":
            kind, options = dialect.text, ", ".join(text(option.id) for option in kb.options(question))
            inside = f"{shown} IN ({options})"
        case "integer" | "decimal":
            assert question.min is not None
            assert question.max is not None
            kind, inside = dialect.number, f"{shown} BETWEEN {number(question.min)} AND {number(question.max)}"
            if question.type == "integer":
                # A number that is not within the limits may be too large for the cast.
                inside = f"CASE WHEN {inside} THEN {shown} = CAST({shown} AS BIGINT) ELSE FALSE END"
        case _:
            assert_never(question.type)
    if kind:
        inside = f"CASE WHEN {kind.format(shown)} THEN {inside} ELSE FALSE END"
    return f"{shown} IS NOT NULL AND NOT ({inside})"
