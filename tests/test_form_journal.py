"""What is typed and chosen in a form is never lost: by a reload, a second window, a restart or a moved draft."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from authoring.workspace import Person, Workspace
from tests.browsing import PATIENCE, ROOT, Console, Server, chromium, commit_all, until
from validators.example import BASE
from validators.registry import example_files

APP = ROOT / "authoring" / "console" / "app.py"
WORDS = "How many years old are you today?"
TEXT = "Question, in the patient's words"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for path, data in example_files(BASE, {}).items():
        file = tmp_path / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    commit_all(tmp_path)
    Workspace(tmp_path).start("One", Person("Ada", "ada@example.org"), datetime.now(UTC))
    return tmp_path


def window(context: BrowserContext, address: str) -> Console:
    """A window on one question of the draft."""
    one = Console(context, address)
    one.page.goto(f"{address}/questions?draft=one&question=age")
    one.page.get_by_role("tab", name="Change").click()
    expect(one.text(TEXT)).to_be_visible(timeout=PATIENCE)
    one.settled()
    return one


def kept(page: Page, words: str) -> None:
    """Wait until the browser has written a form down that holds some words."""
    page.wait_for_function(
        "words => Object.entries(localStorage).some("
        "([key, one]) => key.startsWith('algos:form:') && one.includes(words))",
        arg=words,
        timeout=PATIENCE,
    )


def asked_by(one: Console, who: str) -> None:
    expect(one.page.get_by_role("combobox", name="Asked by")).to_have_value(who, timeout=PATIENCE)


def stored(repository: Path) -> dict[str, object]:
    workspace = Workspace(repository)
    section = json.loads(workspace.files(workspace.draft("one").head)["questions/about.json"])
    found: dict[str, object] = section["questions"][0]
    return found


@pytest.mark.timeout(400)
def test_nothing_is_lost(repository: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.mkdir()
    server = Server(APP, log, {"ALGOS_REPOSITORY": str(repository)})
    server.start()
    try:
        with chromium() as browser:
            context = browser.new_context(viewport={"width": 1300, "height": 1200})
            first = window(context, server.address)

            # Whoever leaves before the server has heard of a choice is asked, and can stay.
            with server.stalled():
                first.choose("Asked by", "clinician")
                with first.page.expect_event("dialog", timeout=PATIENCE) as asked:
                    first.page.evaluate("() => void setTimeout(() => location.reload())")
                assert asked.value.type == "beforeunload"
                asked.value.dismiss()

            # A text and a choice come back after a reload, and nobody is asked once they are written down.
            first.write(TEXT, WORDS)
            kept(first.page, WORDS)
            kept(first.page, "clinician")
            asks: list[str] = []
            first.page.on("dialog", lambda one: (asks.append(one.type), one.accept()))
            first.page.reload()
            assert asks == []
            first.page.get_by_role("tab", name="Change").click()
            first.sees("What you had not saved is here again.")
            expect(first.text(TEXT)).to_have_value(WORDS, timeout=PATIENCE)
            asked_by(first, "clinician")
            assert first.page.get_by_role("button", name="Keep it").count() == 0

            # A second window has a form of its own, and hears of the first.
            second = window(context, server.address)
            second.sees("Another window of this browser holds unsaved changes of the same.")
            expect(second.text(TEXT)).to_have_value("How old are you?", timeout=PATIENCE)

            # The draft moves underneath the first window: it says so, and loses nothing.
            second.write("Short name, in a clinician's words", "Age in years")
            second.press("Save")
            second.sees("Everything is saved.")
            first.write("Help, for somebody who is not sure", "At your last birthday.")
            first.sees("was saved in another window while you were editing it here")
            expect(first.text(TEXT)).to_have_value(WORDS, timeout=PATIENCE)
            first.press("Keep what I have here")

            # The server is started again: the page goes on with what it holds.
            server.stop()
            server.start()
            expect(first.page.get_by_test_id("stApp")).to_have_attribute(
                "data-test-connection-state", "CONNECTED", timeout=PATIENCE
            )
            expect(first.text(TEXT)).to_have_value(WORDS, timeout=PATIENCE)
            asked_by(first, "clinician")

            # A closed window's work is offered to the next one.
            kept(first.page, "At your last birthday.")
            first.page.close()
            second.page.reload()
            second.page.get_by_role("tab", name="Change").click()
            second.sees("A window that is closed now left unsaved changes here")
            second.press("Take them up")
            expect(second.text(TEXT)).to_have_value(WORDS, timeout=PATIENCE)
            asked_by(second, "clinician")
            second.settled()
            keep_mine = second.page.get_by_role("button", name="Keep what I have here")
            if keep_mine.count():
                keep_mine.click()
            second.press("Save")
            second.sees("Everything is saved.")
            until(lambda: stored(repository)["text"] == WORDS, "it is saved")
            assert stored(repository)["by"] == "clinician"
            assert stored(repository)["help"] == "At your last birthday."
            second.page.wait_for_function(
                "Object.keys(localStorage).every(key => !key.startsWith('algos:form:'))", timeout=PATIENCE
            )
            assert second.errors == []
    finally:
        server.stop()
