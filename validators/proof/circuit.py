"""A Boolean circuit in which equal things are one thing, and its clauses for a SAT solver.

Nodes are numbered from 1 and serve as the solver's variables; a negative number is the negation (DIMACS). Every
node is made once: two rules, or two versions of a knowledge base, that say the same share one node, so that what did
not change is proved equal without any search. Clauses are those of Tseitin (1968), made only for what a query reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

Lit = int
"""A node's number, or its negative for "not"."""

TRUE: Lit = 1
FALSE: Lit = -1

Kind = Literal["and", "xor", "majority"]
Gate = tuple[Kind, tuple[Lit, ...]]


class Circuit:
    """Inputs and gates. Gates are conjunctions, exclusive or of two, and the majority of three."""

    def __init__(self) -> None:
        self._gates: list[Gate | str] = ["", "true"]  # node 0 is none, node 1 is TRUE
        self._known: dict[Gate | str, Lit] = {}
        self._hashes: dict[int, bytes] = {TRUE: b"true"}
        self._reads: dict[int, int] = {TRUE: 0}
        self._inputs: list[int] = []

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self._gates) - 1

    def input(self, name: str) -> Lit:
        """The input of this name; the same name is the same input."""
        return self._node(name)

    def is_input(self, node: int) -> bool:
        """Whether a node is an input."""
        return node != TRUE and isinstance(self._gates[node], str)

    def both(self, a: Lit, b: Lit) -> Lit:
        """A and b."""
        return self.all((a, b))

    def either(self, a: Lit, b: Lit) -> Lit:
        """A or b."""
        return -self.all((-a, -b))

    def any(self, parts: Iterable[Lit]) -> Lit:
        """At least one of some parts; FALSE of none."""
        return -self.all(-part for part in parts)

    def all(self, parts: Iterable[Lit]) -> Lit:
        """Every one of some parts; TRUE of none."""
        kept: set[Lit] = set()
        for part in parts:
            if part == FALSE or -part in kept:
                return FALSE
            if part != TRUE:
                kept.add(part)
        if len(kept) < 2:
            return kept.pop() if kept else TRUE
        return self._node(("and", tuple(sorted(kept))))

    def choose(self, condition: Lit, then: Lit, otherwise: Lit) -> Lit:
        """`then` where the condition holds, else `otherwise`."""
        if then == otherwise:
            return then
        return self.either(self.both(condition, then), self.both(-condition, otherwise))

    def differ(self, a: Lit, b: Lit) -> Lit:
        """Exactly one of a and b."""
        if abs(a) == TRUE:
            return b if a == FALSE else -b
        if abs(b) == TRUE:
            return a if b == FALSE else -a
        if abs(a) == abs(b):
            return FALSE if a == b else TRUE
        sign = -1 if (a < 0) != (b < 0) else 1
        return sign * self._node(("xor", (min(abs(a), abs(b)), max(abs(a), abs(b)))))

    def majority(self, a: Lit, b: Lit, c: Lit) -> Lit:
        """At least two of three."""
        parts = sorted((a, b, c))
        for at, part in enumerate(parts):
            x, y = parts[:at] + parts[at + 1 :]
            if part == TRUE:
                return self.either(x, y)
            if part == FALSE:
                return self.both(x, y)
            if part in (x, y):
                return part
            if -part in (x, y):
                return y if x == -part else x
        return self._node(("majority", tuple(parts)))

    def _node(self, gate: Gate | str) -> Lit:
        known = self._known.get(gate)
        if known is None:
            known = self._known[gate] = len(self._gates)
            self._gates.append(gate)
        return known

    def cone(self, lits: Iterable[Lit], known: set[int] | None = None) -> list[int]:
        """Every node that these read, each after what it reads; nodes in `known` are left out and new ones added."""
        seen = set[int]() if known is None else known
        order: list[int] = []
        stack = [(abs(lit), False) for lit in lits]
        while stack:
            node, ready = stack.pop()
            if ready:
                order.append(node)
                continue
            if node in seen:
                continue
            seen.add(node)
            stack.append((node, True))
            gate = self._gates[node]
            if not isinstance(gate, str):
                stack += [(abs(part), False) for part in gate[1] if abs(part) not in seen]
        return order

    def above(self, nodes: Sequence[int], changed: Iterable[int]) -> list[int]:
        """Those nodes of a cone, in its order, whose value hangs on some that change, these among them."""
        dirty = set(changed)
        found = []
        for node in nodes:
            gate = self._gates[node]
            if node in dirty or (not isinstance(gate, str) and any(abs(part) in dirty for part in gate[1])):
                dirty.add(node)
                found.append(node)
        return found

    def clauses(self, node: int) -> Iterator[list[Lit]]:
        """What makes a node's variable equal to its gate."""
        gate = self._gates[node]
        if isinstance(gate, str):
            if node == TRUE:
                yield [TRUE]
            return
        kind, parts = gate
        if kind == "and":
            yield from ([-node, part] for part in parts)
            yield [node, *(-part for part in parts)]
        elif kind == "xor":
            a, b = parts
            yield from ([-node, a, b], [-node, -a, -b], [node, -a, b], [node, a, -b])
        else:
            a, b, c = parts
            yield from ([-node, a, b], [-node, a, c], [-node, b, c])
            yield from ([node, -a, -b], [node, -a, -c], [node, -b, -c])

    def values(
        self,
        nodes: Sequence[int],
        inputs: Mapping[int, int],
        everybody: int = 1,
        known: Mapping[int, int] | None = None,
    ) -> dict[int, int]:
        """The value of each node of a cone, in its order, for many people at once: bit i is person i's.

        `inputs` are the values of inputs (absent: false for everybody), `everybody` has the bit of each person. Values
        of other nodes that are `known` already need not be in the cone.
        """
        result: dict[int, int] = {**(known or {}), TRUE: everybody}

        def of(lit: Lit) -> int:
            return result[lit] if lit > 0 else everybody & ~result[-lit]

        for node in nodes:
            gate = self._gates[node]
            if isinstance(gate, str):
                result[node] = everybody if node == TRUE else inputs.get(node, 0)
                continue
            kind, parts = gate
            if kind == "and":
                value = everybody
                for part in parts:
                    value &= result[part] if part > 0 else ~result[-part]
                result[node] = value
            elif kind == "xor":
                result[node] = of(parts[0]) ^ of(parts[1])
            else:
                a, b, c = (of(part) for part in parts)
                result[node] = (a & b) | (a & c) | (b & c)
        return result

    def digest(self, lits: Sequence[Lit]) -> str:
        """What a query says, as hex, independent of the numbers of nodes: equal queries have equal digests.

        It hangs on the inputs' names and the gates only, so that a verdict can be kept for as long as nothing that
        the query reads has changed.
        """
        return hashlib.blake2b(b"".join(self.name(lit) for lit in lits), digest_size=16).hexdigest()

    def name(self, lit: Lit) -> bytes:
        """What a literal says, independent of the numbers of nodes: to put things in an order that lasts."""
        if abs(lit) not in self._hashes:
            self._hash(abs(lit))
        return self._signed(lit)

    def _hash(self, node: int) -> None:
        stack = [node]
        while stack:
            if stack[-1] in self._hashes:
                stack.pop()
                continue
            gate = self._gates[stack[-1]]
            if isinstance(gate, str):
                text = b"input " + gate.encode()
            else:
                missing = [abs(part) for part in gate[1] if abs(part) not in self._hashes]
                if missing:
                    stack += missing
                    continue
                text = gate[0].encode() + b"".join(sorted(self._signed(part) for part in gate[1]))
            self._hashes[stack.pop()] = hashlib.blake2b(text, digest_size=16).digest()

    def reads(self, lits: Sequence[Lit]) -> list[int]:
        """The inputs that a query reads."""
        read = 0
        for lit in lits:
            if abs(lit) not in self._reads:
                self._trace(abs(lit))
            read |= self._reads[abs(lit)]
        return [node for at, node in enumerate(self._inputs) if read >> at & 1]

    def _trace(self, node: int) -> None:
        stack = [node]
        while stack:
            if stack[-1] in self._reads:
                stack.pop()
                continue
            gate = self._gates[stack[-1]]
            if isinstance(gate, str):
                read = 1 << len(self._inputs)
                self._inputs.append(stack[-1])
            else:
                missing = [abs(part) for part in gate[1] if abs(part) not in self._reads]
                if missing:
                    stack += missing
                    continue
                read = 0
                for part in gate[1]:
                    read |= self._reads[abs(part)]
            self._reads[stack.pop()] = read

    def _signed(self, lit: Lit) -> bytes:
        return (b"-" if lit < 0 else b"+") + self._hashes[abs(lit)]
