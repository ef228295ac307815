"""`algos fhir`: the questions as a FHIR form, and answers as a response to it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from authoring.commands.shared import err, out, told
from authoring.opening import open_kb, read_answers_file
from engine.canonical import identity
from engine.files import write_atomically
from engine.finding import Finding, KnowledgeError
from exports.fhir.limits import cannot_say
from exports.fhir.questionnaire import questionnaire
from exports.fhir.response import questionnaire_response

Kb = Annotated[Path, typer.Option("--kb", help="The knowledge base's directory.", show_default=True)]
DEFAULT_KB = Path("kb")
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
        _write(
            questionnaire_response(opened.kb, identity(opened.loaded.files), given, datetime.now(UTC), url), out_file
        )


def _write(resource: dict[str, Any], path: Path | None) -> None:
    """Write a resource to a file, or to the terminal. Raises KnowledgeError where the file cannot be written."""
    text = json.dumps(resource, indent=2, ensure_ascii=False) + "\n"
    if path is None:
        sys.stdout.write(text)
        return
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        what = f"it cannot be written: {error.strerror}"
        fix = "check that the folder may be written to and has room"
        raise KnowledgeError([Finding(str(path), 0, "", "FM008", "format.no-file", what, fix)]) from None
    out.print(escape(str(path)))


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(fhir, name="fhir")
