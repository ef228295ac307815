"""The test bench and the cases page: what each state shows, and that no answer is there that nobody gave."""

from __future__ import annotations

import copy
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from authoring.actions import canonical_bytes
from authoring.console.bench.bench_answers import Bench, Variant, fit, without
from authoring.console.bench.bench_graph import fired_graph
from authoring.console.bench.bench_words import answer_differences, expectation_rows, outcome_differences
from engine.answers import Answers, Chosen, read_answers
from engine.assess import Assessor
from engine.knowledge import KnowledgeBase
from tests.forms import typed
from validators.example import BASE

from .conftest import ROOT

PAGES = ROOT / "authoring" / "console" / "views"
Records = dict[str, Any]


def records() -> Records:
    """The example with a question of several options and one that is only for some."""
    found = copy.deepcopy(BASE)
    questions = found["questions/about.json"]["questions"]
    questions.append(
        {
            "id": "signs",
            "name": "Signs of illness",
            "text": "Do you have any of these?",
            "type": "choices",
            "options": [
                {"id": "fever", "text": "Fever"},
                {"id": "rash", "text": "A rash"},
                {"id": "sweats", "text": "Sweats"},
            ],
            "judgement": "An example.",
        }
    )
    questions.append(
        {
            "id": "falls",
            "name": "Falls",
            "text": "Did you fall?",
            "type": "choice",
            "options": [{"id": "once", "text": "Once"}, {"id": "often", "text": "Often"}],
            "ask_when": {"fact": "age", "gte": 65},
            "judgement": "An example.",
        }
    )
    return found


def repository(folder: Path, content: Records) -> Path:
    for path, record in content.items():
        file = folder / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(canonical_bytes(path, record))
    commit(folder, "-qb", "main")
    return folder


def commit(folder: Path, *init: str) -> None:
    if init:
        subprocess.run(["git", "init", *init], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, "commit", "-qm", "one"], cwd=folder, check=True)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    def opened(name: str, content: Records | None = None, **parameters: str) -> AppTest:
        if not (tmp_path / ".git").exists():
            repository(tmp_path, content or records())
        monkeypatch.setenv("ALGOS_REPOSITORY", str(tmp_path))
        app = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=120)
        for key, value in parameters.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception
        return app

    return opened


def shown(app: AppTest) -> str:
    """Every text on the page, as it is read: without the backslashes that keep it from being taken for formatting."""
    kinds = ("html", "markdown", "caption", "error", "warning", "info", "success", "subheader")
    texts = [
        getattr(one, "value", None) or getattr(one, "body", None) or one.proto.body
        for kind in kinds
        for one in app.get(kind)
    ]
    return "\n".join(map(str, texts)).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click()
    app.run()
    assert not app.exception
    return app


def group(app: AppTest, label: str) -> Any:
    return next(one for one in app.get("button_group") if one.label == label)


def choose(app: AppTest, label: str, value: object = None) -> AppTest:
    group(app, label).set_value(value)
    app.run()
    assert not app.exception
    return app


def answers(app: AppTest) -> dict[str, object]:
    on_bench: Bench = app.session_state["bench"]
    return on_bench.variant.answers.to_json()


def test_an_empty_form_answers_nothing_and_says_what_is_open(page: Callable[..., AppTest]) -> None:
    app = page("bench")
    assert answers(app) == {}
    text = shown(app)
    assert "Red flags that stand open (1)" in text
    assert "Missing: Saddle numbness" in text
    assert "Not answered." in text
    assert app.number_input[0].value is None
    assert "they agree" in text  # durable_rules was asked too
    app.run()
    assert answers(app) == {}


def test_an_emergency_stands_out_with_its_rule(page: Callable[..., AppTest]) -> None:
    app = choose(page("bench"), "Saddle numbness", "yes")
    assert answers(app) == {"numb": True}
    text = shown(app)
    assert "algos-urgency emergency" in text
    assert "Red flags that are true" in text
    assert "To be ruled out" in text
    app = choose(app, "Look at", "Why")
    assert '<span class="alg-mark true">TRUE</span>Saddle numbness: yes' in shown(app)
    app = choose(app, "Look at", "What would change this")
    assert "instead of: yes" in shown(app)


def test_each_state_of_each_kind_of_question(page: Callable[..., AppTest]) -> None:
    app = page("bench")
    choose(app, "Saddle numbness", "unknown")
    assert answers(app) == {"numb": "unknown"}
    assert "Answered with not sure:</b> Saddle numbness" in shown(app)
    choose(app, "Saddle numbness")
    assert answers(app) == {}
    app.number_input[0].set_value(70).run()
    assert answers(app) == {"age": 70}
    app.checkbox[0].check().run()
    assert answers(app) == {"age": "unknown"}
    assert app.number_input[0].value is None
    app.checkbox[0].uncheck().run()
    assert answers(app) == {}


def test_options_are_ticked_not_or_unsure_and_none_of_these_is_said(page: Callable[..., AppTest]) -> None:
    app = page("bench")
    choose(app, "Signs of illness", ["fever"])
    assert answers(app) == {"signs": ["fever"]}
    app.multiselect[0].set_value(["rash"]).run()
    assert answers(app) == {"signs": {"yes": ["fever"], "unsure": ["rash"]}}
    assert "1 ticked, 1 not sure, 1 not." in shown(app)
    choose(app, "Signs of illness", ["fever", "rash"])
    assert answers(app) == {"signs": ["fever", "rash"]}
    choose(app, "Signs of illness", [])
    assert answers(app) == {}  # nothing ticked is no answer
    choose(app, "Or for all of it", "none")
    assert answers(app) == {"signs": []}
    assert "Answered: none of these." in shown(app)
    choose(app, "Or for all of it", "unknown")
    assert answers(app) == {"signs": "unknown"}


def test_what_does_not_apply_is_folded_away_and_an_old_answer_set_aside(page: Callable[..., AppTest]) -> None:
    app = page("bench")
    app.number_input[0].set_value(70).run()
    next(one for one in app.selectbox if one.label == "Falls").set_value("often").run()
    app.number_input[0].set_value(30).run()
    assert not app.exception
    assert "Falls" not in [one.label for one in app.selectbox]
    assert "only where Age at least 65 years" in shown(app)
    assert "Set aside" in shown(app)
    press(app, "Take the answer back")
    assert answers(app) == {"age": 30}


def test_the_interview_goes_on_and_back_and_ends(page: Callable[..., AppTest]) -> None:
    app = choose(page("bench"), "Answer by", "Interview")
    assert next(one for one in app.button if one.label == "Next").disabled
    choose(app, "Are you numb between the legs?", "no")
    press(app, "Next")
    first = [one.label for one in app.get("button_group")]
    assert "Are you numb between the legs?" not in first
    press(app, "Back")
    assert group(app, "Are you numb between the legs?").value == "no"
    choose(app, "Are you numb between the legs?", "yes")
    press(app, "Next")
    assert "no more questions are asked" in shown(app)


def test_a_case_is_loaded_from_the_address_and_varied(page: Callable[..., AppTest]) -> None:
    app = page("bench", case="locked")
    assert answers(app) == {"age": 40, "numb": False, "locked": True}
    assert "begun from the case" in shown(app)
    press(app, "Two variants")
    assert "Both variants answer alike" in shown(app)
    choose(app, "Saddle numbness", "yes")
    text = shown(app)
    assert "Answers that differ: 1" in text
    assert "More urgent: A self-care, B emergency (now)" in text
    on_bench: Bench = app.session_state["bench"]
    assert on_bench.variants["A"].answers.values["numb"] is False
    choose(app, "Look at", "Graph")
    press(app, "Only one variant")
    press(app, "Clear all")
    assert answers(app) == {}


def test_why_not_follows_a_condition_to_what_is_missing(page: Callable[..., AppTest]) -> None:
    app = choose(page("bench"), "Look at", "Why not")
    next(one for one in app.selectbox if one.label == "Why not ...").set_value("spasm").run()
    assert not app.exception
    assert "nothing that was answered speaks for it" in shown(app)
    assert '<span class="alg-mark unknown">UNKNOWN</span>Locked back: yes' in shown(app)


def test_a_case_that_is_not_there_is_said(page: Callable[..., AppTest]) -> None:
    app = page("bench", case="nobody")
    assert "no case “nobody”" in shown(app)
    assert answers(app) == {}


def test_a_case_with_answers_that_do_not_fit_is_loaded_without_them(page: Callable[..., AppTest]) -> None:
    content = records()
    content["cases/locked.json"]["answers"] = {"age": 400, "locked": True}
    app = page("bench", content, case="locked")
    assert answers(app) == {"locked": True}
    assert "it may be a whole number from 16 to 110 years" in shown(app).lower()
    cases = page("cases", case="locked")
    assert "Failed: 1 difference" in shown(cases)


@pytest.mark.parametrize("name", ["bench", "cases"])
def test_a_knowledge_base_that_cannot_run_says_why(page: Callable[..., AppTest], name: str) -> None:
    content = records()
    content["rules/findings/older.json"]["when"] = {"fact": "agee", "gte": 60}
    app = page(name, content)
    assert "needs a knowledge base that can be run" in shown(app)
    assert "Did you mean “Age”?" in shown(app)
    assert not app.get("button_group")


def test_a_wrong_figure_or_date_keeps_nobody_from_trying_it(page: Callable[..., AppTest]) -> None:
    content = records()
    content["conditions/low_back/spasm.json"]["prior"]["decibans"] = 3
    app = page("bench", content)
    assert "needs a knowledge base that can be run" not in shown(app)
    assert app.get("button_group")


def test_settings_that_cannot_be_read_are_no_traceback(page: Callable[..., AppTest]) -> None:
    content = records()
    del content["kb.json"]["thresholds"]
    assert "“Thresholds” is missing" in shown(page("bench", content))


def test_no_case_yet_leads_to_the_bench(page: Callable[..., AppTest]) -> None:
    content = records()
    del content["cases/locked.json"]
    assert "no cases yet" in shown(page("cases", content))


def test_a_case_is_saved_edited_and_deleted_in_a_draft(page: Callable[..., AppTest]) -> None:
    app = choose(page("bench"), "Saddle numbness", "yes")
    app.text_input[0].set_value("Numb")  # the draft bar's form
    press(app, "Start draft")
    typed(app, "save case", title="Numb since today")
    press(app, "Save the case")
    assert "a case needs a story" in shown(app).lower()
    typed(app, "save case", story="A man of 44.", because="New saddle numbness.")
    press(app, "Save the case")
    assert app.query_params["case"] in ("numb_since_today", ["numb_since_today"])
    assert answers(app) == {"numb": True}
    draft = str(app.session_state["draft"])

    cases = page("cases", draft=draft, case="numb_since_today")
    text = shown(cases)
    assert "**2** cases ran" in text
    assert "**1** come out differently from what is approved, or are new" in text
    next(one for one in cases.selectbox if one.label == "Urgency").set_value("routine").run()
    press(cases, "Save")
    assert "Failed: 1 difference" in shown(cases)
    assert "The urgency is emergency (now), not routine: Saddle numbness." in shown(cases)
    press(cases, "Delete it")
    assert "**1** cases ran" in shown(cases)


def test_an_approved_case_cannot_be_deleted(page: Callable[..., AppTest]) -> None:
    app = page("cases", case="locked")
    assert "Delete it" not in [one.label for one in app.button]
    app.text_input[0].set_value("Mine")
    press(app, "Start draft")
    assert "Everything is saved." in shown(app)
    assert "Delete it" not in [one.label for one in app.button]


def in_a_draft(app: AppTest) -> AppTest:
    app.text_input[0].set_value("Mine")  # the draft bar's form
    return press(app, "Start draft")


def waiting() -> Records:
    """The example with two cases that wait for a clinician's word."""
    found = records()
    for number in (1, 2):
        case = {key: one for key, one in BASE["cases/locked.json"].items() if key not in ("expect", "because")}
        awaiting = {"like": "locked", "changed": ["age"], "tries": ["Whether age decides"]}
        found[f"cases/waits_{number}.json"] = {**case, "id": f"waits_{number}", "awaiting": awaiting}
    return found


def test_a_case_that_waits_is_first_and_gets_its_word_in_one_click(page: Callable[..., AppTest]) -> None:
    app = in_a_draft(page("cases", waiting(), case="waits_1"))
    assert "**2** wait for a clinician’s word" in shown(app)
    assert list(app.dataframe[0].value["Result"]) == ["waits", "waits", "passed"]
    assert "What should happen?" in shown(app)
    assert "Whether age decides" in shown(app)
    press(app, "This is right")
    assert not app.exception
    assert "**1** wait for a clinician’s word" in shown(app)
    assert app.query_params["case"] in ("waits_2", ["waits_2"])


def test_patients_are_made_into_the_draft(page: Callable[..., AppTest]) -> None:
    content = records()
    for path, record in content.items():
        if path.startswith("rules/"):
            record["examples"] = []
    app = in_a_draft(page("cases", content))
    choose(app, "Look at", "Make patients")
    press(app, "Make patients")
    assert not app.exception
    assert "patients are in the draft" in shown(app)
    choose(app, "Look at", "Cases")
    assert "wait for a clinician’s word" in shown(app)


def test_gaps_are_listed_with_a_way_to_the_bench(page: Callable[..., AppTest]) -> None:
    app = choose(page("cases"), "Look at", "What no case tries")
    text = shown(app)
    assert "of what there is to try is tried" in text
    assert "Saddle numbness: true in no case" in text
    assert "Write the case" in [one.label for one in app.button]


def test_a_long_knowledge_base_is_searched(page: Callable[..., AppTest], tmp_path: Path) -> None:
    (tmp_path / "kb").symlink_to(ROOT / "kb")
    (tmp_path / "kb").unlink()
    subprocess.run(["cp", "-r", str(ROOT / "kb"), str(tmp_path / "kb")], check=True)
    commit(tmp_path, "-qb", "main")
    app = page("bench")
    assert "more open red flags" in " ".join(one.label for one in app.expander)
    assert len(app.get("button_group")) < 25  # one section at a time
    cases = page("cases")
    next(one for one in cases.text_input if one.label == "Search").set_value("cauda").run()
    assert not cases.exception
    assert 0 < len(cases.dataframe[0].value) < len(list((ROOT / "kb" / "cases").iterdir()))


# The parts without a page


def test_answers_that_do_not_fit_are_left_out_and_named(starter: KnowledgeBase) -> None:
    fitted, error = fit(starter, {"age": 40, "agee": 3, "sex": "cat"})
    assert fitted.to_json() == {"age": 40}
    assert error is not None
    assert {one.pointer for one in error.findings} == {"/agee", "/sex"}
    assert without(Answers({"age": 40}, frozenset({"sex"})), "sex").to_json() == {"age": 40}


def test_variants_are_copies() -> None:
    on_bench = Bench({"A": Variant(Answers({"age": 40}))})
    on_bench.split()
    on_bench.variant.answers = on_bench.variant.answers.with_answer("age", 50)
    assert on_bench.variants["A"].answers.values == {"age": 40}
    on_bench.join()
    assert on_bench.variant.answers.values == {"age": 40}


def test_differences_are_told_and_alike_is_empty(starter: KnowledgeBase) -> None:
    assessor = Assessor(starter)
    case = starter.cases["common_disc_typical"]
    first = read_answers(starter, dict(case.answers))
    second = first.with_answer("saddle_numbness", None)
    before, after = assessor.assess(first).outcome, assessor.assess(second).outcome
    assert outcome_differences(before, before, (starter, starter), ("A", "B")) == []
    told = outcome_differences(before, after, (starter, starter), ("A", "B"))
    assert told[0].startswith("More urgent: A routine, B urgent")
    back = outcome_differences(after, before, (starter, starter), ("B", "A"))
    assert back[0].startswith("Less urgent: B urgent")
    assert [one[1:] for one in answer_differences(starter, first, second)] == [("No", "not sure")]


def test_the_graph_leads_from_answers_to_the_urgency(starter: KnowledgeBase) -> None:
    assessor = Assessor(starter)
    given = read_answers(starter, dict(starter.cases["serious_ces_disc"].answers))
    graph = fired_graph(assessor.evaluator, assessor.assess(given), given)
    assert graph is not None
    dot, about = graph
    assert '"q:saddle_numbness" -> ' in dot
    assert '-> "urgency" [penwidth=2.4];' in dot
    assert "red flags" in about
    ends = {part for line in dot.splitlines() if " -> " in line for part in line.split('"')[1::2][:2]}
    nodes = {line.split('"')[1] for line in dot.splitlines() if line.startswith('"') and " -> " not in line}
    assert ends <= nodes  # nothing points to a node without a label
    assert fired_graph(assessor.evaluator, assessor.assess(Answers()), Answers()) is None


def test_an_expectation_is_told_item_by_item(starter: KnowledgeBase) -> None:
    expect = {"urgency": "soon", "not_named": ["hip_osteoarthritis"], "no_cause": True, "advice": ["heavy_work"]}
    rows = expectation_rows(starter, expect, {"not_named/0": "is named"})
    assert [row[0] for row in rows] == ["Urgency", "Not named", "No cause", "Advice"]
    assert [row[2] for row in rows] == ["as expected", "is named", "as expected", "as expected"]


def test_ticking_keeps_what_is_unsure_apart() -> None:
    assert Answers({"signs": Chosen(frozenset({"a"}), frozenset({"b"}))}).to_json() == {
        "signs": {"yes": ["a"], "unsure": ["b"]}
    }
