"""How long proofs take: `python -m benchmarks.proofs`.

The starter knowledge base from nothing, and again after one rule was changed, with what was proved before kept; then
synthetic knowledge bases of 100 to 800 rules. CPU seconds stand beside the seconds that passed: on a busy machine only
they mean something.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from engine.assess import Assessor
from engine.files import read_directory
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.worker import Workers
from tests.random_kb import clinical_kb
from validators.proof.cache import Cache
from validators.proof.prove import Report, prove

EDITED = "rules/evidence/low_back_spasm/"


def timed(work: Callable[[], Report]) -> tuple[Report, float, float]:
    """What came back, the seconds that passed, and those of this process's CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    return work(), time.perf_counter() - wall, time.process_time() - cpu


def loaded(files: dict[str, bytes]) -> KnowledgeBase:
    """The knowledge base in some files."""
    kb = load(files).kb
    assert kb is not None
    return kb


def with_one_rule_changed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same with the weight of one evidence rule one deciban stronger."""
    path = next(path for path in sorted(files) if path.startswith(EDITED))
    record = json.loads(files[path])
    record["then"]["weight"] += 1 if record["then"]["weight"] > 0 else -1
    record["then"].pop("basis", None)
    record["judgement"] = "Changed for the benchmark."
    return {**files, path: json.dumps(record).encode()}


def told(what: str, report: Report, wall: float, cpu: float) -> None:
    """One line of the table."""
    tally = report.tally
    print(
        f"  {what:<34}{len(report.verdicts):>7}{tally.proved:>9}{tally.broken:>8}{tally.undecided:>11}"
        f"{tally.cached:>8}{wall:>9.1f}{cpu:>9.1f}"
    )
    sys.stdout.flush()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 200, 400, 800])
    options = parser.parse_args()
    head = ("proved", "broken", "undecided", "known", "seconds", "CPU s")
    print(f"  {'':<34}{'asked':>7}{head[0]:>9}{head[1]:>8}{head[2]:>11}{head[3]:>8}{head[4]:>9}{head[5]:>9}")
    files = read_directory(options.kb)
    with tempfile.TemporaryDirectory() as folder, Workers() as workers:
        cache = Cache(Path(folder) / "proofs.sqlite")
        for what, content in (
            ("starter, from nothing", files),
            ("starter, nothing changed", files),
            ("starter, one rule changed", with_one_rule_changed(files)),
        ):

            def work(content: dict[str, bytes] = content) -> Report:
                kb = loaded(content)
                return prove(kb, native=Assessor(kb, content, workers), cache=cache)

            told(what, *timed(work))
    for size in options.sizes:
        kb = clinical_kb(size, 1).kb
        told(f"synthetic, {size} rules", *timed(lambda kb=kb: prove(kb)))


if __name__ == "__main__":
    main()
