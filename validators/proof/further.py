"""Whether a change moves patients now whom it did not move when a reviewer looked at it.

Four versions stand in one circuit: what the reviewer compared, and what is compared now. What they share is one node,
so that another change in a corner of its own leaves little to prove.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from engine.answers import Answers
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from validators.proof.circuit import FALSE, Circuit, Lit
from validators.proof.domain import Domain
from validators.proof.encode import Encoded
from validators.proof.solver import Impossible, Model, Prover

Pair = tuple[KnowledgeBase, KnowledgeBase]


def further(
    seen: Pair, now: Pair, *, limit: float = 20.0, cancel: threading.Event | None = None
) -> tuple[bool, Answers | None]:
    """Whether it is proved that nobody moves further, and else somebody who does, where one was found.

    Somebody moves further whose urgency or first cause changes from the first to the second of `now`, other than it
    changed from the first to the second of `seen`. `limit` is in seconds. Raises Cancelled.
    """
    circuit = Circuit()
    versions = [now[1], now[0], seen[1], seen[0]]
    domain = Domain(circuit, versions)
    after, before, seen_after, seen_before = (_told(Encoded(kb, domain)) for kb in versions)
    parts = [
        circuit.both(_differ(circuit, one, other), -_same(circuit, (one, seen_one), (other, seen_other)))
        for one, other, seen_one, seen_other in zip(before, after, seen_before, seen_after, strict=True)
    ]
    wanted = circuit.any(parts)
    with Prover(circuit, [domain], limit, cancel or threading.Event()) as prover:
        found = prover.find([wanted])
        if isinstance(found, Impossible):
            return True, None
        return False, prover.decode(found, domain) if isinstance(found, Model) else None


Told = Mapping[str, Lit]
"""What somebody is told of one thing, as literals by name; what is missing is FALSE."""


def _told(one: Encoded) -> tuple[Told, Told]:
    """Urgency and first cause."""
    return {level.value: one.urgency[level] for level in Urgency}, dict(one.first)


def _differ(circuit: Circuit, one: Told, other: Told) -> Lit:
    return circuit.any(circuit.differ(one.get(name, FALSE), other.get(name, FALSE)) for name in {**one, **other})


def _same(circuit: Circuit, *pairs: tuple[Told, Told]) -> Lit:
    """Whether each pair tells the same."""
    return circuit.all(-_differ(circuit, one, other) for one, other in pairs)
