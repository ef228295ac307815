"""A source as a line of a bibliography: what its record has, and nothing that it has not."""

from __future__ import annotations

from urllib.parse import quote

from engine.model.case import Source, SourceName
from exports.guide.text import Run, Runs, clean
from exports.guide.words import ENGLISH, Words

_NAMED = 3
"""More authors than this are `et al.`"""


def entry(source: Source, locators: tuple[str, ...] = (), words: Words = ENGLISH) -> Runs:
    """Authors, title, journal, year, and where to find it, followed by where in it the cited facts stand.

    What is said of a source is said in the words of a language; its own title and names stay as they are.
    """
    authors = _authors(source.author)
    container = clean(source.container_title or "")
    publisher = clean(source.publisher or "")
    parts = [authors, clean(source.title), ". ".join(part for part in (container, _issue(source, words)) if part)]
    if publisher and publisher not in (authors, container):
        parts.append(publisher)
    text = " ".join(_ended(part) for part in parts if part)
    found = [Run(text)]
    found += _where(source)
    if locators:
        places = "; ".join(clean(locator) for locator in locators)
        found.append(Run(" " + words.said["cited"].replace("{places}", places)))
    return tuple(found)


def _authors(names: tuple[SourceName, ...]) -> str:
    written = [name for name in (_name(one) for one in names) if name]
    if len(written) > _NAMED:
        written = [written[0], "et al."]
    return ", ".join(written)


def _name(name: SourceName) -> str:
    if name.literal:
        return clean(name.literal)
    initials = "".join(part[0] for part in (name.given or "").replace("-", " ").split())
    return clean(f"{name.family or ''} {initials}")


def _issue(source: Source, words: Words) -> str:
    """Vancouver's `2010;304(6):628-637`, as far as it is known."""
    dated = source.issued.date_parts[0] if source.issued else ()
    year = str(dated[0]) if dated else words.said["undated"]
    volume = clean(source.volume or "") + (f"({clean(source.issue)})" if source.issue else "")
    pages = f":{clean(source.page)}" if source.page else ""
    return f"{year};{volume}{pages}" if volume or pages else year


def _where(source: Source) -> list[Run]:
    """The DOI and the PubMed number; the address only where there is neither, since addresses move."""
    found: list[Run] = []
    if source.doi:
        found += [Run(" "), Run(f"doi:{source.doi}", link=f"https://doi.org/{quote(source.doi, safe='/:;()._-')}")]
    if source.pmid:
        found += [Run(" "), Run(f"PMID {source.pmid}", link=f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/")]
    if source.url and not found:
        found += [Run(" "), Run(source.url, link=source.url)]
    return found


def _ended(part: str) -> str:
    return part if part.endswith((".", "?", "!")) else part + "."
