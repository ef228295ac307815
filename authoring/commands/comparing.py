"""`algos changes`: which patients change between two versions of the knowledge base."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from authoring.commands.shared import COULD_NOT, FINE, FOUND, err, out, told


def changes(
    base: Annotated[str, typer.Argument(help="The version before: a git revision, or a knowledge base's folder.")],
    head: Annotated[
        str | None, typer.Argument(help="The version after; without it, the knowledge base as it stands here.")
    ] = None,
    kb: Annotated[
        Path, typer.Option("--kb", help="The knowledge base's folder, whose repository the revisions are of.")
    ] = Path("kb"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
    seconds: Annotated[float, typer.Option(help="The longest time for one question to the solver.", min=0.1)] = 20.0,
) -> None:
    """Say which patients change between two versions, or prove that nobody does; exit with 0 only then."""
    from authoring.changing import changes_lines, changes_text, compare_with_progress, open_version
    from validators.proof.confirm import TranslationError
    from validators.proof.solver import Cancelled

    with told():
        before, after = open_version(base, kb), open_version(head, kb)
        try:
            found = compare_with_progress(before, after, seconds, err)
        except Cancelled:
            err.print("stopped")
            raise typer.Exit(COULD_NOT) from None
        except TranslationError as error:
            err.print(
                "[red]a fault of the proofs: nothing that they say may be used; please report it[/]\n"
                + escape(str(error))
            )
            raise typer.Exit(COULD_NOT) from None
        if as_json:
            sys.stdout.write(changes_text(before, after, found))
        else:
            for line in changes_lines(before, after, found):
                out.print(line)
        raise typer.Exit(FINE if found.nobody else FOUND)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(changes)
