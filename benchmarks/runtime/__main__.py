"""Loading and assessing with the real knowledge base, in Node, in Chromium and in Python; ratios in one run.

json-logic-js and zen-engine get the rules as far as they can say them: two-valued, for people of whom everything is
known, and only which rules fire; the runtime concludes the whole outcome in its time. Each answer is checked first.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from playwright.sync_api import sync_playwright

from benchmarks.engine_speed import JsonLogic, Zen, plain, settled
from engine.criteria import Truth
from engine.evaluate import Evaluator
from engine.files import read_directory
from engine.knowledge import KnowledgeBase
from engine.load import load as read
from engine.model.rule import Derived, Points
from exports.bundle.build import build
from exports.bundle.content import Release
from exports.runtime.python import load
from exports.sign import KeySet, PrivateKey
from tests.browsing import chromium_path
from tests.bundles import JS, NODE, ROOT
from tests.random_kb import random_answers

HERE = Path(__file__).parent
ASSESS, LOAD = 1.0, 300.0
"""The targets in milliseconds: a median assessment, and a load with verification and core conformance."""

IN_BROWSER = """
async ({ today }) => {
  const { loading, batches } = await import("/measure.mjs");
  const json = async (name) => (await fetch(name)).json();
  const [keys, { partly }] = await Promise.all([json("/keys.json"), json("/people.json")]);
  const { algos, first, median } = await loading("/web/", { keys, today }, 8);
  const load = { first, median };
  return { load, partly: batches(partly, (person) => algos.assess(person)),
           next: batches(partly.slice(0, 40), (person) => algos.nextQuestion(person)) };
}
"""


def json_logic(kb: KnowledgeBase) -> dict[str, Any]:
    """The rules as json-logic-js takes them, in the order in which they have to be applied."""
    made = JsonLogic(kb)
    steps = []
    for kind, name in kb.order:
        if kind == "question" and kb.questions[name].ask_when:
            steps.append({"kind": kind, "name": name, "gate": made.gates[name]})
        elif kind != "question":
            scale = kb.terms[name].scale
            whens = [
                {
                    "id": id_,
                    "when": made.whens[id_],
                    "points": kb.points(kb.active[id_]) / scale if kind == "score" else 0,
                }
                for id_ in kb.concluded_by[kind, name]
            ]
            steps.append({"kind": kind, "name": name, "whens": whens})
    last = [
        {"id": id_, "when": made.whens[id_]}
        for id_, rule in kb.active.items()
        if not isinstance(rule.then, Derived | Points)
    ]
    return {"steps": steps, "last": last}


def prepare(folder: Path, kb: KnowledgeBase, files: dict[str, bytes]) -> None:
    """Everything that is measured with, in one folder."""
    key = PrivateKey.generate("benchmark")
    bundle = build(kb, files, Release(1), [key])
    (folder / "bundle.tar").write_bytes(bundle.archive())
    bundle.write_folder(folder / "web")
    (folder / "keys.json").write_text(KeySet((key.public,)).to_json(), encoding="utf-8")
    rng, evaluator = Random(1), Evaluator(kb)
    known = [settled(rng, kb) for _ in range(200)]
    fired = [
        sorted(id_ for id_, truth in evaluator.evaluate(one).rules.items() if truth is Truth.TRUE) for one in known
    ]
    people = {
        "partly": [random_answers(rng, kb, rng.choice((0.3, 0.6, 0.9))).to_json() for _ in range(200)],
        "known": [plain(one) for one in known],
        "fired": fired,
        "today": date.today().isoformat(),
    }
    zen = Zen(kb)
    for name, value in (
        ("people", people),
        ("json_logic", json_logic(kb)),
        ("zen", {"graph": json.loads(zen.graph), "rules": zen.rules}),
    ):
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    shutil.copy(JS / "algos.js", folder)
    for path in (*HERE.glob("*.mjs"), HERE / "package.json"):
        shutil.copy(path, folder)
    (folder / "index.html").write_text("<!doctype html><title>benchmark</title>", encoding="utf-8")
    npm = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run([NODE, npm, "install", "--silent", "--no-package-lock"], cwd=folder, check=True)


def in_node(folder: Path) -> dict[str, Any]:
    """What Node measured."""
    done = subprocess.run([NODE, "node.mjs"], cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map: ClassVar = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def log_message(self, *_: object) -> None:
        """Nothing."""


def in_chromium(folder: Path) -> tuple[str, dict[str, Any]]:
    """Chromium's version, and what it measured."""
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        told: dict[str, Any] = page.evaluate(IN_BROWSER, {"today": date.today().isoformat()})
        version = browser.version
        browser.close()
        server.shutdown()
        return version, told


def in_python(folder: Path) -> dict[str, Any]:
    """What the Python runtime takes."""
    people = json.loads((folder / "people.json").read_text(encoding="utf-8"))["partly"]
    began = time.perf_counter()
    algos = load(folder / "bundle.tar", folder / "keys.json")
    loaded = (time.perf_counter() - began) * 1e3

    def timed(function: Any) -> dict[str, float]:
        times = []
        for person in people[:60]:
            began = time.perf_counter()
            function(person)
            times.append((time.perf_counter() - began) * 1e3)
        return {"median": statistics.median(times), "slowest": max(times)}

    assess, following = timed(algos.assess), timed(algos.next_question)
    return {"load": {"first": loaded, "median": loaded}, "partly": assess, "next": following}


def main() -> None:
    files = read_directory(ROOT / "kb")
    kb = read(files).kb
    assert kb is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, kb, files)
        node = in_node(folder)
        version, chromium = in_chromium(folder)
        python = in_python(folder)
    rows = node["rows"]
    ours = rows["known"]["median"]
    print(f"\n{len(kb.active)} rules, {len(kb.questions)} questions; the starter's bundle\n")
    print("| runtime | first load ms | load ms | assess ms, median | slowest | next question ms |")
    print("|---|---:|---:|---:|---:|---:|")
    for title, told in ((f"Node {node['version']}", rows), (f"Chromium {version}", chromium), ("Python", python)):
        print(
            f"| {title} | {told['load']['first']:.0f} | {told['load']['median']:.0f} | {told['partly']['median']:.3f} "
            f"| {told['partly']['slowest']:.2f} | {told['next']['median']:.2f} |"
        )
    print("\n| in Node, everything known | median ms | slowest | times the runtime |")
    print("|---|---:|---:|---:|")
    for title, key in (
        ("Algos: the whole outcome", "known"),
        ("json-logic-js: which rules fire", "jsonLogic"),
        ("zen-engine: which rules fire", "zen"),
    ):
        row = rows[key]
        print(f"| {title} | {row['median']:.3f} | {row['slowest']:.2f} | {row['median'] / ours:.1f} |")
    for title, told in (("Node", rows), ("Chromium", chromium)):
        assess, loads = told["partly"]["median"], told["load"]
        print(f"\n{title}: assess under {ASSESS:g} ms: {'met' if assess < ASSESS else 'MISSED'} ({assess:.3f} ms)")
        worst = max(loads["first"], loads["median"])
        print(f"{title}: load under {LOAD:g} ms, the first too: {'met' if worst < LOAD else 'MISSED'} ({worst:.0f} ms)")


if __name__ == "__main__":
    main()
