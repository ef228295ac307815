"""The reviewer's desk: one change looked at as it would be merged now, with everything that a decision needs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar, cast

from authoring.actions import View, Views
from authoring.review.approving import Rules, Standing, Who, authors, kinds_of, standing, who
from authoring.review.events import RecordHash
from authoring.review.journal import Journal, Pages
from authoring.review.merging import Choices, Conflict, merge_files
from authoring.review.pace import Pace
from authoring.review.proofs import NOT_THERE, Changes, Moved, Proofs, Verdict
from authoring.review.records import SEMANTIC, hashes, kinds
from authoring.review.state import Change, State, fold
from authoring.workspace import Draft, Workspace, WorkspaceError
from engine.canonical import identity
from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.review import Review, Roster
from validators.cases import Result

_KEPT = 8
_FOUND = 200
T = TypeVar("T")


@dataclass(frozen=True)
class Look:
    """One change against what is approved now."""

    desk: Desk
    pages: Pages
    state: State
    change: Change
    draft: Draft | None
    main: str
    head: str
    approved: View
    merged: View
    conflicts: tuple[Conflict, ...]
    records: tuple[RecordHash, ...]
    authors: frozenset[Who]

    @property
    def policy(self) -> Review:
        """The policy in force: that of what is approved, never that of the change."""
        return self.approved.kb.settings.review

    @property
    def roster(self) -> Roster:
        """The roster in force."""
        return self.approved.kb.roster

    @property
    def rules(self) -> Rules:
        """What decides whether an approval counts."""
        return Rules(self.policy, self.roster, self.authors)

    @cached_property
    def semantic(self) -> bool:
        """Whether the change touches anything that can move a patient."""
        return any(
            kinds(one.path, self.approved.files.get(one.path), self.merged.files.get(one.path)) & SEMANTIC
            for one in self.records
        )

    def moves(self) -> Changes | None:
        """Which patients change; None where nothing that could move one is touched.

        Raises WorkspaceError where there is nothing that proves, KnowledgeError where rules cannot be run.
        """
        if not self.semantic:
            return None
        return self.desk.changes(self.approved, self.merged)

    def failing(self, pace: Pace | None = None) -> tuple[Verdict, ...]:
        """Properties that keep the change from being merged.

        Those of safety have to be proved of the result; any other may fail only where it fails of what is approved.
        Raises WorkspaceError where there is nothing that proves, KnowledgeError where rules cannot be run.
        """
        failing = [one for one in self.desk.verdicts(self.merged, pace) if one.result != "proved"]
        if not self.semantic:
            return tuple(one for one in failing if one.absolute)
        before: set[str] = set()
        if any(not one.absolute for one in failing):
            before = {one.id for one in self.desk.verdicts(self.approved) if one.result != "proved"}
        return tuple(one for one in failing if one.absolute or one.id not in before)

    def less_urgent(self) -> bool:
        """Whether somebody may be told a lower urgency than before: true as long as the contrary is not proved."""
        try:
            moves = self.moves()
        except (WorkspaceError, KnowledgeError):
            return True
        return moves is not None and moves.less_urgent.possible

    def standings(self, less_urgent: bool, ours: Collection[int] | None = None) -> tuple[Standing, ...]:
        """How each changed record stands; `less_urgent`: whether somebody may be told a lower urgency.

        `ours`: the numbers of the approvals that are looked at; absent: all of this change.
        """
        rules = self.rules
        approvals = [one for one in self.change.approvals if ours is None or one.number in ours]
        return tuple(
            standing(one, kinds_of(one, self.approved.files, self.merged.files, less_urgent), approvals, rules)
            for one in self.records
        )

    def overtaken(self) -> dict[int, str]:
        """Approvals that do not hold any more, although their records were not edited, and why.

        What others merged since may make this change move patients whom the reviewer did not see move. An approval
        stays only where it is proved that no further patient moves. Raises as `moves`.
        """
        found: dict[int, str] = {}
        for approval in self.change.approvals:
            seen = approval.what.main
            if seen == self.main or not self.semantic:
                continue
            before = self.desk.views.at(seen, self.desk.today())
            if not moved_between(before.files, self.approved.files, self.records):
                continue
            after, conflicts = self.desk.merged(seen, self.head)
            if conflicts or not self.desk.no_further((before, after), (self.approved, self.merged)):
                found[approval.number] = (
                    "what was merged since may make this change move patients whom the reviewer did not see move"
                )
        return found

    def new_findings(self) -> tuple[list[Finding], list[Finding]]:
        """What the checks find in the result and did not find before, and the other way round; lines do not count."""

        def key(finding: Finding) -> tuple[str, ...]:
            return (finding.path, finding.pointer, finding.code, finding.what)

        before, after = ({key(one): one for one in view.findings} for view in (self.approved, self.merged))
        return (
            [one for name, one in after.items() if name not in before],
            [one for name, one in before.items() if name not in after],
        )

    def moved_cases(self) -> list[tuple[str, Result | None, Result | None]]:
        """Cases that come out differently: how each came out before and comes out now (None: it is not there)."""
        before, after = self.approved.case_results, self.merged.case_results

        def seen(result: Result | None) -> object:
            if result is None or result.outcome is None:
                return result
            return result.passed, result.outcome.urgency, [one.id for one in result.outcome.named]

        return [
            (id_, before.get(id_), after.get(id_))
            for id_ in sorted(before.keys() | after.keys())
            if seen(before.get(id_)) != seen(after.get(id_))
        ]

    def is_author(self, email: str) -> bool:
        """Whether the person behind an address wrote any of this change."""
        return who(email, self.roster) in self.authors


class Desk:
    """Looks at changes of one repository. Shared by every session of a console; what was proved is kept."""

    def __init__(self, views: Views, proofs: Proofs | None, today: Callable[[], date]) -> None:
        self.views = views
        self.workspace: Workspace = views.workspace
        self.journal = Journal(self.workspace)
        self.proofs = proofs
        self.today = today
        self._merged: OrderedDict[tuple[str, str, str], tuple[View, tuple[Conflict, ...]]] = OrderedDict()
        self._found: OrderedDict[tuple[str, ...], object] = OrderedDict()
        self._state: tuple[Pages, State] | None = None
        self._lock = threading.Lock()

    def state(self) -> State:
        """How everything stands."""
        return self.folded(self.journal.read())

    def folded(self, pages: Pages) -> State:
        """How everything stands after these events; worked out once, and not to be changed."""
        with self._lock:
            if self._state is not None and self._state[0] is pages:
                return self._state[1]
        state = fold(pages.entries)
        with self._lock:
            self._state = (pages, state)
        return state

    def main(self) -> str:
        """The commit of what is approved."""
        return self.workspace.approved()

    def look(self, id_: str) -> Look:
        """A change as it would be merged now. Raises WorkspaceError where there is none of that id."""
        pages = self.journal.read()
        state = self.folded(pages)
        change = state.change(id_)
        main = self.main()
        draft: Draft | None = None
        if change.merged is not None:
            head, main = change.merged.head, change.merged.before
        else:
            draft = self.workspace.draft(id_)
            head = draft.head
        approved = self.views.at(main, self.today())
        merged, conflicts = self.merged(main, head)
        return Look(
            desk=self,
            pages=pages,
            state=state,
            change=change,
            draft=draft,
            main=main,
            head=head,
            approved=approved,
            merged=merged,
            conflicts=conflicts,
            records=hashes(approved.files, merged.files),
            authors=frozenset(self.authors(head, main, change, approved.kb.roster)),
        )

    def authors(self, head: str, main: str, change: Change, roster: Roster) -> set[Who]:
        """Everybody who wrote a change."""
        commits = self.workspace.log(head, f"^{main}")
        wanted = {commit.id for commit in commits} | {one.parents[0] for one in commits if one.parents}
        return authors(commits, self.workspace.knowledge_trees(sorted(wanted)), change.proposers, roster)

    def merged(self, main: str, head: str) -> tuple[View, tuple[Conflict, ...]]:
        """A commit merged into another, read and checked; at conflicts it holds what is approved."""
        base = self.workspace.merge_base(main, head)
        if base == main:
            return self.views.at(head, self.today()), ()
        key = (main, head, str(self.today()))
        with self._lock:
            if key in self._merged:
                self._merged.move_to_end(key)
                return self._merged[key]
        merge = merge_files(
            self.workspace.files(base) if base else {}, self.workspace.files(main), self.workspace.files(head)
        )
        found = self.views.made(merge.files, f"{main}+{head}", self.today()), merge.conflicts
        with self._lock:
            self._merged[key] = found
            while len(self._merged) > _KEPT:
                self._merged.popitem(last=False)
        return found

    def with_choices(self, main: str, head: str, choices: Choices) -> tuple[Mapping[str, bytes], tuple[Conflict, ...]]:
        """A merge in which some conflicts are decided, and those that are left."""
        base = self.workspace.merge_base(main, head)
        files = self.workspace.files
        merge = merge_files(files(base) if base else {}, files(main), files(head), choices)
        return merge.files, merge.conflicts

    # What is proved, once for each content

    def changes(self, before: View, after: View) -> Changes:
        """Which patients change between two contents."""
        proofs, key = self._proofs(), ("changes", _id(before), _id(after))
        return self._once(key, lambda: proofs.changes(_runnable(before), _runnable(after)), lambda found: found.settled)

    def no_further(self, seen: tuple[View, View], now: tuple[View, View]) -> bool:
        """Whether it is proved that nobody moves now who did not move in what the reviewer saw."""
        proofs, key = self._proofs(), ("further", *(_id(view) for view in (*seen, *now)))

        def find() -> Moved:
            one, other = ((_runnable(before), _runnable(after)) for before, after in (seen, now))
            return proofs.further(one, other)

        return self._once(key, find, lambda found: found.settled).proved_nobody

    def verdicts(self, view: View, pace: Pace | None = None) -> tuple[Verdict, ...]:
        """What was found of each safety property. Raises Cancelled where somebody wants it stopped."""
        proofs = self._proofs()

        def settled(found: tuple[Verdict, ...]) -> bool:
            return all(one.result != "unsettled" for one in found)

        return self._once(("prove", _id(view)), lambda: proofs.prove(_runnable(view), pace or Pace()), settled)

    def _proofs(self) -> Proofs:
        if self.proofs is None:
            raise WorkspaceError(*NOT_THERE)
        return self.proofs

    def _once(self, key: tuple[str, ...], find: Callable[[], T], settled: Callable[[T], bool]) -> T:
        """What is found, and kept once it is settled: a machine that was busy is asked again."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return cast(T, self._found[key])
        found = find()
        if not settled(found):
            return found
        with self._lock:
            self._found[key] = found
            while len(self._found) > _FOUND:
                self._found.popitem(last=False)
        return found


def _id(view: View) -> str:
    return identity(view.files)


def _runnable(view: View) -> KnowledgeBase:
    """The records, where rules can be run. Raises KnowledgeError."""
    if not view.runs:
        raise KnowledgeError(view.errors)
    return view.kb


def moved_between(one: Mapping[str, bytes], other: Mapping[str, bytes], records: tuple[RecordHash, ...]) -> bool:
    """Whether two contents differ, in anything but these records, in what can move a patient."""
    named = {record.path for record in records}
    return any(
        kinds(record.path, one.get(record.path), other.get(record.path)) & SEMANTIC
        for record in hashes(one, other)
        if record.path not in named
    )
