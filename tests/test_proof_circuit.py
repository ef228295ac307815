"""The circuit, sums of weights and comparisons in it, against plain arithmetic and plain Boolean evaluation."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from pysat.solvers import Solver

from validators.proof.circuit import FALSE, TRUE, Circuit, Lit
from validators.proof.numbers import (
    Choice,
    Number,
    at_least,
    chosen,
    constant,
    count_at_least,
    equal,
    greater,
    plus,
    total,
)

Plain = tuple[str, tuple["Plain", ...]] | int
"""A formula as data: an input's number, or an operator with its parts."""

INPUTS = 4
OPERATORS = ("all", "any", "both", "either", "choose", "differ", "majority", "not", "true", "false")


def formulas() -> st.SearchStrategy[Plain]:
    return st.recursive(
        st.integers(0, INPUTS - 1),
        lambda inner: st.tuples(st.sampled_from(OPERATORS), st.lists(inner, min_size=3, max_size=4).map(tuple)),
        max_leaves=14,
    )


def build(circuit: Circuit, formula: Plain) -> Lit:
    if isinstance(formula, int):
        return circuit.input(f"i{formula}")
    name, inner = formula
    parts = [build(circuit, one) for one in inner]
    match name:
        case "all":
            return circuit.all(parts)
        case "any":
            return circuit.any(parts)
        case "both":
            return circuit.both(*parts[:2])
        case "either":
            return circuit.either(*parts[:2])
        case "choose":
            return circuit.choose(*parts[:3])
        case "differ":
            return circuit.differ(*parts[:2])
        case "majority":
            return circuit.majority(*parts[:3])
        case "not":
            return -parts[0]
    return TRUE if name == "true" else FALSE


def plain(formula: Plain, inputs: Sequence[bool]) -> bool:
    if isinstance(formula, int):
        return inputs[formula]
    name, inner = formula
    parts = [plain(one, inputs) for one in inner]
    match name:
        case "all":
            return all(parts)
        case "any":
            return any(parts)
        case "both":
            return parts[0] and parts[1]
        case "either":
            return parts[0] or parts[1]
        case "choose":
            return parts[1] if parts[0] else parts[2]
        case "differ":
            return parts[0] != parts[1]
        case "majority":
            return sum(parts[:3]) >= 2
        case "not":
            return not parts[0]
    return name == "true"


ROWS = list(itertools.product((False, True), repeat=INPUTS))


def bits(circuit: Circuit, lits: Sequence[Lit]) -> list[int]:
    """The value of each literal for every row of inputs at once."""
    inputs = {
        circuit.input(f"i{at}"): sum(1 << number for number, row in enumerate(ROWS) if row[at]) for at in range(INPUTS)
    }
    everybody = (1 << len(ROWS)) - 1
    values = circuit.values(circuit.cone(lits), inputs, everybody)
    values[TRUE] = everybody
    return [values[lit] if lit > 0 else everybody & ~values[-lit] for lit in lits]


@given(formulas())
def test_values_of_many_people_at_once_are_those_of_each(formula: Plain) -> None:
    circuit = Circuit()
    (value,) = bits(circuit, [build(circuit, formula)])
    assert [bool(value >> number & 1) for number in range(len(ROWS))] == [plain(formula, row) for row in ROWS]


@given(formulas())
def test_clauses_leave_exactly_the_values_of_the_gates(formula: Plain) -> None:
    circuit = Circuit()
    lit = build(circuit, formula)
    with Solver(name="glucose42") as solver:
        for node in circuit.cone([lit, *(circuit.input(f"i{at}") for at in range(INPUTS))]):
            for clause in circuit.clauses(node):
                solver.add_clause(clause)
        solver.add_clause([TRUE])
        for row in ROWS:
            inputs = [circuit.input(f"i{at}") * (1 if held else -1) for at, held in enumerate(row)]
            assert solver.solve(assumptions=[*inputs, lit]) == plain(formula, row)
            assert solver.solve(assumptions=[*inputs, -lit]) != plain(formula, row)


@given(formulas(), formulas(), st.integers(0, 2**32))
def test_a_digest_hangs_on_what_is_said_and_not_on_what_else_is_there(one: Plain, other: Plain, seed: int) -> None:
    alone, crowded = Circuit(), Circuit()
    for at in Random(seed).sample(range(INPUTS), INPUTS):
        crowded.input(f"i{at}")
    build(crowded, other)  # another numbering of nodes
    first, second = build(alone, one), build(crowded, one)
    assert alone.digest([first]) == crowded.digest([second])
    assert alone.digest([first]) != alone.digest([-first])
    if plain_rows(one) != plain_rows(other):
        assert crowded.digest([second]) != crowded.digest([build(crowded, other)])


def plain_rows(formula: Plain) -> list[bool]:
    return [plain(formula, row) for row in ROWS]


def test_a_digest_tells_the_inputs_of_a_gate_apart() -> None:
    circuit = Circuit()
    a, b, c = (circuit.input(name) for name in "abc")
    queries = [
        [circuit.both(a, b)],
        [circuit.both(a, -b)],
        [circuit.both(a, c)],
        [circuit.either(a, b)],
        [circuit.differ(a, b)],
        [circuit.majority(a, b, c)],
        [a, b],
        [b, a],
        [a],
        [circuit.both(circuit.both(a, b), c)],
        [circuit.both(a, circuit.both(b, c))],
    ]
    assert len({circuit.digest(query) for query in queries}) == len(queries)


def test_equal_things_are_one_node() -> None:
    circuit = Circuit()
    a, b, c = (circuit.input(name) for name in "abc")
    assert circuit.both(a, b) == circuit.both(b, a)
    assert circuit.differ(a, b) == circuit.differ(b, a) == -circuit.differ(a, -b) == circuit.differ(-a, -b)
    assert circuit.majority(a, b, c) == circuit.majority(c, a, b)
    size = len(circuit)
    assert circuit.all((c, circuit.both(a, b), c)) == circuit.both(circuit.both(b, a), c)
    assert len(circuit) == size + 1


@given(formulas())
def test_the_inputs_that_are_read_are_those_of_the_cone(formula: Plain) -> None:
    circuit = Circuit()
    lit = build(circuit, formula)
    assert set(circuit.reads([lit])) == {node for node in circuit.cone([lit]) if circuit.is_input(node)}


# Numbers: alternatives are rows of a table, so that one row of inputs is one choice of each.

weights = st.integers(-25, 25)
exclusive = st.lists(st.lists(weights, min_size=1, max_size=3), min_size=0, max_size=2)


def choices(circuit: Circuit, tables: Sequence[Sequence[int]]) -> list[Choice]:
    """Choice number n reads inputs 2n and 2n+1: three alternatives, and "none" where both are false."""
    found = []
    for at, table in enumerate(tables):
        low, high = circuit.input(f"i{2 * at}"), circuit.input(f"i{2 * at + 1}")
        ways = (circuit.both(low, -high), circuit.both(-low, high), circuit.both(low, high))
        found.append(tuple(zip(ways, table, strict=False)))
    return found


def sum_of(tables: Sequence[Sequence[int]], row: Sequence[bool]) -> int:
    found = 0
    for at, table in enumerate(tables):
        way = row[2 * at] + 2 * row[2 * at + 1] - 1
        found += table[way] if 0 <= way < len(table) else 0
    return found


def number_of(values: Sequence[int], row: int) -> int:
    """A two's complement number from its bits, for one row."""
    held = [value >> row & 1 for value in values]
    return sum(bit << at for at, bit in enumerate(held[:-1])) - (held[-1] << (len(held) - 1))


@given(exclusive, st.integers(-60, 60))
def test_a_sum_meets_a_limit(tables: list[list[int]], limit: int) -> None:
    circuit = Circuit()
    (value,) = bits(circuit, [at_least(circuit, choices(circuit, tables), limit)])
    for number, row in enumerate(ROWS):
        assert bool(value >> number & 1) == (sum_of(tables, row) >= limit)


@given(exclusive, st.integers(-60, 60))
def test_a_sum_is_a_binary_number(tables: list[list[int]], start: int) -> None:
    circuit = Circuit()
    values = bits(circuit, total(circuit, choices(circuit, tables), start))
    for number, row in enumerate(ROWS):
        assert number_of(values, number) == start + sum_of(tables, row)


@given(weights, weights, st.lists(weights, min_size=1, max_size=3), st.lists(weights, min_size=1, max_size=3))
def test_numbers_are_compared(a: int, b: int, first: list[int], second: list[int]) -> None:
    circuit = Circuit()
    one, other = choices(circuit, [first, second])
    x: Number = plus(circuit, chosen(circuit, one), constant(a))
    y: Number = plus(circuit, chosen(circuit, other), constant(b))
    more, same = bits(circuit, [greater(circuit, x, y), equal(circuit, x, y)])
    for number, row in enumerate(ROWS):
        left, right = a + sum_of([first], row), b + sum_of([[], second], row)
        assert bool(more >> number & 1) == (left > right)
        assert bool(same >> number & 1) == (left == right)


@given(st.lists(st.integers(0, INPUTS - 1), max_size=INPUTS, unique=True), st.integers(-1, INPUTS + 1))
def test_counting(which: list[int], k: int) -> None:
    circuit = Circuit()
    (value,) = bits(circuit, [count_at_least(circuit, [circuit.input(f"i{at}") for at in which], k)])
    for number, row in enumerate(ROWS):
        assert bool(value >> number & 1) == (sum(row[at] for at in which) >= k)
