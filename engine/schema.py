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
        best, *others = sorted(branches.values(), key=_distance)
        meant = all(not _is_misfit(inner) for inner in best) or (
            isinstance(error.instance, dict)
            and _distance(best) < min(map(_distance, others), default=(True, 0))
            and any(name in _properties(best) for name in error.instance)
        )
        if meant:
            for inner in best:
                yield from _leaves(inner)
            return
    yield error


def _distance(errors: list[SchemaError]) -> tuple[bool, int]:
    """How far what was written is from one branch of a union."""
    return any(_is_misfit(inner) for inner in errors), len(errors)


def _properties(errors: list[SchemaError]) -> set[str]:
    """The fields of the branch that some errors are about."""
    schemas: list[Any] = [inner.schema for inner in errors if not inner.relative_path]
    return {name for schema in schemas for name in schema.get("properties", {})}


def _is_misfit(error: SchemaError) -> bool:
    """Whether an error says that the branch of a union was not the one that was meant."""
    return error.validator in ("required", "type") and len(error.relative_path) == 0


def _from_schema(error: SchemaError, path: str, text: str) -> Finding:
    steps = list(error.absolute_path)
    expected: Any = error.validator_value
    what, fix, name = f"{_shown(error.instance)} stands here, which does not fit", _LIKE_OTHERS, "schema.invalid"
    code = "SC001"
    match error.validator:
        case "additionalProperties":
            schema: Any = error.schema
            instance: Any = error.instance
            allowed = list(schema.get("properties", {}))
            extra = [key for key in instance if key not in allowed]
            steps = [*steps, extra[0]]
            code, name = "SC002", "schema.unknown-key"
            what, fix = f"there is no field `{extra[0]}` here", nearest(extra[0], allowed)
        case "required":
            present: Any = error.instance
            missing = [key for key in expected if key not in present]
            what, fix = f"`{missing[0]}` is missing", f"add `{missing[0]}`"
        case "enum" | "const":
            allowed = expected if isinstance(expected, list) else [expected]
            what = f"{_shown(error.instance)} stands here, which is not allowed"
            fix = nearest(error.instance, allowed)
        case "type":
            what, fix = _mistyped(error.instance, expected if isinstance(expected, list) else [expected])
        case "anyOf" if error.context and all(one.validator == "type" and not one.path for one in error.context):
            what, fix = _mistyped(error.instance, [one.validator_value for one in error.context])
        case "pattern" if not str(error.instance).strip():
            what, fix = _BLANK
        case "pattern":
            what = f"{_shown(error.instance)} is not written as it has to be"
            fix = f"write {FORMS[expected]}"
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            word = "at least" if "inimum" in str(error.validator) else "at most"
            what = f"{_shown(error.instance)} is outside what is allowed"
            fix = f"write a number of {word} {expected}"
        case "minItems":
            what, fix = "a list here needs more items", f"give at least {expected}"
        case "minLength":
            what, fix = _BLANK
        case "maxLength":
            what, fix = f"the text is longer than {expected} characters", "shorten it"
        case "oneOf" | "anyOf" if not steps or isinstance(error.instance, dict):
            keys = _forms(error)
            if keys:
                what = f"{_shown(error.instance)} {_SAYS_NOT}" if error.instance else "nothing is said here"
                fix = f"use one of {listed(keys)}"
    pointer = jsontext.pointer(steps)
    return Finding(path, jsontext.line_of(text, pointer), pointer, code, name, what, fix)


def _forms(error: SchemaError) -> list[str]:
    """The fields of which one says which form of a union is meant."""
    context: Any = error.context or ()
    found: list[str] = []
    for branch in error.validator_value if isinstance(error.validator_value, list) else ():
        found += branch.get("required", [])[:1]
    if not found:
        found = [one.validator_value[0] for one in context if one.validator == "required" and not one.relative_path]
    return list(dict.fromkeys(found))


_LIKE_OTHERS = "write it as in other records of this kind"
_SAYS_NOT = "does not say what is meant"
_BLANK = "the text is empty", "write the text, or leave it out"
_SLUG = "lower-case letters, digits and single underscores, beginning with a letter"

FORMS = {
    r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$": _SLUG,
    r"\S": "a text",
    r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$": "a language as de, pt-BR or zh-Hant",
    r"^[A-Z0-9.\-]+$": "a code of capital letters, digits, points and hyphens, such as M54.5",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "a source's short name: lower-case letters and digits with hyphens, as suri-2010-jama",
    r"^[a-z0-9_]+(/[a-z0-9_]+)+$": "folder and name of a rule in lower-case letters, as red_flags/saddle_numbness",
    r"^[a-z0-9_]+\.svg$": "the name of a drawing in lower-case letters, such as bridge_end.svg",
    r"^10\.\d{4,9}/\S+$": "a DOI without an address before it, such as 10.1001/jama.2010.1833",
    r"^\d+$": "digits only, such as 21156951",
    r"^https?://\S+$": "a web address that begins with https:// or http://",
    r"^[0-9]{2,6}$": "a number to call, of two to six digits",
    r"^[A-Z]{2}$": "a region by its two capital letters, as DE or GB",
    r"^[0-9a-f]{16}$": "the sixteen signs that stand for the text",
    r"^[a-z]+(/[a-z0-9_]+)+$": "the passage as the finding on it names it",
    r"^[^@\s<>]+@[^@\s<>]+$": "an e-mail address, such as name@example.org",
    r"^[A-Za-z0-9_-]{43}$": "the 43 signs of a public key",
}
"""Each pattern that the model asks for, in words."""


def _mistyped(given: object, wanted: list[Any]) -> tuple[str, str]:
    """What is wrong with a value of another type, and the fix."""
    names = [name for name in wanted if name != "null" and not (name == "integer" and "number" in wanted)]
    told = " or ".join(_TYPES.get(name, name) for name in names)
    return f"{_shown(given)} stands here, and {told} belongs here", f"write {told}"


def _shown(value: object) -> str:
    """What stands at a place, as a part of a sentence."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a group of fields"
        case list():
            return "a list"
        case str():
            return f"the text “{value if len(value) <= 60 else value[:57] + '...'}”"
        case bool():
            return "true" if value else "false"
        case _:
            return f"the number {value.text if isinstance(value, jsontext.Number) else value}"


_TYPES = {
    "object": "a group of fields",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


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
    what, fix = refused(detail, value)
    return Finding(path, jsontext.line_of(text, pointer), pointer, "SC001", "schema.invalid", what, fix)


def refused(detail: ErrorDetails, value: object) -> tuple[str, str]:
    """What Pydantic refused of a value, and the fix: its own words are for programmers."""
    kind = detail["type"]
    if kind.startswith("date"):
        return f"{_shown(value)} is no date", "write year, month and day, such as 2027-03-31"
    if kind == "too_short":
        return "a list here needs more items", f"give at least {detail['ctx']['min_length']}"
    if kind.startswith(("int", "float")):
        return _mistyped(value, ["integer" if kind.startswith("int") else "number"])
    if kind == "value_error":
        what = str(detail["ctx"]["error"])
        return what, "add what is missing" if " need" in what else "change one of the values named, so that they agree"
    if kind.endswith("_form"):
        return detail["msg"], "use one of them"
    return f"{_shown(value)} stands here, which does not fit", _LIKE_OTHERS
