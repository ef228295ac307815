"""What the assessment costs a visitor: bytes, requests, and time until it can be used, on a fast and on a slow machine.

`python -m benchmarks.assessment`. Times are medians of several visits in one run, with the processor as it is and
slowed down four and six times by Chromium: roughly a phone of the middle range, and an old laptop. Nothing is cached.
"""

from __future__ import annotations

import gzip
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from engine.files import read_directory
from engine.load import load
from exports.assessment.files import site_files
from exports.assessment.serve import application
from exports.bundle.build import Bundle, build
from exports.bundle.content import Release
from exports.sign import KeySet, PrivateKey
from tests.assessing import DESKTOP, LOCKED_BACK, Person, context_of, serving
from tests.browsing import chromium, until
from tests.bundles import ROOT

LIMIT = 200_000
"""The target in bytes as they travel: the site and the core of its bundle, before pictures."""
VISITS = 5


def sizes(bundle: Bundle, keys: KeySet) -> None:
    """What is fetched before the first question, compressed, by part."""
    files = site_files(keys)
    later = ("ed25519.js", "fhir.js", "guide_page.js", "library_page.js", "summary_page.js", "service-worker.js")
    site = {
        name: data
        for name, data in files.items()
        if name not in later and name != "algos.js" and (not name.startswith("locales/") or name == "locales/en.json")
    }
    core = [bundle.files[file.stored_as] for file in bundle.manifest.files if file.part == "core"]
    parts = {
        "site": sum(len(gzip.compress(data)) for data in site.values()),
        "runtime": len(gzip.compress(files["algos.js"])),
        "manifest": len(gzip.compress(bundle.signed)),
        "core and its conformance cases": sum(len(gzip.compress(data)) for data in core),
    }
    for name, size in parts.items():
        print(f"  {size / 1000:6.1f} kB  {name}")
    total = sum(parts.values())
    print(
        f"  {total / 1000:6.1f} kB  together, {'below' if total < LIMIT else 'ABOVE'} the target of {LIMIT // 1000} kB"
    )


@contextmanager
def slowed(page: Page, times: int) -> Iterator[None]:
    """The page with its processor slowed down."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})
    yield
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def visit(browser: Browser, address: str, times: int) -> dict[str, float]:
    """One first visit: when the first page and the first question can be used, in milliseconds."""
    context = context_of(browser, DESKTOP)
    person = Person(context, address)
    page = person.page
    with slowed(page, times):
        page.goto(address)
        until(lambda: page.evaluate("'ready' in document.documentElement.dataset"), "the page can be used")
        ready = page.evaluate("Number(document.documentElement.dataset.ready)")
        before = page.evaluate("performance.now()")
        page.get_by_role("link", name="Start", exact=True).click()
        person.settled()
        asked = page.evaluate("performance.now()") - before
    context.close()
    return {"ready": float(ready), "asked": float(asked)}


def traffic(browser: Browser, address: str) -> None:
    """What a first visit to the first page fetches, as the network sees it, and what the whole way adds."""
    context = context_of(browser, DESKTOP)
    person = Person(context, address)
    session = context.new_cdp_session(person.page)
    session.send("Network.enable")
    came: list[float] = []
    session.on("Network.loadingFinished", lambda told: came.append(told["encodedDataLength"]))
    person.opens()
    print(f"first page: {len(came)} requests, {sum(came) / 1000:.1f} kB with headers and the drawing of the body")
    first = len(came)
    person.page.get_by_role("link", name="Start", exact=True).click()
    person.settled()
    screens = person.finishes(LOCKED_BACK)
    print(f"to the result, {len(screens)} screens later: {len(came) - first} more")
    context.close()


def main() -> None:
    """Measure and print."""
    files = read_directory(ROOT / "kb")
    kb = load(files).kb
    assert kb is not None
    key = PrivateKey.generate("benchmark")
    keys = KeySet((key.public,))
    bundle = build(kb, files, Release(1), [key])
    print("assessment, compressed, before the first question and without pictures:")
    sizes(bundle, keys)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "1.tar").write_bytes(bundle.archive())
        with serving(application(Path(folder), keys)) as address, chromium() as browser:
            traffic(browser, address)
            medians: dict[int, dict[str, Any]] = {}
            for times in (1, 4, 6):
                seen = [visit(browser, address, times) for _ in range(VISITS)]
                medians[times] = {name: statistics.median(one[name] for one in seen) for name in seen[0]}
            for times, told in medians.items():
                ratio = told["ready"] / medians[1]["ready"]
                print(
                    f"processor slowed {times} times: usable after {told['ready']:.0f} ms ({ratio:.1f} times), "
                    f"the first question {told['asked']:.0f} ms after Start"
                )


if __name__ == "__main__":
    main()
