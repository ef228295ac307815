"""The safety file put together from its parts."""

from __future__ import annotations

from exports.safety_file import frame, measured
from exports.safety_file.document import Document
from exports.safety_file.facts import Facts
from exports.safety_file.hazards import hazard_log
from exports.safety_file.sources import bibliography
from exports.safety_file.trace import traceability


def safety_file(facts: Facts) -> Document:
    """The whole file of a knowledge base."""
    kb = facts.kb
    return Document(
        title="Safety file",
        subtitle=kb.settings.title,
        unreviewed=kb.settings.unreviewed,
        no_claim=frame.NO_CLAIM,
        identity=(
            ("Knowledge base", f"{kb.settings.title} ({kb.settings.id})"),
            ("Content", f"SHA-256 {facts.content}"),
            ("Semantics", f"version {kb.settings.semantics}"),
            ("Made", f"{facts.today.isoformat()} by Algos {facts.version}"),
        ),
        running=f"{kb.settings.title} · content {facts.content[:12]} · semantics {kb.settings.semantics} · "
        f"{facts.today.isoformat()}",
        parts=(
            frame.intended_use(facts),
            hazard_log(facts),
            frame.limits(facts),
            frame.findings(facts),
            measured.proofs(facts),
            measured.alarm_rate(facts),
            measured.published_patients(facts),
            frame.releases(facts),
            frame.components(facts),
            measured.cases(facts),
            traceability(facts),
            bibliography(facts),
        ),
    )
