"""Four eyes, bound to content: which approvals count for which record, and what is still missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from authoring.review.events import By, RecordHash
from authoring.review.records import SEMANTIC, kinds
from authoring.review.state import Approval
from authoring.store import Commit
from engine.model.review import ChangeKind, Need, Review, Roster

Who = str
"""One person: their id on the roster, or an address that the roster does not know."""


def who(email: str, roster: Roster) -> Who:
    """The person behind an address."""
    member = roster.person(email)
    return member.id if member else f"<{email.strip().lower()}>"


def vouched(by: By, roster: Roster) -> str:
    """Why nobody on the roster vouches for a signature; empty where somebody does, or there is no roster.

    A console's key vouches for whom it signed in, a person's own key for that person.
    """
    if not roster.people:
        return ""
    member = roster.signer(by.key)
    if member is not None:
        return "" if roster.person(by.email) == member else f"it is signed with the key of {member.name}"
    if any(server.key == by.key for server in roster.servers):
        return "" if by.how != "own_key" else "it claims a person's own key and bears a console's"
    return "it is signed with a key that the roster does not name"


def left(by: By, at: datetime, roster: Roster) -> bool:
    """Whether somebody had left by then."""
    member = roster.person(by.email)
    return member is not None and member.left is not None and at.date() >= member.left


@dataclass(frozen=True)
class Rules:
    """What decides whether an approval counts: policy and roster as approved, and who wrote the change."""

    policy: Review
    roster: Roster
    authors: Collection[Who]

    def against(self, approval: Approval) -> str:
        """Why an approval does not count at all; empty where it does."""
        if approval.withdrawn:
            return "it was withdrawn"
        if approval.entry.fault:
            return approval.entry.fault
        person = who(approval.by.email, self.roster)
        if person in self.authors:
            return f"{approval.by.name} is an author of this change"
        if self.roster.people and self.roster.person(approval.by.email) is None:
            return f"{approval.by.email} is not on the roster"
        if left(approval.by, approval.at, self.roster):
            return f"{approval.by.name} had left"
        return vouched(approval.by, self.roster)

    def needs(self, found: Iterable[ChangeKind]) -> list[Need]:
        """What kinds of change need, the strictest first."""
        return sorted((self.policy.need(kind) for kind in set(found)), key=lambda one: (-one.approvals, one.change))


@dataclass(frozen=True)
class Standing:
    """How one changed record stands: what it needs, who approved it, and what is missing."""

    record: RecordHash
    kinds: frozenset[ChangeKind]
    needed: int
    approved_by: tuple[Approval, ...]
    missing: tuple[str, ...]
    """In words; empty where it is approved."""
    lapsed: tuple[tuple[Approval, str], ...] = ()
    """Approvals of this record that do not count, and why."""

    @property
    def approved(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def standing(record: RecordHash, found: frozenset[ChangeKind], approvals: Sequence[Approval], rules: Rules) -> Standing:
    """How a record stands with these approvals."""
    counted: dict[Who, Approval] = {}
    lapsed = []
    for approval in approvals:
        given = next((one for one in approval.what.records if one.path == record.path), None)
        if given is None:
            continue
        if (given.before, given.after) != (record.before, record.after):
            reason = (
                "the record was edited since" if given.after != record.after else "what it replaces was edited since"
            )
        else:
            reason = rules.against(approval)
        if reason:
            lapsed.append((approval, reason))
        else:
            counted[who(approval.by.email, rules.roster)] = approval
    needs = rules.needs(found)
    missing = [text for need in needs for text in _missing(need, list(counted.values()), rules)]
    if needs and len(counted) < needs[0].approvals:  # whoever comes next may be what the others lack, too
        missing = _missing(needs[0], list(counted.values()), rules)
    return Standing(
        record,
        found,
        max((need.approvals for need in needs), default=0),
        tuple(counted.values()),
        tuple(dict.fromkeys(missing)),
        tuple(lapsed),
    )


def _missing(need: Need, counted: list[Approval], rules: Rules) -> list[str]:
    for_what = KIND_WORDS[need.change]
    if need.own_key:
        counted = [one for one in counted if one.by.how == "own_key"]
    lacking = need.approvals - len(counted)
    if lacking > 0:
        key = " signed with their own key" if need.own_key else ""
        people = "one more person" if lacking == 1 else f"{lacking} more people"
        return [f"{for_what} needs the approval of {people}{key}"]
    roster = rules.roster
    if need.roles and roster.people:
        members = [roster.person(one.by.email) for one in counted]
        if not any(member and set(member.roles) & set(need.roles) for member in members):
            return [f"{for_what} needs the approval of a {' or '.join(need.roles)}"]
    return []


KIND_WORDS: dict[ChangeKind, str] = {
    "red_flag": "a red flag",
    "urgency": "something that sets how urgent it is",
    "less_urgent": "a change that may make somebody less urgent",
    "logic": "a rule",
    "retired": "a retirement",
    "policy": "the review policy or roster",
    "guide": "a guide or exercise",
    "wording": "a wording",
    "basis": "a source, date or judgement",
    "case": "a case or example",
}


def kinds_of(
    record: RecordHash, before: Mapping[str, bytes], after: Mapping[str, bytes], less_urgent: bool
) -> frozenset[ChangeKind]:
    """What a changed record is about; with `less_urgent` where the whole change may make somebody less urgent."""
    found = kinds(record.path, before.get(record.path), after.get(record.path))
    return found | {"less_urgent"} if less_urgent and found & SEMANTIC else found


def authors(commits: Sequence[Commit], trees: Mapping[str, str], proposers: Iterable[By], roster: Roster) -> set[Who]:
    """Everybody who wrote a change: author or committer of a commit that touches the knowledge base, or its proposer.

    `trees`: for each commit and its first parent, the knowledge base's tree.
    """
    found = {who(by.email, roster) for by in proposers}
    for commit in commits:
        first = commit.parents[0] if commit.parents else ""
        if trees.get(commit.id) != trees.get(first, ""):
            found |= {who(commit.author.email, roster), who(commit.committer.email, roster)}
    return found
