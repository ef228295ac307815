"""Editors of the small parts that conditions and guides are made of: texts, sources and what they rest on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st

from authoring.console.components.prose import prose
from authoring.console.conditions.condition_form import Json
from authoring.console.conditions.condition_work import Work
from authoring.console.records.records import number_of
from authoring.console.records.source_facts import names_of
from engine.knowledge import KnowledgeBase

_BOLD = re.compile(r"\*\*([^*<>]+)\*\*")


def text_field(
    work: Work,
    part: Json,
    name: str,
    label: str,
    place: str,
    marks: Sequence[tuple[int, int]] = (),
    stored: Mapping[tuple[str, str], str] | None = None,
    single: bool = False,
    placeholder: str = "",
    tell: bool = True,
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
        single=single,
        placeholder=placeholder,
    )
    work.heard = max(work.heard, result.version)
    if result.value != value:
        part[name] = result.value
    if tell:
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
                for one in value if name == "sources" else ():
                    found[f"{place}/{one.get('source')}", "locator"] = str(one.get("locator") or "")
                for one in value:
                    if isinstance(one, dict) and "_place" in one:
                        collect(one, one["_place"])

    collect(form, "")
    return found


def sources_field(
    work: Work, kb: KnowledgeBase, part: Json, place: str, stored: Mapping[tuple[str, str], str] | None = None
) -> None:
    """Which sources a part rests on, each with the place in it where the fact stands."""
    cited: list[Json] = part.get("sources") or []
    ids = [str(one.get("source", "")) for one in cited]
    names = names_of(kb)
    unknown = [id_ for id_ in ids if id_ not in names]
    chosen = st.multiselect(
        "Sources",
        [*names, *unknown],
        default=list(dict.fromkeys(ids)),
        format_func=lambda id_: names.get(id_, f"{id_} (unknown)"),
        key=work.held(place, "sources"),
        placeholder="Search author, year or title",
    )
    by_id = {str(one.get("source", "")): one for one in cited}
    part["sources"] = [dict(by_id.get(id_, {"source": id_})) for id_ in chosen]
    for citation in part["sources"]:
        id_ = citation["source"]
        before = str(citation.get("locator") or "")
        result = prose(
            before,
            version=work.version,
            key=work.key(place, "locator", id_),
            record=work.journal,
            field=f"{place}/locator/{id_}",
            label=f"Where in {names.get(id_, id_)[:60]}",
            saved=(stored or {}).get((f"{place}/{id_}", "locator"), ""),
            single=True,
            placeholder="page, table, recommendation or abstract",
        )
        work.heard = max(work.heard, result.version)
        if result.value.strip():
            citation["locator"] = result.value.strip()
        else:
            citation.pop("locator", None)
    work.show(place, "sources")


def basis_field(work: Work, kb: KnowledgeBase, part: Json, place: str, stored: Mapping[tuple[str, str], str]) -> None:
    """What a part rests on: sources, and judgement where no source settles it."""
    sources_field(work, kb, part, place, stored)
    text_field(work, part, "judgement", "Judgement: why it is said where no source settles it", place, stored=stored)


def basis_words(part: Json) -> str:
    """What a part rests on, in two or three words."""
    count = len(part.get("sources") or [])
    words = [f"{count} source{'' if count == 1 else 's'}"] if count else []
    if str(part.get("judgement") or "").strip():
        words.append("judgement")
    return ", ".join(words) or "no source yet"


def line(
    work: Work,
    part: Json,
    name: str,
    label: str,
    place: str,
    stored: Mapping[tuple[str, str], str],
    *,
    placeholder: str = "",
    tell: bool = True,
) -> None:
    """A short text on one line."""
    text_field(work, part, name, label, place, stored=stored, single=True, placeholder=placeholder, tell=tell)


def number_line(
    work: Work,
    part: Json,
    name: str,
    label: str,
    place: str,
    saved: object,
    allowed: Callable[[int | float], bool],
    wanted: str,
) -> None:
    """A number, as text that is told to be none where it is none; what is typed stays."""
    typed = f"_typed_{name}"
    value = str(part.get(typed, part.get(name) if part.get(name) is not None else ""))
    result = prose(
        value,
        version=work.version,
        key=work.key(place, name),
        record=work.journal,
        field=f"{place}/{name}",
        label=label,
        saved="" if saved is None else str(saved),
        single=True,
    )
    work.heard = max(work.heard, result.version)
    part[typed] = result.value
    given = number_of(result.value)
    to_mend = st.container()
    if given is not None and allowed(given):
        if part.get(name) != given:
            part[name] = given
    else:
        part.pop(name, None)
        to_mend.markdown(f":red[**To mend:**] {wanted}")


def marked_html(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text as HTML with some spans marked; of what stands in it, only `**bold**` is markup."""
    parts, at = [], 0
    for begin, end in spans:
        parts += [escape(text[at:begin]), f"<mark>{escape(text[begin:end])}</mark>"]
        at = end
    return _BOLD.sub(r"<strong>\1</strong>", "".join([*parts, escape(text[at:])]))
