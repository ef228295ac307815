"""`algos export`, `sign`, `verify`, `serve` and `keys`, as a person uses them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from authoring.cli import app
from engine.files import read_directory
from engine.load import load as load_kb
from exports.bundle.content import Release, pieces
from exports.bundle.knowledge import knowledge
from exports.bundle.source import ArchiveSource
from exports.serve import unverified
from exports.sign import KeySet, PrivateKey
from exports.sign.statement import sign_statement
from validators.example import BASE
from validators.registry import example_files

from .conftest import ROOT


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a small knowledge base, two private keys and the public ones."""
    write(tmp_path / "kb", example_files(BASE, {}))
    for name in ("anna", "bob"):
        told(
            algos("keys", "new", tmp_path / f"{name}.pem", "--name", f"{name}'s key", "--keys", tmp_path / "keys.json")
        )
    return tmp_path


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def algos(*arguments: object, typed: str = "") -> Result:
    result = CliRunner().invoke(app, [str(one) for one in arguments], input=typed, env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(result: Result, code: int | None = 0) -> str:
    assert code is None or result.exit_code == code, result.output
    return result.stdout if code is None else result.output


def export(here: Path, *more: object, version: int = 1, key: str = "anna") -> Path:
    path = here / f"{version}.tar"
    given = ["--preview"] if version == 0 else ["--version", version]
    told(algos("export", "--kb", here / "kb", "--key", here / f"{key}.pem", "--archive", path, *given, *more))
    return path


def test_a_release_is_exported_and_verified(here: Path) -> None:
    proof = told(algos("prove", "--kb", here / "kb", "--json"), code=None)
    (here / "proof.json").write_text(proof)
    (here / "approvals").mkdir()
    key = PrivateKey.load(here / "anna.pem")
    (here / "approvals" / "anna.json").write_bytes(sign_statement(b"{}", "application/vnd.in-toto+json", key))
    (here / "notes.md").write_text("# First release\n")
    more = ["--proof", here / "proof.json", "--approvals", here / "approvals", "--notes", here / "notes.md"]
    path = export(here, *more, "--unpacked", here / "web")
    for place in (path, here / "web"):
        output = told(algos("verify", place, "--keys", here / "keys.json"))
        assert "May be used" in output
        assert "release 1" in output
        assert "signed by anna's key" in output
        assert "proof: a certificate that" in output
        assert "approvals: 1" in output
        assert "approved by a clinician" in output
    manifest = unverified(ArchiveSource.open(path).manifest())
    assert manifest.notes == "release/notes.md"
    stored = manifest.file("release/proof.json")
    assert stored
    assert (here / "web" / stored.stored_as).read_text() == proof


def test_why_a_rule_is_as_it_is_stands_beside_the_core(here: Path) -> None:
    files = read_directory(here / "kb")
    kb = load_kb(files).kb
    assert kb is not None
    wanted = {id_: rule.judgement for id_, rule in kb.active.items()}
    assert any(wanted.values())
    made = {piece.path: piece.data for piece in pieces(kb, files, Release(1))}
    core = json.loads(made["core.json"])
    assert not any("judgement" in rule for rule in core["rules"]), "nobody needs it to ask or to assess"
    assert {id_: rule.judgement for id_, rule in knowledge(made).rules.items()} == wanted
    # A bundle from before had it in the core alone.
    for rule in core["rules"]:
        rule |= {"judgement": wanted[rule["id"]]} if wanted[rule["id"]] else {}
    before = {path: data for path, data in made.items() if path != "judgements.json"}
    before["core.json"] = json.dumps(core).encode()
    assert {id_: rule.judgement for id_, rule in knowledge(before).rules.items()} == wanted


def test_a_proof_of_something_else_is_refused(here: Path) -> None:
    (here / "proof.json").write_text('{"content": "0000"}')
    arguments = ["export", "--kb", here / "kb", "--key", here / "anna.pem", "--version", 1, "--archive", here / "x.tar"]
    assert "not of the content" in told(algos(*arguments, "--proof", here / "proof.json"), 2)


def test_the_same_content_gives_the_same_bytes(here: Path) -> None:
    first = export(here).read_bytes()
    shutil.rmtree(here / "kb")
    write(here / "kb", dict(reversed(example_files(BASE, {}).items())))
    (here / "1.tar").unlink()
    assert export(here).read_bytes() == first


def test_a_preview_is_taken_only_by_whoever_asks_for_it(here: Path) -> None:
    path = export(here, version=0)
    assert "bundle.preview" in told(algos("verify", path, "--keys", here / "keys.json"), 1)
    assert "preview of a draft" in told(algos("verify", path, "--keys", here / "keys.json", "--preview"))


def test_nothing_older_after_something_newer(here: Path) -> None:
    one, two = export(here, version=1), export(here, version=2)
    keys = ["--keys", here / "keys.json", "--store", here / "store"]
    told(algos("verify", one, *keys))
    told(algos("verify", two, *keys))
    assert "bundle.older" in told(algos("verify", one, *keys), 1)
    assert (here / "store" / "last-good.tar").read_bytes() == two.read_bytes()


def test_two_people_sign(here: Path) -> None:
    public = told(algos("keys", "public", here / "bob.pem", "--name", "Bob"))
    (here / "bob.json").write_text(public)
    path = here / "1.tar"
    arguments = ["export", "--kb", here / "kb", "--key", here / "anna.pem", "--version", 1, "--archive", path]
    folder = ["--unpacked", here / "web"]
    assert "waiting for the signature" in told(algos(*arguments, *folder, "--also", here / "bob.json"))
    for place in (path, here / "web"):
        verify = ["verify", place, "--keys", here / "keys.json", "--required", 2]
        assert "bundle.unsigned" in told(algos(*verify), 1)
        told(algos("sign", place, "--key", here / "bob.pem"))
        output = told(algos(*verify))
        assert "anna's key" in output
        assert "bob's key" in output
    assert "bundle.signature" in told(algos("sign", export(here, version=2), "--key", here / "bob.pem"), 2)


def test_keys_are_shown_added_and_revoked(here: Path) -> None:
    keys = KeySet.load(here / "keys.json").keys
    listed = told(algos("keys", "list", "--keys", here / "keys.json"))
    assert [line.split("  ")[0] for line in listed.splitlines()] == [key.id for key in keys]
    path = export(here)
    told(algos("keys", "revoke", keys[0].id[:8], "--reason", "the laptop was lost", "--keys", here / "keys.json"))
    assert "the laptop was lost" in told(algos("keys", "list", "--keys", here / "keys.json"))
    output = told(algos("verify", path, "--keys", here / "keys.json"), 1)
    assert "bundle.revoked-key" in output
    assert "the laptop was lost" in output
    assert "no key" in told(algos("keys", "revoke", "zzz", "--reason", "x", "--keys", here / "keys.json"), 2)
    assert "2 keys" in told(algos("keys", "revoke", "", "--reason", "x", "--keys", here / "keys.json"), 2)

    (here / "anna.json").write_text(told(algos("keys", "public", here / "anna.pem")))
    told(algos("keys", "add", here / "anna.json", "--keys", here / "other.json"))
    told(algos("verify", path, "--keys", here / "other.json"))
    assert "revoked" in told(algos("keys", "add", here / "keys.json", "--keys", here / "other.json"))
    assert "the laptop was lost" in told(algos("verify", path, "--keys", here / "other.json"), 1)
    assert "nothing new" in told(algos("keys", "add", here / "keys.json", "--keys", here / "other.json"))


def test_a_key_may_have_a_password(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["keys", "new", here / "c.pem", "--name", "c", "--keys", here / "keys.json", "--password"]
    told(algos(*arguments, typed="secret\nsecret\n"))
    told(algos("keys", "public", here / "c.pem", typed="secret\n"))
    assert "keys.file" in told(algos("keys", "public", here / "c.pem", typed="wrong\n"), 2)
    monkeypatch.setenv("ALGOS_KEY_PASSWORD", "secret")
    export(here, key="c")


def test_what_is_not_sound_is_not_released(here: Path) -> None:
    rule = next(path for path in sorted((here / "kb" / "rules").rglob("*.json")) if "examples" in path.read_text())
    record = json.loads(rule.read_text())
    record["examples"][0]["gives"] = "unknown" if record["examples"][0]["gives"] != "unknown" else "true"
    rule.write_text(json.dumps(record))
    arguments = ["export", "--kb", here / "kb", "--key", here / "anna.pem", "--archive", here / "x.tar"]
    assert "error" in told(algos(*arguments, "--version", 1), 2)
    assert not (here / "x.tar").exists()
    told(algos(*arguments, "--preview"))


def test_a_picture_that_no_app_could_show_is_not_exported(here: Path) -> None:
    (here / "kb" / "exercises").mkdir(exist_ok=True)
    (here / "kb" / "exercises" / "unused.svg").write_text("<svg")
    arguments = ["export", "--kb", here / "kb", "--key", here / "anna.pem", "--archive", here / "x.tar", "--preview"]
    said = told(algos(*arguments), 2)
    assert "exercises/unused.svg" in said
    assert "cannot be shown: it is not well-formed" in " ".join(said.split())
    assert not (here / "x.tar").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "--kb", "KB", "--key", "none.pem", "--version", "1"], "cannot be read"),
        (["export", "--kb", "KB", "--key", "anna.pem"], "a preview has version 0"),
        (["export", "--kb", "KB", "--key", "anna.pem", "--version", "1", "--preview"], "a preview has version 0"),
        (["export", "--kb", "none", "--key", "anna.pem", "--version", "1"], "no such directory"),
        (["export", "--kb", "KB", "--key", "anna.pem", "--version", "1", "--archive", "there.tar"], "exists already"),
        (["export", "--kb", "KB", "--key", "anna.pem", "--version", "1", "--unpacked", "KB"], "something here already"),
        (
            ["export", "--kb", "KB", "--key", "anna.pem", "--version", "1", "--archive", "new", "--assessment", "KB"],
            "something here already",
        ),
        (
            ["export", "--kb", "KB", "--key", "anna.pem", "--version", "1", "--archive", "new", "--unpacked", "new"],
            "two things",
        ),
        (["export", "--kb", "KB", "--key", "anna.pem", "--version", "1", "--proof", "none"], "cannot be read"),
        (
            ["export", "--kb", "KB", "--key", "anna.pem", "--version", "1", "--approvals", "kb/rules"],
            "no signed statements",
        ),
        (["export", "--kb", "KB", "--key", "anna.pem", "--version", "1", "--approvals", "KB"], "bundle.encoding"),
        (["verify", "none.tar", "--keys", "keys.json"], "cannot be read"),
        (["verify", "there.tar", "--keys", "keys.json"], "bundle.truncated"),
        (["verify", "there.tar", "--keys", "none.json"], "cannot be read"),
        (["verify", "there.tar", "--keys", "keys.json", "--overdue", "maybe"], "refuse or warn"),
        (["sign", "none.tar", "--key", "anna.pem"], "cannot be read"),
        (["serve", "none"], "no such folder"),
        (["keys", "new", "anna.pem", "--name", "x"], "exists already"),
        (["keys", "list", "--keys", "none.json"], "cannot be read"),
        (["keys", "add", "there.tar", "--keys", "keys.json"], "keys.file"),
    ],
)
def test_what_stands_in_the_way_is_told(
    arguments: list[str], words: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here)
    (here / "there.tar").write_text("no bundle")
    before = (here / "keys.json").read_text()
    result = algos(*[{"KB": "kb"}.get(one, one) for one in arguments])
    assert result.exit_code in (1, 2)
    assert words in " ".join(result.output.split())
    assert (here / "there.tar").read_text() == "no bundle"
    assert not (here / "new").exists()
    assert (here / "keys.json").read_text() == before


def test_an_approval_has_a_plain_name(here: Path) -> None:
    (here / "approvals").mkdir()
    key = PrivateKey.load(here / "anna.pem")
    (here / "approvals" / "by Anna.json").write_bytes(sign_statement(b"{}", "application/vnd.in-toto+json", key))
    arguments = ["export", "--kb", here / "kb", "--key", here / "anna.pem", "--version", 1, "--archive", here / "x.tar"]
    assert "cannot have this name" in told(algos(*arguments, "--approvals", here / "approvals"), 2)


def test_serving_until_it_is_stopped(here: Path) -> None:
    (here / "releases").mkdir()
    export(here).rename(here / "releases" / "1.tar")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "authoring.cli", "serve", here / "releases", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            assert f"http://127.0.0.1:{port}/".encode() in server.stdout.readline()
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/manifest.jws").close()
                    break
                except OSError:
                    time.sleep(0.05)
            told(algos("verify", f"http://127.0.0.1:{port}", "--keys", here / "keys.json"))
            taken = algos("serve", here / "releases", "--port", port)
            assert taken.exit_code == 2
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)
