"""A condition's record as a form: what a page edits, and how the record comes back out of it.

The form is the record's JSON, with a name (`_place`) on each part that can be added, moved or removed. A name stays
with its part while it is edited, so that typed text and findings stay with it too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import log10
from typing import Any, get_args

from authoring.actions import Refused, View, canonical_bytes, slug
from engine.files import id_from
from engine.finding import Finding, Severity
from engine.knowledge import KnowledgeBase
from engine.model.condition import Condition, SectionId
from engine.model.rule import Urgency
from engine.schema import read_record
from validators.registry import Context, checks

Json = dict[str, Any]

SECTIONS: tuple[str, ...] = get_args(SectionId)
"""The sections of a guide in the order in which they are read."""

SECTION_TITLES: Mapping[str, str] = {
    "what_it_is": "What is it?",
    "why_it_hurts": "Why does it hurt?",
    "why_now": "Why now?",
    "today": "What to do today",
    "this_week": "This week",
    "six_weeks": "Over the next six weeks",
    "work": "Work",
    "sleep": "Sleep",
    "lifting": "Lifting",
    "driving": "Driving",
    "medicines": "Medicines",
    "tests": "Tests and scans",
    "prevention": "Keeping it away",
    "outlook": "What to expect",
}
"""The heading that a new section begins with."""

assert SECTION_TITLES.keys() == set(SECTIONS)

_OPTIONAL = frozenset(
    {
        "action",
        "advice",
        "also_called",
        "codes",
        "considered_when",
        "contested",
        "dose",
        "exercises",
        "judgement",
        "locator",
        "reason",
        "replacement",
        "retired",
        "sources",
        "thresholds",
    }
)
"""What is left out of the record while it is empty."""


def form_from(record: Mapping[str, Any]) -> Json:
    """A form of a record; the record itself is not changed."""
    form: Json = copy.deepcopy(dict(record))
    for at, code in enumerate(form.setdefault("codes", [])):
        code["_place"] = f"code-{at + 1}"
    guide = form.setdefault("guide", {})
    for section in guide.setdefault("sections", []):
        section["_place"] = f"section-{section.get('id')}"
        for at, statement in enumerate(section.setdefault("statements", [])):
            statement["_place"] = f"{section.get('id')}-{at + 1}"
    for kind, name in (("exercises", "exercise"), ("watch_for", "sign")):
        for at, one in enumerate(guide.setdefault(kind, [])):
            one["_place"] = f"{name}-{at + 1}"
    return form


def record_from(form: Mapping[str, Any]) -> tuple[Json, dict[str, str]]:
    """The record of a form, and where each named part stands in it: JSON pointer to place.

    Warning signs stand by urgency, the most urgent first; all else keeps its order.
    """
    sorted_form = dict(form)
    guide = dict(form["guide"])
    guide["watch_for"] = most_urgent_first(guide["watch_for"])
    sorted_form["guide"] = guide
    places = {"/guide": "guide", "/prior": "prior", "/thresholds": "thresholds", "/considered_when": "considered_when"}
    record = _tidy(sorted_form, "", places)
    return record, places


def _tidy(value: Any, pointer: str, places: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_tidy(one, f"{pointer}/{at}", places) for at, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if "_place" in value:
        places[pointer] = value["_place"]
    found = {}
    for name, one in value.items():
        empty = one is None or one is False or one == [] or (isinstance(one, str) and not one.strip())
        if not name.startswith("_") and not (empty and name in _OPTIONAL):
            found[name] = one if name == "considered_when" else _tidy(one, f"{pointer}/{name}", places)
    return found


def in_reading_order(sections: Iterable[Json]) -> list[Json]:
    """Sections in the order in which the guide shows them."""
    return sorted(sections, key=lambda one: SECTIONS.index(one["id"]) if one.get("id") in SECTIONS else len(SECTIONS))


def most_urgent_first(signs: Iterable[Json]) -> list[Json]:
    """Warning signs by urgency; those of one urgency stay in their order."""
    levels = [urgency.value for urgency in Urgency]
    return sorted(signs, key=lambda one: levels.index(one["urgency"]) if one.get("urgency") in levels else len(levels))


def move(items: list[Json], place: str, by: int) -> None:
    """Move a named part up (-1) or down (1) in its list; at the end it stays where it is."""
    at = next(number for number, one in enumerate(items) if one["_place"] == place)
    to = at + by
    if 0 <= to < len(items):
        items[at], items[to] = items[to], items[at]


def remove(items: list[Json], place: str) -> None:
    """Take a named part out of its list."""
    items[:] = [one for one in items if one["_place"] != place]


def new_place(items: Iterable[Json], prefix: str) -> str:
    """A name for a part that is added.

    It is the lowest free one, so that text that was typed into a part before a reload is offered to the part that is
    added in its stead.
    """
    taken = {one["_place"] for one in items}
    return next(f"{prefix}-{number}" for number in range(1, len(taken) + 2) if f"{prefix}-{number}" not in taken)


def add_section(form: Json, id_: str) -> None:
    """Add a section with one empty statement, before the first one that is read after it."""
    sections = form["guide"]["sections"]
    later = SECTIONS[SECTIONS.index(id_) + 1 :]
    at = next((number for number, one in enumerate(sections) if one["id"] in later), len(sections))
    sections.insert(
        at,
        {
            "id": id_,
            "title": SECTION_TITLES[id_],
            "statements": [{"text": "", "_place": f"{id_}-1"}],
            "_place": f"section-{id_}",
        },
    )


def decibans(probability: float) -> int:
    """10*log10 of the odds of a probability between 0 and 1, rounded."""
    return round(10 * log10(probability / (1 - probability)))


def probability_of(weight: int) -> float:
    """The probability of some decibans."""
    odds = 10 ** (weight / 10)
    return float(odds / (1 + odds))


@dataclass(frozen=True)
class Placed:
    """A finding, with the part of the form that it is about and the field in it ("" where it is the whole part)."""

    place: str
    field: str
    finding: Finding


def place_findings(findings: Iterable[Finding], places: Mapping[str, str]) -> list[Placed]:
    """Each finding at the field that caused it. Top-level fields have the place ""."""
    result = []
    for finding in findings:
        steps = finding.pointer.split("/")
        for length in range(len(steps), 0, -1):
            place = places.get("/".join(steps[:length]))
            if place is not None or length == 1:
                result.append(Placed(place or "", steps[length] if length < len(steps) else "", finding))
                break
    return result


def read_form(view: View, path: str, record: Json) -> tuple[Condition | None, list[Finding]]:
    """The condition that a record makes, and what is wrong or suspicious in it now, before it is saved.

    Checks that need rules to be run are left to the save.
    """
    data = canonical_bytes(path, record)
    found, wrong = read_record("condition", record, data, path)
    if not isinstance(found, Condition):
        return None, wrong
    kb = with_condition(view.kb, found, path, alone=True)
    context = Context(
        replace(view.loaded, files={path: data}, values={path: record}, kb=kb, findings=()), view.today, view.memory
    )
    return found, sorted(
        {
            finding
            for check in checks()
            if not check.needs_evaluator
            for finding in check.findings(context)
            if finding.path == path
        }
    )


def with_condition(kb: KnowledgeBase, condition: Condition, path: str, alone: bool = False) -> KnowledgeBase:
    """The knowledge base with a condition as it is being written.

    `alone`: with no other condition in it, and so without translations, most of which would be of nothing.
    """
    others = {} if alone else kb.conditions
    return replace(
        kb,
        conditions={**others, condition.id: condition},
        locales={} if alone else kb.locales,
        paths={**kb.paths, ("condition", condition.id): path},
    )


def errors_of(placed: Iterable[Placed]) -> list[Placed]:
    """What has to be mended, without what is only suspicious."""
    return [one for one in placed if one.finding.severity is Severity.ERROR]


def new_path(view: View, region: str, name: str) -> str:
    """Where a new condition is kept. Raises Refused where the name makes no id, or one that is taken."""
    id_ = slug(name)
    if not id_:
        raise Refused("the name has no letters to make an id of", "give it a name in plain letters")
    for path in view.files:
        if path.startswith("conditions/") and id_from(path) == id_:
            raise Refused(f"there is already a condition with the id `{id_}`", "choose another name, or open that one")
    return f"conditions/{region}/{id_}.json"


def new_record(
    path: str, *, name: str, plain_name: str, region: str, care_level: str, prior: float, reason: str, review_by: date
) -> Json:
    """A condition to begin with: the sections that every guide needs, still empty."""
    return {
        "id": id_from(path),
        "name": name.strip(),
        "plain_name": plain_name.strip(),
        "region": region,
        "prior": {"decibans": decibans(prior), "probability": prior, "judgement": reason.strip()},
        "care_level": care_level,
        "guide": {
            "summary": "",
            "sections": [
                {"id": id_, "title": SECTION_TITLES[id_], "statements": [{"text": ""}]}
                for id_ in ("what_it_is", "today", "outlook")
            ],
            "watch_for": [{"sign": "", "go": "", "urgency": Urgency.EMERGENCY.value}],
        },
        "review_by": review_by.isoformat(),
    }


def duplicate_record(record: Mapping[str, Any], path: str, name: str) -> Json:
    """A copy under another name and id, in force."""
    copied: Json = copy.deepcopy(dict(record))
    copied.pop("retired", None)
    return {**copied, "id": id_from(path), "name": name.strip()}
