"""What the cases do not try, with a way from each gap to the case that closes it."""

from __future__ import annotations

import streamlit as st

from authoring.console.bench.bench_cases import start_missing
from authoring.console.bench.bench_engine import coverage_of
from authoring.console.session import Session
from validators.coverage import KIND_TEXTS, Coverage, Gap

PAGE = 12
"""Gaps that are shown at a time."""


def show_coverage(session: Session) -> None:
    """The summary in percent, and the gaps with search."""
    measured = coverage_of(session.view)
    st.markdown(
        f"**{measured.percent()} %** of what there is to try is tried: {sum(measured.goals.values())} goals, "
        f"{len(measured.gaps)} gaps. Cases count for every rule, a rule's examples for that rule alone."
    )
    if measured.unread:
        st.warning(f"The answers of these cases cannot be read, and count for nothing: {', '.join(measured.unread)}")
    with st.container(key="stack-gaps"):
        left, right = st.columns([5, 6], gap="medium")
    with left:
        _summary(measured)
    with right:
        _gaps(session, measured)


def _summary(measured: Coverage) -> None:
    st.dataframe(
        [
            {
                "What": text,
                "Gaps": len(measured.of(kind)),
                "Of": measured.goals[kind],
                "Reached": measured.percent(kind),
            }
            for kind, text in KIND_TEXTS.items()
        ],
        hide_index=True,
        column_config={
            "What": st.column_config.TextColumn(width="medium"),
            "Gaps": st.column_config.NumberColumn(width="small"),
            "Of": st.column_config.NumberColumn(width="small"),
            "Reached": st.column_config.ProgressColumn(width="small", min_value=0, max_value=100, format="%d %%"),
        },
    )
    st.caption("A threshold has two sides: the last value on one, the first on the other.")


def _gaps(session: Session, measured: Coverage) -> None:
    kinds = [kind for kind in KIND_TEXTS if measured.of(kind)]
    if not kinds:
        st.success("No gap was found.")
        return
    kind_at, search_at = st.columns([3, 3])
    kind = kind_at.selectbox(
        "Gaps in",
        kinds,
        format_func=lambda one: f"{KIND_TEXTS[one]} ({len(measured.of(one))} missing)",
        key="coverage-kind",
    )
    search = search_at.text_input("Search", placeholder="Rule, condition or question", key="coverage-search")
    words = search.lower().split()
    gaps = [gap for gap in measured.of(kind) if all(word in f"{gap.text} {gap.subject}".lower() for word in words)]
    pages = max(1, -(-len(gaps) // PAGE))
    page = 1
    if pages > 1:
        page = int(kind_at.number_input(f"Page of {pages}", 1, pages, 1, key=f"coverage-page-{kind}-{search}"))
    for at, gap in enumerate(gaps[(page - 1) * PAGE : page * PAGE]):
        _gap(session, gap, at)
    if not gaps:
        st.caption("No gap is like that.")


def _gap(session: Session, gap: Gap, at: int) -> None:
    with st.container(border=True):
        text_at, button_at = st.columns([5, 2], vertical_alignment="center")
        text_at.markdown(f"{gap.text}  \n:small[`{gap.subject}`]")
        if button_at.button("Write the case", key=f"gap-{at}", width="stretch"):
            start_missing(session, dict(gap.answers), gap.text)
