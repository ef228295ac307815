"""What organisations ask for: `algos fhir` (forms and responses) and `algos safety-file`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from authoring.commands.shared import COULD_NOT, err, out, told
from authoring.named_files import write_named
from authoring.opening import FOR_PROOFS, open_kb, read_answers_file
from engine.canonical import identity
from exports.fhir.hidden import remarks
from exports.fhir.limits import cannot_say
from exports.fhir.questionnaire import questionnaire
from exports.fhir.response import questionnaire_response

Kb = Annotated[Path, typer.Option("--kb", help="The knowledge base's directory.", show_default=True)]
DEFAULT_KB = Path("kb")
DEFAULT_VIGNETTES = Path("benchmarks/vignettes")
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file instead of the terminal.")]
Url = Annotated[str | None, typer.Option(help="The canonical address that you publish the form under.")]

fhir = typer.Typer(help="Questions and answers as FHIR R4 resources.", no_args_is_help=True, rich_markup_mode=None)


@fhir.command()
def form(
    kb: Kb = DEFAULT_KB,
    out_file: Out = None,
    clinician: Annotated[
        bool, typer.Option("--clinician", help="With the questions that a clinician answers, too.")
    ] = False,
    url: Url = None,
) -> None:
    """Write the questions as a FHIR Questionnaire (SDC), and say what FHIR cannot say of them."""
    with told():
        opened = open_kb(kb)
        _write(questionnaire(opened.kb, identity(opened.loaded.files), clinician=clinician, url=url), out_file)
        err.print("What FHIR cannot say of it:")
        for one in cannot_say(opened.kb, clinician):
            err.print(f"  - {escape(one)}")


@fhir.command()
def response(
    answers: Annotated[Path, typer.Argument(help="A JSON file: an object from question to answer.")],
    kb: Kb = DEFAULT_KB,
    out_file: Out = None,
    url: Url = None,
) -> None:
    """Write answers as a FHIR QuestionnaireResponse; `algos assess --fhir` reads it."""
    with told():
        opened = open_kb(kb)
        given = read_answers_file(opened.kb, answers)
        written = questionnaire_response(opened.kb, identity(opened.loaded.files), given, datetime.now(UTC), url)
        _write(written, out_file)
        for one in remarks(opened.kb, given, written):
            err.print(escape(one))


def _write(resource: dict[str, Any], path: Path | None) -> None:
    """Write a resource to a file, or to the terminal. Raises KnowledgeError where the file cannot be written."""
    text = json.dumps(resource, indent=2, ensure_ascii=False) + "\n"
    if path is None:
        sys.stdout.write(text)
        return
    write_named(path, text.encode())
    out.print(escape(str(path)))


def safety_file_command(
    folder: Annotated[Path, typer.Argument(help="The folder to write to; it is made where there is none.")],
    kb: Kb = DEFAULT_KB,
    proof: Annotated[
        Path | None, typer.Option(help="A certificate of `algos prove --json`, instead of proving now.")
    ] = None,
    risks: Annotated[
        Path | None, typer.Option(help="A CSV file with what clinicians judged of the hazards' risks.")
    ] = None,
    vignettes: Annotated[
        Path, typer.Option(help="A folder of published patients with diagnosis and urgency.")
    ] = DEFAULT_VIGNETTES,
    people: Annotated[
        int, typer.Option(help="How many of the reference population the alarm rate is measured on.", min=100)
    ] = 6_000,
    seconds: Annotated[float, typer.Option(help="The longest time for one proof.", min=0.1)] = 20.0,
) -> None:
    """Write the safety file: hazards, traceability, proofs and figures, as HTML, PDF and CSV."""
    from authoring.safety import gather, write_file
    from exports.safety_file.build import safety_file
    from validators.proof.confirm import TranslationError
    from validators.proof.solver import Cancelled

    with told():
        opened = open_kb(kb, FOR_PROOFS)
        patients = vignettes if vignettes != DEFAULT_VIGNETTES or vignettes.is_dir() else None
        try:
            facts = gather(
                opened,
                kb,
                today=date.today(),
                err=err,
                proof=proof,
                risks=risks,
                vignettes=patients,
                people=people,
                seconds=seconds,
            )
        except Cancelled:
            err.print("stopped; nothing was written")
            raise typer.Exit(COULD_NOT) from None
        except TranslationError as error:
            err.print("[red]a fault of the proofs: nothing that they say may be used; please report it[/]")
            err.print(escape(str(error)))
            raise typer.Exit(COULD_NOT) from None
        document = safety_file(facts)
        for path in write_file(document, folder):
            out.print(escape(str(path)))
        out.print(f"[bold magenta]{escape(document.unreviewed)}[/] {escape(document.no_claim)}")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(fhir, name="fhir")
    app.command(name="safety-file")(safety_file_command)
