"""RF004 `reference.condition`: rules, cases and safety rules name conditions that exist."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.assertion import Named, NamedFirst
from engine.model.rule import Evidence, RedFlag
from engine.nearest import nearest
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at what rules conclude, and at what cases and safety rules expect."""
    for path, steps, name in _named(context):
        if name not in context.kb.current_conditions:
            yield path, steps, f"there is no condition `{name}` in force", nearest(name, context.kb.current_conditions)


def _named(context: Context) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
    for id_, rule in context.kb.active.items():
        path = context.path("rule", id_)
        if isinstance(rule.then, Evidence):
            yield path, ("then", "condition"), rule.then.condition
        elif isinstance(rule.then, RedFlag):
            yield from ((path, ("then", "suspects", at), name) for at, name in enumerate(rule.then.suspects))
    for id_, case in context.kb.cases.items():
        path = context.path("case", id_)
        if case.expect.first:
            yield path, ("expect", "first"), case.expect.first
        for key, names in (("named", case.expect.named), ("not_named", case.expect.not_named)):
            yield from ((path, ("expect", key, at), name) for at, name in enumerate(names))
    for id_, safety in context.kb.safety.items():
        for steps, part in safety.parts():
            if isinstance(part, Named | NamedFirst):
                yield context.path("safety", id_), steps, part.named if isinstance(part, Named) else part.first


CHECK = Check(
    code="RF004",
    name="reference.condition",
    title="Rules, cases and safety rules name conditions that exist",
    why="Evidence for a condition that does not exist is lost without a word.",
    bad=changed("rules/evidence/older.json", then={"condition": "spazm", "weight": -3, "group": "age"}),
    good={},
    run=run,
)
