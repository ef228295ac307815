"""How much the cases try, and how many patients it takes to try the rest.

    python -m benchmarks.cases_generated [--kb kb]

A thing to try is a comparison that alone makes a rule true, or alone keeps it from being true. Printed are counts, the
time for all, and as a ratio how many things one patient tries; exits with 1 where something stays undecided.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from authoring.opening import open_kb
from validators.proof.filling import fill


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    kb = open_kb(parser.parse_args().kb).kb
    filled = fill(kb, seconds=1800)
    possible = filled.goals - len(filled.impossible)
    tries = [one for patient in filled.patients for one in patient.tries]
    single = sum(one.instead is not None for one in tries)
    print(f"generated cases: {len(kb.active)} rules, {filled.goals} things to try\n")
    rows: list[tuple[str, object]] = [
        ("tried by cases", filled.by_cases),
        ("only by rules' own examples", filled.by_examples),
        ("only by cases that wait for a word", filled.by_waiting),
        ("only by new patients", filled.by_patients),
        ("proved impossible", len(filled.impossible)),
        ("  of these in the rule itself", sum(not goal.chained for goal in filled.impossible)),
        ("not decided", len(filled.open)),
        ("tried before, percent of the possible", f"{100 * filled.before / possible:.1f}" if possible else "-"),
        ("new patients", len(filled.patients)),
        ("things one of them tries, mean", f"{len(tries) / len(filled.patients):.1f}" if tries else "-"),
        ("turned by one other answer, percent", f"{100 * single / len(tries):.0f}" if tries else "-"),
        ("answers changed, at most", max((len(one.changed) for one in filled.patients), default=0)),
        ("seconds", f"{filled.seconds:.0f}"),
    ]
    for name, value in rows:
        print(f"{name:<40}{value!s:>8}")
    for few in (20, 50, 100):
        by_few = sum(len(patient.tries) for patient in filled.patients[:few])
        print(f"{f'tried by the first {few} new patients':<40}{by_few:>8}")
    return 1 if filled.open else 0


if __name__ == "__main__":
    sys.exit(main())
