"""Which file of a knowledge base holds which record."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from engine.finding import Finding, KnowledgeError
from engine.model.case import Case, Safety, Source
from engine.model.condition import Condition, Exercise
from engine.model.locale import Locale
from engine.model.question import BodyMap, Constraint, Section
from engine.model.reading import ReadingNotes
from engine.model.review import Roster
from engine.model.rule import Rule, Term
from engine.model.settings import Settings

KINDS: Mapping[str, tuple[re.Pattern[str], type[BaseModel]]] = {
    "settings": (re.compile(r"kb\.json"), Settings),
    "body": (re.compile(r"(body)\.json"), BodyMap),
    "section": (re.compile(r"questions/([^/]+)\.json"), Section),
    "constraint": (re.compile(r"constraints/([^/]+)\.json"), Constraint),
    "term": (re.compile(r"terms/([^/]+)\.json"), Term),
    "rule": (re.compile(r"rules/(.+/[^/]+)\.json"), Rule),
    "condition": (re.compile(r"conditions/[^/]+/([^/]+)\.json"), Condition),
    "exercise": (re.compile(r"exercises/([^/]+)\.json"), Exercise),
    "case": (re.compile(r"cases/([^/]+)\.json"), Case),
    "safety": (re.compile(r"safety/([^/]+)\.json"), Safety),
    "source": (re.compile(r"sources/([^/]+)\.json"), Source),
    "locale": (re.compile(r"locales/([^/]+)\.json"), Locale),
    "reading": (re.compile(r"(reading)\.json"), ReadingNotes),
    "roster": (re.compile(r"review/(roster)\.json"), Roster),
}
"""For each kind of record: its path inside the knowledge base, and its model."""

PICTURE = re.compile(r"(?:exercises/[^/]+|body)\.svg")
GENERATED = re.compile(r"schema/[^/]+\.schema\.json")

MAX_PICTURE = 1024 * 1024
MAX_FILES = 20_000


def kind_of(path: str) -> str | None:
    """The kind of record that the file at `path` holds, or None."""
    return next((kind for kind, (pattern, _) in KINDS.items() if pattern.fullmatch(path)), None)


def model_for(path: str) -> type[BaseModel] | None:
    """The model of the record at `path`, or None where no record belongs there."""
    kind = kind_of(path)
    return KINDS[kind][1] if kind else None


def id_from(path: str) -> str | None:
    """The id that a record at `path` must have, or None where the path does not say."""
    kind = kind_of(path)
    found = KINDS[kind][0].fullmatch(path) if kind else None
    return found.group(1) if found and found.groups() else None


def read_directory(directory: Path) -> dict[str, bytes]:
    """Path to bytes of every file of a knowledge base; hidden files and the generated schemas are left out.

    Raises KnowledgeError where the directory is missing, cannot be read, or is no knowledge base.
    """
    if not directory.is_dir():
        raise _refused(str(directory), "there is no such directory", "give the knowledge base's directory with --kb")
    if not (directory / "kb.json").is_file():
        what, fix = "it holds no kb.json, so it is no knowledge base", "give the directory that holds kb.json with --kb"
        raise _refused(str(directory), what, fix)

    def inside(path: Path) -> str:
        return shown_path(path.relative_to(directory).as_posix())

    def unreadable(error: OSError, path: Path | None = None) -> None:
        place = path or Path(error.filename or directory)
        raise _refused(inside(place), f"it cannot be read: {error.strerror}", "check that it may be read") from None

    files: dict[str, bytes] = {}
    for folder, below, names in os.walk(directory, onerror=unreadable):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in below:
            if (path := Path(folder) / name).is_symlink():
                raise _refused(inside(path), "it is a link to a folder", "put the folder itself here")
        for name in sorted(names):
            path = Path(folder) / name
            stored = path.relative_to(directory).as_posix()
            if name.startswith(".") or GENERATED.fullmatch(stored):
                continue
            if inside(path) != stored:
                what, fix = "its name is not valid UTF-8", "rename the file, or delete it"
                raise _refused(inside(path), what, fix, "FM001", "format.encoding")
            try:
                files[stored] = path.read_bytes()
            except OSError as error:
                unreadable(error, path)
            if len(files) > MAX_FILES:
                what, fix = f"it holds more than {MAX_FILES} files", "give the knowledge base's own directory"
                raise _refused(str(directory), what, fix, "FM006", "format.size")
    return files


def _refused(path: str, what: str, fix: str, code: str = "FM008", name: str = "format.no-directory") -> KnowledgeError:
    return KnowledgeError([Finding(path, 0, "", code, name, what, fix)])


def shown_path(path: str) -> str:
    """A path as it can be printed: bytes of a name that are no UTF-8 are written as escapes."""
    return path.encode("utf-8", "backslashreplace").decode()


def write_atomically(file: Path, data: bytes) -> None:
    """Replace a file's content at once: a reader sees the old bytes or the new ones. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise
