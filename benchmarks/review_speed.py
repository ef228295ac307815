"""How long a reviewer waits: the page of one change among 5,000, in a knowledge base of 800 rules.

`python -m benchmarks.review_speed [--changes N] [--rules N]`. The repository is made for it: drafts that each reword
one rule, with their events, written by `git fast-import`. Pages are run as the console runs them (Streamlit's AppTest,
no browser), after the console has read ahead, as it does when it starts. Which patients change is worked out beside the
page and is not in these times. Prints seconds on the clock and seconds of a processor (git's among them); fails where
the page of a change takes 3 s of a processor or more, as a clock says little on a machine that is busy with other
things.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from authoring.review.events import Actor, Adopted, Body, Commented, Proposed, Withdrawn, signed
from authoring.review.identity import CONSOLE_KEY
from engine.canonical import canonical_of
from engine.files import read_directory
from engine.model.rule import Rule
from exports.sign import PrivateKey

ROOT = Path(__file__).parent.parent
LIMIT = 3.0
START = datetime(2026, 1, 1, tzinfo=UTC)


def git(directory: Path, *arguments: str, data: bytes | None = None) -> str:
    done = subprocess.run(["git", *arguments], cwd=directory, input=data, capture_output=True, check=True)
    return done.stdout.decode().strip()


def knowledge(rules: int) -> dict[str, bytes]:
    """The starter knowledge base, its rules copied under other names until there are so many."""
    files = dict(read_directory(ROOT / "kb"))
    mine = sorted(path for path in files if path.startswith("rules/"))
    at = 0
    while sum(path.startswith("rules/") for path in files) < rules:
        record = json.loads(files[mine[at % len(mine)]])
        id_ = f"{record['id']}_copy{at // len(mine)}"
        Rule.model_validate_json(json.dumps({**record, "id": id_}), strict=True)
        path = f"rules/{id_}.json"
        files[path] = canonical_of({**record, "id": id_}, path).encode()
        at += 1
    return files


def stream(files: dict[str, bytes], changes: int, key: PrivateKey) -> Iterator[bytes]:
    """Everything that the repository holds, for `git fast-import`."""

    def data(content: bytes) -> bytes:
        return b"data %d\n%s\n" % (len(content), content)

    def commit(ref: str, mark: int, message: str, parent: str = "") -> bytes:
        who = f"Ada <ada@example.org> {int(START.timestamp()) + mark} +0000"
        head = f"commit {ref}\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
        return head + data(message.encode()) + (f"from {parent}\n".encode() if parent else b"")

    yield commit("refs/heads/main", 1, "one")
    for path, content in files.items():
        yield f"M 100644 inline kb/{path}\n".encode() + data(content)
    rules = sorted(path for path in files if path.startswith("rules/"))
    for number in range(changes):
        ref, mark = f"refs/algos/drafts/change-{number}", 10 + 2 * number
        yield commit(ref, mark, f"Change {number}\n\nAlgos-Draft: change-{number}", ":1")
        path = rules[number % len(rules)]
        record = json.loads(files[path]) | {"title": f"Reworded {number}"}
        yield commit(ref, mark + 1, "Reworded", f":{mark}")
        yield f"M 100644 inline kb/{path}\n".encode() + data(canonical_of(record, path).encode())


def events(directory: Path, changes: int, key: PrivateKey) -> Iterator[bytes]:
    """A proposal and a comment for each change; half of them are withdrawn."""
    main = git(directory, "rev-parse", "main")
    heads = dict(
        line.split()
        for line in git(directory, "for-each-ref", "--format=%(refname) %(objectname)", "refs/algos/").splitlines()
    )
    bodies: list[Body] = [Adopted(main=main)]
    for number in range(changes):
        id_ = f"change-{number}"
        head = heads[f"refs/algos/drafts/{id_}"]
        bodies.append(Proposed(change=id_, head=head, main=main, title=f"Change {number}", reason="It reads better."))
        bodies.append(Commented(change=id_, text="Is that what patients say?"))
        if number % 2:
            bodies.append(Withdrawn(change=id_, head=head, reason="Later."))
    who = f"Ada <ada@example.org> {int(START.timestamp())} +0000"
    yield f"commit refs/heads/reviews\nauthor {who}\ncommitter {who}\ndata 4\nmany\n".encode()
    previous = None
    for number, body in enumerate(bodies, 1):
        entry = signed(body, number, previous, Actor("Ada", "ada@example.org"), key, START + timedelta(seconds=number))
        previous = entry.digest
        yield f"M 100644 inline {entry.path}\ndata {len(entry.data)}\n".encode() + entry.data + b"\n"


PAGE = """
import json, os, sys, time
from streamlit.testing.v1 import AppTest
from authoring.console.server import read_ahead
started, used = time.perf_counter(), sum(os.times()[:4])
read_ahead()
times = {"ahead": [time.perf_counter() - started, sum(os.times()[:4]) - used]}
for name, change in (("list", None), ("cold", "change-10"), ("another", "change-11"), ("again", "change-10")):
    app = AppTest.from_file(sys.argv[1], default_timeout=120)
    if change:
        app.query_params["change"] = change
    started, used = time.perf_counter(), sum(os.times()[:4])
    app.run()
    times[name] = [time.perf_counter() - started, sum(os.times()[:4]) - used]
    assert not app.exception, app.exception
    shown = " ".join(one.value for one in app.subheader)
    assert change is None or "Change 1" in shown, shown
print(json.dumps(times))
"""


def timed(directory: Path, key: Path, change_first: bool) -> dict[str, list[float]]:
    """Seconds for each page in a new process; with `change_first`, the list is not opened before."""
    program = PAGE.replace('("list", None), ', "") if change_first else PAGE
    done = subprocess.run(
        [sys.executable, "-c", program, str(ROOT / "authoring" / "console" / "views" / "changes.py")],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ALGOS_REPOSITORY": str(directory),
            CONSOLE_KEY: str(key),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=5000)
    parser.add_argument("--rules", type=int, default=800)
    parser.add_argument("--keep", type=Path, help="Keep the repository in this folder, to look at.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.keep or Path(made)
        directory, key_file = folder / "r", folder / "console.pem"
        directory.mkdir(parents=True)
        key = PrivateKey.generate("console")
        key.save(key_file)
        git(directory, "init", "-qb", "main")
        files = knowledge(given.rules)
        git(directory, "fast-import", "--quiet", data=b"".join(stream(files, given.changes, key)))
        git(directory, "fast-import", "--quiet", data=b"".join(events(directory, given.changes, key)))
        git(directory, "pack-refs", "--all")
        git(directory, "read-tree", "main")
        rules = sum(path.startswith("rules/") for path in files)
        print(f"{rules} rules, {given.changes} changes, {len(files)} files")
        first = timed(directory, key_file, change_first=True)["cold"]
        times = timed(directory, key_file, change_first=False)
    for what, (clock, processor) in (
        ("read ahead while the console starts", times["ahead"]),
        ("a change, the first page of a new console", first),
        ("the list, the first page of a new console", times["list"]),
        ("a change, after the list", times["cold"]),
        ("another change", times["another"]),
        ("the same change again", times["again"]),
    ):
        print(f"{what:<45}{clock:6.2f} s, of a processor {processor:6.2f} s")
    slowest = max(first[1], *(times[name][1] for name in ("another", "again", "cold")))
    if slowest >= LIMIT:
        raise SystemExit(f"the page of a change takes {slowest:.1f} s; it should take less than {LIMIT:g} s")


if __name__ == "__main__":
    main()
