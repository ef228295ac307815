"""What the commands for review and release share: their options, and how they tell what stands in the way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from authoring.actions import Refused
from authoring.review.desk import Desk
from authoring.review.identity import OWN_KEY
from authoring.review.opening import open_desk, signer_for, steps_for
from authoring.review.steps import Signer
from authoring.review.steps import Steps as ReviewSteps
from authoring.workspace import WorkspaceError
from engine.finding import KnowledgeError

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
FINE, FOUND, COULD_NOT = 0, 1, 2

Repo = Annotated[Path, typer.Option("--repo", help="The git repository that holds the knowledge base.")]
Folder = Annotated[str, typer.Option(help="The knowledge base's folder in the repository.")]
Key = Annotated[
    Path | None,
    typer.Option("--key", envvar=OWN_KEY, help="The file of your own private key; without it, this machine signs."),
]
Id = Annotated[str, typer.Argument(help="The change's id, as `algos change list` shows it.")]
HERE = Path()


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Tell what stands in the way, and exit with 2: never a traceback for bad input."""
    try:
        yield
    except WorkspaceError as error:
        err.print(f"[red]{escape(error.what)}[/]\n      fix: {escape(error.fix)}")
        raise typer.Exit(COULD_NOT) from None
    except KnowledgeError as error:
        for finding in error.findings[:10]:
            err.print(escape(str(finding)))
        raise typer.Exit(COULD_NOT) from None
    except BrokenPipeError:
        raise typer.Exit(FINE) from None
    except KeyboardInterrupt:
        err.print("stopped")
        raise typer.Exit(COULD_NOT) from None


def sit_down(repository: Path, folder: str, key: Path | None) -> tuple[Desk, Signer, ReviewSteps]:
    """The desk, who sits at it, and the steps that they can take."""
    desk = open_desk(repository, folder)
    signer = signer_for(desk, key)
    return desk, signer, steps_for(desk, signer)


Seen = Annotated[str, typer.Option(help="What you looked at: the commit that `algos change show` names.")]
Only = Annotated[list[str] | None, typer.Option("--only", help="Only this record; may be given several times.")]
Ticked = Annotated[bool, typer.Option("--saw-less-urgent", help="You looked at who becomes less urgent.")]
Comment = Annotated[str, typer.Option(help="What you want to say with it.")]


def approve_seen(
    desk: Desk, steps: ReviewSteps, id_: str, seen: str, only: list[str] | None, ticked: bool, comment: str
) -> None:
    """Approve what somebody saw of a change, and say what is still missing."""
    commit = desk.workspace.commit_at(seen) if len(seen) >= 8 and set(seen) <= set("0123456789abcdef") else None
    if commit is None:
        raise Refused(
            f"`{seen}` names no commit here", "give what `algos change show` names, so that it is clear what you saw"
        )
    steps.approve(id_, commit, only, ticked, comment)
    for standing in desk.look(id_).standings(desk.look(id_).less_urgent()):
        out.print(
            f"{escape(standing.record.path)}: "
            + ("approved" if standing.approved else escape("; ".join(standing.missing)))
        )
