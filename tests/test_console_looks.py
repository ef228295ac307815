"""How the console looks, measured in Chromium: legible in light and dark, fitting, reached by keys, asking nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from docs.screenshots import CHROMIUM, RUNS, TOUR, Stop, prepare, served, settled, visit
from tests.test_builder import chromium_path

LEVEL_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STREAMLITS = {
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems] li",
}
"""What Streamlit itself does against level AA, and where: it puts the headings of the pages' groups between a list and
its items."""
BY_DEFAULT = {
    "home-errors",
    "rule-edit-errors",
    "guide-edit",
    "question-edit",
    "term-edit",
    "source",
    "bench-variants",
    "cases",
}
"""Each page in its fullest state; the rest of the tour is walked at night."""
STOPS = [pytest.param(one, id=one.name, marks=() if one.name in BY_DEFAULT else pytest.mark.nightly) for one in TOUR]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(prepare(tmp_path_factory.mktemp("looks") / "repository")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM))
        yield found
        found.close()


def violations(page: Page) -> list[str]:
    """What axe finds against level AA, without what is Streamlit's own."""
    told = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVEL_AA}, "resultTypes": ["violations"]})
    found: list[dict[str, Any]] = told.response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for one in found
        for node in one["nodes"]
        if one["id"] not in STREAMLITS
        or not page.locator(node["target"][0]).first.evaluate("(e, where) => e.matches(where)", STREAMLITS[one["id"]])
    ]


@pytest.mark.parametrize("stop", STOPS)
def test_a_page_is_legible_fits_and_asks_nobody(browser: Browser, address: str, stop: Stop) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    visit(page, address, stop)
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'")
    page.wait_for_timeout(300)  # colours fade over
    found["dark"] = violations(page)
    assert found == {"light": [], "dark": []}

    page.set_viewport_size({"width": 900, "height": 900})
    settled(page)
    wide = page.evaluate(
        "[document.documentElement, document.querySelector('.stMain')].map(e => e.scrollWidth - e.clientWidth)"
    )
    assert wide == [0, 0], "the page scrolls sideways at 900 px"

    elsewhere = {url for url in asked if urlsplit(url).scheme not in ("data", "blob", "about")}
    hosts = {urlsplit(url).hostname for url in elsewhere}
    assert hosts == {"localhost"}
    context.close()


FOCUSED = """() => {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  if (!focused || focused === document.body) return null;
  const style = (e) => getComputedStyle(e);
  const outlined = (e) => e && style(e).outlineStyle !== "none" && parseFloat(style(e).outlineWidth) > 0;
  const ringed = (e) => e && style(e).boxShadow !== "none";
  let seen = false, around = focused;
  for (let up = 0; up < 4 && around && !seen; up++) {
    seen = outlined(around) || ringed(around);
    around = around.parentElement ?? around.getRootNode().host;
  }
  seen = seen || ringed(focused.querySelector(":scope > .row"));
  const name = focused.ariaLabel || focused.innerText?.trim().split("\\n")[0] || focused.id || focused.tagName;
  return [name, Boolean(seen)];
}"""


def tabbed(page: Page, most: int = 150) -> dict[str, bool]:
    """The name of everything that Tab reaches from the top of the page, and whether its focus is seen."""
    found: dict[str, bool] = {}
    page.get_by_test_id("stSkipToContent").focus()
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        found[focused[0]] = found.get(focused[0], True) and focused[1]
    return found


def test_every_action_is_reached_by_keys_and_seen(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    for name, actions in (
        ("home-draft", ["Home", "Cases", "You are working in", "Find in the list", "Discard", "Open"]),
        ("bench-case", ["Start a draft", "Load a case", "Two variants", "Save as a case", "Next section", "Outcome"]),
    ):
        visit(page, address, next(one for one in TOUR if one.name == name))
        found = tabbed(page)
        assert [one for one in actions if one not in found] == []
        assert [one for one, seen in found.items() if not seen] == []
        order = [one for one in found if one in actions]
        assert order == actions
    page.goto(f"{address}/rules?draft={RUNS}&rule=red_flags/cancer_pattern")
    page.get_by_role("radio", name="Edit").click()
    page.get_by_role("button", name="Add a condition").first.wait_for()
    settled(page)
    found = tabbed(page)
    wanted = {"All rules", "More", "Title", "Add a condition", "Add a group", "Actions", "Remove", "Urgency"}
    assert wanted - set(found) == set()
    assert [one for one, seen in found.items() if not seen] == []
    page.close()


def test_a_row_is_opened_by_keys(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    visit(page, address, next(one for one in TOUR if one.name == "rules"))
    page.get_by_test_id("data-grid-canvas").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    page.wait_for_url("**rule=red_flags**")
    page.close()
