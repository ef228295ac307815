"""The files of the assessment site: those of `frontends/assessment`, and those that are made for one place.

The site is a folder for any web host, without a build step:

    *.js, *.css                  as they stand in frontends/assessment, the scripts without their comments
    index.html                   with the words for browsers in which nothing else appears
    locales/<language>.json      the texts of the interface
    algos.js                     the JavaScript runtime
    ed25519.js                   a library that checks signatures where the browser cannot
    keys.json                    the public keys that the site trusts
    site.json                    which languages there are, and whether previews are shown
    service-worker.js            with the list of these files, so that the site works without a network
    bundle/                      a signed bundle: `manifest.jws` and `files/`
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from exports.bundle.build import Bundle, must_be_new, write_file
from exports.sign.keys import KeySet

_ROOT = Path(__file__).resolve().parent.parent.parent
SITE = _ROOT / "frontends" / "assessment"
RUNTIME = _ROOT / "exports" / "runtime" / "js" / "algos.js"
BUNDLE = "bundle"
WORKER = "service-worker.js"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
"""The media type of each kind of file that the site has; other files of the folder are no part of it."""


def site_files(keys: KeySet, *, preview: bool = False) -> dict[str, bytes]:
    """Every file of the site but the bundle, by its name in the folder.

    `preview` lets the site show previews of drafts, which it refuses otherwise: for authors, never for patients.
    """
    files = dict(_own())
    languages = sorted(Path(name).stem for name in files if name.startswith("locales/"))
    files["keys.json"] = keys.to_json().encode()
    files["site.json"] = json.dumps({"languages": languages, "preview": preview}).encode()
    files[WORKER] = _worker(files)
    return files


@cache
def _own() -> dict[str, bytes]:
    found = {
        path.relative_to(SITE).as_posix(): path.read_bytes()
        for path in sorted(SITE.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }
    found["index.html"] = found["index.html"].replace(b"<!-- late -->", _late(found).encode())
    found["algos.js"] = RUNTIME.read_bytes()
    code = {name: _without_comments(data.decode()).encode() for name, data in found.items() if name.endswith(".js")}
    return found | code


_NOW = ("breath", "chest", "faint", "saddle", "urine", "legs")


def _late(files: Mapping[str, bytes]) -> str:
    """What index.html itself says in every language, until the page is there: in a browser that is too old it never is.

    A style shows it after some seconds, so it needs no script.
    """
    texts = {Path(name).stem: json.loads(data) for name, data in files.items() if name.startswith("locales/")}
    made = []
    for language, told in sorted(texts.items(), key=lambda one: (one[0] != "en", one[0])):
        t = {key: html.escape(text) for key, text in {**texts["en"], **told}.items()}
        signs = "".join(f"<li>{t[f'now.{one}']}</li>" for one in _NOW)
        made.append(
            f'<section class="late" lang="{language}" dir="auto"><h1>{t["late.title"]}</h1>\n'
            f'<div class="now"><h2>{t["now.title"]}</h2><ul>{signs}</ul>'
            f'<p class="call-unknown">{t["emergency.callLocal"]}</p></div>\n'
            f"<p>{t['late.text']} {t['late.old']}</p>\n<p>{t['refused.instead']}</p></section>"
        )
    return "\n".join(made)


def _without_comments(code: str) -> str:
    """A module without the comments that stand on lines of their own: a fifth of what a phone has to fetch of it.

    Licences (`/*!`) stay.
    """
    return re.sub(r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)\n", "", code, flags=re.MULTILINE | re.DOTALL)


def _worker(files: dict[str, bytes]) -> bytes:
    """The service worker with the list of the files that it keeps, and a version that changes with any of them."""
    names = ["./", *sorted(name for name in files if name != WORKER)]
    version = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:16]
    text = files[WORKER].decode()
    for line, made in (
        (r"const VERSION = .*", f"const VERSION = {json.dumps(version)};"),
        (r"const FILES = .*", f"const FILES = {json.dumps(names)};"),
    ):
        text, count = re.subn(line, made, text)
        assert count == 1, line
    return text.encode()


def policy() -> str:
    """The Content-Security-Policy of the site, as its page states it; a server can state more."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', _own()["index.html"].decode())
    assert found
    return found[1]


def write_site(bundle: Bundle, keys: KeySet, folder: Path) -> None:
    """Write the site with a bundle into a new folder, ready for any web host.

    Raises KnowledgeError where the folder has something in it, or something cannot be written.
    """
    must_be_new(folder)
    bundle.write_folder(folder / BUNDLE)
    for name, data in site_files(keys, preview=bundle.manifest.preview).items():
        write_file(folder / name, data)
