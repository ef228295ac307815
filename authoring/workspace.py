"""Where drafts live: refs in the git repository that holds the knowledge base.

A draft is a ref `refs/algos/drafts/<id>` with a chain of commits on top of the approved one; there are no work trees. A
save builds tree and commit with a private index and moves the ref only if it still stands where the author saw it, so
that two browsers or two processes never overwrite each other and nothing confirmed is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from authoring.store import (
    NOWHERE,
    Commit,
    Move,
    MovedError,
    Person,
    Store,
    WorkspaceError,
    kept_person,
    line,
)

__all__ = ["DRAFTS", "REVIEWS", "Draft", "MovedError", "Person", "Saved", "Workspace", "WorkspaceError"]

DRAFTS = "refs/algos/drafts/"
REVIEWS = "refs/heads/reviews"
"""The branch of what was said, approved, merged and released: one file an event, never changed."""
_DRAFT_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 60
_PLACE = re.compile(r"(?!\.)[^/\0]+(/(?!\.)[^/\0]+)*")


@dataclass(frozen=True)
class Draft:
    """One change in the making."""

    id: str
    title: str
    author: Person
    started: datetime
    head: str
    """The commit that it stands at: what a save has to name."""
    base: str
    """The approved commit that it began from, or that was last taken into it."""
    saved: datetime


@dataclass(frozen=True)
class Saved:
    """One commit of a draft or of the approved line."""

    commit: str
    author: Person
    time: datetime
    message: str


class Workspace(Store):
    """The repository in `directory`, whose knowledge base lies in its folder `kb`.

    Raises WorkspaceError where there is no repository, no commit, or no knowledge base in it.
    """

    def __init__(self, directory: Path, folder: str = "kb") -> None:
        super().__init__(directory, folder)
        self._drafts: dict[tuple[str, str], Draft] = {}
        if "kb.json" not in self.names(self.approved()):
            raise WorkspaceError(
                f"the repository {self.directory} has no {self.folder}/kb.json in its approved commit",
                "commit the knowledge base first, or name its folder",
            )

    # Reading

    def drafts(self) -> list[Draft]:
        """Every draft, the last saved first."""
        heads = {name.removeprefix(DRAFTS): head for name, head in self.refs(DRAFTS).items()}
        known = {key: self._drafts[key] for key in heads.items() if key in self._drafts}
        wanted = {id_: head for id_, head in heads.items() if (id_, head) not in known}
        if wanted:
            known |= {(one.id, one.head): one for one in self._read_drafts(wanted)}
        self._drafts = known
        return sorted(known.values(), key=lambda one: (one.saved, one.id), reverse=True)

    def draft(self, id_: str) -> Draft:
        """One draft. Raises WorkspaceError where there is none of that id."""
        head = self.commit_at(DRAFTS + id_) if _DRAFT_ID.fullmatch(id_) and len(id_) <= _LONGEST_ID else None
        found = self._read_drafts({id_: head}) if head else []
        if not found:
            raise WorkspaceError(
                f"there is no draft `{id_[:_LONGEST_ID]}`",
                "it may have been discarded: look at the list of drafts",
            )
        return found[0]

    def _read_drafts(self, heads: Mapping[str, str]) -> list[Draft]:
        """The drafts that stand at these commits; what does not begin as a draft is none.

        One `git log` reads them all: a process for each would take minutes for thousands of drafts.
        """
        asked = [*heads.values(), f"^{self.approved()}"] if len(heads) < 200 else [f"--glob={DRAFTS}*"]
        commits = {one.id: one for one in self.log(*asked)}
        found = []
        for id_, head in heads.items():
            draft = draft_of(id_, head, commits)
            if draft is None:  # it was merged: what is approved holds its commits
                draft = draft_of(id_, head, {one.id: one for one in self.log(head, first_parent=True)})
            if draft:
                found.append(draft)
        return found

    def history(self, draft: Draft) -> list[Saved]:
        """The saves of a draft, the latest first."""
        return [
            Saved(one.id, one.author, one.time, one.title)
            for one in self.log(draft.head, f"^{draft.base}", first_parent=True)
        ]

    def changed(self, draft: Draft) -> dict[str, tuple[bytes | None, bytes | None]]:
        """The files that a draft changes: before (None: it is new) and after (None: it is taken away)."""
        return difference(self.files(draft.base), self.files(draft.head))

    # Writing

    def start(self, title: str, author: Person, now: datetime) -> Draft:
        """Begin a draft on what is approved now. Of a title, one line of 200 characters is kept."""
        title = line(title, "Untitled draft")
        base = self.approved()
        wanted = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-") or "draft"
        message = f"{title}\n\nAlgos-Draft: {wanted}"
        commit = self.write_commit(self.commit(base).tree, [base], message, author, now)
        for _ in range(1000):
            id_ = self.free_id(wanted)
            try:
                self.move(Move(DRAFTS + id_, commit, NOWHERE))
            except MovedError:
                continue
            when = now.astimezone(UTC).replace(microsecond=0)
            return Draft(id_, title, kept_person(author), when, commit, base, when)
        raise WorkspaceError(f"others keep starting drafts called `{wanted}`", "try again")

    def free_id(self, wanted: str) -> str:
        """An id that no draft has, like the one wanted. Raises WorkspaceError where there are 999 like it."""
        for number in range(1, 1000):
            id_ = wanted if number == 1 else f"{wanted}-{number}"
            if self._free(id_):
                return id_
        raise WorkspaceError(f"there are already 999 drafts called `{wanted}`", "choose another title")

    def _free(self, id_: str) -> bool:
        """Whether no draft has this id and none ever had that was proposed."""
        return self.commit_at(DRAFTS + id_) is None and not self.has(REVIEWS, f"changes/{id_}")

    def save(
        self, draft: Draft, changes: Mapping[str, bytes | None], message: str, author: Person, now: datetime
    ) -> Draft:
        """Save files (None takes one away) on top of the commit at which the caller saw the draft.

        Raises MovedError where the draft stands elsewhere by now, WorkspaceError where a path is not one inside the
        knowledge base or git cannot write; the draft stays as it was then.
        """
        tree = self.tree_with(draft.head, changes)
        if tree == self.commit(draft.head).tree:
            return self._still_there(draft)
        commit = self.write_commit(tree, [draft.head], line(message, "Saved"), author, now)
        self._move_draft(draft, commit)
        self._keep(commit, with_changes(self.files(draft.head), changes))
        # Not read again: somebody may have saved on top by now, and the caller must not hold what it never saw.
        return replace(draft, head=commit, saved=now.astimezone(UTC).replace(microsecond=0))

    def take_in(
        self, draft: Draft, approved: str, changes: Mapping[str, bytes | None], author: Person, now: datetime
    ) -> Draft:
        """Take what was approved since into a draft: a commit on both, whose files differ from the approved ones by
        `changes`. Raises MovedError where the draft stands elsewhere by now."""
        tree = self.tree_with(approved, changes)
        commit = self.write_commit(tree, [draft.head, approved], "Takes in what was approved since", author, now)
        self._move_draft(draft, commit)
        return replace(draft, head=commit, base=approved, saved=now.astimezone(UTC).replace(microsecond=0))

    def tree_with(self, commit: str, changes: Mapping[str, bytes | None]) -> str:
        """The tree of a commit with some files of its knowledge base changed. Raises WorkspaceError for a bad path."""
        for path in changes:
            if not _PLACE.fullmatch(path) or ".json/" in path:
                raise WorkspaceError(f"`{path}` is not a place in the knowledge base", "name a file below its folder")
        return self.write_tree(commit, {self.in_folder(path): data for path, data in changes.items()})

    def _still_there(self, draft: Draft) -> Draft:
        head = self.commit_at(DRAFTS + draft.id)
        if head != draft.head:
            raise moved(head)
        return draft

    def _move_draft(self, draft: Draft, commit: str) -> None:
        try:
            self.move(Move(DRAFTS + draft.id, commit, draft.head))
        except MovedError:
            raise moved(self.commit_at(DRAFTS + draft.id)) from None

    def discard(self, draft: Draft) -> None:
        """Take a draft away; its commits stay in the repository until git cleans up. Raises MovedError."""
        try:
            self.move(Move(DRAFTS + draft.id, NOWHERE, draft.head))
        except MovedError:
            head = self.commit_at(DRAFTS + draft.id)
            if head is not None:  # else another window was quicker
                raise moved(head) from None


def draft_of(id_: str, head: str, commits: Mapping[str, Commit]) -> Draft | None:
    """The draft that stands at a commit, from the commits below it; None where its beginning is not among them."""
    commit = commits.get(head)
    last, base = commit, None
    while commit is not None and commit.trailer("Algos-Draft") is None:
        if base is None and len(commit.parents) == 2:
            base = commit.parents[1]
        commit = commits.get(commit.parents[0]) if commit.parents else None
    if commit is None or last is None:
        return None
    first = commit.parents[0] if commit.parents else commit.id
    return Draft(id_, commit.title, commit.author, commit.time, head, base or first, last.time)


def difference(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, tuple[bytes | None, bytes | None]]:
    """The files that differ: before (None: it is new) and after (None: it is taken away)."""
    return {
        path: (before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    }


def with_changes(files: Mapping[str, bytes], changes: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """Files with some of them changed, without generated ones; None takes one away."""
    after = {**files, **changes}
    return {path: data for path, data in sorted(after.items()) if data is not None and not path.startswith("schema/")}


def moved(head: str | None) -> MovedError:
    """What is told where a draft stands elsewhere than it was seen."""
    if head is None:
        return MovedError("the draft was discarded in the meantime", "copy your text and start a new draft")
    return MovedError(
        "somebody else, or another window, saved this draft in the meantime",
        "look at what changed, then save again: your text is still here",
    )
