"""Conditions and guides: the list, one condition, and its guide beside what the patient will see."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import streamlit as st

from authoring.actions import Refused
from authoring.console.components.form_journal import Left
from authoring.console.conditions.condition_browse import browse, condition_paths, used
from authoring.console.conditions.condition_details import details
from authoring.console.conditions.condition_form import (
    duplicate_record,
    new_path,
    new_record,
    with_condition,
)
from authoring.console.conditions.condition_work import Work, work_on
from authoring.console.conditions.guide_editor import guide_editor
from authoring.console.conditions.guide_look import apply_guide_look
from authoring.console.conditions.guide_preview import content_of, page, pdf_pages
from authoring.console.look import urgency_badge
from authoring.console.records.buttons import pressed
from authoring.console.records.editing import clear_small, keep_small, offer_left, small
from authoring.console.records.form import Form
from authoring.console.records.records import Fields, Problems, number_of
from authoring.console.session import (
    Session,
    current,
    header,
    plain,
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
        tell(KnowledgeError(session.view.errors), session.view)
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
        st.error(f"There is no condition “{plain(id_[:80])}” here. It may be in another draft: choose it above.")
        return
    work = work_on(session, path)
    if work is None:
        st.error("The file of this condition cannot be read.")
        for finding in session.view.findings_in(path):
            show_finding(finding, session.view)
        return
    _record(session, work, id_)


def _record(session: Session, work: Work, id_: str) -> None:
    notices = st.container()
    bar = st.container(key="condition-bar")
    may_edit = session.draft is not None
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
    if session.draft is not None and (left := work.keep()) is not None:  # before what takes its time
        with notices:
            _left(work, left)
    if work.record != before:
        work.check(session)
    with bar:
        _bar(session, work)  # with what was typed just now
    if work.record != before:
        st.rerun()  # so that findings and marks are those of what was just typed


def _left(work: Work, left: Left) -> None:
    """What another window of this browser holds of the same condition."""

    def take() -> None:
        work.restore(left)

    offer_left(work.page, left, work.journal, take)


def _bar(session: Session, work: Work) -> None:
    """Name, urgency, and saving."""
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
        st.info(plain(f"Retired: {form['retired'].get('reason')}" + (f" Use {instead} instead." if instead else "")))
    if session.draft is None:
        right.caption("What is approved is only read. Start a draft, at the top of the page, to change it.")
        return
    with right:
        with st.container(key="row-condition"):
            keep, drop, more = st.columns(3)
        with more.popover("More", width="stretch"):
            _more(session, work)
        changed = work.changed
        off = not changed or work.moved
        if pressed("Save", key="save", place=keep, type="primary", disabled=off, width="stretch"):
            _save(session, work)
        help_ = "Back to what is saved"
        if pressed("Undo", key="undo-all", place=drop, disabled=not changed, width="stretch", help=help_):
            work.take(dict(work.stored))
            st.rerun()
        mend = len(work.errors)
        told = f"{mend} to mend" if mend else "Nothing to mend"
        st.caption(f"{told}. {'Changes are not saved yet.' if changed else 'Saved.'}")
    if work.moved:
        st.warning("This condition was saved from another window since you began.")
        mine, theirs = st.columns(2)
        if pressed("Save mine over it", key="save-mine", place=mine):
            _save(session, work)
        if pressed("Take what was saved, drop mine", key="take-theirs", place=theirs):
            work.take(dict(session.view.value(work.path) or work.stored))
            st.rerun()


def _save(session: Session, work: Work) -> None:
    record = work.record
    if save(session, {work.path: record}, f"Condition: {record.get('name')}"):
        st.rerun()


def _more(session: Session, work: Work) -> None:
    kb = session.view.kb
    small_form = small(
        session, f"more/{work.path}", {"copy": f"{work.form.get('name')} (copy)", "reason": "", "instead": None}
    )
    st.markdown("**Duplicate**")
    name = small_form.line("copy", "Name of the copy", slot=False)
    if pressed("Make a copy", key="make-copy"):
        try:
            path = new_path(session.view, str(work.form.get("region")), name)
        except Refused as error:
            tell(error, session.view)
        else:
            record = duplicate_record(work.record, path, name)
            if save(session, {path: record}, f"New condition: {name}"):
                select("condition", str(record["id"]))
                st.rerun()
    if work.form.get("retired"):
        if pressed("Put it in force again", key="unretire"):
            work.form["retired"] = None
            _save(session, work)
    else:
        st.markdown("**Retire**")
        reason = small_form.line("reason", "Why it is no longer used", slot=False)
        others = [one for one in kb.current_conditions if one != work.form["id"]]
        instead = small_form.one(
            "instead", "What replaces it", others, lambda one: kb.conditions[one].name, placeholder="Nothing"
        )
        if pressed("Retire it", key="retire"):
            if not reason.strip():
                st.error("Say why it is no longer used: people who meet it in an old result will read this.")
            else:
                work.form["retired"] = {"reason": reason.strip(), "replacement": instead}
                _save(session, work)
    keep_small(small_form)


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
        tell(error, session.view)


def _new(session: Session) -> None:
    with st.expander("New condition"):
        regions = [one.id for one in session.view.kb.body.regions]
        form = small(session, "new condition", _NOTHING | {"region": regions[0]})
        values = _new_fields(session, form)
        keep_small(form)
        if pressed("Create it", type="primary", key="create-condition"):
            _create(session, form, values)


_NOTHING = {"name": "", "plain_name": "", "region": None, "level": Urgency.ROUTINE.value, "prior": "", "reason": ""}


def _new_fields(session: Session, form: Form) -> Fields:
    regions = {one.id: one.name for one in session.view.kb.body.regions}
    levels = [urgency.value for urgency in Urgency]
    left, right = st.columns(2, gap="large")
    with left:
        form.line("name", "Name, in a clinician's words")
        form.line("plain_name", "Name, in the patient's words")
        form.one("region", "Region", list(regions), regions.__getitem__, empty=False)
    with right:
        label = "How soon somebody with it should be seen"
        form.one("level", label, levels, lambda one: LEVEL_NAMES[Urgency(one)], empty=False)
        form.line("prior", "Probability among those for whom it is considered (0 to 1)")
        form.line("reason", "Where that figure comes from (sources can be added later)")
    return form.fields


def _create(session: Session, form: Form, fields: Fields) -> None:
    prior = number_of(fields["prior"])
    lacking: Problems = {
        name: [what]
        for name, what in (
            ("name", "Give it a name."),
            ("plain_name", "Give it a name for patients."),
            ("reason", "Say where the figure is from."),
        )
        if not fields[name].strip()
    }
    if prior is None or not 0 < prior < 1:
        lacking["prior"] = ["Write a number above 0 and below 1, such as 0.05."]
    if lacking or prior is None:
        form.tell(lacking, {})
        return
    try:
        path = new_path(session.view, fields["region"], fields["name"])
    except Refused as error:
        form.tell({"name": [f"{error.what[:1].upper()}{error.what[1:]}: {error.fix}."]}, {})
        return
    record = new_record(
        path,
        name=fields["name"],
        plain_name=fields["plain_name"],
        region=fields["region"],
        care_level=fields["level"],
        prior=prior,
        reason=fields["reason"],
        review_by=session.today + _YEAR,
    )
    if save(session, {path: record}, f"New condition: {fields['name'].strip()}"):
        clear_small(form)
        select("condition", str(record["id"]))
        st.rerun()


main()
