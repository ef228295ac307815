"""Safety properties: what must always, or never, be so, written like rules; and the proofs, with whom they fail for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from html import escape

import streamlit as st
from pydantic import ValidationError

from authoring.actions import View
from authoring.console.bench.bench_answers import bench
from authoring.console.records import safety_form
from authoring.console.records.form import Form
from authoring.console.records.record_page import Kind, record_page
from authoring.console.records.records import Record
from authoring.console.review.proof_jobs import ProofJob, proof_jobs
from authoring.console.session import Session, current, go, header, plain, selected, tell
from engine.assertions import property_in_english
from engine.finding import KnowledgeError
from engine.model.case import Safety
from validators.proof.describe import person_lines
from validators.proof.verdict import Verdict

WORDS = {"proved": "Proved", "broken": "Broken", "undecided": "Not decided in time"}


def read_safety(record: Record) -> Safety | None:
    """The property in a record, or None where it is not one yet."""
    try:
        return Safety.model_validate(record, strict=False)
    except ValidationError:
        return None


def verdict_of(view: View, id_: str) -> Verdict | None:
    """What the last run of the proofs on this commit found of a safety property."""
    job = proof_jobs().of(view.commit)
    if job is None or job.report is None:
        return None
    return next((one for one in job.report.verdicts if one.subject == ("safety", id_)), None)


def row(view: View, id_: str, record: Record) -> Mapping[str, object]:
    """One safety property in the list."""
    safety, verdict = read_safety(record), verdict_of(view, id_)
    return {
        "Title": str(record.get("title") or id_),
        "What must be so": property_in_english(safety, view.kb) if safety else "",
        "Harm": str(record.get("severity") or "").capitalize(),
        "Proof": WORDS[verdict.status] if verdict else "",
    }


def draw(form: Form, record: Record, new: bool) -> None:
    """The fields."""
    form.line("title", "What must be so, in a few words")
    if new and record["id"]:
        st.caption(f"Its id will be {record['id']}.")
    shape = form.one("shape", "Shape", list(safety_form.SHAPES), safety_form.SHAPES.__getitem__, empty=False)
    headings = {"whenever": "Whenever", "then": "then", "never": "Never", "always": "Always"}
    for name in safety_form.PARTS[shape]:
        st.markdown(f"**{headings[name]}**")
        form.assertion(name)
    safety = read_safety(record)
    if safety is not None:
        st.html('<div class="algos-english">' + escape(property_in_english(safety, form.kb)) + "</div>")
    form.text("hazard", "Hazard: what could happen that can do harm")
    form.text("cause", "Cause: how the rules could bring it about")
    form.text("harm", "Harm: what it would do to the person")
    form.one("severity", "Severity of the harm", list(safety_form.SEVERITIES), safety_form.SEVERITIES.__getitem__)
    form.basis()


def read(session: Session, id_: str, record: Record) -> None:
    """A safety property to read."""
    safety = read_safety(record)
    if safety is not None:
        st.html('<div class="algos-english">' + escape(property_in_english(safety, session.view.kb)) + "</div>")
    for name, word in (("hazard", "Hazard"), ("cause", "Cause"), ("harm", "Harm"), ("judgement", "Judgement")):
        if record.get(name):
            st.markdown(f"**{word}:** " + plain(str(record[name])))
    st.caption(f"Severity: {record.get('severity')}. Id: {id_}")


def proofs(session: Session) -> None:
    """The proofs of this commit: begin, watch, stop, and what they found."""
    view, jobs = session.view, proof_jobs()
    job = jobs.of(view.commit)
    with st.container(border=True):
        st.markdown("**Proofs over every possible set of answers**")
        if job is None:
            st.caption("Every property below, and those that hold of any knowledge base, for everybody who can answer.")
            if st.button("Prove everything", type="primary"):
                jobs.start(view.commit, view.kb, view.files)
                st.rerun()
        elif not job.ended:
            watch(session)
        else:
            found(session, job)


@st.fragment(run_every=1.0)
def watch(session: Session) -> None:
    """How far a run is, and a way to stop it."""
    job = proof_jobs().of(session.view.commit)
    if job is None or job.ended:
        st.rerun()
    share = job.done / job.of if job.of else 0.0
    st.progress(share, f"{job.done} of {job.of or '…'} decided. {plain(job.now[:120])}")
    if st.button("Stop", key="stop-proofs"):
        job.cancel.set()
        time.sleep(0.2)
        st.rerun()


def found(session: Session, job: ProofJob) -> None:
    """What a run found."""
    report = job.report
    if report is None:
        st.warning(plain(job.failure) or "Stopped. What was proved so far is kept, and need not be proved again.")
    else:
        tally = report.tally
        text = f"{tally.proved} proved, {tally.broken} broken, {tally.undecided} not decided in time."
        (st.success if report.all_proved else st.error)(text)
        st.caption(
            f"{len(report.verdicts)} properties in {report.seconds:.0f} seconds with {report.solver}. "
            f"{report.confirmed} people of the proofs were assessed by the rules themselves, "
            f"{report.confirmed_native} of them in two independent ways: no difference."
        )
        if job.alarms is not None:
            share = 100 * job.alarms.alarms / job.alarms.n
            st.caption(
                f"Alarm rate: {job.alarms.alarms} of {job.alarms.n} synthetic people ({share:.1f} %) are told to be "
                "seen today or now. Who they are, and how they misread questions, are written assumptions."
            )
        for number, verdict in enumerate(report.open):
            broken(session, verdict, number)
    if st.button("Prove again"):
        proof_jobs().start(session.view.commit, session.view.kb, session.view.files)
        st.rerun()


def broken(session: Session, verdict: Verdict, number: int) -> None:
    """A property that does not hold, and for whom."""
    kb = session.view.kb
    with st.expander(f"{WORDS[verdict.status]}: {plain(verdict.says)}", expanded=number < 3):
        if verdict.detail:
            st.markdown(plain(verdict.detail))
        columns = st.columns(max(1, len(verdict.people)))
        for place, called, person in zip(columns, verdict.told, verdict.people, strict=False):
            with place:
                st.markdown(f"**For {plain(called)}**")
                st.markdown("\n".join(f"- {plain(line)}" for line in person_lines(kb, person)))
                if st.button("Open on the test bench", key=f"open-{number}-{called}"):
                    bench().begin(person, f"of a person for whom this fails: {verdict.says.rstrip('.')}")
                    go("bench")
        if verdict.depends_on:
            st.caption("Rests on: " + ", ".join(plain(kb.constraints[one].title) for one in verdict.depends_on))
        if verdict.fix:
            st.caption(f"To mend it: {plain(verdict.fix)}.")
        if (
            verdict.subject[0] == "rule"
            and verdict.subject[1] in kb.rules
            and st.button("Open the rule", key=f"rule-{number}")
        ):
            go("rules", rule=verdict.subject[1])


session = current()
header(session, "Safety", "What must always, or never, be so: proved for everybody who can answer the questions.")
if session.view.loaded.kb is None:
    tell(KnowledgeError(session.view.errors), session.view)
else:
    if not session.view.runs:
        st.warning("Nothing can be proved until the rules can be run: Home lists what stands in the way.")
    elif selected("safety") is None:
        proofs(session)
    record_page(
        session,
        Kind(
            kind="safety",
            folder="safety",
            one="safety property",
            many="safety properties",
            fields_from=safety_form.fields_from,
            build=safety_form.build,
            problems=safety_form.problems,
            draw=draw,
            row=row,
            read=read,
            widths={"Title": 260, "Harm": 100, "Proof": 90},
        ),
    )
