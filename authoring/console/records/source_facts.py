"""Sources for the sources page: how one reads, what cites it, and its JSON after an edit. No widgets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from authoring.actions import View, used_by
from authoring.bibliography_import import NAMES, date_parts, doi, pmid, refusals, source_id
from authoring.console.places import PAGES
from authoring.console.records.records import Fields, Problems, put, with_places
from engine.files import id_from, kind_of
from engine.knowledge import KnowledgeBase
from engine.model.case import Source

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
        elif kind in PAGES and own:
            found.append((*PAGES[kind], own, title))
        else:
            found.append(("", kind or "", own or path, title))
    return found


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


_TEXTS = ("title", "container-title", "publisher", "volume", "issue", "page", "DOI", "PMID", "URL")


def fields_from(stored: Mapping[str, Any]) -> Fields:
    """The form's fields of a source as stored; of an empty record those of a new one."""
    notes: Mapping[str, Any] = stored.get("custom") or {}
    dates = ((stored.get("issued") or {}).get("date-parts") or [[]])[0]
    return {
        **{name: str(stored.get(name) or "") for name in _TEXTS},
        "author": "\n".join(_person(one) for one in stored.get("author") or ()),
        "issued": "-".join(f"{part:02}" for part in dates),
        "type": stored.get("type") or "article-journal",
        "kind": notes.get("kind") or "accuracy_study",
        "tier": notes.get("tier") or 3,
        "seen": bool(notes.get("seen")),
        "caution": str(notes.get("caution") or ""),
        "claims": with_places(notes.get("claims"), "claims"),
        "id": "",
    }


def _person(name: Mapping[str, str]) -> str:
    return name.get("literal") or ", ".join(part for part in (name.get("family"), name.get("given")) if part)


def edited(old: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """A source's JSON after the form; what is empty is left out, and what the form does not show stays."""
    new = dict(old)
    for name in _TEXTS:
        put(new, name, fields[name].strip())
    put(new, "DOI", doi(fields["DOI"]) or fields["DOI"].strip())
    put(new, "PMID", pmid(fields["PMID"]) or fields["PMID"].strip())
    new["title"] = fields["title"].strip()
    new["type"] = fields["type"]
    before = fields_from(old)
    if fields["author"] != before["author"]:
        put(new, "author", authors_from(fields["author"]))
    if fields["issued"] != before["issued"]:
        parts = date_parts(fields["issued"])
        put(new, "issued", {"date-parts": [parts]} if parts else None)
    custom = dict(old.get("custom") or {})
    custom |= {"kind": fields["kind"], "tier": fields["tier"], "seen": fields["seen"]}
    put(custom, "caution", fields["caution"].strip())
    put(custom, "claims", [one for part in fields["claims"] if (one := _claim(part))])
    new["custom"] = custom
    return new


def _claim(part: Fields) -> dict[str, str]:
    texts = {name: str(part.get(name) or "").strip() for name in ("claim", "figure", "applies_to")}
    return {name: text for name, text in texts.items() if text}


def id_of(fields: Fields, record: Mapping[str, Any], taken: Collection[str]) -> str:
    """The id of a new source: the one that was typed, or one made from author, year and journal."""
    return fields["id"].strip() or source_id(record, taken)


def problems(fields: Fields, record: Mapping[str, Any], taken: Collection[str]) -> Problems:
    """What keeps the fields from being a source, by field. `taken` are the ids that a new one cannot have."""
    found: Problems = {}

    def say(field: str, what: str) -> None:
        found.setdefault(field, []).append(what)

    if not fields["title"].strip():
        say("title", "Write the title.")
    if fields["issued"].strip() and not date_parts(fields["issued"]):
        say("issued", f"“{fields['issued'].strip()}” has no year. Write it as 2010 or 2010-12-15.")
    if record.get("id") in taken:
        say("id", f"There is a source {record['id']} already. Choose another short name, or change that one.")
    for at, part in enumerate(fields["claims"], 1):
        claim = _claim(part)
        if claim and "claim" not in claim:
            say("claims", f"Claim {at} has a figure and does not say what of. Write what the source says.")
    if not found:
        for one in refusals(dict(record)):
            place, _, what = one.partition(": ")
            field = next((name for name, label in NAMES.items() if label == place and name != "custom"), "title")
            say(field, f"{what[:1].upper()}{what[1:]}" if what else one)
    return found
