"""The safety file as a tagged PDF (PDF/UA-1) on A4 across, drawn by Typst from the content as data."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typst

from engine.finding import Finding, KnowledgeError
from exports.safety_file.document import Document
from exports.typeset import pdf_of

_TEMPLATE = Path(__file__).with_name("safety.typ")


def safety_pdf(document: Document) -> bytes:
    """The file as PDF/UA-1: the same content gives the same bytes. Raises KnowledgeError where none can be made."""
    try:
        return pdf_of(_TEMPLATE, document=asdict(document))
    except typst.TypstError as error:
        what = f"no PDF can be made of it: {error}"
        fix = "write the characters that it names in words, or use the HTML"
        raise KnowledgeError([Finding("the safety file", 0, "", "SF102", "safety-file.pdf", what, fix)]) from error
