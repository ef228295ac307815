"""Exporting bundles and keeping keys for somebody who typed a command."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from authoring.opening import Opened
from authoring.review.identity import PASSWORD
from authoring.review.opening import open_desk
from authoring.workspace import WorkspaceError
from engine.assess import Assessor
from engine.canonical import digest, identity
from engine.files import write_atomically
from engine.finding import Finding, KnowledgeError, Severity
from exports.assessment.files import write_site
from exports.bundle import archive as tar
from exports.bundle.build import Bundle, build, must_be_new
from exports.bundle.content import Release
from exports.bundle.model import Manifest
from exports.bundle.source import ArchiveSource, FolderSource
from exports.serve import unverified
from exports.sign import KeySet, PrivateKey, PublicKey, RefusedError, add_signature
from exports.sign.statement import unverified_statement
from validators.cases import run_cases, run_examples
from validators.registry import check_files


def open_key(path: Path, ask: Callable[[str], str]) -> PrivateKey:
    """A private key; its password, where it has one, comes from the environment or from `ask`. Raises RefusedError."""
    try:
        protected = b"ENCRYPTED" in path.read_bytes()[:200]
    except OSError:
        protected = False  # opening it says what is wrong
    password = None
    if protected:
        password = os.environ.get(PASSWORD) or ask(f"Password of {path.name}")
    return PrivateKey.load(path, password)


def read_release(
    version: int, preview: bool, proof: Path | None, approvals: Path | None, notes: Path | None
) -> Release:
    """What accompanies the content, from the files that were named. Raises KnowledgeError where one cannot be read."""
    statements = {path.name: _read(path) for path in sorted(approvals.glob("*.json"))} if approvals else {}
    for name, data in statements.items():
        unverified_statement(data, name)  # whoever reads the bundle verifies it; here it only has to be one
    if approvals and not statements:
        raise _error(str(approvals), "there are no signed statements (*.json) in it", "name the folder that holds them")
    return Release(
        version=version,
        preview=preview,
        proof=_read(proof) if proof else None,
        approvals=statements,
        notes=_read(notes).decode("utf-8", "replace") if notes else None,
    )


def released(repository: Path, kb: Path, number: int, proof: Path | None) -> tuple[Opened, Release]:
    """What was released under a number, with its notes and the approvals of its records.

    Raises KnowledgeError where there is no such release, it is retired, or it cannot be read as it was released.
    """
    where = f"release {number}"
    try:
        desk = open_desk(repository, kb.as_posix())
        state = desk.state()
        found = state.release(number)
        if found is None:
            raise _error(where, "there is no such release", "`algos releases` lists them")
        if found.retired:
            instead = found.retired.replacement
            fix = f"export release {instead}" if instead else "export another release"
            raise _error(where, f"it is retired: {found.retired.reason}", fix)
        loaded = desk.views.at(found.what.commit, desk.today()).loaded
    except WorkspaceError as error:
        raise _error(where, error.what, error.fix) from None
    if loaded.kb is None or identity(loaded.files) != found.what.identity:
        raise _error(where, "its content is not the one that was released", "`algos audit` says what happened")
    held = {(path, digest(data, path)) for path, data in loaded.files.items()}
    approvals = {
        Path(approval.entry.path).name: approval.entry.data
        for approval in state.approvals
        if not approval.withdrawn
        and not approval.entry.fault
        and any((one.path, one.after) in held for one in approval.what.records)
    }
    what = found.what
    return Opened(loaded.kb, loaded), Release(
        version=0 if what.preview else what.number,
        preview=what.preview,
        unreviewed=what.preview,
        proof=_read(proof) if proof else None,
        approvals=approvals,
        notes=f"# {what.name}\n\n{what.for_clinicians}\n\n## For app developers\n\n{what.for_developers}\n",
    )


def clash(what: str, fix: str = "leave one of the two out") -> KnowledgeError:
    """Options that do not go together."""
    return _error("options", what, fix)


def must_be_sound(opened: Opened, today: date) -> None:
    """Raises KnowledgeError where a check finds an error, or an example or a case fails: that is never released."""
    _, findings = check_files(dict(opened.loaded.files), today)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise KnowledgeError(errors)
    assessor = Assessor(opened.kb)
    for results in (run_examples(assessor), run_cases(assessor)):
        for result in results:
            if result.failed:
                what = f"the {result.kind} `{result.id}` fails: {result.differences[0][1]}"
                raise _error(result.id, what, "`algos test` shows what differs; or export a preview")


def export(
    opened: Opened,
    release: Release,
    keys: list[PrivateKey],
    others: list[PublicKey],
    archive: Path | None,
    folder: Path | None,
    site: Path | None = None,
) -> Bundle:
    """Build a signed bundle and write it as an archive, as a folder, and with the assessment, as asked.

    Raises KnowledgeError; where one of these places is taken, before anything is written.
    """
    if archive and archive.exists():
        raise _error(str(archive), "the file exists already", "choose another name: a release is never written over")
    places = [place for place in (archive, folder, site) if place]
    for at, place in enumerate(places):
        if place.absolute() in [one.absolute() for one in places[:at]]:
            raise _error(str(place), "two things would be written here", "name another place for one of them")
        if place != archive:
            must_be_new(place)
    bundle = build(opened.kb, opened.loaded.files, release, keys, others)
    if archive:
        _write(archive, bundle.archive())
    if folder:
        bundle.write_folder(folder)
    if site:
        write_site(bundle, KeySet((*[key.public for key in keys], *others)), site)
    return bundle


def sign(place: Path, key: PrivateKey) -> None:
    """Add a signature to a bundle that names the key among its signers. Raises RefusedError or KnowledgeError."""
    if place.is_dir():
        signed = FolderSource(place).manifest()
        _write(place / "manifest.jws", add_signature(signed, key))
        return
    data = _read(place)
    signed = ArchiveSource(data).manifest()
    manifest: Manifest = unverified(signed)
    members = tar.members(data, signed, manifest)
    _write(place, tar.write(add_signature(signed, key), members.items()))


def new_key(path: Path, name: str, password: str | None, keys: Path | None) -> PrivateKey:
    """Make a key pair, save the private key, and add the public one to a set of keys. Raises RefusedError."""
    trusted = load_keys(keys) if keys else KeySet()
    key = PrivateKey.generate(name)
    key.save(path, password)
    if keys:
        save_keys(keys, trusted.with_key(key.public))
    return key


def load_keys(path: Path) -> KeySet:
    """The public keys in a file; none where there is no such file yet. Raises RefusedError."""
    return KeySet.load(path) if path.exists() else KeySet()


def save_keys(path: Path, keys: KeySet) -> None:
    """Write a set of public keys. Raises KnowledgeError."""
    _write(path, keys.to_json().encode())


def add_keys(path: Path, others: Path) -> tuple[list[PublicKey], list[PublicKey]]:
    """Trust the keys of another file as well, and no more those that it says are revoked: what was added, and revoked.

    Raises RefusedError.
    """
    keys = load_keys(path)
    added, revoked = [], []
    for key in KeySet.load(others).keys:
        known = keys.get(key.id)
        if known is None:
            added.append(key)
            keys = keys.with_key(key)
        elif key.revoked_at and not known.revoked_at:
            revoked.append(known)
            keys = keys.revoked(key.id, key.revoked_at, key.reason)
    save_keys(path, keys)
    return added, revoked


def revoke_key(path: Path, key_id: str, reason: str) -> PublicKey:
    """Mark a key as revoked from now on; `key_id` may be the beginning of its id. Raises RefusedError."""
    keys = KeySet.load(path)
    found = [key for key in keys.keys if key.id.startswith(key_id)]
    if len(found) != 1:
        what = "no key" if not found else f"{len(found)} keys"
        raise RefusedError(
            "keys.file", str(path), f"{what} with an id that begins `{key_id}`", "`algos keys list` shows the ids"
        )
    save_keys(path, keys.revoked(found[0].id, datetime.now(UTC), reason))
    return found[0]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _error(str(path), f"it cannot be read: {error.strerror}", "check the name") from None


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomically(path, data)
    except OSError as error:
        fix = "check that the folder may be written to and has room"
        raise _error(str(path), f"it cannot be written: {error.strerror}", fix) from None


def _error(where: str, what: str, fix: str) -> KnowledgeError:
    return KnowledgeError([Finding(where, 0, "", "BN020", "bundle.build", what, fix)])
