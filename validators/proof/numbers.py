"""Sums of weights in the circuit: as decisions where a sum meets a limit, as binary numbers where two sums meet.

A threshold of a sum of choices is a decision diagram over (choice, what is still missing), which propagates well
(Eén and Sörensson 2006 call it the BDD translation). Two sums are compared as two's complement binary numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from validators.proof.circuit import FALSE, TRUE, Circuit, Lit

Choice = tuple[tuple[Lit, int], ...]
"""Exclusive alternatives, each with what it adds; where none holds nothing is added."""

Number = tuple[Lit, ...]
"""A whole number in two's complement, the lowest bit first, the last one the sign."""


def at_least(circuit: Circuit, choices: Sequence[Choice], limit: int) -> Lit:
    """Whether the sum of what the choices add is at least a limit."""
    parts = in_order(circuit, [choice for choice in choices if any(value for _, value in choice)])
    least, most = [0], [0]
    for choice in reversed(parts):
        least.append(least[-1] + min(0, min(value for _, value in choice)))
        most.append(most[-1] + max(0, max(value for _, value in choice)))
    least.reverse()
    most.reverse()
    known: dict[tuple[int, int], Lit] = {}

    def build(at: int, missing: int) -> Lit:
        if missing <= least[at]:
            return TRUE
        if missing > most[at]:
            return FALSE
        found = known.get((at, missing))
        if found is None:
            found = build(at + 1, missing)
            for holds, value in parts[at]:
                if value:
                    found = circuit.choose(holds, build(at + 1, missing - value), found)
            known[at, missing] = found
        return found

    return build(0, limit)


def in_order(circuit: Circuit, choices: Sequence[Choice]) -> list[Choice]:
    """Choices in an order that hangs on what they say only, the strongest first.

    Sums in another order are other nodes, and that they are equal is hard to prove: rules in another order, or of other
    names, shall leave nothing to prove.
    """

    def key(choice: Choice) -> tuple[int, list[tuple[int, bytes]]]:
        return -max(abs(value) for _, value in choice), [(value, circuit.name(holds)) for holds, value in choice]

    return sorted(choices, key=key)


def count_at_least(circuit: Circuit, parts: Sequence[Lit], k: int) -> Lit:
    """Whether at least k of some parts hold."""
    return at_least(circuit, [((part, 1),) for part in parts], k)


def constant(value: int) -> Number:
    """A known number."""
    width = value.bit_length() + 1
    return tuple(TRUE if (value >> bit) & 1 else FALSE for bit in range(width))


def chosen(circuit: Circuit, choice: Choice) -> Number:
    """What one choice adds, as a number."""
    width = max((value.bit_length() + 1 for _, value in choice), default=1)
    return tuple(circuit.any(holds for holds, value in choice if (value >> bit) & 1) for bit in range(width))


def plus(circuit: Circuit, a: Number, b: Number) -> Number:
    """The sum of two numbers (ripple carry); as narrow as can be seen."""
    width = max(len(a), len(b)) + 1
    carry, bits = FALSE, []
    for x, y in zip(_wide(a, width), _wide(b, width), strict=True):
        bits.append(circuit.differ(circuit.differ(x, y), carry))
        carry = circuit.majority(x, y, carry)
    return _narrow(tuple(bits))


def total(circuit: Circuit, choices: Sequence[Choice], start: int) -> Number:
    """The sum of a start and of what the choices add: in pairs, so that the numbers stay narrow."""
    told = in_order(circuit, [choice for choice in choices if choice])
    numbers = [constant(start), *(chosen(circuit, choice) for choice in told)]
    while len(numbers) > 1:
        pairs = [plus(circuit, numbers[at], numbers[at + 1]) for at in range(0, len(numbers) - 1, 2)]
        numbers = pairs + ([numbers[-1]] if len(numbers) % 2 else [])
    return numbers[0]


def greater(circuit: Circuit, a: Number, b: Number) -> Lit:
    """Whether a is greater than b."""
    width = max(len(a), len(b))
    left, right = _wide(a, width), _wide(b, width)
    result = FALSE
    for x, y in zip(left[:-1], right[:-1], strict=True):
        result = circuit.choose(circuit.differ(x, y), x, result)
    return circuit.choose(circuit.differ(left[-1], right[-1]), right[-1], result)  # the sign: the negative is less


def equal(circuit: Circuit, a: Number, b: Number) -> Lit:
    """Whether two numbers are the same."""
    width = max(len(a), len(b))
    return circuit.all(-circuit.differ(x, y) for x, y in zip(_wide(a, width), _wide(b, width), strict=True))


def _wide(number: Number, width: int) -> Number:
    return number + (number[-1],) * (width - len(number))


def _narrow(number: Number) -> Number:
    """Without the leading bits that only repeat the sign."""
    width = len(number)
    while width > 1 and number[width - 1] == number[width - 2]:
        width -= 1
    return number[:width]
