"""The Rules page: its list, one rule to read, and the form in which a rule is written."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from authoring.actions import View, Views, canonical_bytes, save_records
from authoring.console.records.records import number_of
from authoring.console.rules import rule_form, rule_list, rule_picture
from authoring.console.rules.rule_edit import begin_fields, read_choices, read_number
from authoring.workspace import Draft, Person, Workspace
from engine import english, jsontext
from engine.files import read_directory
from engine.finding import Finding
from tests.forms import chosen, pressed, typed, work_of
from validators.example import BASE, TODAY
from validators.registry import example_files

ANN = Person("Ann Author", "ann@example.org")
PAGE = Path(__file__).parent.parent / "authoring" / "console" / "views" / "rules.py"
EVIDENCE = "rules/evidence/locked.json"
FLAG = "rules/red_flags/numb.json"


def example_view(overlay: Mapping[str, object] | None = None) -> View:
    return View(example_files(BASE, overlay or {}), "test", TODAY)


def repository(directory: Path, overlay: Mapping[str, object] | None = None) -> Path:
    for path, data in example_files(BASE, overlay or {}).items():
        file = directory / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    identity = ["-c", "user.name=Ann Author", "-c", "user.email=ann@example.org"]
    for command in (["init", "-qb", "main"], ["add", "-A"], [*identity, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=directory, check=True)
    return directory


def draft_of(directory: Path) -> Draft:
    return Workspace(directory).start("Try", ANN, datetime.now(UTC))


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("ALGOS_REPOSITORY", str(repository(tmp_path)))
    return AppTest.from_file(str(PAGE), default_timeout=120)


def words(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.error, *page.warning, *page.info, *page.header, *page.subheader]
    return "\n".join([one.value for one in shown] + [one.body for one in page.get("html")])


# What a form says of a rule


@pytest.mark.parametrize(("ratio", "weight"), [(2.0, 3), (10.0, 10), (0.5, -3), (0.08, -11), (100.0, 20)])
def test_a_ratio_becomes_decibans(ratio: float, weight: int) -> None:
    assert rule_form.decibans(ratio) == weight


@pytest.mark.parametrize(
    ("ratio", "said"), [(1.05, "says nothing"), (1.0, "says nothing"), (200.0, "at most 20"), (0.0, "above 0")]
)
def test_a_ratio_that_no_rule_can_rest_on_is_refused(ratio: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rule_form.decibans(ratio)


def test_numbers_are_read_as_people_type_them() -> None:
    assert number_of(" 2,5 ") == 2.5
    assert number_of("3.0") == 3
    assert number_of("nan") is None
    assert number_of("about two") is None


def test_every_starter_rule_comes_back_from_the_form_as_it_was() -> None:
    files = read_directory(Path(__file__).parent.parent / "kb")
    rules = [path for path in files if path.startswith("rules/")]
    assert len(rules) > 500
    for path in rules:
        stored: Any = jsontext.read(files[path], path)
        built = rule_form.build(rule_form.fields_from(stored), stored)
        assert canonical_bytes(path, built) == canonical_bytes(path, stored), path


def form_of(path: str, view: View | None = None, **changes: object) -> tuple[rule_form.Record, rule_form.Checked]:
    view = view or example_view()
    stored = view.value(path)
    assert stored is not None
    fields = begin_fields(stored, view.kb) | changes
    record = rule_form.build(fields, stored)
    return record, rule_form.check(view, path, record, fields)


def test_a_published_ratio_makes_weight_and_basis() -> None:
    record, checked = form_of(
        EVIDENCE, basis="published", ratio="2,5", interval_low="1.5", interval_high="4", ratio_source="smith-2020"
    )
    assert record["then"] == {
        "condition": "spasm",
        "group": "story",
        "weight": 4,
        "basis": {"likelihood_ratio": 2.5, "interval": [1.5, 4.0], "source": {"source": "smith-2020"}},
    }
    assert checked.ready
    assert checked.truths == ("true", "false", "unknown")


def test_judgement_speaks_against_and_needs_its_reason() -> None:
    record, checked = form_of(EVIDENCE, direction="against", strength=7)
    assert record["then"] == {"condition": "spasm", "group": "story", "weight": -7}
    assert checked.ready
    _, unexplained = form_of(EVIDENCE, judgement=" ", sources=["smith-2020"])
    assert "explained" in unexplained.problems["judgement"][0]


def test_a_flag_that_is_not_urgent_may_leave_the_cause_open() -> None:
    record, checked = form_of(FLAG, urgency="soon", suspects=[], if_unsure=None, if_unsure_reason="")
    assert record["then"]["suspects"] == []
    assert checked.problems == {}
    assert checked.rule is not None
    assert "): no one cause to rule out; while unsure:" in english.conclusion(checked.rule.then, checked.kb)


@pytest.mark.parametrize(
    ("path", "changes", "field"),
    [
        (EVIDENCE, {"title": " "}, "title"),
        (EVIDENCE, {"because": ""}, "because"),
        (EVIDENCE, {"condition": None}, "condition"),
        (EVIDENCE, {"group": ""}, "group"),
        (EVIDENCE, {"group": "age", "when": {"fact": "age", "gte": 300}}, "when"),
        (EVIDENCE, {"when": None}, "when"),
        (EVIDENCE, {"when": {"fact": "nothing", "is": True}}, "when"),
        (EVIDENCE, {"when": {"all": []}}, "when"),
        (EVIDENCE, {"basis": "published", "ratio": "500", "ratio_source": "smith-2020"}, "ratio"),
        (EVIDENCE, {"basis": "published", "ratio": "2", "ratio_source": None}, "ratio_source"),
        (EVIDENCE, {"basis": "published", "ratio": "2", "interval_low": "1", "ratio_source": "smith-2020"}, "interval"),
        (EVIDENCE, {"sources": ["nobody-1900"]}, "sources"),
        (EVIDENCE, {"examples": [{"answers": {"locked": True}, "gives": "false"}]}, "examples"),
        (EVIDENCE, {"review_by": None}, "review_by"),
        (FLAG, {"suspects": []}, "suspects"),
        (FLAG, {"urgency": None, "suspects": []}, "urgency"),
        (FLAG, {"message": ""}, "message"),
        (FLAG, {"urgency": "soon", "if_unsure": "urgent", "if_unsure_reason": "x"}, "if_unsure"),
        (FLAG, {"if_unsure": "urgent"}, "if_unsure_reason"),
        (FLAG, {"sources": [], "judgement": ""}, "sources"),
        ("rules/findings/older.json", {"term": None, "new_term": ""}, "term"),
        ("rules/findings/older.json", {"term": None, "new_term": "Older"}, "term"),
        ("rules/findings/older.json", {"term": None, "new_term": "Old man"}, "meaning"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(path: str, changes: dict[str, object], field: str) -> None:
    _, checked = form_of(path, **changes)
    assert [one for one in checked.problems if one != "rule"] == [field], checked.problems


def test_rules_that_share_an_answer_are_told_at_the_group() -> None:
    _, checked = form_of(EVIDENCE, when={"fact": "age", "gte": 80}, examples=[])
    assert "in another group" in checked.problems["group"][0]


@pytest.mark.parametrize(
    ("pointer", "what", "code", "field"),
    [
        ("/title", "the text is empty", "SC001", "title"),
        ("/when/all/0/fact", "no question", "RF001", "when"),
        ("/then/weight", "the weight is 6", "EV001", "weight"),
        ("/then/basis/likelihood_ratio", "outside", "EV002", "ratio"),
        ("/then/basis/source/source", "no source", "RF005", "ratio_source"),
        ("/examples/1/gives", "it says true", "CA001", "examples"),
        ("/then/suspects/0", "no condition", "RF004", "suspects"),
        ("", "it has neither a source nor a judgement", "EV004", "sources"),
        ("", "`review_by` is missing", "SC001", "review_by"),
        ("/then", "`if_unsure` and `if_unsure_reason` belong together", "SC001", "if_unsure"),
        ("/then", "not valid", "SC001", "then"),
        ("/then/condition", "there is no condition `x`", "RF004", "condition"),
        ("/id", "the id is `a`", "ID001", "rule"),
    ],
)
def test_findings_belong_to_fields(pointer: str, what: str, code: str, field: str) -> None:
    assert rule_form.field_of(Finding("rules/x/y.json", 1, pointer, code, "name", what, "mend it")) == field


def test_a_new_finding_gets_its_name_and_the_rules_sources() -> None:
    view = example_view()
    stored = view.value("rules/findings/older.json")
    assert stored is not None
    fields = begin_fields(stored, view.kb) | {"term": None, "new_term": "Very old", "new_meaning": "Age over 85."}
    made = rule_form.new_term(fields)
    assert made == (
        "terms/very_old.json",
        {
            "id": "very_old",
            "kind": "finding",
            "name": "Very old",
            "meaning": "Age over 85.",
            "judgement": "An example.",
        },
    )
    record = rule_form.build(fields, stored)
    assert record["then"] == {"finding": "very_old"}
    checked = rule_form.check(view, "rules/findings/older.json", record, fields)
    assert list(checked.problems) == ["rule"]
    assert checked.problems["rule"][0].startswith("Rule “Older”, When: "), "what the other rule read is gone"
    assert not checked.runs


@pytest.mark.parametrize("kind", list(rule_form.KINDS))
def test_a_new_rule_can_be_opened_in_the_form(kind: str) -> None:
    path = f"{rule_form.folder_for(kind, 'spasm')}/new.json"
    id_ = path.removeprefix("rules/").removesuffix(".json")
    record = rule_form.skeleton(kind, id_, "New", "emergency" if kind == "red_flag" else "spasm", date(2030, 1, 1))
    view = example_view({path: record})
    fields = begin_fields(record, view.kb)
    checked = rule_form.check(view, path, rule_form.build(fields, record), fields)
    assert fields["kind"] == kind
    assert "when" in checked.problems
    assert not checked.runs


def test_rubbish_in_a_draft_can_be_opened_in_the_form() -> None:
    stored: dict[str, object] = {
        "id": "evidence/locked",
        "title": 3,
        "then": {"condition": 4, "weight": True, "basis": {"likelihood_ratio": "x", "interval": [1]}},
        "sources": [7, {"source": "smith-2020"}],
        "review_by": "soon",
        "examples": "none",
    }
    fields = rule_form.fields_from(stored)
    assert (fields["title"], fields["ratio"], fields["sources"]) == ("", "", ["smith-2020"])
    view = example_view({EVIDENCE: stored})
    assert rule_form.check(view, EVIDENCE, rule_form.build(fields, stored), fields).problems


def test_answers_of_examples_are_words() -> None:
    kb = example_view().kb
    assert rule_form.answers_in_words(kb, {"locked": True, "age": "unknown"}) == "Locked back: yes; Age: not sure"
    assert "not an answer" in rule_form.answers_in_words(kb, {"age": 300})
    assert rule_form.answers_in_words(kb, {}) == "nothing answered"


def test_typed_answers_become_json() -> None:
    age = example_view().kb.questions["age"]
    assert read_number(age, "") is None
    assert read_number(age, "?") == "unknown"
    assert read_number(age, "44") == 44
    for wrong in ("12", "44,5", "old"):
        with pytest.raises(ValueError, match="whole number from 16 to 110"):
            read_number(age, wrong)
    assert read_choices([]) is None
    assert read_choices(["None of these"]) == []
    assert read_choices(["Not sure"]) == "unknown"
    assert read_choices(["a", "b"]) == ["a", "b"]
    with pytest.raises(ValueError, match="either"):
        read_choices(["None of these", "a"])


# List and picture


def test_the_list_is_searched_by_title_english_and_source() -> None:
    rows = rule_list.rows(example_view())
    assert [row.id for row in rows] == ["red_flags/numb", "evidence/locked", "evidence/older", "findings/older"]

    def found(part: str = "All", condition: str | None = None, state: str = "All", wanted: str = "") -> list[str]:
        return [row.id for row in rule_list.filtered(rows, part, condition, state, wanted)]

    assert found(wanted="LOCKED back: yes") == ["evidence/locked"]
    assert found(wanted="smith-2020") == ["red_flags/numb"]
    assert found(part="Findings and scores") == ["findings/older"]
    assert found(part="Evidence", condition="spasm", wanted="60 or over") == ["evidence/older"]
    assert found(state="Retired") == []
    assert found(wanted="no such words") == []


def test_a_rule_that_cannot_be_read_stays_in_the_list() -> None:
    view = example_view({EVIDENCE: {"id": "evidence/locked", "then": {"condition": "spasm"}}, FLAG: b"{"})
    rows = {row.id: row for row in rule_list.rows(view)}
    assert rows["evidence/locked"].errors
    assert rows["evidence/locked"].conditions == ("spasm",)
    assert "to mend" in rows["red_flags/numb"].state


def test_the_picture_holds_what_feeds_a_rule_and_what_it_feeds() -> None:
    kb = example_view().kb
    dot = rule_picture.picture(kb, kb.rules["evidence/older"])
    for arrow in (
        '"question:age" -> "finding:older"',
        '"finding:older" -> "rule:evidence/older"',
        '"rule:evidence/older" -> "condition:spasm"',
    ):
        assert arrow in dot
    assert '"finding:older" -> "other:evidence/older"' in rule_picture.picture(kb, kb.rules["findings/older"])
    assert "urgency:emergency" in rule_picture.picture(kb, kb.rules["red_flags/numb"])


def test_quotes_in_names_do_not_break_the_picture() -> None:
    rule = {**BASE[FLAG], "title": 'Say "ah" \\ now'}
    kb = example_view({FLAG: rule}).kb
    assert '\\"ah\\"' in rule_picture.picture(kb, kb.rules["red_flags/numb"])


def test_cases_that_change_are_told_in_words() -> None:
    flag = {**BASE[FLAG], "when": {"fact": "locked", "is": True}, "examples": []}
    before, after = example_view(), example_view({FLAG: flag})
    (change,) = rule_form.case_changes(before, after)
    assert change.id == "locked"
    assert change.before.startswith("self_care: Spasm")
    assert change.after.startswith("emergency: Spasm")
    assert not change.holds
    assert rule_form.case_changes(before, before) == []


# The page


def test_without_a_draft_a_rule_is_only_read(page: AppTest) -> None:
    page.query_params["rule"] = "red_flags/numb"
    page.run()
    assert not page.exception
    text = words(page)
    assert "Saddle numbness: yes" in text
    assert "rule out Spasm" in text
    assert "unreviewed" in text
    assert not [one for one in page.button if one.label in ("Save", "Retire", "Duplicate")]
    assert list(page.table[0].value["It comes out so"]) == ["yes", "yes", "yes"]


def test_the_list_is_shown_and_searched(page: AppTest) -> None:
    page.run()
    assert not page.exception
    assert "4 of 4 rules" in words(page)
    page.text_input(key="rules-search").set_value("locked").run()
    assert "1 of 4 rules" in words(page)
    page.text_input(key="rules-search").set_value("no such words").run()
    assert "No rule is like that" in words(page)


def test_a_rule_that_is_not_there_is_told_and_the_list_shown(page: AppTest) -> None:
    page.query_params["rule"] = "![seen](https://example.org/x.png)"  # a link to here that somebody sent
    page.run()
    assert not page.exception
    assert r"There is no rule “\!\[seen\]\(https\://example.org/x.png\)”" in words(page)
    assert "4 of 4 rules" in words(page)


def opened(page: AppTest, tmp_path: Path, rule: str, changes: Mapping[str, object] | None = None) -> Draft:
    draft = draft_of(tmp_path)
    if changes:
        draft = save_records(Views(Workspace(tmp_path)), draft, changes, "Change", ANN).draft
    page.query_params["draft"] = draft.id
    page.query_params["rule"] = rule
    page.session_state["rule-mode"] = "Edit"
    page.run()
    assert not page.exception
    return draft


def labelled(page: AppTest, label: str) -> Any:
    return next(one for one in [*page.text_input, *page.text_area, *page.selectbox, *page.button] if one.label == label)


def test_a_change_is_saved_and_the_cases_that_move_are_shown(page: AppTest, tmp_path: Path) -> None:
    draft = opened(page, tmp_path, "evidence/locked")
    assert "Everything is saved" in words(page)
    assert "Nothing is changed in this draft yet" in words(page)
    next(one for one in page.slider if "Decibans" in one.label).set_value(1).run()
    page.radio[1].set_value("against").run()
    assert "Not saved yet" in words(page)
    labelled(page, "Save").click().run()
    assert not page.exception
    stored = View(Workspace(tmp_path).files(Workspace(tmp_path).draft(draft.id).head), "x", TODAY).value(EVIDENCE)
    assert stored is not None
    assert stored["then"] == {"condition": "spasm", "weight": -1, "group": "story"}
    assert "Everything is saved" in words(page)
    assert "1 of 1 saved cases come out differently" in words(page)


def test_a_rule_with_errors_can_be_kept(page: AppTest, tmp_path: Path) -> None:
    draft = opened(page, tmp_path, "evidence/locked")
    typed(page, EVIDENCE, title="")
    assert "Say in a few words what the rule says" in words(page)
    assert "not ready to be proposed" in words(page)
    labelled(page, "Save").click().run()
    assert not page.exception
    assert Workspace(tmp_path).draft(draft.id).head != draft.head
    assert "Saved, and not ready to be proposed" in words(page)
    assert "The cases cannot be run" in words(page)


def test_undo_brings_back_what_is_saved(page: AppTest, tmp_path: Path) -> None:
    opened(page, tmp_path, "evidence/locked")
    typed(page, EVIDENCE, title="Else")
    pressed(page, "Undo to what is saved")
    assert work_of(page, EVIDENCE).fields["title"] == "Locked back"


def test_two_windows_do_not_overwrite_each_other(page: AppTest, tmp_path: Path) -> None:
    draft = opened(page, tmp_path, "evidence/locked")
    typed(page, EVIDENCE, title="Mine")
    theirs = {**deepcopy(BASE[EVIDENCE]), "title": "Theirs"}
    save_records(Views(Workspace(tmp_path)), draft, {EVIDENCE: theirs}, "Theirs", ANN)
    page.run()
    assert "saved in another window" in words(page)
    assert labelled(page, "Save").disabled
    assert work_of(page, EVIDENCE).fields["title"] == "Mine"
    pressed(page, "Take what was saved there")
    assert work_of(page, EVIDENCE).fields["title"] == "Theirs"


def test_a_broken_rule_in_a_draft_opens(page: AppTest, tmp_path: Path) -> None:
    opened(page, tmp_path, "evidence/locked", {EVIDENCE: {"id": "evidence/locked", "then": {"condition": "spasm"}}})
    assert "Say when the rule holds" in words(page)
    assert "Choose a group" in words(page)


def test_a_new_rule_is_begun_and_can_be_deleted(page: AppTest, tmp_path: Path) -> None:
    draft = draft_of(tmp_path)
    page.query_params["draft"] = draft.id
    page.run()
    chosen(page, "new rule", kind="finding")
    typed(page, "new rule", title="Tall person")
    page.button(key="new-rule-begin").click().run()
    assert not page.exception
    assert page.query_params["rule"] == "findings/tall_person"
    assert "Say when the rule holds" in words(page)
    labelled(page, "Delete it from this draft").click().run()
    assert not page.exception
    workspace = Workspace(tmp_path)
    assert workspace.changed(workspace.draft(draft.id)) == {}


def test_an_approved_rule_is_retired_with_a_reason(page: AppTest, tmp_path: Path) -> None:
    draft = opened(page, tmp_path, "evidence/locked")
    assert not [one for one in page.button if one.label == "Delete it from this draft"]
    labelled(page, "Retire").click().run()
    assert "Say why it is no longer used" in words(page)
    typed(page, "more/evidence/locked", reason="Wrong")
    pressed(page, "Retire")
    workspace = Workspace(tmp_path)
    data = workspace.files(workspace.draft(draft.id).head)[EVIDENCE]
    assert b'"retired": {"reason": "Wrong"}' in data


def test_a_rule_is_duplicated(page: AppTest, tmp_path: Path) -> None:
    opened(page, tmp_path, "evidence/locked")
    labelled(page, "Duplicate").click().run()
    assert not page.exception
    assert page.query_params["rule"] == "evidence/locked_back_copy"
    assert work_of(page, "rules/evidence/locked_back_copy.json").fields["title"] == "Locked back (copy)"


def test_six_hundred_rules_are_listed_and_searched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    many = {
        f"rules/evidence/many_{at}.json": {**BASE[EVIDENCE], "id": f"evidence/many_{at}", "title": f"Rule {at}"}
        for at in range(600)
    }
    monkeypatch.setenv("ALGOS_REPOSITORY", str(repository(tmp_path, many)))
    page = AppTest.from_file(str(PAGE), default_timeout=120).run()
    assert not page.exception
    assert "604 of 604 rules" in words(page)
    page.text_input(key="rules-search").set_value("Rule 59").run()
    assert "16 of 604 rules" in words(page)
