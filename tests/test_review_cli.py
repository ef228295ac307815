"""Review and release as commands: from a new repository to a release, its history and its audit."""

from __future__ import annotations

import _thread
import contextlib
import json
import signal
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from authoring.actions import now
from authoring.cli import app
from authoring.review.beginning import new_repository
from authoring.review.pace import Pace
from authoring.review.releases import Releases
from authoring.store import Person
from engine.files import read_directory
from exports.sign import PrivateKey
from tests.review_help import git
from validators.example import BASE
from validators.registry import check_files, example_files

LOCKED = "rules/evidence/locked.json"


class Shell:
    """Somebody at a terminal."""

    def __init__(self, home: Path, repository: Path, name: str) -> None:
        self.home, self.repository, self.name = home, repository, name

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What a command prints. It runs in this process: a new one for each of a hundred would take minutes."""
        environment = {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "user.name",
            "GIT_CONFIG_VALUE_0": self.name.capitalize(),
            "GIT_CONFIG_KEY_1": "user.email",
            "GIT_CONFIG_VALUE_1": f"{self.name}@example.org",
        }
        with contextlib.chdir(self.repository):
            done = CliRunner().invoke(app, arguments, env=environment)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, (done.exit_code, done.output)
        return done.output


@pytest.fixture
def example(tmp_path: Path) -> Path:
    for path, data in example_files(BASE, {}).items():
        file = tmp_path / "example" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path / "example"


@pytest.fixture
def people(tmp_path: Path, example: Path) -> tuple[Shell, Shell, Shell]:
    home = tmp_path / "home"
    home.mkdir()
    first = Shell(home, tmp_path, "ada")
    first("init", "mine", "--title", "My back", "--like", str(example))
    one, two, three = (Shell(home, tmp_path / "mine", name) for name in ("ada", "ben", "cat"))
    return one, two, three


def seen(shown: str) -> str:
    return shown.partition("--seen ")[2].split("`")[0]


def test_ctrl_c_stops_a_release_or_says_that_it_was_too_late(
    people: tuple[Shell, Shell, Shell], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    ada, _, _ = people
    release = Releases.release
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, heard))

    def pressed_before(one: Releases, name: str, preview: bool, pace: Pace) -> int:
        _thread.interrupt_main()
        assert pace.stop.wait(60)
        return release(one, name, preview, pace)

    def pressed_after(one: Releases, name: str, preview: bool, pace: Pace) -> int:
        number = release(one, name, preview, pace)
        _thread.interrupt_main()
        assert pace.stop.wait(60)
        return number

    monkeypatch.setattr(Releases, "release", pressed_before)
    assert "nothing was released" in ada("release", "--preview", code=2)
    assert "Spring" not in ada("releases")
    monkeypatch.setattr(Releases, "release", pressed_after)
    assert "too late: release 1 is out" in ada("release", "--preview", "--name", "Spring", code=2)
    assert "Spring" in ada("releases")


BEGUN = ("kb.json", "body.json", "locales/en.json", "review/roster.json")
"""What a new repository begins with, besides generated files."""


@pytest.mark.timeout(300)
def test_from_a_new_repository_to_a_release(people: tuple[Shell, Shell, Shell], tmp_path: Path, example: Path) -> None:
    ada, ben, cat = people
    mine = ada.repository
    assert git(mine, "status", "--porcelain") == ""
    assert "no open changes" in ada("change", "list")
    # Ada copies rules into her folder, and takes them into a draft
    for path in example_files(BASE, {}):
        if path not in ("kb.json", "body.json"):
            (mine / "kb" / path).parent.mkdir(parents=True, exist_ok=True)
            (mine / "kb" / path).write_bytes((example / path).read_bytes())
    assert ada("change", "start", "First rules", "--take-edits").strip() == "first-rules"
    assert "Whoever" not in ada("change", "show", "first-rules")
    ada("change", "propose", "first-rules", "--title", "First rules", "--reason", "To begin with.")
    assert "waiting for review" in ben("change", "list")
    ben("change", "comment", "first-rules", "Is that all?", "--on", LOCKED)
    shown = ben("change", "show", "first-rules")
    assert 'New rule "Locked back"' in shown
    assert "Is that all?" in shown
    assert "Change" not in ben("change", "approve", "first-rules", "--seen", "nothing", code=2)
    assert "author" in ada("change", "approve", "first-rules", "--seen", seen(shown), "--saw-less-urgent", code=2)
    assert "less urgent" in ben("change", "approve", "first-rules", "--seen", seen(shown), code=2)
    ben("change", "approve", "first-rules", "--seen", seen(shown), "--saw-less-urgent")
    number = shown.partition("open, number ")[2].split(")")[0]
    assert "is open" in cat("change", "merge", "first-rules", code=2)
    ada("change", "resolve", "first-rules", number)
    assert "one more person" in ben("change", "merge", "first-rules", code=2)
    cat("change", "approve", "first-rules", "--seen", seen(shown), "--saw-less-urgent")
    assert "merged" in cat("change", "merge", "first-rules")
    assert git(mine, "status", "--porcelain") == ""
    assert (mine / "kb" / LOCKED).exists(), "the folder shows what is approved"
    # What the repository began with is approved as it stands, by two who did not write it
    main = git(mine, "rev-parse", "main")
    key = tmp_path / "cat.pem"
    PrivateKey.generate("cat").save(key)
    records = [word for path in BEGUN for word in ("--record", path)]
    assert "own key" in ben("approve", *records, "--seen", main, code=2)
    cat("approve", *records, "--seen", main, "--key", str(key))
    assert "not approved" in cat("release", code=2)
    ben("approve", *records, "--seen", main, "--key", str(key))
    assert "Release 1: Spring" in cat("release", "--name", "Spring")
    # A rule is retired and the wording changed; the history tells
    ada("change", "start", "Plainer words")
    file = tmp_path / "new.json"
    record = json.loads((mine / "kb" / LOCKED).read_text())
    file.write_text(json.dumps({**record, "because": "your back locked up"}))
    assert "1 records differ" in ada("change", "save", "plainer-words", LOCKED, str(file))
    ada("change", "propose", "plainer-words", "--title", "Plainer", "--reason", "Patients asked.")
    ben("change", "approve", "plainer-words", "--seen", seen(ben("change", "show", "plainer-words")))
    cat("change", "merge", "plainer-words")
    told = cat("history", "evidence/locked")
    assert "Patients asked." in told
    assert "by Ada, approved by Ben; in no release yet" in told
    assert "since release 1, Spring" in told
    assert "release 1" in cat("history", "--text", "Your back locked.")
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"age": 40, "numb": False, "locked": True}))
    assert "release 1" in cat("history", "--answers", str(answers))
    assert "your back locked up" in cat("assess", str(answers))
    assert "your back locked up" not in cat("assess", str(answers), "--release", "1")
    assert "no release 9" in cat("assess", str(answers), "--release", "9", code=2)
    # The audit, with a checkpoint
    trust = tmp_path / "trust.json"
    assert "0 problems" in cat("audit", "--write-trust", str(trust))
    assert "history was replaced" not in cat("audit", "--trust", str(trust))
    git(mine, "tag", "-d", "release-1")
    assert "was taken away" in cat("audit", "--trust", str(trust), code=1)
    assert "release 1" in cat("releases").lower() or "Spring" in cat("releases")
    assert "checkpoint" in cat("audit", "--trust", str(answers), code=2)


def test_what_cannot_be_done_is_told(people: tuple[Shell, Shell, Shell], tmp_path: Path) -> None:
    ada, _, _ = people
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "kb.json").write_text("{}")
    (tmp_path / "file").touch()
    for words, part in (
        (("change", "show", "none"), "no draft"),
        (("change", "save", "none"), "no draft"),
        (("history", "no/such"), "never was"),
        (("history",), "nothing to look up"),
        (("history", "kb.json", "--text", "x"), "several things"),
        (("audit", "--know", "x"), "add --write-trust"),
        (("releases", "7"), "no release 7"),
        (("retire-release", "7", "--reason", "x"), "no release 7"),
        (("share", "nowhere"), "git remote add"),
        (("history", "--answers", "nowhere.json"), "cannot be read"),
        (("history", "--answers", str(tmp_path)), "cannot be read"),
        (("audit", "--trust", "nowhere.json"), "cannot be read"),
        (("audit", "--write-trust", str(tmp_path / "file" / "trust.json")), "cannot be written"),
        (("release", "--roll-back", "1", "--preview", "--reason", "x"), "never a preview"),
        (("release", "--reason", "x"), "add --roll-back"),
        (("approve", "x"), "own key"),
        (("init", str(ada.repository), "--title", "x", "--like", str(ada.repository / "kb")), "not empty"),
        (("init", str(tmp_path / "z"), "--title", "x", "--like", str(tmp_path / "half")), "SC001"),
        (("init", str(tmp_path / "z"), "--title", "?", "--like", str(ada.repository / "kb")), "title"),
    ):
        assert part in ada(*words, code=2), words


def test_sharing_and_conflicts(people: tuple[Shell, Shell, Shell], tmp_path: Path) -> None:
    ada, ben, cat = people
    bare = tmp_path / "shared.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    git(ada.repository, "remote", "add", "origin", str(bare))
    assert "shared through origin" in ada("share", "origin")
    assert git(bare, "rev-parse", "main") == git(ada.repository, "rev-parse", "main")
    settings = json.loads((ada.repository / "kb" / "kb.json").read_text())
    file = tmp_path / "kb.json"
    for name, title in (("one", "My own back"), ("two", "My lower back")):
        ada("change", "start", name)
        file.write_text(json.dumps({**settings, "title": title}))
        ada("change", "save", name, "kb.json", str(file))
        ada("change", "propose", name, "--title", name, "--reason", "Better.")
    ben("change", "approve", "one", "--seen", seen(ben("change", "show", "one")))
    cat("change", "merge", "one")
    shown = ada("change", "show", "two")
    assert "Conflict 1:" in shown
    assert "My own back" in shown
    assert "decides no conflict" in ada("change", "update", "two", "--take", "5=ours", code=2)
    assert "not decided" in ada("change", "update", "two", code=2)
    ada("change", "update", "two", "--take", "1=theirs")
    ben("change", "approve", "two", "--seen", seen(ben("change", "show", "two")))
    cat("change", "merge", "two")
    assert git(bare, "rev-parse", "main") == git(ada.repository, "rev-parse", "main")
    assert "My lower back" in (ada.repository / "kb" / "kb.json").read_text()


def test_a_new_knowledge_base_has_nothing_to_mend(tmp_path: Path, starter_files: dict[str, bytes]) -> None:
    new_repository(tmp_path / "r", "Ankle", starter_files, Person("Ada", "ada@example.org"), now)
    files = read_directory(tmp_path / "r" / "kb")
    assert {path.partition("/")[0] for path in files} == {
        "body.json",
        "body.svg",
        "kb.json",
        "locales",
        "review",
        "sources",
    }
    _, found = check_files(files)
    assert found == []
