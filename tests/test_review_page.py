"""What a reviewer sees before anybody approves: who moves, said once, and safety properties that would not hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from authoring.console.review_words import told_alike, told_html
from authoring.review.proofs import Group
from engine.knowledge import KnowledgeBase
from engine.load import load
from tests.browsing import until
from tests.conftest import ROOT
from tests.review_help import Team, make_repository, with_members
from tests.test_review import NUMB, PROMISE, lower
from validators.example import BASE
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
    reworded = team.proposed("ada", "Other words", {NUMB: with_members(because="you feel numb there")})
    app = opened(tmp_path / "r", reworded.id, monkeypatch)
    assert not app.error
    assert any("all hold with this change" in one.value for one in app.markdown)
