"""The safety file as parts, paragraphs and tables. HTML, PDF and CSV are each a fold over this."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, and its width beside the others."""

    name: str
    width: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table of plain texts. Every cell says something, if only why there is nothing to say."""

    id: str
    """Also the name of its CSV file."""
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of the table {self.id} has {len(row)} cells, not {len(self.columns)}")


@dataclass(frozen=True)
class Part:
    """One part of the file."""

    id: str
    title: str
    feeds: str
    """Which papers it could feed; it meets none of them by itself."""
    says: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Document:
    """The whole file."""

    title: str
    subtitle: str
    unreviewed: str
    """Stands on every page, and in every row of a CSV file."""
    no_claim: str
    identity: tuple[tuple[str, str], ...]
    """What it was made from, and when."""
    running: str
    """What stands at the foot of each page."""
    parts: tuple[Part, ...] = field(default=())

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in reading order."""
        return tuple(table for part in self.parts for table in part.tables)
