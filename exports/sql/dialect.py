"""In what the databases differ: the little that is not the same SQL in all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DialectName = Literal["duckdb", "postgresql", "sqlite"]


@dataclass(frozen=True)
class Dialect:
    """One database's ways."""

    name: DialectName
    title: str
    most_columns: int
    """The most columns that a query may have; 0: no limit that matters."""
    joined: str
    """The aggregate that joins texts, with two arguments."""
    settings: tuple[str, ...] = ()
    """Statements before everything else."""
    number: str = ""
    """What a value that is a number fulfils, `{}` standing for it; empty where columns have one type each."""
    truth: str = ""
    """The same of a boolean."""
    text: str = ""
    """The same of a text."""


_DUCKDB_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_DUCKDB_NUMBERS = ", ".join(
    f"'{name}'" for name in (*_DUCKDB_INTEGERS, *(f"U{one}" for one in _DUCKDB_INTEGERS), "FLOAT", "DOUBLE")
)

DIALECTS: dict[DialectName, Dialect] = {
    one.name: one
    for one in (
        Dialect(
            "duckdb",
            "DuckDB",
            most_columns=0,
            joined="STRING_AGG",
            # DuckDB turns 1 into TRUE and '44' into 44 by itself.
            number=f"(TYPEOF({{0}}) IN ({_DUCKDB_NUMBERS}) OR TYPEOF({{0}}) LIKE 'DECIMAL%')",
            truth="TYPEOF({0}) = 'BOOLEAN'",
            text="(TYPEOF({0}) = 'VARCHAR' OR TYPEOF({0}) LIKE 'ENUM%')",
        ),
        Dialect(
            "postgresql",
            "PostgreSQL",
            most_columns=1600,  # https://www.postgresql.org/docs/current/limits.html
            joined="STRING_AGG",
            settings=("SET client_encoding = 'UTF8'", "SET client_min_messages = 'warning'"),
        ),
        Dialect(
            "sqlite",
            "SQLite",
            most_columns=2000,  # https://www.sqlite.org/limits.html
            joined="GROUP_CONCAT",
            # In SQLite any column holds values of any type.
            number="TYPEOF({0}) IN ('integer', 'real')",
            truth="(TYPEOF({0}) = 'integer' AND {0} IN (0, 1))",
            text="TYPEOF({0}) = 'text'",
        ),
    )
}
