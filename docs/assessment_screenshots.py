"""Pictures of the pain assessment for the documentation: `python -m docs.assessment_screenshots` makes them anew.

Everything is done as a person would do it, on a phone or a desktop, in light or dark, with the bundle of the starter
knowledge base. `--all FOLDER` takes every page at both sizes in both themes instead, from top to bottom.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from docs.screenshots import PICTURES, write_small
from engine.files import read_directory
from engine.load import load
from exports.assessment.serve import application
from exports.bundle.build import build
from exports.bundle.content import Release
from exports.sign import KeySet, PrivateKey
from tests.assessing import DESKTOP, LOCKED_BACK, PHONE, Person, context_of, serving
from tests.browsing import chromium
from tests.bundles import ROOT

NUMB = {**LOCKED_BACK, "saddle_numbness": "new_or_worse"}


def start(person: Person) -> None:
    """The first page."""
    person.opens()


def question(person: Person) -> None:
    """The first screen of questions."""
    person.begins()
    person.settled()


def body(person: Person) -> None:
    """The body map, with an answer."""
    person.begins()
    while "pain_sites" not in person.questions():
        person.screen(LOCKED_BACK)
    person.answer("pain_sites", LOCKED_BACK["pain_sites"])
    person.page.get_by_text("Choose from a list instead").click()
    person.page.evaluate("scrollTo(0, 0)")


def result(person: Person) -> None:
    """The result of the woman whose back locked."""
    person.begins()
    person.finishes(LOCKED_BACK)


def emergency(person: Person) -> None:
    """New numbness between the legs."""
    person.begins()
    person.finishes(NUMB)


def guide(person: Person) -> None:
    """A guide from the library."""
    person.opens("#/guides/low_back_spasm")
    person.settled()


def exercises(person: Person) -> None:
    """A guide, at its exercises in pictures."""
    guide(person)
    person.page.get_by_role("heading", name="Get out of bed in one roll").evaluate("one => one.scrollIntoView()")


def library(person: Person) -> None:
    """All guides."""
    person.opens("#/guides")
    person.settled()


def summary(person: Person) -> None:
    """What a clinician gets to see."""
    result(person)
    person.opens("#/summary")
    person.settled()


Visit = Callable[[Person], None]
SHOWN: tuple[tuple[str, Visit, tuple[int, int], str], ...] = (
    ("assessment-start", start, DESKTOP, "light"),
    ("assessment-body", body, PHONE, "light"),
    ("assessment-emergency", emergency, PHONE, "light"),
    ("assessment-result", result, DESKTOP, "light"),
    ("assessment-result-phone", result, PHONE, "dark"),
    ("assessment-guide", exercises, DESKTOP, "light"),
)
EVERY: tuple[Visit, ...] = (start, question, body, result, emergency, guide, library, summary)


@contextmanager
def site() -> Iterator[str]:
    """The assessment with the starter knowledge base; its address."""
    files = read_directory(ROOT / "kb")
    kb = load(files).kb
    assert kb is not None
    key = PrivateKey.generate("screenshots")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "1.tar").write_bytes(build(kb, files, Release(1), [key]).archive())
        with serving(application(Path(folder), KeySet((key.public,)))) as address:
            yield address


def taken(browser: Browser, address: str, go: Visit, size: tuple[int, int], theme: str, whole: bool) -> bytes:
    """A picture of one page."""
    context = context_of(browser, size, color_scheme=theme, device_scale_factor=1 if whole or size == DESKTOP else 2)
    person = Person(context, address)
    go(person)
    person.page.mouse.move(0, 0)
    person.page.wait_for_timeout(400)  # colours fade over
    data = person.page.screenshot(animations="disabled", full_page=whole)
    context.close()
    return data


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(prog="python -m docs.assessment_screenshots", description="Pictures, made anew.")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page at both sizes in both themes instead")
    given = parser.parse_args()
    with site() as address, chromium() as browser:
        if given.all:
            given.all.mkdir(parents=True, exist_ok=True)
            for go, size, theme in itertools.product(EVERY, (PHONE, DESKTOP), ("light", "dark")):
                file = given.all / f"{go.__name__}-{size[0]}-{theme}.png"
                file.write_bytes(taken(browser, address, go, size, theme, whole=True))
                print(file)
            return
        for name, go, size, theme in SHOWN:
            write_small(taken(browser, address, go, size, theme, whole=False), PICTURES / f"{name}.png")
            print(PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
