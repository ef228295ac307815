"""The criteria builder in Chromium: built by mouse and by keys, and nothing that is typed is lost."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from authoring.console.components.builder import BuilderResult, catalogue, read_edit, script
from engine.criteria import criterion_adapter
from engine.english import english
from engine.knowledge import KnowledgeBase
from engine.load import load
from tests.browsing import PATIENCE, chromium, streamlit, until
from tests.random_kb import base_records, from_records, question, random_kb, rule, section, term
from validators.checks.logic import operator
from validators.checks.references import option
from validators.checks.units import points
from validators.checks.units import range as range_check
from validators.registry import Context

ROOT = Path(__file__).parent.parent
Json = dict[str, Any]

APP = """
import json
import sys
from pathlib import Path
import streamlit as st
sys.path.insert(0, {root!r})
from authoring.console.components.builder import criteria_builder
from engine.criteria import criterion_adapter
from engine.english import english
from tests.test_builder import small_kb

folder = Path({folder!r})
name = st.query_params["test"]
given = folder / f"{{name}}.in.json"
start = json.loads(given.read_text()) if given.exists() else {{"value": None, "version": 0}}
if st.checkbox("Hide"):
    st.stop()
st.session_state.runs = st.session_state.get("runs", 0) + 1
if "echo" in st.query_params:
    start["value"] = st.session_state.get("draft", start["value"])
result = criteria_builder(small_kb(), start["value"], version=start["version"], key=name, record="r")
st.session_state.draft = result.draft
said = english(criterion_adapter.validate_json(json.dumps(result.value)), small_kb()) if result.value else ""
out = {{**vars(result), "english": said, "runs": st.session_state.runs}}
part = folder / f"{{name}}.part"
part.write_text(json.dumps(out))
part.replace(folder / f"{{name}}.out.json")
st.button("Run again")
"""


def small_kb() -> KnowledgeBase:
    """Every type of question, two findings and two scores."""
    options = {"options": [{"id": "sudden", "text": "Suddenly"}, {"id": "slow", "text": "Slowly", "name": "insidious"}]}
    options["options"].append({"id": "unclear", "text": "I cannot say"})
    signs = {"options": [{"id": one, "text": f"I have {one}"} for one in ("fever", "chills", "sweats", "rash")]}
    records = base_records("Builder")
    records["questions/pain.json"] = section(
        [
            question("back_pain", name="Back pain"),
            question("onset", "choice", name="Onset", **options),
            question("signs", "choices", name="Signs", **signs),
            question("site", "choice", name="Site", options_from="body"),
        ],
        "pain",
        1,
    )
    records["questions/you.json"] = section(
        [
            question("age", "integer", name="Age", unit="years", min=16, max=110),
            question("fever", "decimal", name="Temperature", unit="Cel", min=34, max=43),
            question("recurrent_cancer", name="Recurrent cancer", by="clinician"),
        ],
        "you",
        2,
    )
    when = {"fact": "age", "gte": 50}
    for id_, kind in (("older", "finding"), ("ill", "finding"), ("risk", "score"), ("halves", "score")):
        records[f"terms/{id_}.json"] = term(id_, kind, 2 if id_ == "halves" else 1)
        then = {kind: id_, **({"points": 1} if kind == "score" else {})}
        records[f"rules/t/{id_}.json"] = rule(f"t/{id_}", when, then)
    return from_records(records).kb


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Served:
    """A Streamlit server with one builder a page."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address

    def give(self, name: str, value: Json | None, version: int) -> None:
        """What the page passes to the builder from its next run on."""
        part = self.folder / f"{name}.in.part"
        part.write_text(json.dumps({"value": value, "version": version}))
        part.replace(self.folder / f"{name}.in.json")

    def heard(self, name: str) -> Json:
        """What the builder had told at the page's last run."""
        read: Json = json.loads(self.out(name).read_text())
        return read

    def out(self, name: str) -> Path:
        return self.folder / f"{name}.out.json"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("builder")
    (folder / "app_page.py").write_text(APP.format(root=str(ROOT), folder=str(folder)))
    # With the console's own settings: one run of a page at a time, or an older one could be the last to tell.
    with streamlit(folder / "app_page.py", folder, {}) as address:
        yield Served(folder, address)


class Desk:
    """One builder on one page, and what a person does with it."""

    def __init__(self, page: Page, served: Served, name: str, more: str) -> None:
        self.page, self.served, self.name, self.more = page, served, name, more
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.open()

    def open(self) -> None:
        self.page.goto(f"{self.served.address}/?embed=true&test={self.name}{self.more}")
        self.page.locator(".builder").wait_for()

    def row(self, *path: int) -> Locator:
        """The tree item at these positions: no numbers are the whole criterion."""
        steps = "".join(f" > .parts > .item:nth-child({at + 1})" for at in path)
        return self.page.locator(f".tree > .item{steps}")

    def head(self, *path: int) -> Locator:
        return self.row(*path).locator("> .row")

    def pick(self, words: str) -> None:
        """Search in the open list and click on the first that fits."""
        self.page.keyboard.type(words)
        self.page.locator(".picker .option").first.click()

    def condition(self, *path: int, about: str) -> None:
        self.head(*path).get_by_role("button", name="Add a condition").click()
        self.pick(about)

    def group(self, *path: int, kind: str, first: str) -> None:
        """A new group in the group at the path, with its first condition."""
        self.head(*path).get_by_role("button", name="Add a group").click()
        self.pick(first)
        at = self.row(*path).locator("> .parts > .item").count() - 1
        self.kind(*path, at, kind=kind)

    def kind(self, *path: int, kind: str) -> None:
        self.head(*path).locator(".kind").select_option(kind)

    def do(self, *path: int, action: str) -> None:
        """An entry of a row's menu."""
        self.head(*path).get_by_role("button", name="Actions").click()
        self.page.get_by_role("menuitem", name=action).click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def english(self) -> str:
        return self.page.locator(".english").text_content() or ""

    def told(self, value: Json | None) -> Json:
        """Wait until the server has heard of this value; the value is one, and its English is the browser's."""
        seen: Json = {}

        def same() -> bool:
            nonlocal seen
            with contextlib.suppress(FileNotFoundError):
                seen = self.served.heard(self.name)
            return bool(seen) and seen["value"] == value

        with contextlib.suppress(AssertionError):
            until(same, "")
        assert seen.get("value") == value, seen
        if value is not None:
            criterion_adapter.validate_json(json.dumps(seen["value"]))
            assert seen["english"] == self.english
            assert seen["problems"] == []
        assert self.errors == []
        return seen

    def ran(self, before: int) -> None:
        """Wait until the page ran more often than before."""
        until(lambda: bool(self.served.heard(self.name)["runs"] > before), "the page ran")

    def draft(self, draft: Json | None) -> Json:
        """Wait until the server has heard of this unfinished tree, which is no value."""
        until(lambda: self.served.heard(self.name)["draft"] == draft, f"the draft is {draft}")
        seen = self.served.heard(self.name)
        assert seen["value"] is None
        return seen


@pytest.fixture
def desk(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Callable[..., Desk]]:
    context = browser.new_context(viewport={"width": 1200, "height": 1000})
    context.set_default_timeout(PATIENCE)
    name = request.node.name.translate(str.maketrans("[]", "--"))

    def make(value: Json | None = None, version: int = 0, more: str = "") -> Desk:
        served.give(name, value, version)
        return Desk(context.new_page(), served, name, more)

    yield make
    context.close()


def yes(fact: str) -> Json:
    return {"fact": fact, "is": True}


NESTED = {
    "any": [
        yes("back_pain"),
        {
            "all": [
                {"fact": "age", "gte": 50},
                {
                    "at_least": 2,
                    "of": [
                        {"fact": "signs", "includes": "fever"},
                        {"fact": "onset", "in": ["sudden", "slow"]},
                        {"fact": "site", "is": "left_hip"},
                    ],
                },
                {"not": {"fact": "fever", "lt": 38.5}},
            ]
        },
        {"finding": "older"},
        {"score": "halves", "gte": 0.5},
    ]
}


def test_nested_by_mouse(desk: Callable[..., Desk]) -> None:
    one = desk()
    one.page.locator(".foot").get_by_role("button", name="Add a group").click()
    one.pick("back pain")
    one.kind(kind="any")
    one.group(kind="all", first="age")
    one.head(1, 0).locator(".number").fill("50")
    one.group(1, kind="at_least", first="i have fever")  # found by an answer: the question and its answer at once
    one.condition(1, 1, about="onset")
    one.head(1, 1, 1).locator(".operator").select_option("in")
    for name in ("insidious", "Suddenly"):
        one.head(1, 1, 1).get_by_role("checkbox", name=name).check()
    one.condition(1, 1, about="site")
    one.head(1, 1, 2).locator("select.answer").select_option("left_hip")
    one.head(1, 1).locator(".k").fill("2")
    one.condition(1, about="temperature")
    one.head(1, 2).locator(".operator").select_option("lt")
    one.head(1, 2).locator(".number").fill("38.5")
    one.do(1, 2, action="Wrap in “not”")
    one.condition(about="older")
    one.condition(about="halves")
    one.head(3).locator(".number").fill("0.5")
    seen = one.told(NESTED)
    assert seen["draft"] == NESTED
    expect(one.page.locator(".status")).to_have_text("Complete: 8 conditions")


def test_keyboard_only(desk: Callable[..., Desk]) -> None:
    one = desk()
    one.page.keyboard.press("Tab")
    while one.page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") != "Condition":
        one.press("Tab")
    one.press("Enter")
    one.page.keyboard.type("age")
    one.press("Enter")
    one.page.keyboard.type("50")
    one.press("Enter", "a")  # back on the row; a condition behind a lone one joins the two
    one.page.keyboard.type("older")
    one.press("Enter", "n", "g")  # wrapped in not, which joins what it holds with a new group
    one.page.keyboard.type("recurrent cancer")
    one.press("Enter")  # its first answer, yes, is chosen; the focus is on it
    one.press("ArrowRight", "Enter")  # no
    inner = {"all": [{"finding": "older"}, {"any": [{"fact": "recurrent_cancer", "is": False}]}]}
    one.told({"all": [{"fact": "age", "gte": 50}, {"not": inner}]})
    one.press("ArrowLeft", "u")  # to its group, which gives way to its one part
    inner = {"all": [{"finding": "older"}, {"fact": "recurrent_cancer", "is": False}]}
    one.told({"all": [{"fact": "age", "gte": 50}, {"not": inner}]})
    one.press("Home", "ArrowLeft")  # closed: what is in it is neither seen nor reached
    expect(one.row(1)).to_be_hidden()
    one.press("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "Delete")
    one.told({"all": [{"fact": "age", "gte": 50}]})
    one.press("Home", "m")
    one.page.keyboard.press("End")
    one.press("ArrowUp", "Escape", "u")
    one.told({"fact": "age", "gte": 50})
    assert one.page.locator('.item[tabindex="0"]').count() == 1
    expect(one.row()).to_be_focused()
    expect(one.row()).to_have_attribute("aria-label", "Age at least 50 years")


def test_editing_moving_undoing(desk: Callable[..., Desk]) -> None:
    a, b, c, d = yes("back_pain"), {"finding": "older"}, {"finding": "ill"}, {"score": "risk", "lte": 0}
    start = {"all": [a, {"any": [b, c]}, d]}
    one = desk(start, 1)
    one.row(0).click(position={"x": 2, "y": 2})
    one.press("Alt+ArrowDown")
    one.told({"all": [{"any": [b, c]}, a, d]})
    one.press("Alt+ArrowRight")
    one.told({"all": [{"any": [b, c, a]}, d]})
    one.press("Alt+ArrowUp", "Alt+ArrowLeft")
    one.told({"all": [{"any": [b, c]}, a, d]})
    one.press("w")
    one.told({"all": [{"any": [b, c]}, {"any": [a]}, d]})
    one.kind(1, kind="not")
    one.told({"all": [{"any": [b, c]}, {"not": a}, d]})
    one.do(0, action="Unwrap")
    one.told({"all": [b, c, {"not": a}, d]})
    one.do(0, action="Duplicate")
    expect(one.row(1).locator(".problem")).to_contain_text("repeats part 1")
    assert one.draft({"all": [b, b, c, {"not": a}, d]})["problems"][0][0] == "/all/1"
    one.press("Delete")
    one.told({"all": [b, c, {"not": a}, d]})
    one.kind(kind="at_least")
    one.head().locator(".k").fill("5")
    expect(one.row().locator("> .problems")).to_contain_text("At least 5 of 4 can never hold: choose 1 to 4")
    one.draft({"at_least": 5, "of": [b, c, {"not": a}, d]})
    one.head().locator(".k").fill("3")
    one.told({"at_least": 3, "of": [b, c, {"not": a}, d]})
    one.head(3).locator(".grip").drag_to(one.head(0), target_position={"x": 200, "y": 3})
    last = {"at_least": 3, "of": [d, b, c, {"not": a}]}
    one.told(last)
    for _ in range(30):
        one.press("Control+z")
    one.told(start)
    expect(one.page.get_by_role("button", name="Undo")).to_be_disabled()
    for _ in range(30):
        one.press("Control+Shift+z")
    one.told(last)
    one.page.get_by_role("button", name="Undo").click()
    one.told({"at_least": 3, "of": [b, c, {"not": a}, d]})


def test_problems_at_their_place(desk: Callable[..., Desk]) -> None:
    one = desk({"all": [{"fact": "age", "gte": 50}, yes("back_pain")]}, 1)
    field = one.head(0).locator(".number")
    trouble = one.row(0).locator(".problem")
    for typed, kept, message in [
        ("200", 200, "Age goes from 16 to 110 years: 200 is outside."),
        ("16", 16, "is always so and decides nothing"),
        ("50.5", 50.5, "Age is a whole number"),
        ("5x", "5x", "“5x” is not a number."),
        ("", None, "Write a number."),
    ]:
        field.fill(typed)
        expect(trouble).to_contain_text(message)
        seen = one.draft({"all": [{"fact": "age", "gte": kept}, yes("back_pain")]})
        assert [pointer for pointer, _ in seen["problems"]] == ["/all/0/gte"]
    expect(one.page.locator(".status")).to_have_text("1 thing to finish")
    field.fill("38")
    expect(trouble).to_have_count(0)
    one.told({"all": [{"fact": "age", "gte": 38}, yes("back_pain")]})
    one.do(0, action="Remove")
    one.do(0, action="Remove")
    assert one.draft({"all": []})["problems"] == [["/all", "This group is empty: add a condition."]]
    one.do(action="Remove")
    one.told(None)
    expect(one.page.locator(".foot")).to_contain_text("Nothing here yet")


def test_fast_typing(desk: Callable[..., Desk]) -> None:
    """No key is lost or doubled, and none is taken for one of the page's own (`r` runs it again, `c` clears)."""
    one = desk({"fact": "fever", "gte": 38}, 1)
    runs = one.served.heard(one.name)["runs"]
    one.row().click(position={"x": 2, "y": 2})
    one.press("a")
    words = "recurrent cancer crcrcr"
    one.page.keyboard.type(words)
    expect(one.page.locator(".picker .search")).to_have_value(words)
    assert one.served.heard(one.name)["runs"] <= runs + 1  # at most the one that told of the new condition
    for _ in " crcrcr":
        one.press("Backspace")
    one.press("Enter", "Escape")
    field = one.head(0).locator(".number")
    field.click()
    for text in ("38.123456789", "39.5", "40.25"):
        one.press("Control+a")
        one.page.keyboard.type(text)
        expect(field).to_have_value(text)
    assert field.evaluate("field => field.selectionStart") == len("40.25")
    one.told({"all": [{"fact": "fever", "gte": 40.25}, yes("recurrent_cancer")]})
    for key in "4140.5":  # slowly, so that the page runs between the keys
        one.press(key)
        one.page.wait_for_timeout(300)
    expect(field).to_have_value("40.254140.5")
    one.press("Control+z")
    assert one.errors == []


@pytest.mark.parametrize("more", ["", "&echo=1"], ids=["saved", "echo"])
def test_reload_restores(desk: Callable[..., Desk], more: str) -> None:
    """Also where the page passes back what it was told, without saving it."""
    one = desk({"fact": "age", "gte": 50}, 1, more)
    one.head().locator(".number").fill("7")
    one.draft({"fact": "age", "gte": 7})
    one.head().locator(".number").fill("70")
    one.told({"fact": "age", "gte": 70})
    one.head().locator(".number").fill("7")
    one.page.reload()
    offer = one.page.locator(".offer")
    expect(offer).to_contain_text("not saved: Age at least 7 years")
    expect(one.head().locator(".number")).to_have_value("50")
    offer.get_by_role("button", name="Restore").click()
    expect(one.head().locator(".number")).to_have_value("7")
    expect(offer).to_have_count(0)
    one.head().locator(".number").fill("71")
    one.told({"fact": "age", "gte": 71})
    one.press("Control+z", "Control+z")
    expect(one.head().locator(".number")).to_have_value("50")
    one.press("Control+Shift+z", "Control+Shift+z")
    one.served.give(one.name, {"fact": "age", "gte": 71}, 9)  # saved
    one.page.reload()
    expect(one.head().locator(".number")).to_have_value("71")
    expect(offer).to_have_count(0)


def test_stale_and_newer_values(desk: Callable[..., Desk]) -> None:
    one = desk({"fact": "age", "gte": 50}, 3)
    field = one.head().locator(".number")
    field.fill("61")
    assert one.told({"fact": "age", "gte": 61})["version"] == 4
    again = one.page.get_by_role("button", name="Run again")
    for version, shown in ((2, "61"), (4, "61"), (5, "20")):
        one.served.give(one.name, {"fact": "age", "gte": 20}, version)
        runs = one.served.heard(one.name)["runs"]
        again.click()
        one.ran(runs)
        expect(field).to_have_value(shown)
        one.told({"fact": "age", "gte": int(shown)})
        note = "Meanwhile this was stored: Age at least 20 years" if version < 5 else "changed elsewhere"
        expect(one.page.locator(".note")).to_contain_text(note)
    one.page.get_by_role("button", name="Undo").click()
    expect(field).to_have_value("61")
    assert one.told({"fact": "age", "gte": 61})["version"] == 6


def test_leaving_and_coming_back(desk: Callable[..., Desk]) -> None:
    """The tree and its undo steps outlive the element, and the server hears of them again."""
    one = desk({"fact": "age", "gte": 50}, 1)
    one.head().locator(".number").fill("61")
    one.told({"fact": "age", "gte": 61})
    one.served.out(one.name).unlink()
    hide = one.page.get_by_text("Hide")
    hide.click()
    expect(one.page.locator(".builder")).to_have_count(0)
    hide.click()
    one.told({"fact": "age", "gte": 61})
    one.page.get_by_role("button", name="Undo").click()
    one.told({"fact": "age", "gte": 50})


def test_json_on_request(desk: Callable[..., Desk]) -> None:
    one = desk({"fact": "age", "gte": 50}, 1)
    text = one.page.get_by_label("The criterion as JSON")
    expect(text).to_be_hidden()
    one.page.get_by_role("button", name="Show JSON").click()
    expect(text).to_have_value('{"fact": "age", "gte": 50}')
    apply = one.page.get_by_role("button", name="Apply")
    for typed, message in [
        ('{"fact": "age",\n "gte": 5', "Line 2: a comma, quote or bracket is missing"),
        ('{"fact": "age", "fact": "age"}', "“fact” stands twice"),
        ('{"all": [{"foo": 1}]}', "At /all/0: a criterion has one of the keys"),
        ('{"fact": "age", "gte": 5, "lt": 7}', "one operator"),
    ]:
        text.fill(typed)
        expect(one.page.locator(".said")).to_contain_text(message)
        expect(apply).to_be_disabled()
    text.fill('{"not": {"fact": "fever", "gte": 38.0}}')
    apply.click()
    one.told({"not": {"fact": "fever", "gte": 38.0}})
    assert one.english == "not (Temperature at least 38 Cel)"


@pytest.fixture(scope="module")
def module_page(browser: Browser) -> Iterator[Page]:
    """A page that holds the component's own functions as `builder`."""
    page = browser.new_page()
    names = "readJson, writeJson, fromJson, toJson, Catalogue, english, problemsOf"
    page.add_script_tag(content=f"{{{script()}\nwindow.builder = {{{names}}};}}".replace("export default ", ""))
    yield page
    page.close()


SAY = """([data, texts]) => {
  const kb = new builder.Catalogue(data);
  return texts.map((text) => {
    const node = builder.fromJson(builder.readJson(text), kb);
    return [builder.english(node, kb), builder.writeJson(builder.toJson(node)), builder.problemsOf(node, kb)];
  });
}"""


def test_english_and_problems_are_the_engines(module_page: Page) -> None:
    """On random criteria: the same English, the same JSON back, and no problem is missed that the checks find."""
    said = clean = troubled = 0
    for seed in range(45):
        made = random_kb(Random(seed))
        context = Context(load(made.files))
        found = {
            (path, tuple(steps[:-1]) if steps and steps[-1] in ("gte", "gt", "lte", "lt", "is", "in") else tuple(steps))
            for check in (operator, option, range_check, points)
            for path, steps, _, _ in check.run(context)
        }
        criteria = list(made.kb.criteria())
        texts = [one.model_dump_json(by_alias=True, exclude_none=True) for _, _, _, one in criteria]
        for (kind, id_, steps, criterion), text, (words, back, problems) in zip(
            criteria, texts, module_page.evaluate(SAY, [catalogue(made.kb), texts]), strict=True
        ):
            assert words == english(criterion, made.kb)
            assert criterion_adapter.validate_json(back) == criterion
            assert json.loads(back) == json.loads(text)
            said += 1
            known = [where for path, where in found if path == context.path(kind, id_) and where[: len(steps)] == steps]
            assert problems or not known, (text, known)
            clean += not problems
            troubled += bool(known)
    assert said > 300
    assert clean > 100
    assert troubled > 20


def test_numbers_in_english_are_pythons(module_page: Page) -> None:
    kb = small_kb()
    rng = Random(1)
    numbers = ["0.0001", "0.00001", "1e16", "123456789012345678", "1e22", "5E-324", "-0.0", "2.50", "38.0", "0.1e1"]
    numbers += [repr(rng.uniform(-1, 1) * 10 ** rng.randint(-8, 20)) for _ in range(300)]
    texts = [f'{{"score": "risk", "gte": {number}}}' for number in numbers]
    expected = [english(criterion_adapter.validate_json(text), kb) for text in texts]
    assert [words for words, _, _ in module_page.evaluate(SAY, [catalogue(kb), texts])] == expected


def test_what_the_browser_sends_is_read_with_care() -> None:
    edit = {
        "record": "r",
        "version": 3,
        "value": '{"fact": "age", "gte": 2.50}',
        "draft": '{"fact": "age", "gte": 2.50}',
    }
    edit["problems"] = []
    heard = read_edit(edit, None, version=2, record="r")
    assert heard.version == 3
    assert heard.value
    assert heard.value["gte"].text == "2.50"
    given = '{"finding": "older"}'
    for record, version in (("another", 2), ("r", 4)):  # of another record, or older than what was given
        assert read_edit(edit, given, version=version, record=record) == BuilderResult(
            {"finding": "older"}, {"finding": "older"}, version, ()
        )
    forged = {**edit, "value": '{"fact": "age"}', "draft": '{"fact": "age"}'}
    refused = read_edit(forged, None, version=2, record="r")
    assert refused.value is None
    assert refused.problems
    assert read_edit(None, '{"all": []}', version=1, record="r") == BuilderResult(None, {"all": []}, 1, ())
