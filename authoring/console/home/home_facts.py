"""What the home page tells: counts, findings by kind with the page where each is mended, and what is due for review."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from authoring.actions import View
from authoring.console.places import PAGES
from engine.files import id_from, kind_of
from engine.finding import Finding, Severity
from engine.knowledge import KnowledgeBase

DUE_DAYS = 90

HEADINGS = {
    "rule": "Rules",
    "condition": "Conditions and guides",
    "section": "Questions",
    "constraint": "Answers that cannot occur together",
    "term": "Findings and scores",
    "exercise": "Exercises",
    "case": "Cases",
    "safety": "Safety rules",
    "source": "Sources",
    "body": "Body map",
    "settings": "Settings",
    "locale": "Translations",
    "reading": "Hard texts",
    "roster": "Roster",
    "": "Other files",
}
"""Each kind of file, in the order in which the home page shows them."""


@dataclass(frozen=True)
class Place:
    """A page of the console and what it should have selected."""

    page: str
    name: str
    id: str


@dataclass(frozen=True)
class Due:
    """A record that has to be looked at again."""

    kind: str
    id: str
    title: str
    by: date
    days: int
    """Days until then; below 0 where it is over."""


def counts(view: View) -> list[tuple[str, int]]:
    """How much there is of each kind, in the order in which it is shown."""
    kb = view.kb
    return [
        ("rules", len(kb.active)),
        ("red flags", len(kb.red_flags)),
        ("conditions", len(kb.current_conditions)),
        ("questions", len(kb.questions)),
        ("exercises", len(kb.exercises)),
        ("cases", len(kb.told_cases)),
        ("safety rules", len(kb.safety)),
        ("sources", len(kb.sources)),
    ]


def grouped(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by kind of file; errors first, within a kind and among the kinds."""
    groups: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: (one.severity is not Severity.ERROR, one)):
        groups.setdefault(kind_of(finding.path) or "", []).append(finding)
    order = list(HEADINGS)
    ranked = sorted(groups, key=lambda kind: (groups[kind][0].severity is not Severity.ERROR, order.index(kind)))
    return {kind: groups[kind] for kind in ranked}


def place(view: View, finding: Finding) -> Place | None:
    """Where a finding is mended, or None where the console has no page for its file."""
    kind, id_ = kind_of(finding.path), id_from(finding.path)
    if kind == "section":
        question = _question_at(view, finding)
        return Place("questions", "question", question) if question else None
    if kind not in PAGES or id_ is None:
        return None
    page, name = PAGES[kind]
    return Place(page, name, id_)


def title_at(view: View, finding: Finding, where: Place) -> str:
    """What a person calls the record of a finding: its title or name, and its id where it has none."""
    value = view.value(finding.path) or {}
    if where.name == "question":
        return view.kb.questions[where.id].name
    told = value.get("title") or value.get("name")
    return told if isinstance(told, str) and told.strip() else where.id


def _question_at(view: View, finding: Finding) -> str | None:
    """The question in which a finding of a section lies; of the section as a whole, its first one."""
    value = view.value(finding.path) or {}
    questions = value.get("questions")
    found = re.match(r"/questions/(\d+)", finding.pointer)
    at = int(found.group(1)) if found else 0
    if not isinstance(questions, list) or at >= len(questions) or not isinstance(questions[at], dict):
        return None
    id_ = str(questions[at].get("id"))
    return id_ if view.loaded.kb is not None and id_ in view.kb.questions else None


def due(kb: KnowledgeBase, today: date, within: int = DUE_DAYS) -> list[Due]:
    """What is to be reviewed within some days, or should have been already; the oldest first."""
    dated = [("rule", one.id, one.title, one.review_by) for one in kb.active.values()]
    dated += [("condition", one.id, one.name, one.review_by) for one in kb.current_conditions.values()]
    dated += [("exercise", one.id, one.name, one.review_by) for one in kb.exercises.values()]
    limit = today + timedelta(days=within)
    found = [Due(kind, id_, title, by, (by - today).days) for kind, id_, title, by in dated if by <= limit]
    return sorted(found, key=lambda one: (one.by, one.kind, one.id))


def in_days(days: int) -> str:
    """`in 3 days`, `today`, `12 days ago`."""
    if days == 0:
        return "today"
    word = "day" if abs(days) == 1 else "days"
    return f"in {days} {word}" if days > 0 else f"{-days} {word} ago"
