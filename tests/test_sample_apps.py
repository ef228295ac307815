"""The sample apps in docs/bundles.md, copied and run as a newcomer would; and the Python runtime as its own project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from engine.answers import read_answers
from engine.evaluate import Evaluator
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from exports.bundle.conform import transcript
from exports.bundle.source import ArchiveSource
from exports.runtime.python import Algos, load
from exports.runtime.wheel import modules, write_project
from tests.bundles import JS, NODE, ROOT, Starter, starter_bundle

PAGE = (ROOT / "docs" / "bundles.md").read_text(encoding="utf-8")


def sample(language: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 1
    assert blocks[0].count("\n") <= 36, "a sample app is short"
    return str(blocks[0])


# The first test to need the starter's bundle builds it, while those of other processes wait.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, starter_files: dict[str, bytes]) -> Starter:
    return starter_bundle(tmp_path_factory.getbasetemp().parent, starter_files)


@pytest.fixture(scope="module")
def runtime(release: Starter) -> Algos:
    return load(ArchiveSource(release.archive), release.keys)


def app_folder(folder: Path, release: Starter) -> Path:
    folder.mkdir()
    (folder / "bundle.tar").write_bytes(release.archive)
    (folder / "keys.json").write_text(release.keys.to_json(), encoding="utf-8")
    return folder


def typed(kb: KnowledgeBase, case: str) -> str:
    """What the person of a case types, screen after screen."""
    answers = read_answers(kb, dict(kb.cases[case].answers))
    interview = transcript(Interview(kb), Evaluator(kb), answers, case)
    raw = answers.to_json()
    return "".join(_line(kb.questions[name], raw.get(name)) + "\n" for screen in interview.screens for name in screen)


def _line(question: Question, value: object) -> str:
    if value is None or value == "unknown" or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return str(value)


def said(runtime: Algos, kb: KnowledgeBase, case: str) -> tuple[str, list[str]]:
    """The urgency's name, and the conditions in the order in which they are told, for a case's whole answers."""
    outcome = runtime.assess(dict(kb.cases[case].answers))
    named = [*outcome["to_rule_out"], *outcome["likely"], *outcome["possible"]]
    return kb.settings.urgency[outcome["urgency"]].name, [view["plain_name"] for view in named]


CASES = ["common_acute_lifting", "serious_ces_disc"]


@pytest.mark.parametrize("case", CASES)
def test_the_javascript_app(
    case: str, release: Starter, runtime: Algos, starter: KnowledgeBase, tmp_path: Path
) -> None:
    folder = app_folder(tmp_path / "app", release)
    (folder / "app.mjs").write_text(sample("js"), encoding="utf-8")
    shutil.copy(JS / "algos.js", folder)
    done = subprocess.run(
        [NODE, "app.mjs"], cwd=folder, input=typed(starter, case), text=True, capture_output=True, timeout=100
    )
    check(done, runtime, starter, case)


def check(done: subprocess.CompletedProcess[str], runtime: Algos, kb: KnowledgeBase, case: str) -> None:
    assert done.returncode == 0, done.stderr
    urgency, named = said(runtime, kb, case)
    assert f"{urgency}: " in done.stdout
    assert named[0] in done.stdout
    assert "Not every record in it has been approved by a clinician." in done.stdout
    assert kb.settings.not_a_diagnosis in done.stdout


@pytest.mark.parametrize("case", CASES[:1])
def test_the_python_app(case: str, release: Starter, runtime: Algos, starter: KnowledgeBase, tmp_path: Path) -> None:
    """With the runtime's own files and nothing of Algos beside them."""
    folder = app_folder(tmp_path / "app", release)
    (folder / "app.py").write_text(sample("python"), encoding="utf-8")
    write_project(tmp_path / "project")
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=folder,
        input=typed(starter, case),
        text=True,
        capture_output=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "project")},
    )
    check(done, runtime, starter, case)


def test_an_app_that_cannot_load_says_why(release: Starter, tmp_path: Path) -> None:
    folder = app_folder(tmp_path / "app", release)
    (folder / "bundle.tar").write_bytes(release.archive[:5000])
    (folder / "app.mjs").write_text(sample("js"), encoding="utf-8")
    (folder / "app.py").write_text(sample("python"), encoding="utf-8")
    shutil.copy(JS / "algos.js", folder)
    write_project(tmp_path / "project")
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "project")}
    for command in ([NODE, "app.mjs"], [sys.executable, "app.py"]):
        done = subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=100, env=env)
        assert done.returncode != 0
        assert "BN011" in done.stderr


def test_the_runtime_takes_nothing_with_it_that_it_does_not_need() -> None:
    taken = modules()
    assert "engine.interview" in taken
    assert not [name for name in taken if re.search(r"durable|worker|schema|guide\.(html|pdf)|statement|build", name)]
    lines = [line for path in taken.values() for line in path.read_text(encoding="utf-8").splitlines()]
    found = {match[1] for line in lines if (match := re.match(r"\s*(?:from|import) ([a-zA-Z_]\w*)", line))}
    foreign = found - set(sys.stdlib_module_names) - {"engine", "exports"}
    assert foreign == {"joserfc", "pydantic", "pydantic_core", "rfc8785"}


def test_a_project_is_written_into_a_new_folder_only(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("")
    with pytest.raises(FileExistsError, match="name a new folder"):
        write_project(tmp_path / "there")


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_the_wheel_in_an_environment_of_its_own(
    release: Starter, runtime: Algos, starter: KnowledgeBase, tmp_path: Path
) -> None:
    write_project(tmp_path / "project")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", tmp_path / "project"], check=True)
    installed = subprocess.run([python, "-m", "pip", "list"], check=True, capture_output=True, text=True).stdout
    assert "algos-runtime" in installed
    for name in ("durable", "streamlit", "GitPython", "jsonschema"):
        assert name not in installed
    folder = app_folder(tmp_path / "app", release)
    (folder / "app.py").write_text(sample("python"), encoding="utf-8")
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    for case in CASES:
        done = subprocess.run(
            [python, "app.py"],
            cwd=folder,
            input=typed(starter, case),
            text=True,
            capture_output=True,
            env=clean,
        )
        check(done, runtime, starter, case)
