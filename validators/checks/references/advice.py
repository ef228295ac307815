"""RF010 `reference.advice`: advice has a rule that gives it and a block that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.assertion import Advised
from engine.nearest import nearest
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare the advice that rules give with the blocks of guides, and with what cases expect."""
    kb = context.kb
    shown: set[str] = set()
    for id_, condition in kb.conditions.items():
        for at, section in enumerate(condition.guide.sections):
            for number, statement in enumerate(section.statements):
                if statement.advice:
                    shown.add(statement.advice)
                    if statement.advice not in kb.advice_rules:
                        steps = ("guide", "sections", at, "statements", number, "advice")
                        what = f"no rule gives the advice `{statement.advice}`"
                        yield context.path("condition", id_), steps, what, nearest(statement.advice, kb.advice_rules)
    for name, rules in kb.advice_rules.items():
        if name not in shown:
            what = f"no guide has a block for the advice `{name}`"
            yield context.path("rule", rules[0]), ("then", "advice"), what, nearest(name, shown)
    for id_, case in kb.cases.items():
        for at, name in enumerate(case.expect.advice):
            if name not in kb.advice_rules:
                what = f"no rule gives the advice `{name}`"
                yield context.path("case", id_), ("expect", "advice", at), what, nearest(name, kb.advice_rules)
    for id_, safety in kb.safety.items():
        for where, part in safety.parts():
            if isinstance(part, Advised) and part.advice not in kb.advice_rules:
                what = f"no rule gives the advice `{part.advice}`"
                yield context.path("safety", id_), where, what, nearest(part.advice, kb.advice_rules)


CHECK = Check(
    code="RF010",
    name="reference.advice",
    title="Advice has a rule that gives it and a block that shows it",
    why="A personal paragraph that no rule shows is never read.",
    bad={
        "rules/advice/rest.json": {
            "id": "advice/rest",
            "title": "Rest",
            "when": {"fact": "locked", "is": True},
            "then": {"advice": "rest"},
            "judgement": "An example.",
            "review_by": "2030-01-01",
        }
    },
    good={},
    run=run,
)
