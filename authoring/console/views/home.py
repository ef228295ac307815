"""Home: what there is, what is wrong with it, what is being changed, what is due, and who is here."""

from __future__ import annotations

import re
from html import escape

import streamlit as st

from authoring import actions
from authoring.console.conditions.patient_preview import preview_as_patient
from authoring.console.home.home_facts import DUE_DAYS, HEADINGS, counts, due, grouped, in_days, place, title_at
from authoring.console.home.home_layout import wrapping_columns
from authoring.console.plain_words import in_words
from authoring.console.session import Session, current, go, header, plain, start_form, take_up, tell
from authoring.console.sign_in import team_console
from authoring.console.who import who_is_here
from authoring.workspace import Draft, Person, WorkspaceError
from engine.finding import Finding, Severity

SHOWN = 8  # findings of a kind, or drafts, before one asks for all; Streamlit would show a bare text on the page


def numbers(session: Session) -> None:
    """The counts in one row that wraps."""
    cells = "".join(f"<span><b>{number:,}</b> {escape(name)}</span>" for name, number in counts(session.view))
    st.html(f'<div class="algos-numbers">{cells}</div>')


def problems(session: Session) -> None:
    """What is wrong or suspicious, each with its page."""
    st.subheader("What is wrong", anchor=False)
    findings = session.view.findings
    if not findings:
        st.success("Every check passes.")
        return
    errors = sum(one.severity is Severity.ERROR for one in findings)
    st.caption(
        f"{errors} to mend before a release, {len(findings) - errors} to look at."
        + ("" if session.view.runs or not errors else " Rules cannot be run until the errors are mended.")
    )
    wanted = st.text_input("Find in the list", placeholder="a word, a code or a name", key="find-finding")
    wanted = wanted.strip().lower()
    if wanted:
        findings = [one for one in findings if wanted in f"{one} {in_words(one, session.view).text}".lower()]
        if not findings:
            st.info("Nothing in the list has these words.")
    for kind, group in grouped(findings).items():
        wrong = sum(one.severity is Severity.ERROR for one in group)
        title = f"{HEADINGS[kind]}: " + (f"{wrong} to mend" if wrong else f"{len(group)} to look at")
        title += f", {len(group) - wrong} to look at" if 0 < wrong < len(group) else ""
        with st.expander(title, expanded=wrong > 0 or bool(wanted)):
            everything = len(group) > SHOWN and st.toggle(f"Show all {len(group)}", key=f"all-{kind}")
            with st.container(gap="xsmall"):
                for number, finding in enumerate(group if everything else group[:SHOWN]):
                    problem(session, finding, f"{kind}-{number}")
            if len(group) > SHOWN and not everything:
                st.caption(f"and {len(group) - SHOWN} more")


def problem(session: Session, finding: Finding, key: str) -> None:
    """One finding under the name of its record, which opens its place."""
    mark = "**To mend.**" if finding.severity is Severity.ERROR else "To look at."
    where = place(session.view, finding)
    told = in_words(finding, session.view)
    with st.container(gap="xxsmall"):
        if where is None:
            st.markdown(f"**{plain(told.record[:1].upper() + told.record[1:])}**")
        elif st.button(f"**{plain(title_at(session.view, finding, where))}**", key=f"finding-{key}", type="tertiary"):
            go(where.page, **{where.name: where.id})
        about = f"{plain(told.place)}: " if told.place else ""
        st.markdown(f"{mark} {about}{plain(_short(told.what))} {plain(_short(told.fix))} :small[{finding.code}]")


def _short(text: str) -> str:
    """The beginning of a text, at most 200 characters."""
    return text if len(text) <= 200 else text[:200].rsplit(" ", 1)[0].rstrip(",") + " …"


def first_steps() -> None:
    """How a change is made, for somebody who has none in hand."""
    st.subheader("How something is changed", anchor=False)
    st.markdown(
        "1. **Start a draft.** What is approved stays as it is, and every page works in your draft from then on.\n"
        "2. **Open a condition** under *Conditions and guides*: its guide, and the rules that speak for it. A new "
        "rule, question or source is begun on its own page.\n"
        "3. **Try it.** Answer as a patient on the *Test bench*, and see under *Cases* which saved patients change.\n"
        "4. **Propose it** with *Review and propose*, at the top of every page. Somebody else approves it."
    )


def drafts(session: Session) -> None:
    """The open drafts."""
    st.subheader("Open drafts", anchor=False)
    found = session.workspace.drafts()
    if not found:
        st.caption("Nothing is being changed. A draft keeps what is approved as it is until it is reviewed.")
        start_form(session, "home")
        return
    everything = len(found) > SHOWN and st.toggle(f"Show all {len(found)} drafts", key="all-drafts")
    for draft in found if everything else found[:SHOWN]:
        one_draft(session, draft)
    if len(found) > SHOWN and not everything:
        st.caption(f"and {len(found) - SHOWN} more")


def one_draft(session: Session, draft: Draft) -> None:
    """A draft, to open or to discard."""
    in_hand = session.draft is not None and session.draft.id == draft.id
    changed = len(session.workspace.changed(draft))
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(draft.title)}**" + (" (open here)" if in_hand else ""))
        records = "1 record" if changed == 1 else f"{changed} records"
        st.caption(f"{plain(draft.author.name)}, {records} changed, saved {draft.saved:%d %b %Y %H:%M} UTC")
        with st.container(horizontal=True):
            if not in_hand and st.button("Open", key=f"open-{draft.id}"):
                take_up(draft)
                st.rerun()
            with st.popover("Discard"):
                st.write("Everything that was changed in this draft is taken away. What is approved stays as it is.")
                if st.button("Discard this draft", type="primary", key=f"discard-{draft.id}"):
                    try:
                        actions.discard_draft(session.workspace, draft)
                    except WorkspaceError as error:
                        tell(error, session.view)
                    else:
                        if in_hand:
                            take_up(None)
                        st.rerun()


def reviews(session: Session) -> None:
    """What is due, by kind."""
    st.subheader("Due for review", anchor=False)
    found = due(session.view.kb, session.today)
    if not found:
        st.caption(f"Nothing is due within {DUE_DAYS} days.")
        return
    late = sum(one.days < 0 for one in found)
    st.caption(f"{len(found)} within {DUE_DAYS} days" + (f", {late} of them overdue." if late else "."))
    for kind in dict.fromkeys(one.kind for one in found):
        of_kind = [one for one in found if one.kind == kind]
        with st.expander(f"{HEADINGS[kind]}: {len(of_kind)}"):
            st.dataframe(
                [{"What": one.title, "By": one.by, "": in_days(one.days)} for one in of_kind],
                hide_index=True,
                height="content" if len(of_kind) < 12 else 420,
            )


def profile(session: Session) -> None:
    """Who saves; kept for this browser session. Who is signed in is who is signed in."""
    if team_console():
        who_is_here(session)
        return
    with st.expander(f"You are {plain(session.person.name)}"), st.form("profile", border=False):
        name = st.text_input("Name", session.person.name, max_chars=100)
        email = st.text_input("E-mail", session.person.email, max_chars=200)
        st.caption("Each save records both. They hold until you close this browser tab.")
        if st.form_submit_button("Use this name"):
            if not re.search(r"\w", name):
                st.error("A name is missing. Write the name that reviewers know you by.")
            elif not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", email.strip()):
                st.error("This is no e-mail address. Write it as name@example.org.")
            else:
                st.session_state["person"] = Person(name.strip(), email.strip())
                st.rerun()


session = current()
header(session, "Home", "What there is, what is wrong with it, and what is being changed.")
if session.view.loaded.kb is None:
    st.error("The settings or the body map of this draft cannot be read, so only its errors can be shown.")
    problems(session)
    drafts(session)
else:
    numbers(session)
    wide, narrow = wrapping_columns("home", [3, 2])
    with wide:
        problems(session)
        if session.draft is None:
            first_steps()
    with narrow:
        drafts(session)
        preview_as_patient(session)
        reviews(session)
        profile(session)
