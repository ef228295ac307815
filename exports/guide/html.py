"""A guide as one self-contained web page: no script, nothing fetched, readable without styles."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup

from exports.guide.content import GuideContent, GuideStatement
from exports.guide.link import qr_svg
from exports.guide.text import plain
from exports.guide.tongue import date_filled, is_mixed, mark, others, untranslated_note
from exports.guide.words import words_in
from exports.typeset import html_environment

_FOLDER = Path(__file__).parent


def guide_html(content: GuideContent, link: str | None = None) -> str:
    """The guide as an HTML document.

    `link` is the http or https address where the guide can be read on the web; with it the page has a QR code for
    readers of the printed page. Raises ValueError where the link is no web address.
    """
    words = words_in(content.language)
    return _template().render(
        g=content,
        w=words.said,
        others=others(content),
        mark=mark,
        marked=is_mixed(content),
        note=untranslated_note(content),
        filled=lambda name: date_filled(content, name),
        css=Markup((_FOLDER / "guide.css").read_text(encoding="utf-8")),
        link=link,
        qr=_data_uri(qr_svg(link)) if link else None,
    )


@cache
def _template() -> Template:
    environment = html_environment(_FOLDER)
    environment.filters.update(data_uri=_data_uri, groups=_groups, plain=plain)
    return environment.get_template("guide.html.j2")


def _groups(statements: tuple[GuideStatement, ...]) -> list[list[GuideStatement]]:
    """Neighbouring actions together, so that they make one list."""
    return [list(group) for _, group in groupby(statements, key=lambda one: one.action)]


def _data_uri(svg: str) -> str:
    """A drawing as an address that an `img` shows: there no script in it runs and nothing is fetched."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode("ascii")
