"""Questions for the questions page: who uses one, and its JSON after an edit, a move or a new option. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from authoring.actions import View, free_path, slug
from engine.criteria import FactIs, walk
from engine.english import english
from engine.files import id_from
from engine.knowledge import KnowledgeBase
from engine.model.question import RESERVED, Question

TYPES = {
    "boolean": "yes or no",
    "choice": "one of several",
    "choices": "any of several",
    "integer": "whole number",
    "decimal": "number",
}
Json = dict[str, Any]


@dataclass(frozen=True)
class Use:
    """A record whose criterion compares the question's answer."""

    kind: str
    id: str
    title: str
    options: frozenset[str]
    """The options that it names."""


def users(kb: KnowledgeBase, question: str) -> list[Use]:
    """Everything that compares a question's answer, in the order of the knowledge base."""
    return all_users(kb).get(question, [])


def all_users(kb: KnowledgeBase) -> dict[str, list[Use]]:
    """For each question everything that compares its answer, in the order of the knowledge base."""
    found: dict[str, dict[tuple[str, str], set[str]]] = {}
    sections = {one.id: one for one in kb.sections}
    for kind, id_, steps, criterion in kb.criteria():
        if kind == "section":
            kind, id_ = "question", sections[id_].questions[int(steps[1])].id
        for _, part in walk(criterion):
            if isinstance(part, FactIs):
                operands = part.operand if isinstance(part.operand, tuple) else (part.operand,)
                options = found.setdefault(part.fact, {}).setdefault((kind, id_), set())
                options.update(one for one in operands if isinstance(one, str))
    return {
        question: [Use(kind, id_, _title(kb, kind, id_), frozenset(options)) for (kind, id_), options in uses.items()]
        for question, uses in found.items()
    }


def _title(kb: KnowledgeBase, kind: str, id_: str) -> str:
    match kind:
        case "rule":
            return kb.rules[id_].title
        case "condition":
            return kb.conditions[id_].name
        case "question":
            return kb.questions[id_].name
        case "constraint":
            return kb.constraints[id_].title
        case _:
            return kb.safety[id_].title


def for_whom(kb: KnowledgeBase, question: Question) -> str:
    """For whom a question makes sense, in English."""
    return english(question.ask_when, kb) if question.ask_when else "everybody"


def matches(question: Question, words: str) -> bool:
    """Whether all words stand somewhere in a question's texts, options or id."""
    texts = [question.id, question.name, question.text, question.help or "", question.why or ""]
    texts += [f"{one.text} {one.name or ''}" for one in question.options]
    whole = " ".join(texts).lower()
    return all(word in whole for word in words.lower().split())


def section_path(view: View, section: str) -> str:
    """The file of a section."""
    return view.kb.paths["section", section]


def with_question(view: View, question: str, new: Json) -> dict[str, object]:
    """The change that replaces a question: path to the section's JSON."""
    path = section_path(view, view.kb.section_of[question].id)
    section = deepcopy(view.value(path)) or {}
    section["questions"] = [new if one["id"] == question else one for one in _list(section)]
    return {path: section}


def as_written(view: View, question: str) -> Json:
    """A question's JSON as it stands in its file."""
    path = section_path(view, view.kb.section_of[question].id)
    return deepcopy(next(one for one in _list(view.value(path) or {}) if one["id"] == question))


def moved(view: View, question: str, by: int) -> dict[str, object] | None:
    """The change that moves a question up (-1) or down (1) in its section; None at the end."""
    path = section_path(view, view.kb.section_of[question].id)
    section = deepcopy(view.value(path)) or {}
    questions = _list(section)
    at = next(number for number, one in enumerate(questions) if one["id"] == question)
    if not 0 <= at + by < len(questions):
        return None
    questions[at], questions[at + by] = questions[at + by], questions[at]
    return {path: section}


def moved_to(view: View, question: str, section: str) -> tuple[dict[str, object], str | None]:
    """The change that moves a question to the end of another section, or why that cannot be."""
    here, there = section_path(view, view.kb.section_of[question].id), section_path(view, section)
    if here == there:
        return {}, "The question is in this section already."
    old, new = deepcopy(view.value(here)) or {}, deepcopy(view.value(there)) or {}
    if len(_list(old)) == 1:
        return {}, "It is the only question of its section, and a section is never empty."
    mine = next(one for one in _list(old) if one["id"] == question)
    old["questions"] = [one for one in _list(old) if one["id"] != question]
    mine = {key: value for key, value in mine.items() if key != "screen"}  # a screen belongs to its section
    new["questions"] = [*_list(new), mine]
    return {here: old, there: new}, None


def _list(section: Mapping[str, Any]) -> list[Json]:
    questions: list[Json] = section["questions"]
    return questions


def edited_options(
    old: Sequence[Json], rows: Sequence[Mapping[str, object]], used: Mapping[str, Sequence[str]]
) -> tuple[list[Json], list[str]]:
    """Options after an edit, and what is wrong with it.

    The ids of options that are there stay as they are; a new one gets its id from its text. An option that is named
    by something (`used`: option to titles) cannot be taken away.
    """
    problems, options = [], list[Json]()
    taken = {str(row["id"]) for row in rows if row.get("id")}
    for row in rows:
        text, name = (str(row.get(key) or "").strip() for key in ("text", "name"))
        id_ = str(row.get("id") or "")
        if not text and not name and not id_:
            continue
        if not text:
            problems.append(f"The option {id_ or name} has no text. Write what the patient reads.")
            continue
        if not id_:
            id_ = slug(text)[:40].strip("_")
            if not id_:
                problems.append(f"No id can be made of “{text}”. Begin its text with plain letters.")
                continue
            if id_ in RESERVED or id_ in taken:
                id_ = next(f"{id_}_{number}" for number in range(2, 1000) if f"{id_}_{number}" not in taken)
            taken.add(id_)
        options.append({"id": id_, "text": text} | ({"name": name} if name else {}))
    kept = {one["id"] for one in options}
    for one in old:
        if one["id"] not in kept and used.get(one["id"]):
            by = used[one["id"]]
            more = f" and {len(by) - 2} more" if len(by) > 2 else ""
            named = ", ".join(by[:2])
            problems.append(f"The option “{one['text']}” is named by {named}{more}. Change these first.")
    return options, problems


def option_users(found: Sequence[Use]) -> dict[str, list[str]]:
    """Each option that is named by something, with the titles of what names it."""
    result: dict[str, list[str]] = {}
    for use in found:
        for option in use.options:
            result.setdefault(option, []).append(use.title)
    return result


def new_section(view: View, title: str, after: str | None, question: Json) -> dict[str, object]:
    """The changes that put a new section with its first question behind another one, or before all others (None).

    Raises Refused where no id can be made of the title.
    """
    path = free_path(view, "questions", title)
    wanted = [one.id for one in view.kb.sections]
    at = wanted.index(after) + 1 if after in wanted else 0
    numbers = {one.id: one.order for one in view.kb.sections}
    id_ = str(id_from(path))
    before = numbers[wanted[at - 1]] if at else -1
    behind = numbers[wanted[at]] if at < len(wanted) else before + 20
    numbers[id_] = (before + behind) // 2
    wanted.insert(at, id_)
    return _ordered(view, wanted, numbers, {id_: {"id": id_, "title": title.strip(), "questions": [question]}})


def added(view: View, section: str, question: Json) -> dict[str, object]:
    """The change that puts a new question to the end of a section."""
    path = section_path(view, section)
    record = deepcopy(view.value(path)) or {}
    record["questions"] = [*_list(record), question]
    return {path: record}


def section_titled(view: View, section: str, title: str) -> dict[str, object]:
    """The change that gives a section another title."""
    path = section_path(view, section)
    return {path: {**(view.value(path) or {}), "title": title.strip()}}


def section_moved(view: View, section: str, by: int) -> dict[str, object]:
    """The changes that move a section up (-1) or down (1); none at the end."""
    wanted = [one.id for one in view.kb.sections]
    numbers = {one.id: one.order for one in view.kb.sections}
    at = wanted.index(section)
    if not 0 <= at + by < len(wanted):
        return {}
    other = wanted[at + by]
    wanted[at], wanted[at + by] = other, section
    numbers[section], numbers[other] = numbers[other], numbers[section]
    return _ordered(view, wanted, numbers, {})


def _ordered(view: View, wanted: list[str], numbers: dict[str, int], new: dict[str, Json]) -> dict[str, object]:
    """The changes that give sections these numbers; all are numbered anew where these do not make the wanted order."""
    if sorted(wanted, key=lambda one: (numbers[one], one)) != wanted:
        numbers = {one: 10 * at for at, one in enumerate(wanted, 1)}
    changes: dict[str, object] = {}
    for id_ in wanted:
        path = f"questions/{id_}.json" if id_ in new else section_path(view, id_)
        record: Json = new[id_] if id_ in new else dict(view.value(path) or {})
        if record.get("order") != numbers[id_]:
            changes[path] = {**record, "order": numbers[id_]}
    return changes
