"""Columns that are computed from columns, put into layers: each layer reads only the one before it.

Each layer is a common table expression that is kept (`AS MATERIALIZED`, which all three databases know): otherwise a
planner puts every expression into each that reads it, and the query grows without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exports.sql.names import PERSON
from exports.sql.writing import comment, name, packed


@dataclass(frozen=True)
class Step:
    """One column: what it is called, how it is computed, the columns that it reads, and what is said of it."""

    column: str
    expression: str
    reads: frozenset[str]
    said: tuple[str, ...] = ()


class Steps:
    """The columns that there are, and those that are computed from them."""

    def __init__(self, given: Iterable[str]) -> None:
        self._given = list(given)
        self._steps: dict[str, Step] = {}
        self._level = dict.fromkeys(self._given, 0)

    def add(self, column: str, expression: str, reads: Iterable[str], *said: str) -> str:
        """Add a column that reads columns which are there already; its name."""
        step = Step(column, expression, frozenset(reads), said)
        self._level[column] = 1 + max((self._level[one] for one in step.reads), default=0)
        self._steps[column] = step
        return column

    def has(self, column: str) -> bool:
        """Whether there is such a column already."""
        return column in self._level

    @property
    def last_layer(self) -> str:
        """The name of the last layer."""
        return f"layer_{max(self._level.values())}"

    def layers(self, output: Sequence[str], source: str) -> Iterator[str]:
        """The lines of the common table expressions `layer_0`, `layer_1` ...; the last has all of `output`.

        A column is computed as late as it can be, and carried no longer than it is read, so that layers are narrow.
        """
        plan = self._plan(output)
        yield from self._layer(0, [one for one in self._given if one in plan[0].whole], [], source)
        for number, layer in enumerate(plan[1:], 1):
            carried = [one for one in self._level if one in layer.whole and one not in layer.made]
            steps = [step for column, step in self._steps.items() if column in layer.made]
            yield from self._layer(number, carried, steps, f"layer_{number - 1}")
        yield ")"

    def width(self, output: Sequence[str]) -> int:
        """How many columns the widest layer has, with the person's id."""
        return 1 + max(len(layer.whole) for layer in self._plan(output))

    def _plan(self, output: Sequence[str]) -> list[_Layer]:
        last = max(self._level.values())
        due = dict.fromkeys(self._level, last)
        for step in sorted(self._steps.values(), key=lambda one: -self._level[one.column]):
            for one in step.reads:
                due[one] = min(due[one], due[step.column] - 1)
        plan: list[_Layer] = []
        needed = frozenset(output)
        for number in range(last, 0, -1):
            made = frozenset(one for one in needed if one in self._steps and due[one] == number)
            plan.insert(0, _Layer(needed, made))
            needed = (needed - made).union(*(self._steps[one].reads for one in made))
        return [_Layer(needed, frozenset()), *plan]

    @staticmethod
    def _layer(number: int, carried: Sequence[str], steps: Sequence[Step], source: str) -> Iterator[str]:
        if number:
            yield "),"
        yield f"layer_{number} AS MATERIALIZED ("
        yield "  SELECT"
        *lines, last = packed([name(PERSON), *map(name, carried)], "    ")
        yield from lines
        yield last + ("," if steps else "")
        for step in steps:
            for said in step.said:
                yield from (f"    {line}" for line in comment(said))
            yield f"    {step.expression} AS {name(step.column)}" + ("," if step is not steps[-1] else "")
        yield f"  FROM {source}"


@dataclass(frozen=True)
class _Layer:
    """What a layer holds, and which of it is computed there."""

    whole: frozenset[str]
    made: frozenset[str]
