"""No rule is idle: each one can decide something by itself, and none pushes both ways under one criterion."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.rule import Advice, Derived, Evidence, RedFlag
from validators.proof.circuit import Lit
from validators.proof.verdict import Query, Verdict
from validators.proof.world import World

FAMILY = "dead"


def queries(world: World) -> Iterator[Query | Verdict]:
    """What must be possible of each rule beside the others, and of each pair of opposite evidence."""
    yield from _alone(world)
    yield from _both_ways(world)


def _alone(world: World) -> Iterator[Query]:
    kb, rules = world.kb, world.encoded.rules
    for id_, rule in kb.active.items():
        stronger = _stronger(world, id_)
        if not stronger:
            continue
        others: list[Lit] = [-rules[other].true for other in stronger]
        yield Query(
            FAMILY,
            ("rule", id_),
            f"“{rule.title}” can decide something that no rule at least as strong decides already.",
            "another rule always fires with it and counts at least as much: retire it, or give it a stronger weight",
            "some",
            (rules[id_].true, *others),
            (world.domain,),
        )


def _stronger(world: World, id_: str) -> list[str]:
    """The other rules that make this one idle wherever one of them is TRUE."""
    kb, then = world.kb, world.kb.active[id_].then
    match then:
        case Evidence():
            group = kb.evidence.get(then.condition, {}).get(then.group, {})
            return [
                other
                for other, one in group.items()
                if other != id_
                and (one.weight > 0) == (then.weight > 0)
                and (abs(one.weight) > abs(then.weight) or (one.weight == then.weight and other < id_))
            ]
        case RedFlag():
            return [
                other
                for other, flag in kb.red_flags.items()
                if other != id_
                and set(flag.suspects) >= set(then.suspects)
                and (flag.red_flag.level > then.red_flag.level or (flag.red_flag == then.red_flag and other < id_))
            ]
        case Derived():
            return [other for other in kb.concluded_by["finding", then.finding] if other != id_]
        case Advice():
            return [other for other in kb.advice_rules[then.advice] if other != id_]
        case _:
            return []


def _both_ways(world: World) -> Iterator[Query]:
    """For and against one condition under one criterion: the author contradicts himself."""
    kb, encoded, circuit = world.kb, world.encoded, world.circuit
    for condition, groups in kb.evidence.items():
        rules = [(id_, one.weight) for group in groups.values() for id_, one in group.items()]
        favouring = [id_ for id_, weight in rules if weight > 0]
        against = [id_ for id_, weight in rules if weight < 0]
        reads = {id_: set(circuit.reads([encoded.rules[id_].true])) for id_, _ in rules}
        for one in favouring:
            for other in against:
                if reads[one] != reads[other]:
                    continue  # criteria that read different answers are not the same
                name = kb.conditions[condition].name
                yield Query(
                    FAMILY,
                    ("pair", f"{one}+{other}"),
                    f"“{kb.active[one].title}” for and “{kb.active[other].title}” against {name} "
                    "do not fire for the same people.",
                    "they speak for and against the same thing under the same criterion: keep one of them",
                    "some",
                    (circuit.differ(encoded.rules[one].true, encoded.rules[other].true),),
                    (world.domain,),
                )
