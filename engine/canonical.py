"""Identity: the hash that says whether two records are the same, and the one text in which a record is saved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import rfc8785
from pydantic import BaseModel

from engine import jsontext
from engine.files import model_for
from engine.model.base import Reviewed


def digest(data: bytes, path: str) -> str:
    """SHA-256, as hex, of one file of a knowledge base.

    JSON is hashed as RFC 8785 of its content as written (no defaults of the model are added), so that spaces and
    the order of keys do not count; anything else, such as a picture, by its bytes. Raises KnowledgeError.
    """
    if path.endswith(".json"):
        return hashlib.sha256(rfc8785.dumps(jsontext.read(data, path))).hexdigest()  # type: ignore[arg-type]
    return hashlib.sha256(data).hexdigest()


def identity(files: Mapping[str, bytes]) -> str:
    """SHA-256, as hex, of a whole knowledge base: of the sorted list of its files and their hashes."""
    listing = "".join(f"{path}\0{digest(data, path)}\n" for path, data in sorted(files.items()))
    return hashlib.sha256(listing.encode("utf-8", "surrogateescape")).hexdigest()  # a stray file may have any name


def canonical_text(data: bytes, path: str) -> str:
    """The text in which the record at `path` is saved. Raises KnowledgeError where the JSON cannot be read."""
    return canonical_of(jsontext.read(data, path), path)


def canonical_of(value: object, path: str) -> str:
    """The text in which a value is saved at `path`; numbers that were read keep the text of their author.

    Raises ValueError where the value is no JSON.
    """
    model = model_for(path)

    def order(steps: tuple[str | int, ...], members: Mapping[str, object]) -> Sequence[str]:
        return _keys(model, steps, members)

    return jsontext.write(value, order)


def _keys(model: type[BaseModel] | None, steps: tuple[str | int, ...], members: Mapping[str, object]) -> list[str]:
    """The members' keys in the order of the model that stands at these steps; keys it does not know come last."""
    known: list[str] = []
    for candidate in _models_at(model, steps):
        fields = sorted(candidate.model_fields.items(), key=lambda item: item[0] in Reviewed.model_fields)
        names = [field.alias or name for name, field in fields]  # what a record says first, what it rests on last
        if members.keys() <= set(names) and not (known and len(names) > len(known)):
            known = names
    rank = {name: position for position, name in enumerate(known)}
    return sorted(members, key=lambda key: (rank.get(key, len(rank)), key))


def _models_at(model: type[BaseModel] | None, steps: tuple[str | int, ...]) -> list[type[BaseModel]]:
    """Every model that may stand at these steps below a record of `model`."""
    if model is None:
        return []
    annotations: list[Any] = [model]
    for step in steps:
        following: list[Any] = []
        for annotation in annotations:
            following.extend(_step(annotation, step))
        annotations = following
    return [found for annotation in annotations for found in _models(annotation)]


def _step(annotation: Any, step: str | int) -> list[Any]:
    """The annotations that a step of a JSON pointer leads to."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _step(get_args(annotation)[0], step)
    if origin in (Union, UnionType):
        return [found for choice in get_args(annotation) for found in _step(choice, step)]
    if isinstance(step, int):
        return [item for item in get_args(annotation) if item is not Ellipsis][:1] if origin is tuple else []
    if origin is dict:
        return [get_args(annotation)[1]]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [field.annotation for name, field in annotation.model_fields.items() if step == (field.alias or name)]
    return []


def _models(annotation: Any) -> list[type[BaseModel]]:
    if get_origin(annotation) is Annotated:
        return _models(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [found for choice in get_args(annotation) for found in _models(choice)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return []
