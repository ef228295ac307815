"""The test bench: answer as a patient, and see what comes out, why, and what would change it."""

from __future__ import annotations

import streamlit as st

from authoring import actions
from authoring.actions import View
from authoring.console.bench.bench_answers import Bench, bench, fit
from authoring.console.bench.bench_engine import assessed, interview_of, runs_or_says_why
from authoring.console.bench.bench_form import interview, whole_form
from authoring.console.bench.bench_words import answer_differences, answers_in_words, outcome_differences
from authoring.console.bench.outcome_view import (
    show_changes,
    show_graph,
    show_headline,
    show_now,
    show_outcome,
    show_why,
    show_why_not,
    style,
)
from authoring.console.components.form_journal import journal
from authoring.console.plain_words import said
from authoring.console.records.buttons import pressed
from authoring.console.records.editing import clear_small, keep_small, small
from authoring.console.session import (
    Session,
    current,
    header,
    plain,
    save,
    select,
    selected,
    start_form,
    tell,
)
from authoring.workspace import WorkspaceError
from engine.answers import Answers
from engine.assess import Assessment


def _load_wanted(view: View, on_bench: Bench) -> None:
    """Put the case of the address on the bench, once."""
    wanted = selected("case")
    if wanted == on_bench.case:
        return
    if wanted is None:
        on_bench.case = None
        return
    case = view.kb.cases.get(wanted)
    if case is None:
        st.error(f"There is no case “{plain(wanted[:80])}” here. Choose one from the list, or another draft.")
        select("case", None)
        return
    answers, error = fit(view.kb, case.answers)
    on_bench.begin(answers, f"begun from the case “{case.title}”", wanted)
    if error:
        st.warning("Some answers of this case do not fit the questions; they were left out.")
        tell(error, view)


def _fit_to(view: View, on_bench: Bench) -> None:
    """Leave out answers that the knowledge base in hand does not have: another draft may have been taken up."""
    for name, variant in on_bench.variants.items():
        answers, error = fit(view.kb, variant.answers.to_json())
        if error:
            variant.restart(answers)
            st.warning(f"Variant {name}: some answers do not fit the questions of what is in hand and were left out.")
            tell(error, view)


def _bar(session: Session, on_bench: Bench) -> None:
    """Load, clear, compare, save."""
    cases = session.view.kb.cases
    key = "bench-load"
    if st.session_state.get(key) != on_bench.case:
        st.session_state[key] = on_bench.case

    def load() -> None:
        on_bench.case = None
        select("case", st.session_state[key])

    def clear() -> None:
        on_bench.begin(Answers(), "")
        select("case", None)

    def compare() -> None:
        if "B" in on_bench.variants:
            on_bench.join()
        else:
            on_bench.split()

    with st.container(key="bench-bar"):
        load_at, clear_at, compare_at, save_at = st.columns([5, 2, 2, 2], vertical_alignment="bottom")
    load_at.selectbox(
        "Load a case",
        sorted(cases, key=lambda one: cases[one].title),
        index=None,
        format_func=lambda one: f"{cases[one].title} ({one})" if one in cases else one,
        placeholder="Search the saved cases",
        key=key,
        on_change=load,
    )
    clear_at.button("Clear all", on_click=clear, width="stretch", help="Begin with nobody: no question is answered")
    two = "B" in on_bench.variants
    compare_at.button(
        "Only one variant" if two else "Two variants",
        on_click=compare,
        width="stretch",
        help="Variant B starts as a copy of A; change it and see what differs",
    )
    with save_at.popover("Save as a case", width="stretch"):
        _save_form(session, on_bench)
    if on_bench.about:
        st.caption(f"Answers {plain(on_bench.about)}.")


def _save_form(session: Session, on_bench: Bench) -> None:
    """Save the variant in hand as a case that expects what comes out now."""
    if session.draft is None:
        st.write("What is approved is only read. Start a draft to save a case in it; your answers stay.")
        start_form(session, "bench")
        return
    st.caption(f"Saves variant {on_bench.editing} and expects what comes out now.")
    form = small(session, "save case", {"title": "", "story": "", "because": ""})
    form.line("title", "Title", placeholder="A locked back with numbness")
    form.text("story", "Story")
    form.text("because", "Why a clinician expects this")
    keep_small(form)
    if not pressed("Save the case", key="save-case", type="primary"):
        return
    title, story, because = (form.fields[name] for name in ("title", "story", "because"))
    try:
        path, record = actions.case_from(session.view, on_bench.variant.answers, title, story, because)
    except WorkspaceError as error:
        tell(error, session.view)
        return
    with st.spinner("Saving, and running the checks ..."):
        saved = save(session, {path: record}, f"Case: {title.strip()}")
    if saved:
        clear_small(form)
        on_bench.case = str(record["id"])
        on_bench.about = f"saved as the case “{title.strip()}”"
        select("case", on_bench.case)
        st.rerun()


def _answering(session: Session, on_bench: Bench, assessment: Assessment) -> None:
    """The left side: the answers."""
    kb = session.view.kb
    if "B" in on_bench.variants:
        key = "bench-editing"
        if st.session_state.get(key) != on_bench.editing:
            st.session_state[key] = on_bench.editing

        def turn() -> None:
            on_bench.editing = st.session_state[key] or on_bench.editing

        st.segmented_control(
            "Answering", ["A", "B"], format_func=lambda one: f"Variant {one}", key=key, on_change=turn, required=True
        )
    ways = ["Whole form", "Interview", "All answers"]
    way = st.segmented_control("Answer by", ways, default=ways[0], key="bench-way", required=True, wrap=True)
    if way == "Interview":
        interview(kb, interview_of(session.view))
    elif way == "All answers":
        _all_answers(session, on_bench.variant.answers)
    else:
        whole_form(kb, assessment)


def _all_answers(session: Session, answers: Answers) -> None:
    rows = answers_in_words(session.view.kb, answers)
    if not rows:
        st.caption("Nothing is answered yet.")
        return
    st.dataframe(
        [{"Section": section, "Question": question, "Answer": told} for section, question, told in rows],
        hide_index=True,
        height=min(640, 38 + 35 * len(rows)),
    )


def _both(session: Session, on_bench: Bench, assessments: dict[str, Assessment]) -> None:
    """Two variants side by side, and what differs."""
    kb = session.view.kb
    for place, name in zip(st.columns(2), ("A", "B"), strict=True):
        with place, st.container(border=True):
            st.markdown(f"**Variant {name}**{' (you are answering)' if name == on_bench.editing else ''}")
            outcome = assessments[name].outcome
            show_headline(kb, outcome)
            names = ", ".join(view.name for view in outcome.named[:4]) or kb.settings.no_cause
            st.caption(f"Named: {plain(names)}")
    answers = answer_differences(kb, on_bench.variants["A"].answers, on_bench.variants["B"].answers)
    words = outcome_differences(assessments["A"].outcome, assessments["B"].outcome, (kb, kb), ("A", "B"))
    if answers:
        st.markdown(f"**Answers that differ: {len(answers)}**")
        st.dataframe(
            [{"Question": question, "Variant A": first, "Variant B": second} for question, first, second in answers],
            hide_index=True,
        )
        st.markdown("**What comes of it**")
        _told(words, "Nothing: the same outcome, by the same rules.")
    else:
        st.caption("Both variants answer alike. Change an answer of B.")


def _told(words: list[str], otherwise: str) -> None:
    if not words:
        st.write(otherwise)
        return
    st.markdown("\n".join(f"- {line}" for line in words))


def _against_approved(session: Session, assessment: Assessment) -> None:
    """The same answers in the approved version."""
    approved = session.views.approved(session.today)
    if session.draft is None or approved.commit == session.view.commit:
        st.caption("What is in hand is what is approved. Take up a draft to compare it.")
        return
    if not approved.runs:
        st.warning("The approved version cannot be run, so there is nothing to compare with.")
        return
    answers, error = fit(approved.kb, assessment.answers.to_json())
    if error:
        st.info("The approved version does not know some of these answers; it was asked without them.")
        tell(error, session.view)
    before = assessed(approved, answers)
    kbs = approved.kb, session.view.kb
    titles = "Approved", f"Draft: {session.draft.title}"
    for place, title, kb, one in zip(st.columns(2), titles, kbs, (before, assessment), strict=True):
        with place, st.container(border=True):
            st.markdown(f"**{title}**")
            show_headline(kb, one.outcome)
    st.markdown("**What differs**")
    words = outcome_differences(before.outcome, assessment.outcome, kbs, ("approved", "draft"))
    _told(words, "Nothing: for this person both versions tell the same, by the same rules.")


def _looking(session: Session, assessment: Assessment) -> None:
    """The right side: the outcome of the variant in hand."""
    evaluator = session.view.assessor.evaluator
    ways = ["Outcome", "Why", "Why not", "What would change this", "Graph", "Against approved"]
    way = st.segmented_control("Look at", ways, default=ways[0], key="bench-look", required=True, wrap=True)
    if assessment.note:
        differs = plain(said(assessment.note, session.view.kb))
        st.warning(
            "**This was worked out twice, and the two do not agree.** What is shown is the answer of the way that was "
            f"written to be read. Please tell whoever looks after Algos: {differs}."
        )
    match way:
        case "Why":
            show_why(evaluator, assessment, "bench")
        case "Why not":
            show_why_not(evaluator, assessment, "bench")
        case "What would change this":
            show_changes(evaluator, assessment)
        case "Graph":
            show_graph(evaluator, assessment)
        case "Against approved":
            _against_approved(session, assessment)
        case _:
            show_outcome(session.view.kb, assessment.outcome)
    if assessment.engine == "durable_rules":
        st.caption("Worked out twice, in two independent ways: they agree.")


def _page() -> None:
    session = current()
    header(session, "Test bench", "Answer as a patient. The outcome follows every answer.")
    style()
    runs_or_says_why(session.view, "The test bench")
    if not session.view.kb.questions:
        st.info("There are no questions to answer yet. The first one is written on the page Questions.")
        return
    on_bench = bench()
    _load_wanted(session.view, on_bench)
    _fit_to(session.view, on_bench)
    kept = journal(on_bench.page, "bench", on_bench.to_json(), key="journal/bench")
    if kept is not None and kept.own:  # answers come back after a reload; those of another window stay there
        on_bench.page.answered = True
        if on_bench.restore(session.view.kb, kept.entry):
            select("case", on_bench.case)
            st.rerun()
    _bar(session, on_bench)
    assessments = {name: assessed(session.view, one.answers) for name, one in on_bench.variants.items()}
    with st.container(key="bench-now"):
        show_now(session.view.kb, {name: one.outcome for name, one in assessments.items()})
    with st.container(key="stack-bench"):
        left, right = st.columns([5, 7], gap="medium")
    with left:
        _answering(session, on_bench, assessments[on_bench.editing])
    with right:
        if "B" in on_bench.variants:
            _both(session, on_bench, assessments)
        _looking(session, assessments[on_bench.editing])


_page()
