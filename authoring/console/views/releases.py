"""Releases: what is out, what is in it, and making the next one; and the history of anything."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from authoring.console.review.release_jobs import ReleaseJob, release_jobs
from authoring.console.session import Session, current, header, plain, tell
from authoring.console.who import actor_of, desk_of, releases_of, who_is_here
from authoring.review.events import Actor
from authoring.review.history import Chapter, of_record, of_text
from authoring.review.pace import Pace
from authoring.review.releases import Releases
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
    busy = release_jobs().now is not None
    if "release-name" not in st.session_state:  # another page was open meanwhile
        st.session_state["release-name"] = st.session_state.get("release-named", "")
    with st.form("release", border=True):
        label = "What is it called?"
        name = st.text_input(label, placeholder="The month, where nothing is written here", key="release-name")
        preview = st.checkbox("A preview, with what nobody has reviewed; it is marked as such")
        if st.form_submit_button("Release", type="primary", disabled=busy):
            word = "Preview" if preview else "Release"
            st.session_state["release-named"] = name
            begin(
                session, lambda one, pace: one.release(name, preview, pace), lambda number: f"{word} {number} is out."
            )
    with st.container():
        if busy:
            watch(actor_of(session))
        elif "release-job" in st.session_state:
            st.rerun()  # it ended after the page had asked what came of it


def begin(session: Session, make: Callable[[Releases, Pace], int], told: Callable[[int], str]) -> None:
    """Begin to make a release beside the page."""
    try:
        releases, by = releases_of(session), actor_of(session)
    except (WorkspaceError, KnowledgeError) as error:
        tell(error, session.view)
        return
    if job := release_jobs().start(by, told, lambda pace: make(releases, pace)):
        st.session_state["release-job"] = job
    st.rerun()


@st.fragment(run_every=1.0)
def watch(me: Actor) -> None:
    """How far the release in the making is, and a way to stop it for whoever makes it."""
    job = release_jobs().now
    if job is None:
        st.rerun()
    share = job.done / job.of if job.of else 0.0
    far = f": {job.done} of {job.of}" if job.of else " …"
    st.progress(share, f"{plain(job.by.name)} is making a release. {job.now}{far}")
    if job.by == me and st.button("Stop", key="stop-release", disabled=job.stop.is_set()):
        job.stop.set()


def last_release() -> None:
    """What came of the release that was begun in this window."""
    job: ReleaseJob | None = st.session_state.get("release-job")
    if job is None or not job.ended:
        return
    del st.session_state["release-job"]
    if job.fault is not None:
        raise job.fault
    if job.number is not None:
        # What was typed is used up; after a failure it stands there still.
        st.session_state["release-name"] = st.session_state["release-named"] = ""
    st.session_state["released"] = job.failure or job.said


def back(session: Session, releases: list[Release]) -> None:
    """Going back, and retiring."""
    if not releases:
        return
    numbers = [one.what.number for one in releases]
    with st.expander("Go back to an earlier release"), st.form("roll-back", border=False):
        to = st.selectbox("Release again what this one held", numbers[::-1])
        reason = st.text_input("What went wrong?")
        if st.form_submit_button("Go back", disabled=release_jobs().now is not None):
            begin(
                session,
                lambda one, pace: one.roll_back(int(to), reason, pace=pace),
                lambda number: f"Release {number} holds what release {to} held.",
            )
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
last_release()
told = st.session_state.pop("released", None)
if isinstance(told, WorkspaceError | KnowledgeError):
    tell(told, session.view)
elif told:
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
