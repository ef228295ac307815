"""From path -> bytes to a knowledge base, with a finding for everything that cannot be read.

A directory, a commit or a bundle supplies the bytes; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from pydantic import BaseModel

from engine import jsontext
from engine.files import GENERATED, MAX_PICTURE, PICTURE, id_from, kind_of, shown_path
from engine.finding import Finding, KnowledgeError, Severity
from engine.knowledge import KnowledgeBase
from engine.memory import Memory
from engine.model.case import Case, Safety, Source
from engine.model.condition import Condition, Exercise
from engine.model.locale import Locale
from engine.model.question import BodyMap, Constraint, Section
from engine.model.reading import NO_NOTES, ReadingNotes
from engine.model.review import EMPTY_ROSTER, Roster
from engine.model.rule import Rule, Term
from engine.model.settings import Settings
from engine.schema import read_record

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Loaded:
    """What could be read of a knowledge base.

    `kb` is None where its settings or body map are missing. `values` holds each file's JSON as written, for
    checks that look at the text; `findings` everything that could not be read.
    """

    files: Mapping[str, bytes]
    values: Mapping[str, object]
    kb: KnowledgeBase | None
    findings: tuple[Finding, ...]


@dataclass
class _Records:
    """Records by kind, while files are read."""

    by_kind: dict[str, dict[str, BaseModel]] = field(default_factory=dict)
    paths: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, kind: str, model: type[T]) -> dict[str, T]:
        """The records of one kind by id."""
        return {id_: record for id_, record in self.by_kind.get(kind, {}).items() if isinstance(record, model)}


def load(files: Mapping[str, bytes], memory: Memory | None = None) -> Loaded:
    """Read every record of a knowledge base; what is wrong with a file becomes a finding, never an exception.

    A file that `memory` knows is not read again: its record and its value are those of the earlier reading, so nobody
    may change a value.
    """
    memory = memory or Memory()
    findings: list[Finding] = []
    values: dict[str, object] = {}
    records = _Records()
    pictures: dict[str, bytes] = {}
    for path, data in sorted(files.items()):
        kind = kind_of(path)
        if kind:
            read = memory.of(("file", path, data), partial(_read, kind, path, data))
            _add(kind, path, data, read, records, values, findings)
        elif PICTURE.fullmatch(path):
            pictures[path] = data
            if len(data) > MAX_PICTURE:
                findings.append(
                    Finding(
                        path,
                        0,
                        "",
                        "FM006",
                        "format.size",
                        f"the picture is {len(data) / 1e6:.1f} MB",
                        "simplify the drawing to less than 1 MB",
                    )
                )
        elif not GENERATED.fullmatch(path):
            findings.append(
                Finding(
                    shown_path(path),
                    0,
                    "",
                    "FM007",
                    "format.stray-file",
                    "no record of a knowledge base belongs here",
                    "move it to the folder of its kind, or delete it",
                    Severity.WARNING,
                )
            )
    kb = _build(records, pictures)
    if kb is None and not any(finding.path in ("kb.json", "body.json") for finding in findings):
        missing = next(path for path in ("kb.json", "body.json") if path not in files)
        findings.append(
            Finding(
                missing,
                0,
                "",
                "SC004",
                "schema.missing-file",
                "every knowledge base needs it",
                "restore it, or start a new knowledge base",
            )
        )
    return Loaded(files, values, kb, tuple(sorted(findings)))


@dataclass(frozen=True)
class _File:
    """What one file holds, whatever stands in the others."""

    readable: bool
    value: object
    record: BaseModel | None
    findings: tuple[Finding, ...]


def _read(kind: str, path: str, data: bytes) -> _File:
    try:
        value = jsontext.read(data, path)
    except KnowledgeError as error:
        return _File(False, None, None, tuple(error.findings))
    record, wrong = read_record(kind, value, data, path)
    return _File(True, value, record, tuple(wrong))


def _add(
    kind: str,
    path: str,
    data: bytes,
    read: _File,
    records: _Records,
    values: dict[str, object],
    findings: list[Finding],
) -> None:
    """Put a file to the others."""
    findings.extend(read.findings)
    if read.readable:
        values[path] = read.value
    record = read.record
    if record is None:
        return
    id_ = getattr(record, "id", kind)
    expected = id_from(path)
    if expected is not None and id_ != expected:
        pointer = "/language" if kind == "locale" else "/id"
        findings.append(
            Finding(
                path,
                jsontext.line_of(data.decode(), pointer),
                pointer,
                "ID001",
                "identity.path",
                f"the id is `{id_}`, and its place says `{expected}`",
                "write the id of its place, or rename the file",
            )
        )
    if (kind, id_) in records.paths:
        findings.append(
            Finding(
                path,
                jsontext.line_of(data.decode(), "/id"),
                "/id",
                "ID002",
                "identity.duplicate",
                f"`{id_}` is already the id of `{records.paths[kind, id_]}`",
                "give one of the two another id",
            )
        )
        return
    records.by_kind.setdefault(kind, {})[id_] = record
    records.paths[kind, id_] = path


def _build(records: _Records, pictures: dict[str, bytes]) -> KnowledgeBase | None:
    settings = next(iter(records.of("settings", Settings).values()), None)
    body = records.of("body", BodyMap).get("body")
    if settings is None or body is None:
        return None
    sections = sorted(records.of("section", Section).values(), key=lambda section: (section.order, section.id))
    return KnowledgeBase(
        settings=settings,
        body=body,
        sections=tuple(sections),
        rules=records.of("rule", Rule),
        terms=records.of("term", Term),
        conditions=records.of("condition", Condition),
        constraints=records.of("constraint", Constraint),
        exercises=records.of("exercise", Exercise),
        cases=records.of("case", Case),
        safety=records.of("safety", Safety),
        sources=records.of("source", Source),
        locales=records.of("locale", Locale),
        reading=records.of("reading", ReadingNotes).get("reading", NO_NOTES),
        roster=records.of("roster", Roster).get("roster", EMPTY_ROSTER),
        pictures=pictures,
        paths=records.paths,
    )
