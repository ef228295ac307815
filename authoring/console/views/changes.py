"""Changes: drafts and proposals, where each stands, and the page on which one is reviewed."""

from __future__ import annotations

import streamlit as st

from authoring.console.review.review_page import review_page
from authoring.console.session import Session, current, header, plain, select, selected, tell
from authoring.console.who import desk_of
from authoring.review.state import STATUS_WORDS, State
from authoring.workspace import Draft, WorkspaceError

SHOWN = 40  # changes that are listed before one asks for more; Streamlit would show a bare text on the page


def rows(state: State, drafts: dict[str, Draft], every: bool) -> list[tuple[str, str, str, str]]:
    """Id, title, status and author of each change; those that wait for a review first."""
    order = {"proposed": 0, "changes_requested": 1, "draft": 2, "withdrawn": 3, "merged": 4}
    found = []
    for id_ in dict.fromkeys([*drafts, *reversed(state.changes)]):
        change = state.change(id_)
        if change.status in ("withdrawn", "merged") and not every:
            continue
        draft = drafts.get(id_)
        title = change.title or (draft.title if draft else id_)
        author = draft.author.name if draft else change.proposed_by.name if change.proposed_by else ""
        found.append((order[change.status], id_, title, STATUS_WORDS[change.status], author))
    return [(id_, title, status, author) for _, id_, title, status, author in sorted(found, key=lambda one: one[0])]


def change_list(session: Session) -> None:
    """The list."""
    desk = desk_of(session)
    try:
        desk.journal.sync()
    except WorkspaceError as error:
        tell(error, session.view)
    drafts = {one.id: one for one in session.workspace.drafts()}
    state = desk.state()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input("Find", placeholder="a word of the title, or a name").strip().lower()
        every = st.toggle("Merged and withdrawn, too")
    found = rows(state, drafts, every)
    if wanted:
        found = [one for one in found if any(wanted in part.lower() for part in one)]
    if not found:
        st.info("No changes. Start a draft on any page, then propose it here.")
    for id_, title, status, author in found[:SHOWN]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            if st.button(f"**{plain(title)}**", key=f"change-{id_}", type="tertiary"):
                select("change", id_)
                st.rerun()
            st.caption(f"{status.capitalize()}, {plain(author)}")
    if len(found) > SHOWN:
        st.caption(f"and {len(found) - SHOWN} more: find them by a word")


session = current()
header(session, "Changes", "What is proposed, what it would do, and who has approved it.")
in_hand = selected("change")
if in_hand is None:
    change_list(session)
else:
    review_page(session, in_hand)
