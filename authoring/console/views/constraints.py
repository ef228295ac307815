"""Answers that cannot occur together: who gives them is asked to look again."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from authoring.actions import View
from authoring.console.conditions.condition_details import criterion_lines
from authoring.console.records import constraint_form
from authoring.console.records.form import Form
from authoring.console.records.record_page import Kind, record_page
from authoring.console.records.records import Record
from authoring.console.session import Session, current, header, plain


def row(view: View, id_: str, record: Record) -> Mapping[str, object]:
    """One constraint in the list."""
    return {"Title": str(record.get("title") or id_), "The person is told": str(record.get("message") or "")}


def draw(form: Form, record: Record, new: bool) -> None:
    """The fields."""
    form.line("title", "Which answers cannot occur together, in a few words")
    if new and record["id"]:
        st.caption(f"Its id will be {record['id']}.")
    st.markdown("**This cannot be true of anybody**")
    form.criterion("never")
    form.text("message", "What the person is asked to look at again, in plain words")
    form.basis()


def read(session: Session, id_: str, record: Record) -> None:
    """A constraint to read."""
    lines = criterion_lines(record.get("never"), session.view.kb)
    st.markdown("**This cannot be true of anybody**")
    shown = (f"{'&nbsp;' * 2 * (len(one) - len(one.lstrip()))}{escape(one.strip())}" for one in lines)
    st.html('<div class="algos-english">' + "<br>".join(shown) + "</div>")
    st.markdown("**The person is told:** " + plain(str(record.get("message") or "")))
    if record.get("judgement"):
        st.markdown("**Judgement:** " + plain(str(record["judgement"])))
    st.caption(f"Id: {id_}")


session = current()
header(session, "Contradictions", "Answers that cannot occur together: who gives them is asked to look again.")
record_page(
    session,
    Kind(
        kind="constraint",
        folder="constraints",
        one="contradiction",
        many="contradictions",
        fields_from=constraint_form.fields_from,
        build=constraint_form.build,
        problems=constraint_form.problems,
        draw=draw,
        row=row,
        read=read,
        widths={"Title": 380},
    ),
)
