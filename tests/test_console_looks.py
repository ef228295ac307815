"""How the console looks, measured in Chromium: legible in light and dark, fitting, reached by keys, asking nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from docs.screenshots import CHROMIUM, RUNS, TOUR, Stop, prepare, served, settled, visit
from tests.browsing import chromium_path

LEVEL_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STREAMLITS = {
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems] li",
}
"""What Streamlit itself does against level AA, and where: it puts the headings of the pages' groups between a list and
its items."""
CLIPPED = """() => [...document.querySelectorAll(".stMain :is(button, label, summary, h1, h2, h3)")]
  .filter((one) => one.checkVisibility() && !one.closest(".stMultiSelect, [role=grid]"))
  .flatMap((one) => [one, ...one.querySelectorAll("*")])
  .filter((one) => getComputedStyle(one).overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.innerText?.trim()).filter(Boolean)"""
"""The words of buttons, labels and headings that are cut off. (What is chosen in a list of many may be.)"""
BY_DEFAULT = {
    "home-errors",
    "rule-edit-errors",
    "guide-edit",
    "exercise-edit",
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
    assert violations(page) == []
    assert page.evaluate(CLIPPED) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'")
    for width in (900, 360):
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        wide = page.evaluate(
            "[document.documentElement, document.querySelector('.stMain')].map(e => e.scrollWidth - e.clientWidth)"
        )
        assert wide == [0, 0], f"the page scrolls sideways at {width} px"
        assert page.evaluate(CLIPPED) == [], f"words are cut off at {width} px"
    assert violations(page) == [], "on a telephone, in the dark"

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
        if not focused[1]:  # a ring may be drawn a moment after the key
            page.wait_for_timeout(500)
            focused = page.evaluate(FOCUSED) or focused
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


TELEPHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"


def test_every_page_is_reached_on_a_telephone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, user_agent=TELEPHONE, has_touch=True)
    visit(page, address, TOUR[0])
    for name in ("Test bench", "Changes"):  # the list of pages closes when one is chosen
        page.get_by_test_id("stExpandSidebarButton").click()
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name, level=1).wait_for()
        settled(page)
    page.close()


def test_the_way_from_home_to_a_proposal_is_shown(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    visit(page, address, TOUR[0])
    page.get_by_text("Start a draft.", exact=True).wait_for()
    page.get_by_text("Somebody else approves it.").wait_for()
    page.goto(f"{address}/conditions?draft={RUNS}&condition=lumbar_spinal_stenosis&view=used")
    page.get_by_role("button", name="Write evidence for it").click()
    page.get_by_role("heading", name="Rules", level=1).wait_for()
    expect(page.get_by_role("combobox", name="Condition", exact=True)).to_have_value("Lumbar spinal stenosis")
    page.get_by_role("button", name="Review and propose").click()
    page.wait_for_url(f"**/changes?*change={RUNS}*")
    page.get_by_role("heading", name="Changes", level=1).wait_for()
    expect(page.get_by_role("button", name="Review and propose")).to_have_count(0)
    visit(page, address, next(one for one in TOUR if one.name == "bench-errors"))
    page.get_by_role("button", name="Open it").click()
    page.wait_for_url("**rule=evidence*wakes_at_four*")
    page.close()
