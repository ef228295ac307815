"""The command line: `algos`.

Exit codes: 0 fine, 1 something was found, 2 it could not run.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from authoring.commands import bundles, comparing, languages, papers, releasing, warehousing
from authoring.commands.releasing import open_release
from authoring.opening import FOR_PROOFS, Opened, open_kb, read_answers_file, read_response_file
from authoring.saying import change_line, outcome_lines, trace_lines, why_not_lines
from engine import english
from engine.answers import Answers
from engine.assess import Assessment, Assessor
from engine.explain import changes, trace, why_not
from engine.files import read_directory
from engine.finding import Finding, KnowledgeError, Severity
from engine.nearest import nearest
from engine.worker import Workers
from validators.cases import run_cases, run_examples

app = typer.Typer(
    help="Clinical rules for pain: assess answers, explain rules, and check a knowledge base.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

KbOption = Annotated[Path, typer.Option("--kb", help="The knowledge base's directory.", show_default=True)]
DEFAULT_KB = Path("kb")

FINE, FOUND, COULD_NOT = 0, 1, 2


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tell what stands in the way, and exit with 2: never a traceback for bad input."""
    try:
        yield
    except KnowledgeError as error:
        _print_findings(error.findings, most=10)
        raise typer.Exit(COULD_NOT) from None
    except BrokenPipeError:
        raise typer.Exit(FINE) from None
    except KeyboardInterrupt:
        err.print("stopped")
        raise typer.Exit(COULD_NOT) from None


def _print_findings(findings: list[Finding], most: int = 200) -> None:
    for finding in findings[:most]:
        err.print(escape(str(finding)))
    if len(findings) > most:
        err.print(f"and {len(findings) - most} more: `algos check` shows them all")


def _assess(opened: Opened, answers: Answers, workers: Workers) -> Assessment:
    return Assessor(opened.kb, opened.loaded.files, workers).assess(answers)


def _as_json(assessment: Assessment, kb_unreviewed: str) -> str:
    data = {
        "outcome": assessment.outcome.model_dump(mode="json"),
        "answers": assessment.answers.to_json(),
        "engine": assessment.engine,
        "note": assessment.note,
        "unreviewed": kb_unreviewed,
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def _exit_for(assessment: Assessment) -> None:
    """Exit with 1 where the answers have to be corrected or the two evaluators differed."""
    if assessment.outcome.corrections or assessment.note:
        raise typer.Exit(FOUND)


@app.command()
def console(
    repository: Annotated[
        Path, typer.Option("--repo", help="The git repository that holds the knowledge base; drafts are kept in it.")
    ] = Path(),
    folder: Annotated[str, typer.Option(help="The knowledge base's folder in the repository.")] = "kb",
    port: Annotated[int, typer.Option(help="The port on this machine.", min=1, max=65535)] = 8501,
    sign_in: Annotated[
        Path | None, typer.Option("--sign-in", help="For a team: the file that names your identity provider.")
    ] = None,
) -> None:
    """Open the console, in which clinicians write rules and guides, in the browser."""
    from authoring.serving import serve_console

    with _told():
        raise typer.Exit(serve_console(repository, folder, port, err, sign_in))


@app.command()
def assess(
    answers: Annotated[
        Path | None, typer.Argument(help="A JSON file: an object from question to answer.", show_default=False)
    ] = None,
    kb: KbOption = DEFAULT_KB,
    fhir: Annotated[
        Path | None, typer.Option("--fhir", help="Instead: a FHIR R4 QuestionnaireResponse to `algos fhir form`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole outcome as JSON.")] = False,
    release: Annotated[int | None, typer.Option(help="Answer as this release of the repository would.")] = None,
    repository: Annotated[Path, typer.Option("--repo", help="For --release: the git repository.")] = Path(),
) -> None:
    """Say how urgent a person's pain is and what is likely to cause it."""
    with _told(), Workers() as workers:
        opened = open_kb(kb) if release is None else open_release(repository, kb, release)
        if fhir is not None and answers is None:
            given = read_response_file(opened, fhir)
        elif answers is not None and fhir is None:
            given = read_answers_file(opened.kb, answers)
        else:
            err.print("give one file of answers: ANSWERS, or a QuestionnaireResponse with --fhir")
            raise typer.Exit(COULD_NOT)
        result = _assess(opened, given, workers)
        if as_json:
            sys.stdout.write(_as_json(result, opened.kb.settings.unreviewed) + "\n")
        else:
            for line in outcome_lines(opened.kb, result):
                out.print(line)
        _exit_for(result)


@app.command()
def ask(kb: KbOption = DEFAULT_KB) -> None:
    """Ask one person, screen by screen, and say what comes out."""
    from authoring.asking import ask_person

    with _told(), Workers() as workers:
        opened = open_kb(kb)
        answers = ask_person(opened.kb, out)
        if answers is None:
            raise typer.Exit(COULD_NOT)
        result = _assess(opened, answers, workers)
        for line in outcome_lines(opened.kb, result):
            out.print(line)


@app.command()
def why(
    answers: Annotated[Path, typer.Argument(help="A JSON file: an object from question to answer.")],
    kb: KbOption = DEFAULT_KB,
    not_: Annotated[
        str | None, typer.Option("--not", help="A condition or rule: why is it not part of the outcome?")
    ] = None,
) -> None:
    """Say why the outcome is what it is, why it is not something else, and what would change it."""
    with _told():
        opened = open_kb(kb)
        given = read_answers_file(opened.kb, answers)
        assessor = Assessor(opened.kb)
        result = assessor.assess(given)
        if not_ is not None:
            known = [*opened.kb.current_conditions, *opened.kb.active]
            if not_ not in known:
                raise KnowledgeError(
                    [
                        Finding(
                            "--not",
                            0,
                            "",
                            "AN004",
                            "answers.unknown-target",
                            f"there is no condition or rule `{not_}`",
                            nearest(not_, known),
                        )
                    ]
                )
            for line in why_not_lines(why_not(assessor.evaluator, result.values, not_)):
                out.print(line)
            return
        for line in outcome_lines(opened.kb, result):
            out.print(line)
        out.print("\n[bold]Why[/]")
        shown = [flag.rule for flag in result.outcome.red_flags]
        for view in result.outcome.named:
            shown += [evidence.rule for evidence in (*view.evidence_for, *view.evidence_against)]
        for rule in dict.fromkeys(shown):
            for line in trace_lines(trace(assessor.evaluator, result.values, rule)):
                out.print(line)
        out.print("\n[bold]What would change this[/]")
        deadline = time.monotonic() + 0.2
        found = changes(assessor.evaluator, given, result.outcome, lambda: time.monotonic() > deadline)
        for change in found:
            out.print(f"  {change_line(opened.kb, change)}")
        if not found:
            out.print("  no such change found")
        _exit_for(result)


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="The rule's id, such as red_flags/saddle_numbness.")],
    kb: KbOption = DEFAULT_KB,
) -> None:
    """Read a rule in English, with its sources and examples."""
    with _told():
        opened = open_kb(kb)
        if rule not in opened.kb.rules:
            raise KnowledgeError(
                [
                    Finding(
                        rule,
                        0,
                        "",
                        "RF009",
                        "reference.rule",
                        f"there is no rule `{rule}`",
                        nearest(rule, opened.kb.rules),
                    )
                ]
            )
        record = opened.kb.rules[rule]
        out.print(f"[bold]{escape(record.title)}[/] [dim]{rule}[/]")
        out.print("When")
        for line in english.lines(record.when, opened.kb, 1):
            out.print(escape(line))
        out.print(f"Then\n  {escape(english.conclusion(record.then, opened.kb))}")
        if record.because:
            out.print(f"The patient reads: because {escape(record.because)}")
        if record.judgement:
            out.print(f"Judgement: {escape(record.judgement)}")
        for citation in record.sources:
            source = opened.kb.sources[citation.source]
            place = f", {citation.locator}" if citation.locator else ""
            out.print(f"Source: {escape(source.title)} [dim]({citation.source}{escape(place)})[/]")
        for example in record.examples:
            out.print(f"Example: {escape(json.dumps(example.answers, ensure_ascii=False))} -> {example.gives}")
        if record.retired:
            out.print(f"[yellow]Retired:[/] {escape(record.retired.reason)}")
        out.print(f"Review by {record.review_by}. [bold magenta]{escape(opened.kb.settings.unreviewed)}[/]")


@app.command()
def guide(
    condition: Annotated[str | None, typer.Argument(help="The condition's id, such as low_back_spasm.")] = None,
    kb: KbOption = DEFAULT_KB,
    html: Annotated[Path | None, typer.Option(help="Write the guide as a web page to this file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write the guide as a tagged PDF to this file.")] = None,
    every: Annotated[
        Path | None, typer.Option("--all", help="Write every condition's guide, both ways, to this folder.")
    ] = None,
    link: Annotated[
        str | None, typer.Option(help="The address that the QR code leads to; without it there is none.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="The language, such as `de`; what is not translated is marked."),
    ] = None,
) -> None:
    """Write a condition's treatment guide as HTML or PDF, or all of them; in one of the knowledge base's languages."""
    from authoring.guides import FORMS, Job, write_guides

    with _told():
        opened = open_kb(kb)
        if every is not None and condition is None:
            jobs: list[Job] = [
                (name, every / f"{name}.{form}", form) for name in opened.kb.current_conditions for form in FORMS
            ]
        elif condition is not None and (html or pdf) and every is None:
            jobs = [(condition, path, form) for path, form in zip((html, pdf), FORMS, strict=True) if path]
        else:
            err.print(
                "name a condition and a file (--pdf FILE, --html FILE), or a folder for all of them (--all FOLDER)"
            )
            raise typer.Exit(COULD_NOT)
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("guides", total=len(jobs))
            for path in write_guides(opened, jobs, date.today(), link, language):
                progress.advance(task)
                out.print(escape(str(path)))


@app.command()
def check(
    kb: KbOption = DEFAULT_KB,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    warnings: Annotated[bool, typer.Option(help="Show what is only suspicious, too.")] = True,
) -> None:
    """Look for everything that is wrong or suspicious in the knowledge base."""
    from validators.registry import check_files

    with _told():
        _, findings = check_files(read_directory(kb), date.today())
        shown = [one for one in findings if warnings or one.severity is Severity.ERROR]
        errors = sum(1 for one in findings if one.severity is Severity.ERROR)
        if as_json:
            rows = [
                {
                    "severity": one.severity,
                    "code": one.code,
                    "name": one.name,
                    "path": one.path,
                    "line": one.line,
                    "pointer": one.pointer,
                    "what": one.what,
                    "fix": one.fix,
                }
                for one in shown
            ]
            sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        else:
            _print_findings(shown)
            out.print(f"{errors} errors, {len(findings) - errors} warnings")
        raise typer.Exit(FOUND if errors else FINE)


@app.command()
def fmt(
    kb: KbOption = DEFAULT_KB,
    only_check: Annotated[bool, typer.Option("--check", help="Only name the files that would change.")] = False,
) -> None:
    """Write every record in its canonical text, and the generated schemas."""
    from authoring.formatting import unformatted, write_all

    with _told():
        pending = unformatted(kb)
        for path in pending:
            out.print(escape(path))
        if only_check:
            raise typer.Exit(FOUND if pending else FINE)
        write_all(kb, pending)
        out.print(f"{len(pending)} files written")


@app.command(name="test")
def run_tests(kb: KbOption = DEFAULT_KB) -> None:
    """Run every rule's examples and every case; say what failed and why."""
    with _told():
        opened = open_kb(kb)
        assessor = Assessor(opened.kb)
        total = len(opened.kb.active) + len(opened.kb.cases)
        failed, waiting = [], 0
        with Progress(console=err, transient=True) as progress:
            task = progress.add_task("examples and cases", total=total)
            for results in (run_examples(assessor), run_cases(assessor)):
                for result in results:
                    progress.advance(task)
                    waiting += result.awaiting and not result.failed
                    if result.failed:
                        failed.append(result)
        for result in failed:
            out.print(f"[red]failed[/] {result.kind} [bold]{escape(result.id)}[/]")
            for _, what in result.differences:
                out.print(f"  {escape(what)}")
        out.print(f"{total - len(failed) - waiting} passed, {len(failed)} failed")
        if waiting:
            out.print(f"{waiting} cases wait for a clinician's word: the console's page of cases shows them first")
        raise typer.Exit(FOUND if failed else FINE)


@app.command(name="cases")
def cases_command(
    kb: KbOption = DEFAULT_KB,
    fill: Annotated[bool, typer.Option("--fill", help="Make patients for what no case tries.")] = False,
    most: Annotated[int | None, typer.Option(help="Make at most so many, those who try most.", min=1)] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Save them as cases that wait for a clinician's word.")
    ] = False,
    rule: Annotated[list[str] | None, typer.Option(help="Only for this rule; may be repeated.")] = None,
    seconds: Annotated[float, typer.Option(help="The longest time for all of it.", min=1)] = 600.0,
    every: Annotated[bool, typer.Option("--all", help="Tell the patients, and all that is impossible.")] = False,
) -> None:
    """Say which comparisons of rules the cases try, alone and from both sides; make patients for the rest."""
    from authoring.filling import drafts, fill_with_progress, filled_lines, write_drafts

    with _told():
        if (write or most) and not fill:
            err.print("--write and --most belong to --fill: nothing is made without it")
            raise typer.Exit(COULD_NOT)
        opened = open_kb(kb)
        unknown = [name for name in rule or [] if name not in opened.kb.active]
        if unknown:
            err.print(f"there is no rule `{escape(unknown[0])}` in force: {nearest(unknown[0], opened.kb.active)}")
            raise typer.Exit(COULD_NOT)
        try:
            filled = fill_with_progress(opened.kb, most if fill else 0, rule or None, seconds, err)
        except KeyboardInterrupt:
            err.print("stopped; nothing was written")
            raise typer.Exit(COULD_NOT) from None
        records = drafts(opened.kb, filled.patients, frozenset(opened.loaded.files))
        if every:
            for record in records.values():
                out.print(escape(str(record["title"])))
                for line in record["awaiting"]["tries"]:  # type: ignore[index]
                    out.print(f"  {escape(line)}")
        for line in filled_lines(opened.kb, filled, every):
            out.print(escape(line))
        if write:
            write_drafts(kb, records)
            out.print(f"{len(records)} drafts written to {escape(str(kb / 'cases'))}")
        raise typer.Exit(FINE)


@app.command()
def stats(
    kb: KbOption = DEFAULT_KB,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
    reading: Annotated[bool, typer.Option("--reading", help="Tell how hard patients' texts are to read.")] = False,
    interface: Annotated[
        Path, typer.Option("--interface", help="For --reading: the folder of the pain assessment's own texts.")
    ] = Path("frontends/assessment/locales"),
    language: Annotated[
        str | None, typer.Option("--language", help="For --reading: the translation to measure.")
    ] = None,
) -> None:
    """Count what is in the knowledge base, and how much of it rests on published figures; or how hard it is to read."""
    from authoring.reading_ages import reading_report_in
    from validators.counting import count

    with _told():
        if reading and as_json:
            err.print("--reading is told in words: leave --json out")
            raise typer.Exit(COULD_NOT)
        if reading:
            opened = open_kb(kb).kb
            for line in reading_report_in(opened, interface, language or opened.language):
                out.print(escape(line))
            return
        counts = count(open_kb(kb).kb)
        if as_json:
            sys.stdout.write(json.dumps(counts, indent=2) + "\n")
            return
        for name, number in counts.items():
            out.print(f"{name.replace('_', ' '):<36}{number:>8}")


@app.command(name="prove")
def prove_command(
    kb: KbOption = DEFAULT_KB,
    as_json: Annotated[bool, typer.Option("--json", help="Print the certificate as JSON.")] = False,
    seconds: Annotated[float, typer.Option(help="The longest time for one property.", min=0.1)] = 20.0,
    family: Annotated[list[str] | None, typer.Option(help="Only this family of properties; may be repeated.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Tell what is proved, too.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Prove everything anew.")] = False,
    patients: Annotated[
        Path | None, typer.Option(help="Write the people for whom something fails to this folder, as answers.")
    ] = None,
) -> None:
    """Prove what must always, or never, be so for everybody who can answer; or show for whom it is not."""
    from authoring.proving import alarm_lines, certificate_text, prove_with_progress, report_lines, save_patients
    from validators.proof.confirm import TranslationError
    from validators.proof.properties import FAMILIES
    from validators.proof.solver import Cancelled

    with _told():
        unknown = [name for name in family or [] if name not in FAMILIES]
        if unknown:
            err.print(f"there is no family of properties `{escape(unknown[0])}`: {nearest(unknown[0], FAMILIES)}")
            raise typer.Exit(COULD_NOT)
        opened = open_kb(kb, FOR_PROOFS)
        try:
            report = prove_with_progress(opened, seconds, family or [], fresh, err)
        except Cancelled:
            err.print("stopped; what was proved so far is kept" if not fresh else "stopped")
            raise typer.Exit(COULD_NOT) from None
        except TranslationError as error:
            err.print("[red]a fault of the proofs: nothing that they say may be used; please report it[/]")
            err.print(escape(str(error)))
            raise typer.Exit(COULD_NOT) from None
        if as_json:
            sys.stdout.write(certificate_text(opened, report))
        else:
            for line in (*report_lines(opened.kb, report, every), *alarm_lines(Assessor(opened.kb))):
                out.print(line)
        if patients is not None:
            for path in save_patients(report, patients):
                err.print(escape(str(path)))
        raise typer.Exit(FINE if report.all_proved else FOUND)


bundles.register(app)
releasing.register(app)
comparing.register(app)
papers.register(app)
languages.register(app)
warehousing.register(app)


def main() -> None:
    """Run the command line.

    What goes into a file or another program is UTF-8, whatever the machine's own encoding is; a terminal shows what it
    can.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace") if stream.isatty() else stream.reconfigure(encoding="utf-8")
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    app()


if __name__ == "__main__":
    main()
