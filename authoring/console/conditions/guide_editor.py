"""Writing a guide: one part is open at a time, the others are read as text."""

from __future__ import annotations

from base64 import b64encode
from html import escape

import streamlit as st

from authoring.console.conditions.condition_fields import (
    basis_field,
    basis_words,
    line,
    marked_html,
    stored_texts,
    text_field,
)
from authoring.console.conditions.condition_form import (
    SECTION_TITLES,
    SECTIONS,
    Json,
    add_section,
    errors_of,
    form_from,
    in_reading_order,
    most_urgent_first,
    move,
    new_place,
    remove,
)
from authoring.console.conditions.condition_work import Work
from authoring.console.conditions.guide_reading import hard_spans, measured
from authoring.console.records.buttons import pressed
from authoring.console.session import plain, select, selected
from engine.english import LEVEL_NAMES
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from exports.guide.picture import clean_svg


def guide_editor(work: Work, kb: KnowledgeBase, may_edit: bool) -> None:
    """The guide of the condition in hand, part by part."""
    guide: Json = work.form["guide"]
    stored = stored_texts(form_from(work.stored))
    opened = selected("part") if may_edit else None
    _summary(work, guide, stored, opened, may_edit)
    work.show("guide", "", "sections")
    for section in in_reading_order(guide["sections"]):
        _section(work, kb, section, stored, opened, may_edit)
    if may_edit:
        _add_section(work, guide)
    _exercises(work, kb, guide, stored, opened, may_edit)
    _signs(work, kb, guide, stored, opened, may_edit)


def _head(work: Work, part: str, title: str, about: str, opened: str | None, may_edit: bool, problems: int) -> bool:
    """The line above a part; True where the part is open."""
    is_open = opened == part
    left, right = st.columns([5, 1], vertical_alignment="center")
    mend = f" :red[{problems} to mend]" if problems else ""
    left.markdown(f"##### {plain(title)}{mend}  \n:small[{plain(about)}]")
    if may_edit and pressed(
        place=right,
        label="Close" if is_open else "Edit",
        key=work.key("open", part),
        help=f"{'Close' if is_open else 'Edit'} “{plain(title)}”",
        type="primary" if is_open else "secondary",
        width="stretch",
    ):
        select("part", None if is_open else part)
        st.rerun()
    return is_open


def _problems(work: Work, places: list[str], *extra: tuple[str, str]) -> int:
    found = [one for one in work.placed if one.place in places or (one.place, one.field) in extra]
    return len(errors_of(found))


def _summary(work: Work, guide: Json, stored: dict[tuple[str, str], str], opened: str | None, may_edit: bool) -> None:
    text = str(guide.get("summary") or "")
    spans = hard_spans([text])
    with st.container(border=True, key=work.key("block-summary")):
        count = _problems(work, [], ("guide", "summary"))
        if _head(work, "summary", "Summary", measured([text]), opened, may_edit, count):
            text_field(work, guide, "summary", "One or two sentences at the top of the page", "guide", spans[0], stored)
        else:
            st.html(f'<p class="guide-text">{marked_html(text, spans[0])}</p>')
            work.tell("guide", "summary")


def _section(
    work: Work,
    kb: KnowledgeBase,
    section: Json,
    stored: dict[tuple[str, str], str],
    opened: str | None,
    may_edit: bool,
) -> None:
    id_, statements = str(section["id"]), section["statements"]
    texts = [str(one.get("text") or "") for one in statements]
    spans = hard_spans(texts)
    places = [section["_place"], *(one["_place"] for one in statements)]
    with st.container(border=True, key=work.key("block", id_)):
        title = str(section.get("title") or "")
        if not _head(work, id_, title, measured(texts), opened, may_edit, _problems(work, places)):
            st.html(_read_statements(statements, spans))
            work.tell(section["_place"])
            for one in statements:
                work.tell(one["_place"])
            return
        line(work, section, "title", "Heading, in the patient's words", section["_place"], stored)
        work.show(section["_place"], "", "id", "statements")
        for at, statement in enumerate(list(statements)):
            _statement(work, kb, statements, statement, at, spans[at], stored)
        left, right = st.columns(2)
        if pressed("Add a statement", key=work.key("add", id_), place=left, width="stretch"):
            statements.append({"text": "", "_place": new_place(statements, id_)})
            st.rerun()
        if pressed("Remove this section", key=work.key("drop", id_), place=right, width="stretch"):
            remove(work.form["guide"]["sections"], section["_place"])
            select("part", None)
            st.rerun()


def _read_statements(statements: list[Json], spans: list[list[tuple[int, int]]]) -> str:
    items = []
    for statement, marked in zip(statements, spans, strict=True):
        notes = [basis_words(statement)]
        if statement.get("action"):
            notes.insert(0, "step")
        if statement.get("contested"):
            notes.append("contested")
        if statement.get("advice"):
            notes.append(f"only with advice {statement['advice']}")
        items.append(
            f'<li class="{"step" if statement.get("action") else "said"}">'
            f"{marked_html(str(statement.get('text') or ''), marked)} "
            f'<span class="guide-note">{escape("; ".join(notes))}</span></li>'
        )
    return f'<ul class="guide-read">{"".join(items)}</ul>'


def _movers(work: Work, items: list[Json], place: str, at: int, what: str) -> None:
    """Buttons that move a part up or down, or take it away."""
    up, down, away = st.columns(3)
    ways = (("↑", up, -1, "up", at == 0), ("↓", down, 1, "down", at == len(items) - 1))
    for sign, column, by, way, off in ways:
        key, help_ = work.key(way, place), f"Move {what} {way}"
        if pressed(sign, key=key, place=column, help=help_, disabled=off, width="stretch"):
            move(items, place, by)
            st.rerun()
    if pressed("✕", key=work.key("away", place), place=away, help=f"Remove {what}", width="stretch"):
        remove(items, place)
        st.rerun()


def _statement(
    work: Work,
    kb: KnowledgeBase,
    statements: list[Json],
    statement: Json,
    at: int,
    marks: list[tuple[int, int]],
    stored: dict[tuple[str, str], str],
) -> None:
    place = statement["_place"]
    text_field(work, statement, "text", f"Statement {at + 1}", place, marks, stored)
    left, right = st.columns([3, 2], vertical_alignment="center")
    statement["action"] = left.checkbox(
        "A step: one thing to do",
        value=bool(statement.get("action")),
        key=work.held(place, "action"),
    )
    with right:
        _movers(work, statements, place, at, f"statement {at + 1}")
    advice = statement.get("advice")
    label = f"Rests on: {basis_words(statement)}" + (f"; only with advice {plain(str(advice))}" if advice else "")
    wrong = bool(work.at(place, "sources", "judgement", "contested", "advice"))
    with st.expander(label, expanded=wrong, key=work.key(place, "basis")):
        basis_field(work, kb, statement, place, stored)
        text_field(
            work, statement, "contested", "What is disputed about it (told to the patient)", place, stored=stored
        )
        choices = [None, *sorted({*kb.advice_rules, *([advice] if advice else [])})]
        statement["advice"] = st.selectbox(
            "For whom",
            choices,
            index=choices.index(advice) if advice in choices else 0,
            format_func=lambda one: "Everybody" if one is None else _advice_words(kb, one),
            key=work.held(place, "advice"),
        )
        work.show(place, "advice")
    work.show(place, "")


def _advice_words(kb: KnowledgeBase, advice: str) -> str:
    rules = kb.advice_rules.get(advice, [])
    titles = "; ".join(kb.active[rule].title for rule in rules)
    return f"Only with the advice “{advice}”: {titles}" if titles else f"Only with “{advice}” (no rule gives it)"


def _add_section(work: Work, guide: Json) -> None:
    there = {one["id"] for one in guide["sections"]}
    missing = [id_ for id_ in SECTIONS if id_ not in there]
    if not missing:
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    id_ = left.selectbox(
        "Add a section (sections are always read in the same order)",
        missing,
        format_func=lambda one: SECTION_TITLES[one],
        key=work.key("new-section", str(len(missing))),
    )
    if pressed("Add section", key=work.key("add-section"), place=right, width="stretch") and id_:
        add_section(work.form, id_)
        select("part", id_)
        st.rerun()


def _pictures_html(kb: KnowledgeBase, exercise: str, width: int = 96) -> str:
    """An exercise's drawings, as images in which no script runs."""
    found = []
    for picture in kb.exercises[exercise].pictures if exercise in kb.exercises else ():
        data = kb.pictures.get(f"exercises/{picture.file}")
        if data is None:
            continue
        try:
            svg = clean_svg(data)
        except ValueError:
            continue
        encoded = b64encode(svg.encode()).decode("ascii")
        found.append(
            f'<img class="guide-drawing" width="{width}" alt="{escape(picture.alt)}" '
            f'src="data:image/svg+xml;base64,{encoded}">'
        )
    return "".join(found)


def _exercise_name(kb: KnowledgeBase, id_: str) -> str:
    return kb.exercises[id_].name if id_ in kb.exercises else f"{id_} (not in the library)"


def _exercises(
    work: Work, kb: KnowledgeBase, guide: Json, stored: dict[tuple[str, str], str], opened: str | None, may_edit: bool
) -> None:
    uses: list[Json] = guide["exercises"]
    with st.container(border=True, key=work.key("block-exercises")):
        places = [one["_place"] for one in uses]
        about = f"{len(uses)} from the library, in the order in which they are shown" if uses else "None"
        if not _head(work, "exercises", "Exercises", about, opened, may_edit, _problems(work, places)):
            st.html(
                "".join(
                    f'<div class="guide-exercise">{_pictures_html(kb, one["exercise"], 64)}'
                    f"<span><strong>{escape(_exercise_name(kb, one['exercise']))}</strong>: "
                    f"{escape(str(one.get('start') or ''))}. {escape(_dose(kb, one))} "
                    f'<span class="guide-note">{basis_words(one)}</span></span></div>'
                    for one in uses
                )
                or "<p>No exercise yet.</p>"
            )
            for place in places:
                work.tell(place)
            return
        for at, use in enumerate(list(uses)):
            place, id_ = use["_place"], use["exercise"]
            left, right = st.columns([3, 2], vertical_alignment="center")
            name = _exercise_name(kb, id_)
            left.html(f'<div class="guide-exercise">{_pictures_html(kb, id_)}<strong>{escape(name)}</strong></div>')
            with right:
                _movers(work, uses, place, at, name)
            one, other = st.columns(2)
            with one:
                line(work, use, "start", "From when", place, stored, placeholder="from the first day")
            with other:
                usual = kb.exercises[id_].dose if id_ in kb.exercises else ""
                line(work, use, "dose", "How much, if not the usual dose", place, stored, placeholder=usual)
            with st.expander(f"Rests on: {basis_words(use)}", key=work.key(place, "basis")):
                basis_field(work, kb, use, place, stored)
            work.show(place, "", "exercise")
        used = {one["exercise"] for one in uses}
        free = sorted((id_ for id_ in kb.exercises if id_ not in used), key=lambda id_: kb.exercises[id_].name)
        chosen = st.selectbox(
            "Add from the library",
            free,
            index=None,
            format_func=lambda id_: f"{kb.exercises[id_].name}: {kb.exercises[id_].aim}",
            key=work.key("new-exercise", str(len(free))),
            placeholder="Choose an exercise to see its pictures",
        )
        if chosen:
            st.html(f'<div class="guide-exercise">{_pictures_html(kb, chosen, 150)}</div>')
            if pressed(f"Add “{kb.exercises[chosen].name}”", key=work.key("add-exercise")):
                uses.append({"exercise": chosen, "start": "", "_place": new_place(uses, "exercise")})
                st.rerun()


def _dose(kb: KnowledgeBase, use: Json) -> str:
    if use.get("dose"):
        return str(use["dose"])
    return kb.exercises[use["exercise"]].dose if use["exercise"] in kb.exercises else ""


def _signs(
    work: Work, kb: KnowledgeBase, guide: Json, stored: dict[tuple[str, str], str], opened: str | None, may_edit: bool
) -> None:
    signs = most_urgent_first(guide["watch_for"])
    guide["watch_for"] = signs
    texts = [f"{one.get('sign') or ''} {one.get('go') or ''}" for one in signs]
    with st.container(border=True, key=work.key("block-watch")):
        places = [one["_place"] for one in signs]
        count = _problems(work, places, ("guide", "watch_for"))
        if not _head(work, "watch_for", "When to get help", measured(texts), opened, may_edit, count):
            st.html(
                '<ul class="guide-read">'
                + "".join(
                    f'<li><span class="algos-urgency {escape(str(one.get("urgency")))}">'
                    f"{escape(_urgency(kb, one))}</span> {escape(str(one.get('sign') or ''))} "
                    f"<strong>{escape(str(one.get('go') or ''))}</strong> "
                    f'<span class="guide-note">{basis_words(one)}</span></li>'
                    for one in signs
                )
                + "</ul>"
            )
            work.tell("guide", "watch_for")
            for place in places:
                work.tell(place)
            return
        st.caption("The list sorts itself: the most urgent stand first.")
        work.show("guide", "watch_for")
        levels = [urgency.value for urgency in Urgency]
        before = [one.get("urgency") for one in signs]
        for at, sign in enumerate(list(signs)):
            place = sign["_place"]
            text_field(work, sign, "sign", f"Sign {at + 1}", place, stored=stored)
            text_field(work, sign, "go", "Where to go, and how soon", place, stored=stored)
            left, right = st.columns([3, 2], vertical_alignment="bottom")
            now = sign.get("urgency")
            sign["urgency"] = left.selectbox(
                "Urgency",
                levels,
                index=levels.index(now) if now in levels else 0,
                format_func=lambda one: LEVEL_NAMES[Urgency(one)],
                key=work.held(place, "urgency"),
            )
            with right:
                _movers(work, signs, place, at, f"sign {at + 1}")
            wrong = bool(work.at(place, "sources", "judgement"))
            with st.expander(f"Rests on: {basis_words(sign)}", expanded=wrong, key=work.key(place, "basis")):
                basis_field(work, kb, sign, place, stored)
            work.show(place, "", "urgency")
        if pressed("Add a sign", key=work.key("add-sign")):
            signs.append({"sign": "", "go": "", "urgency": Urgency.ROUTINE.value, "_place": new_place(signs, "sign")})
            st.rerun()
        if before != [one.get("urgency") for one in signs]:
            st.rerun()


def _urgency(kb: KnowledgeBase, sign: Json) -> str:
    try:
        return kb.settings.urgency[Urgency(str(sign.get("urgency")))].name
    except (KeyError, ValueError):
        return str(sign.get("urgency"))
