"""FHIR: the form says what the questions say, answers survive the way out and in, and what does not fit is refused."""

from __future__ import annotations

import copy
import json
import operator
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from authoring.cli import main
from engine.answers import Answers, Chosen
from engine.canonical import identity
from engine.criteria import Truth, criterion_adapter
from engine.evaluate import Evaluator
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.question import Question
from engine.uses import uses
from exports.fhir.limits import cannot_say
from exports.fhir.questionnaire import questionnaire
from exports.fhir.reading import read_response
from exports.fhir.response import questionnaire_response
from exports.fhir.shown import shown
from exports.fhir.units import ucum
from tests.bundles import ROOT, people
from tests.fhir_tools import FHIR, broken_invariants
from tests.odd_kbs import asked, odd_kbs
from tests.random_kb import RandomKB, random_kb
from validators.example import BASE
from validators.registry import example_files

Json = dict[str, Any]
pytestmark = pytest.mark.timeout(300)  # the first to need npm packages installs them
WHEN = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
CONTENT = "c" * 64
FIRST = {"fact": "first", "is": True}


def items(holder: Json) -> list[Json]:
    """Every item of a form or a response."""
    below = [*holder.get("item", []), *(one for answer in holder.get("answer", []) for one in answer.get("item", []))]
    return [one for item in below for one in (item, *items(item))]


@pytest.fixture(scope="module")
def form(starter: KnowledgeBase) -> Json:
    return questionnaire(starter, CONTENT)


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft6Validator:
    definitions = json.loads((FHIR / "fhir.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft6Validator(definitions)


def fits(schema: jsonschema.Draft6Validator, resource: Json) -> list[str]:
    """What the JSON Schema of FHIR R4 finds in a resource."""
    one = {"$ref": f"#/definitions/{resource['resourceType']}"}
    return [error.message for error in schema.evolve(schema={**schema.schema, **one}).iter_errors(resource)]


def enabled(form: Json, response: Json) -> set[str]:
    """Which items a renderer shows for a response: FHIR R4's enableWhen, said slowly."""
    given = {item["linkId"]: item.get("answer", []) for item in items(response)}
    by_id = {item["linkId"]: item for item in items(form)}
    compare = {
        "=": operator.eq,
        "!=": operator.ne,
        ">=": operator.ge,
        ">": operator.gt,
        "<=": operator.le,
        "<": operator.lt,
    }

    @cache
    def is_shown(link: str) -> bool:
        item = by_id[link]
        results = []
        for one in item.get("enableWhen", []):
            (key,) = (name for name in one if name.startswith("answer"))
            wanted = one[key]["code"] if key == "answerCoding" else one[key]
            answers = given.get(one["question"], []) if is_shown(one["question"]) else []
            told = [value for each in answers for value in each.values()]
            values = [value["code"] if isinstance(value, dict) else value for value in told]
            results.append(any(compare[one["operator"]](value, wanted) for value in values))
        return not results or (any(results) if item.get("enableBehavior") == "any" else all(results))

    return {link for link in by_id if is_shown(link)}


def test_the_three_checkers_find_nothing(starter: KnowledgeBase, schema: jsonschema.Draft6Validator) -> None:
    forms = [
        questionnaire(starter, CONTENT),
        questionnaire(starter, CONTENT, clinician=True, url="https://a.example/q"),
    ]
    responses = [questionnaire_response(starter, CONTENT, one, WHEN) for one in people(Random(3), starter, 12)]
    for one in forms:
        assert Questionnaire.model_validate(one)
    for one in responses:
        assert QuestionnaireResponse.model_validate(one)
    for seed, kb in enumerate([*(random_kb(Random(seed)).kb for seed in range(6)), *(kb for kb, _ in odd_kbs())]):
        forms.append(questionnaire(kb, CONTENT, clinician=True))
        responses += [questionnaire_response(kb, CONTENT, one, WHEN) for one in people(Random(seed), kb, 4)]
    for one in [*forms, *responses]:
        assert not fits(schema, one)
    checked, broken = broken_invariants([*forms, *responses])
    assert checked > 3000
    assert not broken


def test_the_checkers_do_find_something(form: Json, schema: jsonschema.Draft6Validator) -> None:
    bad = copy.deepcopy(form)
    asked = next(item for item in items(bad) if item["linkId"] == "sex")
    asked["type"] = "chioce"
    assert fits(schema, bad)
    bad = copy.deepcopy(form)
    next(item for item in items(bad) if item["linkId"] == "sex")["linkId"] = "age"
    next(item for item in items(bad) if item["linkId"] == "seated_pain").pop("enableBehavior")
    bad["item"].append({"linkId": "empty", "type": "group"})
    assert {one["key"] for one in broken_invariants([bad])[1]} == {"que-1", "que-2", "que-12"}


@pytest.mark.parametrize("clinician", [False, True])
def test_every_condition_points_at_something_that_can_be_so(starter: KnowledgeBase, clinician: bool) -> None:
    """An own check: an `enableWhen` names an item of the form, with a type and an answer that it can have."""
    kinds = {"choice": "answerCoding", "integer": "answerInteger", "decimal": "answerDecimal"}
    for kb in [starter, *(random_kb(Random(seed)).kb for seed in range(8))]:
        form_items = items(questionnaire(kb, CONTENT, clinician=clinician))
        by_id = {item["linkId"]: item for item in form_items}
        for item in form_items:
            for one in item.get("enableWhen", []):
                target = by_id[one["question"]]
                key = kinds[target["type"]]
                assert set(one) == {"question", "operator", key}
                if key == "answerCoding":
                    assert one["operator"] in ("=", "!=")
                    assert one[key] in [option["valueCoding"] for option in target["answerOption"]]
            assert ("enableBehavior" in item) == (len(item.get("enableWhen", [])) > 1)


def test_the_form_says_what_the_questions_say(starter: KnowledgeBase, form: Json) -> None:
    by_id = {item["linkId"]: item for item in items(form)}
    asked = [question for question in starter.questions.values() if question.by == "patient"]
    told = [item["linkId"] for item in items(form) if item["linkId"] in starter.questions]
    assert told == [question.id for question in asked]
    for question in asked:
        item = by_id[question.id]
        assert item["text"] == question.text
        if question.type in ("integer", "decimal"):
            told_limits = {one["url"].split("/")[-1]: one for one in item["extension"]}
            assert question.min in told_limits["minValue"].values()
            assert question.max in told_limits["maxValue"].values()
        else:
            codes = [option["valueCoding"]["code"] for option in item["answerOption"]]
            assert codes[-1] == "unknown"
            assert len(codes) == (2 if question.type == "boolean" else len(starter.options(question))) + 1 + (
                question.type == "choices"
            )
        if question.help or question.why:
            assert (question.help or "") in by_id[f"{question.id}.help"]["text"]
    units = {
        item["linkId"]: extension["valueCoding"]["code"]
        for item in items(form)
        for extension in item.get("extension", [])
        if extension["url"].endswith("questionnaire-unit")
    }
    assert units == {question.id: ucum(question.unit) for question in asked if question.unit}
    assert units["age"] == "a"
    assert starter.settings.unreviewed in form["item"][0]["text"]
    assert form["status"] == "draft"
    assert form["version"] == CONTENT
    for one in cannot_say(starter):
        assert one in form["purpose"]
    order = list(starter.questions)
    for question in asked:
        reads = uses(question.ask_when).facts if question.ask_when else ()
        early = any(order.index(name) > order.index(question.id) for name in reads)
        assert (f"`{question.id}`: that it comes after" in form["purpose"]) == early
    exclusive = [
        option["valueCoding"]["code"]
        for item in items(form)
        for option in item.get("answerOption", [])
        if "extension" in option
    ]
    assert set(exclusive) == {"none"}


def test_a_clinician_s_questions_stand_in_the_clinician_s_form_only(starter: KnowledgeBase, form: Json) -> None:
    theirs = {question.id for question in starter.questions.values() if question.by == "clinician"}
    assert theirs
    assert not theirs & {item["linkId"] for item in items(form)}
    whole = questionnaire(starter, CONTENT, clinician=True)
    assert theirs <= {item["linkId"] for item in items(whole)}
    assert whole["url"] != form["url"]
    answered = questionnaire_response(starter, CONTENT, Answers({next(iter(sorted(theirs))): True}), WHEN)
    assert answered["questionnaire"] == f"{whole['url']}|{CONTENT}"


def test_units_as_ucum() -> None:
    told = {
        "years": "a",
        "kg/m2": "kg/m2",
        "cm": "cm",
        "points": "{score}",
        "steps a day": "{steps_a_day}",
        "°C": "Cel",
    }
    assert {unit: ucum(unit) for unit in told} == told


def kb_of(files: dict[str, bytes]) -> KnowledgeBase:
    kb = load(files).kb
    assert kb
    return kb


def random_kbs(count: int) -> list[RandomKB]:
    return [random_kb(Random(seed)) for seed in range(count)]


def that_apply(kb: KnowledgeBase, answers: Answers) -> Answers:
    """A person's answers without those to questions that do not apply to them."""
    applies = Evaluator(kb).evaluate(answers).applies
    aside = {name for name, truth in applies.items() if truth is Truth.FALSE}
    return Answers({name: value for name, value in answers.values.items() if name not in aside}, answers.unsure - aside)


def test_answers_survive_the_way_out_and_in(starter: KnowledgeBase) -> None:
    left_out = 0
    for kb, seed in [(starter, 1), *((made.kb, at) for at, made in enumerate(random_kbs(8)))]:
        for answers in people(Random(seed), kb, 20):
            response = json.loads(json.dumps(questionnaire_response(kb, CONTENT, answers, WHEN)))
            read = read_response(kb, CONTENT, response)
            assert read == that_apply(kb, answers)
            left_out += read != answers
    assert left_out > 10


def exact(kb: KnowledgeBase, question: Question) -> bool:
    """Whether the form shows a question to exactly those whom it is for: its gate, and those of what its gate reads."""
    if question.ask_when is None:
        return True
    read = [kb.questions[name] for name in uses(question.ask_when).facts]
    return shown(kb, question.ask_when).cannot is None and all(exact(kb, one) for one in read)


def test_nobody_is_kept_from_a_question_that_makes_sense(starter: KnowledgeBase, form: Json) -> None:
    """Where the gate's own questions are answered, the form shows everybody whom the gate does not shut out.

    And nobody else, where the export does not list the question among what FHIR cannot say.
    """
    hidden = 0
    for kb, told, seed in [
        (starter, form, 4),
        *((made.kb, questionnaire(made.kb, CONTENT, clinician=True), at) for at, made in enumerate(random_kbs(30))),
    ]:
        evaluator = Evaluator(kb)
        gated = [question for question in kb.questions.values() if question.ask_when]
        for answers in people(Random(seed), kb, 30):
            whole = answers
            for name in kb.questions:
                if not whole.answered(name):
                    whole = whole.with_answer(name, None)
                value = whole.values.get(name)
                if isinstance(value, Chosen) and value.unsure:  # told apart in a list of its own: see limits
                    whole = whole.with_answer(name, None if not value.yes else Chosen(value.yes))
            values = evaluator.evaluate(whole)
            visible = enabled(told, questionnaire_response(kb, CONTENT, whole, WHEN))
            for question in gated:
                if question.by == "clinician" and told is form:
                    continue
                assert question.ask_when is not None
                truth = evaluator.test(question.ask_when)(values)
                if truth is not Truth.FALSE:
                    assert question.id in visible
                elif exact(kb, question):
                    assert question.id not in visible
                    hidden += 1
    assert hidden > 100


@pytest.mark.parametrize(
    ("gate", "when", "behavior", "cannot"),
    [
        ({"fact": "sex", "is": "male"}, ["sex = male", "sex = unknown"], "any", None),
        ({"not": {"fact": "sex", "is": "male"}}, ["sex = female", "sex = other", "sex = unknown"], "any", None),
        (
            {"all": [{"not": {"fact": "sex", "is": "male"}}, {"not": {"fact": "colic", "is": True}}]},
            ["sex != male", "colic != Y"],
            "all",
            None,
        ),
        (
            {"all": [{"fact": "sex", "is": "female"}, {"fact": "age", "lt": 40}]},
            ["sex = female", "sex = unknown"],
            "any",
            "conditions inside conditions",
        ),
        ({"not": {"fact": "age", "lt": 40}}, ["age >= 40", "age.unsure = unknown"], "any", None),
        ({"fact": "bmi", "gt": 30}, ["bmi > 30", "bmi.unsure = unknown"], "any", None),
        (
            {"at_least": 2, "of": [{"fact": "colic", "is": True}, {"fact": "sex", "is": "male"}]},
            ["colic != N", "sex != female", "sex != other"],
            "all",
            None,
        ),
        (
            {
                "at_least": 2,
                "of": [{"fact": "colic", "is": True}, {"fact": "sex", "is": "male"}, {"fact": "age", "gt": 9}],
            },
            [],
            None,
            "at least 2 of 3",
        ),
        (
            {"not": {"fact": "fever_signs", "includes": "shivering"}},
            [],
            None,
            "that something in `fever_signs` is not ticked",
        ),
        ({"finding": "fever"}, [], None, "the finding `fever`, which rules derive"),
        (
            {"not": {"fact": "walk_uphill", "is": True}},
            [],
            None,
            "not a comparison on `walk_uphill`, which not everybody is asked",
        ),
        (
            {"all": [{"finding": "fever"}, {"fact": "age", "gt": 60}]},
            ["age > 60", "age.unsure = unknown"],
            "any",
            "the finding `fever`, which rules derive",
        ),
    ],
)
def test_gates(starter: KnowledgeBase, gate: Json, when: list[str], behavior: str | None, cannot: str | None) -> None:
    said = shown(starter, criterion_adapter.validate_json(json.dumps(gate)))
    told = []
    for one in said.when:
        (value,) = (one[key] for key in one if key.startswith("answer"))
        told.append(f"{one['question']} {one['operator']} {value['code'] if isinstance(value, dict) else value}")
    assert (told, said.behavior, said.cannot) == (when, behavior, cannot)


def answer(value: object, key: str = "valueCoding") -> Json:
    return {key: value}


def coded(code: str, question: str) -> Json:
    return {"valueCoding": {"system": f"urn:algos:answers:algos_starter:{question}", "code": code}}


UNSURE = {
    "valueCoding": {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "asked-unknown"}
}


def response(*told: tuple[str, list[Json]], **fields: Any) -> Json:
    base = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"urn:x|{CONTENT}",
        "status": "completed",
        "item": [{"linkId": link, "answer": answers} for link, answers in told],
    }
    return base | fields


REFUSED = [
    ({"resourceType": "Bundle"}, "FH001", "", "Bundle"),
    ([], "FH001", "", "no FHIR resource"),
    (response(questionnaire="urn:x|old"), "FH002", "/questionnaire", "version old"),
    (response(questionnaire="urn:x"), "FH002", "/questionnaire", "without a version"),
    (response(questionnaire=None), "FH002", "", "does not say what it answers"),
    (response(status="entered-in-error"), "FH003", "/status", "entered-in-error"),
    (response(implicitRules="https://a.example"), "FH004", "/implicitRules", "implicitRules"),
    (
        response(item=[{"linkId": "age", "modifierExtension": [{}], "answer": [{"valueInteger": 40}]}]),
        "FH004",
        "/item/0/modifierExtension",
        "changes the meaning",
    ),
    (response(("aeg", [{"valueInteger": 40}])), "FH005", "/item/0/linkId", "did you mean `age`?"),
    (response(("section.about_you", [{"valueInteger": 4}])), "FH005", "/item/0/answer", "is no question"),
    (response(("age", [{"valueInteger": 40}, {"valueInteger": 41}])), "FH006", "/item/0/answer", "it takes one"),
    (response(("sex", [coded("male", "sex"), coded("female", "sex")])), "FH006", "/item/0/answer", "2 answers"),
    (
        response(("age", [{"valueInteger": 40}]), ("age", [{"valueInteger": 40}])),
        "FH006",
        "/item/1",
        "stands here twice",
    ),
    (
        response(("fever_signs", [coded("shivering", "fever_signs")] * 2)),
        "FH006",
        "/item/0/answer/1",
        "`shivering` of `fever_signs` stands twice",
    ),
    (response(("age", [{"valueInteger": 4}])), "FH007", "/item/0", "a whole number from 16 to 110 years"),
    (response(("bmi", [{"valueDecimal": 900.5}])), "FH007", "/item/0", "a number from 10 to 80"),
    (
        response(("fever_signs", [coded("none", "fever_signs"), coded("shivering", "fever_signs")])),
        "FH008",
        "/item/0",
        "none of these, and something else",
    ),
    (response(("age", [{"valueInteger": 40}]), ("age.unsure", [UNSURE])), "FH008", "/item/0", "has a number, and says"),
    (
        response(
            ("fever_signs", [coded("shivering", "fever_signs"), UNSURE]),
            ("fever_signs.unsure", [coded("shivering", "fever_signs")]),
        ),
        "FH008",
        "/item/0",
        "is ticked, and not sure",
    ),
    (
        response(("fever_signs", [UNSURE]), ("fever_signs.unsure", [coded("none", "fever_signs")])),
        "FH008",
        "/item/0",
        "no option of the question",
    ),
    (response(("age", [{"valueString": "40"}])), "FH009", "/item/0/answer/0", "takes a whole number (valueInteger)"),
    (
        response(("age", [{"valueInteger": "40"}])),
        "FH009",
        "/item/0/answer/0",
        "what stands under valueInteger is none",
    ),
    (
        response(("age", [{"valueInteger": True}])),
        "FH009",
        "/item/0/answer/0",
        "what stands under valueInteger is none",
    ),
    (response(("colic", [{"valueBoolean": True}])), "FH009", "/item/0/answer/0", "takes a code (valueCoding)"),
    (response(("colic", [{}])), "FH009", "/item/0/answer/0", "here is no value"),
    (response(("sex", [coded("mail", "sex")])), "FH010", "/item/0/answer/0/valueCoding", "did you mean `male`?"),
    (response(("sex", [coded("male", "rash")])), "FH010", "/item/0/answer/0/valueCoding", "algos_starter:sex"),
    (response(("sex", [{"valueCoding": {"code": "male"}}])), "FH010", "/item/0/answer/0/valueCoding", "no code system"),
    (response(item=["age"]), "FH001", "/item/0", "no object"),
    (response(item={"linkId": "age"}), "FH001", "/item", "no list"),
    (response(item=[{"linkId": "age", "answer": {"valueInteger": 4}}]), "FH001", "/item/0/answer", "no list"),
]


@pytest.mark.parametrize(("raw", "code", "pointer", "what"), REFUSED)
def test_what_does_not_fit_is_refused(starter: KnowledgeBase, raw: Any, code: str, pointer: str, what: str) -> None:
    if isinstance(raw, dict):
        raw = {key: value for key, value in raw.items() if value is not None}
    with pytest.raises(KnowledgeError) as refused:
        read_response(starter, CONTENT, raw, "response.json")
    (finding,) = refused.value.findings
    assert (finding.code, finding.pointer) == (code, pointer)
    assert what in f"{finding.what} {finding.fix}"


def test_damaged_responses_are_refused_and_never_crash(starter: KnowledgeBase) -> None:
    """Any value put in any place of a response is either refused with a finding, or read."""
    rng, kept, refused = Random(8), 0, 0
    whole = questionnaire_response(starter, CONTENT, people(Random(2), starter, 4)[3], WHEN)
    junk = [None, True, -1, 2.5, "", "x", [], {}, [None], [[]], {"item": 1}, {"linkId": []}, {"answer": [1]}]

    def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        return [path, *(one for key in keys for one in places(value[key], (*path, key)))]

    for path in rng.sample(places(whole)[1:], 250):
        damaged = copy.deepcopy(whole)
        holder: Any = damaged
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = rng.choice(junk)
        try:
            read_response(starter, CONTENT, damaged)
            kept += 1
        except KnowledgeError as error:
            refused += bool(error.findings)
    assert kept + refused == 250
    assert kept < 250


def test_not_sure_of_the_rest(starter: KnowledgeBase) -> None:
    """A form whose second list is left empty says that the person is not sure of all that is not ticked."""
    read = read_response(
        starter, CONTENT, response(("fever_signs", [coded("shivering", "fever_signs"), UNSURE]), ("colic", [UNSURE]))
    )
    options = {option.id for option in starter.options(starter.questions["fever_signs"])}
    assert read.values == {"fever_signs": Chosen(frozenset({"shivering"}), frozenset(options - {"shivering"}))}
    assert read.unsure == {"colic"}
    assert read_response(starter, CONTENT, response(("fever_signs", [UNSURE]))).unsure == {"fever_signs"}
    nested = response(item=[{"linkId": "sex", "answer": [{**coded("male", "sex"), "item": [{"linkId": "sex.help"}]}]}])
    assert read_response(starter, CONTENT, nested).values == {"sex": "male"}


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["algos", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    files = example_files(BASE, {})
    made = RandomKB(kb_of(files), files)
    for path, data in files.items():
        (tmp_path / "kb" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kb" / path).write_bytes(data)
    kb = ("--kb", str(tmp_path / "kb"))
    example, file = tmp_path / "answers.json", tmp_path / "response.json"
    answers = people(Random(1), made.kb, 3)[2]
    example.write_text(json.dumps(answers.to_json()), encoding="utf-8")
    code, out, err = run(capsys, monkeypatch, "fhir", "form", *kb)
    assert code == 0, err
    assert json.loads(out) == questionnaire(made.kb, identity(made.files))
    for one in cannot_say(made.kb):
        assert one in err
    assert run(capsys, monkeypatch, "fhir", "response", str(example), *kb, "--out", str(file))[0] == 0
    code, from_fhir, _ = run(capsys, monkeypatch, "assess", "--fhir", str(file), "--json", *kb)
    again, from_answers, _ = run(capsys, monkeypatch, "assess", str(example), "--json", *kb)
    assert code == again
    assert json.loads(from_fhir) == json.loads(from_answers)
    asked = next(iter(sorted(answers.to_json())))
    text = file.read_text(encoding="utf-8").replace(f'"linkId": "{asked}', f'"linkId": "{asked}x', 1)
    file.write_text(text, encoding="utf-8")
    code, _, err = run(capsys, monkeypatch, "assess", "--fhir", str(file), *kb)
    line = text[: text.index(f'"{asked}x')].count("\n") + 1
    assert code == 2
    assert f"response.json:{line} /item/" in err
    assert "fix: " in err
    assert run(capsys, monkeypatch, "assess", *kb)[0] == 2
    assert run(capsys, monkeypatch, "assess", str(example), "--fhir", str(file), *kb)[0] == 2
    assert run(capsys, monkeypatch, "fhir", "form", "--out", str(tmp_path), *kb)[0] == 2


def test_the_command_names_answers_that_a_form_would_not_ask_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gated = {"questions": [asked("first", "boolean"), asked("then", "boolean", ask_when=FIRST)]}
    files = example_files(BASE, {"questions/more.json": {"id": "more", "title": "More", "order": 20, **gated}})
    for path, data in files.items():
        (tmp_path / "kb" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kb" / path).write_bytes(data)
    said = []
    for answers in ({"then": True}, {"first": False, "then": "unknown"}, {"first": True, "then": True}):
        (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
        code, out, err = run(
            capsys, monkeypatch, "fhir", "response", str(tmp_path / "answers.json"), "--kb", str(tmp_path / "kb")
        )
        assert code == 0
        said.append((" ".join(err.split()), [item["linkId"] for item in items(json.loads(out))]))
    assert "`then` is answered, and the form asks it only after `first`" in said[0][0]
    assert "`then` does not apply to this person" in said[1][0]
    assert [one[1] for one in said] == [
        ["section.more", "then"],
        ["section.more", "first"],
        ["section.more", "first", "then"],
    ]
    assert said[2][0] == ""


def test_the_docs_list_every_refusal() -> None:
    page = (ROOT / "docs" / "fhir.md").read_text(encoding="utf-8")
    source = (ROOT / "exports" / "fhir" / "reading.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'"(FH\d+)", "([\w-]+)"', source))
    assert len(codes) == 10
    assert set(re.findall(r"\| (FH\d+) `fhir\.([\w-]+)` \|", page)) == codes
