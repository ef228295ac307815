"""A change from draft to what is approved: every step, and who may take it."""

from __future__ import annotations

import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from authoring.actions import Refused
from authoring.console.session import _profile
from authoring.review.identity import local_actor
from authoring.review.pace import Pace
from authoring.review.proofs import Changes, Moved, Verdict
from authoring.review.records import kinds
from authoring.review.steps import Signer, Steps
from authoring.workspace import MovedError, Person, WorkspaceError
from engine.canonical import canonical_of
from engine.knowledge import KnowledgeBase
from exports.sign import PrivateKey
from tests.review_help import BruteForce, Team, make_repository, roster, with_members
from validators.example import BASE

NUMB = "rules/red_flags/numb.json"
LOCKED = "rules/evidence/locked.json"
SPASM = "conditions/low_back/spasm.json"


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(make_repository(tmp_path / "r"))


def test_a_wording_from_draft_to_approved(team: Team) -> None:
    draft = team.proposed("ada", "Plainer words", {LOCKED: with_members(because="your back locked up")})
    look = team.desk.look(draft.id)
    assert (look.change.status, [one.path for one in look.records]) == ("proposed", [LOCKED])
    [one] = look.standings(less_urgent=False)
    assert (one.kinds, one.needed, one.approved) == ({"wording"}, 1, False)
    with pytest.raises(Refused, match="one more person"):
        team.steps("ben").merge(draft.id)
    team.approve(draft.id, "ben")
    before = team.workspace.approved()
    commit = team.steps("ben").merge(draft.id)
    assert team.workspace.approved() == commit
    assert team.value(commit, LOCKED)["because"] == "your back locked up"
    assert team.workspace.commit(commit).parents == (before, draft.head)
    assert team.workspace.drafts() == []
    change = team.desk.state().change(draft.id)
    assert change.status == "merged"
    assert [type(one.what).__name__ for one in change.events] == ["Proposed", "Approved", "Merged"]
    for act in (
        lambda: team.steps("ben").merge(draft.id),
        lambda: team.steps("ben").approve(draft.id, draft.head),
        lambda: team.steps("ada").withdraw(draft.id, "no"),
    ):
        with pytest.raises(Refused, match="merged already"):
            act()


def test_what_git_cannot_hold_in_a_title_or_reason_does_not_keep_a_change_from_being_merged(team: Team) -> None:
    draft = team.draft("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.steps("ada").propose(draft.id, "Wor\0ds", "Because\0 \ud800.")
    team.approve(draft.id, "ben")
    team.steps("cat").merge(draft.id)
    change = team.desk.state().change(draft.id)
    assert (change.status, change.title, change.reason) == ("merged", "Wor\ufffdds", "Because\ufffd ?.")


def test_a_name_in_git_that_is_no_utf_8_signs_and_is_shown(team: Team) -> None:
    directory = team.workspace.directory
    for setting, value in ((b"user.name", b"J\xf6rg"), (b"user.email", b"joerg@example.org")):
        subprocess.run([b"git", b"config", setting, value], cwd=directory, check=True)
    signer = Signer(local_actor(team.workspace), team.server)
    draft = team.draft("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    Steps(team.desk, signer, team.clock).propose(draft.id, "Words", "Because.")
    proposer = team.desk.state().change(draft.id).proposed_by
    assert proposer
    assert (proposer.name, proposer.email) == ("J\ufffdrg", "joerg@example.org")
    assert _profile(str(directory)) == Person("J\ufffdrg", "joerg@example.org")


def test_a_red_flag_needs_two_others(team: Team) -> None:
    draft = team.proposed("ada", "Only an urgent one", {NUMB: lower})
    with pytest.raises(Refused, match="author"):
        team.steps("ada").approve(draft.id, draft.head, saw_less_urgent=True)
    with pytest.raises(Refused, match="less urgent"):
        team.steps("ben").approve(draft.id, draft.head)
    team.approve(draft.id, "ben", "ben")
    with pytest.raises(Refused, match="one more person"):
        team.steps("cat").merge(draft.id)
    team.approve(draft.id, "cat")
    team.steps("cat").merge(draft.id)


def lower(record: dict) -> dict:  # type: ignore[type-arg]
    return {**record, "then": {**record["then"], "red_flag": "urgent"}}


QUESTIONS = "questions/about.json"
ENGLISH = "locales/en.json"


@pytest.mark.parametrize(
    ("path", "steps", "value", "wanted"),
    [
        (NUMB, ("then", "red_flag"), "urgent", "red_flag"),
        (NUMB, ("when", "is"), False, "red_flag"),
        (NUMB, ("then", "suspects"), [], "red_flag"),
        (NUMB, ("then", "message"), "Go at once.", "wording"),
        (NUMB, ("retired",), {"reason": "x"}, "retired"),
        (NUMB, ("sources", 0, "source"), "jones-2021", "basis"),
        (LOCKED, ("when", "is"), False, "logic"),
        (LOCKED, ("then", "weight"), 7, "logic"),
        (LOCKED, ("then",), {"red_flag": "urgent", "suspects": []}, "red_flag"),
        (LOCKED, ("retired",), {"reason": "x"}, "retired"),
        (LOCKED, ("examples", 0, "gives"), "unknown", "case"),
        (LOCKED, ("review_by",), "2031-01-01", "basis"),
        (SPASM, ("care_level",), "routine", "urgency"),
        (SPASM, ("considered_when",), {"fact": "numb", "is": True}, "urgency"),
        (SPASM, ("prior", "decibans"), -6, "logic"),
        (SPASM, ("prior", "judgement"), "Another.", "basis"),
        (SPASM, ("guide", "summary"), "It locked.", "guide"),
        (SPASM, ("guide", "watch_for", 0, "sign"), "Less feeling", "guide"),
        (SPASM, ("guide", "watch_for", 0, "go"), "Wait and see.", "urgency"),
        (SPASM, ("guide", "watch_for", 0, "urgency"), "routine", "urgency"),
        (QUESTIONS, ("questions", 1, "text"), "Is it numb?", "wording"),
        (QUESTIONS, ("questions", 1, "help"), "Touch the skin there.", "wording"),
        (QUESTIONS, ("questions", 1, "judgement"), "Another.", "basis"),
        (QUESTIONS, ("questions", 1, "ask_when"), {"fact": "locked", "is": True}, "urgency"),
        (QUESTIONS, ("questions", 1, "by"), "clinician", "urgency"),
        (QUESTIONS, ("questions", 0, "max"), 90, "urgency"),
        (ENGLISH, ("emergency", "default", "numbers", 0), "113", "urgency"),
        (ENGLISH, ("emergency", "default", "label"), "Call 112", "wording"),
        (ENGLISH, ("emergency", "default", "judgement"), "Another.", "basis"),
        ("kb.json", ("thresholds", "likely"), -5, "urgency"),
        ("kb.json", ("review", "policy"), "None.", "policy"),
        ("kb.json", ("title",), "Another", "wording"),
    ],
)
def test_what_a_change_is_about(path: str, steps: tuple[str | int, ...], value: object, wanted: str) -> None:
    """And so who has to approve it: nothing that may move a patient passes as a wording."""
    record = deepcopy(BASE[path])
    *way, last = steps
    at: Any = record
    for step in way:
        at = at[step]
    at[last] = value
    before, after = (canonical_of(one, path).encode() for one in (BASE[path], record))
    assert kinds(path, before, after) == {wanted}


@pytest.mark.parametrize(("name", "value", "wanted"), [("text", "Now", "wording"), ("id", "now", "urgency")])
def test_an_option_s_words_are_a_wording_and_the_option_itself_is_not(name: str, value: str, wanted: str) -> None:
    record = deepcopy(BASE[QUESTIONS])
    record["questions"][1] |= {
        "type": "choice",
        "options": [{"id": "new", "text": "New"}, {"id": "old", "text": "Old"}],
    }
    before = canonical_of(record, QUESTIONS).encode()
    record["questions"][1]["options"][0][name] = value
    assert kinds(QUESTIONS, before, canonical_of(record, QUESTIONS).encode()) == {wanted}


def test_taking_something_away_is_about_everything_that_it_held() -> None:
    before = canonical_of(BASE[SPASM], SPASM).encode()
    assert {"urgency", "logic", "guide", "retired"} <= kinds(SPASM, before, None)
    flag = canonical_of(BASE[NUMB], NUMB).encode()
    assert {"red_flag", "retired"} <= kinds(NUMB, flag, None)
    assert "red_flag" in kinds(NUMB, None, flag)
    evidence = {**BASE[NUMB], "then": BASE[LOCKED]["then"]}
    assert "red_flag" in kinds(NUMB, flag, canonical_of(evidence, NUMB).encode())
    silent = deepcopy(BASE[SPASM])
    silent["guide"]["watch_for"] = []
    assert "urgency" in kinds(SPASM, before, canonical_of(silent, SPASM).encode())
    assert kinds(NUMB, flag, b"{") == {"urgency"}, "nobody knows what it does"


def test_an_edit_lapses_the_approval_of_that_record_only(team: Team) -> None:
    draft = team.proposed(
        "ada",
        "Two wordings",
        {LOCKED: with_members(because="your back locked up"), NUMB: with_members(because="you feel numb")},
    )
    team.approve(draft.id, "ben")
    draft = team.edit("ada", draft, {LOCKED: with_members(because="your back is locked")})
    standings = {one.record.path: one for one in team.desk.look(draft.id).standings(False)}
    assert standings[NUMB].approved
    assert not standings[LOCKED].approved
    assert "edited since" in standings[LOCKED].lapsed[0][1]
    team.approve(draft.id, "ben", paths=[LOCKED])
    team.steps("cat").merge(draft.id)


def test_whoever_edits_becomes_an_author(team: Team) -> None:
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.approve(draft.id, "ben")
    team.edit("ben", draft, {NUMB: with_members(because="you feel numb")})
    with pytest.raises(Refused, match="Ben is an author"):
        team.steps("cat").merge(draft.id)


def test_a_proposer_is_an_author(team: Team) -> None:
    draft = team.draft("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.steps("ben").propose(draft.id, "Words", "Because.")
    with pytest.raises(Refused, match="author"):
        team.steps("ben").approve(draft.id, draft.head)


def test_what_was_seen_is_what_is_approved(team: Team) -> None:
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.edit("ada", draft, {LOCKED: with_members(because="something else")})
    with pytest.raises(MovedError, match="edited since"):
        team.steps("ben").approve(draft.id, draft.head)


def test_comments_requests_withdrawal(team: Team) -> None:
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    with pytest.raises(Refused, match="does not touch"):
        team.steps("ben").comment(draft.id, "Why?", NUMB)
    team.steps("ben").comment(draft.id, "Why?", LOCKED, "/because")
    team.approve(draft.id, "ben")
    with pytest.raises(Refused, match=r"open: Why\?"):
        team.steps("ben").merge(draft.id)
    [comment] = team.desk.state().change(draft.id).comments
    team.steps("ada").resolve(draft.id, comment.number)
    with pytest.raises(Refused, match="no open comment"):
        team.steps("ada").resolve(draft.id, comment.number)
    team.steps("cat").request_changes(draft.id, "Shorter.")
    with pytest.raises(Refused, match="Shorter"):
        team.steps("ben").merge(draft.id)
    with pytest.raises(Refused, match="Shorter"):
        team.approve(draft.id, "cat")
    with pytest.raises(Refused, match="authors"):
        team.steps("ben").withdraw(draft.id, "no")
    team.steps("ada").withdraw(draft.id, "Later.")
    with pytest.raises(Refused, match="withdrawn"):
        team.steps("ada").propose(draft.id, "Words", "Because.")
    team.steps("ada").reopen(draft.id, "Now.")
    team.steps("ada").propose(draft.id, "Words", "Because.")
    team.steps("ben").merge(draft.id)  # the approval still names what is there


def test_an_approval_is_taken_back_by_who_gave_it(team: Team) -> None:
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.approve(draft.id, "ben")
    [approval] = team.desk.state().change(draft.id).approvals
    with pytest.raises(Refused, match="no approval"):
        team.steps("cat").withdraw_approval(approval.number, "no")
    team.steps("ben").withdraw_approval(approval.number, "I overlooked something.")
    with pytest.raises(Refused, match="withdrawn"):
        team.steps("cat").merge(draft.id)


def test_what_cannot_be_proposed(team: Team) -> None:
    empty = team.workspace.start("Nothing", team.person("ada"), team.clock())
    with pytest.raises(Refused, match="changes nothing"):
        team.steps("ada").propose(empty.id, "x", "y")
    wrong = team.draft("ada", "Wrong", {LOCKED: with_members(when={"fact": "no_such", "is": True})})
    with pytest.raises(Refused, match="no_such"):
        team.steps("ada").propose(wrong.id, "x", "y")
    for title, reason in (("", "y"), ("x", " ")):
        with pytest.raises(Refused, match="title and a reason"):
            team.steps("ada").propose(wrong.id, title, reason)
    with pytest.raises(WorkspaceError, match="no draft"):
        team.steps("ada").propose("nowhere", "x", "y")


def test_two_changes_of_one_record_merge_and_the_second_is_looked_at_again(team: Team) -> None:
    one = team.proposed("ada", "One", {LOCKED: with_members(because="your back locked up")})
    two = team.proposed("ben", "Two", {LOCKED: with_members(title="The back locked")})
    team.approve(one.id, "cat")
    team.approve(two.id, "cat")
    team.steps("cat").merge(one.id)
    with pytest.raises(Refused, match="edited since"):
        team.steps("cat").merge(two.id)
    team.approve(two.id, "dan")
    commit = team.steps("cat").merge(two.id)
    assert team.value(commit, LOCKED)["because"] == "your back locked up"
    assert team.value(commit, LOCKED)["title"] == "The back locked"


def test_a_conflict_is_told_and_decided_by_an_author(team: Team) -> None:
    one = team.proposed("ada", "One", {LOCKED: with_members(because="one")})
    two = team.proposed("ben", "Two", {LOCKED: with_members(because="two", title="The back locked")})
    team.approve(one.id, "cat")
    team.steps("cat").merge(one.id)
    [conflict] = team.desk.look(two.id).conflicts
    assert (conflict.path, conflict.steps, conflict.ours, conflict.theirs) == (LOCKED, ("because",), "one", "two")
    for act in (lambda: team.approve(two.id, "cat"), lambda: team.steps("cat").merge(two.id)):
        with pytest.raises(Refused, match="same places"):
            act()
    draft = team.workspace.draft(two.id)
    with pytest.raises(Refused, match="1 places"):
        team.steps("ben").take_in(draft, {})
    draft = team.steps("ben").take_in(draft, {(LOCKED, ("because",)): "theirs"})
    assert draft.base == team.workspace.approved()
    assert team.workspace.draft(two.id) == draft
    assert team.value(draft, LOCKED)["because"] == "two"
    team.approve(two.id, "cat")
    commit = team.steps("cat").merge(two.id)
    assert team.value(commit, LOCKED)["title"] == "The back locked"


def test_another_merge_keeps_an_approval_only_where_no_further_patient_moves(team: Team) -> None:
    """Ada takes a red flag off the numb; Ben's change of another rule decides whom that reaches."""
    ada = team.proposed("ada", "Weaker", {LOCKED: evidence_weight(4)})
    ben = team.proposed("ben", "Words", {NUMB: with_members(because="you feel numb")})
    team.approve(ada.id, "cat", "dan")
    team.approve(ben.id, "cat")
    team.steps("cat").merge(ben.id)
    assert team.desk.look(ada.id).overtaken() == {}
    # Now somebody else raises the prior: a weight of 4 makes others likely than it did before.
    prior = {"decibans": -6, "probability": 0.2, "judgement": "An example."}
    eve = team.proposed("eve", "Rarer", {SPASM: with_members(prior=prior)})
    team.approve(eve.id, "cat", "dan")
    team.steps("cat").merge(eve.id)
    overtaken = team.desk.look(ada.id).overtaken()
    assert len(overtaken) == 2
    with pytest.raises(Refused, match="move patients whom the reviewer did not see"):
        team.steps("cat").merge(ada.id)
    team.approve(ada.id, "cat", "dan")
    team.steps("cat").merge(ada.id)


def evidence_weight(weight: int) -> object:
    def change(record: dict) -> dict:  # type: ignore[type-arg]
        return {**record, "then": {**record["then"], "weight": weight}}

    return change


def test_main_is_never_red(team: Team) -> None:
    """Two changes that are each fine and together are not."""
    one = team.proposed("ada", "A case", {"cases/seventy.json": SEVENTY})
    two = team.proposed("ben", "Rarer in age", {"rules/evidence/older.json": evidence_weight(-10)})
    team.approve(one.id, "cat")
    team.approve(two.id, "cat", "dan")
    team.steps("cat").merge(one.id)
    before = team.workspace.approved()
    with pytest.raises(Refused, match="cases/seventy"):
        team.steps("cat").merge(two.id)
    assert team.workspace.approved() == before


SEVENTY = {
    "id": "seventy",
    "title": "Seventy",
    "story": "A man of 70.",
    "answers": {"age": 70, "numb": False, "locked": True},
    "expect": {"urgency": "self_care", "first": "spasm"},
    "because": "It locked.",
    "judgement": "An example.",
}

PROMISE = {
    "id": "numb_now",
    "title": "Numb between the legs is an emergency",
    "whenever": {"fact": "numb", "is": True},
    "then": {"urgency_at_least": "emergency"},
    "hazard": "A missed emergency.",
    "harm": "Lasting damage.",
    "severity": "catastrophic",
    "judgement": "An example.",
}


class Busy(BruteForce):
    """A machine on which everything runs out of time, as long as it is busy."""

    busy = True

    def prove(self, kb: KnowledgeBase, pace: Pace) -> tuple[Verdict, ...]:
        return (Verdict("numb_now", "Numb", "unsettled"),) if self.busy else super().prove(kb, pace)

    def changes(self, before: KnowledgeBase, after: KnowledgeBase) -> Changes:
        return Changes(*[Moved()] * 6) if self.busy else super().changes(before, after)


def test_a_safety_property_that_fails_or_cannot_be_settled_refuses_the_merge(tmp_path: Path) -> None:
    team = Team(make_repository(tmp_path / "r", {"safety/numb_now.json": PROMISE}))
    draft = team.proposed("ada", "Only an urgent one", {NUMB: lower})
    team.approve(draft.id, "ben", "cat")
    with pytest.raises(Refused, match="Numb between the legs is an emergency” does not hold"):
        team.steps("ben").merge(draft.id)

    class Unsettled(BruteForce):
        def prove(self, kb: object, pace: Pace) -> tuple[Verdict, ...]:
            return (Verdict("numb_now", "Numb", "unsettled"),)

    other = Team(tmp_path / "r", Unsettled())
    draft = other.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    other.approve(draft.id, "ben")
    with pytest.raises(Refused, match="could not be proved"):
        other.steps("ben").merge(draft.id)


def test_what_could_not_be_settled_on_a_busy_machine_is_asked_again(tmp_path: Path) -> None:
    proofs = Busy()
    team = Team(make_repository(tmp_path / "r", {"safety/numb_now.json": PROMISE}), proofs)
    draft = team.proposed("ada", "A lighter weight", {LOCKED: lambda record: record | {"title": "Locked, or stuck"}})
    team.approve(draft.id, "ben")
    with pytest.raises(Refused, match="could not be proved"):
        team.steps("ben").merge(draft.id)
    weighed = team.proposed("ada", "Weighs less", {LOCKED: lambda one: one | {"then": one["then"] | {"weight": 7}}})
    assert team.desk.look(weighed.id).less_urgent()
    proofs.busy = False
    assert not team.desk.look(weighed.id).less_urgent()
    team.steps("ben").merge(draft.id)


def test_what_held_of_any_knowledge_base_does_not_become_worse(tmp_path: Path) -> None:
    class Judging(BruteForce):
        def prove(self, kb: KnowledgeBase, pace: Pace) -> tuple[Verdict, ...]:
            flag = kb.red_flags["red_flags/numb"].red_flag
            held = "proved" if flag.value == "emergency" else "refuted"
            never = Verdict("never", "Never held", "refuted", absolute=False)
            return (never, Verdict("flags", "Flags count", held, absolute=False))

    team = Team(make_repository(tmp_path / "r"), Judging())
    words = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.approve(words.id, "ben")
    team.steps("ben").merge(words.id)
    draft = team.proposed("ada", "Only an urgent one", {NUMB: lower})
    team.approve(draft.id, "ben", "cat")
    with pytest.raises(Refused, match="this held before, and does not hold in the result: Flags count"):
        team.steps("ben").merge(draft.id)


def test_without_proofs_nothing_is_merged(tmp_path: Path) -> None:
    team = Team(make_repository(tmp_path / "r"))
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.approve(draft.id, "ben")
    team.desk.proofs = None
    with pytest.raises(WorkspaceError, match="proofs are not available"):
        team.steps("ben").merge(draft.id)
    assert team.desk.state().change(draft.id).status == "proposed"


# Who is who


@pytest.fixture
def listed(tmp_path: Path) -> Team:
    server = PrivateKey.generate("console")
    keys = {"dan": PrivateKey.generate("dan")}
    people = roster(
        ("ada", ["clinician"]), ("ben", ["editor"]), ("cat", ["clinician"]), ("dan", ["clinician"]),
        servers=[server], keys=keys,
    )  # fmt: skip
    settings = {"policy": "Two.", "needs": [{"change": "logic", "approvals": 1, "roles": ["clinician"]}]}
    overlay = {"review/roster.json": people, "kb.json": {**BASE["kb.json"], "review": settings}}
    team = Team(make_repository(tmp_path / "r", overlay))
    team.server = server
    team.keys = keys
    return team


def test_a_second_address_is_the_same_person(listed: Team) -> None:
    draft = listed.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    look = listed.desk.look(draft.id)
    with pytest.raises(Refused, match="author"):
        listed.steps("ada", "Ada@Second.example.org").approve(draft.id, look.head)
    with pytest.raises(Refused, match="not on the roster"):
        listed.steps("ada", "ada@third.example.org").approve(draft.id, look.head)
    listed.approve(draft.id, "ben")
    listed.steps("cat").merge(draft.id)


def test_a_key_that_nobody_vouches_for(listed: Team) -> None:
    draft = listed.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    look = listed.desk.look(draft.id)
    stranger = PrivateKey.generate("stranger")
    for name, key, told in (
        ("ben", stranger, "does not name"),
        ("ben", listed.keys["dan"], "the key of Dan"),
    ):
        with pytest.raises(Refused, match=told):
            listed.steps(name, key=key).approve(draft.id, look.head)
    listed.steps("dan", key=listed.keys["dan"]).approve(draft.id, look.head)
    with pytest.raises(Refused, match="does not name"):
        listed.steps("ben", key=stranger).merge(draft.id)
    listed.steps("cat").merge(draft.id)


def test_a_rule_needs_a_clinician(listed: Team) -> None:
    draft = listed.proposed("ada", "Rarer in age", {"rules/evidence/older.json": evidence_weight(-4)})
    listed.approve(draft.id, "ben")
    with pytest.raises(Refused, match="a clinician"):
        listed.steps("ben").merge(draft.id)
    listed.approve(draft.id, "cat")
    listed.steps("ben").merge(draft.id)


def test_the_policy_of_a_change_does_not_judge_the_change(listed: Team) -> None:
    """Nobody relaxes the policy and uses the relaxed one at once."""
    relaxed = {"policy": "None.", "needs": [{"change": "policy", "approvals": 1}]}
    draft = listed.proposed("ada", "Relax", {"kb.json": with_members(review=relaxed)})
    listed.approve(draft.id, "ben")
    with pytest.raises(Refused, match="the review policy or roster needs the approval of one more"):
        listed.steps("ben").merge(draft.id)


# What stands and nobody approved


def test_what_stands_is_approved_by_others_than_its_authors(team: Team) -> None:
    main = team.workspace.approved()
    with pytest.raises(Refused, match="author"):
        team.steps("root").approve_standing([LOCKED], main)
    with pytest.raises(Refused, match="no record"):
        team.steps("ben").approve_standing(["rules/none.json"], main)
    team.steps("ben").approve_standing([LOCKED], main)
    [approval] = team.desk.state().standing
    assert approval.what.records[0].path == LOCKED


def test_a_record_that_was_changed_since_it_was_read_is_not_approved_as_it_stands(team: Team) -> None:
    seen = team.workspace.approved()
    draft = team.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    team.approve(draft.id, "ben")
    team.steps("ben").merge(draft.id)
    with pytest.raises(MovedError, match="changed since you looked at it"):
        team.steps("cat").approve_standing([LOCKED, SPASM], seen)
    assert team.desk.state().standing == []
    team.steps("cat").approve_standing([SPASM], seen)  # nobody touched this one
