"""What a record rests on, as a cell of a table and as a bibliography."""

from __future__ import annotations

from collections.abc import Iterator

from engine.knowledge import KnowledgeBase
from engine.model.base import Sourced
from exports.guide.bibliography import entry
from exports.safety_file.document import Column, Part, Table
from exports.safety_file.facts import Facts


def cited(kb: KnowledgeBase, record: Sourced) -> Iterator[str]:
    """Each source by its id with the place in it, and the judgement where there is one."""
    for citation in record.sources:
        yield citation.source + (f" ({citation.locator})" if citation.locator else "")
    if record.judgement:
        yield f"judgement: {record.judgement}"
    if not record.sources and not record.judgement:
        yield "nothing is cited"


def bibliography(facts: Facts) -> Part:
    """Every source that a rule or safety property cites, with how often, and whether it was read."""
    counts: dict[str, int] = {}
    for record in (*facts.kb.active.values(), *facts.kb.safety.values()):
        for citation in record.sources:
            counts[citation.source] = counts.get(citation.source, 0) + 1
    rows = []
    for id_, times in sorted(counts.items()):
        source = facts.kb.sources[id_]
        text = "".join(run.text for run in entry(source))
        read = "the abstract, table or page was read" if source.custom.seen else "not seen: from memory"
        rows.append((id_, text, f"{times} times", f"{source.custom.kind.replace('_', ' ')}; {read}"))
    return Part(
        "sources",
        "Sources",
        "ISO 14971: information that risk analysis rests on. DCB0129: evidence of the safety case.",
        says=(
            f"The {len(rows)} sources that rules and safety properties cite. That a source was read means its "
            "abstract, table or opening page, not the whole paper. No clinician has checked what was taken from it.",
        ),
        tables=(
            Table(
                "sources",
                "Sources cited",
                (Column("Id", 1.2), Column("Source", 4.5), Column("Cited", 0.6), Column("Kind, and whether read", 1.4)),
                tuple(rows),
            ),
        ),
    )
