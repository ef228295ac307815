"""SF003 `safety.about-nothing`: a safety property speaks of what somebody is told, or of what the rules conclude."""

from __future__ import annotations

from collections.abc import Iterator

from engine.criteria import FactIs
from engine.model.assertion import AllHold, AnyHolds, AtLeastHold, NotHolds
from validators.checks.safety import NUMB
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for properties that compare answers and nothing else."""
    for id_, safety in context.kb.safety.items():
        if all(isinstance(part, FactIs | AllHold | AnyHolds | NotHolds | AtLeastHold) for _, part in safety.parts()):
            what = "it speaks of answers alone, which no rule can change"
            fix = "say what such a person must be told; combinations of answers that nobody gives are contradictions"
            yield context.path("safety", id_), (), what, fix


CHECK = Check(
    code="SF003",
    name="safety.about-nothing",
    title="A safety property speaks of what somebody is told, or of what the rules conclude",
    why="What no rule can change, no correction of a rule can put right.",
    bad={"safety/numb.json": {**NUMB, "then": {"fact": "age", "lt": 100}}},
    good={"safety/numb.json": NUMB},
    run=run,
)
