"""Pictures of the console's pages: `python -m docs.screenshots --help`, or `make docs-screenshots`.

The console is started on a temporary git copy of the starter knowledge base with two drafts in it: one that can be run
and changes what some saved cases give, and one that is not finished. Chromium visits each page of TOUR and does there
what a person would do. Without `--all` the pictures that the documentation shows are made anew; with it, every stop at
two widths, light and dark, for whoever changes how the console looks.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page, ViewportSize, sync_playwright

from authoring.actions import canonical_bytes
from authoring.workspace import Person, Workspace

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "screenshots"
ME = Person("Local author", "author@localhost")
RUNS, UNFINISHED = "three-features-after-a-past-cancer", "pain-that-wakes-at-four"
"""The ids of the two drafts."""
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@dataclass(frozen=True)
class Stop:
    """A page in a state worth looking at."""

    name: str
    page: str
    """The end of its address, "" for the first page."""
    address: str = ""
    do: Callable[[Page], None] | None = None
    """What a person does there."""


def _record(repository: Path, path: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((repository / "kb" / path).read_text(encoding="utf-8"))
    return read


def prepare(directory: Path) -> Path:
    """A git repository with the starter knowledge base and two drafts; `directory` must not exist."""
    shutil.copytree(ROOT / "kb", directory / "kb")
    for command in (
        ["init", "-q", "-b", "main"],
        ["config", "user.name", ME.name],
        ["config", "user.email", ME.email],
        ["add", "-A"],
        ["commit", "-q", "-m", "The starter knowledge base"],
    ):
        subprocess.run(["git", *command], cwd=directory, check=True)
    workspace = Workspace(directory)
    when = datetime.now(UTC)  # one moment: the last saved stands first, and a second may pass at any save

    path = "rules/red_flags/cancer_pattern.json"
    rule = _record(directory, path)
    rule["when"]["any"][1]["all"][3]["at_least"] = 3
    draft = workspace.start("Three features after a past cancer", ME, when)
    draft = workspace.save(draft, {path: canonical_bytes(path, rule)}, "Ask for three", ME, when)
    path = "conditions/low_back/low_back_spasm.json"
    condition = _record(directory, path)
    condition["guide"]["sections"][0]["statements"][0]["text"] = (
        "Your low back has gone into a sudden, strong cramp. Involuntary contraction of the paravertebral musculature, "
        "occasionally asymmetrical, temporarily restricts lumbar mobility."
    )
    workspace.save(draft, {path: canonical_bytes(path, condition)}, "Say what happens", ME, when)

    path = "rules/evidence/axial_spondyloarthritis/wakes_at_four.json"
    rule = _record(directory, "rules/evidence/axial_spondyloarthritis/" + _first_rule(directory))
    rule |= {"id": path.removeprefix("rules/").removesuffix(".json"), "title": "Wakes at four and has to get up"}
    rule["when"] = {"all": [{"fact": "night"}, {"finding": "low_back_pain"}]}
    draft = workspace.start("Pain that wakes at four", ME, when)
    workspace.save(draft, {path: canonical_bytes(path, rule)}, "Begin", ME, when)
    assert {one.id for one in workspace.drafts()} == {RUNS, UNFINISHED}
    return directory


def _first_rule(repository: Path) -> str:
    return min(one.name for one in (repository / "kb/rules/evidence/axial_spondyloarthritis").iterdir())


@contextlib.contextmanager
def served(repository: Path) -> Iterator[str]:
    """The console on a repository, as `algos console` starts it; its address."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "authoring.cli", "console", "--repo", str(repository), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True) as server:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), urlopen(f"http://localhost:{port}/_stcore/health") as answer:
                    if answer.status == 200:
                        break
                time.sleep(0.1)
            yield f"http://localhost:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, 15)


def settled(page: Page) -> None:
    """Wait until the page has run and nothing on it is being drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_timeout(250)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]')")
    page.wait_for_timeout(250)


def _press(name: str, role: Any = "button", exact: bool = True) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        page.get_by_role(role, name=name, exact=exact).first.click()
        settled(page)

    return do


def _open(title: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        page.locator("summary", has_text=title).first.click()
        settled(page)

    return do


def _choose(label: str, option: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        box = page.get_by_role("combobox", name=label).first
        box.click()
        box.fill(option)
        box.press("Enter")
        settled(page)

    return do


def _type(label: str, text: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        field = page.get_by_label(label).first
        field.fill(text)
        field.press("Enter")
        settled(page)

    return do


def _each(*steps: Callable[[Page], None]) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        for step in steps:
            step(page)

    return do


def _pdf(page: Page) -> None:
    beside = page.get_by_role("radio", name="Preview")  # where the window is narrow it is not beside the text
    if beside.is_visible():
        beside.click()
        settled(page)
    _press("PDF", "radio")(page)


def _worked_out(page: Page) -> None:
    """Wait for what is worked out beside the page: who changes, and whether the safety properties hold."""
    for words in ("Which patients change is being worked out", "The safety properties are being proved"):
        page.get_by_text(words).wait_for(state="detached", timeout=300_000)


_WHAT_TO_DO = "rule%2Fred_flags%2Fsaddle_numbness%2Fmessage"
_LOCKED = "case=common_acute_locked"
_CANCER = "case=flag_cancer_past_weak"

TOUR = (
    Stop("home", ""),
    Stop("home-draft", "", f"draft={RUNS}"),
    Stop("home-errors", "", f"draft={UNFINISHED}"),
    Stop("home-nothing-found", "", f"draft={UNFINISHED}", _type("Find in the list", "zzz")),
    Stop("rules", "rules"),
    Stop("rules-none", "rules", "", _type("Search", "zzz")),
    Stop("rules-new", "rules", f"draft={RUNS}", _open("New rule")),
    Stop("rule-flag", "rules", "rule=red_flags/cancer_pattern"),
    Stop("rule-evidence", "rules", "rule=evidence/lumbar_spinal_stenosis/bending_forward"),
    Stop("rule-edit", "rules", f"draft={RUNS}&rule=red_flags/cancer_pattern", _press("Edit", "radio")),
    Stop(
        "rule-edit-errors",
        "rules",
        f"draft={UNFINISHED}&rule=evidence/axial_spondyloarthritis/wakes_at_four",
        _press("Edit", "radio"),
    ),
    Stop("conditions", "conditions"),
    Stop("guide-read", "conditions", "condition=low_back_spasm"),
    Stop("guide-edit", "conditions", f"draft={RUNS}&condition=low_back_spasm&part=what_it_is"),
    Stop("guide-pdf", "conditions", f"draft={RUNS}&condition=low_back_spasm", _pdf),
    Stop("condition-details", "conditions", f"draft={RUNS}&condition=low_back_spasm&view=details"),
    Stop("condition-used", "conditions", "condition=lumbar_spinal_stenosis&view=used"),
    Stop("questions", "questions"),
    Stop("question", "questions", "question=saddle_numbness"),
    Stop("question-edit", "questions", f"draft={RUNS}&question=night", _press("Change", "tab")),
    Stop("terms", "terms"),
    Stop("term-edit", "terms", f"draft={RUNS}&term=asas_positive"),
    Stop("constraints", "constraints"),
    Stop("constraint-edit", "constraints", f"draft={RUNS}&constraint=main_site_hurts"),
    Stop("exercises", "exercises"),
    Stop("exercise-edit", "exercises", f"draft={RUNS}&exercise=bridge"),
    Stop("translations", "translations", f"draft={RUNS}", _open("Start a new language")),
    Stop("translations-language", "translations", "language=de"),
    Stop("translations-part", "translations", "language=de&part=emergency"),
    Stop("translation-edit", "translations", f"draft={RUNS}&language=de&part=emergency&text={_WHAT_TO_DO}"),
    Stop("translations-file", "translations", f"draft={RUNS}&language=de&view=file"),
    Stop("numbers", "translations", "what=numbers"),
    Stop("numbers-edit", "translations", f"draft={RUNS}&what=numbers&numbers=GB"),
    Stop("sources", "sources"),
    Stop("source", "sources", "source=suri-2010-jama"),
    Stop("source-new", "sources", f"draft={RUNS}", _press("Add by hand", "tab")),
    Stop("safety", "safety"),
    Stop("safety-edit", "safety", f"draft={RUNS}&safety=breathless"),
    Stop("changes", "changes"),
    Stop("change", "changes", f"draft={RUNS}&change={RUNS}", _worked_out),
    Stop("unreviewed", "unreviewed"),
    Stop("releases", "releases"),
    Stop("bench", "bench"),
    Stop("bench-case", "bench", _LOCKED),
    Stop("bench-why", "bench", _LOCKED, _press("Why", "radio")),
    Stop("bench-change", "bench", _LOCKED, _press("What would change this", "radio")),
    Stop("bench-graph", "bench", _LOCKED, _press("Graph", "radio")),
    Stop("bench-body", "bench", _LOCKED, _choose("Section", "Where it hurts")),
    Stop("bench-interview", "bench", "", _press("Interview", "radio")),
    Stop("bench-variants", "bench", _LOCKED, _each(_press("Two variants"), _choose("Saddle numbness", "new or"))),
    Stop("bench-against", "bench", f"draft={RUNS}&{_CANCER}", _press("Against approved", "radio")),
    Stop("bench-errors", "bench", f"draft={UNFINISHED}"),
    Stop("cases", "cases"),
    Stop("cases-draft", "cases", f"draft={RUNS}"),
    Stop("case", "cases", _LOCKED),
    Stop("case-draft", "cases", f"draft={RUNS}&{_LOCKED}"),
    Stop("coverage", "cases", "", _press("What no case tries", "radio")),
)
"""Every page in its interesting states."""

SHOWN = (
    ("rule-edit", "light", 1120),
    ("guide-edit", "light", 1120),
    ("bench-variants", "light", 1120),
    ("coverage", "dark", 900),
)
"""The pictures in `docs/screenshots`: stop, theme, and the height of the window, which is 1440 pixels wide."""


def visit(page: Page, address: str, stop: Stop) -> None:
    """Go to a stop of the tour and do there what it says."""
    page.goto(f"{address}/{stop.page}" + (f"?{stop.address}" if stop.address else ""))
    page.wait_for_selector("[data-testid=stApp] h1", timeout=60_000)
    settled(page)
    if stop.do:
        stop.do(page)
        settled(page)


def _whole(page: Page, width: int) -> bytes:
    """The page from top to bottom, though only its inner part scrolls."""
    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size(ViewportSize(width=width, height=min(max(900, int(tall)), 3200)))
    page.wait_for_timeout(500)
    return page.screenshot(animations="disabled")


def write_small(data: bytes, path: Path) -> None:
    """Write a screenshot as a PNG of 256 colours: a third of its size, and nobody sees the difference."""
    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(path, optimize=True)


@contextlib.contextmanager
def chromium_windows() -> Iterator[Callable[[int, int, str], BrowserContext]]:
    """A browser; call what is given for a window of a width, a height and a theme."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM))
        yield lambda width, height, theme: browser.new_context(
            viewport=ViewportSize(width=width, height=height), color_scheme="dark" if theme == "dark" else "light"
        )
        browser.close()


def shown(address: str) -> None:
    """Make the documentation's pictures."""
    PICTURES.mkdir(exist_ok=True)
    stops = {one.name: one for one in TOUR}
    with chromium_windows() as window:
        for name, theme, height in SHOWN:
            context = window(1440, height, theme)
            page = context.new_page()
            visit(page, address, stops[name])
            page.mouse.move(0, 0)
            page.get_by_test_id("stMain").evaluate("main => { document.activeElement.blur(); main.scrollTo(0, 0); }")
            settled(page)
            write_small(page.screenshot(animations="disabled"), PICTURES / f"{name}.png")
            print(PICTURES / f"{name}.png")
            context.close()


def every_stop(address: str, directory: Path, names: list[str], widths: list[int], themes: list[str]) -> None:
    """Pictures of the tour's stops, from top to bottom, in `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    stops = [one for one in TOUR if not names or one.name.startswith(tuple(names))]
    with chromium_windows() as window:
        for theme, width, stop in itertools.product(themes, widths, stops):
            context = window(width, 900, theme)
            page = context.new_page()
            try:
                visit(page, address, stop)
            except Error as error:  # the others are wanted all the same, and the picture shows what happened
                print(f"{stop.name} {theme} {width}: {error.message.splitlines()[0]}", file=sys.stderr)
            file = directory / f"{stop.name}-{width}-{theme}.png"
            file.write_bytes(_whole(page, width))
            print(file)
            context.close()


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.screenshots", description="Pictures of the console's pages, made anew."
    )
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every stop of the tour instead, into this folder")
    parser.add_argument("--only", nargs="*", default=[], help="with --all: only stops whose name begins like this")
    parser.add_argument("--widths", nargs="*", type=int, default=[1440, 900], help="with --all: of the window")
    parser.add_argument("--themes", nargs="*", default=["light", "dark"], help="with --all")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(prepare(Path(folder) / "repository")) as address:
        if given.all:
            every_stop(address, given.all, given.only, given.widths, given.themes)
        else:
            shown(address)


if __name__ == "__main__":
    main()
