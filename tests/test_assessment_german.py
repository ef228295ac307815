"""The assessment for somebody who reads German: page, questions and guides speak German, and what does not says so."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pdfplumber
import pytest
from playwright.sync_api import Browser, expect

from exports.assessment.serve import application
from tests.assessing import Person, context_of, serving, starter_site
from tests.browsing import PATIENCE, chromium
from tests.bundles import ROOT, Starter, starter_bundle

pytestmark = pytest.mark.timeout(600)  # the first test that needs the starter's bundle builds it
GERMAN = json.loads((ROOT / "frontends" / "assessment" / "locales" / "de.json").read_text(encoding="utf-8"))

UNTRANSLATED = """async () => {
    const part = (name) => import(new URL(name, document.baseURI));
    const [{ rich }, { language }] = [await part("rich.js"), await part("words.js")];
    const of = language.of;
    language.of = () => "en";
    const [shown] = rich("Left over");
    language.of = of;
    return [shown.lang, shown.textContent];
}"""
"""How the page shows a text that the bundle has in English only."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, starter_files: dict[str, bytes]) -> Starter:
    return starter_bundle(tmp_path_factory.getbasetemp().parent, starter_files)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def test_the_page_speaks_german_and_tells_what_is_english(browser: Browser, release: Starter, tmp_path: Path) -> None:
    folder = starter_site(release.archive, tmp_path / "releases")
    context = context_of(browser, locale="de-AT")
    with serving(application(folder, release.keys)) as address:
        person = Person(context, address)
        page = person.opens()
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["de", "ltr"]
        person.heading(GERMAN["start.title"])
        call = page.get_by_role("link", name=GERMAN["emergency.call"].replace("{number}", "112")).first
        assert call.get_attribute("href") == "tel:112"
        assert release.kb.locales["de"].texts["settings/not_a_diagnosis"].text in page.locator("body").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("link", name=GERMAN["start.begin"], exact=True).click()
        expect(page.get_by_role("button", name=GERMAN["question.next"])).to_be_visible(timeout=PATIENCE)
        question = person.questions()[0]
        shown = page.get_by_text(release.kb.locales["de"].texts[f"question/{question}/text"].text, exact=True).first
        assert shown.evaluate("one => one.closest('[lang]').lang") == "de"
        page.locator(f"#field-{question}").get_by_label(GERMAN["unsure"], exact=True).first.wait_for()
        assert page.evaluate(UNTRANSLATED) == ["en", "Left over"], "what nobody has translated is read aloud as English"
        person.opens("#/guides/low_back_spasm")
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name=GERMAN["guide.pdf"]).first.click()
        paper = Path(download.value.path()).read_bytes()
        assert re.search(rb"/Lang ?\(de\)", paper), "the guide on paper is in the language of the page"
        with pdfplumber.open(io.BytesIO(paper)) as read:
            assert GERMAN["guide.atOnce"] in read.pages[0].extract_text()
        assert person.errors == []
    context.close()
