"""What the safety file is made from. Whoever calls gathers it: git, proofs and measurements are not this room's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.finding import Finding
from engine.knowledge import KnowledgeBase
from exports.safety_file.risk import Judged
from validators.cases import Result
from validators.population.triage import Triage
from validators.vignettes import Accuracy


@dataclass(frozen=True)
class Hands:
    """Who wrote a record, and who approved it as it stands."""

    authors: tuple[str, ...]
    approvers: tuple[str, ...]
    changed: bool = False
    """Whether the record was changed since and that is not committed."""


@dataclass(frozen=True)
class Release:
    """A release that was made of the knowledge base."""

    number: int
    name: str
    day: date
    by: str
    content: str
    retired: str | None


@dataclass(frozen=True)
class Measured:
    """When and how figures came about."""

    day: date
    command: str


@dataclass(frozen=True)
class Component:
    """Something that others made and Algos uses."""

    name: str
    version: str
    licence: str
    purpose: str


@dataclass(frozen=True)
class Facts:
    """Everything that goes into a safety file. A text in place of something says why it is missing."""

    kb: KnowledgeBase
    content: str
    """The identity of the whole knowledge base."""
    version: str
    """Of Algos."""
    today: date
    findings: tuple[Finding, ...]
    examples: Mapping[str, Result]
    """By rule."""
    cases: Mapping[str, Result]
    certificate: Mapping[str, Any] | str
    """What `algos prove --json` writes."""
    proved: Measured
    alarms: Triage | str
    vignettes: tuple[Accuracy, ...] | str
    measured: Measured
    hands: Mapping[str, Hands] | str
    """By the path of the record."""
    releases: tuple[Release, ...] | str
    components: tuple[Component, ...]
    judged: Mapping[str, Judged]
    """By safety property: what a clinician judged of its risk."""
