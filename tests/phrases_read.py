"""Reads the phrases that describe groups of patients, as a clinician would, to look for whom they are true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from engine.answers import Answers, Chosen, Value
from engine.knowledge import KnowledgeBase
from engine.model.question import Question


def fits(kbs: Sequence[KnowledgeBase], phrases: Iterable[str], answers: Answers) -> bool:
    """Whether all phrases are true of somebody."""
    return all(_fits(kbs, phrase, answers) for phrase in phrases)


def _fits(kbs: Sequence[KnowledgeBase], phrase: str, answers: Answers) -> bool:
    name, text = phrase.split(": ", 1)
    question = next(one for kb in kbs for one in kb.questions.values() if one.name == name)
    names = {
        option.name or option.text: option.id
        for kb in kbs
        if question.id in kb.questions
        for option in kb.options(kb.questions[question.id])
    }
    value = answers.values.get(question.id)
    match question.type:
        case "choices":
            return _ticks(text, names, value)
        case "integer" | "decimal":
            return _number(question, text, value)
        case "boolean":
            return _choice(text, {"yes": True, "no": False}, value)
        case _:
            return _choice(text, names, value)


def _ticks(text: str, names: dict[str, str], value: Value | None) -> bool:
    def mark(name: str) -> str:
        if not isinstance(value, Chosen) or names[name] in value.unsure:
            return "unsure"
        return "yes" if names[name] in value.yes else "no"

    for start, allowed in (
        ("not sure about ", ("unsure",)),
        ("not clearly ticked: ", ("unsure", "no")),
        ("ticked or not sure: ", ("unsure", "yes")),
    ):
        if text.startswith(start):
            return all(mark(name) in allowed for name in text.removeprefix(start).split(", "))
    if text == "none of these":
        return all(mark(name) == "no" for name in names)
    if text.startswith("not "):
        return all(mark(name.removeprefix("not ")) == "no" for name in text.split(", "))
    return mark(text) == "yes"


def _number(question: Question, text: str, value: Value | None) -> bool:
    if text == "not known":
        return value is None
    if text.endswith(" or not known"):
        if value is None:
            return True
        text = text.removesuffix(" or not known")
    if value is None:
        return False
    assert isinstance(value, int | float)
    if text == "any number":
        return True
    for part in text.split(" and "):
        found = re.fullmatch(rf"(at least|more than|below|at most) (\S+) {question.unit}", part)
        assert found, text
        limit = float(found[2])
        holds = {
            "at least": value >= limit,
            "more than": value > limit,
            "below": value < limit,
            "at most": value <= limit,
        }[found[1]]
        if not holds:
            return False
    return True


def _choice(text: str, names: dict[str, str] | dict[str, bool], value: Value | None) -> bool:
    if text == "not sure":
        return value is None
    if text == "a clear answer":
        return value is not None
    if text.endswith(", or not sure"):
        if value is None:
            return True
        text = text.removesuffix(", or not sure")
    if text.startswith("not “"):
        denied = text.removeprefix("not “").removesuffix("”").split("” or “")
        return value is not None and value not in [names[name] for name in denied]
    return value == names[text]
