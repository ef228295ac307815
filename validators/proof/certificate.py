"""The result of a proof as data: what was proved of which content, by what, and for whom it fails."""

from __future__ import annotations

from typing import Any

from engine.knowledge import KnowledgeBase
from validators.proof import cache
from validators.proof.prove import Report
from validators.proof.verdict import Verdict


def certificate(report: Report, kb: KnowledgeBase, content: str) -> dict[str, Any]:
    """A certificate as JSON holds it; `content` is the knowledge base's identity (`engine.canonical.identity`)."""
    return {
        "format": "algos-proof-certificate/1",
        "knowledge_base": kb.settings.id,
        "content": content,
        "semantics": kb.settings.semantics,
        "solver": report.solver,
        "encoding": cache.VERSION,
        "complete": report.all_proved,
        "counts": {
            "properties": len(report.verdicts),
            "proved": report.tally.proved,
            "broken": report.tally.broken,
            "undecided": report.tally.undecided,
            "safety": sum(1 for one in report.verdicts if one.subject[0] == "safety"),
        },
        "confirmed": {
            "by_reference": report.confirmed,
            "by_durable_rules": report.confirmed_native,
        },
        "verdicts": [_row(verdict) for verdict in report.verdicts],
    }


def _row(verdict: Verdict) -> dict[str, Any]:
    row: dict[str, Any] = {"id": verdict.id, "says": verdict.says, "verdict": verdict.status}
    if verdict.people:
        row["people"] = [person.to_json() for person in verdict.people]
    if verdict.depends_on:
        row["depends_on"] = list(verdict.depends_on)
    if verdict.note:
        row["note"] = verdict.note
    if verdict.detail:
        row["detail"] = verdict.detail
    return row
