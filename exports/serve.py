"""Releases over HTTP, as any web server or CDN would do it: static files with an ETag, and nothing else.

The folder that is served holds releases, each as an archive or as a folder; a release that is put there is served from
the next request on.

    /manifest.jws                the newest release: the address that apps follow ends before this name
    /files/<sha256>.<ending>     every file of every release, never changing
    /<version>/manifest.jws      one release, for whoever wants exactly that one
    /releases.json               which releases there are
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from exports.bundle import archive
from exports.bundle.model import MANIFEST, Manifest
from exports.bundle.source import ArchiveSource, FolderSource
from exports.sign.manifest import unverified_payload
from exports.sign.refused import RefusedError

log = logging.getLogger("algos.serve")

FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"
_TYPES = {
    ".json": "application/json",
    ".jws": "application/jose+json",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class _Place:
    """Some bytes of a file on disk."""

    path: Path
    start: int
    size: int
    etag: str

    def read(self) -> bytes:
        with self.path.open("rb") as stream:
            stream.seek(self.start)
            return stream.read(self.size)


@dataclass(frozen=True)
class _Release:
    """One release that lies in the folder."""

    manifest: Manifest
    signed: bytes
    files: dict[str, _Place]


class Releases:
    """What lies in a folder of releases, looked at again whenever something in it changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._releases: tuple[_Release, ...] = ()

    def all(self) -> tuple[_Release, ...]:
        """The releases, oldest first. What is no release, or not whole yet, is left out and logged."""
        stamps = (self._stamp(path) for path in self._folder.iterdir() if not path.name.startswith("."))
        seen = tuple(sorted(stamp for stamp in stamps if stamp))
        if seen != self._seen:
            found = []
            for name, _, _ in seen:
                try:
                    found.append(_release(self._folder / name))
                except (RefusedError, OSError) as error:
                    what = error.finding.what if isinstance(error, RefusedError) else str(error)
                    log.warning("%s is not served: %s", name, what)
            self._releases = tuple(sorted(found, key=lambda one: one.manifest.version))
            self._seen = seen
        return self._releases

    def _stamp(self, path: Path) -> tuple[str, int, int] | None:
        try:
            about = (path / MANIFEST if path.is_dir() and (path / MANIFEST).exists() else path).stat()
        except OSError:  # taken away a moment ago, or a link to nothing
            return None
        return path.name, about.st_mtime_ns, about.st_size


def _release(path: Path) -> _Release:
    """What a file or folder holds; only apps, which know the keys, verify it."""
    if path.is_dir():
        signed = FolderSource(path).manifest()
        manifest = unverified(signed)
        places = {file.stored_as: (path / file.stored_as, 0, file.size) for file in manifest.files}
    else:
        signed = ArchiveSource.open(path).manifest()
        manifest = unverified(signed)
        inside, whole = archive.layout(signed, manifest)
        if path.stat().st_size != whole:
            raise RefusedError("bundle.truncated", path.name, "it is not whole", "wait until it is copied")
        places = {name: (path, start, size) for name, (start, size) in inside.items()}
    etags = {file.stored_as: file.sha256 for file in manifest.files}
    return _Release(manifest, signed, {name: _Place(*place, etags[name]) for name, place in places.items()})


def unverified(signed: bytes) -> Manifest:
    """A manifest whose signatures were not looked at. Raises RefusedError where it is none."""
    try:
        return Manifest.model_validate_json(unverified_payload(signed))
    except ValidationError as error:
        raise RefusedError("bundle.manifest", MANIFEST, str(error.errors()[0]["msg"]), "export it again") from None


def application(folder: Path) -> Starlette:
    """The web application that serves the releases in a folder."""
    releases = Releases(folder)

    def newest() -> _Release | None:
        return next((one for one in reversed(releases.all()) if not one.manifest.preview), None)

    def numbered(request: Request) -> _Release | None:
        version = request.path_params["version"]
        return next((one for one in releases.all() if str(one.manifest.version) == version), None)

    def manifest(request: Request) -> Response:
        release = numbered(request) if "version" in request.path_params else newest()
        return _answer(request, release.signed, ".jws", ASK) if release else _missing()

    def file(request: Request) -> Response:
        name = f"files/{request.path_params['name']}"
        places = (one.files[name] for one in reversed(releases.all()) if name in one.files)
        place = next(places, None)
        ending = re.search(r"\.[a-z0-9]+$", name)
        if place is None or ending is None:
            return _missing()
        if _fresh(request, place.etag):
            return _unchanged(place.etag, FOREVER)
        try:
            data = place.read()
        except OSError:  # the release was taken away a moment ago
            return _missing()
        if hashlib.sha256(data).hexdigest() != place.etag:  # it is still being copied, or was altered: nobody keeps it
            return _answer(request, data, ending[0], "no-store")
        return _answer(request, data, ending[0], FOREVER, place.etag)

    def listed(request: Request) -> Response:
        rows = [
            {
                "version": one.manifest.version,
                "title": one.manifest.title,
                "review_by": one.manifest.review_by.isoformat(),
                "unreviewed": one.manifest.unreviewed,
                "preview": one.manifest.preview,
            }
            for one in reversed(releases.all())
        ]
        return _answer(request, json.dumps(rows).encode(), ".json", ASK)

    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET"], expose_headers=["ETag"])
    routes = [
        Route("/manifest.jws", manifest),
        Route("/files/{name}", file),
        Route("/releases.json", listed),
        Route("/{version}/manifest.jws", manifest),
        Route("/{version}/files/{name}", file),
    ]
    return Starlette(routes=routes, middleware=[cors])


def _answer(request: Request, data: bytes, ending: str, caching: str, etag: str | None = None) -> Response:
    etag = etag or hashlib.sha256(data).hexdigest()
    if _fresh(request, etag):
        return _unchanged(etag, caching)
    headers = {"ETag": f'"{etag}"', "Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(data, media_type=_TYPES.get(ending, "application/octet-stream"), headers=headers)


def _fresh(request: Request, etag: str) -> bool:
    """Whether the client has it already (RFC 9110, section 13.1.2)."""
    given = request.headers.get("If-None-Match", "")
    return given.strip() == "*" or etag in [one.strip().removeprefix("W/").strip('"') for one in given.split(",")]


def _unchanged(etag: str, caching: str) -> Response:
    return Response(status_code=304, headers={"ETag": f'"{etag}"', "Cache-Control": caching})


def _missing() -> Response:
    return Response("There is no such release or file.\n", status_code=404, media_type="text/plain")
