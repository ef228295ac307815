"""SQL as text: names and texts quoted so that nothing in them is read as SQL, comments, long chains in brackets."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

WIDTH = 118
_MOST = 16
"""The longest chain without brackets: a chain is as deep as it is long, and databases limit how deep it may be."""
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
"""What ends a line somewhere, and what no database takes in a text."""


def name(identifier: str) -> str:
    """An identifier, quoted."""
    return '"' + _NO_TEXT.sub(" ", identifier).replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as a literal. Control characters and ends of lines become spaces."""
    return "'" + _NO_TEXT.sub(" ", value).replace("'", "''") + "'"


def number(value: int | float) -> str:
    """A number as a literal: a float as one that is read as a binary number, not as a decimal one."""
    if isinstance(value, int):
        return str(value)
    return text_ if "e" in (text_ := repr(value)) else f"{text_}e0"


def comment(said: str) -> list[str]:
    """Something said, as lines of comment: whatever stands in it, it stays inside."""
    plain = _NO_TEXT.sub(" ", said)
    lines = textwrap.wrap(plain, WIDTH - 3, subsequent_indent="  ", break_on_hyphens=False)
    return [f"-- {line}".rstrip() for line in lines] or ["--"]


def chain(parts: Sequence[str], operator: str) -> str:
    """At least one part, joined by an operator that does not care how they are grouped."""
    parts = list(parts)
    while len(parts) > _MOST:
        groups = [parts[at : at + _MOST] for at in range(0, len(parts), _MOST)]
        parts = [f"({f' {operator} '.join(group)})" if len(group) > 1 else group[0] for group in groups]
    return f" {operator} ".join(parts)


def packed(parts: Sequence[str], indent: str) -> Iterator[str]:
    """Short parts as few lines, each but the last with its comma."""
    line = indent
    for at, part in enumerate(parts):
        piece = part + ("," if at < len(parts) - 1 else "")
        if line.strip() and len(line) + 1 + len(piece) > WIDTH:
            yield line
            line = indent
        line += (" " if line.strip() else "") + piece
    if line.strip():
        yield line
