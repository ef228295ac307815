"""Answers that cannot occur together, as the fields of a form, and back. No widgets."""

from __future__ import annotations

from copy import deepcopy

from authoring.actions import View, slug
from authoring.console.records.records import (
    Fields,
    Problems,
    Record,
    basis_fields,
    naming_problem,
    put,
    put_basis,
    text_of,
)


def fields_from(stored: Record) -> Fields:
    """The form's fields of a constraint as stored; of an empty record those of a new one."""
    return {
        "title": text_of(stored.get("title")),
        "never": deepcopy(stored.get("never")),
        "message": text_of(stored.get("message")),
        **basis_fields(stored),
    }


def build(fields: Fields, stored: Record) -> Record:
    """The constraint that the fields make; a new one gets its id from its title."""
    record = deepcopy(stored)
    if "id" not in record:
        record["id"] = slug(fields["title"])
    put(record, "title", fields["title"].strip())
    put(record, "never", fields["never"])
    put(record, "message", fields["message"].strip())
    put_basis(record, fields)
    return record


def problems(fields: Fields, record: Record, stored: Record, view: View) -> Problems:
    """What keeps the fields from being a constraint, by field."""
    found: Problems = {}

    def say(field: str, what: str) -> None:
        found.setdefault(field, []).append(what)

    taken = not stored and f"constraints/{record['id']}.json" in view.files
    if wrong := naming_problem(
        "title", fields, record, taken, "Say in a few words which answers cannot occur together."
    ):
        say("title", wrong)
    if not fields["never"]:
        say("never", "Say what cannot be true of anybody.")
    if not fields["message"].strip():
        say("message", "Say what the person is asked to look at again.")
    if not fields["sources"] and not fields["judgement"].strip():
        say("sources", "Cite a source, or say in the judgement why they cannot.")
    return found
