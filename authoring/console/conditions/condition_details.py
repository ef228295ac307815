"""What a condition is: names, codes, how common it is, from when it is named, how soon it needs care."""

from __future__ import annotations

import importlib
import json
from datetime import date
from html import escape
from typing import get_args

import streamlit as st
from pydantic import TypeAdapter, ValidationError

from authoring.console.components.prose import prose
from authoring.console.conditions.condition_fields import basis_field, line, number_line, stored_texts, text_field
from authoring.console.conditions.condition_form import Json, decibans, form_from, new_place, probability_of, remove
from authoring.console.conditions.condition_work import Work, tell_finding
from authoring.console.records.buttons import pressed
from authoring.console.session import plain
from engine.criteria import Criterion
from engine.english import LEVEL_NAMES, lines
from engine.knowledge import KnowledgeBase
from engine.model.question import Code
from engine.model.rule import Urgency

_CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)
_SYSTEMS = list(get_args(Code.model_fields["system"].annotation))


def details(work: Work, kb: KnowledgeBase, may_edit: bool) -> None:
    """The condition's own fields: to edit, or to read."""
    if may_edit:
        _edit(work, kb)
    else:
        _read(work, kb)


def criterion_lines(value: object, kb: KnowledgeBase) -> list[str]:
    """A criterion as written in the record, in English, one line a part; empty where it cannot be read."""
    try:
        return lines(_CRITERION.validate_json(json.dumps(value)), kb)
    except ValidationError:
        return []


def chance(probability: object) -> str:
    """A probability as a clinician says it, with its decibans."""
    if not isinstance(probability, int | float) or not 0 < probability < 1:
        return "not a probability between 0 and 1"
    per = 100 if probability >= 0.01 else 10_000
    return f"{probability * per:.3g} in {per:,} ({decibans(probability):+d} decibans)"


def _read(work: Work, kb: KnowledgeBase) -> None:
    form, prior = work.form, work.form.get("prior") or {}
    codes = "; ".join(f"{one.get('system')} {one.get('code')} {one.get('display')}" for one in form.get("codes") or [])
    own = form.get("thresholds")
    limits = own or kb.settings.thresholds.model_dump()
    rows = {
        "Clinician's name": form.get("name"),
        "Patient's name": form.get("plain_name"),
        "Also called": ", ".join(form.get("also_called") or []) or "none",
        "Region": _region_name(kb, str(form.get("region"))),
        "Codes": codes or "none",
        "Prior": f"{chance(prior.get('probability'))}. {prior.get('judgement') or ''}",
        "Named": f"likely from {limits.get('likely')} decibans, possible from {limits.get('possible')}"
        + (f". {own.get('reason') or ''}" if own else " (as all conditions)"),
        "Review by": form.get("review_by"),
    }
    left, right = st.columns([3, 2])
    with left:
        for name, value in rows.items():
            one, other = st.columns([1, 3])
            one.caption(name)
            other.text(str(value or ""))
    with right:
        st.caption("Considered for")
        _criterion_read(form.get("considered_when"), kb)
    for found in work.placed:
        if found.place in ("", "prior", "thresholds", "considered_when"):
            tell_finding(found.finding, work.view)


def _criterion_read(value: object, kb: KnowledgeBase) -> None:
    if value is None:
        st.markdown("everybody")
        return
    english = criterion_lines(value, kb)
    if english:
        st.html('<div class="algos-english">' + "<br>".join(_indented(one) for one in english) + "</div>")
    else:
        st.warning("This criterion cannot be read. Build it again.")


def _indented(text: str) -> str:
    depth = len(text) - len(text.lstrip())
    return "&nbsp;" * (2 * depth) + escape(text.strip())


def _region_name(kb: KnowledgeBase, id_: str) -> str:
    return next((one.name for one in kb.body.regions if one.id == id_), id_)


def _edit(work: Work, kb: KnowledgeBase) -> None:
    form, stored = work.form, stored_texts(form_from(work.stored))
    with st.container(key="stack-details"):
        left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Names", anchor=False)
        line(work, form, "name", "Name, in a clinician's words", "", stored)
        line(work, form, "plain_name", "Name, in the patient's words", "", stored)
        _also_called(work, form)
        regions = [one.id for one in kb.body.regions]
        now = form.get("region")
        form["region"] = st.selectbox(
            "Region",
            regions if now in regions else [now, *regions],
            index=regions.index(now) if now in regions else 0,
            format_func=lambda one: _region_name(kb, str(one)),
            key=work.held("region"),
        )
        work.show("", "region")
        _codes(work, form, stored)
    with right:
        _prior(work, kb, form, stored)
        _thresholds(work, kb, form, stored)
    st.subheader("Considered for", anchor=False)
    _considered(work, kb, form)
    st.subheader("Care and review", anchor=False)
    left, right = st.columns(2, gap="large")
    levels = [urgency.value for urgency in Urgency]
    level = form.get("care_level")
    form["care_level"] = left.selectbox(
        "How soon somebody with it should be seen",
        levels,
        index=levels.index(level) if level in levels else levels.index(Urgency.ROUTINE.value),
        format_func=lambda one: LEVEL_NAMES[Urgency(one)],
        key=work.held("care-level"),
    )
    day = right.date_input("Review again by", value=_day(form.get("review_by")), key=work.held("review-by"))
    form["review_by"] = day.isoformat() if isinstance(day, date) else None
    work.show("", "care_level", "review_by", "")
    with st.expander("What the condition as a whole rests on"):
        basis_field(work, kb, form, "", stored)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _also_called(work: Work, form: Json) -> None:
    value = "\n".join(form.get("also_called") or [])
    result = prose(
        value,
        version=work.version,
        key=work.key("also-called"),
        record=work.journal,
        field="also_called",
        label="Also called, one name a line",
        saved="\n".join(work.stored.get("also_called") or []),
    )
    work.heard = max(work.heard, result.version)
    if result.value != value:
        form["also_called"] = [one.strip() for one in result.value.splitlines() if one.strip()]
    work.show("", "also_called")


def _codes(work: Work, form: Json, stored: dict[tuple[str, str], str]) -> None:
    codes: list[Json] = form["codes"]
    st.markdown("**Codes**")
    for at, code in enumerate(list(codes)):
        place = code["_place"]
        system, number, says, away = st.columns([3, 3, 5, 1], vertical_alignment="bottom")
        now = code.get("system")
        with system:
            code["system"] = st.selectbox(
                f"Terminology {at + 1}",
                _SYSTEMS if now in _SYSTEMS else [now, *_SYSTEMS],
                index=_SYSTEMS.index(now) if now in _SYSTEMS else 0,
                key=work.held(place, "system"),
            )
        with number:
            line(work, code, "code", f"Code {at + 1}", place, stored, tell=False)
        with says:
            line(work, code, "display", f"What code {at + 1} says", place, stored, tell=False)
        key = work.key(place, "away")
        if pressed("✕", key=key, place=away, help=f"Remove code {at + 1}", width="stretch"):
            remove(codes, place)
            st.rerun()
        work.show(place)
    if pressed("Add a code", key=work.key("add-code")):
        codes.append({"system": _SYSTEMS[0], "code": "", "display": "", "_place": new_place(codes, "code")})
        st.rerun()
    work.show("", "codes")


def _prior(work: Work, kb: KnowledgeBase, form: Json, stored: dict[tuple[str, str], str]) -> None:
    st.subheader("How common it is", anchor=False)
    prior: Json = form.setdefault("prior", {})
    number_line(
        work,
        prior,
        "probability",
        "Probability among those for whom it is considered (0 to 1)",
        "prior",
        (work.stored.get("prior") or {}).get("probability"),
        lambda one: 0 < one < 1,
        "Write a number above 0 and below 1, such as 0.05.",
    )
    now = prior.get("probability")
    if isinstance(now, int | float) and not isinstance(now, bool):
        prior["decibans"] = decibans(now)
    st.caption(chance(prior.get("probability")))
    work.show("prior", "probability", "decibans", "")
    wrong = bool(work.at("prior", "sources", "judgement"))
    # With a key it stays open also when what is wrong is being mended: whoever types there would be shut out.
    with st.expander("Where the figure comes from", expanded=wrong, key=work.key("prior", "basis")):
        basis_field(work, kb, prior, "prior", stored)


def _thresholds(work: Work, kb: KnowledgeBase, form: Json, stored: dict[tuple[str, str], str]) -> None:
    st.subheader("From when it is named", anchor=False)
    usual = kb.settings.thresholds
    own = st.checkbox(
        f"Thresholds of its own (usual: likely {usual.likely:+d}, possible {usual.possible:+d} decibans)",
        value=bool(form.get("thresholds")),
        key=work.held("own-thresholds"),
    )
    if not own:
        form["thresholds"] = None
        return
    limits: Json = form.get("thresholds") or {"likely": usual.likely, "possible": usual.possible, "reason": ""}
    form["thresholds"] = limits
    for column, name in zip(st.columns(2), ("likely", "possible"), strict=True):
        with column:
            number_line(
                work,
                limits,
                name,
                f"{name.capitalize()} from (decibans)",
                "thresholds",
                (work.stored.get("thresholds") or {}).get(name),
                lambda one: isinstance(one, int) and -60 <= one <= 60,
                "Write a whole number from -60 to 60.",
            )
            meaning = st.container()
            if name in limits:
                meaning.caption(f"a probability of {probability_of(limits[name]):.3g}")
    text_field(work, limits, "reason", "Why it differs", "thresholds", stored=stored)
    work.show("thresholds", "likely", "possible", "")


def _considered(work: Work, kb: KnowledgeBase, form: Json) -> None:
    try:
        builder = importlib.import_module("authoring.console.components.builder")
    except ModuleNotFoundError:
        _criterion_read(form.get("considered_when"), kb)
    else:
        result = builder.criteria_builder(
            kb,
            form.get("considered_when"),
            version=work.version,
            key=work.key("considered"),
            record=work.journal,
        )
        work.heard = max(work.heard, result.version)
        form["considered_when"] = result.draft  # also unfinished: a draft with errors can be kept
        with st.container():
            for _, message in result.problems:
                st.warning(f"Considered for: {plain(message)}")
    work.show("considered_when")
