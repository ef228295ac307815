"""Verdicts kept by what was asked: an edit asks again only what it can change.

The key is the digest of the query's circuit (`Circuit.digest`), the questions that it reads, and the solver:
names of rules and files are not in it. The people of a kept verdict are confirmed again each time.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

VERSION = "4"
"""Changes when the encoding does, so that older verdicts are not taken."""
_AT_ONCE = 500
"""Keys that are asked for in one query; SQLite takes 999 at least."""


def usual_place() -> Path:
    """The user's cache folder (XDG Base Directory Specification), with `algos/proofs.sqlite` in it."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "algos" / "proofs.sqlite"


class Cache:
    """A file of verdicts; None keeps nothing. One that cannot be read or written is as good as none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def get(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The verdicts that are known, by key."""
        wanted = sorted(set(keys))
        if self._path is None:
            return {}
        found: dict[str, dict[str, Any]] = {}
        try:
            if not self._path.exists():
                return {}
            with closing(self._open()) as base:
                for at in range(0, len(wanted), _AT_ONCE):
                    some = wanted[at : at + _AT_ONCE]
                    places = ",".join("?" * len(some))
                    rows = base.execute(f"SELECT key, verdict FROM verdicts WHERE key IN ({places})", some)
                    found |= {key: json.loads(verdict) for key, verdict in rows}
            return found
        except (sqlite3.Error, OSError, ValueError):
            return {}

    def put(self, verdicts: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep some verdicts."""
        if self._path is None or not verdicts:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as base, base:
                base.executemany(
                    "INSERT OR REPLACE INTO verdicts VALUES (?, ?)",
                    [(key, json.dumps(verdict)) for key, verdict in verdicts.items()],
                )
        except (sqlite3.Error, OSError):
            return

    def _open(self) -> sqlite3.Connection:
        assert self._path is not None
        base = sqlite3.connect(self._path, timeout=5)
        base.execute("CREATE TABLE IF NOT EXISTS verdicts (key TEXT PRIMARY KEY, verdict TEXT)")
        return base
