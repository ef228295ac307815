"""SF002 `safety.contradiction`: what must hold together in a safety property can hold together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

from engine.model.assertion import (
    AllHold,
    Assertion,
    FlagIsOpen,
    FlagIsTrue,
    Named,
    NamedFirst,
    NoCause,
    NotHolds,
    Steps,
    UrgencyAtLeast,
    UrgencyAtMost,
    assertion_parts,
)
from engine.model.case import Safety
from validators.checks.safety import NUMB
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at everything that is joined by `all`, and at what stands behind `whenever` and `then` together."""
    for id_, safety in context.kb.safety.items():
        path = context.path("safety", id_)
        for steps, clash in context.memory.of(("contradiction", safety), partial(_clashes, safety)):
            yield path, steps, clash, "take one of the two out, or join them by “any”"


def _clashes(safety: Safety) -> list[tuple[Steps, str]]:
    """Where what must hold together cannot, and why; each place once."""
    tops: list[tuple[Steps, Assertion]] = [((name,), one) for name, one in safety.assertions.items()]
    groups = [joined for top in tops for joined in _groups(*top)]
    if safety.whenever is not None and safety.then is not None:
        premise, claim = list(_joined(("whenever",), safety.whenever)), list(_joined(("then",), safety.then))
        groups += [[one, other] for one in premise for other in claim]
    found: dict[Steps, str] = {}
    for group in groups:
        for (_, one), (steps, other) in combinations(group, 2):
            clash = _clash(one, other) or _clash(other, one)
            if clash:
                found.setdefault(steps, clash)
    return list(found.items())


def _groups(steps: Steps, assertion: Assertion) -> Iterator[list[tuple[Steps, Assertion]]]:
    """Each `all` with what is joined in it; an `all` inside an `all` belongs to the outer one."""
    inside: set[Steps] = set()
    for at, part in assertion_parts(assertion, steps):
        if isinstance(part, AllHold) and at not in inside:
            inside |= {below for below, _ in assertion_parts(part, at)}
            yield list(_joined(at, part))


def _joined(steps: Steps, assertion: Assertion) -> Iterator[tuple[Steps, Assertion]]:
    if isinstance(assertion, AllHold):
        for at, part in enumerate(assertion.all):
            yield from _joined((*steps, "all", at), part)
    else:
        yield steps, assertion


def _clash(one: Assertion, other: Assertion) -> str | None:
    """Why two statements never hold together."""
    if isinstance(one, NotHolds) and one.not_ == other:
        return "it stands here and, with “not”, beside it"
    match one, other:
        case UrgencyAtLeast(), UrgencyAtMost() if one.urgency_at_least.level > other.urgency_at_most.level:
            least, most = one.urgency_at_least.value, other.urgency_at_most.value
            return f"the urgency cannot be at least `{least}` and at most `{most}`"
        case NamedFirst(), NamedFirst() if one.first != other.first:
            return f"`{one.first}` and `{other.first}` cannot both stand first"
        case NoCause(), Named() | NamedFirst():
            name = other.named if isinstance(other, Named) else other.first
            return f"`{name}` cannot be named where no cause is"
        case FlagIsTrue(), FlagIsOpen() if one.flag == other.open_flag:
            return f"`{one.flag}` cannot be raised and not settled"
        case _:
            return None


CHECK = Check(
    code="SF002",
    name="safety.contradiction",
    title="What must hold together in a safety property can hold together",
    why="What can never be so protects nobody, though a proof may call it proved.",
    bad={
        "safety/numb.json": {
            **NUMB,
            "then": {"all": [{"urgency_at_least": "emergency"}, {"urgency_at_most": "urgent"}]},
        }
    },
    good={"safety/numb.json": NUMB},
    run=run,
)
