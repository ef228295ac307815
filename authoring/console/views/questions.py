"""Questions: what is asked, in which order, of whom, and which rules use the answers."""

from __future__ import annotations

import re

import streamlit as st

from authoring.actions import Refused, View
from authoring.console.bench.bench_engine import interview_of
from authoring.console.home.home_layout import wrapping_columns
from authoring.console.places import PAGES
from authoring.console.questions import question_edit as edit
from authoring.console.questions import question_form as form
from authoring.console.questions.question_length import Person, lengths, reference_people, screens
from authoring.console.records.editing import Drawn, Editor
from authoring.console.records.editing import edit as write
from authoring.console.records.form import Form
from authoring.console.records.record_list import choose
from authoring.console.records.records import Fields, Record
from authoring.console.session import Session, current, go, header, plain, save, select, selected, show_finding, tell
from engine.model.question import RESERVED, Question

NOT_SURE = "I'm not sure"
USE_PAGES = PAGES | {"question": ("questions", "question")}
USE_NAMES = {
    "rule": "Rules",
    "condition": "Conditions",
    "question": "Questions that are asked because of it",
    "constraint": "Answers that cannot occur together",
    "safety": "Safety rules",
}


@st.cache_resource(show_spinner=False, max_entries=6)
def _facts(_view: View, commit: str) -> tuple[dict[str, int], dict[str, str]]:  # the commit is what it is kept by
    """Of each question: how many rules compare its answer, and for whom it is."""
    kb = _view.kb
    used = {name: sum(use.kind == "rule" for use in uses) for name, uses in edit.all_users(kb).items()}
    return used, {name: edit.for_whom(kb, one) for name, one in kb.questions.items()}


def overview(session: Session) -> None:
    """Every section in order with its questions."""
    kb = session.view.kb
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    words = left.text_input("Search", placeholder="words of a question, an option or a name", key="find-question")
    sections: dict[str | None, str] = {None: "All sections"} | {one.id: one.title for one in kb.sections}
    chosen = right.selectbox("Section", list(sections), format_func=lambda one: sections[one], key="in-section")
    used, whom = _facts(session.view, session.view.commit)
    found = [
        question
        for question in kb.questions.values()
        if edit.matches(question, words) and chosen in (None, kb.section_of[question.id].id)
    ]
    if not found:
        st.info("No question has these words. Try fewer, or look in all sections.")
        return
    st.caption(f"{len(found)} of {len(kb.questions)} questions, in their order. Choose a row to open it.")
    rows = [
        {
            "Question": one.text,
            "Answer": edit.TYPES[one.type],
            "Rules": used.get(one.id, 0),
            "For": whom[one.id],
            "Asked by": one.by,
            "Section": kb.section_of[one.id].title,
        }
        for one in found
    ]
    picked = choose(
        rows, key="questions", widths={"Question": 430, "Answer": 105, "Rules": 60, "For": 190, "Asked by": 75}
    )
    if picked is not None:
        select("question", found[picked].id)
        st.rerun()


def one_question(session: Session, question: Question) -> None:
    """One question with everything about it."""
    kb = session.view.kb
    order = list(kb.questions)
    at = order.index(question.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("All questions", key="back-questions", type="tertiary"):
            select("question", None)
            st.rerun()
        for label, step in (("Previous", -1), ("Next", 1)):
            if st.button(label, disabled=not 0 <= at + step < len(order)):
                select("question", order[at + step])
                st.rerun()
    section = kb.section_of[question.id]
    st.subheader(plain(question.name), anchor=False)
    st.caption(
        f"{section.title}, question {section.questions.index(question) + 1} of {len(section.questions)}. "
        f"{edit.TYPES[question.type].capitalize()}, asked by the {question.by}. Id: {question.id}"
    )
    path = edit.section_path(session.view, section.id)
    number = section.questions.index(question)
    for finding in session.view.findings_in(path):
        if re.match(rf"/questions/{number}(/|$)", finding.pointer):
            show_finding(finding, session.view)
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
        label = plain(question.text)
        st.markdown(f"**{label}**")
        if question.help:
            st.caption(plain(question.help))
        key = f"preview-{question.id}"
        options = [one.text for one in session.view.kb.options(question)]
        match question.type:
            case "boolean":
                st.radio(label, ["Yes", "No", NOT_SURE], index=None, key=key, label_visibility="collapsed")
            case "choice":
                st.radio(label, [*map(plain, options), NOT_SURE], index=None, key=key, label_visibility="collapsed")
            case "choices" if len(options) <= 12:
                for number, option in enumerate(options):
                    st.checkbox(plain(option), key=f"{key}-{number}")
                st.checkbox("None of these", key=f"{key}-none")
                st.checkbox(NOT_SURE, key=f"{key}-unsure")
            case "choices":
                st.multiselect(label, options, key=key, label_visibility="collapsed")
                st.caption("The patient touches these on the body map." if question.options_from else "")
            case _:
                whole = question.type == "integer"
                low, high = question.min or 0, question.max or 0
                st.number_input(
                    plain(question.unit or ""),
                    min_value=int(low) if whole else float(low),
                    max_value=int(high) if whole else float(high),
                    value=None,
                    key=key,
                    help=f"from {low} to {high}",
                )
                st.checkbox(NOT_SURE, key=f"{key}-unsure")
        if question.why:
            st.caption(f"Why we ask: {plain(question.why)}")


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
                if kind in USE_PAGES:
                    page, name = USE_PAGES[kind]
                    if st.button(plain(one.title), key=f"use-{kind}-{one.id}", type="tertiary"):
                        go(page, **{name: one.id})
                else:
                    st.markdown(f"- {plain(one.title)}")
        if len(shown) < len(of_kind):
            st.caption(f"and {len(of_kind) - len(shown)} more")


def asked_when(session: Session, question: Question) -> None:
    """For whom the question makes sense."""
    st.markdown(f"Asked of: **{plain(edit.for_whom(session.view.kb, question))}**")
    st.caption("Everybody else is never asked, and counts as a no wherever a rule compares the answer.")
    if session.draft is not None:
        st.caption("It is changed under Change.")


def changing(session: Session, question: Question, found: list[edit.Use]) -> None:
    """The form, and moving the question."""
    if session.draft is None:
        st.info("What is approved is only read. Start a draft at the top of the page to change it.")
        return
    moving(session, question)
    view, old = session.view, edit.as_written(session.view, question.id)
    used = edit.option_users(found)

    def keep(record: Record, fields: Fields) -> bool:
        return save(session, edit.with_question(view, question.id, record), f"Question: {fields['name'].strip()}")

    write(
        session,
        Editor(
            name=f"question/{question.id}",
            title="this question",
            stored=old,
            begin=form.fields_from,
            build=form.build,
            draw=lambda page, record: draw(session, page, record, old, used),
            save=keep,
        ),
    )


def new_question(session: Session) -> None:
    """The form for a question that is not there yet, in a section that is there or a new one."""
    view = session.view
    taken = set(view.kb.questions) | RESERVED
    last = view.kb.sections[-1].id if view.kb.sections else None

    def keep(record: Record, fields: Fields) -> bool:
        section = fields["section"]
        try:
            changes = (
                edit.added(view, section, record)
                if section is not None
                else edit.new_section(view, fields["section_title"], fields["section_after"], record)
            )
        except Refused as error:
            tell(error, session.view)
            return False
        if not save(session, changes, f"New question: {fields['name'].strip()}"):
            return False
        select("question", str(record["id"]))
        return True

    write(
        session,
        Editor(
            name="new question",
            title="this question",
            stored={},
            begin=lambda stored: form.fields_from(stored) | {"section_after": last},
            build=lambda fields, stored: form.build(fields, stored, taken),
            draw=lambda page, record: draw(session, page, record, {}, {}),
            save=keep,
            save_label="Add it",
        ),
    )


def draw(session: Session, page: Form, record: Record, stored: Record, used: dict[str, list[str]]) -> Drawn:
    """The fields of a question, and what is wrong with them."""
    kb, fields = session.view.kb, page.fields
    if not stored:
        _place(session, page)
    page.text("text", "Question, in the patient's words")
    left, right = st.columns(2)
    with left:
        page.line("name", "Short name, in a clinician's words")
        if not stored and record["id"]:
            st.caption(f"Its id will be {record['id']}")
    with right:
        if stored:
            st.caption(f"Answer  \n{edit.TYPES.get(str(fields['type']), fields['type'])}")
        else:
            page.one("type", "Kind of answer", list(edit.TYPES), lambda one: edit.TYPES[one])
    if fields["type"] in form.NUMBERS:
        for column, name, label in zip(
            st.columns(3), ("unit", "min", "max"), ("Unit", "Lowest", "Highest"), strict=True
        ):
            with column:
                page.line(name, label)
    if fields["type"] in form.CHOICES:
        if not stored or fields["body"]:
            page.tick("body", "The options are the parts of the body map")
        if not fields["body"]:
            columns = {"text": "The patient reads: option", "name": "A clinician reads, where it differs: option"}
            page.rows("options", columns, "option", lambda part: _named_by(part, used))
    page.text("help", "Help, for somebody who is not sure")
    page.text("why", "Why we ask, in the patient's words")
    left, right = st.columns(2)
    with left:
        page.one("by", "Asked by", ["patient", "clinician"], str, empty=False)
    with right:
        page.line(
            "screen",
            "Asked together as",
            help="Questions with the same word here share a screen, whatever their sections.",
        )
    if page.toggle("gated", "Ask only some people"):
        page.criterion("ask_when")
    else:
        page.work.unfinished.pop("ask_when", None)
    st.markdown("**What this rests on**")
    page.basis()
    now = form.build(fields, stored, set(kb.questions) | RESERVED)
    return Drawn(form.problems(fields, now, stored, session.view, used))


def _named_by(part: Fields, used: dict[str, list[str]]) -> str:
    titles = used.get(str(part.get("id") or ""), [])
    return f"Named by {', '.join(titles[:2])}" if titles else ""


NEW = "A new section"


def _place(session: Session, page: Form) -> None:
    titles = {one.id: one.title for one in session.view.kb.sections}
    page.one("section", "Section", list(titles), titles.__getitem__, placeholder=NEW)
    if page.fields["section"] is None:
        left, right = st.columns(2)
        with left:
            page.line("section_title", "Title of the new section, in the patient's words")
        with right:
            page.one(
                "section_after", "It comes after", list(titles), titles.__getitem__, placeholder="Before all others"
            )


def sections(session: Session) -> None:
    """The sections: their order, and their titles."""
    view = session.view
    for number, section in enumerate(view.kb.sections, 1):
        words, up, down = st.columns([6, 1, 1], vertical_alignment="center")
        count = len(section.questions)
        words.markdown(f"{number}. {plain(section.title)} ({count} {'question' if count == 1 else 'questions'})")
        for column, sign, by, way in ((up, "↑", -1, "up"), (down, "↓", 1, "down")):
            changes = edit.section_moved(view, section.id, by)
            if (
                column.button(
                    sign,
                    key=f"section-{section.id}-{way}",
                    help=f"Move “{plain(section.title)}” {way}",
                    disabled=not changes,
                    width="stretch",
                )
                and changes
                and save(session, changes, f"Move the section {section.title} {way}")
            ):
                st.rerun()
    titles = {one.id: one.title for one in view.kb.sections}
    chosen = st.selectbox("Give a section another title", list(titles), index=None, format_func=titles.__getitem__)
    if chosen is None:
        return

    def keep(record: Record, fields: Fields) -> bool:
        changes = edit.section_titled(view, str(chosen), fields["title"])
        return save(session, changes, f"The section {titles[chosen]} is now {fields['title'].strip()}")

    def drawn(page: Form, _record: Record) -> Drawn:
        page.line("title", "Title, in the patient's words")
        return Drawn({} if page.fields["title"].strip() else {"title": ["Write a title."]})

    write(
        session,
        Editor(
            name=f"section/{chosen}",
            title="this section",
            stored={"title": titles[chosen]},
            begin=lambda stored: {"title": str(stored["title"])},
            build=lambda fields, _stored: {"title": fields["title"].strip()},
            draw=drawn,
            save=keep,
        ),
    )


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


# People who are asked at first, and with each further press; and how many there are. Streamlit would show a bare text.
FIRST, MORE, MOST = 10, 40, 410


@st.cache_resource(show_spinner=False, max_entries=2)
def _people(_view: View, commit: str) -> tuple[list[Person], str]:  # the commit is what it is kept by
    return reference_people(_view.kb, MOST)


@st.cache_resource(show_spinner=False, max_entries=4)
def _screens_of(commit: str) -> dict[int, int]:
    """How many screens each person sees in a commit, as far as they were asked."""
    return {}


def _asked(view: View, number: int, person: Person) -> int:
    known = _screens_of(view.commit)
    if number not in known:
        known[number] = screens(interview_of(view), person)
    return known[number]


def interview_length(session: Session) -> None:
    """How long the interview is before and after the draft, over people whose answers are known."""
    approved, view = session.views.approved(session.today), session.view
    if session.draft is None or view.files == approved.files:
        st.info("There is nothing to compare: change something in a draft first.")
        return
    if not view.runs or not approved.runs:
        st.warning("The interview cannot be run while there are errors. Mend them first; Home lists them.")
        return
    people, who = _people(approved, approved.commit)
    key = f"length-{approved.commit}-{view.commit}"
    pairs: list[tuple[int, int]] = st.session_state.setdefault(key, [])
    goals: dict[str, int] = st.session_state.setdefault("length-goals", {})
    st.caption(
        f"How many screens people see before and after this draft. The people are {who}: "
        "read the difference, not the number."
    )
    shown = st.container()
    goal = min(goals.get(key, 0), len(people))
    if len(pairs) < goal:

        def stop() -> None:
            goals.pop(key, None)

        st.button("Stop", on_click=stop, help="What has been counted stays.")
        bar = st.progress(len(pairs) / goal, f"{len(pairs)} of {goal} asked")
        while len(pairs) < goal:
            number = len(pairs)
            pairs.append((_asked(approved, number, people[number]), _asked(view, number, people[number])))
            bar.progress(len(pairs) / goal, f"{len(pairs)} of {goal} asked")
        st.rerun()
    elif len(pairs) < len(people):
        more = min(MORE if pairs else FIRST, len(people) - len(pairs))
        word = ("more " if pairs else "") + ("person" if more == 1 else "people")
        if st.button(f"Ask {more} {word}"):
            goals[key] = len(pairs) + more
            st.rerun()
    if not pairs:
        return
    found = lengths(pairs)
    with shown:
        st.dataframe(
            [
                {"": "Half see at most", "Before": found.before.median, "After": found.after.median},
                {"": "Nine in ten see at most", "Before": found.before.ninetieth, "After": found.after.ninetieth},
            ],
            hide_index=True,
        )
        few = " A small sample: ask more before you rely on it." if found.people < FIRST + MORE else ""
        st.caption(f"Of {found.people} asked {found.longer} see more screens than before, {found.shorter} fewer.{few}")


session = current()
header(session, "Questions", "What is asked, in which order, of whom, and which rules use the answers.")
if session.view.loaded.kb is None:
    st.error("The settings or the body map of this draft cannot be read. Home lists what to mend.")
    st.stop()
wanted = selected("question")
if wanted and wanted not in session.view.kb.questions:
    st.warning(f"There is no question “{plain(wanted[:80])}” here. It may be in another draft.")
    wanted = None
if wanted:
    one_question(session, session.view.kb.questions[wanted])
else:
    if session.draft is not None:
        with st.expander("New question"):
            new_question(session)
        with st.expander("Sections"):
            sections(session)
    if session.view.kb.questions:
        overview(session)
    elif session.view.findings:
        st.info("There are no questions that can be read. Home lists what to mend.")
    else:
        st.info("There are no questions yet. Start a draft, and write the first one here.")
