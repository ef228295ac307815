"""The journal of a form: unsaved work is kept in the browser, and handed back after a reload or a server restart.

The server passes what a form holds on each run. The browser writes it down under the form's name and its own window, so
that two windows on one draft are told apart. A form that begins anew, because the page was loaded again or the server
started again, gets back what its window had left; what a closed window left is offered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st

from engine import jsontext

Json = dict[str, Any]

_COMPONENT = st.components.v2.component(
    "algos_form_journal", js=(Path(__file__).parent / "form_journal.js").read_text(encoding="utf-8")
)


@dataclass
class Page:
    """What the journal knows of one form in this browser session."""

    token: str = field(default_factory=lambda: uuid4().hex)
    """This session's form: a form with another token knows nothing of what was typed into this one."""
    answered: bool = False
    """Whether what this window had left was taken up, or there was nothing."""
    dropped: str = ""
    """The window whose work was taken up or is not wanted."""


@dataclass(frozen=True)
class Left:
    """Unsaved work that a window of this browser holds or has left behind."""

    entry: Json
    tab: str
    at: float
    """When it was last changed, in milliseconds since 1970."""
    own: bool
    """Whether it is this window's own, from before it was loaded again."""
    open: bool
    """Whether that other window is still open."""


def dumped(entry: Json) -> str:
    """A form's content as the browser keeps it; decimals keep the text that was typed."""
    return jsontext.write(entry, lambda _path, members: list(members))


def journal(page: Page, name: str, entry: Json | None, *, key: str, form: bool = True) -> Left | None:
    """Keep `entry` in the browser (None: everything is saved), and say what else it holds under this name.

    Where it is a `form`, whoever leaves the page between a choice in it and the run that tells of it is asked first.
    """
    state = _heard(st.session_state.get(key), page)
    seen = f"{state.tab} {state.at:.0f} {'true' if state.open else 'false'}" if state and not state.own else ""
    _COMPONENT(
        key=key,
        data={
            "name": name,
            "form": form,
            "token": page.token,
            "entry": None if entry is None else dumped(entry),
            "answered": page.answered,
            "dropped": page.dropped,
            "seen": seen,
        },
        on_left_change=lambda: None,
        height=1,
    )
    heard = _heard(st.session_state.get(key), page)
    if heard is None or (heard.own and page.answered) or heard.tab == page.dropped:
        return None
    return heard


def _heard(state: object, page: Page) -> Left | None:
    """What the browser sent for this very form, where it can be read."""
    left = state.get("left") if isinstance(state, Mapping) or hasattr(state, "get") else None
    if not isinstance(left, Mapping) or left.get("token") != page.token or not left.get("tab"):
        return None
    try:
        entry = json.loads(str(left["entry"]), parse_float=jsontext.Number)
        at = float(left["at"])
    except (KeyError, ValueError):
        return None
    if not isinstance(entry, dict):
        return None
    return Left(entry, str(left["tab"]), at, left.get("own") is True, left.get("open") is True)
