"""Published patients: no emergency among them is missed, and the right cause is seldom far down."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assess import Assessor
from engine.knowledge import KnowledgeBase
from validators.vignettes import READINGS, Reading, accuracy, read_patients

FOLDER = Path(__file__).parent.parent / "benchmarks" / "vignettes"


@pytest.mark.parametrize("reading", READINGS)
def test_the_patients_that_rules_were_tuned_on(starter: KnowledgeBase, reading: Reading) -> None:
    run = accuracy(Assessor(starter), read_patients(FOLDER), reading)
    assert run.missed == 0
    assert run.n == 13
    assert run.first >= 9
    assert run.within_three >= 12


def test_the_patients_that_were_collected_later(starter: KnowledgeBase) -> None:
    run = accuracy(Assessor(starter), read_patients(FOLDER / "second"), "unstated_no")
    assert run.missed == 0
    assert run.emergencies >= 10
    assert run.first >= 0.55 * run.n
    assert run.within_three >= 0.75 * run.n


@pytest.mark.parametrize("reading", READINGS)
def test_the_patients_that_were_collected_last(starter: KnowledgeBase, reading: Reading) -> None:
    run = accuracy(Assessor(starter), read_patients(FOLDER / "third"), reading)
    assert run.missed == 0
    assert run.n == 40
    assert run.emergencies >= 6
    assert run.first >= 0.7 * run.n
    assert run.within_three >= 0.8 * run.n


def test_the_last_patients_are_other_people_and_tell_their_story() -> None:
    earlier = {one["url"] for folder in (FOLDER, FOLDER / "second") for one in read_patients(folder)}
    for one in read_patients(FOLDER / "third"):
        assert one["url"] not in earlier, f"{one['id']} was in an earlier set"
        assert len(one["story"]) > 60
        assert one["urgency_reason"]
