"""A guide as a tagged PDF (PDF/UA-1) on A4, drawn by Typst from the content as data."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import typst

from engine.finding import Finding, KnowledgeError
from exports.guide.content import GuideContent
from exports.guide.link import qr_svg
from exports.guide.text import plain
from exports.guide.tongue import date_filled, is_mixed, mark, others, untranslated_note
from exports.guide.words import words_in
from exports.typeset import pdf_of

_TEMPLATE = Path(__file__).with_name("guide.typ")
_RUNNING = 190
"""How many characters of the unreviewed mark fit two lines at the head of a page."""

NO_SIGN = "GD093"
"""The finding where the fonts lack a sign."""
_NO_GLYPH = re.compile(r"the text `(?P<text>.+)` could not be displayed")


def guide_pdf(content: GuideContent, link: str | None = None) -> bytes:
    """The guide as PDF/UA-1: the same content and link give the same bytes, on every machine.

    `link` is the http or https address where the guide can be read on the web; with it the first page has a QR code.
    Only Source Sans Pro and the fonts inside Typst are used. Raises KnowledgeError where they lack a character of the
    guide (emoji, Chinese), and ValueError where the link is no web address.
    """
    try:
        return pdf_of(_TEMPLATE, guide=_data(content, link))
    except typst.TypstError as error:
        raise KnowledgeError([_finding(content, str(error))]) from error


def _data(content: GuideContent, link: str | None) -> dict[str, object]:
    words = words_in(content.language)
    elsewhere = others(content)
    running = content.unreviewed or ""
    if running in elsewhere:  # at the head of each page what readers of this language understand is enough
        running = words.said["unreviewed"]
    if len(running) > _RUNNING:
        running = running[:_RUNNING].rsplit(" ", 1)[0] + " …"
    return {
        **asdict(content),
        "review_by": {name: date_filled(content, name) for name in ("overdue", "review_by")},
        "marked": is_mixed(content),
        "short_hash": content.short_hash,
        "plain_summary": plain(content.summary),
        "running": running,
        "link": link,
        "qr": qr_svg(link) if link else None,
        "words": dict(words.said),
        "tag": _tag(content.language),
        "written": {**_tag(content.written_in), "dir": content.written_direction},
        "others": {line: {**_tag(language), "dir": direction} for line, (language, direction) in elsewhere.items()},
        "note": untranslated_note(content),
    }


def _tag(language: str) -> dict[str, str | None]:
    """A language as Typst takes it, and what marks a text in it."""
    first, *rest = language.split("-")
    region = next((one for one in rest if len(one) == 2), None)
    return {"lang": first, "region": region, "mark": mark(language)}


def _finding(content: GuideContent, message: str) -> Finding:
    lacking = _NO_GLYPH.search(message)
    if lacking:
        return Finding(
            f"the guide of {content.condition}",
            0,
            "",
            NO_SIGN,
            "guide.character",
            f"the fonts of the PDF have no sign for {lacking['text']}",
            "write it in words",
        )
    return Finding(
        f"the guide of {content.condition}",
        0,
        "",
        "GD094",
        "guide.pdf",
        f"no PDF can be made of it: {message}",
        "if this names a picture, save the drawing again as plain SVG",
    )
