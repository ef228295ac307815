"""`algos answers-table`: people as rows for the SQL that `algos export --sql` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from authoring.commands.releasing import open_release
from authoring.commands.shared import out, told
from authoring.opening import open_kb
from authoring.warehouse import write_table


def answers_table(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Saved assessments (.json: answers, what `algos assess --json` prints, or a FHIR response), or files "
            "with a line for each person (.jsonl)."
        ),
    ],
    out_file: Annotated[Path, typer.Option("--out", help="The CSV file to write.")],
    kb: Annotated[Path, typer.Option("--kb", help="The knowledge base's directory.", show_default=True)] = Path("kb"),
    release: Annotated[int | None, typer.Option(help="For the SQL of this release of the repository.")] = None,
    repository: Annotated[Path, typer.Option("--repo", help="For --release: the git repository.")] = Path(),
) -> None:
    """Write people's answers as a table (CSV) for the warehouse that runs `algos export --sql`."""
    with told():
        opened = open_kb(kb) if release is None else open_release(repository, kb, release)
        count = write_table(opened, files, out_file)
        out.print(f"[bold]{escape(str(out_file))}[/]: {count} {'person' if count == 1 else 'people'}")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="answers-table")(answers_table)
