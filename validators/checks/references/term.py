"""RF011 `reference.term`: a derived finding or score has a name."""

from __future__ import annotations

from collections.abc import Iterator

from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for findings and scores without a record in `terms/`, or with one of the other kind."""
    for (kind, name), rules in context.kb.concluded_by.items():
        term = context.kb.terms.get(name)
        if term is None or term.kind != kind:
            what = f"the {kind} `{name}` has no name" if term is None else f"`{name}` is named as a {term.kind}"
            yield (
                context.path("rule", rules[0]),
                ("then", kind),
                what,
                f"describe it as a {kind} (in `terms/{name}.json`)",
            )


CHECK = Check(
    code="RF011",
    name="reference.term",
    title="A derived finding or score has a name",
    why="Rules read as English with the names of what they derive.",
    bad={"terms/older.json": None},
    good={},
    run=run,
)
