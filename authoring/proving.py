"""Proofs for somebody who typed a command: progress, cancelling, and verdicts in words."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from authoring.named_files import write_named
from authoring.opening import Opened
from authoring.working import Step, with_progress
from engine.assess import Assessor
from engine.canonical import identity
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from engine.worker import Workers
from validators.population.triage import alarm_rate, interval
from validators.proof.cache import Cache, usual_place
from validators.proof.certificate import certificate
from validators.proof.describe import person_lines
from validators.proof.prove import Report, prove
from validators.proof.verdict import Verdict

MARKS = {"proved": "[green]proved[/]", "broken": "[bold red]broken[/]", "undecided": "[yellow]not decided[/]"}


def prove_with_progress(opened: Opened, seconds: float, families: list[str], fresh: bool, err: Console) -> Report:
    """Prove with a progress bar on `err`. Raises Cancelled at Ctrl-C, KnowledgeError and TranslationError."""

    def work(step: Step, cancel: threading.Event) -> Report:
        with Workers() as workers:
            native = Assessor(opened.kb, opened.loaded.files, workers)
            return prove(
                opened.kb,
                native=native,
                limit=seconds,
                cache=Cache(None if fresh else usual_place()),
                families=families or None,
                progress=step,
                cancel=cancel,
            )

    return with_progress("proving", work, err)


def report_lines(kb: KnowledgeBase, report: Report, every: bool) -> Iterator[str]:
    """The verdicts in words: what is broken first, with whom it fails for; everything with `every`."""
    for verdict in report.open:
        yield from verdict_lines(kb, verdict)
    if every:
        for verdict in report.verdicts:
            if verdict.status == "proved":
                yield from verdict_lines(kb, verdict, examples=False)
    resting = [verdict for verdict in report.verdicts if verdict.depends_on]
    if resting and not every:
        yield f"{len(resting)} verdicts rest on a constraint: " + ", ".join(
            sorted({name for verdict in resting for name in verdict.depends_on})
        )
    noted = sum(1 for verdict in report.verdicts if verdict.note)
    if noted and not every:
        yield f"{noted} verdicts hold with an exception that has its reason; --all shows them"
    tally = report.tally
    safety = sum(1 for verdict in report.verdicts if verdict.subject[0] == "safety")
    yield (
        f"{tally.proved} proved, {tally.broken} broken, {tally.undecided} not decided, of {len(report.verdicts)} "
        f"properties ({safety} of them clinicians' safety properties) in {report.seconds:.0f} s; "
        f"{tally.cached} were known from before"
    )
    yield (
        f"{report.confirmed} people of the proofs were carried out by the reference evaluator, "
        f"{report.confirmed_native} of them by durable_rules as well: no difference"
    )


def alarm_lines(assessor: Assessor) -> Iterator[str]:
    """The alarm rate on the reference population, with what asks for most of it and what it rests on."""
    run = alarm_rate(assessor)
    if run is None:
        yield "alarm rate: the reference population answers other questions than this knowledge base asks"
        return
    low, high = interval(run.alarms, run.n)
    yield (
        f"alarm rate: {run.alarms} of {run.n} synthetic people ({100 * run.alarms / run.n:.1f} %, 95 % interval "
        f"{100 * low:.1f} to {100 * high:.1f}) are told to be seen today or now"
    )
    asking = sorted(run.reasons.get(Urgency.URGENT, {}).items(), key=lambda one: -(one[1].true + one[1].open))
    yield "  most often because of " + ", ".join(f"{name} ({one.true + one.open})" for name, one in asking[:5])
    yield "  it rests on assumptions about who answers and how they misread (validators/population/assumptions.json)"


def verdict_lines(kb: KnowledgeBase, verdict: Verdict, examples: bool = True) -> Iterator[str]:
    """One verdict in words."""
    yield f"{MARKS[verdict.status]} {escape(verdict.says)} [dim]{escape(verdict.id)}[/]"
    if verdict.detail:
        yield f"  {escape(verdict.detail)}"
    if verdict.status != "proved" and examples:
        # nobody can be shown where what should be possible for somebody is not, or where the time was up
        for called, person in zip(verdict.told if verdict.people else (), verdict.people, strict=True):
            yield f"  {escape(called)}:"
            yield from (f"    {escape(line)}" for line in person_lines(kb, person))
    if verdict.depends_on:
        yield f"  rests on the constraint {escape(', '.join(verdict.depends_on))}"
    if verdict.note:
        yield f"  note: {escape(verdict.note)}"
    if verdict.fix and verdict.status == "broken":
        yield f"  fix: {escape(verdict.fix)}"


def certificate_text(opened: Opened, report: Report) -> str:
    """The certificate as JSON text."""
    content = identity(opened.loaded.files)
    return json.dumps(certificate(report, opened.kb, content), indent=2, ensure_ascii=False) + "\n"


def save_patients(report: Report, folder: Path) -> list[Path]:
    """Write those for whom a property fails as files of answers for `algos assess` and `algos why`.

    Raises KnowledgeError where one cannot be written.
    """
    written = []
    for verdict in report.open:
        for number, person in enumerate(verdict.people, 1):
            path = folder / f"{verdict.id.replace('/', '-')}-{number}.json"
            write_named(path, (json.dumps(person.to_json(), indent=2) + "\n").encode())
            written.append(path)
    return written
