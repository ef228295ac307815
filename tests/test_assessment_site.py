"""The pain assessment, as a person in pain meets it: in Chromium, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from engine.answers import read_answers
from engine.assess import Assessor
from exports.assessment.serve import application
from tests.assessing import DESKTOP, LOCKED_BACK, PHONE, Person, context_of, serving, starter_site
from tests.browsing import chromium
from tests.bundles import Starter, starter_bundle

pytestmark = pytest.mark.timeout(600)  # the first test that needs the starter's bundle builds it


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, starter_files: dict[str, bytes]) -> Starter:
    return starter_bundle(tmp_path_factory.getbasetemp().parent, starter_files)


@pytest.fixture(scope="module")
def address(release: Starter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = starter_site(release.archive, tmp_path_factory.mktemp("site") / "releases")
    with serving(application(folder, release.keys)) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def person(browser: Browser, address: str) -> Iterator[Person]:
    context = context_of(browser)
    one = Person(context, address)
    yield one
    context.close()
    assert one.errors == []
    origin = urlsplit(address).netloc
    assert {urlsplit(url).netloc for url in one.asked if not url.startswith("blob:")} == {origin}


def violations(page: Page) -> list[str]:
    """Everything that axe finds, best practices included."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url} {one['id']}: {node['html'][:140]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_woman_whose_back_locked(
    browser: Browser, address: str, release: Starter, size: tuple[int, int], tmp_path: Path
) -> None:
    """She reaches low back spasm, reads why, and downloads the guide; on every page axe finds nothing and all fits."""
    context = context_of(browser, size)
    person = Person(context, address)
    page = person.page
    person.opens()
    found = violations(page)
    person.begins()
    screens = []
    while "#/question/" in page.url:
        if len(screens) in (0, 4, 5, 8):
            found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screens
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        screens.append(person.screen(LOCKED_BACK))
    person.heading("Self-care")
    card = page.get_by_role("article", name="Low back spasm: when your back locks")
    expect(card).to_contain_text("Because you said that")
    expect(card).to_contain_text("your back locked so that you could hardly move")
    card.get_by_text("The answers behind this").click()
    expect(card).to_contain_text("Yes, it locked: I could hardly move")
    expect(page.get_by_role("heading", name="What would change this")).to_be_visible()
    changes = page.locator(".changes li")
    assert changes.count() >= 4
    expect(changes.first).to_contain_text("Emergency")
    found += violations(page)

    # The console's engine says the same about the same answers.
    asked = {name: LOCKED_BACK.get(name, "unknown") for names in screens for name in names}
    asked["main_site"] = LOCKED_BACK["main_site"]  # it hurts in one place only, so nobody asked which is the worst
    outcome = Assessor(release.kb).assess(read_answers(release.kb, asked)).outcome
    assert outcome.urgency.value == "self_care"
    told = page.locator(".condition h3").all_inner_texts()
    assert told == [view.plain_name for view in outcome.named]

    with page.expect_download() as saved:
        card.get_by_role("button", name="Save as PDF").click()
    assert saved.value.suggested_filename == "low-back-spasm.pdf"
    saved.value.save_as(tmp_path / "guide.pdf")
    with pdfplumber.open(tmp_path / "guide.pdf") as paper:
        assert "Low back spasm: when your back locks" in (paper.pages[0].extract_text() or "")

    card.get_by_role("link", name="Read the guide").click()
    person.settled()
    person.heading("Low back spasm: when your back locks")
    expect(page.get_by_text("Get out of bed like this")).to_be_visible()  # advice for whom it happened in the morning
    found += violations(page)
    for where in ("#/answers", "#/summary", "#/guides"):
        page.goto(address + where)
        person.settled()
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
    context.close()
    assert found == []
    assert person.errors == []
    assert {urlsplit(url).netloc for url in person.asked if not url.startswith("blob:")} == {urlsplit(address).netloc}
