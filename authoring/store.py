"""What the project asks of git: read and write commits, move refs together, fetch and push.

The only importer of GitPython.
Nothing here uses a work tree or the repository's index: a tree is built with a private index, and refs move only from
where their caller saw them. A `Repo` is opened and closed for each operation and never shared: shared ones gave wrong
reads and hung.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import git
from git.exc import GitCommandError, InvalidGitRepositoryError, NoSuchPathError, ODBError

STALE = 10.0
"""Seconds after which a lock counts as left behind by a killed process; git itself holds one for some ms."""
NOWHERE = "0" * 40
"""What git calls the place of a ref that does not exist."""
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
MAIN = "refs/heads/main"
_KEPT = 12
"""Trees that are kept in memory: a tree of 1,000 records is about 3 MB."""
PATIENCE = 60
"""Seconds that a shared repository may take to answer before git gives up on it."""
_TRIES = 8
"""How often it is fetched from where other sessions do so at the same moment."""
_IN_THE_WAY = (
    "stands in the way of showing what is approved now in your folder: "
    "save your work elsewhere, then run `git reset --hard main`"
)
_LOCK = re.compile(r"Unable to create '([^']+\.lock)': File exists")


class WorkspaceError(Exception):
    """Something about the repository that the person has to know; `fix` says what to do."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}\n      fix: {fix}")
        self.what = what
        self.fix = fix


class MovedError(WorkspaceError):
    """Something moved since it was read: somebody saved in between."""


class RemoteError(WorkspaceError):
    """The shared repository could not be reached, or did not take what was sent."""


@dataclass(frozen=True)
class Person:
    """Who saves: recorded in each commit."""

    name: str
    email: str


@dataclass(frozen=True)
class Commit:
    """One commit, without its content."""

    id: str
    parents: tuple[str, ...]
    tree: str
    author: Person
    committer: Person
    time: datetime
    message: str

    @property
    def title(self) -> str:
        """The first line of what was said."""
        return next(iter(self.message.strip().splitlines()), "")

    def trailer(self, name: str) -> str | None:
        """The value of a line `name: value` below the first line, or None."""
        for line in self.message.strip().splitlines()[1:]:  # a save has one line, so nobody can forge a beginning
            if line.startswith(f"{name}: "):
                return line.removeprefix(f"{name}: ").strip()
        return None


@dataclass(frozen=True)
class Tag:
    """An annotated tag: its object, the commit that it names, and what it says."""

    name: str
    id: str
    commit: str
    message: str


@dataclass(frozen=True)
class Move:
    """A ref from where it was seen (NOWHERE: it was not there) to where it goes (NOWHERE: it is taken away)."""

    ref: str
    new: str
    old: str


class Store:
    """The git repository around `directory`, whose knowledge base lies in its folder `folder`.

    Raises WorkspaceError where there is no repository.
    """

    def __init__(self, directory: Path, folder: str = "kb") -> None:
        self.directory = directory.resolve()
        self.folder = folder.strip("/")
        self._trees: OrderedDict[str, dict[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()
        with self._repo() as repo:
            self.directory = Path(str(repo.working_dir or repo.git_dir))
            self.common = Path(str(repo.common_dir))
            """Where git keeps what all work trees of the repository share."""

    @contextmanager
    def _repo(self) -> Iterator[git.Repo]:
        try:
            repo = git.Repo(self.directory, search_parent_directories=True)
        except (InvalidGitRepositoryError, NoSuchPathError):
            raise WorkspaceError(
                f"{self.directory} is not in a git repository",
                "drafts are kept in git: clone the project, or begin a repository with `algos init`",
            ) from None
        try:
            yield repo
        except GitCommandError as error:
            told = " ".join(str(error.stderr).split()).removeprefix("stderr: ").strip("'")
            told = told or "it was stopped and said nothing"
            raise WorkspaceError(f"git could not do it: {told}", fix_for(told)) from None
        except OSError as error:
            told = error.strerror or str(error)
            raise WorkspaceError(f"the repository could not be used: {told}", fix_for(told)) from None
        except (ODBError, ValueError) as error:  # GitPython tells an object that is missing or broken by either
            raise WorkspaceError(
                f"something is not in the repository, or broken: {error}",
                "look at the repository with `git fsck`, and restore what is missing from another copy",
            ) from None
        finally:
            repo.close()

    # Reading

    def commit_at(self, name: str) -> str | None:
        """The commit that a ref or a commit's name stands for, or None."""
        with self._repo() as repo:
            return _commit_at(repo, name)

    def approved(self) -> str:
        """The commit of what is approved: branch `main`, or HEAD where there is none. Raises WorkspaceError."""
        with self._repo() as repo:
            commit = _commit_at(repo, MAIN) or _commit_at(repo, "HEAD")
        if commit is None:
            raise WorkspaceError(
                f"the repository {self.directory} has no commit yet", "commit the knowledge base first"
            )
        return commit

    def files(self, commit: str) -> Mapping[str, bytes]:
        """Path to bytes of the knowledge base in a commit. Kept in memory: a commit never changes."""
        with self._lock:
            if commit in self._trees:
                self._trees.move_to_end(commit)
                return self._trees[commit]
        return self._keep(commit, self._knowledge(commit))

    def _keep(self, commit: str, files: dict[str, bytes]) -> Mapping[str, bytes]:
        with self._lock:
            self._trees[commit] = files
            while len(self._trees) > _KEPT:
                self._trees.popitem(last=False)
        return files

    def _knowledge(self, commit: str) -> dict[str, bytes]:
        with self._repo() as repo:
            tree = _tree_at(repo, commit, self.folder)
            files = _blobs(repo, tree) if tree else {}
        return {path: data for path, data in files.items() if not path.startswith("schema/")}

    def names(self, commit: str, folder: str | None = None) -> dict[str, str]:
        """Path to blob id of everything below a folder (None: the knowledge base's) in a commit."""
        with self._repo() as repo:
            tree = _tree_at(repo, commit, self.folder if folder is None else folder)
            return _listing(repo, tree) if tree else {}

    def has(self, commit: str, path: str) -> bool:
        """Whether a commit, if it exists, has a file or folder."""
        with self._repo() as repo:
            return len(_feed(repo, ["cat-file", "--batch-check"], f"{commit}:{path}\n".encode()).split()) == 3

    def blobs(self, ids: Sequence[str]) -> list[bytes]:
        """The contents of blobs, in the order in which they were asked for."""
        with self._repo() as repo:
            return _contents(repo, ids)

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits, or None where they have none."""
        with self._repo() as repo:
            try:
                return str(repo.git.merge_base(one, other)).split()[0]
            except GitCommandError as error:
                if error.status == 1:
                    return None
                raise

    def is_ancestor(self, early: str, late: str) -> bool:
        """Whether a commit is another one, or comes before it."""
        with self._repo() as repo:
            try:
                repo.git.merge_base("--is-ancestor", early, late)
            except GitCommandError as error:
                if error.status == 1:
                    return False
                raise
            return True

    def log(self, *what: str, first_parent: bool = False, paths: Sequence[str] = ()) -> list[Commit]:
        """Commits, the latest first: `log("new", "^old")` is what `new` has and `old` lacks."""
        options = ["--first-parent"] if first_parent else []
        with self._repo() as repo:
            return _log(repo, [*options, *what, "--", *paths])

    def commit(self, id_: str) -> Commit:
        """One commit. Raises WorkspaceError where it is not in the repository."""
        return self.log("-1", id_)[0]

    def knowledge_trees(self, commits: Sequence[str]) -> dict[str, str]:
        """Commit to the id of its knowledge base's tree (empty where it has none); cheap for many commits."""
        with self._repo() as repo:
            asked = "".join(f"{one}:{self.folder}\n" if self.folder else f"{one}^{{tree}}\n" for one in commits)
            told = _feed(repo, ["cat-file", "--batch-check"], asked.encode()).splitlines()
        found = (line.split() for line in told)
        return {
            commit: parts[0] if len(parts) == 3 and parts[1] == "tree" else ""
            for commit, parts in zip(commits, found, strict=True)
        }

    def present(self, commits: Sequence[str]) -> set[str]:
        """Those of some commits that are in the repository; one process for all."""
        with self._repo() as repo:
            told = _feed(repo, ["cat-file", "--batch-check"], "".join(f"{one}\n" for one in commits).encode())
        return {parts[0] for line_ in told.splitlines() if len(parts := line_.split()) == 3 and parts[1] == "commit"}

    def blob_ids(self, asked: Sequence[tuple[str, str]]) -> list[str | None]:
        """The blob at each commit and path of the knowledge base, or None; one process for all."""
        with self._repo() as repo:
            text = "".join(f"{commit}:{self.in_folder(path)}\n" for commit, path in asked)
            told = _feed(repo, ["cat-file", "--batch-check"], text.encode()).splitlines()
        parts = (line.rsplit(" ", 2) for line in told)
        return [found[0] if len(found) == 3 and found[1] == "blob" else None for found in parts]

    def changed_blobs(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, tuple[str | None, str | None]]]:
        """For each pair of commits, the knowledge base's files that differ: blob before and after, None for none."""
        if not pairs:
            return []
        prefix = f"{self.folder}/" if self.folder else ""
        with self._repo() as repo:
            trees = _feed(
                repo,
                ["cat-file", "--batch-check"],
                "".join(f"{one}^{{tree}}\n" for pair in pairs for one in pair).encode(),
            ).splitlines()
            ids = [line.split()[0] for line in trees]
            text = "".join(f"{one} {other}\n" for one, other in zip(ids[::2], ids[1::2], strict=True))
            told = _feed(
                repo, ["-c", "core.quotePath=false", "diff-tree", "-r", "--no-renames", "--stdin"], text.encode()
            )
        found: dict[str, dict[str, tuple[str | None, str | None]]] = {}
        current: dict[str, tuple[str | None, str | None]] = {}
        for line_ in told.splitlines():
            if not line_.startswith(":"):
                current = found.setdefault(line_.strip(), {})
                continue
            about, _, path = line_.partition("\t")
            _, _, old, new, _ = about.split(" ")
            if path.startswith(prefix) and not path.startswith(f"{prefix}schema/"):
                current[path.removeprefix(prefix)] = (_there(old), _there(new))
        return [found.get(f"{one} {other}", {}) for one, other in zip(ids[::2], ids[1::2], strict=True)]

    def not_added(self, commit: str) -> list[tuple[str, str]]:
        """Commit and path of everything that the history of a branch of added files changed or took away."""
        with self._repo() as repo:
            told = str(
                repo.git.log("--format=%x01%H", "--name-status", "--no-renames", "-m", "--diff-filter=a", commit)
            )
        found = []
        at = ""
        for line_ in told.splitlines():
            if line_.startswith("\x01"):
                at = line_[1:]
            elif "\t" in line_:
                found.append((at, line_.split("\t", 1)[1]))
        return found

    def writers(self, commit: str, merges: Collection[str] = ()) -> dict[str, set[Person]]:
        """For each file of the knowledge base, everybody who ever wrote it, as far as the history says.

        Whoever merges by hand writes what is then in neither side. `merges` are commits in which nobody wrote, since
        they were put together by Algos.
        """
        prefix = f"{self.folder}/" if self.folder else ""
        with self._repo() as repo:
            told = str(
                repo.git.log(
                    "--format=%x01%H%x00%an%x00%ae%x00%cn%x00%ce",
                    "--name-only",
                    "--no-renames",
                    "-c",  # of a merge, the files that are as in none of its parents
                    "--full-history",
                    "-z",
                    commit,
                    "--",
                    self.folder or ".",
                )
            )
        found: dict[str, set[Person]] = {}
        for entry in told.split("\x01")[1:]:
            id_, name, email, by, by_email, *paths = entry.split("\0")
            if id_ in merges:
                continue
            # git ends the format with a line of its own before the names
            people = {Person(name, email), Person(by, by_email.split("\n")[0])}
            for path in (*by_email.split("\n")[1:], *paths):
                if path.strip("\n").startswith(prefix):
                    found.setdefault(path.strip("\n").removeprefix(prefix), set()).update(people)
        return found

    def refs(self, below: str) -> dict[str, str]:
        """Name to object of every ref below a prefix such as `refs/tags/`."""
        with self._repo() as repo:
            told = str(repo.git.for_each_ref("--format=%(refname) %(objectname)", below))
        return dict(line.split() for line in told.splitlines())

    def tag(self, name: str) -> Tag | None:
        """An annotated tag, or None where there is none of that name, or it is a bare pointer."""
        with self._repo() as repo:
            try:
                id_ = str(repo.git.rev_parse("--verify", "--quiet", f"refs/tags/{name}"))
            except GitCommandError as error:
                if error.status == 1:
                    return None
                raise
            return self._tag(repo, name, id_)

    @staticmethod
    def _tag(repo: git.Repo, name: str, id_: str) -> Tag | None:
        if str(repo.git.cat_file("-t", id_)) != "tag":
            return None
        message = str(repo.git.cat_file("tag", id_)).partition("\n\n")[2]
        commit = str(repo.git.rev_parse("--verify", f"{id_}^{{commit}}"))
        return Tag(name, id_, commit, message)

    def setting(self, name: str) -> str | None:
        """A setting of git, such as `user.email`, or None."""
        with self._repo() as repo:
            try:
                return _text(repo.git.config("--get", name)) or None
            except GitCommandError as error:
                if error.status == 1:
                    return None
                raise

    def set(self, name: str, value: str) -> None:
        """Set a setting of this repository."""
        with self._repo() as repo:
            repo.git.config("--local", name, value)

    # Writing

    def write_tree(self, base: str | None, changes: Mapping[str, bytes | None]) -> str:
        """The tree of a commit (None: an empty one) with files changed (None takes one away); paths from its top."""
        with self._repo() as repo:
            return self._tree(repo, base, changes)

    def write_commit(
        self, tree: str, parents: Sequence[str], message: str, author: Person, now: datetime, by: Person | None = None
    ) -> str:
        """A commit of a tree, authored by one person and committed by another (absent: the same)."""
        with self._repo() as repo:
            return _write_commit(repo, tree, parents, message, author, now, by)

    def write_tag(self, name: str, commit: str, message: str, tagger: Person, now: datetime) -> str:
        """An annotated tag object; no ref is moved."""
        kept = kept_person(tagger)
        when = int(now.timestamp())
        text = f"object {commit}\ntype commit\ntag {name}\ntagger {kept.name} <{kept.email}> {when} +0000\n\n{message}"
        with self._repo() as repo:
            return _feed(repo, ["mktag"], text.encode())

    def in_folder(self, path: str) -> str:
        """A path of the knowledge base as a path of the repository."""
        return f"{self.folder}/{path}" if self.folder else path

    def move(self, *moves: Move) -> None:
        """Move refs together: all or none, and none from elsewhere than said. Raises MovedError, WorkspaceError.

        A process that is killed half way may leave the first of them moved and not the others: what is moved first
        has to say what was to follow.
        """
        with self._repo() as repo:
            self._moves(repo, moves)

    def _moves(self, repo: git.Repo, moves: Sequence[Move]) -> None:
        lines = [
            f"delete {one.ref}\0{one.old}\0" if one.new == NOWHERE else f"update {one.ref}\0{one.new}\0{one.old}\0"
            for one in moves
        ]
        text = "".join(lines).encode()
        try:
            _feed(repo, ["update-ref", "-z", "--stdin"], text)
        except GitCommandError:
            if not self._unlock(moves):
                self._explain(repo, moves)
                raise
            try:
                _feed(repo, ["update-ref", "-z", "--stdin"], text)
            except GitCommandError:
                self._explain(repo, moves)
                raise

    @staticmethod
    def _explain(repo: git.Repo, moves: Sequence[Move]) -> None:
        """Raise MovedError where a ref stands elsewhere than it was seen."""
        for one in moves:
            if (_object_at(repo, one.ref) or NOWHERE) != one.old:
                raise MovedError(
                    "somebody else, or another window, was quicker", "look at what changed, then try again"
                )

    def _unlock(self, moves: Sequence[Move]) -> bool:
        """Take away the stale locks that stand in the way of moving refs; whether there were any."""
        locks = [self.common / f"{one.ref}.lock" for one in moves]
        locks += [self.common / "packed-refs.lock", self.common / "HEAD.lock"]
        taken = [unlocked(lock) for lock in locks]
        return any(taken)

    def _tree(self, repo: git.Repo, base: str | None, changes: Mapping[str, bytes | None]) -> str:
        # A folder of its own: git makes and replaces the index by name, and a name that was only once free may be
        # taken by another process in between.
        with (
            tempfile.TemporaryDirectory(prefix="algos-index-") as folder,
            repo.git.custom_environment(GIT_INDEX_FILE=str(Path(folder) / "index")),
        ):
            repo.git.read_tree(base if base else "--empty")
            lines = []
            for path, data in changes.items():
                if data is None:
                    lines.append(f"0 {NOWHERE}\t{path}")
                else:
                    lines.append(f"100644 {_feed(repo, ['hash-object', '-w', '--stdin'], data)}\t{path}")
            _feed(repo, ["update-index", "-z", "--index-info"], "".join(f"{one}\0" for one in lines).encode())
            return str(repo.git.write_tree())

    # The work tree that somebody may have open on `main`

    def follow_main(self, commits: Iterable[str]) -> str | None:
        """Bring a checked-out, untouched `main` up to where its ref went from one of these commits.

        Returns what the person has to know where their own work stands in the way; None where there is nothing to say.
        Without it, `git status` would show the merge taken back, and the next commit by hand would do just that.
        Nothing that git refuses here keeps `main` from having moved, so it is told and never raised.
        """
        with self._repo() as repo:
            if repo.bare or not (Path(str(repo.git_dir)) / "index").exists():
                return None
            try:
                if str(repo.git.rev_parse("--symbolic-full-name", "HEAD")) != MAIN:
                    return None
                main = _commit_at(repo, MAIN)
                shown = str(repo.git.write_tree())  # the index as it is; entries that clash make it fail
                for commit in commits:
                    if main is None or commit == main or shown != _tree_at(repo, commit, ""):
                        continue
                    _take_in_equal(repo, commit, main)
                    try:
                        repo.git.read_tree("-m", "-u", commit, main)
                    except GitCommandError:
                        repo.git.read_tree(commit)
                        return f"an edit of your own {_IN_THE_WAY}"
            except GitCommandError:
                return f"a merge of your own that is not finished, or another git command, {_IN_THE_WAY}"
        return None

    # The shared repository

    def remote(self) -> str | None:
        """The name of the shared repository: git's setting `algos.remote`; None where one works alone."""
        return self.setting("algos.remote")

    def add_remote(self, name: str, address: str) -> None:
        """Name another repository. Raises WorkspaceError where the name is taken by another address."""
        with self._repo() as repo:
            known = {one.name: next(iter(one.urls), "") for one in repo.remotes}
            if name not in known:
                repo.git.remote("add", name, address)
            elif known[name] != address:
                raise WorkspaceError(f"`{name}` is {known[name]} already", "choose another name")

    def remotes(self) -> list[str]:
        """The names of the other repositories that this one knows."""
        with self._repo() as repo:
            return [one.name for one in repo.remotes]

    def fetch(self, remote: str, refspecs: Sequence[str]) -> None:
        """Fetch from the shared repository. Raises RemoteError where it cannot be reached."""
        with self._repo() as repo, _patient(repo):
            for attempt in range(1, _TRIES + 1):
                try:
                    repo.git.fetch("--quiet", "--no-tags", "--prune", remote, *refspecs)
                    return
                except GitCommandError as error:
                    told = str(error.stderr)
                    for lock in _LOCK.findall(told):
                        unlocked(Path(lock))
                    if "cannot lock ref" not in told or attempt == _TRIES:  # else another session fetches just now
                        raise _unreachable(error) from None

    def push(self, remote: str, moves: Sequence[Move]) -> None:
        """Send commits and move the shared repository's refs, all or none, never by force.

        Raises MovedError where somebody was quicker, RemoteError where it cannot be reached or refuses.
        """
        for one in moves:
            if NOWHERE not in (one.new, one.old) and not self.is_ancestor(one.old, one.new):
                raise MovedError("here and in the shared repository it went different ways", "look at what changed")
        specs = [f":{one.ref}" if one.new == NOWHERE else f"{one.new}:{one.ref}" for one in moves]
        # A lease on what was seen, which git takes for leave to overwrite: that it does not is made sure of above.
        lease = [f"--force-with-lease={one.ref}:{'' if one.old == NOWHERE else one.old}" for one in moves]
        with self._repo() as repo, _patient(repo):
            try:
                repo.git.push("--quiet", "--atomic", *lease, remote, *specs)
            except GitCommandError as error:
                told = str(error.stderr)
                if any(sign in told for sign in ("stale info", "fetch first", "non-fast-forward", "cannot lock ref")):
                    raise MovedError(
                        "somebody else was quicker in the shared repository", "look at what changed, then try again"
                    ) from None
                raise _unreachable(error) from None


def global_setting(name: str) -> str | None:
    """A setting of git for this account, such as `user.email`, or None."""
    try:
        return _text(git.Git().config("--get", name)) or None
    except GitCommandError:
        return None


def begin(directory: Path, files: Mapping[str, bytes], message: str, author: Person, now: datetime) -> Store:
    """A new repository whose `main` holds these files, shown in its folder. Raises WorkspaceError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        taken = any(directory.iterdir())
    except OSError as error:
        raise WorkspaceError(
            f"{directory} cannot be used: {error.strerror}", "name a folder that may be written to"
        ) from None
    if taken:
        raise WorkspaceError(f"{directory} is not empty", "name a folder that is new or empty")
    try:
        git.Repo.init(directory, initial_branch="main").close()
    except GitCommandError as error:
        told = " ".join(str(error.stderr).split())
        raise WorkspaceError(f"git could not do it: {told}", fix_for(told)) from None
    store = Store(directory)
    commit = store.write_commit(store.write_tree(None, files), [], message, author, now)
    store.move(Move(MAIN, commit, NOWHERE))
    with store._repo() as repo:
        repo.git.read_tree("-m", "-u", "HEAD")
    return store


# Plumbing


def _commit_at(repo: git.Repo, name: str) -> str | None:
    """The commit that a ref names, or None where there is no such ref. Raises GitCommandError where git refuses."""
    try:
        return str(repo.git.rev_parse("--verify", "--quiet", f"{name}^{{commit}}"))
    except GitCommandError as error:
        if error.status == 1:
            return None
        raise


def _object_at(repo: git.Repo, ref: str) -> str | None:
    try:
        return str(repo.git.rev_parse("--verify", "--quiet", ref))
    except GitCommandError as error:
        if error.status == 1:
            return None
        raise


def _tree_at(repo: git.Repo, commit: str, folder: str) -> str | None:
    """The tree of a folder in a commit, or None. Raises ValueError where there is no such commit."""
    if len(_feed(repo, ["cat-file", "--batch-check"], f"{commit}^{{tree}}\n".encode()).split()) != 3:
        raise ValueError(f"there is no commit {commit}")
    try:
        place = f"{commit}:{folder}" if folder else f"{commit}^{{tree}}"
        return str(repo.git.rev_parse("--verify", "--quiet", place))
    except GitCommandError as error:
        if error.status in (1, 128):
            return None
        raise


def _listing(repo: git.Repo, tree: str) -> dict[str, str]:
    told = str(repo.git.ls_tree("-r", "-z", tree)).split("\0")
    found = {}
    for entry in filter(None, told):
        about, _, path = entry.partition("\t")
        _, kind, id_ = about.split()
        if kind == "blob":
            found[path] = id_
    return found


def _contents(repo: git.Repo, ids: Sequence[str]) -> list[bytes]:
    """The contents of blobs by one process. Raises ValueError for one that is missing."""
    told = _feed_bytes(repo, ["cat-file", "--batch"], "".join(f"{one}\n" for one in ids).encode())
    contents, at = [], 0
    for one in ids:
        end = told.index(b"\n", at)
        about = told[at:end].split()
        if len(about) != 3 or about[1] != b"blob":
            raise ValueError(f"the object {one} is missing")
        size = int(about[2])
        contents.append(told[end + 1 : end + 1 + size])
        at = end + size + 2
    return contents


def _blobs(repo: git.Repo, tree: str) -> dict[str, bytes]:
    listing = _listing(repo, tree)
    return dict(zip(listing, _contents(repo, list(listing.values())), strict=True))


def _there(blob: str) -> str | None:
    return None if set(blob) == {"0"} else blob


_FORMAT = "%H%x00%P%x00%T%x00%an%x00%ae%x00%cn%x00%ce%x00%ct%x00%B%x00%x01"


def _log(repo: git.Repo, arguments: Sequence[str]) -> list[Commit]:
    told = str(repo.git.log(f"--format={_FORMAT}", *arguments))
    commits = []
    for entry in told.split("\0\x01"):
        parts = entry.lstrip("\n").split("\0", 8)
        if len(parts) == 9:
            id_, parents, tree, name, email, by, by_email, when, message = parts
            commits.append(
                Commit(
                    id_,
                    tuple(parents.split()),
                    tree,
                    Person(name, email),
                    Person(by, by_email),
                    datetime.fromtimestamp(int(when), UTC),
                    message,
                )
            )
    return commits


def _text(told: object) -> str:
    """A setting as text: what is no UTF-8, as old programs wrote names, is replaced."""
    return str(told).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _feed_bytes(repo: git.Repo, arguments: Sequence[str], data: bytes) -> bytes:
    with tempfile.TemporaryFile() as stream:
        stream.write(data)
        stream.seek(0)
        told = repo.git.execute(
            ["git", *arguments], istream=stream, stdout_as_string=False, strip_newline_in_stdout=False
        )
    assert isinstance(told, bytes)
    return told


def _feed(repo: git.Repo, arguments: Sequence[str], data: bytes) -> str:
    return _feed_bytes(repo, arguments, data).decode().strip()


def _take_in_equal(repo: git.Repo, before: str, after: str) -> None:
    """Tell the index of files in the folder that are already as the later commit has them.

    They are the edits that somebody took into a draft, and that were merged: git would see them stand in the way.
    """
    lines = []
    changed = repo.git.diff_tree("-r", "--no-renames", "--raw", "-z", before, after).split("\0")
    for what, path in zip(changed[::2], changed[1::2], strict=False):
        mode, blob = what.split(" ")[1:4:2]
        file = Path(str(repo.working_tree_dir)) / path
        if mode == "100644" and file.is_file() and not file.is_symlink():
            data = file.read_bytes()
            if hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == blob:
                lines.append(f"{mode} {blob}\t{path}\0")
    _feed(repo, ["update-index", "-z", "--index-info"], "".join(lines).encode())


def _write_commit(
    repo: git.Repo,
    tree: str,
    parents: Sequence[str],
    message: str,
    author: Person,
    now: datetime,
    by: Person | None = None,
) -> str:
    when = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    identity = {
        f"GIT_{role}_{part}": value
        for role, person in (("AUTHOR", kept_person(author)), ("COMMITTER", kept_person(by or author)))
        for part, value in (("NAME", person.name), ("EMAIL", person.email), ("DATE", when))
    }
    with repo.git.custom_environment(**identity):
        return str(repo.git.commit_tree(tree, *(part for one in parents for part in ("-p", one)), "-m", message))


def unlocked(lock: Path) -> bool:
    """Take a stale lock away. Where another process was quicker, what it locked since is put back."""
    aside = lock.with_name(f"{lock.name}-{os.getpid()}-{threading.get_ident()}.lock")
    try:
        seen = lock.stat()
        if time.time() - seen.st_mtime < STALE:
            return False
        lock.rename(aside)
        moved = aside.stat()
        mine = (moved.st_ino, moved.st_mtime_ns) == (seen.st_ino, seen.st_mtime_ns)
        if not mine:
            os.link(aside, lock)
        aside.unlink()
    except OSError:
        return False
    return mine


@contextmanager
def _patient(repo: git.Repo) -> Iterator[None]:
    """Nobody is asked for a password, and a repository that does not answer is given up."""
    with repo.git.custom_environment(
        GIT_TERMINAL_PROMPT="0",
        GIT_SSH_COMMAND=os.environ.get("GIT_SSH_COMMAND", f"ssh -o BatchMode=yes -o ConnectTimeout={PATIENCE}"),
        GIT_HTTP_LOW_SPEED_LIMIT="1",
        GIT_HTTP_LOW_SPEED_TIME=str(PATIENCE),
    ):
        yield


def _unreachable(error: GitCommandError) -> RemoteError:
    told = " ".join(str(error.stderr).split()).removeprefix("stderr: ").strip("'") or "it said nothing"
    return RemoteError(
        f"the shared repository cannot be used: {told}",
        "nothing was changed there or here; try again when it can be reached",
    )


def line(text: str, otherwise: str) -> str:
    """One line of at most 200 characters that git can keep."""
    clean = re.sub(r"[\s\0-\x1f\x7f]+", " ", text.encode("utf-8", "replace").decode()).strip()
    return clean[:200].strip() or otherwise


def kept_person(person: Person) -> Person:
    """A person as git keeps one: without the characters that mark an address, and never without a name."""

    def part(text: str, otherwise: str) -> str:
        return line(re.sub(r"[<>]", "", text).strip(" .,:;\"'\\"), otherwise)

    return Person(part(person.name, "Unnamed author"), part(person.email, "unknown"))


def fix_for(told: str) -> str:
    """What a person can do about a failure that git reports."""
    if "No space left" in told or "File too large" in told or "disk quota" in told.lower():
        return "make room on the disk and try again: nothing was lost"
    if any(sign in told for sign in ("Permission denied", "Read-only", "insufficient permission")):
        return "the repository may not be written to: change its permissions and try again"
    if ".lock" in told:
        return "another git process holds a lock: wait a moment and try again"
    return "try again; if it stays so, look at the repository with git"
