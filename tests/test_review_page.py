"""What a reviewer sees before anybody approves: who moves, said once, and safety properties that would not hold."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from authoring.console.review.review_jobs import Jobs
from authoring.console.review.review_words import told_alike, told_html
from authoring.review.approved import lacking
from authoring.review.events import Actor
from authoring.review.identity import CONSOLE_KEY
from authoring.review.in_english import record_change
from authoring.review.pace import Pace
from authoring.review.proofs import Changes, Group, Verdict
from authoring.review.proving import Solver
from authoring.workspace import Person, WorkspaceError
from engine.knowledge import KnowledgeBase
from engine.load import load
from tests.browsing import until
from tests.conftest import ROOT
from tests.review_help import BruteForce, Team, make_repository, with_members
from tests.test_review import LOCKED, NUMB, PROMISE, Busy, lower
from validators.example import BASE
from validators.proof.confirm import TranslationError
from validators.proof.solver import Cancelled
from validators.registry import example_files


def read(overlay: dict[str, object]) -> KnowledgeBase:
    found = load(example_files(BASE, overlay)).kb
    assert found is not None
    return found


def test_patients_who_are_told_the_same_are_shown_together() -> None:
    kb = read({})
    groups = [
        Group({"numb": True, "locked": True}, ("Numb", "Locked")),
        Group({"numb": True, "locked": False}, ("Numb", "Not locked")),
        Group({"numb": False, "locked": True}, ("Locked",)),
    ]
    numb, locked = told_alike([groups[0], groups[2], groups[0]], kb, kb)
    assert numb.groups == (groups[0], groups[0])
    assert numb.shared == ("Numb", "Locked")
    assert numb.further == ()
    assert locked.groups == (groups[2],)
    alike = told_alike([groups[2], Group(groups[2].witness, ("Locked", "Old"))], kb, kb)
    assert alike[0].shared == ("Locked",)
    assert alike[0].further == (), "one of them has nothing besides, so nothing besides is asked for"
    page = told_html(told_alike([Group(groups[2].witness, ("Locked", one)) for one in "ab<"], kb, kb)[0], kb, kb)
    assert "<li>a</li><li>b</li><li>&lt;</li>" in page
    assert "Whoever has:</b> Locked" in page


def test_patients_who_are_told_the_same_now_and_different_things_later_stay_apart() -> None:
    flag = BASE[NUMB]
    before = read({})
    after = read({NUMB: {**flag, "when": {"all": [flag["when"], {"fact": "age", "gte": 40}]}}})
    old, young, older = (Group({"numb": True, "age": age}, (f"Age {age}",)) for age in (70, 30, 80))
    stay, fall = told_alike([old, young, older], before, after)
    assert stay.now == fall.now == stay.then
    assert stay.now.startswith("emergency (Saddle numbness)")
    assert not fall.then.startswith("emergency")
    assert stay.groups == (old, older)
    assert fall.groups == (young,)


def lighter(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "then": {**record["then"], "weight": record["then"]["weight"] - 1}}


def opened(repository: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("ALGOS_REPOSITORY", str(repository))
    app = AppTest.from_file(str(ROOT / "authoring/console/views/changes.py"), default_timeout=120)
    app.query_params["change"] = change

    def worked_out() -> bool:
        app.run()
        assert not app.exception, app.exception
        return not any("being" in one.value for one in (*app.info, *app.caption))

    until(worked_out, "the proofs are done", seconds=120)
    return app


def test_what_could_not_be_settled_is_tried_again_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proofs = Busy()
    monkeypatch.setattr("authoring.review.opening.proofs_at_hand", lambda: proofs)
    team = Team(make_repository(tmp_path / "r", {"safety/numb_now.json": PROMISE}))
    draft = team.proposed("ada", "Tried twice", {LOCKED: lambda one: lighter(one) | {"title": "Tried twice"}})
    app = opened(tmp_path / "r", draft.id, monkeypatch)
    assert any("could not be settled" in one.value for one in app.error)
    assert any("could not be proved" in one.value for one in app.error)
    proofs.busy = False
    app.button(key="again-moves").click()

    def settled() -> bool:
        app.run()
        return any("Less urgent than now: **nobody** (proved)" in one.value for one in app.markdown)

    until(settled, "the proofs are done", seconds=120)
    assert not any("could not be" in one.value for one in app.error)


def test_a_reviewer_sees_which_safety_property_would_fail_and_for_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = Team(make_repository(tmp_path / "r", {"safety/numb_now.json": PROMISE}))
    lowered = team.proposed("ada", "Only an urgent one", {NUMB: lower})
    app = opened(tmp_path / "r", lowered.id, monkeypatch)
    told = [one.value for one in app.error]
    assert any("“Numb between the legs is an emergency” does not hold" in one for one in told), told
    assert any("Less urgent than now" in one for one in told), told
    assert [one.label for one in app.button].count("Open this patient on the test bench") >= 2
    gentler = team.proposed("ada", "Weighs less", {LOCKED: lighter})
    app = opened(tmp_path / "r", gentler.id, monkeypatch)
    assert any("all hold with this change" in one.value for one in app.markdown)
    reworded = team.proposed("ada", "Other words", {NUMB: with_members(because="you feel numb there")})
    app = opened(tmp_path / "r", reworded.id, monkeypatch)
    assert any("Nothing in this change can move a patient" in one.value for one in app.caption)


def test_cases_that_cannot_be_run_are_not_told_as_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    team = Team(make_repository(tmp_path / "r"))
    broken = with_members(when={"finding": "nobody_concludes_it"})
    draft = team.draft("ada", "Older", {"rules/evidence/older.json": broken})
    app = opened(tmp_path / "r", draft.id, monkeypatch)
    told = "\n".join(one.value for one in (*app.markdown, *app.warning))
    assert "not there" not in told
    assert "cannot be run before the errors below are mended" in told


@pytest.mark.parametrize(
    ("path", "then", "label", "after"),
    [
        (LOCKED, {"group": "other"}, "Group", "other"),
        (LOCKED, {"independent_because": "They are two things."}, "Why both may count", "They are two things."),
        (NUMB, {"if_unsure": "soon", "if_unsure_reason": "It is rare."}, "Why not one level below", "It is rare."),
        (NUMB, {"if_unsure": "urgent", "if_unsure_reason": "It is so."}, "Why not one level below", "It is so."),
        (NUMB, {"message": "Go at once."}, "Message", "Go at once."),
    ],
)
def test_nothing_that_changes_of_a_conclusion_is_hidden(
    path: str, then: dict[str, Any], label: str, after: str, tmp_path: Path
) -> None:
    """A reviewer reads two different texts for each thing that changes, also where its sentence does not tell it."""
    team = Team(make_repository(tmp_path / "r"))
    draft = team.draft("ada", "Then", {path: lambda one: {**one, "then": {**one["then"], **then}}})
    look = team.desk.look(draft.id)
    [change] = [record_change(record, look.approved, look.merged) for record in look.records]
    assert (label, after) in [(one.label, one.after) for one in change.differences]
    assert all(one.before != one.after for one in change.differences)


def test_another_id_of_the_knowledge_base_is_told(tmp_path: Path) -> None:
    """Every app that follows it would refuse its next release."""
    team = Team(make_repository(tmp_path / "r"))
    draft = team.draft("ada", "Id", {"kb.json": lambda one: {**one, "id": "another"}})
    look = team.desk.look(draft.id)
    [change] = [record_change(record, look.approved, look.merged) for record in look.records]
    assert [(one.label, one.after) for one in change.differences] == [("Id", "another")]


def test_every_field_that_changes_has_its_place_in_the_record(tmp_path: Path) -> None:
    team = Team(make_repository(tmp_path / "r"))
    spasm = "conditions/low_back/spasm.json"
    before = json.loads(team.workspace.files(team.workspace.approved())[spasm])
    section = before["guide"]["sections"][0]

    def edited(record: dict[str, Any]) -> dict[str, Any]:
        record = deepcopy(record)
        record["plain_name"] = "Another name"
        record["guide"]["sections"][0]["statements"][0]["text"] = "Another statement."
        record["guide"]["sections"].append({**section, "id": "sleep", "title": "Sleep"})
        return record

    draft = team.proposed("ada", "Words", {spasm: edited, NUMB: lower})
    look = team.desk.look(draft.id)
    found = {
        record.path: {one.pointer: one for one in record_change(record, look.approved, look.merged).differences}
        for record in look.records
    }
    assert found[NUMB].keys() == {"/then"}
    assert found[spasm].keys() == {
        "/plain_name",
        "/guide/sections/0/statements/0/text",
        f"/guide/sections/{len(before['guide']['sections'])}",
    }
    for path, differences in found.items():
        record = json.loads(look.merged.files[path])
        for pointer in differences:
            value = record
            for step in pointer[1:].split("/"):
                value = value[int(step) if isinstance(value, list) else step]  # raises where there is no such place


class Slow(BruteForce):
    """Proofs that take until somebody lets them, and are then not asked again."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Event()
        self.asked = 0

    def changes(self, before: KnowledgeBase, after: KnowledgeBase) -> Changes:
        self.asked += 1
        assert self.gate.wait(100)
        return super().changes(before, after)

    def prove(self, kb: KnowledgeBase, pace: Pace) -> tuple[Verdict, ...]:
        self.asked += 1
        return super().prove(kb, pace)


def test_merging_waits_for_the_proofs_beside_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proofs = Slow()
    monkeypatch.setattr("authoring.review.opening.proofs_at_hand", lambda: proofs)
    monkeypatch.setenv(CONSOLE_KEY, str(tmp_path / "console.pem"))
    team = Team(make_repository(tmp_path / "r"))
    draft = team.proposed("ada", "Waits for proofs", {LOCKED: lambda one: lighter(one) | {"title": "Waits"}})
    team.approve(draft.id, "ben", "cat")
    monkeypatch.setenv("ALGOS_REPOSITORY", str(tmp_path / "r"))
    app = AppTest.from_file(str(ROOT / "authoring/console/views/changes.py"), default_timeout=120)
    app.query_params["change"] = draft.id
    app.run()
    merge = app.button(key="merge")
    assert (merge.disabled, merge.proto.help) == (True, "The proofs are not done yet.")
    proofs.gate.set()

    def ready() -> bool:
        app.run()
        return not app.button(key="merge").disabled

    until(ready, "the proofs are done", seconds=120)
    asked = proofs.asked
    app.button(key="merge").click().run()
    assert not app.exception, app.exception
    assert team.desk.state().change(draft.id).merged
    assert proofs.asked == asked


class Waiting(BruteForce):
    """Proofs that go on until somebody wants them stopped."""

    def prove(self, kb: KnowledgeBase, pace: Pace) -> tuple[Verdict, ...]:
        pace.tell(0, 0, "a family")
        pace.tell(3, 10, "a property")
        assert pace.stop.wait(100)
        raise Cancelled


def test_a_release_is_made_beside_the_page_and_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proofs: BruteForce = Waiting()
    monkeypatch.setattr("authoring.review.opening.proofs_at_hand", lambda: proofs)
    monkeypatch.setenv(CONSOLE_KEY, str(tmp_path / "console.pem"))
    team = Team(make_repository(tmp_path / "r"))
    monkeypatch.setenv("ALGOS_REPOSITORY", str(tmp_path / "r"))
    app = AppTest.from_file(str(ROOT / "authoring/console/views/releases.py"), default_timeout=120)

    def press(label: str) -> None:
        next(one for one in app.button if one.label == label).click().run()
        assert not app.exception, app.exception

    def named(label: str) -> Any:
        return next(one for one in app.text_input if one.label == label)

    def ended() -> bool:
        app.run()
        assert not app.exception, app.exception
        return bool(app.success or app.error)

    app.session_state["release-named"] = "Sprig"  # as when another page was opened meanwhile
    app.run()
    assert named("What is it called?").value == "Sprig"
    named("What is it called?").set_value("Spring")
    app.checkbox[0].check()
    press("Release")
    far = re.compile(r"is making a release\. The safety properties are being proved: 3 of 10")
    until(lambda: bool(far.search(app.run().get("progress")[0].proto.text)), "it says how far it is")
    assert next(one for one in app.button if one.label == "Release").disabled
    stranger = AppTest.from_file(str(ROOT / "authoring/console/views/releases.py"), default_timeout=120)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("authoring.console.who.signed_in", lambda: Actor("Eve", "eve@example.org", "oidc"))
        stranger.run()
    assert far.search(stranger.get("progress")[0].proto.text)
    assert not [one for one in stranger.button if one.label == "Stop"]
    assert app.session_state["release-named"] == "Spring"
    press("Stop")
    until(ended, "it is stopped")
    assert [one.value for one in app.success] == ["Stopped. Nothing was released."]
    assert team.desk.state().releases == []
    assert named("What is it called?").value == "Spring"
    monkeypatch.setattr(Waiting, "prove", BruteForce.prove)
    press("Release")
    until(ended, "it is out")
    assert [one.value for one in app.success] == ["Preview 1 is out."]
    assert [one.what.name for one in team.desk.state().releases] == ["Spring"]
    assert named("What is it called?").value == ""
    app.checkbox[0].uncheck()
    press("Release")
    until(ended, "it is refused")
    assert "records are not approved" in app.error[0].value
    monkeypatch.setenv(CONSOLE_KEY, str(tmp_path / "r" / "console.pem"))
    press("Release")
    assert "must not lie in the repository" in app.error[0].value


class JustEnded:
    """A release that ends when the page has just asked whether it has."""

    number, said, failure, fault = 1, "Preview 1 is out.", None, None
    asked = 0

    @property
    def ended(self) -> bool:
        self.asked += 1
        return self.asked > 1


def test_what_came_of_a_release_is_told_whenever_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_repository(tmp_path / "r")
    monkeypatch.setenv("ALGOS_REPOSITORY", str(tmp_path / "r"))
    app = AppTest.from_file(str(ROOT / "authoring/console/views/releases.py"), default_timeout=120)
    app.session_state["release-job"] = JustEnded()
    app.run()
    assert not app.exception, app.exception
    assert [one.value for one in app.success] == ["Preview 1 is out."]


def test_what_was_told_stays_when_the_page_is_drawn_again_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = iter([False, True])  # the proofs end just after the page has asked whether they have
    monkeypatch.setattr(Jobs, "before_merging", lambda _, __: next(done, True))
    monkeypatch.setenv(CONSOLE_KEY, str(tmp_path / "console.pem"))
    team = Team(make_repository(tmp_path / "r"))
    draft = team.proposed("ada", "Other words", {LOCKED: lambda one: one | {"title": "Another title"}})
    team.approve(draft.id, "ben")
    monkeypatch.setenv("ALGOS_REPOSITORY", str(tmp_path / "r"))
    app = AppTest.from_file(str(ROOT / "authoring/console/views/changes.py"), default_timeout=120)
    app.query_params["change"] = draft.id
    app.session_state["review-told"] = "Approved."
    app.run()
    assert next(done, None) is None
    assert not app.button(key="merge").disabled
    assert [one.value for one in app.success] == ["Approved."]
    app.run()
    assert list(app.success) == []


def test_a_drawing_that_is_none_is_not_given_to_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the file could be an address, which a page would fetch, or the name of a file of this machine."""
    drawn = b'<!-- by hand --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'
    files = {"exercises/a.svg": b"https://example.org/seen.png", "exercises/b.svg": b"x.png", "exercises/c.svg": drawn}
    make_repository(tmp_path / "r", files)
    monkeypatch.setenv("ALGOS_REPOSITORY", str(tmp_path / "r"))
    app = AppTest.from_file(str(ROOT / "authoring/console/views/unreviewed.py"), default_timeout=120)
    app.run()
    kinds = next(one for one in app.selectbox if one.label == "What to review")
    kinds.select("picture or translation").run()
    assert not app.exception, app.exception
    assert sum("cannot be shown" in one.value for one in app.warning) == 2
    shown = [image.url for name in ("image", "imgs") for one in app.get(name) for image in one.proto.imgs]
    assert shown
    assert all(url.startswith("data:image/svg+xml") for url in shown)


def test_a_fault_of_the_proofs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def differs(*_: object, **__: object) -> None:
        raise TranslationError("the proofs differ from the evaluator on nobody")

    for name in ("prove", "changes", "further"):
        monkeypatch.setattr(f"authoring.review.proving.{name}", differs)
    kb = read({})
    for ask in (lambda: Solver().prove(kb, Pace()), lambda: Solver().changes(kb, kb)):
        with pytest.raises(WorkspaceError, match="at fault"):
            ask()


def test_a_field_is_commented_on_at_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    team = Team(make_repository(tmp_path / "r"))
    monkeypatch.setenv(CONSOLE_KEY, str(tmp_path / "console.pem"))
    draft = team.proposed("ada", "Other words", {NUMB: with_members(because="you feel numb there")})
    app = opened(tmp_path / "r", draft.id, monkeypatch)
    about = next(one for one in app.selectbox if one.label == "About")
    assert any(one.endswith("› Because") for one in about.options)
    about.select_index(len(about.options) - 1)
    next(one for one in app.text_area if one.label == "What do you want to say?").input("Who says so?")
    next(one for one in app.button if one.label == "Comment").click().run()
    assert not app.exception, app.exception
    team.desk.journal.sync()
    comment = team.desk.state().change(draft.id).comments[0]
    assert (comment.path, comment.pointer, comment.text) == (NUMB, "/because", "Who says so?")
    assert any("Because" in one.value for one in app.caption)


def test_what_nobody_reviewed_is_approved_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    team = Team(make_repository(tmp_path / "r"))
    monkeypatch.setenv("ALGOS_REPOSITORY", str(tmp_path / "r"))
    monkeypatch.setenv(CONSOLE_KEY, str(tmp_path / "console.pem"))

    def page(name: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "authoring/console/views/unreviewed.py"), default_timeout=120)
        app.session_state["person"] = Person(name, f"{name.lower()}@example.org")
        app.run()
        assert not app.exception, app.exception
        return app

    def left() -> set[str]:
        team.desk.journal.sync()
        return set(lacking(team.desk, team.desk.state(), team.views.approved(team.desk.today())))

    def approves(name: str) -> AppTest:
        app = page(name)
        assert next(one for one in app.button if one.label == "Approve").disabled, "nothing is ticked yet"
        for box in app.checkbox:
            box.check()
        app.run()
        next(one for one in app.button if one.label.startswith("Approve ")).click().run()
        assert not app.exception, app.exception
        assert not app.error
        return app

    def marks(flag: str) -> str:
        app = AppTest.from_file(str(ROOT / "authoring/console/views/rules.py"), default_timeout=120)
        app.session_state["person"] = Person("Ben", "ben@example.org")
        app.query_params["rule"] = flag.removeprefix("rules/").removesuffix(".json")
        app.run()
        assert not app.exception, app.exception
        return "".join(one.body for one in app.get("html"))

    flags = {path for path in left() if path.startswith("rules/red_flags/")}
    assert flags
    assert "unreviewed: no clinician has approved it" in marks(min(flags))
    app = approves("Ben")
    assert any("approved" in one.value.lower() for one in app.success)
    assert flags <= left(), "a red flag needs two"
    assert any("Approved by Ben." in one.value for one in page("Cat").caption)
    approves("Cat")
    assert not flags & left()
    assert "approved as it stands" in marks(min(flags))
    assert "no clinician" not in marks(min(flags))
    assert not page("Root").checkbox, "an author does not approve"
