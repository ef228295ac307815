"""Patients for what no case tries: how much that is, and drafts that are made for it."""

from __future__ import annotations

import streamlit as st

from authoring.console.session import Session, editable, plain, save
from authoring.filling import drafts, filled_lines
from validators.proof.confirm import TranslationError
from validators.proof.filling import Filled, fill

FEW = 20
"""So many patients are made at first: as many as somebody looks at in a sitting."""

SECONDS = 300.0


def show_filling(session: Session) -> None:
    """What there is to try, and a button that makes patients for it."""
    st.markdown(
        "A comparison in a rule is tried when, for some patient, it alone makes the rule true, and for another alone "
        "keeps it from being true; of a threshold, with the numbers next to it. Patients can be made for what no case "
        "tries: each like a saved case with few answers changed. You then only say what should happen."
    )
    kept: dict[str, Filled] = st.session_state.setdefault("cases-filled", {})
    commit = session.view.commit
    count_at, make_at = st.columns([2, 3], vertical_alignment="bottom")
    most = int(count_at.number_input("How many patients at most", 1, 500, FEW, key="fill-most"))
    with make_at.container(horizontal=True):
        count = st.button("Only count", key="fill-count")
        make = st.button("Make patients", type="primary", key="fill-make", disabled=session.draft is None)
    if session.draft is None:
        editable(session)
    if count or make:
        kept.clear()
        kept[commit] = _run(session, most if make else 0)
    if commit not in kept:
        return
    filled = kept[commit]
    lines = [plain(line.strip()) for line in filled_lines(session.view.kb, filled, every=False)]
    st.markdown("\n".join(f"- {line}" for line in lines))
    if make:
        _keep(session, filled)


def _run(session: Session, most: int) -> Filled:
    bar = st.progress(0.0, "Looking at the cases ...")

    def show(done: int, of: int, now: str) -> None:
        bar.progress(done / of if of else 0.0, f"{done} of {of} settled: {plain(now)} ...")

    try:
        return fill(session.view.kb, most=most, seconds=SECONDS, progress=show)
    except TranslationError as error:
        st.error(plain(f"The proofs cannot be used: {error}. Please report this."))
        st.stop()
    finally:
        bar.empty()


def _keep(session: Session, filled: Filled) -> None:
    """Save the patients in the draft, and say where they are."""
    records = drafts(session.view.kb, filled.patients, frozenset(session.view.files))
    if not records:
        st.info("No patient was made: nothing is left to try that anybody could try.")
        return
    if save(session, dict(records), f"{len(records)} patients that wait for a word"):
        st.session_state["cases-filled"].clear()
        st.success(f"{len(records)} patients are in the draft. “Cases” shows them first; say what should happen.")
