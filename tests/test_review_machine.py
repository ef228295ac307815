"""Four people edit, propose, approve, merge and release at random, on real git: what must hold whatever they do.

The bookkeeping here knows nothing of events: it remembers who saved what, who approved which bytes and what each kind
of edit needs, and says by itself whether a merge or a release was right.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from authoring.actions import Refused
from authoring.review.audit import audit, serious
from authoring.review.pace import Pace
from authoring.review.releases import Releases
from authoring.workspace import Draft, MovedError
from tests.review_help import BruteForce, Team, make_repository

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
PEOPLE = st.sampled_from(["ada", "ben", "cat", "dan"])
NUMB = "rules/red_flags/numb.json"
LOCKED = "rules/evidence/locked.json"
OLDER = "rules/evidence/older.json"
SPASM = "conditions/low_back/spasm.json"

PROMISE = {
    "id": "numb_now",
    "title": "Numb between the legs is at least urgent",
    "whenever": {"fact": "numb", "is": True},
    "then": {"urgency_at_least": "urgent"},
    "hazard": "A missed emergency.",
    "harm": "Lasting damage.",
    "severity": "catastrophic",
    "judgement": "An example.",
}


def set_at(*steps: str | int) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    def change(record: dict[str, Any], value: Any) -> dict[str, Any]:
        def at(current: Any, rest: tuple[str | int, ...]) -> Any:
            if not rest:
                return value
            if isinstance(current, list):
                return [at(one, rest[1:]) if place == rest[0] else one for place, one in enumerate(current)]
            return {**current, rest[0]: at(current[rest[0]], rest[1:])}

        result = at(record, steps)
        assert isinstance(result, dict)
        return result

    return change


EDITS: list[tuple[str, tuple[str | int, ...], list[Any], int]] = [
    (LOCKED, ("because",), ["your back locked", "it locked", "your back is stuck"], 1),
    (LOCKED, ("title",), ["Locked", "A locked back"], 1),
    (LOCKED, ("then", "weight"), [5, 6, 7, 2], 1),
    (OLDER, ("because",), ["it is rarer", "rarer at your age"], 1),
    (OLDER, ("then", "weight"), [-3, -4, -12], 1),
    (NUMB, ("because",), ["you are numb", "you feel numb"], 1),
    (NUMB, ("then", "red_flag"), ["emergency", "urgent", "soon"], 2),
    (SPASM, ("guide", "sections", 0, "statements", 0, "text"), ["It hurts.", "It cramps."], 1),
    (SPASM, ("care_level",), ["self_care", "routine"], 2),
    (
        SPASM,
        ("prior",),
        [
            {"decibans": -3, "probability": 0.33, "judgement": "An example."},
            {"decibans": -6, "probability": 0.2, "judgement": "An example."},
        ],
        1,
    ),
]
"""Where people edit, what they write there, and how many approvals each edit needs at the least."""
NEEDED = {NUMB: 2, SPASM: 2, "safety/numb_now.json": 2, "kb.json": 2, "questions/about.json": 2}
"""How many approve a record as a whole; one where it is not named."""


class Reviewing(RuleBasedStateMachine):
    drafts = Bundle("drafts")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="algos-machine-"))
        self.team = Team(make_repository(self.folder / "r", {"safety/numb_now.json": PROMISE}), BruteForce())
        self.saved: dict[str, dict[tuple[str, tuple[str | int, ...]], Any]] = {}
        """Draft to what was confirmed to be saved in it."""
        self.wrote: dict[str, set[str]] = {}
        self.approved: dict[tuple[str, bytes | None, bytes | None], set[str]] = {}
        """Path with the bytes before and after, to who approved that."""
        self.whole: dict[tuple[str, bytes], set[str]] = {}
        self.good: set[tuple[str, bytes]] = set()
        """Contents that enough people approved, by this bookkeeping."""
        self.merged: set[str] = set()
        self.main = self.team.workspace.approved()
        self.seen_whole = ""
        self.checked = ""

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder, ignore_errors=True)

    # What people do

    @rule(target=drafts, who=PEOPLE, edit=st.sampled_from(EDITS), pick=st.integers(0, 3))
    def start(self, who: str, edit: Any, pick: int) -> Any:
        draft = self.team.workspace.start("Change", self.team.person(who), self.team.clock())
        self.saved[draft.id], self.wrote[draft.id] = {}, set()
        self._save(who, draft, edit, pick)
        return draft.id

    @rule(id_=drafts, who=PEOPLE, edit=st.sampled_from(EDITS), pick=st.integers(0, 3))
    def edit(self, id_: str, who: str, edit: Any, pick: int) -> None:
        if id_ not in self.merged:
            self._save(who, self.team.workspace.draft(id_), edit, pick)

    def _save(self, who: str, draft: Draft, edit: Any, pick: int) -> None:
        path, steps, values, _ = edit
        value = values[pick % len(values)]
        saved = self.team.edit(who, draft, {path: lambda record: set_at(*steps)(record, value)})
        if saved.head != draft.head:
            self.wrote[draft.id].add(who)
        self.saved[draft.id][path, steps] = value

    @rule(id_=drafts, who=PEOPLE)
    def propose(self, id_: str, who: str) -> None:
        if self._may(lambda: self.team.steps(who).propose(id_, "Change", "Because.")):
            self.wrote[id_].add(who)

    @rule(id_=drafts, who=PEOPLE)
    def request_changes(self, id_: str, who: str) -> None:
        self._may(lambda: self.team.steps(who).request_changes(id_, "Shorter."))

    @rule(id_=drafts, who=PEOPLE)
    def withdraw_and_reopen(self, id_: str, who: str) -> None:
        if self._may(lambda: self.team.steps(who).withdraw(id_, "Later.")):
            self._may(lambda: self.team.steps(who).reopen(id_, "Now."))

    @rule(id_=drafts, who=PEOPLE, only_first=st.booleans())
    def approve(self, id_: str, who: str, only_first: bool) -> None:
        if id_ in self.merged:
            return
        look = self.team.desk.look(id_)
        paths = [one.path for one in look.records][: 1 if only_first else None]
        if self._may(lambda: self.team.steps(who).approve(id_, look.head, paths, saw_less_urgent=True)):
            assert who not in self.wrote[id_], "nobody approves what they wrote"
            for path in paths:
                key = (path, look.approved.files.get(path), look.merged.files.get(path))
                self.approved.setdefault(key, set()).add(who)

    @rule(id_=drafts, who=PEOPLE)
    def take_in(self, id_: str, who: str) -> None:
        if id_ in self.merged:
            return
        look = self.team.desk.look(id_)
        assert look.draft is not None
        draft = look.draft
        choices: Any = {(one.path, one.steps): "ours" for one in look.conflicts}
        kept = {
            (path, steps): value
            for (path, steps), value in self.saved[id_].items()
            if self._changes(draft.head, path, steps) and path not in {one.path for one in look.conflicts}
        }
        workspace = self.team.workspace
        if self._may(lambda: self.team.steps(who).take_in(draft, choices)):
            if workspace.files(workspace.draft(id_).head) != workspace.files(draft.head):
                self.wrote[id_].add(who)  # who takes in what makes no difference here wrote nothing
            self.saved[id_] = kept

    def _changes(self, head: str, path: str, steps: tuple[str | int, ...]) -> bool:
        """Whether a draft has a field otherwise than what it began from."""
        workspace = self.team.workspace
        base = workspace.merge_base(workspace.approved(), head)
        assert base is not None
        one, other = (self._read(workspace.files(commit)[path], steps) for commit in (base, head))
        return bool(one != other)

    @rule(id_=drafts, who=PEOPLE)
    def merge(self, id_: str, who: str) -> None:
        if id_ in self.merged:
            return
        workspace = self.team.workspace
        before = dict(workspace.files(workspace.approved()))
        head = workspace.draft(id_).head
        expected = {key: value for key, value in self.saved[id_].items() if self._changes(head, *key)}
        if not self._may(lambda: self.team.steps(who).merge(id_)):
            return
        self.merged.add(id_)
        self.main = workspace.approved()
        after = dict(workspace.files(self.main))
        for path in before.keys() | after.keys():
            old, new = before.get(path), after.get(path)
            if old == new:
                continue
            needed = max(
                (count for place, steps, _, count in EDITS if place == path and self._differs(place, steps, old, new))
            )
            approvers = self.approved.get((path, old, new), set()) - self.wrote[id_]
            assert len(approvers) >= needed, f"{path} was merged with {approvers}"
            if old is not None and new is not None and (path, old) in self.good:
                self.good.add((path, new))
        for (path, steps), value in expected.items():
            assert self._read(after[path], steps) == value, "what was saved is in what was merged"

    @rule(id_=drafts, who=PEOPLE)
    def review(self, id_: str, who: str) -> None:
        """A whole review at once, so that merges are not rare: everybody who did not write it approves."""
        self.propose(id_, sorted(self.wrote[id_] or {"ada"})[0])
        for name in ("ada", "ben", "cat", "dan"):
            self.approve(id_, name, only_first=False)
        self.merge(id_, who)

    @rule(who=PEOPLE, edit=st.sampled_from(EDITS), other=st.sampled_from(EDITS), pick=st.integers(0, 3))
    def two_at_once(self, who: str, edit: Any, other: Any, pick: int) -> None:
        """Two changes are begun on the same ground, and both are reviewed to the end."""
        first = self.start(who, edit, pick)
        second = self.start("dan", other, pick + 1)
        self.review(first, "cat")
        self.review(second, "cat")

    @rule(who=PEOPLE)
    def two_that_are_fine_alone(self, who: str) -> None:
        """A low weight and a low prior: together they fail a case, unless something else was merged before."""
        both = (self.start(who, EDITS[2], 3), self.start(who, EDITS[9], 1))
        for id_ in both:
            self.propose(id_, who)
            for name in ("ada", "ben", "cat", "dan"):
                self.approve(id_, name, only_first=False)
        for id_ in both:
            self.merge(id_, "cat")

    @rule(who=PEOPLE, edit=st.sampled_from(EDITS), pick=st.integers(0, 3))
    def edited_after_its_review(self, who: str, edit: Any, pick: int) -> None:
        """Everybody approves, and then it is edited."""
        id_ = self.start(who, edit, pick)
        self.propose(id_, who)
        for name in ("ada", "ben", "cat", "dan"):
            self.approve(id_, name, only_first=False)
        self.edit(id_, who, edit, pick + 1)
        self.merge(id_, "cat")

    @precondition(lambda self: self.seen_whole != self.main)
    @rule(who=PEOPLE)
    def approve_as_it_stands(self, who: str) -> None:
        workspace = self.team.workspace
        main = workspace.approved()
        files = workspace.files(main)
        writers = workspace.writers(main, self.team.desk.state().merge_commits)
        self.seen_whole = main
        for name in ("ada", "ben", "cat", "dan")[: 2 if who in ("ada", "ben") else 4]:
            address = f"{name}@example.org"
            paths = [path for path in sorted(files) if address not in {one.email for one in writers.get(path, ())}]
            if self._may(lambda: self.team.steps(name).approve_standing(paths, main)):  # noqa: B023
                for path in paths:
                    people = self.whole.setdefault((path, files[path]), set())
                    people.add(name)
                    if len(people) >= NEEDED.get(path, 1):
                        self.good.add((path, files[path]))

    @rule(who=PEOPLE, preview=st.booleans())
    def release(self, who: str, preview: bool) -> None:
        made: list[int] = []
        releases = Releases(self.team.desk, self.team.signer(who), self.team.clock)
        if self._may(lambda: made.append(releases.release(preview=preview))):
            one = self.team.desk.state().release(made[0])
            assert one is not None
            for path, data in self.team.workspace.files(one.what.commit).items():
                assert preview or (path, data) in self.good, f"{path} was released unapproved"

    def _may(self, act: Callable[[], object]) -> bool:
        """Whether somebody was let. What is refused is told, and changes nothing."""
        before = self.team.workspace.refs("refs/")
        try:
            act()
        except (Refused, MovedError) as error:
            if not (error.what and error.fix):
                raise
            assert self.team.workspace.refs("refs/") == before
            return False
        return True

    @staticmethod
    def _read(data: bytes, steps: tuple[str | int, ...]) -> Any:
        value = json.loads(data)
        for step in steps:
            value = value[step]
        return value

    def _differs(self, path: str, steps: tuple[str | int, ...], old: bytes | None, new: bytes | None) -> bool:
        assert old is not None
        assert new is not None
        return bool(self._read(old, steps) != self._read(new, steps))

    # What holds

    @invariant()
    def main_passes(self) -> None:
        if not hasattr(self, "team") or self.checked == self.main:
            return
        self.checked = self.main
        view = self.team.views.approved(self.team.desk.today())
        assert view.errors == []
        assert all(result.passed for result in view.case_results.values())
        assert all(verdict.result == "proved" for verdict in BruteForce().prove(view.kb, Pace()))

    @invariant()
    def main_moves_by_merges_only(self) -> None:
        if hasattr(self, "team"):
            assert self.team.workspace.approved() == self.main

    @invariant()
    def nothing_saved_is_lost(self) -> None:
        if not hasattr(self, "team"):
            return
        for id_, edits in self.saved.items():
            if id_ not in self.merged:
                files = self.team.workspace.files(self.team.workspace.draft(id_).head)
                for (path, steps), value in edits.items():
                    assert self._read(files[path], steps) == value

    @rule()
    def audit_finds_nothing(self) -> None:
        assert serious(audit(self.team.desk)) == []


Reviewing.TestCase.settings = settings(
    max_examples=200 if NIGHTLY else 6,
    stateful_step_count=50 if NIGHTLY else 16,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestReviewing = Reviewing.TestCase
