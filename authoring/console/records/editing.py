"""Writing one record of the draft in hand: what is typed is kept, saved, taken back, and never lost.

A page says how its kind of record becomes a form and back (`Editor`); everything else is the same for all of them. What
is in a form stays while other pages are open, and comes back after a reload and after a restart of the server.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

import streamlit as st

from authoring.console.components.form_journal import Left, Page, journal
from authoring.console.records.buttons import pressed
from authoring.console.records.form import Form, Work
from authoring.console.records.records import Fields, Problems, Record, merged
from authoring.console.session import Session


@dataclass(frozen=True)
class Drawn:
    """What a page found out while it drew the form."""

    problems: Problems
    warnings: Problems = field(default_factory=dict)


@dataclass(frozen=True)
class Editor:
    """How one record is written."""

    name: str
    """What is edited, within its draft: its path, or `new question`."""
    title: str
    """What it is called in sentences: `this rule`."""
    stored: Record
    """What the draft holds; empty for a new record."""
    begin: Callable[[Record], Fields]
    build: Callable[[Fields, Record], Record]
    """The record that the fields make, on top of what is stored."""
    draw: Callable[[Form, Record], Drawn]
    """Draws the fields and says what is wrong; the record is the one that they made before this run."""
    save: Callable[[Record, Fields], bool]
    """Saves; False where it told why not."""
    keeps_errors: bool = False
    """Whether a record with problems can be saved (it cannot be proposed), or has to be mended first."""
    save_label: str = "Save"


def work_for(session: Session, editor: Editor) -> Work:
    """The work on a record in this browser session."""
    assert session.draft is not None
    name = f"{session.draft_name}/{editor.name}"
    works: dict[str, Work] = st.session_state.setdefault("works", {})
    if name not in works:
        saved = editor.begin(deepcopy(editor.stored))
        works[name] = Work(name, deepcopy(editor.stored), deepcopy(saved), saved=saved)
    return works[name]


def edit(session: Session, editor: Editor) -> None:
    """The form of one record and its Save."""
    work = work_for(session, editor)
    moved = False
    if work.stored != editor.stored:
        if editor.build(work.fields, work.stored) in (work.stored, editor.stored):
            _begin_again(work, editor)
        else:
            moved = True
    notices = st.container()
    if moved:
        with notices:
            _settle(work, editor)
    bar = st.container()
    form = Form(work, session.view.kb)
    drawn = editor.draw(form, editor.build(work.fields, work.stored))
    record = editor.build(work.fields, work.stored)  # with what was typed just now
    changed = record != work.stored if editor.stored else work.fields != work.saved
    problems = drawn.problems | {name: said for name, said in work.unfinished.items() if said}
    shown = problems if editor.stored or work.tried else {}
    with bar:
        for text in form.tell(shown, drawn.warnings):
            st.error(text)
    entry = {"fields": work.fields, "stored": work.stored} if changed else None
    left = journal(work.page, work.name, entry, key=f"journal/{work.name}")
    if left is not None:
        with notices:
            _take_up(work, left)
    foot = st.container()
    if not changed and editor.stored:
        foot.caption("Everything is saved." if not problems else "Saved, and not ready to be proposed.")
    else:
        _save_bar(work, editor, record, problems, moved)


def small(session: Session, name: str, fields: Fields) -> Form:
    """A form of a few fields from which something is made by a button; `keep_small` stands at its end.

    `fields` is what it begins with.
    """
    name = f"{session.draft_name}/{name}"
    works: dict[str, Work] = st.session_state.setdefault("works", {})
    if name not in works:
        works[name] = Work(name, {}, deepcopy(fields), saved=deepcopy(fields))
    return Form(works[name], session.view.kb)


def keep_small(form: Form) -> None:
    """Keep what stands in a small form in the browser, and take up what this window had left."""
    work = form.work
    entry = {"fields": work.fields, "stored": {}} if work.fields != work.saved else None
    left = journal(work.page, work.name, entry, key=f"journal/{work.name}")
    if left is not None and left.own:
        work.page.answered = True
        if _restore(work, left):
            st.rerun()


def clear_small(form: Form) -> None:
    """Let a small form begin again, once what it was for is done."""
    form.work.begin({}, deepcopy(form.work.saved), form.work.saved)


def _begin_again(work: Work, editor: Editor) -> None:
    """Let the form show what is stored."""
    saved = editor.begin(deepcopy(editor.stored))
    work.begin(deepcopy(editor.stored), deepcopy(saved), saved)


def _settle(work: Work, editor: Editor) -> None:
    st.warning(
        f"{editor.title.capitalize()} was saved in another window while you were editing it here. "
        "Nothing of yours is lost."
    )
    mine, theirs = st.columns(2)
    help_ = "Saving will replace what was saved in the other window."
    if pressed("Keep what I have here", key=f"mine/{work.name}", place=mine, help=help_):
        work.stored = deepcopy(editor.stored)
        st.rerun()
    if pressed("Take what was saved there", key=f"theirs/{work.name}", place=theirs):
        _begin_again(work, editor)
        st.rerun()


def _take_up(work: Work, left: Left) -> None:
    """What this window had typed before it was loaded again comes back; what another window left is offered."""
    if left.own:
        work.page.answered = True
        if _restore(work, left):
            st.session_state["brought-back"] = work.name
            st.rerun()
        return
    offer_left(work.page, left, work.name, lambda: _restore(work, left))


def offer_left(page: Page, left: Left, name: str, take: Callable[[], object]) -> None:
    """Tell of what another window holds of the same record, and offer it where that window is closed."""
    if left.open:
        st.info("Another window of this browser holds unsaved changes of the same. Save in one of them only.")
        return
    st.warning(f"A window that is closed now left unsaved changes here ({when(left)}).")
    yes, no, _ = st.columns([1, 1, 3])
    if pressed("Take them up", key=f"take/{name}", place=yes):
        page.dropped = left.tab
        take()
        st.rerun()
    if pressed("Drop them", key=f"drop/{name}", place=no):
        page.dropped = left.tab
        st.rerun()


def when(left: Left) -> str:
    """When unsaved work was last changed, in words."""
    return f"{datetime.fromtimestamp(left.at / 1000):%d %B, %H:%M}"


def _restore(work: Work, left: Left) -> bool:
    """Put what the browser kept into the form; False where it holds nothing else than the form does."""
    fields, stored = left.entry.get("fields"), left.entry.get("stored")
    if not isinstance(fields, dict) or not isinstance(stored, dict) or fields.keys() != work.fields.keys():
        return False  # of another version of the program
    fields = merged(work.saved, work.fields, fields)  # something may have been typed before the browser answered
    if fields == work.fields:
        return False
    work.begin(stored, fields, work.saved)
    return True


def _save_bar(work: Work, editor: Editor, record: Record, problems: Problems, moved: bool) -> None:
    count = sum(len(said) for said in problems.values())
    with st.container(border=True):
        told, undo, keep = st.columns([4, 1.3, 1], vertical_alignment="center")
        back = st.session_state.get("brought-back") == work.name
        words = "**What you had not saved is here again.** " if back else "**Not saved yet.** "
        if moved:
            words = "Choose above what is to stay before you save."
        elif editor.keeps_errors:
            words += (
                "It can be kept as it is; it is not ready to be proposed."
                if count
                else "Nothing in it stands in the way of proposing it."
            )
        elif count and work.tried:
            words += f"Nothing was saved: {count} to mend first, marked above."
        elif count and editor.stored:
            words += f"{count} to mend before it can be saved."
        told.markdown(words)
        label = "Undo to what is saved" if editor.stored else "Clear"
        if pressed(label, key=f"undo/{work.name}", place=undo, width="stretch"):
            _begin_again(work, editor)
            st.rerun()
        key = f"save/{work.name}"
        save_now = pressed(editor.save_label, key=key, place=keep, type="primary", width="stretch", disabled=moved)
        if not save_now:
            return
        if count and not editor.keeps_errors:
            work.tried = True
            st.rerun()
        if editor.save(record, work.fields):
            st.session_state.pop("brought-back", None)
            if editor.stored:
                work.stored, work.saved, work.tried = deepcopy(record), deepcopy(work.fields), False
            else:
                _begin_again(work, editor)
            st.rerun()
