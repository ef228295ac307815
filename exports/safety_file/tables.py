"""The tables of the safety file as CSV files, for a spreadsheet or another tool."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from exports.safety_file.document import Document

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Signs with which a spreadsheet takes a text for a formula."""


def safety_tables(document: Document) -> Iterator[tuple[str, bytes]]:
    """Each table's file name and content, in UTF-8 with a mark that spreadsheets look for.

    Each row ends with the state of the whole: unreviewed, and of which content.
    """
    for table in document.tables:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([*(column.name for column in table.columns), "State"])
        for row in table.rows:
            writer.writerow([*(_safe(cell) for cell in row), f"{document.unreviewed} {document.running}"])
        yield f"{table.id}.csv", text.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    """A cell that no spreadsheet carries out (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
