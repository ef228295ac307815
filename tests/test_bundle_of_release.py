"""`algos export --release`: from what was reviewed and released to the bundle that says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from authoring.bundling import released
from authoring.review.events import TYPE
from authoring.review.journal import Journal
from authoring.review.releases import Releases
from engine.canonical import digest
from engine.finding import KnowledgeError
from exports.bundle.source import ArchiveSource
from exports.runtime.python import load
from exports.sign import KeySet
from exports.sign.statement import unverified_statement, verify_statement
from tests.review_help import Team, make_repository
from tests.test_bundle_cli import algos, told
from tests.test_releases import LOCKED, approve_everything, merge


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(make_repository(tmp_path / "r"))


def releases(team: Team) -> Releases:
    return Releases(team.desk, team.signer("ben"), team.clock)


def test_a_reviewed_release_bears_its_notes_and_approvals(team: Team, tmp_path: Path) -> None:
    approve_everything(team)
    releases(team).release("Spring")
    merge(team, "Plainer words", LOCKED, because="your back locked up")
    releases(team).release("Summer")
    told(algos("keys", "new", tmp_path / "k.pem", "--name", "k", "--keys", tmp_path / "keys.json"))
    path = tmp_path / "2.tar"
    more = ["--key", tmp_path / "k.pem", "--archive", path]
    output = told(algos("export", "--repo", tmp_path / "r", "--release", 2, *more))
    assert "Not yet reviewed" not in output
    algos_2 = load(ArchiveSource.open(path), tmp_path / "keys.json", today=team.clock().date())
    assert (algos_2.manifest["version"], algos_2.manifest["unreviewed"], algos_2.warnings) == (2, False, ())
    notes = algos_2.file("release/notes.md").decode()
    assert notes.startswith("# Summer\n")
    assert "Plainer words" in notes

    approved = set()
    for name in algos_2.manifest["approvals"]:
        data = algos_2.file(name)
        event = json.loads(unverified_statement(data, name))
        keys = KeySet(tuple(team.signer(who).key.public for who in ("ben", "cat")))
        assert verify_statement(data, TYPE, keys, name).signed_by
        approved |= {(one["path"], one["after"]) for one in event["what"]["records"]}
    locked = team.workspace.files(team.workspace.approved())[LOCKED]
    assert (LOCKED, digest(locked, LOCKED)) in approved

    assert "brings its own" in told(algos("export", "--release", 2, "--version", 3, *more), 2)


def test_a_preview_and_a_retired_release(team: Team, tmp_path: Path) -> None:
    releases(team).release(preview=True)
    opened, content = released(tmp_path / "r", Path("kb"), 1, None)
    assert opened.kb.rules
    assert (content.version, content.preview, content.unreviewed) == (0, True, True)
    approve_everything(team)
    releases(team).release("Spring")
    releases(team).retire(2, "a wrong threshold", None)
    with pytest.raises(KnowledgeError, match="a wrong threshold"):
        released(tmp_path / "r", Path("kb"), 2, None)
    with pytest.raises(KnowledgeError, match="no such release"):
        released(tmp_path / "r", Path("kb"), 9, None)
    with pytest.raises(KnowledgeError):
        released(tmp_path, Path("kb"), 1, None)


def test_an_approval_that_was_taken_back_does_not_leave_with_the_release(team: Team, tmp_path: Path) -> None:
    approve_everything(team)
    team.steps("dan").approve_standing([LOCKED], team.workspace.approved())
    releases(team).release("Spring")
    names = released(tmp_path / "r", Path("kb"), 1, None)[1].approvals
    assert len(names) == 3
    [*_, last] = team.desk.state().standing
    team.steps("dan").withdraw_approval(last.number, "I did not read it all.")
    left = released(tmp_path / "r", Path("kb"), 1, None)[1].approvals
    assert names.keys() - left.keys() == {Path(last.entry.path).name}


def test_what_is_not_the_content_that_was_released_is_not_exported(team: Team, tmp_path: Path) -> None:
    """An event, by hand, that gives a reviewed release's name and number to something else."""
    approve_everything(team)
    releases(team).release("Spring")
    spring = team.desk.state().releases[0].what
    merge(team, "Other words", LOCKED, because="your back is stuck")
    journal = Journal(team.workspace)
    forged = spring.model_copy(update={"number": 2, "commit": team.workspace.approved()})
    signer = team.signer("ben")
    journal.append(journal.read(), [forged], signer.actor, signer.key, team.clock())
    with pytest.raises(KnowledgeError, match="not the one that was released"):
        released(tmp_path / "r", Path("kb"), 2, None)
