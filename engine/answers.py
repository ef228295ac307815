"""Answers: a value inside a question's domain, "I'm not sure", or nothing. Nothing is coerced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from engine.nearest import nearest

UNSURE = "unknown"
"""How "I'm not sure" is written in JSON."""


@dataclass(frozen=True)
class Chosen:
    """The answer to a `choices` question: options ticked, options marked unsure; all others are not ticked."""

    yes: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


Value = bool | int | float | str | Chosen


@dataclass(frozen=True)
class Answers:
    """What one person answered: values, and the questions answered with "I'm not sure"."""

    values: Mapping[str, Value] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()

    def answered(self, question: str) -> bool:
        """Whether the question was answered, if only with "I'm not sure"."""
        return question in self.values or question in self.unsure

    def with_answer(self, question: str, value: Value | None) -> Answers:
        """The same answers with one changed; None stands for "I'm not sure"."""
        values = {name: given for name, given in self.values.items() if name != question}
        if value is None:
            return Answers(values, self.unsure | {question})
        return Answers({**values, question: value}, self.unsure - {question})

    def to_json(self) -> dict[str, object]:
        """As a JSON object, in the order of the questions' ids."""
        result: dict[str, object] = dict.fromkeys(self.unsure, UNSURE)
        result.update((name, value_to_json(value)) for name, value in self.values.items())
        return dict(sorted(result.items()))


def value_to_json(value: Value) -> object:
    """One answer as JSON holds it."""
    if not isinstance(value, Chosen):
        return value
    if value.unsure:
        return {"yes": sorted(value.yes), "unsure": sorted(value.unsure)}
    return sorted(value.yes)


def read_answers(kb: KnowledgeBase, raw: object, path: str = "answers") -> Answers:
    """Answers from parsed JSON: an object from question to value.

    `"unknown"` is "I'm not sure". For `choices` a list holds the options ticked (`[]`: none of these), or an object
    `{"yes": [...], "unsure": [...]}` tells those marked unsure too.
    Raises KnowledgeError, with one finding for each answer that is refused.
    """
    if not isinstance(raw, dict):
        raise KnowledgeError(
            [
                Finding(
                    path,
                    1,
                    "",
                    "AN001",
                    "answers.form",
                    "answers are a JSON object from question to answer",
                    'write for instance {"age": 44, "sex": "female"}',
                )
            ]
        )
    findings: list[Finding] = []
    values: dict[str, Value] = {}
    unsure: set[str] = set()
    for name, given in raw.items():
        question = kb.questions.get(name)
        if question is None:
            findings.append(
                Finding(
                    path,
                    0,
                    f"/{name}",
                    "AN002",
                    "answers.unknown-question",
                    f"there is no question `{name}`",
                    nearest(name, kb.questions),
                )
            )
        elif given == UNSURE:
            unsure.add(name)
        else:
            value = _value(kb, question, given)
            if value is None:
                findings.append(
                    Finding(
                        path,
                        0,
                        f"/{name}",
                        "AN003",
                        "answers.outside-domain",
                        f"`{name}` was answered {_shown(given)}",
                        f"allowed: {allowed(kb, question)}",
                    )
                )
            else:
                values[name] = value
    if findings:
        raise KnowledgeError(findings)
    return Answers(values, frozenset(unsure))


def _shown(given: object) -> str:
    text = repr(given) if isinstance(given, float) else _json(given)
    return text if len(text) <= 80 else text[:77] + "..."


def _json(given: object) -> str:
    import json

    return json.dumps(given, ensure_ascii=False, default=str)


def _value(kb: KnowledgeBase, question: Question, given: object) -> Value | None:
    """The answer inside the question's domain, or None where it is outside."""
    match question.type:
        case "boolean":
            return given if isinstance(given, bool) else None
        case "choice":
            ids = {option.id for option in kb.options(question)}
            return given if isinstance(given, str) and given in ids else None
        case "choices":
            return _chosen({option.id for option in kb.options(question)}, given)
        case "integer" | "decimal":
            return _number(question, given)
        case _:
            assert_never(question.type)


def _chosen(ids: set[str], given: object) -> Chosen | None:
    parts = given if isinstance(given, dict) else {"yes": given}
    if not parts.keys() <= {"yes", "unsure"}:
        return None
    sets = []
    for name in ("yes", "unsure"):
        options = parts.get(name, [])
        if not isinstance(options, list) or not all(isinstance(one, str) and one in ids for one in options):
            return None
        sets.append(frozenset(options))
        if len(sets[-1]) < len(options):
            return None
    return None if sets[0] & sets[1] else Chosen(*sets)


def _number(question: Question, given: object) -> int | float | None:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    assert question.min is not None
    assert question.max is not None
    if not question.min <= given <= question.max:  # NaN is in no range
        return None
    if question.type == "integer":
        return int(given) if given == int(given) else None
    return given if isinstance(given, int) else float(given)


def allowed(kb: KnowledgeBase, question: Question) -> str:
    """The answers that a question takes, in words, with "unknown"."""
    match question.type:
        case "boolean":
            own = "true, false"
        case "choice":
            own = _listed(option.id for option in kb.options(question))
        case "choices":
            own = "a list of " + _listed(option.id for option in kb.options(question)) + " ([] for none of these)"
        case "integer":
            own = f"a whole number from {question.min} to {question.max} {question.unit}"
        case "decimal":
            own = f"a number from {question.min} to {question.max} {question.unit}"
        case _:
            assert_never(question.type)
    return f'{own}, or "{UNSURE}"'


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(f'"{id_}"' for id_ in ids)
