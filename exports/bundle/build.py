"""Making a signed bundle, and writing it as a folder for a web host or as one archive."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from engine import jsontext
from engine.canonical import identity
from engine.files import write_atomically
from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from exports.bundle import archive
from exports.bundle.content import Piece, Release, pieces, review_by
from exports.bundle.model import MANIFEST, MAX_FILE, NOTES, PROOF, BundleFile, Manifest
from exports.sign.encoding import canonical
from exports.sign.keys import PrivateKey, PublicKey
from exports.sign.manifest import sign_manifest


@dataclass(frozen=True)
class Bundle:
    """A signed bundle in memory."""

    manifest: Manifest
    signed: bytes
    """The bytes of `manifest.jws`."""
    files: Mapping[str, bytes]
    """Where each file is stored to its bytes; two files of the same content are stored once."""

    def archive(self) -> bytes:
        """The bundle as one file."""
        return archive.write(self.signed, self.files.items())

    def write_folder(self, folder: Path) -> None:
        """Write the bundle into a new folder, for a web host; the manifest comes last.

        Raises KnowledgeError where the folder has something in it, or something cannot be written.
        """
        must_be_new(folder)
        for name, data in self.files.items():
            write_file(folder / name, data)
        write_file(folder / MANIFEST, self.signed)


def build(
    kb: KnowledgeBase,
    files: Mapping[str, bytes],
    release: Release,
    keys: Sequence[PrivateKey],
    other_signers: Sequence[PublicKey] = (),
) -> Bundle:
    """A bundle of a knowledge base, signed with `keys`; `other_signers` sign it later, and it is refused until then.

    `files` are those that `kb` was loaded from. Raises KnowledgeError where a guide cannot be made, a file is too
    large, a certificate is of
    other content, or a preview has a version or a release has none.
    """
    if release.preview != (release.version == 0):
        raise _error("version", "a preview has version 0, and a release a greater one", "give --version or --preview")
    content = identity(files)
    if release.proof is not None and _content_of(release.proof) != content:
        what = "this certificate is not of the content that is exported"
        raise _error("proof", what, "run `algos prove --json` on what you export, and give what it wrote")
    made = list(pieces(kb, files, release))
    listed = tuple(sorted((_listed(piece) for piece in made), key=lambda file: file.path))
    paths = [file.path for file in listed]
    manifest = Manifest(
        format=1,
        kb=kb.settings.id,
        title=kb.settings.title,
        version=release.version,
        preview=release.preview,
        unreviewed=release.unreviewed,
        semantics=kb.settings.semantics,
        content=content,
        review_by=review_by(kb),
        languages=kb.settings.languages,
        signed_by=tuple(sorted({key.id for key in keys} | {key.id for key in other_signers})),
        proof=PROOF if PROOF in paths else None,
        approvals=tuple(path for path in paths if path.startswith("release/approvals/")),
        notes=NOTES if NOTES in paths else None,
        files=listed,
    )
    data = {hashlib.sha256(piece.data).hexdigest(): piece.data for piece in made}
    signed = sign_manifest(canonical(manifest.model_dump(mode="json", exclude_none=True)), keys)
    return Bundle(manifest, signed, {file.stored_as: data[file.sha256] for file in listed})


def _content_of(certificate: bytes) -> object:
    """The identity of the knowledge base that a proof's certificate is of, or None where it is no certificate."""
    try:
        value = jsontext.read(certificate, "the certificate", limit=MAX_FILE)
    except KnowledgeError:
        return None
    return value.get("content") if isinstance(value, dict) else None


def _listed(piece: Piece) -> BundleFile:
    if len(piece.data) > MAX_FILE:
        raise _error(
            piece.path, f"it has {len(piece.data)} bytes; a bundle's file has at most {MAX_FILE}", "make it smaller"
        )
    digest = hashlib.sha256(piece.data).hexdigest()
    try:
        return BundleFile(path=piece.path, sha256=digest, size=len(piece.data), part=piece.part)
    except ValidationError:
        fix = "use letters, digits, - and _ in its name, and an ending such as .json"
        raise _error(piece.path, "a file of a bundle cannot have this name", fix) from None


def _error(where: str, what: str, fix: str) -> KnowledgeError:
    return KnowledgeError([Finding(where, 0, "", "BN020", "bundle.build", what, fix)])


def must_be_new(folder: Path) -> None:
    """Raise KnowledgeError where a folder has something in it, is a file, or cannot be looked at."""
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise _error(str(folder), f"it cannot be used: {error.strerror}", "name a folder of your own") from None
    if taken:
        raise _error(str(folder), "there is something here already", "name a folder that is new or empty")


def write_file(path: Path, data: bytes) -> None:
    """Replace a file's content at once. Raises KnowledgeError where it cannot be written."""
    try:
        write_atomically(path, data)
    except OSError as error:
        what = f"it cannot be written: {error.strerror}"
        raise _error(str(path), what, "check that the folder may be written to and has room") from None
