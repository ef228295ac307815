"""What the tests of the assessment share: the site as it is served, and a person who goes through it in Chromium."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.applications import Starlette

from tests.browsing import PATIENCE, until
from tests.bundles import ROOT

Json = dict[str, Any]
LOCKED_BACK: Json = json.loads((ROOT / "docs" / "examples" / "locked_back.json").read_text(encoding="utf-8"))
"""The woman whose back locked as she got out of bed."""
PHONE, DESKTOP = (360, 740), (1280, 900)


@contextmanager
def serving(application: Starlette) -> Iterator[str]:
    """An application on a port of its own; its address."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
    thread = Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def plain_host(folder: Path) -> Iterator[str]:
    """A web host that knows nothing of Algos; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def context_of(browser: Browser, size: tuple[int, int] = PHONE, **options: Any) -> BrowserContext:
    """A fresh browser of somebody in the United Kingdom."""
    told = {"locale": "en-GB", "service_workers": "block", **options}
    return browser.new_context(viewport={"width": size[0], "height": size[1]}, **told)


class Person:
    """Somebody with pain in front of the assessment, and what they do there."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    def opens(self, where: str = "") -> Page:
        """Go to an address of the site, and wait until its page is there."""
        self.page.goto(self.address + where)
        expect(self.page.locator("html[data-ready]")).to_be_attached(timeout=PATIENCE)
        return self.page

    def begins(self) -> None:
        """Start the questions."""
        self.opens()
        self.page.get_by_role("link", name="Start", exact=True).click()
        self.page.wait_for_url(re.compile(r"#/question/1$"))

    def heading(self, words: str | re.Pattern[str]) -> None:
        """Wait for a page by its heading."""
        expect(self.page.get_by_role("heading", level=1, name=words)).to_be_visible(timeout=PATIENCE)

    def questions(self) -> list[str]:
        """The questions on this screen."""
        fields = self.page.locator("fieldset.field:visible")
        return [str(one).removeprefix("field-") for one in fields.evaluate_all("all => all.map((one) => one.id)")]

    def answer(self, question: str, value: Any) -> None:
        """Answer one question as the person would; what is not known, with "not sure"."""
        field = self.page.locator(f"#field-{question}")
        unsure = field.get_by_label("I’m not sure")
        if field.locator(".body-map").count():
            if isinstance(value, list) and value:
                field.get_by_text("Choose from a list instead").click()
                for part in value:
                    field.get_by_role("checkbox", name=PLACES[part], exact=True).locator("visible=true").last.check()
            else:
                words = "None of these" if value == [] else "I’m not sure"
                field.get_by_role("button", name=words, exact=True).click()
        elif value is None or value == "unknown":
            unsure.check()
        elif isinstance(value, bool):
            field.get_by_label("Yes" if value else "No", exact=True).check()
        elif isinstance(value, list):
            for one in value or [None]:
                name = OPTIONS[question, one] if one else "None of these"
                field.get_by_label(name, exact=True).check()
        elif isinstance(value, int) and not field.locator("input[type=text]").count():
            field.get_by_label(str(value), exact=True).check()
        elif isinstance(value, int | float):
            field.locator("input[type=text]").fill(str(value))
        else:
            field.get_by_label(OPTIONS[question, value], exact=True).check()

    def screen(self, answers: Mapping[str, Any]) -> list[str]:
        """Answer the whole screen and go on; the questions that it had."""
        questions = self.questions()
        for one in questions:
            self.answer(one, answers.get(one))
        before = self.page.url
        self.page.get_by_role("button", name="Next", exact=True).click()
        until(lambda: self.page.url != before, "the next page is shown")
        self.settled()
        return questions

    def settled(self) -> None:
        """Wait until the page that the address names is shown."""
        shown = "document.documentElement.dataset.shown === location.hash"
        until(lambda: bool(self.page.evaluate(shown)), "the page of this address is shown")

    def finishes(self, answers: Mapping[str, Any]) -> list[list[str]]:
        """Answer screen after screen until there are no more; what was asked."""
        screens = []
        while "#/question/" in self.page.url:
            screens.append(self.screen(answers))
            assert len(screens) < 30, screens
        return screens


def _options() -> dict[tuple[str, str], str]:
    found = {}
    for path in sorted((ROOT / "kb" / "questions").glob("*.json")):
        for question in json.loads(path.read_text(encoding="utf-8"))["questions"]:
            for option in question.get("options", []):
                found[question["id"], option["id"]] = option["text"]
    return found


def _places() -> dict[str, str]:
    body = json.loads((ROOT / "kb" / "body.json").read_text(encoding="utf-8"))
    return {part["id"]: part["name"] for region in body["regions"] for part in region["parts"]}


OPTIONS = _options()
PLACES = _places()


def starter_site(archive: bytes, folder: Path) -> Path:
    """A folder of releases that holds the starter's bundle."""
    folder.mkdir(parents=True)
    (folder / "7.tar").write_bytes(archive)
    return folder


def seeded(person: Person, answers: Json, release_content: Mapping[str, str]) -> None:
    """Come back with these answers given: those that are left out were answered "not sure"."""
    everything = dict.fromkeys(ASKED, "unknown") | dict(answers)
    kept = {**release_content, "at": int(time.time() * 1000), "answers": everything, "furthest": 1}
    person.opens()
    person.page.evaluate("kept => localStorage.setItem('algos.answers', JSON.stringify(kept))", kept)
    person.page.reload()
    person.opens("#/result")
    person.settled()


def _asked() -> list[str]:
    sections = [json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "kb" / "questions").glob("*.json")]
    return [one["id"] for section in sections for one in section["questions"] if one.get("by") != "clinician"]


ASKED = _asked()
