"""The criteria builder: nested criteria written with menus, by people who never see JSON.

What is typed belongs to the browser. The component keeps the tree and its undo steps, journals each change there,
and tells the server (version, whole value) a quarter of a second after the last change. A rerun of the page with
older values changes nothing in it.

Its JavaScript stands in `criteria/`, one idea a file. Streamlit takes one module, so that they are joined here: a
file may use what the files named before it declare at their top level.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from pydantic import ValidationError
from streamlit.elements.lib.layout_utils import Height

from engine import jsontext
from engine.criteria import criterion_adapter
from engine.knowledge import KnowledgeBase
from engine.model.question import Option, Question
from engine.model.rule import Term

Json = dict[str, Any]

MODULES = (
    "json_text.js",
    "criteria.js",
    "edits.js",
    "english.js",
    "problems.js",
    "dom.js",
    "picker.js",
    "menu.js",
    "choices.js",
    "journal.js",
    "store.js",
    "rows.js",
    "builder.js",
)
"""The files of the component, each after those that it uses."""

_FILES = Path(__file__).parent / "criteria"
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def script(modules: tuple[str, ...] = MODULES) -> str:
    """The component's files as one JavaScript module, without the imports between them."""
    texts = ((_FILES / name).read_text(encoding="utf-8") for name in modules)
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)


_mount = st.components.v2.component(
    "criteria_builder",
    css=(_FILES / "builder.css").read_text(encoding="utf-8"),
    js=script(),
)


@dataclass(frozen=True)
class _Passed:
    """What a run of the page passed to the browser, and what it gave its caller."""

    record: str
    version: int
    text: str | None
    draft: Json | None


@dataclass(frozen=True)
class BuilderResult:
    """What the builder holds, as the server last heard of it.

    `value` is the whole criterion as JSON, None while something is missing or wrong, or while there is nothing. `draft`
    is the tree as typed, with null where something is missing; it can be passed in again. Decimals are
    `jsontext.Number` and so keep the text that was typed. `problems` names each thing to finish by its JSON pointer,
    in the clinician's words.
    """

    value: Json | None
    draft: Json | None
    version: int
    problems: tuple[tuple[str, str], ...]


def criteria_builder(
    kb: KnowledgeBase,
    value: Json | None,
    *,
    version: int,
    key: str,
    record: str = "",
    height: Height = "content",
    offered: Json | None = None,
) -> BuilderResult:
    """Show the builder for one criterion and say what it holds.

    `value` is a criterion as JSON, also an unfinished one, or None for an empty builder; what was returned may be
    passed back. `version` counts its changes: the builder counts on from it, and takes `value` in place of its own
    tree only where `version` is above its own. Pass `result.version + 1` to replace what stands there, and once after
    `value` was saved, so that the browser's copy of unsaved work is dropped. `key` is Streamlit's. `record` names what
    is edited (draft and record): unsaved work is kept in the browser, and offered again after a reload, under `key`
    and `record` together; another record in the same place is another tree with undo steps of its own. `offered` is
    what can be chosen, where that is more than the catalogue of the knowledge base.
    """
    given = None if value is None else as_text(value)
    before = st.session_state.get(f"{key} passed")
    passed = given
    if isinstance(before, _Passed) and (before.record, before.version, before.draft) == (record, version, value):
        passed = before.text  # what came from the browser is not sent there again: nothing in it would be new
    answer = _mount(
        key=key,
        data={"key": key, "record": record, "version": version, "value": passed, "kb": offered or catalogue(kb)},
        height=height,
        on_edit_change=lambda: None,
    )
    result = read_edit(answer.get("edit"), given, version=version, record=record)
    st.session_state[f"{key} passed"] = _Passed(record, version, passed, result.draft)
    return result


def read_edit(edit: object, given: str | None, *, version: int, record: str) -> BuilderResult:
    """What the browser sent, or what it was given where it sent nothing of this record that is as new.

    `given` is the JSON text of the value passed in. A value that the model refuses is none, whoever sent it.
    """
    if not isinstance(edit, Mapping) or edit.get("record") != record or edit["version"] < version:
        return BuilderResult(_valid(given), _read(given), version, ())
    problems = tuple((str(pointer), str(message)) for pointer, message in edit["problems"])
    whole = _valid(edit["value"])
    if whole is None and edit["draft"] is not None and not problems:
        problems = (("", "This cannot be read as a criterion; open the JSON to see it."),)
    return BuilderResult(whole, _read(edit["draft"]), edit["version"], problems)


def as_text(value: Json) -> str:
    """A JSON object as text, its members in their order and decimals as typed."""
    return jsontext.write(value, lambda _path, members: list(members))


def _read(text: str | None) -> Json | None:
    """A JSON object with its decimals as they were typed."""
    if text is None:
        return None
    read: Json = json.loads(text, parse_float=jsontext.Number)
    return read


def _valid(text: str | None) -> Json | None:
    if text is None:
        return None
    try:
        criterion_adapter.validate_json(text)
    except ValidationError:
        return None
    return _read(text)


def catalogue(kb: KnowledgeBase) -> Json:
    """What criteria can name, in the words of questions and terms, for the component."""
    concluded = {id_ for _, id_ in kb.concluded_by}
    terms = [_term(kb, term, term.id in concluded) for term in sorted(kb.terms.values(), key=lambda term: term.name)]
    for kind, id_ in sorted(kb.concluded_by):
        if id_ not in kb.terms:
            terms.append(
                {"id": id_, "kind": kind, "name": id_, "meaning": "", **_points(kb, id_, 1), "concluded": True}
            )
    return {
        "sections": [
            {"id": section.id, "title": section.title, "questions": [_question(one) for one in section.questions]}
            for section in sorted(kb.sections, key=lambda section: section.order)
        ],
        "body": [
            {"id": part.id, "label": part.name, "text": part.name}
            for region in kb.body.regions
            for part in region.parts
        ],
        "terms": terms,
    }


def _question(question: Question) -> Json:
    return {
        "id": question.id,
        "name": question.name,
        "text": question.text,
        "type": question.type,
        "by": question.by,
        "options": question.options_from or [_option(option) for option in question.options],
        "unit": question.unit,
        "min": question.min,
        "max": question.max,
    }


def _option(option: Option) -> Json:
    return {"id": option.id, "label": option.name or option.text, "text": option.text}


def _term(kb: KnowledgeBase, term: Term, concluded: bool) -> Json:
    return {
        "id": term.id,
        "kind": term.kind,
        "name": term.name,
        "meaning": term.meaning,
        **_points(kb, term.id, term.scale),
        "concluded": concluded,
    }


def _points(kb: KnowledgeBase, score: str, scale: int) -> Json:
    """The least and the most that a score's rules can add up to."""
    given = [kb.points(kb.active[id_]) for id_ in kb.concluded_by.get(("score", score), ())]
    low, high = (sum(min(0, one) for one in given), sum(max(0, one) for one in given))
    return {"scale": scale, "low": low / scale, "high": high / scale}
