"""The JavaScript runtime as a file: small, alone, typed, without `eval`; and in a browser."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jsonschema
import pytest
from playwright.sync_api import Browser, sync_playwright

from exports.bundle.model import ExpectedOutcome, Manifest
from exports.bundle.publish import TYPES, types_text
from exports.bundle.schema import SCHEMAS, schema_files, types_digest
from exports.runtime.python import KeySet, load
from exports.sign.refused import CODES
from tests.browsing import chromium_path
from tests.bundles import JS, KEYS, NODE, ROOT, small_bundle, starter_bundle
from tests.test_following import serve

SOURCE = (JS / "algos.js").read_text(encoding="utf-8")
CODE = re.sub(r"^\s*(//.*)?$|^\s+", "", re.sub(r"/\*\*.*?\*/", "", SOURCE, flags=re.DOTALL), flags=re.MULTILINE)
"""The module without comments and indentation: a minifier makes it smaller still."""
LIMIT = 25_000


def test_it_is_small() -> None:
    assert len(gzip.compress(CODE.encode())) < LIMIT


def test_it_stands_alone() -> None:
    assert not re.search(r"\bimport\s*[({\"'*]|\brequire\(|\beval\(|\bFunction\(|\bprocess\b|node:", CODE)


def test_reasons_are_the_same_in_both_runtimes() -> None:
    theirs = dict(re.findall(r'^  "([\w.-]+)": "(BN\d+)",$', SOURCE, re.MULTILINE))
    assert theirs.items() <= CODES.items()
    assert set(CODES) - set(theirs) == {"bundle.state", "keys.place"}  # a store and private keys are Python's alone
    page = (ROOT / "docs" / "bundles.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (BN\d+) \| `([\w.-]+)` \|", page, re.MULTILINE))
    assert told == {code: name for name, code in CODES.items() if name.startswith("bundle.")}


def test_published_schemas_and_types_are_those_of_the_models() -> None:
    """`python -m exports.bundle.publish` writes them again."""
    committed = {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.iterdir()}
    assert committed == schema_files()
    assert f"Schemas: {types_digest()} */" in TYPES.read_text(encoding="utf-8").splitlines()[0]


def test_a_bundle_fits_its_schemas() -> None:
    bundle = small_bundle()
    manifest = bundle.manifest.model_dump(mode="json", exclude_none=True)
    files = {
        file.path: json.loads(bundle.files[file.stored_as]) for file in bundle.manifest.files if ".json" in file.path
    }
    for name, value in (
        ("manifest", manifest),
        ("core", files["core.json"]),
        ("conformance", files["conformance/core.json"]),
        ("conformance", files["conformance/more.json"]),
    ):
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(value)
    assert Manifest.model_validate_json(json.dumps(manifest)) == bundle.manifest
    assert "rules" in ExpectedOutcome.model_fields


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the runtime with its development tools from npm."""
    folder = tmp_path_factory.mktemp("js") / "js"
    shutil.copytree(JS, folder, ignore=shutil.ignore_patterns("node_modules"))
    npm = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run([NODE, npm, "ci", "--silent"], cwd=folder, check=True)
    return folder


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_types_minified_size_and_generated_types(tools: Path) -> None:
    path = {**os.environ, "PATH": os.pathsep.join([str(NODE.parent), os.environ["PATH"]])}
    run = partial(subprocess.run, cwd=tools, check=True, capture_output=True, env=path)
    commands = tools / "node_modules" / ".bin"
    run([commands / "tsc", "--noEmit"])
    minified = run([commands / "esbuild", "algos.js", "--minify", "--format=esm"]).stdout
    assert len(gzip.compress(minified)) < LIMIT
    assert types_text(str(NODE), tools) == TYPES.read_text(encoding="utf-8")
    emit = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--outDir", "build"]
    run([commands / "tsc", *emit])
    written = (tools / "build" / "algos.d.ts").read_text(encoding="utf-8")
    assert written == (JS / "algos.d.ts").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=path, args=arguments)
        yield opened
        opened.close()


IN_BROWSER = """
async ({ address, keys, today }) => {
  const { load, follow } = await import("/algos.js");
  const algos = await load(address, { keys, today });
  await algos.verifyAll();
  const condition = algos.core.conditions[0].id;
  const guide = await algos.guide(condition);
  const follower = await follow(address, { keys, today });
  return {
    version: algos.manifest.version,
    urgency: algos.assess({}).urgency,
    next: algos.nextQuestion({}).questions,
    guide: guide.summary,
    again: await follower.check(),
  };
}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of an app, with the runtime beside it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text("<!doctype html><title>app</title>", encoding="utf-8")
    shutil.copy(JS / "algos.js", folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that prints nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def asked_in(browser: Browser, site: str, releases: Path, keys: KeySet) -> dict[str, object]:
    """What the runtime says in a page of one origin about releases of another."""
    server = serve(releases)
    page = browser.new_page()
    page.goto(site)
    given = {"address": server.address, "keys": json.loads(keys.to_json()), "today": "2026-11-26"}
    told: dict[str, object] = page.evaluate(IN_BROWSER, given)
    page.close()
    server.stop()
    return told


def test_in_chromium(browser: Browser, site: str, tmp_path: Path) -> None:
    (tmp_path / "1.tar").write_bytes(small_bundle(version=1).archive())
    algos = load(tmp_path / "1.tar", KEYS)
    assert asked_in(browser, site, tmp_path, KEYS) == {
        "version": 1,
        "urgency": algos.assess({})["urgency"],
        "next": algos.next_question({})["questions"],
        "guide": algos.guide(next(iter(algos.bundle.kb.conditions)))["summary"],
        "again": False,
    }


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_the_starter_in_chromium(
    browser: Browser, site: str, tmp_path_factory: pytest.TempPathFactory, starter_files: dict[str, bytes]
) -> None:
    release = starter_bundle(tmp_path_factory.getbasetemp().parent, starter_files)
    folder = tmp_path_factory.mktemp("releases")
    (folder / "7.tar").write_bytes(release.archive)
    assert asked_in(browser, site, folder, release.keys)["version"] == 7
