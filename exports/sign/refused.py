"""Why a key, a signature or a bundle is refused: one reason, with the same code in every runtime."""

from __future__ import annotations

from typing import Literal

from engine.finding import Finding, KnowledgeError

Name = Literal[
    "bundle.encoding",
    "bundle.unsigned",
    "bundle.unknown-key",
    "bundle.signature",
    "bundle.revoked-key",
    "bundle.manifest",
    "bundle.altered-file",
    "bundle.missing-file",
    "bundle.extra-file",
    "bundle.size",
    "bundle.truncated",
    "bundle.older",
    "bundle.overdue",
    "bundle.semantics",
    "bundle.conformance",
    "bundle.content",
    "bundle.unreachable",
    "bundle.identity",
    "bundle.state",
    "bundle.preview",
    "keys.place",
    "keys.file",
]
CODES: dict[Name, str] = {
    "bundle.encoding": "BN001",
    "bundle.unsigned": "BN002",
    "bundle.unknown-key": "BN003",
    "bundle.signature": "BN004",
    "bundle.revoked-key": "BN005",
    "bundle.manifest": "BN006",
    "bundle.altered-file": "BN007",
    "bundle.missing-file": "BN008",
    "bundle.extra-file": "BN009",
    "bundle.size": "BN010",
    "bundle.truncated": "BN011",
    "bundle.older": "BN012",
    "bundle.overdue": "BN013",
    "bundle.semantics": "BN014",
    "bundle.conformance": "BN015",
    "bundle.content": "BN016",
    "bundle.unreachable": "BN017",
    "bundle.identity": "BN018",
    "bundle.state": "BN019",
    "bundle.preview": "BN021",
    "keys.place": "BN030",
    "keys.file": "BN031",
}
"""Every reason to refuse, by name. A code, once published, keeps its meaning."""


class RefusedError(KnowledgeError):
    """Something is not accepted. `code` and `name` say which reason, `finding` tells it to a person."""

    def __init__(self, name: Name, where: str, what: str, fix: str) -> None:
        self.finding = Finding(where, 0, "", CODES[name], name, what, fix)
        super().__init__([self.finding])
        self.name = name
        self.code = CODES[name]
