"""Pages and PDFs from templates and data: how every document that leaves is made."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import font_source_sans_pro
import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FACES = ("Regular", "It", "Bold", "BoldIt")


def html_environment(folder: Path) -> Environment:
    """What reads the HTML templates of a folder: all data is escaped, and a name that is not there is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def pdf_of(template: Path, **data: Any) -> bytes:
    """The tagged PDF (PDF/UA-1) that a Typst template makes of JSON data; the same data gives the same bytes.

    Only Source Sans Pro and the fonts inside Typst are used. Raises `typst.TypstError` where none can be made, such as
    for a character that they lack.
    """
    return typst.compile(
        template,
        format="pdf",
        root=template.parent,
        font_paths=[Path(_fonts().name)],
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        sys_inputs={name: json.dumps(value, ensure_ascii=False) for name, value in data.items()},
    )


@cache
def _fonts() -> TemporaryDirectory[str]:
    """The sans typeface by itself: its package has every face twice, and Typst would take whichever it finds first."""
    folder = TemporaryDirectory(prefix="algos-fonts-")
    for face in _FACES:
        copy(Path(font_source_sans_pro.font_directory, f"SourceSansPro-{face}.otf"), folder.name)
    return folder
