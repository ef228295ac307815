"""Merging and releasing when things go wrong: processes killed, disks full, repositories read-only or gone."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from authoring import store
from authoring.actions import Refused, View
from authoring.review.audit import audit, serious
from authoring.review.beginning import share
from authoring.review.pace import Pace
from authoring.review.proofs import Verdict
from authoring.review.releases import Releases
from authoring.store import RemoteError
from authoring.workspace import DRAFTS, MovedError, WorkspaceError
from exports.sign import PrivateKey
from tests.conftest import ROOT
from tests.review_help import Team, git, make_repository, with_members
from tests.test_workspace import NIGHTLY, NOBODY, assert_sound

LOCKED = "rules/evidence/locked.json"
OLDER = "rules/evidence/older.json"


def source(number: int) -> dict[str, object]:
    return {
        "id": f"work-{number}",
        "type": "book",
        "title": f"Work {number}",
        "custom": {"kind": "textbook", "tier": 2, "seen": True},
    }


def approved_changes(team: Team, count: int, start: int = 0) -> list[str]:
    ids = []
    for number in range(start, start + count):
        draft = team.proposed("ada", f"Work {number}", {f"sources/work-{number}.json": source(number)})
        team.approve(draft.id, "ben")
        ids.append(draft.id)
    return ids


def assert_whole(team: Team) -> None:
    """Main passes, the record of reviews fits it, and the repository is sound."""
    fresh = Team(team.workspace.directory)
    assert fresh.views.approved(fresh.desk.today()).errors == []
    assert serious(audit(fresh.desk)) == []
    assert_sound(team.workspace.directory)


# Killed

PROGRAM = """
import sys
from pathlib import Path
from authoring.review.pace import Pace
from authoring.review.proofs import Verdict
from authoring.review.releases import Releases
from exports.sign import PrivateKey
from tests.review_help import Team
team = Team(Path(sys.argv[1]))
team.server = PrivateKey.load(Path(sys.argv[2]))
print("ready", flush=True)
for id_ in sys.argv[3:]:
    team.steps("cat").merge(id_)
    print("merged", id_, flush=True)
    print("released", Releases(team.desk, team.signer("cat"), team.clock).release(preview=True), flush=True)
"""


def killed_at_any_moment(team: Team, key: Path, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill a merging and releasing process together with its git; what it confirmed is there, the next try succeeds."""
    monkeypatch.setattr(store, "STALE", 0.0)  # nobody else works here: a lock that is left is nobody's
    chance = random.Random(7)
    directory = team.workspace.directory
    merged: set[str] = set()
    released: set[int] = set()
    waiting: list[str] = []
    for kill in range(times):
        if len(waiting) < 4:
            waiting += approved_changes(team, 8, start=100 * kill)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(directory), str(key), *waiting],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 1.5))
        os.killpg(process.pid, signal.SIGKILL)
        for line in process.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):  # a line that was cut off was not read by anybody
                word, _, what = line.strip().partition(" ")
                (merged if word == "merged" else released).add(what if word == "merged" else int(what))  # type: ignore[arg-type]
        process.wait()
        opened = Team(directory)
        opened.server = team.server
        opened.desk.journal.sync()  # as every step does first
        assert_whole(opened)
        state = opened.desk.state()
        there = {id_ for id_, change in state.changes.items() if change.merged}
        assert merged <= there
        assert released <= {one.what.number for one in state.releases}
        waiting = [id_ for id_ in waiting if id_ not in there]
        if waiting:
            opened.steps("cat").merge(waiting[0])
            merged.add(waiting.pop(0))
            released.add(Releases(opened.desk, opened.signer("cat"), opened.clock).release(preview=True))
        for id_ in merged:
            assert f"sources/{id_}.json" in opened.workspace.files(opened.workspace.approved())
    assert merged
    assert released


@pytest.fixture
def keyed(tmp_path: Path) -> tuple[Team, Path]:
    team = Team(make_repository(tmp_path / "r"))
    key = tmp_path / "console.pem"
    team.server.save(key)
    return team, key


def test_killed_while_merging_and_releasing(keyed: tuple[Team, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    killed_at_any_moment(*keyed, 5, monkeypatch)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_killed_fifty_times(
    keyed: tuple[Team, Path], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if not NIGHTLY and "nightly" not in str(request.config.getoption("-m")):
        pytest.skip("50 kills: with -m nightly or HYPOTHESIS_PROFILE=nightly")
    killed_at_any_moment(*keyed, 50, monkeypatch)


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_between_any_two_moves_of_a_merge(team: Team, moved: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after so many of the refs have moved: the next step finishes what was recorded."""
    [id_] = approved_changes(team, 1)
    original = team.workspace.move
    before = team.workspace.approved()

    def dies(*moves: store.Move) -> None:
        for move in moves[:moved]:
            original(move)
        raise KeyboardInterrupt

    monkeypatch.setattr(team.workspace, "move", dies)
    with pytest.raises(KeyboardInterrupt):
        team.steps("ben").merge(id_)
    monkeypatch.undo()
    opened = Team(team.workspace.directory)
    opened.server = team.server
    if moved == 0:
        assert opened.workspace.approved() == before
        opened.steps("ben").merge(id_)
    else:
        opened.desk.journal.sync()
        with pytest.raises(Refused, match="merged already"):
            opened.steps("ben").merge(id_)
    assert opened.workspace.approved() != before
    assert opened.workspace.drafts() == []
    assert_whole(opened)


def test_what_is_saved_while_the_merge_dies_becomes_a_draft_of_its_own(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    [id_] = approved_changes(team, 1)
    original = team.workspace.move

    def dies(*moves: store.Move) -> None:
        original(*moves[:2])
        raise KeyboardInterrupt

    monkeypatch.setattr(team.workspace, "move", dies)
    with pytest.raises(KeyboardInterrupt):
        team.steps("ben").merge(id_)
    monkeypatch.undo()
    draft = team.edit("ada", team.workspace.draft(id_), {LOCKED: with_members(title="The back locked")})
    team.desk.journal.sync()
    [left] = team.workspace.drafts()
    assert (left.id, left.head) == (f"{id_}-2", draft.head)
    assert [one.path for one in team.desk.look(left.id).records] == [LOCKED]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(make_repository(tmp_path / "r"))


def test_an_edit_in_the_middle_of_a_merge_is_not_lost(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves between the checks and the move: the merge looks again, and finds it not approved."""
    [id_] = approved_changes(team, 1)
    verdicts = team.desk.verdicts

    def slow(view: View, pace: Pace | None = None) -> tuple[Verdict, ...]:
        if draft.head == team.workspace.draft(id_).head:
            team.edit("ada", draft, {LOCKED: with_members(title="The back locked")})
        return verdicts(view, pace)

    draft = team.workspace.draft(id_)
    monkeypatch.setattr(team.desk, "verdicts", slow)
    with pytest.raises(Refused, match="approvals are missing"):
        team.steps("ben").merge(id_)
    assert team.value(team.workspace.draft(id_), LOCKED)["title"] == "The back locked"


# No room, no permission


def test_a_full_disk(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a small file system may not be mounted here")
    try:
        repository = make_repository(place / "r")
        for hook in (repository / ".git" / "hooks").iterdir():
            hook.unlink()
        team = Team(repository)
        [id_] = approved_changes(team, 1)
        before = team.workspace.approved()
        filler = place / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as stream:
            while True:
                stream.write(b"\0" * 4096)
        for act in (
            lambda: team.steps("ben").merge(id_),
            lambda: Releases(team.desk, team.signer("ben"), team.clock).release(preview=True),
        ):
            with pytest.raises(WorkspaceError) as told:
                act()
            assert "make room" in told.value.fix
        assert team.workspace.approved() == before
        filler.unlink()
        team.steps("ben").merge(id_)
        Releases(team.desk, team.signer("ben"), team.clock).release(preview=True)
        assert_whole(team)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


WARM = """
# Libraries load parts of themselves when first used, and not everybody may read them: once on a copy, then as nobody.
from authoring.workspace import WorkspaceError
warm = Team(Path(sys.argv[4]))
warm.server = key
warm.steps("ben").merge(sys.argv[3])
"""
READ_ONLY = """
for act in (
    lambda: team.steps("ben").merge(sys.argv[3]),
    lambda: Releases(team.desk, team.signer("ben"), team.clock).release(preview=True),
):
    try:
        act()
        print("done")
    except WorkspaceError as error:
        print("told:", error.what, "| fix:", error.fix)
"""


def test_a_read_only_repository(keyed: tuple[Team, Path]) -> None:
    team, key = keyed
    [id_] = approved_changes(team, 1)
    repository = team.workspace.directory
    opening = "team = Team(Path(sys.argv[1]))\nteam.server = "
    program = PROGRAM.partition('print("ready"')[0].replace(opening, "key = ") + WARM
    if os.geteuid() == 0:  # to root everything is permitted, so somebody else tries
        program += f"import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        for parent in repository.parents:
            if not os.stat(parent).st_mode & 0o001 and parent != parent.parent:
                parent.chmod(0o711)
    shutil.copytree(repository, copy := repository.with_name("copy"))
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(repository)], check=True)
    program += "team = Team(Path(sys.argv[1]))\nteam.server = key\n" + READ_ONLY
    subprocess.run(["chmod", "-R", "a-w", str(repository)], check=True)
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, str(repository), str(key), id_, str(copy)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd="/",
        )
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(repository)], check=True)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "0:0", str(repository)], check=True)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == 2, lines
    assert all(line.startswith("told:") and "permissions" in line for line in lines), lines
    team.steps("ben").merge(id_)
    assert_whole(team)


# Shared


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[tuple[Team, Team, Path]]:
    """Two people's copies and the repository that they share."""
    bare = tmp_path / "shared.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    one = make_repository(tmp_path / "one")
    git(one, "remote", "add", "origin", str(bare))
    first = Team(one)
    share(first.workspace, "origin")
    subprocess.run(["git", "clone", "-q", str(bare), str(tmp_path / "two")], check=True)
    second = Team(tmp_path / "two")
    share(second.workspace, "origin")
    second.server = first.server
    return first, second, bare


def test_two_copies_work_as_one(shared: tuple[Team, Team, Path]) -> None:
    one, two, bare = shared
    draft = one.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    two.desk.journal.sync()
    assert two.workspace.draft(draft.id).head == draft.head
    two.approve(draft.id, "ben")
    one.steps("cat").merge(draft.id)
    assert git(bare, "rev-parse", "main") == one.workspace.approved()
    assert git(bare, "for-each-ref", DRAFTS) == ""
    two.desk.journal.sync()
    assert two.workspace.approved() == one.workspace.approved()
    assert two.workspace.drafts() == []
    assert Releases(two.desk, two.signer("ben"), two.clock).release(preview=True) == 1
    one.desk.journal.sync()
    assert one.workspace.tag("preview-1") == two.workspace.tag("preview-1")
    # The copy that was cloned with `main` checked out shows what is approved
    assert git(two.workspace.directory, "status", "--porcelain") == ""
    assert "locked up" in (two.workspace.directory / "kb" / LOCKED).read_text()
    assert_whole(one)
    assert_whole(two)


def test_a_lost_race_is_tried_again(shared: tuple[Team, Team, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, _ = shared
    first = one.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    second = one.proposed("ada", "More words", {OLDER: with_members(because="it is rarer")})
    one.approve(first.id, "ben")
    one.approve(second.id, "ben")
    two.desk.journal.sync()
    original = one.workspace.push
    raced = []

    def push(remote: str, moves: object) -> None:
        if not raced:
            raced.append(two.steps("cat").merge(second.id))
        original(remote, moves)  # type: ignore[arg-type]

    monkeypatch.setattr(one.workspace, "push", push)
    one.steps("cat").merge(first.id)
    assert raced
    main = one.workspace.approved()
    assert one.value(main, LOCKED)["because"] == "your back locked up"
    assert one.value(main, OLDER)["because"] == "it is rarer"
    assert_whole(one)


HOOK = """#!/bin/sh
kill -9 $PPID
"""


@pytest.mark.parametrize("hook", ["pre-receive", "post-receive"])
def test_the_shared_repository_vanishes_in_the_middle(shared: tuple[Team, Team, Path], hook: str) -> None:
    one, two, bare = shared
    draft = one.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    one.approve(draft.id, "ben")
    before = one.workspace.approved()
    file = bare / "hooks" / hook
    file.parent.mkdir(exist_ok=True)
    file.write_text(HOOK)
    file.chmod(0o755)
    with pytest.raises(RemoteError) as told:
        one.steps("cat").merge(draft.id)
    assert "try again" in told.value.fix
    assert one.workspace.approved() == before
    file.unlink()
    if hook == "pre-receive":
        one.steps("cat").merge(draft.id)
    else:  # it had taken everything and could not say so
        with pytest.raises(Refused, match="merged already"):
            one.steps("cat").merge(draft.id)
    assert one.workspace.approved() == git(bare, "rev-parse", "main") != before
    two.desk.journal.sync()
    assert two.workspace.approved() == one.workspace.approved()
    assert_whole(one)


def test_sessions_that_fetch_at_the_same_moment_do_not_stand_in_each_other_s_way(
    shared: tuple[Team, Team, Path],
) -> None:
    one, two, _ = shared
    told: list[object] = []

    def sync(team: Team, together: threading.Barrier) -> None:
        together.wait(timeout=60)
        try:
            team.desk.journal.sync()
        except WorkspaceError as error:
            told.append(error)

    for number in range(4):
        one.proposed("ada", f"Words {number}", {LOCKED: with_members(because=f"your back locked up {number}")})
        together = threading.Barrier(4)
        sessions = [
            threading.Thread(target=sync, args=(Team(two.workspace.directory), together), daemon=True)
            for _ in range(together.parties)
        ]
        for session in sessions:
            session.start()
        for session in sessions:
            session.join()
    assert told == []
    assert len(two.workspace.drafts()) == 4


def test_a_fetch_that_was_killed_leaves_nothing_in_the_way(shared: tuple[Team, Team, Path]) -> None:
    one, two, _ = shared
    one.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    lock = two.workspace.common / "refs" / "algos" / "remote" / "heads" / "reviews.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    with pytest.raises(WorkspaceError, match=r"reviews\.lock"):
        two.desk.journal.sync()
    os.utime(lock, (0, 0))
    two.desk.journal.sync()
    assert len(two.workspace.drafts()) == 1


def test_a_shared_repository_that_is_gone(shared: tuple[Team, Team, Path], tmp_path: Path) -> None:
    one, _, bare = shared
    draft = one.draft("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    shutil.move(bare, tmp_path / "away.git")
    with pytest.raises(RemoteError):
        one.steps("ada").propose(draft.id, "Words", "Because.")
    assert one.workspace.draft(draft.id) == draft
    draft = one.edit("ada", draft, {LOCKED: with_members(because="your back was locked")})  # drafts need nobody
    shutil.move(tmp_path / "away.git", bare)
    one.steps("ada").propose(draft.id, "Words", "Because.")


def test_somebody_pushed_to_main_by_hand(shared: tuple[Team, Team, Path]) -> None:
    one, two, _ = shared
    """Here only: the two histories do not fit, and that is told. In the shared one too: the audit names it."""
    draft = one.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    one.approve(draft.id, "ben")
    directory = two.workspace.directory
    (directory / "kb" / LOCKED).write_text((directory / "kb" / LOCKED).read_text().replace("locked", "stuck"))
    git(directory, "-c", "user.name=E", "-c", "user.email=e@e", "commit", "-qam", "by hand")
    two.desk.journal.sync()
    one.steps("cat").merge(draft.id)
    with pytest.raises(WorkspaceError, match="different ways"):
        two.desk.journal.sync()
    assert "stuck" in (directory / "kb" / LOCKED).read_text(), "nobody's commit is thrown away"
    git(directory, "push", "-qf", "origin", "main")
    with pytest.raises(WorkspaceError, match="different ways"):
        one.desk.journal.sync()
    assert any("(by hand)" in one.what for one in serious(audit(Team(directory).desk)))
    assert_sound(directory)


def test_drafts_of_one_id_in_two_copies(shared: tuple[Team, Team, Path]) -> None:
    one, two, _ = shared
    draft = one.proposed("ada", "Words", {LOCKED: with_members(because="your back locked up")})
    two.desk.journal.sync()
    two.edit("ben", two.workspace.draft(draft.id), {LOCKED: with_members(because="two")})
    mine = one.edit("ada", draft, {LOCKED: with_members(because="one")})
    two.steps("ben").propose(draft.id, "Words", "Because.")
    with pytest.raises(MovedError, match="edited since"):
        one.steps("ada").propose(draft.id, "Words", "Because.", mine.head)
    texts = {one.value(each, LOCKED)["because"] for each in one.workspace.drafts()}
    assert texts == {"one", "two"}, "nothing confirmed is lost"


def test_the_key_is_a_key(keyed: tuple[Team, Path]) -> None:
    team, key = keyed
    assert PrivateKey.load(key).public.x == team.server.public.x
