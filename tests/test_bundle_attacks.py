"""What an attacker, a bad disk or a clumsy hand can do to a bundle: all of it is refused, in both runtimes alike."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from exports.bundle import archive
from exports.bundle.model import CORE, MAX_FILE, MORE_CONFORMANCE, BundleFile, Manifest
from exports.bundle.source import ArchiveSource, FolderSource, Source
from exports.sign import KeySet, PrivateKey, RefusedError, add_signature, canonical
from exports.sign.encoding import base64url
from exports.verify import Accepted, Policy, verify
from tests.bundles import KEY, KEYS, Json, Node, node, signed, small_bundle, unsigned_manifest

TODAY = date(2026, 11, 26)
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
OTHER = PrivateKey.generate("Another trusted key")
STRANGER = PrivateKey.generate("A stranger's key")


@pytest.fixture(scope="module")
def javascript() -> Iterator[Node]:
    with node() as process:
        yield process


@dataclass(frozen=True)
class Delivery:
    """A bundle as somebody delivers it: a signed manifest and files where they are stored."""

    manifest: bytes
    files: Mapping[str, bytes]

    def read(self, file: BundleFile) -> bytes:
        if file.stored_as not in self.files:
            raise RefusedError("bundle.missing-file", file.path, "it is not there", "fetch it")
        return self.files[file.stored_as]


class Memory:
    """A delivery as a source."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def manifest(self) -> bytes:
        return self._delivery.manifest

    def check(self, manifest: Manifest) -> None:
        """A web host does not list what it holds."""

    def read(self, file: BundleFile) -> bytes:
        return self._delivery.read(file)


@dataclass(frozen=True)
class Asked:
    """What the app asks of a bundle."""

    keys: tuple[PrivateKey, ...] = (KEY,)
    required: int = 1
    last: Accepted | None = None
    overdue: str = "refuse"
    preview: bool = False
    today: date = TODAY
    revoked: tuple[PrivateKey, ...] = ()
    key_set: KeySet = field(init=False)

    def __post_init__(self) -> None:
        keys = KeySet(tuple(key.public for key in self.keys))
        for key in self.revoked:
            keys = keys.revoked(key.id, datetime(2026, 11, 1, tzinfo=UTC), "lost")
        object.__setattr__(self, "key_set", keys)

    def python(self, source: Source) -> str | None:
        policy = Policy(self.key_set, self.required, self.overdue, self.preview)  # type: ignore[arg-type]
        return reason(lambda: verify(source, policy, self.today, self.last, thorough=True))

    def options(self) -> Json:
        last = self.last and {"kb": self.last.kb, "version": self.last.version, "content": self.last.content}
        return {
            "keys": json.loads(self.key_set.to_json()),
            "required": self.required,
            "last": last,
            "overdue": self.overdue,
            "preview": self.preview,
            "today": self.today.isoformat(),
        }


def reason(act: Callable[[], object]) -> str | None:
    try:
        act()
    except RefusedError as error:
        return error.name
    return None


def delivery(change: Callable[[Json], object] | None = None, *keys: PrivateKey) -> Delivery:
    """The small bundle, its manifest changed and signed again."""
    manifest = unsigned_manifest(small_bundle())
    if change:
        change(manifest)
    return Delivery(signed(manifest, *keys), small_bundle().files)


def with_file(path: str, edit: Callable[[Any], object], change: Callable[[Json], object] | None = None) -> Delivery:
    """The small bundle with one JSON file edited, hashed and signed by the publisher himself."""
    bundle = small_bundle()
    listed = bundle.manifest.file(path)
    assert listed
    value = json.loads(bundle.files[listed.stored_as])
    edited = edit(value)
    data = edited if isinstance(edited, bytes) else canonical(value)
    manifest = unsigned_manifest(bundle)
    for file in manifest["files"]:
        if file["path"] == path:
            file |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            stored = BundleFile(**file).stored_as
    if change:
        change(manifest)
    return Delivery(signed(manifest), {**bundle.files, stored: data})


def edited(manifest: bytes, edit: Callable[[Json], object]) -> bytes:
    """The signed document changed without a key."""
    value = json.loads(manifest)
    edit(value)
    return canonical(value)


def payload(manifest: bytes, change: Callable[[Json], object]) -> bytes:
    """The payload changed without a key."""

    def edit(value: Json) -> None:
        inside = json.loads(base64.urlsafe_b64decode(value["payload"] + "=="))
        change(inside)
        value["payload"] = base64url(canonical(inside))

    return edited(manifest, edit)


def first_file(bundle_files: Mapping[str, bytes], change: Callable[[bytes], bytes]) -> dict[str, bytes]:
    """The core changed on the way."""
    core = small_bundle().manifest.file(CORE)
    assert core
    return {**bundle_files, core.stored_as: change(bundle_files[core.stored_as])}


def lighter(core: Json) -> None:
    """Every rule that is in force concludes the contrary: what a faulty evaluator would do."""
    for rule in core["rules"]:
        rule["when"] = {"not": rule["when"]}


GOOD = small_bundle()
SAME = GOOD.manifest
TWO = delivery(lambda manifest: manifest.update(signed_by=sorted([KEY.id, OTHER.id])), KEY, OTHER)
THREE = delivery(lambda manifest: manifest.update(signed_by=sorted([KEY.id, STRANGER.id])), KEY, STRANGER)


def swapped(manifest: bytes) -> bytes:
    def edit(value: Json) -> None:
        left, right = value["signatures"]
        left["signature"], right["signature"] = right["signature"], left["signature"]

    return edited(manifest, edit)


ATTACKS: dict[str, tuple[Delivery, Asked, str | None]] = {
    "nothing at all": (delivery(), Asked(), None),
    "two signatures, both needed": (TWO, Asked((KEY, OTHER), 2), None),
    "signed with a key to come as well": (THREE, Asked(), None),
    "one of two signatures needed is by a stranger": (THREE, Asked((KEY, OTHER), 2), "bundle.unsigned"),
    "a signature was taken away": (
        Delivery(edited(TWO.manifest, lambda value: value["signatures"].pop()), TWO.files),
        Asked((KEY, OTHER)),
        "bundle.unsigned",
    ),
    "signatures swapped": (Delivery(swapped(TWO.manifest), TWO.files), Asked((KEY, OTHER)), "bundle.signature"),
    "signatures in another order": (
        Delivery(edited(TWO.manifest, lambda value: value["signatures"].reverse()), TWO.files),
        Asked((KEY, OTHER)),
        "bundle.encoding",
    ),
    "the signature of another release": (
        Delivery(
            edited(
                delivery().manifest,
                lambda value: value.update(
                    signatures=json.loads(delivery(lambda m: m.update(version=2)).manifest)["signatures"]
                ),
            ),
            GOOD.files,
        ),
        Asked(),
        "bundle.signature",
    ),
    "not signed": (
        Delivery(edited(delivery().manifest, lambda value: value.update(signatures=[])), GOOD.files),
        Asked(),
        "bundle.unsigned",
    ),
    "signed by a stranger": (
        delivery(lambda manifest: manifest.update(signed_by=[STRANGER.id]), STRANGER),
        Asked(),
        "bundle.unknown-key",
    ),
    "signed with a revoked key": (delivery(), Asked(revoked=(KEY,)), "bundle.revoked-key"),
    "the manifest changed after signing": (
        Delivery(payload(delivery().manifest, lambda inside: inside.update(version=99)), GOOD.files),
        Asked(),
        "bundle.signature",
    ),
    "keys reordered": (
        Delivery(
            json.dumps(dict(reversed(json.loads(delivery().manifest).items())), separators=(",", ":")).encode(),
            GOOD.files,
        ),
        Asked(),
        "bundle.encoding",
    ),
    "a key twice": (
        Delivery(delivery().manifest[:-1] + b',"signatures":[]}', GOOD.files),
        Asked(),
        "bundle.encoding",
    ),
    "a line feed at the end": (Delivery(delivery().manifest + b"\n", GOOD.files), Asked(), "bundle.encoding"),
    "a byte order mark": (Delivery(b"\xef\xbb\xbf" + delivery().manifest, GOOD.files), Asked(), "bundle.encoding"),
    "an empty manifest": (Delivery(b"", GOOD.files), Asked(), "bundle.encoding"),
    "a manifest that is no object": (Delivery(b"[]", GOOD.files), Asked(), "bundle.encoding"),
    "very deep brackets": (Delivery(b"[" * 100_000 + b"]" * 100_000, GOOD.files), Asked(), "bundle.encoding"),
    "a manifest of nine megabytes": (Delivery(b" " * 9_000_000, GOOD.files), Asked(), "bundle.size"),
    "an old release": (delivery(), Asked(last=Accepted("random", 2, "f" * 64)), "bundle.older"),
    "the same release again": (delivery(), Asked(last=Accepted("random", 1, SAME.content)), None),
    "a newer release": (delivery(lambda m: m.update(version=3)), Asked(last=Accepted("random", 2, "f" * 64)), None),
    "other content with the same version": (delivery(), Asked(last=Accepted("random", 1, "f" * 64)), "bundle.older"),
    "another knowledge base": (delivery(), Asked(last=Accepted("other", 1, SAME.content)), "bundle.identity"),
    "past its review date": (delivery(), Asked(today=date(2030, 1, 2)), "bundle.overdue"),
    "on its review date": (delivery(), Asked(today=date(2030, 1, 1)), None),
    "past its review date, which is allowed": (delivery(), Asked(today=date(2030, 1, 2), overdue="warn"), None),
    "a preview": (delivery(lambda m: m.update(preview=True, version=0)), Asked(), "bundle.preview"),
    "a preview, which is allowed": (delivery(lambda m: m.update(preview=True, version=0)), Asked(preview=True), None),
    "newer semantics": (delivery(lambda m: m.update(semantics=2, new_key=1)), Asked(), "bundle.semantics"),
    "semantics that are no number": (delivery(lambda m: m.update(semantics="1")), Asked(), "bundle.semantics"),
    "a newer layout": (delivery(lambda m: m.update(format=2)), Asked(), "bundle.manifest"),
    "a manifest without files": (delivery(lambda m: m.update(files=[])), Asked(), "bundle.manifest"),
    "files that are listed twice": (
        delivery(lambda m: m.update(files=m["files"][:1] * 2 + m["files"][1:])),
        Asked(),
        "bundle.manifest",
    ),
    "a path that leads out": (
        delivery(lambda m: m["files"][0].update(path="../../etc/passwd.json")),
        Asked(),
        "bundle.manifest",
    ),
    "a version below nothing": (delivery(lambda m: m.update(version=-1)), Asked(), "bundle.manifest"),
    "a file that says to be too large": (
        delivery(lambda m: m["files"][0].update(size=MAX_FILE + 1)),
        Asked(),
        "bundle.manifest",
    ),
    "too much altogether": (
        delivery(
            lambda m: m.update(
                files=[{**m["files"][0], "path": f"big/{at:03}.json", "size": MAX_FILE} for at in range(17)]
                + m["files"]
            )
        ),
        Asked(),
        "bundle.size",
    ),
    "no core": (
        delivery(lambda m: m.update(files=[one for one in m["files"] if one["path"] != CORE])),
        Asked(),
        "bundle.missing-file",
    ),
    "a missing file": (
        Delivery(delivery().manifest, dict(list(GOOD.files.items())[1:])),
        Asked(),
        "bundle.missing-file",
    ),
    "an altered file": (
        Delivery(delivery().manifest, first_file(GOOD.files, lambda data: data.replace(b"1", b"2", 1))),
        Asked(),
        "bundle.altered-file",
    ),
    "a file that was cut": (
        Delivery(delivery().manifest, first_file(GOOD.files, lambda data: data[:-1])),
        Asked(),
        "bundle.truncated",
    ),
    "a file with something behind it": (
        Delivery(delivery().manifest, first_file(GOOD.files, lambda data: data + b" ")),
        Asked(),
        "bundle.altered-file",
    ),
    "rules that mean something else": (with_file(CORE, lighter), Asked(), "bundle.conformance"),
    "a conformance case that is wrong": (
        with_file(
            MORE_CONFORMANCE,
            lambda value: value["interviews"].append(
                {"id": "x", "answers": {}, "screens": [], "stop": "budget", "urgency": "routine"}
            ),
        ),
        Asked(),
        "bundle.conformance",
    ),
    "a core that is no JSON": (with_file(CORE, lambda _: b"{"), Asked(), "bundle.content"),
    "a rule that reads what nothing concludes": (
        with_file(CORE, lambda core: core["rules"][0].update(when={"finding": "nothing"})),
        Asked(),
        "bundle.content",
    ),
    "a core of another layout": (with_file(CORE, lambda core: core.update(format=2)), Asked(), "bundle.content"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks(name: str, javascript: Node) -> None:
    made, asked, wanted = ATTACKS[name]
    assert asked.python(Memory(made)) == wanted
    assert javascript.load(made.manifest, made.files, **asked.options())["refused"] == wanted


def changes(positions: Iterator[int] | range | list[int], bits: int = 1) -> list[tuple[int, int]]:
    return [(at, bits) for at in positions]


def flipped(whole: bytes, at: int, bits: int) -> bytes:
    return whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :]


def told(title: str, counts: Mapping[str, Counter[str]], capsys: pytest.CaptureFixture[str]) -> None:
    """The table of the nightly output."""
    with capsys.disabled():
        print(f"\n{title}")
        for runtime, reasons in counts.items():
            for name, count in sorted(reasons.items()):
                print(f"  {runtime:<12}{name:<24}{count:>8}")


def attack(whole: bytes, every: list[tuple[int, int]], process: Node) -> dict[str, Counter[str]]:
    """Each change made to an archive in both runtimes: how often it was refused for what."""
    asked = Asked()
    python = [asked.python(ArchiveSource(flipped(whole, at, bits))) for at, bits in every]
    theirs: list[str | None] = []
    sent: Json = {"archive": base64.b64encode(whole).decode()}
    for at in range(0, len(every), 2000):
        theirs += process.ask("flips", changes=every[at : at + 2000], options=asked.options(), **sent)
        sent = {}
    accepted = [change for change, *both in zip(every, python, theirs, strict=True) if None in both]
    assert accepted == []
    return {
        "Python": Counter(one for one in python if one),
        "JavaScript": Counter(one for one in theirs if one),
    }


def manifest_end() -> int:
    return archive.BLOCK + len(GOOD.signed)


def test_changed_bytes_of_manifest_and_signatures(javascript: Node, capsys: pytest.CaptureFixture[str]) -> None:
    """Every position, in two ways; in the default run every ninth, and every one of the last 500 with the signature."""
    end = manifest_end()
    positions = range(end) if NIGHTLY else [*range(0, end - 500, 9), *range(end - 500, end)]
    every = changes(positions) + changes(positions, 0x20)
    counts = attack(GOOD.archive(), every, javascript)
    if NIGHTLY:
        told(f"Manifest and signatures: {len(every)} changes of {end} bytes, all refused", counts, capsys)


def test_changed_bytes_of_files(javascript: Node, capsys: pytest.CaptureFixture[str]) -> None:
    whole = GOOD.archive()
    count = 20_000 if NIGHTLY else 300
    rng = Random(1)
    every = [(rng.randrange(manifest_end(), len(whole)), 1 << rng.randrange(8)) for _ in range(count)]
    counts = attack(whole, every, javascript)
    if NIGHTLY:
        told(f"Files and archive: {count} changes of {len(whole)} bytes, all refused", counts, capsys)


def test_archives_that_were_cut(javascript: Node, capsys: pytest.CaptureFixture[str]) -> None:
    whole = GOOD.archive()
    rng = Random(2)
    lengths = sorted(
        {
            0,
            1,
            511,
            512,
            513,
            len(whole) - 1024,
            len(whole) - 1,
            *rng.sample(range(len(whole)), 2000 if NIGHTLY else 60),
        }
    )
    asked = Asked()
    python = [asked.python(ArchiveSource(whole[:length])) for length in lengths]
    javascript.ask("flips", archive=base64.b64encode(whole).decode(), changes=[], options=asked.options())
    theirs = javascript.ask("cuts", lengths=lengths, options=asked.options())
    assert None not in python
    assert None not in theirs
    assert set(python) | set(theirs) <= {"bundle.truncated", "bundle.encoding"}
    if NIGHTLY:
        told("Cut archives, all refused", {"Python": Counter(python), "JavaScript": Counter(theirs)}, capsys)


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 512, b"x"])
def test_something_behind_the_archive(tail: bytes, javascript: Node) -> None:
    whole = GOOD.archive() + tail
    assert Asked().python(ArchiveSource(whole)) == "bundle.extra-file"
    assert javascript.load_archive(whole, **Asked().options())["refused"] == "bundle.extra-file"


def test_a_folder_holds_the_bundle_and_nothing_else(tmp_path: Path) -> None:
    GOOD.write_folder(tmp_path / "b")
    source = FolderSource(tmp_path / "b")
    asked = Asked()
    assert asked.python(source) is None
    name = next(iter(GOOD.files))
    whole = (tmp_path / "b" / name).read_bytes()

    (tmp_path / "b" / "files" / "more.json").write_text("{}")
    assert asked.python(source) == "bundle.extra-file"
    (tmp_path / "b" / "files" / "more.json").unlink()
    (tmp_path / "b" / ".hidden").write_text("{}")
    assert asked.python(source) == "bundle.extra-file"
    (tmp_path / "b" / ".hidden").unlink()

    (tmp_path / "elsewhere").write_bytes(whole)
    (tmp_path / "b" / name).unlink()
    assert asked.python(source) == "bundle.missing-file"
    (tmp_path / "b" / name).symlink_to(tmp_path / "elsewhere")
    assert asked.python(source) == "bundle.extra-file"
    (tmp_path / "b" / name).unlink()
    (tmp_path / "b" / name).write_bytes(whole + b"x")
    assert asked.python(source) == "bundle.altered-file"
    (tmp_path / "b" / name).write_bytes(whole)
    (tmp_path / "b" / "manifest.jws").unlink()
    assert asked.python(source) == "bundle.unsigned"


def test_an_archive_is_ordinary_tar(tmp_path: Path) -> None:
    import tarfile

    (tmp_path / "b.tar").write_bytes(GOOD.archive())
    with tarfile.open(tmp_path / "b.tar") as opened:
        names = opened.getnames()
        stored = [opened.extractfile(name) for name in names]
        data = {name: stream.read() for name, stream in zip(names, stored, strict=True) if stream}
    assert data == {"manifest.jws": GOOD.signed, **GOOD.files}


def test_a_second_signature_is_added_by_somebody_else() -> None:
    waiting = delivery(lambda manifest: manifest.update(signed_by=sorted([KEY.id, OTHER.id])), KEY)
    asked = Asked((KEY, OTHER), 2)
    assert asked.python(Memory(waiting)) == "bundle.unsigned"
    assert asked.python(Memory(replace(waiting, manifest=add_signature(waiting.manifest, OTHER)))) is None


def test_keys_of_another_kind_are_refused_in_javascript(javascript: Node) -> None:
    made = delivery()
    for keys in (
        {"keys": [KEY.okp.as_dict(private=True)]},
        {"keys": [{**KEY.public.to_jwk(), "kid": OTHER.id}]},
        {"keys": [{**KEY.public.to_jwk(), "crv": "X25519"}]},
        {"keys": [KEY.public.to_jwk()] * 2},
        {},
    ):
        assert javascript.load(made.manifest, made.files, keys=keys, today="2026-11-26")["refused"] == "keys.file"


def test_what_is_told_is_the_same_in_both(javascript: Node) -> None:
    made, asked, _ = ATTACKS["past its review date, which is allowed"]
    policy = Policy(KEYS, overdue="warn")
    ours = verify(Memory(made), policy, asked.today)
    theirs = javascript.load(made.manifest, made.files, **asked.options())
    assert theirs["warnings"] == list(ours.warnings)
    assert len(ours.warnings) == 2
    assert theirs["manifest"] == unsigned_manifest(small_bundle())
    assert theirs["accepted"] == {"kb": "random", "version": 1, "content": SAME.content}
