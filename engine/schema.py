"""JSON Schemas generated from the model, and errors told by place and fix.

Reading a record takes two steps: Pydantic builds it; where that fails, `jsonschema` and Pydantic together say
where and why, in the words of the person who wrote the file.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaError
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine import jsontext
from engine.files import KINDS
from engine.finding import Finding
from engine.nearest import listed, nearest


@functools.cache
def schema_for(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one kind of record."""
    model = KINDS[kind][1]
    generated = model.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{kind}.schema.json",
        **generated,
    }


def schema_files() -> dict[str, str]:
    """Name to text of every generated schema, as committed in `kb/schema/`."""
    return {f"{kind}.schema.json": json.dumps(schema_for(kind), indent=2, ensure_ascii=False) + "\n" for kind in KINDS}


@functools.cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema_for(kind))


def schema_findings(kind: str, value: object, path: str, text: str) -> list[Finding]:
    """What `jsonschema` finds wrong with a record, each at its line."""
    found = []
    for error in _validator(kind).iter_errors(value):
        for leaf in _leaves(error):
            found.append(_from_schema(leaf, path, text))
    return sorted(set(found))


def _leaves(error: SchemaError) -> Iterator[SchemaError]:
    """The errors that a person can act on: below a union, those of the form that fits best."""
    if error.validator in ("oneOf", "anyOf") and error.context:
        branches: dict[object, list[SchemaError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        best = min(branches.values(), key=lambda errors: (any(_is_misfit(e) for e in errors), len(errors)))
        if all(not _is_misfit(inner) for inner in best):
            for inner in best:
                yield from _leaves(inner)
            return
    yield error


def _is_misfit(error: SchemaError) -> bool:
    """Whether an error says that the branch of a union was not the one that was meant."""
    return error.validator in ("required", "type") and len(error.relative_path) == 0


def _from_schema(error: SchemaError, path: str, text: str) -> Finding:
    steps = list(error.absolute_path)
    expected: Any = error.validator_value
    what, fix, name = f"{_shown(error.instance)}: {error.message}", "write what the schema allows", "schema.invalid"
    code = "SC001"
    match error.validator:
        case "additionalProperties":
            schema: Any = error.schema
            instance: Any = error.instance
            allowed = list(schema.get("properties", {}))
            extra = [key for key in instance if key not in allowed]
            steps = [*steps, extra[0]]
            code, name = "SC002", "schema.unknown-key"
            what, fix = f"`{extra[0]}` is not a key of this record", nearest(extra[0], allowed)
        case "required":
            present: Any = error.instance
            missing = [key for key in expected if key not in present]
            what, fix = f"`{missing[0]}` is missing", f"add `{missing[0]}`"
        case "enum" | "const":
            allowed = expected if isinstance(expected, list) else [expected]
            what = f"{_shown(error.instance)} is not one of the values allowed here"
            fix = nearest(error.instance, allowed)
        case "type":
            wanted = expected
            wanted = " or ".join(wanted) if isinstance(wanted, list) else wanted
            what = f"{_shown(error.instance)} is {_type_name(error.instance)}, and {_plain(wanted)} belongs here"
            fix = f"write {_plain(wanted)}"
        case "anyOf" if error.context and all(one.validator == "type" and not one.path for one in error.context):
            wanted = " or ".join(str(one.validator_value) for one in error.context if one.validator_value != "null")
            what = f"{_shown(error.instance)} is {_type_name(error.instance)}, and {_plain(wanted)} belongs here"
            fix = f"write {_plain(wanted)}"
        case "pattern" if not str(error.instance).strip():
            what, fix = "the text is empty", "write the text, or leave the key out"
        case "pattern":
            what = f"{_shown(error.instance)} does not have the form {expected}"
            fix = "use the form that other records of this kind use"
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            word = "at least" if "inimum" in str(error.validator) else "at most"
            what = f"{_shown(error.instance)} is outside what is allowed"
            fix = f"write a number of {word} {expected}"
        case "minItems":
            what, fix = "a list here needs more items", f"give at least {expected}"
        case "minLength":
            what, fix = "the text is empty", "write the text, or leave the key out"
        case "maxLength":
            what, fix = f"the text is longer than {expected} characters", "shorten it"
        case "anyOf" if not steps or isinstance(error.instance, dict):
            keys = [key for choice in expected for key in choice.get("required", [])]
            what = f"{_shown(error.instance)} has none of the keys that say what it is"
            fix = f"use one of {listed(keys)}"
    pointer = jsontext.pointer(steps)
    return Finding(path, jsontext.line_of(text, pointer), pointer, code, name, what, fix)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


_TYPES = {
    "object": "an object {...}",
    "array": "a list [...]",
    "string": "text in quotes",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "nothing (null)",
}


def _plain(name: object) -> str:
    return " or ".join(_TYPES.get(part, part) for part in str(name).split(" or "))


def _type_name(value: object) -> str:
    kind = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", type(None): "null"}
    return _plain(kind.get(type(value), "number"))


def read_record(kind: str, value: object, data: bytes, path: str) -> tuple[BaseModel | None, list[Finding]]:
    """The record that a file holds, or None and everything that is wrong with it."""
    model = KINDS[kind][1]
    try:
        return model.model_validate_json(data, strict=True), []
    except ValidationError as error:
        text = data.decode("utf-8")
        found = schema_findings(kind, value, path, text)
        if not found:
            found = sorted({_from_pydantic(detail, value, path, text) for detail in error.errors()})
        return None, found


def _from_pydantic(detail: ErrorDetails, value: Any, path: str, text: str) -> Finding:
    steps: list[str | int] = []
    for step in detail["loc"]:  # the locations of unions hold tags that are not in the file
        in_object = isinstance(value, dict) and step in value
        in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if in_object or in_list:
            value = value[step]
            steps.append(step)
    pointer = jsontext.pointer(steps)
    what = detail["msg"].removeprefix("Value error, ")
    fix = "change one of the values named, so that they agree"
    return Finding(path, jsontext.line_of(text, pointer), pointer, "SC001", "schema.invalid", what, fix)
