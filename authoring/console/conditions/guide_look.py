"""The look of the page on conditions and guides: two columns where there is room, one at a time where there is not."""

from __future__ import annotations

import streamlit as st

_STYLE = """
<style>
.guide-text { margin: 0 0 .3rem; }
.guide-read { margin: 0; padding-left: 1.2rem; line-height: 1.5; }
.guide-read li { margin-bottom: .25rem; }
.guide-read li.step { list-style-type: "☐  "; }
.guide-note { font-size: .85rem; color: var(--a-muted); white-space: nowrap; }
@media (max-width: 640px) { .guide-note { white-space: normal; } }
.guide-read mark, .guide-text mark { background: rgba(214, 142, 0, .28); color: inherit;
  border-bottom: 2px solid #c07c00; }
.guide-read .algos-urgency { font-size: .75rem; padding: .02rem .45rem; }
.guide-exercise { display: flex; gap: .6rem; align-items: center; margin-bottom: .45rem; flex-wrap: wrap; }
.guide-exercise > span { flex: 1 1 12rem; }
.guide-drawing { background: #fff; border: 1px solid var(--a-line); border-radius: 4px; }
.st-key-guide-switch { display: none; }
.stColumn:has(.st-key-guide-preview), .stColumn:has(.st-key-guide-preview-aside) {
  position: sticky; top: 3.6rem; align-self: flex-start;
}
[class*="st-key-condition-"] h5 { padding: 0; }
[class*="st-key-condition-"] h5 + p { margin: 0; }
.guide-name { display: flex; flex-wrap: wrap; gap: .3rem .7rem; align-items: center; }
.guide-name h2 { margin: 0; padding: 0; font: 600 1.35rem/1.25 "Source Serif", Georgia, serif; }
.guide-name .algos-urgency { font-size: .8rem; }
.st-key-condition-bar button, [class*="st-key-condition-"] button { padding-left: .4rem; padding-right: .4rem; }
@media (max-width: 1199px) {
  .st-key-guide-switch { display: flex; }
  :is(.st-key-guide-columns, .st-key-condition-bar, .st-key-condition-used) > div > .stHorizontalBlock {
    flex-direction: column; row-gap: 1rem;
  }
  :is(.st-key-guide-columns, .st-key-condition-bar, .st-key-condition-used) > div > .stHorizontalBlock > .stColumn {
    width: 100%; min-width: 100%;
  }
  .st-key-guide-editor-aside, .st-key-guide-preview-aside { display: none; }
  .stColumn:has(.st-key-guide-preview) { position: static; }
}
</style>
"""


def apply_guide_look() -> None:
    """Add the page's style sheet."""
    st.html(_STYLE)
