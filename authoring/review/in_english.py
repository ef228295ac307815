"""What changes in a record, in English: each field before and after, criteria as a clinician reads them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from authoring.actions import KIND_NAMES, View
from authoring.review.events import RecordHash
from authoring.review.languages_in_english import (
    about_itself,
    emergency_pairs,
    has_numbers_of_its_own,
    title_of_language,
    translations,
)
from authoring.review.merging import MISSING, Conflict, same
from engine import english, jsontext
from engine.answers import read_answers
from engine.criteria import Criterion
from engine.files import id_from, kind_of
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.rule import Conclusion
from validators.cases import Result
from validators.proof.describe import as_sentence

_CRITERIA = frozenset({"when", "ask_when", "considered_when", "never", "whenever"})
LABELS = {
    "all": "All of",
    "any": "Any of",
    "ask_when": "Asked when",
    "at_least": "At least so many of",
    "basis": "Published figure",
    "by": "Asked by",
    "considered_when": "Considered when",
    "never": "Never together",
    "because": "Because",
    "expect": "What is expected",
    "fact": "Question",
    "family": "Family name",
    "fires": "Rules that fire",
    "first": "First cause",
    "given": "First names",
    "gives": "What it gives",
    "go": "Where to go",
    "review_by": "Review by",
    "if_unsure": "While unsure",
    "if_unsure_reason": "Why not one level below",
    "independent_because": "Why both may count",
    "issued": "Date",
    "judgement": "Judgement",
    "literal": "Whole name",
    "max": "Highest",
    "min": "Lowest",
    "plain_name": "Name for patients",
    "care_level": "Care level",
    "watch_for": "Watch for",
    "open": "Red flags not settled",
    "options_from": "Options from the body map",
    "prior": "How common it is",
    "silent": "Rules that do not fire",
    "suspects": "Rule out",
    "not_a_diagnosis": "What the outcome says of itself",
    "self_care": "Self-care",
    "alt": "Description of the picture",
    "DOI": "DOI",
    "PMID": "PMID",
    "URL": "URL",
}
"""What the console calls a field of a record, where that is not its name with spaces."""
_HIDDEN = frozenset({"id"})
_IN_THE_SENTENCE = frozenset(
    {"finding", "score", "points", "red_flag", "suspects", "if_unsure", "condition", "weight", "advice"}
)
"""What `engine.english.conclusion` tells of a conclusion."""
_UNSAID = frozenset({"Sections", "Statements", "Questions", "Text"})
"""Labels that say nothing beside the names around them."""
_CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)
_CONCLUSION: TypeAdapter[Conclusion] = TypeAdapter(Conclusion)


@dataclass(frozen=True)
class Difference:
    """One field or paragraph that changes. None: it is not there."""

    label: str
    before: str | None
    after: str | None
    pointer: str = ""
    """Where it stands in the record, as a JSON pointer; of what is taken away, where it stood."""
    english: str | None = None
    """Of a translation: the text that it translates; empty where there is none any more."""

    @property
    def headline(self) -> str:
        """Its label; of a translation with what it translates."""
        return f"{self.label}: “{self.english}”" if self.english else self.label


@dataclass(frozen=True)
class _At:
    """A place in a record: what its parts are called, and the steps to it."""

    labels: tuple[str, ...] = ()
    steps: tuple[str | int, ...] = ()

    def to(self, label: str, step: str | int) -> _At:
        return _At((*self.labels, label), (*self.steps, step))

    def differs(self, before: str | None, after: str | None) -> Difference:
        return Difference(_label(self.labels), before, after, jsontext.pointer(self.steps))


@dataclass(frozen=True)
class RecordChange:
    """What changes in one record, in words."""

    path: str
    kind: str
    title: str
    new: bool
    gone: bool
    differences: tuple[Difference, ...]
    language: str = "en"
    """The language of what it says: of translations, theirs."""
    direction: str = "ltr"

    @property
    def heading(self) -> str:
        """`Rule "Saddle numbness"`, with whether it is new or taken away."""
        word = "New " + self.kind if self.new else self.kind[:1].upper() + self.kind[1:]
        return f'{word} "{self.title}"' + (" is taken away" if self.gone else "")


def record_change(record: RecordHash, before: View, after: View) -> RecordChange:
    """What changes in one record between two contents."""
    path = record.path
    old, new = (_value(view, path) for view in (before, after))
    kind = kind_of(path)
    name = KIND_NAMES[kind] if kind else "picture"
    if isinstance(old, bytes) or isinstance(new, bytes) or kind is None:
        found: tuple[Difference, ...] = (
            Difference("File", None if record.before is None else "as before", None if record.after is None else "new"),
        )
    else:
        kbs = tuple(view.loaded.kb for view in (before, after))
        values = [{} if one is MISSING else one for one in (old, new)]
        found = tuple((_of_language if _is_language(path, kbs, values) else _compare_whole)(kbs, *values))
    said = new if isinstance(new, dict) else old
    change = RecordChange(path, name, title_of(path, said), old is MISSING, new is MISSING, found)
    if kind == "locale" and isinstance(said, dict):
        language, direction = str(said.get("language")), str(said.get("direction"))
        return replace(change, title=title_of_language(said), language=language, direction=direction)
    return change


def title_of(path: str, value: object) -> str:
    """What a record is called: its title or name, else its id."""
    if isinstance(value, dict):
        for key in ("title", "name", "text"):
            if isinstance(value.get(key), str):
                return str(value[key])
    return id_from(path) or path


def _value(view: View, path: str) -> Any:
    data = view.files.get(path)
    if data is None:
        return MISSING
    if not path.endswith(".json"):
        return data
    try:
        return jsontext.read(data, path)
    except KnowledgeError:
        return data


Kbs = tuple[KnowledgeBase | None, ...]


def _compare(kbs: Kbs, at: _At, old: Any, new: Any, key: str = "") -> Iterator[Difference]:
    if same(old, new):
        return
    if key in _CRITERIA or (key == "then" and not _is_promise(old, new)):
        before, after = _phrase(kbs[0], key, old), _phrase(kbs[1], key, new)
        further = list(_beside_the_sentence(kbs, at, old, new)) if key == "then" else []
        if before != after:
            yield at.differs(before, after)
        elif not further:  # two things have one name: what is written tells them apart
            yield at.differs(say(old, kbs[0]), say(new, kbs[1]))
        yield from further
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            if name not in _HIDDEN:
                member = at.to(LABELS.get(name, humanised(name)), name)
                yield from _compare(kbs, member, old.get(name, MISSING), new.get(name, MISSING), name)
        return
    if isinstance(old, list) and isinstance(new, list) and any(isinstance(one, dict | list) for one in (*old, *new)):
        yield from _compare_lists(kbs, at, old, new)
        return
    yield at.differs(_said(key, old, kbs[0]), _said(key, new, kbs[1]))


def _is_language(path: str, kbs: Kbs, values: list[Any]) -> bool:
    """Whether both are records of a language that can be read, or are not there."""
    pairs = zip(kbs, values, strict=True)
    return kind_of(path) == "locale" and all(not one or (kb and id_from(path) in kb.locales) for kb, one in pairs)


def _compare_whole(kbs: Kbs, old: Any, new: Any) -> Iterator[Difference]:
    yield from _compare(kbs, _At(), old, new)


def _of_language(kbs: Kbs, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    """What changes of a language: its translations, what it says of itself, and what its numbers rest on."""
    for one in (*translations(kbs, old, new), *about_itself(kbs, old, new)):
        yield Difference(one.label, one.before, one.after, jsontext.pointer(one.steps), one.english)
    for called, steps, before, after in emergency_pairs(old, new) if has_numbers_of_its_own(kbs, old, new) else ():
        at = _At((called,), steps).to("Sources", "sources")
        yield from _compare(kbs, at, before.get("sources", MISSING), after.get("sources", MISSING), "sources")


def _is_promise(old: Any, new: Any) -> bool:
    return any(
        isinstance(one, dict)
        and any(name.startswith("urgency_at") or name in ("flag", "named", "not_named") for name in one)
        for one in (old, new)
    )


def _beside_the_sentence(kbs: Kbs, at: _At, old: Any, new: Any) -> Iterator[Difference]:
    """What changes of a conclusion that its sentence does not tell: each member for itself."""
    one, other = (value if isinstance(value, dict) else {} for value in (old, new))
    for name in [*one, *(name for name in other if name not in one)]:
        if name not in _IN_THE_SENTENCE:
            member = _At((LABELS.get(name, humanised(name)),), (*at.steps, name))
            yield from _compare(kbs, member, one.get(name, MISSING), other.get(name, MISSING), name)


def _compare_lists(kbs: Kbs, at: _At, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    by_id = [
        {one["id"]: one for one in items if isinstance(one, dict) and isinstance(one.get("id"), str)}
        for items in (old, new)
    ]
    if len(by_id[0]) == len(old) and len(by_id[1]) == len(new):
        for id_ in [*by_id[0], *(id_ for id_ in by_id[1] if id_ not in by_id[0])]:
            one, other = (items.get(id_, MISSING) for items in by_id)
            name = title_of(id_, other if isinstance(other, dict) else one) if len(id_) else id_
            member = at.to(name, list(by_id[1] if id_ in by_id[1] else by_id[0]).index(id_))
            if MISSING in (one, other):
                yield member.differs(say(one, kbs[0]), say(other, kbs[1]))
            else:
                yield from _compare(kbs, member, one, other)
        if [one for one in by_id[0] if one in by_id[1]] != [one for one in by_id[1] if one in by_id[0]]:
            yield _At((*at.labels, "order"), at.steps).differs(", ".join(by_id[0]), ", ".join(by_id[1]))
        return
    keys = [[jsontext.write(one, lambda _, members: sorted(members)) for one in items] for items in (old, new)]
    matcher = difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        for place in range(max(b - a, d - c)):
            one = old[a + place] if a + place < b else MISSING
            other = new[c + place] if c + place < d else MISSING
            number = (c if other is not MISSING else a) + place
            member = at.to(str(number + 1), number)
            if isinstance(one, dict) and isinstance(other, dict):
                yield from _compare(kbs, member, one, other)
            else:
                yield member.differs(say(one, kbs[0]), say(other, kbs[1]))


def _phrase(kb: KnowledgeBase | None, key: str, value: Any) -> str | None:
    if value is MISSING:
        return None
    if kb is None:
        return say(value, kb)
    try:
        if key == "then":
            return english.conclusion(_CONCLUSION.validate_json(_json(value), strict=True), kb)
        return "\n".join(english.lines(_CRITERION.validate_json(_json(value), strict=True), kb))
    except (ValidationError, ValueError, KeyError):
        return say(value, kb)


def _json(value: Any) -> str:
    return jsontext.write(value, lambda _, members: list(members))


def say(value: Any, kb: KnowledgeBase | None) -> str | None:
    """A value in words; None where it is not there."""
    if value is MISSING:
        return None
    if isinstance(value, bytes):
        return "a file"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        if all(not isinstance(one, dict | list) for one in value):
            return ", ".join(str(say(one, kb)) for one in value)
        return "\n".join(str(say(one, kb)) for one in value)
    if isinstance(value, dict):
        if "answers" in value and "gives" in value:
            note = f" ({value['note']})" if value.get("note") else ""
            return f"{_answers(value['answers'], kb)} → {value['gives']}{note}"
        return "\n".join(_member(name, inner, kb) for name, inner in value.items() if name not in _HIDDEN)
    if isinstance(value, jsontext.Number):
        return value.text
    return str(value)


def _member(name: str, value: Any, kb: KnowledgeBase | None) -> str:
    if name == "text" and isinstance(value, str):
        return value
    return f"{LABELS.get(name, humanised(name))}: {_said(name, value, kb)}"


def _said(name: str, value: Any, kb: KnowledgeBase | None) -> str | None:
    """A member's value in words."""
    if name in _CRITERIA:
        return _phrase(kb, name, value)
    if name == "sources" and isinstance(value, list):
        return "; ".join(_citation(one, kb) for one in value)
    if name == "answers" and isinstance(value, dict):
        return _answers(value, kb)
    return say(value, kb)


def _answers(value: Any, kb: KnowledgeBase | None) -> str:
    """Answers of a patient as a person would tell them; as they are written where they do not fit the questions."""
    plain = json.loads(_json(value))
    try:
        return as_sentence(kb, read_answers(kb, plain)) if kb else str(say(plain, kb))
    except KnowledgeError:
        return "; ".join(f"{humanised(name)}: {say(given, kb)}" for name, given in value.items())


def _citation(value: Any, kb: KnowledgeBase | None) -> str:
    if not isinstance(value, dict):
        return str(value)
    source = kb.sources.get(str(value.get("source"))) if kb else None
    name = source.title if source else value.get("source")
    return ", ".join(str(one) for one in (name, value.get("locator")) if one)


def humanised(name: str) -> str:
    """An id or a field's name as words: `review_by` is “Review by”."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _label(labels: tuple[str, ...]) -> str:
    said = [one for one in labels if one not in _UNSAID] or list(labels)
    return " › ".join(said) or "Record"


@dataclass(frozen=True)
class ConflictInWords:
    """One place that both changed, with all three versions in words."""

    conflict: Conflict
    title: str
    label: str
    base: str | None
    ours: str | None
    theirs: str | None


def conflict_in_words(conflict: Conflict, approved: View) -> ConflictInWords:
    """A conflict as its author reads it."""
    value = _value(approved, conflict.path)
    kb = approved.loaded.kb
    key = next((str(step) for step in reversed(conflict.steps) if isinstance(step, str)), "")
    told = [
        _phrase(kb, key, one) if key in _CRITERIA or (key == "then" and isinstance(one, Mapping)) else say(one, kb)
        for one in (conflict.base, conflict.ours, conflict.theirs)
    ]
    labels = tuple(
        str(step + 1) if isinstance(step, int) else LABELS.get(step, humanised(step)) for step in conflict.steps
    )
    kind = kind_of(conflict.path)
    title = f'{KIND_NAMES[kind] if kind else "file"} "{title_of(conflict.path, value)}"'
    return ConflictInWords(conflict, title[:1].upper() + title[1:], _label(labels), *told)


def came_out(kb: KnowledgeBase, result: Result | None) -> str:
    """How a case came out, in a few words."""
    if result is None:
        return "not there"
    if result.outcome is None:
        return "not possible"
    first = result.outcome.named[0].plain_name if result.outcome.named else "no cause named"
    said = f"{kb.settings.urgency[result.outcome.urgency].name}, {first}"
    if result.awaiting:
        return f"{said} (nobody has said yet what should happen)"
    return said if result.passed else f"{said} (not as expected)"
