"""A change on a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.markup import escape

from authoring.review.desk import Look
from authoring.review.in_english import came_out, conflict_in_words, record_change
from authoring.review.proofs import Witness
from authoring.review.state import STATUS_WORDS
from authoring.review.steps import obstacles
from authoring.workspace import WorkspaceError
from engine.finding import KnowledgeError


def change_lines(look: Look) -> Iterator[str]:
    """A change as a reviewer reads it, line by line, with Rich markup: risk first."""
    change = look.change
    title = change.title or (look.draft.title if look.draft else change.id)
    yield f"[bold]{escape(title)}[/]  [dim]{escape(change.id)}[/]  {STATUS_WORDS[change.status]}"
    if change.reason:
        yield f"Why: {escape(change.reason)}"
    yield f"Written by: {escape(', '.join(sorted(look.authors)))}"
    yield f"To approve exactly this, give `--seen {look.head[:12]}`"
    if change.requested and change.status == "changes_requested":
        yield f"[yellow]Changes requested:[/] {escape(change.requested)}"
    yield ""
    yield from _who_changes(look)
    for record in look.records:
        said = record_change(record, look.approved, look.merged)
        yield f"[bold]{escape(said.heading)}[/] [dim]{escape(said.path)}[/]"
        for one in said.differences:
            yield f"  {escape(one.headline)}"
            for mark, style, text in (("-", "red", one.before), ("+", "green", one.after)):
                for line in (text or "").splitlines():
                    yield f"    [{style}]{mark} {escape(line)}[/]"
    for number, conflict in enumerate(look.conflicts, 1):
        words = conflict_in_words(conflict, look.approved)
        yield f"[red]Conflict {number}:[/] {escape(words.title)}: {escape(words.label)}"
        yield f"    was:      {escape(words.base or 'not there')}"
        yield f"    approved: {escape(words.ours or 'not there')}"
        yield f"    yours:    {escape(words.theirs or 'not there')}"
    kb = look.merged.loaded.kb or look.approved.kb
    if not look.merged.runs:
        yield "What becomes of the cases is not known: there are errors to mend first."
    for case, before, after in look.moved_cases() if look.merged.runs else ():
        yield f"Case {escape(case)}: {escape(came_out(kb, before))} before, {escape(came_out(kb, after))} now"
    new, gone = look.new_findings()
    for word, findings in (("New finding", new), ("Settled", gone)):
        for finding in findings[:20]:
            yield f"{word}: {escape(finding.path)}: {escape(finding.what)}"
    for comment in change.comments:
        settled = f"settled by {comment.resolved_by.name}" if comment.resolved_by else f"open, number {comment.number}"
        place = f"{comment.path}{' ' + comment.pointer if comment.pointer else ''}: " if comment.path else ""
        yield f"{escape(comment.by.name)} [dim]({settled})[/]: {escape(place)}{escape(comment.text)}"
    yield ""
    if change.merged is None:
        for what, fix in obstacles(look):
            yield f"[yellow]{escape(what)}[/] [dim]({escape(fix)})[/]"
        for standing in look.standings(look.less_urgent()):
            names = ", ".join(one.by.name for one in standing.approved_by)
            state = "[green]approved[/]" if standing.approved else f"[yellow]{escape('; '.join(standing.missing))}[/]"
            yield f"{escape(standing.record.path)}: {state}" + (
                f" [dim](approved by {escape(names)})[/]" if names else ""
            )


def _who_changes(look: Look) -> Iterator[str]:
    try:
        moves = look.moves()
    except WorkspaceError as error:
        yield f"[yellow]Who changes is not known: {escape(error.what)}[/]"
        return
    except KnowledgeError as error:
        yield f"[yellow]Who changes is not known: {escape(error.findings[0].what)}[/]"
        return
    if moves is None:
        yield "Nothing in this change can move a patient."
        return
    for word, moved in moves.ways:
        if moved.proved_nobody:
            yield f"{word}: nobody (proved)"
        elif not moved.groups:
            yield f"[yellow]{word}: could not be settled[/]"
        else:
            style = "bold red" if moved is moves.less_urgent else "bold"
            yield f"[{style}]{word}:[/]" + ("" if moved.complete else " [dim](there may be others)[/]")
            for group in moved.groups[:5]:
                yield f"    {escape(' and '.join(group.phrases) or _patient(group.witness))}"
    yield ""


def _patient(witness: Witness) -> str:
    return "for instance " + json.dumps(dict(witness), ensure_ascii=False)
