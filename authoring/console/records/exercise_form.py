"""An exercise of the library as the fields of a form, and back. No widgets."""

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
    with_places,
)

TEXTS = {
    "name": "Name",
    "aim": "What it is for, in one sentence",
    "dose": "How often and how much",
    "progression": "How to make it harder when it has become easy",
    "easier": "What to do where it is too hard",
    "stop_if": "When to stop",
}
"""The texts of an exercise, as the form asks for them."""
MOST_PICTURES = 4


def fields_from(stored: Record) -> Fields:
    """The form's fields of an exercise as stored; of an empty record those of a new one."""
    steps = stored.get("steps")
    texts = [{"text": text_of(one)} for one in steps] if isinstance(steps, list | tuple) else []
    return {
        **{name: text_of(stored.get(name)) for name in TEXTS},
        "steps": with_places(texts, "steps"),
        "pictures": with_places(stored.get("pictures"), "pictures"),
        "review_by": text_of(stored.get("review_by")),
        **basis_fields(stored),
    }


def build(fields: Fields, stored: Record) -> Record:
    """The exercise that the fields make; a new one gets its id from its name."""
    record = deepcopy(stored)
    if "id" not in record:
        record["id"] = slug(fields["name"])
    for name in TEXTS:
        put(record, name, fields[name].strip())
    put(record, "steps", [one["text"].strip() for one in fields["steps"] if one["text"].strip()])
    pictures = [{"file": one["file"], "alt": one["alt"].strip()} for one in fields["pictures"] if one["file"]]
    put(record, "pictures", pictures)
    put_basis(record, fields)
    put(record, "review_by", fields["review_by"])
    return record


def problems(fields: Fields, record: Record, stored: Record, view: View) -> Problems:
    """What keeps the fields from being an exercise, by field."""
    found: Problems = {}

    def say(field: str, what: str) -> None:
        found.setdefault(field, []).append(what)

    asks = {name: f"Say this in a few words: {label[:1].lower()}{label[1:]}." for name, label in TEXTS.items()}
    taken = not stored and f"exercises/{record['id']}.json" in view.files
    if wrong := naming_problem("name", fields, record, taken, asks.pop("name")):
        say("name", wrong)
    for name, ask in asks.items():
        if not fields[name].strip():
            say(name, ask)
    if not record.get("steps"):
        say("steps", "Write at least one step: one action each.")
    chosen = [one for one in fields["pictures"] if one["file"]]
    if not chosen:
        say("pictures", "Show at least one picture: an exercise is easier seen than read.")
    elif len(chosen) > MOST_PICTURES:
        say("pictures", f"Show at most {MOST_PICTURES} pictures.")
    for one in chosen:
        if f"exercises/{one['file']}" not in view.files:
            say("pictures", f"There is no drawing called {one['file']} here. Add it, or choose another.")
        if not one["alt"].strip():
            say("pictures", f"Say what {one['file']} shows, for somebody who cannot see it.")
    if not fields["sources"] and not fields["judgement"].strip():
        say("sources", "Cite a source, or say in the judgement why.")
    return found
