"""Which records are approved as they stand: what a release asks."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from authoring.actions import View
from authoring.review.approving import Rules, Standing, standing, who
from authoring.review.desk import Desk
from authoring.review.events import Merged, RecordHash
from authoring.review.records import kinds
from authoring.review.state import State
from authoring.store import Person
from engine.canonical import digest
from engine.finding import KnowledgeError

Key = tuple[str, str]
"""A record's path and the hash of its content."""


def lacking(desk: Desk, state: State, view: View) -> list[str]:
    """The files of a commit that nobody approved as they stand, sorted.

    A record is approved where enough others than its authors approved it as it stands; or where a reviewed change made
    it from nothing, or from a record that was approved: a better wording of something that nobody reviewed is still
    something that nobody reviewed. The merges are taken as they are recorded; `audit` examines them.
    """
    approved = _approved(desk, state, view, view.files)
    return sorted(path for path, data in view.files.items() if (path, digest(data, path)) not in approved)


def is_approved(desk: Desk, state: State, view: View, path: str) -> bool:
    """Whether one record of a commit, or of a draft, is approved as it stands there; what cannot be read is not."""
    try:
        key = path, digest(view.files[path], path)
    except KnowledgeError:
        return False
    return key in _approved(desk, state, view, {path})


def _approved(desk: Desk, state: State, view: View, paths: Container[str]) -> set[Key]:
    """What was ever approved of some files, as `lacking` says it."""
    approved = _as_a_whole(desk, state, view, paths)
    made: dict[Key, set[str | None]] = {}
    for event in state.merges:
        assert isinstance(event.what, Merged)
        for record in event.what.records:
            if record.after is not None and record.path in paths:
                made.setdefault((record.path, record.after), set()).add(record.before)
    more = True
    while more:
        found = {
            key
            for key, befores in made.items()
            if key not in approved and any(one is None or (key[0], one) in approved for one in befores)
        }
        approved |= found
        more = bool(found)
    return approved


def _as_a_whole(desk: Desk, state: State, view: View, paths: Container[str]) -> set[Key]:
    """The records that were approved not as a change but as a whole, by enough people who did not write them."""
    if not any(record.path in paths for approval in state.standing for record in approval.what.records):
        return set()
    policy, roster = view.kb.settings.review, view.kb.roster
    writers: Mapping[str, set[Person]] = desk.workspace.writers(view.commit, state.merge_commits)
    found: set[Key] = set()
    for approval in state.standing:
        files = desk.workspace.files(approval.what.main)
        for record in approval.what.records:
            data = files.get(record.path) if record.path in paths else None
            if data is None or record.after is None or digest(data, record.path) != record.after:
                continue
            authors = {who(person.email, roster) for person in writers.get(record.path, ())}
            whole = RecordHash(path=record.path, before=None, after=record.after)
            rules = Rules(policy, roster, authors)
            if standing(whole, kinds(record.path, None, data), state.standing, rules).approved:
                found.add((record.path, record.after))
    return found


def as_they_stand(desk: Desk, state: State, view: View, paths: Iterable[str]) -> tuple[Standing, ...]:
    """How these records of a commit stand, each taken as a whole: who approved it, and what it still needs."""
    policy, roster = view.kb.settings.review, view.kb.roster
    writers: Mapping[str, set[Person]] = desk.workspace.writers(view.commit, state.merge_commits)
    found = []
    for path in paths:
        data = view.files[path]
        rules = Rules(policy, roster, {who(person.email, roster) for person in writers.get(path, ())})
        whole = RecordHash(path=path, before=None, after=digest(data, path))
        found.append(standing(whole, kinds(path, None, data), state.standing, rules))
    return tuple(found)
