"""Merging two lines of work, record by record and field by field.

Two authors who changed different records, different fields of one, or different items of a list never conflict. What
both changed differently is a conflict, told with both versions; nothing is guessed.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine import jsontext
from engine.canonical import canonical_of
from engine.files import kind_of
from engine.finding import KnowledgeError

Steps = tuple[str | int, ...]
Side = Literal["ours", "theirs"]


class _Missing:
    """Stands for a member or a file that is not there."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()


@dataclass(frozen=True)
class Conflict:
    """One place that both lines changed differently. MISSING: it is not there."""

    path: str
    steps: Steps
    """The place in the record, items of a list by their id where they have one; empty: the whole record."""
    base: Any
    ours: Any
    """As it is approved now."""
    theirs: Any
    """As the change has it."""


@dataclass(frozen=True)
class Merge:
    """The files that came out. Where there are conflicts, they hold what is approved at those places."""

    files: Mapping[str, bytes]
    conflicts: tuple[Conflict, ...] = ()


Choices = Mapping[tuple[str, Steps], Side]
"""For each conflict, by its path and steps, which version is to stand."""


@dataclass
class _Run:
    path: str
    choices: Choices
    conflicts: list[Conflict] = field(default_factory=list)

    def clash(self, steps: Steps, base: Any, ours: Any, theirs: Any) -> Any:
        chosen = self.choices.get((self.path, steps))
        if chosen is None:
            self.conflicts.append(Conflict(self.path, steps, base, ours, theirs))
        return theirs if chosen == "theirs" else ours


def merge_files(
    base: Mapping[str, bytes], ours: Mapping[str, bytes], theirs: Mapping[str, bytes], choices: Choices | None = None
) -> Merge:
    """What both lines made of `base`, together."""
    files: dict[str, bytes] = {}
    conflicts: list[Conflict] = []
    for path in sorted(base.keys() | ours.keys() | theirs.keys()):
        run = _Run(path, choices or {})
        data = _file(run, base.get(path), ours.get(path), theirs.get(path))
        conflicts += run.conflicts
        if data is not None:
            files[path] = data
    return Merge(files, tuple(conflicts))


def _file(run: _Run, base: bytes | None, ours: bytes | None, theirs: bytes | None) -> bytes | None:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    values = None
    if ours is not None and theirs is not None and kind_of(run.path):
        values = _values(run.path, base, ours, theirs)
    if values is None:  # a picture, something unreadable, or one side took the record away
        run.clash((), *(_shown(run.path, one) for one in (base, ours, theirs)))
        return theirs if run.choices.get((run.path, ())) == "theirs" else ours
    return canonical_of(_value(run, (), *values), run.path).encode()


def _values(path: str, *versions: bytes | None) -> tuple[Any, ...] | None:
    try:
        return tuple(MISSING if data is None else jsontext.read(data, path) for data in versions)
    except KnowledgeError:
        return None


def _shown(path: str, data: bytes | None) -> Any:
    if data is None:
        return MISSING
    values = _values(path, data) if path.endswith(".json") else None
    return values[0] if values else data


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; `true` is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if one is MISSING or other is MISSING:
        return one is other
    return type(one) is type(other) and one == other if bool in (type(one), type(other)) else bool(one == other)


def _value(run: _Run, at: Steps, base: Any, ours: Any, theirs: Any) -> Any:
    if same(ours, theirs) or same(theirs, base):
        return ours
    if same(ours, base):
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if at and _form(ours) != _form(theirs) and isinstance(base, dict):
            return run.clash(at, base, ours, theirs)  # two different criteria or conclusions are not mixed
        return _object(run, at, base if isinstance(base, dict) else {}, ours, theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        old = base if isinstance(base, list) else []
        if all(_has_ids(one) for one in (old, ours, theirs)):
            return _by_id(run, at, old, ours, theirs)
        known = len(run.conflicts)
        merged = _by_place(run, at, old, ours, theirs)
        if merged is not None:
            return merged
        del run.conflicts[known:]  # the list clashes as a whole: what clashed in it is no question of its own
    return run.clash(at, base, ours, theirs)


_FORMS = ("fact", "finding", "score", "all", "any", "at_least", "not", "red_flag", "condition", "advice")


def _form(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of the alternative forms of a criterion or a conclusion an object has, and of what it speaks."""
    forms = [key for key in _FORMS if key in value]
    named = [f"{key}={value[key]}" for key in ("fact", "finding", "score") if isinstance(value.get(key), str)]
    operators = sorted(key for key in value if key in ("gte", "gt", "lte", "lt", "is", "in", "includes"))
    return (*forms, *named, *operators)


def _object(run: _Run, at: Steps, base: Mapping[str, Any], ours: Any, theirs: Any) -> dict[str, Any]:
    merged = {}
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        versions = (one.get(key, MISSING) for one in (base, ours, theirs))
        value = _value(run, (*at, key), *versions)
        if value is not MISSING:
            merged[key] = value
    return merged


def _has_ids(items: Sequence[Any]) -> bool:
    ids = [item.get("id") for item in items if isinstance(item, dict)]
    return len(ids) == len(items) == len(set(map(str, ids))) and all(isinstance(one, str) for one in ids)


def _by_id(run: _Run, at: Steps, base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any]:
    """A list of records with ids: each merged by its id, in the order of whoever changed it."""
    of = [{item["id"]: item for item in items} for items in (base, ours, theirs)]
    order = _order([item["id"] for item in base], list(of[1]), list(of[2]))
    merged = []
    for id_ in order:
        value = _value(run, (*at, id_), *(items.get(id_, MISSING) for items in of))
        if value is not MISSING:
            merged.append(value)
    return merged


def _order(base: list[str], ours: list[str], theirs: list[str]) -> list[str]:
    """Every id of both sides; whoever moved what was there before decides, ours where both did."""
    moved_by_us = [id_ for id_ in ours if id_ in base] != [id_ for id_ in base if id_ in ours]
    first, second = (ours, theirs) if moved_by_us else (theirs, ours)
    order = list(first)
    for at, id_ in enumerate(second):
        if id_ not in order:
            before = next((one for one in reversed(second[:at]) if one in order), None)
            order.insert(order.index(before) + 1 if before is not None else 0, id_)
    return order


def _by_place(run: _Run, at: Steps, base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any] | None:
    """A list without ids, as diff3 merges lines: what one side changed between two items that both kept.

    None where both changed the same stretch and the items there cannot be told apart.
    """
    table: list[Any] = []

    def number(item: Any) -> int:
        found = next((place for place, one in enumerate(table) if same(one, item)), None)
        if found is None:
            table.append(item)
            return len(table) - 1
        return found

    old, one, other = ([number(item) for item in items] for items in (base, ours, theirs))
    matches = [_matches(old, side) for side in (one, other)]
    merged: list[Any] = []
    start = [0, 0, 0]
    for stop in [place for place in range(len(old)) if all(place in match for match in matches)] + [None]:
        ends = [len(old), len(one), len(other)] if stop is None else [stop, matches[0][stop], matches[1][stop]]
        was, mine, yours = (items[a:b] for items, a, b in zip((base, ours, theirs), start, ends, strict=True))
        if same(yours, was) or same(mine, yours):
            merged += mine
        elif same(mine, was):
            merged += yours
        elif len(was) == len(mine) == len(yours):
            for versions in zip(was, mine, yours, strict=True):
                merged.append(_value(run, (*at, len(merged)), *versions))
        elif not was and not any(same(a, b) for a in mine for b in yours):
            merged += [*mine, *yours]  # both added at one place
        else:
            return None
        if stop is not None:
            merged.append(base[stop])
            start = [end + 1 for end in ends]
    return merged


def _matches(old: list[int], new: list[int]) -> dict[int, int]:
    """Where each item that both lists keep, in order, stands in the other."""
    found = {}
    for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for place in range(block.size):
            found[block.a + place] = block.b + place
    return found
