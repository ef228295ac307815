"""Who reviews what: the policy in `kb.json`, and the roster of people in `review/roster.json`.

Both are records of the knowledge base like any other, so that changing them needs the same review.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.model.base import Record, Slug, Text

ChangeKind = Literal[
    "red_flag",
    "urgency",
    "less_urgent",
    "logic",
    "retired",
    "policy",
    "guide",
    "wording",
    "basis",
    "case",
]
"""What a change is about.

`red_flag`: when a red flag is raised and how urgent it is. `urgency`: care levels, thresholds, warning signs, what
must always be so, who is asked what. `less_urgent`: somebody may be told a lower urgency than before. `logic`: any
other rule, prior or score. `retired`: something is no longer used. `policy`: this policy and the roster. `guide`: what
a guide or an exercise tells people. `wording`: names and texts. `basis`: sources, judgements, dates and codes. `case`:
cases and examples."""

DEFAULT_APPROVALS: dict[ChangeKind, int] = {
    "red_flag": 2,
    "urgency": 2,
    "less_urgent": 2,
    "logic": 1,
    "retired": 2,
    "policy": 2,
    "guide": 1,
    "wording": 1,
    "basis": 1,
    "case": 1,
}
"""How many approvals each kind of change needs where the policy does not say."""


class Need(Record):
    """What one kind of change needs before it is merged."""

    change: ChangeKind
    approvals: Annotated[int, Field(ge=1, le=5)] = Field(description="How many people other than its authors.")
    roles: tuple[Slug, ...] = Field(default=(), description="At least one of them has one of these roles.")
    own_key: bool = Field(
        default=False, description="Only approvals count that the reviewer signed with their own key."
    )


class Review(Record):
    """What has to happen before content counts as reviewed."""

    policy: Text = Field(description="The policy in words.")
    needs: tuple[Need, ...] = Field(default=(), description="At most one for each kind of change.")
    may_merge: tuple[Slug, ...] = Field(default=(), description="Roles that may merge; empty: everybody on the roster.")
    may_release: tuple[Slug, ...] = Field(
        default=(), description="Roles that may release; empty: everybody on the roster."
    )

    @model_validator(mode="after")
    def _valid(self) -> Review:
        kinds = [need.change for need in self.needs]
        twice = next((kind for kind in kinds if kinds.count(kind) > 1), None)
        if twice:
            raise ValueError(f"`needs` names `{twice}` twice")
        return self

    def need(self, kind: ChangeKind) -> Need:
        """What a kind of change needs."""
        given = next((need for need in self.needs if need.change == kind), None)
        return given or Need(change=kind, approvals=DEFAULT_APPROVALS[kind])


PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""An Ed25519 public key: its 32 bytes in base64url without padding, as `x` in a JSON Web Key (RFC 8037)."""

Email = Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$", max_length=200)]


class Member(Record):
    """One person, with every address under which they write."""

    id: Slug
    name: Text
    emails: Annotated[tuple[Email, ...], Field(min_length=1)]
    roles: tuple[Slug, ...] = Field(default=(), description="Such as clinician, pharmacist, editor.")
    keys: tuple[PublicKey, ...] = Field(default=(), description="Keys with which this person signs.")
    left: date | None = Field(default=None, description="From this day on, they approve nothing more.")


class Server(Record):
    """A console whose word on who was signed in is taken."""

    name: Text
    key: PublicKey


class Roster(Record):
    """Everybody who writes and reviews; while it is empty, each e-mail address counts as one person with every role."""

    id: Literal["roster"]
    people: tuple[Member, ...] = ()
    servers: tuple[Server, ...] = ()

    @model_validator(mode="after")
    def _valid(self) -> Roster:
        for what, values in (
            ("id", [one.id for one in self.people]),
            ("e-mail address", [email.lower() for one in self.people for email in one.emails]),
            ("key", [key for one in self.people for key in one.keys] + [one.key for one in self.servers]),
        ):
            twice = next((value for value in values if values.count(value) > 1), None)
            if twice:
                raise ValueError(f"the {what} `{twice}` stands twice: each belongs to one person")
        return self

    def person(self, email: str) -> Member | None:
        """The person to whom an address belongs, however it is capitalised."""
        wanted = email.strip().lower()
        return next((one for one in self.people if wanted in (known.lower() for known in one.emails)), None)

    def signer(self, key: str) -> Member | None:
        """The person to whom a key belongs."""
        return next((one for one in self.people if key in one.keys), None)


EMPTY_ROSTER = Roster(id="roster")
