"""Which records a change touches, by the hash of their content, and what kind of change each is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from authoring.review.events import RecordHash
from authoring.workspace import difference
from engine import jsontext
from engine.canonical import digest
from engine.files import kind_of
from engine.finding import KnowledgeError
from engine.model.review import ChangeKind

Steps = tuple[str | int, ...]

_WORDING: ChangeKind = "wording"
_BASIS: ChangeKind = "basis"
_FIELDS: dict[str, dict[str, ChangeKind]] = {
    # Fields that are not named here are what the record is about: the entry "" says what that is.
    "settings": {
        "": "urgency",
        "title": "wording",
        "description": "wording",
        "not_a_diagnosis": "wording",
        "no_cause": "wording",
        "unreviewed": "wording",
        "languages": "wording",
        "review": "policy",
    },
    "body": {"": "logic"},
    "section": {"": "urgency", "title": "wording"},
    "constraint": {"": "urgency", "title": "wording", "message": "wording"},
    "term": {"": "logic", "name": "wording", "meaning": "wording"},
    "rule": {"": "logic", "title": "wording", "because": "wording", "examples": "case", "retired": "retired"},
    "condition": {
        "": "urgency",
        "name": "wording",
        "plain_name": "wording",
        "also_called": "wording",
        "codes": "basis",
        "prior": "logic",
        "guide": "guide",
        "retired": "retired",
    },
    "exercise": {"": "guide"},
    "case": {"": "case"},
    "safety": {"": "urgency", "title": "wording"},
    "source": {"": "basis"},
    "locale": {"": "wording"},
    "reading": {"": "wording"},
    "roster": {"": "policy"},
}
_EVERYWHERE: dict[str, ChangeKind] = {"sources": "basis", "judgement": "basis", "review_by": "basis"}
_QUESTION: dict[str, ChangeKind] = {"name": "wording", "text": "wording", "help": "wording", "why": "wording"}
SEMANTIC: frozenset[ChangeKind] = frozenset({"red_flag", "urgency", "logic", "retired"})
"""The kinds of change that can move a patient."""


def hashes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[RecordHash, ...]:
    """Every record that differs, by its hash before and after. Raises KnowledgeError where one is no JSON.

    A record whose text changed and whose content did not is left out: spaces and the order of keys mean nothing.
    """
    found = []
    for path, (old, new) in difference(before, after).items():
        one = RecordHash(
            path=path,
            before=None if old is None else digest(old, path),
            after=None if new is None else digest(new, path),
        )
        if one.before != one.after:
            found.append(one)
    return tuple(found)


def kinds(path: str, before: bytes | None, after: bytes | None) -> frozenset[ChangeKind]:
    """What a change of one record is about. What cannot be read counts as an urgency: nobody knows what it does."""
    kind = kind_of(path)
    if kind is None:  # pictures belong to guides
        return frozenset({"guide"})
    try:
        old, new = _value(before, path), _value(after, path)
    except KnowledgeError:
        return frozenset({"urgency"})
    found = frozenset(_kind_at(kind, steps, old, new) for steps in changed_steps(old, new))
    removed = before is not None and after is None and kind not in ("case", "source")
    return found | {"retired"} if removed else found


def _value(data: bytes | None, path: str) -> Any:
    return {} if data is None else jsontext.read(data, path)


def changed_steps(old: object, new: object, at: Steps = ()) -> Iterator[Steps]:
    """The places at which two JSON values differ, as deep as they can be compared."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if key not in old or key not in new:
                yield from _whole((old if key in old else new)[key], (*at, key))
            else:
                yield from changed_steps(old[key], new[key], (*at, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from changed_steps(one, other, (*at, place))
    elif isinstance(old, list) and isinstance(new, list):
        for value in (*old, *new):
            yield from _whole(value, (*at, 0))
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield at


def _whole(value: object, at: Steps) -> Iterator[Steps]:
    """Every place inside a value that is new or gone."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _whole(inner, (*at, key))
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _whole(inner, (*at, 0))
    else:
        yield at


def _kind_at(kind: str, steps: Steps, old: Any, new: Any) -> ChangeKind:
    fields = _FIELDS[kind]
    first = str(steps[0]) if steps else ""
    last = str(steps[-1]) if steps else ""
    if first in _EVERYWHERE:
        return _EVERYWHERE[first]
    flag = kind == "rule" and any("red_flag" in (one.get("then") or {}) for one in (old, new) if isinstance(one, dict))
    match kind, steps:
        case "section", ("questions", int(), field, *_):
            if field == "options":
                return _WORDING if last in ("text", "name") else "urgency"
            return _EVERYWHERE.get(str(field)) or _QUESTION.get(str(field), "urgency")
        case "condition", ("guide", "watch_for", *_) if last in ("urgency", "go"):
            return "urgency"
        case "condition", ("guide" | "prior", *rest) if any(step in _EVERYWHERE for step in rest):
            return _BASIS
        case "locale", ("emergency", *_) if last == "label":
            return _WORDING
        case "locale", ("emergency", *rest):  # a wrong number is as bad as a wrong urgency
            return _BASIS if any(step in _EVERYWHERE for step in rest) else "urgency"
        case "rule", ("then", "message" | "if_unsure_reason", *_):
            return _WORDING
        case "rule", ("then", "basis" | "independent_because", *_):
            return _BASIS
        case "rule", ("when" | "then" | "id", *_) if flag:
            return "red_flag"
        case "rule", ("retired", *_) if flag:
            return "retired"
        case _:
            return fields.get(first, fields[""])
