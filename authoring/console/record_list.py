"""A list from which one record is opened: a table whose row is chosen with a tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

ROW, HEAD = 35, 38


def choose(
    rows: Sequence[Mapping[str, object]], *, key: str, most: int = 620, columns: Mapping[str, Any] | None = None
) -> int | None:
    """Show rows, and say which one was chosen; the table forgets its row once it was told, so that it can be again."""
    seen = st.session_state.setdefault("lists-seen", {})
    state = st.dataframe(
        list(rows),
        hide_index=True,
        height=min(most, HEAD + ROW * len(rows)),
        on_select="rerun",
        selection_mode="single-row",
        column_config=columns,
        key=f"{key}-{seen.get(key, 0)}",
    )
    picked = state["selection"]["rows"] if isinstance(state, dict) else []
    if not picked or picked[0] >= len(rows):
        return None
    seen[key] = seen.get(key, 0) + 1
    return int(picked[0])


def wide(name: str = "large") -> Any:
    """A column of text of a width: small, medium or large."""
    return st.column_config.TextColumn(width=name)  # type: ignore[arg-type]


def counted(help_: str = "") -> Any:
    """A narrow column of numbers."""
    return st.column_config.NumberColumn(width="small", help=help_ or None)
