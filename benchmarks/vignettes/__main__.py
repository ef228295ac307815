"""How the knowledge base does on published patients: `python -m benchmarks.vignettes`.

What is measured is in `validators/vignettes.py`. Counts are printed, not only shares: thirteen patients prove little.
A second set, in `second/`, was collected from other publications when the rules had been written; a third, in `third/`,
when the rules had been changed for the second; a fourth, in `fourth/`, when they had been changed for the third. Their
urgency and the answers were judged by engineers from the texts, before they saw what the rules say; no clinician has
looked at them. The third and the fourth keep each story, in our own words.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.assess import Assessor
from engine.files import read_directory
from engine.load import load
from engine.model.rule import Urgency
from validators.vignettes import READINGS, Accuracy, accuracy, read_patients

HERE = Path(__file__).parent


def main() -> None:
    """Print one row a patient and reading, then the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--patients", type=Path, help="a folder of patients as JSON; otherwise all four sets")
    options = parser.parse_args()
    kb = load(read_directory(options.kb)).kb
    assert kb is not None
    assessor = Assessor(kb)
    folders = (
        [options.patients] if options.patients else [HERE, *(HERE / set_ for set_ in ("second", "third", "fourth"))]
    )
    for folder in folders:
        patients = read_patients(folder)
        for reading in READINGS:
            print(f"\n{folder.name}, {reading}")
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
