"""Nothing becomes true only because a question does not apply: a criterion names for whom it is meant.

Check LG008 looks at how a criterion is written; this looks at what it means. Where a question does not apply its
comparisons are FALSE, and their opposite TRUE. With UNKNOWN in their place, whatever is TRUE must still be TRUE.
"""

from __future__ import annotations

from collections.abc import Iterator

from validators.proof.domain import Two
from validators.proof.encode import Encoded
from validators.proof.verdict import Query
from validators.proof.world import World

FAMILY = "applicable"


class _Unanswered(Encoded):
    """The same knowledge base, in which a question that does not apply is UNKNOWN instead of FALSE."""

    def __init__(self, world: World, question: str) -> None:
        self._question = question
        super().__init__(world.kb, world.domain)

    def gated(self, question: str, truth: Two, gate: Two) -> Two:
        """A comparison on a question with a gate."""
        if question != self._question:
            return super().gated(question, truth, gate)
        return Two(self.circuit.both(-gate.false, truth.true), self.circuit.both(-gate.false, truth.false))


def queries(world: World) -> Iterator[Query]:
    """For each question with a gate, each criterion that reads it."""
    for name in world.encoded.applies:
        other = _Unanswered(world, name)
        asked = world.kb.questions[name]
        for kind, id_, title, mine, theirs in _pairs(world, other):
            if mine == theirs:
                continue  # it does not read the question
            yield Query(
                FAMILY,
                (kind, f"{id_}/{name}"),
                f"“{title}” never holds only because “{asked.name or asked.text}” does not apply.",
                f"join it by “all” with for whom “{asked.name or asked.text}” is asked",
                "nobody",
                (mine.true, world.encoded.applies[name].false, -theirs.true),
                (world.domain,),
            )


def _pairs(world: World, other: Encoded) -> Iterator[tuple[str, str, str, Two, Two]]:
    kb, encoded = world.kb, world.encoded
    for id_, rule in kb.active.items():
        yield "rule", id_, rule.title, encoded.rules[id_], other.rules[id_]
    for id_, condition in kb.current_conditions.items():
        yield "condition", id_, condition.name, encoded.considered[id_], other.considered[id_]
    for id_, gate in encoded.applies.items():
        yield "question", id_, kb.questions[id_].name or kb.questions[id_].text, gate, other.applies[id_]
