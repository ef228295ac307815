"""The texts of one language: in groups, then one beside the English that it translates, to read or to write."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from authoring.console.conditions.guide_preview import content_of, page
from authoring.console.conditions.guide_reading import measured
from authoring.console.records.editing import Drawn, Editor, edit
from authoring.console.records.form import Form
from authoring.console.records.record_list import choose
from authoring.console.records.records import Fields, Problems, Record, text_of
from authoring.console.review.review_words import marked
from authoring.console.session import Session, plain, select, selected, take_up, tell
from authoring.console.translations.standing import STATE_WORDS, Language, standing_html, told_in, work_here
from authoring.translating import Entry, Given, wrong_with
from authoring.translation_actions import store
from authoring.translation_groups import Group, summed, words_of_place
from authoring.workspace import WorkspaceError
from engine.finding import KnowledgeError
from engine.texts import hash_of
from exports.guide.language import telling
from validators.passages import FEWEST
from validators.reading_german import EASIEST, GERMAN_FORMULA, HARDEST, german_reading, year_in_words

MEASURED_IN = "en"
"""The language that the formula for reading ages is for."""


def texts(session: Session, language: Language) -> None:
    """The groups, one group, or one text, as the address says."""
    group = next((one for one in language.groups if one.id == selected("part")), None)
    if group is None:
        _groups(language)
        return
    at = next((number for number, one in enumerate(group.entries) if one.place == selected("text")), None)
    if at is None:
        _group(session, language, group)
    else:
        _text(session, language, group, at)


def _groups(language: Language) -> None:
    st.caption("In the order in which it matters to somebody who needs help. Choose a row to open it.")
    to_do = st.toggle("Only what is out of date or missing", key=f"to-do-{language.tag}")
    shown = [one for one in language.groups if not to_do or one.done < 1]
    if not shown:
        st.success("Everything is translated, and up to date.")
        return
    rows = [
        {
            "What": one.name,
            "Done": f"{int(100 * one.done)} %",
            "Texts": len(one.entries),
            "Out of date": one.count("stale"),
            "Missing": one.count("missing"),
        }
        for one in shown
    ]
    picked = choose(rows, key=f"groups-{language.tag}", widths={"What": 420})
    if picked is not None:
        select("part", shown[picked].id)
        st.rerun()


def _group(session: Session, language: Language, group: Group) -> None:
    if st.button("All parts", key="back-parts", type="tertiary"):
        select("part", None)
        st.rerun()
    st.markdown(f"#### {plain(group.name)}")
    st.html(standing_html(summed([group])))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input("Find", placeholder="words of a text", key=f"find-{group.id}").casefold().split()
        to_do = st.toggle("Only what is out of date or missing", key=f"to-do-{language.tag}")
    kb = session.view.kb
    shown = [one for one in group.entries if _holds(words, one) and not (to_do and one.state == "translated")]
    if not shown:
        st.caption("Nothing here is out of date or missing." if to_do and not words else "No text has these words.")
        return
    rows = [
        {
            "English": one.text,
            language.name: one.translation or "",
            "Stands": STATE_WORDS[one.state],
            "Where": _within(group, words_of_place(kb, one.place)),
        }
        for one in shown
    ]
    picked = choose(rows, key=f"texts-{group.id}", widths={"English": 420, language.name: 420, "Stands": 100})
    if picked is not None:
        select("text", shown[picked].place)
        st.rerun()
    kind, _, condition = group.id.partition("/")
    if kind == "guide" and st.toggle("Show the page that patients read", key=f"page-{group.id}"):
        _page(session, language, condition)


def _within(group: Group, where: str) -> str:
    """Where a text stands in its group, which says already of which guide or exercise it is."""
    return where.partition(" › ")[2] if group.id.startswith(("guide/", "exercise/")) else where


def _page(session: Session, language: Language, condition: str) -> None:
    """A guide as patients read it in the language, with what is not translated in English."""
    try:
        page(content_of(telling(session.view.kb, language.tag), condition, session.today))
    except KnowledgeError as error:
        tell(error, session.view)


def _holds(words: list[str], entry: Entry) -> bool:
    text = f"{entry.text} {entry.translation or ''}".casefold()
    return all(word in text for word in words)


def _text(session: Session, language: Language, group: Group, at: int) -> None:
    entry = group.entries[at]
    if st.button(f"All texts: {group.name}", key="back-texts", type="tertiary"):
        select("text", None)
        st.rerun()
    st.markdown(f"#### {plain(words_of_place(session.view.kb, entry.place))}")
    st.caption(f"{STATE_WORDS[entry.state].capitalize()}. {plain(entry.note)}")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _english(entry)
    with right:
        if session.draft is None:
            st.markdown(f"**{plain(language.title)}**")
            st.html(told_in(language, entry.translation) if entry.translation else "<p>Not translated yet.</p>")
            _age(language, entry.translation or "")
            st.caption("What is approved is only read. Start a draft, at the top of the page, to change it.")
        else:
            _write(session, language, entry)
    with st.container(horizontal=True):
        for label, to in (("Text before", at - 1), ("Next text", at + 1), ("Next one to do", _next_open(group, at))):
            inside = to is not None and 0 <= to < len(group.entries)
            if st.button(label, key=f"to-{label}", disabled=not inside) and to is not None:
                select("text", group.entries[to].place)
                st.rerun()


def _next_open(group: Group, at: int) -> int | None:
    """The next text with something to do, from the beginning again where there is none behind."""
    ring = [*range(at + 1, len(group.entries)), *range(at)]
    return next((one for one in ring if group.entries[one].state != "translated"), None)


def _english(entry: Entry) -> None:
    st.markdown("**English**")
    if entry.state == "stale" and entry.earlier is not None:
        before, now = marked(entry.earlier, entry.text)
        st.html(f'<div class="algos-told" lang="en" dir="ltr">{now}</div>')
        st.caption("When it was translated, it said:")
        st.html(f'<div class="algos-told" lang="en" dir="ltr">{before}</div>')
    else:
        st.html(f'<div class="algos-told" lang="en" dir="ltr">{escape(entry.text)}</div>')
        if entry.state == "stale":
            st.caption("It has changed since it was translated; what it said before is not on record here.")
    st.caption(measured([entry.text]))


def _age(language: Language, text: str) -> None:
    spoken = language.tag.partition("-")[0]
    if spoken == MEASURED_IN:
        st.caption(measured([text]))
    elif spoken == "de":
        st.caption(_german(text))
    else:
        st.caption(f"The reading age is not measured for {language.known.english}: its formula is for English.")


def _german(text: str) -> str:
    """How hard a German text is to read, as an information: there is no limit."""
    found = german_reading([text])
    if found.words < FEWEST:
        return f"Too short to say how hard it is to read: fewer than {FEWEST} words."
    scale = f"{GERMAN_FORMULA}, from {EASIEST}, very easy, to {HARDEST}, very hard"
    return f"School year {year_in_words(found)} ({scale}), {found.words} words. It is no limit."


def _write(session: Session, language: Language, entry: Entry) -> None:
    """The translation's form. What is typed is kept in the browser, as everywhere on the console."""
    stored: Record = {"text": entry.translation or "", "current": entry.state == "translated"}

    def begin(record: Record) -> Fields:
        return {"text": text_of(record.get("text")), "fits": False}

    def build(fields: Fields, before: Record) -> Record:
        text = str(fields["text"]).strip()
        return {"text": text, "current": bool(fields["fits"] or text != before["text"] or before["current"])}

    def draw(form: Form, record: Record) -> Drawn:
        form.text("text", language.title)
        if entry.state == "stale":
            form.tick("fits", "I read the English as it is now, and this translation still says exactly that.")
        _age(language, str(form.fields["text"]))
        return Drawn(_problems(entry, str(form.fields["text"]).strip()))

    def keep(record: Record, _fields: Fields) -> bool:
        return _save(session, language, {entry.place: str(record["text"])})

    name = f"translation {language.tag} {entry.place} {hash_of(entry.text)}"
    edit(session, Editor(name, "this translation", stored, begin, build, draw, keep, save_label="Save"))


def _problems(entry: Entry, text: str) -> Problems:
    if not text:
        return {"text": ["Write the translation: what is told already is not taken back."]} if entry.translation else {}
    found = wrong_with(entry.text, text)
    return {"text": [plain(f"{one[:1].upper()}{one[1:]}.".replace("`", "")) for one in found]} if found else {}


def _save(session: Session, language: Language, told: Mapping[str, str]) -> bool:
    """Store translations of the texts as they are; False where it told why not."""
    assert session.draft is not None  # only drawn in a draft
    try:
        work = work_here(session)
        given = [Given(place, work.texts[place], text, True) for place, text in told.items()]
        taken = work.take(language.tag, given, language.title)
        message = f"{language.known.english}: {words_of_place(session.view.kb, next(iter(told)))}"
        saved = store(session.views, session.draft, taken, message, session.person)
    except (WorkspaceError, KnowledgeError) as error:
        tell(error, session.view)
        return False
    take_up(saved.draft)
    st.toast("Saved.")
    return True
