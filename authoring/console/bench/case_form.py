"""A case's story and expectation as the fields of a form, and back. No widgets."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from authoring.actions import slug
from authoring.console.records.records import Fields, Problems, Record, basis_fields, put, put_basis, text_of

LISTS = ("named", "not_named", "fires", "silent", "open", "advice")
"""What is expected of several conditions, rules or pieces of advice."""


def fields_from(stored: Record) -> Fields:
    """The form's fields of a case as stored."""
    expect: Any = stored.get("expect") or {}
    tags: Any = stored.get("tags") or ()
    found = {
        "title": text_of(stored.get("title")),
        "story": text_of(stored.get("story")),
        "because": text_of(stored.get("because")),
        "tags": ", ".join(tags),
        "urgency": expect.get("urgency"),
        "first": expect.get("first"),
        "no_cause": bool(expect.get("no_cause")),
        **{name: list(expect.get(name) or ()) for name in LISTS},
        **basis_fields(stored),
    }
    if "awaiting" in stored:
        found["judgement"] = ""  # what stands there is that nobody has said anything yet
    return found


def build(fields: Fields, stored: Record) -> Record:
    """The case that the fields make, on top of what is stored: its answers stay."""
    record = deepcopy(stored)
    for name in ("title", "story", "because"):
        put(record, name, fields[name].strip())
    put(record, "tags", [name for one in fields["tags"].split(",") if (name := slug(one))])
    before: Any = stored.get("expect") or {}
    expect: Record = {"urgency": fields["urgency"]}
    put(expect, "first", fields["first"])
    if fields["no_cause"]:
        expect["no_cause"] = True
    for name in LISTS:
        if fields[name] or name in before:
            expect[name] = list(fields[name])
    record["expect"] = expect
    record.pop("awaiting", None)
    put_basis(record, fields)
    return record


def problems(fields: Fields) -> Problems:
    """What keeps the fields from being a case, by field."""
    found: Problems = {}
    for name, what in (("title", "a title"), ("story", "a story"), ("because", "the reason why this is expected")):
        if not fields[name].strip():
            found[name] = [f"A case needs {what}."]
    if not fields["urgency"]:
        found["urgency"] = ["Say how urgent it is."]
    if fields["no_cause"] and (fields["first"] or fields["named"]):
        found["first"] = ["No cause is expected, and a condition too. Choose one of them."]
    if not fields["sources"] and not fields["judgement"].strip():
        found["sources"] = ["Cite a source, or say in the judgement why this is expected."]
    return found
