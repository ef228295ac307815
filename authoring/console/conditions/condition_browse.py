"""The list of conditions, and what depends on one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from authoring.actions import View, used_by
from authoring.console.records.record_list import choose
from authoring.console.session import Session, go, select
from engine.english import LEVEL_NAMES
from engine.files import id_from
from engine.finding import Severity
from engine.model.rule import Evidence, RedFlag, Urgency


@dataclass(frozen=True)
class Row:
    """One condition in the list."""

    id: str
    path: str
    name: str
    plain_name: str
    also_called: str
    region: str
    care_level: str
    rules: int
    cases: int
    errors: int
    warnings: int
    review_by: str
    retired: bool


def condition_paths(view: View) -> dict[str, str]:
    """The file of each condition by id, also of those that cannot be read as a condition."""
    return {
        id_: path
        for path in sorted(view.files)
        if path.startswith("conditions/") and (id_ := id_from(path)) is not None
    }


def rules_about(view: View, id_: str) -> list[str]:
    """The rules in force that weigh for or against a condition, or rule it out."""
    return [
        rule
        for rule, one in view.kb.active.items()
        if (isinstance(one.then, Evidence) and one.then.condition == id_)
        or (isinstance(one.then, RedFlag) and id_ in one.then.suspects)
    ]


def cases_about(view: View, id_: str) -> list[str]:
    """The cases that name a condition."""
    return [
        path.removeprefix("cases/").removesuffix(".json")
        for path in used_by(view, "condition", id_)
        if path.startswith("cases/")
    ]


def rows(view: View) -> list[Row]:
    """Every condition with its counts, by region and name."""
    regions = {one.id: one.name for one in view.kb.body.regions}
    found = []
    for id_, path in condition_paths(view).items():
        value: dict[str, Any] = view.value(path) or {}
        wrong = view.findings_in(path)
        errors = sum(one.severity is Severity.ERROR for one in wrong)
        region = str(value.get("region", ""))
        found.append(
            Row(
                id_,
                path,
                str(value.get("name") or id_),
                str(value.get("plain_name") or ""),
                ", ".join(str(one) for one in value.get("also_called") or []),
                regions.get(region, region),
                str(value.get("care_level") or ""),
                len(rules_about(view, id_)),
                len(cases_about(view, id_)),
                errors,
                len(wrong) - errors,
                str(value.get("review_by") or ""),
                "retired" in value,
            )
        )
    return sorted(found, key=lambda row: (row.region, row.name.lower()))


def filtered(all_rows: list[Row], words: str, region: str | None, level: str | None, retired: bool) -> list[Row]:
    """The rows that hold every word, in the region and of the urgency; None is any."""
    wanted = words.lower().split()
    return [
        row
        for row in all_rows
        if all(word in f"{row.name} {row.plain_name} {row.also_called} {row.id}".lower() for word in wanted)
        and region in (None, row.region)
        and level in (None, row.care_level)
        and (retired or not row.retired)
    ]


@st.cache_data(show_spinner=False, max_entries=4)
def _rows(_view: View, commit: str) -> list[Row]:
    return rows(_view)


def browse(session: Session) -> None:
    """The list: choosing a line opens the condition."""
    all_rows = _rows(session.view, session.view.commit)
    search, where, how_soon, old = st.columns([3, 2, 2, 1.5], vertical_alignment="bottom")
    words = search.text_input("Search", placeholder="name, patient's name, other names", key="condition-search")
    counts = {name: sum(row.region == name for row in all_rows) for name in sorted({row.region for row in all_rows})}
    region = where.selectbox(
        "Region",
        [None, *counts],
        format_func=lambda one: "Every region" if one is None else f"{one} ({counts[one]})",
        key="condition-region",
    )
    level = how_soon.selectbox(
        "Care level",
        [None, *(urgency.value for urgency in Urgency)],
        format_func=lambda one: "Every level" if one is None else LEVEL_NAMES[Urgency(one)],
        key="condition-level",
    )
    retired = old.checkbox("Retired", key="condition-retired", help="Show retired conditions too")
    shown = filtered(all_rows, words, region, level, retired)
    if not shown:
        st.info("No condition fits. Use fewer words, or another region." if all_rows else "There is no condition yet.")
        return
    names = {urgency.value: text.name for urgency, text in session.view.kb.settings.urgency.items()}
    table = [
        {
            "Condition": f"{row.name} (retired)" if row.retired else row.name,
            "Care level": names.get(row.care_level, row.care_level),
            "Region": row.region,
            "Rules": row.rules,
            "Cases": row.cases,
            "To mend": row.errors or None,
            "To look at": row.warnings or None,
            "Review by": row.review_by,
        }
        for row in shown
    ]
    widths = {
        "Care level": 105,
        "Region": 130,
        "Rules": 70,
        "Cases": 70,
        "To mend": 70,
        "To look at": 75,
        "Review by": 100,
    }
    picked = choose(table, key="condition-list", most=760, widths=widths)
    st.caption(f"{len(shown)} of {len(all_rows)} conditions. Choose a row to open it.")
    if picked is not None:
        select("condition", shown[picked].id)
        st.rerun()


def used(session: Session, id_: str) -> None:
    """The rules and cases that name a condition; choosing one opens it."""
    view = session.view
    left, right = st.columns(2, gap="large")
    with left:
        rules = rules_about(view, id_)
        st.subheader(f"Rules ({len(rules)})", anchor=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("What speaks for it or against it, in decibans. Choose a row to open it.")
            if session.draft is not None and st.button("Write evidence for it", key=f"evidence-for-{id_}"):
                go("rules", new=id_)
        table = [{"Weight": _weight(view, rule), "Rule": view.kb.active[rule].title} for rule in rules]
        picked = choose(table, key=f"rules-of-{id_}", widths={"Weight": 75})
        if picked is not None:
            go("rules", rule=rules[picked])
    with right:
        cases = cases_about(view, id_)
        results = view.case_results
        st.subheader(f"Cases ({len(cases)})", anchor=False)
        st.caption("Saved patients with it. Choose a row to open one.")
        told = {True: "as expected", False: "differs", None: "not run"}
        table = [
            {
                "Case": view.kb.cases[case].title if case in view.kb.cases else case,
                "Result": "awaits a word"
                if case in results and results[case].awaiting
                else told[results[case].passed if case in results else None],
            }
            for case in cases
        ]
        picked = choose(table, key=f"cases-of-{id_}")
        if picked is not None:
            go("cases", case=cases[picked])


def _weight(view: View, rule: str) -> str:
    """How much a rule says for or against its condition; a red flag has no weight."""
    then = view.kb.active[rule].then
    return f"{then.weight:+d}" if isinstance(then, Evidence) else "red flag"
