"""How long the console's pages take to run again, and how long a save takes.

    python -m benchmarks.console_rerun [--kb kb] [--times 9]

Whatever somebody does on a page makes it run again; what was typed arrives with the next run. Each page is opened on a
draft of a copy of the knowledge base and run again; the pages of one record are opened on one that has much to show.
Where a form is open another text is typed into it before each run, so that the record is built and checked anew. A save
is one record changed, canonical text, commit and all checks of the whole draft with the memory of the checks before;
beside it the same checks without that memory.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from streamlit.testing.v1 import AppTest

from authoring import actions
from authoring.actions import Views
from authoring.workspace import Draft, Person, Workspace

PAGES = Path(__file__).parent.parent / "authoring" / "console" / "views"
LIMIT = 500.0
"""Milliseconds that the median run of a page may take."""
SAVE_LIMIT = 1000.0
AUTHOR = Person("Benchmark", "benchmark@example.org")
OPENED: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    ("home", {}, {}),
    ("rules", {}, {}),
    ("rules", {"rule": "most used"}, {"rule-mode": "Read"}),
    ("rules", {"rule": "most used"}, {"rule-mode": "Edit"}),
    ("terms", {}, {}),
    ("terms", {"term": "first"}, {}),
    ("conditions", {}, {}),
    ("conditions", {"condition": "longest"}, {}),
    ("conditions", {"condition": "longest", "part": "today"}, {}),
    ("conditions", {"condition": "longest", "view": "details"}, {}),
    ("conditions", {"condition": "longest", "view": "used"}, {}),
    ("questions", {}, {}),
    ("questions", {"question": "most used"}, {}),
    ("constraints", {}, {}),
    ("constraints", {"constraint": "first"}, {}),
    ("translations", {}, {}),
    ("translations", {"language": "de"}, {}),
    ("translations", {"language": "de", "part": "emergency"}, {}),
    ("translations", {"language": "de", "part": "emergency", "text": "settings/urgency/emergency/advice"}, {}),
    ("translations", {"language": "de", "view": "file"}, {}),
    ("translations", {"what": "numbers", "numbers": "GB"}, {}),
    ("sources", {}, {}),
    ("sources", {"source": "most used"}, {}),
    ("bench", {}, {}),
    ("bench", {"case": "first"}, {}),
    ("cases", {}, {}),
    ("cases", {"case": "first"}, {}),
    ("cases", {}, {"cases-way": "What no case tries"}),
)
"""Page, what its address selects, and what its widgets hold."""


def main() -> int:
    """Measure, and print a table; 1 where a median is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--times", type=int, default=9)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="algos-bench-") as folder:
        repository = Path(folder)
        shutil.copytree(options.kb, repository / "kb")
        identity = ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org"]
        for command in (["init", "-qb", "main"], ["add", "-A"], [*identity, "commit", "-qm", "one"]):
            subprocess.run(["git", *command], cwd=repository, check=True)
        views = Views(Workspace(repository))
        draft = actions.start_draft(views.workspace, "Benchmark", AUTHOR)
        slow = saves(views, draft, options.times)
        draft = views.workspace.draft(draft.id)
        slow += pages(repository, views, draft, options.times)
    return 1 if slow else 0


def milliseconds(what: Callable[[], object]) -> float:
    """How long something takes."""
    begin = time.perf_counter()
    what()
    return (time.perf_counter() - begin) * 1000


def saves(views: Views, draft: Draft, times: int) -> int:
    """Save changes of different kinds, and check everything without a memory for comparison."""
    view = views.at(draft.head, date.today())
    whole = milliseconds(lambda: view.findings)
    print(f"save: {len(view.kb.rules)} rules, {len(view.kb.cases)} cases, {len(view.files)} files\n")
    print(f"{'what is saved':34} {'median ms':>10} {'of a whole check':>18}")
    changes = {
        "a rule's title": ("rules/", lambda record, at: record.update(title=f"Title {at}")),
        "a rule's criterion": ("rules/", lambda record, at: record.update(when={"not": {"not": record["when"]}})),
        "a condition's guide": ("conditions/", lambda record, at: record["guide"].update(summary=f"Summary {at}.")),
        "a question's words": ("questions/", lambda record, at: record["questions"][0].update(text=f"Words {at}?")),
        "a case's story": ("cases/", lambda record, at: record.update(story=f"Story {at}.")),
    }
    slow = 0
    for what, (folder, change) in changes.items():
        taken = []
        paths = [path for path in sorted(view.files) if path.startswith(folder)]
        for at in range(times):
            path = paths[at * len(paths) // times]
            record = json.loads(views.workspace.files(draft.head)[path])
            change(record, at)

            def save(path: str = path, record: object = record) -> None:
                nonlocal draft
                draft = actions.save_records(views, draft, {path: record}, "Benchmark", AUTHOR).draft

            taken.append(milliseconds(save))
        slow += median(taken) > SAVE_LIMIT
        print(f"{what:34} {median(taken):10.0f} {median(taken) / whole:17.0%}")
    print(f"{'(the whole check, without memory)':34} {whole:10.0f}\n")
    return slow


def selection(views: Views, draft: Draft, name: str, which: str) -> str:
    """The record that a page is opened on."""
    view = views.at(draft.head, date.today())
    kb = view.kb
    of_kind: dict[str, list[str]] = {
        "rule": sorted(kb.active, key=lambda id_: -len(kb.active[id_].examples)),
        "condition": sorted(kb.current_conditions, key=lambda id_: -len(view.files[kb.paths["condition", id_]])),
        "question": sorted(kb.compared, key=lambda id_: -sum(id_.encode() in data for data in view.files.values())),
        "source": sorted(kb.sources, key=lambda id_: -sum(id_.encode() in data for data in view.files.values())),
        "term": sorted(kb.terms),
        "constraint": sorted(kb.constraints),
        "case": sorted(kb.cases),
    }
    return of_kind[name][0] if name in of_kind else which


def type_into(app: AppTest, at: int) -> None:
    """Type another text into every form that is open."""
    state = {name: app.session_state[name] for name in ("works", "condition-works") if name in app.session_state}
    for work in state.get("works", {}).values():
        if work.stored:
            name = next(one for one in ("title", "text", "name", "numbers") if one in work.fields)
            work.fields[name] = f"Typed {at}"
    for work in state.get("condition-works", {}).values():
        work.form["guide"]["summary"] = f"Typed {at}."


def pages(repository: Path, views: Views, draft: Draft, times: int) -> int:
    """Open every page and run it again some times."""
    os.environ["ALGOS_REPOSITORY"] = str(repository)
    print(f"{'page':44} {'opened ms':>10} {'again ms':>9} {'slowest':>8}")
    slow = 0
    for page, selected, state in OPENED:
        app = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=300)
        app.query_params["draft"] = draft.id
        for name, which in selected.items():
            app.query_params[name] = selection(views, draft, name, which)
        for name, value in state.items():
            app.session_state[name] = value
        opened = milliseconds(app.run)
        assert not app.exception, app.exception
        taken = []
        for at in range(times):
            type_into(app, at)
            taken.append(milliseconds(app.run))
        over = median(taken) > LIMIT
        slow += over
        words = " ".join([page, *(f"{name}={which}" for name, which in selected.items()), *state.values()])
        print(f"{words:44} {opened:10.0f} {median(taken):9.0f} {max(taken):8.0f}{'  over the limit' if over else ''}")
    print(f"\nlimit: {LIMIT:.0f} ms at the median for a page that runs again, {SAVE_LIMIT:.0f} ms for a save")
    return slow


if __name__ == "__main__":
    sys.exit(main())
