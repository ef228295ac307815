"""The rules of one commit as a list that can be searched: made once for a commit, filtered on each run of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from authoring.actions import View
from authoring.console.records.source_facts import source_name
from authoring.console.rules.rule_form import kind_of_rule
from engine.english import conclusion, lines
from engine.files import id_from, kind_of
from engine.finding import Severity
from engine.knowledge import KnowledgeBase
from engine.model.case import Source
from engine.model.rule import Advice, Derived, Evidence, Points, RedFlag, Rule

SHOWN: dict[str, tuple[str, ...]] = {
    "All": (),
    "Red flags": ("red_flag",),
    "Evidence": ("condition",),
    "Findings and scores": ("finding", "score"),
    "Advice": ("advice",),
}
"""The parts of the list, with the kinds of conclusion that each holds."""


@dataclass(frozen=True)
class Row:
    """One rule in the list."""

    id: str
    path: str
    title: str
    kind: str | None
    concludes: str
    strength: str
    """Its weight in decibans, its points, or its urgency."""
    conditions: tuple[str, ...]
    """The conditions that it speaks for or against, or suspects."""
    errors: int
    warnings: int
    retired: bool
    text: str
    """Everything that a search looks at, in lower case."""

    @property
    def state(self) -> str:
        """What is to be looked at, in a few words; empty where nothing is."""
        words = []
        if self.errors:
            words.append(f"{self.errors} to mend")
        if self.warnings:
            words.append(f"{self.warnings} to look at")
        if self.retired:
            words.append("retired")
        return ", ".join(words)


def rows(view: View) -> list[Row]:
    """Every rule of a commit, those that cannot be read included: red flags first, then by id."""
    counts: dict[tuple[str, Severity], int] = {}
    for finding in view.findings:
        counts[finding.path, finding.severity] = counts.get((finding.path, finding.severity), 0) + 1
    result = []
    for path in sorted(path for path in view.files if kind_of(path) == "rule"):
        wrong = counts.get((path, Severity.ERROR), 0), counts.get((path, Severity.WARNING), 0)
        id_ = id_from(path) or path
        rule = view.kb.rules.get(id_)
        result.append(_row(view.kb, rule, path, wrong) if rule else _unread(view, id_, path, wrong))
    return sorted(result, key=lambda row: (_ORDER.get(row.kind, len(_ORDER)), row.id))


_ORDER: dict[str | None, int] = {"red_flag": 0, "condition": 1, "finding": 2, "score": 3, "advice": 4}


def _row(kb: KnowledgeBase, rule: Rule, path: str, wrong: tuple[int, int]) -> Row:
    kind, strength, conditions = _essence(kb, rule)
    concludes = _concludes(kb, rule)
    cited = [_cited(kb.sources, citation.source) for citation in rule.sources]
    names = [kb.conditions[one].name if one in kb.conditions else one for one in conditions]
    text = [rule.title, rule.id, conclusion(rule.then, kb), *lines(rule.when, kb), *cited, *names, rule.because or ""]
    return Row(
        rule.id, path, rule.title, kind, concludes, strength, conditions, *wrong, rule.retired is not None, _fold(text)
    )


def _unread(view: View, id_: str, path: str, wrong: tuple[int, int]) -> Row:
    value: Mapping[str, object] = view.value(path) or {}
    title = value.get("title")
    shown = title if isinstance(title, str) and title.strip() else id_.rpartition("/")[2].replace("_", " ")
    then = value.get("then")
    condition = then.get("condition") if isinstance(then, dict) else None
    conditions = (condition,) if isinstance(condition, str) and condition else ()
    retired = "retired" in value
    return Row(
        id_, path, shown, kind_of_rule(value), "not complete", "", conditions, *wrong, retired, _fold([shown, id_])
    )


def _essence(kb: KnowledgeBase, rule: Rule) -> tuple[str, str, tuple[str, ...]]:
    match rule.then:
        case RedFlag():
            return "red_flag", kb.settings.urgency[rule.then.red_flag].name, rule.then.suspects
        case Evidence():
            return "condition", f"{rule.then.weight:+d} decibans", (rule.then.condition,)
        case Derived():
            return "finding", "", ()
        case Points():
            return "score", f"{rule.then.points:+g} points", ()
        case Advice():
            return "advice", "", ()


def _concludes(kb: KnowledgeBase, rule: Rule) -> str:
    def named(id_: str) -> str:
        return kb.conditions[id_].name if id_ in kb.conditions else id_

    def term(id_: str) -> str:
        return kb.terms[id_].name if id_ in kb.terms else id_

    match rule.then:
        case RedFlag():
            suspects = ", ".join(named(one) for one in rule.then.suspects)
            return f"Rule out {suspects}" if suspects else "To be seen"
        case Evidence():
            return f"{'For' if rule.then.weight > 0 else 'Against'} {named(rule.then.condition)}"
        case Derived():
            return f"Finding: {term(rule.then.finding)}"
        case Points():
            return f"Score: {term(rule.then.score)}"
        case Advice():
            return f"Advice: {rule.then.advice.replace('_', ' ')}"


def _cited(sources: Mapping[str, Source], id_: str) -> str:
    return f"{id_} {source_name(sources, id_)}"


def _fold(words: Iterable[str]) -> str:
    return "\n".join(words).casefold()


def filtered(rows: Iterable[Row], part: str, condition: str | None, state: str, wanted: str) -> list[Row]:
    """The rows of a part of SHOWN, about a condition, in a state, that hold every word searched for.

    `state` is `In force`, `To mend or look at`, `Retired` or `All`.
    """
    kinds = SHOWN[part]
    words = wanted.casefold().split()
    return [
        row
        for row in rows
        if (not kinds or row.kind in kinds)
        and (condition is None or condition in row.conditions)
        and (
            state == "All"
            or (state == "In force" and not row.retired)
            or (state == "Retired" and row.retired)
            or (state == "To mend or look at" and bool(row.errors or row.warnings))
        )
        and all(word in row.text for word in words)
    ]


STATES = ("In force", "To mend or look at", "Retired", "All")
"""The states by which the list can be narrowed."""
