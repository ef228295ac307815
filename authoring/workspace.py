"""Where drafts live: refs in the git repository that holds the knowledge base. The only importer of GitPython.

A draft is a ref `refs/algos/drafts/<id>` with a chain of commits on top of the approved one; there are no work trees. A
save builds tree and commit with a private index and moves the ref only if it still stands where the author saw it, so
that two browsers or two processes never overwrite each other and nothing confirmed is lost. A `Repo` is opened and
closed for each operation and never shared: shared ones gave wrong reads and hung.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import git
from git.exc import GitCommandError, InvalidGitRepositoryError, NoSuchPathError, ODBError

DRAFTS = "refs/algos/drafts/"
STALE = 10.0
"""Seconds after which a lock on a draft counts as left behind by a killed process; git itself holds one for some ms."""
_DRAFT_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 60
_PLACE = re.compile(r"(?!\.)[^/\0]+(/(?!\.)[^/\0]+)*")
_KEPT = 12
"""Trees that are kept in memory: a tree of 1,000 records is about 3 MB."""


class WorkspaceError(Exception):
    """Something about the repository that the person has to know; `fix` says what to do."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}\n      fix: {fix}")
        self.what = what
        self.fix = fix


class MovedError(WorkspaceError):
    """The draft moved since it was read: somebody saved in between."""


@dataclass(frozen=True)
class Person:
    """Who saves: recorded in each commit."""

    name: str
    email: str


@dataclass(frozen=True)
class Draft:
    """One change in the making."""

    id: str
    title: str
    author: Person
    started: datetime
    head: str
    """The commit that it stands at: what a save has to name."""
    base: str
    """The approved commit that it began from."""
    saved: datetime


@dataclass(frozen=True)
class Saved:
    """One commit of a draft or of the approved line."""

    commit: str
    author: Person
    time: datetime
    message: str


class Workspace:
    """The repository in `directory`, whose knowledge base lies in its folder `kb`.

    Raises WorkspaceError where there is no repository, no commit, or no knowledge base in it.
    """

    def __init__(self, directory: Path, folder: str = "kb") -> None:
        self.directory = directory.resolve()
        self.folder = folder.strip("/")
        self._trees: OrderedDict[str, dict[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()
        with self._repo() as repo:
            self.directory = Path(str(repo.working_dir or repo.git_dir))
            if self._approved(repo) is None:
                raise WorkspaceError(
                    f"the repository {self.directory} has no commit yet", "commit the knowledge base first"
                )
        if "kb.json" not in self.files(self.approved()):
            raise WorkspaceError(
                f"the repository {self.directory} has no {self.folder}/kb.json in its approved commit",
                "commit the knowledge base first, or name its folder",
            )

    @contextmanager
    def _repo(self) -> Iterator[git.Repo]:
        try:
            repo = git.Repo(self.directory, search_parent_directories=True)
        except (InvalidGitRepositoryError, NoSuchPathError):
            raise WorkspaceError(
                f"{self.directory} is not in a git repository",
                "drafts are kept in git: clone the project, or run `git init` and commit the knowledge base",
            ) from None
        try:
            yield repo
        except GitCommandError as error:
            told = " ".join(str(error.stderr).split()).removeprefix("stderr: ").strip("'")
            told = told or "it was stopped and said nothing"
            raise WorkspaceError(f"git could not do it: {told}", _fix_for(told)) from None
        except OSError as error:
            told = error.strerror or str(error)
            raise WorkspaceError(f"the repository could not be used: {told}", _fix_for(told)) from None
        except (ODBError, ValueError) as error:  # GitPython tells an object that is missing or broken by either
            raise WorkspaceError(
                f"something is not in the repository, or broken: {error}",
                "look at the repository with `git fsck`, and restore what is missing from another copy",
            ) from None
        finally:
            repo.close()

    @staticmethod
    def _approved(repo: git.Repo) -> str | None:
        return _commit_at(repo, "refs/heads/main") or _commit_at(repo, "HEAD")

    def approved(self) -> str:
        """The commit of what is approved: branch `main`, or HEAD where there is none."""
        with self._repo() as repo:
            commit = self._approved(repo)
        assert commit is not None
        return commit

    # Reading

    def files(self, commit: str) -> Mapping[str, bytes]:
        """Path to bytes of the knowledge base in a commit. Kept in memory: a commit never changes."""
        with self._lock:
            if commit in self._trees:
                self._trees.move_to_end(commit)
                return self._trees[commit]
        with self._repo() as repo:
            files = self._read(repo, commit)
        return self._keep(commit, files)

    def _keep(self, commit: str, files: dict[str, bytes]) -> Mapping[str, bytes]:
        with self._lock:
            self._trees[commit] = files
            while len(self._trees) > _KEPT:
                self._trees.popitem(last=False)
        return files

    def _read(self, repo: git.Repo, commit: str) -> dict[str, bytes]:
        tree: git.Tree = repo.commit(commit).tree
        for part in self.folder.split("/") if self.folder else ():
            try:
                tree = tree / part
            except KeyError:
                return {}
        prefix = f"{self.folder}/" if self.folder else ""
        files = {}
        for item in tree.traverse():
            if isinstance(item, git.Blob):
                files[str(item.path).removeprefix(prefix)] = item.data_stream.read()
        return {path: data for path, data in files.items() if not _is_generated(path)}

    def drafts(self) -> list[Draft]:
        """Every draft, the last saved first."""
        with self._repo() as repo:
            names = str(repo.git.for_each_ref("--format=%(refname)", DRAFTS)).split()
            found = [self._draft(repo, name.removeprefix(DRAFTS)) for name in names]
        return sorted((one for one in found if one), key=lambda one: (one.saved, one.id), reverse=True)

    def draft(self, id_: str) -> Draft:
        """One draft. Raises WorkspaceError where there is none of that id."""
        with self._repo() as repo:
            found = self._draft(repo, id_) if _DRAFT_ID.fullmatch(id_) and len(id_) <= _LONGEST_ID else None
        if found is None:
            raise WorkspaceError(
                f"there is no draft `{id_[:_LONGEST_ID]}`",
                "it may have been discarded: look at the list of drafts",
            )
        return found

    def _draft(self, repo: git.Repo, id_: str) -> Draft | None:
        head = _commit_at(repo, DRAFTS + id_)
        if head is None:
            return None
        commit = repo.commit(head)
        first = commit
        while not _trailer(first, "Algos-Draft") and first.parents:
            first = first.parents[0]
        if not _trailer(first, "Algos-Draft"):
            return None
        base = first.parents[0].hexsha if first.parents else first.hexsha
        return Draft(
            id=id_,
            title=_first_line(first),
            author=_person(first),
            started=_time(first),
            head=head,
            base=base,
            saved=_time(commit),
        )

    def history(self, draft: Draft) -> list[Saved]:
        """The saves of a draft, the latest first."""
        with self._repo() as repo:
            return [
                Saved(one.hexsha, _person(one), _time(one), _first_line(one))
                for one in repo.iter_commits(f"{draft.base}..{draft.head}")
            ]

    def changed(self, draft: Draft) -> dict[str, tuple[bytes | None, bytes | None]]:
        """The files that a draft changes: before (None: it is new) and after (None: it is taken away)."""
        before, after = self.files(draft.base), self.files(draft.head)
        return {
            path: (before.get(path), after.get(path))
            for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path)
        }

    # Writing

    def start(self, title: str, author: Person, now: datetime) -> Draft:
        """Begin a draft on what is approved now. Of a title, one line of 200 characters is kept."""
        title = _line(title, "Untitled draft")
        base = self.approved()
        wanted = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-") or "draft"
        with self._repo() as repo:
            tree = str(repo.git.rev_parse(f"{base}^{{tree}}"))
            commit = self._commit(repo, tree, base, f"{title}\n\nAlgos-Draft: {wanted}", author, now)
            for number in range(1, 1000):
                id_ = wanted if number == 1 else f"{wanted}-{number}"
                try:
                    self._move(repo, id_, commit, "0" * 40)
                except GitCommandError:
                    if _commit_at(repo, DRAFTS + id_) is None:
                        raise  # the name is free: something else is wrong
                    continue
                when = now.astimezone(UTC).replace(microsecond=0)
                return Draft(id_, title, _kept(author), when, commit, base, when)
        raise WorkspaceError(f"there are already 999 drafts called `{wanted}`", "choose another title")

    def save(
        self, draft: Draft, changes: Mapping[str, bytes | None], message: str, author: Person, now: datetime
    ) -> Draft:
        """Save files (None takes one away) on top of the commit at which the caller saw the draft.

        Raises MovedError where the draft stands elsewhere by now, WorkspaceError where a path is not one inside the
        knowledge base or git cannot write; the draft stays as it was then.
        """
        for path in changes:
            if not _PLACE.fullmatch(path) or ".json/" in path:
                raise WorkspaceError(f"`{path}` is not a place in the knowledge base", "name a file below its folder")
        with self._repo() as repo:
            tree = self._tree(repo, draft.head, changes)
            if tree == str(repo.git.rev_parse(f"{draft.head}^{{tree}}")):
                return self._still_there(repo, draft)
            commit = self._commit(repo, tree, draft.head, _line(message, "Saved"), author, now)
            try:
                self._move(repo, draft.id, commit, draft.head)
            except GitCommandError:
                self._still_there(repo, draft)
                raise
        self._keep(commit, _changed(self.files(draft.head), changes))
        # Not read again: somebody may have saved on top by now, and the caller must not hold what it never saw.
        return replace(draft, head=commit, saved=now.astimezone(UTC).replace(microsecond=0))

    def _still_there(self, repo: git.Repo, draft: Draft) -> Draft:
        head = _commit_at(repo, DRAFTS + draft.id)
        if head != draft.head:
            raise _moved(head)
        return draft

    def _move(self, repo: git.Repo, id_: str, *arguments: str) -> None:
        """Move a draft's ref, once more where only the lock of a killed process was in the way."""
        try:
            repo.git.update_ref(DRAFTS + id_, *arguments)
        except GitCommandError:
            if not self._unlocked(Path(str(repo.common_dir)) / f"{DRAFTS}{id_}.lock"):
                raise
            repo.git.update_ref(DRAFTS + id_, *arguments)

    @staticmethod
    def _unlocked(lock: Path) -> bool:
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

    def discard(self, draft: Draft) -> None:
        """Take a draft away; its commits stay in the repository until git cleans up. Raises MovedError."""
        with self._repo() as repo:
            try:
                self._remove(repo, draft)
            except GitCommandError:
                if _commit_at(repo, DRAFTS + draft.id) is None:
                    return  # another window was quicker
                self._still_there(repo, draft)
                raise

    def _remove(self, repo: git.Repo, draft: Draft) -> None:
        try:
            repo.git.update_ref("-d", DRAFTS + draft.id, draft.head)
        except GitCommandError:
            if not self._unlocked(Path(str(repo.common_dir)) / f"{DRAFTS}{draft.id}.lock"):
                raise
            repo.git.update_ref("-d", DRAFTS + draft.id, draft.head)

    def _tree(self, repo: git.Repo, parent: str, changes: Mapping[str, bytes | None]) -> str:
        """The tree of a commit with some files of the knowledge base changed, built in an index of its own."""
        prefix = f"{self.folder}/" if self.folder else ""
        # A folder of its own: git makes and replaces the index by name, and a name that was only once free may be
        # taken by another process in between.
        with (
            tempfile.TemporaryDirectory(prefix="algos-index-") as folder,
            repo.git.custom_environment(GIT_INDEX_FILE=str(Path(folder) / "index")),
        ):
            repo.git.read_tree(parent)
            lines = []
            for path, data in changes.items():
                if data is None:
                    lines.append(f"0 {'0' * 40}\t{prefix}{path}")
                else:
                    lines.append(f"100644 {self._blob(repo, data)}\t{prefix}{path}")
            self._feed(repo, ["update-index", "-z", "--index-info"], "".join(f"{one}\0" for one in lines).encode())
            return str(repo.git.write_tree())

    def _blob(self, repo: git.Repo, data: bytes) -> str:
        return self._feed(repo, ["hash-object", "-w", "--stdin"], data)

    @staticmethod
    def _feed(repo: git.Repo, arguments: Sequence[str], data: bytes) -> str:
        with tempfile.TemporaryFile() as stream:
            stream.write(data)
            stream.seek(0)
            return str(repo.git.execute(["git", *arguments], istream=stream)).strip()

    @staticmethod
    def _commit(repo: git.Repo, tree: str, parent: str, message: str, author: Person, now: datetime) -> str:
        when = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        author = _kept(author)
        identity = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", author.name), ("EMAIL", author.email), ("DATE", when))
        }
        with repo.git.custom_environment(**identity):
            return str(repo.git.commit_tree(tree, "-p", parent, "-m", message))


def _is_generated(path: str) -> bool:
    return path.startswith("schema/")


def _changed(files: Mapping[str, bytes], changes: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """The files of a commit that changes some of them; those that it leaves alone are not read again."""
    after = {**files, **changes}
    return {path: data for path, data in sorted(after.items()) if data is not None and not _is_generated(path)}


def _commit_at(repo: git.Repo, name: str) -> str | None:
    """The commit that a ref names, or None where there is no such ref. Raises GitCommandError where git refuses."""
    try:
        return str(repo.git.rev_parse("--verify", "--quiet", f"{name}^{{commit}}"))
    except GitCommandError as error:
        if error.status == 1:
            return None
        raise


def _line(text: str, otherwise: str) -> str:
    """One line of at most 200 characters that git can keep."""
    clean = re.sub(r"[\s\0-\x1f\x7f]+", " ", text.encode("utf-8", "replace").decode()).strip()
    return clean[:200].strip() or otherwise


def _kept(person: Person) -> Person:
    """A person as git keeps one: without the characters that mark an address, and never without a name."""

    def part(text: str, otherwise: str) -> str:
        return _line(re.sub(r"[<>]", "", text).strip(" .,:;\"'\\"), otherwise)

    return Person(part(person.name, "Unnamed author"), part(person.email, "unknown"))


def _moved(head: str | None) -> MovedError:
    if head is None:
        return MovedError("the draft was discarded in the meantime", "copy your text and start a new draft")
    return MovedError(
        "somebody else, or another window, saved this draft in the meantime",
        "look at what changed, then save again: your text is still here",
    )


def _fix_for(told: str) -> str:
    """What a person can do about a failure that git reports."""
    if "No space left" in told or "File too large" in told or "disk quota" in told.lower():
        return "make room on the disk and save again: your text is still here"
    if any(sign in told for sign in ("Permission denied", "Read-only", "insufficient permission")):
        return "the repository may not be written to: change its permissions and save again"
    if ".lock" in told:
        return "another git process holds a lock: wait a moment and save again"
    return "save again; if it stays so, look at the repository with git"


def _first_line(commit: git.Commit) -> str:
    return next(iter(str(commit.message).strip().splitlines()), "")


def _trailer(commit: git.Commit, name: str) -> str | None:
    for line in str(commit.message).strip().splitlines()[1:]:  # a save has one line, so nobody can forge a beginning
        if line.startswith(f"{name}: "):
            return line.removeprefix(f"{name}: ").strip()
    return None


def _person(commit: git.Commit) -> Person:
    return Person(str(commit.author.name), str(commit.author.email))


def _time(commit: git.Commit) -> datetime:
    return commit.committed_datetime.astimezone(UTC)
