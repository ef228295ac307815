"""The files of a bundle, made from the files of a knowledge base. The same knowledge base gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import jsontext
from engine.canonical import identity
from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.locale import Locale
from engine.texts import standing, texts_of
from exports.bundle.conformance import conformance
from exports.bundle.model import (
    CONFORMANCE,
    CORE,
    EXERCISES,
    FORMAT,
    JUDGEMENTS,
    MORE_CONFORMANCE,
    NOTES,
    PROOF,
    SOURCES,
    Part,
    locale_path,
    paper_path,
)
from exports.guide.content import guide_content
from exports.guide.language import languages_of, telling
from exports.guide.pdf import NO_SIGN, guide_pdf
from exports.guide.picture import clean_svg
from exports.sign.encoding import canonical


@dataclass(frozen=True)
class Piece:
    """One file to be put into a bundle."""

    path: str
    part: Part
    data: bytes


@dataclass(frozen=True)
class Release:
    """What accompanies the content of a release; everything but the version may be missing from a preview."""

    version: int
    preview: bool = False
    unreviewed: bool = True
    proof: bytes | None = None
    """The certificate as `algos prove --json` wrote it."""
    approvals: Mapping[str, bytes] | None = None
    """File name (such as `2026-11-20-anna.json`) to signed statement."""
    notes: str | None = None
    """Markdown."""


def pieces(kb: KnowledgeBase, files: Mapping[str, bytes], release: Release) -> Iterator[Piece]:
    """Every file of the bundle; guides are drawn on the way, so this takes some seconds for each twenty conditions.

    Raises KnowledgeError where a guide or a picture cannot be made.
    """
    records = records_of(files)

    def record(kind: str, id_: str) -> Any:
        return records[kb.paths[kind, id_]]

    yield Piece(CORE, "core", canonical(core_of(kb, records)))
    core_cases, more_cases = conformance(kb)
    yield Piece(CONFORMANCE, "core", canonical(core_cases.model_dump(mode="json")))
    yield Piece(MORE_CONFORMANCE, "conformance", canonical(more_cases.model_dump(mode="json")))
    for id_ in kb.current_conditions:
        yield Piece(f"guides/{id_}.json", "guides", canonical(record("condition", id_)["guide"]))
    yield from _papers(kb, identity(files), release)
    exercises = {id_: record("exercise", id_) for id_ in sorted(kb.exercises)}
    yield Piece(EXERCISES, "guides", canonical(exercises))
    yield Piece(SOURCES, "sources", canonical({id_: record("source", id_) for id_ in sorted(kb.sources)}))
    judged = {id_: rule.judgement for id_, rule in sorted(kb.active.items()) if rule.judgement is not None}
    yield Piece(JUDGEMENTS, "sources", canonical(judged))
    for path, data in sorted(kb.pictures.items()):
        yield Piece(path, "pictures", _picture(path, data))
    texts = texts_of(kb)
    for language, locale in sorted(kb.locales.items()):
        yield Piece(locale_path(language), "locales", _locale(record("locale", language), locale, texts))
    if release.proof is not None:
        yield Piece(PROOF, "release", release.proof)
    for name, data in sorted((release.approvals or {}).items()):
        yield Piece(f"release/approvals/{name}", "release", data)
    if release.notes is not None:
        yield Piece(NOTES, "release", release.notes.encode())


def records_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Path to record of every JSON file of a knowledge base, without the keys that say nothing (null)."""
    return {path: _without_null(jsontext.read(data, path)) for path, data in files.items() if path.endswith(".json")}


def core_of(kb: KnowledgeBase, records: Mapping[str, Any]) -> dict[str, Any]:
    """The records that are needed to ask and to assess, as their authors wrote them; `records` are by path.

    What an app does not need for that stands in files of its own: guides, and why judgement made a rule what it is.
    """

    def record(kind: str, id_: str) -> dict[str, Any]:
        return dict(records[kb.paths[kind, id_]])

    def without(one: dict[str, Any], *left_out: str) -> dict[str, Any]:
        return {key: value for key, value in one.items() if key not in left_out}

    return {
        "format": FORMAT,
        "settings": records["kb.json"],
        "body": records["body.json"],
        "sections": [record("section", section.id) for section in kb.sections],
        "terms": [record("term", id_) for id_ in sorted(kb.terms)],
        "rules": [without(record("rule", id_), "examples", "judgement") for id_ in kb.active],
        "conditions": [without(record("condition", id_), "guide") for id_ in kb.current_conditions],
        "constraints": [record("constraint", id_) for id_ in sorted(kb.constraints)],
    }


def _locale(record: dict[str, Any], locale: Locale, texts: Mapping[str, str]) -> bytes:
    """A language as apps take it: translations whose text has changed since are left out."""
    return canonical({**record, "texts": standing(locale, texts).current})


def _without_null(value: Any) -> Any:
    """A record without the keys that say nothing: `"because": null` means the same as no `because`."""
    if isinstance(value, dict):
        return {key: _without_null(one) for key, one in value.items() if one is not None}
    return [_without_null(one) for one in value] if isinstance(value, list) else value


def _picture(path: str, data: bytes) -> bytes:
    """A picture as apps show it, whether or not a guide does."""
    try:
        return clean_svg(data).encode()
    except ValueError as error:
        what, fix = f"the picture cannot be shown: {error}", "save the drawing again as plain SVG, or delete it"
        raise KnowledgeError([Finding(path, 0, "", "BN020", "bundle.build", what, fix)]) from None


def _papers(kb: KnowledgeBase, content: str, release: Release) -> Iterator[Piece]:
    """Each condition's guide on paper, in each language. Whether it is overdue depends on the day: no file says so.

    A language for which the fonts have no signs is left out: its readers get the guide as it was written.
    """
    version = "preview" if release.preview else str(release.version)
    _, *others = languages_of(kb)
    for language in (None, *others):
        told = telling(kb, language)
        for id_ in kb.current_conditions:
            guide = guide_content(
                told, id_, version=version, content_hash=content, unreviewed=release.unreviewed, today=date.min
            )
            try:
                yield Piece(paper_path(id_, language), "guides", guide_pdf(guide))
            except KnowledgeError as error:
                if language is None or error.findings[0].code != NO_SIGN:
                    raise


def review_by(kb: KnowledgeBase) -> date:
    """The earliest day by which a record in force has to be reviewed again."""
    return min(
        record.review_by for records in (kb.active, kb.current_conditions, kb.exercises) for record in records.values()
    )
