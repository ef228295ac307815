"""What goes to a translator as a file, and what comes back: looked at first, then stored whole or not at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

import streamlit as st

from authoring import po
from authoring.console.review.review_words import translations_html
from authoring.console.session import Session, plain, take_up, tell
from authoring.console.translations.standing import Language, work_here
from authoring.languages_known import known
from authoring.review.in_english import Difference
from authoring.translating import Entry, Given, Taken
from authoring.translation_actions import of_the_page, store
from authoring.translation_groups import words_of_place
from authoring.workspace import WorkspaceError
from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase

_SHOWN = 30
"""Texts or problems that are shown of a file at once."""


def exchange(session: Session, language: Language) -> None:
    """Down to a translator, and back up."""
    _down(session, language)
    st.divider()
    _up(session, language)


def _down(session: Session, language: Language) -> None:
    st.markdown("#### A file for a translator")
    st.markdown(
        "Translators' programs such as Poedit (free) open it. Beside each text it says where it stands, who reads it "
        "and what must not get lost; a text that changed since it was translated is marked as needing work."
    )
    by_id = {one.id: one for one in language.groups}
    chosen = st.multiselect(
        "Which parts (none: everything)",
        list(by_id),
        format_func=lambda one: by_id[one].name,
        key=f"parts-{language.tag}",
        placeholder="Everything",
    )
    to_do = st.toggle("Only what is out of date or missing", value=True, key=f"file-to-do-{language.tag}")
    entries = [
        entry
        for group in language.groups
        if not chosen or group.id in chosen
        for entry in group.entries
        if not (to_do and entry.state == "translated")
    ]
    if not entries:
        st.success("Nothing of that is out of date or missing.")
        return
    words = sum(len(entry.text.split()) for entry in entries)
    st.download_button(
        f"Download {_count(len(entries), 'text')} ({_count(words, 'word')})",
        # Made at once, with the day as its date: a file that is made on asking never comes where the page is drawn anew
        # in that moment.
        po.written(language.tag, session.view.kb.settings.title, entries, datetime.combine(session.today, time(), UTC)),
        file_name=f"{session.view.kb.settings.id}-{language.tag}.po",
        mime="text/x-gettext-translation",
        on_click="ignore",
        key=f"download-{language.tag}",
    )


def _up(session: Session, language: Language) -> None:
    st.markdown("#### A file that came back")
    if session.draft is None:
        st.caption("Start a draft, at the top of the page, to take in a file.")
        return
    if told := st.session_state.pop("translations-stored", None):
        st.success(told)
    given = st.file_uploader(
        f"A translator's file in {language.known.english} (.po). You see first what it would change.",
        type="po",
        key=f"upload-{language.tag}-{st.session_state.get('translations-uploads', 0)}",
    )
    if given is None:
        return
    try:
        _look(session, language, given.name, given.getvalue())
    except KnowledgeError as error:
        _refused(session, given.name, error.findings)


def _look(session: Session, language: Language, name: str, data: bytes) -> None:
    """What a file would change. Raises KnowledgeError with everything that is wrong with it."""
    tag, every = po.read(data, name)
    if tag != language.tag:
        what = f"the file is in {known(tag).english}, and this page is about {language.known.english}"
        fix = "open that language here, or choose the other file"
        raise KnowledgeError([Finding(name, 0, "", "LC020", "locale.import", what, fix)])
    own, others = of_the_page(every)
    taken = work_here(session).take(language.tag, own, name)
    if others:
        st.info(
            f"It holds {_count(others, 'text')} of the web page itself, too. These are not stored here: send the file "
            "to whoever looks after the web page as well."
        )
    st.markdown(f"**{plain(name)}** would change this: {taken.new} new, {taken.changed} changed.")
    notes = {
        "are as they are here already": taken.same,
        "are not translated": taken.empty,
        "are still marked as needing work, and are left out": taken.unfinished,
        "are of a text that has changed since: nobody is shown them before they are mended": taken.stale,
    }
    st.caption(" ".join(f"{count} {said}." for said, count in notes.items() if count))
    if not taken.files:
        st.info("Nothing in it is new.")
        return
    _preview(session, language, own, taken)
    if st.button(f"Store {_count(len(taken.places), 'translation')}", type="primary", key="store-translations"):
        _store(session, language, name, taken)


def _preview(session: Session, language: Language, given: list[Given], taken: Taken) -> None:
    entries: dict[str, Entry] = {entry.place: entry for group in language.groups for entry in group.entries}
    wanted = {one.place: one for one in given}
    differences = [
        Difference(
            words_of_place(session.view.kb, place),
            entries[place].translation,
            wanted[place].translation.strip(),
            english=wanted[place].text,
        )
        for place in taken.places[:_SHOWN]
    ]
    st.html(translations_html(differences, language.tag, language.direction))
    if len(taken.places) > _SHOWN:
        st.caption(f"and {len(taken.places) - _SHOWN} more; whoever reviews the change sees all of them")


def _store(session: Session, language: Language, name: str, taken: Taken) -> None:
    assert session.draft is not None  # only drawn in a draft
    try:
        message = f"{language.known.english}: {_count(len(taken.places), 'translation')} from {' '.join(name.split())}"
        saved = store(session.views, session.draft, taken, message, session.person)
    except (WorkspaceError, KnowledgeError) as error:
        tell(error, session.view)
        return
    take_up(saved.draft)
    st.session_state["translations-uploads"] = st.session_state.get("translations-uploads", 0) + 1
    st.session_state["translations-stored"] = (
        f"{_count(len(taken.places), 'translation')} put into your draft. It needs a review, as every change does."
    )
    st.rerun()


def _refused(session: Session, name: str, findings: list[Finding]) -> None:
    """Why nothing of a file was taken: each thing with its line, its place and the fix."""
    count = "One thing" if len(findings) == 1 else f"{len(findings)} things"
    st.error(f"Nothing was stored. {count} to mend in {plain(name)} first:")
    kb = session.view.kb
    for one in findings[:_SHOWN]:
        place, _, what = one.what.partition(": ")
        where = words_of_place(kb, place) if what and "/" in place else ""
        line = f"Line {one.line}" if one.line else ""
        told = plain(_named(kb, what if where else one.what))
        begin = ", ".join(plain(part) for part in (line, where) if part)
        begin = f"**{begin}:** " if begin else ""
        fix = plain(_named(kb, one.fix))
        st.markdown(f"- {begin}{told}. {fix[:1].upper()}{fix[1:]}.")
    if len(findings) > _SHOWN:
        st.caption(f"and {len(findings) - _SHOWN} more")


def _named(kb: KnowledgeBase, text: str) -> str:
    """A message in which places are told in words."""

    def said(found: re.Match[str]) -> str:
        return f"“{words_of_place(kb, found[1]) if re.match('[a-z]+/', found[1]) else found[1]}”"

    return re.sub("`([^`]*)`", said, text)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"


def tidy(session: Session, language: Language) -> None:
    """Translations of which no text is left, and taking them away."""
    st.markdown("#### Tidy up")
    left = language.left
    if not left:
        st.success("Every translation has its text. There is nothing to tidy.")
        return
    count = "One translation has" if len(left) == 1 else f"{len(left)} translations have"
    st.markdown(f"{count} no text any more: what was translated was taken away or rewritten. Nobody sees them.")
    locale = session.view.kb.locales[language.tag]
    rows = [f"- {plain(words_of_place(session.view.kb, one))}: {plain(locale.texts[one].text)}" for one in left]
    st.markdown("\n".join(rows[:_SHOWN]))
    if len(left) > _SHOWN:
        st.caption(f"and {len(left) - _SHOWN} more")
    if session.draft is None:
        st.caption("Start a draft, at the top of the page, to take them away.")
        return
    if st.button("Take them away", type="primary", key="tidy"):
        try:
            files = work_here(session).tidied(language.tag)
            taken = Taken(files, 0, 0, 0, 0, 0, 0)
            saved = store(session.views, session.draft, taken, f"{language.known.english}: tidied", session.person)
        except (WorkspaceError, KnowledgeError) as error:
            tell(error, session.view)
            return
        take_up(saved.draft)
        st.rerun()
