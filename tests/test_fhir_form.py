"""The form in a real renderer (LHC-Forms) in a browser: people answer it, and come out as they do in the console."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.canonical import identity
from engine.knowledge import KnowledgeBase
from exports.fhir.hidden import hidden
from exports.fhir.questionnaire import questionnaire
from exports.fhir.reading import read_response
from exports.fhir.response import questionnaire_response
from tests.browsing import PATIENCE, ROOT, chromium
from tests.bundles import people
from tests.fhir_tools import broken_invariants, installed
from tests.odd_kbs import odd_kbs
from tests.random_kb import random_kb
from tests.test_fhir import WHEN, enabled, items
from tests.test_fhir_validated import asked_all

pytestmark = pytest.mark.timeout(300)

LOCKED_BACK = json.loads((ROOT / "docs" / "examples" / "locked_back.json").read_text(encoding="utf-8"))
PEOPLE: dict[str, dict[str, Any]] = {
    "a locked back": LOCKED_BACK,
    "not sure of saddle numbness, and of some of a list": {
        **LOCKED_BACK,
        "saddle_numbness": "unknown",
        "fever_signs": {"yes": ["unwell"], "unsure": ["shivering", "cold_symptoms"]},
        "onset_age": "unknown",
        "bmi": 27.5,
        "danger_now": "unknown",
    },
    "an emergency, pregnant": {
        "danger_now": [],
        "saddle_numbness": "new_or_worse",
        "age": 31,
        "sex": "female",
        "pregnancy": "pregnant",
        "pain_sites": ["low_back_middle", "tailbone"],
        "main_site": "tailbone",
        "tailbone_fall": False,
        "walk_legs": True,
        "walk_uphill": True,
    },
}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    """The folder of the tests' npm packages, on a web server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=installed()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with served() as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 1400})
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/form.html")
        page.wait_for_function("window.LForms?.Util?.addFormToPage && window.LForms.FHIR")
        yield page


def fill(page: Page, response: dict[str, Any]) -> None:
    """Click and type what a response says, as a person would, in the order of the form."""
    for item in items(response):
        for answer in item.get("answer", []):
            place = f"{item['linkId']}/1/1"
            if "valueCoding" in answer:
                coding = answer["valueCoding"]
                page.locator(f'[id="{place}|{coding["system"]}|{coding["code"]}"]').click()
            else:
                (value,) = answer.values()
                page.locator(f'input[id="{place}"]').fill(str(value))
                page.keyboard.press("Tab")


@pytest.mark.parametrize("who", PEOPLE)
def test_a_person_answers_the_form(
    page: Page, starter: KnowledgeBase, starter_files: dict[str, bytes], who: str
) -> None:
    content = identity(starter_files)
    page.evaluate("(form) => render(form)", questionnaire(starter, content))
    expect(page.get_by_text(starter.settings.unreviewed)).to_be_visible()
    expect(page.locator('[id="item-spine_bruise/1/1"]')).to_have_count(0)
    answers = read_answers(starter, PEOPLE[who])
    fill(page, questionnaire_response(starter, content, answers, WHEN))
    given = page.evaluate("() => response()")
    read = read_response(starter, content, given)
    assert read == answers
    assert not broken_invariants([given])[1]
    assessor = Assessor(starter)
    assert assessor.assess(read).outcome == assessor.assess(answers).outcome


def test_what_is_hidden_appears_and_goes(page: Page, starter: KnowledgeBase, starter_files: dict[str, bytes]) -> None:
    content = identity(starter_files)
    page.evaluate("(form) => render(form)", questionnaire(starter, content))
    asked = page.locator('[id="item-pregnancy/1/1"]')
    expect(asked).to_have_count(0)
    for sex, count in (("female", 1), ("male", 0), ("other", 1)):
        fill(page, questionnaire_response(starter, content, Answers({"sex": sex}), WHEN))
        expect(asked).to_have_count(count)
    fill(page, questionnaire_response(starter, content, Answers(unsure=frozenset({"sex"})), WHEN))
    expect(asked).to_have_count(1)


def held(response: dict[str, Any]) -> dict[str, list[Any]]:
    """What a response holds, by question."""
    return {item["linkId"]: item["answer"] for item in items(response) if item.get("answer")}


def test_a_form_keeps_what_it_shows_of_a_response(page: Page, starter: KnowledgeBase) -> None:
    """Responses that the console writes are loaded into the renderer, which drops answers to what it hides.

    So it shows to everybody what the form means to show them, with answers of every kind, and in every gate.
    """
    kept = dropped = 0
    for kb, count in [
        (starter, 5),
        *((kb, 4) for kb, _ in odd_kbs()),
        *((random_kb(Random(n)).kb, 4) for n in range(2)),
    ]:
        form = questionnaire(kb, "c", clinician=True)
        asked = [asked_all(kb, Random(seed)) for seed in range(2)]
        for answers in [*asked, *people(Random(7), kb, count)]:
            response = questionnaire_response(kb, "c", answers, WHEN)
            visible = enabled(form, response)
            assert {link.removesuffix(".unsure") for link in held(response).keys() - visible} == set(
                hidden(kb, response)
            )
            wanted = {link: given for link, given in held(response).items() if link in visible}
            assert held(page.evaluate("([form, given]) => reread(form, given)", [form, response])) == wanted
            if answers in asked:
                assert wanted == held(response)
            kept += len(wanted)
            dropped += len(held(response)) - len(wanted)
    assert kept > 200
    assert dropped > 5
