"""The exercise library: what guides show step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from authoring import actions
from authoring.actions import View
from authoring.console.records import exercise_form
from authoring.console.records.form import Form
from authoring.console.records.record_page import Kind, record_page
from authoring.console.records.records import Record, new_part
from authoring.console.session import Session, current, header, plain, take_up, tell
from authoring.workspace import WorkspaceError
from engine.finding import KnowledgeError
from exports.guide.picture import clean_svg

_REVIEW_AFTER = timedelta(days=365)


def row(view: View, id_: str, record: Record) -> Mapping[str, object]:
    """One exercise in the list."""
    guides = sum(any(use.exercise == id_ for use in one.guide.exercises) for one in view.kb.conditions.values())
    return {
        "Name": str(record.get("name") or id_),
        "What it is for": str(record.get("aim") or ""),
        "Guides": guides,
    }


def picture(view: View, file: str, shows: str, width: int = 240) -> None:
    """One drawing, with what it shows, or that it is not there."""
    data = view.files.get(f"exercises/{file}")
    if data is None:
        st.caption(f"There is no drawing called {plain(file)}.")
        return
    try:
        st.image(clean_svg(data), width=width, alt=shows or file)
    except ValueError as error:
        st.caption(f"The drawing {plain(file)} cannot be shown: {plain(str(error))}.")


def draw(form: Form, record: Record, new: bool) -> None:
    """The fields."""
    form.line("name", exercise_form.TEXTS["name"])
    if new and record["id"]:
        st.caption(f"Its id will be {record['id']}.")
    form.text("aim", exercise_form.TEXTS["aim"])
    st.markdown("**Steps**")
    form.rows("steps", {"text": "Step"}, "step")
    pictures(form)
    for name in ("dose", "progression", "easier", "stop_if"):
        form.text(name, exercise_form.TEXTS[name])
    form.basis()
    form.day("review_by", "To be reviewed by", session.today + _REVIEW_AFTER)


def pictures(form: Form) -> None:
    """The drawings, in order: start position first; chosen from those that are there, or added as a file."""
    st.markdown("**Pictures**, the start position first")
    there = sorted(
        path.removeprefix("exercises/")
        for path in session.view.files
        if path.startswith("exercises/") and path.endswith(".svg")
    )
    parts = form.fields["pictures"]
    saved = {str(one["_place"]): one for one in form.work.saved.get("pictures", ())}
    for at, part in enumerate(list(parts)):
        place = str(part["_place"])
        left, right = st.columns([1, 2])
        with left:
            picture(session.view, str(part["file"]), str(part.get("alt") or ""))
        with right:
            offered = there if part["file"] in there else [str(part["file"]), *there]
            key = form.seeded(f"{place}/file", part["file"])
            part["file"] = st.selectbox(f"Drawing {at + 1}", offered, key=key)
            form.part(part, saved.get(place, {}), "alt", f"{place}/alt", f"What drawing {at + 1} shows, in words")
            if st.button(f"Remove drawing {at + 1}", key=form.key(f"{place}/away"), type="tertiary"):
                parts.remove(part)
                st.rerun()
    form.slot("pictures")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Add a drawing that is there", there, index=None, key=form.key("pictures/there"))
        if st.button("Add this drawing", key=form.key("pictures/add"), disabled=not chosen):
            parts.append({**new_part(parts, "pictures", {"file": "", "alt": ""}), "file": chosen})
            st.rerun()
    given = st.file_uploader(
        "Or add a drawing from your computer (SVG)", type="svg", key=form.key(f"pictures/file/{len(parts)}")
    )
    if given is not None and st.button(f"Add {given.name}", key=form.key("pictures/upload")):
        upload(form, given.name, given.getvalue())


def upload(form: Form, name: str, data: bytes) -> None:
    """Keep a drawing in the draft and show it in the exercise; told where it is none, or its name is taken."""
    file = f"{actions.slug(name.lower().removesuffix('.svg'))}.svg"
    path = f"exercises/{file}"
    draft = session.draft
    try:
        cleaned = clean_svg(data).encode()
    except ValueError as error:
        st.error(f"{plain(name)} cannot be used: {plain(str(error))}. Export the drawing as plain SVG.")
        return
    if path in session.view.files:
        st.error(f"There is a drawing called {plain(file)} already. Give the file another name.")
        return
    assert draft is not None  # the form is only drawn in a draft
    try:
        saved = actions.save_picture(session.views, draft, path, cleaned, session.person)
    except (WorkspaceError, KnowledgeError) as error:
        tell(error)
        return
    take_up(saved.draft)
    parts = form.fields["pictures"]
    parts.append({**new_part(parts, "pictures", {"file": "", "alt": ""}), "file": file})
    st.rerun()


def read(session: Session, id_: str, record: Record) -> None:
    """An exercise to read, as a guide shows it."""
    exercise = session.view.kb.exercises.get(id_)
    if exercise is None:
        return
    st.markdown(plain(exercise.aim))
    columns = st.columns(len(exercise.pictures))
    for column, one in zip(columns, exercise.pictures, strict=True):
        with column:
            picture(session.view, one.file, one.alt, 320)
            st.caption(plain(one.alt))
    st.markdown("\n".join(f"{at}. {plain(step)}" for at, step in enumerate(exercise.steps, 1)))
    for name in ("dose", "progression", "easier", "stop_if"):
        st.markdown(f"**{exercise_form.TEXTS[name]}:** {plain(str(record.get(name) or ''))}")
    if exercise.judgement:
        st.markdown("**Judgement:** " + plain(exercise.judgement))


session = current()
header(session, "Exercises", "The library from which guides take their exercises, with pictures.")
record_page(
    session,
    Kind(
        kind="exercise",
        folder="exercises",
        one="exercise",
        many="exercises",
        fields_from=exercise_form.fields_from,
        build=exercise_form.build,
        problems=exercise_form.problems,
        draw=draw,
        row=row,
        read=read,
        title="name",
        widths={"Name": 200, "Guides": 70},
    ),
)
