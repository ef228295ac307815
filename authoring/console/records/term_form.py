"""A finding or a score as the fields of a form, and back. No widgets."""

from __future__ import annotations

from copy import deepcopy

from authoring.actions import View, slug
from authoring.console.records.records import (
    Fields,
    Problems,
    Record,
    basis_fields,
    naming_problem,
    number_of,
    put,
    put_basis,
    text_of,
)

KINDS = {"finding": "Finding", "score": "Score"}
"""What rules can derive."""


def fields_from(stored: Record) -> Fields:
    """The form's fields of a term as stored; of an empty record those of a new one."""
    return {
        "kind": stored.get("kind") or None,
        "name": text_of(stored.get("name")),
        "meaning": text_of(stored.get("meaning")),
        "scale": str(stored.get("scale") or 1),
        **basis_fields(stored),
    }


def build(fields: Fields, stored: Record) -> Record:
    """The term that the fields make; a new one gets its id from its name."""
    record = deepcopy(stored)
    if "id" not in record:
        record["id"] = slug(fields["name"])
    record["kind"] = fields["kind"] or ""
    put(record, "name", fields["name"].strip())
    put(record, "meaning", fields["meaning"].strip())
    scale = number_of(fields["scale"])
    if fields["kind"] == "score" and scale not in (None, 1):
        put(record, "scale", scale)
    elif record.get("scale") != 1:
        record.pop("scale", None)
    put_basis(record, fields)
    return record


def problems(fields: Fields, record: Record, stored: Record, view: View) -> Problems:
    """What keeps the fields from being a term, by field."""
    found: Problems = {}

    def say(field: str, what: str) -> None:
        found.setdefault(field, []).append(what)

    if not fields["kind"]:
        say("kind", "Say whether it is a finding or a score.")
    taken = not stored and f"terms/{record['id']}.json" in view.files
    if wrong := naming_problem("name", fields, record, taken, "Give it a short name: rules read with it."):
        say("name", wrong)
    if not fields["meaning"].strip():
        say("meaning", "Say in one or two sentences what it stands for.")
    scale = number_of(fields["scale"])
    if fields["kind"] == "score" and not (isinstance(scale, int) and 1 <= scale <= 1000):
        say("scale", "Write a whole number from 1 to 1000: 1 for whole points, 2 where half points occur.")
    if not fields["sources"] and not fields["judgement"].strip():
        say("sources", "Cite a source, or say in the judgement why.")
    return found
