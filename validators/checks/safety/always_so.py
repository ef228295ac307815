"""SF004 `safety.always-so`: no part of a safety property holds of itself."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.assertion import AllHold, Assertion, UrgencyAtLeast, UrgencyAtMost
from engine.model.rule import LEVELS
from validators.checks.safety import NUMB
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for levels that everybody is at, and for claims that stand in their own premise."""
    for id_, safety in context.kb.safety.items():
        path = context.path("safety", id_)
        for steps, part in safety.parts():
            if (isinstance(part, UrgencyAtLeast) and part.urgency_at_least is LEVELS[0]) or (
                isinstance(part, UrgencyAtMost) and part.urgency_at_most is LEVELS[-1]
            ):
                yield path, steps, "this is so for everybody", "name the level that matters"
        if safety.whenever is not None and safety.then is not None:
            premise = _parts(safety.whenever)
            for part in _parts(safety.then):
                if part in premise:
                    what = "a part of it stands behind “whenever” too, and so is always true"
                    yield path, ("then",), what, "say only what must follow"


def _parts(assertion: Assertion) -> tuple[Assertion, ...]:
    if isinstance(assertion, AllHold):
        return tuple(part for one in assertion.all for part in _parts(one))
    return (assertion,)


CHECK = Check(
    code="SF004",
    name="safety.always-so",
    title="No part of a safety property holds of itself",
    why="A property that cannot fail looks like a proof and is none.",
    bad={"safety/numb.json": {**NUMB, "then": {"urgency_at_least": "self_care"}}},
    good={"safety/numb.json": NUMB},
    run=run,
)
