"""How much faster a warehouse is than the engine on many people: `python -m benchmarks.sql`.

Synthetic people of the starter are drawn and written as a file. One process assesses some of them with the engine, one
after the other; others run the SQL on all of them in DuckDB, with one thread and with all. What both say is compared
before anything is told. Memory is what a process needed at its most, beyond what it needed to start.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from engine.answers import read_answers
from engine.assess import Assessor
from engine.canonical import identity
from engine.files import read_directory
from engine.knowledge import KnowledgeBase
from engine.load import load
from exports.sql.csv_file import csv_lines
from exports.sql.dictionary import Origin
from exports.sql.script import sql_script
from validators.population.people import people

ROOT = Path(__file__).parent.parent
SEED = 11


def starter() -> tuple[KnowledgeBase, dict[str, bytes]]:
    files = read_directory(ROOT / "kb")
    kb = load(files).kb
    assert kb is not None
    return kb, files


def peak() -> float:
    """The most memory that this process has had, in MB (Linux: `getrusage` would count its parent's too)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def by_engine(count: int) -> dict[str, object]:
    """The engine on the first `count` people."""
    kb, _ = starter()
    assessor, everybody = Assessor(kb), [read_answers(kb, one) for one in people(count, SEED)]
    before, start = peak(), time.perf_counter()
    urgencies = [assessor.assess(one).outcome.urgency.value for one in everybody]
    return {"per_second": count / (time.perf_counter() - start), "memory": peak() - before, "urgencies": urgencies}


def by_duckdb(folder: Path, threads: int, compared: int) -> dict[str, object]:
    """DuckDB on everybody in the file, from the table of answers to a table of outcomes."""
    connection = duckdb.connect()
    if threads:
        connection.execute(f"SET threads = {threads}")
    connection.execute((folder / "rules.sql").read_text(encoding="utf-8"))
    before, start = peak(), time.perf_counter()
    connection.execute(f"COPY answers FROM '{folder / 'answers.csv'}' (HEADER)")
    read = time.perf_counter()
    connection.execute("CREATE TABLE outcomes AS SELECT * FROM algos_outcomes")
    end = time.perf_counter()
    ordered = "SELECT urgency FROM outcomes ORDER BY CAST(person_id AS INTEGER)"
    urgencies = [one for (one,) in connection.execute(ordered).fetchall()]
    return {
        "per_second": len(urgencies) / (end - read),
        "with_reading": len(urgencies) / (end - start),
        "memory": peak() - before,
        "urgencies": urgencies[:compared],
    }


def in_a_process(*arguments: str) -> dict[str, Any]:
    """What a process of its own measured."""
    command = [sys.executable, "-m", "benchmarks.sql", *arguments]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--engine", type=int, default=2_000, help="how many of them the engine assesses")
    parser.add_argument("--part", choices=("engine", "duckdb"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part == "engine":
        print(json.dumps(by_engine(asked.engine)))
        return
    if asked.part == "duckdb":
        print(json.dumps(by_duckdb(asked.folder, asked.threads, asked.engine)))
        return
    kb, files = starter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules.sql").write_text(sql_script(kb, Origin(identity(files), "benchmark")), encoding="utf-8")
        with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
            drawn = ((str(at), read_answers(kb, one)) for at, one in enumerate(people(asked.people, SEED)))
            file.writelines(csv_lines(kb, drawn))
        compared = min(asked.engine, asked.people)
        engine = in_a_process("--part", "engine", "--engine", str(compared))
        print(f"{asked.people} people, {len(kb.active)} rules; the engine assessed {compared} of them")
        for threads, said in ((1, "one thread"), (0, "all threads")):
            found = in_a_process(
                *("--part", "duckdb", "--folder", name, "--threads", str(threads), "--engine", str(compared))
            )
            assert found["urgencies"] == engine["urgencies"], "the two differ"
            ratio = {key: found[key] / engine["per_second"] for key in ("per_second", "with_reading")}
            print(
                f"DuckDB, {said}: {ratio['per_second']:.1f} times the engine's people per second "
                f"({ratio['with_reading']:.1f} with reading the file), {found['memory']:.0f} MB more than at its start"
            )
        print(f"the engine: {engine['memory']:.0f} MB more than at its start")


if __name__ == "__main__":
    main()
