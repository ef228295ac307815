"""Traceability: each rule to what it rests on, who wrote and approved it, and what tries and proves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from engine import english
from engine.knowledge import KnowledgeBase
from engine.model.rule import Advice, Derived, Evidence, Points, RedFlag, Rule
from exports.safety_file.document import Column, Part, Table
from exports.safety_file.facts import Facts
from exports.safety_file.hazards import verdicts_of
from exports.safety_file.sources import cited
from validators.cases import Result

_SHOWN = 3


def traceability(facts: Facts) -> Part:
    """The part with one row for each rule in force."""
    about = _verdicts_by_rule(facts)
    named = _safety_by_name(facts.kb)
    firing = _cases_by_rule(facts.cases)
    rows = tuple(
        (
            f"{rule.title} [{rule.id}]",
            english.conclusion(rule.then, facts.kb),
            "; ".join(cited(facts.kb, rule)),
            *_hands(facts, rule),
            _examples(rule, facts.examples[rule.id]),
            _cases(firing.get(rule.id, [])),
            "; ".join(_proofs(facts, about.get(rule.id, []), named, rule)),
            rule.review_by.isoformat(),
        )
        for rule in facts.kb.active.values()
    )
    says: tuple[str, ...] = (
        f"One row for each of the {len(rows)} rules in force. A case is listed where the rule is true for its patient. "
        "Proofs are those about the rule itself; safety properties are listed that name what the rule concludes, "
        "besides those on the urgency as a whole, which speak of every red flag at once.",
    )
    if isinstance(facts.hands, str):
        says += (f"Who wrote and who approved a rule is not known: {facts.hands}.",)
    return Part(
        "traceability",
        "Traceability",
        "IEC 62304: traceability of requirements, tests and results. ISO 14971: verification of controls. DCB0129: "
        "evidence, and safety requirements mapped to releases.",
        says=says,
        tables=(
            Table(
                "traceability",
                "Rules: source, author, approver, examples, cases, proofs",
                (
                    Column("Rule", 2.2),
                    Column("Concludes", 1.8),
                    Column("Source", 2.3),
                    Column("Author", 1.0),
                    Column("Approver", 0.9),
                    Column("Examples", 0.8),
                    Column("Cases", 1.9),
                    Column("Proofs", 2.0),
                    Column("Review by", 0.8),
                ),
                rows,
            ),
        ),
    )


def _hands(facts: Facts, rule: Rule) -> tuple[str, str]:
    if isinstance(facts.hands, str):
        return "not known", "not known"
    hands = facts.hands.get(facts.kb.paths["rule", rule.id])
    if hands is None:
        return "not committed yet", "nobody yet"
    authors = ", ".join(hands.authors) + (" (changed since, not committed)" if hands.changed else "")
    return authors, ", ".join(hands.approvers) or "nobody yet"


def _examples(rule: Rule, result: Result) -> str:
    if not rule.examples:
        return "none"
    wrong = len({steps[1] for steps, _ in result.differences if len(steps) > 1})
    return f"{len(rule.examples) - wrong} of {len(rule.examples)} pass"


def _cases_by_rule(cases: Mapping[str, Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in cases.values():
        for rule in result.outcome.fired if result.outcome else ():
            found.setdefault(rule, []).append(result)
    return found


def _cases(results: list[Result]) -> str:
    if not results:
        return "no case fires it"
    failed = sum(1 for one in results if one.failed)
    shown = ", ".join(one.id for one in results[:_SHOWN])
    more = f" and {len(results) - _SHOWN} more" if len(results) > _SHOWN else ""
    return f"{len(results)}: {shown}{more}" + (f"; {failed} FAIL" if failed else "")


def _verdicts_by_rule(facts: Facts) -> dict[str, list[Mapping[str, Any]]]:
    """A verdict's id is its family, its kind and its subject; a rule's id may be followed by what of it is meant."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for id_, verdict in verdicts_of(facts.certificate).items():
        steps = id_.split("/", 2)[-1].split("/")
        for length in range(len(steps), 1, -1):
            if "/".join(steps[:length]) in facts.kb.active:
                found.setdefault("/".join(steps[:length]), []).append(verdict)
                break
    return found


def _proofs(
    facts: Facts, about: list[Mapping[str, Any]], named: Mapping[tuple[str, str], list[str]], rule: Rule
) -> Iterator[str]:
    if isinstance(facts.certificate, str):
        yield f"none: {facts.certificate}"
        return
    families = Counter(one["id"].split("/", 1)[0] for one in about if one["verdict"] == "proved")
    if families:
        yield "proved: " + ", ".join(f"{name} {number}" for name, number in sorted(families.items()))
    for one in about:
        if one["verdict"] != "proved":
            yield f"{one['verdict'].upper()}: {one['id']}"
    if not about:
        yield "no property is about it alone"
    names = sorted({id_ for key in _concludes(rule) for id_ in named.get(key, [])})
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield f"safety: {', '.join(names[:_SHOWN])}{more}"


def _concludes(rule: Rule) -> list[tuple[str, str]]:
    """What a safety property calls that which a rule concludes."""
    match rule.then:
        case Derived():
            return [("finding", rule.then.finding)]
        case Points():
            return [("score", rule.then.score)]
        case RedFlag():
            return [("flag", rule.id), *(("condition", name) for name in rule.then.suspects)]
        case Evidence():
            return [("condition", rule.then.condition)]
        case Advice():
            return [("advice", rule.then.advice)]


def _safety_by_name(kb: KnowledgeBase) -> dict[tuple[str, str], list[str]]:
    """What safety properties name, to the properties that do."""
    keys = {
        "finding": "finding",
        "score": "score",
        "flag": "flag",
        "open_flag": "flag",
        "named": "condition",
        "first": "condition",
        "advice": "advice",
    }
    found: dict[tuple[str, str], list[str]] = {}
    for id_, safety in sorted(kb.safety.items()):
        for _, part in safety.parts():
            for field, kind in keys.items():
                value = getattr(part, field, None)
                if isinstance(value, str):
                    found.setdefault((kind, value), []).append(id_)
    return found
