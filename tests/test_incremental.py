"""A check with the memory of earlier checks finds exactly what a full check finds."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authoring.actions import View, canonical_bytes
from engine.answers import read_answers
from engine.assess import Assessor
from engine.finding import KnowledgeError
from engine.load import load
from engine.memory import Memory
from engine.outcome import conclude
from tests.random_kb import random_answers, random_kb
from validators.cases import run_cases
from validators.example import BASE, TODAY, changed
from validators.kept import Kept
from validators.registry import Check, check_files, checks, example_files

Json = dict[str, Any]


def edited(rng: Random, records: dict[str, Json]) -> dict[str, Json]:
    """The records with one thing changed, as somebody in the console would: much stays valid, some does not."""
    records = deepcopy(records)
    path = rng.choice(sorted(records))
    record = records[path]
    match path.partition("/")[0]:
        case "rules":
            _edit_rule(rng, record, records)
        case "conditions":
            record["prior"]["decibans"] = rng.randint(-12, 2)
            record["care_level"] = rng.choice(("self_care", "routine", "urgent"))
            if rng.random() < 0.3:
                record["thresholds"] = {"likely": rng.randint(-4, 4), "possible": -9, "reason": "x"}
            if rng.random() < 0.3:
                record["guide"]["summary"] = f"Summary {rng.randint(0, 3)}."
            criteria = [one["when"] for one in records.values() if "when" in one]
            if criteria and rng.random() < 0.3:  # earlier edits may have taken every rule away
                record["considered_when"] = rng.choice(criteria)
        case "questions":
            asked = rng.choice(record["questions"])
            asked["text"] = f"Words {rng.randint(0, 3)}?"
            if "max" in asked and rng.random() < 0.5:
                asked["max"] = asked["max"] + rng.randint(0, 2)
            if rng.random() < 0.3:
                asked.pop("ask_when", None)
            if rng.random() < 0.3:
                asked["by"] = rng.choice(("patient", "clinician"))
        case "terms" if record.get("kind") == "score":
            record["scale"] = rng.choice((1, 2))
        case "cases":
            record["answers"] = rng.choice(({"locked": True}, {"numb": False, "locked": True, "age": 70}, {"age": 7}))
            record["expect"] = rng.choice(({"urgency": "routine"}, {"urgency": "self_care", "first": "spasm"}))
        case "kb.json":
            record["thresholds"] = {"likely": rng.randint(-5, 5), "possible": -9}
    if rng.random() < 0.08 and path not in ("kb.json", "body.json"):
        del records[path]
    return records


def _edit_rule(rng: Random, record: Json, records: dict[str, Json]) -> None:
    whens = [one["when"] for one in records.values() if "when" in one]
    match rng.choice(("when", "not", "then", "title", "retire", "examples")):
        case "when":
            record["when"] = deepcopy(rng.choice(whens))
        case "not":
            record["when"] = {"not": deepcopy(record["when"])}
        case "then":
            then = record["then"]
            if "weight" in then:
                then["weight"] = rng.choice((-6, -2, 3, 8))
                then["group"] = rng.choice("ab")
            elif "points" in then:
                then["points"] = rng.choice((-1, 1, 2))
            elif "red_flag" in then:
                then["red_flag"] = rng.choice(("emergency", "urgent", "routine"))
        case "title":
            record["title"] = record["because"] = f"Title {rng.randint(0, 3)}"
        case "retire":
            record["retired"] = {"reason": "x"}
        case "examples":
            record["examples"] = [{"answers": {}, "gives": rng.choice(("true", "unknown"))}]


def as_files(rng: Random, records: dict[str, Json]) -> dict[str, bytes]:
    files = {path: canonical_bytes(path, record) for path, record in records.items()}
    if rng.random() < 0.1:
        broken = rng.choice(sorted(files))
        files[broken] = rng.choice((b"{", b'{"id": 3}\n', files[broken] + b"\n"))
    return files


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.code)
def test_a_mistake_is_found_though_it_was_right_before(check: Check) -> None:
    """And is no longer found once it is put right: what is kept of a record goes by what the record says."""
    memory = Memory()
    for overlay in (check.good, check.bad, check.good):
        files = example_files(BASE, overlay)
        assert check_files(files, TODAY, memory)[1] == check_files(files, TODAY)[1]


LOCKED = "rules/evidence/locked.json"


def test_an_example_is_looked_at_again_where_a_question_takes_other_answers() -> None:
    """Though nothing else of the rule changed, and the rule does not read that question."""
    example = {"answers": {"locked": True, "age": 105}, "gives": "true"}
    overlay = changed(LOCKED, examples=[example, *BASE[LOCKED]["examples"][1:]])
    asked = deepcopy(BASE["questions/about.json"])
    asked["questions"][0]["max"] = 100
    memory = Memory()
    assert check_files(example_files(BASE, overlay), TODAY, memory)[1] == []
    _, found = check_files(example_files(BASE, {**overlay, "questions/about.json": asked}), TODAY, memory)
    assert [one.path for one in found] == [LOCKED]


@pytest.mark.parametrize(
    "overlay",
    [
        changed("kb.json", thresholds={"likely": 5, "possible": -10}),
        changed("conditions/low_back/spasm.json", prior={"decibans": -12, "probability": 0.06, "judgement": "x"}),
        changed("conditions/low_back/spasm.json", care_level="urgent"),
        changed("conditions/low_back/spasm.json", considered_when={"fact": "age", "gte": 60}),
        changed(LOCKED, then={"condition": "spasm", "weight": 1, "group": "story"}),
        changed("rules/red_flags/numb.json", when={"fact": "numb", "is": False}),
        {
            "constraints/odd.json": {
                "id": "odd",
                "title": "Odd",
                "never": {"fact": "locked", "is": True},
                "message": "Look again.",
                "judgement": "x",
            }
        },
    ],
    ids=lambda overlay: f"{next(iter(overlay))}",
)
def test_what_came_out_for_a_patient_is_not_kept_past_what_it_depends_on(overlay: Json) -> None:
    memory, outcomes = Memory(), []
    for kb in (load(example_files(BASE, one)).kb for one in ({}, overlay)):
        assert kb is not None
        assessor = Assessor(kb)
        answers = read_answers(kb, {"age": 40, "numb": False, "locked": True}, "patient")
        outcomes.append(Kept(assessor, memory).outcome(answers))
        assert outcomes[-1] == assessor.assess(answers).outcome
    assert outcomes[0] != outcomes[1], "the change makes a difference"


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_checks_with_a_memory_find_what_full_checks_find(rng: Random) -> None:
    memory = Memory(most=rng.choice((5, 40, 10_000)))  # a small one forgets all the time
    records: dict[str, Json] = {path: json.loads(data) for path, data in example_files(BASE, {}).items()}
    for _ in range(6):
        records = edited(rng, records)
        files = as_files(rng, records)
        whole, full = check_files(files, TODAY)
        again, found = check_files(files, TODAY, memory)
        assert found == full
        assert again.values == whole.values
        assert again.kb == whole.kb
        fresh, kept = View(files, "a", TODAY), View(files, "b", TODAY, memory)
        assert kept.runs == fresh.runs
        assert kept.case_results == fresh.case_results


def still_whole(records: dict[str, Json], before: dict[str, Json]) -> dict[str, Json]:
    """The records with everything put back that others name: nobody runs rules that read what is not there.

    A finding or score is not there, either, while no rule concludes it.
    """
    named = {path: one for path, one in before.items() if not path.startswith(("rules/", "cases/")) or _concludes(one)}
    whole = named | records
    for path in named:
        if _concludes(whole[path]):
            whole[path].pop("retired", None)
    return whole


def _concludes(record: Json) -> bool:
    return bool({"finding", "score"} & record.get("then", {}).keys())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_outcomes_that_are_kept_are_those_that_come_out(rng: Random) -> None:
    memory = Memory()
    records: dict[str, Json] = {path: json.loads(data) for path, data in random_kb(rng).files.items()}
    for _ in range(5):
        kb = load({path: json.dumps(record).encode() for path, record in records.items()}).kb
        assert kb is not None
        try:
            assessor = Assessor(kb)
        except KnowledgeError:  # a cycle: no rule is run then
            records = still_whole(edited(rng, records), records)
            continue
        kept = Kept(assessor, memory)
        for _ in range(4):
            answers = random_answers(rng, kb, known=rng.choice((0.2, 0.9)))
            values = assessor.evaluator.evaluate(answers)
            assert kept.outcome(answers) == conclude(assessor.evaluator, answers, values)
            assert {id_: kept.truth(id_, answers) for id_ in kb.active} == values.rules
        records = still_whole(edited(rng, records), records)


def test_a_second_check_of_the_starter_works_out_little(starter_files: dict[str, bytes]) -> None:
    class Counting(Memory):
        made = 0

        def of(self, key: Any, make: Any) -> Any:
            def counted() -> Any:
                self.made += 1
                return make()

            return super().of(key, counted)

    files = {path: data for path, data in starter_files.items() if not path.startswith("cases/c")}
    memory = Counting()
    _, before = check_files(files, TODAY, memory)
    path = "rules/red_flags/saddle_numbness.json"
    record = json.loads(files[path])
    record["judgement"] += " More of it."  # not the title: its translations would be stale
    memory.made = 0
    changed = {**files, path: canonical_bytes(path, record)}
    _, after = check_files(changed, TODAY, memory)
    assert after == before == []
    cases = len([one for one in files if one.startswith("cases/")])
    assert memory.made < 10 + cases / 2, "only the rule, and the patients for whom it is not false"
    kept = View(changed, "x", TODAY, memory).case_results
    assert list(kept.values()) == list(run_cases(Assessor(View(changed, "y", TODAY).kb)))
