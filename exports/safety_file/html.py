"""The safety file as one self-contained web page: no script, nothing fetched."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup

from exports.safety_file.document import Document
from exports.typeset import html_environment

_FOLDER = Path(__file__).parent


def safety_html(document: Document) -> str:
    """The file as an HTML document."""
    css = Markup((_FOLDER / "safety.css").read_text(encoding="utf-8"))
    return _template().render(d=document, css=css)


@cache
def _template() -> Template:
    return html_environment(_FOLDER).get_template("safety.html.j2")
