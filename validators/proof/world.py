"""One knowledge base made ready for proofs: its circuit, its people, and a second person who forgot some answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from engine.criteria import Criterion
from engine.knowledge import KnowledgeBase
from validators.proof.circuit import Circuit, Lit
from validators.proof.domain import Domain
from validators.proof.encode import Encoded

OTHER = "then "
"""The prefix of the second person's inputs."""


class World:
    """A knowledge base as a circuit, for everybody who can answer its questions."""

    def __init__(self, kb: KnowledgeBase, extra: Sequence[Criterion] = ()) -> None:
        self.kb = kb
        self.circuit = Circuit()
        self._extra = extra
        self.domain = Domain(self.circuit, [kb], extra)
        self.encoded = Encoded(kb, self.domain)

    @cached_property
    def other(self) -> Encoded:
        """A second person; how they are related to the first is said by `forgets`."""
        return Encoded(self.kb, Domain(self.circuit, [self.kb], self._extra, OTHER))

    @property
    def domains(self) -> list[Domain]:
        """The domains that are in use."""
        return [self.domain, self.other.domain] if "other" in self.__dict__ else [self.domain]

    @cached_property
    def forgets(self) -> Lit:
        """Whether the second person is the first with some answers, or ticks, turned into "not sure"."""
        mine, theirs, circuit = self.domain, self.other.domain, self.circuit
        parts = []
        for id_, asked in mine.asked.items():
            pairs = list(zip(mine.inputs(id_), theirs.inputs(id_), strict=True))
            if asked.question.type == "choices":
                parts += [circuit.either(-then, now) for now, then in pairs]
                continue
            known_now, known_then = pairs[0]
            parts.append(circuit.either(-known_then, known_now))
            parts += [circuit.either(-known_then, -circuit.differ(now, then)) for now, then in pairs[1:]]
        return circuit.all(parts)

    @cached_property
    def nothing_set_aside(self) -> Lit:
        """Whether the first person's answers all apply."""
        encoded, circuit = self.encoded, self.circuit
        return circuit.all(
            circuit.either(-gate.false, circuit.all(-lit for lit in self.domain.information(name)))
            for name, gate in encoded.applies.items()
        )
