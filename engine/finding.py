"""What is wrong or suspicious in a knowledge base: one thing, at one place, with its fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error would misbehave, a warning is suspicious."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing found, in the words of the domain.

    `path` is the file inside the knowledge base (such as `rules/findings/x.json`), `pointer` a JSON pointer
    into it, `line` the line where that pointer's value begins (1 for the first, 0 when there is no file).
    """

    path: str
    line: int
    pointer: str
    code: str
    name: str
    what: str
    fix: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Two or three lines, as every check prints them."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        where = f"{place} {self.pointer}".rstrip()
        return f"{self.severity} {self.code} {self.name}  {where}\n      {self.what}\n      fix: {self.fix}"


class KnowledgeError(Exception):
    """A knowledge base, or answers to it, that cannot be used; `findings` says why and how to mend it."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
