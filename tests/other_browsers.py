"""Firefox and WebKit, and what a person does in either, for the journeys that must work beyond Chromium.

Firefox is driven by Playwright over WebDriver BiDi, WebKit (the engine of Safari, here the one of GTK) over
WebDriver on a screen of its own. Both are the browsers that the system has, as people use them, not patched ones.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page, sync_playwright

from tests.assessing import OPTIONS, PLACES
from tests.browsing import PATIENCE, ROOT, answers, until

Json = dict[str, Any]
INSTALL = "apt-get install firefox-esr webkit2gtk-driver xvfb"
"""How they come onto a Debian machine."""
FIREFOXES = ("firefox-esr", "firefox")
MINI_BROWSERS = ("/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/lib/*/webkit2gtk-4.0/MiniBrowser")


KEYS = {"Tab": "\ue004", "Enter": "\ue007", "ArrowLeft": "\ue012", "ArrowUp": "\ue013"}
KEYS |= {"ArrowRight": "\ue014", "ArrowDown": "\ue015"}
"""What WebDriver calls a key that writes nothing."""
MIDDLE = """(css, words, at) => {
  const fits = (one) => one.checkVisibility() && one.textContent.includes(words);
  const seen = [...document.querySelectorAll(css)].filter(fits);
  if (seen.length <= at) return null;
  seen[at].scrollIntoView({ block: "center", behavior: "instant" });
  const box = seen[at].getBoundingClientRect();
  const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
  const hit = document.elementFromPoint(x, y);
  return seen[at].contains(hit) || hit?.contains(seen[at]) ? [x, y] : null;
}"""
"""Where to press an element, once nothing is in front of it."""


def firefox_path() -> str | None:
    """The system's Firefox."""
    return next(filter(None, map(shutil.which, FIREFOXES)), None)


def mini_browser() -> Path | None:
    """The window of the system's WebKit."""
    return next((path for one in MINI_BROWSERS for path in sorted(Path("/").glob(one[1:]))), None)


def missing(name: str) -> str | None:
    """Why a browser cannot be tried here, and what to do about it; None where it can."""
    parts = {
        "firefox": {"Firefox": firefox_path()},
        "webkit": {
            "WebKitWebDriver": shutil.which("WebKitWebDriver"),
            "WebKit's MiniBrowser": mini_browser(),
            "Xvfb": shutil.which("Xvfb"),
        },
    }[name]
    gone = [part for part, found in parts.items() if not found]
    return f"{', '.join(gone)} not installed: {INSTALL}" if gone else None


class Hands(Protocol):
    """What a person and a test do in a window of any browser."""

    def go(self, address: str) -> None:
        """Open an address, whatever was open."""

    def run(self, script: str, *given: Any) -> Any:
        """What a function in JavaScript makes of some JSON."""

    def press(self, css: str, words: str = "", at: int = 0) -> None:
        """Click on what can be seen of these elements, or on the one with these words."""

    def keys(self, *names: str) -> None:
        """Press keys: `Tab`, `Enter`, `ArrowDown`, ` `, letters."""

    def back(self) -> None:
        """The browser's own way back."""

    def size(self, width: int, height: int) -> None:
        """Make the window so wide and high, as near as this browser can."""

    def picture(self, path: Path) -> None:
        """What the window shows."""


class FirefoxHands:
    """A window of Firefox."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)

    def go(self, address: str) -> None:
        self.page.goto("about:blank")
        self.page.goto(address)

    def run(self, script: str, *given: Any) -> Any:
        return self.page.evaluate(f"given => ({script})(...given)", list(given))

    def press(self, css: str, words: str = "", at: int = 0) -> None:
        self.page.locator(css).filter(has_text=words).locator("visible=true").nth(at).click()

    def keys(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press("Space" if name == " " else name)

    def back(self) -> None:
        self.page.evaluate("history.back()")  # Playwright waits for a load, and there is none within one document

    def size(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path)


class WebKitHands:
    """A window of WebKit, over WebDriver (https://www.w3.org/TR/webdriver2/)."""

    def __init__(self, driver: str, capabilities: Json) -> None:
        self._address = f"{driver}/session"
        told = self._ask("POST", "", {"capabilities": {"alwaysMatch": capabilities}})
        self.version = str(told["capabilities"]["browserVersion"])
        self._address += f"/{told['sessionId']}"
        self._ask("POST", "/timeouts", {"script": PATIENCE, "pageLoad": PATIENCE})

    def _ask(self, method: str, command: str, body: Json | None = None) -> Any:
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self._address + command, data, {"Content-Type": "application/json"})
        request.method = method
        try:
            with urllib.request.urlopen(request, timeout=2 * PATIENCE / 1000) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"WebKit: {command}: {error.read().decode(errors='replace')}") from None

    def go(self, address: str) -> None:
        for one in ("about:blank", address):  # where only the part after # differs, nothing would be loaded
            self._ask("POST", "/url", {"url": one})

    def run(self, script: str, *given: Any) -> Any:
        whole = f"""const [given, done] = arguments;
            Promise.resolve().then(() => ({script})(...given)).then(
                (made) => done({{ made: made ?? null }}), (error) => done({{ error: String(error) }}));"""
        told = self._ask("POST", "/execute/async", {"script": whole, "args": [list(given)]})
        assert "error" not in told, told["error"]
        return told["made"]

    def press(self, css: str, words: str = "", at: int = 0) -> None:
        places: list[list[int]] = []

        def found() -> bool:
            places[:] = filter(None, [self.run(MIDDLE, css, words, at)])
            return bool(places)

        until(found, f"“{words or css}” can be pressed")
        [[x, y]] = places
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 0}]
        moves += [{"type": f"pointer{way}", "button": 0} for way in ("Down", "Up")]
        self._ask("POST", "/actions", {"actions": [{**pointer, "actions": moves}]})

    def keys(self, *names: str) -> None:
        presses = [{"type": way, "value": KEYS.get(name, name)} for name in names for way in ("keyDown", "keyUp")]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": presses}]})

    def back(self) -> None:
        self._ask("POST", "/back")

    def size(self, width: int, height: int) -> None:
        self._ask("POST", "/window/rect", {"width": width, "height": height})
        inner = self.run("() => [innerWidth, innerHeight]")  # without the browser's own frame
        self._ask("POST", "/window/rect", {"width": 2 * width - inner[0], "height": 2 * height - inner[1]})

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def close(self) -> None:
        """End it."""
        self._ask("DELETE", "")


@contextmanager
def firefox(folder: Path, preferences: Mapping[str, Any] | None = None) -> Iterator[FirefoxHands]:
    """A window of the system's Firefox, of somebody in the United Kingdom; downloads go into `folder`."""
    path = firefox_path()
    assert path, missing("firefox")
    relay = folder / "firefox"
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom tests.firefox_relay import main\n"
    relay.write_text(f"#!{sys.executable}\n{code}sys.exit(main([{path!r}, *sys.argv[1:]]))\n", encoding="utf-8")
    relay.chmod(relay.stat().st_mode | stat.S_IXUSR)
    wished = {"intl.accept_languages": "en-GB, en", **(preferences or {})}
    with sync_playwright() as playwright:
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=relay, firefox_user_prefs=wished, downloads_path=folder
        )
        try:
            yield FirefoxHands(browser.new_context(viewport={"width": 360, "height": 740}).new_page())
        finally:
            browser.close()


@contextmanager
def screen(folder: Path) -> Iterator[str]:
    """A screen that nobody sees; its name."""
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1600x1400x24", "-nolisten", "tcp"]
    with (folder / "screen.log").open("wb") as log:
        process = subprocess.Popen(command, pass_fds=[writes], stdout=log, stderr=log)
    os.close(writes)
    try:
        with os.fdopen(reads) as told:
            number = told.readline().strip()
        assert number, (folder / "screen.log").read_text(encoding="utf-8", errors="replace")
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def webkit(
    folder: Path, environment: Mapping[str, str] | None = None, arguments: Sequence[str] = ()
) -> Iterator[WebKitHands]:
    """A window of the system's WebKit that keeps its things in `folder`; `arguments` are MiniBrowser's."""
    program = shutil.which("WebKitWebDriver")
    assert program, missing("webkit")
    options = {"binary": str(mini_browser()), "args": ["--automation", *arguments]}
    with screen(folder) as display, socket.socket() as probe, (folder / "webkit.log").open("wb") as log:
        told = {**os.environ, "DISPLAY": display, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        told |= {"LANG": "C.UTF-8", "GDK_BACKEND": "x11", **(environment or {})}
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        driver = subprocess.Popen([program, f"--port={port}"], env=told, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            until(lambda: answers(f"{address}/status"), "WebKit's driver answers")
            hands = WebKitHands(address, {"webkitgtk:browserOptions": options})
            try:
                yield hands
            finally:
                hands.close()
        finally:
            driver.terminate()
            driver.wait(30)


BROWSERS = {"firefox": firefox, "webkit": webkit}


class Visitor:
    """Somebody with pain in front of the assessment, in any browser."""

    def __init__(self, hands: Hands, address: str) -> None:
        self.hands, self.address = hands, address

    def opens(self, where: str = "") -> None:
        """Go to an address of the site, and wait until its page is there."""
        self.hands.go(self.address + where)
        until(lambda: bool(self.hands.run("() => 'ready' in document.documentElement.dataset")), "it is ready")
        self.settled()

    def settled(self) -> None:
        """Wait until the page that the address names is shown."""
        script = "() => document.documentElement.dataset.shown === location.hash"
        until(lambda: bool(self.hands.run(script)), "the page of this address is shown")

    def heading(self, words: str) -> None:
        """Wait for a page by its heading."""
        script = "() => document.querySelector('h1')?.innerText.replace(/\\s+/g, ' ').trim() ?? ''"
        with contextlib.suppress(AssertionError):
            until(lambda: self.hands.run(script) == words, f"the page “{words}”")
            return
        raise AssertionError(f"the page “{words}”, but it is “{self.hands.run(script)}”")

    def text(self, css: str = "main") -> str:
        """What can be read there."""
        return str(self.hands.run("(css) => document.querySelector(css)?.innerText ?? ''", css))

    def hash(self) -> str:
        """Which page it is."""
        return str(self.hands.run("() => location.hash"))

    def questions(self) -> list[str]:
        """The questions on this screen."""
        script = "() => [...document.querySelectorAll('fieldset.field:not([hidden])')].map((one) => one.id)"
        return [str(one).removeprefix("field-") for one in self.hands.run(script)]

    def choose(self, question: str, words: str) -> None:
        """Press one line by its words."""
        script = """(id, words) => [...document.querySelectorAll(`#${id} .choice`)]
            .findIndex((one) => one.innerText.trim() === words)"""
        at = self.hands.run(script, f"field-{question}", words)
        assert at >= 0, f"{question} has no “{words}”"
        self.hands.press(f"#field-{question} .choice", at=at)

    def answer(self, question: str, value: Any) -> None:
        """Answer one question as a person does; what is not known, with "not sure"."""
        if question == "pain_sites":
            return self.hurts(*value)
        if value is None or value == "unknown":
            return self.choose(question, "I’m not sure")
        if isinstance(value, bool):
            return self.choose(question, "Yes" if value else "No")
        if isinstance(value, int | float):
            if self.hands.run("(id) => Boolean(document.getElementById(id))", question):
                self.hands.press(f"#{question}")
                return self.hands.keys(*str(value))
            return self.choose(question, str(value))
        for one in value if isinstance(value, list) else [value]:
            self.choose(question, OPTIONS[question, one])
        return self.choose(question, "None of these") if value == [] else None

    def hurts(self, *parts: str) -> None:
        """Press parts of the body in the picture."""
        for part in parts:
            self.hands.press(f".body-map .part[aria-label^='{PLACES[part]}']")

    def screen(self, answers: Mapping[str, Any]) -> list[str]:
        """Answer the whole screen and go on; the questions that it had."""
        asked = self.questions()
        for one in asked:
            self.answer(one, answers.get(one))
        self.next()
        return asked

    def region(self, code: str) -> None:
        """Say where one is."""
        script = """(code) => { const one = document.getElementById("region");
            one.dataset.before = ""; one.value = code; one.dispatchEvent(new Event("change")); }"""
        self.hands.run(script, code)
        drawn = "() => !('before' in document.getElementById('region').dataset)"
        until(lambda: bool(self.hands.run(drawn)), "the page is drawn for this region")

    def afresh(self) -> None:
        """Start from the first question with nothing answered."""
        self.hands.run("() => localStorage.removeItem('algos.answers')")
        self.opens()
        self.hands.press("a", "Start")
        self.settled()

    def next(self) -> None:
        """Go on, and wait for the next page."""
        before = self.hash()
        self.hands.press("button[type=submit]")
        until(lambda: self.hash() != before, "the next page is shown")
        self.settled()

    def kept(self, answers: Json, release: Mapping[str, str], now: int) -> None:
        """Come back with these answers given."""
        whole = {**release, "at": now, "answers": answers, "furthest": 1}
        self.hands.run("(kept) => localStorage.setItem('algos.answers', kept)", json.dumps(whole))
