"""`algos locale`: texts for translators, what comes back from them, and how each language stands."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from authoring.commands.shared import COULD_NOT, FOUND, err, out, told
from authoring.translating import Count, State, Work, must_be_written_right, within, work_in
from engine.files import write_atomically
from engine.finding import Finding, KnowledgeError
from engine.nearest import nearest

locale_app = typer.Typer(
    help="Languages: files for translators, and which texts are not translated.", no_args_is_help=True
)

Kb = Annotated[Path, typer.Option("--kb", help="The knowledge base's directory.")]
Interface = Annotated[Path, typer.Option("--interface", help="The folder of the pain assessment's own texts.")]
Language = Annotated[str, typer.Argument(help="The language, as BCP 47 writes it: `de`, `pt-BR`.")]
KB, INTERFACE = Path("kb"), Path("frontends/assessment/locales")
_SHOWN = 20


@locale_app.command()
def status(
    language: Annotated[str | None, typer.Argument(help="Only this language.")] = None,
    kb: Kb = KB,
    interface: Interface = INTERFACE,
    listed: Annotated[str | None, typer.Option("--list", help="List the places that are `missing` or `stale`.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """How many texts are translated, stale or missing, for the knowledge base and for the interface."""
    with told():
        if listed not in (None, "missing", "stale"):
            err.print(f"`--list {escape(str(listed))}`: {nearest(listed, ['missing', 'stale'])}")
            raise typer.Exit(COULD_NOT)
        work = work_in(kb, interface)
        if language is not None and language not in work.languages:
            known = ", ".join(work.languages) or "none"
            err.print(f"there is no translation into `{escape(language)}` yet; there are: {known}")
            raise typer.Exit(COULD_NOT)
        languages = [language] if language else work.languages
        if as_json:
            counts = {one: {part: _numbers(count) for part, count in work.counts(one).items()} for one in languages}
            sys.stdout.write(json.dumps(counts, indent=2, ensure_ascii=False) + "\n")
            return
        for one in languages:
            _show(work, one, listed)  # type: ignore[arg-type]  # looked at above


def _numbers(count: Count) -> dict[str, int]:
    return {
        "texts": count.texts,
        "translated": count.translated,
        "stale": count.stale,
        "missing": count.missing,
        "orphaned": count.orphaned,
    }


def _show(work: Work, language: str, listed: State | None) -> None:
    if listed:
        for entry in work.entries(language):
            if entry.state == listed:
                out.print(f"{language} {escape(entry.place)}: {escape(entry.text)}")
        return
    locale = work.kb.locales.get(language)
    out.print(f"[bold]{language}[/] {escape(locale.name) if locale else '(the interface only)'}")
    out.print(f"  {'':<12}{'texts':>8}{'translated':>12}{'stale':>8}{'missing':>9}{'without a text':>16}")
    counts = work.counts(language)
    total = Count(
        *(sum(getattr(one, name) for one in counts.values()) for name in ("translated", "stale", "missing", "orphaned"))
    )
    for part, one in {**counts, "all": total}.items():
        row = f"{one.texts:>8}{one.translated:>12}{one.stale:>8}{one.missing:>9}{one.orphaned:>16}"
        out.print(f"  {_PARTS.get(part, part):<12}{row}")
    if work.interface is None:
        out.print("  the interface's texts are not here: name their folder with --interface")


_PARTS = {
    "locale": "language",
    "settings": "outcome",
    "runtime": "sentences",
    "region": "body regions",
    "part": "body parts",
    "section": "sections",
    "question": "questions",
    "constraint": "corrections",
    "rule": "reasons",
    "condition": "conditions",
    "exercise": "exercises",
}


@locale_app.command()
def export(
    language: Language,
    file: Annotated[Path, typer.Argument(help="The translators' file (.po) to write.")],
    kb: Kb = KB,
    interface: Interface = INTERFACE,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Only places that begin so, such as condition/low_back_spasm; may be repeated."),
    ] = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only what is missing or stale.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over a file that is there.")] = False,
) -> None:
    """Write the texts for a translator, as a PO file: with where each stands, what it means, and what changed."""
    from authoring.po import written

    with told():
        must_be_written_right(language)
        if file.exists() and not overwrite:
            err.print(f"{escape(str(file))} is there already: import what is in it first, or give --overwrite")
            raise typer.Exit(COULD_NOT)
        work = work_in(kb, interface)
        entries = within(work.entries(language), only or [], only_open)
        if not entries:
            unknown = [one for one in only or [] if not any(place.startswith(one) for place in work.texts)]
            if unknown:
                records = {"/".join(place.split("/")[:2]) for place in work.texts}
                err.print(f"no place begins with `{escape(unknown[0])}`: {nearest(unknown[0], sorted(records))}")
                raise typer.Exit(COULD_NOT)
            out.print("nothing is missing or stale")
            return
        _write({file: written(language, work.kb.settings.title, entries, datetime.now(UTC))})
        states = [one.state for one in entries]
        missing, stale = states.count("missing"), states.count("stale")
        out.print(f"{escape(str(file))}: {len(entries)} texts, {missing} missing, {stale} stale")


@locale_app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="The file that came back from the translator (.po).")],
    kb: Kb = KB,
    interface: Interface = INTERFACE,
) -> None:
    """Take what came back from a translator: all of it, or nothing where something in it is wrong."""
    from authoring.po import read

    with told():
        try:
            data = file.read_bytes()
        except OSError as error:
            err.print(f"{escape(str(file))} cannot be read: {error.strerror}")
            raise typer.Exit(COULD_NOT) from None
        language, given = read(data, file.name)
        work = work_in(kb, interface)
        try:
            taken = work.take(language, given, file.name)
        except KnowledgeError as error:
            for finding in error.findings[:_SHOWN]:
                err.print(escape(str(finding)))
            if len(error.findings) > _SHOWN:
                err.print(f"and {len(error.findings) - _SHOWN} more")
            err.print("nothing was taken")
            raise typer.Exit(FOUND) from None
        if taken.files and language not in work.languages:
            near = [one for one in work.languages if one.partition("-")[0] == language.partition("-")[0]]
            beside = f", beside {near[0]}: if that was meant, say so in the file's header" if near else ""
            out.print(f"{language} is a new language here{beside}")
        _write(taken.files)
        counts = f"{taken.new} new, {taken.changed} changed, {taken.same} as before, {taken.empty} not translated"
        out.print(f"{language}: {counts}")
        if taken.unfinished:
            out.print(f"{taken.unfinished} are still marked as to be looked at (fuzzy), and were left out")
        if taken.stale:
            out.print(
                f"{taken.stale} are of a text that has changed since: `algos locale export {language} FILE` shows it"
            )
        for path in taken.files:
            out.print(f"written: {escape(str(path))}")


@locale_app.command()
def tidy(language: Language, kb: Kb = KB, interface: Interface = INTERFACE) -> None:
    """Put each translation where its text is now, and delete those of which no text is left."""
    with told():
        work = work_in(kb, interface)
        files = work.tidied(language)
        _write(files)
        out.print("\n".join(f"written: {escape(str(path))}" for path in files) or "everything is in its place")


def _write(files: Mapping[Path, bytes]) -> None:
    """Write files, each at once; where one cannot be written, those before it are put back."""
    done: list[tuple[Path, bytes | None]] = []
    try:
        for path, data in files.items():
            before = path.read_bytes() if path.is_file() else None
            write_atomically(path, data)
            done.append((path, before))
    except OSError as error:
        for written, before in reversed(done):
            if before is None:
                written.unlink()
            else:
                write_atomically(written, before)
        what = f"it cannot be written: {error.strerror}"
        fix = "check that the folder may be written to and has room; nothing was changed"
        raise KnowledgeError([Finding(str(path), 0, "", "LC023", "locale.write", what, fix)]) from None


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(locale_app, name="locale")
