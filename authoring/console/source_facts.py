"""Sources for the sources page: how one reads, what cites it, and its JSON after an edit. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authoring.actions import View, used_by
from authoring.bibliography_import import date_parts, doi, pmid
from engine.files import id_from, kind_of
from engine.knowledge import KnowledgeBase
from engine.model.case import Source, SourceName

KINDS = {
    "guideline": "guideline",
    "prediction_rule": "prediction rule",
    "accuracy_study": "accuracy study",
    "prevalence": "prevalence",
    "treatment_evidence": "treatment evidence",
    "patient_information": "patient information",
    "textbook": "textbook",
}
TIERS = {1: "1: cite", 2: "2: find the primary paper", 3: "3: context only"}
TYPES = {
    "article-journal": "journal article",
    "webpage": "web page",
    "report": "report",
    "book": "book",
    "chapter": "chapter",
    "paper-conference": "conference paper",
    "document": "document",
}


def source_name(sources: Mapping[str, Source], id_: str) -> str:
    """A source as a clinician names it: first author, year, title; its id where there is no such source."""
    source = sources.get(id_)
    if source is None:
        return id_
    first = source.author[0] if source.author else None
    author = (first.family or first.literal or "") if first else (source.publisher or "")
    more = " et al." if len(source.author) > 1 else ""
    year = str(source.issued.date_parts[0][0]) if source.issued else "no date"
    return f"{author}{more} {year}: {source.title}".strip()


def names_of(kb: KnowledgeBase) -> dict[str, str]:
    """Every source by id with its name, in the order of the names."""
    names = {id_: source_name(kb.sources, id_) for id_ in kb.sources}
    return dict(sorted(names.items(), key=lambda one: one[1].casefold()))


def citing(view: View) -> dict[str, list[str]]:
    """Every source to the files that name it; made from one pass over the files."""
    result: dict[str, list[str]] = {}
    quoted = {id_: f'"{id_}"'.encode() for id_ in view.kb.sources}
    for path, data in view.files.items():
        if path.endswith(".json") and not path.startswith("sources/"):
            for id_, text in quoted.items():
                if text in data:
                    result.setdefault(id_, []).append(path)
    return result


def cited_by(view: View, id_: str) -> list[tuple[str, str, str, str]]:
    """What cites a source: page, its selection's name, id and title."""
    found = []
    for path in used_by(view, "source", id_):
        kind, own = kind_of(path), id_from(path)
        value = view.value(path) or {}
        title = str(value.get("title") or value.get("name") or own or path)
        if kind == "section":
            found += [
                ("questions", "question", one.id, one.text)
                for section in view.kb.sections
                if section.id == own
                for one in section.questions
                if any(citation.source == id_ for citation in one.sources)
            ]
        elif kind in ("rule", "condition", "case") and own:
            found.append((f"{kind}s", kind, own, title))
        else:
            found.append(("", kind or "", own or path, title))
    return found


def person(name: SourceName) -> str:
    """One author as bibliographies write one."""
    return name.literal or ", ".join(part for part in (name.family, name.given) if part)


def reference(source: Source) -> str:
    """A source in one line."""
    names = [one.literal or one.family or "" for one in source.author]
    who = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
    year = str(source.issued.date_parts[0][0]) if source.issued else ""
    where = source.container_title or source.publisher or ""
    place = source.volume or ""
    place += f"({source.issue})" if source.issue else ""
    place += f":{source.page}" if source.page else ""
    parts = (who, source.title, where, " ".join(part for part in (year, place) if part))
    sentences = (part if part[-1] in ".?!" else f"{part}." for part in parts if part)
    return " ".join(sentences)


def matches(source: Source, words: str) -> bool:
    """Whether all words stand somewhere in a source."""
    claims = " ".join(one.claim for one in source.custom.claims)
    parts = [source.id, reference(source), source.doi or "", source.pmid or "", KINDS[source.custom.kind], claims]
    whole = " ".join(parts).lower()
    return all(word in whole for word in words.lower().split())


def authors_from(text: str) -> list[dict[str, str]]:
    """Authors from lines of `Family, Given`; a line without a comma is a body such as a society."""
    result = []
    for line in text.splitlines():
        family, comma, given = (part.strip() for part in line.partition(","))
        if family and comma:
            result.append({"family": family} | ({"given": given} if given else {}))
        elif family:
            result.append({"literal": family})
    return result


def edited(old: Mapping[str, Any], fields: Mapping[str, str], notes: Mapping[str, Any]) -> dict[str, Any]:
    """A source's JSON after the form; what is empty is left out, and what the form does not show stays."""
    new = dict(old)
    plain = {key: fields[key].strip() for key in fields if key not in ("author", "issued", "DOI", "PMID")}
    new |= plain
    new["author"] = authors_from(fields["author"])
    new["DOI"] = doi(fields["DOI"]) or fields["DOI"].strip()
    new["PMID"] = pmid(fields["PMID"]) or fields["PMID"].strip()
    parts = date_parts(fields["issued"])
    new["issued"] = {"date-parts": [parts]} if parts else None
    custom = {**old.get("custom", {}), **notes}
    new["custom"] = {key: value for key, value in custom.items() if value not in (None, "", [])}
    return {key: value for key, value in new.items() if value not in (None, "", [])}
