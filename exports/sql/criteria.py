"""Criteria as SQL's own three-valued logic: a fold over the tree.

NULL is UNKNOWN: `AND`, `OR` and `NOT` of SQL are those of strong Kleene logic.
"""

from __future__ import annotations

import hashlib
from typing import assert_never

from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, Scalar, ScoreIs
from engine.evaluate import scaled
from engine.knowledge import KnowledgeBase
from exports.sql.names import Names
from exports.sql.steps import Steps
from exports.sql.writing import chain, name, number, text

SYMBOLS = {"is": "=", "gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


class Criteria:
    """Translates the criteria of a knowledge base to expressions over columns."""

    def __init__(self, kb: KnowledgeBase, names: Names, steps: Steps) -> None:
        self._kb = kb
        self._names = names
        self._steps = steps

    def step(self, column: str, criterion: Criterion, *said: str) -> str:
        """A column that holds a criterion's truth; its name."""
        reads: set[str] = set()
        expression = self._said(criterion, reads)
        return self._steps.add(column, expression, reads, *said)

    def _said(self, criterion: Criterion, reads: set[str]) -> str:
        """A criterion as an expression that can stand between any two operators of logic."""
        match criterion:
            case FactIs():
                return self._fact(criterion, reads)
            case FindingIs():
                return self._read(reads, "finding", criterion.finding)
            case ScoreIs():
                return self._score(criterion, reads)
            case All():
                return _bracketed([self._said(part, reads) for part in criterion.all], "AND")
            case AnyOf():
                return _bracketed([self._said(part, reads) for part in criterion.any], "OR")
            case Not():
                return f"(NOT {self._said(criterion.not_, reads)})"
            case AtLeast():
                return self._at_least(criterion, reads)
            case _:
                assert_never(criterion)

    def _read(self, reads: set[str], kind: str, *parts: str) -> str:
        return _noted(reads, self._names.column(kind, *parts))

    def _fact(self, criterion: FactIs, reads: set[str]) -> str:
        question = self._kb.questions[criterion.fact]
        operand = criterion.operand
        if criterion.operator == "includes":
            compared = _noted(reads, self._names.answer(question.id, str(operand)))
        else:
            answer = _noted(reads, self._names.answer(question.id))
            if isinstance(operand, tuple):
                compared = f"{answer} IN ({', '.join(_literal(one) for one in operand)})"
            elif isinstance(operand, bool):
                compared = answer if operand else f"(NOT {answer})"
            else:
                compared = f"{answer} {SYMBOLS[criterion.operator]} {_literal(operand)}"
        if question.ask_when is None:
            return compared
        return f"({self._read(reads, 'applies', question.id)} AND {compared})"

    def _score(self, criterion: ScoreIs, reads: set[str]) -> str:
        """TRUE or FALSE where both ends of the score's interval compare so."""
        low, high = (self._read(reads, "points", criterion.score, end) for end in ("low", "high"))
        limit = number(scaled(criterion.operand, self._kb.terms[criterion.score].scale))
        symbol = SYMBOLS[criterion.operator]
        sure, hope = (low, high) if criterion.operator in ("gte", "gt") else (high, low)
        return f"(CASE WHEN {sure} {symbol} {limit} THEN TRUE WHEN NOT {hope} {symbol} {limit} THEN FALSE END)"

    def _at_least(self, criterion: AtLeast, reads: set[str]) -> str:
        """TRUE where enough parts are TRUE, FALSE where too few are not FALSE. Each part stands there twice."""
        parts = [self._once(part, reads) for part in criterion.of]
        true = chain([f"CASE WHEN {part} THEN 1 ELSE 0 END" for part in parts], "+")
        open_ = chain([f"CASE WHEN NOT {part} THEN 0 ELSE 1 END" for part in parts], "+")
        k = criterion.at_least
        return f"(CASE WHEN {true} >= {k} THEN TRUE WHEN {open_} < {k} THEN FALSE END)"

    def _once(self, part: Criterion, reads: set[str]) -> str:
        """A part of a count, as a column of its own where it is more than a comparison."""
        if isinstance(part, FactIs | FindingIs):
            return self._said(part, reads)
        whole = part.model_dump_json(by_alias=True, exclude_none=True)
        column = self._names.column("part", hashlib.sha256(whole.encode()).hexdigest()[:16])
        if not self._steps.has(column):
            self.step(column, part)
        return _noted(reads, column)


def _noted(reads: set[str], column: str) -> str:
    """A column that an expression reads, quoted."""
    reads.add(column)
    return name(column)


def _bracketed(parts: list[str], operator: str) -> str:
    return f"({chain(parts, operator)})"


def _literal(value: Scalar) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return text(value) if isinstance(value, str) else number(value)
