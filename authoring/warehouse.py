"""A warehouse's two files for somebody who typed a command: the script of the rules, and people as rows for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from authoring.named_files import read_named, write_named
from authoring.opening import MAX_ANSWERS, Opened, read_answers_file, read_response_file
from engine import jsontext
from engine.answers import Answers, read_answers
from engine.canonical import identity
from engine.finding import Finding, KnowledgeError
from exports.bundle.content import Release
from exports.sql.csv_file import csv_lines
from exports.sql.dialect import DialectName
from exports.sql.dictionary import Origin
from exports.sql.script import sql_script

Person = tuple[str, Answers]
_EXAMPLE = '{"person_id": "p1", "answers": {...}}'


def script_of(opened: Opened, release: Release, dialect: DialectName) -> bytes:
    """The script of what is exported. Raises KnowledgeError where this database cannot take it."""
    version = "preview" if release.preview else f"release {release.version}" if release.version else "not released"
    origin = Origin(identity(opened.loaded.files), version, release.unreviewed)
    return sql_script(opened.kb, origin, dialect).encode()


def write_table(opened: Opened, files: Sequence[Path], to: Path) -> int:
    """Write people as rows of the table of answers (CSV); how many they are.

    Raises KnowledgeError with everything that is wrong in any of the files; nothing is written then.
    """
    count = 0

    def counted() -> Iterator[Person]:
        nonlocal count
        for person in _people(opened, files):
            count += 1
            yield person

    data = "".join(csv_lines(opened.kb, counted())).encode()
    write_named(to, data)
    return count


def _people(opened: Opened, files: Iterable[Path]) -> Iterator[Person]:
    """Everybody in the files. Raises KnowledgeError at the end, with all that was found on the way."""
    findings: list[Finding] = []
    seen: dict[str, str] = {}
    for file in files:
        for place, read in _records(opened, file):
            try:
                person, answers = read()
                if person in seen:
                    what = f"the person `{person}` is in {seen[person]} already"
                    raise _refused(place, "SQ002", "person", what, "give everybody an id of their own, and one row")
            except KnowledgeError as error:
                findings += error.findings
                continue
            seen[person] = place
            if not findings:
                yield person, answers
    if findings:
        raise KnowledgeError(findings)


def _records(opened: Opened, file: Path) -> Iterator[tuple[str, Callable[[], Person]]]:
    """Each person in a file: where they stand, and what reads them."""
    if file.suffix != ".jsonl":
        yield str(file), partial(_saved, opened, file)
        return
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(iter(partial(stream.readline, MAX_ANSWERS + 1), b""), 1):
                if line.strip():
                    yield f"{file}:{number}", partial(_line, opened, str(file), number, line)
    except OSError as error:
        yield str(file), partial(_unreadable, str(file), str(error.strerror))


def _unreadable(file: str, why: str) -> Person:
    what, fix = f"it cannot be read: {why}", "check the name and that the file may be read"
    raise KnowledgeError([Finding(file, 0, "", "FM008", "format.no-file", what, fix)])


def _saved(opened: Opened, file: Path) -> Person:
    """One person in a file: answers, what `algos assess --json` printed, or a FHIR response. Its name is their id."""
    raw = jsontext.read(read_named(file, MAX_ANSWERS), str(file), limit=MAX_ANSWERS)
    if isinstance(raw, dict) and raw.get("resourceType") == "QuestionnaireResponse":
        return file.stem, read_response_file(opened, file)
    if isinstance(raw, dict) and {"outcome", "answers"} <= raw.keys():
        return file.stem, read_answers(opened.kb, raw["answers"], str(file))
    return file.stem, read_answers_file(opened.kb, file)


def _line(opened: Opened, file: str, number: int, line: bytes) -> Person:
    """One person in a line of JSON."""
    try:
        raw = jsontext.read(line.strip(), file, limit=MAX_ANSWERS)
        if not isinstance(raw, dict) or raw.keys() != {"person_id", "answers"}:
            raise _refused(file, "SQ003", "line", "the line is no person with answers", f"write {_EXAMPLE}")
        person = raw["person_id"]
        if isinstance(person, bool) or not isinstance(person, str | int) or not str(person).strip():
            raise _refused(
                file, "SQ002", "person", "`person_id` is no id", "give a text that is not empty, or a whole number"
            )
        return str(person), read_answers(opened.kb, raw["answers"], file)
    except KnowledgeError as error:
        raise KnowledgeError([replace(finding, line=number) for finding in error.findings]) from None


def _refused(place: str, code: str, name: str, what: str, fix: str) -> KnowledgeError:
    return KnowledgeError([Finding(place, 0, "", code, f"sql.{name}", what, fix)])
