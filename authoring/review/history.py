"""Since when, by whom, why, and approved by whom: the history of a record, a paragraph of it, or an outcome."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authoring.actions import View
from authoring.review.desk import Desk
from authoring.review.events import Merged, RecordHash
from authoring.review.in_english import Difference, record_change
from authoring.review.merging import MISSING, same
from authoring.review.state import Change, State
from authoring.store import Commit
from authoring.workspace import WorkspaceError
from engine import jsontext
from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.finding import KnowledgeError


@dataclass(frozen=True)
class Chapter:
    """One commit of what is approved, in which something changed."""

    commit: str
    at: datetime
    title: str
    reason: str
    change: str | None
    """The change that was reviewed; None where the commit was made without a review."""
    authors: tuple[str, ...]
    approved_by: tuple[str, ...]
    release: str
    """The first release that holds it, in words."""
    differences: tuple[Difference, ...] = ()
    note: str = ""
    """For an outcome: what it was from then on."""


def of_record(desk: Desk, path: str, pointer: str = "") -> list[Chapter]:
    """Every time a record, or the part of it at a JSON pointer, changed in what is approved; the latest first.

    Raises WorkspaceError where no such record ever was.
    """
    workspace = desk.workspace
    line = workspace.log(desk.main(), first_parent=True)
    blobs = workspace.blob_ids([(commit.id, path) for commit in line])
    distinct = sorted({blob for blob in blobs if blob})
    if not distinct:
        raise WorkspaceError(f"there never was a record `{path}`", "give its id or its file inside the knowledge base")
    values = dict(zip(distinct, (_at(data, path, pointer) for data in workspace.blobs(distinct)), strict=True))
    found = []
    state = desk.state()
    for at, (commit, blob) in enumerate(zip(line, blobs, strict=True)):
        earlier = blobs[at + 1] if at + 1 < len(line) else None
        if blob == earlier:
            continue
        new, old = (values[one] if one else MISSING for one in (blob, earlier))
        if same(old, new):
            continue
        found.append(_chapter(desk, state, commit, _differences(desk, commit, line[at + 1 :], path, pointer)))
    return found


def of_text(desk: Desk, words: str) -> Iterator[tuple[str, Chapter]]:
    """Since when patients are told something: for each record that holds these words now, when they came into it."""
    wanted = _plain(words)
    if not wanted:
        raise WorkspaceError("there are no words to look for", "give a few words as patients read them")
    view = desk.views.at(desk.main(), desk.today())
    workspace = desk.workspace
    line = workspace.log(desk.main(), first_parent=True)
    state = desk.state()
    for path, data in sorted(view.files.items()):
        if not _holds(data, path, wanted):
            continue
        blobs = workspace.blob_ids([(commit.id, path) for commit in line])
        distinct = sorted({blob for blob in blobs if blob})
        there = {blob: _holds(one, path, wanted) for blob, one in zip(distinct, workspace.blobs(distinct), strict=True)}
        since = line[0]
        for commit, blob in zip(line, blobs, strict=True):
            if blob is None or not there[blob]:
                break
            since = commit
        yield path, _chapter(desk, state, since, ())


def of_outcome(desk: Desk, answers: Mapping[str, object]) -> list[Chapter]:
    """What a person would have been told by each release, and by what is approved now; the latest first.

    Releases between which nothing changed for this person are left out.
    """
    state = desk.state()
    points = [(f"release {one.what.number}", one.what.commit) for one in state.releases if not one.what.preview]
    points.append(("what is approved now", desk.main()))
    found: list[Chapter] = []
    last = ""
    for word, commit in points:
        told = _told(desk.views.at(commit, desk.today()), answers)
        if told != last:
            chapter = _chapter(desk, state, desk.workspace.commit(commit), ())
            found.append(Chapter(**{**chapter.__dict__, "note": told, "release": word}))
            last = told
    return found[::-1]


def _told(view: View, answers: Mapping[str, object]) -> str:
    try:
        assessor: Assessor = view.assessor
        given: Answers = read_answers(view.kb, dict(answers), "answers")
    except KnowledgeError as error:
        return f"not answered: {error.findings[0].what}"
    outcome = assessor.assess(given).outcome
    named = ", ".join(one.plain_name for one in outcome.named[:3]) or "no cause named"
    return f"{view.kb.settings.urgency[outcome.urgency].name}; {named}"


def _at(data: bytes, path: str, pointer: str) -> Any:
    try:
        value: Any = jsontext.read(data, path) if path.endswith(".json") else data
    except KnowledgeError:
        return data
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return MISSING
    return value


def _holds(data: bytes, path: str, words: str) -> bool:
    """Whether a text of a record has these words, which are `_plain` already."""
    try:
        return any(words in _plain(text) for text in jsontext.strings(jsontext.read(data, path)))
    except KnowledgeError:  # a picture, or a record that was broken then
        return False


def _plain(text: str) -> str:
    """A text in one form: accents composed, capitals and the width of spaces left aside."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _differences(desk: Desk, commit: Commit, earlier: list[Commit], path: str, pointer: str) -> tuple[Difference, ...]:
    if pointer or not earlier:
        return ()
    before, after = (desk.views.at(one, desk.today()) for one in (earlier[0].id, commit.id))
    record = RecordHash(path=path, before=None, after=None)
    return record_change(record, before, after).differences


def _chapter(desk: Desk, state: State, commit: Commit, differences: tuple[Difference, ...]) -> Chapter:
    change = _change_of(state, commit.id)
    authors: tuple[str, ...] = (commit.author.name,)
    approved: tuple[str, ...] = ()
    if change is not None and change.merged is not None:
        merged = change.merged
        commits = desk.workspace.log(merged.head, f"^{merged.before}")
        authors = tuple(sorted({one.author.name for one in commits}))
        approved = tuple(sorted({one.by.name for one in change.approvals if one.number in merged.approvals}))
    return Chapter(
        commit=commit.id,
        at=commit.time,
        title=change.title if change else commit.title,
        reason=change.reason if change else "",
        change=change.id if change else None,
        authors=authors,
        approved_by=approved,
        release=_first_release(desk, state, commit.id),
        differences=differences,
    )


def _change_of(state: State, commit: str) -> Change | None:
    return next(
        (
            state.changes[event.what.change]
            for event in state.merges
            if isinstance(event.what, Merged) and event.what.after == commit
        ),
        None,
    )


def _first_release(desk: Desk, state: State, commit: str) -> str:
    is_ancestor: Callable[[str, str], bool] = desk.workspace.is_ancestor
    for release in state.releases:
        what = release.what
        if not what.preview and is_ancestor(commit, what.commit):
            return f"since release {what.number}, {what.name} ({release.at.date()})"
    return "in no release yet"
