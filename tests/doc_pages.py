"""The pages of the documentation: which there are, and the blocks of code in them with what is to be done with each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parent.parent
RUN = ("sh", "python", "js")
"""Languages of blocks that do something."""
COMMAND = re.compile(
    r"^\s*(\$ )?(\.venv/bin/|algos |make |git |python |pip |node |npm |import |from \w+ import )", re.MULTILINE
)
"""How a line begins that is there to be typed."""
_FILE = re.compile(r"`([\w./-]+\.(?:py|mjs|js|json|toml))`[^`]*(?:`[^`]*`[^`]*)*:$")


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: str
    line: int
    language: str
    text: str
    file: str | None
    """The file in which the page says that it is saved: the sentence before it begins with the name and ends in `:`."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@cache
def pages() -> dict[str, str]:
    """Every page by its path: docs/ and the Markdown files at the top; the pages of checks are generated."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "frontends").rglob("*.md")]
    paths = sorted(path.relative_to(ROOT).as_posix() for path in found if "node_modules" not in path.parts)
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in paths if not path.startswith("docs/checks/")}


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    said = ""
    for token in MarkdownIt().parse(pages()[page]):
        if token.type == "inline":
            said = token.content.strip().splitlines()[-1] if token.content.strip() else ""
            whole = token.content.replace("\n", " ").strip()
        if token.type == "fence":
            assert token.map
            found = re.search(_FILE, whole) if said.endswith(":") else None
            language = token.info.strip() or ("sh" if COMMAND.search(token.content) else "")
            yield Block(page, token.map[0] + 1, language, token.content, found[1] if found else None)
            said = whole = ""
