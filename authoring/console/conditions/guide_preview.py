"""What the patient gets, beside what is being written: the guide's web page and its PDF, drawn from the form."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

import pypdfium2  # type: ignore[import-untyped]  # it has no type information
import streamlit as st

from engine.knowledge import KnowledgeBase
from exports.guide.content import GuideContent, guide_content
from exports.guide.html import guide_html
from exports.guide.language import Telling
from exports.guide.pdf import guide_pdf

_SCALE = 1.7
"""Pixels of the PDF's picture per point: an A4 page is about 1,010 wide."""

# The guide lies in a frame in which no script runs. It keeps its place while the text changes, goes to the section
# that is being written, and opens no other page.
_JS = """
const frames = new WeakMap();
export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector("iframe");
  const state = frames.get(frame) ?? { html: undefined, focus: undefined };
  frames.set(frame, state);
  frame.style.height = `${data.height}px`;
  const show = (top) => {
    const inside = frame.contentDocument;
    const wanted = data.focus && data.focus !== state.focus ? inside?.getElementById(data.focus) : null;
    state.focus = data.focus;
    // scrollIntoView would move the console's own page as well
    if (wanted) frame.contentWindow.scrollTo(0, frame.contentWindow.scrollY + wanted.getBoundingClientRect().top - 12);
    else if (top !== undefined) frame.contentWindow?.scrollTo(0, top);
  };
  if (state.html === data.html) { show(); return; }
  const top = state.html === undefined ? 0 : frame.contentWindow?.scrollY ?? 0;
  state.html = data.html;
  frame.onload = () => {
    frame.contentDocument?.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[href]");
      if (link && !link.getAttribute("href").startsWith("#")) event.preventDefault();
    });
    show(top);
  };
  frame.srcdoc = data.html;
}
"""

_FRAME = st.components.v2.component(
    "algos_guide_page",
    html='<iframe sandbox="allow-same-origin" title="The patient\'s page"></iframe>',
    css="iframe { display: block; width: 100%; border: 1px solid var(--st-border-color); border-radius: 4px;"
    " background: #fff; }",
    js=_JS,
)


def content_of(
    kb: KnowledgeBase | Telling, condition: str, today: date, advice: frozenset[str] | None = None
) -> GuideContent:
    """The guide of a condition in `kb`, marked as a draft. Raises KnowledgeError where it cannot be drawn."""
    return guide_content(
        kb, condition, advice=advice, version=version("algos"), content_hash="draft", unreviewed=True, today=today
    )


def page(content: GuideContent, *, focus: str | None = None, height: int = 820) -> None:
    """The patient's web page in a frame; `focus` is the id of the heading to show."""
    _FRAME(key="guide-page", data={"html": guide_html(content), "focus": focus, "height": height})


def pdf_pages(content: GuideContent) -> tuple[bytes, Sequence[bytes]]:
    """The guide's PDF and a PNG of each of its pages. Raises KnowledgeError where no PDF can be made."""
    return _drawn(content)


@st.cache_data(show_spinner="Drawing the PDF …", max_entries=8, hash_funcs={GuideContent: repr})
def _drawn(content: GuideContent) -> tuple[bytes, list[bytes]]:
    data = guide_pdf(content)
    document = pypdfium2.PdfDocument(data)
    try:
        pictures = []
        for number in range(len(document)):
            drawing = io.BytesIO()
            document[number].render(scale=_SCALE).to_pil().save(drawing, format="PNG")
            pictures.append(drawing.getvalue())
    finally:
        document.close()
    return data, pictures
