"""Not knowing never clears anyone: what happens when answers turn into "not sure"."""

from __future__ import annotations

from collections.abc import Iterator

from engine.english import LEVEL_NAMES
from engine.model.rule import LEVELS, Urgency
from validators.proof.circuit import Lit
from validators.proof.verdict import Query
from validators.proof.world import World

FAMILY = "unknowns"


def queries(world: World) -> Iterator[Query]:
    """What must never happen when answers are taken back, and flags that should be certain and are not."""
    yield from _levels(world)
    yield from _self_care(world)
    yield from _certain(world)


def _forgetful(world: World) -> tuple[Lit, Lit]:
    """The second person is the first, with answers that all apply, and is not sure of some of them."""
    return world.forgets, world.nothing_set_aside


def _levels(world: World) -> Iterator[Query]:
    """Never more than one level is lost, but for flags that say otherwise and why.

    A flag with an `if_unsure` of its own is counted, in this one question, as one level below its own.
    """
    other = world.other
    flags = world.kb.red_flags
    excepted = [id_ for id_, flag in flags.items() if flag.unsure.level < flag.red_flag.one_below.level]
    reasons = "; ".join(f"{world.kb.active[id_].title}: {flags[id_].if_unsure_reason}" for id_ in excepted)
    for level in (Urgency.EMERGENCY, Urgency.URGENT, Urgency.SOON):
        below = level.one_below
        kept: list[Lit] = [
            -other.unknown(other.rules[id_]) for id_ in excepted if flags[id_].red_flag.one_below.level >= below.level
        ]
        yield Query(
            FAMILY,
            ("level", level.value),
            f"Whoever is told “{LEVEL_NAMES[level]}” and then is not sure of some answers "
            f"is still told at least “{LEVEL_NAMES[below]}”.",
            "let a red flag read what makes these people urgent, so that it stays open while they are not sure",
            "nobody",
            (*_forgetful(world), world.encoded.urgency[level], -other.urgency[below], *kept),
            (world.domain, other.domain),
            ("with these answers", "not sure of some of them"),
            note=f"{len(excepted)} red flags count for less while unsure, each with its reason: {reasons}"
            if excepted
            else None,
        )


def _self_care(world: World) -> Iterator[Query]:
    other = world.other
    yield Query(
        FAMILY,
        ("level", "self_care"),
        "Nobody reaches self-care by being not sure of something.",
        "this is a fault of the engine: please report it",
        "nobody",
        (*_forgetful(world), world.encoded.urgency[LEVELS[1]], -other.urgency[LEVELS[1]]),
        (world.domain, other.domain),
        ("with these answers", "not sure of some of them"),
    )


def _certain(world: World) -> Iterator[Query]:
    """A red flag is not UNKNOWN where every way to answer the rest makes it TRUE."""
    for id_ in world.kb.red_flags:
        truth = world.encoded.rules[id_]
        yield Query(
            FAMILY,
            ("certain", id_),
            f"The red flag “{world.kb.active[id_].title}” fires for everybody for whom it would fire "
            "however the open questions were answered.",
            "write the common part by itself: age 70, sex unknown: all(age at least 55, any(man, age at least 65))",
            "completions",
            (world.encoded.unknown(truth), truth.true),
            (world.domain,),
        )
