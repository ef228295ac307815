"""The pain assessment, as a person in pain meets it: in Chromium, on a phone and on a desktop."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from engine.answers import read_answers
from engine.assess import Assessor
from engine.evaluate import Evaluator
from engine.interview import Interview
from engine.model.rule import Urgency
from engine.outcome import conclude
from exports.assessment.serve import application
from exports.bundle.conform import transcript
from exports.bundle.source import ArchiveSource
from exports.serve import unverified
from tests.assessing import (
    DESKTOP,
    LOCKED_BACK,
    OPTIONS,
    PHONE,
    Json,
    Person,
    context_of,
    seeded,
    serving,
    starter_site,
)
from tests.browsing import chromium, until
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
def known(release: Starter) -> Json:
    """Whose answers these are, as the site keeps them."""
    manifest = unverified(ArchiveSource(release.archive).manifest())
    return {"kb": manifest.kb, "content": manifest.content}


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
    headings = {}
    while "#/question/" in page.url:
        heading = page.get_by_role("heading", level=1).inner_text()
        if size == PHONE and len(screens) in (0, 4, 5, 8):
            found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screens
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        screens.append(person.screen(LOCKED_BACK))
        headings |= dict.fromkeys(screens[-1], heading)
    # A screen is headed by what most of its questions are about: an injury is asked with how it began.
    assert headings["saddle_numbness"] == "Signs that need help now"
    assert headings["injury"] == headings["onset"] == "How it began and how it has been"
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
    some = [{"question": one, "urgency": "soon"} for one in ("age", "rash", "rash", "sex", "injury")]
    told = page.evaluate("async (some) => (await import('./result_page.js')).told(some)", some)
    assert [one["question"] for one in told] == ["rash", "injury"], "nobody can come back at another age"
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


@pytest.mark.parametrize("answer", ["new_or_worse", "not_sure_when"])
def test_new_saddle_numbness_stops_everything(person: Person, answer: str) -> None:
    person.begins()
    screens = person.finishes({"danger_now": [], "fever_signs": [], "saddle_numbness": answer})
    assert len(screens) <= 3
    person.heading("Get help now")
    page = person.page
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.locator("a.call").get_attribute("href") == "tel:999"
    main = page.locator("main")
    expect(main).to_contain_text("Say that you may have cauda equina syndrome")
    expect(main).to_contain_text("you have new numbness between your legs")
    expect(main).not_to_contain_text("Read the guide")
    expect(main).not_to_contain_text("fits your answers best")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []


def test_not_sure_about_saddle_numbness_is_never_self_care(person: Person, known: Json) -> None:
    seeded(person, LOCKED_BACK | {"saddle_numbness": "unknown"}, known)
    person.heading("Urgent: today")
    page = person.page
    expect(page.get_by_role("heading", name="What is still open")).to_be_visible()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark", forced_colors="active")
    assert violations(page) == []
    page.get_by_role("link", name="Answer it now").first.click()
    person.settled()
    assert "saddle_numbness" in person.questions()
    person.answer("saddle_numbness", "no")
    page.get_by_role("button", name="Next").click()
    person.heading("Self-care")  # nothing else was asked again


def test_a_reload_half_way_and_a_changed_answer(person: Person) -> None:
    """Answers survive a reload; a changed one asks again only what depends on it; progress never goes back."""
    person.begins()
    page = person.page
    first: list[list[str]] = []
    while len(first) < 2 or not any("leg_pain_reach" in screen for screen in first[:-2]):
        first.append(person.screen(LOCKED_BACK))
        assert len(first) < 12, first
    bar = page.get_by_role("progressbar")
    reached = float(bar.get_attribute("value") or 0)
    assert reached > 20
    next_screen = person.questions()
    person.opens()
    page.get_by_role("link", name="Carry on where you stopped").click()
    page.wait_for_url(re.compile(f"#/question/{len(first) + 1}$"))
    person.settled()
    assert person.questions() == next_screen

    page.go_back()
    page.go_forward()
    legs = 1 + next(at for at, screen in enumerate(first) if "leg_pain_reach" in screen)
    for number in range(len(first), legs - 1, -1):
        page.get_by_role("button", name="Back", exact=True).click()
        page.wait_for_url(re.compile(f"#/question/{number}$"))
        person.settled()
        assert float(bar.get_attribute("value") or 0) == reached
        assert page.locator("fieldset:visible input:checked").count() >= len(first[number - 1]) - 1
    assert "leg_pain_reach" in person.questions()
    person.answer("leg_pain_reach", "thigh")
    page.get_by_role("button", name="Next", exact=True).click()
    until(lambda: not page.url.endswith(f"/{legs}"), "the next screen is shown")
    person.settled()
    seen = {name for screen in first for name in screen}
    rest = []
    while "#/question/" in page.url:
        rest.append(person.screen(LOCKED_BACK | {"leg_worse_than_back": False, "leg_pain_cough": False}))
    assert "leg_worse_than_back" in {name for screen in rest for name in screen}
    again = [name for screen in rest for name in screen if name in seen]
    assert again == [], "nothing that was answered is asked again"
    page.get_by_role("button", name="Delete my answers").click()
    page.wait_for_url(re.compile("#/$"))
    assert page.evaluate("localStorage.getItem('algos.answers')") is None


@pytest.mark.parametrize(
    ("hours", "other", "counts"),
    [(23, {}, True), (25, {}, False), (1, {"content": "0" * 64}, False), (1, {"kb": "another"}, False)],
    ids=["of today", "of yesterday", "to another release", "to another knowledge base"],
)
def test_answers_count_for_a_day_and_for_the_release_that_asked(
    person: Person, known: Json, hours: int, other: Json, counts: bool
) -> None:
    """Warning signs may be new since yesterday, and another release may mean another thing by a question."""
    person.opens()
    at = int(time.time() - hours * 3600) * 1000
    kept = {**known, "at": at, "answers": {"danger_now": []}, "furthest": 0.1, **other}
    person.page.evaluate("kept => localStorage.setItem('algos.answers', JSON.stringify(kept))", kept)
    person.page.reload()
    name = "Carry on where you stopped" if counts else "Start"
    expect(person.page.get_by_role("link", name=name, exact=True)).to_be_visible()
    assert (person.page.evaluate("localStorage.getItem('algos.answers')") is not None) is counts


def test_a_screen_that_is_not_answered_says_so(person: Person) -> None:
    person.begins()
    page = person.page
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert").first).to_contain_text("2 questions still need an answer")
    assert page.evaluate("document.activeElement.closest('fieldset').id") == "field-danger_now"
    assert violations(page) == []
    person.opens("#/question/99")
    page.wait_for_url(re.compile("#/question/1$"))
    person.page.get_by_label("None of these").first.check()
    page.get_by_label("I am struggling to breathe").check()
    expect(page.get_by_label("None of these").first).not_to_be_checked()


def labels(question: str, value: object) -> list[str]:
    """What an answer is called on its screen."""
    match value:
        case "unknown":
            return ["I’m not sure"]
        case bool():
            return ["Yes" if value else "No"]
        case list():
            return [OPTIONS[question, one] for one in value] or ["None of these"]
        case str():
            return [OPTIONS[question, value]]
    return [str(value)]


def walk_to(person: Person, part: str) -> None:
    """Go to a part of the body map with the arrow keys, from the part that has the focus."""
    script = """(wanted) => {
      const at = (one) => one.dataset.at.split(" ").map(Number);
      const here = document.activeElement;
      const [x, y] = at(here);
      const [goalX, goalY] = at(here.closest("svg").querySelector(`[data-part=${wanted}]`));
      return [here.dataset.part, goalX - x, goalY - y];
    }"""
    came_from = ""
    for _ in range(40):
        at, right, down = person.page.evaluate(script, part)
        if at == part:
            return
        across = abs(right) > abs(down) if at != came_from else abs(right) <= abs(down)
        came_from = at
        ways = ("ArrowRight", "ArrowLeft") if across else ("ArrowDown", "ArrowUp")
        person.page.keyboard.press(ways[0] if (right if across else down) > 0 else ways[1])
    raise AssertionError(f"no way to {part}")


def test_by_keyboard_alone(person: Person) -> None:
    """From the first page to the result with Tab, Space, Enter and the arrows."""
    person.opens()
    page, press = person.page, person.page.keyboard.press
    focused = "[document.activeElement.closest('label')?.innerText ?? document.activeElement.innerText, "
    focused += "document.activeElement.name ?? '', document.activeElement.type ?? document.activeElement.tagName]"

    def tab_to(words: str) -> None:
        for _ in range(200):
            press("Tab")
            if str(page.evaluate(focused)[0] or "").strip() == words:
                return
        raise AssertionError(f"no way to {words}")

    tab_to("Start")
    press("Enter")
    page.wait_for_url(re.compile("#/question/1$"))
    person.settled()
    screens = 0
    while "#/question/" in page.url:
        screens += 1
        assert screens < 30
        before = page.url
        for name in person.questions():
            value = LOCKED_BACK.get(name, "unknown")
            if name == "pain_sites":
                tab_to("Choose from a list instead")  # past the picture, which one Tab reaches
                press("Shift+Tab")
                for _ in range(6):
                    if page.evaluate("document.activeElement.classList.contains('part')"):
                        break
                    press("Shift+Tab")
                walk_to(person, "low_back_middle")
                press("Space")
                expect(page.locator(".told").first).to_contain_text("middle of the lower back")
                continue
            wanted = labels(name, value)
            for words in wanted:
                for _ in range(200):
                    label, where, kind = page.evaluate(focused)
                    if where == name and str(label).strip() == words:
                        press("Space")
                        break
                    if kind == "text" and page.evaluate("document.activeElement.id") == name and value != "unknown":
                        page.keyboard.type(str(value))
                        break
                    press("ArrowDown" if where == name and kind == "radio" else "Tab")
                else:
                    raise AssertionError(f"no way to {name}: {words}")
        tab_to("Next")
        press("Enter")
        until(lambda before=before: page.url != before, "the next screen is shown")  # type: ignore[misc]
        person.settled()
        expect(page.get_by_role("heading", level=1)).to_be_focused()
    person.heading("Self-care")


def test_the_library_needs_no_questions(person: Person, release: Starter) -> None:
    person.opens()
    page = person.page
    page.get_by_role("link", name="Guides", exact=True).click()
    person.heading("Guides")
    shown = page.locator(".guides li:visible")
    everything = shown.count()
    assert everything == len(release.kb.current_conditions)
    page.get_by_role("searchbox", name="Search").fill("Sciatica slipped")
    expect(shown).to_have_count(1)
    page.get_by_role("searchbox", name="Search").fill("xyz")
    expect(page.get_by_text("No guide has these words")).to_be_visible()
    page.get_by_role("searchbox", name="Search").fill("locked")
    shown.first.get_by_role("link").click()
    person.heading("Low back spasm: when your back locks")
    expect(page.get_by_text(re.compile("^If .*:", re.M)).first).to_be_visible()  # for whom advice is
    for number in (1, 2, 9):
        page.get_by_role("checkbox", name=f"Day {number}", exact=True).check(force=True)
    person.opens("#/guides")
    person.opens("#/guides/low_back_spasm")
    person.settled()
    expect(page.get_by_text("3 days done.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Day 9")).to_be_checked()
    pictures = page.locator(".pictures img")
    assert pictures.count() >= 6
    pictures.first.scroll_into_view_if_needed()
    until(lambda: bool(pictures.first.evaluate("one => one.complete && one.naturalWidth > 0")), "a picture is shown")
    page.emulate_media(media="print")
    assert page.locator(".button:visible").count() == 0
    assert page.locator(".state").is_visible()


def test_what_is_told_is_what_the_engine_says(browser: Browser, address: str, release: Starter, known: Json) -> None:
    """For saved patients of every urgency; two problems are shown as two, and no likely cause is said plainly."""
    chosen: dict[object, str] = {}
    interview, evaluator = Interview(release.kb), Evaluator(release.kb)
    for name, case in sorted(release.kb.cases.items()):
        answers = read_answers(release.kb, dict(case.answers))
        outcome = conclude(evaluator, answers, evaluator.evaluate(answers))
        chosen.setdefault((outcome.urgency, min(len(outcome.likely), 2)), name)
    firsts = {urgency: name for (urgency, _), name in reversed(chosen.items())}
    several = next(name for (urgency, likely), name in chosen.items() if likely == 2 and urgency != "emergency")
    without = next(name for (urgency, likely), name in chosen.items() if likely == 0 and urgency == "routine")
    outcomes = {}
    for name in {*firsts.values(), several, without}:  # what is asked of them, and what it comes to
        answers = read_answers(release.kb, dict(release.kb.cases[name].answers))
        given = transcript(interview, evaluator, answers, name)
        asked = {one: answers.to_json().get(one, "unknown") for screen in given.screens for one in screen}
        told = read_answers(release.kb, asked)
        outcomes[name] = conclude(evaluator, told, evaluator.evaluate(told))
    assert {one.urgency for one in outcomes.values()} == set(Urgency)
    assert len(outcomes[several].likely) > 1
    assert not outcomes[without].likely
    context = context_of(browser)
    person = Person(context, address)
    for name, outcome in outcomes.items():
        seeded(person, dict(release.kb.cases[name].answers), known)
        page = person.page
        if outcome.urgency.value == "emergency":
            person.heading("Get help now")
            continue
        person.heading(release.kb.settings.urgency[outcome.urgency].name)
        assert page.locator(".condition h3").all_inner_texts() == [view.plain_name for view in outcome.named], name
        assert page.locator(".condition.likely").count() == len(outcome.likely)
        if name == several:
            expect(page.get_by_role("heading", name="These fit your answers best")).to_be_visible()
        if name == without:
            expect(page.get_by_text(release.kb.settings.no_cause)).to_be_visible()
    assert person.errors == []
    context.close()


def test_the_summary_can_be_copied_and_handed_over(browser: Browser, address: str, known: Json, tmp_path: Path) -> None:
    context = context_of(browser, permissions=["clipboard-read", "clipboard-write"])
    person = Person(context, address)
    seeded(person, LOCKED_BACK, known)
    page = person.page
    page.get_by_role("link", name="Summary for a doctor").click()
    person.heading("Summary for a clinician")
    expect(page.locator(".sheet")).to_contain_text("Acute low back spasm and locking (weight")
    expect(page.locator(".sheet")).to_contain_text("Spasm or locking: Yes, it locked: I could hardly move")
    page.get_by_role("button", name="Copy the text").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Urgency\n- Self-care" in copied
    assert "Not yet reviewed" in copied
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as FHIR").click()
    resource = json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))
    assert resource["resourceType"] == "QuestionnaireResponse"
    assert "locked" in json.dumps(resource)
    assert person.errors == []
    context.close()
