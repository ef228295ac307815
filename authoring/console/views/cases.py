"""Cases: whole patients with what a clinician expects, and what no case tries yet."""

from __future__ import annotations

import streamlit as st

from authoring.console.bench.bench_cases import detail, table
from authoring.console.bench.bench_coverage import show_coverage
from authoring.console.bench.bench_engine import runs_or_says_why
from authoring.console.bench.cases_filling import show_filling
from authoring.console.bench.outcome_view import style
from authoring.console.session import current, header, selected

session = current()
header(session, "Cases", "Whole patients, what a clinician expects of them, and what came out.")
style()
runs_or_says_why(session.view, "Running the cases")
ways = ["Cases", "What no case tries", "Make patients"]
way = st.segmented_control("Look at", ways, default=ways[0], key="cases-way", required=True)
if way == "What no case tries":
    show_coverage(session)
elif way == "Make patients":
    show_filling(session)
else:
    table(session)
    opened = selected("case")
    if opened:
        st.divider()
        detail(session, opened)
