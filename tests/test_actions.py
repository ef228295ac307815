"""Everything that changes a draft goes through the actions: what they write, refuse and find."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from authoring import actions
from authoring.actions import Refused, Views
from authoring.workspace import Draft, MovedError, Person, Workspace
from engine.answers import read_answers
from engine.finding import KnowledgeError
from validators.example import BASE, TODAY
from validators.registry import example_files

ME = Person("Ada", "ada@example.org")


def clock() -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


@pytest.fixture
def views(tmp_path: Path) -> Views:
    for path, data in example_files(BASE, {}).items():
        file = tmp_path / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-qb", "main"], ["add", "-A"], [*author, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return Views(Workspace(tmp_path))


@pytest.fixture
def draft(views: Views) -> Draft:
    return actions.start_draft(views.workspace, "A change", ME, clock)


def term(id_: str = "younger", **members: object) -> dict[str, object]:
    return {"meaning": "Age under 40.", "name": "Under 40", "kind": "finding", "id": id_, "judgement": "x", **members}


def test_the_approved_knowledge_base_is_read_once(views: Views) -> None:
    view = views.approved(TODAY)
    assert view.findings == []
    assert view.runs
    assert list(view.case_results) == ["locked"]
    assert views.approved(TODAY) is view
    assert views.approved(date(2031, 1, 1)) is not view  # what is due depends on the day


def test_records_are_saved_in_canonical_text(views: Views, draft: Draft) -> None:
    saved = actions.save_records(views, draft, {"terms/younger.json": term()}, "Under 40", ME, clock)
    data = views.workspace.files(saved.draft.head)["terms/younger.json"]
    assert data == actions.canonical_bytes("terms/younger.json", term())
    assert data.decode().startswith('{\n  "id": "younger",\n  "kind": "finding",')
    assert data.endswith(b"}\n")
    again = actions.save_records(views, saved.draft, {"terms/younger.json": json.loads(data)}, "Same", ME, clock)
    assert again.draft.head == saved.draft.head


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("notes.txt", {}),
        ("../kb.json", {}),
        ("rules/alone.json", {"id": "alone"}),
        ("terms/younger.json", {"id": "older"}),
        ("terms/younger.json", {}),
        ("rules/a/b.json", {"id": "b"}),
    ],
)
def test_places_and_ids_that_do_not_fit_are_refused(
    views: Views, draft: Draft, path: str, value: dict[str, object]
) -> None:
    with pytest.raises(Refused):
        actions.save_records(views, draft, {"terms/fine.json": term("fine"), path: value}, "m", ME, clock)
    assert views.workspace.draft(draft.id) == draft


@pytest.mark.parametrize("name", [float("nan"), float("inf"), {1, 2}, "\ud800"])
def test_what_cannot_be_written_as_json_is_refused_in_words(views: Views, draft: Draft, name: object) -> None:
    with pytest.raises(KnowledgeError) as told:
        actions.save_records(views, draft, {"terms/younger.json": {"id": "younger", "name": name}}, "m", ME, clock)
    assert told.value.findings[0].path == "terms/younger.json"
    assert views.workspace.draft(draft.id) == draft


def test_a_draft_with_errors_can_be_kept(views: Views, draft: Draft) -> None:
    rule = {**BASE["rules/red_flags/numb.json"], "when": {"fact": "nobody", "is": True}}
    saved = actions.save_records(views, draft, {"rules/red_flags/numb.json": rule}, "m", ME, clock)
    assert any(one.pointer == "/when/fact" or "nobody" in one.what for one in saved.findings)
    assert {one.path for one in saved.findings} == {"rules/red_flags/numb.json"}
    view = views.at(saved.draft.head, TODAY)
    assert not view.runs
    assert view.case_results == {}
    with pytest.raises(KnowledgeError):
        view.assessor  # noqa: B018
    broken = actions.save_records(views, saved.draft, {"kb.json": {"id": 7}}, "m", ME, clock)
    assert broken.findings
    with pytest.raises(KnowledgeError):
        views.at(broken.draft.head, TODAY).kb  # noqa: B018
    mended = actions.save_records(
        views,
        broken.draft,
        {"kb.json": BASE["kb.json"], "rules/red_flags/numb.json": BASE["rules/red_flags/numb.json"]},
        "m",
        ME,
        clock,
    )
    assert mended.findings == ()
    assert views.workspace.changed(mended.draft) == {}


def test_a_record_is_taken_away(views: Views, draft: Draft) -> None:
    saved = actions.save_records(views, draft, {"cases/locked.json": None}, "m", ME, clock)
    assert "cases/locked.json" not in views.workspace.files(saved.draft.head)


def test_a_moved_draft_is_told(views: Views, draft: Draft) -> None:
    actions.save_records(views, draft, {"terms/younger.json": term()}, "m", ME, clock)
    with pytest.raises(MovedError):
        actions.save_records(views, draft, {"terms/younger.json": term(name="Else")}, "m", ME, clock)
    with pytest.raises(MovedError):
        actions.discard_draft(views.workspace, draft)


@pytest.mark.parametrize("title", ["", "  ", "\n\t"])
def test_a_draft_needs_a_title(views: Views, title: str) -> None:
    with pytest.raises(Refused, match="needs a title"):
        actions.start_draft(views.workspace, title, ME, clock)


def test_pictures(views: Views, draft: Draft) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    saved = actions.save_picture(views, draft, "exercises/bridge_end.svg", svg, ME, clock)
    assert views.workspace.files(saved.draft.head)["exercises/bridge_end.svg"] == svg
    for path, data in (("exercises/a.png", svg), ("../a.svg", svg), ("exercises/a.svg", b"GIF89a")):
        with pytest.raises(Refused):
            actions.save_picture(views, saved.draft, path, data, ME, clock)


def test_free_paths(views: Views) -> None:
    view = views.approved(TODAY)
    assert actions.free_path(view, "cases", "Locked") == "cases/locked_2.json"
    assert actions.free_path(view, "cases", "  A *new* one! ") == "cases/a_new_one.json"
    assert actions.kind_of(actions.free_path(view, "cases", "x" * 500)) == "case"
    for name in ("", "!!!", "痛み", "42"):
        with pytest.raises(Refused):
            actions.free_path(view, "cases", name)


def test_used_by_names_the_files_that_use_a_record(views: Views) -> None:
    view = views.approved(TODAY)
    used = ["conditions/low_back/spasm.json", "rules/red_flags/numb.json"]
    assert actions.used_by(view, "source", "smith-2020") == used
    assert actions.used_by(view, "term", "older") == ["rules/evidence/older.json", "rules/findings/older.json"]
    assert actions.used_by(view, "source", "none-1999") == []


def test_a_case_from_answers_passes_as_it_was_saved(views: Views, draft: Draft) -> None:
    view = views.approved(TODAY)
    for number, raw in enumerate(({"numb": True}, {"numb": False, "locked": True, "age": 40}, {}, {"age": "unknown"})):
        answers = read_answers(view.kb, raw)
        path, record = actions.case_from(view, answers, f"Case {number}", "A person.", "It is so.")
        saved = actions.save_records(views, draft, {path: record}, "m", ME, clock)
        assert saved.findings == ()
        assert all(one.passed for one in views.at(saved.draft.head, TODAY).case_results.values())
        draft = saved.draft
    for texts in (("", "s", "b"), ("t", " ", "b"), ("t", "s", "")):
        with pytest.raises(Refused, match="a case needs"):
            actions.case_from(view, read_answers(view.kb, {}), *texts)


def test_a_case_that_waits_gets_the_word_that_what_comes_out_is_right(views: Views, draft: Draft) -> None:
    waits = {key: one for key, one in BASE["cases/locked.json"].items() if key not in ("expect", "because")}
    waits |= {"id": "waits", "awaiting": {"tries": ["Whether age decides"]}}
    saved = actions.save_records(views, draft, {"cases/waits.json": waits}, "m", ME, clock)
    view = views.at(saved.draft.head, TODAY)
    assert not view.case_results["waits"].passed
    path, record = actions.accepted(view, "waits", " It locked. ")
    assert record["because"] == "It locked."
    done = actions.save_records(views, saved.draft, {path: record}, "m", ME, clock)
    assert done.findings == ()
    assert views.at(done.draft.head, TODAY).case_results["waits"].passed
    for name in ("locked", "nobody"):
        with pytest.raises(Refused, match="does not wait"):
            actions.accepted(view, name)
