"""Gathering what a safety file is made from, for somebody who typed a command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console

from authoring.named_files import read_named, write_named
from authoring.opening import Opened
from authoring.proving import prove_with_progress
from authoring.review.approved import as_they_stand
from authoring.review.opening import open_desk
from authoring.store import WorkspaceError
from authoring.working import Step, with_progress
from engine import jsontext
from engine.assess import Assessor
from engine.canonical import digest, identity
from engine.finding import Finding, KnowledgeError
from exports.safety_file.document import Document
from exports.safety_file.facts import Component, Facts, Hands, Measured, Release
from exports.safety_file.html import safety_html
from exports.safety_file.pdf import safety_pdf
from exports.safety_file.risk import Judged, read_judged
from exports.safety_file.tables import safety_tables
from validators.cases import Result, run_cases, run_examples
from validators.population.people import draw
from validators.population.triage import SEED, Triage, triage
from validators.proof.certificate import certificate
from validators.registry import check_files
from validators.vignettes import READINGS, Accuracy, accuracy, read_patients

MOST = 64 * 1024 * 1024
"""The largest certificate or file of risks that is read, in bytes."""
RUNTIME = ("pydantic", "joserfc", "rfc8785")
"""What the Python runtime needs (the import contract in pyproject.toml holds it to these)."""


def gather(
    opened: Opened,
    directory: Path,
    *,
    today: date,
    err: Console,
    proof: Path | None = None,
    risks: Path | None = None,
    vignettes: Path | None = None,
    people: int = 6_000,
    seconds: float = 20.0,
) -> Facts:
    """Everything that goes into the file, with progress on `err`.

    `proof` is a certificate of `algos prove --json`, taken instead of proving anew; `risks` what clinicians judged;
    `vignettes` a folder of published patients; `people` how many of the reference population the alarm rate is
    measured on. Raises KnowledgeError for what cannot be read, Cancelled at Ctrl-C, and TranslationError.
    """
    kb, content = opened.kb, identity(opened.loaded.files)
    judged: Mapping[str, Judged] = {}
    if risks is not None:
        judged = read_judged(read_named(risks, MOST), list(kb.safety), str(risks))
    read = certificate_in(proof, content) if proof is not None else None
    patients = read_patients(vignettes) if vignettes is not None else None
    proved: Mapping[str, Any] = read or certificate(prove_with_progress(opened, seconds, [], False, err), kb, content)
    assessor = Assessor(kb)

    def measure(step: Step, cancel: threading.Event) -> _Runs:
        return _Runs(assessor, people, patients, step, cancel)

    runs = with_progress("measuring", measure, err)
    return Facts(
        kb=kb,
        content=content,
        version=metadata.version("algos"),
        today=today,
        findings=tuple(check_files(opened.loaded.files, today)[1]),
        examples=runs.examples,
        cases=runs.cases,
        certificate=proved,
        proved=Measured(today, f"algos prove --json > {proof.name}" if proof else "algos prove"),
        alarms=runs.alarms,
        vignettes=runs.vignettes,
        measured=Measured(today, f"algos safety-file --people {people}"),
        hands=hands(directory, opened.loaded.files),
        releases=releases(directory),
        components=tuple(components()),
        judged=judged,
    )


class _Runs:
    """Examples, cases, the reference population and published patients, assessed one after the other."""

    def __init__(
        self,
        assessor: Assessor,
        people: int,
        patients: list[dict[str, Any]] | None,
        step: Step,
        cancel: threading.Event,
    ) -> None:
        kb = assessor.kb
        of, done = len(kb.active) + len(kb.cases) + people, 0

        def counted(results: Iterator[Any], what: str) -> Iterator[Any]:
            nonlocal done
            for one in results:
                done += 1
                step(done, of, what)
                if cancel.is_set():
                    raise KeyboardInterrupt
                yield one

        self.examples: dict[str, Result] = {one.id: one for one in counted(run_examples(assessor), "examples")}
        self.cases: dict[str, Result] = {one.id: one for one in counted(run_cases(assessor), "cases")}
        self.alarms: Triage | str
        try:
            self.alarms = triage(assessor, counted(draw(people, SEED), "reference population"))
        except KnowledgeError:
            self.alarms = "the reference population answers other questions than this knowledge base asks"
        self.vignettes: tuple[Accuracy, ...] | str = "no folder of published patients was given (--vignettes)"
        if patients is not None:
            try:
                self.vignettes = tuple(accuracy(assessor, patients, reading) for reading in READINGS)
            except KnowledgeError as error:
                self.vignettes = f"they answer other questions than this knowledge base asks ({error.findings[0].what})"


def certificate_in(path: Path, content: str) -> Mapping[str, Any]:
    """A certificate that speaks of exactly this content. Raises KnowledgeError."""
    read = jsontext.read(read_named(path, MOST), str(path), limit=MOST)
    if not _is_certificate(read):
        raise KnowledgeError([_refused(path, "it is no certificate of `algos prove --json`", "give one, or none")])
    assert isinstance(read, dict)
    if read.get("content") != content:
        what = f"it proves other content ({str(read.get('content'))[:12]}, not {content[:12]})"
        raise KnowledgeError([_refused(path, what, "prove this content: algos prove --json > proof.json")])
    return read


def _is_certificate(read: object) -> bool:
    """Whether something has the form of what `algos prove --json` writes."""
    if not isinstance(read, dict) or read.get("format") != "algos-proof-certificate/1":
        return False
    counts, confirmed, verdicts = (read.get(key) for key in ("counts", "confirmed", "verdicts"))
    return (
        isinstance(counts, dict)
        and {"properties", "proved", "broken", "undecided", "safety"} <= counts.keys()
        and isinstance(confirmed, dict)
        and {"by_reference", "by_durable_rules"} <= confirmed.keys()
        and {"solver", "encoding", "semantics"} <= read.keys()
        and isinstance(verdicts, list)
        and all(
            isinstance(one, dict)
            and isinstance(one.get("id"), str)
            and isinstance(one.get("says"), str)
            and one.get("verdict") in ("proved", "broken", "undecided")
            and all(isinstance(name, str) for name in one.get("depends_on", []))
            for one in verdicts
        )
    )


def hands(directory: Path, files: Mapping[str, bytes]) -> Mapping[str, Hands] | str:
    """Who wrote and who approved each record as it stands, or why that is not known."""
    place = _repository(directory)
    if isinstance(place, str):
        return place
    try:
        desk = open_desk(*place)
        state, commit = desk.state(), desk.workspace.commit_at("HEAD")
        if commit is None:
            return "nothing is committed in its git repository yet"
        view = desk.views.at(commit, date.today())
        writers = desk.workspace.writers(commit, state.merge_commits)
        paths = {record.path for one in state.standing for record in one.what.records} & set(view.files)
        # Looking at how records stand reads and checks the whole commit, which takes seconds.
        standing = {one.record.path: one for one in as_they_stand(desk, state, view, paths)} if paths else {}
    except WorkspaceError as error:
        return error.what
    merged: dict[tuple[str, str | None], set[str]] = {}
    for change in state.changes.values():
        for approval in change.approvals:
            if change.merged and approval.number in change.merged.approvals and not approval.withdrawn:
                for record in approval.what.records:
                    merged.setdefault((record.path, record.after), set()).add(approval.by.name)
    found = {}
    for path, people in writers.items():
        if path not in files:
            continue
        now = digest(files[path], path)
        changed = path not in view.files or digest(view.files[path], path) != now
        names = set(merged.get((path, now), ()))
        if not changed and path in standing:
            names |= {approval.by.name for approval in standing[path].approved_by}
        found[path] = Hands(tuple(sorted({one.name for one in people})), tuple(sorted(names)), changed)
    return found


def releases(directory: Path) -> tuple[Release, ...] | str:
    """The releases of the knowledge base, or why none is listed."""
    place = _repository(directory)
    if isinstance(place, str):
        return place
    try:
        made = open_desk(*place).state().releases
    except WorkspaceError as error:
        return error.what
    return (
        tuple(
            Release(
                one.what.number,
                one.what.name + (" (a preview)" if one.what.preview else ""),
                one.at.date(),
                one.by.name,
                one.what.identity,
                f"retired: {one.retired.reason}" if one.retired else None,
            )
            for one in made
        )
        or "none was made"
    )


def _repository(directory: Path) -> tuple[Path, str] | str:
    """The git repository that a knowledge base lies in, and its folder there; or why there is none."""
    whole = directory.resolve()
    for parent in (whole, *whole.parents):
        if (parent / ".git").exists():
            return parent, "" if parent == whole else whole.relative_to(parent).as_posix()
    return "the knowledge base lies in no git repository"


def components() -> Iterator[Component]:
    """What Algos needs of others, with the versions that are installed."""
    for text in sorted(metadata.requires("algos") or (), key=str.lower):
        if "extra ==" in text:
            continue
        name = text.split(";")[0]
        for sign in "<>=!~[ ":
            name = name.split(sign)[0]
        try:
            found = metadata.metadata(name).json
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        licence = str(found.get("license_expression", "")) or _classified(found.get("classifier", []))
        licence = licence or str(found.get("license", "")).split("\n")[0] or "not told by the package"
        used = "toolkit and Python runtime" if name.lower() in RUNTIME else "toolkit"
        yield Component(name, version, licence, used)


def _classified(classifiers: Iterable[str]) -> str:
    licences = [one.rsplit(" :: ", 1)[-1] for one in classifiers if one.startswith("License ::")]
    return ", ".join(licences)


def write_file(document: Document, folder: Path) -> Iterator[Path]:
    """Write the file as HTML, PDF and CSV; yield each path when it is there. Raises KnowledgeError."""
    pieces: list[tuple[str, Callable[[], bytes]]] = [
        ("safety-file.html", lambda: safety_html(document).encode()),
        ("safety-file.pdf", lambda: safety_pdf(document)),
    ]
    for name, made in (*((name, make()) for name, make in pieces), *_tables(document)):
        path = folder / name
        write_named(path, made)
        yield path


def _tables(document: Document) -> Iterator[tuple[str, bytes]]:
    for name, data in safety_tables(document):
        yield f"csv/{name}", data


def _refused(path: Path, what: str, fix: str) -> Finding:
    return Finding(str(path), 0, "", "SF103", "safety-file.input", what, fix)
