"""Drafts in git: nothing confirmed is lost, whatever else happens at the same time."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from authoring import store as module
from authoring.store import MAIN, NOWHERE, Move
from authoring.workspace import DRAFTS, Draft, MovedError, Person, Workspace, WorkspaceError
from tests.conftest import ROOT
from validators.example import BASE
from validators.registry import example_files

ADA = Person("Ada Öz", "ada@example.org")
BEN = Person("Ben", "ben@example.org")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
NOBODY = 65534


def git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=directory, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("template")
    for path, data in example_files(BASE, {}).items():
        file = directory / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    git(directory, "init", "-qb", "main")
    git(directory, "add", "-A")
    git(directory, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "one")
    return directory


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "repository"))


@pytest.fixture
def workspace(repository: Path) -> Workspace:
    return Workspace(repository)


def assert_sound(repository: Path) -> None:
    """The repository opens, and nothing in it is broken or missing; dangling objects are no fault."""
    done = subprocess.run(["git", "fsck", "--full"], cwd=repository, capture_output=True, text=True, check=False)
    told = [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith(("dangling", "notice"))]
    assert (done.returncode, told) == (0, [])


def names(draft: Draft, workspace: Workspace) -> set[str]:
    return {path for path in workspace.files(draft.head) if path.startswith("terms/")}


# One after the other


def test_start_save_read_history_discard(workspace: Workspace, repository: Path) -> None:
    approved = workspace.approved()
    draft = workspace.start("Bending eases stenosis", ADA, NOW)
    assert (draft.id, draft.title, draft.author) == ("bending-eases-stenosis", "Bending eases stenosis", ADA)
    assert (draft.base, draft.started, draft.saved) == (approved, NOW, NOW)
    assert workspace.changed(draft) == {}
    second = workspace.save(draft, {"terms/a.json": b"one\n", "sources/smith-2020.json": None}, "First", BEN, NOW)
    third = workspace.save(second, {"terms/a.json": b"two\r\n"}, "Second", ADA, NOW)
    assert workspace.draft(draft.id) == third
    assert workspace.files(third.head)["terms/a.json"] == b"two\r\n"
    assert workspace.files(second.head)["terms/a.json"] == b"one\n"
    smith = example_files(BASE, {})["sources/smith-2020.json"]
    assert workspace.changed(third) == {"sources/smith-2020.json": (smith, None), "terms/a.json": (None, b"two\r\n")}
    told = [(one.message, one.author) for one in workspace.history(third)]
    assert told == [("Second", ADA), ("First", BEN), ("Bending eases stenosis", ADA)]
    assert workspace.approved() == approved
    assert git(repository, "status", "--porcelain") == ""
    workspace.discard(third)
    assert workspace.drafts() == []
    with pytest.raises(WorkspaceError, match="there is no draft"):
        workspace.draft(draft.id)
    assert_sound(repository)


def test_save_without_a_change_makes_no_commit(workspace: Workspace) -> None:
    draft = workspace.start("x", ADA, NOW)
    assert workspace.save(draft, {}, "Nothing", ADA, NOW).head == draft.head
    same = dict(workspace.files(draft.head).items())
    assert workspace.save(draft, same, "The same", ADA, NOW).head == draft.head


def test_a_moved_draft_is_refused_and_nothing_is_lost(workspace: Workspace) -> None:
    draft = workspace.start("x", ADA, NOW)
    first = workspace.save(draft, {"terms/a.json": b"a"}, "First", ADA, NOW)
    with pytest.raises(MovedError) as refused:
        workspace.save(draft, {"terms/b.json": b"b"}, "Second", BEN, NOW)
    assert "save again" in refused.value.fix
    with pytest.raises(MovedError):
        workspace.save(draft, {}, "Nothing", BEN, NOW)
    with pytest.raises(MovedError):
        workspace.discard(draft)
    assert workspace.draft(draft.id) == first
    again = workspace.save(first, {"terms/b.json": b"b"}, "Second", BEN, NOW)
    assert names(again, workspace) >= {"terms/a.json", "terms/b.json"}
    workspace.discard(again)
    with pytest.raises(MovedError, match="discarded"):
        workspace.save(again, {"terms/c.json": b"c"}, "Third", BEN, NOW)
    workspace.discard(again)  # a second window discards it too: nothing to tell


def test_a_save_returns_its_own_commit(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where somebody else saves or discards before it returns: the caller must not hold what it never saw."""
    moves = iter([lambda: workspace.discard(workspace.draft("y"))])
    original = module.git.cmd.Git.execute

    def interfering(self: object, command: list[str], *args: object, **kwargs: object) -> object:
        result = original(self, command, *args, **kwargs)
        if "update-ref" in command and (move := next(moves, None)):
            move()
        return result

    other = workspace.start("y", ADA, NOW)
    monkeypatch.setattr(module.git.cmd.Git, "execute", interfering)
    mine = workspace.save(other, {"terms/c.json": b"c"}, "Mine", ADA, NOW)
    assert workspace.files(mine.head)["terms/c.json"] == b"c"


def test_drafts_stand_in_the_order_of_their_last_save(workspace: Workspace) -> None:
    one = workspace.start("one", ADA, NOW)
    workspace.start("two", ADA, NOW.replace(hour=4))
    assert [draft.id for draft in workspace.drafts()] == ["two", "one"]
    workspace.save(one, {"terms/a.json": b"a"}, "Later", ADA, NOW.replace(hour=5))
    assert [draft.id for draft in workspace.drafts()] == ["one", "two"]


@pytest.mark.parametrize(
    ("title", "id_", "shown"),
    [
        ("Ödem & Schmerz", "dem-schmerz", "Ödem & Schmerz"),
        ("  spaces  ", "spaces", "spaces"),
        ("-rf --no", "rf-no", "-rf --no"),
        ("痛み", "draft", "痛み"),
        ("", "untitled-draft", "Untitled draft"),
        ("../../heads/main", "heads-main", "../../heads/main"),
        ("a\nb\r\nc", "a-b-c", "a b c"),
        ("a\0b", "a-b", "a b"),
        ("half \ud800 a pair", "half-a-pair", "half ? a pair"),
        ("x" * 300_000, "x" * 40, "x" * 200),
        ("# a comment?", "a-comment", "# a comment?"),
        ("Algos-Draft: forged", "algos-draft-forged", "Algos-Draft: forged"),
        ("'; rm -rf / #$(id)`id`", "rm-rf-id-id", "'; rm -rf / #$(id)`id`"),
        ("x.lock", "x-lock", "x.lock"),
    ],
)
def test_odd_titles(workspace: Workspace, title: str, id_: str, shown: str) -> None:
    draft = workspace.start(title, ADA, NOW)
    assert (draft.id, draft.title) == (id_, shown)
    saved = workspace.save(draft, {"terms/a.json": b"a"}, title, ADA, NOW)
    assert workspace.draft(id_) == saved
    assert saved.title == shown
    assert [one.message for one in workspace.history(saved)][1:] == [shown]


def test_a_message_cannot_forge_the_beginning(workspace: Workspace) -> None:
    draft = workspace.start("x", ADA, NOW)
    first = workspace.save(draft, {"terms/a.json": b"a"}, "First", ADA, NOW)
    saved = workspace.save(first, {"terms/b.json": b"b"}, "Text\n\nAlgos-Draft: x", BEN, NOW)
    assert (saved.base, saved.author, saved.title) == (draft.base, ADA, "x")
    assert workspace.draft("x") == saved


@pytest.mark.parametrize("person", [Person("", ""), Person("<>\n", "a\0b"), Person("\ud800", "a>b<"), Person(" ", "x")])
def test_odd_people(workspace: Workspace, person: Person) -> None:
    draft = workspace.start("x", person, NOW)
    assert draft.author.name
    assert workspace.save(draft, {"terms/a.json": b"a"}, "", person, NOW).head != draft.head
    assert workspace.history(workspace.draft("x"))[0].message


@pytest.mark.parametrize("id_", ["", "../x", "X", "a b", "-", "a--b", "x\n", "a\0", "x.lock", "@{-1}", "a" * 5000])
def test_odd_ids_are_told(workspace: Workspace, id_: str) -> None:
    workspace.start("x", ADA, NOW)
    with pytest.raises(WorkspaceError, match="there is no draft"):
        workspace.draft(id_)


@pytest.mark.parametrize(
    "path", ["", "/etc/x", "../x.json", "a\0b.json", ".git/config", "a//b.json", "kb.json/x", "a/./b"]
)
def test_odd_paths_are_told_and_nothing_is_saved(workspace: Workspace, path: str) -> None:
    draft = workspace.start("x", ADA, NOW)
    with contextlib.suppress(WorkspaceError):
        workspace.save(draft, {path: b"x"}, "m", ADA, NOW)
        pytest.fail(f"{path!r} was taken")
    assert workspace.draft("x") == draft


def test_a_merge_of_one_s_own_that_is_not_finished_stops_nobody(workspace: Workspace, repository: Path) -> None:
    """What is approved moved; only the folder of whoever is in the middle of something cannot show it."""
    git(repository, "checkout", "-q", "main")
    before = workspace.approved()
    after = workspace.write_commit(
        workspace.tree_with(before, {"kb.json": b"{}"}), [before], "Later", ADA, datetime(2026, 1, 2, tzinfo=UTC)
    )
    workspace.move(Move(MAIN, after, before))
    blob = git(repository, "rev-parse", f"{before}:kb/kb.json")
    sides = "".join(f"100644 {blob} {side}\tkb/kb.json\n" for side in (1, 2, 3))
    subprocess.run(
        ["git", "update-index", "--index-info"],
        cwd=repository,
        input=f"0 {NOWHERE}\tkb/kb.json\n{sides}",
        text=True,
        check=True,
    )
    told = workspace.follow_main([before])
    assert told is not None
    assert "not finished" in told
    git(repository, "reset", "-q", "--hard", before)
    git(repository, "reset", "-q", "--soft", "main")
    assert workspace.follow_main([before]) is None
    assert git(repository, "status", "--porcelain", "--untracked-files=no") == ""


def test_many_drafts_of_one_title(workspace: Workspace) -> None:
    assert [workspace.start("x", ADA, NOW).id for _ in range(3)] == ["x", "x-2", "x-3"]


# What is wrong with a repository


def test_no_repository_no_commit_no_knowledge_base(tmp_path: Path, repository: Path) -> None:
    for directory, told in ((tmp_path / "none", "not in a git repository"), (tmp_path, "not in a git repository")):
        with pytest.raises(WorkspaceError, match=told):
            Workspace(directory)
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-qb", "main")
    with pytest.raises(WorkspaceError, match="no commit yet"):
        Workspace(empty)
    with pytest.raises(WorkspaceError, match=r"has no else/kb\.json"):
        Workspace(repository, "else")


def test_a_commit_that_is_not_there(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="not in the repository"):
        workspace.files("1" * 40)


def test_a_broken_object_is_told(workspace: Workspace, repository: Path) -> None:
    draft = workspace.start("x", ADA, NOW)
    file = repository / ".git" / "objects" / draft.head[:2] / draft.head[2:]
    file.chmod(0o600)
    file.write_bytes(b"broken")
    for act in (lambda: workspace.draft("x"), lambda: workspace.files(draft.head), lambda: workspace.history(draft)):
        with pytest.raises(WorkspaceError) as told:
            act()
        assert told.value.fix


def test_a_fresh_lock_is_told_and_a_stale_one_is_taken_away(workspace: Workspace, repository: Path) -> None:
    draft = workspace.start("x", ADA, NOW)
    lock = repository / ".git" / f"{DRAFTS}x.lock"
    lock.touch()
    for act in (
        lambda: workspace.save(draft, {"terms/a.json": b"a"}, "m", ADA, NOW),
        lambda: workspace.discard(draft),
    ):
        with pytest.raises(WorkspaceError) as told:
            act()
        assert not isinstance(told.value, MovedError)
        assert "wait" in told.value.fix
    assert workspace.draft("x") == draft
    old = time.time() - 2 * module.STALE
    os.utime(lock, (old, old))
    saved = workspace.save(draft, {"terms/a.json": b"a"}, "m", ADA, NOW)
    assert workspace.draft("x") == saved
    assert not lock.exists()


def test_a_lock_beside_a_new_draft(workspace: Workspace, repository: Path) -> None:
    lock = repository / ".git" / f"{DRAFTS}x.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with pytest.raises(WorkspaceError) as told:
        workspace.start("x", ADA, NOW)
    assert "wait" in told.value.fix
    lock.unlink()
    assert workspace.start("x", ADA, NOW).id == "x"


def in_a_process(program: str, *arguments: object, first: str = "") -> subprocess.CompletedProcess[str]:
    """Run a Python program that has the workspace's names, and return what it told."""
    text = PRELUDE.replace("workspace =", f"{first}workspace =") + textwrap.dedent(program)
    return subprocess.run(
        [sys.executable, "-c", text, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/"},
    )


PRELUDE = """
import sys, resource
from datetime import UTC, datetime
from pathlib import Path
from authoring.workspace import *
NOW = datetime(2026, 1, 2, tzinfo=UTC)
ME = Person("Me", "me@example.org")
workspace = Workspace(Path(sys.argv[1]))
"""

TELL = """
for act in (
    lambda: workspace.start("new", ME, NOW),
    lambda: workspace.save(workspace.draft("x"), {"terms/a.json": BYTES}, "m", ME, NOW),
):
    try:
        act()
        print("done")
    except WorkspaceError as error:
        print("told:", error.what, "| fix:", error.fix)
"""


def test_a_repository_that_may_not_be_written_to(workspace: Workspace, repository: Path) -> None:
    draft = workspace.start("x", ADA, NOW)
    become = ""
    if os.geteuid() == 0:  # to root everything is permitted, so somebody else tries
        for parent in repository.parents:
            if not os.stat(parent).st_mode & 0o001 and parent != parent.parent:
                parent.chmod(0o711)
        become = f"import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        for folder, below, files in os.walk(repository):
            for name in (".", *below, *files):
                os.chown(Path(folder) / name, NOBODY, NOBODY)
    subprocess.run(["chmod", "-R", "a-w", str(repository)], check=True)
    try:
        done = in_a_process('BYTES = b"a"\n' + TELL, repository, first=become)
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(repository)], check=True)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "0:0", str(repository)], check=True)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == 2, lines
    assert all(line.startswith("told:") and "permissions" in line for line in lines), lines
    assert workspace.draft("x") == draft


def test_no_room_for_a_file(workspace: Workspace, repository: Path) -> None:
    """A limit on the size of files stands for a full disk: writing fails half way."""
    draft = workspace.start("x", ADA, NOW)
    program = """
    import os, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    BYTES = os.urandom(200_000)
    """
    done = in_a_process(textwrap.dedent(program) + TELL, repository)
    assert done.stderr == ""
    assert done.stdout.splitlines()[1].startswith("told:"), done.stdout
    assert workspace.draft("x") == draft
    saved = workspace.save(draft, {"terms/a.json": b"a"}, "m", ADA, NOW)
    assert workspace.draft("x") == saved
    assert_sound(repository)


def test_a_full_disk(template: Path, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small file system may not be mounted here; the limit on files stands for it")
    try:
        repository = Path(shutil.copytree(template, place / "r"))
        for hook in (repository / ".git" / "hooks").iterdir():
            hook.unlink()
        workspace = Workspace(repository)
        draft = workspace.start("x", ADA, NOW)
        filler = place / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as stream:
            while True:
                stream.write(b"\0" * 4096)
        with pytest.raises(WorkspaceError) as told:
            workspace.save(draft, {"terms/a.json": os.urandom(50_000)}, "m", ADA, NOW)
        assert "make room" in told.value.fix
        assert workspace.draft("x") == draft
        filler.unlink()
        saved = workspace.save(draft, {"terms/a.json": b"a"}, "m", ADA, NOW)
        assert workspace.draft("x") == saved
        assert_sound(repository)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


# Several at once

SAVER = """
draft_id, name, count = sys.argv[2], sys.argv[3], int(sys.argv[4])
moved = 0
for number in range(count):
    while True:
        try:
            draft = workspace.draft(draft_id)
            workspace.save(draft, {f"terms/{name}_{number}.json": b"x"}, f"{name} {number}", ME, NOW)
            break
        except MovedError:
            moved += 1
        except WorkspaceError as error:
            if "wait" not in error.fix:
                raise
    print(name, number, flush=True)
"""


@pytest.mark.parametrize("drafts", [("x", "y"), ("x", "x")], ids=["two drafts", "one draft"])
def test_two_processes_lose_none_of_60_saves(workspace: Workspace, repository: Path, drafts: tuple[str, str]) -> None:
    for id_ in sorted(set(drafts)):
        workspace.start(id_, ADA, NOW)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PRELUDE + SAVER, str(repository), id_, name, "30"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for id_, name in zip(drafts, ("a", "b"), strict=True)
    ]
    for one in running:
        out, err = one.communicate(timeout=100)
        assert (one.returncode, err, len(out.splitlines())) == (0, "", 30)
    for id_, name in zip(drafts, ("a", "b"), strict=True):
        draft = workspace.draft(id_)
        assert names(draft, workspace) >= {f"terms/{name}_{number}.json" for number in range(30)}
        assert len(workspace.history(draft)) == 1 + (60 if drafts[0] == drafts[1] else 30)
    assert_sound(repository)


def killed_at_any_moment(workspace: Workspace, repository: Path, times: int) -> None:
    """Kill a saving process together with its git, again and again; what it confirmed must be there."""
    chance = random.Random(7)
    workspace.start("x", ADA, NOW)
    confirmed: set[str] = set()
    for kill in range(times):
        process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + SAVER, str(repository), "x", f"k{kill}", "100000"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))
        os.killpg(process.pid, signal.SIGKILL)
        told = [first, *process.stdout.read().splitlines(keepends=True)]
        process.wait()
        # A line that was cut off was not read by anybody.
        confirmed |= {"terms/{}_{}.json".format(*line.split()) for line in told if line.endswith("\n")}
        opened = Workspace(repository)
        draft = opened.draft("x")
        assert confirmed <= names(draft, opened)
        saved = opened.save(draft, {f"terms/after_{kill}.json": b"x"}, "After", ADA, NOW)
        confirmed.add(f"terms/after_{kill}.json")
        assert confirmed <= names(saved, opened)
        assert_sound(repository)
    assert len(confirmed) >= 2 * times


def test_killed_while_saving(workspace: Workspace, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STALE", 0.0)  # nobody else saves here: a lock that is left is nobody's
    killed_at_any_moment(workspace, repository, 5)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_killed_fifty_times(
    workspace: Workspace, repository: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if not NIGHTLY and "nightly" not in str(request.config.getoption("-m")):
        pytest.skip("50 kills: with -m nightly or HYPOTHESIS_PROFILE=nightly")
    monkeypatch.setattr(module, "STALE", 0.0)
    killed_at_any_moment(workspace, repository, 50)


def test_two_hundred_operations_leave_nothing_open(workspace: Workspace) -> None:
    def left() -> tuple[int, set[str]]:
        here = Path("/proc/self")
        children = (here / "task" / str(os.getpid()) / "children").read_text().split()
        return len(list((here / "fd").iterdir())), set(children)

    if not Path("/proc/self/fd").exists():
        pytest.skip("the count of open files is read from /proc")
    draft = workspace.start("x", ADA, NOW)
    before = left()
    for number in range(25):
        draft = workspace.save(draft, {"terms/a.json": str(number).encode()}, "m", ADA, NOW)
        workspace.files(draft.head)
        workspace.drafts()
        workspace.draft("x")
        workspace.history(draft)
        workspace.approved()
        with contextlib.suppress(WorkspaceError):
            workspace.draft("none")
        with contextlib.suppress(WorkspaceError):
            workspace.files("2" * 40)
    assert left() == before


def test_threads_read_and_write_at_once(workspace: Workspace) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def work(number: int) -> bool:
        draft = workspace.start(f"thread {number}", ADA, NOW)
        for save in range(3):
            data = json.dumps([number, save]).encode()
            draft = workspace.save(draft, {"terms/a.json": data}, "m", ADA, NOW)
            if workspace.files(draft.head)["terms/a.json"] != data:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a killed process leaves stays in the test's own folder, and no other test's is looked at."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
