"""What a red flag promises, and that every person ends with an answer."""

from __future__ import annotations

from collections.abc import Iterator

from engine.english import LEVEL_NAMES
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
    """Of two causes exactly one stands before the other; the order goes by tier, weight, care level and id.

    So it has a first one wherever any is named, and "no likely cause" is told where none is.
    """
    encoded, circuit = world.encoded, world.circuit
    ids = list(world.kb.current_conditions)
    for at, one in enumerate(ids):
        ties = [
            circuit.both(
                circuit.both(encoded.named(one), encoded.named(other)),
                -circuit.differ(encoded.before(one, other), encoded.before(other, one)),
            )
            for other in ids[:at]
        ]
        if not ties:
            continue
        yield Query(
            FAMILY,
            ("order", one),
            f"{world.kb.conditions[one].name} and any other cause stand in a clear order, so that there is "
            "one first cause with its guide, or plainly none.",
            "this is a fault of the ranking: please report it",
            "nobody",
            (circuit.any(ties),),
            (world.domain,),
        )
