"""Findings and scores: what rules derive and other rules read."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from authoring.actions import View
from authoring.console.records import term_form
from authoring.console.records.form import Form
from authoring.console.records.record_page import Kind, record_page
from authoring.console.records.records import Record
from authoring.console.session import Session, current, header, plain


def row(view: View, id_: str, record: Record) -> Mapping[str, object]:
    """One finding or score in the list."""
    kind = str(record.get("kind") or "")
    return {
        "Name": str(record.get("name") or id_),
        "Kind": term_form.KINDS.get(kind, kind),
        "What it stands for": str(record.get("meaning") or ""),
        "Rules": sum(name == id_ for (_, name), rules in view.kb.concluded_by.items() for _ in rules),
    }


def draw(form: Form, record: Record, new: bool) -> None:
    """The fields."""
    if new:
        form.one("kind", "What it is", list(term_form.KINDS), term_form.KINDS.__getitem__)
    form.line("name", "Name, in a clinician's words")
    if new and record["id"]:
        st.caption(f"Its id will be {record['id']}. A rule that concludes it gives it its meaning.")
    form.text("meaning", "What it stands for, in one or two sentences")
    if form.fields["kind"] == "score":
        form.line("scale", "Steps to a point", help="1 for whole points, 2 where half points occur.")
    form.basis()


def read(session: Session, id_: str, record: Record) -> None:
    """A finding or score to read."""
    st.markdown(plain(str(record.get("meaning") or "")))
    if record.get("judgement"):
        st.markdown("**Judgement:** " + plain(str(record["judgement"])))
    st.caption(f"{term_form.KINDS.get(str(record.get('kind')), '')}. Id: {id_}")


session = current()
header(session, "Findings and scores", "What rules derive from answers, and other rules read.")
record_page(
    session,
    Kind(
        kind="term",
        folder="terms",
        one="finding or score",
        many="findings and scores",
        fields_from=term_form.fields_from,
        build=term_form.build,
        problems=term_form.problems,
        draw=draw,
        row=row,
        read=read,
        title="name",
        widths={"Name": 300, "Kind": 90, "Rules": 70},
    ),
)
