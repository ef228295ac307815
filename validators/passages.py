"""What a patient reads, in the portions in which it is read, and how hard each portion is.

A question is read with its explanation, its answers one after another, a warning sign with where to go, an exercise
from its aim to its end. What only clinicians read (medical names, questions that they answer, rules' titles) and the
footnotes that say what a statement rests on are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.knowledge import KnowledgeBase
from engine.model.rule import RedFlag
from engine.texts import hash_of
from validators.reading import HIGHEST, Reading, reading

FEWEST = 6
"""The fewest words of a passage to which the formula is applied: below that it says how long a word is."""
Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Passage:
    """Some texts that are read together."""

    place: str
    texts: tuple[str, ...]
    file: str
    """Where it stands in the knowledge base; empty for the interface."""
    steps: Steps = ()

    @property
    def part(self) -> str:
        """What kind of passage it is, in a word or two."""
        kind, *rest = self.place.split("/")
        match kind:
            case "question" if rest[-1] == "options":
                return "answers"
            case "condition" if "watch_for" in rest:
                return "warning signs"
            case "condition" if "guide" in rest:
                return "guides"
            case "condition":
                return "conditions"
            case "rule":
                return "messages" if rest[-1] == "message" else "reasons"
            case _:
                return _PARTS.get(kind, kind)

    @cached_property
    def of(self) -> str:
        """The hash that binds a reason to this text."""
        return hash_of("\n".join(self.texts))

    @cached_property
    def reading(self) -> Reading:
        """How hard it is."""
        return reading(self.texts)

    @property
    def measured(self) -> bool:
        """Whether it is long enough for the formula."""
        return self.reading.words >= FEWEST

    @property
    def hard(self) -> bool:
        """Whether it is above the limit."""
        return self.measured and self.reading.age > HIGHEST


_PARTS = {
    "question": "questions",
    "settings": "outcome",
    "constraint": "corrections",
    "exercise": "exercises",
    "interface": "interface",
}


def passages(kb: KnowledgeBase) -> Iterator[Passage]:
    """Every passage of a knowledge base that a patient reads, in the order in which it is read."""
    yield from _asked(kb)
    yield from _told(kb)
    for id_, condition in kb.current_conditions.items():
        place, file, guide = f"condition/{id_}", kb.paths["condition", id_], condition.guide
        yield Passage(f"{place}/plain_name", (condition.plain_name,), file, ("plain_name",))
        yield Passage(f"{place}/guide/summary", (guide.summary,), file, ("guide", "summary"))
        for at, section in enumerate(guide.sections):
            texts = [text for one in section.statements for text in (one.text, one.contested) if text]
            yield Passage(f"{place}/guide/{section.id}", tuple(texts), file, ("guide", "sections", at))
        for at, sign in enumerate(guide.watch_for):
            steps = ("guide", "watch_for", at)
            yield Passage(f"{place}/guide/watch_for/{at + 1}", (sign.sign, sign.go), file, steps)
    for id_, one in sorted(kb.exercises.items()):
        told = (one.aim, *one.steps, one.dose, one.progression, one.easier, one.stop_if)
        yield Passage(f"exercise/{id_}", told, kb.paths["exercise", id_])


def _asked(kb: KnowledgeBase) -> Iterator[Passage]:
    for section in kb.sections:
        file = kb.paths["section", section.id]
        for at, question in enumerate(section.questions):
            if question.by == "clinician":
                continue
            texts = tuple(text for text in (question.text, question.help, question.why) if text)
            yield Passage(f"question/{question.id}", texts, file, ("questions", at))
            if question.options:
                options = tuple(option.text for option in question.options)
                yield Passage(f"question/{question.id}/options", options, file, ("questions", at, "options"))
    for id_, constraint in sorted(kb.constraints.items()):
        yield Passage(f"constraint/{id_}", (constraint.message,), kb.paths["constraint", id_], ("message",))


def _told(kb: KnowledgeBase) -> Iterator[Passage]:
    settings = kb.settings
    for level, text in settings.urgency.items():
        yield Passage(f"settings/urgency/{level}", (text.advice,), "kb.json", ("urgency", level, "advice"))
    for name in ("not_a_diagnosis", "no_cause", "unreviewed"):
        yield Passage(f"settings/{name}", (getattr(settings, name),), "kb.json", (name,))
    for id_, rule in kb.active.items():
        file = kb.paths["rule", id_]
        if rule.because:
            yield Passage(f"rule/{id_}/because", (rule.because,), file, ("because",))
        if isinstance(rule.then, RedFlag):
            yield Passage(f"rule/{id_}/message", (rule.then.message,), file, ("then", "message"))


def interface_passages(texts: Mapping[str, str]) -> Iterator[Passage]:
    """The interface's texts, each by itself."""
    for key, text in texts.items():
        yield Passage(f"interface/{key}", (text,), "")


@dataclass(frozen=True)
class Summary:
    """How hard the passages of one part are. Ages in years; short passages are counted and not measured."""

    part: str
    passages: int
    short: int
    median: float
    highest: float
    above_aim: int
    above_limit: int
    with_reason: int


AIM = 11.0


def summaries(found: Sequence[Passage], reasons: Mapping[str, str]) -> list[Summary]:
    """Each part's passages in numbers; `reasons` is passage to the reason why it is hard."""
    parts: dict[str, list[Passage]] = {}
    for one in found:
        parts.setdefault(one.part, []).append(one)
    rows = []
    for part, members in parts.items():
        ages = sorted(one.reading.age for one in members if one.measured)
        hard = [one for one in members if one.hard]
        rows.append(
            Summary(
                part,
                len(members),
                len(members) - len(ages),
                ages[len(ages) // 2] if ages else 0.0,
                ages[-1] if ages else 0.0,
                sum(age > AIM for age in ages),
                len(hard),
                sum(one.place in reasons for one in hard),
            )
        )
    return rows


def reasons_in(kb: KnowledgeBase, found: Sequence[Passage]) -> dict[str, str]:
    """Passage to the reason why it is hard, where that was given for exactly this text."""
    now = {one.place: one.of for one in found}
    return {one.passage: one.reason for one in kb.reading.hard if now.get(one.passage) == one.of}
