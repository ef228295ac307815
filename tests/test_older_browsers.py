"""Browsers that lack something that the pain assessment uses: it works, or says in plain words what to do."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from exports.assessment.files import SITE, write_site
from tests.assessing import Person, context_of, plain_host
from tests.browsing import chromium
from tests.bundles import KEYS, NODE, ROOT, small_bundle

NO_ED25519 = """
  SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException("Algorithm", "NotSupportedError"));
"""
NO_WEB_CRYPTO = "Object.defineProperty(Crypto.prototype, 'subtle', { get() {} });"
HELP = "Get help now if you have any of these"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = context_of(browser)
    yield found
    found.close()


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with a small bundle, as it lies on a web host."""
    folder = tmp_path_factory.mktemp("older") / "site"
    write_site(small_bundle(), KEYS, folder)
    return folder


@pytest.fixture
def site(small_site: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoiled."""
    return Path(shutil.copytree(small_site, tmp_path / "site"))


def without(context: BrowserContext, address: str, feature: str) -> Person:
    """Somebody whose browser lacks a feature, in front of the site."""
    person = Person(context, address)
    person.page.add_init_script(feature)
    person.page.goto(address)
    return person


def test_without_ed25519_a_library_checks_signatures(context: BrowserContext, site: Path) -> None:
    """Chrome before 137, Firefox before 129, Safari before 17. Nobody else fetches the library."""
    with plain_host(site) as address:
        person = without(context, address, NO_ED25519)
        person.heading("Where does it hurt?")
        assert any(url.endswith("/ed25519.js") for url in person.asked)
        assert person.errors == []
        able = Person(context, address)
        able.opens()
        assert not any(url.endswith("/ed25519.js") for url in able.asked)


def test_without_ed25519_what_was_altered_is_refused(context: BrowserContext, site: Path) -> None:
    signed = site / "bundle" / "manifest.jws"
    text = signed.read_text(encoding="utf-8")
    at = text.index('"signature":"') + len('"signature":"')
    signed.write_text(text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :], encoding="utf-8")
    with plain_host(site) as address:
        person = without(context, address, NO_ED25519)
        person.heading("These questions are not safe to use")
        expect(person.page.get_by_text("BN004 bundle.signature")).to_be_attached()
        assert person.page.locator("fieldset").count() == 0


@pytest.mark.parametrize("feature", [NO_WEB_CRYPTO, "delete Object.hasOwn;"], ids=["Web Crypto", "Object.hasOwn"])
def test_what_cannot_be_done_without_is_said(context: BrowserContext, site: Path, feature: str) -> None:
    with plain_host(site) as address:
        person = without(context, address, feature)
        person.heading("This browser cannot check the questions")
        main = person.page.locator("main").inner_text()
        assert main.index(HELP) < main.index("Call your local emergency number now.") < main.index("Please update it")


def unreadable(site: Path) -> None:
    (site / "app.js").write_text("what = is # this", encoding="utf-8")


def gone(site: Path) -> None:
    (site / "algos.js").unlink()


def wordless(site: Path) -> None:
    for path in (site / "locales").glob("*.json"):
        path.unlink()


@pytest.mark.parametrize(
    ("spoil", "motion"), [(unreadable, "no-preference"), (gone, "reduce"), (wordless, "no-preference")]
)
def test_where_no_script_gets_to_run_the_page_itself_says_what_to_do(
    browser: Browser, site: Path, spoil: Callable[[Path], None], motion: str
) -> None:
    """As in a browser that cannot read the scripts, or that did not get them: emergencies first, in each language."""
    spoil(site)
    context = context_of(browser, reduced_motion=motion)
    with plain_host(site) as address:
        page = context.new_page()
        page.goto(address)
        late = page.locator(".late")
        expect(late.first).to_be_visible(timeout=60_000)
        told = late.first.inner_text()
        parts = [HELP, "Call your local emergency number now.", "Update your browser"]
        assert [told.index(one) for one in parts] == sorted(told.index(one) for one in parts)
        assert "{" not in told
        expect(page.locator(".late[lang=de]")).to_contain_text("Aktualisieren Sie Ihren Browser")
        expect(page.locator(".pulse")).not_to_be_visible()
    context.close()


def test_without_javascript(browser: Browser, site: Path) -> None:
    context = context_of(browser, java_script_enabled=False)
    with plain_host(site) as address:
        page = context.new_page()
        page.goto(address)
        expect(page.locator(".late").first).to_be_visible(timeout=60_000)
    context.close()


def test_a_fault_of_the_page_is_not_called_an_altered_bundle(context: BrowserContext, site: Path) -> None:
    with plain_host(site) as address:
        broken = without(context, address, "Intl.DisplayNames = function () { throw new RangeError('spoiled'); };")
        broken.heading("This page does not work here")
        lost = Person(context, address)
        lost.opens("#/guides/no_such_guide")
        lost.heading("This page is not there")


@pytest.mark.parametrize("languages", [["C"], ["en-US@posix", "de_DE.UTF-8", "en-GB"], []])
def test_odd_languages_of_a_browser_do_no_harm(context: BrowserContext, site: Path, languages: list[str]) -> None:
    """WebKit names the system's locale as a language, whatever it is: "C" is none."""
    named = f"Object.defineProperty(Navigator.prototype, 'languages', {{ get: () => {json.dumps(languages)} }});"
    with plain_host(site) as address:
        person = without(context, address, named)
        person.heading("Where does it hurt?")
        assert person.errors == []


def colours(css: str) -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in re.findall(r"(--[\w-]+): light-dark\((#\w+), (#\w+)\)", css)}


def test_colours_do_not_need_light_dark() -> None:
    """Safari before 17.5 and Samsung Internet before 27 do not know light-dark(): the page would have no colours."""
    css = (SITE / "site.css").read_text(encoding="utf-8")
    assert colours(css) == {}
    [fallback] = re.findall(r"@supports not \(color: light-dark\(#000, #fff\)\) \{(.*?)\n\}", css, re.DOTALL)
    light, dark = (dict(re.findall(r"(--[\w-]+): (#\w+);", part)) for part in fallback.split("@media"))
    of_the_map = colours((SITE / "body_map.css").read_text(encoding="utf-8"))
    assert len(of_the_map) > 8
    assert {name: (light[name], dark[name]) for name in light | dark} == of_the_map


VECTORS = """
import { readFileSync } from "node:fs";
const [library, runtime, given] = JSON.parse(readFileSync(0, "utf8"));
const { verifyAsync } = await import(library);
const { load } = await import(runtime);
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (one) => parseInt(one, 16));
const strict = (signature, message, key) => verifyAsync(signature, message, key, { zip215: false });
const told = [];
for (const [key, message, signature] of given.vectors)
  told.push(await strict(bytes(signature), bytes(message), bytes(key)).catch(() => false));
const archive = new Uint8Array(Buffer.from(given.archive, "base64"));
const reasonFor = (at, options) => {
  const copy = archive.slice();
  if (at !== null) copy[at] ^= 1;
  return load(copy, { keys: given.keys, ...options }).then(() => null, (error) => error.reason ?? error.name);
};
const places = [null, ...given.places];
const native = [];
for (const at of places) native.push(await reasonFor(at, {}));
crypto.subtle.importKey = () => Promise.reject(new DOMException("Algorithm", "NotSupportedError"));
const asked = [];
const ed25519 = (...all) => { asked.push(all.map((one) => one.length)); return strict(...all); };
const byLibrary = [];
for (const at of places) byLibrary.push(await reasonFor(at, { ed25519 }));
const without = await reasonFor(null, {});
const never = [];
for (const answer of [false, undefined, "yes", 1]) never.push(await reasonFor(null, { ed25519: async () => answer }));
console.log(JSON.stringify({ told, native, library: byLibrary, without, never, asked: asked[0] }));
"""


def test_the_library_decides_as_web_crypto_does() -> None:
    """On vectors of RFC 8032 (7.1), and on a bundle whose signature was changed everywhere."""
    one = (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465"
        "5141438e7a100b",
    )
    two = (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb0"
        "0d291612bb0c00",
    )
    order = 2**252 + 27742317777372353535851937790883648493
    malleable = (
        two[2][:64] + (int.from_bytes(bytes.fromhex(two[2][64:]), "little") + order).to_bytes(32, "little").hex()
    )
    vectors = [one, two, (one[0], "72", two[2]), (two[0], "73", two[2]), (two[0], "72", malleable)]
    bundle = small_bundle()
    archive = bundle.archive()
    begins = archive.index(b'"signature":"') + len(b'"signature":"')
    given = {
        "vectors": vectors,
        "archive": base64.b64encode(archive).decode(),
        "keys": json.loads(KEYS.to_json()),
        "places": list(range(begins, begins + 86)),
    }
    modules = [(SITE / "ed25519.js").as_uri(), (ROOT / "exports/runtime/js/algos.js").as_uri()]
    command = [str(NODE), "--input-type=module", "--eval", VECTORS]
    text = json.dumps([*modules, given])
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["told"] == [True, True, False, False, False]
    assert told["library"] == told["native"]
    assert told["native"][0] is None
    assert None not in told["native"][1:]
    assert "bundle.signature" in told["native"]
    assert told["asked"][0] == 64
    assert told["asked"][2] == 32
    assert told["without"] == "NotSupportedError"
    assert told["never"] == ["bundle.signature"] * 4
