"""What review asks of the proofs: which patients change, and whether what must always be so still is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from engine.knowledge import KnowledgeBase

Witness = Mapping[str, object]
"""The answers of a patient to whom it happens, as JSON."""
MoveKind = Literal["less_urgent", "more_urgent", "other_first", "guide_changed"]


@dataclass(frozen=True)
class Moved:
    """Who moves in one way: some of them, and whether it is proved that nobody does."""

    witnesses: tuple[Witness, ...] = ()
    proved_nobody: bool = False

    @property
    def possible(self) -> bool:
        """Whether somebody does, or might: not knowing never clears."""
        return bool(self.witnesses) or not self.proved_nobody


@dataclass(frozen=True)
class Changes:
    """Which patients change between two knowledge bases."""

    less_urgent: Moved
    more_urgent: Moved
    other_first: Moved
    guide_changed: Moved

    @property
    def outcome_moves(self) -> bool:
        """Whether anybody's urgency or first cause changes, or might."""
        return self.less_urgent.possible or self.more_urgent.possible or self.other_first.possible


@dataclass(frozen=True)
class Verdict:
    """What was found of one thing that must always be so."""

    id: str
    title: str
    result: Literal["proved", "refuted", "unsettled"]
    witness: Witness | None = None
    absolute: bool = True
    """A safety property that clinicians wrote. The others may stay as they are, and must not become worse."""


class Proofs(Protocol):
    """Answers from a solver. Each call may take seconds."""

    def changes(self, before: KnowledgeBase, after: KnowledgeBase) -> Changes:
        """Which patients change."""

    def further(self, seen: tuple[KnowledgeBase, KnowledgeBase], now: tuple[KnowledgeBase, KnowledgeBase]) -> Moved:
        """Who moves from the first to the second of `now`, and does not move in the same way in `seen`."""

    def prove(self, kb: KnowledgeBase) -> tuple[Verdict, ...]:
        """Each of the knowledge base's safety properties, and what should hold of any knowledge base."""


NOT_THERE = (
    "the proofs are not available, and nothing is merged or released without them",
    "install Algos with its solver, then try again",
)
"""What is told where a proof is needed and there is nothing that proves."""
