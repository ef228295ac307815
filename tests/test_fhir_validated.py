"""Forms and responses against HL7's own definitions, by others' validators and by the rules of HL7's validator.

docs/fhir.md says what was checked with what.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from engine.answers import Answers
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from exports.fhir.coding import canonical
from exports.fhir.questionnaire import VERSION_ALGORITHM, questionnaire
from exports.fhir.response import questionnaire_response
from exports.fhir.units import ucum
from tests.bundles import people
from tests.fhir_tools import FHIR, issues, not_units
from tests.odd_kbs import odd_kbs
from tests.random_kb import random_answers, random_kb
from tests.test_fhir import CONTENT, WHEN, enabled, items

Json = dict[str, Any]
pytestmark = pytest.mark.timeout(300)  # the first to need npm packages installs them

DEFINITIONS: dict[str, list[Any]] = json.loads((FHIR / "definitions.json").read_text(encoding="utf-8"))
EXTENSIONS = {one["url"]: one for one in DEFINITIONS["extensions"]}
CODES = dict(DEFINITIONS["codes"])
OWN = "urn:algos:"
ORIENTATIONS = "http://terminology.hl7.org/CodeSystem/choice-list-orientation"


def asked_all(kb: KnowledgeBase, rng: Random, known: float = 0.9) -> Answers:
    """A person whom the interview asked until it had enough."""
    person, answers, shown = random_answers(rng, kb, known), Answers(), 0
    interview = Interview(kb)
    while screen := interview.next(answers, shown).screen:
        shown += 1
        for name in screen.questions:
            answers = answers.with_answer(name, person.values.get(name))
    return answers


@pytest.fixture(scope="module")
def written(starter: KnowledgeBase) -> list[tuple[Json, list[Json]]]:
    """Forms, each with responses to it: of the starter, of random knowledge bases, and of odd ones."""
    made = [starter, *(random_kb(Random(seed)).kb for seed in range(4)), *(kb for kb, _ in odd_kbs())]
    pairs = []
    for kb in made:
        forms = [questionnaire(kb, CONTENT), questionnaire(kb, CONTENT, clinician=True, url="https://a.example/q")]
        given = [*people(Random(3), kb, 6), *(asked_all(kb, Random(seed)) for seed in range(3)), Answers()]
        by_form: dict[str, list[Json]] = {form["url"]: [] for form in forms}
        for answers in given:
            for url in (None, "https://a.example/q"):
                response = questionnaire_response(kb, CONTENT, answers, WHEN, url)
                by_form.setdefault(response["questionnaire"].split("|")[0], []).append(response)
        pairs += [(form, by_form[form["url"]]) for form in forms]
    return pairs


def test_a_validator_finds_nothing(written: list[tuple[Json, list[Json]]]) -> None:
    resources = [one for form, responses in written for one in (form, *responses)]
    assert len(resources) > 60
    assert [found for found in issues(resources) if found] == []


def first(form: Json) -> Json:
    """The first question of a form."""
    question: Json = dict(form)["item"][1]["item"][0]
    return question


WRONG: dict[str, Callable[[Json], object]] = {
    "Missing required property": lambda form: first(form).pop("linkId"),
    "Invalid additional property": lambda form: first(form).update(answers=1),
    "Conflicting choice of type": lambda form: first(form)["answerOption"][0].update(valueString="x"),
    "sdc-2": lambda form: form.pop("extension"),
    "que-12": lambda form: first(form).update(
        enableWhen=[{"question": "x", "operator": "exists", "answerBoolean": True}] * 3
    ),
    "que-1 ": lambda form: form["item"].append({"linkId": "x", "type": "group"}),
}


def test_the_validator_does_find_something(starter: KnowledgeBase) -> None:
    form = questionnaire(starter, CONTENT)
    wrong = []
    for spoil in WRONG.values():
        wrong.append(copy.deepcopy(form))
        spoil(wrong[-1])
    for what, found in zip(WRONG, issues(wrong), strict=True):
        assert any(what in one for one in found), what


def extensions(value: Any, path: str) -> Iterator[tuple[str, Json]]:
    """Every extension below, with the path of the element that bears it; items stand in items at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from extensions(one, path)
    elif isinstance(value, dict):
        for key, below in value.items():
            if key == "extension":
                yield from ((path, one) for one in below)
            else:
                at = f"{path}.{key.lstrip('_')}".replace(".item.item", ".item")
                yield from extensions(below, at)


def value_of(extension: Json) -> tuple[str, Any]:
    """The type and value of an extension."""
    ((key, value),) = ((key, value) for key, value in extension.items() if key.startswith("value"))
    kind = key.removeprefix("value")
    return (kind if kind in ("Coding", "CodeableConcept") else kind[0].lower() + kind[1:]), value


def codings(value: Any) -> Iterator[Json]:
    """Every coding below."""
    if isinstance(value, list):
        for one in value:
            yield from codings(one)
    elif isinstance(value, dict):
        if "code" in value and "system" in value:
            yield value
        for below in value.values():
            yield from codings(below)


def extension_faults(resource: Json) -> Iterator[str]:
    """What HL7's definitions of extensions do not allow."""
    for path, one in extensions(resource, resource["resourceType"]):
        if one == VERSION_ALGORITHM and path == "Questionnaire":
            continue  # an element of FHIR R5 under its name in R4; the profile's rule sdc-2 asks for it
        if one["url"] not in EXTENSIONS:
            yield f"{one['url']} is not defined"
            continue
        definition = EXTENSIONS[one["url"]]
        allowed = {each["expression"] for each in definition["context"]}
        on_text = "string" in allowed and path.endswith((".text", ".display"))
        if path not in allowed and not on_text:
            yield f"{one['url']} at {path}, not at {sorted(allowed)}"
        by_id = {each["id"]: each for each in definition["snapshot"]["element"]}
        for within, holder in [("Extension", one)] if "extension" not in one else parts_of(one):
            if f"{within}.value[x]" not in by_id:
                yield f"{one['url']} has no part {holder['url']}"
                continue
            kind, value = value_of(holder)
            if kind not in [each["code"] for each in by_id[f"{within}.value[x]"]["type"]]:
                yield f"{one['url']} holds {kind}"
            if one["url"].endswith("choiceOrientation") and value not in CODES[ORIENTATIONS]:
                yield f"{value} is no orientation"


def parts_of(extension: Json) -> list[tuple[str, Json]]:
    """The parts of an extension that has no value of its own, with the ids of their definitions."""
    return [(f"Extension.extension:{one['url']}", one) for one in extension["extension"]]


def code_faults(resource: Json) -> Iterator[str]:
    """Codes of HL7's that it does not define, or that are shown otherwise than it allows."""
    for one in codings(resource):
        if one["system"].startswith(OWN) or one["system"] == "http://unitsofmeasure.org":
            continue
        known = CODES.get(one["system"], {})
        if one["code"] not in known:
            yield f"{one['system']} has no {one['code']}"
        elif one.get("display", known[one["code"]]) != known[one["code"]]:
            yield f"{one['code']} is shown as {one['display']}, not {known[one['code']]}"


def test_extensions_and_codes_are_as_hl7_defines_them(written: list[tuple[Json, list[Json]]]) -> None:
    seen: set[str] = set()
    for form, responses in written:
        for one in (form, *responses):
            assert [*extension_faults(one), *code_faults(one)] == []
            seen |= {extension["url"] for _, extension in extensions(one, "")}
            seen |= {coding["system"] for coding in codings(one)}
    assert len({one for one in seen if not one.startswith(OWN)}) >= 10


def test_the_checks_of_extensions_and_codes_do_find_something(starter: KnowledgeBase) -> None:
    form = questionnaire(starter, CONTENT)
    spoilt = copy.deepcopy(form)
    first(spoilt)["extension"][0] = {"url": "http://hl7.org/fhir/StructureDefinition/none", "valueString": "x"}
    spoilt["extension"] = [*form["extension"], first(form)["extension"][1]]
    spoilt["item"][1]["item"][1]["extension"][0] = {"url": first(form)["extension"][0]["url"], "valueInteger": 1}
    assert len(list(extension_faults(spoilt))) == 3
    other = {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "Y", "display": "Aye"}
    assert len(list(code_faults({"a": other, "b": {**other, "code": "?"}}))) == 2


def response_faults(form: Json, response: Json) -> Iterator[str]:
    """What HL7's validator holds against a response that it knows the form of, said anew in few lines.

    Its source is QuestionnaireValidator.java of org.hl7.fhir.core; it was read, and could not be run here.
    """
    by_id = {item["linkId"]: item for item in items(form)}
    visible = enabled(form, response)

    def walk(asked: list[Json], given: list[Json]) -> Iterator[str]:
        order = [item["linkId"] for item in asked]
        places = [order.index(item["linkId"]) if item["linkId"] in order else -1 for item in given]
        if -1 in places:
            yield "an item stands in another place than in the form"
        if places != sorted(set(places)):
            yield "items stand in another order than in the form, or twice"
        for item in given:
            link, question = item["linkId"], by_id[item["linkId"]]
            if "text" in item and item["text"] != question["text"]:
                yield f"{link}: its text is not the form's"
            answers = item.get("answer", [])
            if answers and link not in visible:
                yield f"{link}: has an answer, and is not shown"
            if len(answers) > 1 and not question.get("repeats"):
                yield f"{link}: has several answers"
            if question["type"] in ("group", "display") and answers:
                yield f"{link}: takes no answer"
            for one in answers:
                yield from answer_faults(question, one, len(answers))
            yield from walk(question.get("item", []), item.get("item", []))

    yield from walk(form["item"], response.get("item", []))


def answer_faults(question: Json, answer: Json, count: int) -> Iterator[str]:
    """An answer of another type, outside its limits, that is no option, or that excludes its neighbours."""
    link = question["linkId"]
    wanted = {"choice": "valueCoding", "integer": "valueInteger", "decimal": "valueDecimal"}[question["type"]]
    if list(answer) != [wanted]:
        yield f"{link}: is no {wanted}"
        return
    value = answer[wanted]
    limits = {one["url"].rpartition("/")[2]: value_of(one)[1] for one in question.get("extension", [])}
    if question["type"] == "choice":
        chosen = [
            option
            for option in question["answerOption"]
            if all(option["valueCoding"][key] == value[key] for key in ("system", "code"))
        ]
        if not chosen:
            yield f"{link}: {value['code']} is no option"
        elif "extension" in chosen[0] and count > 1:
            yield f"{link}: {value['code']} excludes others"
    elif not limits["minValue"] <= value <= limits["maxValue"]:
        yield f"{link}: {value} is outside its limits"


def test_the_interview_s_responses_fit_the_form(starter: KnowledgeBase) -> None:
    """Nobody whom the interview asks gives an answer that the form would not have asked for."""
    for kb in [starter, *(random_kb(Random(seed)).kb for seed in range(12)), *(kb for kb, _ in odd_kbs())]:
        form = questionnaire(kb, CONTENT)
        for seed in range(4):
            response = questionnaire_response(kb, CONTENT, asked_all(kb, Random(seed)), WHEN)
            assert list(response_faults(form, response)) == []


def test_a_response_fits_its_form_but_for_questions_that_are_open(written: list[tuple[Json, list[Json]]]) -> None:
    """Random people answer a question before the one that it hangs on; docs/fhir.md says so of such a response."""
    count = 0
    for form, responses in written:
        for response in responses:
            faults = list(response_faults(form, response))
            assert [one for one in faults if not one.endswith("is not shown")] == []
            count += 1
    assert count > 60


def test_what_does_not_fit_is_found(starter: KnowledgeBase) -> None:
    form = questionnaire(starter, CONTENT)
    whole = questionnaire_response(
        starter, CONTENT, Answers({"sex": "female", "pregnancy": "pregnant", "age": 31}), WHEN
    )
    assert list(response_faults(form, whole)) == []

    def spoilt(change: Callable[[list[Json]], object]) -> str:
        response = copy.deepcopy(whole)
        change(response["item"])
        return " ".join(response_faults(form, response))

    def item(groups: list[Json], link: str) -> Json:
        return next(one for group in groups for one in group["item"] if one["linkId"] == link)

    male = {"system": f"{OWN}answers:algos_starter:sex", "code": "male"}
    assert "is not the form's" in spoilt(lambda groups: item(groups, "age").update(text="Alter?"))
    assert "pregnancy: has an answer, and is not shown" in spoilt(
        lambda groups: item(groups, "sex").update(answer=[{"valueCoding": male}])
    )
    assert "outside its limits" in spoilt(lambda groups: item(groups, "age").update(answer=[{"valueInteger": 3}]))
    assert "another order" in spoilt(lambda groups: groups[0]["item"].reverse())
    assert "several answers" in spoilt(lambda groups: item(groups, "sex")["answer"].append({"valueCoding": male}))
    assert "is no valueInteger" in spoilt(lambda groups: item(groups, "age").update(answer=[{"valueDecimal": 3}]))
    assert "is no option" in spoilt(
        lambda groups: item(groups, "sex")["answer"][0].update(valueCoding={**male, "code": "x"})
    )


def test_units_are_ucum(starter: KnowledgeBase) -> None:
    made = [starter, *(random_kb(Random(seed)).kb for seed in range(4)), *(kb for kb, _ in odd_kbs())]
    units = {question.unit for kb in made for question in kb.questions.values() if question.unit}
    words = ["°C", "mmHg", "percent", "beats per minute", "degrees", "weeks", "kg/m2", "steps a day", "ml"]
    assert not_units([ucum(unit) for unit in [*sorted(units), *words]]) == []
    assert not_units(["years", "kg/", "{score"]) == ["years", "kg/", "{score"]


def test_a_canonical_address_can_be_followed_by_a_version() -> None:
    assert not set("|# ") & set(canonical("x" * 64, clinician=True))
