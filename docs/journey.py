"""The pictures of docs/first-rule.md and docs/reviewing.md: a clinician's first rule, and its review, done in Chromium.

`python -m docs.journey` does it; `make docs-screenshots` does it too.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from docs.screenshots import PICTURES, ROOT, chromium_windows, served, settled, write_small
from tests.browsing import Console

EXAMPLE = ROOT / "docs" / "examples" / "ankle"
PARTS = ("questions", "conditions", "rules", "cases", "safety", "sources")
AUTHOR, REVIEWER = ("An Author", "author@clinic.example"), ("A Reviewer", "reviewer@clinic.example")


def _git(directory: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=directory, check=True)


def _is(directory: Path, who: tuple[str, str]) -> None:
    _git(directory, "config", "user.name", who[0])
    _git(directory, "config", "user.email", who[1])


def prepare(directory: Path) -> Path:
    """The knowledge base about an ankle, with everything but one rule approved as far as git is concerned."""
    shutil.copytree(EXAMPLE, directory / "kb")
    settings = directory / "kb" / "kb.json"
    settings.write_text(settings.read_text().replace("An ankle that was twisted", "Ankles at our clinic"))
    (directory / "kb" / "review").mkdir()
    (directory / "kb" / "review" / "roster.json").write_text(
        json.dumps({"id": "roster", "people": []}, indent=2) + "\n"
    )
    _git(directory, "init", "-qb", "main")
    _is(directory, AUTHOR)
    _git(directory, "add", "-A")
    _git(directory, "commit", "-qm", "A new knowledge base")
    return directory


def picture(page: Page, name: str, height: int = 900, top: bool = True, bottom: bool = False) -> None:
    """A picture of the page as it is, or of its top or bottom, 1280 pixels wide."""
    page.set_viewport_size(ViewportSize(width=1280, height=height))
    if bottom:
        settled(page)
        page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    page.mouse.move(0, 0)
    if top:
        page.get_by_test_id("stMain").evaluate("main => { document.activeElement.blur(); main.scrollTo(0, 0); }")
    page.wait_for_function("!document.querySelector('[data-testid=stToast]')")
    settled(page)
    write_small(page.screenshot(animations="disabled"), PICTURES / f"{name}.png")
    print(PICTURES / f"{name}.png")


def write_the_rule(me: Console) -> None:
    """From the first page to a saved rule."""
    page = me.page
    me.go("Home")
    me.open("Questions: 1 to look at")
    picture(page, "first-1-home", 820)
    me.start_draft("Pain over the bone")
    me.go("Rules")
    me.open("New rule")
    form = page.locator("details").filter(has_text="New rule")
    me.choose("Condition", "Ankle fracture", inside=form)
    me.write("What the rule says, in a few words", "Sore over the bone", inside=form)
    picture(page, "first-2-new-rule", 820)
    me.press("Begin this rule")
    page.locator(".builder").wait_for()
    me.settled()
    page.locator(".foot").get_by_role("button", name="Add a condition").click()
    page.locator(".picker .search").fill("bone")
    picture(page, "first-3-condition", 820, top=False)
    page.locator(".picker .option").first.click()
    me.write("What the patient is told: because …", "the bone is sore when you press it")
    page.get_by_role("radio", name="A published likelihood ratio", exact=True).click(force=True)
    me.settled()
    me.write("Likelihood ratio", "1.54")
    me.sees("+2 decibans")
    me.choose("Published in", "Ottawa Ankle and Midfoot")
    box = page.get_by_role("combobox", name="Group", exact=True)
    box.fill("ottawa")
    box.press("Enter")
    me.settled()
    me.press("Save")
    me.sees("Everything is saved.")
    picture(page, "first-4-weight", 1100)


def try_it(me: Console) -> None:
    """The test bench."""
    me.go("Test bench")
    for question, given in (
        ("Cold, numb or out of shape", "No"),
        ("Four steps", "Yes"),
        ("Sore over the bone", "Yes"),
        ("Twisted ankle", "Yes"),
    ):
        group = me.page.get_by_role("radiogroup", name=question, exact=True)
        group.get_by_role("radio", name=given, exact=True).click()
        me.settled()
    picture(me.page, "first-5-bench", 900)


def propose(me: Console) -> None:
    """The page Changes, as the author."""
    me.go("Changes")
    me.page.get_by_text("Pain over the bone").last.click()
    me.settled()
    settled(me.page)
    me.write("Why should it be changed?", "The question is asked, and no rule reads the answer.")
    picture(me.page, "first-6-propose", 1000, top=False)
    me.press("Propose it")
    me.sees("Waiting for review.")


def review(other: Console) -> None:
    """The same page, as its reviewer."""
    other.go("Home")
    other.go("Changes")
    other.page.get_by_text("Pain over the bone").last.click()
    other.settled()
    other.sees("More urgent")
    settled(other.page)
    picture(other.page, "review-1-risk", 1000)
    picture(other.page, "review-2-decide", 760, top=False, bottom=True)


def main() -> None:
    """Go the whole way."""
    with tempfile.TemporaryDirectory() as folder:
        repository = prepare(Path(folder) / "ankle")
        with chromium_windows() as window:
            with served(repository) as address:
                me = Console(window(1280, 900, "light"), address)
                write_the_rule(me)
                try_it(me)
                propose(me)
            _is(repository, REVIEWER)
            with served(repository) as address:
                review(Console(window(1280, 900, "light"), address))


if __name__ == "__main__":
    main()
