"""`algos init`, `share`, `approve`, `release`, `history`, `audit`."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from authoring.actions import Refused, now
from authoring.commands.changes import change_app
from authoring.commands.shared import (
    COULD_NOT,
    FINE,
    FOUND,
    HERE,
    Comment,
    Folder,
    Key,
    Repo,
    Ticked,
    approve_seen,
    err,
    out,
    sit_down,
    told,
)
from authoring.named_files import read_named, write_named
from authoring.opening import Opened, open_kb
from authoring.review.audit import audit, checkpoint, read_trust, serious
from authoring.review.beginning import new_repository, share
from authoring.review.desk import Desk
from authoring.review.history import Chapter, of_outcome, of_record, of_text
from authoring.review.identity import global_profile
from authoring.review.opening import open_desk, person_of, releases_for, signer_for
from authoring.review.pace import Pace
from authoring.working import Step, with_progress
from authoring.workspace import WorkspaceError
from engine import jsontext
from engine.files import kind_of
from engine.finding import Finding, KnowledgeError
from validators.proof.solver import Cancelled

# Beginning, approving, releasing, looking back


def init(
    directory: Annotated[Path, typer.Argument(help="A folder that is new or empty.")],
    title: Annotated[str, typer.Option(help="What the knowledge base is called.")],
    like: Annotated[Path, typer.Option(help="The knowledge base whose settings and body map it begins with.")] = Path(
        "kb"
    ),
    remote: Annotated[str | None, typer.Option(help="The address of an empty repository to share it through.")] = None,
) -> None:
    """Begin a knowledge base in a git repository of its own."""
    with told():
        from authoring.store import Store
        from authoring.workspace import Workspace

        actor = person_of(global_profile())
        new_repository(directory, title, open_kb(like).loaded.files, actor, now)
        if remote is not None:
            Store(directory).add_remote("origin", remote)
            share(Workspace(directory), "origin")
        out.print(f"{escape(str(directory))}: open it with `algos console --repo {escape(str(directory))}`")


def share_repository(
    remote: Annotated[str, typer.Argument(help="The name by which git knows it, such as origin.")],
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Work with others through a shared repository: fetch before every step, push after."""
    with told():
        share(open_desk(repository, folder).workspace, remote)
        out.print(f"shared through {escape(remote)}")


def approve(
    id_: Annotated[str | None, typer.Argument(help="A change; absent: records as they stand.")] = None,
    record: Annotated[
        list[str] | None, typer.Option("--record", help="A record as it stands in what is approved; several times.")
    ] = None,
    seen: Annotated[str, typer.Option(help="What you looked at: a commit.")] = "",
    saw_less_urgent: Ticked = False,
    comment: Comment = "",
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Approve with your own key: a change, or records as they stand that no change has brought."""
    with told():
        if key is None:
            raise Refused("this signs with your own key", "give its file with --key; `algos keys new` makes one")
        desk, _, steps = sit_down(repository, folder, key)
        if id_ is not None:
            approve_seen(desk, steps, id_, seen, record, saw_less_urgent, comment)
            return
        commit = desk.workspace.commit_at(seen) if seen else None
        if commit is None or not record:
            raise Refused("say what you approve", "name a change, or records with --record and the commit with --seen")
        steps.approve_standing(record, commit, comment)
        out.print(f"{len(record)} records approved as they stand")


def release(
    name: Annotated[str, typer.Option(help="What it is called; absent: the month.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="With what nobody reviewed, marked as such.")] = False,
    roll_back: Annotated[int | None, typer.Option("--roll-back", help="Release again what this number held.")] = None,
    reason: Annotated[str, typer.Option(help="For --roll-back: what went wrong.")] = "",
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Release what is approved."""
    with told():
        if roll_back is not None and preview:
            raise Refused("going back makes a release, never a preview", "leave --preview out")
        if roll_back is None and reason:
            raise Refused("--reason says why a release goes back", "add --roll-back NUMBER, or leave it out")
        desk = open_desk(repository, folder)
        releases = releases_for(desk, signer_for(desk, key))

        numbers: list[int] = []

        def work(tell: Step, stop: threading.Event) -> None:
            pace = Pace(tell, stop)
            if roll_back is not None:
                numbers.append(releases.roll_back(roll_back, reason, name, pace))
            else:
                numbers.append(releases.release(name, preview, pace))

        try:
            with_progress("releasing", work, err)
        except Cancelled:
            late = f"stopped too late: release {numbers[0]} is out" if numbers else "stopped: nothing was released"
            err.print(late)
            raise typer.Exit(COULD_NOT) from None
        (number,) = numbers
        made = desk.state().release(number)
        assert made is not None
        out.print(f"[bold]{'Preview' if preview else 'Release'} {number}: {escape(made.what.name)}[/]\n")
        out.print(escape(made.what.for_clinicians))


def list_releases(
    number: Annotated[int | None, typer.Argument(help="Show this one's notes.")] = None,
    developers: Annotated[bool, typer.Option("--developers", help="The notes for app developers.")] = False,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """List the releases, or show the notes of one."""
    with told():
        desk = open_desk(repository, folder)
        desk.journal.sync()
        state = desk.state()
        if number is not None:
            one = state.release(number)
            if one is None:
                raise Refused(f"there is no release {number}", "`algos releases` lists them")
            out.print(escape(one.what.for_developers if developers else one.what.for_clinicians))
            return
        for one in state.releases:
            word = "preview, not reviewed" if one.what.preview else "release"
            gone = f"  [yellow]retired: {escape(one.retired.reason)}[/]" if one.retired else ""
            if one.retired and one.retired.replacement:
                gone += f" [yellow](use {one.retired.replacement})[/]"
            out.print(f"[bold]{one.what.number}[/]  {escape(one.what.name)}  {word}  {one.at.date()}{gone}")
        if not state.releases:
            out.print("no releases yet")


def retire_release(
    number: Annotated[int, typer.Argument(help="The release.")],
    reason: Annotated[str, typer.Option(help="What is wrong with it.")],
    replacement: Annotated[int | None, typer.Option(help="Which to use instead.")] = None,
    key: Key = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Say that a release should no longer be used."""
    with told():
        desk = open_desk(repository, folder)
        releases_for(desk, signer_for(desk, key)).retire(number, reason, replacement)
        out.print("retired")


def history(
    target: Annotated[str | None, typer.Argument(help="A rule's or condition's id, or a record's file.")] = None,
    at: Annotated[str, typer.Option(help="A field or paragraph in it, as a JSON pointer.")] = "",
    text: Annotated[str | None, typer.Option(help="Words that patients read: since when are they told?")] = None,
    answers: Annotated[Path | None, typer.Option(help="A file of answers: what was this person told, when?")] = None,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Say who changed something, when and why, who approved it, and in which release it is."""
    with told():
        if sum(one is not None for one in (target, text, answers)) > 1 or (at and target is None):
            raise Refused("several things are asked at once", "give one of: a record (with --at), --text, --answers")
        desk = open_desk(repository, folder)
        if text is not None:
            found = list(of_text(desk, text))
            for path, chapter in found:
                out.print(f"[bold]{escape(path)}[/]")
                _print_chapter(chapter)
            if not found:
                out.print("nobody is told that now")
        elif answers is not None:
            raw = jsontext.read(read_named(answers), str(answers))
            if not isinstance(raw, dict):
                raise Refused(f"{answers} is no object of answers", "write an object from question to answer")
            for chapter in of_outcome(desk, raw):
                out.print(f"[bold]{escape(chapter.release)}[/]: {escape(chapter.note)}")
        elif target is not None:
            for chapter in of_record(desk, _path_of(desk, target), at):
                _print_chapter(chapter)
        else:
            raise Refused("nothing to look up was named", "name a rule, or give --text or --answers")


def _path_of(desk: Desk, target: str) -> str:
    if kind_of(target) is not None or target.endswith((".svg", ".json")):
        return target
    kb = desk.views.at(desk.main(), desk.today()).kb
    for kind in ("rule", "condition", "section", "exercise", "case", "safety", "term", "source", "constraint"):
        if (kind, target) in kb.paths:
            return kb.paths[kind, target]
    return f"rules/{target}.json"


def _print_chapter(chapter: Chapter) -> None:
    approved = f"approved by {', '.join(chapter.approved_by)}" if chapter.approved_by else "approved by nobody"
    out.print(f"{chapter.at.date()}  [bold]{escape(chapter.title)}[/] [dim]{chapter.commit[:10]}[/]")
    if chapter.reason:
        out.print(f"    why: {escape(chapter.reason)}")
    out.print(f"    by {escape(', '.join(chapter.authors))}, {escape(approved)}; {escape(chapter.release)}")
    for one in chapter.differences:
        before, after = (one.before or "not there").replace("\n", " "), (one.after or "not there").replace("\n", " ")
        out.print(f"    {escape(one.headline)}: [red]{escape(before)}[/] -> [green]{escape(after)}[/]")


def audit_repository(
    trust: Annotated[Path | None, typer.Option(help="A checkpoint that was kept elsewhere.")] = None,
    write_trust: Annotated[
        Path | None, typer.Option("--write-trust", help="Write a checkpoint of what is there, if nothing is wrong.")
    ] = None,
    know: Annotated[
        list[str] | None, typer.Option("--know", help="For --write-trust: a public key that you know; several times.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
    repository: Repo = HERE,
    folder: Folder = "kb",
) -> None:
    """Look for rewriting, forgery, replay and deletion in what was reviewed; say what cannot be known."""
    with told():
        if know and write_trust is None:
            raise Refused("--know says which keys a checkpoint names", "add --write-trust FILE, or leave it out")
        desk = open_desk(repository, folder)
        found = audit(desk, read_trust(trust) if trust else None)
        problems = serious(found)
        if as_json:
            rows = [{"weight": one.weight, "what": one.what, "fix": one.fix} for one in found]
            sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        else:
            for one in found:
                word = "[red]problem[/]" if one.weight == "problem" else "[dim]cannot be known[/]"
                out.print(f"{word}  {escape(one.what)}\n      {escape(one.fix)}")
            out.print(f"{len(problems)} problems, {len(found) - len(problems)} things that cannot be known")
        if write_trust is not None and not problems:
            write_named(write_trust, checkpoint(desk, know or ()).model_dump_json(indent=2).encode() + b"\n")
            out.print(f"checkpoint: {escape(str(write_trust))} (keep it where nobody who writes here can reach it)")
        raise typer.Exit(FOUND if problems else FINE)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(change_app, name="change")
    app.command()(init)
    app.command(name="share")(share_repository)
    app.command()(approve)
    app.command()(release)
    app.command(name="releases")(list_releases)
    app.command(name="retire-release")(retire_release)
    app.command()(history)
    app.command(name="audit")(audit_repository)


def open_release(repository: Path, kb: Path, number: int) -> Opened:
    """What a release held. Raises KnowledgeError where there is no such release, or it cannot be used."""
    try:
        desk = open_desk(repository, kb.as_posix())
        found = desk.state().release(number)
        if found is None:
            raise Refused(f"there is no release {number}", "`algos releases` lists them")
        if found.retired:
            err.print(f"[yellow]Release {number} is retired:[/] {escape(found.retired.reason)}")
        loaded = desk.views.at(found.what.commit, desk.today()).loaded
    except WorkspaceError as error:
        finding = Finding(f"release {number}", 0, "", "WS003", "workspace.release", error.what, error.fix)
        raise KnowledgeError([finding]) from None
    if loaded.kb is None:
        raise KnowledgeError(list(loaded.findings))
    return Opened(loaded.kb, loaded)
