"""The properties that every knowledge base must have: one family a file, each a function from a world to queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from validators.proof.properties import applicable, clinicians, dead, reachable, unknowns, urgency
from validators.proof.verdict import Query, Verdict
from validators.proof.world import World

Family = Callable[[World], Iterator[Query | Verdict]]

FAMILIES: dict[str, Family] = {
    "reachable": reachable.queries,
    "dead": dead.queries,
    "applicable": applicable.queries,
    "urgency": urgency.queries,
    "unknowns": unknowns.queries,
    "safety": clinicians.queries,
}
"""In the order in which they are asked: what reads little comes first, while the solver holds little."""
