"""How the knowledge base does on published patients: `python -m benchmarks.vignettes`.

Each patient is answered twice: what the text does not say is "not sure" (this judges missed emergencies), and warning
signs that the text does not mention are answered no, as a reader would take them (this judges over-triage and ranking).
Counts are printed, not only shares: thirteen patients prove little.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from engine.answers import read_answers
from engine.assess import Assessor
from engine.files import read_directory
from engine.load import load
from engine.model.rule import Urgency

READINGS = ("unstated_unknown", "unstated_no")


def main() -> None:
    """Print one row a patient and reading, then the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--patients", type=Path, default=Path(__file__).parent, help="a folder of patients as JSON")
    options = parser.parse_args()
    kb = load(read_directory(options.kb)).kb
    assert kb is not None
    assessor = Assessor(kb)
    patients = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.patients.glob("*.json"))]
    for reading in READINGS:
        first = three = 0
        table: Counter[tuple[Urgency, Urgency]] = Counter()
        print(f"\n{reading}")
        for patient in patients:
            outcome = assessor.assess(read_answers(kb, patient[reading], patient["id"])).outcome
            named = [view.id for view in outcome.named]
            place = next((at for at, name in enumerate(named, 1) if name in patient["accepted"]), 0)
            first += place == 1
            three += 1 <= place <= 3
            true = Urgency(patient["urgency"])
            table[true, outcome.urgency] += 1
            reason = f"{outcome.reasons[0].kind} {outcome.reasons[0].id}"
            print(
                f"  {patient['id']} {patient['diagnosis'][:34]:<34} {true:<10} got {outcome.urgency:<10}"
                f" place {place or '-'}  {', '.join(named[:4])}  [{reason}]"
            )
        report(len(patients), first, three, table)


def report(n: int, first: int, three: int, table: Counter[tuple[Urgency, Urgency]]) -> None:
    """Counts of ranking and urgency, with the confusion table."""
    missed = sum(
        number for (true, got), number in table.items() if true is Urgency.EMERGENCY and got is not Urgency.EMERGENCY
    )
    under = sum(number for (true, got), number in table.items() if got.level < true.level)
    over = sum(number for (true, got), number in table.items() if got.level > true.level)
    print(f"  first {first} of {n}, within three {three} of {n}")
    print(f"  urgency: right {n - under - over}, too low {under}, too high {over}; emergencies missed {missed}")
    print("  rows: true urgency, columns: urgency given")
    print("    " + " " * 10 + "".join(f"{level:>11}" for level in Urgency))
    for true in Urgency:
        print(f"    {true:<10}" + "".join(f"{table[true, got]:>11}" for got in Urgency))


if __name__ == "__main__":
    main()
