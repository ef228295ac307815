"""The site's FHIR responses are those of the Python export, on everybody there is to ask about."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import UTC, datetime
from random import Random
from typing import Any

from engine.canonical import identity
from engine.knowledge import KnowledgeBase
from engine.texts import texts_of
from exports.fhir.response import questionnaire_response
from tests.bundles import NODE, ROOT, core_bundle, jsons, jwks, people
from tests.fhir_tools import issues
from tests.odd_kbs import odd_kbs
from tests.random_kb import RandomKB, random_kb
from tests.test_fhir_validated import code_faults, codings, extension_faults

WHEN = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def responses(
    made: RandomKB, answers: list[dict[str, Any]], language: str | None = None, **options: Any
) -> list[dict[str, Any]]:
    """What the site writes for some answers, which were given in a language into which somebody put every text."""
    emergency = {"default": {"numbers": ["112"], "label": "112"}, "places": []}
    told = {place: f"‹{text}›" for place, text in texts_of(made.kb).items()}
    locale = {"language": language, "name": "Speech", "direction": "ltr", "emergency": emergency, "texts": told}
    manifest, files = core_bundle(made, {language: locale} if language else None)
    asked = {
        "manifest": base64.b64encode(manifest).decode(),
        "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
        "keys": jwks(),
        "today": "2026-11-26",
        "people": answers,
        "language": language,
        "options": {"authored": "2026-11-26T09:30:00.000Z", **options},
    }
    command = [NODE, ROOT / "tests" / "fhir_batch.mjs"]
    told = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return list(json.loads(told.stdout))


def without_kb(made: RandomKB, response: dict[str, Any]) -> dict[str, Any]:
    """A response with the name that the tests' manifests bear instead of the knowledge base's own."""
    return dict(json.loads(json.dumps(response).replace(f":{made.kb.settings.id}", ":random")))


def test_the_starter_s_responses_are_those_of_python(starter: KnowledgeBase, starter_files: dict[str, bytes]) -> None:
    made = RandomKB(starter, starter_files)
    asked = people(Random(5), starter, 30)
    content = identity(starter_files)
    theirs = responses(made, jsons(asked))
    for answers, response in zip(asked, theirs, strict=True):
        assert response == without_kb(made, questionnaire_response(starter, content, answers, WHEN))
    written = json.dumps(theirs)
    for kind in (".unsure", '"none"', '"unknown"', "valueInteger", "valueDecimal", '"Y"'):
        assert kind in written, kind


def test_random_questionnaires_and_another_address() -> None:
    odd = [RandomKB(kb, files) for kb, files in odd_kbs()]
    for seed, made in enumerate([*(random_kb(Random(seed)) for seed in range(4)), *odd]):
        asked = people(Random(seed), made.kb, 25)
        url = "https://clinic.example/pain"
        theirs = responses(made, jsons(asked), url=url)
        for answers, response in zip(asked, theirs, strict=True):
            ours = questionnaire_response(made.kb, identity(made.files), answers, WHEN, url)
            assert response == without_kb(made, ours)


def test_what_is_outside_a_domain_is_refused(starter: KnowledgeBase, starter_files: dict[str, bytes]) -> None:
    made = RandomKB(starter, starter_files)
    (refused,) = responses(made, [{"age": 3}])
    assert "`age` was answered 3" in refused["refused"]


def test_in_another_language_a_response_repeats_its_form_with_translations_beside(
    starter: KnowledgeBase, starter_files: dict[str, bytes]
) -> None:
    """HL7's validator refuses a response with other words than its questionnaire's."""
    made = RandomKB(starter, starter_files)
    asked = people(Random(6), starter, 20)
    theirs = responses(made, jsons(asked), "de")
    content, parts = identity(starter_files), 0
    translated: list[Any] = []

    def without_translations(value: Any) -> Any:
        if isinstance(value, list):
            return [without_translations(one) for one in value]
        if not isinstance(value, dict):
            return value
        for key in ("_text", "_display"):
            for one in value.get(key, {}).get("extension", []):
                assert one["url"] == "http://hl7.org/fhir/StructureDefinition/translation"
                language, text = one["extension"]
                assert language == {"url": "lang", "valueCode": "de"}
                assert text == {"url": "content", "valueString": f"‹{value[key.lstrip('_')]}›"}
                translated.append(text)
        return {key: without_translations(one) for key, one in value.items() if key not in ("_text", "_display")}

    for answers, response in zip(asked, theirs, strict=True):
        ours = without_kb(made, questionnaire_response(starter, content, answers, WHEN))
        assert without_translations(response) == ours
        parts += sum(1 for one in codings(response) if one["system"].endswith(":pain_sites") and "_display" in one)
    assert len(translated) > 1000
    assert parts > 10
    assert not [found for found in issues(theirs) if found]
    assert not [fault for response in theirs for fault in (*extension_faults(response), *code_faults(response))]
