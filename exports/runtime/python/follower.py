"""Following the releases at a web address: fetch, verify, and only then swap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Literal

from exports.accepted import Store
from exports.bundle.model import BundleFile, Manifest
from exports.bundle.source import WebSource
from exports.runtime.python.algos import Algos
from exports.sign.keys import KeySet
from exports.sign.refused import RefusedError
from exports.verify import Accepted, Policy, allowed, verify


class Follower:
    """A bundle that keeps itself up to date. `current` is always the last good one, whole."""

    def __init__(
        self,
        address: str,
        policy: Policy,
        store: Store | None = None,
        refused: Callable[[RefusedError], None] | None = None,
        language: str | None = None,
    ) -> None:
        self._language = language
        self.current: Algos | None = None
        self._address = address
        self._policy = policy
        self._store = store
        self._refused = refused
        self._etag: str | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.reason: RefusedError | None = None
        """Why the bundle that was looked at last was refused; None where it was taken, then or before."""

    def check(self, today: date | None = None) -> bool:
        """Look once whether there is a new release; whether one was taken. At most one check runs at a time."""
        with self._lock:
            try:
                return self._check(today or date.today())
            except RefusedError as error:
                self.reason = error
                if self._refused:
                    self._refused(error)
                return False

    def _check(self, today: date) -> bool:
        source = WebSource(self._address)
        signed = source.changed(self._etag)
        taken = signed is not None and (self.current is None or self.current.bundle.signed != signed)
        if signed is not None and taken:
            bundle = verify(_Fetched(source, signed), self._policy, today, self._last())
            algos = Algos(bundle, self._language)
            if self._store:
                self._store.keep(bundle)
            self.current = algos
        self._etag = source.etag
        if not taken:
            self._still_allowed(today)
        self.reason = None
        return taken

    def _still_allowed(self, today: date) -> None:
        """Refuse what is in use where its review date has passed since, or say so, as the policy wants it."""
        assert self.current is not None
        bundle = self.current.bundle
        notices = allowed(bundle.manifest, self._policy, today)
        if notices != bundle.notices:
            self.current = Algos(replace(bundle, notices=notices), self._language)

    def _last(self) -> Accepted | None:
        if self._store:
            return self._store.last()
        return self.current.accepted if self.current and not self.current.bundle.manifest.preview else None

    def restore(self, today: date | None = None) -> bool:
        """Take up the last good bundle in the store, for a start without a network; whether there was one."""
        try:
            source = self._store.bundle() if self._store else None
            if source is None:
                return False
            bundle = verify(source, self._policy, today or date.today(), self._last())
            self.current = Algos(bundle, self._language)
        except RefusedError as error:
            self.reason = error
            return False
        return True

    def start(self, seconds: float) -> None:
        """Check every so many seconds, until `stop`."""
        self.stop()
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, args=(seconds,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Check no more."""
        self._stopped.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _run(self, seconds: float) -> None:
        while not self._stopped.wait(seconds):
            self.check()


class _Fetched:
    """A web source whose manifest was fetched already."""

    def __init__(self, source: WebSource, signed: bytes) -> None:
        self._source = source
        self._signed = signed

    def manifest(self) -> bytes:
        """The manifest as it was fetched."""
        return self._signed

    def check(self, manifest: Manifest) -> None:
        """See WebSource."""
        self._source.check(manifest)

    def read(self, file: BundleFile) -> bytes:
        """See WebSource."""
        return self._source.read(file)


def follow(
    address: str,
    keys: KeySet,
    *,
    store: Store | None = None,
    every: float | None = None,
    required: int = 1,
    overdue: Literal["refuse", "warn"] = "refuse",
    preview: bool = False,
    refused: Callable[[RefusedError], None] | None = None,
    language: str | None = None,
) -> Follower:
    """Follow the releases at a web address, checking `every` so many seconds (None: whenever `check` is called).

    The last good bundle is kept in `store`, if there is one, and is used where nothing can be fetched. Raises
    RefusedError where there is no bundle at all to be used. `refused` is told of every bundle that is not taken.
    """
    follower = Follower(address, Policy(keys, required, overdue, preview), store, refused, language)
    follower.restore()
    follower.check()
    if follower.current is None:
        assert follower.reason is not None
        raise follower.reason
    if every:
        follower.start(every)
    return follower
