"""The databases in which an SQL export is tried: each takes a script and people, and gives back what the views say."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from engine.answers import Answers
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from exports.bundle.model import ExpectedOutcome
from exports.sql.csv_file import csv_lines
from exports.sql.dialect import DialectName
from exports.sql.dictionary import Origin
from exports.sql.script import sql_script

Row = dict[str, Any]
Query = Callable[[str], list[Row]]
"""Runs one query; its rows by column."""
ORIGIN = Origin("c" * 64, "not released")


def in_duckdb(script: str, csv_file: Path) -> Query:
    """A database in memory after the script, with the people of a file."""
    connection = duckdb.connect()
    connection.execute(script)
    connection.execute(f"COPY answers FROM '{csv_file}' (HEADER)")

    def query(sql: str) -> list[Row]:
        done = connection.execute(sql)
        columns = [one[0] for one in done.description]
        return [dict(zip(columns, values, strict=True)) for values in done.fetchall()]

    return query


def in_sqlite(script: str, csv_file: Path) -> Query:
    """The same in SQLite, which knows no NULL in a file."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    with csv_file.open(newline="", encoding="utf-8") as stream:
        header, *lines = csv.reader(stream)
    marks = ", ".join("?" * len(header))
    people = [[cell or None for cell in line] for line in lines]
    connection.executemany(f"INSERT INTO answers VALUES ({marks})", people)

    def query(sql: str) -> list[Row]:
        done = connection.execute(sql)
        columns = [one[0] for one in done.description]
        return [dict(zip(columns, values, strict=True)) for values in done.fetchall()]

    return query


Load = Callable[[str, Path], Query]
IN: dict[DialectName, Load] = {"duckdb": in_duckdb, "sqlite": in_sqlite}
"""The databases that need no server."""


def outcomes(
    kb: KnowledgeBase, people: Sequence[Answers], dialect: DialectName, load: Load, folder: Path
) -> list[ExpectedOutcome]:
    """What a database says of these people, in the form in which evaluators are compared."""
    return told(kb, load(sql_script(kb, ORIGIN, dialect), csv_of(kb, people, folder)), len(people))


def csv_of(kb: KnowledgeBase, people: Sequence[Answers], folder: Path) -> Path:
    """A file with these people; their ids are their numbers."""
    file = folder / "answers.csv"
    lines = csv_lines(kb, ((str(at), one) for at, one in enumerate(people)))
    file.write_text("".join(lines), encoding="utf-8", newline="")
    return file


def as_held(said: str) -> str:
    """A text as databases hold it: what ends a line is a space."""
    return re.sub("[\n\r\u2028]+", " ", said)


def told(kb: KnowledgeBase, query: Query, count: int) -> list[ExpectedOutcome]:
    """What the views say of the people 0 to `count` - 1."""
    columns = {(one["kind"], one["id"]): one["column_name"] for one in query("SELECT * FROM algos_dictionary")}
    outcome = {one["person_id"]: one for one in query("SELECT * FROM algos_outcomes")}
    truths = {one["person_id"]: one for one in query("SELECT * FROM algos_rules")}
    conditions: dict[str, dict[str, Row]] = {}
    for one in query("SELECT * FROM algos_conditions"):
        conditions.setdefault(one["person_id"], {})[one["condition"]] = one
    assert len(outcome) == len(truths) == count
    assert sorted(conditions) == (sorted(outcome) if kb.current_conditions else [])
    return [_told(kb, columns, outcome[str(at)], truths[str(at)], conditions.get(str(at), {})) for at in range(count)]


def _told(
    kb: KnowledgeBase, columns: dict[tuple[str, str], str], outcome: Row, truths: Row, conditions: dict[str, Row]
) -> ExpectedOutcome:
    named = sorted((one for one in conditions.values() if one["place"]), key=lambda one: one["place"])
    assert [one["place"] for one in named] == list(range(1, len(named) + 1))
    lists = {
        told: tuple(one["condition"] for one in named if one["told"] == told)
        for told in ("rule_out", "likely", "possible")
    }
    for told, column in (("rule_out", "to_rule_out"), ("likely", "likely"), ("possible", "possible")):
        assert _ids(outcome[column]) == lists[told], "the two views differ"
    assert _ids(outcome["named"]) == tuple(one["condition"] for one in named)
    assert outcome["refused"] == ""
    assert outcome["urgency"] == truths["urgency"]
    assert outcome["urgency_name"] == as_held(kb.settings.urgency[outcome["urgency"]].name)

    def letters(kind: str, ids: Iterable[str]) -> str:
        return "".join({None: "U", True: "T", False: "F"}[truths[columns[kind, id_]]] for id_ in ids)

    scores = {}
    for kind, id_ in sorted(kb.concluded_by):
        if kind == "score":
            low = columns["score", id_]
            scores[id_] = (truths[low], truths[low.removesuffix("low") + "high"])
    return ExpectedOutcome(
        urgency=Urgency(outcome["urgency"]),
        red_flags=_ids(outcome["red_flags"]),
        open_flags=_ids(outcome["open_flags"]),
        to_rule_out=lists["rule_out"],
        likely=lists["likely"],
        possible=lists["possible"],
        conditions={
            id_: (one["status"], one["weight"], one["low"], one["high"]) for id_, one in sorted(conditions.items())
        },
        rules=letters("rule", kb.active),
        findings=letters("finding", sorted(id_ for kind, id_ in kb.concluded_by if kind == "finding")),
        scores=scores,
        advice=_ids(outcome["advice"]),
        set_aside=_ids(outcome["set_aside"]),
        corrections=_ids(outcome["corrections"]),
    )


def _ids(list_: str) -> tuple[str, ...]:
    return tuple(list_.split())
