"""`python -m authoring.console.server [option ...]`: Streamlit's server, with the approved version read ahead.

The first page that somebody opens would otherwise wait until everything is read and checked: some seconds for the
starter knowledge base, longer with thousands of changes.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from datetime import date
from pathlib import Path

from streamlit.web import cli

from authoring.console.session import views_here
from authoring.review.opening import desk_for
from authoring.workspace import WorkspaceError
from engine.finding import KnowledgeError

APP = Path(__file__).parent / "app.py"


def read_ahead() -> None:
    """Read and check what is approved, and how the changes stand. Problems are told by the page that meets them."""
    with contextlib.suppress(WorkspaceError, KnowledgeError):
        views = views_here()
        view = views.approved(date.today())
        if view.runs:
            view.case_results  # noqa: B018  # worked out once and kept
        desk_for(views).state()


if __name__ == "__main__":
    threading.Thread(target=read_ahead, name="algos-read-ahead", daemon=True).start()
    cli.main(["run", str(APP), *sys.argv[1:]], prog_name="streamlit")
