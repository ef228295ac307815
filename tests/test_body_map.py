"""The body map: its drawing, the check that it fits the body, and answering on it in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from authoring.console.bench.bench_body import PICTURE, has_map
from authoring.console.components.body_map import WORDS
from docs.drawings.body_figure import HEIGHT, VIEWS, WIDTH, clearance, main, on_page, polygon, widest
from docs.screenshots import prepare, served, settled
from engine.knowledge import KnowledgeBase
from exports.guide.picture import clean_svg
from tests.browsing import PATIENCE, chromium, streamlit
from tests.conftest import STARTER
from tests.test_console_looks import violations
from validators.checks.references.body_picture import CHECK
from validators.example import BASE, TODAY
from validators.registry import check_files, example_files

SMALLEST = 24
"""Pixels that a part is at least wide and high where each figure is 330 high."""


# The drawing


def test_the_picture_is_what_its_program_draws(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_every_part_is_large_enough_to_touch() -> None:
    for shapes in VIEWS.values():
        for shape in shapes:
            points = polygon(shape.curve)
            for axis in (0, 1):
                size = max(point[axis] for point in points) - min(point[axis] for point in points)
                assert shape.echo or size >= SMALLEST - 0.1, f"{shape.name}: {size:.1f}"
            _, room = widest(shape.curve)
            assert shape.echo or room >= 16, f"{shape.name}: a finger has {room:.1f}"


def test_no_shape_lies_on_another_or_off_the_page() -> None:
    for view, shapes in VIEWS.items():
        rings = {
            f"{shape.name} {flipped}": polygon(on_page(shape.curve, view, flipped))
            for shape in shapes
            for flipped in ((False,) if shape.middle else (False, True))
        }
        boxes = {
            name: (min(x for x, _ in one), max(x for x, _ in one), min(y for _, y in one), max(y for _, y in one))
            for name, one in rings.items()
        }
        assert all(
            left >= 0 and right <= WIDTH and top >= 0 and low <= HEIGHT for left, right, top, low in boxes.values()
        )
        for one, other in combinations(rings, 2):
            (a, b, c, d), (e, f, g, h) = boxes[one], boxes[other]
            columns, rows = range(int(max(a, e)), int(min(b, f)) + 1, 2), range(int(max(c, g)), int(min(d, h)) + 1, 2)
            for at in product(columns, rows):
                both = min(clearance(rings[one], at), clearance(rings[other], at))
                assert both < 0.3, f"{one} and {other} both lie at {at}"


def test_cleaning_leaves_every_part(starter: KnowledgeBase) -> None:
    text = clean_svg(starter.pictures[PICTURE])
    for region in starter.body.regions:
        for part in region.parts:
            assert text.count(f'id="{part.element}"') == 1


# The check

_PART = '<path class="part" id="{0}" d="M0 0h9v9Z"/>'
_LEFT, _RIGHT = _PART.format("low_back_left"), _PART.format("low_back_right")


def found(inside: str | bytes) -> list[str]:
    """What the check says of a picture of the example's body with this in its back view."""
    data = inside
    if isinstance(inside, str):
        data = f'<svg xmlns="http://www.w3.org/2000/svg"><g data-view="back">{inside}</g></svg>'.encode()
    findings = check_files(example_files(BASE, {PICTURE: data}), TODAY)[1]
    return [one.what for one in findings if one.code == CHECK.code]


def test_a_picture_that_fits_is_fine_and_so_is_none() -> None:
    assert found(_LEFT + _RIGHT + '<path class="echo" data-part="low_back_left" d="M0 0h9v9z"/>') == []
    assert CHECK.code not in [one.code for one in check_files(example_files(BASE, {}), TODAY)[1]]


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (_LEFT, "nobody can touch `low_back_right`: the picture has no shape `low_back_right`"),
        (_LEFT + _RIGHT + _RIGHT, "the picture has 2 shapes `low_back_right`"),
        (_LEFT + f'<g data-view="front">{_RIGHT}</g>', "`low_back_right` is drawn in the front view, not the back"),
        (_LEFT + _RIGHT + _PART.format("tail"), "the shape `tail` is no part of the body map"),
        (_LEFT + _RIGHT + '<path class="part" d="M0 0h9v9Z"/>', "a shape does not say which part of the body it is"),
        (_LEFT + _RIGHT.replace("Z", ""), "the path of `low_back_right` is not closed"),
        (
            _LEFT + _RIGHT + '<path class="echo" data-part="tail" d="M0 0h9v9Z"/>',
            "a shape shows `tail` once more, which is no part of the body map",
        ),
        ("<g>", "the picture cannot be read: it is not well-formed (mismatched tag: line 1, column 69)"),
        (b"\xff\xfe\x00", "the picture cannot be read: it is not well-formed"),
        (b"<html/>", "the picture cannot be read: it is not an SVG drawing"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><svg/>', "the picture cannot be read: it defines a document type"),
    ],
)
def test_a_picture_that_does_not_fit_is_told(inside: str | bytes, says: str) -> None:
    assert [one for one in found(inside) if one.startswith(says)], found(inside)


def test_a_picture_that_cannot_be_shown_leaves_the_list(starter: KnowledgeBase) -> None:
    sites = starter.questions["pain_sites"]
    assert has_map(starter, sites)
    assert not has_map(starter, starter.questions["night"])
    unshown: tuple[dict[str, bytes], ...] = ({}, {PICTURE: b"<svg"})
    for pictures in unshown:
        assert not has_map(replace(starter, pictures=pictures), sites)


# In the browser

APP = """
import json
import streamlit as st
from authoring.console.bench.bench_body import PICTURE
from authoring.console.components.body_map import BodyAnswer, body_map
from tests.conftest import STARTER
from engine.files import read_directory
from engine.load import load
from exports.guide.picture import clean_svg

@st.cache_resource
def body():
    kb = load(read_directory(STARTER)).kb
    return kb.body, clean_svg(kb.pictures[PICTURE])

given, picture = body()
answers = st.session_state.setdefault("answers", {"sites": BodyAnswer(), "main": BodyAnswer()})

def keep(name):
    return lambda answer: answers.update({name: answer})

st.title("Where it hurts")
if st.button("Load"):
    answers["sites"] = BodyAnswer(frozenset({"tailbone"}), frozenset({"groin_left"}))
if not st.checkbox("Hide"):
    body_map(given, picture, answers["sites"], key="sites", label="Sites of pain", on_change=keep("sites"))
    first = answers["sites"].yes
    body_map(
        given, picture, answers["main"], key="main", label="Main site", on_change=keep("main"), single=True, first=first
    )
for name, one in answers.items():
    st.text(f"{name}: {' '.join(sorted(one.yes))}; {' '.join(sorted(one.unsure))}; {one.whole}")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with two body maps and what the server holds of them."""
    folder = tmp_path_factory.mktemp("map")
    (folder / "app.py").write_text(APP)
    with streamlit(folder / "app.py", folder, {}) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1400}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def body(page: Page, label: str) -> Locator:
    """One body map."""
    return page.locator(".body-map").filter(has_text=label)


def part(at: Locator, name: str) -> Locator:
    """A part of the picture."""
    return at.locator("svg").locator(f'[role][aria-label^="{name}"]')


def heard(page: Page, name: str, words: str) -> None:
    """Wait until the server holds an answer."""
    expect(page.get_by_text(f"{name}: {words}", exact=True)).to_be_visible()


def test_touched_typed_and_listed_places_agree(page: Page, address: str) -> None:
    page.goto(address)
    sites, main_site = body(page, "Sites of pain"), body(page, "Main site")
    told = sites.get_by_role("status")
    part(sites, "left knee").click()
    expect(part(sites, "left knee")).to_have_attribute("aria-checked", "true")
    expect(sites.locator('.echo[data-part="knee_left"]')).to_have_attribute("data-state", "yes")
    expect(told).to_have_text("Hurts in 1: left knee.")
    sites.locator('.echo[data-part="foot_right"]').click()  # the heel, seen from the back
    expect(part(sites, "right foot")).to_have_attribute("aria-checked", "true")

    # From the foot with the keys, up to the shin and across the page to the other one.
    page.keyboard.press("ArrowUp")
    expect(part(sites, "right shin")).to_be_focused()
    assert sites.locator(".ring").get_attribute("d") == part(sites, "right shin").get_attribute("d")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(part(sites, "right shin")).to_have_attribute("aria-checked", "mixed")
    page.keyboard.press("ArrowRight")
    expect(part(sites, "left shin")).to_be_focused()
    page.keyboard.press("Home")
    expect(part(sites, "front of the head")).to_be_focused()
    assert sites.locator("svg [tabindex='0']").count() == 1
    heard(page, "sites", "foot_right knee_left; shin_right; None")

    # The list shows the same, and changes the picture.
    sites.get_by_text(WORDS["list"]).click()
    row = sites.locator(".row").filter(has_text="right shin")
    expect(sites.locator(".row").filter(has_text="left knee").get_by_role("checkbox")).to_be_checked()
    expect(row.get_by_role("button", name="Not sure about: right shin")).to_have_attribute("aria-pressed", "true")
    row.get_by_role("checkbox").check()
    expect(part(sites, "right shin")).to_have_attribute("aria-checked", "true")
    sites.locator(".row").filter(has_text="left knee").get_by_role("button").click()
    expect(part(sites, "left knee")).to_have_attribute("aria-checked", "mixed")
    expect(told).to_have_text("Hurts in 2: right shin, right foot or ankle. Not sure about 1: left knee.")
    heard(page, "sites", "foot_right shin_right; knee_left; None")

    # One place is asked for: those that hurt come first, and the answer is one of all.
    first = main_site.get_by_role("group", name=WORDS["first"])
    expect(first.get_by_role("radio")).to_have_count(2)
    first.get_by_role("radio", name="right shin").check()
    heard(page, "main", "shin_right; ; None")
    part(main_site, "tailbone").click()
    expect(first.get_by_role("radio", name="right shin")).not_to_be_checked()
    expect(main_site.get_by_role("status")).to_have_text("Answered: tailbone.")
    heard(page, "main", "tailbone; ; None")

    # Both are there after other things were shown in between, and the server may replace them.
    page.get_by_text("Hide").click()
    expect(sites).to_have_count(0)
    page.get_by_text("Hide").click()
    expect(part(sites, "left knee")).to_have_attribute("aria-checked", "mixed")
    expect(part(main_site, "tailbone")).to_have_attribute("aria-checked", "true")
    page.get_by_role("button", name="Load").click()
    expect(told).to_have_text("Hurts in 1: tailbone. Not sure about 1: left groin.")
    expect(first.get_by_role("radio")).to_have_count(1)


def test_a_fast_row_of_presses_loses_none(page: Page, address: str) -> None:
    page.goto(address)
    sites = body(page, "Sites of pain")
    told = sites.get_by_role("status")
    shapes = sites.locator("svg [role=checkbox]")
    expect(shapes.first).to_be_visible()
    pressed = [shapes.nth(at).get_attribute("data-part") for at in range(0, 24, 2)]
    for at in range(0, 24, 2):
        shapes.nth(at).dispatch_event("click")
    heard(page, "sites", f"{' '.join(sorted(one for one in pressed if one))}; ; None")
    expect(told).to_contain_text("Hurts in 12:")

    # Answers about all of it take the place of single ones, and of each other.
    sites.get_by_role("button", name="None of these").click()
    expect(told).to_have_text(WORDS["noneTold"])
    heard(page, "sites", "; ; none")
    sites.locator("[data-whole=unsure]").click()
    expect(sites.get_by_role("button", name="None of these")).to_have_attribute("aria-pressed", "false")
    heard(page, "sites", "; ; unsure")
    part(sites, "tailbone").click()
    heard(page, "sites", "tailbone; ; None")
    sites.get_by_role("button", name="Clear all").click()
    expect(told).to_have_text(WORDS["nothing"])
    heard(page, "sites", "; ; None")


def _heights(at: Locator) -> list[int]:
    """How high the name above a narrow picture is, with the mouse over each part in turn."""
    found: list[int] = at.evaluate("""(map) => {
        const name = map.querySelector(".name");
        name.style.width = "8rem";
        const heights = [...map.querySelectorAll(".part")].map((part) => {
            part.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));
            return Math.round(name.getBoundingClientRect().height);
        });
        name.style.width = "";
        return [...new Set(heights)];
    }""")
    return found


def test_nothing_hides_a_part_and_all_is_legible(page: Page, address: str) -> None:
    page.goto(address)
    sites = body(page, "Sites of pain")
    part(sites, "left knee").click()
    part(sites, "tailbone").dblclick()
    sites.get_by_text(WORDS["list"]).click()
    heard(page, "sites", "knee_left; tailbone; None")
    hidden = sites.locator("svg").evaluate(
        """svg => [...svg.querySelectorAll("[role=checkbox]")].filter(shape => {
          const [x, y] = shape.dataset.at.split(" ").map(Number);
          const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
          return svg.getRootNode().elementFromPoint(at.x, at.y) !== shape;
        }).map(shape => shape.dataset.part)"""
    )
    assert hidden == []
    assert len(_heights(sites)) == 1, "a longer name moves the picture away under the mouse"
    light = violations(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'")
    page.wait_for_timeout(300)
    assert (light, violations(page)) == ([], [])


def test_the_test_bench_takes_its_answers_from_the_map(
    browser: Browser, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with served(prepare(tmp_path_factory.mktemp("body") / "repository")) as console:
        page.goto(f"{console}/bench?case=common_acute_locked")
        section = page.get_by_role("combobox", name="Section")
        section.click()
        section.fill("Where it hurts")
        section.press("Enter")
        sites, main_site = body(page, "Sites of pain"), body(page, "Main site of pain")
        case = json.loads((STARTER / "cases" / "common_acute_locked.json").read_text(encoding="utf-8"))
        expect(sites.locator("svg [aria-checked=true]")).to_have_count(len(case["answers"]["pain_sites"]))
        expect(part(main_site, "middle of the lower back")).to_have_attribute("aria-checked", "true")
        badge = page.locator(".algos-urgency").last
        expect(badge).to_have_text("Self-care")
        sites.get_by_role("button", name="Clear all").click()
        part(sites, "tailbone").click()
        main_site.get_by_role("group", name=WORDS["first"]).get_by_role("radio", name="tailbone").check()
        expect(page.get_by_text("Coccydynia").locator("visible=true").first).to_be_visible()
        expect(badge).not_to_have_text("Self-care")
        expect(section).to_have_value("Where it hurts")
        settled(page)
        expect(sites.get_by_role("status")).to_have_text("Hurts in 1: tailbone.")
        page.get_by_role("button", name="Clear all").first.click()  # the bench's own
        expect(sites.get_by_role("status")).to_have_text(WORDS["nothing"])
