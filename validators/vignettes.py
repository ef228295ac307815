"""How rules do on published patients of whom the diagnosis and the urgency are known.

Each patient is answered twice: what the text does not say is "not sure" (this judges missed emergencies), and warning
signs that the text does not mention are answered no, as a reader would take them (this judges over-triage and ranking).
Counts are told, not only shares: a dozen patients prove little.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.answers import read_answers
from engine.assess import Assessor
from engine.finding import Finding, KnowledgeError
from engine.model.rule import Urgency

Reading = Literal["unstated_unknown", "unstated_no"]
READINGS: tuple[Reading, ...] = ("unstated_unknown", "unstated_no")


@dataclass(frozen=True)
class Told:
    """What one patient was told."""

    id: str
    source: str
    diagnosis: str
    true: Urgency
    got: Urgency
    place: int
    """Where the right cause stands; 0 where it is not named."""
    named: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Accuracy:
    """How one reading of all patients came out."""

    reading: Reading
    patients: tuple[Told, ...]

    @property
    def n(self) -> int:
        """How many patients there are."""
        return len(self.patients)

    @property
    def first(self) -> int:
        """Patients whose right cause stands first."""
        return sum(1 for one in self.patients if one.place == 1)

    @property
    def within_three(self) -> int:
        """Patients whose right cause is among the first three."""
        return sum(1 for one in self.patients if 1 <= one.place <= 3)

    @property
    def too_low(self) -> int:
        """Patients told to wait longer than they should."""
        return sum(1 for one in self.patients if one.got.level < one.true.level)

    @property
    def too_high(self) -> int:
        """Patients told to be seen sooner than they need."""
        return sum(1 for one in self.patients if one.got.level > one.true.level)

    @property
    def emergencies(self) -> int:
        """Patients who are an emergency."""
        return sum(1 for one in self.patients if one.true is Urgency.EMERGENCY)

    @property
    def missed(self) -> int:
        """Emergencies that were not told so."""
        return sum(1 for one in self.patients if one.true is Urgency.EMERGENCY and one.got is not Urgency.EMERGENCY)

    @property
    def table(self) -> Counter[tuple[Urgency, Urgency]]:
        """How often each true urgency was given each urgency."""
        return Counter((one.true, one.got) for one in self.patients)


def read_patients(folder: Path) -> list[dict[str, Any]]:
    """The patients in a folder, one JSON file each. Raises KnowledgeError where there are none, or one is damaged."""
    patients = []
    for path in sorted(folder.glob("*.json")):
        try:
            one = json.loads(path.read_text(encoding="utf-8"))
            Urgency(one["urgency"])
            if not all(key in one for key in ("id", "source", "diagnosis", "accepted", *READINGS)):
                raise KeyError
        except (OSError, ValueError, KeyError, TypeError):
            what = "it is no published patient"
            fix = f"give id, source, diagnosis, accepted, urgency, {' and '.join(READINGS)}"
            raise KnowledgeError([Finding(str(path), 0, "", "VG001", "vignettes.form", what, fix)]) from None
        patients.append(one)
    if not patients:
        fix = "give a folder with one JSON file for each patient, such as benchmarks/vignettes"
        what = "there are no published patients in it"
        raise KnowledgeError([Finding(str(folder), 0, "", "VG001", "vignettes.form", what, fix)])
    return patients


def accuracy(assessor: Assessor, patients: Sequence[dict[str, Any]], reading: Reading) -> Accuracy:
    """Assess every patient in one reading. Raises KnowledgeError where their answers are to other questions."""
    told = []
    for patient in patients:
        outcome = assessor.assess(read_answers(assessor.kb, patient[reading], patient["id"])).outcome
        named = [view.id for view in outcome.named]
        reason = f"{outcome.reasons[0].kind} {outcome.reasons[0].id}"
        place = next((at for at, name in enumerate(named, 1) if name in patient["accepted"]), 0)
        true = Urgency(patient["urgency"])
        told.append(
            Told(
                patient["id"],
                patient["source"],
                patient["diagnosis"],
                true,
                outcome.urgency,
                place,
                tuple(named),
                reason,
            )
        )
    return Accuracy(reading, tuple(told))
