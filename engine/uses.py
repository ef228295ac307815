"""The names that a criterion uses: the fold from which dependencies, checks and the interview are derived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs


@dataclass(frozen=True)
class Uses:
    """The questions, findings and scores that a criterion compares."""

    facts: frozenset[str] = frozenset()
    findings: frozenset[str] = frozenset()
    scores: frozenset[str] = frozenset()

    def __or__(self, other: Uses) -> Uses:
        """Both together."""
        return Uses(self.facts | other.facts, self.findings | other.findings, self.scores | other.scores)


def uses(criterion: Criterion) -> Uses:
    """What a criterion compares directly, without following findings and scores to their rules."""
    match criterion:
        case FactIs():
            return Uses(facts=frozenset({criterion.fact}))
        case FindingIs():
            return Uses(findings=frozenset({criterion.finding}))
        case ScoreIs():
            return Uses(scores=frozenset({criterion.score}))
        case All() | AnyOf() | AtLeast():
            total = Uses()
            for part in criterion.parts:
                total |= uses(part)
            return total
        case Not():
            return uses(criterion.not_)
        case _:
            assert_never(criterion)
