"""What each column and each id is, as a view: names, meanings and sources, for whoever reads the results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.english import conclusion, english
from engine.knowledge import KnowledgeBase
from exports.sql.answers import columns_of, may_be
from exports.sql.names import Names
from exports.sql.rules import sources
from exports.sql.writing import text


@dataclass(frozen=True)
class Origin:
    """What the script was made from."""

    content: str
    """The knowledge base's identity (SHA-256)."""
    version: str
    """Such as `release 3`, in words."""
    unreviewed: bool = True


Row = tuple[str, str, str, str, str, str]


def dictionary(kb: KnowledgeBase, names: Names) -> Iterator[str]:
    """The lines of a query: kind, id, column, name, meaning and source of everything that has a column."""
    yield "WITH known (kind, id, column_name, name, meaning, source) AS (VALUES"
    rows = list(_rows(kb, names))
    for row in rows:
        yield f"  ({', '.join(text(one) for one in row)})" + ("," if row is not rows[-1] else "")
    yield ")"
    yield "SELECT kind, id, column_name, name, meaning, source FROM known"


def _rows(kb: KnowledgeBase, names: Names) -> Iterator[Row]:
    for id_, question in kb.questions.items():
        named = {one.id: one.name or one.text for one in kb.options(question)}
        for column in columns_of(kb, names, question):
            kind, own = ("option", f"{id_}/{column.option}") if column.option else ("question", id_)
            shown = f"{question.name}: {named[column.option]}" if column.option else question.name
            yield kind, own, column.name, shown, may_be(kb, question), sources(question)
    for id_, rule in kb.active.items():
        meaning = f"when {english(rule.when, kb)}: {conclusion(rule.then, kb)}"
        yield "rule", id_, names.column("rule", id_), rule.title, meaning, sources(rule)
    for kind, id_ in sorted(kb.concluded_by):
        term = kb.terms[id_]
        held = names.column("finding", id_) if kind == "finding" else names.column("score", id_, "low")
        yield kind, id_, held, term.name, term.meaning, sources(term)
    for id_, condition in kb.current_conditions.items():
        weight = names.column("condition", id_, "weight")
        yield "condition", id_, weight, condition.name, f"care level {condition.care_level.value}", sources(condition)


def about(kb: KnowledgeBase, origin: Origin) -> Iterator[str]:
    """The lines of a query with one row: what the script was made from."""
    settings = kb.settings
    values = {
        "kb": text(settings.id),
        "title": text(settings.title),
        "version": text(origin.version),
        "content": text(origin.content),
        "semantics": str(settings.semantics),
        "unreviewed": text(settings.unreviewed) if origin.unreviewed else "NULL",
        "not_a_diagnosis": text(settings.not_a_diagnosis),
    }
    yield "SELECT"
    yield ",\n".join(f"  {value} AS {key}" for key, value in values.items())
