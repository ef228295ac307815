"""The branch `reviews`: a growing sequence of events, one file each, appended by compare-and-swap.

With a shared repository everything is fetched before, pushed after, and confirmed only once the shared one has it.
Whoever loses a race looks again at what is there and decides anew; nothing is ever forced.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from authoring.review.approving import vouched
from authoring.review.events import Actor, Body, By, Entry, Merged, Released, read_entry, signed
from authoring.review.tags import tag_name
from authoring.store import EMPTY_TREE, MAIN, NOWHERE, Move, MovedError, Person
from authoring.workspace import DRAFTS, REVIEWS, Workspace, WorkspaceError
from engine.model.review import EMPTY_ROSTER, Roster
from exports.sign import PrivateKey

TAGS = "refs/tags/"
_REMOTE = "refs/algos/remote/"
_FETCHED = (
    f"+refs/heads/*:{_REMOTE}heads/*",  # by pattern: a name that is not there yet would be an error
    f"+{DRAFTS}*:{_REMOTE}drafts/*",
    f"+{TAGS}*:{_REMOTE}tags/*",
)


@dataclass(frozen=True)
class Pages:
    """The events up to one commit of the branch (None: there is no branch yet), in their order."""

    head: str | None
    entries: tuple[Entry, ...]

    @property
    def last(self) -> Entry | None:
        """The latest event."""
        return self.entries[-1] if self.entries else None


class Journal:
    """The events of one repository. Reads each file once in the life of the process."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._kept: Pages = Pages(None, ())
        self._blobs: dict[str, str] = {}
        self._lock = threading.Lock()

    # Reading

    def read(self) -> Pages:
        """Every event that is there now."""
        return self.at(self.workspace.commit_at(REVIEWS))

    def at(self, head: str | None) -> Pages:
        """Every event up to a commit of the branch."""
        with self._lock:
            if head is None:
                return Pages(None, ())
            if self._kept.head == head:
                return self._kept
            names = self.workspace.names(head, "")
            known = {
                entry.path: entry for entry in self._kept.entries if self._blobs[entry.path] == names.get(entry.path)
            }
            new = [path for path in names if path not in known]
            for path, data in zip(new, self.workspace.blobs([names[path] for path in new]), strict=True):
                known[path] = read_entry(path, data)
            self._kept = Pages(head, tuple(sorted(known.values(), key=lambda one: (_number(one.path), one.path))))
            self._blobs = names
            return self._kept

    # Writing

    def append(
        self,
        pages: Pages,
        bodies: Sequence[Body],
        actor: Actor,
        key: PrivateKey,
        now: datetime,
        moves: Sequence[Move] = (),
    ) -> None:
        """Add events to what the caller saw, and move other refs with them, all or none.

        Raises MovedError where somebody was quicker anywhere, RemoteError where the shared repository is not there.
        """
        number = _number(pages.last.path) if pages.last else 0
        previous = pages.last.digest if pages.last else None
        files: dict[str, bytes | None] = {}
        for body in bodies:
            number += 1
            entry = signed(body, number, previous, actor, key, now)
            files[entry.path], previous = entry.data, entry.digest
        tree = self.workspace.write_tree(pages.head or EMPTY_TREE, files)
        said = "; ".join(
            f"{body.kind.replace('_', ' ')} {getattr(body, 'change', None) or ''}".strip() for body in bodies
        )
        parents = [pages.head] if pages.head else []
        commit = self.workspace.write_commit(tree, parents, said, Person(actor.name, actor.email), now)
        # The events move first: should the process die before the rest has moved, `settle` reads there what was meant.
        together = [Move(REVIEWS, commit, pages.head or NOWHERE), *moves]
        remote = self.workspace.remote()
        if remote:
            self.workspace.push(remote, [*self._drafts_with(bodies, moves), *filter(None, map(self._shared, together))])
        self.workspace.move(*together)

    def _drafts_with(self, bodies: Sequence[Body], moves: Sequence[Move]) -> list[Move]:
        """The drafts that events speak of, so that others have what was looked at."""
        found = []
        for ref in {DRAFTS + change for body in bodies if (change := getattr(body, "change", None))}:
            here, there = self.workspace.commit_at(ref), self.workspace.commit_at(_remote_name(ref))
            if here and here != there and ref not in {one.ref for one in moves}:
                found.append(Move(ref, here, there or NOWHERE))
        return found

    def _shared(self, move: Move) -> Move | None:
        """A move in the shared repository. A draft may stand further back there, or not be there at all."""
        if not move.ref.startswith(DRAFTS):
            return move
        there = self.workspace.commit_at(_remote_name(move.ref))
        return replace(move, old=there) if there else None

    # Keeping up

    def sync(self) -> None:
        """Take over what the shared repository has, and finish what a killed process began.

        Raises RemoteError where it cannot be reached, WorkspaceError where the two histories do not fit.
        """
        remote = self.workspace.remote()
        if remote:
            self.workspace.fetch(remote, _FETCHED)
            self._take_over()
        self.settle()

    def _take_over(self) -> None:
        theirs, ours = self.workspace.refs(_REMOTE), self.workspace.refs(TAGS)
        pairs = [(MAIN, "heads/main"), (REVIEWS, "heads/reviews")]
        for ref, name in pairs:
            self._forward(ref, theirs.get(_REMOTE + name), must=True)
        for name, head in theirs.items():
            if name.startswith(_REMOTE + "drafts/"):
                self._forward(DRAFTS + name.removeprefix(_REMOTE + "drafts/"), head, must=False)
            elif name.startswith(_REMOTE + "tags/"):
                tag = TAGS + name.removeprefix(_REMOTE + "tags/")
                if tag not in ours:
                    self._move_quietly(Move(tag, head, NOWHERE))

    def _forward(self, ref: str, theirs: str | None, must: bool) -> None:
        ours = self.workspace.commit_at(ref)
        if theirs is None or theirs == ours:
            return
        if not must and ours and not self.workspace.is_ancestor(ours, theirs):
            if not self.workspace.is_ancestor(theirs, ours):  # edited in two copies at once: both are kept
                aside = DRAFTS + self.workspace.free_id(ref.removeprefix(DRAFTS))
                self._move_quietly(Move(aside, ours, NOWHERE), Move(ref, theirs, ours))
        elif ours is None or self.workspace.is_ancestor(ours, theirs):
            try:
                self.workspace.move(Move(ref, theirs, ours or NOWHERE))
            except MovedError:
                return  # another process of this machine has just done the same
            if ref == MAIN and ours:
                self.workspace.follow_main([ours])
        elif not self.workspace.is_ancestor(theirs, ours):
            raise WorkspaceError(
                f"`{ref.removeprefix('refs/heads/')}` here and in the shared repository went different ways",
                "somebody changed it without review; `algos audit` says where; keep the copy that you trust",
            )

    def settle(self) -> None:
        """Finish what a process that was killed between two moves had recorded already.

        Events are moved first: the last one that says where `main` goes, or which tag names a release, is carried out
        where that has not been done. What nobody vouches for is left to the audit.
        """
        pages = self.read()
        last = next((one for one in reversed(pages.entries) if one.event and isinstance(one.event.what, Merged)), None)
        if last and last.event and isinstance(last.event.what, Merged):
            self._settle_merge(last, last.event.by, last.event.what)
        made = next(
            (one for one in reversed(pages.entries) if one.event and isinstance(one.event.what, Released)), None
        )
        if made and made.event and isinstance(made.event.what, Released):
            self._settle_release(made, made.event.by, made.event.what)
        self._settle_drafts(pages)

    def _settle_merge(self, entry: Entry, by: By, merged: Merged) -> None:
        main = self.workspace.commit_at(MAIN)
        if main not in (merged.before, merged.after):
            return
        if main == merged.before:
            if not self._genuine(entry, by, merged.before):
                return
            self._move_quietly(Move(MAIN, merged.after, merged.before))
        self.workspace.follow_main([merged.before])

    def _settle_release(self, entry: Entry, by: By, released: Released) -> None:
        tag = TAGS + tag_name(released)
        if not self.workspace.refs(tag) and self._genuine(entry, by, self.workspace.approved()):
            self._move_quietly(Move(tag, released.tag, NOWHERE))

    def _genuine(self, entry: Entry, by: By, commit: str) -> bool:
        """Whether an event is signed, and somebody on a commit's roster vouches for who signed it."""
        people = self.workspace.files(commit).get("review/roster.json")
        try:
            roster = Roster.model_validate_json(people, strict=True) if people else EMPTY_ROSTER
        except ValidationError:
            return False
        return not entry.fault and not vouched(by, roster)

    def _settle_drafts(self, pages: Pages) -> None:
        """Drafts that were merged go; what somebody saved on top of one meanwhile becomes a draft of its own."""
        merged = {
            one.event.what.change: one.event.what
            for one in pages.entries
            if one.event and isinstance(one.event.what, Merged)
        }
        for ref, head in self.workspace.refs(DRAFTS).items():
            id_ = ref.removeprefix(DRAFTS)
            if id_ not in merged:
                continue
            gone = Move(ref, NOWHERE, head)
            if head == merged[id_].head:
                self._move_quietly(gone)
            else:
                self._move_quietly(Move(DRAFTS + self.workspace.free_id(id_), head, NOWHERE), gone)

    def _move_quietly(self, *moves: Move) -> None:
        try:
            self.workspace.move(*moves)
        except MovedError:
            return  # another process was as careful


def _number(path: str) -> int:
    name = path.rpartition("/")[2].partition("-")[0]
    return int(name) if name.isascii() and name.isdigit() else 0


def _remote_name(ref: str) -> str:
    if ref.startswith(DRAFTS):
        return _REMOTE + "drafts/" + ref.removeprefix(DRAFTS)
    return _REMOTE + ref.removeprefix("refs/")
