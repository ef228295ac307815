"""Writing records in their canonical text, one file at a time and never half."""

from __future__ import annotations

from pathlib import Path

from authoring.named_files import read_named, write_named
from engine.canonical import canonical_text
from engine.files import kind_of, read_directory
from engine.finding import Finding, KnowledgeError
from engine.schema import schema_files


def unformatted(directory: Path) -> list[str]:
    """The files of a knowledge base, schemas included, whose text is not canonical.

    Raises KnowledgeError, before anything is written, with every file that cannot be read.
    """
    findings: list[Finding] = []
    pending = []
    for path, data in read_directory(directory).items():
        if kind_of(path) is None:
            continue
        try:
            if canonical_text(data, path).encode() != data:
                pending.append(path)
        except KnowledgeError as error:
            findings += error.findings
    if findings:
        raise KnowledgeError(findings)
    for name, text in schema_files().items():
        file = directory / "schema" / name
        if not file.is_file() or read_named(file) != text.encode():
            pending.append(f"schema/{name}")
    return pending


def write_all(directory: Path, paths: list[str]) -> None:
    """Write these files in their canonical text. Raises KnowledgeError where one cannot be read or written."""
    schemas = schema_files()
    for path in paths:
        file = directory / path
        name = path.removeprefix("schema/")
        text = schemas[name] if path.startswith("schema/") else canonical_text(read_named(file), path)
        write_named(file, text.encode(), path)
