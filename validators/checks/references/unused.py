"""RF008 `reference.unused`: everything that is asked, derived or cited is used."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from engine.uses import Uses, uses
from validators.checks.references.source import citations
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for questions, findings, scores, terms and sources that nothing uses."""
    kb = context.kb
    used = Uses()
    for _, _, _, criterion in kb.criteria():
        used |= uses(criterion)
    fix = "use it in a rule, or delete it"
    for section in kb.sections:
        for at, question in enumerate(section.questions):
            if question.id not in used.facts:
                yield context.path("section", section.id), ("questions", at), f"no rule reads `{question.id}`", fix
    for (kind, name), rules in kb.concluded_by.items():
        if name not in (used.findings if kind == "finding" else used.scores):
            yield context.path("rule", rules[0]), ("then",), f"nothing reads the {kind} `{name}`", fix
    for id_ in kb.terms:
        if not any(name == id_ for _, name in kb.concluded_by):
            yield context.path("term", id_), (), f"no rule concludes `{id_}`", fix
    elsewhere = [path for path in context.loaded.values if not path.startswith("sources/")]
    cited = {name for path in elsewhere for _, name in citations(context, path)}
    for id_ in kb.sources:
        if id_ not in cited:
            yield context.path("source", id_), (), f"nothing cites `{id_}`", "cite it, or delete it"


CHECK = Check(
    code="RF008",
    name="reference.unused",
    title="Everything that is asked, derived or cited is used",
    why="A question that no rule reads costs a patient time; a finding that nothing reads is half a thought.",
    bad={"rules/evidence/older.json": None},
    good={},
    run=run,
    severity=Severity.WARNING,
)
