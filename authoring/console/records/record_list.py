"""A list from which one record is opened: a table whose row is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

ROW, HEAD = 35, 38
"""Heights of Streamlit's table, in pixels."""


def choose(
    rows: Sequence[Mapping[str, object]],
    *,
    key: str,
    most: int = 620,
    widths: Mapping[str, int] | None = None,
    helps: Mapping[str, str] | None = None,
) -> int | None:
    """Show rows, and say which one was chosen; the table forgets its row once it was told, so that it can be again.

    `most` is the table's highest height and `widths` are its columns', in pixels.
    """
    seen: dict[str, int] = st.session_state.setdefault("lists-seen", {})
    helps = helps or {}
    named = (widths or {}).items()
    columns = {name: st.column_config.Column(width=width, help=helps.get(name)) for name, width in named}
    state = st.dataframe(
        list(rows),
        hide_index=True,
        height="content" if HEAD + ROW * len(rows) <= most else most,
        on_select="rerun",
        selection_mode="single-row",
        column_config=columns,
        key=f"{key}-{seen.get(key, 0)}",
    )
    picked = state["selection"]["rows"]
    if not picked or picked[0] >= len(rows):
        return None
    seen[key] = seen.get(key, 0) + 1
    return int(picked[0])
