"""`algos` for tests: each command is a process forked from one that has imported everything.

Importing takes a second, and documentation and tests have some hundred commands. What runs is the command line itself,
with its own arguments, folder, environment, input and output; only the imports are shared.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
IMPORTED = (
    "authoring.cli",
    "authoring.asking",
    "authoring.bundling",
    "authoring.changing",
    "authoring.filling",
    "authoring.guides",
    "authoring.proving",
    "authoring.review.audit",
    "authoring.warehouse",
    "exports.bundle.build",
    "exports.guide.pdf",
    "validators.population",
)
LASTING = ("serve", "console")
"""Commands that run until somebody ends them: processes from the start, so that ending them is ending all of them."""

CLIENT = """#!{python} -ISs
import json, os, socket, sys
if sys.argv[1:2] and sys.argv[1] in {lasting!r}:
    os.environ["PYTHONPATH"] = {root!r}
    os.execv({python!r}, [{python!r}, "-m", "authoring.cli", *sys.argv[1:]])
line = socket.socket(socket.AF_UNIX)
line.connect({address!r})
asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode() + b"\\n"
socket.send_fds(line, [asked[:1]], [0, 1, 2])
line.sendall(asked[1:])
sys.exit(int(line.recv(16) or 70))
"""


def algos(*arguments: object, typed: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command; a traceback anywhere is a failure."""
    done = subprocess.run(
        [_program(), *map(str, arguments)],
        input=typed,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "120"},
        timeout=100,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


@cache
def _program() -> Path:
    """The command, for as long as this process lives."""
    lasting = contextlib.ExitStack()
    atexit.register(lasting.close)
    folder = lasting.enter_context(tempfile.TemporaryDirectory())
    return lasting.enter_context(forked_cli(Path(folder))) / "algos"


@contextmanager
def forked_cli(folder: Path) -> Iterator[Path]:
    """A folder for PATH in which `algos` is; it works as long as this lasts."""
    with tempfile.TemporaryDirectory(prefix="algos-", dir="/tmp") as short:  # a socket's name has at most 107 bytes
        yield from _listening(folder / "bin", Path(short) / "socket")


def _listening(bin_: Path, address: Path) -> Iterator[Path]:
    bin_.mkdir(parents=True)
    client = CLIENT.format(python=sys.executable, lasting=LASTING, root=str(ROOT), address=str(address))
    (bin_ / "algos").write_text(client, encoding="utf-8")
    (bin_ / "algos").chmod(0o755)
    (bin_ / "python").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n', encoding="utf-8")
    (bin_ / "python").chmod(0o755)
    command = [sys.executable, "-m", "tests.forked_cli", str(address)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe) as server:
        assert server.stdout
        server.stdout.readline()  # it says when it listens
        try:
            yield bin_
        finally:
            server.terminate()


def main(address: str) -> None:
    """Listen, and fork a process for each command."""
    for name in IMPORTED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: each says its exit code itself
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        while listener in select.select([listener, 0], [], [])[0]:  # until whoever started it closes its input, or dies
            line, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _serve(line)
            line.close()


def _serve(line: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    first, files, _, _ = socket.recv_fds(line, 1, 3)
    with line.makefile("rb") as stream:
        arguments, folder, environment = json.loads(first + stream.readline())
    for number, file in enumerate(files):
        os.dup2(file, number)
    # The streams of the process that forked remember whether theirs could be rewound.
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (open(fd, "w", closefd=False) for fd in (1, 2))  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment, PYTHONPATH=str(ROOT))
    sys.argv = ["algos", *arguments]
    code: object = 70
    try:
        from authoring.cli import main as run

        run()
        code = 0
    except SystemExit as stopped:
        code = 0 if stopped.code is None else stopped.code
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    with contextlib.suppress(OSError):
        line.sendall(str(code if isinstance(code, int) else 1).encode())
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
