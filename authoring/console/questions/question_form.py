"""A question as the fields of a form, and back, with what is wrong with it in a clinician's words. No widgets."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from authoring.actions import View, slug
from authoring.console.plain_words import said, sentence
from authoring.console.questions.question_edit import edited_options
from authoring.console.records.records import (
    Fields,
    Problems,
    Record,
    basis_fields,
    number_of,
    put,
    put_basis,
    text_of,
    with_places,
)
from engine.model.question import Question
from engine.schema import refused

NUMBERS = ("integer", "decimal")
CHOICES = ("choice", "choices")
_TEXTS = ("name", "text", "help", "why", "screen", "unit")


def fields_from(stored: Record) -> Fields:
    """The form's fields of a question as stored; of an empty record those of a new one."""
    return {
        **{name: text_of(stored.get(name)) for name in _TEXTS},
        **{name: str(stored.get(name, "")) for name in ("min", "max")},
        "type": stored.get("type") or None,
        "by": stored.get("by") or "patient",
        "gated": stored.get("ask_when") is not None,
        "ask_when": deepcopy(stored.get("ask_when")),
        "body": stored.get("options_from") == "body",
        "options": with_places(stored.get("options"), "options"),
        "section": None,
        "section_title": "",
        "section_after": None,
        **basis_fields(stored),
    }


def build(fields: Fields, stored: Record, taken: Container[str] = ()) -> Record:
    """The question that the fields make. A new one gets its id from its short name, and none of `taken`."""
    record = deepcopy(stored)
    if "id" not in record:
        record["id"] = free_id(fields["name"], taken)
    for name in ("name", "text", "help", "why", "screen"):
        put(record, name, fields[name].strip())
    record["type"] = fields["type"] or ""
    put(record, "by", fields["by"] if fields["by"] != "patient" or "by" in stored else None)
    put(record, "ask_when", fields["ask_when"] if fields["gated"] else None)
    numbers = fields["type"] in NUMBERS
    put(record, "unit", fields["unit"].strip() if numbers else None)
    for name in ("min", "max"):
        given = number_of(fields[name]) if numbers else None
        if given is None:
            record.pop(name, None)
        elif record.get(name) != given:
            record[name] = given
    chosen = fields["type"] in CHOICES
    put(record, "options_from", "body" if chosen and fields["body"] else None)
    listed = chosen and not fields["body"]
    put(record, "options", edited_options((), fields["options"], {})[0] if listed else None)
    put_basis(record, fields)
    return record


def free_id(name: str, taken: Container[str]) -> str:
    """An id made of a short name, "" where that has no letter."""
    wanted = slug(name)
    if not wanted or wanted not in taken:
        return wanted
    return next(f"{wanted}_{number}" for number in range(2, 1000) if f"{wanted}_{number}" not in taken)


def problems(fields: Fields, record: Record, stored: Record, view: View, used: Mapping[str, Sequence[str]]) -> Problems:
    """What keeps the fields from being a question, by field."""
    found: Problems = {}

    def say(field: str, what: str) -> None:
        found.setdefault(field, []).append(what)

    for name, what in (
        ("text", "Write what the patient is asked."),
        ("name", "Give it a short name: rules read with it."),
    ):
        if not fields[name].strip():
            say(name, what)
    if fields["name"].strip() and not record["id"]:
        say("name", "No id can be made of it. Begin it with plain letters.")
    if not fields["type"]:
        say("type", "Say what kind of answer it has.")
    if fields["type"] in NUMBERS:
        _numbers(fields, say)
    if fields["type"] in CHOICES and not fields["body"]:
        before: Any = stored.get("options") or ()
        for one in edited_options(before, fields["options"], used)[1]:
            say("options", one)
        if len([one for one in fields["options"] if str(one.get("text") or "").strip()]) < 2:
            say("options", "Give at least two options.")
    if not fields["sources"] and not fields["judgement"].strip():
        say("sources", "Cite a source, or say in the judgement why it is asked.")
    if fields["gated"] and not fields["ask_when"]:
        say("ask_when", "Say who is asked, or ask everybody.")
    if not stored:
        _place(fields, view, say)
    if not found:
        for field, what in _refusals(record):
            say(field, what)
    return found


def _numbers(fields: Fields, say: Any) -> None:
    if not fields["unit"].strip():
        say("unit", "Name the unit, such as years or days.")
    ends = {name: number_of(fields[name]) for name in ("min", "max")}
    for name, value in ends.items():
        if value is None:
            say(name, "Write a number, such as 16 or 0.5.")
        elif fields["type"] == "integer" and not isinstance(value, int):
            say(name, "Write a whole number: the answers are whole numbers.")
    if ends["min"] is not None and ends["max"] is not None and ends["min"] >= ends["max"]:
        say("max", "The highest answer has to be above the lowest.")


def _place(fields: Fields, view: View, say: Any) -> None:
    if fields["section"] is None and not slug(fields["section_title"]):
        say("section_title" if view.kb.sections else "section", "Name the new section in plain letters.")


_FIELDS = {"min", "max", "unit", "options", "screen", "name", "text", "help", "why", "sources", "judgement", "ask_when"}


def _refusals(record: Record) -> list[tuple[str, str]]:
    """What the model refuses, by field."""
    try:
        Question.model_validate_json(json.dumps(record))
    except ValidationError as error:
        return [_told(one) for one in error.errors()]
    return []


def _told(error: Any) -> tuple[str, str]:
    place = str(error["loc"][0]) if error["loc"] else "text"
    field = place if place in _FIELDS else "text"
    if field == "screen" and error["type"] == "string_pattern_mismatch":
        return field, "One word of small letters, or several joined by underscores."
    if field == "name" and error["type"] == "string_too_long":
        return field, "Make it shorter."
    return field, sentence(said(refused(error, error["input"])[0], fields_of="section"))
