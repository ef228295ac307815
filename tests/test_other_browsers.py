"""The pain assessment in Firefox and in WebKit, the engine of Safari, as the system has them.

Where they are not installed, these tests say so and are skipped. `make nightly` runs them, and
`.venv/bin/python -m pytest -m nightly tests/test_other_browsers.py`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exports.assessment.files import write_site
from exports.bundle import archive as tar
from exports.bundle.build import Bundle
from exports.bundle.source import ArchiveSource
from exports.serve import unverified
from tests.assessing import ASKED, LOCKED_BACK, Json, plain_host
from tests.browsing import until
from tests.bundles import starter_bundle
from tests.other_browsers import BROWSERS, Hands, Visitor, missing

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(600)]

NO_ED25519 = """
  SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException("Algorithm", "NotSupportedError"));
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, starter_files: dict[str, bytes]) -> Path:
    """The site with a release of the starter, as it lies on a web host."""
    release = starter_bundle(tmp_path_factory.getbasetemp().parent, starter_files)
    signature = ArchiveSource(release.archive).manifest()
    manifest = unverified(signature)
    folder = tmp_path_factory.mktemp("other") / "site"
    write_site(Bundle(manifest, signature, tar.members(release.archive, signature, manifest)), release.keys, folder)
    return folder


@pytest.fixture(scope="module")
def release(site: Path) -> Json:
    manifest = unverified((site / "bundle" / "manifest.jws").read_bytes())
    return {"kb": manifest.kb, "content": manifest.content}


@pytest.fixture(scope="module", params=BROWSERS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one browser keeps its things; its name is the browser's."""
    if why := missing(request.param):
        pytest.skip(why)
    return tmp_path_factory.mktemp("browser") / str(request.param)


@pytest.fixture(scope="module")
def hands(folder: Path) -> Iterator[Hands]:
    folder.mkdir()
    with BROWSERS[folder.name](folder) as found:
        found.size(360, 740)
        yield found


@pytest.fixture
def visitor(hands: Hands, site: Path) -> Iterator[Visitor]:
    """Somebody new at the site, on a small screen."""
    with plain_host(site) as address:
        yield Visitor(hands, address)


def fits(visitor: Visitor) -> bool:
    """Whether nothing sticks out of the screen."""
    return bool(visitor.hands.run("() => document.documentElement.scrollWidth <= innerWidth"))


def saved(folder: Path, name: str) -> bytes:
    """A file that the browser kept."""
    found: list[bytes] = []

    def there() -> bool:
        found[:] = [data for path in folder.rglob(name) if (data := path.read_bytes())]
        return bool(found)

    until(there, f"{name} is saved")
    return found[0]


def test_the_woman_whose_back_locked(visitor: Visitor, folder: Path) -> None:
    """From the first page over the body map to the result, the guide, its days and its PDF."""
    hands = visitor.hands
    visitor.opens()
    visitor.heading("Where does it hurt?")
    visitor.region("GB")
    assert hands.run("() => document.querySelector('main a.call').getAttribute('href')") == "tel:999"
    hands.press("a", "Start")
    visitor.settled()
    visited = []
    while "#/question/" in visitor.hash():
        assert len(visited) < 30
        assert fits(visitor), visitor.hash()
        visited.append(visitor.hash())
        visitor.screen(LOCKED_BACK)
    visitor.heading("Self-care")
    assert "your back locked so that you could hardly move" in visitor.text(".condition")

    hands.back()
    until(lambda: visitor.hash() == visited[-1], "the last question again")
    visitor.settled()
    assert hands.run("() => document.querySelectorAll('fieldset.field input:checked').length") > 0
    visitor.opens()  # as after a night
    hands.press("a", "See your result")
    visitor.settled()
    visitor.heading("Self-care")

    hands.press(".condition a.button", "Read the guide")
    visitor.settled()
    visitor.heading("Low back spasm: when your back locks")
    hands.press(".day", at=0)
    hands.press(".day", at=8)
    visitor.opens("#/my-guide/low_back_spasm")
    assert "2 days done." in visitor.text("#days")
    script = "() => [...document.querySelectorAll('.day input:checked')].map((one) => one.getAttribute('aria-label'))"
    assert hands.run(script) == ["Day 1", "Day 9"]
    drawn = (
        "() => { const one = document.querySelector('.pictures img'); return one.complete && one.naturalWidth > 0; }"
    )
    until(lambda: bool(hands.run(drawn)), "a picture is shown")
    assert fits(visitor)
    hands.press("button", "Save as PDF")
    assert saved(folder, "low-back-spasm*.pdf").startswith(b"%PDF")
    visitor.opens("#/summary")
    hands.press("button", "Save as FHIR")
    assert b'"QuestionnaireResponse"' in saved(folder, "pain-assessment*.json")


def test_new_saddle_numbness_stops_everything(visitor: Visitor) -> None:
    visitor.opens()
    visitor.region("GB")
    visitor.afresh()
    visitor.screen({"danger_now": [], "fever_signs": []})
    visitor.screen({"saddle_numbness": "new_or_worse"})
    visitor.heading("Get help now")
    assert visitor.hands.run("() => document.querySelector('a.call').getAttribute('href')") == "tel:999"
    assert "Say that you may have cauda equina syndrome" in visitor.text()
    assert fits(visitor)


def test_not_sure_about_saddle_numbness_is_never_self_care(visitor: Visitor, release: Json) -> None:
    visitor.opens()
    answers = dict.fromkeys(ASKED, "unknown") | LOCKED_BACK | {"saddle_numbness": "unknown"}
    visitor.kept(answers, release, int(time.time() * 1000))
    visitor.opens("#/result")
    visitor.heading("Urgent: today")


def test_the_body_by_keyboard_and_by_list(visitor: Visitor, release: Json) -> None:
    visitor.opens()
    answers = {"danger_now": [], "fever_signs": []} | dict.fromkeys(ASKED, "unknown") | LOCKED_BACK
    del answers["pain_sites"]
    visitor.kept(answers, release, int(time.time() * 1000))
    visitor.opens("#/question/99")  # the first that has no answer
    assert "pain_sites" in visitor.questions()
    hands = visitor.hands
    hands.run("() => document.querySelector('h1').focus()")
    on_the_body = "() => document.activeElement.classList.contains('part')"
    for _ in range(40):
        if hands.run(on_the_body):
            break
        hands.keys("Tab")
    assert hands.run(on_the_body)
    first = hands.run("() => document.activeElement.dataset.part")
    hands.keys("ArrowDown")
    assert hands.run("() => document.activeElement.dataset.part") != first
    assert hands.run("() => Boolean(document.querySelector('.ring').getAttribute('d'))")  # it is seen where one is
    hands.keys(" ")
    assert "It hurts here" in visitor.text(".told")
    hands.press(".body-map button", "Clear all")
    assert "Nothing chosen yet" in visitor.text(".told")
    hands.press("summary", "Choose from a list instead")
    hands.press(".body-map .row label", "middle of the lower back")
    assert "middle of the lower back" in visitor.text(".told")
    assert hands.run("() => document.querySelectorAll('.part[data-state=yes]').length") == 1


def test_without_a_network(hands: Hands, site: Path) -> None:
    """After one visit the questions and the guides are there while the host is gone."""
    with plain_host(site) as address:
        visitor = Visitor(hands, address)
        visitor.opens()
        ready = "() => document.documentElement.dataset.offline === 'ready'"
        until(lambda: bool(hands.run(ready)), "everything is kept")
    visitor.opens()
    visitor.heading("Where does it hurt?")
    visitor.afresh()
    visitor.screen({"danger_now": [], "fever_signs": []})
    visitor.opens("#/guides/low_back_spasm")
    visitor.heading("Low back spasm: when your back locks")


def altered(site: Path) -> None:
    """Another byte in the signature."""
    path = site / "bundle" / "manifest.jws"
    text = path.read_text(encoding="utf-8")
    at = text.index('"signature":"') + len('"signature":"')
    path.write_text(text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :], encoding="utf-8")


def unable(site: Path) -> None:
    """A browser without Ed25519: what takes it away stands before every other script."""
    (site / "taken.js").write_text(NO_ED25519, encoding="utf-8")
    page = site / "index.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("<title>", '<script src="taken.js"></script><title>'), encoding="utf-8")


def unable_and_altered(site: Path) -> None:
    altered(site)
    unable(site)


def unreadable(site: Path) -> None:
    """Scripts that this browser cannot read, as a browser that is too old."""
    (site / "app.js").write_text("what = is # this", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "heading"),
    [
        (altered, "These questions are not safe to use"),
        (unable, "Where does it hurt?"),
        (unable_and_altered, "These questions are not safe to use"),
        (unreadable, "This page has not opened yet"),
    ],
)
def test_what_is_refused_and_what_is_not(
    hands: Hands, site: Path, tmp_path: Path, spoil: Callable[[Path], None], heading: str
) -> None:
    spoiled = Path(shutil.copytree(site, tmp_path / "site"))
    spoil(spoiled)
    with plain_host(spoiled) as address:
        hands.go(address)
        visitor = Visitor(hands, address)
        visitor.heading(heading)
        if spoil is not unable:
            shown = "() => getComputedStyle(document.querySelector('.now')).visibility"
            until(lambda: hands.run(shown) == "visible", "emergencies are shown")
            assert "Call your local emergency number now." in visitor.text()
        assert hands.run("() => document.querySelectorAll('fieldset').length") == 0
