"""Files that somebody named in a command: read whole, written at once, and every failure told in the user's words."""

from __future__ import annotations

from pathlib import Path

from engine.files import write_atomically
from engine.finding import Finding, KnowledgeError
from engine.jsontext import MAX_BYTES


def read_named(path: Path, most: int = MAX_BYTES) -> bytes:
    """What a file of at most so many bytes holds. Raises KnowledgeError where it is larger or cannot be read."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        what, fix = f"it cannot be read: {error.strerror}", "check the name and that the file may be read"
        raise KnowledgeError([Finding(str(path), 0, "", "FM008", "format.no-file", what, fix)]) from None
    if len(data) > most:
        what, fix = f"it has more than {most / 2**20:.0f} MB", "check that it is the right file"
        raise KnowledgeError([Finding(str(path), 0, "", "FM006", "format.size", what, fix)])
    return data


def write_named(path: Path, data: bytes, shown: str = "") -> None:
    """Replace a file's content at once. Raises KnowledgeError, which calls it `shown`, where it cannot be written."""
    try:
        write_atomically(path, data)
    except OSError as error:
        what, fix = f"it cannot be written: {error.strerror}", "check that the folder may be written to and has room"
        raise KnowledgeError([Finding(shown or str(path), 0, "", "FM008", "format.no-file", what, fix)]) from None
