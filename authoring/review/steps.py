"""Every step of a change, in one place: who may take it, what it needs, and what is recorded.

Pages and commands call these and show what came back. Each step looks at how things stand, decides, and appends; where
somebody was quicker, it looks and decides again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from authoring.actions import Clock, Refused
from authoring.review.approving import Standing, vouched, who
from authoring.review.desk import Desk, Look
from authoring.review.events import (
    Actor,
    Adopted,
    ApprovalWithdrawn,
    Approved,
    Body,
    By,
    ChangesRequested,
    Commented,
    Merged,
    Proposed,
    RecordHash,
    Reopened,
    Resolved,
    Withdrawn,
)
from authoring.review.journal import Pages
from authoring.review.merging import Choices
from authoring.review.proofs import Verdict
from authoring.review.state import State
from authoring.store import MAIN, NOWHERE, Move, MovedError, Person
from authoring.workspace import DRAFTS, Draft
from engine.canonical import digest
from engine.model.review import Roster
from exports.sign import PrivateKey

TRIES = 8
"""How often a step looks again where somebody was quicker."""


@dataclass(frozen=True)
class Signer:
    """Who acts, and the key that signs it."""

    actor: Actor
    key: PrivateKey

    @property
    def person(self) -> Person:
        """As git records people."""
        return Person(self.actor.name, self.actor.email)

    @property
    def by(self) -> By:
        """As an event records who did it."""
        one = self.actor
        return By(
            name=one.name, email=one.email, how=one.how, issuer=one.issuer, subject=one.subject, key=self.key.public.x
        )


@dataclass(frozen=True)
class Step:
    """What a step records, and the refs that move with it."""

    bodies: Sequence[Body]
    moves: Sequence[Move] = ()


class Steps:
    """The steps that one person can take. Raises Refused, in the person's words, for what may not be."""

    def __init__(self, desk: Desk, signer: Signer, clock: Clock) -> None:
        self.desk = desk
        self.signer = signer
        self.clock = clock
        self.in_the_way: str | None = None
        """After a merge: what keeps the repository's folder from showing it, and what to do about that."""

    # A change

    def propose(self, id_: str, title: str, reason: str, seen: str | None = None) -> None:
        """Put a draft up for review, or put it up again. Its title and reason are what reviewers read first.

        `seen`: the commit at which its author saw it; raises MovedError where it stands elsewhere.
        """
        if not title.strip() or not reason.strip():
            raise Refused(
                "a change needs a title and a reason", "say in a sentence or two what it changes and why it should"
            )

        def step(pages: Pages, state: State) -> Step:
            look = self._look(id_, state)
            self._member(look.roster)
            if look.change.status not in ("draft", "proposed", "changes_requested"):
                raise Refused(f"the change is {look.change.status}", "reopen it, or start a new draft")
            if seen is not None and look.head != seen:
                raise MovedError("the draft was edited since you looked at it", "look at it again, then propose it")
            if not look.records:
                raise Refused("the draft changes nothing", "edit something, then propose it")
            if look.conflicts:
                raise _conflicts(look)
            if look.merged.errors:
                raise _errors(look)
            return Step([Proposed(change=id_, head=look.head, main=look.main, title=said(title), reason=said(reason))])

        self._take(step)

    def comment(self, id_: str, text: str, path: str = "", pointer: str = "") -> None:
        """Say something about a change, one of its records, or a field or paragraph of one."""
        if not text.strip():
            raise Refused("the comment is empty", "write what you want to say")

        def step(pages: Pages, state: State) -> Step:
            look = self._look(id_, state)
            self._member(look.roster)
            if path and path not in {one.path for one in look.records}:
                raise Refused(f"the change does not touch `{path}`", "comment on one of its records, or on the whole")
            return Step([Commented(change=id_, path=path, pointer=pointer, text=said(text))])

        self._take(step)

    def resolve(self, id_: str, comment: int) -> None:
        """Settle a comment."""

        def step(pages: Pages, state: State) -> Step:
            self._member(self._roster())
            if comment not in {one.number for one in state.change(id_).open_comments}:
                raise Refused(f"there is no open comment {comment}", "look at the change again")
            return Step([Resolved(change=id_, comment=comment)])

        self._take(step)

    def request_changes(self, id_: str, reason: str) -> None:
        """Ask for something to be changed before the change can go on."""
        if not reason.strip():
            raise Refused("nothing is asked for", "say what should be changed")

        def step(pages: Pages, state: State) -> Step:
            look = self._look(id_, state)
            self._member(look.roster)
            self._waiting(look)
            return Step([ChangesRequested(change=id_, head=look.head, reason=said(reason))])

        self._take(step)

    def approve(
        self,
        id_: str,
        seen: str,
        paths: Collection[str] | None = None,
        saw_less_urgent: bool = False,
        comment: str = "",
    ) -> None:
        """Approve records of a change as they stood at the commit that was seen; without paths, all of them."""

        def step(pages: Pages, state: State) -> Step:
            look = self._look(id_, state)
            self._may_approve(look.roster, look.authors, "an author of this change does not approve it")
            self._waiting(look)
            if look.head != seen:
                raise MovedError("the change was edited since you looked at it", "look at it again, then approve")
            if look.conflicts:
                raise _conflicts(look)
            if look.merged.errors:
                raise _errors(look)
            records = tuple(one for one in look.records if paths is None or one.path in paths)
            unknown = set(paths or ()) - {one.path for one in look.records}
            if unknown or not records:
                raise Refused(
                    f"the change does not touch {', '.join(f'`{one}`' for one in sorted(unknown)) or 'anything'}",
                    "approve records that it changes",
                )
            if not saw_less_urgent and look.less_urgent():
                raise Refused(
                    "somebody may become less urgent by this change",
                    "look at who, and tick that you did, before you approve (`--saw-less-urgent` on the command line)",
                )
            return Step(
                [
                    Approved(
                        change=id_,
                        main=look.main,
                        head=look.head,
                        records=records,
                        saw_less_urgent=saw_less_urgent,
                        comment=said(comment),
                    )
                ]
            )

        self._take(step)

    def withdraw_approval(self, number: int, reason: str) -> None:
        """Take one's own approval back."""

        def step(pages: Pages, state: State) -> Step:
            roster = self._roster()
            found = next((one for one in state.approvals if one.number == number and not one.withdrawn), None)
            if found is None or who(found.by.email, roster) != self._who(roster):
                raise Refused(f"you have given no approval {number}", "only who approved takes an approval back")
            return Step([ApprovalWithdrawn(change=found.what.change, approval=number, reason=said(reason))])

        self._take(step)

    def withdraw(self, id_: str, reason: str) -> None:
        """Take a change out of review; it can be reopened. For its authors."""

        def step(pages: Pages, state: State) -> Step:
            look = self._look(id_, state)
            self._author(look)
            if look.change.status not in ("proposed", "changes_requested"):
                raise Refused("the change is not in review", "only what was proposed is withdrawn")
            return Step([Withdrawn(change=id_, head=look.head, reason=said(reason))])

        self._take(step)

    def reopen(self, id_: str, reason: str) -> None:
        """Make a withdrawn change a draft again. For its authors."""

        def step(pages: Pages, state: State) -> Step:
            look = self._look(id_, state)
            self._author(look)
            if look.change.status != "withdrawn":
                raise Refused("the change was not withdrawn", "nothing needs to be done")
            return Step([Reopened(change=id_, reason=said(reason))])

        self._take(step)

    def take_in(self, draft: Draft, choices: Choices) -> Draft:
        """Take what was approved since into a draft, with each conflict decided. Raises Refused where one is left."""
        main = self.desk.main()
        files, left = self.desk.with_choices(main, draft.head, choices)
        if left:
            raise Refused(
                f"{len(left)} places that both changed are not decided", "choose one of the two versions for each"
            )
        before = self.desk.workspace.files(main)
        changes: dict[str, bytes | None] = {path: data for path, data in files.items() if before.get(path) != data}
        changes |= {path: None for path in before if path not in files}
        return self.desk.workspace.take_in(draft, main, changes, self.signer.person, self.clock())

    def merge(self, id_: str) -> str:
        """Make a change part of what is approved, once everything holds of the result; the new commit."""
        made: list[tuple[str, str]] = []

        def step(pages: Pages, state: State) -> Step:
            look = self._look(id_, state)
            self.may(look.roster, look.policy.may_merge, "merge")
            self._waiting(look)
            refuse(obstacles(look))
            less_urgent, overtaken = look.less_urgent(), look.overtaken()
            held = [one.number for one in look.change.approvals if one.number not in overtaken]
            standings = look.standings(less_urgent, held)
            lacking = [
                f"{one.record.path}: {'; '.join(one.missing)}" + _because(one, overtaken, look)
                for one in standings
                if not one.approved
            ]
            if lacking:
                raise Refused("approvals are missing:\n        " + "\n        ".join(lacking[:20]), "ask for a review")
            verdicts = self.desk.verdicts(look.merged)
            refuse(failed_proofs(look.failing()))
            commit = self._merge_commit(look)
            made.append((look.main, commit))
            event = Merged(
                change=id_,
                head=look.head,
                before=look.main,
                after=commit,
                records=look.records,
                approvals=tuple(sorted({one.number for part in standings for one in part.approved_by})),
                less_urgent=less_urgent,
                proved=tuple(one.id for one in verdicts if one.absolute),
            )
            return Step([event], [Move(MAIN, commit, look.main), Move(DRAFTS + id_, NOWHERE, look.head)])

        self._take(step)
        before, after = made[-1]
        self.in_the_way = self.desk.workspace.follow_main([before])
        return after

    def _merge_commit(self, look: Look) -> str:
        workspace = self.desk.workspace
        before, after = look.approved.files, look.merged.files
        changes: dict[str, bytes | None] = {path: data for path, data in after.items() if before.get(path) != data}
        changes |= {path: None for path in before if path not in after}
        tree = workspace.tree_with(look.main, changes)
        message = f"{look.change.title}\n\n{look.change.reason}\n\nAlgos-Change: {look.change.id}"
        return workspace.write_commit(tree, [look.main, look.head], message, self.signer.person, self.clock())

    # What stands on `main` and nobody has approved

    def approve_standing(self, paths: Collection[str], seen: str, comment: str = "") -> None:
        """Approve records as they stand in what is approved, where their authors were others."""

        def step(pages: Pages, state: State) -> Step:
            workspace = self.desk.workspace
            main = self.desk.main()
            kb = self.desk.views.at(main, self.desk.today()).kb
            files = workspace.files(main)
            before = workspace.files(seen)
            unknown = [path for path in paths if path not in files]
            if unknown or not paths:
                raise Refused(f"there is no record {', '.join(unknown)}", "name files of the knowledge base")
            if any(files[path] != before.get(path) for path in paths):
                raise MovedError("one of these was changed since you looked at it", "look at it again, then approve")
            wrote = standing_authors(self.desk, main, paths, kb.roster)
            for path in sorted(paths):
                self._may_approve(kb.roster, wrote[path], f"an author of `{path}` does not approve it")
            records = tuple(
                RecordHash(path=path, before=None, after=digest(files[path], path)) for path in sorted(paths)
            )
            return Step([Approved(change=None, main=main, head=main, records=records, comment=said(comment))])

        self._take(step)

    # Who may

    def _who(self, roster: Roster) -> str:
        return who(self.signer.actor.email, roster)

    def _roster(self) -> Roster:
        return self.desk.views.at(self.desk.main(), self.desk.today()).kb.roster

    def _member(self, roster: Roster) -> None:
        email = self.signer.actor.email
        if roster.people and roster.person(email) is None:
            raise Refused(f"{email} is not on the roster", "ask somebody who is to propose you for it")

    def _vouched(self, roster: Roster, what: str) -> None:
        why = vouched(self.signer.by, roster)
        if why:
            raise Refused(
                f"your {what} would not count: {why}",
                "sign in at the console, or sign with your own key (`algos approve --key FILE`)",
            )

    def may(self, roster: Roster, roles: Sequence[str], what: str) -> None:
        """Raise Refused unless this person is on the roster in one of these roles, and somebody vouches for it."""
        self._member(roster)
        self._vouched(roster, what)
        member = roster.person(self.signer.actor.email)
        if roles and member is not None and not set(roles) & set(member.roles):
            raise Refused(f"to {what} is for: {', '.join(roles)}", "ask one of them")

    def _may_approve(self, roster: Roster, authors: Collection[str], otherwise: str) -> None:
        self._member(roster)
        if self._who(roster) in authors:
            raise Refused(otherwise, "ask somebody else to review it")
        self._vouched(roster, "approval")
        member = roster.person(self.signer.actor.email)
        if member is not None and member.left is not None and self.clock().date() >= member.left:
            raise Refused("the roster says that you left", "ask somebody else to review it")

    def _author(self, look: Look) -> None:
        self._member(look.roster)
        if self._who(look.roster) not in look.authors:
            raise Refused("only its authors do this", "ask one of them, or request changes")

    @staticmethod
    def _waiting(look: Look) -> None:
        match look.change.status:
            case "proposed":
                return
            case "draft":
                raise Refused("the change was not proposed yet", "let its author propose it")
            case "changes_requested":
                raise Refused(
                    f"changes were requested: {look.change.requested}", "let its author edit it and propose it again"
                )
            case _:
                raise Refused(f"the change is {look.change.status} already", "look at the list of changes")

    # Taking a step

    def _look(self, id_: str, state: State) -> Look:
        if state.change(id_).merged is not None:
            raise Refused("the change is merged already", "look at the list of changes")
        return self.desk.look(id_)

    def _take(self, step: Callable[[Pages, State], Step]) -> None:
        take(self.desk, self.signer, self.clock, step)


def take(desk: Desk, signer: Signer, clock: Clock, step: Callable[[Pages, State], Step]) -> None:
    """Look, decide, append; again where somebody was quicker. Raises Refused, WorkspaceError, KnowledgeError."""
    for attempt in range(TRIES):
        desk.journal.sync()
        pages = desk.journal.read()
        wanted = step(pages, desk.folded(pages))
        bodies = list(wanted.bodies)
        if pages.head is None:
            bodies.insert(0, Adopted(main=desk.main()))
        try:
            desk.journal.append(pages, bodies, signer.actor, signer.key, clock(), wanted.moves)
            return
        except MovedError:
            if attempt == TRIES - 1:
                raise


def said(text: str) -> str:
    """What somebody typed, as an event keeps it: what JSON and git can hold, and no more than fits."""
    return text.strip().replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:10_000]


_RESULTS = {"refuted": "does not hold", "unsettled": "could not be proved"}


def refuse(problems: Sequence[tuple[str, str]]) -> None:
    """Raise Refused for the first of these problems, and say how many more there are."""
    if problems:
        what, fix = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise Refused(what + more, fix)


def obstacles(look: Look) -> list[tuple[str, str]]:
    """What stands in the way of a change apart from approvals and proofs: what, and what to do about it."""
    found = []
    if look.conflicts:
        problem = _conflicts(look)
        found.append((problem.what, problem.fix))
    if not look.records:
        found.append(("the change makes no difference any more", "withdraw it"))
    for comment in look.change.open_comments:
        found.append((f"a comment by {comment.by.name} is open: {comment.text}", "settle it"))
    if look.merged.errors:
        problem = _errors(look)
        found.append((problem.what, problem.fix))
    elif any(result.failed for result in look.merged.case_results.values()):
        names = [id_ for id_, result in look.merged.case_results.items() if result.failed]
        found.append((f"cases fail in the result: {', '.join(names[:5])}", "mend the rule, or the case"))
    return found


def failed_proofs(failing: Iterable[Verdict]) -> list[tuple[str, str]]:
    """What is told of properties that keep something from being merged or released: what, and what to do about it."""
    return [
        (failed_proof(one), "mend the rules, or the property" if one.absolute else "mend the rules") for one in failing
    ]


def failed_proof(verdict: Verdict) -> str:
    """A property that is not proved, as one sentence."""
    if verdict.absolute:
        return f"the safety property “{verdict.title}” {_RESULTS[verdict.result]} in the result"
    return f"this held before, and {_RESULTS[verdict.result]} in the result: {verdict.title}"


def standing_authors(desk: Desk, main: str, paths: Collection[str], roster: Roster) -> Mapping[str, set[str]]:
    """For each record, everybody who ever wrote it, as far as git's history says."""
    workspace = desk.workspace
    found = {}
    for path in paths:
        commits = workspace.log(main, "--full-history", "--no-merges", paths=[workspace.in_folder(path)])
        found[path] = {who(person.email, roster) for one in commits for person in (one.author, one.committer)}
    return found


def _conflicts(look: Look) -> Refused:
    places = ", ".join(dict.fromkeys(f"`{one.path}`" for one in look.conflicts))
    return Refused(
        f"somebody else changed the same places meanwhile: {places}",
        "let an author take in what was approved since and choose (`algos change update`)",
    )


def _errors(look: Look) -> Refused:
    first = look.merged.errors[0]
    more = f" (and {len(look.merged.errors) - 1} more)" if len(look.merged.errors) > 1 else ""
    return Refused(f"the result has errors: `{first.path}`: {first.what}{more}", first.fix)


def _because(one: Standing, overtaken: Mapping[int, str], look: Look) -> str:
    lapsed = [f"{approval.by.name}'s approval does not count: {why}" for approval, why in one.lapsed]
    lapsed += [
        f"{approval.by.name}'s approval does not count: {overtaken[approval.number]}"
        for approval in look.change.approvals
        if approval.number in overtaken and any(given.path == one.record.path for given in approval.what.records)
    ]
    return f" ({'; '.join(lapsed)})" if lapsed else ""
