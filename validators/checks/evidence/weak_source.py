"""EV007 `evidence.weak-source`: a rule rests on more than sources that nobody has read or that are only context."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from engine.model.rule import Evidence
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for rules whose every source is of tier 3 or unseen, without judgement beside it."""
    kb = context.kb
    for id_, rule in kb.active.items():
        cited = {citation.source for citation in rule.sources}
        if isinstance(rule.then, Evidence) and rule.then.basis:
            cited.add(rule.then.basis.source.source)
        weak = [
            name
            for name in cited
            if name in kb.sources and (kb.sources[name].custom.tier == 3 or not kb.sources[name].custom.seen)
        ]
        if cited and len(weak) == len(cited) and rule.judgement is None:
            what = f"it rests only on {', '.join(f'`{one}`' for one in sorted(weak))}"
            yield context.path("rule", id_), ("sources",), what, "cite one that was read, or explain in `judgement`"


CHECK = Check(
    code="EV007",
    name="evidence.weak-source",
    title="A rule rests on more than sources that nobody has read or that are only context",
    why="An unseen paper or a clinic's blog supports nothing by itself.",
    bad={
        "sources/smith-2020.json": {
            "id": "smith-2020",
            "type": "webpage",
            "title": "A blog",
            "custom": {"kind": "patient_information", "tier": 3, "seen": True},
        }
    },
    good={},
    run=run,
    severity=Severity.WARNING,
)
