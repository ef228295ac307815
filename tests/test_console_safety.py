"""The Safety page: properties written like rules, and the proofs with whom they fail for."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from authoring.console.components import assertion_builder as assertions
from authoring.console.components.builder import as_text
from authoring.console.records import safety_form
from authoring.workspace import Person, Workspace
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.case import Safety
from validators.example import BASE
from validators.registry import example_files

from .browsing import commit_all
from .conftest import ROOT

WRONG = {
    "id": "old_people",
    "title": "Nobody from 60 is told self-care",
    "never": {"all": [{"fact": "age", "gte": 60}, {"urgency_at_most": "self_care"}]},
    "hazard": "An illness is missed.",
    "harm": "It grows.",
    "severity": "major",
    "judgement": "An example that does not hold.",
}


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, data in example_files(BASE, {"safety/old_people.json": WRONG}).items():
        file = tmp_path / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    commit_all(tmp_path)
    Workspace(tmp_path).start("One", Person("Ada", "ada@example.org"), datetime.now(UTC))
    monkeypatch.setenv("ALGOS_REPOSITORY", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def page(**selected: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "authoring" / "console" / "views" / "safety.py"), default_timeout=120)
    for name, value in selected.items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    blocks = [app.markdown, app.caption, app.error, app.success, app.warning, app.subheader]
    return "\n".join([one.value for block in blocks for one in block] + [one.body for one in app.get("html")])


def test_a_broken_property_shows_a_person_to_open_on_the_bench(directory: Path) -> None:
    app = page()
    next(one for one in app.button if one.label == "Prove everything").click().run()
    end = time.monotonic() + 100
    while not any(one.label == "Prove again" for one in app.button) and time.monotonic() < end:
        time.sleep(1)
        app.run()
    assert not app.exception, app.exception
    assert " broken, 0 not decided in time" in words(app)
    assert any("Nobody from 60 is told self" in one.label for one in app.expander)
    assert "60 years" in words(app)
    assert any(one.label == "Open on the test bench" for one in app.button)


def test_a_property_is_read_in_english(directory: Path) -> None:
    app = page(safety="old_people")
    assert not app.exception, app.exception
    assert "For nobody: Age at least 60" in words(app)
    assert "An illness is missed." in words(app)


def test_the_builder_keeps_every_statement_about_the_outcome() -> None:
    kb = load(example_files(BASE, {})).kb
    assert kb is not None
    forms = list(assertions._statements(kb))
    statements = {f"told_{number}": form for number, form in enumerate(forms)}
    ids = {as_text(form): id_ for id_, form in statements.items()}
    whole: Any = {"all": [*forms, {"not": forms[0]}, {"at_least": 1, "of": [{"fact": "age", "gte": 60}, forms[1]]}]}
    shown = assertions._inward(whole, ids)
    assert "urgency_at_least" not in as_text(shown)
    assert assertions._outward(shown, statements) == whole
    assert {"flag", "open_flag", "named", "first", "no_cause"} <= {key for form in forms for key in form}


def test_the_form_makes_each_shape(starter: KnowledgeBase) -> None:
    for shape in ({"always": WRONG["never"]}, {"whenever": WRONG["never"], "then": {"no_cause": True}}):
        record = {key: value for key, value in WRONG.items() if key != "never"} | shape
        fields = safety_form.fields_from(record)
        assert safety_form.build(fields, record) == record
        Safety.model_validate(record, strict=False)
