"""The console's own design on top of its theme (`.streamlit/config.toml`): calm, legible, dense where one compares."""

from __future__ import annotations

import streamlit as st

_STYLE = """
<style>
.block-container { padding-top: 2.6rem; max-width: 1500px; }
h1 { font-size: 1.7rem !important; padding-bottom: 0 !important; }
h2 { font-size: 1.25rem !important; }
h3 { font-size: 1.05rem !important; }
.algos-unreviewed {
  background: #fff5dc; color: #6b4400; border: 1px solid #d9a441; border-radius: 4px;
  padding: .3rem .8rem; font-weight: 600; font-size: .88rem;
}
.algos-urgency { display: inline-block; border-radius: 4px; padding: .15rem .6rem; font-weight: 700; color: #fff; }
.algos-urgency.emergency { background: #a31621; }
.algos-urgency.urgent { background: #9a3d00; }
.algos-urgency.soon { background: #7a5200; }
.algos-urgency.routine { background: #0b5963; }
.algos-urgency.self_care { background: #2f6b2f; }
.algos-english { font-size: 1.02rem; line-height: 1.5; border-left: 3px solid #0b5963; padding-left: .8rem; }
.algos-truth-true { color: #1f6b33; font-weight: 600; }
.algos-truth-false { color: #8a1c24; }
.algos-truth-unknown { color: #7a5200; }
</style>
"""


def apply_look() -> None:
    """Add the console's style sheet to the page."""
    st.html(_STYLE)


def urgency_badge(level: str, name: str) -> str:
    """A coloured mark for an urgency, as HTML; the word stands in it, colour never speaks alone."""
    return f'<span class="algos-urgency {level}">{name}</span>'
