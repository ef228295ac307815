"""`algos changes` as a person uses it, in a git repository of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.forked_cli import algos
from tests.test_cli import example  # noqa: F401  # a fixture
from tests.test_proof_cli import read, write


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Author", "-c", "user.email=author@example.org")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def kb(example: Path) -> Path:  # noqa: F811
    """The example knowledge base, committed."""
    git(example.parent, "init", "--quiet", "--initial-branch", "main")
    commit(example)
    return example


def commit(kb: Path) -> str:
    git(kb.parent, "add", "--all")
    git(kb.parent, "commit", "--quiet", "--message", "A version")
    return git(kb.parent, "rev-parse", "HEAD")


def change(kb: Path, path: str, **then: Any) -> None:
    rule = read(kb, path)
    rule["then"] |= then
    write(kb, path, rule)


def test_nothing_changed_is_proved(kb: Path) -> None:
    done = algos("changes", "HEAD", "--kb", kb)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("proved: ") == 6
    assert "Whatever somebody answers, they are told the same." in done.stdout


def test_who_becomes_less_urgent_stands_on_top_in_english(kb: Path) -> None:
    change(kb, "rules/red_flags/numb.json", red_flag="soon")
    done = algos("changes", "HEAD", "--kb", kb)
    assert done.returncode == 1
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert lines[0] == f"From HEAD to {kb}:"
    assert lines[1] == "Less urgent than before"
    assert lines[2] == "1. who has: Saddle numbness: yes"
    assert lines[3] == "emergency (now), first: Spasm  ->  soon (days to two weeks), first: Spasm"
    assert lines[4:6] == ["for instance:", "Saddle numbness: yes"]
    assert "proved: nobody is told something more urgent than before" in lines


def test_as_json_with_patients_that_can_be_assessed(kb: Path, tmp_path: Path) -> None:
    first = git(kb.parent, "rev-parse", "HEAD")
    change(kb, "rules/red_flags/numb.json", red_flag="soon")
    second = commit(kb)
    shutil.rmtree(kb)  # both versions come from git
    kb.mkdir()
    done = algos("changes", first, second, "--kb", kb, "--json")
    assert done.returncode == 1, done.stderr
    data = json.loads(done.stdout)
    assert data["nobody"] is False
    assert data["base"]["content"] != data["head"]["content"]
    by_kind = {one["kind"]: one for one in data["changes"]}
    assert next(iter(by_kind)) == "less_urgent"
    assert by_kind["more_urgent"]["verdict"] == "nobody"
    assert by_kind["less_urgent"]["verdict"] == "somebody"
    assert by_kind["less_urgent"]["complete"]
    group = by_kind["less_urgent"]["groups"][0]
    assert (group["before"]["urgency"], group["after"]["urgency"]) == ("emergency", "soon")
    git(kb.parent, "checkout", "--quiet", first, "--", "kb")
    for version, expected in (("before", "emergency"),):
        saved = tmp_path / "patient.json"
        saved.write_text(json.dumps(group["patient"][version]))
        assert json.loads(algos("assess", saved, "--kb", kb, "--json").stdout)["outcome"]["urgency"] == expected


def test_words_alone_are_exit_code_0(kb: Path) -> None:
    change(kb, "rules/red_flags/numb.json", message="Go at once.")
    done = algos("changes", "HEAD", "--kb", kb)
    assert done.returncode == 0
    assert "Other texts to read than before" in done.stdout
    assert "only the words differ" in done.stdout


def test_folders_are_compared_as_well(kb: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(kb, copy)
    change(copy, "rules/red_flags/numb.json", red_flag="soon")
    done = algos("changes", copy, kb, cwd=tmp_path)
    assert done.returncode == 1
    assert "More urgent than before" in done.stdout
    assert "proved: nobody is told something less urgent than before" in done.stdout


def test_an_option_that_is_taken_away_with_its_red_flag_is_noticed(kb: Path) -> None:
    """Whoever could say so before, and cannot any more, is somebody who changes."""
    path = "questions/about.json"
    section = read(kb, path)
    options = [{"id": one, "text": one} for one in ("nothing", "numb", "weak")]
    signs = {"id": "signs", "name": "Signs", "text": "Which?", "type": "choices", "options": options}
    section["questions"].append(signs | {"judgement": "An example."})
    rule = read(kb, "rules/red_flags/numb.json")
    weak = {"id": "red_flags/weak", "title": "Weak", "when": {"fact": "signs", "includes": "weak"}, "examples": []}
    write(kb, path, section)
    write(kb, "rules/red_flags/weak.json", rule | weak)
    commit(kb)
    section["questions"][-1]["options"].pop()
    write(kb, path, section)
    (kb / "rules/red_flags/weak.json").unlink()
    done = algos("changes", "HEAD", "--kb", kb)
    assert done.returncode == 1
    assert "Less urgent than before" in done.stdout
    assert "who has: Signs: weak" in done.stdout
    assert "(asked so in the version before)" in done.stdout


def test_bad_input_is_told_and_exit_code_2(kb: Path, tmp_path: Path) -> None:
    for arguments, told in (
        (("nothing",), "neither a folder with a kb.json nor a revision"),
        (("HEAD", "HEAD~5"), "neither a folder with a kb.json nor a revision"),
        (("--output=x",), "No such option"),
    ):
        done = algos("changes", *arguments, "--kb", kb)
        assert done.returncode == 2
        assert told in done.stderr
    assert algos("changes", "HEAD", "--kb", kb.parent / "elsewhere").returncode == 2
    outside = tmp_path.parent / "no_repository"
    shutil.copytree(kb, outside / "kb", dirs_exist_ok=True)
    done = algos("changes", "HEAD", cwd=outside)
    assert done.returncode == 2
    assert "not in a git repository" in done.stderr
    (kb / "rules/red_flags/numb.json").write_text("{")
    assert algos("changes", "HEAD", "--kb", kb).returncode == 2
