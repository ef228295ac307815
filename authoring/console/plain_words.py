"""What checks and refusals say, in a clinician's words: names in place of ids, the place in the record, no files.

Messages are written once, for the command line and for the console. In them what stands in backticks is a name of the
knowledge base (`saddle_numbness`, `judgement`), and what stands in brackets with a file or a command is for whoever
edits files. Here the former is told as the forms call it, and the latter is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from authoring.actions import KIND_NAMES, View
from authoring.console.conditions.condition_form import SECTION_TITLES
from authoring.review.in_english import LABELS, humanised
from engine.english import LEVEL_NAMES, WORDS
from engine.files import id_from, kind_of
from engine.finding import Finding
from engine.knowledge import KnowledgeBase
from engine.model.question import Question

_VALUES: Mapping[str, str] = {
    "article-journal": "journal article",
    "boolean": "yes or no",
    "choice": "one of several",
    "choices": "any of several",
    "decimal": "number",
    "integer": "whole number",
    "paper-conference": "conference paper",
    "webpage": "web page",
}
"""Values that a record may hold, as the forms call them."""

_URGENCIES = {level.value: name for level, name in LEVEL_NAMES.items()}
_OPERATORS: Mapping[str, str] = {str(name): words for name, words in WORDS.items()}
_CRITERIA = frozenset({"when", "ask_when", "considered_when", "never", "whenever", "always"})
_GROUPS = frozenset({"all", "any", "of", "not"})
_UNSAID = frozenset({"questions", "sections", "statements", "text"})
"""Fields that say nothing beside the names around them."""

_BY_HAND = frozenset({"FM001", "FM002", "FM003", "FM004"})
"""What only comes of editing files: such a record cannot be opened on the console."""
_FOR_FILES = re.compile(r" ?\([^()]*(?:\.json|\.svg|`algos |`--)[^()]*\)")
_TOKEN = re.compile(r"(?:the |an? )?(\w+ )?`([^`]*)`")
_TWICE = re.compile(r"([^\s“”:;,][^“”:;,]*) \(“\1”\)")
"""A name, and in brackets once more what its id has become."""
_LONGEST = 60


@dataclass(frozen=True)
class InWords:
    """A finding as a clinician reads it."""

    record: str
    """What the record is called, with its kind: `rule “Saddle numbness”`."""
    place: str
    """Where in the record, `Then › Weight`; empty: the record as a whole."""
    what: str
    """One sentence."""
    fix: str
    """What to do about it, in one sentence."""

    @property
    def where(self) -> str:
        """The record and the place in it."""
        return f"{self.record}, {self.place}" if self.place else self.record

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.where} {self.what} {self.fix}"


def in_words(finding: Finding, view: View | None) -> InWords:
    """What is wrong, where, and the fix; `view` is the content in which it was found, where there is one."""
    kb = view.loaded.kb if view else None
    value = view.value(finding.path) if view else None
    what, fix = finding.what, finding.fix
    if finding.code in ("FM001", "FM002"):
        what = "the text of this record cannot be read" + (f" (line {finding.line})" if finding.line else "")
    if finding.code in _BY_HAND:
        fix = f"ask whoever changed it outside the console to mend it there: {fix}"
    elif finding.code == "FM005":
        fix = "open it, and save it again"
    elif finding.code in ("AN003", "RF007") and kb is not None and (found := re.search("`([^`]*)`", what)):
        question = kb.questions.get(found.group(1))
        fix = f"it may be {_answers(kb, question)}" if question else fix
    fields = kind_of(finding.path) or "" if finding.code.startswith("SC") else None
    return InWords(
        record_in_words(finding.path, value),
        place_in_words(finding.pointer, value, kb),
        sentence(said(what, kb, fields)),
        sentence(said(fix, kb, fields)),
    )


def _answers(kb: KnowledgeBase, question: Question) -> str:
    """The answers that a question takes."""
    match question.type:
        case "boolean":
            own = "yes, no"
        case "choice":
            own = ", ".join(f"“{option.name or option.text}”" for option in kb.options(question))
        case "choices":
            own = "some of " + ", ".join(f"“{option.name or option.text}”" for option in kb.options(question))
        case "integer" | "decimal":
            number = "a whole number" if question.type == "integer" else "a number"
            own = f"{number} from {question.min:g} to {question.max:g} {question.unit}"
        case _:
            assert_never(question.type)
    return f"{own}, or not sure"


def record_in_words(path: str, value: object) -> str:
    """A record's kind and what it is called: `rule “Saddle numbness”`."""
    kind = kind_of(path)
    if kind is None:
        return f"“{path}”" if "." in path else f"the {path}"
    name = KIND_NAMES[kind]
    if kind in ("settings", "body", "reading", "roster"):
        return f"the {name}"
    return f"{name} “{called(value) or humanised(id_from(path) or path)}”"


def called(value: object) -> str:
    """What a record or a part of one is called: its title, name or text; empty where it has none."""
    if isinstance(value, Mapping):
        for key in ("title", "name", "sign", "text"):
            told = value.get(key)
            if isinstance(told, str) and told.strip():
                return _short(told.strip())
    return ""


def place_in_words(pointer: str, value: object, kb: KnowledgeBase | None) -> str:
    """A place in a record as the forms name it; empty for the record as a whole."""
    labels: list[str] = []
    inside = False
    for step in (one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]):
        at = int(step) if isinstance(value, list) and step.isdecimal() else step
        value = _member(value, at)
        if isinstance(at, int):
            labels.append(f"part {at + 1}" if inside else called(value) or str(at + 1))
        elif inside:
            if step not in _GROUPS and step != "at_least":
                break  # a comparison is told as a whole
        elif step not in _UNSAID:
            labels.append(_named_place(step, kb) or label(step))
        inside = inside or step in _CRITERIA
    return " › ".join(labels)


def _member(value: object, at: int | str) -> object:
    if isinstance(value, list) and isinstance(at, int):
        return value[at] if at < len(value) else None
    return value.get(at) if isinstance(value, Mapping) else None


def label(field: str) -> str:
    """What the console calls a field of a record."""
    return LABELS.get(field) or humanised(field)


def said(text: str, kb: KnowledgeBase | None = None, fields_of: str | None = None) -> str:
    """A message in which ids are names, and files and commands are left out.

    `fields_of`: what it names are fields and values of a record of this kind rather than records.
    """
    text = _FOR_FILES.sub("", text)
    text = _TOKEN.sub(lambda found: _replaced(found, kb, fields_of), text)
    return _TWICE.sub(r"\1", text)


def _replaced(found: re.Match[str], kb: KnowledgeBase | None, fields_of: str | None) -> str:
    before, token = (found.group(1) or "").strip().casefold(), found.group(2)
    start = found.group(0)[: found.group(0).index("`")]
    return start + (_name(token, before, kb) if fields_of is None else _field(token, fields_of))


def _field(token: str, kind: str = "") -> str:
    if token in _URGENCIES and kind != "locale":
        return _URGENCIES[token]
    if token in _OPERATORS:
        return f"“{_OPERATORS[token]}”"
    if kind == "condition" and token in SECTION_TITLES:
        return f"“{SECTION_TITLES[token]}”"
    return f"“{_VALUES.get(token) or label(token)}”"


def _name(token: str, before: str, kb: KnowledgeBase | None) -> str:
    """What a clinician calls what a token stands for; `before` is the word in front of it."""
    if token in _URGENCIES:
        return _URGENCIES[token]
    if kb is not None and (told := _of_records(token, before, kb)):
        return f"“{_short(told)}”"
    if token in _OPERATORS:
        return f"“{_OPERATORS[token]}”"
    if before == "section" and token in SECTION_TITLES:
        return f"“{SECTION_TITLES[token]}”"
    if token in LABELS or token in _VALUES:
        return _field(token)
    if (place := _named_place(token, kb)) is not None:
        return f"“{place}”"
    if (kind := kind_of(token)) is not None:
        return f"the {KIND_NAMES[kind]} “{humanised((id_from(token) or token).rpartition('/')[2])}”"
    return f"“{_short(token if ' ' in token else ' '.join(token.split('_')))}”"


def _of_records(token: str, before: str, kb: KnowledgeBase) -> str:
    """The name of a record of the knowledge base, of the kind that the word before it says where it says one."""
    path = next((key for key, path in kb.paths.items() if path == token), None)
    if path is not None:
        before, token = path
    by_kind: dict[str, Mapping[str, Any]] = {
        "question": kb.questions,
        "condition": kb.conditions,
        "finding": kb.terms,
        "rule": kb.rules,
        "exercise": kb.exercises,
        "source": kb.sources,
        "case": kb.cases,
        "property": kb.safety,
        "constraint": kb.constraints,
        "language": kb.locales,
        "region": {one.id: one for one in kb.body.regions},
        "part": {part.id: part for one in kb.body.regions for part in one.parts},
    }
    by_kind |= {"score": kb.terms, "term": kb.terms, "safety": kb.safety, "locale": kb.locales}
    by_kind["section"] = {one.id: one for one in kb.sections}
    wanted = by_kind.get(before)
    for records in by_kind.values() if wanted is None else [wanted]:
        if token in records:
            one = records[token]
            told = getattr(one, "name", None) or getattr(one, "title", None)
            return str(told) if told else ""
    return ""


def _named_place(place: str, kb: KnowledgeBase | None) -> str | None:
    """A text's place, as translations and hard texts name it (`question/age/text`), in words; None: it is none."""
    kind, slash, rest = place.partition("/")
    if not slash or kind not in _PLACES:
        return None
    steps = rest.split("/")
    if kind == "rule":
        steps = [*(["/".join(steps[:-1])] if len(steps) > 1 else []), steps[-1]]
    name = (kb and _of_records(steps[0], kind, kb)) or label(steps[0])
    return " › ".join([name, *(label(one) for one in steps[1:])])


_PLACES = frozenset(
    {
        "settings",
        "region",
        "part",
        "section",
        "question",
        "constraint",
        "condition",
        "exercise",
        "rule",
        "runtime",
        "interface",
    }
)
"""How the places of texts begin."""


def sentence(text: str) -> str:
    """A message as a sentence: with a capital at its beginning, and a stop at its end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", "…", '."', ".”")) else ".")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
