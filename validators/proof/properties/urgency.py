"""What a red flag promises, and that every person ends with an answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, permutations

from engine.english import LEVEL_NAMES
from validators.proof.circuit import Circuit, Lit
from validators.proof.encode import TIERS, Rank, stands_before
from validators.proof.verdict import Query
from validators.proof.world import World

FAMILY = "urgency"


def queries(world: World) -> Iterator[Query]:
    """What must never happen to a person whose red flag is TRUE, and to anybody."""
    yield from _flags(world)
    yield from _one_answer(world)


def _flags(world: World) -> Iterator[Query]:
    encoded = world.encoded
    for id_, flag in world.kb.red_flags.items():
        title, level = world.kb.active[id_].title, LEVEL_NAMES[flag.red_flag]
        yield Query(
            FAMILY,
            ("flag", id_),
            f"Whoever has the red flag “{title}” is told at least “{level}”.",
            "this is a fault of the engine: please report it",
            "nobody",
            (encoded.rules[id_].true, -encoded.urgency[flag.red_flag]),
            (world.domain,),
        )
        yield Query(
            FAMILY,
            ("open", id_),
            f"While the red flag “{title}” is not settled the urgency is at least “{LEVEL_NAMES[flag.unsure]}”.",
            "this is a fault of the engine: please report it",
            "nobody",
            (encoded.unknown(encoded.rules[id_]), -encoded.urgency[flag.unsure]),
            (world.domain,),
            note=f"while unsure it counts as {LEVEL_NAMES[flag.unsure]}: {flag.if_unsure_reason}"
            if flag.if_unsure is not None and flag.if_unsure.level < flag.red_flag.one_below.level
            else None,
        )
        # More answers keep a TRUE flag TRUE; `then` is the person before, who has said less.
        yield Query(
            FAMILY,
            ("stays", id_),
            f"The red flag “{title}” stays whatever else is answered, unless an answer no longer applies.",
            "look for a part that becomes false when a further question is answered",
            "nobody",
            (world.forgets, world.nothing_set_aside, world.other.rules[id_].true, -encoded.rules[id_].true),
            (world.other.domain, world.domain),
            ("before", "after more answers"),
        )


def _one_answer(world: World) -> Iterator[Query]:
    """Of two causes exactly one stands before the other, and the order has no circles: so one is first, or none.

    It is proved for any tiers and any weights that the knowledge base's can have, not only for those within reach.
    """
    encoded, circuit = world.encoded, world.circuit
    width = max((len(number) for number in encoded.weights.values()), default=1)
    ranks = [_any_rank(circuit, name, width) for name in ("one", "two", "three")]
    proper = circuit.all(_proper(circuit, rank) for rank in ranks)

    def before(a: int, b: int) -> int:
        return stands_before(circuit, ranks[a], ranks[b], a < b)

    for id_, says, lit in (
        (
            "either",
            "Of two causes exactly one stands before the other.",
            -circuit.differ(before(0, 1), before(1, 0)),
        ),
        (
            "no_circle",
            "What stands before another cause stands before all that follow it, so that everybody ends with one first "
            "cause and its guide, or is plainly told that there is no likely cause.",
            circuit.any(circuit.all((before(a, b), before(b, c), -before(a, c))) for a, b, c in permutations(range(3))),
        ),
    ):
        fix = "this is a fault of the ranking: please report it"
        yield Query(FAMILY, ("order", id_), says, fix, "nobody", (proper, lit), (world.domain,))


def _any_rank(circuit: Circuit, name: str, width: int) -> Rank:
    tiers = tuple(circuit.input(f"any rank {name} tier {tier}") for tier in TIERS)
    return tiers, tuple(circuit.input(f"any rank {name} bit {bit}") for bit in range(width))


def _proper(circuit: Circuit, rank: Rank) -> Lit:
    """Whether tiers are nested: whoever is told at one is told at all that come later."""
    return circuit.all(circuit.either(lower, -higher) for lower, higher in pairwise(rank[0]))
