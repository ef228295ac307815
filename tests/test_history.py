"""Since when something stands as it does: a paragraph of a record, words that patients read, what a person is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from authoring.review.history import of_outcome, of_record, of_text
from authoring.review.releases import Releases
from authoring.workspace import WorkspaceError
from tests.review_help import Team, make_repository, with_members

LOCKED = "rules/evidence/locked.json"
OLDER = "rules/evidence/older.json"
SAID = 'your back "locked" at the café,\nand stayed so'


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """Two changes: the second leaves the words of the first alone."""
    team = Team(make_repository(tmp_path / "r"))
    for title, path, change in (
        ("Words", LOCKED, with_members(because=SAID)),
        ("More words", OLDER, with_members(because="it is rarer")),
        ("A title", LOCKED, with_members(title="Locked, or stiff")),
    ):
        draft = team.proposed("ada", title, {path: change})
        team.approve(draft.id, "ben")
        team.steps("cat").merge(draft.id)
    return team


@pytest.mark.parametrize(
    "words",
    ['Back "locked"', "at the café", "at the cafe\N{COMBINING ACUTE ACCENT}", "café, and", 'back\n "locked" '],
)
def test_words_are_found_as_patients_read_them(team: Team, words: str) -> None:
    ((path, chapter),) = of_text(team.desk, words)
    assert (path, chapter.title, chapter.approved_by) == (LOCKED, "Words", ("Ben",))


@pytest.mark.parametrize("words", ["because", "review_by", "gone for ever", r"\n"])
def test_names_of_fields_are_no_words_that_patients_read(team: Team, words: str) -> None:
    assert list(of_text(team.desk, words)) == []


def test_no_words_are_told(team: Team) -> None:
    with pytest.raises(WorkspaceError, match="no words"):
        list(of_text(team.desk, " \n"))


def test_a_paragraph_has_the_history_of_its_own_changes(team: Team) -> None:
    assert [one.title for one in of_record(team.desk, LOCKED)] == ["A title", "Words", "one"]
    assert [one.title for one in of_record(team.desk, LOCKED, "/because")] == ["Words", "one"]
    assert [one.title for one in of_record(team.desk, LOCKED, "/then/weight")] == ["one"]
    assert of_record(team.desk, LOCKED, "/nothing") == []


def test_what_a_person_is_told_has_a_chapter_only_where_it_changed(team: Team) -> None:
    person = {"age": 40, "locked": True, "numb": False}
    releases = Releases(team.desk, team.signer("ben"), team.clock)
    releases.release("A preview", preview=True)
    (chapter,) = of_outcome(team.desk, person)
    assert chapter.release == "what is approved now"
    draft = team.proposed(
        "ada", "Other name", {"conditions/low_back/spasm.json": with_members(plain_name="Hexenschuss")}
    )
    team.approve(draft.id, "ben")
    team.steps("cat").merge(draft.id)
    (now,) = of_outcome(team.desk, person)
    assert now.note != chapter.note
    assert "Hexenschuss" in now.note
    assert of_outcome(team.desk, {"age": "old"})[0].note.startswith("not answered")
