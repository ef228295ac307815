"""A rule as English on a page: when it holds, line by line, and what it concludes."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine.criteria import Criterion
from engine.english import conclusion, lines
from engine.knowledge import KnowledgeBase
from engine.model.rule import Rule


def show_english(kb: KnowledgeBase, rule: Rule) -> None:
    """Show a rule as English."""
    st.html(
        f'<div class="algos-english"><strong>When</strong>{_indented(rule.when, kb)}'
        f'<strong>then</strong><div style="padding-left:1.2rem">{escape(conclusion(rule.then, kb))}</div></div>'
    )


def _indented(criterion: Criterion, kb: KnowledgeBase) -> str:
    parts = []
    for line in lines(criterion, kb):
        text = line.lstrip(" ")
        depth = (len(line) - len(text)) // 2
        parts.append(f'<div style="padding-left:{1.2 * (depth + 1):.1f}rem">{escape(text)}</div>')
    return "".join(parts)
