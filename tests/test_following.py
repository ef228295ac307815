"""Releases over HTTP: what a server hands out; runtimes that follow it, swap whole bundles and keep the last good."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from engine.files import write_atomically
from exports.accepted import BUNDLE, STATE, Store
from exports.bundle import archive
from exports.bundle.build import build
from exports.bundle.content import Release
from exports.bundle.model import CORE, MANIFEST, MAX_BUNDLE
from exports.bundle.source import ArchiveSource, WebSource
from exports.runtime.python import Accepted, Follower, RefusedError, follow, load
from exports.serve import application
from exports.verify import Policy, VerifiedBundle, verify
from tests.bundles import KEY, KEYS, Node, jwks, node, small_bundle, small_kb

TODAY = date(2026, 11, 26)


@dataclass
class Server:
    """A server of a folder of releases, on a port of its own."""

    folder: Path
    address: str
    server: uvicorn.Server
    thread: threading.Thread

    def put(self, version: int, name: str = "", altered: bool = False, cut: bool = False) -> None:
        bundle = small_bundle(version=version)
        data = bundle.archive()
        if altered:
            core = bundle.manifest.file(CORE)
            assert core
            at = archive.layout(bundle.signed, bundle.manifest)[0][core.stored_as][0] + 9
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        path = self.folder / (name or f"{version}.tar")
        path.write_bytes(data[:-512] if cut else data)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(timeout=20)


def serve(folder: Path, port: int = 0) -> Server:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(application(folder), log_level="error"))
    thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    return Server(folder, f"http://127.0.0.1:{bound.getsockname()[1]}/", server, thread)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "releases"
    folder.mkdir()
    server = serve(folder)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def javascript() -> Iterator[Node]:
    with node() as process:
        yield process


OPTIONS = {"keys": jwks(), "today": TODAY.isoformat()}


def get(address: str, etag: str = "") -> tuple[int, bytes, str]:
    request = urllib.request.Request(address, headers={"If-None-Match": etag} if etag else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers["ETag"]
    except urllib.error.HTTPError as error:
        return error.code, b"", error.headers.get("ETag", "")


def test_files_are_static_and_have_etags(served: Server) -> None:
    served.put(1)
    bundle = small_bundle(version=1)
    status, data, etag = get(served.address + "manifest.jws")
    assert (status, data) == (200, bundle.signed)
    assert get(served.address + "manifest.jws", etag)[:2] == (304, b"")
    assert get(served.address + "manifest.jws", f'"other", W/{etag}')[0] == 304
    assert get(served.address + "manifest.jws", '"other"')[0] == 200
    for name, wanted in bundle.files.items():
        status, data, etag = get(served.address + name)
        assert (status, data) == (200, wanted)
        assert etag.strip('"') in name
        assert get(served.address + name, etag)[0] == 304
    assert get(served.address + "1/manifest.jws")[1] == bundle.signed
    assert get(served.address + "2/manifest.jws")[0] == 404
    for name in ("files/none.json", "files/..%2f..%2fetc%2fpasswd", "releases", "", "1.tar"):
        assert get(served.address + name)[0] == 404
    assert [one["version"] for one in json.loads(get(served.address + "releases.json")[1])] == [1]


def test_the_newest_whole_release_is_served(served: Server) -> None:
    assert get(served.address + "manifest.jws")[0] == 404
    served.put(1)
    small_bundle(version=2).write_folder(served.folder / "two")
    served.put(3, cut=True)
    (served.folder / "notes.txt").write_text("not a release")
    assert get(served.address + "manifest.jws")[1] == small_bundle(version=2).signed
    (served.folder / "latest.tar").symlink_to("gone.tar")
    served.put(3)
    assert get(served.address + "manifest.jws")[1] == small_bundle(version=3).signed
    assert get(served.address + "9" * 5000 + "/manifest.jws")[0] == 404
    assert get(served.address + "1/manifest.jws")[1] == small_bundle(version=1).signed


def test_a_bundle_is_loaded_from_the_web(served: Server, javascript: Node) -> None:
    served.put(1)
    algos = load(served.address, KEYS, today=TODAY)
    assert algos.manifest["version"] == 1
    algos.verify_all()
    assert javascript.ask("follow", address=served.address, options=OPTIONS) is None


def test_both_runtimes_follow_and_keep_the_last_good(served: Server, javascript: Node, tmp_path: Path) -> None:
    served.put(1)
    refused: list[str] = []
    store = Store(tmp_path / "store")
    follower = follow(served.address, KEYS, store=store, refused=lambda error: refused.append(error.name))
    assert javascript.ask("follow", address=served.address, options=OPTIONS) is None

    def check() -> tuple[bool, int, list[str]]:
        taken = follower.check(TODAY)
        assert follower.current
        ours = taken, follower.current.manifest["version"], refused[:]
        refused.clear()
        theirs = javascript.ask("check")
        assert (theirs["taken"], theirs["version"], theirs["refused"]) == ours
        return ours

    assert check() == (False, 1, [])
    served.put(2)
    assert check() == (True, 2, [])
    served.put(3, altered=True)
    assert check() == (False, 2, ["bundle.altered-file"])
    (served.folder / "3.tar").unlink()
    assert check() == (False, 2, [])
    (served.folder / "2.tar").unlink()
    assert check() == (False, 2, ["bundle.older"])
    served.stop()
    assert check() == (False, 2, ["bundle.unreachable"])

    again = follow(served.address, KEYS, store=store)  # the app starts anew, and there is no network
    assert again.current
    assert again.current.manifest["version"] == 2
    with pytest.raises(RefusedError, match="BN017"):
        follow(served.address, KEYS, store=Store(tmp_path / "empty"))
    assert javascript.ask("follow", address=served.address, options=OPTIONS) == "bundle.unreachable"


def test_what_did_not_change_is_asked_for_in_one_request(served: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the whole bundle each time; and why another one was refused is no matter once the server has the old one."""
    served.put(1)
    follower = follow(served.address, KEYS)
    asked = []
    fetch = WebSource._fetch

    def noted(self: WebSource, name: str, *more: Any) -> tuple[bytes, str | None]:
        asked.append(name)
        return fetch(self, name, *more)

    monkeypatch.setattr(WebSource, "_fetch", noted)
    assert not follower.check(TODAY)
    assert asked == [MANIFEST]
    served.put(2, altered=True)
    assert not follower.check(TODAY)
    assert follower.reason
    (served.folder / "2.tar").unlink()
    assert not follower.check(TODAY)
    assert follower.reason is None


def test_a_review_date_that_passes_while_an_app_runs(served: Server, javascript: Node) -> None:
    served.put(1)
    after = date(2100, 1, 1)
    strict, lenient = follow(served.address, KEYS), follow(served.address, KEYS, overdue="warn")
    assert not strict.check(after)
    assert strict.reason
    assert strict.reason.name == "bundle.overdue"
    assert lenient.current
    before = lenient.current.warnings
    assert not lenient.check(after)
    late, *others = lenient.current.warnings
    assert (str(lenient.current.manifest["review_by"]) in late, tuple(others)) == (True, before)
    options = {**OPTIONS, "overdue": "warn"}
    assert javascript.ask("follow", address=served.address, options=options) is None
    theirs = javascript.ask("check", today=after.isoformat())
    assert theirs["warnings"] == list(lenient.current.warnings)


def test_a_file_that_is_still_being_copied_is_kept_by_nobody(served: Server) -> None:
    """A release as a folder, whose manifest came before all of its files."""
    bundle = small_bundle(version=1)
    bundle.write_folder(served.folder / "1")
    [name] = [file.stored_as for file in bundle.manifest.files if file.path == CORE]
    whole = bundle.files[name]
    (served.folder / "1" / name).write_bytes(whole[:100])
    with urllib.request.urlopen(served.address + name) as answer:
        assert (answer.read(), answer.headers["Cache-Control"]) == (whole[:100], "no-store")
    (served.folder / "1" / name).write_bytes(whole)
    with urllib.request.urlopen(served.address + name) as answer:
        assert (answer.read(), "immutable" in answer.headers["Cache-Control"]) == (whole, True)


def test_an_app_that_starts_anew_accepts_nothing_older(served: Server, javascript: Node, tmp_path: Path) -> None:
    served.put(1)
    store = Store(tmp_path / "store")
    store.keep(verify_small(2))
    follower = follow(served.address, KEYS, store=store)
    assert follower.current
    assert follower.current.manifest["version"] == 2
    assert follower.reason
    assert follower.reason.name == "bundle.older"
    last = {"kb": "random", "version": 2, "content": small_bundle().manifest.content}
    assert javascript.ask("follow", address=served.address, options={**OPTIONS, "last": last}) == "bundle.older"


def verify_small(version: int) -> VerifiedBundle:
    return verify(ArchiveSource(small_bundle(version=version).archive()), Policy(KEYS), TODAY)


def test_runtimes_poll_by_themselves(served: Server, javascript: Node) -> None:
    served.put(1)
    follower = follow(served.address, KEYS, every=0.1)
    assert javascript.ask("follow", address=served.address, options={**OPTIONS, "every": 0.1}) is None
    served.put(2)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        time.sleep(0.1)
        assert follower.current
        if follower.current.manifest["version"] == 2 and javascript.ask("version") == 2:
            break
    assert follower.current.manifest["version"] == 2
    assert javascript.ask("version") == 2
    follower.stop()
    javascript.ask("stop")


def test_whoever_asks_meanwhile_has_one_whole_bundle(served: Server) -> None:
    """Each asker sees release 1 or release 2, and the same one throughout."""
    served.put(1)
    follower = follow(served.address, KEYS)
    mixed: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            algos = follower.current
            assert algos
            before = algos.manifest["version"]
            algos.assess({})
            if algos.manifest["version"] != before:
                mixed.append(before)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in (2, 3):
        served.put(version)
        assert follower.check(TODAY)
    stop.set()
    for thread in threads:
        thread.join()
    assert mixed == []


def test_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "store")
    assert store.last() is None
    assert store.bundle() is None
    store.keep(verify_small(4))
    content = small_bundle().manifest.content
    assert store.last() == Accepted("random", 4, content)
    assert sorted(path.name for path in store.folder.iterdir()) == [STATE, BUNDLE]
    for broken in ("", "{}", "[4]", '{"kb": 1, "version": 4, "content": "x"}', "\0"):
        (store.folder / STATE).write_text(broken)
        with pytest.raises(RefusedError, match=r"bundle\.state"):
            store.last()
    (tmp_path / "file").write_text("")
    with pytest.raises(RefusedError, match=r"bundle\.state"):
        Store(tmp_path / "file").keep(verify_small(4))


def test_a_store_that_was_tampered_with_is_not_used(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(verify_small(4))
    path = tmp_path / BUNDLE
    path.write_bytes(path.read_bytes()[:-600])
    follower = Follower("http://127.0.0.1:9/", Policy(KEYS), store)
    assert not follower.restore(TODAY)
    assert follower.reason
    assert follower.reason.name == "bundle.truncated"


def test_a_store_whose_bundle_was_put_back_is_not_used(tmp_path: Path) -> None:
    """The bundle is genuine, and older than the one that was accepted last."""
    store = Store(tmp_path)
    store.keep(verify_small(4))
    (tmp_path / BUNDLE).write_bytes(small_bundle(version=3).archive())
    follower = Follower("http://127.0.0.1:9/", Policy(KEYS), store)
    assert not follower.restore(TODAY)
    assert follower.current is None
    assert follower.reason
    assert follower.reason.name == "bundle.older"


def test_a_store_that_cannot_be_read_does_not_keep_an_app_from_the_web(served: Server, tmp_path: Path) -> None:
    served.put(1)
    with (tmp_path / BUNDLE).open("wb") as stream:
        stream.truncate(2 * MAX_BUNDLE + 1)
    follower = Follower(served.address, Policy(KEYS), Store(tmp_path))
    assert not follower.restore(TODAY)
    assert follower.reason
    assert follower.reason.name == "bundle.size"
    assert follower.check(TODAY)


def test_an_app_that_dies_while_it_keeps_a_release_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file it was at: a good bundle is there, none older than what was accepted."""
    store = Store(tmp_path)
    store.keep(verify_small(4))

    def full(at: str) -> Callable[[Path, bytes], None]:
        def write(file: Path, data: bytes) -> None:
            if file.name == at:
                raise OSError(28, "No space left on device")
            write_atomically(file, data)

        return write

    for version, at in ((5, BUNDLE), (6, STATE)):
        monkeypatch.setattr("exports.accepted.write_atomically", full(at))
        with pytest.raises(RefusedError, match="No space left"):
            store.keep(verify_small(version))
        follower = Follower("http://127.0.0.1:9/", Policy(KEYS), store)
        assert follower.restore(TODAY), follower.reason


def test_a_preview_is_not_remembered(tmp_path: Path) -> None:
    """Otherwise an author who looked at one could not go back to the release, or would start with it."""
    made = small_kb()
    preview = build(made.kb, made.files, Release(0, preview=True), [KEY]).archive()
    store = Store(tmp_path)
    store.keep(verify(ArchiveSource(preview), Policy(KEYS, preview=True), TODAY))
    assert (store.last(), store.bundle()) == (None, None)
    store.keep(verify_small(4))
    store.keep(verify(ArchiveSource(preview), Policy(KEYS, preview=True), TODAY, store.last()))
    assert store.last() == verify_small(4).accepted
    source = store.bundle()
    assert source
    assert source.manifest() == verify_small(4).signed


@pytest.mark.parametrize(
    "place",
    [
        "ftp://example.org/x",
        "file:///etc/passwd",
        "none.tar",
        "http://127.0.0.1:9/",
        "http://[127.0.0.1/",
        "http://example org/",
        "http://127.0.0.1:port/",
    ],
)
def test_a_place_where_there_is_none(place: str) -> None:
    with pytest.raises(RefusedError, match=r"bundle\.unreachable"):
        load(place, KEYS)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
        b"",
    ],
)
def test_a_server_that_speaks_no_http_is_told_and_does_not_end_the_following(answer: bytes, tmp_path: Path) -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def serve_once() -> None:
        line, _ = listening.accept()
        with line:
            line.recv(10_000)
            line.sendall(answer)

    thread = threading.Thread(target=serve_once, daemon=True)
    thread.start()
    follower = Follower(f"http://127.0.0.1:{listening.getsockname()[1]}/", Policy(KEYS))
    assert not follower.check(TODAY)
    assert follower.reason
    assert follower.reason.name == "bundle.unreachable"
    thread.join()
    listening.close()
