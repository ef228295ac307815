"""Texts for translators in groups, the one that matters most first: what an emergency says.

A group is what a clinician would hand to a translator as one: the warnings, a part of the questions, a guide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from authoring.languages_known import regions
from authoring.translating import OWN, Entry, State
from engine.knowledge import KnowledgeBase
from engine.model.rule import RedFlag, Urgency

EMERGENCY, WARNINGS, RESULT = "emergency", "warnings", "result"
_FIRST = (EMERGENCY, WARNINGS, RESULT, "questions", "corrections", "body", "guide", "exercise", "reasons")
_NAMES = {
    EMERGENCY: "What an emergency says",
    WARNINGS: "Other warning signs",
    RESULT: "What every result says",
    "corrections": "When two answers do not fit together",
    "body": "Parts of the body",
    "reasons": "Why a cause is likely or not",
}


@dataclass(frozen=True)
class Group:
    """Some texts that belong together, and how their translations stand."""

    id: str
    name: str
    entries: tuple[Entry, ...]

    def count(self, state: State) -> int:
        """How many stand so."""
        return sum(one.state == state for one in self.entries)

    @property
    def done(self) -> float:
        """The part of its texts whose translation is of the text as it is now, from 0 to 1."""
        return self.count("translated") / len(self.entries)


def groups_of(kb: KnowledgeBase, entries: Iterable[Entry]) -> list[Group]:
    """All texts in groups, in the order in which they matter to somebody who needs help."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(group_id(kb, entry.place), []).append(entry)
    sections = {f"questions/{section.id}": at for at, section in enumerate(kb.sections)}

    def order(id_: str) -> tuple[int, int, str]:
        return _FIRST.index(id_.partition("/")[0]), sections.get(id_, 0), name_of(kb, id_).casefold()

    return [
        Group(id_, name_of(kb, id_), tuple(sorted(found[id_], key=lambda one: _rank(one.place))))
        for id_ in sorted(found, key=order)
    ]


def _rank(place: str) -> int:
    """What a person reads first comes first: the number to call, what to do, then what is said of it."""
    kind = place.partition("/")[0]
    if kind == "rule":
        return 1 if place.endswith("/message") else 3
    return 2 if kind == "condition" else 0


def summed(groups: Iterable[Group]) -> Counter[State]:
    """How many texts of some groups stand how."""
    return Counter(entry.state for group in groups for entry in group.entries)


def group_id(kb: KnowledgeBase, place: str) -> str:
    """The group to which the text at a place belongs: a kind, and of which record."""
    if place.startswith(OWN):
        return EMERGENCY if place.startswith(f"{OWN}emergency") else RESULT
    kind, _, rest = place.partition("/")
    id_, _, within = rest.partition("/")
    match kind:
        case "settings" if rest.startswith(f"urgency/{Urgency.EMERGENCY.value}/"):
            return EMERGENCY
        case "settings" | "runtime":
            return RESULT
        case "section" | "question":
            section = kb.section_of.get(id_)
            return f"questions/{section.id if section else id_}"
        case "constraint":
            return "corrections"
        case "rule":
            return _of_rule(kb, rest.rpartition("/")[0])
        case "condition":
            return _of_condition(kb, id_, within)
        case "exercise":
            return f"exercise/{id_}"
        case _:
            return "body"


def _of_rule(kb: KnowledgeBase, id_: str) -> str:
    rule = kb.rules.get(id_)
    if rule is None or not isinstance(rule.then, RedFlag):
        return "reasons"
    return EMERGENCY if rule.then.red_flag is Urgency.EMERGENCY else WARNINGS


def _of_condition(kb: KnowledgeBase, id_: str, within: str) -> str:
    match within.split("/"):
        case ["guide", "watch_for", at, "sign" | "go"]:
            sign = kb.conditions[id_].guide.watch_for[int(at) - 1]
            return EMERGENCY if sign.urgency is Urgency.EMERGENCY else WARNINGS
        case _:
            return f"guide/{id_}"


def name_of(kb: KnowledgeBase, id_: str) -> str:
    """What a group is called."""
    kind, _, record = id_.partition("/")
    match kind:
        case "questions":
            title = next((one.title for one in kb.sections if one.id == record), record)
            return f"Questions: {title}"
        case "guide":
            return f"Guide: {kb.conditions[record].plain_name}"
        case "exercise":
            return f"Exercise: {kb.exercises[record].name}"
        case _:
            return _NAMES[id_]


def words_of_place(kb: KnowledgeBase, place: str) -> str:
    """Where a text stands, in words and without what its group says already: `Low back spasm › Watch for 2 › Sign`."""
    kind, _, rest = place.partition("/")
    if place.startswith(OWN):
        region = rest.partition("/")[2]
        return (
            "The language's own name" if place == f"{OWN}name" else f"Whom to call: {regions().get(region, 'anywhere')}"
        )
    if kind == "rule":
        id_, _, last = rest.rpartition("/")
        rule = kb.rules.get(id_)
        return f"{rule.title if rule else id_} › {_said(last)}"
    id_, _, within = rest.partition("/")
    steps = [one for one in within.split("/") if one]
    return " › ".join([_record(kb, kind, id_), *_numbered(steps)])


def _record(kb: KnowledgeBase, kind: str, id_: str) -> str:
    match kind:
        case "question":
            question = kb.questions.get(id_)
            return question.name if question else _said(id_)
        case "condition":
            condition = kb.conditions.get(id_)
            return condition.plain_name if condition else _said(id_)
        case "exercise":
            exercise = kb.exercises.get(id_)
            return exercise.name if exercise else _said(id_)
        case "constraint":
            constraint = kb.constraints.get(id_)
            return constraint.title if constraint else _said(id_)
        case _:
            return _said(id_)


def _numbered(steps: list[str]) -> list[str]:
    """Steps with a number beside what it counts: `Watch for 2` in place of `Watch for › 2`."""
    found: list[str] = []
    for step in steps:
        if step.isdigit() and found:
            found[-1] = f"{found[-1]} {step}"
        elif step not in ("guide", "text"):
            found.append(_said(step))
    return found


def _said(step: str) -> str:
    words = step.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
