"""How things stand: a fold over the events, nothing else. No git, no clock, no signature is looked at here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, assert_never

from authoring.review.events import (
    Adopted,
    ApprovalWithdrawn,
    Approved,
    By,
    ChangesRequested,
    Commented,
    Entry,
    Event,
    Merged,
    Proposed,
    Released,
    ReleaseRetired,
    Reopened,
    Resolved,
    Withdrawn,
)

Status = Literal["draft", "proposed", "changes_requested", "withdrawn", "merged"]
STATUS_WORDS: dict[Status, str] = {
    "draft": "draft",
    "proposed": "waiting for review",
    "changes_requested": "changes requested",
    "withdrawn": "withdrawn",
    "merged": "merged",
}


@dataclass
class Comment:
    """Something that was said, and whether it is settled."""

    number: int
    by: By
    at: datetime
    path: str
    pointer: str
    text: str
    resolved_by: By | None = None


@dataclass
class Approval:
    """One approval, as it was given."""

    number: int
    entry: Entry
    by: By
    at: datetime
    what: Approved
    withdrawn: bool = False


@dataclass
class Change:
    """What the events say of one change."""

    id: str
    status: Status = "draft"
    title: str = ""
    reason: str = ""
    proposed_by: By | None = None
    proposers: list[By] = field(default_factory=list)
    requested: str = ""
    comments: list[Comment] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    merged: Merged | None = None
    merged_by: By | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def open_comments(self) -> list[Comment]:
        """What was said and is not settled."""
        return [one for one in self.comments if one.resolved_by is None]

    @property
    def touched(self) -> datetime | None:
        """When something last happened."""
        return self.events[-1].at if self.events else None


@dataclass
class Release:
    """One release or preview, and whether it should still be used."""

    what: Released
    by: By
    at: datetime
    main: str | None
    """The commit at which `main` stood when it was made; going back releases an earlier one."""
    retired: ReleaseRetired | None = None


@dataclass
class State:
    """Everything that the events say."""

    adopted: str | None = None
    """The commit of `main` at which review began."""
    changes: dict[str, Change] = field(default_factory=dict)
    standing: list[Approval] = field(default_factory=list)
    """Approvals of records as they stand on `main`."""
    releases: list[Release] = field(default_factory=list)
    merges: list[Event] = field(default_factory=list)
    """The events that moved `main`, in order."""
    unreadable: list[Entry] = field(default_factory=list)

    @property
    def merge_commits(self) -> frozenset[str]:
        """The commits that Algos put together itself, from a change and what was approved."""
        return frozenset(event.what.after for event in self.merges if isinstance(event.what, Merged))

    def change(self, id_: str) -> Change:
        """A change; one that has no event yet is a draft."""
        return self.changes.get(id_) or Change(id_)

    @property
    def approvals(self) -> Iterator[Approval]:
        """Every approval."""
        yield from self.standing
        for change in self.changes.values():
            yield from change.approvals

    @property
    def main(self) -> str | None:
        """The commit at which `main` stands by the events; None while there are none."""
        merged = next((one.what for one in reversed(self.merges) if isinstance(one.what, Merged)), None)
        return merged.after if merged else self.adopted

    @property
    def next_release(self) -> int:
        """The number of the next release or preview."""
        return max((one.what.number for one in self.releases), default=0) + 1

    def release(self, number: int) -> Release | None:
        """A release or preview by its number."""
        return next((one for one in self.releases if one.what.number == number), None)


def fold(entries: Iterable[Entry]) -> State:
    """How things stand after these events. What does not follow from what was before is passed over.

    The actions refuse such an event; one that somebody wrote by hand changes nothing, and the audit names those
    that would have merged or released something.
    """
    state = State()
    for entry in entries:
        if entry.event is None:
            state.unreadable.append(entry)
        else:
            apply(state, entry, entry.event)
    return state


def apply(state: State, entry: Entry, event: Event) -> None:
    """One event more."""
    what = event.what
    match what:
        case Adopted():
            if state.adopted is None:
                state.adopted = what.main
        case Released():
            if what.number >= state.next_release:
                state.releases.append(Release(what, event.by, event.at, state.main))
        case ReleaseRetired():
            release = state.release(what.number)
            if release and release.retired is None:
                release.retired = what
        case Approved() | ApprovalWithdrawn():
            _approval(state, entry, event, what)
        case Proposed() | Commented() | Resolved() | ChangesRequested() | Withdrawn() | Reopened() | Merged():
            change = state.changes.setdefault(what.change, Change(what.change))
            if change.merged is None or isinstance(what, Commented | Resolved):
                change.events.append(event)
                _step(state, change, event, what)
        case _:
            assert_never(what)


def _approval(state: State, entry: Entry, event: Event, what: Approved | ApprovalWithdrawn) -> None:
    change = state.changes.setdefault(what.change, Change(what.change)) if what.change is not None else None
    listed = state.standing if change is None else change.approvals
    if isinstance(what, Approved):
        listed.append(Approval(event.number, entry, event.by, event.at, what))
    else:
        for one in listed:
            if one.number == what.approval:
                one.withdrawn = True
    if change is not None:
        change.events.append(event)


def _step(
    state: State,
    change: Change,
    event: Event,
    what: Proposed | Commented | Resolved | ChangesRequested | Withdrawn | Reopened | Merged,
) -> None:
    match what:
        case Proposed():
            if change.status in ("draft", "changes_requested", "proposed"):
                change.status, change.requested = "proposed", ""
                change.title, change.reason = what.title, what.reason
                change.proposed_by = event.by
                change.proposers.append(event.by)
        case Commented():
            change.comments.append(Comment(event.number, event.by, event.at, what.path, what.pointer, what.text))
        case Resolved():
            for comment in change.comments:
                if comment.number == what.comment and comment.resolved_by is None:
                    comment.resolved_by = event.by
        case ChangesRequested():
            if change.status == "proposed":
                change.status, change.requested = "changes_requested", what.reason
        case Withdrawn():
            change.status = "withdrawn"
        case Reopened():
            if change.status == "withdrawn":
                change.status = "draft"
        case Merged():
            if change.status == "proposed":
                change.status, change.merged, change.merged_by = "merged", what, event.by
                state.merges.append(event)
        case _:
            assert_never(what)
