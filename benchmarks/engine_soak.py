"""Whether durable_rules keeps its memory and its answers over a long time: `python -m benchmarks.engine_soak`.

Assessments go through one worker that is never recycled; recompilations and random pairs run in this process. Memory
is the resident memory of this process and the worker together, from after a warm-up. Every answer is compared with
the reference evaluator's. Exits with 1 where memory grows by more than 50 MB, or an answer differs. It reads Linux's
/proc.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from engine.canonical import identity
from engine.durable import DurableEvaluator
from engine.evaluate import Evaluator
from engine.worker import Workers
from tests.random_kb import clinical_kb, random_answers, random_kb

MOST_GROWTH = 50.0
"""Megabytes."""
WARM_UP = 500
RULES = 100
"""Rules of the knowledge base that is assessed and recompiled."""


def resident(*processes: int) -> float:
    """Resident memory of these processes and this one, in megabytes."""
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (os.getpid(), *processes)]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


def report(what: str, number: int, began: float, growth: float, wrong: int) -> bool:
    """Print one line; whether all is well."""
    well = growth <= MOST_GROWTH and not wrong
    print(
        f"{what:<16}{number:>8}  memory {growth:+7.1f} MB  different answers {wrong}  "
        f"{time.monotonic() - began:6.0f} s  {'ok' if well else 'FAILED'}",
        flush=True,
    )
    return well


def soak(what: str, number: int, once: Callable[[], int], memory: Callable[[], float], at_once: int = 1) -> bool:
    """Do something many times, `at_once` in one call, after a warm-up; `once` returns how many answers were wrong."""
    began = time.monotonic()
    calls = -(-number // at_once)
    wrong = sum(once() for _ in range(min(WARM_UP, calls)))
    gc.collect()
    before = memory()
    wrong += sum(once() for _ in range(calls))
    gc.collect()
    return report(what, number, began, memory() - before, wrong)


def assessments(number: int) -> bool:
    made, rng = clinical_kb(RULES, 1), Random(1)
    reference, kb_id = Evaluator(made.kb), identity(made.files)
    with Workers(recycle_after=sys.maxsize) as workers:

        def once() -> int:
            answers = random_answers(rng, made.kb)
            return workers.evaluate(kb_id, made.files, answers) != reference.evaluate(answers)

        once()
        process = workers.running()
        well = soak("assessments", number, once, lambda: resident(*workers.running().values()))
        if workers.running() != process:
            print("the worker died on the way")
            return False
        return well


def recompilations(number: int) -> bool:
    made, rng = clinical_kb(RULES, 1), Random(1)
    reference = Evaluator(made.kb)

    def once() -> int:
        answers = random_answers(rng, made.kb)
        with DurableEvaluator(made.kb) as durable:
            return durable.evaluate(answers) != reference.evaluate(answers)

    return soak("recompilations", number, once, resident)


def pairs(number: int) -> bool:
    """Ten people for each random knowledge base."""
    rng = Random(1)

    def ten() -> int:
        made = random_kb(rng)
        reference = Evaluator(made.kb)
        with DurableEvaluator(made.kb) as durable:
            people = [random_answers(rng, made.kb) for _ in range(10)]
            return sum(durable.evaluate(answers) != reference.evaluate(answers) for answers in people)

    return soak("random pairs", number, ten, resident, at_once=10)


def main() -> int:
    parser = argparse.ArgumentParser(description="Memory and answers of durable_rules over a long time.")
    parser.add_argument("--assessments", type=int, default=100_000)
    parser.add_argument("--recompilations", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=100_000)
    options = parser.parse_args()
    well = [assessments(options.assessments), recompilations(options.recompilations), pairs(options.pairs)]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
