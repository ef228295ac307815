"""Cases that wait for a clinician's word: what comes out now, beside the question of what should happen."""

from __future__ import annotations

import streamlit as st

from authoring import actions
from authoring.console.bench.bench_answers import Variant, bench, fit
from authoring.console.bench.outcome_view import show_headline
from authoring.console.session import Session, go, plain, save, select, tell
from authoring.workspace import WorkspaceError
from engine.model.case import Awaiting, Case
from validators.cases import Result


def ask_for_a_word(session: Session, case: Case, result: Result, awaiting: Awaiting) -> None:
    """What comes out, and one click to say that this is right. To say something else there is the form below."""
    kb = session.view.kb
    st.markdown("**What should happen?** Nobody has said it yet, so this case counts neither as passed nor as failed.")
    if result.outcome:
        show_headline(kb, result.outcome)
        named = ", ".join(view.name for view in result.outcome.named[:4]) or kb.settings.no_cause
        st.caption(f"Named: {plain(named)}")
    if session.draft is None:
        st.info("Start a draft to say it: what is approved is only read.")
    else:
        because = st.text_input("Why? You may leave this empty", key=f"why-{case.id}")
        with st.container(horizontal=True):
            if st.button("This is right", type="primary", disabled=result.outcome is None):
                _accept(session, case, because)
        st.caption("If something else should happen, say so in the form below, and save it.")
    like = kb.cases.get(awaiting.like) if awaiting.like else None
    if like and st.button(f"Compare with “{plain(like.title)}”", help="Both on the test bench, side by side"):
        begun, _ = fit(kb, case.answers)
        bench().begin(begun, f"begun from “{case.title}”; variant B is the case that it is like", case.id)
        bench().variants["B"] = Variant(fit(kb, like.answers)[0])
        go("bench", case=case.id)
    with st.expander(f"What this patient tries ({len(awaiting.tries)})", expanded=len(awaiting.tries) <= 6):
        st.markdown("\n".join(f"- {plain(line)}" for line in awaiting.tries) or "Nothing was written down.")


def _accept(session: Session, case: Case, because: str) -> None:
    try:
        path, record = actions.accepted(session.view, case.id, because)
    except WorkspaceError as error:
        tell(error, session.view)
        return
    if save(session, {path: record}, f"Case: {case.title}"):
        waiting = [id_ for id_, one in sorted(session.view.kb.cases.items()) if one.awaiting and id_ != case.id]
        select("case", waiting[0] if waiting else None)  # one after the other
        st.rerun()
