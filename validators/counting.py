"""What a knowledge base holds, in numbers."""

from __future__ import annotations

from engine.knowledge import KnowledgeBase
from engine.model.rule import Evidence, Urgency


def count(kb: KnowledgeBase) -> dict[str, int | float]:
    """Counts of records in force, and the share of weights that rest on a published figure, in percent."""
    evidence = [rule.then for rule in kb.active.values() if isinstance(rule.then, Evidence)]
    published = sum(1 for one in evidence if one.basis is not None)
    flags = list(kb.red_flags.values())
    statements = sum(
        len(section.statements) for one in kb.current_conditions.values() for section in one.guide.sections
    )
    return {
        "questions": len(kb.questions),
        "conditions": len(kb.current_conditions),
        "rules": len(kb.active),
        "red_flags": len(flags),
        **{
            f"red_flags_{level.value}": sum(1 for flag in flags if flag.red_flag is level)
            for level in Urgency
            if level is not Urgency.SELF_CARE
        },
        "evidence_rules": len(evidence),
        "weights_published": published,
        "weights_judgement": len(evidence) - published,
        "weights_published_percent": round(100 * published / len(evidence), 1) if evidence else 0.0,
        "rule_examples": sum(len(rule.examples) for rule in kb.active.values()),
        "cases": len(kb.told_cases),
        "cases_awaiting": len(kb.cases) - len(kb.told_cases),
        "safety_properties": len(kb.safety),
        "guide_statements": statements,
        "exercises": len(kb.exercises),
        "sources": len(kb.sources),
        "constraints": len(kb.constraints),
    }
