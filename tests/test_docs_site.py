"""The documentation as a site: it builds without a warning, asks nobody else for anything, and can be searched."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import expect

from tests.browsing import PATIENCE, chromium
from tests.doc_pages import ROOT, pages

LEAVING = {"link", "script", "img", "iframe", "source", "video", "audio", "object", "embed"}
"""Elements for which a browser asks a server by itself."""


# The first test to need the site builds it.
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as `make docs-site` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-W", "--keep-going", "-n", "-b", "html"]
    command += ["-d", str(folder / "doctrees"), str(ROOT / "docs"), str(folder / "html")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "html"


class _Page(HTMLParser):
    """What a page links to and loads, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        address = given.get("href") or given.get("src") or given.get("data")
        if address is None:
            return
        self.links.append(address)
        if tag in LEAVING and given.get("rel") not in ("index", "search", "next", "prev", "canonical"):
            self.loaded.append(address)


def test_every_link_and_every_place_in_a_page_is_there(site: Path) -> None:
    read = {path: _Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    assert len(read) > len(pages()) / 2
    for path, page in read.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert to.exists(), f"{path.relative_to(site)}: {link}"
            if parts.fragment and to in read:
                assert unquote(parts.fragment) in read[to].ids, f"{path.relative_to(site)}: {link}"


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        for address in _Page(path.read_text(encoding="utf-8")).loaded:
            assert not urlsplit(address).netloc, f"{path.relative_to(site)} loads {address}"
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "url(http" not in text
        assert "@import" not in text


def test_every_link_holds_on_a_git_host() -> None:
    for page, text in pages().items():
        for token in MarkdownIt().enable("table").parse(text):
            for child in token.children or ():
                link = child.attrGet("href") or child.attrGet("src")
                parts = urlsplit(str(link or ""))
                if not link or parts.scheme:
                    continue
                to = (ROOT / page).parent / parts.path if parts.path else ROOT / page
                assert to.exists(), f"{page}: {link}"
                if parts.fragment:
                    assert parts.fragment in _headings(to), f"{page}: {link}"


def _headings(file: Path) -> set[str]:
    """The anchors that a git host gives the headings of a page."""
    tokens = MarkdownIt().parse(file.read_text(encoding="utf-8"))
    titles = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the standard library)
        pass


def test_a_word_is_found_and_a_browser_asks_nobody_else(address: str) -> None:
    asked: set[str] = set()
    with chromium() as browser:
        page = browser.new_page()
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        page.goto(f"{address}/index.html")
        page.get_by_role("searchbox", name="Search").or_(page.get_by_placeholder("Search")).first.fill("decibans")
        page.keyboard.press("Enter")
        found = page.get_by_role("link", name="How weights work")
        expect(found.first).to_be_visible(timeout=PATIENCE)
        found.last.click()
        expect(page.get_by_role("heading", name="How weights work")).to_be_visible(timeout=PATIENCE)
    assert asked == {urlsplit(address).netloc}


def test_every_page_of_docs_is_in_the_margin(site: Path) -> None:
    first = _Page((site / "index.html").read_text(encoding="utf-8"))
    for page in pages():
        name = page.removeprefix("docs/").removesuffix(".md") + ".html"
        if page.startswith("docs/") and name != "index.html":
            assert name in first.links, f"{page}: name it in CONTENTS of docs/conf.py, and link to it"
