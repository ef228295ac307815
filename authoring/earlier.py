"""What a text said before: found in the history of its file by the hash that its translation was bound to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from authoring.store import Store
from authoring.workspace import WorkspaceError
from engine import jsontext
from engine.finding import KnowledgeError
from engine.texts import hash_of

MOST = 200
"""The most versions of a file that are looked at, the latest first."""


def earlier_texts(kb: Path, wanted: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Hash to text of what records said before; `wanted` is a file of the knowledge base to the hashes looked for.

    What is not found is left out, and so is everything where there is no repository.
    """
    if not wanted:
        return {}
    try:
        top = Store(kb, "").directory
        store = Store(kb, kb.resolve().relative_to(top.resolve()).as_posix().removeprefix("."))
    except (WorkspaceError, ValueError):
        return {}
    return earlier_in(store, "HEAD", wanted)


def earlier_in(store: Store, commit: str, wanted: Mapping[str, Collection[str]]) -> dict[str, str]:
    """The same, in the history that ends in a commit."""
    found: dict[str, str] = {}
    try:
        for path, hashes in wanted.items():
            found |= _in_history(store, commit, path, set(hashes))
    except WorkspaceError:
        pass
    return found


def _in_history(store: Store, last: str, path: str, wanted: set[str]) -> dict[str, str]:
    commits = [commit.id for commit in store.log(f"-{MOST}", last, paths=[store.in_folder(path)])]
    ids = dict.fromkeys(blob for blob in store.blob_ids([(commit, path) for commit in commits]) if blob)
    found: dict[str, str] = {}
    for data in store.blobs(list(ids)):
        for text in _strings(data, path):
            if (of := hash_of(text)) in wanted:
                found[of] = text
        if wanted <= found.keys():
            break
    return found


def _strings(data: bytes, path: str) -> list[str]:
    try:
        return list(jsontext.strings(jsontext.read(data, path)))
    except KnowledgeError:
        return []
