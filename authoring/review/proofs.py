"""What review asks of the proofs: which patients change, and whether what must always be so still is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from authoring.review.pace import Pace
from engine.knowledge import KnowledgeBase

Witness = Mapping[str, object]
"""The answers of a patient to whom it happens, as JSON."""


@dataclass(frozen=True)
class Group:
    """Patients to whom the same happens: one of them, and in words what is true of all of them."""

    witness: Witness
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moved:
    """Who moves in one way, and whether it is proved that nobody else does."""

    groups: tuple[Group, ...] = ()
    complete: bool = False
    """Whether the groups are all that there are."""

    @property
    def proved_nobody(self) -> bool:
        """Whether it is proved that nobody moves in this way."""
        return self.complete and not self.groups

    @property
    def settled(self) -> bool:
        """Whether it is known if anybody moves in this way: a solver that ran out of time does not say."""
        return self.complete or bool(self.groups)

    @property
    def possible(self) -> bool:
        """Whether somebody does, or might: not knowing never clears."""
        return not self.proved_nobody


@dataclass(frozen=True)
class Changes:
    """Which patients change between two knowledge bases."""

    less_urgent: Moved
    more_urgent: Moved
    other_first: Moved
    other_causes: Moved
    guide_changed: Moved
    asked_again: Moved

    @property
    def ways(self) -> tuple[tuple[str, Moved], ...]:
        """Each way to move with its name, what makes anybody less urgent first."""
        return (
            ("Less urgent than now", self.less_urgent),
            ("More urgent than now", self.more_urgent),
            ("Another cause first", self.other_first),
            ("Other causes named", self.other_causes),
            ("Other texts to read", self.guide_changed),
            ("Asked to look at their answers again, or no longer", self.asked_again),
        )

    @property
    def settled(self) -> bool:
        """Whether it is known of each way to move if anybody does."""
        return all(moved.settled for _, moved in self.ways)


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

    def prove(self, kb: KnowledgeBase, pace: Pace) -> tuple[Verdict, ...]:
        """Each of the knowledge base's safety properties, and what should hold of any knowledge base.

        Raises Cancelled where somebody wants it stopped.
        """


NOT_THERE = (
    "the proofs are not available, and nothing is merged or released without them",
    "install Algos with its solver, then try again",
)
"""What is told where a proof is needed and there is nothing that proves."""
