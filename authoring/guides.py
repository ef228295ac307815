"""Writing treatment guides to files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from authoring.named_files import write_named
from authoring.opening import Opened
from engine.canonical import identity
from engine.finding import Finding, KnowledgeError
from exports.guide.content import guide_content
from exports.guide.html import guide_html
from exports.guide.language import telling
from exports.guide.link import qr_svg
from exports.guide.pdf import guide_pdf

Form = Literal["html", "pdf"]
FORMS: tuple[Form, ...] = ("html", "pdf")
Job = tuple[str, Path, Form]
"""A condition, the file that its guide is written to, and what that is."""


def write_guides(
    opened: Opened, jobs: list[Job], today: date, link: str | None, language: str | None = None
) -> Iterator[Path]:
    """Write each condition's guide to its file; yield each when it is there.

    `language` None is the one that the records are written in; what is not translated is marked.
    Raises KnowledgeError where there is no such condition or language, `link` is no web address that fits a QR code, or
    a file cannot be written.
    """
    if link is not None:
        try:
            qr_svg(link)
        except ValueError as error:
            fix = "give the address at which the guide can be read, such as https://example.org/guide"
            raise KnowledgeError([Finding("--link", 0, "", "GD095", "guide.link", str(error), fix)]) from None
    content_hash = identity(opened.loaded.files)
    told = telling(opened.kb, language)
    for condition, path, form in jobs:
        content = guide_content(
            told, condition, version=version("algos"), content_hash=content_hash, unreviewed=True, today=today
        )
        data = guide_pdf(content, link) if form == "pdf" else guide_html(content, link).encode()
        write_named(path, data)
        yield path
