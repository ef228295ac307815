"""Verdicts kept by what was asked: an edit asks again only what it can change.

The key is the digest of the query's circuit (`Circuit.digest`), the questions that it reads, and the solver:
names of rules and files are not in it. The people of a kept verdict are confirmed again each time.

Each edit asks anew, and leaves verdicts that nobody will ask for again. What was not asked for in `DAYS` days goes, and
of more than `MOST` verdicts those that were asked for longest ago.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

VERSION = "4"
"""Changes when the encoding does, so that older verdicts are not taken."""
DAYS = 60
MOST = 100_000
"""About 30 MB."""
_AT_ONCE = 500
"""Keys that are asked for in one query; SQLite takes 999 at least."""


def usual_place() -> Path:
    """The user's cache folder (XDG Base Directory Specification), with `algos/proofs.sqlite` in it."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "algos" / "proofs.sqlite"


class Cache:
    """A file of verdicts; None keeps nothing. One that cannot be read or written is as good as none."""

    def __init__(self, path: Path | None, today: Callable[[], date] = date.today) -> None:
        self._path = path
        self._today = today
        self._tidied = 0

    def get(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The verdicts that are known, by key."""
        wanted = sorted(set(keys))
        if self._path is None:
            return {}
        found: dict[str, dict[str, Any]] = {}
        day = self._today().toordinal()
        try:
            if not self._path.exists():
                return {}
            with closing(self._open()) as base:
                earlier = []
                for at in range(0, len(wanted), _AT_ONCE):
                    some = wanted[at : at + _AT_ONCE]
                    places = ",".join("?" * len(some))
                    rows = base.execute(
                        f"SELECT key, verdict, day FROM verdicts LEFT JOIN uses USING (key) WHERE key IN ({places})",
                        some,
                    )
                    for key, verdict, last in rows:
                        found[key] = json.loads(verdict)
                        if last != day:
                            earlier.append(key)
                with suppress(sqlite3.Error), base:  # where nothing can be written, it is read all the same
                    base.executemany("INSERT OR REPLACE INTO uses VALUES (?, ?)", [(key, day) for key in earlier])
            return found
        except (sqlite3.Error, OSError, ValueError):
            return {}

    def put(self, verdicts: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep some verdicts."""
        if self._path is None or not verdicts:
            return
        day = self._today().toordinal()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as base:
                with base:
                    base.executemany(
                        "INSERT OR REPLACE INTO verdicts VALUES (?, ?)",
                        [(key, json.dumps(verdict)) for key, verdict in verdicts.items()],
                    )
                    base.executemany("INSERT OR REPLACE INTO uses VALUES (?, ?)", [(key, day) for key in verdicts])
                if self._tidied != day:
                    self._tidied = day
                    _tidy(base, day)
        except (sqlite3.Error, OSError):
            return

    def _open(self) -> sqlite3.Connection:
        assert self._path is not None
        base = sqlite3.connect(self._path, timeout=5)
        base.execute("CREATE TABLE IF NOT EXISTS verdicts (key TEXT PRIMARY KEY, verdict TEXT)")
        base.execute("CREATE TABLE IF NOT EXISTS uses (key TEXT PRIMARY KEY, day INTEGER) WITHOUT ROWID")
        return base


def _tidy(base: sqlite3.Connection, day: int) -> None:
    """Take away what nobody asks for, all of it or nothing, and give its room back where it is much."""
    with base:
        base.execute("INSERT OR IGNORE INTO uses SELECT key, ? FROM verdicts", (day,))  # kept by an earlier version
        base.execute("DELETE FROM uses WHERE day < ?", (day - DAYS,))
        base.execute("DELETE FROM uses WHERE key NOT IN (SELECT key FROM uses ORDER BY day DESC, key LIMIT ?)", (MOST,))
        base.execute("DELETE FROM verdicts WHERE key NOT IN (SELECT key FROM uses)")
    [free], [pages] = (base.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_count"))
    if 2 * free > pages:
        base.execute("VACUUM")
