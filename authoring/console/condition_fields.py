"""Editors of the small parts that conditions and guides are made of: texts, sources and what they rest on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from authoring.console.components.prose import prose
from authoring.console.condition_form import Json
from authoring.console.condition_work import Work
from engine.knowledge import KnowledgeBase
from engine.model.case import Source

_TITLE = 70
_BOLD = re.compile(r"\*\*([^*<>]+)\*\*")


def source_name(source: Source) -> str:
    """A source as one chooses it from a list: who, when, what."""
    who = next((name.family or name.literal for name in source.author if name.family or name.literal), "")
    year = source.issued.date_parts[0][0] if source.issued and source.issued.date_parts[0] else "undated"
    title = source.title if len(source.title) <= _TITLE else source.title[:_TITLE].rsplit(" ", 1)[0] + " …"
    return f"{who} {year}: {title}".strip()


def text_field(
    work: Work,
    part: Json,
    name: str,
    label: str,
    place: str,
    marks: Sequence[tuple[int, int]] = (),
    stored: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """A text of a part in an editor that owns it, with what is wrong with it below."""
    value = str(part.get(name) or "")
    saved = (stored or {}).get((place, name), "")
    result = prose(
        value,
        version=work.version,
        key=work.key(place, name),
        record=work.journal,
        field=f"{place}/{name}",
        label=label,
        marks=marks,
        saved=saved,
    )
    if result.value != value:
        part[name] = result.value
    work.show(place, name)


def stored_texts(form: Json) -> dict[tuple[str, str], str]:
    """Every text of a form by the part and the field that it stands in; the top-level fields have the part ""."""
    found: dict[tuple[str, str], str] = {}

    def collect(part: Json, place: str) -> None:
        for name, value in part.items():
            if isinstance(value, str):
                found[place, name] = value
            elif isinstance(value, dict) and name in ("guide", "prior", "thresholds"):
                collect(value, name)
            elif isinstance(value, list):
                for one in value:
                    if isinstance(one, dict) and "_place" in one:
                        collect(one, one["_place"])

    collect(form, "")
    return found


def sources_field(work: Work, kb: KnowledgeBase, part: Json, place: str) -> None:
    """Which sources a part rests on, each with the place in it where the fact stands."""
    cited: list[Json] = part.get("sources") or []
    ids = [str(one.get("source", "")) for one in cited]
    unknown = [id_ for id_ in ids if id_ not in kb.sources]
    chosen = st.multiselect(
        "Sources",
        [*sorted(kb.sources), *unknown],
        default=list(dict.fromkeys(ids)),
        format_func=lambda id_: source_name(kb.sources[id_]) if id_ in kb.sources else f"{id_} (unknown)",
        key=work.key(place, "sources"),
        placeholder="Choose from the library",
    )
    by_id = {str(one.get("source", "")): one for one in cited}
    part["sources"] = [dict(by_id.get(id_, {"source": id_})) for id_ in chosen]
    for citation in part["sources"]:
        id_ = citation["source"]
        name = source_name(kb.sources[id_]) if id_ in kb.sources else id_
        where = st.text_input(
            f"Where in {name}",
            value=citation.get("locator") or "",
            max_chars=200,
            placeholder="page, table, recommendation or abstract",
            key=work.key(place, "locator", id_),
        )
        if where.strip():
            citation["locator"] = where.strip()
        else:
            citation.pop("locator", None)
    work.show(place, "sources")


def basis_field(work: Work, kb: KnowledgeBase, part: Json, place: str, stored: Mapping[tuple[str, str], str]) -> None:
    """What a part rests on: sources, and judgement where no source settles it."""
    sources_field(work, kb, part, place)
    text_field(work, part, "judgement", "Judgement: why it is said where no source settles it", place, stored=stored)


def basis_words(part: Json) -> str:
    """What a part rests on, in two or three words."""
    count = len(part.get("sources") or [])
    words = [f"{count} source{'' if count == 1 else 's'}"] if count else []
    if str(part.get("judgement") or "").strip():
        words.append("judgement")
    return ", ".join(words) or "no source yet"


def line(
    work: Work, part: Json, name: str, label: str, place: str, *, placeholder: str = "", tell: bool = True
) -> None:
    """A short text on one line."""
    value = str(part.get(name) or "")
    part[name] = st.text_input(label, value=value, key=work.key(place, name), placeholder=placeholder)
    if tell:
        work.show(place, name)


def marked_html(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text as HTML with some spans marked; of what stands in it, only `**bold**` is markup."""
    parts, at = [], 0
    for begin, end in spans:
        parts += [escape(text[at:begin]), f"<mark>{escape(text[begin:end])}</mark>"]
        at = end
    return _BOLD.sub(r"<strong>\1</strong>", "".join([*parts, escape(text[at:])]))
