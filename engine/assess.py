"""One assessment: durable_rules forward-chains, the reference checks it, and the outcome says which answer stands."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from engine.answers import Answers
from engine.canonical import identity
from engine.evaluate import Evaluator, Values
from engine.knowledge import KnowledgeBase
from engine.outcome import Outcome, conclude

log = logging.getLogger("algos.engine")


@dataclass(frozen=True)
class WorkerFailure:
    """Why the native engine gave no answer, in words."""

    reason: str


class NativeEngine(Protocol):
    """Something that runs the native engine where its crash costs nobody anything."""

    def evaluate(self, kb_id: str, files: Mapping[str, bytes], answers: Answers) -> Values | WorkerFailure:
        """What everything is for one person, or why there is no answer."""


@dataclass(frozen=True)
class Assessment:
    """The outcome for one person, and how it was reached."""

    outcome: Outcome
    values: Values
    answers: Answers
    engine: Literal["durable_rules", "reference"]
    """Which evaluator's answer this is."""
    note: str | None
    """Why the reference's answer stands although durable_rules was asked; None where they agree."""


class Assessor:
    """A knowledge base made ready to assess people.

    Without `native` the reference evaluator answers alone, as for case suites, where many people are run at once.
    """

    def __init__(
        self, kb: KnowledgeBase, files: Mapping[str, bytes] | None = None, native: NativeEngine | None = None
    ) -> None:
        self.kb = kb
        self.evaluator = Evaluator(kb)
        self._files = files or {}
        self._native = native
        self._id = identity(self._files) if native else ""

    def assess(self, answers: Answers) -> Assessment:
        """Assess one person."""
        values = self.evaluator.evaluate(answers)
        note = None
        if self._native:
            native = self._native.evaluate(self._id, self._files, answers)
            note = disagreement(native, values)
            if note:
                log.warning("the reference's answer stands: %s", note)
        engine: Literal["durable_rules", "reference"] = "durable_rules" if self._native and not note else "reference"
        return Assessment(conclude(self.evaluator, answers, values), values, answers, engine, note)


def disagreement(native: Values | WorkerFailure, reference: Values) -> str | None:
    """In what the native engine differs from the reference, in words; None where they agree."""
    if isinstance(native, WorkerFailure):
        return native.reason
    for what, ours, theirs in (
        ("whether question {} applies", reference.applies, native.applies),
        ("finding {}", reference.findings, native.findings),
        ("score {}", reference.scores, native.scores),
        ("rule {}", reference.rules, native.rules),
    ):
        if ours != theirs:
            names = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
            return f"durable_rules differs on {what.format(names[0])}: {theirs.get(names[0])}, not {ours.get(names[0])}"
    if sorted(native.set_aside) != sorted(reference.set_aside):
        return "durable_rules differs on which answers are set aside"
    return None
