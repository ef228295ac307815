"""People as a CSV file that databases copy into the table of answers (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from engine.answers import Answers
from engine.knowledge import KnowledgeBase
from exports.sql.answers import Cell, columns, row
from exports.sql.names import PERSON, Names


def csv_lines(kb: KnowledgeBase, people: Iterable[tuple[str, Answers]]) -> Iterator[str]:
    """The header and a line for each person, given by id and answers. Nothing between two commas is NULL.

    TRUE is 1 and FALSE is 0, which DuckDB, PostgreSQL and SQLite all read as booleans.
    """
    yield _line([PERSON, *(column.name for column in columns(kb, Names()))])
    for person, answers in people:
        yield _line([person, *map(_cell, row(kb, answers))])


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, bool) else str(cell)


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
