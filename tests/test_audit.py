"""The audit finds what was done behind the actions' back, and nothing where nothing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from authoring.actions import Refused
from authoring.review.audit import audit, checkpoint, serious
from authoring.review.events import Actor, Approved, Body, Entry, Merged, RecordHash, Released, signed
from authoring.review.journal import Journal
from authoring.review.releases import Releases
from authoring.store import Move
from authoring.workspace import REVIEWS, Workspace
from engine.canonical import identity
from exports.sign import PrivateKey
from tests.review_help import START, Team, git, make_repository, roster, with_members

LOCKED = "rules/evidence/locked.json"
OLDER = "rules/evidence/older.json"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    server = PrivateKey.generate("console")
    keys = {"eve": PrivateKey.generate("eve")}
    people = roster(*((name, ["clinician"]) for name in ("ada", "ben", "cat", "eve")), servers=[server], keys=keys)
    team = Team(make_repository(tmp_path / "r", {"review/roster.json": people}))
    team.server, team.keys = server, keys
    return team


def merged(team: Team, title: str = "Words", path: str = LOCKED, text: str = "your back locked up") -> str:
    draft = team.proposed("ada", title, {path: with_members(because=text)})
    team.approve(draft.id, "ben")
    return team.steps("cat").merge(draft.id)


def told(team: Team, trust: object = None) -> list[str]:
    fresh = Team(team.workspace.directory)
    return [one.what for one in serious(audit(fresh.desk, trust))]


def append(team: Team, *bodies: Body, key: PrivateKey | None = None, actor: Actor | None = None) -> None:
    """Write events without asking the actions."""
    journal = Journal(team.workspace)
    journal.append(journal.read(), bodies, actor or Actor("Ben", "ben@example.org"), key or team.server, START)


def write_file(team: Team, path: str, data: bytes | None) -> None:
    workspace = team.workspace
    head = workspace.commit_at(REVIEWS)
    assert head is not None
    tree = workspace.write_tree(head, {path: data})
    commit = workspace.write_commit(tree, [head], "by hand", team.person("eve"), START)
    workspace.move(Move(REVIEWS, commit, head))


def test_nothing_is_found_where_nothing_was_done(team: Team) -> None:
    assert told(team) == []
    merged(team)
    main = team.workspace.approved()
    files = sorted(team.workspace.files(main))
    for name in ("ben", "cat"):
        wrote_by_ada = [path for path in files if path != LOCKED]
        team.steps(name).approve_standing(wrote_by_ada, main)
    Releases(team.desk, team.signer("ben"), team.clock).release(preview=True)
    merged(team, "More words", OLDER, "it is rarer")
    assert told(team) == []
    assert told(team, checkpoint(team.desk)) == []
    weights = {one.weight for one in audit(team.desk)}
    assert weights == {"unknown"}
    assert len(audit(team.desk)) > len(audit(team.desk, checkpoint(team.desk)))


def test_an_amended_merge(team: Team) -> None:
    merged(team)
    directory = team.workspace.directory
    git(directory, "checkout", "-q", "main")
    (directory / "kb" / LOCKED).write_text((directory / "kb" / LOCKED).read_text().replace("locked up", "locked tight"))
    git(directory, "-c", "user.name=E", "-c", "user.email=eve@example.org", "commit", "-qa", "--amend", "-m", "x")
    found = told(team)
    assert any("`main` was rewritten: the merge" in one for one in found)
    assert any("without a review" in one for one in found)


def test_a_direct_push_to_main(team: Team) -> None:
    merged(team)
    directory = team.workspace.directory
    git(directory, "checkout", "-q", "main")
    (directory / "kb" / LOCKED).write_text((directory / "kb" / LOCKED).read_text().replace("locked up", "locked tight"))
    git(directory, "-c", "user.name=E", "-c", "user.email=eve@example.org", "commit", "-qam", "quick fix")
    assert [one for one in told(team) if "(quick fix) by E <eve@example.org>" in one]
    (directory / "README.md").write_text("not the knowledge base")
    git(directory, "add", "-A")
    git(directory, "-c", "user.name=E", "-c", "user.email=eve@example.org", "commit", "-qm", "readme")
    assert len(told(team)) == 1
    with pytest.raises(Refused, match="without a review"):
        Releases(team.desk, team.signer("ben"), team.clock).release()


def forged_change(team: Team) -> tuple[str, Approved, Merged]:
    """A change that is proposed and not approved, with the events that would merge it."""
    draft = team.proposed("ada", "Sly", {LOCKED: with_members(because="your back is made of glass")})
    look = team.desk.look(draft.id)
    approval = Approved(change=draft.id, main=look.main, head=look.head, records=look.records)
    workspace = team.workspace
    tree = workspace.commit(draft.head).tree
    after = workspace.write_commit(tree, [look.main, draft.head], "Sly", team.person("eve"), START)
    number = len(team.desk.journal.read().entries) + 1
    event = Merged(
        change=draft.id,
        head=look.head,
        before=look.main,
        after=after,
        records=look.records,
        approvals=(number,),
        less_urgent=False,
        proved=(),
    )
    return draft.id, approval, event


def move_main(team: Team, event: Merged) -> None:
    team.workspace.move(Move("refs/heads/main", event.after, event.before))


def test_a_forged_approval(team: Team) -> None:
    merged(team)
    _, approval, event = forged_change(team)
    append(team, approval, event, key=PrivateKey.generate("nobody"))
    move_main(team, event)
    found = told(team)
    assert any("signed with a key that the roster does not name" in one and "merged without" in one for one in found)


def test_a_forged_merge_is_not_finished_for_whoever_forged_it(team: Team) -> None:
    """What a killed process had recorded is carried out by the next one, but only what somebody vouches for."""
    main = team.workspace.approved()
    _, approval, event = forged_change(team)
    append(team, approval, event, key=PrivateKey.generate("nobody"))
    team.desk.journal.sync()
    assert team.workspace.approved() == main
    assert any("is not vouched for" in one for one in told(team))


def test_an_approval_whose_file_was_altered(team: Team) -> None:
    _, approval, event = forged_change(team)
    journal = Journal(team.workspace)
    pages = journal.read()
    assert pages.last is not None
    entry: Entry = signed(
        approval, 3, pages.last.digest, Actor("Ben", "ben@example.org"), PrivateKey.generate("x"), START
    )
    altered = entry.data.replace(b'"sig":"', b'"sig":"AAAA')
    write_file(team, entry.path, altered)
    append(team, event)
    move_main(team, event)
    assert any("forged or was altered" in one for one in told(team))


def test_an_approval_by_the_authors_second_address(team: Team) -> None:
    """Signed with the console's key, as if it had not looked at the roster."""
    _, approval, event = forged_change(team)
    append(team, approval, event, actor=Actor("Ada", "ada@second.example.org"))
    move_main(team, event)
    assert any("is an author of this change" in one for one in told(team))


@pytest.mark.parametrize(("left", "counts"), [("2026-01-02", False), ("2026-01-03", True)])
def test_an_approval_from_the_day_of_leaving_on_does_not_count(tmp_path: Path, left: str, counts: bool) -> None:
    server = PrivateKey.generate("console")
    people = roster(*((name, ["clinician"]) for name in ("ada", "ben", "cat")), servers=[server])
    people["people"][1]["left"] = left
    team = Team(make_repository(tmp_path / "r", {"review/roster.json": people}))
    team.server = server
    _, approval, event = forged_change(team)  # on 2 January
    append(team, approval, event)
    move_main(team, event)
    found = told(team)
    assert any("Ben had left" in one for one in found) is not counts
    assert (found == []) is counts


def test_an_address_that_later_turns_out_to_be_the_authors(team: Team) -> None:
    """Nobody could know then; by today's roster it is found."""
    path = "review/roster.json"
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.approve(draft.id, "eve")
    team.steps("cat").merge(draft.id)
    people = team.value(team.workspace.approved(), path)
    people["people"] = [one for one in people["people"] if one["id"] != "eve"]
    people["people"][0]["emails"].append("eve@example.org")
    draft = team.proposed("ben", "Eve is Ada", {path: people})
    team.approve(draft.id, "cat", "ada")
    team.steps("cat").merge(draft.id)
    assert any("by today's roster one of its authors" in one for one in told(team))


def test_an_approval_replayed_on_other_content(team: Team) -> None:
    merged(team)
    journal = Journal(team.workspace)
    given = next(one for one in journal.read().entries if one.event and isinstance(one.event.what, Approved))
    change, _, event = forged_change(team)
    # The file as it is, in another change and under another number
    write_file(team, f"changes/{change}/{event.approvals[0]:06}-approved.json", given.data)
    append(team, event)
    move_main(team, event)
    found = told(team)
    assert any("made to stand at" in one for one in found)
    assert any("on which the merge relied, is not there" in one for one in found)


def test_an_approval_of_other_content(team: Team) -> None:
    """The approval is genuine, and the merge holds something else."""
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.approve(draft.id, "ben")
    [approval] = team.desk.state().change(draft.id).approvals
    draft = team.edit("ada", draft, {LOCKED: with_members(because="your back is made of glass")})
    look = team.desk.look(draft.id)
    after = team.workspace.write_commit(
        team.workspace.commit(draft.head).tree, [look.main, draft.head], "Sly", team.person("eve"), START
    )
    event = Merged(
        change=draft.id,
        head=draft.head,
        before=look.main,
        after=after,
        records=look.records,
        approvals=(approval.number,),
        less_urgent=False,
        proved=(),
    )
    append(team, event)
    move_main(team, event)
    assert any("the record was edited since" in one for one in told(team))


def test_a_deleted_approval(team: Team) -> None:
    merged(team)
    merged(team, "More words", OLDER, "it is rarer")
    trust = checkpoint(team.desk)
    path = next(one.path for one in team.desk.journal.read().entries if "approved" in one.path)
    write_file(team, path, None)
    found = told(team)
    assert any("event 3 of the reviews was taken away" in one for one in found)
    assert any("is not there" in one for one in found)
    assert any(path in one for one in found)
    # Also where the branch itself was written anew without it
    workspace = team.workspace
    head = workspace.commit_at(REVIEWS)
    assert head is not None
    commit = workspace.write_commit(workspace.commit(head).tree, [], "anew", team.person("eve"), START)
    workspace.move(Move(REVIEWS, commit, head))
    found = told(team)
    assert any("event 3 of the reviews was taken away" in one for one in found)
    assert any("rewritten since the checkpoint" in one for one in told(team, trust))


def test_the_latest_event_deleted_is_found_by_a_checkpoint_only(team: Team) -> None:
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    workspace = team.workspace
    before = workspace.commit_at(REVIEWS)
    assert before is not None
    team.steps("ben").request_changes(draft.id, "No.")
    trust, head = checkpoint(team.desk), workspace.commit_at(REVIEWS)
    assert head is not None
    workspace.move(Move(REVIEWS, before, head))
    assert told(team) == []
    assert any("rewritten since" in one for one in told(team, trust))


def test_a_moved_tag(team: Team) -> None:
    preview = Releases(team.desk, team.signer("ben"), team.clock).release(preview=True)
    trust = checkpoint(team.desk)
    merged(team)
    directory = team.workspace.directory
    git(
        directory,
        "-c",
        "user.name=E",
        "-c",
        "user.email=e@e",
        "tag",
        "-f",
        "-a",
        "-m",
        "x",
        f"preview-{preview}",
        "main",
    )
    found = told(team)
    assert any("was moved" in one for one in found)
    git(directory, "tag", "-d", f"preview-{preview}")
    assert any("taken away" in one for one in told(team))
    assert any("not what it was at the checkpoint" in one for one in told(team, trust))
    git(directory, "tag", "release-9", "main")
    assert any("names no release" in one for one in told(team))


def forged_release(team: Team, number: int) -> Released:
    """The event of a release that nobody made, with a tag of its own."""
    main = team.workspace.approved()
    tag = team.workspace.write_tag(f"release-{number}", main, "Sly", team.person("eve"), START)
    given = {"identity": identity(team.workspace.files(main)), "for_clinicians": "", "for_developers": ""}
    return Released(number=number, name="Sly", commit=main, preview=False, tag=tag, **given)


def test_a_forged_release_gets_no_tag(team: Team) -> None:
    """Neither where its file was altered, nor where nobody vouches for who signed it."""
    merged(team)
    entries = team.desk.journal.read().entries
    event = forged_release(team, 1)
    entry = signed(event, len(entries) + 1, entries[-1].digest, Actor("Ben", "ben@example.org"), team.server, START)
    write_file(team, entry.path, entry.data.replace(b'"sig":"', b'"sig":"AAAA'))
    team.desk.journal.sync()
    assert team.workspace.refs("refs/tags/") == {}
    append(team, forged_release(team, 2), key=PrivateKey.generate("nobody"))
    team.desk.journal.sync()
    assert team.workspace.refs("refs/tags/") == {}
    assert any("release 2 is not vouched for" in one for one in told(team))


def test_a_number_that_was_released_already_names_nothing_else(team: Team) -> None:
    first = Releases(team.desk, team.signer("ben"), team.clock).release(preview=True)
    append(team, forged_release(team, first))
    [release] = team.desk.state().releases
    assert release.what.preview
    assert team.desk.state().next_release == first + 1
    assert any("does not follow from what was before" in one for one in told(team))


def test_what_cannot_be_read_is_told_and_does_not_stop_the_audit(team: Team) -> None:
    merged(team)
    workspace = team.workspace
    main = workspace.approved()
    tree = workspace.tree_with(main, {LOCKED: b"{"})
    broken = workspace.write_commit(tree, [main], "x", team.person("eve"), START)
    record = RecordHash(path=LOCKED, before=None, after="0" * 64)
    append(
        team,
        Approved(change=None, main=broken, head=broken, records=(record,)),
        Released(
            number=1,
            name="x",
            commit=broken,
            identity="0" * 64,
            preview=True,
            tag=broken,
            for_clinicians="",
            for_developers="",
        ),
    )
    found = " ".join(told(team))
    assert f"names other content than {LOCKED} had" in found
    assert "release 1 does not hold what its event names" in found


def test_everything_replaced_is_found_by_a_checkpoint(team: Team, tmp_path: Path) -> None:
    merged(team)
    trust = checkpoint(team.desk)
    other = Team(make_repository(tmp_path / "other"))
    merged(other)
    assert told(other) == []
    assert len(told(other, trust)) >= 2
    assert isinstance(other.workspace, Workspace)


def test_a_key_that_the_checkpoint_does_not_know(tmp_path: Path) -> None:
    """Without a roster every key signs; a checkpoint that names keys finds the others."""
    team = Team(make_repository(tmp_path / "r"))
    merged(team)
    trust = checkpoint(team.desk, [team.server.public.x])
    assert told(team, trust) == []
    team.server = PrivateKey.generate("another")
    merged(team, "More words", OLDER, "it is rarer")
    assert told(team) == []
    assert any("which the checkpoint does not know" in one for one in told(team, trust))
