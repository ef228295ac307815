"""Buttons whose press is never lost.

Streamlit starts a page's run again when something else arrives in the midst of it, such as a text that was just typed,
and forgets a press that the run had not come to. Here the press is noted before the run begins, and stays until the
page has come to it.
"""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_NOTED = "pressed-buttons"


def pressed(label: str, *, key: str, place: DeltaGenerator | None = None, **more: Any) -> bool:
    """Show a button, and say once whether it was pressed. `more` is what `st.button` takes."""
    noted: set[str] = st.session_state.setdefault(_NOTED, set())
    (place or st).button(label, key=key, on_click=noted.add, args=(key,), **more)
    if key not in noted:
        return False
    noted.discard(key)
    return True
