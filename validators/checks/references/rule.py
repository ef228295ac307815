"""RF009 `reference.rule`: cases and safety rules name rules in force."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.assertion import FlagIsOpen, FlagIsTrue
from engine.nearest import nearest
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at the rules that cases and safety rules name."""
    kb = context.kb
    for id_, case in kb.cases.items():
        expected = case.expect
        for key, names in (("fires", expected.fires), ("silent", expected.silent), ("open", expected.open)):
            for at, name in enumerate(names):
                if name not in kb.active:
                    what = f"there is no rule `{name}` in force"
                    yield context.path("case", id_), ("expect", key, at), what, nearest(name, kb.active)
    for id_, safety in kb.safety.items():
        for steps, part in safety.parts():
            if not isinstance(part, FlagIsTrue | FlagIsOpen):
                continue
            flag = part.flag if isinstance(part, FlagIsTrue) else part.open_flag
            if flag not in kb.red_flags:
                what = f"there is no red flag `{flag}` in force"
                yield context.path("safety", id_), steps, what, nearest(flag, kb.red_flags)


CHECK = Check(
    code="RF009",
    name="reference.rule",
    title="Cases and safety rules name rules in force",
    why="A case that expects a rule of another name tests nothing.",
    bad=changed("cases/locked.json", expect={"urgency": "self_care", "fires": ["evidence/lock"]}),
    good={},
    run=run,
)
