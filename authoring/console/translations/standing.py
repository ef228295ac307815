"""What the page of translations shows of a language: its texts in groups, made once for each content."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape

import streamlit as st

from authoring.console.session import Session
from authoring.interface_texts import Interface
from authoring.languages_known import KnownLanguage, known
from authoring.translating import State, Work
from authoring.translation_actions import work_at
from authoring.translation_groups import Group, groups_of, summed
from exports.guide.words import FOLDER

STATE_WORDS: dict[State, str] = {"translated": "translated", "stale": "out of date", "missing": "missing"}
_KEPT = 12


@dataclass(frozen=True)
class Language:
    """One language of the knowledge base, as the page shows it."""

    known: KnownLanguage
    name: str
    """Its own name."""
    direction: str
    groups: tuple[Group, ...]
    left: tuple[str, ...]
    """The places of translations of which no text is left."""

    @property
    def tag(self) -> str:
        """As BCP 47 writes it."""
        return self.known.tag

    @property
    def title(self) -> str:
        """Both names."""
        return self.name if self.name == self.known.english else f"{self.name} · {self.known.english}"

    @property
    def count(self) -> Counter[State]:
        """How many texts stand how."""
        return summed(self.groups)


def work_here(session: Session) -> Work:
    """The texts of what is in hand, for translators. Raises KnowledgeError where something in it cannot be read."""
    return _work(session.view.commit, session)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _work(commit_key: str, _session: Session) -> Work:
    return work_at(_session.view, _session.workspace)


def language_here(session: Session, tag: str) -> Language:
    """One language of what is in hand."""
    return _language(session.view.commit, tag, session)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _language(commit_key: str, tag: str, _session: Session) -> Language:
    work = work_here(_session)
    locale = work.kb.locales[tag]
    groups = tuple(groups_of(work.kb, work.entries(tag)))
    return Language(known(tag), locale.name, locale.direction, groups, work.left(tag))


def on_the_web_page(tag: str) -> tuple[int, int]:
    """How many texts the web page itself has, and how many of them this language has."""
    interface = Interface(FOLDER)
    return len(interface.texts()), len(interface.texts(tag))


def told_in(language: Language, text: str) -> str:
    """A translation as HTML, in its own language and direction."""
    return f'<div lang="{escape(language.tag)}" dir="{language.direction}" class="algos-told">{escape(text)}</div>'


STYLE = """
<style>
.algos-told { white-space: pre-wrap; overflow-wrap: anywhere; border-inline-start: 3px solid var(--a-line);
  padding: .1rem 0 .1rem .7rem; max-width: 46rem; line-height: 1.5; }
.algos-told del { background: var(--a-bad-soft); color: var(--a-bad); }
.algos-told ins { background: var(--a-good-soft); color: var(--a-good); }
.algos-bar { display: flex; height: .5rem; border-radius: 4px; overflow: hidden; background: var(--a-line); }
.algos-bar .translated { background: light-dark(#1f6435, #93d3a7); }
.algos-bar .stale { background: light-dark(#b97a00, #ecca7f); }
.algos-standing { max-width: 46rem; margin: .2rem 0 .5rem; }
.algos-standing p { margin: .25rem 0 0; color: var(--a-muted); font-size: .92rem; }
</style>
"""


def standing_html(count: Counter[State]) -> str:
    """How many texts stand how, as a bar and in words."""
    every = sum(count.values()) or 1
    parts = "".join(
        f'<span class="{state}" style="width: {100 * count[state] / every:.3f}%"></span>'
        for state in ("translated", "stale")
    )
    told = f"{count['translated']} of {sum(count.values())} texts translated, {count['stale']} out of date, "
    told += f"{count['missing']} missing"
    bar = f'<div class="algos-bar" role="img" aria-label="{told}">{parts}</div>'
    return f'<div class="algos-standing">{bar}<p>{told}</p></div>'
