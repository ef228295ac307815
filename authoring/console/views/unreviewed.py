"""Not yet reviewed: what stands in the approved version although nobody but its authors has looked at it."""

from __future__ import annotations

import streamlit as st

from authoring.actions import KIND_NAMES, View
from authoring.console.places import PAGES
from authoring.console.review.review_words import STYLE, needs_line, read_html
from authoring.console.session import Session, current, go, header, plain, tell
from authoring.console.who import desk_of, steps_of, who_is_here
from authoring.review.approved import as_they_stand, lacking
from authoring.review.approving import Standing, who
from authoring.review.in_english import record_change, title_of
from authoring.workspace import WorkspaceError
from engine.files import id_from, kind_of
from engine.finding import KnowledgeError
from exports.guide.picture import clean_svg

_SHOWN = 10  # records at once: as many as somebody reads before they lean back
_FIRST = ("red flag", "condition", "rule", "questions", "safety rule")  # what decides how urgent somebody is


def kind_in_words(path: str) -> str:
    """What a record is called; red flags are told apart from other rules."""
    kind = kind_of(path)
    if kind == "rule" and path.startswith("rules/red_flags/"):
        return "red flag"
    return KIND_NAMES[kind] if kind else "picture or translation"


def chosen_paths(view: View, paths: list[str]) -> list[str]:
    """The records of the kind that is chosen, and of those the ones that are searched for."""
    counts: dict[str, int] = {}
    for path in paths:
        counts[kind_in_words(path)] = counts.get(kind_in_words(path), 0) + 1
    kinds = sorted(counts, key=lambda kind: (_FIRST.index(kind) if kind in _FIRST else len(_FIRST), kind))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox("What to review", kinds, format_func=lambda one: f"{one.capitalize()} ({counts[one]})")
        wanted = st.text_input("Find", placeholder="words of its name").lower().split()
    of_kind = [path for path in paths if kind_in_words(path) == kind]
    names = {path: f"{title_of(path, view.value(path))} {path.replace('_', ' ')}".lower() for path in of_kind}
    return [path for path in of_kind if all(word in names[path] for word in wanted)]


def record(session: Session, view: View, standing: Standing, mine: bool) -> bool:
    """One record, folded; whether it is ticked."""
    path = standing.record.path
    change = record_change(standing.record, View({}, "", view.today), view)
    with st.expander(plain(change.title)):
        st.caption(plain(needs_line(standing)))
        if path.endswith(".svg"):
            _drawing(view.files[path], change.title)
        else:
            st.html(read_html(change))
        kind, id_ = kind_of(path), id_from(path)
        if kind in PAGES and id_ and st.button("Open it on its page", key=f"open-{path}", type="tertiary"):
            page, name = PAGES[kind]
            go(page, **{name: id_})
        if mine:
            st.caption("You wrote it: somebody else has to approve it.")
            return False
        return st.checkbox("I read it, and it is right.", key=f"read-{path}-{standing.record.after}")


def _drawing(data: bytes, title: str) -> None:
    """A drawing; what is none is never given to the browser, which might fetch what stands in it."""
    try:
        st.image(clean_svg(data), width=420, alt=title)
    except ValueError as error:
        st.warning(f"The drawing cannot be shown: {plain(str(error))}.")


def approve(session: Session, view: View, paths: list[str]) -> None:
    """The button that approves what is ticked."""
    st.subheader("Decide", anchor=False)
    who_is_here(session)
    said = st.text_input("A word with it (not needed)")
    count = "1 record" if len(paths) == 1 else f"{len(paths)} records"
    label = f"Approve {count}" if paths else "Approve"
    if st.button(label, type="primary", disabled=not paths, help=None if paths else "Tick what you have read."):
        try:
            steps_of(session).approve_standing(paths, view.commit, said)
            st.session_state["standing-told"] = f"{count} approved as they stand." if len(paths) > 1 else "Approved."
            st.rerun()
        except (WorkspaceError, KnowledgeError) as error:
            tell(error, session.view)


def page(session: Session) -> None:
    """The whole page."""
    desk = desk_of(session)
    view = session.views.at(desk.main(), session.today)
    if view.loaded.kb is None:
        tell(KnowledgeError(view.errors), session.view)
        return
    try:
        desk.journal.sync()
    except WorkspaceError as error:
        tell(error, session.view)
    if told := st.session_state.pop("standing-told", None):
        st.success(told)
    left = lacking(desk, desk.state(), view)
    done = len(view.files) - len(left)
    st.progress(done / len(view.files), f"{done} of {len(view.files)} records are approved as they stand.")
    if not left:
        st.success("Everything in the approved version has been reviewed. It can be released.")
        return
    shown = chosen_paths(view, left)
    me = who(session.person.email, view.kb.roster)
    writers = desk.workspace.writers(view.commit, desk.state().merge_commits)
    ticked = []
    for standing in as_they_stand(desk, desk.state(), view, shown[:_SHOWN]):
        path = standing.record.path
        mine = any(who(one.email, view.kb.roster) == me for one in writers.get(path, ()))
        if record(session, view, standing, mine):
            ticked.append(path)
    if len(shown) > _SHOWN:
        st.caption(f"and {len(shown) - _SHOWN} more: they come when these are approved, or find them by their names")
    if not shown:
        st.caption("Nothing of this kind has these words in its name.")
    approve(session, view, ticked)


session = current()
header(session, "Not yet reviewed", "Each record as it stands. A release waits until others than its authors approve.")
st.html(STYLE)
page(session)
