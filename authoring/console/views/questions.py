"""Questions: what is asked, in which order, of whom, and which rules use the answers."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from authoring.console import question_edit as edit
from authoring.console.home_layout import wrapping_columns
from authoring.console.question_length import compare_lengths, people_of_cases
from authoring.console.session import Session, current, go, header, save, select, selected, show_finding
from engine.model.question import Question

NOT_SURE = "I'm not sure"
PAGES = {"rule": "rules", "condition": "conditions", "question": "questions"}
USE_NAMES = {
    "rule": "Rules",
    "condition": "Conditions",
    "question": "Questions that are asked because of it",
    "constraint": "Answers that cannot occur together",
    "safety": "Safety rules",
}


def overview(session: Session) -> None:
    """Every section in order with its questions."""
    kb = session.view.kb
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    words = left.text_input("Search", placeholder="words of a question, an option or a name", key="find-question")
    sections: dict[str | None, str] = {None: "All sections"} | {one.id: one.title for one in kb.sections}
    chosen = right.selectbox("Section", list(sections), format_func=lambda one: sections[one], key="in-section")
    used = {name: len({use.id for use in edit.users(kb, name) if use.kind == "rule"}) for name in kb.compared}
    found = [
        question
        for question in kb.questions.values()
        if edit.matches(question, words) and chosen in (None, kb.section_of[question.id].id)
    ]
    if not found:
        st.info("No question has these words. Try fewer, or look in all sections.")
        return
    st.caption(f"{len(found)} of {len(kb.questions)} questions, in their order. Tick a row to open it.")
    state = st.dataframe(
        [
            {
                "Section": kb.section_of[one.id].title,
                "Question": one.text,
                "Answer": edit.TYPES[one.type],
                "For": edit.for_whom(kb, one),
                "Asked by": one.by,
                "Rules": used.get(one.id, 0),
            }
            for one in found
        ],
        hide_index=True,
        height=min(36 * len(found) + 40, 620),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Question": st.column_config.TextColumn(width="large"),
            "For": st.column_config.TextColumn(width="medium"),
            "Rules": st.column_config.NumberColumn(width="small"),
        },
        key=f"questions-{st.session_state.get('questions-seen', 0)}",
    )
    rows: list[int] = state["selection"]["rows"] if isinstance(state, dict) else []
    if rows:
        st.session_state["questions-seen"] = st.session_state.get("questions-seen", 0) + 1
        select("question", found[rows[0]].id)
        st.rerun()


def one_question(session: Session, question: Question) -> None:
    """One question with everything about it."""
    kb = session.view.kb
    order = list(kb.questions)
    at = order.index(question.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("All questions"):
            select("question", None)
            st.rerun()
        for label, step in (("Previous", -1), ("Next", 1)):
            if st.button(label, disabled=not 0 <= at + step < len(order)):
                select("question", order[at + step])
                st.rerun()
    section = kb.section_of[question.id]
    st.subheader(question.name, anchor=False)
    st.caption(
        f"{section.title}, question {section.questions.index(question) + 1} of {len(section.questions)}. "
        f"{edit.TYPES[question.type].capitalize()}, asked by the {question.by}. Id: {question.id}"
    )
    path = edit.section_path(session.view, section.id)
    number = section.questions.index(question)
    for finding in session.view.findings_in(path):
        if re.match(rf"/questions/{number}(/|$)", finding.pointer):
            show_finding(finding)
    found = edit.users(kb, question.id)
    left, right = wrapping_columns("question", [2, 3])
    with left:
        st.markdown("**As the patient sees it**" if question.by == "patient" else "**As the clinician sees it**")
        preview(session, question)
    with right:
        whom, uses, change, length = st.tabs(["Who is asked", f"Used by {len(found)}", "Change", "Interview length"])
        with whom:
            asked_when(session, question)
        with uses:
            used_by(found)
        with change:
            changing(session, question, found)
        with length:
            interview_length(session)


def preview(session: Session, question: Question) -> None:
    """The question as it is asked; nothing that is chosen here is kept."""
    with st.container(border=True):
        label = re.sub(r"([\\*_`\[\]$:~#<>])", r"\\\1", question.text)
        st.markdown(f"**{label}**")
        if question.help:
            st.caption(question.help)
        key = f"preview-{question.id}"
        options = [one.text for one in session.view.kb.options(question)]
        match question.type:
            case "boolean":
                st.radio(label, ["Yes", "No", NOT_SURE], index=None, key=key, label_visibility="collapsed")
            case "choice":
                st.radio(label, [*options, NOT_SURE], index=None, key=key, label_visibility="collapsed")
            case "choices" if len(options) <= 12:
                for number, option in enumerate(options):
                    st.checkbox(option, key=f"{key}-{number}")
                st.checkbox("None of these", key=f"{key}-none")
                st.checkbox(NOT_SURE, key=f"{key}-unsure")
            case "choices":
                st.multiselect(label, options, key=key, label_visibility="collapsed")
                st.caption("The patient touches these on the body map." if question.options_from else "")
            case _:
                whole = question.type == "integer"
                low, high = question.min or 0, question.max or 0
                st.number_input(
                    f"{question.unit}",
                    min_value=int(low) if whole else float(low),
                    max_value=int(high) if whole else float(high),
                    value=None,
                    key=key,
                    help=f"from {low} to {high}",
                )
                st.checkbox(NOT_SURE, key=f"{key}-unsure")
        if question.why:
            st.caption(f"Why we ask: {question.why}")


def used_by(found: list[edit.Use]) -> None:
    """What compares the answer, by kind."""
    if not found:
        st.info("Nothing compares this answer: the interview never asks it. Use it in a rule, or leave it out.")
    for kind, heading in USE_NAMES.items():
        of_kind = [one for one in found if one.kind == kind]
        if not of_kind:
            continue
        st.markdown(f"**{heading}** ({len(of_kind)})")
        shown = of_kind if len(of_kind) <= 12 or st.toggle("Show all", key=f"uses-{kind}") else of_kind[:12]
        with st.container(gap="xxsmall"):
            for one in shown:
                if kind in PAGES:
                    if st.button(one.title, key=f"use-{kind}-{one.id}", type="tertiary"):
                        go(PAGES[kind], **{kind: one.id})
                else:
                    st.markdown(f"- {one.title}")
        if len(shown) < len(of_kind):
            st.caption(f"and {len(of_kind) - len(shown)} more")


def asked_when(session: Session, question: Question) -> None:
    """For whom the question makes sense, and the builder to change it."""
    st.markdown(f"Asked of: **{edit.for_whom(session.view.kb, question)}**")
    st.caption("Everybody else is never asked, and counts as a no wherever a rule compares the answer.")
    if session.draft is None:
        return
    from authoring.console.components.builder import criteria_builder  # its scripts are read only where it is shown

    old = edit.as_written(session.view, question.id)
    value = old.get("ask_when")
    if value is None and not st.toggle("Ask only some people", key=f"gate-{question.id}"):
        return
    key = f"ask-when-{session.draft.id}-{question.id}"
    before, version = st.session_state.get(key + "-saved", (value, 1))
    if before != value:  # it was saved since, here or elsewhere: the builder takes what stands there now
        version += 1
    result = criteria_builder(session.view.kb, value, version=version, key=key, record=key)
    st.session_state[key + "-saved"] = (value, max(version, result.version))
    for _, problem in result.problems:
        st.caption(f"To finish: {problem}")
    with st.container(horizontal=True):
        if st.button("Save for whom", type="primary", disabled=result.value in (None, value)):
            changes = edit.with_question(session.view, question.id, edit.edited(old, {"ask_when": result.value}))
            if save(session, changes, f"For whom {question.name} is asked"):
                st.rerun()
        if value is not None and st.button("Ask everybody"):
            changes = edit.with_question(session.view, question.id, edit.edited(old, {"ask_when": None}))
            if save(session, changes, f"{question.name} is asked of everybody"):
                st.rerun()


def changing(session: Session, question: Question, found: list[edit.Use]) -> None:
    """The form, and moving the question."""
    if session.draft is None:
        st.info("What is approved is only read. Start a draft at the top of the page to change it.")
        return
    moving(session, question)
    kb = session.view.kb
    old = edit.as_written(session.view, question.id)
    used = edit.option_users(found)
    rows: list[dict[str, Any]] = []
    with st.form(f"question-{question.id}-{session.view.commit}", border=False):
        text = st.text_area("Question, in the patient's words", question.text, height=80)
        name = st.text_input("Short name, in a clinician's words", question.name)
        help_ = st.text_area("Help, for somebody who is not sure", question.help or "", height=70)
        why = st.text_area("Why we ask, in the patient's words", question.why or "", height=70)
        left, right = st.columns(2)
        by = left.selectbox("Asked by", ["patient", "clinician"], index=["patient", "clinician"].index(question.by))
        screen = right.text_input(
            "Asked together as",
            question.screen or "",
            help="Questions with the same word here share a screen, whatever their sections.",
        )
        numbers: dict[str, object] = {}
        if question.type in ("integer", "decimal"):
            first, second, third = st.columns(3)
            numbers["unit"] = first.text_input("Unit", question.unit or "").strip()
            for key, place, label in (("min", second, "Lowest"), ("max", third, "Highest")):
                numbers[key] = place.text_input(label, f"{old.get(key, '')}").strip()
        if question.options:
            st.caption("Options. A new one gets its id from its text; ids that are there stay: rules name them.")
            rows = st.data_editor(
                [
                    {"text": one.text, "name": one.name or "", "id": one.id, "used": len(used.get(one.id, ()))}
                    for one in question.options
                ],
                num_rows="dynamic",
                hide_index=True,
                column_config={
                    "text": st.column_config.TextColumn("The patient reads", width="medium"),
                    "name": st.column_config.TextColumn("A clinician reads"),
                    "id": st.column_config.TextColumn("Id", disabled=True),
                    "used": st.column_config.NumberColumn("Uses", disabled=True, width=60),
                },
                key=f"options-{question.id}-{session.view.commit}",
            )
        st.caption("What this rests on")
        citations: list[dict[str, Any]] = [{"source": one.source, "locator": one.locator} for one in question.sources]
        cited = st.data_editor(
            citations or [{"source": None, "locator": None}],
            num_rows="dynamic",
            hide_index=True,
            column_config={
                "source": st.column_config.SelectboxColumn("Source", options=sorted(kb.sources), width="medium"),
                "locator": st.column_config.TextColumn("Where in it", width="medium"),
            },
            key=f"sources-{question.id}-{session.view.commit}",
        )
        judgement = st.text_area("Judgement, where no source settles it", question.judgement or "", height=70)
        done = st.form_submit_button("Save the question", type="primary")
    if not done:
        return
    fields: dict[str, object] = {
        "text": text.strip(),
        "name": name.strip(),
        "help": help_.strip(),
        "why": why.strip(),
        "by": by if by != "patient" or "by" in old else None,
        "screen": screen.strip(),
        "judgement": judgement.strip(),
        "sources": _citations(cited),
    }
    problems: list[str] = []
    for key, value in numbers.items():
        if key == "unit":
            fields[key] = value
        elif (number := _number(str(value))) is None:
            label = "Lowest" if key == "min" else "Highest"
            problems.append(f"{label}: “{value}” is no number. Write it as 16 or 0.5.")
        else:
            fields[key] = number
    if question.options:
        fields["options"], more = edit.edited_options(old.get("options", []), rows, used)
        problems += more
    new = edit.edited(old, fields)
    for key in ("min", "max"):
        if key in fields:
            new[key] = fields[key]  # 0 is a limit too
    problems += [] if problems else edit.refusals(new)
    for problem in problems:
        st.error(problem)
    if problems:
        st.caption("Nothing was saved.")
    elif save(session, edit.with_question(session.view, question.id, new), f"Question: {name.strip()}"):
        st.rerun()


def _citations(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    result = []
    for row in rows:
        if row.get("source"):
            locator = str(row.get("locator") or "").strip()
            result.append({"source": str(row["source"])} | ({"locator": locator} if locator else {}))
    return result


def _number(text: str) -> int | float | None:
    if re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,9}\.\d{1,6}", text) else None


def moving(session: Session, question: Question) -> None:
    """Up, down and to another section."""
    kb = session.view.kb
    others = [one.id for one in kb.sections if one.id != kb.section_of[question.id].id]
    titles = {one.id: one.title for one in kb.sections}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, step in (("Move up", -1), ("Move down", 1)):
            changes = edit.moved(session.view, question.id, step)
            if (
                st.button(label, disabled=changes is None)
                and changes
                and save(session, changes, f"{label}: {question.name}")
            ):
                st.rerun()
        if others:
            with st.popover("Move to another section"):
                target = st.selectbox("Section", others, format_func=titles.__getitem__, key=f"to-{question.id}")
                if st.button("Move to its end", type="primary"):
                    changes, refused = edit.moved_to(session.view, question.id, target)
                    if refused:
                        st.error(refused)
                    elif save(session, changes, f"{question.name} moved to {titles[target]}"):
                        st.rerun()


def interview_length(session: Session) -> None:
    """How long the interview is before and after the draft, over the cases."""
    st.caption(
        "How many screens people see before and after this draft. The people are up to 40 of this knowledge base's own "
        "cases: they were chosen to test it and are not typical patients, so read the difference, not the number. "
        "Counting takes a few seconds."
    )
    approved = session.views.approved(session.today)
    if session.draft is None or session.view.commit == approved.commit:
        st.info("There is nothing to compare: change something in a draft first.")
        return
    if not session.view.runs or not approved.runs:
        st.warning("The interview cannot be run while there are errors. Mend them first; Home lists them.")
        return
    key = f"length-{approved.commit}-{session.view.commit}"
    people = people_of_cases(approved.kb)
    if key not in st.session_state and people and st.button(f"Count for {len(people)} cases"):
        bar = st.progress(0.0, "Asking the first")
        st.button("Cancel", help="Stops counting; nothing is kept.")

        def told(number: int) -> bool:
            bar.progress(number / len(people), f"{number} of {len(people)} asked")
            return True

        st.session_state[key] = compare_lengths(approved.kb, session.view.kb, people, told)
        st.rerun()
    found = st.session_state.get(key)
    if found is None:
        return
    st.dataframe(
        [
            {"": "Half see at most", "Before": found.before.median, "After": found.after.median},
            {"": "Nine in ten see at most", "Before": found.before.ninetieth, "After": found.after.ninetieth},
        ],
        hide_index=True,
    )
    st.caption(f"{found.longer} of {found.people} see more screens than before, {found.shorter} fewer.")


session = current()
header(session, "Questions", "What is asked, in which order, of whom, and which rules use the answers.")
if session.view.loaded.kb is None:
    st.error("The settings or the body map of this draft cannot be read. Home lists what to mend.")
    st.stop()
wanted = selected("question")
if wanted and wanted not in session.view.kb.questions:
    st.warning(f"There is no question “{wanted[:80]}” here. It may be in another draft.")
    wanted = None
if wanted:
    one_question(session, session.view.kb.questions[wanted])
elif session.view.kb.questions:
    overview(session)
else:
    st.info("There are no questions that can be read. Home lists what to mend.")
