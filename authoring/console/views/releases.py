"""Releases: what is out, what is in it, and making the next one; and the history of anything."""

from __future__ import annotations

import streamlit as st

from authoring.console.session import Session, current, header, plain, tell
from authoring.console.who import desk_of, releases_of, who_is_here
from authoring.review.history import Chapter, of_record, of_text
from authoring.review.state import Release
from authoring.workspace import WorkspaceError
from engine.finding import KnowledgeError


def one_release(release: Release) -> None:
    """A release with its notes."""
    what = release.what
    word = f"Preview {what.number}, not reviewed" if what.preview else f"Release {what.number}"
    with st.expander(f"{word}: {plain(what.name)} ({release.at:%d %b %Y})"):
        if release.retired:
            use = f" Use release {release.retired.replacement}." if release.retired.replacement else ""
            st.warning(f"Retired: {plain(release.retired.reason)}.{use}")
        if what.rolls_back_to:
            st.caption(f"Holds what release {what.rolls_back_to} held.")
        clinicians, developers = st.tabs(["For clinicians", "For app developers"])
        clinicians.text(what.for_clinicians)
        developers.text(what.for_developers)
        st.caption(f"Released by {plain(release.by.name)}. Content hash {what.identity[:12]}.")


def make(session: Session) -> None:
    """The form for the next release."""
    st.subheader("Release what is approved", anchor=False)
    who_is_here(session)
    with st.form("release", border=True):
        name = st.text_input("What is it called?", placeholder="The month, where nothing is written here")
        preview = st.checkbox("A preview, with what nobody has reviewed; it is marked as such")
        if st.form_submit_button("Release", type="primary"):
            try:
                with st.spinner("Checks, cases, proofs and the record of reviews are looked at …"):
                    number = releases_of(session).release(name, preview)
                st.session_state["released"] = f"{'Preview' if preview else 'Release'} {number} is out."
                st.rerun()
            except (WorkspaceError, KnowledgeError) as error:
                tell(error, session.view)


def back(session: Session, releases: list[Release]) -> None:
    """Going back, and retiring."""
    if not releases:
        return
    numbers = [one.what.number for one in releases]
    with st.expander("Go back to an earlier release"), st.form("roll-back", border=False):
        to = st.selectbox("Release again what this one held", numbers[::-1])
        reason = st.text_input("What went wrong?")
        if st.form_submit_button("Go back"):
            try:
                number = releases_of(session).roll_back(int(to), reason)
                st.session_state["released"] = f"Release {number} holds what release {to} held."
                st.rerun()
            except (WorkspaceError, KnowledgeError) as error:
                tell(error, session.view)
    with st.expander("Retire a release"), st.form("retire", border=False):
        which = st.selectbox("It should no longer be used", numbers[::-1])
        reason = st.text_input("What is wrong with it?")
        instead = st.selectbox("To be used instead", [None, *numbers[::-1]], format_func=lambda one: one or "none")
        if st.form_submit_button("Retire it"):
            try:
                releases_of(session).retire(int(which), reason, instead)
                st.session_state["released"] = f"Release {which} is retired."
                st.rerun()
            except (WorkspaceError, KnowledgeError) as error:
                tell(error, session.view)


def chapter(one: Chapter) -> None:
    """One time that something changed."""
    approved = f"approved by {', '.join(one.approved_by)}" if one.approved_by else "approved by nobody"
    st.markdown(f"**{plain(one.title)}**, {one.at:%d %b %Y}")
    why = f"{plain(one.reason)} " if one.reason else ""
    st.caption(f"{why}Written by {plain(', '.join(one.authors))}, {plain(approved)}; {plain(one.release)}.")
    for difference in one.differences[:6]:
        before, after = difference.before or "not there", difference.after or "not there"
        st.markdown(f"- {plain(difference.headline)}: {plain(before)} → {plain(after)}")


def history(session: Session) -> None:
    """Since when people are told something, and how a record came to be what it is."""
    st.subheader("Since when?", anchor=False)
    desk = desk_of(session)
    words = st.text_input("Words that patients read", placeholder="stay active")
    kb = session.view.kb
    names = {path: f"{kind}: {id_}" for (kind, id_), path in sorted(kb.paths.items()) if kind in ("rule", "condition")}
    record = st.selectbox("Or a rule or condition", [None, *names], format_func=lambda one: names.get(one, "none"))
    try:
        if words.strip():
            found = list(of_text(desk, words))
            if not found:
                st.info("Nobody is told that now.")
            for path, one in found[:20]:
                st.caption(plain(names.get(path, path)))
                chapter(one)
        elif record:
            for one in of_record(desk, record):
                chapter(one)
    except WorkspaceError as error:
        tell(error, session.view)


session = current()
header(session, "Releases", "What is out, what changed in it, and since when people are told something.")
told = st.session_state.pop("released", None)
if told:
    st.success(told)
if session.view.loaded.kb is None:
    tell(KnowledgeError(session.view.errors), session.view)
else:
    try:
        desk_of(session).journal.sync()
    except WorkspaceError as error:
        tell(error, session.view)
    everything = desk_of(session).state().releases
    if not everything:
        st.caption("Nothing is released yet.")
    for release in reversed(everything):
        one_release(release)
    make(session)
    back(session, [one for one in everything if not one.what.preview and not one.retired])
    history(session)
