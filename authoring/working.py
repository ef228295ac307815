"""Long work for somebody who typed a command: a progress bar, and Ctrl-C that is heard at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from validators.proof.solver import Cancelled

Step = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and what is next."""

Result = TypeVar("Result")


def with_progress(title: str, work: Callable[[Step, threading.Event], Result], err: Console) -> Result:
    """What `work` returns, with a progress bar on `err`. Raises Cancelled at Ctrl-C, and whatever `work` raises.

    The work runs in a thread of its own: a solver in the main thread would keep Ctrl-C waiting until it has an answer.
    """
    cancel, begun, ended = threading.Event(), threading.Event(), threading.Event()
    results: list[Result] = []
    failures: list[BaseException] = []
    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}"),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None, now="")

        def step(done: int, of: int, now: str) -> None:
            bar.update(task, completed=done, total=of or None, now=escape(now[:60]))

        def run() -> None:
            begun.set()
            try:
                results.append(work(step, cancel))
            except BaseException as error:  # raised again where somebody waits for it
                failures.append(error)
            finally:
                ended.set()

        # Events of our own: after Ctrl-C in `join` Python 3.11 takes a thread that still works for one that ended.
        try:
            threading.Thread(target=run).start()
            while not ended.wait(0.1):
                pass
        except KeyboardInterrupt:
            cancel.set()
            if begun.wait(1):  # Ctrl-C may have come before it began
                ended.wait()
            raise Cancelled from None
    if failures:
        raise failures[0]
    return results[0]
