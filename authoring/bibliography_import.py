"""Turns BibTeX, RIS or CSL-JSON that somebody pasted into records of sources. Nothing is saved here.

The formats are read by libraries (bibtexparser, rispy); here their fields become ours, and what is missing is told.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

import rispy  # type: ignore[import-untyped]
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ExplicitComment, ImplicitComment
from pydantic import ValidationError

from engine import jsontext
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.case import Source

Format = Literal["BibTeX", "RIS", "CSL-JSON"]
LIMIT = 1_000_000
"""Characters that are read at once: some thousand works."""


@dataclass(frozen=True)
class Problem:
    """A piece of the text that could not be read."""

    line: int
    what: str
    fix: str


@dataclass(frozen=True)
class Work:
    """One work that was read: our record without `custom`, which only a person can say."""

    line: int
    record: Mapping[str, Any]
    missing: tuple[str, ...]
    """What it lacks, or what was left out, in words."""
    same_as: str | None = None
    """The id of a source that is already there with the same DOI or PMID."""


@dataclass(frozen=True)
class Import:
    """What a pasted text holds."""

    format: Format | None
    works: tuple[Work, ...]
    problems: tuple[Problem, ...]


def read_bibliography(text: str, kb: KnowledgeBase) -> Import:
    """Every work in a text, in whichever of the three formats. Raises nothing: what is bad is told with its line."""
    if len(text) > LIMIT:
        return Import(None, (), (Problem(1, f"the text has {len(text):,} characters", "paste fewer works at once"),))
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    form = _format(text)
    if form is None:
        what = "this is neither BibTeX, RIS nor CSL-JSON" if text.strip() else "there is no text"
        fix = "export the work from a reference manager or a journal's page in one of these formats"
        return Import(None, (), (Problem(1, what, fix),))
    read = {"BibTeX": _bibtex, "RIS": _ris, "CSL-JSON": _csl}[form]
    works: list[Work] = []
    problems: list[Problem] = []
    taken = set(kb.sources)
    for line, found in read(text):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        work = _work(line, found, taken, kb)
        taken.add(str(work.record["id"]))
        works.append(work)
    if not works and not problems:
        problems.append(Problem(1, f"there is no work in this {form}", "copy the whole entry, from its first line"))
    return Import(form, tuple(works), tuple(problems))


def complete(record: Mapping[str, Any], kind: str, tier: int, seen: bool) -> tuple[dict[str, Any], list[str]]:
    """A record with what only a person can say of it, and what the model still refuses, in words."""
    full = {**record, "custom": {"kind": kind, "tier": tier, "seen": seen}}
    return full, refusals(full)


def refusals(record: Mapping[str, Any]) -> list[str]:
    """What keeps a record from being a source, field by field, in words; empty where it is one."""
    try:
        Source.model_validate_json(json.dumps(record))
    except ValidationError as error:
        return [f"{_field(one['loc'])}: {_reason(one)}" for one in error.errors()]
    return []


NAMES = {
    "id": "Id",
    "title": "Title",
    "type": "Kind of work",
    "DOI": "DOI",
    "PMID": "PMID",
    "URL": "Web address",
    "author": "Authors",
    "issued": "Date",
    "custom": "What was read of it",
}
"""What the members of a source are called in what is told of them."""
_WANTED = {
    "id": "small letters, digits and single hyphens, such as suri-2010-jama",
    "DOI": "a DOI begins with 10. and has a slash, such as 10.1001/jama.2010.1833",
    "PMID": "a PMID is a number, such as 21156951",
    "URL": "a web address begins with http:// or https:// and has no spaces",
}


def _field(place: tuple[int | str, ...]) -> str:
    return NAMES.get(str(place[0]), str(place[0])) if place else "Source"


def _reason(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "missing" or (name == "title" and error["type"] != "string_too_long"):
        return "is missing"
    return _WANTED.get(name, str(error["msg"]))


def _format(text: str) -> Format | None:
    start = text.lstrip()
    if start[:1] in ("{", "["):
        return "CSL-JSON"
    if re.search(r"^\s*TY {1,2}- ?", text, re.MULTILINE):
        return "RIS"
    if re.search(r"^\s*@\w+\s*[{(]", text, re.MULTILINE):
        return "BibTeX"
    return None


Found = Iterator[tuple[int, dict[str, Any] | Problem]]


# BibTeX

_BIBTEX_TYPES = {
    "article": "article-journal",
    "book": "book",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "techreport": "report",
    "report": "report",
    "online": "webpage",
    "electronic": "webpage",
    "www": "webpage",
}


def _bibtex(text: str) -> Found:
    library = parse_string(text, append_middleware=[SeparateCoAuthors(), SplitNameParts(), LatexDecodingMiddleware()])
    plain = {block.start_line: block for block in parse_string(text, append_middleware=[SeparateCoAuthors()]).entries}
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, Entry):
            raw = plain.get(block.start_line)
            author = raw.fields_dict["author"].value if raw and "author" in raw.fields_dict else []
            yield line, _from_bibtex(block, author if isinstance(author, list) else [])
        elif isinstance(block, DuplicateBlockKeyBlock):
            yield line, Problem(line, f"the key `{block.key}` stands twice", "give the second entry another key")
        elif isinstance(block, ImplicitComment | ExplicitComment) or type(block).__name__ in ("Preamble", "String"):
            continue
        else:
            yield line, _broken(line, getattr(block, "error", None))


def _broken(line: int, error: object) -> Problem:
    said = str(getattr(error, "abort_reason", "") or error or "").strip().splitlines()
    reason = said[0].rstrip(".").strip() if said else "it is not complete"
    end = getattr(error, "end_index", None)
    return Problem(
        line,
        f"the entry that begins here could not be read: {reason}",
        "look for a brace or a comma that is missing" + (f" before line {end + 1}" if isinstance(end, int) else ""),
    )


def _from_bibtex(entry: Entry, raw_authors: list[str]) -> dict[str, Any]:
    fields = {name.lower(): field.value for name, field in entry.fields_dict.items()}
    names = []
    given = fields.get("author")
    for at, author in enumerate(given if isinstance(given, list) else []):
        raw = raw_authors[at].strip() if at < len(raw_authors) else ""
        family = " ".join([*author.von, *author.last])
        if raw.startswith("{") and raw.endswith("}"):
            names.append({"literal": " ".join([*author.first, *author.von, *author.last])})
        elif raw.lower() != "others":
            names.append({"family": family, "given": " ".join([*author.first, *author.jr])})

    def text(*keys: str) -> str:
        return next((str(fields[key]) for key in keys if str(fields.get(key, "")).strip()), "")

    return {
        "type": _BIBTEX_TYPES.get(entry.entry_type.lower(), "document"),
        "title": text("title"),
        "author": names,
        "container-title": text("journal", "journaltitle", "booktitle"),
        "publisher": text("publisher", "institution", "school", "organization"),
        "date": text("date") or " ".join(part for part in (text("year"), text("month")) if part),
        "volume": text("volume"),
        "issue": text("number", "issue"),
        "page": text("pages"),
        "DOI": text("doi"),
        "PMID": text("pmid") or (text("eprint") if text("eprinttype").lower() == "pubmed" else ""),
        "URL": text("url"),
    }


# RIS

_RIS_TYPES = {
    "JOUR": "article-journal",
    "EJOUR": "article-journal",
    "JFULL": "article-journal",
    "BOOK": "book",
    "EBOOK": "book",
    "CHAP": "chapter",
    "ECHAP": "chapter",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "RPRT": "report",
    "ELEC": "webpage",
    "WEB": "webpage",
}
_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}- ?(.*)")


def _ris(text: str) -> Found:
    """Each record is handed to the library by itself, so that one that is broken costs no other and has its line."""
    lines = text.split("\n")
    begin: int | None = None
    for at, line in enumerate([*lines, "TY  - END"]):
        tag = _TAG.match(line.strip())
        name = tag.group(1) if tag else None
        if begin is not None and name == "TY":
            yield (
                begin + 1,
                Problem(
                    begin + 1,
                    "the work that begins here has no end",
                    f"write a line `ER  - ` before line {at + 1}" if at < len(lines) else "write a last line `ER  - `",
                ),
            )
            begin = None
        if name == "TY" and at < len(lines):
            begin = at
        elif name == "ER":
            if begin is None:
                yield at + 1, Problem(at + 1, "a work ends here that has no beginning", "begin it with `TY  - JOUR`")
                continue
            yield begin + 1, _one_ris("\n".join([*lines[begin:at], "ER  - "]), begin + 1)
            begin = None
        elif begin is None and line.strip() and at < len(lines):
            yield at + 1, Problem(at + 1, f"`{line.strip()[:40]}` stands outside a work", "begin it with `TY  - JOUR`")


def _one_ris(text: str, line: int) -> dict[str, Any] | Problem:
    tidy = "\n".join(re.sub(r"^\s*([A-Z][A-Z0-9]) {1,2}- ?", r"\1  - ", one) for one in text.split("\n")) + "\n"
    try:
        found = rispy.loads(tidy)
    except (OSError, ValueError, KeyError, IndexError) as error:
        return Problem(line, f"the work that begins here could not be read: {error}", "export it again as RIS")
    if len(found) != 1:
        return Problem(line, "the work that begins here could not be read", "export it again as RIS")
    fields = found[0]

    def first(*keys: str) -> str:
        for key in keys:
            value = fields.get(key)
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, str) and value.strip():
                return value.strip()
        return ""

    pages = "-".join(part for part in (first("start_page"), first("end_page")) if part)
    url = first("urls", "url")
    return {
        "type": _RIS_TYPES.get(str(fields.get("type_of_reference", "")).strip(), "document"),
        "title": first("title", "primary_title", "translated_title"),
        "author": [_name(one) for one in (fields.get("authors") or fields.get("first_authors") or [])],
        "container-title": first("secondary_title", "journal_name", "alternate_title3", "alternate_title2"),
        "publisher": first("publisher"),
        "date": first("year", "publication_year", "date"),
        "volume": first("volume"),
        "issue": first("number"),
        "page": pages,
        "DOI": first("doi"),
        "PMID": first("accession_number") if "pubmed" in (url + first("name_of_database")).lower() else "",
        "URL": url,
    }


def _name(text: str) -> dict[str, str]:
    family, comma, given = text.partition(",")
    return {"family": family.strip(), "given": given.strip()} if comma else {"literal": text.strip()}


# CSL-JSON

_CSL_TYPES = {
    "article": "article-journal",
    "article-magazine": "article-journal",
    "post-weblog": "webpage",
    "post": "webpage",
    "entry-encyclopedia": "chapter",
}
_OURS = frozenset({"article-journal", "webpage", "report", "book", "chapter", "paper-conference", "document"})


def _csl(text: str) -> Found:
    try:
        value = jsontext.read(text.encode("utf-8", "replace"), "pasted text")
    except KnowledgeError as error:
        for finding in error.findings:
            yield finding.line, Problem(finding.line, finding.what, finding.fix)
        return
    items = value if isinstance(value, list) else [value]
    for at, item in enumerate(items):
        line = jsontext.line_of(text, f"/{at}" if isinstance(value, list) else "") or 1
        if isinstance(item, dict):
            yield line, _from_csl(item)
        else:
            yield line, Problem(line, "this is no work", "a work in CSL-JSON is an object with a `title`")


def _from_csl(item: Mapping[str, Any]) -> dict[str, Any]:
    def text(*keys: str) -> str:
        for key in keys:
            value = item.get(key)
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
                return str(value)
        return ""

    issued = item.get("issued")
    date = ""
    if isinstance(issued, dict):
        parts = issued.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            date = "-".join(str(part) for part in parts[0] if isinstance(part, int | str))
        else:
            date = str(issued.get("raw") or issued.get("literal") or "")
    authors = item.get("author")
    names = []
    for one in authors if isinstance(authors, list) else []:
        if isinstance(one, dict):
            parts = [str(one.get(key) or "") for key in ("non-dropping-particle", "dropping-particle", "family")]
            given, literal = str(one.get("given") or ""), str(one.get("literal") or "")
            names.append({"family": " ".join(part for part in parts if part), "given": given, "literal": literal})
    type_ = text("type")
    return {
        "type": type_ if type_ in _OURS else _CSL_TYPES.get(type_, "document"),
        "title": text("title"),
        "author": names,
        "container-title": text("container-title"),
        "publisher": text("publisher"),
        "date": date,
        "volume": text("volume"),
        "issue": text("issue"),
        "page": text("page"),
        "DOI": text("DOI", "doi"),
        "PMID": text("PMID", "pmid"),
        "URL": text("URL", "url"),
    }


# What all three have in common


def _work(line: int, found: Mapping[str, Any], taken: Iterable[str], kb: KnowledgeBase) -> Work:
    missing = []
    record: dict[str, Any] = {"id": "", "type": found["type"], "title": _tidy(found["title"])}
    if not record["title"]:
        missing.append("there is no title")
    names = [{key: _tidy(value) for key, value in one.items() if _tidy(value)} for one in found["author"]]
    if names := [one for one in names if one]:
        record["author"] = names
    else:
        missing.append("there is no author")
    for key in ("container-title", "publisher"):
        if value := _tidy(found[key]):
            record[key] = value
    if parts := date_parts(found["date"]):
        record["issued"] = {"date-parts": [parts]}
    else:
        missing.append("there is no year")
    for key in ("volume", "issue", "page"):
        if value := re.sub(r"\s*[-\u2010-\u2015]+\s*", "-", _tidy(found[key])):
            record[key] = value
    for key, read, what in (("DOI", doi, "DOI"), ("PMID", pmid, "PMID"), ("URL", url, "web address")):
        if given := _tidy(found[key]):
            if kept := read(given):
                record[key] = kept
            else:
                missing.append(f"`{given[:60]}` is no {what} and is left out")
    if not any(key in record for key in ("DOI", "PMID", "URL")):
        missing.append("there is no DOI, PMID or web address by which it can be found")
    record["id"] = source_id(record, taken)
    return Work(line, record, tuple(missing), _same(record, kb))


def _same(record: Mapping[str, Any], kb: KnowledgeBase) -> str | None:
    for id_, source in kb.sources.items():
        if source.doi and str(record.get("DOI", "")).lower() == source.doi.lower():
            return id_
        if source.pmid and record.get("PMID") == source.pmid:
            return id_
    return None


def _tidy(value: object) -> str:
    """One line of text without braces, tags and surplus spaces."""
    text = re.sub(r"</?[a-zA-Z]{1,6}>", "", str(value or ""))
    return re.sub(r"\s+", " ", re.sub(r"[{}]", "", text)).strip()


def doi(text: str) -> str | None:
    """A DOI without the address or the word before it, or None where it is none."""
    found = re.search(r"10\.\d{4,9}/\S+", text.strip())
    return found.group().rstrip(".,;)\"'") if found else None


def pmid(text: str) -> str | None:
    """A PubMed number without the address or the word before it, or None where it is none."""
    found = re.fullmatch(r"(?:.*pubmed[^\d]*/|pmid[:\s]*)?(\d{1,9})/?", text.strip(), re.IGNORECASE)
    return found.group(1) if found else None


def url(text: str) -> str | None:
    """A web address, or None where it is none."""
    return text.strip() if re.fullmatch(r"https?://\S+", text.strip()) else None


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def date_parts(text: str) -> list[int]:
    """Year, and month and day where they are told: `2010/12/15`, `2010-12`, `2010 dec`. Empty without a year."""
    year = re.search(r"\b(1[5-9]\d\d|20\d\d)\b", text)
    if not year:
        return []
    rest = text[year.end() :].lower()
    if word := re.search("|".join(_MONTHS), rest):
        return [int(year.group()), _MONTHS.index(word.group()) + 1]
    parts = [int(year.group())]
    for number, most in zip(re.findall(r"\d+", rest)[:2], (12, 31), strict=False):
        if not 1 <= int(number) <= most:
            break
        parts.append(int(number))
    return parts


_SMALL = frozenset({"of", "the", "and", "for", "in", "on", "a", "an", "de", "la", "und", "der", "die", "das", "et"})


def source_id(record: Mapping[str, Any], taken: Iterable[str]) -> str:
    """An id like a citation key, `suri-2010-jama`: first author, year, journal in short; not one of `taken`."""
    authors = record.get("author") or [{}]
    who = authors[0].get("family") or authors[0].get("literal") or record.get("publisher") or record.get("title") or ""
    words = [word for word in _plain(str(record.get("container-title", ""))).split() if word not in _SMALL]
    where = words[0] if len(words) == 1 else "".join(word[0] for word in words)
    year = (record.get("issued") or {}).get("date-parts", [[""]])[0][0]
    last = _plain(str(who)).split()
    short = "".join(last) if authors[0].get("family") else "-".join(last[:3])
    wanted = "-".join(part for part in (short[:30], str(year), where[:16]) if part).strip("-") or "source"
    used = set(taken)
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
    return next(name for name in names if name not in used)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    ascii_ = decomposed.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9 ]+", "", re.sub(r"[\s\-/&:]+", " ", ascii_)).strip()
