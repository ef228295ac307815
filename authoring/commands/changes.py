"""`algos change`: from a draft to what is approved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from authoring import actions
from authoring.actions import Refused, now
from authoring.commands.shared import (
    HERE,
    Comment,
    Folder,
    Id,
    Key,
    Only,
    Repo,
    Seen,
    Ticked,
    approve_seen,
    out,
    sit_down,
    told,
)
from authoring.commands.showing import change_lines
from authoring.named_files import read_named
from authoring.review.desk import Desk
from authoring.review.merging import Side, Steps, merge_files
from authoring.review.opening import open_desk, person_of, signer_for
from authoring.review.state import STATUS_WORDS
from authoring.workspace import Draft
from engine import jsontext
from engine.files import read_directory

Edits = Annotated[bool, typer.Option("--take-edits", help="Take your uncommitted edits of the folder into it.")]

change_app = typer.Typer(help="Changes: draft, propose, review, approve, merge.", no_args_is_help=True)


# Changes


@change_app.command(name="list")
def list_changes(
    repository: Repo = HERE,
    folder: Folder = "kb",
    every: Annotated[bool, typer.Option("--all", help="Merged and withdrawn changes, too.")] = False,
) -> None:
    """List drafts and changes, and where each stands."""
    with told():
        desk = open_desk(repository, folder)
        desk.journal.sync()
        state = desk.state()
        drafts = {one.id: one for one in desk.workspace.drafts()}
        shown = 0
        for id_ in [*drafts, *(id_ for id_ in state.changes if id_ not in drafts)]:
            change = state.change(id_)
            if change.status in ("merged", "withdrawn") and not every:
                continue
            shown += 1
            title = change.title or (drafts[id_].title if id_ in drafts else "")
            author = drafts[id_].author.name if id_ in drafts else change.proposed_by.name if change.proposed_by else ""
            out.print(
                f"[bold]{escape(id_)}[/]  {STATUS_WORDS[change.status]}  {escape(title)} [dim]({escape(author)})[/]"
            )
        if not shown:
            out.print("no changes" if every else "no open changes (`--all` shows the others)")


@change_app.command()
def show(id_: Id, repository: Repo = HERE, folder: Folder = "kb") -> None:
    """Show a change as a reviewer reads it: risk first, then every record in English, then what is missing."""
    with told():
        desk = open_desk(repository, folder)
        desk.journal.sync()
        for line in change_lines(desk.look(id_)):
            out.print(line)


@change_app.command()
def start(
    title: Annotated[str, typer.Argument(help="In a few words, what you want to change.")],
    take: Edits = False,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Start a draft."""
    with told():
        desk = open_desk(repository, folder)
        desk.journal.sync()
        person = person_of(signer_for(desk, None).actor)
        draft = actions.start_draft(desk.workspace, title, person)
        if take:
            draft = _take_edits(desk, draft, folder)
        out.print(escape(draft.id))


@change_app.command()
def save(
    id_: Id,
    record: Annotated[str | None, typer.Argument(help="A record's file inside the knowledge base.")] = None,
    file: Annotated[Path | None, typer.Argument(help="The file that holds its new content.")] = None,
    take: Edits = False,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Save a record into a draft, or every edit that you made in the repository's folder and did not commit."""
    with told():
        desk = open_desk(repository, folder)
        draft = desk.workspace.draft(id_)
        if take:
            draft = _take_edits(desk, draft, folder)
        elif record is not None and file is not None:
            draft = _save_file(desk, draft, record, file)
        else:
            raise Refused("nothing to save was named", "name a record and a file, or give --take-edits")
        out.print(f"saved: {len(desk.look(draft.id).records)} records differ from what is approved")


def _save_file(desk: Desk, draft: Draft, record: str, file: Path) -> Draft:
    value = jsontext.read(read_named(file), str(file))
    person = person_of(signer_for(desk, None).actor)
    return actions.save_records(desk.views, draft, {record: value}, f"Saved {record}", person).draft


def _take_edits(desk: Desk, draft: Draft, folder: str) -> Draft:
    """What differs between the repository's folder and its last commit, put into a draft."""
    workspace = desk.workspace
    here = {
        path: data
        for path, data in read_directory(workspace.directory / folder).items()
        if not path.startswith("schema/")
    }
    head = workspace.commit_at("HEAD")
    assert head is not None
    merge = merge_files(workspace.files(head), workspace.files(draft.head), here)
    if merge.conflicts:
        places = ", ".join(sorted({one.path for one in merge.conflicts}))
        raise Refused(
            f"the draft and your edits differ at the same places: {places}",
            f"to take your file as it is: `algos change save {draft.id} RECORD FILE`",
        )
    before = workspace.files(draft.head)
    changes: dict[str, bytes | None] = {path: data for path, data in merge.files.items() if before.get(path) != data}
    changes |= {path: None for path in before if path not in merge.files}
    if not changes:
        raise Refused("your folder has no edits that the draft lacks", "edit files in it first")
    person = person_of(signer_for(desk, None).actor)
    return workspace.save(draft, changes, "Edits from the folder", person, now())


@change_app.command()
def propose(
    id_: Id,
    title: Annotated[str, typer.Option(help="What it changes, in a few words.")],
    reason: Annotated[str, typer.Option(help="Why it should be changed.")],
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Put a draft up for review, or put it up again after changes were requested."""
    with told():
        _, _, steps = sit_down(repository, folder, key)
        steps.propose(id_, title, reason)
        out.print("proposed")


@change_app.command()
def comment(
    id_: Id,
    text: Annotated[str, typer.Argument(help="What you want to say.")],
    on: Annotated[str, typer.Option(help="The record that it is about.")] = "",
    at: Annotated[str, typer.Option(help="The field or paragraph in it, as a JSON pointer.")] = "",
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Say something about a change, a record of it, or a field or paragraph of one."""
    with told():
        _, _, steps = sit_down(repository, folder, key)
        steps.comment(id_, text, on, at)
        out.print("said")


@change_app.command()
def resolve(
    id_: Id,
    number: Annotated[int, typer.Argument(help="The comment's number.")],
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Settle a comment."""
    with told():
        _, _, steps = sit_down(repository, folder, key)
        steps.resolve(id_, number)
        out.print("settled")


@change_app.command()
def request(
    id_: Id,
    reason: Annotated[str, typer.Argument(help="What should be changed.")],
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Ask for something to be changed before the change goes on."""
    with told():
        _, _, steps = sit_down(repository, folder, key)
        steps.request_changes(id_, reason)
        out.print("changes requested")


@change_app.command(name="approve")
def approve_change(
    id_: Id,
    seen: Seen,
    only: Only = None,
    saw_less_urgent: Ticked = False,
    comment: Comment = "",
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Approve what you saw of a change."""
    with told():
        desk, _, steps = sit_down(repository, folder, key)
        approve_seen(desk, steps, id_, seen, only, saw_less_urgent, comment)


@change_app.command()
def unapprove(
    number: Annotated[int, typer.Argument(help="The number of your approval.")],
    reason: Annotated[str, typer.Argument(help="Why you take it back.")],
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Take an approval of yours back."""
    with told():
        _, _, steps = sit_down(repository, folder, key)
        steps.withdraw_approval(number, reason)
        out.print("taken back")


@change_app.command()
def merge(id_: Id, key: Key = None, repository: Repo = HERE, folder: Folder = "kb") -> None:
    """Make a change part of what is approved."""
    with told():
        _, _, steps = sit_down(repository, folder, key)
        out.print(f"merged: {steps.merge(id_)[:12]}")
        if steps.in_the_way:
            out.print(f"[yellow]{escape(steps.in_the_way)}[/]")


@change_app.command()
def withdraw(
    id_: Id,
    reason: Annotated[str, typer.Argument(help="Why it does not go on.")],
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Take a change out of review."""
    with told():
        _, _, steps = sit_down(repository, folder, key)
        steps.withdraw(id_, reason)
        out.print("withdrawn")


@change_app.command()
def reopen(
    id_: Id,
    reason: Annotated[str, typer.Argument(help="Why it goes on.")],
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Make a withdrawn change a draft again."""
    with told():
        _, _, steps = sit_down(repository, folder, key)
        steps.reopen(id_, reason)
        out.print("reopened")


@change_app.command()
def update(
    id_: Id,
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take", help="For a conflict by its number: `1=ours` (as approved) or `1=theirs` (as the change)."
        ),
    ] = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Take what was approved since into a change, and decide its conflicts."""
    with told():
        desk, _, steps = sit_down(repository, folder, None)
        desk.journal.sync()
        look = desk.look(id_)
        if look.draft is None:
            raise Refused("the change is merged already", "nothing needs to be done")
        choices: dict[tuple[str, Steps], Side] = {}
        for given in take or ():
            number, _, side = given.partition("=")
            if not number.isdecimal() or not 1 <= int(number) <= len(look.conflicts) or side not in ("ours", "theirs"):
                raise Refused(
                    f"`{given}` decides no conflict", "write `1=ours` or `1=theirs`; `algos change show` lists them"
                )
            conflict = look.conflicts[int(number) - 1]
            choices[conflict.path, conflict.steps] = "ours" if side == "ours" else "theirs"
        steps.take_in(look.draft, choices)
        out.print("updated")


@change_app.command()
def retire(
    id_: Id,
    record: Annotated[str, typer.Argument(help="The rule's or condition's file inside the knowledge base.")],
    reason: Annotated[str, typer.Option(help="Why it is no longer used.")],
    replacement: Annotated[str, typer.Option(help="What replaces it.")] = "",
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """In a draft, retire a rule or condition."""
    with told():
        desk = open_desk(repository, folder)
        person = person_of(signer_for(desk, None).actor)
        actions.retire_record(desk.views, desk.workspace.draft(id_), record, reason, replacement, person)
        out.print("retired in the draft")
