"""A clinician who never saw the console adds a condition, its rules, its guide and its patients: all in the browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from authoring.workspace import Workspace
from engine.canonical import canonical_text
from tests.browsing import PATIENCE, ROOT, Console, chromium, commit_all, pictured, streamlit, until
from tests.conftest import STARTER

Json = dict[str, Any]

STATEMENT = (
    "Your hip snaps when a tendon slides over bone. It is harmless, and it can hurt when you walk or climb stairs."
)
CRITERION: Json = {
    "all": [
        {"fact": "stiff_hip_stairs", "is": True},
        {
            "any": [
                {"fact": "socks", "is": True},
                {
                    "at_least": 2,
                    "of": [
                        {"fact": "work_heavy", "is": True},
                        {"fact": "exercises_regularly", "is": True},
                        {"fact": "age", "gte": 40},
                    ],
                },
            ]
        },
    ]
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The starter knowledge base with a handful of its cases."""
    shutil.copytree(STARTER, tmp_path / "kb", ignore=_dropped)
    commit_all(tmp_path)
    return tmp_path


def _dropped(folder: str, names: list[str]) -> list[str]:
    return [one for one in names if Path(folder).name == "cases" and "locked" not in one]


@pytest.fixture
def address(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = {"ALGOS_REPOSITORY": str(repository), "ALGOS_FOLDER": "kb"}
    with streamlit(ROOT / "authoring/console/app.py", tmp_path_factory.mktemp("log"), environment) as found:
        yield found


@pytest.mark.timeout(600)
def test_a_new_clinician_adds_a_condition(repository: Path, address: str, tmp_path: Path) -> None:
    with chromium() as browser:
        ada = Console(browser.new_context(viewport={"width": 1440, "height": 1200}), address)
        ben = Console(browser.new_context(viewport={"width": 1440, "height": 1200}), address)
        with pictured(tmp_path, ada=ada, ben=ben):
            ada.go("Home")
            ada.start_draft("Snapping hip")
            ben.go("Home")
            ben.start_draft("A clearer title")
            new_condition(ada)
            change_a_rule(ben)  # while the other draft is being written
            write_the_guide(ada)
            nested_rule(ada)
            second_rule(ada)
            cases(ada)
        assert ada.errors == []
        assert ben.errors == []
    workspace = Workspace(repository)
    drafts = {one.title: one for one in workspace.drafts()}
    changed = workspace.changed(drafts["Snapping hip"])
    assert set(changed) == {
        "conditions/hip/snapping_hip.json",
        "rules/evidence/snapping_hip/clicks_on_stairs.json",
        "rules/evidence/snapping_hip/sport_with_arching.json",
        "cases/a_dancer_whose_hip_snaps.json",
        "cases/a_runner_without_stairs.json",
    }
    for path, (_, data) in changed.items():
        assert data is not None
        assert canonical_text(data, path).encode() == data
    assert json.loads(changed["rules/evidence/snapping_hip/clicks_on_stairs.json"][1] or b"")["when"] == CRITERION
    assert set(workspace.changed(drafts["A clearer title"])) == {"rules/red_flags/saddle_numbness.json"}
    check_passes(workspace, drafts["Snapping hip"].head, tmp_path / "draft")


def new_condition(one: Console) -> None:
    one.go("Conditions and guides")
    one.open("New condition")
    one.write("Name, in a clinician's words", "Snapping hip")
    one.write("Name, in the patient's words", "A hip that snaps")
    form = one.page.locator("details").filter(has_text="New condition")
    one.choose("Region", "hip", inside=form)
    one.choose("How soon somebody with it should be seen", "self-care", inside=form)
    prior = "Probability among those for whom it is considered (0 to 1)"
    one.write(prior, "five")
    one.write("Where that figure comes from (sources can be added later)", "An estimate for this test.")
    one.press("Create it")
    one.sees("Write a number above 0 and below 1")  # at its field, and nothing was saved
    one.write(prior, "0.05")
    one.press("Create it")
    expect(one.page.get_by_role("heading", name="Snapping hip", level=2)).to_be_visible(timeout=PATIENCE)
    one.settled()


def write_the_guide(one: Console) -> None:
    why = "Judgement: why it is said where no source settles it"

    def part(name: str) -> None:
        block = one.page.locator(f'[class*="block-{name}"]')
        one.press("Edit", inside=block)
        expect(block.get_by_role("button", name="Close", exact=True)).to_be_visible(timeout=PATIENCE)
        one.settled()

    part("summary")
    one.write("One or two sentences at the top of the page", "A tendon slides over the bone of your hip and snaps.")
    part("what_it_is")
    one.text("Statement 1").press_sequentially(STATEMENT)
    reloaded(one, "Statement 1", STATEMENT)
    judged(one, why, "Ordinary anatomy.")
    for section, words in (("today", "Walk on flat ground."), ("outlook", "Most people are better in three months.")):
        part(section)
        one.write("Statement 1", words)
        judged(one, why, "Common advice.")
    part("exercises")
    one.choose("Add from the library", "Bridge")
    one.press("Add “Bridge”")
    one.write("From when", "When walking is easy again")
    judged(one, why, "Common practice.")
    part("watch")
    one.write("Sign 1", "You cannot put weight on your leg after a fall")
    one.write("Where to go, and how soon", "Go to the emergency department now.")
    judged(one, why, "Ordinary care.")
    one.page.get_by_role("radio", name="What it is", exact=True).click()
    one.settled()
    one.open("What the condition as a whole rests on")
    one.write(why, "Written for this test.", at=-1)
    one.press("Save")
    one.sees("Nothing to mend. Saved.")


def judged(one: Console, label: str, words: str) -> None:
    """Say what the open part of the guide rests on."""
    one.open("Rests on: no source yet")
    one.write(label, words, at=-1)
    one.sees("Rests on: judgement")
    one.settled()


def reloaded(one: Console, label: str, words: str) -> None:
    """The page is loaded again in the midst of typing: the text is there, or one button brings it back."""
    one.page.reload()
    field, keep = one.text(label), one.page.get_by_role("button", name="Keep it")
    until(lambda: keep.count() > 0 or (field.count() > 0 and field.input_value() == words), "the text is back")
    if keep.count():
        keep.first.click()
    expect(field).to_have_value(words, timeout=PATIENCE)
    one.settled()


def begin_rule(one: Console, title: str) -> None:
    one.open("New rule")
    form = one.page.locator("details").filter(has_text="New rule")
    one.choose("Condition", "Snapping hip", inside=form)
    one.write("What the rule says, in a few words", title, inside=form)
    one.press("Begin this rule")
    expect(one.page.get_by_role("heading", name=title, level=2)).to_be_visible(timeout=PATIENCE)
    one.page.locator(".builder").wait_for()
    one.settled()


def nested_rule(one: Console) -> None:
    one.go("Rules")
    begin_rule(one, "Clicks on stairs")
    one.page.locator(".foot").get_by_role("button", name="Add a group").click()
    one.pick("pain on stairs")
    one.group(kind="any", first="socks and shoes")
    one.group(1, kind="at_least", first="exercises regularly")
    one.condition(1, 1, about="age")
    one.condition(1, 1, about="heavy or awkward work")
    one.head(1, 1).locator(".k").fill("2")
    number = one.head(1, 1, 1).locator(".number")
    number.fill("400")
    expect(one.row(1, 1, 1).locator(".problem")).to_contain_text("Age goes from 16 to 110 years: 400 is outside.")
    number.fill("40")
    expect(one.row(1, 1, 1).locator(".problem")).to_have_count(0)
    # Moved up twice, down to the end, and one step taken back.
    english = one.page.locator(".english")
    one.row(1, 1, 2).click(position={"x": 2, "y": 2})
    one.page.keyboard.press("Alt+ArrowUp")
    one.page.keyboard.press("Alt+ArrowUp")
    expect(one.head(1, 1, 0)).to_contain_text("Heavy or awkward work")
    wanted = english.text_content() or ""
    one.page.keyboard.press("Alt+ArrowDown")
    expect(english).not_to_have_text(wanted)
    one.page.keyboard.press("Control+z")
    expect(english).to_have_text(wanted)
    # The rest of the form; a weight from a published ratio.
    one.write("What the patient is told: because …", "your hip hurts on stairs")
    one.page.get_by_role("radio", name="A published likelihood ratio", exact=True).click(force=True)
    one.write("Likelihood ratio", "ten")
    one.sees("Give the published likelihood ratio as a number")
    one.write("Likelihood ratio", "10")
    one.sees("+10 decibans")
    one.choose("Published in", "Suri")
    name_the_group(one, "stairs")
    one.press("Save")
    one.sees("Everything is saved.")


def name_the_group(one: Console, words: str) -> None:
    box = one.page.get_by_role("combobox", name="Group", exact=True)
    box.fill(words)
    box.press("Enter")
    one.settled()


def second_rule(one: Console) -> None:
    one.page.get_by_role("button", name="All rules").click()
    begin_rule(one, "Sport with arching")
    one.page.locator(".foot").get_by_role("button", name="Add a condition").click()
    one.pick("sport with repeated arching")
    one.open("It shares an answer with another group")
    why = one.text("Why both may count")
    one.write("Why both may count", "Neither brings the other about.")
    one.settled()
    why.fill("")
    one.write("What the patient is told: because …", "you bend back in your sport")
    one.write("Judgement", "Dancers and gymnasts are described with it.")
    name_the_group(one, "sport")
    expect(why).to_be_visible()  # it was emptied to be written anew, and its part did not shut
    one.press("Save")
    one.sees("Everything is saved.")


def change_a_rule(one: Console) -> None:
    one.go("Rules")
    one.text("Search").first.fill("red_flags/saddle_numbness")
    one.sees(re.compile(r"^1 of \d+ rules"))
    one.page.locator(".dvn-scroller").first.click(position={"x": 14, "y": 54})
    one.page.get_by_role("radio", name="Edit", exact=True).click()
    one.write("Title", "Numb where one sits on a saddle")
    one.press("Save")
    one.sees("Everything is saved.")


def cases(one: Console) -> None:
    one.go("Test bench")
    answer(one, "More about the pain", {"Pain on stairs or slopes": "Yes", "Sport with repeated arching": "Yes"})
    answer(one, "Daily life", {"Heavy or awkward work": "Yes"})
    answer(one, "Your health", {"Exercises regularly": "Yes"})
    now = one.page.locator('[class*="st-key-stack-bench"]')
    expect(now.get_by_text("Snapping hip").first).to_be_visible(timeout=PATIENCE)
    save_case(one, "A dancer whose hip snaps", "She dances, works in a nursery and climbs stairs with pain.")
    answer(one, "More about the pain", {"Pain on stairs or slopes": "No", "Sport with repeated arching": "No"})
    expect(now.get_by_text("Snapping hip")).to_have_count(0, timeout=PATIENCE)
    save_case(one, "A runner without stairs", "She runs and has no pain on stairs.")
    one.go("Cases")
    one.sees(re.compile(r"cases ran"))
    one.sees(re.compile(r"\b0 failed"))


def answer(one: Console, section: str, answers: dict[str, str]) -> None:
    one.choose("Section", section)
    for question, given in answers.items():
        group = one.page.get_by_role("radiogroup", name=question, exact=True)
        group.get_by_role("radio", name=given, exact=True).click()
        expect(group.get_by_role("radio", name=given, exact=True)).to_be_checked(timeout=PATIENCE)
        one.settled()


def save_case(one: Console, title: str, story: str) -> None:
    one.press("Save as a case")
    one.write("Title", title)
    one.write("Story", story)
    one.write("Why a clinician expects this", "The signs of a snapping hip are there, or are not.")
    one.press("Save the case")
    one.sees(f"Answers saved as the case “{title}”.")
    one.settled()


def check_passes(workspace: Workspace, commit: str, folder: Path) -> None:
    """`algos check` on what the draft holds."""
    for path, data in workspace.files(commit).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-m", "authoring.cli", "check", "--kb", str(folder), "--no-warnings"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
