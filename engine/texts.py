"""Every text of a knowledge base that a person on the patient's path may read, each at its place.

One traversal does everything with them: `told` gives each text, with its place, to a function, and makes a knowledge
base of what it returns. So what is listed for translators, what is checked, and what is replaced cannot differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar, assert_never

from pydantic import BaseModel

from engine.knowledge import KnowledgeBase
from engine.model.base import Record
from engine.model.condition import Condition, Exercise, Guide
from engine.model.locale import Locale
from engine.model.question import Option, Question
from engine.model.rule import Advice, Derived, Evidence, Points, RedFlag, Rule

Say = Callable[[str, str], str]
"""Place and text to the text that is told."""
R = TypeVar("R", bound=Record)


@lru_cache(maxsize=65_536)  # several checks match every text with its translation, at each save
def hash_of(text: str) -> str:
    """What binds a translation to a text: the first 16 hexadecimal digits of its SHA-256 in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def texts_of(kb: KnowledgeBase) -> dict[str, str]:
    """Place to text of everything that can be translated, in the order in which it is read."""
    found: dict[str, str] = {}

    def note(place: str, text: str) -> str:
        found[place] = text
        return text

    told(kb, note)
    return found


def told(kb: KnowledgeBase, say: Say) -> KnowledgeBase:
    """A knowledge base in which every text is what `say` makes of it; what is retired stays as it is.

    Questions' names, options' names and terms are not told to patients: rules read with them, and stay as written.
    """
    settings = kb.settings
    urgency = {
        level: _with(text, f"settings/urgency/{level}", say, "name", "advice")
        for level, text in settings.urgency.items()
    }
    settings = _with(settings, "settings", say, "not_a_diagnosis", "no_cause", "unreviewed")
    regions = [
        _with(
            region,
            f"region/{region.id}",
            say,
            "name",
            parts=tuple(_with(part, f"part/{part.id}", say, "name") for part in region.parts),
        )
        for region in kb.body.regions
    ]
    sections = [
        _with(
            section,
            f"section/{section.id}",
            say,
            "title",
            questions=tuple(_question(question, say) for question in section.questions),
        )
        for section in kb.sections
    ]
    return replace(
        kb,
        settings=settings.model_copy(update={"urgency": urgency}),
        body=kb.body.model_copy(update={"regions": tuple(regions)}),
        sections=tuple(sections),
        constraints={
            id_: _with(one, f"constraint/{id_}", say, "message") for id_, one in sorted(kb.constraints.items())
        },
        rules={**kb.rules, **{id_: _rule(rule, say) for id_, rule in kb.active.items()}},
        conditions={**kb.conditions, **{id_: _condition(one, say) for id_, one in kb.current_conditions.items()}},
        exercises={id_: _exercise(one, say) for id_, one in sorted(kb.exercises.items())},
        sentences={name: say(f"runtime/{name}", text) for name, text in kb.sentences.items()},
    )


def _with(record: R, place: str, say: Say, *fields: str, **others: Any) -> R:
    """A record with what is told for some of its texts; one that is not there is left out."""
    changed: dict[str, Any] = {}
    for name in fields:
        text = getattr(record, name)
        if text is not None:
            changed[name] = say(f"{place}/{name}", text)
    return _changed(record, **changed, **others)


def _changed(record: R, **fields: Any) -> R:
    """A copy of a record with other values, or the record itself where they are its own: copying takes time."""
    return (
        record
        if all(_same(getattr(record, name), one) for name, one in fields.items())
        else record.model_copy(update=fields)
    )


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    return left is right or (isinstance(left, str) and left == right)


def _question(question: Question, say: Say) -> Question:
    place = f"question/{question.id}"
    changed = _with(question, place, say, "text", "help", "why")
    return _changed(changed, options=tuple(_option(one, f"{place}/options/{one.id}", say) for one in question.options))


def _option(option: Option, place: str, say: Say) -> Option:
    """An option whose text changes keeps the text that rules read with as its name."""
    text = say(f"{place}/text", option.text)
    return option if text == option.text else Option(id=option.id, text=text, name=option.name or option.text)


def _rule(rule: Rule, say: Say) -> Rule:
    """The rules that speak to a person; findings and scores are between rules."""
    place = f"rule/{rule.id}"
    match rule.then:
        case RedFlag():
            return _with(rule, place, say, "title", "because", then=_with(rule.then, place, say, "message"))
        case Advice():
            return _with(rule, place, say, "title", "because")
        case Evidence():
            return _with(rule, place, say, "because")
        case Derived() | Points():
            return rule
        case never:
            assert_never(never)


def _condition(condition: Condition, say: Say) -> Condition:
    place = f"condition/{condition.id}"
    return _with(
        condition,
        place,
        say,
        "name",
        "plain_name",
        also_called=_each(condition.also_called, f"{place}/also_called", say),
        guide=_guide(condition.guide, f"{place}/guide", say),
    )


def _guide(guide: Guide, place: str, say: Say) -> Guide:
    changed = _with(guide, place, say, "summary")
    sections = []
    for section in guide.sections:
        at = f"{place}/{section.id}"
        title = _with(section, at, say, "title")
        statements = _records(section.statements, at, say, "text", "contested", "judgement")
        sections.append(_changed(title, statements=statements))
    return _changed(
        changed,
        sections=tuple(sections),
        exercises=_records(guide.exercises, f"{place}/exercises", say, "start", "dose", "judgement"),
        watch_for=_records(guide.watch_for, f"{place}/watch_for", say, "sign", "go", "judgement"),
    )


def _exercise(exercise: Exercise, say: Say) -> Exercise:
    place = f"exercise/{exercise.id}"
    return _with(
        exercise,
        place,
        say,
        "name",
        "aim",
        "dose",
        "progression",
        "easier",
        "stop_if",
        "judgement",
        steps=_each(exercise.steps, f"{place}/steps", say),
        pictures=_records(exercise.pictures, f"{place}/pictures", say, "alt"),
    )


def _records(records: tuple[R, ...], place: str, say: Say, *fields: str) -> tuple[R, ...]:
    return tuple(_with(one, f"{place}/{at}", say, *fields) for at, one in enumerate(records, start=1))


def _each(texts: tuple[str, ...], place: str, say: Say) -> tuple[str, ...]:
    return tuple(say(f"{place}/{at}", text) for at, text in enumerate(texts, start=1))


def record_of(kb: KnowledgeBase, place: str) -> tuple[str, BaseModel] | None:
    """The file and the record in which the text at a place stands; None where there is no such record."""
    kind, _, rest = place.partition("/")
    id_, _, _ = rest.partition("/")
    records: Mapping[str, Mapping[str, BaseModel]] = {
        "constraint": kb.constraints,
        "condition": kb.conditions,
        "exercise": kb.exercises,
    }
    match kind:
        case "settings":
            return "kb.json", kb.settings
        case "region" | "part":
            return "body.json", kb.body
        case "section" | "question":
            section = kb.section_of.get(id_) or next((one for one in kb.sections if one.id == id_), None)
            return (kb.paths["section", section.id], section) if section else None
        case "rule":
            id_ = rest.rpartition("/")[0]
            rule = kb.rules.get(id_)
            return (kb.paths["rule", id_], rule) if rule else None
        case _ if id_ in records.get(kind, {}):
            return kb.paths[kind, id_], records[kind][id_]
        case _:
            return None


def root_of(place: str) -> str:
    """Inside what a translation stays with its text when that moves: `condition/spasm`, `rule/red_flags/numb`."""
    kind, _, rest = place.partition("/")
    return f"{kind}/{rest.rpartition('/')[0] if kind == 'rule' else rest.partition('/')[0]}"


@dataclass(frozen=True)
class Standing:
    """How a language's translations stand to the texts as they are now."""

    current: Mapping[str, str]
    """Place to translation of every text whose translation is of exactly that text."""
    stale: tuple[str, ...]
    """The places whose text has changed since it was translated."""
    orphaned: tuple[str, ...]
    """The translations of which no text is left."""
    missing: tuple[str, ...]
    """The places without any translation."""


def standing(locale: Locale, texts: Mapping[str, str]) -> Standing:
    """Match translations with texts.

    A translation follows its text when the text moves inside its record, as a statement does when another is put
    before it. One whose text has changed is not current: what it says may be wrong now.
    """
    current: dict[str, str] = {}
    used: set[str] = set()
    moved: dict[tuple[str, str], str] = {}
    for place, one in sorted(locale.texts.items()):
        moved.setdefault((root_of(place), one.of), place)
    for place, text in texts.items() if locale.texts else ():
        of = hash_of(text)
        own = locale.texts.get(place)
        found = place if own and own.of == of else moved.get((root_of(place), of))
        if found is not None:
            current[place] = locale.texts[found].text
            used.add(found)
    left = [place for place in locale.texts if place not in used]
    stale = {place for place in left if place in texts and place not in current}
    return Standing(
        current,
        tuple(place for place in texts if place in stale),
        tuple(place for place in left if place not in stale),
        tuple(place for place in texts if place not in current and place not in stale),
    )
