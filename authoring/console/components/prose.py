"""A text field that owns its text: fast typing, reloads and restarts of the server lose nothing.

The browser keeps text and undo, and sends the whole text with its version 0.4 s after the last key and when the field
is left. The server's value replaces what stands in the browser only where its version is newer. Text that is not
stored yet is journalled in the browser and offered again after a reload.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import streamlit as st

_HERE = Path(__file__).parent

_HTML = """
<div class="prose">
  <label for="area" data-part="label"></label>
  <p class="help" data-part="help" hidden></p>
  <div class="offer" data-part="offer" role="alert" hidden>
    <p data-part="why"></p>
    <blockquote data-part="older"></blockquote>
    <button type="button" data-part="keep">Keep it</button>
    <button type="button" data-part="discard">Discard it</button>
  </div>
  <div class="field">
    <div class="mirror" data-part="mirror" dir="auto" aria-hidden="true"></div>
    <textarea id="area" data-part="area" dir="auto" spellcheck="true" rows="1"></textarea>
  </div>
  <div class="below">
    <span><span data-part="words"></span><span data-part="hard" hidden>; hardest to read: marked</span></span>
    <span data-part="told" role="status"></span>
  </div>
</div>
"""

_COMPONENT = st.components.v2.component(
    "algos_prose",
    html=_HTML,
    css=(_HERE / "prose.css").read_text(encoding="utf-8"),
    js=(_HERE / "prose.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class ProseResult:
    """The text as it stands, and the version of the server's value that it was typed on."""

    value: str
    version: int


def prose(
    value: str,
    *,
    version: int,
    key: str,
    record: str,
    field: str,
    label: str,
    marks: Sequence[tuple[int, int]] = (),
    saved: str | None = None,
    single: bool = False,
    placeholder: str = "",
    help: str = "",  # noqa: A002  # Streamlit's word for it
) -> ProseResult:
    """Show the field and return its text.

    `value` is the text as the server has it, `version` its number: raise it only to replace what the browser shows.
    `record` and `field` name the text in the browser's journal, so they say which draft, record and place it is.
    `marks` are spans (begin, end) in `value` to highlight. `saved` is what is stored, where `value` is ahead of it: the
    journal is dropped when the text equals it. `single` is a text of one line.
    """
    stored = value if saved is None else saved
    taken: dict[str, str] = st.session_state.setdefault("prose-taken", {})
    heard = _heard(st.session_state.get(key))
    _COMPONENT(
        key=key,
        data={
            "value": value,
            "version": version,
            "saved": stored,
            "label": label,
            "journal": f"algos:{record}:{field}",
            "marks": [value[begin:end] for begin, end in marks],
            "heard": heard[1] if heard else None,
            "taken": taken.get(f"{record}:{field}"),
            "session": st.session_state.setdefault("prose-session", uuid4().hex),
            "single": single,
            "placeholder": placeholder,
            "help": help,
        },
        default={"text": None},
        on_text_change=_nothing,
    )
    heard = _heard(st.session_state.get(key))
    result = ProseResult(value, version)
    if heard is not None and heard[0] >= version:
        result = ProseResult(heard[1], heard[0])
    taken[f"{record}:{field}"] = result.value
    return result


def _nothing() -> None:
    """The run that a change starts is all that it needs."""


def _heard(state: object) -> tuple[int, str] | None:
    """(version, text) that the browser sent last, or None where it sent nothing that can be read."""
    text = state.get("text") if hasattr(state, "get") else None
    if isinstance(text, dict) and isinstance(text.get("value"), str) and isinstance(text.get("version"), int):
        return text["version"], text["value"]
    return None
