"""From the files of a bundle back to a knowledge base, for evaluators written in Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine import jsontext
from engine.knowledge import KnowledgeBase
from engine.model.case import Source
from engine.model.condition import Condition, Exercise, Guide
from exports.bundle.model import CORE, EXERCISES, SOURCES, Core
from exports.sign.refused import RefusedError

_EXERCISES: TypeAdapter[dict[str, Exercise]] = TypeAdapter(dict[str, Exercise])
_SOURCES: TypeAdapter[dict[str, Source]] = TypeAdapter(dict[str, Source])


def knowledge(files: Mapping[str, bytes]) -> KnowledgeBase:
    """The knowledge base in a bundle's files (path to bytes), with guides, exercises and sources.

    Raises RefusedError where a file is missing, cannot be read, or the rules depend on each other in a circle.
    """
    core = _read(files, CORE, Core.model_validate_json)
    conditions: dict[str, Condition] = {}
    for head in core.conditions:
        guide = _read(files, f"guides/{head.id}.json", Guide.model_validate_json)
        fields: dict[str, Any] = {name: getattr(head, name) for name in type(head).model_fields}
        conditions[head.id] = Condition(**fields, guide=guide)
    return KnowledgeBase(
        settings=core.settings,
        body=core.body,
        sections=core.sections,
        rules={rule.id: rule for rule in core.rules},
        terms={term.id: term for term in core.terms},
        conditions=conditions,
        constraints={one.id: one for one in core.constraints},
        exercises=_read(files, EXERCISES, _EXERCISES.validate_json),
        sources=_read(files, SOURCES, _SOURCES.validate_json),
        pictures={path: data for path, data in files.items() if path.endswith(".svg")},
    )


def _read(files: Mapping[str, bytes], path: str, read: Any) -> Any:
    data = files.get(path)
    if data is None:
        raise RefusedError("bundle.content", path, "the bundle has no such file", _FIX)
    try:
        jsontext.read(data, path, limit=len(data))  # duplicate keys, NaN, depth
        return read(data)
    except ValidationError as error:
        wrong = error.errors()[0]
        place = "/".join(str(step) for step in wrong["loc"])
        raise RefusedError("bundle.content", path, f"{place}: {wrong['msg']}", _FIX) from None


_FIX = "ask the publisher for a bundle that this version can read, or update the app"
