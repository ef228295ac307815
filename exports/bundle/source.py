"""Where a bundle is read from: an archive, a folder, or a web address. Nothing here trusts what it reads."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin

from engine import jsontext
from exports.bundle import archive
from exports.bundle.model import MANIFEST, MAX_BUNDLE, BundleFile, Manifest
from exports.sign.refused import RefusedError

MAX_SIGNED = 2 * jsontext.MAX_BYTES
"""The most bytes of a signed manifest that are read."""
TIMEOUT = 20.0
"""Seconds that a web server may stay silent."""


class Source(Protocol):
    """Something that holds one bundle."""

    def manifest(self) -> bytes:
        """The bytes of the signed manifest. Raises RefusedError."""

    def check(self, manifest: Manifest) -> None:
        """Refuse what does not belong to a bundle with this manifest, as far as the place shows what it holds."""

    def read(self, file: BundleFile) -> bytes:
        """At most one byte more than a file should have. Raises RefusedError where it is not there."""


class ArchiveSource:
    """A bundle in one tar archive, in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._members: dict[str, bytes] = {}

    @classmethod
    def open(cls, path: Path) -> ArchiveSource:
        """The archive in a file. Raises RefusedError where it cannot be read or is too large."""
        try:
            size = path.stat().st_size
            if size > 2 * MAX_BUNDLE:
                raise RefusedError("bundle.size", str(path), f"it has {size} bytes", "give a bundle")
            return cls(path.read_bytes())
        except OSError as error:
            raise RefusedError("bundle.unreachable", str(path), f"it cannot be read: {error.strerror}", _NAME) from None

    def manifest(self) -> bytes:
        """The first member."""
        return archive.first(self._data)

    def check(self, manifest: Manifest) -> None:
        """Compare every byte outside the files with what the manifest determines."""
        self._members = archive.members(self._data, archive.first(self._data), manifest)

    def read(self, file: BundleFile) -> bytes:
        """A member's bytes."""
        return self._members[file.stored_as]


class FolderSource:
    """A bundle that lies unpacked in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def manifest(self) -> bytes:
        """The file `manifest.jws`."""
        return self._bytes(MANIFEST, MAX_SIGNED, "bundle.unsigned")

    def check(self, manifest: Manifest) -> None:
        """Refuse a file that the manifest does not list."""
        listed = {MANIFEST, *(file.stored_as for file in manifest.files)}
        for name in self._names():
            if name not in listed:
                raise RefusedError("bundle.extra-file", name, "the manifest does not list it", archive.FETCH)

    def read(self, file: BundleFile) -> bytes:
        """A file's bytes."""
        return self._bytes(file.stored_as, file.size, "bundle.missing-file")

    def _names(self) -> Iterator[str]:
        for path in sorted(self._folder.rglob("*")):
            if not path.is_dir() or path.is_symlink():
                yield path.relative_to(self._folder).as_posix()

    def _bytes(self, name: str, most: int, missing: str) -> bytes:
        path = self._folder / name
        try:
            if path.is_symlink():
                raise RefusedError("bundle.extra-file", name, "it is a link, not a file", archive.FETCH)
            with path.open("rb") as stream:
                return stream.read(most + 1)
        except FileNotFoundError:
            reason = "bundle.unsigned" if missing == "bundle.unsigned" else "bundle.missing-file"
            raise RefusedError(reason, name, "it is not there", archive.FETCH) from None  # type: ignore[arg-type]
        except OSError as error:
            raise RefusedError("bundle.unreachable", name, f"it cannot be read: {error.strerror}", _NAME) from None


class WebSource:
    """A bundle on a web host: the address of the folder that holds `manifest.jws`."""

    def __init__(self, address: str) -> None:
        self._base = address if address.endswith("/") else address + "/"
        self.etag: str | None = None
        """What the server called the manifest that was read last."""

    def manifest(self) -> bytes:
        """The manifest, freshly fetched."""
        data = self.changed(None)
        assert data is not None
        return data

    def changed(self, etag: str | None) -> bytes | None:
        """The manifest, or None where the server says that it is still the one with this ETag."""
        headers = {"Cache-Control": "no-cache"} | ({"If-None-Match": etag} if etag else {})
        try:
            data, self.etag = self._fetch(MANIFEST, MAX_SIGNED, headers)
            return data
        except urllib.error.HTTPError as error:
            if error.code == 304 and etag:
                self.etag = etag
                return None
            raise self._unreachable(MANIFEST, f"the server says {error}") from None

    def check(self, manifest: Manifest) -> None:
        """A web host does not list what it holds; only what the manifest lists is ever fetched."""

    def read(self, file: BundleFile) -> bytes:
        """A file's bytes."""
        try:
            return self._fetch(file.stored_as, file.size, {})[0]
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise RefusedError("bundle.missing-file", file.path, "the server does not have it", _AGAIN) from None
            raise self._unreachable(file.stored_as, f"the server says {error}") from None

    def _fetch(self, name: str, most: int, headers: Mapping[str, str]) -> tuple[bytes, str | None]:
        """At most one byte more than `most` of a file, and what the server calls it."""
        try:
            request = urllib.request.Request(urljoin(self._base, name), headers=dict(headers))
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # the address is http or https: see `at`
                return answer.read(most + 1), answer.headers.get("ETag")
        except urllib.error.HTTPError:
            raise
        except (OSError, ValueError, EOFError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise self._unreachable(name, f"it cannot be fetched: {reason}") from None

    def _unreachable(self, name: str, what: str) -> RefusedError:
        return RefusedError("bundle.unreachable", self._base + name, what, _ADDRESS)


def at(place: str | Path) -> Source:
    """The bundle at a place: a folder, an archive, or an http or https address. Raises RefusedError."""
    if isinstance(place, str) and (scheme := re.match(r"([a-z]+)://", place, re.IGNORECASE)):
        if scheme[1].lower() not in ("http", "https"):
            raise RefusedError("bundle.unreachable", place, "only http and https addresses are read", _ADDRESS)
        return WebSource(place)
    path = Path(place)
    return FolderSource(path) if path.is_dir() else ArchiveSource.open(path)


_NAME = "check the name, and that it may be read"
_ADDRESS = "check the address and the connection"
_AGAIN = "try again: the host may be changing from one release to the next"
