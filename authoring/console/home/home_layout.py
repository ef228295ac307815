"""Columns that stand below one another where the window is too narrow for both."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def wrapping_columns(key: str, widths: Sequence[int], least: str = "24rem") -> list[DeltaGenerator]:
    """Columns of these relative widths, each at least `least` (a CSS length) wide."""
    place = f".st-key-{key} > [data-testid=stLayoutWrapper] > [data-testid=stHorizontalBlock]"
    with st.container(key=key):
        st.html(
            f"<style>{place} {{ row-gap: 1rem; }}"
            f"{place} > [data-testid=stColumn] {{ min-width: min({least}, 100%); }}</style>"
        )
        return st.columns(widths, gap="large")
