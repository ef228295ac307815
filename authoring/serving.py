"""Starting the console for somebody who typed a command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from authoring.workspace import Workspace, WorkspaceError
from engine.finding import Finding, KnowledgeError

ROOT = Path(__file__).parent.parent


def serve_console(repository: Path, folder: str, port: int, out: Console, sign_in: Path | None = None) -> int:
    """Serve the console on this machine until it is stopped; the exit code of its server.

    `sign_in`: Streamlit's secrets file, whose `[auth]` names the identity provider; without it, nobody signs in.

    Raises KnowledgeError, with what to do, where the repository cannot be used or the port is taken.
    """
    try:
        workspace = Workspace(repository, folder)
    except WorkspaceError as error:
        raise KnowledgeError(
            [Finding(str(repository), 0, "", "WS001", "workspace.unusable", error.what, error.fix)]
        ) from None
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", port))
        except OSError:
            raise KnowledgeError(
                [
                    Finding(
                        f"port {port}",
                        0,
                        "",
                        "WS002",
                        "workspace.port",
                        "another program uses this port",
                        "choose another with --port",
                    )
                ]
            ) from None
    out.print(f"Algos is at http://localhost:{port} (stop it with Ctrl+C)")
    environment = {
        **os.environ,
        "ALGOS_REPOSITORY": str(workspace.directory),
        "ALGOS_FOLDER": folder,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
    }
    command = [
        sys.executable,
        "-m",
        "authoring.console.server",
        "--server.port",
        str(port),
        "--server.address",
        "localhost",
    ]
    if sign_in is not None:
        if not sign_in.is_file():
            raise KnowledgeError(
                [
                    Finding(
                        str(sign_in),
                        0,
                        "",
                        "WS004",
                        "workspace.sign-in",
                        "there is no such file",
                        "give the file whose [auth] names your identity provider; docs/review.md shows one",
                    )
                ]
            )
        command += ["--secrets.files", str(sign_in.resolve())]
    try:
        return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 0
