"""JSON Schemas of what stands in a bundle, and of what a runtime returns: published, and the source of its types."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from engine.outcome import Outcome
from exports.bundle.model import BundleLocale, Conformance, Core, ExpectedOutcome, Manifest
from exports.sign.encoding import canonical

SCHEMAS = Path(__file__).parent / "schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAMED: dict[str, type[BaseModel]] = {
    "manifest": Manifest,
    "core": Core,
    "conformance": Conformance,
    "locale": BundleLocale,
    "outcome": Outcome,
}


def schema_files() -> dict[str, str]:
    """Name to text of every published schema, as committed in `exports/bundle/schema/`."""
    files = {}
    for name, model in _NAMED.items():
        schema = model.model_json_schema(by_alias=True)
        if model is Outcome:
            schema = _always_there(schema)
        files[f"{name}.schema.json"] = _text({"$schema": DIALECT, "$id": f"{name}.schema.json", **schema})
    return files


def types_schema() -> dict[str, Any]:
    """One schema with every model in it, in a form from which types can be made: criteria as a union of their forms."""
    models: list[type[BaseModel]] = [*_NAMED.values(), ExpectedOutcome]
    mode: JsonSchemaMode = "validation"
    _, together = models_json_schema([(model, mode) for model in models])
    outcome = {"Outcome", *Outcome.model_json_schema()["$defs"]}
    definitions: dict[str, Any] = {}
    forms: list[Any] = []
    for name, definition in together["$defs"].items():
        whole = _always_there(definition) if name in outcome else definition
        definitions[name] = _with_criteria(_without_titles(whole), forms)
    definitions["Criterion"] = {"anyOf": forms}
    return {
        "$schema": DIALECT,
        "title": "Types",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"$ref": f"#/$defs/{name}"} for name in sorted(definitions)},
        "$defs": definitions,
    }


def _always_there(node: Any) -> Any:
    """What a runtime returns has every key, also those that the model can do without."""
    if isinstance(node, list):
        return [_always_there(one) for one in node]
    if not isinstance(node, dict):
        return node
    result = {key: _always_there(one) for key, one in node.items()}
    return {**result, "required": list(node["properties"])} if isinstance(node.get("properties"), dict) else result


def _with_criteria(node: Any, forms: list[Any]) -> Any:
    """The same schema with each inlined criterion (an if/then for each form) as a reference to one definition."""
    if isinstance(node, list):
        return [_with_criteria(one, forms) for one in node]
    if not isinstance(node, dict):
        return node
    if "allOf" in node and all("if" in one for one in node["allOf"]):
        forms[:] = [one["then"] for one in node["allOf"]]
        return {"$ref": "#/$defs/Criterion"}
    return {key: _with_criteria(one, forms) for key, one in node.items()}


def _without_titles(node: Any) -> Any:
    """Pydantic gives every property a title, of which a type generator would make a type of its own."""
    if isinstance(node, list):
        return [_without_titles(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: _without_titles(one) for key, one in node.items() if not (key == "title" and isinstance(one, str))}


def types_digest() -> str:
    """SHA-256 of `types_schema`; the committed types bear it, so that a test without Node sees when they are old."""
    return hashlib.sha256(canonical(types_schema())).hexdigest()


def _text(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
