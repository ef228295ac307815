"""Translations: how far each language is, its texts beside the English, translators' files, and emergency numbers."""

from __future__ import annotations

import streamlit as st

from authoring.console.review.review_words import STYLE as CHANGE_STYLE
from authoring.console.session import Session, current, header, plain, select, selected, tell
from authoring.console.translations.emergency import numbers
from authoring.console.translations.exchange import exchange, tidy
from authoring.console.translations.languages import languages
from authoring.console.translations.standing import STYLE, language_here, standing_html, work_here
from authoring.console.translations.texts import texts
from engine.finding import KnowledgeError

_PAGES = {"languages": "Languages", "numbers": "Emergency numbers"}
_VIEWS = {"texts": "Texts", "file": "With a translator", "tidy": "Tidy up"}


def page(session: Session) -> None:
    """The whole page."""
    if session.view.loaded.kb is None:
        tell(KnowledgeError(session.view.errors), session.view)
        return
    try:
        work_here(session)
    except KnowledgeError as error:
        st.warning("Translations can be worked on once everything in what is in hand can be read.")
        tell(error, session.view)
        return
    tag = selected("language")
    if tag is None:
        shown = _chosen("what", _PAGES, "languages")
        if shown == "numbers":
            numbers(session)
        else:
            languages(session)
        return
    if st.button("All languages", key="back-languages", type="tertiary"):
        for name in ("language", "part", "text", "view"):
            select(name, None)
        st.rerun()
    kb = session.view.kb
    if tag == kb.language:
        st.caption("The records are written in this language. What it says of itself is whom to call.")
        numbers(session)
        return
    if tag not in kb.locales:
        st.warning(f"There is no translation into “{plain(tag[:40])}” here. It may be in another draft.")
        return
    language = language_here(session, tag)
    st.subheader(language.title, anchor=False)
    if selected("part") is None:
        st.html(standing_html(language.count))
        shown = _chosen("view", _VIEWS, "texts")
    else:
        shown = "texts"
    if shown == "file":
        exchange(session, language)
    elif shown == "tidy":
        tidy(session, language)
    else:
        texts(session, language)


def _chosen(name: str, ways: dict[str, str], otherwise: str) -> str:
    """One of some parts of the page, kept in the address."""
    wanted = selected(name)
    chosen = st.segmented_control(
        "Show",
        list(ways),
        default=wanted if wanted in ways else otherwise,
        format_func=ways.__getitem__,
        label_visibility="collapsed",
        key=f"translations-{name}",
        required=True,
        wrap=True,
    )
    select(name, None if chosen == otherwise else chosen)
    return chosen


session = current()
header(session, "Translations", "What patients read, in other languages; and whom they call in an emergency.")
st.html(STYLE + CHANGE_STYLE)
page(session)
