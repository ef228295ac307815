"""Whether a bundle may be used. It may, or it is refused with one reason; nothing in between.

In this order: the signatures hold and enough of them are by trusted keys; the layout and the meaning of rules are
known; it is the right knowledge base and no older than the last one accepted; it is not past its review date; every
file is there, has its hash, and no other is there; the rules mean here what they meant to the publisher
(conformance). Whoever calls keeps the last good bundle until this returns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal

from pydantic import ValidationError

from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.sentences import SENTENCES
from exports.bundle.conform import conforms
from exports.bundle.knowledge import knowledge
from exports.bundle.model import (
    CONFORMANCE,
    CORE,
    FORMAT,
    MANIFEST,
    MAX_BUNDLE,
    MORE_CONFORMANCE,
    SEMANTICS,
    Manifest,
)
from exports.bundle.source import MAX_SIGNED, Source
from exports.sign.encoding import strict_json
from exports.sign.keys import KeySet
from exports.sign.manifest import verify_manifest
from exports.sign.refused import RefusedError


@dataclass(frozen=True)
class Accepted:
    """The bundle that was accepted last: nothing older is accepted after it."""

    kb: str
    version: int
    content: str


@dataclass(frozen=True)
class Policy:
    """What somebody asks of a bundle."""

    keys: KeySet
    """The public keys that are trusted."""
    required: int = 1
    """How many of them have to have signed."""
    overdue: Literal["refuse", "warn"] = "refuse"
    """What becomes of a bundle past its review date."""
    preview: bool = False
    """Whether a preview may be used: for authors, never for patients."""


@dataclass(frozen=True)
class VerifiedBundle:
    """A bundle that may be used."""

    manifest: Manifest
    signed: bytes
    """The manifest as it was signed."""
    files: Mapping[str, bytes]
    """Path to bytes of everything in it."""
    kb: KnowledgeBase
    signed_by: tuple[str, ...]
    """The ids of the trusted keys that signed it."""
    notices: tuple[str, ...] = field(default=())
    """The names of the sentences that warn: past its review date, a preview, not reviewed by a clinician."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to tell, in English."""
        return self.warnings_in(SENTENCES)

    def warnings_in(self, sentences: Mapping[str, str]) -> tuple[str, ...]:
        """What to tell, in some sentences."""
        return tuple(sentences[name].replace("{date}", str(self.manifest.review_by)) for name in self.notices)

    @property
    def accepted(self) -> Accepted:
        """What to remember of it."""
        return Accepted(self.manifest.kb, self.manifest.version, self.manifest.content)


def verify(
    source: Source, policy: Policy, today: date, last: Accepted | None = None, *, thorough: bool = False
) -> VerifiedBundle:
    """The bundle in a source, once everything holds. Raises RefusedError with the one reason otherwise.

    `thorough` runs the rest of the conformance cases too, which takes some seconds.
    """
    signed = source.manifest()
    manifest, signed_by = _manifest(signed, policy)
    notices = allowed(manifest, policy, today, last)
    source.check(manifest)
    files = {}
    for file in manifest.files:
        data = source.read(file)
        if len(data) < file.size:
            what = f"it has {len(data)} bytes instead of {file.size}"
            raise RefusedError("bundle.truncated", file.path, what, _FETCH)
        if len(data) > file.size or hashlib.sha256(data).hexdigest() != file.sha256:
            raise RefusedError("bundle.altered-file", file.path, "its content is not the one that was signed", _FETCH)
        files[file.path] = data
    try:
        kb = knowledge(files)
        for path in (CONFORMANCE, MORE_CONFORMANCE)[: 2 if thorough else 1]:
            conforms(kb, files[path], path)
    except KnowledgeError as error:
        if isinstance(error, RefusedError):
            raise
        raise RefusedError("bundle.content", CORE, error.findings[0].what, _UPDATE) from None
    return VerifiedBundle(manifest, signed, files, kb, signed_by, notices)


def _manifest(signed: bytes, policy: Policy) -> tuple[Manifest, tuple[str, ...]]:
    if len(signed) > MAX_SIGNED:
        raise RefusedError("bundle.size", MANIFEST, f"it has more than {MAX_SIGNED} bytes", _FETCH)
    verified = verify_manifest(signed, policy.keys, policy.required)
    value = strict_json(verified.payload, MANIFEST)
    assert isinstance(value, dict), "verify_manifest reads `signed_by` from it"
    layout, semantics = value.get("format"), value.get("semantics")
    if layout != FORMAT:
        what = f"its layout is version {layout}; this program reads version {FORMAT}"
        raise RefusedError("bundle.manifest", MANIFEST, what, _UPDATE)
    if not isinstance(semantics, int) or not 1 <= semantics <= SEMANTICS:
        what = f"its rules are written for version {semantics} of the semantics; this program knows {SEMANTICS}"
        raise RefusedError("bundle.semantics", MANIFEST, what, _UPDATE)
    try:
        manifest = Manifest.model_validate_json(verified.payload)
    except ValidationError as error:
        wrong = error.errors()[0]
        what = f"{'/'.join(str(step) for step in wrong['loc'])}: {wrong['msg']}"
        raise RefusedError("bundle.manifest", MANIFEST, what, _UPDATE) from None
    paths = [file.path for file in manifest.files]
    if not all(left < right for left, right in pairwise(paths)):
        raise RefusedError("bundle.manifest", MANIFEST, "its files are not listed in order, each once", _FETCH)
    if sum(file.size for file in manifest.files) > MAX_BUNDLE:
        raise RefusedError("bundle.size", MANIFEST, f"its files have more than {MAX_BUNDLE} bytes together", _FETCH)
    for path in (CORE, CONFORMANCE, MORE_CONFORMANCE):
        if path not in paths:
            raise RefusedError("bundle.missing-file", path, "the manifest does not list it", _FETCH)
    return manifest, verified.signed_by


def allowed(manifest: Manifest, policy: Policy, today: date, last: Accepted | None = None) -> tuple[str, ...]:
    """Refuse what the policy does not allow; what it allows with a warning is returned, by the sentence's name."""
    notices = []
    if manifest.preview:
        if not policy.preview:
            raise RefusedError("bundle.preview", MANIFEST, "it is a preview, not a release", "use a release")
        notices.append("preview")
    if last is not None:
        _follows(manifest, last)
    if today > manifest.review_by:
        if policy.overdue == "refuse":
            what = f"something in it was to be reviewed again by {manifest.review_by}"
            raise RefusedError("bundle.overdue", MANIFEST, what, "fetch a newer release")
        notices.append("overdue")
    if manifest.unreviewed:
        notices.append("not_approved")
    return tuple(notices)


def _follows(manifest: Manifest, last: Accepted) -> None:
    if manifest.kb != last.kb:
        what = f"it is a release of `{manifest.kb}`; the last one accepted was of `{last.kb}`"
        raise RefusedError("bundle.identity", MANIFEST, what, "fetch a release of the same knowledge base")
    if manifest.preview:
        return
    if manifest.version < last.version:
        what = f"its version is {manifest.version}, and version {last.version} was accepted already"
        raise RefusedError("bundle.older", MANIFEST, what, "fetch the newest release")
    if manifest.version == last.version and manifest.content != last.content:
        what = f"another content with the version {manifest.version} was accepted already"
        raise RefusedError("bundle.older", MANIFEST, what, "ask the publisher to release it with a new version")


_FETCH = "fetch the bundle again from whoever published it"
_UPDATE = "update this program, or ask the publisher for a bundle that it can read"
