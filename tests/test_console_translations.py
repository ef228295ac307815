"""The page Translations: languages, one text beside its English, files for translators and back, emergency numbers."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from authoring import po
from authoring.actions import View, Views, save_records
from authoring.emergency_numbers import changes, numbers_from, problems_of, stored_place
from authoring.languages_known import known, known_languages, regions
from authoring.translating import Entry
from authoring.translation_actions import work_at
from authoring.translation_groups import group_id, groups_of, words_of_place
from authoring.workspace import Draft, Person, Workspace
from engine.knowledge import KnowledgeBase
from engine.texts import texts_of
from tests.browsing import PATIENCE, Console, Server, chromium, commit_all, pictured
from tests.conftest import ROOT, STARTER
from tests.forms import chosen, pressed, typed
from tests.test_console_pages import opened, words
from tests.test_locales import records
from validators.registry import check_files, example_files

ADA = Person("Ada", "ada@example.org")
AGE, SUMMARY = "question/age/text", "condition/spasm/guide/summary"
PLACES = {
    "numbers": ["999", "112"],
    "label": "999 or 112",
    "regions": ["GB"],
    "sources": [{"source": "smith-2020"}],
}


def repository(tmp_path: Path, left_out: str = "", **files: Any) -> Workspace:
    """The example with a German, with some files changed, and a draft `one`."""
    made = {**records(left_out), **{name.replace("__", "/") + ".json": value for name, value in files.items()}}
    for path, data in example_files(made, {}).items():
        file = tmp_path / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    commit_all(tmp_path)
    workspace = Workspace(tmp_path)
    workspace.start("One", ADA, datetime.now(UTC))
    return workspace


def with_places() -> dict[str, Any]:
    """Both languages with the numbers of the United Kingdom."""
    found: dict[str, Any] = {}
    for language in ("en", "de"):
        record: Any = json.loads(json.dumps(records()[f"locales/{language}.json"]))
        record["emergency"]["places"] = [{**PLACES, "label": f"999 or 112 ({language})"}]
        found[f"locales__{language}"] = record
    return found


def view_of(workspace: Workspace) -> View:
    return Views(workspace).at(draft(workspace).head, date(2026, 1, 1))


def draft(workspace: Workspace) -> Draft:
    return workspace.draft("one")


def german(workspace: Workspace) -> Any:
    return json.loads(workspace.files(draft(workspace).head)["locales/de.json"])


def sees(app: AppTest, *said: str) -> None:
    shown = words(app).replace("\\", "")
    for one in said:
        assert one in shown, f"{one!r} is not in:\n{shown}"


# ---- what is not Streamlit ---------------------------------------------------------------------------------------


def test_the_list_of_languages_has_own_names_and_directions() -> None:
    every = known_languages()
    assert len(every) > 200
    assert (every["de"].label, every["de"].direction) == ("Deutsch · German", "ltr")
    assert (every["fa"].own, every["fa"].direction) == ("فارسی", "rtl")
    assert {"pt-BR", "zh-Hant", "ar", "he", "tr", "pl", "uk"} <= every.keys()
    assert known("xx-YY").own == "xx-YY"
    assert regions()["GB"] == "United Kingdom"
    assert len(regions()) > 240


def test_what_an_emergency_says_comes_first_and_every_text_is_in_a_group(starter: KnowledgeBase) -> None:
    entries = [Entry(place, text, None, "missing", "", "") for place, text in texts_of(starter).items()]
    groups = groups_of(starter, entries)
    assert sum(len(one.entries) for one in groups) == len(entries)
    assert [one.name for one in groups[:3]] == [
        "What an emergency says",
        "Other warning signs",
        "What every result says",
    ]
    first = [one.place for one in groups[0].entries]
    assert first[0].startswith("settings/urgency/emergency/")
    assert first[2].endswith("/message")
    for entry in entries:
        assert words_of_place(starter, entry.place).strip(" ›")
    assert group_id(starter, "condition/low_back_spasm/guide/watch_for/1/sign") == "emergency"
    assert group_id(starter, "condition/low_back_spasm/guide/summary") == "guide/low_back_spasm"


def test_a_change_of_numbers_reaches_every_language(tmp_path: Path) -> None:
    view = view_of(repository(tmp_path, **with_places()))
    place = stored_place(view, "GB")
    assert place["labels"] == {"en": "999 or 112 (en)", "de": "999 or 112 (de)"}
    made = changes(view, "GB", {**place, "numbers": ["112"], "labels": {"en": "112", "de": "112!"}})
    assert made.keys() == {"locales/en.json", "locales/de.json"}
    for path, label in (("locales/en.json", "112"), ("locales/de.json", "112!")):
        value: Any = made[path]
        assert value["emergency"]["places"] == [{**PLACES, "numbers": ["112"], "label": label}]
    gone: Any = changes(view, "GB", None)
    assert [value["emergency"]["places"] for value in gone.values()] == [[], []]
    new: Any = changes(view, "", {"numbers": ["110"], "regions": ["JP"], "labels": {"en": "a", "de": "b"}})
    assert [[one["regions"] for one in value["emergency"]["places"]] for value in new.values()] == [
        [["GB"], ["JP"]]
    ] * 2
    assert changes(view, "GB", place) == {}


def test_what_is_wrong_with_numbers_is_said_at_its_field(tmp_path: Path) -> None:
    view = view_of(repository(tmp_path, **with_places()))
    wrong = {"numbers": ["9"], "regions": ["GB"], "labels": {"en": "call 110", "de": "ruf 112"}}
    assert problems_of(view, "", wrong).keys() == {"numbers", "regions", "label_de", "sources"}
    assert problems_of(view, "GB", stored_place(view, "GB")) == {}
    assert numbers_from("999, 112 or 18") == ["999", "112", "18"]


# ---- the page ----------------------------------------------------------------------------------------------------


def test_the_page_where_there_is_no_other_language(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repository(tmp_path)
    (tmp_path / "kb" / "locales" / "de.json").unlink()
    settings = json.loads((tmp_path / "kb" / "kb.json").read_text(encoding="utf-8"))
    (tmp_path / "kb" / "kb.json").write_text(json.dumps({**settings, "languages": ["en"]}), encoding="utf-8")
    commit_all(tmp_path)
    _, shown = opened(monkeypatch, tmp_path, "translations")
    assert "There is no translation yet" in shown
    _, shown = opened(monkeypatch, tmp_path, "translations", language="fr")
    assert "There is no translation into" in shown


def test_a_new_language_is_started_with_whom_to_call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    workspace = repository(tmp_path)
    app, _ = opened(monkeypatch, tmp_path, "translations", draft="one")
    app.session_state["new-language-form"] = True
    app.run()
    app.selectbox(key="new-language").select("ar").run()
    sees(app, "written from right to left")
    pressed(app, "Start Arabic")
    sees(app, "Nothing was stored: 1 to fill in first")
    typed(app, "new language ar", **{"emergency/default": "اتصل بالرقم 911"})
    pressed(app, "Start Arabic")
    sees(app, "the number “112” is missing")
    assert "locales/ar.json" not in workspace.files(draft(workspace).head)
    typed(app, "new language ar", **{"emergency/default": "اتصل بالرقم 112"})
    pressed(app, "Start Arabic")
    sees(app, "العربية · Arabic", "texts translated, 0 out of date")
    files = workspace.files(draft(workspace).head)
    arabic = json.loads(files["locales/ar.json"])
    assert (arabic["name"], arabic["direction"], arabic.get("texts", {})) == ("العربية", "rtl", {})
    assert json.loads(files["kb.json"])["languages"] == ["en", "de", "ar"]
    assert [one for one in check_files(files)[1] if one.severity.value == "error"] == []


def test_one_text_is_translated_beside_its_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    workspace = repository(tmp_path, left_out="guide/summary")
    at = {"language": "de", "part": "guide/spasm", "text": SUMMARY}
    _, shown = opened(monkeypatch, tmp_path, "translations", **at)
    assert "Your back locked." in shown
    assert "Start a draft" in shown
    app, _ = opened(monkeypatch, tmp_path, "translations", draft="one", **at)
    name = next(key.partition("/")[2] for key in app.session_state["works"])
    sees(app, "Missing.", "Reading age", "Too short to say how hard it is to read")
    typed(app, name, text="Nach 3 Tagen <b>blockiert</b>.")
    sees(app, "The number 3 is not in the text that it translates", "is markup")
    pressed(app, "Save")
    assert SUMMARY not in german(workspace)["texts"]
    typed(app, name, text="Ihr Rücken ist blockiert.")
    pressed(app, "Save")
    assert german(workspace)["texts"][SUMMARY]["text"] == "Ihr Rücken ist blockiert."
    sees(app, "Translated.", "Everything is saved.")
    assert "another window" not in words(app)
    typed(app, name, text="Ihr Rücken hat sich heute Morgen plötzlich verkrampft und blockiert.")
    sees(app, "School year 4 or below (first Wiener Sachtextformel")


def test_a_text_that_changed_is_shown_with_what_changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    workspace = repository(tmp_path)
    views = Views(workspace)
    condition: Any = json.loads(workspace.files(draft(workspace).head)["conditions/low_back/spasm.json"])
    condition["guide"]["summary"] = "Your back locked up."
    save_records(views, draft(workspace), {"conditions/low_back/spasm.json": condition}, "x", ADA)
    at = {"language": "de", "part": "guide/spasm", "text": SUMMARY}
    app, shown = opened(monkeypatch, tmp_path, "translations", draft="one", **at)
    assert "When it was translated, it said:" in shown
    assert "<ins>" in shown
    assert "<del>" in shown
    work = next(key.partition("/")[2] for key in app.session_state["works"])
    before = german(workspace)["texts"][SUMMARY]
    chosen(app, work, fits=True)
    pressed(app, "Save")
    after = german(workspace)["texts"][SUMMARY]
    assert after["text"] == before["text"]
    assert after["of"] != before["of"]


def test_a_file_goes_out_and_comes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    workspace = repository(tmp_path, left_out="guide")
    at = {"language": "de", "view": "file", "draft": "one"}
    app, _ = opened(monkeypatch, tmp_path, "translations", **at)
    button: Any = app.get("download_button")[0]
    assert button.label.startswith("Download ")
    language, out = po.read(_file(workspace), "x.po")
    assert language == "de"
    texts = {one.place: one for one in out}

    def back(*changed: tuple[str, str], tag: str = "de") -> AppTest:
        made = [
            Entry(place, texts[place].text if place in texts else "Hello", told, "translated", "", "x")
            for place, told in changed
        ]
        data = po.written(tag, "x", made, datetime(2026, 1, 1, tzinfo=UTC))
        page, _ = opened(monkeypatch, tmp_path, "translations", **at)
        page.file_uploader[0].upload("back.po", data, "text/x-po").run()
        assert not page.exception, page.exception
        return page

    head = draft(workspace).head
    sees(
        back((SUMMARY, "Ihr Rücken <b>sperrt</b>."), ("question/gone/text", "x")),
        "Nothing was stored. 2 things",
        "Line ",
    )
    sees(back((SUMMARY, "Dos."), tag="fr"), "the file is in French, and this page is about German")
    page, _ = opened(monkeypatch, tmp_path, "translations", **at)
    page.file_uploader[0].upload("back.po", b"\x00\xff no po", "text/x-po").run()
    sees(page, "Nothing was stored. One thing to mend in back.po first")
    page = back((SUMMARY, "Ihr Rücken ist blockiert."), ("interface/hello", "Hallo"))
    sees(page, "1 text of the web page itself", "would change this: 1 new, 0 changed", "Ihr Rücken ist blockiert.")
    assert draft(workspace).head == head, "looking at a file stores nothing"
    pressed(page, "Store 1 translation")
    sees(page, "1 translation put into your draft")
    assert german(workspace)["texts"][SUMMARY]["text"] == "Ihr Rücken ist blockiert."


def _file(workspace: Workspace) -> bytes:
    """What the button gives: AppTest does not press it."""
    work = work_at(view_of(workspace), workspace)
    return po.written("de", "x", work.entries("de"), datetime(2026, 1, 1, tzinfo=UTC))


def test_what_is_no_longer_needed_is_taken_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record: Any = records()["locales/de.json"]
    record["texts"]["question/gone/text"] = {"text": "Weg?", "of": "0" * 16}
    workspace = repository(tmp_path, locales__de=record)
    app, shown = opened(monkeypatch, tmp_path, "translations", language="de", view="tidy", draft="one")
    assert "One translation has no text any more" in shown
    assert "Weg?" in shown.replace("\\", "")
    pressed(app, "Take them away")
    sees(app, "There is nothing to tidy")
    assert "question/gone/text" not in german(workspace)["texts"]
    assert AGE in german(workspace)["texts"]


def test_emergency_numbers_are_edited_for_all_languages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    workspace = repository(tmp_path, **with_places())
    _, shown = opened(monkeypatch, tmp_path, "translations", what="numbers", numbers="GB")
    assert "999, 112" in shown
    app, _ = opened(monkeypatch, tmp_path, "translations", what="numbers", numbers="GB", draft="one")
    typed(app, "emergency numbers GB", numbers="911")
    typed(app, "emergency numbers GB", label_de="911 hier")
    sees(app, "The numbers have to stay the same")
    typed(app, "emergency numbers GB", label_en="911 here")
    pressed(app, "Save")
    files = workspace.files(draft(workspace).head)
    for language, label in (("en", "911 here"), ("de", "911 hier")):
        (place,) = json.loads(files[f"locales/{language}.json"])["emergency"]["places"]
        assert (place["numbers"], place["label"]) == (["911"], label)
    assert [one for one in check_files(files)[1] if one.severity.value == "error"] == []
    pressed(app, "Take them away")
    files = workspace.files(draft(workspace).head)
    assert json.loads(files["locales/de.json"])["emergency"].get("places", []) == []


def test_every_part_of_the_page_of_a_long_knowledge_base(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(STARTER, tmp_path / "kb")
    commit_all(tmp_path)
    for at in (
        {},
        {"what": "numbers"},
        {"language": "de"},
        {"language": "en"},
        {"language": "de", "part": "emergency"},
        {"language": "de", "part": "emergency", "text": "rule/red_flags/saddle_numbness/message"},
        {"language": "de", "view": "file"},
    ):
        app, shown = opened(monkeypatch, tmp_path, "translations", **at)
        assert not app.error
        assert len(shown) > 100


# ---- as a person -------------------------------------------------------------------------------------------------


def test_a_clinician_translates_sends_a_file_takes_it_back_and_proposes(tmp_path: Path) -> None:
    """In a browser: what is typed survives a reload, a file goes out and comes back, and the change shows both."""
    workspace = repository(tmp_path / "one", left_out="guide")
    server = Server(ROOT / "authoring" / "console" / "app.py", tmp_path, {"ALGOS_REPOSITORY": str(tmp_path / "one")})
    server.start()
    try:
        with chromium() as browser:
            context = browser.new_context(viewport={"width": 1400, "height": 1000})
            console = Console(context, server.address)
            with pictured(tmp_path, console=console):
                _translates(console, workspace, tmp_path)
    finally:
        server.stop()


def _translates(console: Console, workspace: Workspace, folder: Path) -> None:
    page = console.page

    def opens(address: str) -> None:
        page.goto(f"{console.address}/{address}&draft=one")
        expect(page.get_by_role("combobox", name="You are working in")).to_have_value("One", timeout=PATIENCE)
        console.settled()

    opens(f"translations?language=de&part=guide%2Fspasm&text={SUMMARY}")
    console.write("Deutsch · German", "Ihr Rücken ist blockiert.")
    console.sees("Not saved yet.")
    page.reload()
    expect(console.text("Deutsch · German")).to_have_value("Ihr Rücken ist blockiert.", timeout=PATIENCE)
    console.sees("What you had not saved is here again.")
    console.settled()
    console.press("Save")
    console.sees("Everything is saved.")
    assert german(workspace)["texts"][SUMMARY]["text"] == "Ihr Rücken ist blockiert."
    opens("translations?language=de&view=file")
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name=re.compile("^Download")).click()
    language, texts = po.read(Path(download.value.path()).read_bytes(), "out.po")
    assert language == "de"
    assert SUMMARY not in {one.place for one in texts}, "what is translated already is left out"
    made = [Entry(one.place, one.text, f"Auf Deutsch: {one.text}", "translated", "", "x") for one in texts]
    (folder / "back.po").write_bytes(po.written("de", "x", made, datetime(2026, 1, 1, tzinfo=UTC)))
    page.locator("input[type=file]").set_input_files(folder / "back.po")
    store = page.get_by_role("button", name=f"Store {len(made)} translations")
    expect(store).to_be_visible(timeout=PATIENCE)
    console.settled()
    store.click()
    console.sees(f"{len(made)} translations put into your draft.")
    assert len(german(workspace)["texts"]) > len(made)
    opens("changes?change=one")
    console.sees("What changes")
    beside = page.locator(".algos-change [lang=de]").filter(has_text="Ihr Rücken ist blockiert.")
    expect(beside).to_be_visible(timeout=PATIENCE)
    assert page.locator(".algos-change [lang=en]").filter(has_text="Your back locked.").count() == 1
    assert console.errors == []
