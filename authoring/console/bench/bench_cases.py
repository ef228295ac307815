"""The saved cases: how each comes out, what changed against what is approved, and one case in full."""

from __future__ import annotations

import json
from html import escape

import streamlit as st

from authoring.actions import View
from authoring.console.bench import case_form
from authoring.console.bench.bench_answers import bench, fit
from authoring.console.bench.bench_engine import results_of
from authoring.console.bench.bench_words import answers_in_words, expectation_rows, outcome_differences
from authoring.console.bench.cases_awaiting import ask_for_a_word
from authoring.console.bench.outcome_view import show_outcome
from authoring.console.plain_words import said, sentence
from authoring.console.records.editing import Drawn, Editor, edit
from authoring.console.records.form import Form
from authoring.console.records.records import Fields, Record
from authoring.console.session import (
    Session,
    editable,
    go,
    plain,
    save,
    select,
    selected,
    show_finding,
    tell,
)
from engine.model.case import Case
from engine.model.rule import Urgency
from validators.cases import Result

Changes = dict[str, list[str]]
"""Case to what differs from the approved version, in words."""


def changes_against_approved(session: Session, results: dict[str, Result]) -> Changes | None:
    """Every case whose outcome the draft changes, whether or not it passes; None where there is nothing to compare."""
    approved = session.views.approved(session.today)
    if session.draft is None or approved.commit == session.view.commit or not approved.runs:
        return None
    before = results_of(approved, "what is approved")
    kbs = approved.kb, session.view.kb
    changes: Changes = {}
    for id_, result in results.items():
        if id_ not in before:
            changes[id_] = ["New in this draft"]
            continue
        old = before[id_].outcome
        if old and result.outcome:
            words = outcome_differences(old, result.outcome, kbs, ("approved", "draft"))
            if approved.kb.cases[id_].answers != session.view.kb.cases[id_].answers:
                words.insert(0, "Its answers were edited")
            if words:
                changes[id_] = words
    return changes


def table(session: Session) -> None:
    """Every case with search and filter; a row opens."""
    view = session.view
    if not view.kb.cases:
        st.info("There are no cases yet. Answer as a patient on the test bench, and save the first one there.")
        if st.button("Open the test bench"):
            go("bench")
        return
    results = results_of(view, "the draft" if session.draft else "what is approved")
    changes = changes_against_approved(session, results)
    _numbers(results, changes)
    search_at, filter_at = st.columns([3, 4], vertical_alignment="bottom")
    search = search_at.text_input("Search", placeholder="Title, story, tag, condition or rule", key="cases-search")
    ways = ["All", "Waiting", "Failed"] + (["Changed against approved"] if changes is not None else [])
    way = filter_at.segmented_control("Show", ways, default="All", key="cases-filter", required=True, wrap=True)
    shown = [
        id_
        for id_ in sorted(results)
        if _matches(view.kb.cases[id_], results[id_], search)
        and (way != "Failed" or results[id_].failed)
        and (way != "Waiting" or results[id_].awaiting)
        and (way != "Changed against approved" or (changes is not None and id_ in changes))
    ]
    shown.sort(key=lambda id_: (not results[id_].awaiting, not results[id_].failed))  # what asks for a word is first
    if not shown:
        st.info("No case is like that. Search for something else, or show all.")
        return

    def opened() -> None:
        rows = st.session_state[key].selection.rows
        select("case", shown[rows[0]] if rows else None)

    # Another list is another table: a selected row of the old one means nothing in it.
    key = f"cases-table-{view.commit[:12]}-{way}-{search}"
    st.dataframe(
        [_row(view, id_, results[id_], changes) for id_ in shown],
        hide_index=True,
        height=min(255 if selected("case") else 560, 38 + 35 * len(shown)),
        on_select=opened,
        selection_mode="single-row",
        key=key,
        column_config={"Result": st.column_config.TextColumn(width=75)},
    )
    st.caption(f"{len(shown)} of {len(results)} cases. Choose a row to open it.")


def _numbers(results: dict[str, Result], changes: Changes | None) -> None:
    passed = sum(result.passed for result in results.values())
    failed = sum(result.failed for result in results.values())
    waiting = sum(result.awaiting for result in results.values())
    parts = [f"**{len(results)}** cases ran", f"**{passed}** passed", f"**{failed}** failed"]
    if waiting:
        parts.append(f"**{waiting}** wait for a clinician’s word")
    if changes is not None:
        parts.append(f"**{len(changes)}** come out differently from what is approved, or are new")
    st.markdown(", ".join(parts) + ".")


def _matches(case: Case, result: Result, search: str) -> bool:
    named = [view.id for view in result.outcome.named] if result.outcome else []
    rules = [*case.expect.fires, *case.expect.open] if case.expect else []
    text = " ".join([case.id, case.title, case.story, *case.tags, *named, *rules])
    return all(word in text.lower() for word in search.lower().split())


def _row(view: View, id_: str, result: Result, changes: Changes | None) -> dict[str, str]:
    case = view.kb.cases[id_]
    row = {"Result": "FAILED" if result.failed else "passed" if result.passed else "waits", "Title": case.title}
    if changes is not None:
        words = changes.get(id_, [])
        row["Against approved"] = "; ".join(words[:2]) if words else "same"
    expect = case.expect
    row["Expected"] = _told(view, expect.urgency, expect.first, expect.no_cause) if expect else "What should happen?"
    row["Came out"] = "answers refused"
    if result.outcome:
        first = result.outcome.named[0].id if result.outcome.named else None
        row["Came out"] = _told(view, result.outcome.urgency, first, first is None)
    row["Tags"] = ", ".join(case.tags).replace("_", " ")
    return row


def _told(view: View, urgency: Urgency, first: str | None, no_cause: bool) -> str:
    name = view.kb.settings.urgency[urgency].name
    if first:
        return f"{name}: {view.kb.conditions[first].name if first in view.kb.conditions else first}"
    return f"{name}: no cause" if no_cause else name


def detail(session: Session, id_: str) -> None:
    """One case in full."""
    view = session.view
    case = view.kb.cases.get(id_)
    path = view.kb.paths.get(("case", id_), f"cases/{id_}.json")
    if case is None:
        st.error(f"There is no case “{plain(id_)}” that can be read in what is in hand.")
        for finding in view.findings_in(path):
            show_finding(finding, view)
        return
    result = results_of(view, "what is in hand")[id_]
    st.subheader(plain(case.title), anchor=False)
    for finding in view.findings_in(path):
        show_finding(finding, view)
    with st.container(horizontal=True):
        if st.button("Open in the test bench", type="primary"):
            bench().case = None  # loaded afresh, whatever stands on the bench
            go("bench", case=id_)
        st.button("Close this case", on_click=select, args=("case", None))
    with st.container(key="stack-case"):
        left, right = st.columns([5, 6], gap="medium")
    with left:
        st.markdown(plain(case.story))
        if case.because:
            st.html(f'<p class="alg-small"><b>Why this is expected:</b> {escape(case.because)}</p>')
        rests = [citation.source for citation in case.sources] + ([case.judgement] if case.judgement else [])
        if rests:
            st.caption(plain(f"Rests on: {'; '.join(rests)}"))
        answers, error = fit(view.kb, case.answers)
        if error:
            tell(error, view)
        rows = answers_in_words(view.kb, answers)
        with st.expander(f"{len(rows)} answers", expanded=len(rows) <= 20):
            st.dataframe(
                [{"Section": section, "Question": question, "Answer": told} for section, question, told in rows],
                hide_index=True,
            )
    with right:
        if case.awaiting:
            ask_for_a_word(session, case, result, case.awaiting)
        _expected_and_got(session, case, result)
    if session.draft is not None:
        with st.expander("Edit story and expectation"):
            _edit(session, case, path)
        _delete(session, case, path)
    else:
        with st.expander("Edit story and expectation"):
            editable(session)


def _expected_and_got(session: Session, case: Case, result: Result) -> None:
    kb = session.view.kb
    if not result.awaiting:
        count = "1 difference" if len(result.differences) == 1 else f"{len(result.differences)} differences"
        st.markdown("**Passed**" if result.passed else f"**Failed: {count}**")
    told = [(steps, said(words, kb)) for steps, words in result.differences]
    differs = {"/".join(map(str, steps[1:])): words for steps, words in told if steps[0] == "expect"}
    for steps, words in told:
        if steps[0] != "expect":
            st.error(plain(sentence(words)))
    if case.expect:
        expect = case.expect.model_dump(mode="json", exclude_defaults=True)
        rows = expectation_rows(kb, expect, differs)
        st.dataframe(
            [{"What": what, "Came out": out, "Expected": expected} for what, expected, out in rows],
            hide_index=True,
            height="content" if len(rows) <= 12 else 420,
        )
    for words in differs.values():
        st.error(plain(sentence(words)))
    approved = session.views.approved(session.today)
    old = approved.case_results.get(case.id) if approved.commit != session.view.commit else None
    if old and old.outcome and result.outcome:
        changed = outcome_differences(old.outcome, result.outcome, (approved.kb, kb), ("approved", "draft"))
        st.markdown("**Against the approved version**")
        st.markdown("\n".join(f"- {line}" for line in changed) or "The same outcome.")
    if result.outcome:
        with st.expander("The whole outcome"):
            show_outcome(kb, result.outcome)


def _edit(session: Session, case: Case, path: str) -> None:
    """Story and expectation of a case; saving writes only these, and keeps the rest as it stands."""
    stored: Record = dict(session.view.value(path) or {})

    def keep(record: Record, fields: Fields) -> bool:
        return save(session, {path: record}, f"Case: {fields['title'].strip()}")

    edit(
        session,
        Editor(
            name=path,
            title="this case",
            stored=stored,
            begin=case_form.fields_from,
            build=case_form.build,
            draw=lambda form, _record: _draw(session, form),
            save=keep,
        ),
    )


def _draw(session: Session, form: Form) -> Drawn:
    kb = session.view.kb
    conditions = {id_: one.name for id_, one in sorted(kb.conditions.items())}
    rules = {id_: f"{rule.title} ({id_})" for id_, rule in kb.rules.items()}
    flags = {id_: rules[id_] for id_ in kb.red_flags}
    form.line("title", "Title")
    form.text("story", "Story")
    form.text("because", "Why a clinician expects this")
    form.line("tags", "Tags, with commas between")
    left, right = st.columns(2)
    with left:
        levels = [one.value for one in kb.settings.urgency]
        form.one("urgency", "Urgency", levels, lambda one: kb.settings.urgency[Urgency(one)].name, empty=False)
    with right:
        form.one("first", "First cause", list(conditions), conditions.__getitem__, placeholder="Not looked at")
    form.tick("no_cause", "No condition is named, and the outcome says so")
    for key, label, names in (
        ("named", "Conditions that are named", conditions),
        ("not_named", "Conditions that are not named", conditions),
        ("fires", "Rules that must fire", rules),
        ("silent", "Rules that must stay silent", rules),
        ("open", "Red flags that must stand open", flags),
        ("advice", "Advice that must be given", {one: one.replace("_", " ") for one in sorted(kb.advice_rules)}),
    ):
        form.many(key, label, list(names), names.__getitem__, "Not looked at")
    form.basis()
    return Drawn(case_form.problems(form.fields))


def _delete(session: Session, case: Case, path: str) -> None:
    """Take a case away that is new in the draft; approved ones stay, they are what later changes are measured by."""
    assert session.draft is not None
    if path in session.workspace.files(session.draft.base):
        return
    with st.popover("Delete this case"):
        st.write("It is new in this draft and goes from it. Earlier saves of the draft keep it.")
        if st.button("Delete it", type="primary") and save(session, {path: None}, f"Delete case: {case.title}"):
            select("case", None)
            st.rerun()


def start_missing(session: Session, answers: dict[str, object], text: str) -> None:
    """Put answers on the bench from which a missing case is written, and open it."""
    fitted, error = fit(session.view.kb, answers)
    left_out = f"; left out: {json.dumps([one.pointer for one in error.findings])}" if error else ""
    bench().begin(fitted, f"begun for what no case tries yet: {text}{left_out}")
    go("bench")
