"""The assessment on a draft, as a patient would see it: for authors, on the machine on which the console runs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from engine.knowledge import KnowledgeBase
from exports.assessment.serve import preview_application
from exports.bundle.build import build
from exports.bundle.content import Release
from exports.bundle.model import MANIFEST
from exports.sign import KeySet, PrivateKey

_KEPT = 8
_PATIENCE = 20.0
"""Seconds within which the server has to answer."""


class Previews:
    """A web server with the previews that were asked for last, each at a path of its own.

    Previews are signed with a key that is made here and kept nowhere, so no other site takes them.
    """

    def __init__(self) -> None:
        self._key = PrivateKey.generate("Preview in the console")
        self._lock = threading.Lock()
        self._routes: list[BaseRoute] = []
        self._app = Starlette()
        self._port: int | None = None

    def has(self, name: str) -> bool:
        """Whether a preview is ready."""
        return any(isinstance(one, Mount) and one.path == f"/{name}" for one in self._routes)

    def address(self, name: str, host: str = "localhost") -> str:
        """Where a preview is that is ready."""
        return f"http://{host}:{self._port}/{name}/"

    def make(self, name: str, kb: KnowledgeBase, files: Mapping[str, bytes]) -> None:
        """Build the preview of a knowledge base, which takes some seconds, and serve it. Raises KnowledgeError."""
        with self._lock:
            if self.has(name):
                return
            bundle = build(kb, files, Release(0, preview=True), [self._key])
            stored = {MANIFEST: bundle.signed, **bundle.files}
            site = preview_application(stored, KeySet((self._key.public,)))
            self._routes = [*self._routes, Mount(f"/{name}", app=site)][-_KEPT:]
            self._app.router.routes = self._routes
            if self._port is None:
                self._port = self._start()

    def _start(self) -> int:
        """Start the server; its port."""
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(self._app, log_level="error"))
        threading.Thread(target=server.run, args=([bound],), name="algos-preview", daemon=True).start()
        end = time.monotonic() + _PATIENCE
        while not server.started and time.monotonic() < end:
            time.sleep(0.01)
        return int(bound.getsockname()[1])
