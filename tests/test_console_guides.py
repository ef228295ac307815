"""The page on conditions and guides: its form, its states, and the text field that loses nothing."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from authoring import actions
from authoring.actions import Refused, View
from authoring.console.conditions.condition_browse import condition_paths, filtered, rows
from authoring.console.conditions.condition_details import chance, criterion_lines
from authoring.console.conditions.condition_form import (
    Json,
    add_section,
    decibans,
    duplicate_record,
    form_from,
    most_urgent_first,
    move,
    new_path,
    new_place,
    new_record,
    place_findings,
    probability_of,
    read_form,
    record_from,
    remove,
)
from authoring.console.conditions.guide_reading import hard_spans, measured
from authoring.workspace import Draft, Person, Workspace
from tests.browsing import chromium, streamlit
from tests.conftest import ROOT, STARTER

TODAY = date(2026, 11, 23)
SPASM = "conditions/low_back/low_back_spasm.json"


@pytest.fixture(scope="module")
def view(starter_files: dict[str, bytes]) -> View:
    return View(starter_files, "none", TODAY)


@pytest.fixture
def spasm(starter_files: dict[str, bytes]) -> Json:
    record = json.loads(starter_files[SPASM])
    assert isinstance(record, dict)
    return record


# The form


def test_every_condition_survives_its_form(starter_files: dict[str, bytes]) -> None:
    for path, data in starter_files.items():
        if path.startswith("conditions/"):
            assert record_from(form_from(json.loads(data)))[0] == json.loads(data), path


def test_a_form_leaves_out_what_is_empty_and_keeps_what_must_be_written(spasm: Json) -> None:
    form = form_from(spasm)
    statement = form["guide"]["sections"][0]["statements"][0]
    statement.update(text="", judgement=" ", contested="", advice=None, action=False, sources=[])
    form["thresholds"] = None
    record, places = record_from(form)
    assert record["guide"]["sections"][0]["statements"][0] == {"text": ""}
    assert "thresholds" not in record
    assert places["/guide/sections/0/statements/0"] == "what_it_is-1"


def test_signs_are_sorted_and_keep_their_order_within_an_urgency() -> None:
    signs = [
        {"sign": "c", "urgency": "routine"},
        {"sign": "a", "urgency": "emergency"},
        {"sign": "d", "urgency": "routine"},
        {"sign": "b", "urgency": "urgent"},
    ]
    assert [one["sign"] for one in most_urgent_first(signs)] == ["a", "b", "c", "d"]


def test_parts_keep_their_names_while_they_move(spasm: Json) -> None:
    form = form_from(spasm)
    statements = form["guide"]["sections"][0]["statements"]
    names = [one["_place"] for one in statements]
    move(statements, names[0], -1)
    assert [one["_place"] for one in statements] == names
    move(statements, names[0], 1)
    assert [one["_place"] for one in statements][:2] == [names[1], names[0]]
    remove(statements, names[1])
    assert new_place(statements, "what_it_is") == names[1]


def test_a_new_section_stands_where_it_is_read(spasm: Json) -> None:
    form = form_from(spasm)
    form["guide"]["sections"] = [one for one in form["guide"]["sections"] if one["id"] in ("what_it_is", "outlook")]
    add_section(form, "today")
    assert [one["id"] for one in form["guide"]["sections"]] == ["what_it_is", "today", "outlook"]


def test_findings_stand_at_the_field_that_caused_them(view: View, spasm: Json) -> None:
    form = form_from(spasm)
    form["guide"]["watch_for"][-1]["sign"] = ""
    form["guide"]["watch_for"].insert(0, form["guide"]["watch_for"].pop())  # the record sorts it to the end again
    record, places = record_from(form)
    condition, findings = read_form(view, SPASM, record)
    assert condition is None
    placed = place_findings(findings, places)
    assert {(one.place, one.field) for one in placed} == {(form["guide"]["watch_for"][0]["_place"], "sign")}
    assert placed[0].finding.what == "the text is empty"


def test_checks_run_before_a_save(view: View, spasm: Json) -> None:
    form = form_from(spasm)
    form["guide"]["watch_for"][0]["go"] = "Somewhere."
    form["region"] = "lowback"
    record, places = record_from(form)
    condition, findings = read_form(view, SPASM, record)
    assert condition is not None
    found = {(one.finding.code, one.place, one.field) for one in place_findings(findings, places)}
    assert ("GD003", "sign-1", "go") in found
    assert ("RF012", "", "region") in found


def test_an_unchanged_condition_has_the_findings_of_the_whole_check(view: View, spasm: Json) -> None:
    _, findings = read_form(view, SPASM, spasm)
    assert {one.code for one in findings} <= {one.code for one in view.findings_in(SPASM)}


def test_every_criterion_reads_in_english(view: View) -> None:
    for path in condition_paths(view).values():
        value = view.loaded.values[path]
        assert isinstance(value, dict)
        if "considered_when" in value:
            assert criterion_lines(value["considered_when"], view.kb), path
    assert criterion_lines({"all": [None]}, view.kb) == []


def test_decibans_and_probability() -> None:
    assert decibans(0.5) == 0
    assert decibans(0.85) == 8
    assert decibans(probability_of(-13)) == -13
    assert chance(0.85) == "85 in 100 (+8 decibans)"
    assert chance(0.0004) == "4 in 10,000 (-34 decibans)"
    assert chance(None) == "not a probability between 0 and 1"


def test_new_and_copied_conditions(view: View, spasm: Json) -> None:
    path = new_path(view, "hip", "Greater trochanteric pain")
    assert path == "conditions/hip/greater_trochanteric_pain.json"
    with pytest.raises(Refused, match="already a condition"):
        new_path(view, "hip", "Low back spasm")
    with pytest.raises(Refused, match="no letters"):
        new_path(view, "hip", "123")
    record = new_record(
        path,
        name="Greater trochanteric pain",
        plain_name="Pain on the outside of the hip",
        region="hip",
        care_level="routine",
        prior=0.1,
        reason="A guess.",
        review_by=TODAY,
    )
    condition, findings = read_form(view, path, record)
    assert condition is None
    assert all(one.pointer.startswith("/guide") for one in findings), findings
    before = copy.deepcopy(spasm)
    copied = duplicate_record({**spasm, "retired": {"reason": "x"}}, path, "Another")
    assert (copied["id"], copied["name"]) == ("greater_trochanteric_pain", "Another")
    assert "retired" not in copied
    assert spasm == before


def test_browsing_finds_by_any_name_region_and_level(view: View) -> None:
    found = rows(view)
    assert {row.id for row in found} == set(view.kb.conditions)
    assert [row.id for row in filtered(found, "lumbago strained", None, None, False)] == ["acute_low_back_pain"]
    assert {row.care_level for row in filtered(found, "", None, "emergency", False)} == {"emergency"}
    spasm = next(row for row in found if row.id == "low_back_spasm")
    assert spasm.rules > 0
    assert spasm.cases > 0


def test_the_hardest_sentences_are_marked() -> None:
    easy = "Keep moving. Do a bit more each day."
    hard = "Prolonged immobilisation necessitates individualised multidisciplinary rehabilitation."
    assert hard_spans([easy, f"{easy} {hard}"]) == [[], [(len(easy) + 1, len(easy) + 1 + len(hard))]]
    assert hard_spans([easy, ""]) == [[], []]
    assert "Flesch-Kincaid" in measured([easy])
    assert "above the limit" in measured([hard])


# The page


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    # Without cases, which take most of the time of a check.
    shutil.copytree(STARTER, tmp_path / "kb", ignore=shutil.ignore_patterns("cases"))
    for command in (["init", "-qb", "main"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *command], cwd=tmp_path, check=True
        )
    return tmp_path


def open_page(repository: Path, monkeypatch: pytest.MonkeyPatch, **parameters: str) -> AppTest:
    monkeypatch.setenv("ALGOS_REPOSITORY", str(repository))
    app = AppTest.from_file(str(ROOT / "authoring/console/views/conditions.py"), default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def start(repository: Path) -> tuple[Workspace, Draft]:
    workspace = Workspace(repository)
    return workspace, actions.start_draft(workspace, "Guides", Person("A", "a@example.org"))


def test_page_states(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(repository, monkeypatch)
    assert any("conditions. Choose a row" in one.value for one in app.caption)

    app = open_page(repository, monkeypatch, condition="no_such")
    assert r"no\_such" in app.error[0].value

    # What is approved is only read: nothing can be opened for editing.
    app = open_page(repository, monkeypatch, condition="low_back_spasm", part="today")
    assert not [one for one in app.button if one.label in ("Edit", "Close", "Save")]

    # The longest guide, in a draft, with one part open.
    workspace, draft = start(repository)
    app = open_page(repository, monkeypatch, draft=draft.id, condition="low_back_spasm", part="today")
    assert len([one for one in app.button if one.label == "Close"]) == 1
    assert len([one for one in app.button if one.label == "Edit"]) > 10
    assert next(one for one in app.button if one.label == "Save").disabled

    # An error stands at its field, and a draft with errors can be saved.
    (work,) = app.session_state["condition-works"].values()
    section = next(one for one in work.form["guide"]["sections"] if one["id"] == "today")
    section["title"] = ""
    app.run()
    assert any("The text is empty" in one.value for one in app.error)
    assert any("1 to mend" in one.value for one in app.caption)
    next(one for one in app.button if one.label == "Save").click().run()
    assert not app.exception
    stored = json.loads(workspace.files(workspace.draft(draft.id).head)[SPASM])
    assert next(one for one in stored["guide"]["sections"] if one["id"] == "today")["title"] == ""
    assert next(one for one in app.button if one.label == "Save").disabled

    app = open_page(repository, monkeypatch, draft=draft.id, condition="low_back_spasm", view="details")
    assert any("What the condition as a whole rests on" in one.label for one in app.expander)
    app = open_page(repository, monkeypatch, draft=draft.id, condition="low_back_spasm", view="used")
    assert any(one.value.startswith("Rules (") for one in app.subheader)


def places(block: Block, at: tuple[int, ...] = ()) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every field of a page, and where in the tree of the page it stands."""
    for number, child in block.children.items():
        proto = child.proto
        name = getattr(proto, "id", "") or getattr(getattr(proto, "bidi_component", None), "id", "")
        if name:
            yield name, (*at, number)
        if isinstance(child, Block):
            yield from places(child, (*at, number))


@pytest.mark.parametrize(
    "parameters", [{"part": "today"}, {"part": "exercises"}, {"part": "watch_for"}, {"view": "details"}]
)
def test_what_is_told_moves_no_field(
    repository: Path, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, str]
) -> None:
    # A field that moves is made anew by the browser, and whoever types in it loses keys.
    _, draft = start(repository)
    app = open_page(repository, monkeypatch, draft=draft.id, condition="low_back_spasm", **parameters)
    before = dict(places(app.main))
    told = len(app.error) + len(app.warning)
    (work,) = app.session_state["condition-works"].values()
    guide = work.form["guide"]
    for part in (work.form, *guide["sections"], *guide["exercises"], *guide["watch_for"], work.form["prior"]):
        for one in (part, *part.get("statements", ())):
            for name in ("title", "text", "start", "sign", "go", "judgement", "name", "plain_name"):
                if name in one:
                    one[name] = " "
            for citation in one.get("sources") or ():
                citation["locator"] = ""
    work.form["region"] = "nowhere"
    work.form["codes"][0]["code"] = " "
    work.form["thresholds"] = {"likely": 5, "possible": 9, "reason": ""}
    app.run()
    assert len(app.error) + len(app.warning) > told + 2
    after = dict(places(app.main))
    assert len(before.keys() & after.keys()) > 10
    assert {name: after[name] for name in before if name in after} == {
        name: place for name, place in before.items() if name in after
    }


# The text field

_APP = """
import time
import streamlit as st
from authoring.console.components.prose import prose

@st.cache_resource
def server():
    return {"value": "One.", "saved": "One.", "version": 1}

held = server()
elsewhere = "Twin" in str(st.session_state.get("p"))  # the field moves into another part of the page
with st.expander("Part", expanded=True) if elsewhere else st.container():
    result = prose(held["value"], version=held["version"], key="p", record="r", field="f", label="Text",
                   saved=held["saved"], marks=[(0, 4)] if held["value"] == "One." else [])
st.text(f"[{result.version}|{result.value}]")
if st.button("Save"):
    held["saved"] = held["value"] = result.value
    st.rerun()
if st.button("Stale"):
    held["value"] = "An older text."
    st.rerun()
if st.button("Newer"):
    held["value"], held["version"] = "Newer text.", held["version"] + 1
    st.rerun()
time.sleep(0.15)  # a run takes its time, and keys arrive during it
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("prose") / "tiny.py"
    script.write_text(_APP)
    with streamlit(script, script.parent, {}) as found:
        yield found


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def server_has(page: Page, version: int, text: str) -> None:
    expect(page.get_by_test_id("stText")).to_have_text(f"[{version}|{text}]")


def test_typed_text_arrives_unharmed_and_survives(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(address)
    area = page.get_by_role("textbox", name="Text")
    expect(area).to_have_value("One.")
    expect(page.locator("mark")).to_have_text("One.")

    # Fast typing, longer than the server's runs, with a second line.
    typed = " The quick brown fox jumps over the lazy dog, again and again."
    area.press("Control+End")
    area.press_sequentially(typed, delay=12)
    area.press("Enter")
    area.press_sequentially("Two lines.", delay=25)
    text = f"One.{typed}\nTwo lines."
    expect(area).to_have_value(text)
    server_has(page, 1, text)
    expect(area).to_have_value(text)

    # Undo and redo are the field's own and work after runs of the server.
    area.press("Control+z")
    expect(area).not_to_have_value(text)
    area.press("Control+Shift+z")
    expect(area).to_have_value(text)

    # A stale value of the server does not overwrite.
    page.get_by_role("button", name="Stale").click()
    server_has(page, 1, text)
    expect(area).to_have_value(text)

    # Saved text needs no journal: a reload offers nothing.
    page.get_by_role("button", name="Save").click()
    server_has(page, 1, text)
    page.wait_for_function("localStorage.getItem('algos:r:f') === null")
    page.reload()
    expect(area).to_have_value(text)
    expect(page.get_by_role("button", name="Keep it")).to_have_count(0)

    # A reload before the text was sent restores what was typed.
    area.press("Control+End")
    area.press_sequentially(" Unsent.", delay=5)
    page.wait_for_function("localStorage.getItem('algos:r:f')?.includes('Unsent')")
    page.reload()
    expect(area).to_have_value(text)
    page.get_by_role("button", name="Keep it").click()
    expect(area).to_have_value(text + " Unsent.")
    server_has(page, 1, text + " Unsent.")

    # A newer value of the server is taken, and what it replaces can be had back.
    page.get_by_role("button", name="Newer").click()
    expect(area).to_have_value("Newer text.")
    server_has(page, 2, "Newer text.")
    area.press("Control+z")
    expect(area).to_have_value(text + " Unsent.")


def test_a_field_that_is_made_anew_keeps_the_caret(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(address)
    area = page.get_by_role("textbox", name="Text")
    area.fill("One two.")
    area.press("Home")
    page.keyboard.type("Twin", delay=10)
    expect(page.get_by_test_id("stExpander").get_by_role("textbox", name="Text")).to_be_focused()
    page.keyboard.type("s: ", delay=10)
    expect(area).to_have_value("Twins: One two.")
    # Whoever left it is not taken back to it.
    area.fill("One two.")
    area.blur()
    expect(page.get_by_test_id("stExpander")).to_have_count(0)
    expect(area).not_to_be_focused()
