"""Not knowing never clears anyone: what happens when answers turn into "not sure".

In every query of this file the second person is the first, whose answers all apply, and is not sure of some of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.english import LEVEL_NAMES
from engine.model.rule import LEVELS, Urgency
from validators.proof.circuit import Lit
from validators.proof.verdict import Query
from validators.proof.world import World

FAMILY = "unknowns"
TOLD = ("with these answers", "not sure of some of them")


def queries(world: World) -> Iterator[Query]:
    """What must never happen when answers are taken back, and flags that should be certain and are not."""
    yield from _certain(world)
    yield from _flags(world)
    yield from _conditions(world)
    yield from _self_care(world)


def _query(world: World, subject: tuple[str, str], says: str, fix: str, *wanted: Lit, note: str | None = None) -> Query:
    people = (world.domain, world.other.domain)
    lits = (world.forgets, world.nothing_set_aside, *wanted)
    return Query(FAMILY, subject, says, fix, "nobody", lits, people, TOLD, note)


def _flags(world: World) -> Iterator[Query]:
    """What a red flag asks for is lost by one level at most, or by as much as its `if_unsure` says, with its reason."""
    mine, other = world.encoded, world.other
    for id_, flag in world.kb.red_flags.items():
        kept = min(flag.unsure.level, flag.red_flag.level)
        excepted = flag.unsure.level < flag.red_flag.one_below.level
        yield _query(
            world,
            ("flag", id_),
            f"Whoever has the red flag “{world.kb.active[id_].title}” and then is not sure of some answers "
            f"is still told at least “{LEVEL_NAMES[LEVELS[kept]]}”.",
            "this is a fault of the engine: please report it",
            mine.rules[id_].true,
            -other.urgency[LEVELS[kept]],
            note=f"counts as {LEVEL_NAMES[flag.unsure]} while unsure: {flag.if_unsure_reason}" if excepted else None,
        )
        yield _query(
            world,
            ("open_flag", id_),
            f"While the red flag “{world.kb.active[id_].title}” is not settled, being less sure of something takes "
            "nothing from the urgency that it asks for.",
            "this is a fault of the engine: please report it",
            mine.unknown(mine.rules[id_]),
            -other.urgency[flag.unsure],
        )


def _conditions(world: World) -> Iterator[Query]:
    """What a likely or possible condition asks for is lost by one level at most."""
    mine, other = world.encoded, world.other
    for id_, condition in world.kb.current_conditions.items():
        for status, level, lit in (
            ("likely", condition.care_level, mine.likely[id_]),
            ("possible", condition.care_level.one_below, mine.possible[id_]),
        ):
            if level.level < Urgency.URGENT.level:
                continue  # what falls from `soon` cannot fall below `routine`: the property of self-care says so
            yield _query(
                world,
                (status, id_),
                f"Whoever is told “{LEVEL_NAMES[level]}” because {condition.name} is {status}, and then is not sure of "
                f"some answers, is still told at least “{LEVEL_NAMES[level.one_below]}”.",
                "let a red flag read what makes these people urgent, so that it stays open while they are not sure, "
                "or raise the condition's threshold so that a red flag is always raised with it",
                lit,
                -other.urgency[level.one_below],
            )


def _self_care(world: World) -> Iterator[Query]:
    """Self-care is not reached by being unsure: first what it rests on, condition by condition, then the whole."""
    mine, other, circuit = world.encoded, world.other, world.circuit
    given: list[tuple[str, Lit]] = []
    for id_, condition in world.kb.current_conditions.items():
        if condition.care_level is Urgency.SELF_CARE:
            says = f"{condition.name} does not become surely likely by being less sure of something."
            before = circuit.both(mine.likely[id_], mine.surely_likely(id_))
            after = circuit.both(other.likely[id_], other.surely_likely(id_))
            wanted = (after, -before)
        else:
            says = f"{condition.name} does not get out of reach by being less sure of something."
            reach = circuit.any((mine.within_reach(id_), mine.asks_for_more(id_)))
            wanted = (reach, -other.within_reach(id_))
        query = _query(world, ("reach", id_), says, "this is a fault of the engine: please report it", *wanted)
        given.append((query.id, -circuit.all(query.wanted)))
        yield query
    whole = _query(
        world,
        ("level", "self_care"),
        "Nobody reaches self-care by being not sure of something.",
        "this is a fault of the engine: please report it",
        mine.urgency[LEVELS[1]],
        -other.urgency[LEVELS[1]],
    )
    yield whole.given_that(given)


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
