"""Everything that changes a draft, in one place: pages and commands call it and show what came back.

An action takes the draft as its caller saw it and returns it as it stands afterwards, with what is wrong at the
places that were changed. A draft with errors can be kept; it cannot be proposed.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from authoring.workspace import REVIEWS, Draft, Person, Workspace, WorkspaceError
from engine import jsontext
from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.canonical import canonical_of
from engine.files import KINDS, id_from, kind_of
from engine.finding import Finding, KnowledgeError, Severity
from engine.knowledge import KnowledgeBase
from engine.load import Loaded
from engine.memory import Memory
from validators.cases import Result, run_cases
from validators.kept import Kept
from validators.registry import check_files

Clock = Callable[[], datetime]


def now() -> datetime:
    """The time of a save, in UTC."""
    return datetime.now(UTC)


_FORMS = 16


_RUNS_ALL_THE_SAME = ("CA", "EV", "GD", "LC", "RV", "SF")
"""Checks of what was expected, figures, guides, translations, dates and safety: rules mean something without them."""


class View:
    """One commit of the knowledge base, read and checked. Everything in it is made once and kept."""

    def __init__(self, files: Mapping[str, bytes], commit: str, today: date, memory: Memory | None = None) -> None:
        self.files = files
        self.commit = commit
        self.today = today
        self.memory = memory or Memory()
        """What checks worked out, shared with other commits."""
        self.forms = Memory(_FORMS)
        """What was found of records as forms hold them, which are not saved."""

    @cached_property
    def _checked(self) -> tuple[Loaded, list[Finding]]:
        return check_files(self.files, self.today, self.memory)

    @property
    def loaded(self) -> Loaded:
        """The records, and each file's JSON as written."""
        return self._checked[0]

    @property
    def findings(self) -> list[Finding]:
        """Everything that is wrong or suspicious."""
        return self._checked[1]

    @property
    def kb(self) -> KnowledgeBase:
        """The records. Raises KnowledgeError where settings or body map cannot be read."""
        if self.loaded.kb is None:
            raise KnowledgeError(self.findings)
        return self.loaded.kb

    @property
    def errors(self) -> list[Finding]:
        """What is wrong, without what is only suspicious."""
        return [finding for finding in self.findings if finding.severity is Severity.ERROR]

    @cached_property
    def runs(self) -> bool:
        """Whether rules can be run: the settings are there and nothing stands in the way of evaluating."""
        return self.loaded.kb is not None and not self.stopping

    @cached_property
    def stopping(self) -> list[Finding]:
        """The errors with which nobody can run rules: something cannot be read, or names what is not there."""
        return [finding for finding in self.errors if not finding.code.startswith(_RUNS_ALL_THE_SAME)]

    @cached_property
    def assessor(self) -> Assessor:
        """The reference evaluator on this commit. Raises KnowledgeError where rules cannot be run."""
        if not self.runs:
            raise KnowledgeError(self.errors)
        return Assessor(self.kb)

    @cached_property
    def case_results(self) -> dict[str, Result]:
        """How each case comes out, by id; empty where rules cannot be run."""
        if not self.runs:
            return {}
        return {result.id: result for result in run_cases(self.assessor, Kept(self.assessor, self.memory))}

    def value(self, path: str) -> dict[str, object] | None:
        """A record's JSON as written, or None where there is no such file or it is not an object."""
        value = self.loaded.values.get(path)
        return value if isinstance(value, dict) else None

    def findings_in(self, path: str) -> list[Finding]:
        """What is wrong or suspicious in one file."""
        return [finding for finding in self.findings if finding.path == path]


class Views:
    """The last few commits that were looked at; shared by every session of the console."""

    def __init__(self, workspace: Workspace, keep: int = 6) -> None:
        self.workspace = workspace
        self._keep = keep
        self._views: OrderedDict[tuple[str, date], View] = OrderedDict()
        self._memory = Memory()
        self._lock = threading.Lock()

    def at(self, commit: str, today: date) -> View:
        """A commit of the knowledge base."""
        with self._lock:
            if (commit, today) in self._views:
                self._views.move_to_end((commit, today))
                return self._views[commit, today]
        view = View(self.workspace.files(commit), commit, today, self._memory)
        with self._lock:
            view = self._views.setdefault((commit, today), view)  # somebody may have been quicker
            while len(self._views) > self._keep:
                self._views.popitem(last=False)
        return view

    def made(self, files: Mapping[str, bytes], name: str, today: date) -> View:
        """Files that are in no commit, such as a merge that is only looked at. Not kept."""
        return View(files, name, today, self._memory)

    def approved(self, today: date) -> View:
        """What is approved now."""
        return self.at(self.workspace.approved(), today)


@dataclass(frozen=True)
class Saved:
    """What a save did."""

    draft: Draft
    findings: tuple[Finding, ...]
    """What is wrong or suspicious now in the files that were saved."""


class Refused(WorkspaceError):  # noqa: N818  # it is told to a person, not raised for a fault of the program
    """An action that was not carried out, in the user's words."""


def canonical_bytes(path: str, value: object) -> bytes:
    """The bytes in which a record is saved. Raises KnowledgeError where the value is no JSON."""
    try:
        data = canonical_of(value, path).encode()
    except (TypeError, ValueError):
        raise KnowledgeError(
            [
                Finding(
                    path,
                    0,
                    "",
                    "FM002",
                    "format.json",
                    "a value in it cannot be written as JSON",
                    "write text, a number, true or false",
                )
            ]
        ) from None
    jsontext.read(data, path)
    return data


def start_draft(workspace: Workspace, title: str, person: Person, clock: Clock = now) -> Draft:
    """Begin a draft on what is approved. Raises Refused without a title."""
    if not title.strip():
        raise Refused("a draft needs a title", "say in a few words what you want to change")
    return workspace.start(title.strip(), person, clock())


def save_records(
    views: Views, draft: Draft, changes: Mapping[str, object], message: str, person: Person, clock: Clock = now
) -> Saved:
    """Save records (None takes one away) in their canonical text.

    Raises MovedError where the draft stands elsewhere by now, Refused where a path or id is not one of a record,
    KnowledgeError where a value cannot be written as JSON; nothing is saved then.
    """
    files: dict[str, bytes | None] = {}
    for path, value in changes.items():
        if kind_of(path) is None:
            raise Refused(f"`{path}` is not a place for a record", "choose a name of lower-case letters and digits")
        wanted, name = id_from(path), "language" if kind_of(path) == "locale" else "id"
        if isinstance(value, dict) and wanted is not None and value.get(name) != wanted:
            what = f"the {name} `{value.get(name)}` does not fit the place `{path}`"
            raise Refused(what, f"give it the {name} `{wanted}`")
        files[path] = None if value is None else canonical_bytes(path, value)
    saved = views.workspace.save(draft, files, message, person, clock())
    view = views.at(saved.head, clock().date())
    return Saved(saved, tuple(finding for finding in view.findings if finding.path in files))


def save_picture(views: Views, draft: Draft, path: str, data: bytes, person: Person, clock: Clock = now) -> Saved:
    """Save a drawing. Raises Refused where it is no SVG, MovedError where the draft moved."""
    if not re.fullmatch(r"exercises/[a-z0-9_]+\.svg", path):
        raise Refused(f"`{path}` is not a place for a drawing", "name it in lower-case letters, such as bridge_end.svg")
    if b"<svg" not in data[:2000]:
        raise Refused("the file is not an SVG drawing", "export the drawing as SVG")
    saved = views.workspace.save(draft, {path: data}, f"Picture {path}", person, clock())
    view = views.at(saved.head, clock().date())
    return Saved(saved, tuple(finding for finding in view.findings if finding.path == path))


def discard_draft(workspace: Workspace, draft: Draft) -> None:
    """Take a draft away. Raises MovedError where it moved, Refused where it was proposed: that is on record."""
    if workspace.has(REVIEWS, f"changes/{draft.id}"):
        raise Refused("the draft was proposed, and what was said about it is on record", "withdraw the change instead")
    workspace.discard(draft)


def retire_record(
    views: Views, draft: Draft, path: str, reason: str, replacement: str, person: Person, clock: Clock = now
) -> Saved:
    """Mark a rule or condition as no longer used, with the reason and what replaces it, in a draft.

    Raises Refused where it is neither, or retired already, or there is no reason.
    """
    value = views.at(draft.head, clock().date()).value(path)
    if value is None or kind_of(path) not in ("rule", "condition"):
        raise Refused(f"`{path}` is not a rule or condition", "only these are retired; other records can be edited")
    if value.get("retired"):
        raise Refused("it is retired already", "nothing needs to be done")
    if not reason.strip():
        raise Refused("retiring needs a reason", "say why it is no longer used")
    retired = {"reason": reason.strip(), **({"replacement": replacement.strip()} if replacement.strip() else {})}
    return save_records(views, draft, {path: {**value, "retired": retired}}, f"Retired {path}", person, clock)


def slug(title: str) -> str:
    """An id from a title: lower-case words joined by underscores; empty where the title has no letter."""
    words = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:60].strip("_")
    return words if re.match(r"[a-z]", words) else ""


def free_path(view: View, folder: str, wanted: str) -> str:
    """A path below `folder` that no record has, from a wanted name. Raises Refused where the name is empty."""
    name = slug(wanted)
    if not name:
        raise Refused("the name has no letters to make an id of", "give it a name in plain letters")
    for number in range(1, 1000):
        path = f"{folder}/{name if number == 1 else f'{name}_{number}'}.json"
        if path not in view.files:
            return path
    raise Refused(f"there are already 999 records called `{name}`", "choose another name")


def used_by(view: View, kind: str, id_: str) -> list[str]:
    """The files whose JSON names a record by its id, with the record's own file left out."""
    quoted = json.dumps(id_)
    own = view.kb.paths.get((kind, id_))
    return sorted(
        path for path, data in view.files.items() if path.endswith(".json") and path != own and quoted.encode() in data
    )


def case_from(view: View, answers: Answers, title: str, story: str, because: str) -> tuple[str, dict[str, object]]:
    """A case that expects what comes out now: its path and record. Raises Refused without title, story or reason."""
    for what, text in (("title", title), ("story", story), ("reason", because)):
        if not text.strip():
            raise Refused(f"a case needs a {what}", "say who the person is, and why you expect this")
    path = free_path(view, "cases", title)
    record: dict[str, object] = {
        "id": id_from(path),
        "title": title.strip(),
        "story": story.strip(),
        "answers": answers.to_json(),
        "expect": _expected_now(view, answers),
        "because": because.strip(),
        "judgement": "Saved in the test bench by its author.",
    }
    return path, record


def accepted(view: View, case: str, because: str = "") -> tuple[str, dict[str, object]]:
    """A case that waited for a clinician's word, with the word that what comes out now is right: its path and record.

    Raises Refused where it does not wait, or its answers cannot be assessed.
    """
    path = view.kb.paths.get(("case", case), "")
    written, known = view.value(path), view.kb.cases.get(case)
    if written is None or known is None or known.awaiting is None:
        raise Refused(f"the case `{case}` does not wait for a word", "look at the list of cases")
    try:
        answers = read_answers(view.kb, dict(known.answers), path)
    except KnowledgeError as error:
        raise Refused("its answers do not fit the questions", error.findings[0].fix) from None
    if view.assessor.assess(answers).outcome.corrections:
        raise Refused("its answers cannot occur together", "delete the case, or make patients anew")
    record = {key: value for key, value in written.items() if key != "awaiting"}
    record["expect"] = _expected_now(view, answers)
    record["because"] = because.strip() or "What comes out was looked at and found right."
    record["judgement"] = "Made up by the program; what should happen was said by a clinician who looked at it."
    return path, record


def _expected_now(view: View, answers: Answers) -> dict[str, object]:
    """What comes out now, as an expectation."""
    outcome = view.assessor.assess(answers).outcome
    expect: dict[str, object] = {"urgency": outcome.urgency.value}
    if outcome.named:
        expect["first"] = outcome.named[0].id
    else:
        expect["no_cause"] = True
    fired = [flag.rule for flag in outcome.red_flags]
    if outcome.named:
        fired += [evidence.rule for evidence in outcome.named[0].evidence_for]
    if fired:
        expect["fires"] = list(dict.fromkeys(fired))
    if outcome.open_flags:
        expect["open"] = [flag.rule for flag in outcome.open_flags]
    return expect


KIND_NAMES = {
    "settings": "settings",
    "body": "body map",
    "section": "questions",
    "constraint": "contradiction",
    "term": "finding or score",
    "rule": "rule",
    "condition": "condition",
    "exercise": "exercise",
    "case": "case",
    "safety": "safety rule",
    "source": "source",
    "locale": "translation",
    "reading": "hard texts",
    "roster": "roster",
}
"""What each kind of record is called on the console."""

assert KIND_NAMES.keys() == KINDS.keys()


def line_of(view: View, finding: Finding) -> int:
    """The line of a finding, for somebody who looks at the JSON."""
    data = view.files.get(finding.path)
    return jsontext.line_of(data.decode("utf-8"), finding.pointer) if data else 0
