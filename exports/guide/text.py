"""What authors type, as runs of plain, bold and linked text.

Authors may write `**bold**` and `[text](https://...)`. Everything else that they type is text: a run is never
markup, and whoever draws it passes it on as data.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

# Characters that make what follows read in another order, or that no reader sees. Scripts written from right to left
# do not need them; a text that carries them can pretend to say something else.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True)
class Run:
    """A piece of text in one style. `link` is an absolute http or https address."""

    text: str
    bold: bool = False
    link: str | None = None
    language: str | None = None
    """None: that of the whole guide."""


Runs = tuple[Run, ...]


def _parser() -> MarkdownIt:
    # The preset `zero` knows no rule at all; two are added, and links only to https.
    parser = MarkdownIt("zero").enable(["emphasis", "link"])
    parser.validateLink = lambda url: url.startswith("https://")  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def clean(text: str) -> str:
    """One line of text: white space becomes single spaces, control and reordering characters are left out."""
    line = " ".join(text.split())
    return "".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cs") and char not in _REORDERING)


def runs(text: str, language: str | None = None) -> Runs:
    """A text with `**bold**` and `[text](https://...)`; every other sign stands for itself.

    `language` is that of the text where it is another than that of the whole guide.
    """
    found: list[Run] = []
    for block in _PARSER.parseInline(clean(text)):
        _collect(block.children or [], found)
    return tuple(replace(run, language=language) for run in found) if language else tuple(found)


def plain(parts: Runs) -> str:
    """The text of some runs without their style."""
    return "".join(run.text for run in parts)


def _collect(tokens: list[Token], found: list[Run]) -> None:
    bold = 0
    link: str | None = None
    for token in tokens:
        text = ""
        if token.type == "text":
            text = token.content
        elif token.type.startswith("strong") and token.markup == "**":
            bold += token.nesting
        elif token.type in ("strong_open", "strong_close", "em_open", "em_close"):
            text = token.markup  # `*one star*` and `__underscores__` are not ours: they stay as typed
        elif token.type == "link_open":
            link = str(token.attrs["href"])
        elif token.type == "link_close":
            link = None
        if text:
            last = found[-1] if found else None
            if last and (last.bold, last.link) == (bold > 0, link):
                found[-1] = Run(last.text + text, last.bold, last.link)
            else:
                found.append(Run(text, bold > 0, link))
