"""Between a record and the fields of its form: what every kind of record has in common. It knows no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

Record = dict[str, object]
Fields = dict[str, Any]
"""What a form holds, by the names of its fields: what JSON can hold, and nothing else."""

Problems = dict[str, list[str]]
"""What is wrong, in words, by the field that it is wrong with."""


def new_part(parts: Sequence[Fields], name: str, columns: Mapping[str, str]) -> Fields:
    """An empty part of a list, with a place of its own.

    It is the lowest free one: text that was typed into a part before a reload is offered to the one added in its stead.
    """
    taken = {str(one["_place"]) for one in parts}
    place = next(f"{name}-{at}" for at in range(1, len(taken) + 2) if f"{name}-{at}" not in taken)
    return {"_place": place, **dict.fromkeys(columns, "")}


def with_places(parts: object, name: str) -> list[Fields]:
    """Parts as stored, each with a place of its own in the form."""
    found = [one for one in parts if isinstance(one, dict)] if isinstance(parts, list | tuple) else []
    return [{**one, "_place": f"{name}-{at}"} for at, one in enumerate(found, 1)]


def merged(base: Any, mine: Any, theirs: Any) -> Any:
    """What somebody made of `base` in two places: where only one of them changed something, that; else `mine`.

    Parts of lists are the same where they have the same place.
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if all(isinstance(one, dict) for one in (base, mine, theirs)):
        names = [*mine, *(name for name in theirs if name not in mine)]
        found = {name: merged(base.get(name), mine.get(name), theirs.get(name)) for name in names}
        return {name: value for name, value in found.items() if value is not None or name in mine}
    if not all(_is_placed(one) for one in (base, mine, theirs)):
        return mine
    old, own, other = ({part["_place"]: part for part in one} for one in (base, mine, theirs))
    if [*own] == [*old]:
        order = other  # whatever was added, moved or taken away there
    elif [*other] == [*old]:
        order = own
    else:
        return mine
    return [
        merged(old.get(place), own[place], other[place])
        if place in own and place in other
        else own.get(place, other.get(place))
        for place in order
    ]


def _is_placed(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, dict) and "_place" in part for part in value)


def text_of(value: object) -> str:
    """A text as a form shows it; "" for anything else."""
    return value if isinstance(value, str) else ""


def put(record: Record, key: str, value: object) -> None:
    """Write a member, or take it away where there is nothing to say."""
    if value in ("", None, [], {}):
        record.pop(key, None)
    elif record.get(key) != value:  # 2 and 2.0 are the same figure: what is stored stays as it was written
        record[key] = value


def citation(source: str, locator: str) -> Record:
    """A citation as a record holds it."""
    return {"source": source, "locator": locator.strip()} if locator.strip() else {"source": source}


def basis_fields(stored: Mapping[str, object]) -> Fields:
    """The fields of what a record rests on."""
    cited: dict[str, str] = {}
    sources = stored.get("sources")
    for one in sources if isinstance(sources, list | tuple) else ():
        source = text_of(one.get("source")) if isinstance(one, dict) else ""
        if source:  # one source cited twice keeps both places
            cited[source] = "; ".join(filter(None, (cited.get(source, ""), text_of(one.get("locator")))))
    return {"sources": list(cited), "locators": cited, "judgement": text_of(stored.get("judgement"))}


def put_basis(record: Record, fields: Fields) -> None:
    """Write what a record rests on."""
    put(record, "sources", [citation(one, fields["locators"].get(one, "")) for one in fields["sources"]])
    put(record, "judgement", fields["judgement"].strip())


def number_of(text: str) -> int | float | None:
    """A number as a person types it, with a point or a comma; None where it is none."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    if not isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def naming_problem(word: str, fields: Fields, record: Record, taken: bool, ask: str) -> str | None:
    """What is wrong with the `name` or `title` of a record, from which a new one gets its id; None where nothing is.

    `taken`: whether another record has that id already. `ask` is told where it has no name.
    """
    if not fields[word].strip():
        return ask
    if not record["id"]:
        return "No id can be made of it. Begin it with plain letters."
    if taken:
        return f"There is one of that {word} already. Choose another {word}, or open that one."
    return None
