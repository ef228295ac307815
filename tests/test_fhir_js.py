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
from exports.fhir.response import questionnaire_response
from tests.bundles import NODE, ROOT, core_bundle, jsons, jwks, people
from tests.random_kb import RandomKB, random_kb

WHEN = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def responses(made: RandomKB, answers: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
    """What the site writes for some answers."""
    manifest, files = core_bundle(made)
    asked = {
        "manifest": base64.b64encode(manifest).decode(),
        "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
        "keys": jwks(),
        "today": "2026-11-26",
        "people": answers,
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
    asked = people(Random(5), starter, 60)
    content = identity(starter_files)
    theirs = responses(made, jsons(asked))
    for answers, response in zip(asked, theirs, strict=True):
        assert response == without_kb(made, questionnaire_response(starter, content, answers, WHEN))
    written = json.dumps(theirs)
    for kind in (".unsure", '"none"', '"unknown"', "valueInteger", "valueDecimal", '"Y"'):
        assert kind in written, kind


def test_random_questionnaires_and_another_address() -> None:
    for seed in range(4):
        made = random_kb(Random(seed))
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
