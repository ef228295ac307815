"""The console's own design on top of its theme (`.streamlit/config.toml`): calm, legible, dense where one compares.

Streamlit tells the browser whether its theme is light or dark (`color-scheme`), so each colour here is a pair,
`light-dark(on light, on dark)`. A pair of text and background keeps a contrast of 4.5 to 1; a test measures it.
"""

from __future__ import annotations

import streamlit as st

_STYLE = """
<style>
.stApp {
  --a-ink: light-dark(#1d2a2e, #e6eded);
  --a-muted: light-dark(#4b5a5e, #a7b6b9);
  --a-line: light-dark(#c9d6d6, #3a4c52);
  --a-soft: light-dark(#f3f6f5, #1b2528);
  --a-accent: light-dark(#0b5963, #7fc8cc);
  --a-good: light-dark(#1f6435, #93d3a7);
  --a-bad: light-dark(#97201a, #f3a49e);
  --a-open: light-dark(#6b4a00, #ecca7f);
  --a-good-soft: light-dark(#e9f4ec, #1a3023);
  --a-bad-soft: light-dark(#fbeceb, #3a1f1e);
  --a-open-soft: light-dark(#fdf5df, #332a15);
  --a-focus: light-dark(#0054a3, #8cc4ff);
}

/* The page: as wide as comparing needs, and no line of prose longer than one reads with ease. */
.block-container { max-width: 92rem; }
.stMarkdown p, .stMarkdown li, .stAlert p, [data-testid=stCaptionContainer] p { max-width: 46rem; text-wrap: pretty; }
.stMain h1 { padding: 0 0 .5rem; letter-spacing: -.01em; }
.stMain h2 { padding: .3rem 0 .6rem; }
.stMain h3 { padding: .5rem 0 .75rem; }
[data-testid=stCaptionContainer] { color: var(--a-muted) !important; opacity: 1; }
[data-testid=stCaptionContainer] :is(p, li) { color: inherit; }
.stApp ::placeholder { color: var(--a-muted) !important; opacity: 1; }
.stApp input:disabled, .stApp textarea:disabled { -webkit-text-fill-color: var(--a-muted); }
hr { border-color: var(--a-line) !important; }

/* The rail on the left: the name, then the pages by what one does there. */
[data-testid=stSidebarHeader] { height: 3.4rem; margin-bottom: .4rem; }
[data-testid=stLogoSpacer]::before {
  content: "Algos"; font: 600 1.45rem/1 "Source Serif", Georgia, serif; color: var(--a-accent); letter-spacing: -.01em;
}
[data-testid=stNavSectionHeader] { margin-top: .5rem; }
[data-testid=stNavSectionHeader] p { font-size: .8rem; color: var(--a-muted); }
[data-testid=stSidebarNavLink] p { color: var(--a-ink); }
[data-testid=stSidebarNavLink][aria-current=page] { box-shadow: inset 3px 0 0 var(--a-accent); }

/* What is chosen: the accent's colour on a tint of it. */
.stButtonGroup [aria-checked=true], .stButtonGroup [data-selected] {
  background: color-mix(in srgb, var(--a-accent) 14%, transparent); border-color: var(--a-accent);
}
.stButtonGroup :is([aria-checked=true], [data-selected]) :is(p, span), .stTabs [aria-selected=true] p {
  color: var(--a-accent); font-weight: 600;
}

/* Several chosen things stand below one another where they do not fit beside one another. */
.stMultiSelect :has(> [data-testid=stMultiSelectTagsContainer]) { height: auto; max-height: none; min-height: 2.3rem; }
[data-testid=stMultiSelectTagsContainer] {
  flex-wrap: wrap !important; min-width: 0; height: auto; max-height: none !important; mask: none !important;
  overflow: visible;
}
[data-testid=stMultiSelectTagsContainer] * { max-width: 100%; }

/* What one presses is at least 24 pixels wide and high. */
:is(.stSelectbox, .stMultiSelect) [role=group] button, .stMultiSelect button { min-width: 24px; min-height: 24px; }

/* A label is read whole. */
@media (max-width: 640px) {
  .stButtonGroup button { height: auto; min-height: 30px; max-width: 100%; }
  .stButtonGroup button :is(div, span, p) { height: auto; white-space: normal; overflow: visible; text-align: start; }
}
.stCheckbox label :is(div, p, span) { white-space: normal; overflow: visible; }

/* A way back to the list. */
.stMain [data-testid=stBaseButton-tertiary] { min-height: 24px; padding: 0; color: var(--a-accent); }
.stMain [data-testid=stBaseButton-tertiary]:hover { text-decoration: underline; }
.stMain [data-testid=stBaseButton-tertiary] p { text-align: start; }
[class*="st-key-back-"] button p::before { content: "← "; }

/* Graphs are drawn for light pages; what stands between the boxes follows the theme. */
.stGraphVizChart .edge :is(path, polygon) { stroke: var(--a-muted); }
.stGraphVizChart .edge :is(polygon, text) { fill: var(--a-muted); }

/* Where the keyboard is. */
.stApp :is(a, button, summary, input, textarea, [role=radio], [role=tab], [tabindex="0"]):focus-visible {
  outline: 2px solid var(--a-focus) !important; outline-offset: 1px;
}
.stApp :is(.stSelectbox, .stMultiSelect, .stTextInput, .stNumberInput, .stTextArea, .stDateInput)
  :is(input, textarea):focus-visible { outline: none !important; }
.stApp :is(.stSelectbox, .stMultiSelect, .stDateInput) [role=group]:focus-within,
.stApp :is([data-testid=stTextInputRootElement], [data-testid=stTextAreaRootElement],
  [data-testid=stNumberInputContainer]):focus-within {
  outline: 2px solid var(--a-focus); outline-offset: 0;
}

/* The head of each page. */
.algos-unreviewed {
  background: var(--a-open-soft); color: var(--a-open); border-left: 3px solid light-dark(#d29a1f, #d8ab47);
  border-radius: 3px; padding: .2rem .7rem; font-size: .88rem; font-weight: 600;
}
.st-key-draft-in-hand .stSelectbox [role=group] { box-shadow: inset 3px 0 0 var(--a-accent); }

/* What rules and outcomes say. */
.algos-urgency {
  display: inline-block; border-radius: 4px; padding: .1rem .55rem; font-weight: 650; color: #fff; white-space: nowrap;
}
.algos-urgency::first-letter { text-transform: uppercase; }
.algos-urgency.emergency { background: #a31621; }
.algos-urgency.urgent { background: #9a3d00; }
.algos-urgency.soon { background: #7a5200; }
.algos-urgency.routine { background: #0b5963; }
.algos-urgency.self_care { background: #2f6b2f; }
.algos-english {
  font-size: 1rem; line-height: 1.5; border-left: 3px solid var(--a-accent); padding: .1rem 0 .1rem .8rem;
  max-width: 52rem; overflow-wrap: anywhere;
}
.algos-facts { display: flex; flex-wrap: wrap; gap: .2rem .55rem; align-items: center; font-size: .9rem;
  color: var(--a-muted); }
.algos-facts > * + *::before { content: "·"; margin-right: .55rem; color: var(--a-muted); font-weight: 400; }
.algos-facts > .algos-urgency + *::before, .algos-facts > .algos-urgency::before { content: none; }
.algos-facts > * { min-width: 0; overflow-wrap: anywhere; }
.algos-facts code { background: none; padding: 0; color: inherit; font-size: .85rem; white-space: normal; }
.algos-numbers { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; align-items: baseline; color: var(--a-muted); }
.algos-numbers span { white-space: nowrap; }
.algos-numbers b { font: 600 1.3rem/1.3 "Source Serif", Georgia, serif; color: var(--a-ink);
  font-variant-numeric: tabular-nums; }
.algos-truth-true { color: var(--a-good); font-weight: 600; }
.algos-truth-false { color: var(--a-bad); }
.algos-truth-unknown { color: var(--a-open); }

/* Columns in a container whose key begins with `stack-` stand one below the other where the window is narrow. */
@media (max-width: 1150px) {
  [class*="st-key-stack-"] > .stHorizontalBlock,
  [class*="st-key-stack-"] > div > .stHorizontalBlock { flex-wrap: wrap; row-gap: 1rem; }
  [class*="st-key-stack-"] > .stHorizontalBlock > .stColumn,
  [class*="st-key-stack-"] > div > .stHorizontalBlock > .stColumn { min-width: 100%; }
  .st-key-page-head .stColumn { min-width: 16rem; flex: 1 1 16rem; }
  .block-container { padding-left: 1.6rem !important; padding-right: 1.6rem !important; }
}
/* Buttons in a container whose key begins with `row-` stay beside one another where Streamlit would stack them. */
[class*="st-key-row-"] .stHorizontalBlock { flex-wrap: nowrap; gap: .5rem; }
[class*="st-key-row-"] .stColumn { min-width: 0; }
/* A drawing that would be too small to read is scrolled sideways instead. */
.st-key-rule-picture { overflow-x: auto; }
.st-key-rule-picture svg { max-width: 100%; min-width: 40rem; height: auto; }
@media (min-width: 1151px) {
  .block-container { padding-left: 3rem !important; padding-right: 3rem !important; }
}
@media (prefers-reduced-motion: reduce) {
  .stApp * { transition: none !important; animation: none !important; }
}
</style>
"""


def apply_look() -> None:
    """Add the console's style sheet to the page."""
    st.html(_STYLE)


def urgency_badge(level: str, name: str) -> str:
    """A coloured mark for an urgency, as HTML; the word stands in it, colour never speaks alone."""
    return f'<span class="algos-urgency {level}">{name}</span>'
