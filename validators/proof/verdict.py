"""What is asked of the solver, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.answers import Answers
from validators.proof.circuit import Lit
from validators.proof.domain import Domain

Kind = Literal["some", "nobody", "completions"]
"""`some`: it must be possible that all of it holds. `nobody`: it must not be. `completions`: for nobody whose
unanswered questions could be answered in every way may the second part hold with certainty (`completions.py`)."""

Status = Literal["proved", "broken", "undecided"]


@dataclass(frozen=True)
class Query:
    """One property, as something that must be possible, or impossible, for people of the circuit."""

    family: str
    subject: tuple[str, str]
    """The kind and id of the record that it is about."""
    says: str
    """The property in English, for a clinician."""
    fix: str
    """What to do where it does not hold."""
    kind: Kind
    wanted: tuple[Lit, ...]
    people: tuple[Domain, ...]
    """The one or two people that it is about."""
    told: tuple[str, ...] = ("this person",)
    """What each of the people is called in a counterexample."""
    note: str | None = None
    """Something to know although the property holds, such as an exception and its reason."""
    parts: tuple[tuple[str, Lit], ...] = ()
    """What must hold together, in words: where nobody can be so, those that exclude each other are told."""

    given: tuple[tuple[str, Lit], ...] = ()
    """Other properties, by id, with what they say: taken for granted once they are proved, to find a proof faster."""

    @property
    def id(self) -> str:
        """Family and subject: the property's name in certificates."""
        return f"{self.family}/{self.subject[0]}/{self.subject[1]}"

    def given_that(self, others: Sequence[tuple[str, Lit]]) -> Query:
        """The same query, that may rest on others."""
        return replace(self, given=tuple(others))


@dataclass(frozen=True)
class Verdict:
    """What is known about one property."""

    id: str
    family: str
    subject: tuple[str, str]
    says: str
    status: Status
    fix: str = ""
    people: tuple[Answers, ...] = ()
    """For a broken property those for whom it fails; for one that something is possible, somebody for whom it is."""
    told: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    """The constraints without which it would not hold."""
    note: str | None = None
    seconds: float = 0.0
    cached: bool = False
    detail: str = ""
    """Why nobody can be so, where somebody should be."""


@dataclass
class Tally:
    """How many verdicts there are of each kind."""

    proved: int = 0
    broken: int = 0
    undecided: int = 0
    cached: int = 0
    families: dict[str, int] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        """Count one."""
        setattr(self, verdict.status, getattr(self, verdict.status) + 1)
        self.cached += verdict.cached
        self.families[verdict.family] = self.families.get(verdict.family, 0) + 1
