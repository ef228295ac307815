"""A rule as the fields of a form, and back: weights, what is missing, and which field a finding belongs to.

Nothing here knows Streamlit: the page shows what these functions say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite, log10
from typing import Any

from authoring.actions import View, canonical_bytes, slug
from authoring.console.plain_words import in_words, sentence
from authoring.console.records.records import (
    Fields,
    Problems,
    Record,
    basis_fields,
    citation,
    number_of,
    put,
    put_basis,
    text_of,
)
from engine.answers import read_answers
from engine.criteria import Criterion
from engine.english import answer
from engine.evaluate import Evaluator
from engine.finding import Finding, KnowledgeError, Severity
from engine.knowledge import KnowledgeBase
from engine.load import Loaded
from engine.model.rule import Evidence, Rule, Term, Urgency
from engine.schema import read_record
from engine.uses import uses
from validators.registry import Context, checks

KINDS: dict[str, str] = {
    "condition": "Evidence for or against a condition",
    "red_flag": "Red flag",
    "finding": "Finding",
    "score": "Points for a score",
    "advice": "Advice in guides",
}
"""What a rule can conclude, by the key of its conclusion."""

MOST = 20
"""The strongest weight that one rule may have, in decibans."""


def decibans(ratio: float) -> int:
    """The weight of a likelihood ratio: 10*log10 of it, rounded, in decibans.

    Raises ValueError, in words for the author, where it is no ratio, says nothing, or is stronger than one rule may be.
    """
    if not isfinite(ratio) or ratio <= 0:
        raise ValueError("a likelihood ratio is a number above 0")
    weight = round(10 * log10(ratio))
    if weight == 0:
        raise ValueError(f"a ratio of {ratio:g} is 0 decibans: it says nothing, so no rule can rest on it")
    if abs(weight) > MOST:
        raise ValueError(
            f"a ratio of {ratio:g} is {weight:+d} decibans, and one rule counts at most {MOST} either way; "
            "use the cautious end of the published range, or explain a smaller weight as judgement"
        )
    return weight


def kind_of_rule(value: Mapping[str, object]) -> str | None:
    """What a rule's JSON concludes, as a key of KINDS, or None where it does not say."""
    then = value.get("then")
    return next((kind for kind in KINDS if kind in then), None) if isinstance(then, dict) else None


def _shown(value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else ""


def _pair(value: object) -> tuple[str, str]:
    given = list(value) if isinstance(value, list | tuple) else []
    return (_shown(given[0]), _shown(given[1])) if len(given) == 2 else ("", "")


def _day(value: object) -> str | None:
    try:
        return date.fromisoformat(text_of(value)).isoformat()
    except ValueError:
        return None


def fields_from(value: Mapping[str, object]) -> Fields:
    """The form's fields from a rule's JSON as stored, which may be incomplete or wrong."""
    then: dict[str, Any] = value["then"] if isinstance(value.get("then"), dict) else {}  # type: ignore[assignment]
    kind = kind_of_rule(value)
    fields: Fields = {
        "title": text_of(value.get("title")),
        "because": text_of(value.get("because")),
        **basis_fields(value),
        "review_by": _day(value.get("review_by")),
        "when": deepcopy(value.get("when")),
        "examples": [deepcopy(one) for one in _objects(value.get("examples"))],
        "kind": kind,
    }
    if kind == "red_flag":
        suspects = then.get("suspects")
        fields |= {
            "urgency": then.get("red_flag"),
            "suspects": [one for one in suspects if isinstance(one, str)] if isinstance(suspects, list) else [],
            "message": text_of(then.get("message")),
            "if_unsure": then.get("if_unsure"),
            "if_unsure_reason": text_of(then.get("if_unsure_reason")),
        }
    elif kind == "condition":
        fields |= _evidence_fields(then)
    elif kind == "finding":
        fields |= {"term": then.get("finding") or None, "new_term": ""}
    elif kind == "score":
        fields |= {"term": then.get("score") or None, "new_term": "", "points": _shown(then.get("points"))}
    elif kind == "advice":
        fields |= {"advice": text_of(then.get("advice"))}
    return fields


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list | tuple) else []


def _evidence_fields(then: Mapping[str, Any]) -> Fields:
    basis = then.get("basis") if isinstance(then.get("basis"), dict) else None
    given = basis or {}
    source = given.get("source") if isinstance(given.get("source"), dict) else {}
    weight = then.get("weight")
    weight = weight if isinstance(weight, int) and not isinstance(weight, bool) else None
    interval, span = _pair(given.get("interval")), _pair(given.get("range"))
    return {
        "condition": then.get("condition") or None,
        "group": text_of(then.get("group")),
        "independent_because": text_of(then.get("independent_because")),
        "basis": "published" if basis is not None else "judgement",
        "ratio": _shown(given.get("likelihood_ratio")),
        "interval_low": interval[0],
        "interval_high": interval[1],
        "range_low": span[0],
        "range_high": span[1],
        "calculated_from": text_of(given.get("calculated_from")),
        "ratio_source": text_of(source.get("source")) or None if isinstance(source, dict) else None,
        "ratio_locator": text_of(source.get("locator")) if isinstance(source, dict) else "",
        "direction": "against" if weight is not None and weight < 0 else "for",
        "strength": abs(weight) if weight else 3,
    }


def build(fields: Fields, stored: Mapping[str, object]) -> Record:
    """The rule's record from the form, on top of what is stored. What is missing in the form is left out."""
    record: Record = deepcopy(dict(stored))
    record["title"] = fields["title"].strip()
    put(record, "because", fields["because"].strip())
    put_basis(record, fields)
    put(record, "review_by", fields["review_by"])
    put(record, "when", fields["when"])
    put(record, "examples", fields["examples"])
    record["then"] = _then(fields, stored.get("then"))
    return record


def _then(fields: Fields, stored: object) -> Record:
    then: Record = deepcopy(stored) if isinstance(stored, dict) else {}
    match fields["kind"]:
        case "red_flag":
            then["red_flag"] = fields["urgency"] or ""
            then["suspects"] = list(fields["suspects"])
            then["message"] = fields["message"].strip()
            put(then, "if_unsure", fields["if_unsure"])
            put(then, "if_unsure_reason", fields["if_unsure_reason"].strip() if fields["if_unsure"] else None)
        case "condition":
            then["condition"] = fields["condition"] or ""
            then["group"] = slug(fields["group"])
            put(then, "weight", weight_of(fields))
            put(then, "basis", _basis(fields, then.get("basis")))
            put(then, "independent_because", fields["independent_because"].strip())
        case "finding":
            then["finding"] = term_id(fields)
        case "score":
            then["score"] = term_id(fields)
            put(then, "points", number_of(fields["points"]))
        case "advice":
            then["advice"] = slug(fields["advice"])
    return then


def weight_of(fields: Fields) -> int | None:
    """The weight that the form gives, in decibans, or None where it gives none that is allowed."""
    if fields["basis"] == "judgement":
        strength = int(fields["strength"])
        return -strength if fields["direction"] == "against" else strength
    ratio = number_of(fields["ratio"])
    try:
        return decibans(ratio) if ratio is not None else None
    except ValueError:
        return None


def _basis(fields: Fields, stored: object) -> Record | None:
    if fields["basis"] == "judgement":
        return None
    basis: Record = deepcopy(stored) if isinstance(stored, dict) else {}
    put(basis, "likelihood_ratio", number_of(fields["ratio"]))
    for name in ("interval", "range"):
        low, high = number_of(fields[f"{name}_low"]), number_of(fields[f"{name}_high"])
        if low is not None and high is not None:
            put(basis, name, [low, high])
        elif not fields[f"{name}_low"].strip() and not fields[f"{name}_high"].strip():
            basis.pop(name, None)
    put(basis, "calculated_from", fields["calculated_from"].strip())
    source = fields["ratio_source"]
    put(basis, "source", citation(source, fields["ratio_locator"]) if source else None)
    return basis


def term_id(fields: Fields) -> str:
    """The id of the finding or score that is concluded: the chosen one, or one made of the new name."""
    return slug(fields["new_term"]) if fields["term"] is None else str(fields["term"])


def new_term(fields: Fields) -> tuple[str, Record] | None:
    """The path and record of a term that the form makes, or None where it names one that exists."""
    if fields["kind"] not in ("finding", "score") or fields["term"] is not None or not term_id(fields):
        return None
    id_ = term_id(fields)
    record: Record = {
        "id": id_,
        "kind": fields["kind"],
        "name": fields["new_term"].strip(),
        "meaning": fields.get("new_meaning", "").strip(),
    }
    put_basis(record, fields)
    return f"terms/{id_}.json", record


def missing(fields: Fields, view: View) -> Problems:
    """What the form lacks or cannot mean, said in the form's own words."""
    found: Problems = {}

    def say(field: str, what: str) -> None:
        found.setdefault(field, []).append(what)

    if not fields["title"].strip():
        say("title", "Say in a few words what the rule says.")
    if fields["review_by"] is None:
        say("review_by", "Give the day by which a clinician looks at it again.")
    if not fields["when"]:
        say("when", "Say when the rule holds.")
    if fields["kind"] in ("red_flag", "condition") and not fields["because"].strip():
        say("because", "Say what the patient is told; it goes on from “because”.")
    published = fields["kind"] == "condition" and fields["basis"] == "published"
    if not fields["sources"] and not fields["judgement"].strip() and not published:
        say("sources", "Cite a source, or explain the rule as judgement.")
    match fields["kind"]:
        case "red_flag":
            _missing_in_flag(fields, say)
        case "condition":
            _missing_in_evidence(fields, say)
        case "finding" | "score":
            _missing_in_term(fields, view, say)
        case "advice":
            if not slug(fields["advice"]):
                say("advice", "Name the advice in plain letters; blocks of guides are marked with it.")
    return found


def _missing_in_flag(fields: Fields, say: Any) -> None:
    if not fields["urgency"]:
        say("urgency", "Choose how urgent it is.")
    if not fields["suspects"] and level(fields["urgency"] or "") >= Urgency.URGENT.level:
        say("suspects", "Name at least one condition that has to be ruled out: so urgent a flag says what for.")
    if not fields["message"].strip():
        say("message", "Say what the person should do, and why.")
    if fields["if_unsure"] and not fields["if_unsure_reason"].strip():
        say("if_unsure_reason", "Say why it differs from one level below.")
    if fields["if_unsure"] and fields["urgency"] and level(fields["if_unsure"]) > level(fields["urgency"]):
        say("if_unsure", "Not knowing cannot be more urgent than the red flag itself.")


def level(urgency: str) -> int:
    """How urgent a level is, 0 for self-care to 4 for emergency; -1 for a word that is no level."""
    return next((one.level for one in Urgency if one.value == urgency), -1)


def _missing_in_evidence(fields: Fields, say: Any) -> None:
    if not fields["condition"]:
        say("condition", "Choose the condition.")
    if not slug(fields["group"]):
        say("group", "Choose a group, or name a new one: of one group only the strongest weight each way counts.")
    if fields["basis"] == "judgement":
        if not fields["judgement"].strip():
            say("judgement", "A weight without a published ratio has to be explained.")
        return
    ratio = number_of(fields["ratio"])
    if ratio is None:
        say("ratio", "Give the published likelihood ratio as a number, such as 2.5.")
    else:
        try:
            decibans(ratio)
        except ValueError as error:
            text = str(error)
            say("ratio", f"{text[:1].upper()}{text[1:]}.")
    if not fields["ratio_source"]:
        say("ratio_source", "Say in which source the ratio is published.")
    for name, word in (("interval", "interval"), ("range", "range")):
        given = [fields[f"{name}_{end}"].strip() for end in ("low", "high")]
        ends = [number_of(one) for one in given]
        if not any(given):
            continue
        if ends[0] is None or ends[1] is None:
            say(name, f"Give both ends of the {word} as numbers, or neither.")
        elif not 0 < ends[0] <= ends[1]:
            say(name, f"The {word} begins with its lower end, and both ends are above 0.")


def _missing_in_term(fields: Fields, view: View, say: Any) -> None:
    if fields["kind"] == "score" and number_of(fields["points"]) is None:
        say("points", "Give the points as a number, such as 1 or 0.5.")
    if fields["term"] is not None:
        return
    id_ = term_id(fields)
    if not id_:
        say("term", "Choose what the rule concludes, or give a new name in plain letters.")
    elif id_ in view.kb.terms:
        say("term", f"There is already one of that name: {view.kb.terms[id_].name}. Choose it above.")
    elif not fields.get("new_meaning", "").strip():
        say("meaning", "Say in one or two sentences what it stands for.")


_PLACES: tuple[tuple[str, str], ...] = (
    ("/title", "title"),
    ("/because", "because"),
    ("/judgement", "judgement"),
    ("/review_by", "review_by"),
    ("/sources", "sources"),
    ("/when", "when"),
    ("/examples", "examples"),
    ("/then/red_flag", "urgency"),
    ("/then/suspects", "suspects"),
    ("/then/message", "message"),
    ("/then/if_unsure_reason", "if_unsure_reason"),
    ("/then/if_unsure", "if_unsure"),
    ("/then/group", "group"),
    ("/then/weight", "weight"),
    ("/then/basis/interval", "interval"),
    ("/then/basis/range", "range"),
    ("/then/basis/calculated_from", "calculated_from"),
    ("/then/basis/source", "ratio_source"),
    ("/then/basis", "ratio"),
    ("/then/independent_because", "independent_because"),
    ("/then/finding", "term"),
    ("/then/score", "term"),
    ("/then/points", "points"),
    ("/then/advice", "advice"),
)


def field_of(finding: Finding) -> str:
    """The field of the form that a finding belongs to; `then` is the whole conclusion, `rule` the whole rule.

    A finding on an object as a whole belongs to the member that it names first.
    """
    pointer = finding.pointer
    if pointer in ("", "/then", "/then/condition"):
        base = "" if pointer == "" else "/then"
        for name in re.findall(r"`([a-z_]+)`", finding.what):
            for place, field in _PLACES:
                if place == f"{base}/{name}":
                    return field
        if finding.code == "EV004":
            return "sources"
        return {"": "rule", "/then": "then"}.get(pointer, "condition")
    inside = (field for place, field in _PLACES if pointer == place or pointer.startswith(f"{place}/"))
    return next(inside, "then" if pointer.startswith("/then") else "rule")


def told(finding: Finding, view: View | None = None) -> str:
    """A finding as one line of text; `view` is the content in which it was found."""
    if finding.code == "SC001" and finding.pointer == "/then":
        return "What the rule concludes is not complete."
    words = in_words(finding, view)
    return f"{words.what} {words.fix}"


@dataclass(frozen=True)
class Checked:
    """What is known of a rule as the form has it, before it is saved."""

    problems: Problems
    warnings: Problems
    rule: Rule | None
    """The rule, where it has the form of one."""
    truths: tuple[str | None, ...]
    """What each example gives now (`true`, `false`, `unknown`); None where that cannot be said."""
    kb: KnowledgeBase
    """The knowledge base with the rule as the form has it."""
    runs: bool
    """Whether the rule can be run as the form has it."""

    @property
    def ready(self) -> bool:
        """Whether nothing is wrong with the rule itself."""
        return not self.problems


_SLOW = ("FM", "GD", "LC", "RF008", "CA", "EV006", "RF010")
"""Checks of whole knowledge bases, which run when the draft is saved."""


def check(view: View, path: str, record: Record, fields: Fields) -> Checked:
    """Check one rule as the form has it, against the rest of the draft, without saving it."""
    what = json.dumps([record, {name: value for name, value in fields.items() if not name.startswith("new_answers")}])
    return view.forms.of((path, what), lambda: _check(view, path, record, fields))


def _check(view: View, path: str, record: Record, fields: Fields) -> Checked:
    problems, warnings = missing(fields, view), Problems()
    data = canonical_bytes(path, record)
    rule, found = read_record("rule", record, data, path)
    kb = view.kb
    truths: tuple[str | None, ...] = (None,) * len(fields["examples"])
    runs = False
    if isinstance(rule, Rule):
        kb = _with(view, path, rule, fields)
        found, elsewhere = _findings(view, path, data, record, kb)
        for finding in elsewhere:
            field = "group" if finding.code == "EV003" else "rule"
            problems.setdefault(field, []).append(sentence(f"{in_words(finding, view).where}: {told(finding, view)}"))
        runs = _runs(view, path, kb, rule, [*found, *elsewhere])
        if runs:
            truths = truths_of(Evaluator(kb), rule.id, [example.answers for example in rule.examples])
        for at, (gives, truth) in enumerate(zip((one.gives for one in rule.examples), truths, strict=True)):
            if truth is not None and truth != gives:
                words = f"Example {at + 1} should give {gives}, and the rule gives {truth}."
                problems.setdefault("examples", []).append(words)
    said = set(problems)
    for finding in found:
        field = field_of(finding)
        of_form = finding.code == "SC001" and finding.pointer.startswith("/then")
        unnamed = field == "term" and "meaning" in said
        if field in said or unnamed or (of_form and said & _THEN_FIELDS):
            continue  # the form has already said it, in its own words
        where = problems if finding.severity is Severity.ERROR else warnings
        where.setdefault(field, []).append(told(finding, view))
    return Checked(problems, warnings, rule if isinstance(rule, Rule) else None, truths, kb, runs)


_THEN_FIELDS = {field for place, field in _PLACES if place.startswith("/then")} | {"condition", "meaning"}


def _with(view: View, path: str, rule: Rule, fields: Fields) -> KnowledgeBase:
    terms = dict(view.kb.terms)
    made = new_term(fields)
    if made:
        term, _ = read_record("term", made[1], canonical_bytes(*made), made[0])
        if isinstance(term, Term):
            terms[term.id] = term
    paths = {**view.kb.paths, ("rule", rule.id): path}
    paths |= {("term", id_): f"terms/{id_}.json" for id_ in terms}
    return replace(view.kb, rules={**view.kb.rules, rule.id: rule}, terms=terms, paths=paths)


def _findings(
    view: View, path: str, data: bytes, record: Record, kb: KnowledgeBase
) -> tuple[list[Finding], list[Finding]]:
    """What is wrong with the rule, and which errors it would newly make in other records."""
    loaded = Loaded({**view.files, path: data}, {**view.loaded.values, path: record}, kb, ())
    context = Context(loaded, view.today, view.memory)
    known = {(one.path, one.code, one.pointer) for one in view.findings}
    own: set[Finding] = set()
    elsewhere: set[Finding] = set()
    for one in checks():
        if one.needs_evaluator or one.code.startswith(_SLOW):
            continue
        for finding in one.findings(context):
            if finding.path == path:
                own.add(finding)
            elif finding.severity is Severity.ERROR and (finding.path, finding.code, finding.pointer) not in known:
                elsewhere.add(finding)
    return sorted(own), sorted(elsewhere)


def _runs(view: View, path: str, kb: KnowledgeBase, rule: Rule, found: Iterable[Finding]) -> bool:
    """Whether a rule can be evaluated: nothing in it, or elsewhere in the draft, names what does not exist."""
    broken = any(one.severity is Severity.ERROR and one.code.startswith(("RF", "LG", "UN")) for one in found)
    elsewhere = any(one.path != path for one in view.stopping)
    return not broken and not elsewhere and rule.id in kb.active


def truths_of(evaluator: Evaluator, rule: str, examples: Iterable[Mapping[str, object]]) -> tuple[str | None, ...]:
    """What a rule in force is for each set of answers, in the words of JSON; None where answers cannot be read."""
    result: list[str | None] = []
    for answers in examples:
        try:
            values = evaluator.evaluate(read_answers(evaluator.kb, dict(answers), rule))
        except KnowledgeError:
            result.append(None)
        else:
            result.append(values.rules[rule].word)
    return tuple(result)


def answers_in_words(kb: KnowledgeBase, answers: object) -> str:
    """An example's answers as a clinician reads them."""
    if not isinstance(answers, dict) or not answers:
        return "nothing answered"
    parts = []
    for name, given in answers.items():
        try:
            read = read_answers(kb, {name: given})
        except KnowledgeError:
            parts.append(f"{name}: {given} (not an answer to this question)")
            continue
        question = kb.questions[name]
        parts.append(f"{question.name}: {answer(kb, question, read.values.get(name))}")
    return "; ".join(parts)


def questions_below(kb: KnowledgeBase, criterion: Criterion) -> list[str]:
    """The questions that a criterion rests on, through findings and scores, in the order in which they are asked."""
    names = {name for kind, name in kb.cone(uses(criterion)) if kind == "question"}
    return [name for name in kb.questions if name in names]


def groups_of(kb: KnowledgeBase, condition: str | None) -> dict[str, int]:
    """The groups of a condition's evidence, with how many rules each has."""
    groups: dict[str, int] = {}
    for rule in kb.active.values():
        if isinstance(rule.then, Evidence) and rule.then.condition == condition:
            groups[rule.then.group] = groups.get(rule.then.group, 0) + 1
    return dict(sorted(groups.items()))


def skeleton(kind: str, id_: str, title: str, about: str | None, review_by: date) -> Record:
    """A new rule with nothing but its name and what it is to conclude; `about` is its condition, term or urgency."""
    then: dict[str, Record] = {
        "red_flag": {"red_flag": about or "", "suspects": [], "message": ""},
        "condition": {"condition": about or "", "group": ""},
        "finding": {"finding": about or ""},
        "score": {"score": about or ""},
        "advice": {"advice": about or ""},
    }
    return {"id": id_, "title": title.strip(), "then": then[kind], "review_by": review_by.isoformat()}


def folder_for(kind: str, about: str | None) -> str:
    """The folder in which a new rule is kept."""
    match kind:
        case "condition":
            return f"rules/evidence/{about}"
        case "score" if about:
            return f"rules/scores/{about}"
        case _:
            return {"red_flag": "rules/red_flags", "finding": "rules/findings", "score": "rules/scores"}.get(
                kind, "rules/advice"
            )


@dataclass(frozen=True)
class CaseChange:
    """A saved case that comes out differently."""

    id: str
    title: str
    before: str
    after: str
    holds: bool
    """Whether it still comes out as its clinician expects."""


def case_changes(before: View, after: View) -> list[CaseChange]:
    """The saved cases whose urgency or named conditions differ between two views; new cases are left out."""
    changes = []
    for id_, now in after.case_results.items():
        then = before.case_results.get(id_)
        if then is None:
            continue
        words = outcome_words(before.kb, then), outcome_words(after.kb, now)
        if words[0] != words[1] or then.passed != now.passed:
            changes.append(CaseChange(id_, after.kb.cases[id_].title, *words, now.passed))
    return changes


def outcome_words(kb: KnowledgeBase, result: Any) -> str:
    """How a case comes out, in words: its urgency and what is named."""
    outcome = result.outcome
    if outcome is None:
        return "its answers cannot be read"
    named = [f"{kb.conditions[one.id].name} ({one.status.replace('_', ' ')})" for one in outcome.named]
    return f"{kb.settings.urgency[outcome.urgency].name}: {', '.join(named) or 'no cause named'}"
