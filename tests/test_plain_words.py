"""What a clinician reads of checks and refusals: names, a place and a fix, and no programmer's word."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from authoring.actions import View
from authoring.console.plain_words import InWords, in_words, place_in_words, said, sentence
from engine.files import KINDS
from engine.finding import Finding
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.schema import FORMS, schema_for
from tests.conftest import ROOT
from validators.example import BASE, TODAY, changed
from validators.registry import Check, checks, example_files

PROGRAMMERS = re.compile(
    r"\b(json|null|nan|object|array|string|boolean|enum|schema|regex|key|keys|fact id|dict|tuple|integer|literal)\b"
    r"|\w+\.(json|svg|py)\b|[a-z]_[a-z]|`|\{\.|\[\.|\$|\\|\b(gte|lte|gt|lt)\b|algos |--",
    re.IGNORECASE,
)
FILES = example_files(BASE, {})
HAND = {"FM004": "NaN", "FM007": "rule/numb.json", "LC004": "{name}"}
"""What stands in a message because it is itself what is wrong: a word in a file, a file, a placeholder."""


def legible(told: InWords, code: str) -> None:
    words = f"{told.record} {told.place} {told.what} {told.fix}".replace(HAND.get(code, "`"), "")
    words = re.sub(r", as red_flags/saddle_numbness|, such as bridge_end.svg|body.svg", "", words)
    found = PROGRAMMERS.search(words)
    assert found is None, f"{code}: {found and found.group(0)!r} in: {words}"
    for text in (told.what, told.fix):
        assert text[:1] == text[:1].upper()
        assert text.endswith((".", "?", "!", "”", '"', "…")), text


def found_in(files: dict[str, bytes]) -> View:
    return View(files, "x", TODAY)


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.code)
def test_every_check_is_told_in_a_clinicians_words(check: Check) -> None:
    view = found_in(example_files(BASE, check.bad))
    mine = [one for one in view.findings if one.code == check.code]
    assert mine
    for finding in mine:
        legible(in_words(finding, view), finding.code)


def places(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if at:
        yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from places(one, (*at, step))


def spoilt(record: dict[str, Any], at: tuple[str | int, ...], otherwise: object) -> bytes:
    """A record with another value at a place; with nothing there where that is `...`."""
    record = copy.deepcopy(record)
    around: Any = record
    for step in at[:-1]:
        around = around[step]
    if otherwise is ...:
        del around[at[-1]]
    else:
        around[at[-1]] = otherwise
    return json.dumps(record).encode()


@pytest.mark.parametrize("path", sorted(BASE))
def test_every_spoilt_field_is_told_in_a_clinicians_words(path: str) -> None:
    seen = 0
    for at in places(BASE[path]):
        for otherwise in (..., None, 7, True, "", "zzz", [], {"weigth": 1}):
            files = {**FILES, path: spoilt(BASE[path], at, otherwise)}
            loaded = load(files)
            view = View(files, "x", TODAY)
            view.__dict__["_checked"] = (loaded, list(loaded.findings))  # reading alone: checks have their own test
            for finding in loaded.findings:
                seen += 1
                legible(in_words(finding, view), finding.code)
    assert seen > 10


def test_every_form_that_a_schema_asks_for_has_words() -> None:
    asked = set(re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps([schema_for(kind) for kind in KINDS])))
    assert {json.loads(one) for one in asked} == set(FORMS)


@pytest.mark.parametrize(
    ("path", "change", "record", "place", "what", "fix"),
    [
        (
            "rules/evidence/locked.json",
            {"then": {"condition": "spazm", "weight": 6, "group": "story"}},
            "rule “Locked back”",
            "Then › Condition",
            "There is no condition “spazm” in force.",
            "Did you mean “Spasm”?",
        ),
        (
            "rules/red_flags/numb.json",
            {"then": {"red_flag": "emergency", "suspects": ["spasm"]}},
            "rule “Saddle numbness”",
            "Then",
            "“Message” is missing.",
            "Add “Message”.",
        ),
        (
            "rules/red_flags/numb.json",
            {"when": {"all": [{"fact": "numb", "is": True}, {"fact": "age", "gte": "60"}]}},
            "rule “Saddle numbness”",
            "When › part 2",
            "The text “60” stands here, and a number belongs here.",
            "Write a number.",
        ),
        (
            "rules/evidence/locked.json",
            {"when": {"fact": "locked", "is": "yes"}},
            "rule “Locked back”",
            "When",
            "“Locked back” is never answered by “yes”.",
            "It may be yes, no, or not sure.",
        ),
        (
            "conditions/low_back/spasm.json",
            {"region": "back"},
            "condition “Spasm”",
            "Region",
            "The body map has no region “back”.",
            "Did you mean “lower back”?",
        ),
        (
            "cases/locked.json",
            {"expect": {"urgency": "emergency", "first": "spasm"}},
            "case “A locked back”",
            "What is expected › Urgency",
            "The urgency is self-care, not emergency (now): likely: Spasm.",
            "Correct the rules, or the expectation if it was mistaken.",
        ),
    ],
)
def test_a_finding_names_thing_place_and_fix(
    path: str, change: dict[str, object], record: str, place: str, what: str, fix: str
) -> None:
    view = found_in(example_files(BASE, changed(path, **change)))
    told = [in_words(one, view) for one in view.findings if one.path == path]
    assert InWords(record, place, what, fix) in told


def test_a_refusal_names_records_and_no_commands(starter: KnowledgeBase) -> None:
    assert said("the change does not touch `rules/red_flags/saddle_numbness.json`", starter).endswith(
        f"touch “{starter.rules['red_flags/saddle_numbness'].title}”"
    )
    assert said("sign in, or sign with your own key (`algos approve --key FILE`)") == (
        "sign in, or sign with your own key"
    )
    assert said("choose one (`a` or `b`)", None) == "choose one (“a” or “b”)"
    assert sentence("did you mean “Age”?") == "Did you mean “Age”?"


def test_a_place_is_named_as_the_forms_name_it() -> None:
    guide = json.loads((ROOT / "kb/conditions/low_back/low_back_spasm.json").read_text(encoding="utf-8"))
    title = guide["guide"]["sections"][0]["title"]
    first = guide["guide"]["sections"][0]["statements"][0]["text"]
    told = place_in_words("/guide/sections/0/statements/0/sources/0/source", guide, None)
    assert told.startswith(f"Guide › {title} › {first[:20]}")
    assert told.endswith("… › Sources › 1 › Source")
    assert place_in_words("/guide/sections/99/title", guide, None) == "Guide › 100 › Title"
    assert place_in_words("", guide, None) == ""


def test_a_record_that_cannot_be_read_is_left_to_who_spoilt_it() -> None:
    finding = Finding("terms/older.json", 3, "", "FM002", "format.json", "not valid JSON: x", "a comma is missing")
    told = in_words(finding, None)
    assert told.record == "finding or score “Older”"
    assert told.what == "The text of this record cannot be read (line 3)."
    assert told.fix == "Ask whoever changed it outside the console to mend it there: a comma is missing."
