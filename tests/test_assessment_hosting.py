"""The assessment on a web host: without a network, with a bundle that was changed, in other languages; and how it is
put there."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from typer.testing import CliRunner

from authoring.cli import app
from engine.finding import KnowledgeError
from exports.assessment import files
from exports.assessment.files import SITE, TYPES, policy, site_files, write_site
from exports.assessment.serve import application, preview_application
from exports.bundle import archive as tar
from exports.bundle.build import Bundle
from exports.bundle.model import MANIFEST, Manifest
from exports.bundle.source import ArchiveSource
from exports.guide import words
from exports.serve import unverified
from tests.assessing import LOCKED_BACK, Json, Person, context_of, plain_host, seeded, serving, starter_site
from tests.browsing import chromium, until
from tests.bundles import KEY, KEYS, Starter, signed, starter_bundle
from validators.example import BASE
from validators.registry import example_files

pytestmark = pytest.mark.timeout(600)  # the first test that needs the starter's bundle builds it


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, starter_files: dict[str, bytes]) -> Starter:
    return starter_bundle(tmp_path_factory.getbasetemp().parent, starter_files)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def parts(release: Starter) -> tuple[Manifest, dict[str, bytes]]:
    """A release's manifest, and its files by where they are stored."""
    signature = ArchiveSource(release.archive).manifest()
    manifest = unverified(signature)
    return manifest, tar.members(release.archive, signature, manifest)


def signed_again(release: Starter, changed: Mapping[str, bytes], **fields: Any) -> dict[str, bytes]:
    """The release with other files and another manifest, signed by the tests' key; by where it is stored."""
    manifest, members = parts(release)
    listed = []
    stored = {}
    for file in manifest.files:
        data = changed.get(file.path, members[file.stored_as])
        digest = hashlib.sha256(data).hexdigest()
        listed.append({"path": file.path, "sha256": digest, "size": len(data), "part": file.part})
        stored[f"files/{digest}{file.path[file.path.rindex('.') :]}"] = data
    value = manifest.model_dump(mode="json", exclude_none=True)
    value |= {"files": listed, "signed_by": [KEY.id], **fields}
    return {MANIFEST: signed(value), **stored}


def test_without_a_network(browser: Browser, release: Starter, tmp_path: Path) -> None:
    """After one visit the whole assessment and the guides work while the host is gone."""
    folder = starter_site(release.archive, tmp_path / "releases")
    context = context_of(browser, service_workers="allow")
    person = Person(context, "")
    page = person.page
    with serving(application(folder, release.keys)) as address:
        person.address = address
        person.opens()
        ready = "document.documentElement.dataset.offline === 'ready'"
        until(lambda: bool(page.evaluate(ready)), "everything is kept")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=5)
    person.opens()
    page.reload()
    page.get_by_role("link", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"#/question/1$"))
    person.settled()
    person.finishes(LOCKED_BACK)
    person.heading("Self-care")
    page.get_by_role("link", name="Read the guide").first.click()
    person.heading("Low back spasm: when your back locks")
    pictures = page.locator(".pictures img")
    pictures.first.scroll_into_view_if_needed()
    until(lambda: bool(pictures.first.evaluate("one => one.complete && one.naturalWidth > 0")), "a picture is shown")
    page.get_by_role("button", name="Save as PDF").click()
    expect(page.get_by_text("There is no connection.")).to_be_visible()  # papers are not kept
    context.close()


def test_a_bundle_that_was_altered_is_refused(browser: Browser, release: Starter, tmp_path: Path) -> None:
    manifest, members = parts(release)
    core = manifest.file("core.json")
    assert core
    at = release.archive.index(members[core.stored_as])
    position = release.archive.index(b'"new_or_worse"', at)
    altered = bytearray(release.archive)
    altered[position : position + 14] = b'"older_steady"'
    assert altered != release.archive
    folder = starter_site(bytes(altered), tmp_path / "releases")
    context = context_of(browser)
    with serving(application(folder, release.keys)) as address:
        person = Person(context, address)
        for where in ("", "#/question/1", "#/guides"):
            person.page.goto(address + where)
            person.page.reload()
            person.heading("These questions are not safe to use")
            expect(person.page.get_by_role("heading", level=1)).to_be_focused()
        text = person.page.locator("main").inner_text()
        assert "Get help now if you have any of these" in text
        assert "Start" not in text
        assert person.page.locator("fieldset").count() == 0
        person.page.get_by_text("Details for the clinic").click()
        expect(person.page.get_by_text("BN007 bundle.altered-file")).to_be_visible()
    context.close()


def test_what_was_kept_is_no_way_around_a_refusal(browser: Browser, release: Starter, tmp_path: Path) -> None:
    """A good release is kept offline; the next was altered on its host. Nobody goes on until that is put right."""
    manifest, members = parts(release)
    file = manifest.file("core.json")
    assert file
    core = members[file.stored_as] + b"\n"
    stored = signed_again(release, {file.path: core}, version=8, unreviewed=False)
    signature = stored.pop(MANIFEST)
    begins = signature.index(b'"signature":"') + len(b'"signature":"')
    forged = signature[:begins] + (b"B" if signature[begins:].startswith(b"A") else b"A") + signature[begins + 1 :]
    [name] = [name for name, data in stored.items() if data == core]
    altered = stored | {name: core.replace(b'"new_or_worse"', b'"older_steady"')}
    assert altered != stored
    first = signed_again(release, {})
    folder = starter_site(tar.write(first.pop(MANIFEST), first.items()), tmp_path / "releases")
    context = context_of(browser, service_workers="allow")
    with serving(application(folder, KEYS)) as address:
        person = Person(context, address)
        page = person.opens()
        ready = "document.documentElement.dataset.offline === 'ready'"
        until(lambda: bool(page.evaluate(ready)), "everything is kept")
        for reason, manifest_there, files_there in (
            ("BN007 bundle.altered-file", signature, altered),
            ("BN004 bundle.signature", forged, stored),
        ):
            (folder / "8.tar").write_bytes(tar.write(manifest_there, files_there.items()))
            page.reload()
            person.heading("These questions are not safe to use")
            expect(page.get_by_text(reason)).to_be_attached()
            expect(page.get_by_role("link", name="Start", exact=True)).to_have_count(0)
            assert "null" not in page.locator("body").inner_text()
        (folder / "8.tar").write_bytes(tar.write(signature, stored.items()))
        page.reload()
        person.heading("Where does it hurt?")
        expect(page.get_by_text("version 8")).to_be_visible()
        assert "null" not in page.locator("body").inner_text()  # there is nothing to say above: it was reviewed
    context.close()


@pytest.fixture(scope="module")
def hostile(release: Starter) -> dict[str, bytes]:
    """A preview whose guide tries everything that an author could type."""
    _, members = parts(release)
    manifest = parts(release)[0]
    path = "guides/low_back_spasm.json"
    file = manifest.file(path)
    assert file
    guide = json.loads(members[file.stored_as])
    guide["summary"] = (
        "<img src=x onerror=\"document.title='gone'\"> **bold** [a](javascript:alert(1)) "
        "[b](https://example.org/) <script>document.title='gone'</script> &lt;b&gt;"
    )
    return signed_again(release, {path: json.dumps(guide).encode()}, version=0, preview=True)


def test_guide_text_is_never_markup(browser: Browser, hostile: dict[str, bytes]) -> None:
    context = context_of(browser)
    with serving(preview_application(hostile, KEYS)) as address:
        person = Person(context, address)
        person.opens("#/guides/low_back_spasm")
        person.settled()
        lead = person.page.locator(".guide-top .lead")
        expect(lead).to_contain_text("<img src=x onerror=")
        expect(lead).to_contain_text("[a](javascript:alert(1))")
        expect(lead).to_contain_text("<script>document.title='gone'</script> &lt;b&gt;")
        assert lead.locator("img, script").count() == 0
        assert lead.locator("a").evaluate_all("all => all.map((one) => one.href)") == ["https://example.org/"]
        assert lead.locator("strong").inner_text() == "bold"
        # Whoever got a script onto the page could not make markup of a text either.
        attempt = "(() => { try { document.body.innerHTML = '<b>x</b>'; return ''; } catch (e) { return e.name; } })()"
        assert person.page.evaluate(attempt) == "TypeError"
    context.close()


def test_a_preview_is_shown_by_its_own_server_only(
    browser: Browser, release: Starter, hostile: dict[str, bytes], tmp_path: Path
) -> None:
    context = context_of(browser)
    with serving(preview_application(hostile, KEYS)) as address:
        person = Person(context, address)
        person.opens()
        expect(person.page.get_by_text("Preview of a draft. Not for patients.")).to_be_visible()
        assert person.page.evaluate("localStorage.getItem('algos.accepted')") is None
    folder = tmp_path / "site"
    for name, data in hostile.items():
        (folder / "bundle" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "bundle" / name).write_bytes(data)
    for name, data in site_files(KEYS).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    with plain_host(folder) as address:
        person = Person(context, address)
        person.page.goto(address)
        person.heading("These questions are not safe to use")
        expect(person.page.get_by_text("bundle.preview")).to_be_attached()
    context.close()


def test_a_clinic_puts_it_on_its_web_host(browser: Browser, release: Starter, tmp_path: Path) -> None:
    """What `algos export --assessment` writes works on any host; `algos serve --assessment` needs keys."""
    manifest, members = parts(release)
    signature = ArchiveSource(release.archive).manifest()
    site = tmp_path / "pain"
    write_site(Bundle(manifest, signature, members), release.keys, site)
    assert (site / "bundle" / "manifest.jws").read_bytes() == signature
    assert json.loads((site / "site.json").read_text(encoding="utf-8"))["preview"] is False
    with pytest.raises(KnowledgeError, match="there is something here already"):
        write_site(Bundle(manifest, signature, members), release.keys, site)
    context = context_of(browser)
    with plain_host(tmp_path) as address:
        person = Person(context, f"{address}pain/")  # in a folder of a larger site
        person.begins()
        person.settled()
        assert person.questions()[0] == "danger_now"
        assert person.errors == []
    context.close()
    told = CliRunner().invoke(app, ["serve", str(tmp_path), "--assessment", "--keys", str(tmp_path / "none.json")])
    assert told.exit_code == 2
    assert "none.json" in told.output + told.stderr


def test_the_command_line_writes_it(tmp_path: Path) -> None:
    knowledge = tmp_path / "kb"
    for name, data in example_files(BASE, {}).items():
        (knowledge / name).parent.mkdir(parents=True, exist_ok=True)
        (knowledge / name).write_bytes(data)
    KEY.save(tmp_path / "key.pem", None)
    command = ["export", "--kb", str(knowledge), "--key", str(tmp_path / "key.pem"), "--preview"]
    told = CliRunner().invoke(app, [*command, "--assessment", str(tmp_path / "pain")])
    assert told.exit_code == 0, told.output
    written = {path.relative_to(tmp_path / "pain").as_posix() for path in (tmp_path / "pain").rglob("*")}
    assert {"index.html", "algos.js", "keys.json", "service-worker.js", "bundle/manifest.jws"} <= written
    assert json.loads((tmp_path / "pain" / "site.json").read_text(encoding="utf-8"))["preview"] is True
    assert not list(tmp_path.glob("*.tar"))
    keys = json.loads((tmp_path / "pain" / "keys.json").read_text(encoding="utf-8"))["keys"]
    assert [key["x"] for key in keys] == [KEY.public.to_jwk()["x"]]


UNCHANGED = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (["SCRIPT", "NOSCRIPT", "OPTION"].includes(node.parentElement.tagName)) continue;
    const words = node.data.match(/(?<![\\p{L}\\p{N}])[A-Za-z]{3,}(?![\\p{L}\\p{N}])/gu) ?? [];
    for (const word of words) if (/[aeiou]/i.test(word)) found.add(word);
  }
  for (const one of document.querySelectorAll("[aria-label], [alt]")) {
    const text = one.getAttribute("aria-label") ?? one.getAttribute("alt");
    if (text && !/[\\[\\u202e]/.test(text) && /[aeiou]/i.test(text)) found.add(text);
  }
  return [...found];
}"""


def test_every_word_comes_from_a_locale(browser: Browser, release: Starter, tmp_path: Path) -> None:
    """In the pseudo-language every word has accents; right to left nothing is cut off."""
    folder = starter_site(release.archive, tmp_path / "releases")
    manifest = parts(release)[0]
    known: Json = {"kb": manifest.kb, "content": manifest.content}
    context = context_of(browser)
    with serving(application(folder, release.keys)) as address:
        person = Person(context, address)
        seeded(person, LOCKED_BACK, known)
        where = ["#/", "#/question/1", "#/question/6", "#/result", "#/answers", "#/summary", "#/guides"]
        assert len(person.page.evaluate(UNCHANGED)) > 50  # in English every word is one that was not changed
        for one in [*where, "#/guides/low_back_spasm", "#/nothing"]:
            person.opens(f"?language=en-XA{one}")
            person.settled()
            assert person.page.evaluate(UNCHANGED) == [], one
            assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), one
            if one in ("#/answers", "#/summary", "#/nothing"):
                continue
            person.opens(f"?language=ar-XB{one}")
            person.settled()
            assert person.page.evaluate("[document.dir, document.documentElement.scrollWidth <= innerWidth]") == [
                "rtl",
                True,
            ], one
        assert person.errors == []
    context.close()


def test_it_is_small_and_asks_no_one_else(release: Starter) -> None:
    files = site_files(KEYS)
    later = {"ed25519.js", "fhir.js", "guide_page.js", "library_page.js", "summary_page.js"}
    languages = {name for name in files if name.startswith("locales/") and not name.endswith("en.json")}
    first = {name: len(gzip.compress(data)) for name, data in files.items() if name not in later | languages}
    assert sum(first.values()) < 75_000, first  # `make bench` adds the bundle's core, and what a browser fetches
    assert b"\n/**" not in files["algos.js"]
    assert b"export async function load(" in files["algos.js"]
    texts = {name: data.decode() for name, data in files.items()}
    for name, text in texts.items():
        if name.endswith((".js", ".css", ".html")) and name != "algos.js":
            addresses = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {"http://www.w3.org/2000/svg"}
            names = (
                "https://doi.org/",
                "https://...",
                "http://terminology.hl7.org/",
                "http://hl7.org/fhir/",
            )  # to follow, or only names
            assert all(one.startswith(names) for one in addresses), (name, addresses)
            assert not re.search(r"\.innerHTML|document\.cookie|\beval\(|sendBeacon|style=", text), name
    assert files["keys.json"] == KEYS.to_json().encode()
    worker = texts["service-worker.js"]
    listed = set(json.loads(re.findall(r"const FILES = (.*);", worker)[0]))
    assert listed == {"./", *files} - {"service-worker.js"}
    assert "development" not in re.findall(r"const VERSION = .*", worker)[0]
    assert re.findall(r"const VERSION = .*", site_files(release.keys)["service-worker.js"].decode())
    assert {path.suffix for path in SITE.rglob("*") if path.is_file()} <= {*TYPES, ".hashes"}


def test_headers(release: Starter, tmp_path: Path) -> None:
    folder = starter_site(release.archive, tmp_path / "releases")
    with serving(application(folder, release.keys)) as address:
        with urllib.request.urlopen(address) as answer:
            said = answer.headers["Content-Security-Policy"]
            assert said == f"{policy()}; frame-ancestors 'none'"
            assert "default-src 'none'" in said
            assert "unsafe" not in said
            etag = answer.headers["ETag"]
        with urllib.request.urlopen(f"{address}bundle/manifest.jws") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"
        again = urllib.request.Request(address, headers={"If-None-Match": etag})
        with pytest.raises(urllib.error.HTTPError, match="304"):
            urllib.request.urlopen(again)
        for missing in ("../pyproject.toml", "nothing.js", "README.md"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(address + missing)


def test_interface_texts_are_all_used() -> None:
    """Every text of the interface is asked for somewhere, and every one that is asked for is there."""
    english = json.loads((SITE / "locales" / "en.json").read_text(encoding="utf-8"))
    own = (Path(files.__file__), Path(words.__file__))  # what stands in index.html, and guides on paper
    code = "\n".join(path.read_text(encoding="utf-8") for path in (*sorted(SITE.glob("*.js")), *own))
    asked = set(re.findall(r"\bt\(\s*\"([\w.]+)\"", code))
    plural = {key.rpartition(".")[0] for key in english if key.endswith((".one", ".other"))}
    assert {key for key in asked if key not in english and key not in plural} == set()
    mentioned = set(re.findall(r"[\"'`]([\w.]+)[\"'`]", code))
    beginnings = set(re.findall(r"`([\w.]+\.)\$\{", code)) | {"map."}
    for key in english:
        base = key.rpartition(".")[0] if key.endswith((".one", ".other")) else key
        assert base in mentioned or any(base.startswith(one) for one in beginnings), key
