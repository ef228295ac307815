"""The script: views over the table of answers, from what was read of it to what is told of each person."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.rule import LEVELS
from exports.sql.answers import Column, columns, reading, table
from exports.sql.conditions import PLACE, TOLD, WEIGHTS, add_conditions, ranked
from exports.sql.criteria import Criteria
from exports.sql.dialect import DIALECTS, Dialect, DialectName
from exports.sql.dictionary import Origin, about, dictionary
from exports.sql.names import LISTS, PERSON, REFUSED, Names
from exports.sql.rules import add_rules
from exports.sql.steps import Steps
from exports.sql.urgency import add_urgency
from exports.sql.writing import comment, name, packed, text

VIEWS = ("algos_about", "algos_dictionary", "algos_answers", "algos_rules", "algos_conditions", "algos_outcomes")
"""The views in the order in which they are made; each reads at most those before it."""
_WHOLE = ("urgency", "urgency_level", *LISTS)
ORDERED = ("named", "to_rule_out", "likely", "possible")
"""Lists of conditions, in the order in which they are told to that person."""


def sql_script(kb: KnowledgeBase, origin: Origin, dialect: DialectName = "duckdb") -> str:
    """The script. The same knowledge base gives the same text.

    Raises KnowledgeError SQ001 where it has more rules than a query of this database can have columns, SQ004 where
    there is nothing to read.
    """
    if not kb.questions:
        what, fix = "it asks no question, so that there is no answer to read", "write a question first"
        raise KnowledgeError([Finding("kb", 0, "", "SQ004", "sql.empty", what, fix)])
    whole = "\n".join(_Script(kb, origin, DIALECTS[dialect]).lines())
    return "\n".join(line.rstrip() for line in whole.split("\n")) + "\n"  # no literal goes over two lines


class _Script:
    def __init__(self, kb: KnowledgeBase, origin: Origin, dialect: Dialect) -> None:
        self._kb = kb
        self._origin = origin
        self._dialect = dialect
        self._names = Names()
        self._having: list[Column] = columns(kb, self._names)
        self._steps = Steps(one.name for one in self._having)
        criteria = Criteria(kb, self._names, self._steps)
        mark = " [unreviewed]" if origin.unreviewed else ""
        add_rules(kb, self._names, self._steps, criteria, mark)
        add_conditions(kb, self._names, self._steps, criteria)
        add_urgency(kb, self._names, self._steps, criteria)
        self._output = list(self._outputs())
        self._check_width()

    def _outputs(self) -> Iterator[str]:
        """The columns of `algos_rules` after the person's id."""
        kb, names = self._kb, self._names
        yield from _WHOLE
        yield from (names.column("rule", id_) for id_ in kb.active)
        yield from (names.column("finding", id_) for kind, id_ in sorted(kb.concluded_by) if kind == "finding")
        for kind, id_ in sorted(kb.concluded_by):
            if kind == "score":
                yield from (names.column("score", id_, end) for end in ("low", "high"))
        for id_ in kb.current_conditions:
            parts = ("status", "considered", *WEIGHTS, "flagged")
            yield from (names.column("condition", id_, one) for one in parts)

    def _check_width(self) -> None:
        most, dialect = self._dialect.most_columns, self._dialect
        widest = max(self._steps.width(self._output), len(self._having) + 2)
        if most and widest > most:
            what = f"its widest query would have {widest} columns, and {dialect.title} allows {most}"
            fix = "use --dialect duckdb, which has no such limit"
            raise KnowledgeError([Finding("--dialect", 0, "", "SQ001", "sql.columns", what, fix)])

    def lines(self) -> Iterator[str]:
        """The script's lines."""
        yield from self._head()
        yield from (f"{one};" for one in self._dialect.settings)
        yield "BEGIN;"
        yield ""
        yield from comment("The table of answers: one row a person. Where there is one already, it is left as it is.")
        yield from table(self._kb, self._having)
        yield ""
        for view in reversed(VIEWS):
            yield f"DROP VIEW IF EXISTS {name(view)};"
        for view, (said, lines) in zip(VIEWS, self._views(), strict=True):
            yield ""
            yield from comment(said)
            yield f"CREATE VIEW {name(view)} AS"
            yield from lines
            yield ";"
        yield ""
        yield "COMMIT;"

    def _head(self) -> Iterator[str]:
        kb, origin = self._kb, self._origin
        yield from comment(f"{kb.settings.title}: what its rules say of each person in a table of answers.")
        yield from comment(
            f"{kb.settings.id}, {origin.version}, semantics {kb.settings.semantics}, for {self._dialect.title}."
        )
        yield from comment(f"Content {origin.content} (SHA-256).")
        if origin.unreviewed:
            yield from comment(f"UNREVIEWED. {kb.settings.unreviewed}")
        yield from comment(kb.settings.not_a_diagnosis)
        yield from comment(
            "NULL is what is not known: FALSE needs an answer. Somebody with a value outside a question's domain gets "
            "no outcome, and `refused` in algos_outcomes names the columns."
        )

    def _views(self) -> Iterator[tuple[str, Iterator[str]]]:
        """What each of `VIEWS` is, in words and as the lines of its query."""
        kb, origin = self._kb, self._origin
        yield "What this was made from.", about(kb, origin)
        yield "What each column and each id is.", dictionary(kb, self._names)
        answers = reading(kb, self._having, self._dialect)
        yield "The answers as they are read, and which of them are refused.", answers
        yield "Everything that is true of each person; NULL is not known.", self._rules()
        yield "Every condition of each person, and its place among those that are named.", self._conditions()
        yield "What each person is told.", self._outcomes()

    def _rules(self) -> Iterator[str]:
        yield "WITH"
        readable = f"{name('algos_answers')} WHERE {name(REFUSED)} = ''"
        yield from self._steps.layers(self._output, readable)
        yield "SELECT"
        yield from packed([name(PERSON), *map(name, self._output)], "  ")
        yield f"FROM {self._steps.last_layer}"

    def _people(self, *more: str) -> Iterator[str]:
        """A common table expression with what the order of conditions needs, so that it is computed once."""
        wanted = [
            self._names.column("condition", id_, one)
            for id_ in self._kb.current_conditions
            for one in ("status", "considered", "flagged", *WEIGHTS)
        ]
        yield "WITH people AS MATERIALIZED ("
        yield "  SELECT"
        yield from packed([name(PERSON), *map(name, more), *map(name, wanted)], "    ")
        yield f"  FROM {name('algos_rules')}"
        yield "),"

    def _conditions(self) -> Iterator[str]:
        yield from self._people()
        yield "ranked AS ("
        yield from ranked(self._kb, self._names, "people", named=False)
        yield ")"
        yield f"SELECT person_id, condition, {TOLD} AS told,"
        yield f"  CASE WHEN kind > 0 THEN {PLACE} END AS place,"
        yield "  status, considered, weight, low, high"
        yield "FROM ranked"

    def _outcomes(self) -> Iterator[str]:
        yield from self._people(*_WHOLE)
        yield "ranked AS ("
        yield from ranked(self._kb, self._names, "people", named=True)
        yield "),"
        yield f"placed AS (SELECT person_id, condition, {TOLD} AS told, {PLACE} AS place FROM ranked),"
        frame = "ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
        yield "joined AS ("
        yield "  SELECT person_id, told,"
        yield f"    {self._dialect.joined}(condition, ' ') OVER (PARTITION BY person_id {frame}) AS named,"
        yield f"    {self._dialect.joined}(condition, ' ') OVER (PARTITION BY person_id, told {frame}) AS list"
        yield "  FROM placed"
        yield "),"
        yield "lists AS ("
        yield "  SELECT person_id, MAX(named) AS named,"
        kinds = (("to_rule_out", "rule_out"), ("likely", "likely"), ("possible", "possible"))
        yield ",\n".join(f"    MAX(CASE WHEN told = '{told}' THEN list END) AS {column}" for column, told in kinds)
        yield "  FROM joined GROUP BY person_id"
        yield ")"
        yield "SELECT"
        yield f"  answered.{name(PERSON)}, answered.{name(REFUSED)},"
        told = " ".join(f"WHEN {one.level} THEN {text(self._kb.settings.urgency[one].name)}" for one in LEVELS)
        yield f"  people.urgency, people.urgency_level, CASE people.urgency_level {told} END AS urgency_name,"
        yield f"  {', '.join(f'people.{one}' for one in LISTS)},"
        yield ",\n".join(
            f"  CASE WHEN people.{name(PERSON)} IS NOT NULL THEN COALESCE(lists.{one}, '') END AS {one}"
            for one in ORDERED
        )
        yield f"FROM {name('algos_answers')} AS answered"
        yield f"LEFT JOIN people ON people.{name(PERSON)} = answered.{name(PERSON)}"
        yield f"LEFT JOIN lists ON lists.{name(PERSON)} = answered.{name(PERSON)}"
