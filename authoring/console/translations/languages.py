"""The languages that there are, how far each is, and starting another one."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from authoring.console.records.editing import clear_small, keep_small, small
from authoring.console.records.record_list import choose
from authoring.console.session import Session, plain, select, take_up, tell
from authoring.console.translations.standing import language_here, on_the_web_page, work_here
from authoring.languages_known import KnownLanguage, known_languages
from authoring.translating import OWN
from authoring.translation_actions import begun, own_places, store
from authoring.workspace import WorkspaceError
from engine.finding import KnowledgeError


def languages(session: Session) -> None:
    """The list, and the form for a new one."""
    kb = session.view.kb
    tags = [one for one in sorted(kb.locales) if one != kb.language]
    if session.draft is not None:
        form = st.expander("Start a new language", expanded=not tags, on_change="rerun", key="new-language-form")
        if form.open:  # the list of all languages takes some seconds once
            with form:
                _new(session)
    if not tags:
        st.info("There is no translation yet. Start a draft, and start the first language here.")
        return
    rows = []
    for tag in tags:
        one = language_here(session, tag)
        first = one.groups[0]
        every, own = on_the_web_page(tag)
        rows.append(
            {
                "Language": one.title,
                "Texts": sum(one.count.values()),
                "Translated": one.count["translated"],
                "Out of date": one.count["stale"],
                "Missing": one.count["missing"],
                "What an emergency says": f"{first.count('translated')} of {len(first.entries)}",
                "The web page's own texts": f"{own} of {every}" if every else "not here",
                "Written": "right to left" if one.direction == "rtl" else "left to right",
            }
        )
    st.caption("Choose a row to open a language. A text that changed since it was translated is told in English again.")
    picked = choose(rows, key="language-list", widths={"Language": 220})
    if picked is not None:
        select("language", tags[picked])
        st.rerun()
    st.caption(
        "The web page's own texts (buttons, headings) belong to the page, not to the knowledge base: whoever looks "
        "after the page has them translated, with the same kind of file."
    )


def _new(session: Session) -> None:
    kb = session.view.kb
    with st.spinner("Reading the list of languages …"):
        every = known_languages()
    offered = [tag for tag in every if tag not in kb.locales]
    tag = st.selectbox(
        "Language",
        offered,
        index=None,
        format_func=lambda one: every[one].label,
        placeholder="Search by its name, in English or in itself",
        key="new-language",
    )
    if tag is None:
        st.caption("Its name and the direction in which it is written come from Unicode's list of languages.")
        return
    try:
        _own(session, every[tag])
    except KnowledgeError as error:
        tell(error, session.view)


def _own(session: Session, language: KnownLanguage) -> None:
    """What the language says of itself: without that nobody is told whom to call."""
    work = work_here(session)
    places = own_places(work)
    form = small(session, f"new language {language.tag}", {_field(place): _first(place, language) for place in places})
    way = "right to left" if language.direction == "rtl" else "left to right"
    st.markdown(f"{plain(language.own)} is written from {way}. Say first whom to call; everything else can come later.")
    for place in places:
        english = work.texts[place]
        form.line(_field(place), "Its own name" if place == f"{OWN}name" else f"In {language.english}: {english}")
    keep_small(form)
    if st.button(f"Start {language.english}", type="primary", key="start-language"):
        own: Mapping[str, str] = {place: form.fields[_field(place)].strip() for place in places}
        lacking = [work.texts[place] for place in places if not own[place]]
        if lacking:
            st.error(f"Nothing was stored: {len(lacking)} to fill in first, such as “{plain(lacking[0])}”.")
            return
        assert session.draft is not None  # the form is only drawn in a draft
        try:
            taken = begun(work, language.tag, own)
            saved = store(session.views, session.draft, taken, f"New language: {language.english}", session.person)
        except (WorkspaceError, KnowledgeError) as error:
            tell(error, session.view)
            return
        clear_small(form)
        take_up(saved.draft)
        select("language", language.tag)
        st.toast(f"{language.english} was started.")
        st.rerun()


def _field(place: str) -> str:
    return place.removeprefix(OWN)


def _first(place: str, language: KnownLanguage) -> str:
    return language.own if place == f"{OWN}name" else ""
