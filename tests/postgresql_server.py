"""A PostgreSQL server of the tests' own, in a folder of its own, started where its programs are found."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.sql_databases import Query, Row

PROGRAMS = ("initdb", "pg_ctl", "psql")


class MissingError(Exception):
    """Why there is no server here, in words."""


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server that nobody else reaches: it listens on a socket in its folder. Raises MissingError."""
    programs = _programs()
    user = _user()
    with tempfile.TemporaryDirectory(prefix="algos-pg-", dir="/tmp") as folder:  # a socket's name has at most 107 bytes
        if user is not None:
            os.chown(folder, *user)
        data = Path(folder) / "data"
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": folder}

        def run(command: Sequence[str | Path]) -> None:
            as_user = {} if user is None else {"user": user[0], "group": user[1], "extra_groups": []}
            done = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                **as_user,
            )
            assert done.returncode == 0, done.stdout + done.stderr

        run([programs["initdb"], "-D", data, "-U", "algos", "-A", "trust", "-E", "UTF8", "--no-sync"])
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run([programs["pg_ctl"], "-D", data, "-w", "-t", "120", "-l", Path(folder) / "log", "-o", settings, "start"])
        try:
            yield Server(programs["psql"], Path(folder))
        finally:
            run([programs["pg_ctl"], "-D", data, "-w", "-t", "120", "-m", "immediate", "stop"])


def _programs() -> dict[str, str]:
    """Where the programs are; Debian keeps those of the server out of PATH."""
    places = os.pathsep.join([os.environ["PATH"], *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))])
    found = {name: shutil.which(name, path=places) for name in PROGRAMS}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        raise MissingError(
            f"PostgreSQL's {', '.join(missing)} is not installed here (Debian: apt-get install postgresql)"
        )
    return {name: path for name, path in found.items() if path is not None}


def _user() -> tuple[int, int] | None:
    """Whose server it is where we are root, whom PostgreSQL refuses; None where we are not."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return user.pw_uid, user.pw_gid
    raise MissingError("PostgreSQL does not run as root, and there is no user postgres or nobody here")


class Server:
    """A running server, in which each script gets a database of its own."""

    def __init__(self, psql: str, folder: Path) -> None:
        self._psql = psql
        self._folder = folder
        self._numbers = count()

    def psql(self, database: str, commands: str) -> str:
        """What psql prints for these commands. Fails with what it says."""
        done = subprocess.run(
            [
                self._psql,
                "-h",
                self._folder,
                "-U",
                "algos",
                "-d",
                database,
                "-XqAt",
                "-v",
                "ON_ERROR_STOP=1",
                "-f",
                "-",
            ],
            input=commands,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def load(self, script: str, csv_file: Path) -> Query:
        """A database after the script, with the people of a file."""
        database = f"d{next(self._numbers)}"
        self.psql("postgres", f"CREATE DATABASE {database}")
        self.psql(database, script)
        self.psql(database, f"\\copy answers FROM '{csv_file}' (FORMAT csv, HEADER true)\n")

        def query(sql: str) -> list[Row]:
            told: list[Row] = json.loads(
                self.psql(database, f"SELECT COALESCE(json_agg(row_to_json(one_row)), '[]') FROM ({sql}) AS one_row;")
            )
            return told

        return query
