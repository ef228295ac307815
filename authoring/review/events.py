"""What happens to changes and releases: one signed, numbered event for each step, never altered afterwards.

An event's file is a DSSE envelope. What is signed holds the event's number and the hash of the event before it, so that
none can be taken away, put elsewhere or repeated without a trace.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from engine.model.base import Record
from engine.model.review import PublicKey
from exports.sign import KeySet, PrivateKey, RefusedError, canonical
from exports.sign import PublicKey as SigningKey
from exports.sign.statement import sign_statement, verify_statement

TYPE = "application/vnd.algos.review-event+json"
"""The media type under which events are signed."""
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
CommitId = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
Said = Annotated[str, Field(max_length=10_000)]
"""Something that somebody typed."""

How = Literal["local", "oidc", "own_key"]
"""How it is known who it was: git's own settings on this machine, a sign-in at an identity provider that the console
attests, or the person's own key."""


class By(Record):
    """Who did it, how that is known, and the key that signed it."""

    name: str
    email: str
    how: How
    issuer: str | None = Field(default=None, description="For `oidc`: the identity provider.")
    subject: str | None = Field(default=None, description="For `oidc`: the provider's own name for the person.")
    key: PublicKey


class RecordHash(Record):
    """One record that a change touches, before and after; None where it is not there."""

    path: str
    before: Hash | None
    after: Hash | None


class Adopted(Record):
    """Review begins: what is on `main` now was there before, and nobody has approved it yet."""

    kind: Literal["adopted"] = "adopted"
    main: CommitId


class Proposed(Record):
    """A draft is put up for review, or put up again after changes were requested."""

    kind: Literal["proposed"] = "proposed"
    change: str
    head: CommitId
    main: CommitId
    title: Said
    reason: Said


class Commented(Record):
    """Something said about a change, a record of it, or a field or paragraph of that."""

    kind: Literal["commented"] = "commented"
    change: str
    path: str = ""
    pointer: str = ""
    text: Said


class Resolved(Record):
    """A comment is settled."""

    kind: Literal["resolved"] = "resolved"
    change: str
    comment: int


class ChangesRequested(Record):
    """A reviewer wants something changed before the change can go on."""

    kind: Literal["changes_requested"] = "changes_requested"
    change: str
    head: CommitId
    reason: Said


class Approved(Record):
    """A reviewer approves records of a change, or (without a change) records as they stand on `main`."""

    kind: Literal["approved"] = "approved"
    change: str | None
    main: CommitId = Field(description="What was approved when the reviewer looked.")
    head: CommitId = Field(description="Where the change stood when the reviewer looked.")
    records: Annotated[tuple[RecordHash, ...], Field(min_length=1)]
    saw_less_urgent: bool = Field(
        default=False, description="The reviewer ticked that they looked at who becomes less urgent."
    )
    comment: Said = ""


class ApprovalWithdrawn(Record):
    """A reviewer takes an approval back."""

    kind: Literal["approval_withdrawn"] = "approval_withdrawn"
    change: str | None
    approval: int
    reason: Said


class Withdrawn(Record):
    """The change is not to go on for now."""

    kind: Literal["withdrawn"] = "withdrawn"
    change: str
    head: CommitId
    reason: Said


class Reopened(Record):
    """A withdrawn change is a draft again."""

    kind: Literal["reopened"] = "reopened"
    change: str
    reason: Said


class Merged(Record):
    """A change became part of what is approved. `main` moves from `before` to `after`."""

    kind: Literal["merged"] = "merged"
    change: str
    head: CommitId
    before: CommitId
    after: CommitId
    records: tuple[RecordHash, ...]
    approvals: tuple[int, ...]
    less_urgent: bool = Field(description="Whether it could not be ruled out that somebody becomes less urgent.")
    proved: tuple[str, ...] = Field(description="The safety properties that were proved of the result.")


class Released(Record):
    """What is approved, or a preview of it, left for others to use."""

    kind: Literal["released"] = "released"
    number: Annotated[int, Field(ge=1)]
    name: Said
    commit: CommitId
    identity: Hash = Field(description="The hash of the whole knowledge base.")
    preview: bool
    rolls_back_to: int | None = None
    reason: Said = ""
    tag: CommitId = Field(description="The tag object.")
    for_clinicians: Annotated[str, Field(max_length=1_000_000)]
    for_developers: Annotated[str, Field(max_length=1_000_000)]
    proved: tuple[str, ...] = ()


class ReleaseRetired(Record):
    """A release should no longer be used."""

    kind: Literal["release_retired"] = "release_retired"
    number: int
    reason: Said
    replacement: int | None = None


Body = Annotated[
    Adopted
    | Proposed
    | Commented
    | Resolved
    | ChangesRequested
    | Approved
    | ApprovalWithdrawn
    | Withdrawn
    | Reopened
    | Merged
    | Released
    | ReleaseRetired,
    Field(discriminator="kind"),
]


class Event(Record):
    """One step, with its place in the sequence."""

    number: Annotated[int, Field(ge=1)]
    previous: Hash | None = Field(description="SHA-256 of the file of the event before it.")
    at: datetime
    by: By
    what: Body


@dataclass(frozen=True)
class Actor:
    """Who acts, and how that is known."""

    name: str
    email: str
    how: How = "local"
    issuer: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Entry:
    """One file of the branch: an event, or why the file cannot be read as one."""

    path: str
    data: bytes
    event: Event | None
    problem: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def fault(self) -> str:
        """What is wrong with the file or its signature, in words; empty where nothing is.

        The signature is checked against the key that the event names; whose key that is, its reader decides. Checking
        takes about a millisecond, so it is done for what counts and not for each of thousands of comments.
        """
        if self.event is None:
            return self.problem
        by = self.event.by
        try:
            jwk = {"kty": "OKP", "crv": "Ed25519", "x": by.key, "name": by.email}
            verify_statement(self.data, TYPE, KeySet().with_key(SigningKey.from_jwk(jwk, self.path)), self.path)
        except RefusedError as error:
            return error.finding.what
        return ""


def path_for(number: int, what: Body) -> str:
    """Where an event's file stands."""
    change = getattr(what, "change", None)
    if change is not None:
        folder = f"changes/{change}"
    else:
        folder = "records" if isinstance(what, Approved | ApprovalWithdrawn) else "releases"
        folder = "begin" if isinstance(what, Adopted) else folder
    return f"{folder}/{number:06}-{what.kind}.json"


def signed(what: Body, number: int, previous: str | None, actor: Actor, key: PrivateKey, at: datetime) -> Entry:
    """A step as a signed file."""
    by = By(
        name=actor.name, email=actor.email, how=actor.how, issuer=actor.issuer, subject=actor.subject, key=key.public.x
    )
    event = Event(
        number=number, previous=previous, at=at.astimezone(UTC).replace(microsecond=0, tzinfo=UTC), by=by, what=what
    )
    payload = canonical(json.loads(event.model_dump_json()))
    return Entry(path_for(number, what), sign_statement(payload, TYPE, key), event)


def read_entry(path: str, data: bytes) -> Entry:
    """An event from its file, its signature not yet checked. A file that is none tells so in `problem`."""
    try:
        claimed = Event.model_validate_json(base64.b64decode(json.loads(data)["payload"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Entry(path, data, None, "it is not an event that this version understands")
    wanted = path_for(claimed.number, claimed.what)
    if path != wanted:
        return Entry(path, data, None, f"it was made to stand at {wanted}")
    return Entry(path, data, claimed)
