"""Emergency numbers by region: the same in every language, with each language's words beside them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from authoring.console.records.editing import Drawn, Editor, edit
from authoring.console.records.form import Form
from authoring.console.records.record_list import choose
from authoring.console.records.records import Fields, Record, basis_fields, put_basis
from authoring.console.records.source_facts import names_of
from authoring.console.session import Session, plain, save, select, selected
from authoring.emergency_numbers import (
    DEFAULT,
    changes,
    languages_in,
    names_of_places,
    numbers_from,
    problems_of,
    stored_place,
)
from authoring.languages_known import known, regions, regions_in_words

NEW = "new"


def numbers(session: Session) -> None:
    """The list of regions, or one of them."""
    chosen = selected("numbers")
    if chosen is None:
        _list(session)
        return
    if st.button("All numbers", key="back-numbers", type="tertiary"):
        select("numbers", None)
        st.rerun()
    stored = {} if chosen == NEW else stored_place(session.view, chosen)
    if not stored and (chosen != NEW or session.draft is None):
        st.warning("There are no such numbers here. They may be in another draft.")
        return
    st.markdown(f"#### {plain(_title(stored)) if stored else 'Another country or territory'}")
    if session.draft is None:
        _read(session, stored)
    else:
        _write(session, chosen, stored)


def _list(session: Session) -> None:
    view = session.view
    names = names_of_places(view.kb)
    if not names:
        st.info("There are no emergency numbers yet: the language in which the records are written has none.")
        return
    st.caption(
        "The first number is the one that is offered. A wrong number is as bad as a wrong urgency: a change of one "
        "needs the same approvals. Choose a row to open it."
    )
    places = [stored_place(view, name) for name in names]
    sources = names_of(view.kb)
    rows = [
        {
            "Where": _title(place),
            "Numbers": ", ".join(place["numbers"]),
            "Languages": ", ".join(known(one).english for one in place["labels"]),
            "Rests on": "; ".join(sources.get(one["source"], one["source"]) for one in place.get("sources", ()))
            or "judgement",
        }
        for place in places
    ]
    picked = choose(rows, key="numbers-list", widths={"Where": 340, "Numbers": 120})
    if picked is not None:
        select("numbers", names[picked])
        st.rerun()
    if session.draft is not None and st.button("Add another country or territory"):
        select("numbers", NEW)
        st.rerun()


def _title(place: dict[str, Any]) -> str:
    """The regions by their names; of the numbers for everybody else, that."""
    if "regions" not in place:
        return "Where nobody knows the country"
    return regions_in_words(place["regions"], 6)


def _read(session: Session, place: dict[str, Any]) -> None:
    st.markdown(f"**Numbers:** {plain(', '.join(place['numbers']))}")
    for language, label in place["labels"].items():
        st.markdown(f"**In {plain(known(language).english)}:** {plain(label)}")
    sources = names_of(session.view.kb)
    for one in place.get("sources", ()):
        st.markdown(f"- {plain(sources.get(one['source'], one['source']))} {plain(str(one.get('locator', '')))}")
    if place.get("judgement"):
        st.markdown(f"**Judgement:** {plain(place['judgement'])}")
    st.caption("What is approved is only read. Start a draft, at the top of the page, to change it.")


def _write(session: Session, name: str, stored: Record) -> None:
    view = session.view
    languages = languages_in(view.kb)
    which = "" if name == NEW else name

    def begin(record: Record) -> Fields:
        labels: Any = record.get("labels", {})
        listed: Any = record.get("numbers", [])
        regions: Any = record.get("regions", [])
        return {
            "numbers": ", ".join(listed),
            "regions": list(regions),
            **{f"label_{one}": str(labels.get(one, "")) for one in languages},
            **basis_fields(record),
        }

    def build(fields: Fields, before: Record) -> Record:
        record: Record = {"numbers": numbers_from(fields["numbers"])}
        if which != DEFAULT:
            record["regions"] = sorted(fields["regions"])
        record["labels"] = {one: fields[f"label_{one}"].strip() for one in languages if fields[f"label_{one}"].strip()}
        for key in ("sources", "judgement"):
            if key in before:
                record[key] = before[key]
        put_basis(record, fields)
        return record

    def draw(form: Form, record: Record) -> Drawn:
        form.line("numbers", "Numbers to dial, the one to offer first", placeholder="112, 999")
        if which != DEFAULT:
            names = regions()
            form.many("regions", "Countries and territories", list(names), lambda one: names[one], "Search by name")
        for one in languages:
            form.line(f"label_{one}", f"Whom to call, in {known(one).english}", placeholder="999 or 112 in ...")
        form.basis()
        return Drawn(
            {field: [plain(text) for text in said] for field, said in problems_of(view, which, record).items()}
        )

    def keep(record: Record, _fields: Fields) -> bool:
        told = changes(view, which, record)
        title = _title(record)
        if not save(session, told, f"Emergency numbers: {title}"):
            return False
        listed: Any = record.get("regions")
        select("numbers", listed[0] if listed else DEFAULT)
        return True

    edit(
        session,
        Editor(
            f"emergency numbers {name}",
            "these numbers",
            stored,
            begin,
            build,
            draw,
            keep,
            save_label="Save" if stored else "Add them",
        ),
    )
    if stored and which != DEFAULT:
        with st.popover("Take these numbers away"):
            st.markdown("People there are told then what is told where nobody knows the country.")
            away = st.button("Take them away", type="primary", key="numbers-away")
        if away and save(session, changes(view, which, None), f"Emergency numbers taken away: {_title(stored)}"):
            select("numbers", None)
            st.rerun()
