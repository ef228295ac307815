"""What the test bench and the cases run: evaluators, workers, suites and coverage, each made once for a commit."""

from __future__ import annotations

import json
from collections import OrderedDict

import streamlit as st

from authoring.actions import View
from authoring.console.home.home_facts import place
from authoring.console.session import go, show_finding
from engine.answers import Answers
from engine.assess import Assessment, Assessor
from engine.interview import Interview
from engine.worker import Workers
from validators.cases import Result, run_case
from validators.coverage import Coverage, coverage
from validators.kept import Kept

_KEPT = 12
"""Assessments that a browser session keeps, so that a click that changes no answer asks nothing again."""


@st.cache_resource
def _workers() -> Workers:
    """The processes in which durable_rules runs, shared by every browser session."""
    return Workers()


@st.cache_resource(max_entries=4)
def _assessor(commit: str, _view: View) -> Assessor:
    return Assessor(_view.kb, _view.files, _workers())


@st.cache_resource(max_entries=4)
def _interview(commit: str, _view: View) -> Interview:
    return Interview(_view.kb)


@st.cache_resource(max_entries=4, show_spinner="Measuring what the cases try ...")
def _coverage(commit: str, _view: View) -> Coverage:
    return coverage(_view.assessor)


def interview_of(view: View) -> Interview:
    """The interview of a commit, made ready once."""
    return _interview(view.commit, view)


def coverage_of(view: View) -> Coverage:
    """What a commit's cases and examples try. Raises KnowledgeError where rules cannot be run."""
    return _coverage(view.commit, view)


def assessed(view: View, answers: Answers) -> Assessment:
    """One person assessed by durable_rules and the reference. Raises KnowledgeError where rules cannot be run."""
    kept: OrderedDict[tuple[str, str], Assessment] = st.session_state.setdefault("bench-assessed", OrderedDict())
    key = view.commit, json.dumps(answers.to_json())
    if key not in kept:
        kept[key] = _assessor(view.commit, view).assess(answers)
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


def results_of(view: View, what: str) -> dict[str, Result]:
    """How every case of a commit comes out, with a bar while they run; `what` names the commit in words."""
    if "case_results" not in vars(view) and view.runs:
        cases = sorted(view.kb.cases.items())
        bar = st.progress(0.0, f"Running the cases of {what} ...")
        results, kept = {}, Kept(view.assessor, view.memory)
        for done, (id_, case) in enumerate(cases, 1):
            results[id_] = run_case(view.assessor, case, kept)
            if done % 10 == 0 or done == len(cases):
                bar.progress(done / len(cases), f"{done} of {len(cases)} cases of {what}")
        bar.empty()
        view.case_results = results
    return view.case_results


def runs_or_says_why(view: View, page: str) -> None:
    """Stops the page where rules cannot be run, and shows what has to be mended first."""
    if view.runs:
        return
    st.error(f"{page} needs a knowledge base that can be run. Mend this first:")
    blocking = view.stopping or view.errors
    for number, finding in enumerate(blocking[:8]):
        show_finding(finding, view)
        where = place(view, finding)
        if where is not None and st.button("Open it", key=f"mend-{number}"):
            go(where.page, **{where.name: where.id})
    if len(blocking) > 8:
        st.caption(f"and {len(blocking) - 8} more")
    st.stop()
