"""Opening a knowledge base and answers for somebody who typed a command: every failure is a clear message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from authoring.named_files import read_named
from engine import jsontext
from engine.answers import Answers, read_answers
from engine.canonical import identity
from engine.files import read_directory
from engine.finding import Finding, KnowledgeError, Severity
from engine.knowledge import KnowledgeBase
from engine.load import Loaded
from exports.fhir.reading import read_response
from validators.registry import Context, checks

MAX_ANSWERS = 1024 * 1024
"""The largest file of answers that is read: a thousand times a long questionnaire."""


@dataclass(frozen=True)
class Opened:
    """A knowledge base that can be used, with the bytes that it was read from."""

    kb: KnowledgeBase
    loaded: Loaded


def open_kb(directory: Path, also: frozenset[str] = frozenset()) -> Opened:
    """A knowledge base without structural errors. Raises KnowledgeError with all of them otherwise.

    Rules are not run here: `check` does that. `also` names further checks that must not find anything.
    """
    return open_files(read_directory(directory), also)


def open_files(files: Mapping[str, bytes], also: frozenset[str] = frozenset()) -> Opened:
    """The same of files in memory, such as those of a git revision."""
    from engine.load import load

    loaded = load(files)
    blocking = _BLOCKING | also
    findings = [finding for finding in loaded.findings if finding.severity is Severity.ERROR]
    if loaded.kb is not None:
        context = Context(loaded)
        for check in checks():
            if check.run and not check.needs_evaluator and check.severity is Severity.ERROR and check.name in blocking:
                findings += check.findings(context)
    if findings or loaded.kb is None:
        raise KnowledgeError(sorted(set(findings)))
    return Opened(loaded.kb, loaded)


_BLOCKING = frozenset(
    {
        "identity.question",
        "reference.fact",
        "reference.finding",
        "reference.score",
        "reference.condition",
        "reference.source",
        "reference.exercise",
        "reference.option",
        "reference.term",
        "logic.operator",
        "logic.cycle",
        "logic.flag-by-clinician",
        "logic.flag-by-negative-score",
        "units.points",
    }
)
"""The checks without which no evaluator could run, or none should."""

FOR_PROOFS = frozenset({"reference.rule", "reference.advice"})
"""Without these a safety property could speak of something that is not there."""


def read_answers_file(kb: KnowledgeBase, path: Path) -> Answers:
    """Answers from a JSON file. Raises KnowledgeError with the file, the place and the fix."""
    return _from_file(path, lambda raw: read_answers(kb, raw, str(path)))


def read_response_file(opened: Opened, path: Path) -> Answers:
    """Answers from a file that holds a FHIR QuestionnaireResponse. Raises KnowledgeError likewise."""
    content = identity(opened.loaded.files)
    return _from_file(path, lambda raw: read_response(opened.kb, content, raw, str(path)))


def _from_file(path: Path, read: Callable[[object], Answers]) -> Answers:
    """What a JSON file holds, read by a function whose findings get the lines of the file."""
    data = read_named(path, MAX_ANSWERS)
    raw = jsontext.read(data, str(path), limit=MAX_ANSWERS)
    try:
        return read(raw)
    except KnowledgeError as error:
        text = data.decode("utf-8")
        raise KnowledgeError([_with_line(finding, text) for finding in error.findings]) from None


def _with_line(finding: Finding, text: str) -> Finding:
    line = jsontext.line_of(text, finding.pointer)
    return Finding(
        finding.path, line, finding.pointer, finding.code, finding.name, finding.what, finding.fix, finding.severity
    )
