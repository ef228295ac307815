"""Every page of the console in its states: nothing there, something wrong, and much there; read and in a draft."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from authoring.console.records import exercise_form
from authoring.workspace import Person, Workspace
from tests.browsing import commit_all
from tests.conftest import ROOT, STARTER
from tests.forms import pressed, typed, work_of
from validators.example import BASE
from validators.registry import example_files

PAGES = (
    "home",
    "rules",
    "terms",
    "conditions",
    "exercises",
    "questions",
    "constraints",
    "sources",
    "bench",
    "cases",
    "safety",
    "translations",
)
RULE = "rules/evidence/locked.json"
NEVER = {
    "id": "odd",
    "title": "Old and locked",
    "never": {"fact": "age", "gte": 60},
    "message": "Look again.",
    "judgement": "An example.",
}


def put(directory: Path, overlay: dict[str, object], only: tuple[str, ...] | None = None) -> Path:
    """A repository with the example knowledge base, or some of its files, and a change."""
    base = {path: value for path, value in BASE.items() if only is None or path in only}
    for path, data in example_files(base, overlay).items():
        file = directory / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    commit_all(directory)
    Workspace(directory).start("One", Person("Ada", "ada@example.org"), datetime.now(UTC))
    return directory


@pytest.fixture(scope="module")
def long_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("long")
    shutil.copytree(STARTER, directory / "kb", ignore=shutil.ignore_patterns("common_*", "serious_*", "joints_*"))
    commit_all(directory)
    Workspace(directory).start("One", Person("Ada", "ada@example.org"), datetime.now(UTC))
    return directory


def opened(monkeypatch: pytest.MonkeyPatch, directory: Path, page: str, **selected: str) -> tuple[AppTest, str]:
    monkeypatch.setenv("ALGOS_REPOSITORY", str(directory))
    app = AppTest.from_file(str(ROOT / "authoring" / "console" / "views" / f"{page}.py"), default_timeout=120)
    for name, value in selected.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app, words(app)


def words(app: AppTest) -> str:
    blocks = [app.markdown, app.caption, app.error, app.warning, app.info, app.success, app.title, app.subheader]
    return "\n".join([one.value for block in blocks for one in block] + [one.body for one in app.get("html")])


EMPTY = {
    "home": "Every check passes",
    "rules": "There is no rule yet",
    "terms": "There are no findings and scores yet",
    "conditions": "There is no condition yet",
    "exercises": "There are no exercises yet",
    "questions": "There are no questions yet",
    "constraints": "There are no contradictions yet",
    "sources": "There are no sources yet",
    "bench": "There are no questions to answer yet",
    "cases": "There are no cases yet",
    "safety": "There are no safety properties yet",
    "translations": "There is no translation yet",
}


@pytest.mark.parametrize("draft", ["", "one"])
def test_pages_where_nothing_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, draft: str) -> None:
    directory = put(tmp_path, {}, only=("kb.json", "body.json", "locales/en.json"))
    for page in PAGES:
        _, shown = opened(monkeypatch, directory, page, **({"draft": draft} if draft else {}))
        assert EMPTY[page] in shown, page


def test_pages_where_the_settings_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    directory = put(tmp_path, {"kb.json": {"id": 7}})
    for page in PAGES:
        app, shown = opened(monkeypatch, directory, page, draft="one")
        assert app.error, page
        assert "Traceback" not in shown


@pytest.mark.parametrize("what", ["unreadable", "names nobody", "no json"])
def test_pages_where_a_rule_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str) -> None:
    wrong: dict[str, object] = {
        "unreadable": {"id": "evidence/locked", "then": {"condition": "spasm"}},
        "names nobody": {**BASE[RULE], "when": {"fact": "nobody", "is": True}},
        "no json": b"{",
    }
    directory = put(tmp_path, {RULE: wrong[what], "constraints/odd.json": {**NEVER, "never": {"fact": "x", "is": 1}}})
    for page in PAGES:
        _, shown = opened(monkeypatch, directory, page, draft="one")
        if page in ("bench", "cases"):
            assert "needs a knowledge base that can be run" in shown
    _, shown = opened(monkeypatch, directory, "rules", draft="one", rule="evidence/locked")
    assert "locked" in shown.lower()
    _, shown = opened(monkeypatch, directory, "constraints", draft="one", constraint="odd")
    assert "There is no question “x”" in shown


def test_pages_of_a_long_knowledge_base(monkeypatch: pytest.MonkeyPatch, long_one: Path) -> None:
    for page in PAGES:
        for draft in ("", "one"):
            app, shown = opened(monkeypatch, long_one, page, **({"draft": draft} if draft else {}))
            assert not app.error, page
            assert len(shown) > 100
            assert len(app.title) == 1


@pytest.mark.parametrize(
    ("page", "name", "id_"),
    [
        ("rules", "rule", "red_flags/saddle_numbness"),
        ("terms", "term", "asas"),
        ("conditions", "condition", "low_back_spasm"),
        ("questions", "question", "pain_sites"),
        ("constraints", "constraint", "main_site_hurts"),
        ("sources", "source", "suri-2010-jama"),
        ("cases", "case", "flag_fever_weak_leg"),
    ],
)
def test_long_records(monkeypatch: pytest.MonkeyPatch, long_one: Path, page: str, name: str, id_: str) -> None:
    for selected in ({}, {"draft": "one"}):
        app, shown = opened(monkeypatch, long_one, page, **selected, **{name: id_})
        assert not app.error
        assert len(shown) > 100
    _, shown = opened(monkeypatch, long_one, page, draft="one", **{name: "no_such_thing"})
    assert "here is no" in shown


def stored(directory: Path, path: str) -> dict[str, object]:
    workspace = Workspace(directory)
    read: dict[str, object] = json.loads(workspace.files(workspace.draft("one").head)[path])
    return read


def test_a_score_is_named_changed_and_deleted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    directory = put(tmp_path, {})
    app, _ = opened(monkeypatch, directory, "terms", draft="one")
    pressed(app, "Add it")
    assert "Say whether it is a finding or a score" in words(app)
    work = work_of(app, "new term")
    app.session_state[f"form/{work.name}/{work.generation}/kind"] = "score"
    typed(app, "new term", name="Older", meaning="Points for age.", judgement="An example.")
    pressed(app, "Add it")
    assert "There is one of that name already" in words(app)
    typed(app, "new term", name="Risk of age", scale="half")
    assert "Write a whole number from 1 to 1000" in words(app)
    typed(app, "new term", scale="2")
    pressed(app, "Add it")
    assert app.query_params["term"] == "risk_of_age"
    assert stored(directory, "terms/risk_of_age.json") == {
        "id": "risk_of_age",
        "kind": "score",
        "name": "Risk of age",
        "meaning": "Points for age.",
        "scale": 2,
        "judgement": "An example.",
    }
    typed(app, "terms/risk_of_age.json", name="")
    pressed(app, "Save")
    assert "Nothing was saved: 1 to mend first" in words(app)
    typed(app, "terms/risk_of_age.json", name="Risk")
    pressed(app, "Save")
    assert stored(directory, "terms/risk_of_age.json")["name"] == "Risk"
    pressed(app, "Delete it")
    workspace = Workspace(directory)
    assert workspace.changed(workspace.draft("one")) == {}


def test_a_contradiction_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    directory = put(tmp_path, {"constraints/odd.json": NEVER})
    _, shown = opened(monkeypatch, directory, "constraints", constraint="odd")
    assert "Age at least 60 years" in shown
    app, _ = opened(monkeypatch, directory, "constraints", draft="one")
    pressed(app, "Add it")
    assert "Say what cannot be true of anybody" in words(app)
    typed(app, "new constraint", title="Young", never={"fact": "age", "lt": 18}, message="Look.", judgement="x")
    pressed(app, "Add it")
    assert stored(directory, "constraints/young.json")["never"] == {"fact": "age", "lt": 18}


DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script><path d="M1 1L8 8"/></svg>'
)


def test_an_exercise_is_written_with_a_drawing_from_the_computer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    directory = put(tmp_path, {})
    app, _ = opened(monkeypatch, directory, "exercises", draft="one")
    pressed(app, "Add it")
    assert "Show at least one picture" in words(app)
    assert "Write at least one step" in words(app)
    app.file_uploader[0].upload("Bow deep.svg", b"<svg>no drawing</svg>", "image/svg+xml").run()
    pressed(app, "Add Bow deep.svg")
    assert "cannot be used: it is not an SVG drawing" in words(app)
    app.file_uploader[0].upload("Bow deep.svg", DRAWING, "image/svg+xml").run()
    pressed(app, "Add Bow deep.svg")
    pressed(app, "Add a step")
    work = work_of(app, "new exercise")
    work.fields["steps"][0]["text"] = "Bow."
    texts = dict.fromkeys(exercise_form.TEXTS, "Slowly.")
    typed(app, "new exercise", **{**texts, "name": "Bow deep"}, judgement="An example.")
    pressed(app, "Add it")
    assert "Say what bow_deep.svg shows" in words(app).replace("\\", "")
    work.fields["pictures"][0]["alt"] = "Somebody bows."
    app.run()
    pressed(app, "Add it")
    assert app.query_params["exercise"] == "bow_deep"
    assert stored(directory, "exercises/bow_deep.json")["pictures"] == [
        {"file": "bow_deep.svg", "alt": "Somebody bows."}
    ]
    workspace = Workspace(directory)
    _, drawing = workspace.changed(workspace.draft("one"))["exercises/bow_deep.svg"]
    assert drawing is not None
    assert b"path" in drawing
    assert b"script" not in drawing


def test_every_starter_exercise_comes_back_from_the_form_as_it_was() -> None:
    files = sorted((STARTER / "exercises").glob("*.json"))
    assert len(files) >= 20
    for file in files:
        record = json.loads(file.read_text(encoding="utf-8"))
        assert exercise_form.build(exercise_form.fields_from(record), record) == record


def test_sections_get_other_titles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    directory = put(tmp_path, {})
    app, _ = opened(monkeypatch, directory, "questions", draft="one")
    next(one for one in app.selectbox if one.label == "Give a section another title").set_value("about").run()
    typed(app, "section/about", title=" ")
    pressed(app, "Save")
    assert "Write a title." in words(app)
    typed(app, "section/about", title="You")
    pressed(app, "Save")
    assert stored(directory, "questions/about.json")["title"] == "You"
