"""What the browser tests share: Chromium, a Streamlit server, and the console as a person uses it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

ROOT = Path(__file__).parent.parent
PATIENCE = 60_000
"""Milliseconds that a step may take: several browsers and servers may share two cores."""


def chromium_path() -> str | None:
    """The system's Chromium, or Playwright's own (None); fails where there is neither."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        if Path(playwright.chromium.executable_path).exists():
            return None
    pytest.fail("No Chromium: install the system's `chromium`, or run `python -m playwright install chromium`.")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, waited for as patiently as everything else."""
    expect.set_options(timeout=PATIENCE)
    path = chromium_path()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


class Server:
    """A Streamlit server that can be started again at the same address. What it says is in `server.log`."""

    def __init__(self, script: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        settings = {"server.headless": "true", "server.port": port, "server.address": "127.0.0.1"}
        settings |= {"browser.gatherUsageStats": "false", "server.fileWatcherType": "none"}
        self._command = [sys.executable, "-m", "streamlit", "run", str(script)]
        self._command += [word for key, value in settings.items() for word in (f"--{key}", str(value))]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **self.environment}
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=environment
            )
        until(lambda: answers(f"{self.address}/_stcore/health"), "the server answers")

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """It hears nothing and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, where it runs."""
        if self._process:
            self._process.terminate()
            self._process.wait(30)
            self._process = None


@contextmanager
def streamlit(script: Path, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """A Streamlit server; its address."""
    server = Server(script, folder, environment)
    try:
        server.start()
        yield server.address
    finally:
        server.stop()


def answers(url: str) -> bool:
    """Whether somebody answers at an address, and all is well."""
    with contextlib.suppress(OSError), urlopen(url, timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE / 1000) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds} s until {what}"
        time.sleep(0.05)


def commit_all(directory: Path) -> None:
    """Make a directory a repository with everything in it approved."""
    identity = ["-c", "user.name=Ann Author", "-c", "user.email=ann@example.org"]
    for command in (["init", "-qb", "main"], ["add", "-A"], [*identity, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=directory, check=True)


@contextmanager
def pictured(folder: Path, **windows: Console) -> Iterator[None]:
    """A picture of every window in the folder where something fails."""
    try:
        yield
    except BaseException:
        for name, one in windows.items():
            one.page.screenshot(path=folder / f"{name}.png", full_page=True)
        raise


class Console:
    """The console in one window, and what a person does there."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self, page: str) -> None:
        """Open a page by the navigation, or the first page by its address."""
        if self.page.url == "about:blank":
            self.page.goto(self.address)
        else:
            self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=page, exact=True).click()
        expect(self.page.get_by_role("heading", name=page, level=1)).to_be_visible(timeout=PATIENCE)
        self.settled()

    def settled(self) -> None:
        """Wait until no run of the page is under way."""
        app = self.page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)

    def start_draft(self, title: str) -> None:
        self.page.get_by_role("button", name="Start a draft").first.click()
        self.page.get_by_role("textbox", name="What do you want to change?").last.fill(title)
        self.page.get_by_role("button", name="Start draft").last.click()
        expect(self.page.get_by_role("combobox", name="You are working in")).to_have_value(title, timeout=PATIENCE)
        self.settled()

    def text(self, label: str, inside: Locator | None = None, at: int = 0) -> Locator:
        return (inside or self.page).get_by_role("textbox", name=label, exact=True).nth(at)

    def write(self, label: str, words: str, inside: Locator | None = None, at: int = 0) -> None:
        """Type into a field as fast as a machine can, and leave it."""
        field = self.text(label, inside, at)
        field.fill("")
        field.press_sequentially(words)
        expect(field).to_have_value(words, timeout=PATIENCE)
        field.blur()

    def choose(self, label: str, words: str, inside: Locator | None = None) -> None:
        """Choose from a list by its words."""
        box = (inside or self.page).get_by_role("combobox", name=label, exact=True)
        exact = self.page.get_by_role("option", name=words, exact=True)
        like = self.page.get_by_role("option", name=re.compile(re.escape(words), re.I))
        self.settled()

        def offered() -> bool:
            box.click()
            box.fill(words)
            with contextlib.suppress(AssertionError):
                expect(like.first).to_be_visible(timeout=PATIENCE / 10)
                return True
            box.press("Escape")  # a page that is drawn again closes an open list: a person opens it once more
            return False

        def taken() -> bool:
            until(offered, f"“{words}” is offered in “{label}”")
            with contextlib.suppress(PlaywrightTimeoutError):
                (exact if exact.count() else like).first.click(timeout=PATIENCE / 10)
                return True
            return False  # it closed under the mouse

        until(taken, f"“{words}” is taken in “{label}”", 2 * PATIENCE / 1000)
        self.settled()

    def press(self, label: str, inside: Locator | None = None) -> None:
        """Press a button."""
        (inside or self.page).get_by_role("button", name=label, exact=True).click()

    def open(self, words: str, inside: Locator | None = None) -> None:
        """Unfold a part of the page."""
        (inside or self.page).locator("summary").filter(has_text=words).first.click()

    def sees(self, words: str | re.Pattern[str]) -> None:
        """Wait until some words are shown."""
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)

    # The criteria builder

    def row(self, *path: int) -> Locator:
        """The part of the criterion at these positions: no numbers are the whole criterion."""
        steps = "".join(f" > .parts > .item:nth-child({at + 1})" for at in path)
        return self.page.locator(f".tree > .item{steps}")

    def head(self, *path: int) -> Locator:
        return self.row(*path).locator("> .row")

    def pick(self, words: str) -> None:
        """Search in the open list and click on the first that fits."""
        self.page.locator(".picker .search").fill(words)
        self.page.locator(".picker .option").first.click()

    def condition(self, *path: int, about: str) -> None:
        self.head(*path).get_by_role("button", name="Add a condition").click()
        self.pick(about)

    def group(self, *path: int, kind: str, first: str) -> None:
        """A new group in the group at the path, with its first condition."""
        self.head(*path).get_by_role("button", name="Add a group").click()
        self.pick(first)
        at = self.row(*path).locator("> .parts > .item").count() - 1
        self.head(*path, at).locator(".kind").select_option(kind)
