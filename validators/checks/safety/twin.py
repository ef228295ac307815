"""SF001 `safety.twin`: each safety property says something of its own."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.assertion import AllHold, AnyHolds, Assertion, AtLeastHold, NotHolds
from engine.model.case import Safety
from validators.checks.safety import NUMB
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare the assertions of all safety properties, whatever the order of their parts."""
    seen: dict[str, str] = {}
    for id_, safety in sorted(context.kb.safety.items()):
        first = seen.setdefault(_shape(safety), id_)
        if first != id_:
            what, fix = f"it says the same as `{first}`", "keep one of them, and put both hazards into it"
            yield context.path("safety", id_), (), what, fix


def _shape(safety: Safety) -> str:
    return " ".join(f"{name} {_normal(one)}" for name, one in safety.assertions.items())


def _normal(assertion: Assertion) -> str:
    """An assertion as text that hangs on nothing but what it says."""
    match assertion:
        case AllHold() | AnyHolds() | AtLeastHold():
            least = assertion.at_least if isinstance(assertion, AtLeastHold) else type(assertion).__name__
            return f"{least}({' '.join(sorted(map(_normal, assertion.parts)))})"
        case NotHolds():
            return f"not({_normal(assertion.not_)})"
        case _:
            return assertion.model_dump_json(by_alias=True, exclude_none=True)


_OTHER: dict[str, object] = {**NUMB, "id": "numbness", "title": "Numbness is an emergency"}

CHECK = Check(
    code="SF001",
    name="safety.twin",
    title="Each safety property says something of its own",
    why="The same property twice is one hazard counted twice, and two places to correct.",
    bad={"safety/numb.json": NUMB, "safety/numbness.json": _OTHER},
    good={
        "safety/numb.json": NUMB,
        "safety/numbness.json": {**_OTHER, "then": {"flag": "red_flags/numb"}},
    },
    run=run,
)
