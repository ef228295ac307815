"""What clinicians said must always, or never, be so: `kb/safety/`."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assertions import property_in_english
from validators.proof.assertions import broken
from validators.proof.verdict import Query
from validators.proof.world import World

FAMILY = "safety"


def queries(world: World) -> Iterator[Query]:
    """One query a safety property, and one that its premise concerns somebody at all."""
    for id_, safety in sorted(world.kb.safety.items()):
        lits = tuple(broken(safety, world.encoded))
        yield Query(
            FAMILY,
            ("safety", id_),
            f"{safety.title}: {property_in_english(safety, world.kb)}",
            "change the rules so that it holds, or correct the safety property",
            "nobody",
            lits,
            (world.domain,),
        )
        if safety.whenever is not None:
            yield Query(
                FAMILY,
                ("premise", id_),
                f"{safety.title}: there are people of whom it speaks.",
                "nobody can be so, and the property says nothing: correct what stands behind “whenever”",
                "some",
                lits[:1],
                (world.domain,),
            )
