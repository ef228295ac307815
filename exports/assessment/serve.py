"""The assessment over HTTP: the site, and beside it the newest release of a folder, or one preview."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from exports import serve
from exports.assessment.files import BUNDLE, TYPES, policy, site_files
from exports.sign.keys import KeySet

_HEADERS = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def application(releases: Path, keys: KeySet) -> Starlette:
    """The site with the newest release in a folder. A release that is put there is used from the next visit on."""
    return _application(site_files(keys), Mount(f"/{BUNDLE}", app=serve.application(releases)))


def preview_application(files: Mapping[str, bytes], keys: KeySet) -> Starlette:
    """The site with one preview: its signed manifest and its files, by where they are stored."""

    def answer(request: Request) -> Response:
        name = str(request.path_params["name"])
        return _answer(request, files, name)

    return _application(site_files(keys, preview=True), Route(f"/{BUNDLE}/{{name:path}}", answer))


def _application(files: Mapping[str, bytes], bundle: BaseRoute) -> Starlette:
    secure = _HEADERS | {"Content-Security-Policy": f"{policy()}; frame-ancestors 'none'"}

    def answer(request: Request) -> Response:
        return _answer(request, files, str(request.path_params["name"]) or "index.html", secure)

    # Small files are sent as they are: there is nothing to win.
    return Starlette(
        routes=[bundle, Route("/{name:path}", answer)], middleware=[Middleware(GZipMiddleware, minimum_size=1000)]
    )


def _answer(
    request: Request, files: Mapping[str, bytes], name: str, headers: Mapping[str, str] | None = None
) -> Response:
    if name not in files:
        return Response("There is no such file.\n", status_code=404, media_type="text/plain")
    data = files[name]
    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    told = {**(headers or _HEADERS), "ETag": etag}
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        return Response(status_code=304, headers=told)
    media = TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
    return Response(data, headers=told, media_type=media)
