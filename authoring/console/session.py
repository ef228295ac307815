"""What every page of the console shares: the repository, who is there, the draft in hand, and saving.

The draft and the record in hand stand in the address, so that a reload or a second tab finds them again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from authoring import actions
from authoring.actions import View, Views
from authoring.console.components.form_journal import Page, journal
from authoring.console.plain_words import in_words, said, sentence
from authoring.console.sign_in import person_signed_in, team_console
from authoring.store import Store
from authoring.workspace import Draft, MovedError, Person, Workspace, WorkspaceError
from engine.finding import Finding, KnowledgeError, Severity

REPOSITORY = "ALGOS_REPOSITORY"
"""The environment variable that names the repository; `algos console --repo` sets it."""
FOLDER = "ALGOS_FOLDER"
"""The environment variable that names the knowledge base's folder in the repository."""


_OFFERED = 30


@dataclass(frozen=True)
class Session:
    """What one run of a page works with."""

    views: Views
    person: Person
    draft: Draft | None
    view: View
    """The draft in hand, or what is approved."""
    today: date

    @property
    def draft_name(self) -> str:
        """What the browser's journals call the draft in hand: another draft of the same id has another name."""
        return f"{self.draft.id}-{self.draft.started:%y%m%d%H%M%S}" if self.draft else "approved"

    @property
    def workspace(self) -> Workspace:
        """The repository."""
        return self.views.workspace


@lru_cache(maxsize=4)
def _views(directory: str, folder: str) -> Views:
    return Views(Workspace(Path(directory), folder))


def views_here() -> Views:
    """The repository that this console serves. Raises WorkspaceError where it cannot be used."""
    return _views(os.environ.get(REPOSITORY, "."), os.environ.get(FOLDER, "kb"))


@st.cache_resource
def _profile(directory: str) -> Person:
    """Who git says is working here; the profile form replaces it for a browser session."""
    setting = Store(Path(directory)).setting
    return Person(setting("user.name") or "Local author", setting("user.email") or "author@localhost")


def current() -> Session:
    """The session of this run. Stops the page with a clear message where the repository cannot be used."""
    signed_in = person_signed_in()
    try:
        views = views_here()
        person = signed_in or st.session_state.get("person") or _profile(os.environ.get(REPOSITORY, "."))
        draft = _draft_in_hand(views.workspace)
        today = date.today()
        view = views.at(draft.head if draft else views.workspace.approved(), today)
    except WorkspaceError as error:
        tell(error)
        st.stop()
    return Session(views, person, draft, view, today)


def _draft_in_hand(workspace: Workspace) -> Draft | None:
    wanted = st.query_params.get("draft") or st.session_state.get("draft")
    if not wanted:
        return None
    try:
        draft = workspace.draft(str(wanted))
    except WorkspaceError as error:
        take_up(None)
        tell(error)
        return None
    take_up(draft)
    return draft


def take_up(draft: Draft | None) -> None:
    """Put a draft in hand for this and the following runs, or none."""
    if draft is None:
        st.session_state.pop("draft", None)
        if "draft" in st.query_params:
            del st.query_params["draft"]
        return
    st.session_state["draft"] = draft.id
    if st.query_params.get("draft") != draft.id:
        st.query_params["draft"] = draft.id


def selected(name: str) -> str | None:
    """What the address selects: `selected("rule")` is the rule in hand."""
    value = st.query_params.get(name)
    return str(value) if value else None


def select(name: str, value: str | None) -> None:
    """Put a selection into the address; None takes it away."""
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def go(page: str, **selection: str) -> None:
    """Open another page of the console (its file in `views/`, without `.py`), with something selected."""
    parameters = dict(selection)
    if "draft" in st.session_state:
        parameters["draft"] = str(st.session_state["draft"])
    st.switch_page(f"views/{page}.py", query_params=parameters)


def remember_person() -> None:
    """Keep who is here with the browser window, so that a reload does not change who saves."""
    if team_console():
        return
    page: Page = st.session_state.setdefault("person-page", Page())
    person = st.session_state.get("person")
    entry = {"name": person.name, "email": person.email} if person else None
    left = journal(page, "person", entry, key="journal/person", form=False)
    if left is not None and left.own:
        page.answered = True
        name, email = left.entry.get("name"), left.entry.get("email")
        if person is None and isinstance(name, str) and isinstance(email, str):
            st.session_state["person"] = Person(name, email)
            st.rerun()


def header(session: Session, title: str, about: str) -> None:
    """The top of every page: what it is, what is in hand, and that nobody has reviewed it."""
    remember_person()
    unreviewed = session.view.kb.settings.unreviewed if session.view.loaded.kb else "Not reviewed"
    st.html(f'<div class="algos-unreviewed" role="note">{escape(unreviewed)}</div>')
    with st.container(key="page-head"):
        left, right = st.columns([3, 2])
    with left:
        st.title(title, anchor=False)
        st.caption(about)
    with right:
        _draft_bar(session)


def _draft_bar(session: Session) -> None:
    # Of thousands of drafts, one's own and the latest are offered; the page Changes finds the others.
    everything = session.workspace.drafts()
    drafts = [one for one in everything if one.author == session.person][:_OFFERED]
    drafts += [one for one in everything[:_OFFERED] if one not in drafts]
    if session.draft is not None and session.draft.id not in {one.id for one in drafts}:
        drafts.append(session.draft)
    names: dict[str | None, str] = {None: "Approved version"} | {draft.id: draft.title for draft in drafts}
    ids = list(names)
    now_in_hand = session.draft.id if session.draft else None
    key = "draft-in-hand" if session.draft else "approved-in-hand"
    with st.container(key=key, horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "You are working in" if session.draft else "You are reading",
            ids,
            index=ids.index(now_in_hand) if now_in_hand in ids else 0,
            format_func=lambda one: names[one],
            key=f"in-hand-{now_in_hand}",
        )
        changed = len(session.workspace.changed(session.draft)) if session.draft else 0
        if session.draft is None:
            with st.popover("Start a draft", width="content"):
                start_form(session, "bar")
        elif changed and selected("change") != session.draft.id:
            about = "Who is told something else by this draft, what it changes, and the button that proposes it"
            if st.button("Review and propose", key="to-change", help=about):
                go("changes", change=session.draft.id)
    if chosen != now_in_hand:
        take_up(next((draft for draft in drafts if draft.id == chosen), None))
        st.rerun()
    if session.draft is not None:
        records = "1 record" if changed == 1 else f"{changed} records"
        st.caption(
            f"Draft by {plain(session.draft.author.name)}: {records} changed, saved {session.draft.saved:%H:%M} UTC"
        )


def start_form(session: Session, key: str) -> None:
    """A form that starts a draft and puts it in hand."""
    with st.form(f"start-draft-{key}", border=False):
        title = st.text_input("What do you want to change?", placeholder="Bending forward eases stenosis")
        if st.form_submit_button("Start draft", type="primary"):
            try:
                take_up(actions.start_draft(session.workspace, title, session.person))
                st.rerun()
            except WorkspaceError as error:
                tell(error)


def editable(session: Session) -> bool:
    """Whether a draft is in hand; where none is, offers to start one."""
    if session.draft is not None:
        return True
    st.info("What is approved is only read. Start a draft to change it.")
    start_form(session, "page")
    return False


def save(session: Session, changes: dict[str, object], message: str) -> bool:
    """Save records of the draft in hand and tell what happened; False where nothing was saved."""
    if session.draft is None:
        st.error("Start a draft first: what is approved is only read.")
        return False
    try:
        saved = actions.save_records(session.views, session.draft, changes, message, session.person)
    except MovedError as error:
        tell(error, session.view)
        return False
    except (WorkspaceError, KnowledgeError) as error:
        tell(error, session.view)
        return False
    take_up(saved.draft)
    errors = [one for one in saved.findings if one.severity is Severity.ERROR]
    st.toast(f"Saved. {len(errors)} to mend." if errors else "Saved.")
    return True


def plain(text: str) -> str:
    """Text as it is: nothing in it is read as formatting."""
    return "".join(f"\\{one}" if one in "\\`*_{}[]()#+-!|<>$~:" else one for one in text)


def address(text: str) -> str:
    """A web address to stand between < and > in Markdown: the signs that would end it are written as in addresses."""
    return "".join(f"%{ord(one):02X}" if one in "<>\\`" else one for one in text)


def tell(
    error: WorkspaceError | KnowledgeError,
    view: View | None = None,
    show: Callable[[str], object] = st.error,
) -> None:
    """An error in the user's words: what, and what to do about it; `view` is the content that it is about."""
    if isinstance(error, WorkspaceError):
        kb = view.loaded.kb if view else None
        show(plain(f"{sentence(said(error.what, kb))} {sentence(said(error.fix, kb))}"))
        return
    for finding in error.findings[:8]:
        show_finding(finding, view)
    if len(error.findings) > 8:
        st.caption(f"and {len(error.findings) - 8} more")


def show_finding(finding: Finding, view: View | None = None) -> None:
    """One finding, with the record and the place in it; `view` is the content in which it was found."""
    show = st.error if finding.severity is Severity.ERROR else st.warning
    told = in_words(finding, view)
    show(f"**{plain(told.what)}**  \n{plain(told.fix)} :small[{plain(told.where)} · {finding.code}]")
