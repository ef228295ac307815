"""`algos changes`: two versions of a knowledge base, and which patients change between them, in words and as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from authoring.opening import Opened, open_files, open_kb
from authoring.store import Store, WorkspaceError
from authoring.working import with_progress
from engine.canonical import identity
from engine.english import LEVEL_NAMES
from engine.knowledge import KnowledgeBase
from engine.outcome import Outcome
from validators.proof.changes import TITLES, Change, Changes, Group, Kind, changes
from validators.proof.describe import person_lines
from validators.proof.solver import SOLVER

STYLES: dict[Kind, str] = {"less_urgent": "bold red", "more_urgent": "bold yellow"}
NOBODY: dict[Kind, str] = {
    "less_urgent": "nobody is told something less urgent than before",
    "more_urgent": "nobody is told something more urgent than before",
    "other_first": "nobody has another first cause than before",
    "other_causes": "for nobody other causes are named, or named otherwise, than before",
    "other_reading": "nobody has other texts to read than before",
    "asked_again": "the same people are asked to look at their answers again as before",
}


SHOWN = 4
"""How many phrases of what else must be so are told on a terminal."""


@dataclass(frozen=True)
class Version:
    """One of the two versions that are compared."""

    name: str
    """What it was called on the command line."""
    opened: Opened

    @property
    def kb(self) -> KnowledgeBase:
        """The knowledge base."""
        return self.opened.kb


def open_version(name: str | None, kb: Path) -> Version:
    """A version by the name of a folder, or of a git revision of the repository that holds `kb`; None: `kb` itself.

    Raises KnowledgeError, and WorkspaceError where the name is neither.
    """
    if name is None:
        return Version(str(kb), open_kb(kb))
    if (Path(name) / "kb.json").is_file():
        return Version(name, open_kb(Path(name)))
    place = kb.resolve()
    inside = next(folder for folder in (place, *place.parents) if folder.is_dir())
    try:
        store = Store(inside)
    except WorkspaceError:
        raise WorkspaceError(
            f"`{name}` is no folder with a kb.json, and {kb} is not in a git repository",
            "name a knowledge base's folder, or a revision of the repository that holds one with --kb",
        ) from None
    if not place.is_relative_to(store.directory):
        raise WorkspaceError(f"{kb} is not a folder of the repository {store.directory}", "name its folder with --kb")
    folder = place.relative_to(store.directory).as_posix()
    store = Store(inside, "" if folder == "." else folder)
    commit = store.commit_at(name) if name and not name.startswith("-") else None
    if commit is None:
        raise WorkspaceError(
            f"`{name}` is neither a folder with a kb.json nor a revision of {store.directory}",
            "name for instance HEAD, main, a tag, a commit, or the folder of another copy",
        )
    files = store.files(commit)
    if "kb.json" not in files:
        raise WorkspaceError(
            f"the revision `{name}` has no {store.folder or '.'}/kb.json",
            "name its folder with --kb, or a later revision",
        )
    return Version(name, open_files(files))


def compare_with_progress(base: Version, head: Version, seconds: float, err: Console) -> Changes:
    """Which patients change, with a progress bar on `err`. Raises Cancelled at Ctrl-C, and TranslationError."""
    return with_progress(
        "comparing",
        lambda step, cancel: changes(base.kb, head.kb, limit=seconds, progress=step, cancel=cancel),
        err,
    )


# In words.


def changes_lines(base: Version, head: Version, found: Changes) -> Iterator[str]:
    """What changes, risk first, with Rich markup; then what was proved to stay."""
    yield f"From {escape(base.name)} to {escape(head.name)}:"
    for change in found.changes:
        if not change.nobody:
            yield ""
            yield from _change_lines(base, head, change)
    stay = [change.kind for change in found.changes if change.nobody]
    if stay:
        yield ""
    yield from (f"[green]proved[/]: {NOBODY[kind]}" for kind in stay)
    yield ""
    if found.nobody:
        yield "Whatever somebody answers, they are told the same" + (
            "." if len(stay) == len(found.changes) else "; only the words differ."
        )
    yield (
        f"{found.confirmed} of these patients were carried out by the evaluator in both versions: no difference"
        if found.confirmed
        else "No patient is needed to show it."
    )


def _change_lines(base: Version, head: Version, change: Change) -> Iterator[str]:
    style = STYLES.get(change.kind, "bold")
    title = TITLES[change.kind]
    if not change.groups:
        yield f"[yellow]not decided[/]: whether anybody is {title}; allow more time with --seconds"
        return
    yield f"[{style}]{title[:1].upper()}{title[1:]}[/]"
    for number, group in enumerate(change.groups, 1):
        yield f"  {number}. {escape(who(group, SHOWN))}"
        yield f"     {escape(_told(group.before))}  ->  {escape(_told(group.after))}"
        yield "     for instance:"
        yield from (f"       {escape(line)}" for line in patient_lines(base.kb, head.kb, group))
    yield (
        "  Everybody who changes so is of one of these groups: proved."
        if change.complete
        else "  There are more, or there may be: this list is not complete."
    )


def who(group: Group, most: int | None = None) -> str:
    """Which patients a group is, in one sentence; of what else must be so, `most` phrases."""
    parts = []
    if group.phrases:
        parts.append(f"who has: {'; '.join(group.phrases)}")
    elif group.provided:
        parts.append("anybody")
    if group.provided:
        left = len(group.provided) - most if most is not None else 0
        more = f"; and {left} more answers (--json names them)" if left > 0 else ""
        parts.append(f"provided: {'; '.join(group.provided[:most])}{more}")
    return "; ".join(parts) or "everybody"


def _told(outcome: Outcome) -> str:
    first = outcome.named[0].name if outcome.named else "no likely cause"
    again = "; to look at the answers again" if outcome.corrections else ""
    return f"{LEVEL_NAMES[outcome.urgency]}, first: {first}{again}"


def patient_lines(base: KnowledgeBase, head: KnowledgeBase, group: Group) -> Iterator[str]:
    """A group's patient, one line a question; what only the version before asks is told as such."""
    before, after = group.told
    now = list(person_lines(head, after)) if after.values else []
    earlier = [line for line in person_lines(base, before) if line not in now] if before.values else []
    yield from now
    yield from (f"{line} (asked so in the version before)" for line in earlier)
    if not now and not earlier:
        yield "nothing is answered, or everything with “not sure”"


# As data.


def changes_text(base: Version, head: Version, found: Changes) -> str:
    """What changes as JSON text."""
    data = {
        "format": "algos-changes/1",
        "base": _named(base),
        "head": _named(head),
        "solver": SOLVER,
        "nobody": found.nobody,
        "confirmed": found.confirmed,
        "changes": [_row(change) for change in found.changes],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _named(version: Version) -> Mapping[str, str]:
    return {"name": version.name, "content": identity(version.opened.loaded.files)}


def _row(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "title": TITLES[change.kind],
        "verdict": "nobody" if change.nobody else ("somebody" if change.groups else "undecided"),
        "complete": change.complete,
        "groups": [
            {
                "has": list(group.phrases),
                "provided": list(group.provided),
                "patient": {"before": group.told[0].to_json(), "after": group.told[1].to_json()},
                "before": _summary(group.before),
                "after": _summary(group.after),
            }
            for group in change.groups
        ],
    }


def _summary(outcome: Outcome) -> dict[str, Any]:
    return {
        "urgency": outcome.urgency.value,
        "named": [view.id for view in outcome.named],
        "corrections": list(outcome.corrections),
    }
