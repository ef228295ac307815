"""`algos prove` as a person uses it: exit codes, patients, certificates, time limits, Ctrl-C, and what is kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from authoring.cli import app
from authoring.opening import open_kb
from engine.knowledge import KnowledgeBase
from tests.conftest import ROOT, STARTER
from tests.forked_cli import algos
from tests.test_cli import example  # noqa: F401  # a fixture
from validators.proof import cache as keeping
from validators.proof import prove as proving
from validators.proof.cache import Cache
from validators.proof.properties import FAMILIES
from validators.proof.prove import prove
from validators.proof.solver import SOLVER, Prover, Undecided
from validators.proof.verdict import Query
from validators.proof.world import World

SOON: dict[str, Any] = {
    "id": "red_flags/numb_older",
    "title": "Older, and numb or locked",
    "when": {"all": [{"finding": "older"}, {"fact": "locked", "is": True}]},
    "then": {"red_flag": "soon", "suspects": ["spasm"], "message": "See a doctor."},
    "because": "you are older",
    "judgement": "An example.",
    "review_by": "2030-01-01",
}
NUMB_IS_AN_EMERGENCY: dict[str, Any] = {
    "id": "numb",
    "title": "Numbness",
    "whenever": {"fact": "numb", "is": True},
    "then": {"urgency_at_least": "emergency"},
    "hazard": "A cauda equina syndrome is missed.",
    "harm": "Lasting incontinence.",
    "severity": "major",
    "judgement": "An example.",
}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def write(kb: Path, path: str, record: object) -> None:
    (kb / path).parent.mkdir(parents=True, exist_ok=True)
    (kb / path).write_text(json.dumps(record), encoding="utf-8")


def read(kb: Path, path: str) -> Any:
    return json.loads((kb / path).read_text(encoding="utf-8"))


@pytest.fixture
def sound(example: Path) -> Path:  # noqa: F811
    """The example knowledge base, in which every property holds."""
    write(example, "rules/red_flags/numb_older.json", SOON)
    write(example, "safety/numb.json", NUMB_IS_AN_EMERGENCY)
    return example


@pytest.fixture
def unsound(sound: Path) -> Path:
    """The same with a red flag that is not urgent enough for the safety property."""
    path = "rules/red_flags/numb.json"
    rule = read(sound, path)
    rule["then"]["red_flag"] = "urgent"
    write(sound, path, rule)
    return sound


def test_everything_proved_is_exit_code_0_with_a_certificate(sound: Path) -> None:
    done = algos("prove", "--kb", sound)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 broken, 0 not decided" in done.stdout
    assert "(2 of them clinicians" not in done.stdout
    as_data = algos("prove", "--kb", sound, "--json")
    assert as_data.returncode == 0
    certificate = json.loads(as_data.stdout)
    assert certificate["complete"] is True
    assert certificate["solver"] == SOLVER
    assert certificate["counts"]["proved"] == certificate["counts"]["properties"] == len(certificate["verdicts"])
    assert certificate["confirmed"]["by_durable_rules"] > 0
    assert {one["verdict"] for one in certificate["verdicts"]} == {"proved"}
    assert "safety/safety/numb" in {one["id"] for one in certificate["verdicts"]}
    content = certificate["content"]
    write(sound, "safety/numb.json", NUMB_IS_AN_EMERGENCY | {"title": "Another title"})
    assert json.loads(algos("prove", "--kb", sound, "--json").stdout)["content"] != content


def test_a_broken_property_shows_the_patient_in_english(unsound: Path, tmp_path: Path) -> None:
    done = algos("prove", "--kb", unsound, "--patients", tmp_path / "patients")
    assert done.returncode == 1
    lines = [line.strip() for line in done.stdout.splitlines()]
    at = next(number for number, line in enumerate(lines) if line.endswith("safety/safety/numb"))
    assert lines[at].startswith("broken Numbness: Whenever Saddle numbness: yes: the urgency is at least")
    assert lines[at + 1 : at + 3] == ["this person:", "Saddle numbness: yes"]
    assert lines[at + 3].startswith("fix: ")
    saved = tmp_path / "patients" / "safety-safety-numb-1.json"
    assert json.loads(saved.read_text()) == {"numb": True}
    assessed = algos("assess", saved, "--kb", unsound, "--json")
    assert assessed.returncode == 0
    assert json.loads(assessed.stdout)["outcome"]["urgency"] == "urgent"
    assert all(algos("assess", path, "--kb", unsound).returncode == 0 for path in saved.parent.iterdir())
    only = algos("prove", "--kb", unsound, "--family", "safety", "--json")
    assert only.returncode == 1
    (broken,) = [one for one in json.loads(only.stdout)["verdicts"] if one["verdict"] == "broken"]
    assert broken["people"] == [{"numb": True}]


def test_patients_that_cannot_be_written_are_told(unsound: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = algos("prove", "--kb", unsound, "--family", "safety", "--patients", tmp_path / "file" / "patients")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_bad_input_is_exit_code_2(sound: Path) -> None:
    for arguments in (("--family", "urgent"), ("--seconds", "0"), ("--kb", sound / "nothing")):
        assert algos("prove", "--kb", sound, *arguments).returncode == 2
    assert "`urgency`" in algos("prove", "--kb", sound, "--family", "urgenc").stderr
    write(sound, "safety/numb.json", NUMB_IS_AN_EMERGENCY | {"then": {"flag": "red_flags/nothing"}})
    done = algos("prove", "--kb", sound)
    assert done.returncode == 2
    assert "safety/numb.json" in done.stderr
    assert "red_flags/nothing" in done.stderr


def test_what_is_not_decided_in_time_is_told_and_exit_code_1(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = Prover.find

    def slow(prover: Prover, wanted: Any, limit: float | None = None) -> Any:
        found = find(prover, wanted, limit)
        return Undecided(7.0) if len(prover.circuit) and prover.domains[1:] else found

    monkeypatch.setattr(Prover, "find", slow)
    done = CliRunner().invoke(app, ["prove", "--kb", str(sound)])
    assert done.exit_code == 1
    assert "not decided in 7 seconds" in done.output
    assert "(rest not" not in done.output
    monkeypatch.undo()
    again = CliRunner().invoke(app, ["prove", "--kb", str(sound)], env={"XDG_CACHE_HOME": str(sound.parent / "cache")})
    assert again.exit_code == 0, again.output  # what was not decided is not kept


def test_a_hard_property_is_given_up_when_the_time_is_up(starter: KnowledgeBase) -> None:
    hard = "unknowns/level/self_care"
    began = time.process_time()
    report = prove(starter, families=["unknowns"], only={hard}, limit=0.2)
    assert time.process_time() - began < 60
    (verdict,) = report.verdicts
    if verdict.status != "proved":  # a quick machine may decide it
        assert verdict.status == "undecided"
        assert verdict.detail.startswith("not decided in")
        assert not report.all_proved


def test_ctrl_c_stops_a_proof(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "authoring.cli", "prove", "--kb", str(STARTER), "--fresh"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores Ctrl-C
    )
    try:
        tasks = Path(f"/proc/{process.pid}/task")
        end = time.monotonic() + 60
        while len(list(tasks.iterdir())) < 2:  # the proofs run in a thread of their own
            assert time.monotonic() < end
            time.sleep(0.1)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        told, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 2
    assert "stopped" in errors
    assert "Traceback" not in errors
    assert told == ""


def test_a_difference_between_circuit_and_evaluator_is_a_fault_and_no_verdict(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from validators.proof.encode import Encoded

    gated = Encoded._any
    monkeypatch.setattr(Encoded, "_any", lambda self, parts: gated(self, parts).negate())
    done = CliRunner().invoke(app, ["prove", "--kb", str(sound), "--fresh"])
    assert done.exit_code == 2
    assert "a fault of the proofs" in done.output


# What is kept.


def queries(kb: KnowledgeBase) -> dict[str, tuple[set[str], Query]]:
    """Each query, with the questions that it reads, constraints among them."""
    world = World(kb)
    found = {}
    for family in FAMILIES.values():
        for one in family(world):
            if isinstance(one, Query):
                owners = {
                    domain.owner(node) for domain in world.domains for node in world.circuit.reads(list(one.wanted))
                }
                found[one.id] = ({name for name in owners if name}, one)
    return found


def test_after_an_edit_only_what_reads_it_is_proved_again(sound: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "proofs.sqlite")
    first = prove(open_kb(sound).kb, cache=cache)
    assert first.tally.cached == 0
    solved = {one.id for one in first.verdicts if one.seconds}
    again = prove(open_kb(sound).kb, cache=cache)
    assert {one.id for one in again.verdicts if one.cached} == solved
    assert [(one.id, one.status) for one in again.verdicts] == [(one.id, one.status) for one in first.verdicts]
    rule = read(sound, "rules/findings/older.json")
    write(sound, "rules/findings/older.json", rule | {"when": {"fact": "age", "gte": 61}, "examples": []})
    after = prove(open_kb(sound).kb, cache=cache)
    reads = {id_: names for id_, (names, _) in queries(open_kb(sound).kb).items()}
    kept = {one.id for one in after.verdicts if one.cached}
    assert kept == {id_ for id_ in solved if "age" not in reads[id_]}
    assert kept
    assert solved - kept


def test_wording_and_names_of_rules_leave_every_verdict_kept(sound: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "proofs.sqlite")
    first = prove(open_kb(sound).kb, cache=cache)
    rule = read(sound, "rules/evidence/older.json")
    (sound / "rules/evidence/older.json").unlink()
    write(sound, "rules/evidence/aged.json", rule | {"id": "evidence/aged", "title": "Aged"})
    again = prove(open_kb(sound).kb, cache=cache)
    assert again.tally.cached == sum(1 for one in first.verdicts if one.seconds)


def test_a_constraint_under_another_name_is_named_as_it_is_now(sound: Path, tmp_path: Path) -> None:
    def forbid(name: str) -> None:
        never = {"fact": "numb", "is": True}
        write(sound, f"constraints/{name}.json", {"id": name, "title": name, "never": never, "message": "Look."})

    def resting() -> set[str]:
        report = prove(open_kb(sound).kb, cache=Cache(tmp_path / "proofs.sqlite"), families=["reachable"])
        return {name for one in report.verdicts for name in one.depends_on}

    forbid("before")
    assert resting() == {"before"}
    (sound / "constraints/before.json").unlink()
    forbid("after")
    assert resting() == {"after"}


def test_of_a_large_cache_only_what_was_asked_for_is_read(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "proofs.sqlite")
    cache.put({f"{number:04}": {"number": number} for number in range(1_500)})
    asked = [f"{number:04}" for number in range(0, 3_000, 2)]
    assert cache.get(asked) == {f"{number:04}": {"number": number} for number in range(0, 1_500, 2)}
    assert cache.get([]) == {}


def test_what_nobody_asks_for_any_more_is_kept_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, start = tmp_path / "proofs.sqlite", date(2026, 1, 1)

    def on(day: int) -> Cache:
        return Cache(path, lambda: start + timedelta(days=day))

    many = {f"{number:05}": {"text": "x" * 100} for number in range(5_000)}
    on(0).put(many)
    large = path.stat().st_size
    assert on(keeping.DAYS).get(["00007"]) == {"00007": many["00007"]}  # asked for, so it stays
    on(keeping.DAYS + 1).put({"new": {}})
    assert set(on(keeping.DAYS + 1).get([*many, "new"])) == {"00007", "new"}
    assert path.stat().st_size < large / 2
    monkeypatch.setattr(keeping, "MOST", 2)
    on(keeping.DAYS + 2).get(["00007"])
    on(keeping.DAYS + 3).put({"newer": {}})
    assert set(on(keeping.DAYS + 3).get(["00007", "new", "newer"])) == {"00007", "newer"}


def test_a_cache_that_cannot_be_looked_at_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "proofs.sqlite")
    cache.put({"a": {}})

    def refused(path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refused)
    assert cache.get(["a"]) == {}


def test_a_cache_that_cannot_be_used_costs_nothing_but_time(sound: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"not a data base")
    for path in (broken, tmp_path / "kb" / "kb.json" / "no" / "folder.sqlite"):
        report = prove(open_kb(sound).kb, cache=Cache(path))
        assert report.all_proved
        assert report.tally.cached == 0


def test_families_are_proved_by_themselves(sound: Path) -> None:
    whole = {one.id: one.status for one in prove(open_kb(sound).kb).verdicts}
    parts: dict[str, str] = {}
    for family in FAMILIES:
        parts |= {one.id: one.status for one in prove(open_kb(sound).kb, families=[family]).verdicts}
    assert parts == whole
    assert proving.SAMPLE > 0
