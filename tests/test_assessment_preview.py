"""Preview as patient: from the console to the assessment on the draft in hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from authoring.previewing import Previews
from engine.load import load
from tests.assessing import DESKTOP, Person, context_of
from tests.browsing import PATIENCE, Console, chromium, commit_all, streamlit
from tests.conftest import ROOT
from validators.example import BASE
from validators.registry import example_files

pytestmark = pytest.mark.timeout(300)


def test_from_the_console_to_the_draft_as_a_patient_sees_it(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    for name, data in example_files(BASE, {}).items():
        (repository / "kb" / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / "kb" / name).write_bytes(data)
    commit_all(repository)
    environment = {"ALGOS_REPOSITORY": str(repository), "ALGOS_FOLDER": "kb"}
    with chromium() as browser, streamlit(ROOT / "authoring/console/app.py", tmp_path, environment) as address:
        context = context_of(browser, DESKTOP)
        console = Console(context, address)
        console.go("Home")
        console.press("Preview as patient")
        link = console.page.get_by_role("link", name="Open the preview")
        expect(link).to_be_visible(timeout=PATIENCE)
        with context.expect_page() as opened:
            link.click()
        patient = opened.value
        expect(patient.get_by_text("Preview of a draft. Not for patients.")).to_be_visible(timeout=PATIENCE)
        patient.get_by_role("link", name="Start", exact=True).click()
        patient.wait_for_url(re.compile(r"#/question/1$"))
        asked = [one["text"] for section in BASE.values() for one in _questions(section)]
        legends = patient.locator("fieldset legend")
        expect(legends.first).to_be_visible(timeout=PATIENCE)
        assert set(legends.all_inner_texts()) <= set(asked)
        assert console.errors == []
        context.close()


def _questions(record: object) -> list[dict[str, str]]:
    found = record.get("questions", []) if isinstance(record, dict) else []
    return [one for one in found if isinstance(one, dict)]


def test_each_version_has_a_preview_of_its_own() -> None:
    previews = Previews()
    files = example_files(BASE, {})
    kb = load(files).kb
    assert kb is not None
    for name in [f"version{number}" for number in range(10)]:
        previews.make(name, kb, files)
        assert previews.has(name)
    assert not previews.has("version0")  # the latest are kept
    assert previews.address("version9").endswith("/version9/")
    with chromium() as browser:
        context = context_of(browser)
        person = Person(context, previews.address("version9"))
        person.opens()
        expect(person.page.get_by_text("Preview of a draft. Not for patients.")).to_be_visible()
        gone = person.page.request.get(previews.address("version0"))
        assert gone.status == 404
        context.close()
