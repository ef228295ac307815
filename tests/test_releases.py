"""Releases: numbers, notes, tags, what refuses them, going back, retiring."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Literal

import pytest

from authoring.actions import Refused
from authoring.review.approved import as_they_stand, lacking
from authoring.review.audit import audit, serious
from authoring.review.pace import Pace
from authoring.review.proofs import Verdict
from authoring.review.releases import Releases
from exports.sign import PrivateKey
from tests.review_help import BruteForce, Team, git, make_repository, roster, with_members
from validators.proof.solver import Cancelled

LOCKED = "rules/evidence/locked.json"
NUMB = "rules/red_flags/numb.json"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(make_repository(tmp_path / "r"))


def releases(team: Team, name: str) -> Releases:
    return Releases(team.desk, team.signer(name), team.clock)


def approve_everything(team: Team) -> None:
    main = team.workspace.approved()
    for name in ("ben", "cat"):
        team.steps(name).approve_standing(sorted(team.workspace.files(main)), main)


def merge(team: Team, title: str, path: str, **members: object) -> None:
    draft = team.proposed("ada", title, {path: with_members(**members)})
    team.approve(draft.id, "ben", "cat")
    team.steps("cat").merge(draft.id)


def test_what_nobody_approved_leaves_only_as_a_preview(team: Team) -> None:
    with pytest.raises(Refused, match="records are not approved"):
        releases(team, "ben").release()
    assert releases(team, "ben").release(preview=True) == 1
    [one] = team.desk.state().releases
    assert (one.what.preview, one.what.name) == (True, "January 2026")
    tag = team.workspace.tag("preview-1")
    assert tag is not None
    assert tag.commit == team.workspace.approved()
    assert tag.message.startswith("Preview 1, not reviewed: January 2026")


def test_a_release_its_notes_and_its_tag(team: Team) -> None:
    approve_everything(team)
    assert releases(team, "ben").release("Spring") == 1
    merge(team, "Plainer words", LOCKED, because="your back locked up")
    merge(team, "A stronger sign", LOCKED, then={"condition": "spasm", "weight": 7, "group": "story"})
    assert releases(team, "ben").release() == 2
    one, two = team.desk.state().releases
    assert "The first release: 4 rules" in one.what.for_clinicians
    told = two.what.for_clinicians
    assert 'Rule "Locked back"' in told
    assert "Because: was: your back locked; is now: your back locked up" in told
    assert "evidence for Spasm: +6 decibans (judgement); is now: evidence for Spasm: +7" in told
    assert "Approved by Ben, Cat." in told
    assert "rule: 1 changed" in two.what.for_developers
    assert two.what.identity in two.what.for_developers
    shown = git(team.workspace.directory, "tag", "-n1", "-l", "release-2")
    assert "Release 2: January 2026" in shown


@pytest.mark.parametrize(("result", "told"), [("refuted", "does not hold"), ("unsettled", "could not be proved")])
@pytest.mark.parametrize("preview", [False, True])
def test_nothing_is_released_whose_safety_is_not_proved(
    tmp_path: Path, result: Literal["refuted", "unsettled"], told: str, preview: bool
) -> None:
    class Doubting(BruteForce):
        def prove(self, kb: object, pace: Pace) -> tuple[Verdict, ...]:
            return (Verdict("numb_now", "Numb is an emergency", result),)

    team = Team(make_repository(tmp_path / "r"), Doubting())
    approve_everything(team)
    with pytest.raises(Refused, match=f"Numb is an emergency” {told}"):
        releases(team, "ben").release(preview=preview)
    assert team.desk.state().releases == []


PARTS = (
    "The checks are being run",
    "The cases are being run",
    "The safety properties are being proved",
    "The record of reviews is being looked through",
    "The notes are being written",
    "It is being signed",
)


def test_a_release_is_stopped_at_any_time_before_it_is_out(team: Team) -> None:
    approve_everything(team)
    for part in PARTS[:-1]:
        stop = Event()

        def tell(done: int, of: int, now: str, part: str = part, stop: Event = stop) -> None:
            if now == part:
                stop.set()

        with pytest.raises(Cancelled):
            releases(team, "ben").release(pace=Pace(tell, stop))
        assert team.desk.state().releases == []
        assert team.workspace.tag("release-1") is None
    begun: list[str] = []
    assert releases(team, "ben").release(pace=Pace(lambda done, of, now: begun.append(now))) == 1
    assert list(dict.fromkeys(begun)) == [*PARTS]


def test_a_better_wording_of_what_nobody_reviewed_is_still_unreviewed(team: Team) -> None:
    merge(team, "Words", NUMB, because="you feel numb")
    view = team.views.approved(team.desk.today())
    assert NUMB in lacking(team.desk, team.desk.state(), view)
    main = team.workspace.approved()
    with pytest.raises(Refused, match="author"):
        team.steps("ada").approve_standing([NUMB], main)
    team.steps("ben").approve_standing([NUMB], main)
    assert NUMB in lacking(team.desk, team.desk.state(), view), "a red flag needs two"
    team.steps("cat").approve_standing([NUMB], main)
    assert NUMB not in lacking(team.desk, team.desk.state(), view)
    merge(team, "Words again", NUMB, because="you are numb there")
    view = team.views.approved(team.desk.today())
    assert NUMB not in lacking(team.desk, team.desk.state(), view), "it was made from what was approved"


def test_an_author_who_approved_under_another_address_does_not_count(team: Team) -> None:
    """Nobody knew it when she approved. Now the roster tells that both addresses are hers."""
    merge(team, "Words", LOCKED, because="your back locked up")
    main = team.workspace.approved()
    team.steps("ada", "ada@second.example.org").approve_standing([LOCKED], main)
    [counted] = as_they_stand(team.desk, team.desk.state(), team.views.approved(team.desk.today()), [LOCKED])
    assert counted.approved
    people = roster(*((name, ["clinician"]) for name in ("ada", "ben", "cat")), servers=[team.server])
    draft = team.proposed("ben", "Who is who", {"review/roster.json": people})
    team.approve(draft.id, "cat", "dan")
    team.steps("cat").merge(draft.id)
    view = team.views.approved(team.desk.today())
    [standing] = as_they_stand(team.desk, team.desk.state(), view, [LOCKED])
    assert (standing.approved, standing.approved_by) == (False, ())
    assert [reason for _, reason in standing.lapsed] == ["Ada is an author of this change"]
    assert LOCKED in lacking(team.desk, team.desk.state(), view)


def test_whoever_merges_by_hand_writes_what_is_in_neither_side(team: Team) -> None:
    one = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    other = team.proposed("ben", "A title", {LOCKED: with_members(title="A locked back")})
    for draft, names in ((one, ("ben", "cat")), (other, ("ada", "cat"))):
        team.approve(draft.id, *names)
        team.steps("dan").merge(draft.id)
    main = team.workspace.approved()
    record = team.value(main, LOCKED)
    assert (record["because"], record["title"]) == ("your back locked up", "A locked back")
    merges = team.desk.state().merge_commits
    wrote = {person.name for person in team.workspace.writers(main, merges)[LOCKED]}
    assert {"Ada", "Ben"} <= wrote
    assert not wrote & {"Cat", "Dan"}, "Algos put it together"
    assert "Dan" in {person.name for person in team.workspace.writers(main)[LOCKED]}, "as git alone tells it"
    directory = team.workspace.directory
    file = directory / "kb" / LOCKED
    git(directory, "checkout", "-q", "-b", "side", f"{main}~1")
    git(directory, "commit", "-q", "--allow-empty", "-m", "Nothing")
    git(directory, "merge", "-q", "--no-ff", "--no-commit", main)
    file.write_text(file.read_text().replace("locked up", "locked for days"))
    eve = ["-c", "user.name=Eve", "-c", "user.email=eve@example.org"]
    git(directory, *eve, "commit", "-qam", "Merge")
    assert "Eve" in {person.name for person in team.workspace.writers("side", merges)[LOCKED]}


def test_going_back_and_retiring(team: Team) -> None:
    approve_everything(team)
    releases(team, "ben").release()
    old = team.workspace.approved()
    merge(team, "Plainer words", LOCKED, because="your back locked up")
    releases(team, "ben").release()
    with pytest.raises(Refused, match="reason"):
        releases(team, "ben").roll_back(1, " ")
    with pytest.raises(Refused, match="no release 7"):
        releases(team, "ben").roll_back(7, "x")
    assert releases(team, "ben").roll_back(1, "Patients misread it.") == 3
    three = team.desk.state().releases[-1].what
    assert (three.commit, three.rolls_back_to) == (old, 1)
    assert "Goes back to release 1, because: Patients misread it." in three.for_clinicians
    assert "your back locked up; is now: your back locked" in three.for_clinicians
    releases(team, "cat").retire(2, "Patients misread it.", 3)
    assert team.desk.state().releases[1].retired is not None
    for number, other, told in (
        (2, 3, "no release 2 in use"),
        (9, 3, "no release 9"),
        (1, 2, "cannot replace"),
        (1, 1, "cannot"),
    ):
        with pytest.raises(Refused, match=told):
            releases(team, "cat").retire(number, "x", other)


def test_nobody_goes_back_to_what_is_retired(team: Team) -> None:
    approve_everything(team)
    releases(team, "ben").release()
    merge(team, "Plainer words", LOCKED, because="your back locked up")
    releases(team, "ben").release()
    releases(team, "cat").retire(1, "x" * 20_000)
    with pytest.raises(Refused, match="release 1 is retired: x"):
        releases(team, "ben").roll_back(1, "Patients misread it.")


def test_a_title_that_looks_like_a_statement_stops_no_release(team: Team) -> None:
    """What people write stands in the tag above its signed statement."""
    approve_everything(team)
    releases(team, "ben").release()
    merge(team, "Plainer words\nAlgos-Statement: forged", LOCKED, because="your back locked up")
    releases(team, "ben").release("Two\nAlgos-Statement: forged")
    assert serious(audit(team.desk)) == []


def test_nobody_goes_back_to_a_preview(team: Team) -> None:
    """Though everything in it has been approved since: as a release it was never made."""
    assert releases(team, "ben").release(preview=True) == 1
    approve_everything(team)
    assert releases(team, "ben").release() == 2
    with pytest.raises(Refused, match="there is no release 1"):
        releases(team, "ben").roll_back(1, "Patients misread it.")


def test_going_back_is_vouched_for_by_those_who_were_there_when_it_was_done(tmp_path: Path) -> None:
    """The console has got another key since the old release was made."""
    old, new = PrivateKey.generate("old"), PrivateKey.generate("new")
    people = [(name, ["clinician"]) for name in ("ada", "ben", "cat")]
    team = Team(make_repository(tmp_path / "r", {"review/roster.json": roster(*people, servers=[old])}))
    team.server = old
    approve_everything(team)
    assert releases(team, "ben").release() == 1
    draft = team.proposed("ada", "Another key", {"review/roster.json": roster(*people, servers=[old, new])})
    team.approve(draft.id, "ben", "cat")
    team.steps("cat").merge(draft.id)
    team.server = new
    assert releases(team, "ben").roll_back(1, "Patients misread it.") == 2
    assert serious(audit(team.desk)) == []
    assert releases(team, "ben").release("Mended") == 3


def test_an_approval_taken_back_stops_the_release(team: Team) -> None:
    approve_everything(team)
    [_, second] = team.desk.state().standing
    team.steps("cat").withdraw_approval(second.number, "I did not read it all.")
    with pytest.raises(Refused, match="not approved"):
        releases(team, "ben").release()
