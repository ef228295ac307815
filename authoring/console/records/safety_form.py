"""Safety properties as the fields of a form, and back. No widgets."""

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

SHAPES = {
    "whenever": "Whenever one thing holds, another does",
    "never": "Something never holds of anybody",
    "always": "Something holds of everybody",
}
PARTS: dict[str, tuple[str, ...]] = {"whenever": ("whenever", "then"), "never": ("never",), "always": ("always",)}
SEVERITIES = {
    "catastrophic": "Catastrophic: death, or permanent life-changing harm of many",
    "major": "Major: death or permanent life-changing harm of one person, or severe harm of many",
    "considerable": "Considerable: severe injury from which recovery is not expected soon",
    "significant": "Significant: severe injury with recovery, or psychological trauma",
    "minor": "Minor: injury with quick recovery",
}
"""The severity classes of DCB0129, in few words."""


def fields_from(stored: Record) -> Fields:
    """The form's fields of a safety property as stored; of an empty record those of a new one."""
    shape = next((name for name in ("whenever", "never", "always") if name in stored), "whenever")
    return {
        "title": text_of(stored.get("title")),
        "shape": shape,
        **{name: deepcopy(stored.get(name)) for name in ("whenever", "then", "never", "always")},
        "hazard": text_of(stored.get("hazard")),
        "cause": text_of(stored.get("cause")),
        "harm": text_of(stored.get("harm")),
        "severity": stored.get("severity"),
        **basis_fields(stored),
    }


def build(fields: Fields, stored: Record) -> Record:
    """The safety property that the fields make; a new one gets its id from its title."""
    record = deepcopy(stored)
    if "id" not in record:
        record["id"] = slug(fields["title"])
    put(record, "title", fields["title"].strip())
    for name in ("whenever", "then", "never", "always"):
        put(record, name, fields[name] if name in PARTS[fields["shape"]] else None)
    for name in ("hazard", "cause", "harm"):
        put(record, name, fields[name].strip())
    put(record, "severity", fields["severity"])
    put_basis(record, fields)
    return record


def problems(fields: Fields, record: Record, stored: Record, view: View) -> Problems:
    """What keeps the fields from being a safety property, by field."""
    found: Problems = {}

    def say(field: str, what: str) -> None:
        found.setdefault(field, []).append(what)

    taken = not stored and f"safety/{record['id']}.json" in view.files
    if wrong := naming_problem("title", fields, record, taken, "Say in a few words what must be so."):
        say("title", wrong)
    for name in PARTS[fields["shape"]]:
        if not fields[name]:
            say(name, "Say what is meant.")
    if not fields["hazard"].strip():
        say("hazard", "Say what could happen that can do harm.")
    if not fields["harm"].strip():
        say("harm", "Say what it would do to the person.")
    if fields["severity"] is None:
        say("severity", "Choose how severe the harm would be.")
    if not fields["sources"] and not fields["judgement"].strip():
        say("sources", "Cite a source, or say in the judgement why it must be so.")
    return found
