"""One meaning in three evaluators: durable_rules, the reference and JavaScript, on everybody there is to ask about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from engine.answers import Answers, read_answers
from engine.durable import DurableEvaluator
from engine.evaluate import Evaluator
from engine.finding import KnowledgeError
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from exports.bundle.build import build
from exports.bundle.conform import expected, told, transcript
from exports.bundle.content import Release
from exports.bundle.model import CONFORMANCE, MORE_CONFORMANCE, Conformance
from exports.bundle.source import ArchiveSource
from exports.runtime.python.algos import Algos, load
from exports.verify import VerifiedBundle
from tests.bundles import KEY, Node, Starter, core_bundle, jsons, node, people, starter_bundle
from tests.random_kb import RandomKB, random_kb

Json = dict[str, Any]
TODAY = "2026-11-26"
BATCH = 100


# The first test to need the starter's bundle builds it, while those of other processes wait.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def starter_release(tmp_path_factory: pytest.TempPathFactory, starter_files: dict[str, bytes]) -> Starter:
    return starter_bundle(tmp_path_factory.getbasetemp().parent, starter_files)


@pytest.fixture(scope="module")
def runtime(starter_release: Starter) -> Algos:
    return load(ArchiveSource(starter_release.archive), starter_release.keys)


@pytest.fixture(scope="module")
def javascript(starter_release: Starter) -> Iterator[Node]:
    """The starter's bundle in Node."""
    with node() as process:
        keys = json.loads(starter_release.keys.to_json())
        told = process.load_archive(starter_release.archive, keys=keys, today=TODAY)
        assert told["refused"] is None, told
        yield process


class Python:
    """What the reference says, as JSON like JavaScript's."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.algos = Algos(VerifiedBundle(None, b"", {}, kb, ()))  # type: ignore[arg-type]  # nothing asks for it
        self.evaluator = Evaluator(kb)

    def expected(self, answers: Answers) -> Json:
        return expected(self.evaluator, answers).model_dump(mode="json")

    def ask(self, answers: Answers, about: list[str], shown: int) -> Json:
        raw = answers.to_json()
        return {
            "expected": self.expected(answers),
            "outcome": self.algos.assess(raw),
            "next": self.algos.next_question(raw, shown),
            "why": [self.algos.explain(raw, one) for one in (None, *about)],
        }


def agree(kb: KnowledgeBase, process: Node, everybody: list[Answers], rng: Random) -> None:
    """Outcome, next question and explanation are the same, to the last character."""
    python = Python(kb)
    about = [*kb.current_conditions, *kb.active]
    about = sorted(rng.sample(about, min(len(about), 6)))
    for at in range(0, len(everybody), BATCH):
        batch = everybody[at : at + BATCH]
        shown = [rng.choice((0, 0, 3, 50)) for _ in batch]
        answers = process.ask("ask", people=jsons(batch), about=about, shown=shown)
        for person, screens, theirs in zip(batch, shown, answers, strict=True):
            ours = python.ask(person, about, screens)
            assert theirs == ours, json.dumps(person.to_json())


def agree_in_short(kb: KnowledgeBase, process: Node, everybody: list[Answers]) -> None:
    """Everything in which evaluators have to agree, and the next question."""
    python = Python(kb)
    for at in range(0, len(everybody), BATCH):
        batch = everybody[at : at + BATCH]
        for person, theirs in zip(
            batch, process.ask("short", people=jsons(batch), shown=[0] * len(batch)), strict=True
        ):
            ours = [python.expected(person), python.algos.next_question(person.to_json())]
            assert theirs == ours, json.dumps(person.to_json())


def loaded(process: Node, made: RandomKB) -> None:
    manifest, files = core_bundle(made)
    told = process.load(manifest, files, keepCore=True)
    assert told["refused"] is None, told


def random_pairs(seed: int, knowledge_bases: int, persons: int) -> None:
    rng = Random(seed)
    with node() as process:
        for _ in range(knowledge_bases):
            made = random_kb(rng)
            loaded(process, made)
            agree(made.kb, process, [Answers(), *people(rng, made.kb, persons)], rng)


@pytest.mark.parametrize("seed", range(4))
def test_random_people_of_random_knowledge_bases(seed: int) -> None:
    random_pairs(seed, 40, 24)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 110))
def test_70_000_random_people_of_random_knowledge_bases(seed: int) -> None:
    random_pairs(seed, 175, 40)


def test_random_people_of_the_starter(starter: KnowledgeBase, javascript: Node) -> None:
    rng = Random(11)
    agree(starter, javascript, people(rng, starter, 60), rng)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10))
def test_30_000_random_people_of_the_starter(seed: int, starter: KnowledgeBase, javascript: Node) -> None:
    agree_in_short(starter, javascript, people(Random(seed), starter, 3_000))


def test_every_case_of_the_starter(starter: KnowledgeBase, javascript: Node) -> None:
    everybody = [read_answers(starter, dict(case.answers)) for _, case in sorted(starter.cases.items())]
    agree_in_short(starter, javascript, everybody)
    agree(starter, javascript, everybody[::8], Random(1))


def test_what_would_change_the_outcome(starter: KnowledgeBase, runtime: Algos, javascript: Node) -> None:
    cases = [read_answers(starter, dict(case.answers)) for _, case in sorted(starter.cases.items())]
    everybody = jsons([*cases[::90], *people(Random(5), starter, 2)])
    theirs = javascript.ask("changes", people=everybody, most=40)
    assert theirs == [runtime.changes(one, most=40) for one in everybody]
    assert sum(map(len, theirs)) > 20
    for person, found in zip(everybody, theirs, strict=True):
        before = _headline(runtime.assess(person))
        for one in found[::9]:
            after = runtime.assess(person | {one["question"]: one["answer"]})
            assert _headline(after) == (one["urgency"], one["first"]) != before
            assert not after["corrections"]


def _headline(outcome: Json) -> tuple[str, str | None]:
    named = [*outcome["to_rule_out"], *outcome["likely"], *outcome["possible"]]
    return outcome["urgency"], named[0]["id"] if named else None


@pytest.mark.parametrize("path", [CONFORMANCE, pytest.param(MORE_CONFORMANCE, marks=pytest.mark.nightly)])
def test_every_conformance_case_in_all_three(
    path: str, starter: KnowledgeBase, runtime: Algos, javascript: Node
) -> None:
    conformance = Conformance.model_validate_json(runtime.file(path))
    evaluator = Evaluator(runtime.bundle.kb)
    persons = [case.answers for case in conformance.cases]
    theirs = javascript.ask("short", people=persons, shown=[0] * len(persons))
    with DurableEvaluator(starter) as durable:
        for case, (outcome, _) in zip(conformance.cases, theirs, strict=True):
            answers = read_answers(starter, case.answers)
            assert expected(evaluator, answers) == case.outcome
            assert told(evaluator, answers, durable.evaluate(answers)) == case.outcome
            assert outcome == case.outcome.model_dump(mode="json")
    assert len(persons) > 40


def test_conformance_cases_show_every_rule_true_false_and_unknown(runtime: Algos) -> None:
    cases = Conformance.model_validate_json(runtime.file(CONFORMANCE)).cases
    rules = list(runtime.bundle.kb.active)
    seen = [set(column) for column in zip(*(case.outcome.rules for case in cases), strict=True)]
    lacking = [(rule, truths) for rule, truths in zip(rules, seen, strict=True) if truths != set("TFU")]
    assert lacking == []


def test_whole_interviews(starter: KnowledgeBase, javascript: Node) -> None:
    rng = Random(5)
    cases = [read_answers(starter, dict(case.answers)) for _, case in sorted(starter.cases.items())]
    everybody = [*rng.sample(cases, 12), *people(rng, starter, 6)]
    evaluator, interview = Evaluator(starter), Interview(starter)
    for person, theirs in zip(everybody, javascript.ask("interviews", people=jsons(everybody)), strict=True):
        ours = transcript(interview, evaluator, person, "x").model_dump(mode="json")
        assert theirs == {key: ours[key] for key in ("screens", "stop", "urgency")}


@pytest.mark.parametrize("advice", [None, [], ["heavy_work", "stop_smoking", "pelvic_pain_pregnant"]])
def test_guides(advice: list[str] | None, runtime: Algos, javascript: Node) -> None:
    for condition in runtime.bundle.kb.conditions:
        assert javascript.ask("guide", condition=condition, advice=advice) == runtime.guide(condition, advice)


@pytest.mark.parametrize(
    "answers",
    [
        {"age": True},
        {"age": "44"},
        {"age": 44.5},
        {"age": -1},
        {"age": None},
        {"age": 1e300},
        {"sex": "woman"},
        {"sex": ["female"]},
        {"pain_sites": "low_back_middle"},
        {"pain_sites": ["low_back_middle", "low_back_middle"]},
        {"pain_sites": ["moon"]},
        {"pain_sites": {"yes": ["low_back_middle"], "unsure": ["low_back_middle"]}},
        {"pain_sites": {"yes": [], "maybe": []}},
        {"pain_sites": {"yes": "low_back_middle"}},
        {"pain_sites": None},
        {"spasm": 1},
        {"agee": 44},
        {"__proto__x": 1, "constructor": 2},
        {"agee": 44, "sex": 0, "age": 44},
    ],
)
def test_the_same_answers_are_refused(answers: Json, starter: KnowledgeBase, javascript: Node) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read_answers(starter, answers)
    refused = {finding.pointer.removeprefix("/") for finding in caught.value.findings}
    assert {one["question"] for one in javascript.ask("refusedAnswers", answers=answers)} == refused


@pytest.mark.parametrize(
    "answers", [{"age": 44.0}, {"pain_sites": []}, {"pain_sites": {"unsure": []}}, {"sex": "unknown"}, {}]
)
def test_the_same_answers_are_taken(answers: Json, starter: KnowledgeBase, javascript: Node) -> None:
    read_answers(starter, answers)
    assert javascript.ask("refusedAnswers", answers=answers) is None


def test_a_bundle_is_read_back_as_the_knowledge_base_that_it_was_made_of(
    starter: KnowledgeBase, runtime: Algos
) -> None:
    """Evaluating from the bundle and from the source gives the same, explanation included."""
    fromsource = Python(starter)
    rng = Random(2)
    for person in people(rng, starter, 15):
        about = rng.sample([*starter.current_conditions, *starter.active], 4)
        raw = person.to_json()
        ours = fromsource.ask(person, about, 0)
        assert runtime.assess(raw) == ours["outcome"]
        assert runtime.next_question(raw) == ours["next"]
        assert [runtime.explain(raw, one) for one in (None, *about)] == ours["why"]


@pytest.mark.nightly
def test_the_starters_bundle_is_the_same_on_every_run(starter_release: Starter) -> None:
    again = build(starter_release.kb, dict(reversed(starter_release.files.items())), Release(7), [KEY])
    theirs = load(ArchiveSource(starter_release.archive), starter_release.keys).bundle.manifest
    assert again.manifest.files == theirs.files
