"""Conditions and guides: the list, one condition, and its guide beside what the patient will see."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

import streamlit as st

from authoring.actions import Refused
from authoring.console.condition_browse import browse, condition_paths, used
from authoring.console.condition_details import details
from authoring.console.condition_form import (
    duplicate_record,
    new_path,
    new_record,
    with_condition,
)
from authoring.console.condition_work import Work, work_on
from authoring.console.guide_editor import guide_editor
from authoring.console.guide_look import apply_guide_look
from authoring.console.guide_preview import content_of, page, pdf_pages
from authoring.console.look import urgency_badge
from authoring.console.session import (
    Session,
    current,
    header,
    save,
    select,
    selected,
    show_finding,
    tell,
)
from engine.english import LEVEL_NAMES
from engine.finding import KnowledgeError
from engine.model.rule import Urgency

_VIEWS = {"guide": "Guide", "details": "What it is", "used": "Rules and cases"}
_YEAR = timedelta(days=365)


def main() -> None:
    """The page."""
    session = current()
    header(session, "Conditions and guides", "What can cause the pain, how soon it needs care, and what patients read.")
    apply_guide_look()
    if session.view.loaded.kb is None:
        tell(KnowledgeError(session.view.errors))
        return
    id_ = selected("condition")
    if id_ is None:
        if session.draft is not None:
            _new(session)
        browse(session)
        return
    path = condition_paths(session.view).get(id_)
    if st.button("All conditions", key="back-conditions", type="tertiary"):
        for name in ("condition", "part", "view"):
            select(name, None)
        st.rerun()
    if path is None:
        st.error(f"There is no condition “{id_}” here. It may be in another draft: choose it above, or open the list.")
        return
    work = work_on(session, path)
    if work is None:
        st.error("The file of this condition cannot be read.")
        for finding in session.view.findings_in(path):
            show_finding(finding)
        return
    _record(session, work, id_)


def _record(session: Session, work: Work, id_: str) -> None:
    with st.container(key="condition-bar"):
        may_edit = _bar(session, work)
    before = work.record
    view = st.segmented_control(
        "View",
        list(_VIEWS),
        default=selected("view") if selected("view") in _VIEWS else "guide",
        format_func=lambda one: _VIEWS[one],
        label_visibility="collapsed",
        key=f"condition-view-{id_}",
    )
    shown = view or "guide"
    select("view", None if shown == "guide" else shown)
    if shown == "used":
        with st.container(key="condition-used"):
            used(session, id_)
    elif shown == "details":
        details(work, session.view.kb, may_edit)
    else:
        _guide(session, work, may_edit)
    if work.record != before:
        st.rerun()  # so that findings and marks are those of what was just typed


def _bar(session: Session, work: Work) -> bool:
    """Name, urgency, and saving; True where the condition may be edited."""
    form = work.form
    level = str(form.get("care_level"))
    levels = {urgency.value: name for urgency, name in LEVEL_NAMES.items()}
    left, right = st.columns([1, 1], vertical_alignment="center")
    left.html(
        f'<div class="guide-name"><h2>{escape(str(form.get("name") or work.path))}</h2>'
        f"{urgency_badge(escape(level), escape(levels.get(level, level)))}</div>"
        f"<div>{escape(str(form.get('plain_name') or ''))}</div>"
    )
    if form.get("retired"):
        instead = form["retired"].get("replacement")
        st.info(f"Retired: {form['retired'].get('reason')}" + (f" Use {instead} instead." if instead else ""))
    if session.draft is None:
        right.caption("What is approved is only read. Start a draft, at the top of the page, to change it.")
        return False
    with right:
        keep, drop, more = st.columns(3)
        with more.popover("More", width="stretch"):
            _more(session, work)
        changed = work.changed
        if keep.button("Save", type="primary", disabled=not changed or work.moved, key="save", width="stretch"):
            _save(session, work)
        if drop.button("Undo", disabled=not changed, key="undo-all", width="stretch", help="Back to what is saved"):
            work.take(dict(work.stored))
            st.rerun()
        mend = len(work.errors)
        told = f"{mend} to mend" if mend else "Nothing to mend"
        st.caption(f"{told}. {'Changes are not saved yet.' if changed else 'Saved.'}")
    if work.moved:
        st.warning("This condition was saved from another window since you began.")
        mine, theirs = st.columns(2)
        if mine.button("Save mine over it", key="save-mine"):
            _save(session, work)
        if theirs.button("Take what was saved, drop mine", key="take-theirs"):
            work.take(dict(session.view.value(work.path) or work.stored))
            st.rerun()
    return True


def _save(session: Session, work: Work) -> None:
    record = work.record
    if save(session, {work.path: record}, f"Condition: {record.get('name')}"):
        st.rerun()


def _more(session: Session, work: Work) -> None:
    with st.form("duplicate", border=False):
        st.markdown("**Duplicate**")
        name = st.text_input("Name of the copy", value=f"{work.form.get('name')} (copy)")
        if st.form_submit_button("Make a copy"):
            try:
                path = new_path(session.view, str(work.form.get("region")), name)
            except Refused as error:
                tell(error)
            else:
                record = duplicate_record(work.record, path, name)
                if save(session, {path: record}, f"New condition: {name}"):
                    select("condition", str(record["id"]))
                    st.rerun()
    if work.form.get("retired"):
        if st.button("Put it in force again", key="unretire"):
            work.form["retired"] = None
            _save(session, work)
        return
    with st.form("retire", border=False):
        st.markdown("**Retire**")
        reason = st.text_input("Why it is no longer used")
        others = [one for one in session.view.kb.current_conditions if one != work.form["id"]]
        instead = st.selectbox(
            "What replaces it",
            [None, *others],
            format_func=lambda one: "Nothing" if one is None else session.view.kb.conditions[one].name,
        )
        if st.form_submit_button("Retire it"):
            if not reason.strip():
                st.error("Say why it is no longer used: people who meet it in an old result will read this.")
            else:
                work.form["retired"] = {"reason": reason.strip(), "replacement": instead}
                _save(session, work)


def _guide(session: Session, work: Work, may_edit: bool) -> None:
    with st.container(key="guide-switch"):
        narrow = st.segmented_control(
            "Show",
            ["Text", "Preview"],
            default="Text",
            label_visibility="collapsed",
            key="guide-narrow",
        )
    aside = narrow == "Preview"
    with st.container(key="guide-columns"):
        left, right = st.columns([6, 5], gap="medium")
    with left, st.container(key="guide-editor-aside" if aside else "guide-editor"):
        before = work.record
        guide_editor(work, session.view.kb, may_edit)
        if work.record != before:
            st.rerun()
    with right, st.container(key="guide-preview" if aside else "guide-preview-aside"):
        _preview(session, work)


def _preview(session: Session, work: Work) -> None:
    as_what = st.segmented_control(
        "Preview",
        ["Patient's page", "PDF"],
        default="Patient's page",
        label_visibility="collapsed",
        key="guide-preview-as",
    )
    if work.condition is None:
        st.info(f"The preview appears when what is marked has been mended ({len(work.errors)}).")
        return
    kb = with_condition(session.view.kb, work.condition, work.path)
    try:
        content = content_of(kb, work.condition.id, session.today)
        if as_what == "PDF":
            data, pictures = pdf_pages(content)
            st.download_button(
                f"Download the PDF ({len(pictures)} pages)",
                data,
                file_name=f"{work.condition.id}-draft.pdf",
                mime="application/pdf",
                key="guide-pdf",
            )
            with st.container(height=760, border=True):
                for number, picture in enumerate(pictures, 1):
                    st.image(picture, width="stretch", alt=f"Page {number} of the PDF")
        else:
            focus = {"watch_for": "watch-for", "summary": "guide"}.get(selected("part") or "", selected("part"))
            page(content, focus=focus)
    except KnowledgeError as error:
        tell(error)


def _new(session: Session) -> None:
    kb = session.view.kb
    regions = {one.id: one.name for one in kb.body.regions}
    with st.popover("New condition"), st.form("new-condition", border=False):
        name = st.text_input("Name, in a clinician's words")
        plain_name = st.text_input("Name, in the patient's words")
        region = st.selectbox("Region", list(regions), format_func=lambda one: regions[one])
        level = st.selectbox(
            "How soon somebody with it should be seen",
            [urgency.value for urgency in Urgency],
            index=3,
            format_func=lambda one: LEVEL_NAMES[Urgency(one)],
        )
        prior = st.number_input(
            "Probability among those for whom it is considered (0 to 1)",
            min_value=0.000001,
            max_value=0.99,
            value=None,
            format="%g",
        )
        reason = st.text_input("Where that figure comes from (sources can be added later)")
        if not st.form_submit_button("Create it", type="primary"):
            return
        lacking = [
            what
            for what, value in (
                ("a name", name),
                ("a name for patients", plain_name),
                ("where the figure is from", reason),
            )
            if not value.strip()
        ] + (["a probability"] if prior is None else [])
        if lacking or prior is None:
            st.error(f"It still needs {', '.join(lacking)}.")
            return
        try:
            path = new_path(session.view, region, name)
        except Refused as error:
            tell(error)
            return
        record = new_record(
            path,
            name=name,
            plain_name=plain_name,
            region=region,
            care_level=level,
            prior=prior,
            reason=reason,
            review_by=date.fromordinal((session.today + _YEAR).toordinal()),
        )
        if save(session, {path: record}, f"New condition: {name.strip()}"):
            select("condition", str(record["id"]))
            st.rerun()


main()
