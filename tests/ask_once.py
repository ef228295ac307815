"""Start something that serves, ask it once, and end it: `python -m tests.ask_once PATH COMMAND ...`."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

PATIENCE = 120
"""Seconds after which it counts as not answering."""


def main(path: str, command: list[str]) -> int:
    """Exit code 0 where it answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([*command, "--port", str(port)], start_new_session=True)
    end = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end and server.poll() is None:
            with contextlib.suppress(OSError), urlopen(f"http://localhost:{port}{path}", timeout=5) as answer:
                print(f"{path}: {answer.status}")
                return 0
            time.sleep(0.1)
        print(f"{' '.join(command)} did not answer")
        return 1
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
