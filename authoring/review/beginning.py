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
from engine.schema import schema_files

EMPTY_ROSTER = b'{\n  "id": "roster",\n  "people": []\n}\n'


def new_repository(directory: Path, title: str, like: Mapping[str, bytes], author: Person, clock: Clock) -> Store:
    """A repository for a knowledge base of its own: settings, body map and policy like another's, and no rules yet.

    Raises Refused without a title, WorkspaceError where the folder cannot be used.
    """
    if not slug(title):
        raise Refused("the knowledge base needs a title in plain letters", "give it with --title")
    settings = read(like["kb.json"], "kb.json")
    assert isinstance(settings, dict)
    settings = {**settings, "id": slug(title), "title": title.strip(), "description": title.strip()}
    files = {"kb.json": canonical_of(settings, "kb.json").encode(), "review/roster.json": EMPTY_ROSTER}
    files |= {path: like[path] for path in ("body.json", "body.svg") if path in like}
    for path in (path for path in like if path.startswith("locales/")):
        files |= _locale(path, like)
    files |= {f"schema/{name}": text.encode() for name, text in schema_files().items()}
    placed = {f"kb/{path}": data for path, data in files.items()}
    return begin(directory, placed, f"A new knowledge base: {title.strip()}", author, clock())


def _locale(path: str, like: Mapping[str, bytes]) -> dict[str, bytes]:
    """Another knowledge base's language: its emergency numbers with their sources, and the texts of the settings."""
    locale = read(like[path], path)
    assert isinstance(locale, dict)
    texts = {
        place: text for place, text in locale.get("texts", {}).items() if place.startswith(("settings/", "runtime/"))
    }
    locale = {name: value for name, value in locale.items() if name != "texts"} | ({"texts": texts} if texts else {})
    places = [locale["emergency"]["default"], *locale["emergency"].get("places", [])]
    cited = {f"sources/{one['source']}.json" for place in places for one in place.get("sources", [])}
    return {path: canonical_of(locale, path).encode()} | {source: like[source] for source in cited if source in like}


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
