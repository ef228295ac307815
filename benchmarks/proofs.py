"""How long proofs take: `python -m benchmarks.proofs`.

`algos prove` on the starter knowledge base with nothing kept, and again after one rule changed, each kind of rule in
turn; then synthetic knowledge bases of 100 to 800 rules. On a quiet machine the wall time counts; seconds of CPU stand
beside it, as other work on the machine does not touch them. A verdict that was given up would make any time look good,
so what was not decided is told as well.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from engine.assess import Assessor
from engine.files import read_directory
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.rule import Derived, Evidence, RedFlag
from engine.worker import Workers
from tests.random_kb import clinical_kb
from validators.proof.cache import Cache
from validators.proof.prove import Report, prove

Files = dict[str, bytes]
HEADER = f"{'':<44}{'wall s':>8}{'CPU s':>8}{'proved':>8}{'broken':>8}{'open':>6}{'kept':>7}"


def show(what: str, work: Callable[[], Report]) -> float:
    """Do it, print one line, and return the seconds of CPU, those of child processes left out."""
    wall, cpu = time.monotonic(), time.process_time()
    tally = work().tally
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    counts = f"{tally.proved:>8}{tally.broken:>8}{tally.undecided:>6}{tally.cached:>7}"
    print(f"{what:<44}{wall:>8.1f}{cpu:>8.1f}{counts}", flush=True)
    return cpu


def as_the_command_does(files: Files, cache: Path, limit: float) -> Report:
    """Read, prove, and carry out the people by both evaluators."""
    kb = read(files)
    with Workers() as workers:
        return prove(kb, native=Assessor(kb, files, workers), cache=Cache(cache), limit=limit)


def read(files: Mapping[str, bytes]) -> KnowledgeBase:
    loaded = load(files)
    assert loaded.kb is not None
    return loaded.kb


def with_one_rule_changed(files: Files, kb: KnowledgeBase, kind: type) -> tuple[str, Files]:
    """The knowledge base in which the middle rule of a kind counts a little more, or asks for a little more."""
    ids = [id_ for id_, rule in kb.active.items() if isinstance(rule.then, kind)]
    id_ = ids[len(ids) // 2]
    path = f"rules/{id_}.json"
    record: dict[str, Any] = json.loads(files[path])
    then = record["then"]
    if kind is Evidence:
        then["weight"] += 1 if then["weight"] not in (-1, 20) else -1
        then.pop("basis", None)
    elif kind is RedFlag:
        then["suspects"] = then["suspects"][:1] if len(then["suspects"]) > 1 else ["low_back_spasm", *then["suspects"]]
    else:
        record["when"] = {"any": [record["when"], {"fact": "age", "gte": 101}]}
    return id_, files | {path: json.dumps(record).encode()}


def starter(directory: Path, limit: float) -> None:
    files = read_directory(directory)
    kb = read(files)
    print(f"The starter knowledge base: {len(kb.active)} rules, {len(kb.questions)} questions")
    print(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        cold = Path(folder) / "proofs.sqlite"
        show("nothing kept", lambda: as_the_command_does(files, cold, limit))
        show("nothing changed", lambda: as_the_command_does(files, cold, limit))
        for kind, name in ((Evidence, "evidence"), (RedFlag, "red flag"), (Derived, "finding")):
            id_, changed = with_one_rule_changed(files, kb, kind)
            own = Path(shutil.copy(cold, Path(folder) / "one.sqlite"))
            again = partial(as_the_command_does, changed, own, limit)
            show(f"one {name} changed: {id_.split('/')[-1][:20]}", again)


def growth(sizes: list[int], limit: float) -> None:
    print("\nSynthetic knowledge bases of clinical shape, the reference evaluator alone")
    print(HEADER)
    first: tuple[int, float] | None = None
    for size in sizes:
        kb = clinical_kb(size, 1).kb
        cpu = show(f"{size} rules", partial(prove, kb, limit=limit))
        if first is None:
            first = size, cpu
        else:
            print(f"    {size / first[0]:.0f} times the rules: {cpu / first[1]:.1f} times the CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--seconds", type=float, default=20.0, help="the longest time for one property")
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 200, 400, 800])
    options = parser.parse_args()
    starter(options.kb, options.seconds)
    growth(options.sizes, options.seconds)


if __name__ == "__main__":
    main()
