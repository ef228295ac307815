"""A page for one kind of record: a list, one record with what uses it, a form, a new one. Pages say what is their own.

Findings and scores, and answers that cannot occur together, are such pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from authoring import actions
from authoring.actions import View
from authoring.console.places import PAGES
from authoring.console.records.editing import Drawn, Editor, edit
from authoring.console.records.form import Form
from authoring.console.records.record_list import choose
from authoring.console.records.records import Fields, Problems, Record
from authoring.console.session import Session, go, plain, save, select, selected, show_finding, tell
from engine.files import id_from, kind_of
from engine.finding import KnowledgeError


@dataclass(frozen=True)
class Kind:
    """What is particular about one kind of record."""

    kind: str
    """As the knowledge base's files name it; also the name of the selection in the address."""
    folder: str
    one: str
    """What one is called in sentences."""
    many: str
    fields_from: Callable[[Record], Fields]
    build: Callable[[Fields, Record], Record]
    problems: Callable[[Fields, Record, Record, View], Problems]
    draw: Callable[[Form, Record, bool], None]
    """Draws the fields; told whether the record is new."""
    row: Callable[[View, str, Record], Mapping[str, object]]
    """A record's line in the list."""
    read: Callable[[Session, str, Record], None]
    """Shows a record to somebody who reads it."""
    title: str = "title"
    """The member that a record is called by."""
    widths: Mapping[str, int] = field(default_factory=dict)


def record_page(session: Session, kind: Kind) -> None:
    """The page; where the knowledge base cannot be read, why."""
    view = session.view
    if view.loaded.kb is None:
        tell(KnowledgeError(view.errors), view)
        return
    paths = {
        id_: path for path in sorted(view.files) if kind_of(path) == kind.kind and (id_ := id_from(path)) is not None
    }
    wanted = selected(kind.kind)
    if wanted is not None and wanted not in paths:
        st.warning(f"There is no {kind.one} “{plain(wanted[:80])}” here. It may be in another draft.")
        wanted = None
    if wanted is not None:
        _one(session, kind, wanted, paths[wanted])
        return
    if session.draft is not None:
        with st.expander(f"New {kind.one}"):
            _write(session, kind, "", {})
    _list(session, kind, paths)


def _list(session: Session, kind: Kind, paths: Mapping[str, str]) -> None:
    view = session.view
    if not paths:
        st.info(f"There are no {kind.many} yet. Start a draft, and write the first one here.")
        return
    words = st.text_input("Search", placeholder="words of the name or of what it says", key=f"find-{kind.kind}")
    rows = {id_: kind.row(view, id_, view.value(path) or {}) for id_, path in paths.items()}
    wanted = words.casefold().split()
    shown = [id_ for id_, row in rows.items() if _holds(wanted, id_, row)]
    if not shown:
        st.info(f"No {kind.one} has these words. Try fewer.")
        return
    st.caption(f"{len(shown)} of {len(rows)} {kind.many}. Choose a row to open it.")
    picked = choose([rows[id_] for id_ in shown], key=f"{kind.kind}-list", widths=kind.widths)
    if picked is not None:
        select(kind.kind, shown[picked])
        st.rerun()


def _holds(wanted: Sequence[str], id_: str, row: Mapping[str, object]) -> bool:
    text = " ".join([id_, *(str(one) for one in row.values())]).casefold()
    return all(word in text for word in wanted)


def _one(session: Session, kind: Kind, id_: str, path: str) -> None:
    view = session.view
    if st.button(f"All {kind.many}", key=f"back-{kind.folder}", type="tertiary"):
        select(kind.kind, None)
        st.rerun()
    stored = view.value(path)
    for finding in view.findings_in(path):
        show_finding(finding, view)
    if stored is None:
        return
    st.subheader(plain(str(stored.get(kind.title) or id_)), anchor=False)
    if session.draft is None:
        kind.read(session, id_, stored)
    else:
        _write(session, kind, path, stored)
    _used(session, kind, id_, path)


def _write(session: Session, kind: Kind, path: str, stored: Record) -> None:
    view = session.view

    def draw(form: Form, record: Record) -> Drawn:
        kind.draw(form, record, not stored)
        now = kind.build(form.fields, stored)
        return Drawn(kind.problems(form.fields, now, stored, view))

    def keep(record: Record, _fields: Fields) -> bool:
        title = str(record.get(kind.title) or "")
        message = f"{'Change' if stored else 'New'} {kind.one}: {title}"
        if not save(session, {path or f"{kind.folder}/{record['id']}.json": record}, message):
            return False
        select(kind.kind, str(record["id"]))
        return True

    edit(
        session,
        Editor(
            name=path or f"new {kind.kind}",
            title=f"this {kind.one}",
            stored=stored,
            begin=kind.fields_from,
            build=kind.build,
            draw=draw,
            save=keep,
            save_label="Save" if stored else "Add it",
        ),
    )


def _used(session: Session, kind: Kind, id_: str, path: str) -> None:
    """What names the record; a new one that nothing names can be taken away again."""
    view, draft = session.view, session.draft
    users = actions.used_by(view, kind.kind, id_)
    if users:
        st.markdown(f"**Used by {len(users)}**")
    for user in users[:30]:
        page, own = PAGES.get(kind_of(user) or "", ("", "")), id_from(user)
        value = view.value(user) or {}
        words = str(value.get("title") or value.get("name") or user)
        if page[0] and own and st.button(plain(words), key=f"user-{user}", type="tertiary"):
            go(page[0], **{page[1]: own})
    if draft is None or path in session.workspace.files(draft.base) or users:
        return
    with st.popover(f"Delete this {kind.one}"):
        st.write("It is new in this draft, and nothing names it. Earlier saves of the draft keep it.")
        if st.button("Delete it", type="primary") and save(session, {path: None}, f"Delete {kind.one} {id_}"):
            select(kind.kind, None)
            st.rerun()
