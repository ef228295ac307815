"""The pages home, questions and sources in their states, and what stands behind them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from authoring import actions
from authoring.actions import View, canonical_bytes
from authoring.bibliography_import import complete, date_parts, doi, pmid, read_bibliography, source_id
from authoring.console.bench import case_form
from authoring.console.home import home_facts
from authoring.console.questions import question_edit, question_form
from authoring.console.questions.question_length import lengths, people_of_cases, reference_people, screens, spread
from authoring.console.records import constraint_form, source_facts, term_form
from authoring.console.records.records import merged
from authoring.workspace import Person, Workspace
from engine.canonical import canonical_of
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from tests.conftest import ROOT
from tests.forms import chosen, pressed, typed, work_of
from validators.example import BASE, TODAY, changed
from validators.registry import example_files

ME = Person("Ada", "ada@example.org")
NOW = datetime(2026, 1, 2, tzinfo=UTC)
GATED = {
    "id": "work",
    "name": "Work",
    "text": "Which work do you do?",
    "type": "choice",
    "ask_when": {"fact": "age", "lte": 67},
    "options": [{"id": "desk", "text": "At a desk"}, {"id": "heavy", "text": "Heavy", "name": "manual"}],
    "judgement": "An example.",
}
OVERLAY: dict[str, object] = {
    **changed("questions/about.json", questions=[*BASE["questions/about.json"]["questions"], GATED]),
    "questions/last.json": {
        "id": "last",
        "title": "To end with",
        "order": 20,
        "questions": [{"id": "sleep", "name": "Sleep", "text": "Do you sleep?", "type": "boolean", "judgement": "x"}],
    },
    "rules/evidence/heavy.json": {
        **BASE["rules/evidence/locked.json"],
        "id": "evidence/heavy",
        "title": "Heavy work",
        "when": {"fact": "work", "is": "heavy"},
        "then": {
            "condition": "spasm",
            "weight": 9,
            "group": "work",
            "independent_because": "Made up.",
        },
        "examples": [
            {"answers": {"work": "heavy"}, "gives": "true"},
            {"answers": {"work": "desk"}, "gives": "false"},
            {"answers": {}, "gives": "unknown"},
        ],
    },
}


def view_of(overlay: Mapping[str, object], today: date = TODAY) -> View:
    return View(example_files(BASE, {**OVERLAY, **overlay}), "0" * 40, today)


@pytest.fixture(scope="module")
def view() -> View:
    return view_of({})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for path, data in example_files(BASE, OVERLAY).items():
        file = tmp_path / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-qb", "main"], ["add", "-A"], [*author, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture
def workspace(repository: Path) -> Workspace:
    return Workspace(repository)


def page(monkeypatch: pytest.MonkeyPatch, repository: Path, name: str, **address: str) -> AppTest:
    monkeypatch.setenv("ALGOS_REPOSITORY", str(repository))
    monkeypatch.delenv("ALGOS_FOLDER", raising=False)
    app = AppTest.from_file(str(ROOT / "authoring" / "console" / "views" / f"{name}.py"), default_timeout=120)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.error, app.warning, app.info, app.success, app.subheader, app.title)
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if one.label == label)


# Home


def test_home_where_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    shown = texts(page(monkeypatch, repository, "home"))
    assert "1 to look at." in shown  # a question that nothing uses
    assert "Nothing is being changed." in shown
    assert "Nothing is due" in shown


def test_home_with_errors_and_many_drafts(
    monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace
) -> None:
    for number in range(20):
        draft = workspace.start(f"Draft *{number}*", ME, NOW)
    rule = {**BASE["rules/red_flags/numb.json"], "when": {"fact": "nobody", "is": True}}
    path = "rules/red_flags/numb.json"
    workspace.save(draft, {path: actions.canonical_bytes(path, rule)}, "m", ME, NOW)
    app = page(monkeypatch, repository, "home", draft=draft.id)
    shown = texts(app)
    assert "To mend." in shown
    assert "Rules cannot be run until the errors are mended." in shown
    assert "and 12 more" in shown
    assert any(one.key == "finding-rule-0" for one in app.button)
    app.text_input(key="find-finding").set_value("zzz").run()
    assert "Nothing in the list has these words." in texts(app)


def test_home_where_the_settings_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace
) -> None:
    draft = workspace.start("Broken", ME, NOW)
    workspace.save(draft, {"kb.json": b"{]"}, "m", ME, NOW)
    for name in ("home", "questions", "sources"):
        app = page(monkeypatch, repository, name, draft="broken")
        assert any("cannot be read" in one.value for one in app.error)


def test_a_draft_is_discarded_only_after_asking(
    monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace
) -> None:
    workspace.start("One", ME, NOW)
    app = page(monkeypatch, repository, "home", draft="one")
    app.button(key="discard-one").click().run()
    assert not app.exception
    assert workspace.drafts() == []


def test_who_is_here(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    app = page(monkeypatch, repository, "home")
    name, email = (next(one for one in app.text_input if one.label == label) for label in ("Name", "E-mail"))
    name.set_value("  ")
    button(app, "Use this name").click().run()
    assert "A name is missing" in texts(app)
    next(one for one in app.text_input if one.label == "Name").set_value("Dr Öz")
    next(one for one in app.text_input if one.label == "E-mail").set_value("nowhere")
    button(app, "Use this name").click().run()
    assert "no e-mail address" in texts(app)
    next(one for one in app.text_input if one.label == "E-mail").set_value("oez@example.org")
    button(app, "Use this name").click().run()
    assert app.session_state["person"] == Person("Dr Öz", "oez@example.org")
    assert email is not None


def test_findings_lead_to_their_place() -> None:
    questions = [dict(one) for one in BASE["questions/about.json"]["questions"]]
    questions[2]["ask_when"] = {"fact": "nobody", "is": True}
    wrong = view_of(
        {
            **changed("questions/about.json", questions=questions),
            **changed("rules/red_flags/numb.json", sources=[{"source": "none-1999"}]),
            **changed("sources/smith-2020.json", DOI="x"),
            "terms/odd.json": {"id": "odd"},
        }
    )
    groups = home_facts.grouped(wrong.findings)
    places = {home_facts.place(wrong, one) for group in groups.values() for one in group}
    assert home_facts.Place("questions", "question", "locked") in places
    assert home_facts.Place("rules", "rule", "red_flags/numb") in places
    assert home_facts.Place("sources", "source", "smith-2020") in places
    assert {home_facts.place(wrong, one) for one in groups["term"]} == {home_facts.Place("terms", "term", "odd")}


def test_due_for_review() -> None:
    found = home_facts.due(view_of({}).kb, date(2030, 1, 11))
    assert {one.kind for one in found} == {"rule", "condition"}
    assert {one.days for one in found} == {-10}
    assert home_facts.due(view_of({}).kb, date(2029, 10, 2)) == []
    assert len(home_facts.due(view_of({}).kb, date(2029, 10, 3))) == len(found)
    assert [home_facts.in_days(days) for days in (-1, 0, 1, 12)] == ["1 day ago", "today", "in 1 day", "in 12 days"]


# Questions


def test_questions_listed_and_searched(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    app = page(monkeypatch, repository, "questions")
    assert "5 of 5 questions" in texts(app)
    app.text_input(key="find-question").set_value("heavy DESK").run()
    assert "1 of 5 questions" in texts(app)
    app.text_input(key="find-question").set_value("zzz").run()
    assert "No question has these words." in texts(app)


def test_one_question_without_a_draft(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    app = page(monkeypatch, repository, "questions", question="work")
    shown = texts(app)
    assert "Which work do you do?" in shown
    assert "Age at most 67 years" in shown
    assert "What is approved is only read." in shown
    assert any(one.label == "Heavy work" for one in app.button)
    assert "There is no question" in texts(page(monkeypatch, repository, "questions", question="gone"))


def test_every_type_of_question_is_shown(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    for name in ("age", "numb"):
        assert "As the patient sees it" in texts(page(monkeypatch, repository, "questions", question=name))


def test_a_question_is_changed_in_a_draft(
    monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace
) -> None:
    workspace.start("One", ME, NOW)
    app = page(monkeypatch, repository, "questions", question="age", draft="one")
    typed(app, "question/age", text="What is your age?", min="eighteen")
    assert "Write a number, such as 16" in texts(app)
    pressed(app, "Save")
    assert "Nothing was saved: 1 to mend first" in texts(app)
    typed(app, "question/age", min="120")
    assert "has to be above the lowest" in texts(app)
    typed(app, "question/age", min="0")
    pressed(app, "Save")
    saved = json.loads(workspace.files(workspace.draft("one").head)["questions/about.json"])["questions"][0]
    assert saved == {**BASE["questions/about.json"]["questions"][0], "text": "What is your age?", "min": 0}
    button(app, "Move down").click().run()
    saved = json.loads(workspace.files(workspace.draft("one").head)["questions/about.json"])["questions"]
    assert [one["id"] for one in saved] == ["numb", "age", "locked", "work"]


def test_a_new_question_in_a_section_that_is_there(
    monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace
) -> None:
    workspace.start("One", ME, NOW)
    app = page(monkeypatch, repository, "questions", draft="one")
    pressed(app, "Add it")
    shown = texts(app)
    for told in ("Write what the patient is asked.", "Give it a short name", "kind of answer", "new section"):
        assert told in shown
    chosen(app, "new question", section="about", type="choice")
    pressed(app, "Add an option")
    pressed(app, "Add an option")
    options = work_of(app, "new question").fields["options"]
    options[0]["text"], options[1]["text"], options[1]["name"] = "With a crack", "Slowly", "insidious"
    texts_typed = {"text": "How did it begin?", "name": "Onset", "judgement": "An example."}
    typed(app, "new question", **texts_typed)
    pressed(app, "Add it")
    assert app.query_params["question"] == "onset"
    saved = json.loads(workspace.files(workspace.draft("one").head)["questions/about.json"])["questions"][-1]
    assert saved == {
        "id": "onset",
        "name": "Onset",
        "text": "How did it begin?",
        "type": "choice",
        "options": [
            {"id": "with_a_crack", "text": "With a crack"},
            {"id": "slowly", "text": "Slowly", "name": "insidious"},
        ],
        "judgement": "An example.",
    }


def test_a_new_question_in_a_new_section(
    monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace
) -> None:
    workspace.start("One", ME, NOW)
    app = page(monkeypatch, repository, "questions", draft="one")
    chosen(app, "new question", type="decimal", section_after="about")
    words = {"text": "How hot?", "name": "Age", "unit": "Cel", "min": "34", "max": "42,5", "judgement": "x"}
    typed(app, "new question", section_title="Fever and chills", **words)
    pressed(app, "Add it")
    files = workspace.files(workspace.draft("one").head)
    made = json.loads(files["questions/fever_and_chills.json"])
    assert (made["title"], made["order"]) == ("Fever and chills", 15)
    assert made["questions"][0]["id"] == "age_2"  # the name was taken
    assert (made["questions"][0]["min"], made["questions"][0]["max"]) == (34, 42.5)
    pressed(page(monkeypatch, repository, "questions", draft="one"), "↓")
    order = [one.id for one in View(workspace.files(workspace.draft("one").head), "x", TODAY).kb.sections]
    assert order == ["fever_and_chills", "about", "last"]


def test_who_is_asked_is_part_of_the_form(view: View) -> None:
    stored = question_edit.as_written(view, "work")
    fields = question_form.fields_from(stored)
    assert fields["gated"]
    assert question_form.build(fields, stored) == stored
    assert "ask_when" not in question_form.build(fields | {"gated": False}, stored)
    unsaid = fields | {"ask_when": None}
    assert "ask_when" in question_form.problems(unsaid, question_form.build(unsaid, stored), stored, view, {})
    record = question_form.build(fields | {"screen": "Two Words"}, stored)
    assert "screen" in question_form.problems(fields | {"screen": "Two Words"}, record, stored, view, {})


def test_every_starter_record_comes_back_from_its_form_as_it_was(starter_files: dict[str, bytes]) -> None:
    view = View(starter_files, "starter", TODAY)
    forms: dict[str, Any] = {"terms": term_form, "constraints": constraint_form, "cases": case_form}
    seen = 0
    for path in sorted(starter_files):
        stored = view.value(path)
        kind = path.partition("/")[0]
        if stored is None:
            continue
        if kind in forms:
            built = forms[kind].build(forms[kind].fields_from(stored), stored)
        elif kind == "sources":
            built = source_facts.edited(stored, source_facts.fields_from(stored))
        elif kind == "questions":
            asked: Any = stored["questions"]
            built = {**stored, "questions": [question_form.build(question_form.fields_from(one), one) for one in asked]}
        else:
            continue
        assert canonical_bytes(path, built) == starter_files[path], path
        seen += 1
    assert seen > 300


def test_what_was_typed_in_two_places_is_joined() -> None:
    part = {"_place": "a-1", "text": "one", "more": ""}
    base = {"title": "T", "when": None, "parts": [part], "tags": ["x"]}
    mine = {"title": "Mine", "when": None, "parts": [{**part, "more": "mine"}], "tags": ["x"]}
    new = {"_place": "a-2", "text": "new", "more": ""}
    theirs = {"title": "Theirs", "when": {"fact": "age"}, "parts": [new, {**part, "text": "theirs"}], "tags": []}
    joined = {"title": "Mine", "when": {"fact": "age"}, "tags": []}
    assert merged(base, mine, theirs) == {
        **joined,
        "parts": [new, {"_place": "a-1", "text": "theirs", "more": "mine"}],
    }
    assert merged(base, base, theirs) == theirs
    assert merged(base, mine, base) == mine
    emptied = {**mine, "parts": []}
    assert merged(base, emptied, theirs)["parts"] == []  # both changed which parts there are: what is here stays


def test_moves(view: View) -> None:
    assert question_edit.moved(view, "age", -1) is None
    assert question_edit.moved(view, "work", 1) is None
    changes, refused = question_edit.moved_to(view, "work", "last")
    assert refused is None
    assert [one["id"] for one in changes["questions/last.json"]["questions"]] == ["sleep", "work"]  # type: ignore[index]
    assert question_edit.moved_to(view, "sleep", "about")[1] is not None
    assert question_edit.moved_to(view, "work", "about")[1] is not None


def test_options_keep_their_ids(view: View) -> None:
    used = question_edit.option_users(question_edit.users(view.kb, "work"))
    assert used == {"heavy": ["Heavy work"]}
    old = GATED["options"]
    rows = [
        {"id": "heavy", "text": "Lifting", "name": ""},
        {"id": None, "text": "On my feet", "name": None},
        {"id": None, "text": "On my feet!", "name": ""},
        {"id": "", "text": "None", "name": ""},
        {"id": "", "text": "", "name": ""},
    ]
    options, problems = question_edit.edited_options(old, rows, used)  # type: ignore[arg-type]
    assert problems == []
    assert [one["id"] for one in options] == ["heavy", "on_my_feet", "on_my_feet_2", "none_2"]
    assert options[0] == {"id": "heavy", "text": "Lifting"}
    _, problems = question_edit.edited_options(old, [{"id": "desk", "text": ""}], used)  # type: ignore[arg-type]
    assert len(problems) == 2
    assert "Heavy work" in problems[1]
    _, problems = question_edit.edited_options([], [{"id": "", "text": "痛み"}], {})
    assert "plain letters" in problems[0]


def test_the_length_of_the_interview(view: View, starter: KnowledgeBase) -> None:
    less = view_of({"rules/evidence/heavy.json": None})
    people = [{"age": 40, "numb": False, "locked": True, "work": "heavy"}, {"age": 50, "gone": 1}, {"numb": True}]
    old, new = Interview(less.kb), Interview(view.kb)
    found = lengths([(screens(old, one), screens(new, one)) for one in people])
    assert (found.people, found.shorter) == (3, 0)
    assert found.longer >= 1
    with pytest.raises(ValueError, match="nobody"):
        lengths([])
    assert reference_people(view.kb, 5) == (people_of_cases(view.kb), reference_people(view.kb, 5)[1])
    drawn, who = reference_people(starter, 5)
    assert (len(drawn), "reference population" in who) == (5, True)
    assert (spread([1, 2, 3, 4]).median, spread(list(range(1, 11))).ninetieth) == (2.5, 9.0)
    assert len(people_of_cases(starter)) == 40
    assert people_of_cases(view.kb) == [BASE["cases/locked.json"]["answers"]]
    assert screens(Interview(starter), people_of_cases(starter)[0]) >= 1


def test_the_length_is_counted_for_a_few_first(
    monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace
) -> None:
    draft = workspace.start("One", ME, NOW)
    app = page(monkeypatch, repository, "questions", question="sleep", draft="one")
    assert "There is nothing to compare" in texts(app)
    section = json.loads(workspace.files(draft.head)["questions/last.json"])
    section["order"] = 1
    views = actions.Views(workspace)
    actions.save_records(views, draft, {"questions/last.json": section}, "First", ME)
    app = page(monkeypatch, repository, "questions", question="sleep", draft="one")
    pressed(app, "Ask 1 person")
    assert "Of 1 asked" in texts(app)
    assert "A small sample" in texts(app)
    assert not [one for one in app.button if one.label.startswith("Ask ")]


# Sources


def test_sources_listed_and_searched(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    app = page(monkeypatch, repository, "sources")
    assert "1 of 1 sources" in texts(app)
    app.text_input(key="find-source").set_value("zzz").run()
    assert "No source fits." in texts(app)
    shown = page(monkeypatch, repository, "sources", source="smith-2020")
    assert any(one.label == "Saddle numbness" for one in shown.button)
    assert "There is no source" in texts(page(monkeypatch, repository, "sources", source="gone"))


def test_a_source_is_changed_and_added(monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace) -> None:
    workspace.start("One", ME, NOW)
    app = page(monkeypatch, repository, "sources", source="smith-2020", draft="one")
    typed(app, "sources/smith-2020.json", DOI="no doi")
    assert "DOI begins with 10." in texts(app)
    work = work_of(app, "sources/smith-2020.json")
    claims = [{"_place": "claims-1", "claim": "It hurts.", "figure": "44 %", "applies_to": ""}]
    work.fields["claims"] = [*claims, {"_place": "claims-2", "claim": " ", "figure": "3", "applies_to": ""}]
    typed(app, "sources/smith-2020.json", DOI="https://doi.org/10.1000/xyz")
    assert "Claim 2 has a figure and does not say what of" in texts(app)
    work.fields["claims"] = claims
    app.run()
    pressed(app, "Save")
    saved = json.loads(workspace.files(workspace.draft("one").head)["sources/smith-2020.json"])
    custom = {**BASE["sources/smith-2020.json"]["custom"], "claims": [{"claim": "It hurts.", "figure": "44 %"}]}
    assert saved == {**BASE["sources/smith-2020.json"], "DOI": "10.1000/xyz", "custom": custom}

    app = page(monkeypatch, repository, "sources", draft="one")
    assert "Write the title." not in texts(app)  # nobody has asked for anything yet
    pressed(app, "Add it")
    assert "Write the title." in texts(app)
    typed(app, "new source", title="Backs", issued="2001-05", author="Öz, Ada\nBack Society")
    pressed(app, "Add it")
    added = json.loads(workspace.files(workspace.draft("one").head)["sources/oz-2001.json"])
    assert added["author"] == [{"family": "Öz", "given": "Ada"}, {"literal": "Back Society"}]
    assert added["issued"] == {"date-parts": [[2001, 5]]}


def test_pasted_works_are_saved_only_when_confirmed(
    monkeypatch: pytest.MonkeyPatch, repository: Path, workspace: Workspace
) -> None:
    draft = workspace.start("One", ME, NOW)
    app = page(monkeypatch, repository, "sources", draft="one")
    typed(app, "paste", text=BIBTEX)
    button(app, "Read it").click().run()
    assert "1 work was read" in texts(app)
    assert workspace.draft("one") == draft
    button(app, "Save 1 source").click().run()
    assert not app.exception
    saved = json.loads(workspace.files(workspace.draft("one").head)["sources/vanderberg-2010-jama.json"])
    assert saved["custom"] == {"kind": "accuracy_study", "tier": 3, "seen": False}


BIBTEX = """
@article{key1,
  title = {The {Low} back: a {\\"o}dd \\& long \\'etude},
  author = {van der Berg, Jan and {World Health Organization} and Pradeep Suri and others},
  year = 2010, month = dec,
  journal = {JAMA},
  pages = {2628--36},
  doi = {https://doi.org/10.1000/jama.2010.1},
  pmid = {21156951},
}
"""
RIS = """TY  - JOUR
AU  - Suri, Pradeep
AU  - Back Society
TI  - Does this
T2  - Annals of the Back
PY  - 2010/12/15
VL  - 304
IS  - 23
SP  - 2628
EP  - 36
DO  - doi:10.1000/JAMA.2010.1.
UR  - https://example.org/x
ER  -
"""
CSL = json.dumps(
    [
        {
            "id": "x",
            "type": "article-journal",
            "title": "Does this",
            "author": [{"family": "Berg", "non-dropping-particle": "van der", "given": "J"}],
            "issued": {"date-parts": [["2010", 12]]},
            "container-title": ["The BMJ"],
            "PMID": "21156951",
        }
    ]
)


def test_bibtex(view: View) -> None:
    found = read_bibliography(BIBTEX, view.kb)
    assert (found.format, found.problems, len(found.works)) == ("BibTeX", (), 1)
    assert found.works[0].record == {
        "id": "vanderberg-2010-jama",
        "type": "article-journal",
        "title": "The Low back: a ödd & long étude",
        "author": [
            {"family": "van der Berg", "given": "Jan"},
            {"literal": "World Health Organization"},
            {"family": "Suri", "given": "Pradeep"},
        ],
        "container-title": "JAMA",
        "issued": {"date-parts": [[2010, 12]]},
        "page": "2628-36",
        "DOI": "10.1000/jama.2010.1",
        "PMID": "21156951",
    }
    assert found.works[0].missing == ()
    assert complete(found.works[0].record, "guideline", 1, True)[1] == []


def test_ris(view: View) -> None:
    (work,) = read_bibliography(RIS, view.kb).works
    assert work.record["id"] == "suri-2010-ab"
    assert work.record["author"] == [{"family": "Suri", "given": "Pradeep"}, {"literal": "Back Society"}]
    assert work.record["DOI"] == "10.1000/JAMA.2010.1"
    assert (work.record["page"], work.record["volume"], work.record["issue"]) == ("2628-36", "304", "23")
    assert work.record["issued"] == {"date-parts": [[2010, 12, 15]]}


def test_csl(view: View) -> None:
    (work,) = read_bibliography(CSL, view.kb).works
    assert work.record["id"] == "vanderberg-2010-bmj"
    assert complete(work.record, "guideline", 1, True)[1] == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no text"),
        ("hello", 1, "neither BibTeX"),
        (
            f"{BIBTEX}\n@article{{b, title={{unclosed, author={{x}}\n}}\n@article{{c, title={{x}}}}",
            12,
            "could not be read",
        ),
        (f"{BIBTEX}{BIBTEX}", 12, "stands twice"),
        ("@article{x, title = {a}", 1, "could not be read"),
        ("TY  - JOUR\nTI  - x\n", 1, "no end"),
        (f"{RIS}\nTY  - JOUR\nTI  - x\n{RIS}", 15, "no end"),
        (f"{RIS}ER  - \n", 14, "no beginning"),
        (f"{RIS}\nstray\n", 15, "outside a work"),
        ('[\n{"title": "x",\n]', 3, ""),
        ('[\n"x"]', 2, "no work"),
        ("{}" + " " * 1_000_001, 1, "characters"),
    ],
)
def test_bad_texts_are_told_with_their_line(view: View, text: str, line: int, words: str) -> None:
    problems = read_bibliography(text, view.kb).problems
    assert any(one.line == line and words in one.what and one.fix for one in problems), problems


def test_one_bad_work_costs_no_other(view: View) -> None:
    found = read_bibliography(f"TY  - JOUR\nTI  - x\n{RIS}{RIS}", view.kb)
    assert [work.record["id"] for work in found.works] == ["suri-2010-ab", "suri-2010-ab-2"]
    assert len(found.problems) == 1


def test_what_is_missing_is_told(view: View) -> None:
    (work,) = read_bibliography('{"type": "article", "DOI": "nonsense", "PMID": "PMC12"}', view.kb).works
    assert len(work.missing) == 6
    assert "Title: is missing" in complete(work.record, "guideline", 1, True)[1]
    known = view_of(changed("sources/smith-2020.json", DOI="10.1000/JAMA.2010.1"))
    assert read_bibliography(BIBTEX, known.kb).works[0].same_as == "smith-2020"


@pytest.mark.parametrize(
    "text",
    [
        "[[[[",
        '{"author": 7, "issued": [], "title": ["a"]}',
        '{"issued": {"date-parts": [[]]}}',
        "@",
        "@article{",
        "TY  -",
        "ER  -",
        '[{"title": {"a": 1}, "author": [1, null]}]',
        "\ud800@article{x,}",
        "TY  - JOUR\r\nER  - \r\n",
    ],
)
def test_odd_texts_raise_nothing(view: View, text: str) -> None:
    found = read_bibliography(text, view.kb)
    assert found.works or found.problems


def test_small_parts() -> None:
    assert [doi(one) for one in ("doi:10.1000/x.", "https://doi.org/10.1000/x", "x")] == [
        "10.1000/x",
        "10.1000/x",
        None,
    ]
    told = ("PMID: 12", "https://pubmed.ncbi.nlm.nih.gov/12/", "12", "PMC12", "")
    assert [pmid(one) for one in told] == ["12", "12", "12", None, None]
    assert [date_parts(one) for one in ("2010-13-01", "May 2010", "2010 may", "n.d.")] == [
        [2010],
        [2010],
        [2010, 5],
        [],
    ]
    assert source_id({"author": [{"literal": "National Institute for Health"}]}, []) == "national-institute-for"
    assert source_id({"title": "痛み"}, ["source"]) == "source-2"


def test_references_read_well(starter: KnowledgeBase) -> None:
    for source in starter.sources.values():
        line = source_facts.reference(source)
        assert source.title.rstrip(".") in line
        assert ".." not in line.replace("...", "")
        assert source_facts.matches(source, source.id)
    assert shutil.which("git")


# What others typed


@pytest.mark.parametrize(
    ("name", "address", "path", "members"),
    [
        ("sources", {"source": "smith-2020"}, "sources/smith-2020.json", ("title",)),
        ("cases", {"case": "locked"}, "cases/locked.json", ("title", "story")),
        ("terms", {"term": "older"}, "terms/older.json", ("name", "meaning")),
    ],
)
def test_what_others_typed_is_shown_as_it_is(
    name: str,
    address: dict[str, str],
    path: str,
    members: tuple[str, ...],
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing in it is fetched, and nothing becomes a link or bold."""
    typed = "![seen](https://example.org/seen.png) **x**"
    file = repository / "kb" / path
    record = {**json.loads(file.read_text()), **dict.fromkeys(members, typed)}
    file.write_text(canonical_of(record, path))
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.org", "commit", "-qam", "x"], cwd=repository, check=True
    )
    shown = texts(page(monkeypatch, repository, name, **address))
    assert r"\!\[seen\]" in shown
    assert "![seen]" not in shown


def test_labels_and_tooltips_are_shown_as_they_were_typed(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser fetches pictures in these, too."""
    typed = "![seen](https://example.org/seen.png) **x**"
    file = repository / "kb" / "questions" / "about.json"
    record = json.loads(file.read_text())
    for question in record["questions"]:
        question |= {"name": typed, "text": typed, "help": typed}
        for option in question.get("options", ()):
            option |= {"name": typed, "text": typed}
    file.write_text(canonical_of({**record, "title": typed}, "questions/about.json"))
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.org", "commit", "-qam", "x"], cwd=repository, check=True
    )
    first = record["questions"][0]["id"]
    for name, address in (("bench", {}), ("questions", {}), ("questions", {"question": first})):
        app = page(monkeypatch, repository, name, **address)
        widgets = [*app.radio, *app.checkbox, *app.button, *app.number_input, *app.get("button_group")]
        told = [getattr(one.proto, part, "") for one in widgets for part in ("label", "help")]
        told += [one.label for one in app.expander] + [str(one) for radio in app.radio for one in radio.options]
        assert not [one for one in told if "![seen]" in one], name
