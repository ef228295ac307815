"""Beginning: a new knowledge-base repository, and sharing one with others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from authoring.actions import Clock, Refused, slug
from authoring.review.journal import Journal
from authoring.store import MAIN, NOWHERE, Move, Person, RemoteError, Store, begin
from authoring.workspace import REVIEWS, Workspace, WorkspaceError
from engine.canonical import canonical_of
from engine.jsontext import read
from engine.model.locale import Locale
from engine.schema import schema_files

EMPTY_ROSTER = b'{\n  "id": "roster",\n  "people": []\n}\n'


def new_repository(directory: Path, title: str, like: Mapping[str, bytes], author: Person, clock: Clock) -> Store:
    """A repository for a knowledge base of its own: settings, body map, policy and emergency
    numbers like another's, and no rules yet.

    Raises Refused without a title, WorkspaceError where the folder cannot be used.
    """
    if not slug(title):
        raise Refused("the knowledge base needs a title in plain letters", "give it with --title")
    settings = read(like["kb.json"], "kb.json")
    assert isinstance(settings, dict)
    settings = {**settings, "id": slug(title), "title": title.strip(), "description": title.strip()}
    own = settings["languages"][0]  # it could be read, so it has one
    settings["languages"] = [own]
    files = {"kb.json": canonical_of(settings, "kb.json").encode(), "review/roster.json": EMPTY_ROSTER}
    files |= _language(f"locales/{own}.json", like)
    files |= {path: like[path] for path in ("body.json", "body.svg") if path in like}
    files |= {f"schema/{name}": text.encode() for name, text in schema_files().items()}
    placed = {f"kb/{path}": data for path, data in files.items()}
    return begin(directory, placed, f"A new knowledge base: {title.strip()}", author, clock())


def _language(path: str, like: Mapping[str, bytes]) -> dict[str, bytes]:
    """The emergency numbers in the language that records will be written in, and the sources that they cite."""
    if path not in like:
        return {}
    locale = Locale.model_validate_json(like[path])
    numbers = [locale.emergency.default, *locale.emergency.places]
    cited = {f"sources/{citation.source}.json" for one in numbers for citation in one.sources}
    return {one: like[one] for one in (path, *sorted(cited)) if one in like}


def share(workspace: Workspace, remote: str) -> None:
    """Work with others through another repository that git knows by this name.

    What is approved and reviewed here is sent there where that has nothing yet; from then on, every step fetches before
    and pushes after. Raises WorkspaceError where the name is unknown, RemoteError where it cannot be reached.
    """
    if remote not in workspace.remotes():
        raise WorkspaceError(f"git knows no repository `{remote}`", f"run: git remote add {remote} ADDRESS")
    before = workspace.remote()
    workspace.set("algos.remote", remote)
    journal = Journal(workspace)
    try:
        journal.sync()
        theirs = workspace.refs("refs/algos/remote/heads/")
        moves = [
            Move(ref, here, NOWHERE)
            for ref, name in ((MAIN, "main"), (REVIEWS, "reviews"))
            if (here := workspace.commit_at(ref)) and f"refs/algos/remote/heads/{name}" not in theirs
        ]
        if moves:
            workspace.push(remote, moves)
    except (WorkspaceError, RemoteError):
        workspace.set("algos.remote", before or "")
        raise
