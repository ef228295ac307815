"""How the knowledge base does on published patients: `python -m benchmarks.vignettes`.

What is measured is in `validators/vignettes.py`. Counts are printed, not only shares: thirteen patients prove little.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.assess import Assessor
from engine.files import read_directory
from engine.load import load
from engine.model.rule import Urgency
from validators.vignettes import READINGS, Accuracy, accuracy, read_patients


def main() -> None:
    """Print one row a patient and reading, then the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--patients", type=Path, default=Path(__file__).parent, help="a folder of patients as JSON")
    options = parser.parse_args()
    kb = load(read_directory(options.kb)).kb
    assert kb is not None
    assessor = Assessor(kb)
    patients = read_patients(options.patients)
    for reading in READINGS:
        print(f"\n{reading}")
        run = accuracy(assessor, patients, reading)
        for one in run.patients:
            print(
                f"  {one.id} {one.diagnosis[:34]:<34} {one.true:<10} got {one.got:<10}"
                f" place {one.place or '-'}  {', '.join(one.named[:4])}  [{one.reason}]"
            )
        report(run)


def report(run: Accuracy) -> None:
    """Counts of ranking and urgency, with the confusion table."""
    n = run.n
    print(f"  first {run.first} of {n}, within three {run.within_three} of {n}")
    right = n - run.too_low - run.too_high
    print(f"  urgency: right {right}, too low {run.too_low}, too high {run.too_high}; emergencies missed {run.missed}")
    print("  rows: true urgency, columns: urgency given")
    print("    " + " " * 10 + "".join(f"{level:>11}" for level in Urgency))
    for true in Urgency:
        print(f"    {true:<10}" + "".join(f"{run.table[true, got]:>11}" for got in Urgency))


if __name__ == "__main__":
    main()
