"""From the files of a bundle back to a knowledge base, for evaluators written in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine import jsontext
from engine.knowledge import KnowledgeBase, nodes
from engine.model.base import Sourced
from engine.model.case import Source
from engine.model.condition import Condition, Exercise, Guide
from engine.uses import uses
from exports.bundle.model import CORE, EXERCISES, JUDGEMENTS, SOURCES, Core
from exports.sign.refused import RefusedError

_EXERCISES: TypeAdapter[dict[str, Exercise]] = TypeAdapter(dict[str, Exercise])
_SOURCES: TypeAdapter[dict[str, Source]] = TypeAdapter(dict[str, Source])
_JUDGEMENTS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


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
    # A bundle from before judgements had a file of their own holds them in its rules.
    judged = _read(files, JUDGEMENTS, _JUDGEMENTS.validate_json) if JUDGEMENTS in files else {}
    kb = KnowledgeBase(
        settings=core.settings,
        body=core.body,
        sections=core.sections,
        rules={
            rule.id: rule.model_copy(update={"judgement": judged.get(rule.id, rule.judgement)}) for rule in core.rules
        },
        terms={term.id: term for term in core.terms},
        conditions=conditions,
        constraints={one.id: one for one in core.constraints},
        exercises=_read(files, EXERCISES, _EXERCISES.validate_json),
        sources=_read(files, SOURCES, _SOURCES.validate_json),
        pictures={path: data for path, data in files.items() if path.endswith(".svg")},
    )
    for where, what in _missing(kb):
        raise RefusedError("bundle.content", where, what, _FIX)
    return kb


def _missing(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """Every name that nothing in the bundle bears: where it is used, and what is missing."""
    known = {("question", name) for name in kb.questions} | set(kb.concluded_by)
    for kind, id_, _, criterion in kb.criteria():
        for node, name in sorted(nodes(uses(criterion)) - known):
            yield CORE, f"the {kind} `{id_}` reads the {node} `{name}`, which is not there"
    for node, name in kb.concluded_by:
        if name not in kb.terms:
            yield CORE, f"the {node} `{name}` has no name"
    for id_, condition in kb.conditions.items():
        guide, where = condition.guide, f"guides/{id_}.json"
        sourced: list[Sourced] = [*guide.exercises, *guide.watch_for]
        sourced += [statement for section in guide.sections for statement in section.statements]
        for use in guide.exercises:
            exercise = kb.exercises.get(use.exercise)
            if exercise is None:
                yield where, f"the exercise `{use.exercise}` is not there"
                continue
            sourced.append(exercise)
            for picture in exercise.pictures:
                if f"exercises/{picture.file}" not in kb.pictures:
                    yield where, f"the picture `{picture.file}` is not there"
        for citation in (citation for one in sourced for citation in one.sources):
            if citation.source not in kb.sources:
                yield where, f"the source `{citation.source}` is not there"


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
