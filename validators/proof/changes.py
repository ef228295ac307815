"""Which patients change between two versions of a knowledge base, over every set of answers; or that nobody does.

Both versions stand in one circuit, in which what they share is one node: a renamed rule or another order of files
leaves nothing to prove. A patient who changes is generalised to what it hangs on (a prime implicant): whoever answers
so changes too, whatever else they answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from engine.answers import Answers
from engine.assess import Assessor
from engine.knowledge import KnowledgeBase
from engine.model.condition import Condition
from engine.model.rule import Urgency
from engine.outcome import Outcome
from validators.proof.circuit import FALSE, TRUE, Circuit, Lit
from validators.proof.confirm import Confirmer
from validators.proof.domain import Domain
from validators.proof.encode import Encoded
from validators.proof.phrases import characteristic, phrases
from validators.proof.solver import Impossible, Model, Prover, Undecided

Kind = Literal["less_urgent", "more_urgent", "other_first", "other_causes", "other_reading", "asked_again"]

TITLES: dict[Kind, str] = {
    "less_urgent": "less urgent than before",
    "more_urgent": "more urgent than before",
    "other_first": "another first cause than before",
    "other_causes": "other causes named, or named otherwise, than before",
    "other_reading": "other texts to read than before",
    "asked_again": "asked to look at their answers again, or no longer",
}
"""Each way to change, as it is told; what makes anybody less urgent comes first."""

MOST = 5
"""So many groups of patients are described; where there are more, that is said."""


@dataclass(frozen=True)
class Group:
    """Patients who change in one way: everybody of whom all the phrases are true."""

    phrases: tuple[str, ...]
    """In English, joined by "and": what they have; empty: everybody."""
    provided: tuple[str, ...]
    """What else must be so: what they have not, or are not sure of, so that nothing else decides."""
    witness: Answers
    """One of them, with few answers."""
    told: tuple[Answers, Answers]
    """What the version before, and the one after, is told of the witness's answers: each takes what it asks."""
    before: Outcome
    after: Outcome


@dataclass(frozen=True)
class Change:
    """One way to change: who does, or that nobody does."""

    kind: Kind
    groups: tuple[Group, ...]
    complete: bool
    """Whether everybody who changes has what one of the groups has; without a group, it is proved: nobody changes."""
    seconds: float

    @property
    def nobody(self) -> bool:
        """Whether it is proved that nobody changes in this way."""
        return not self.groups and self.complete


@dataclass(frozen=True)
class Changes:
    """Every way in which patients change between two versions."""

    changes: tuple[Change, ...]
    confirmed: int
    """People carried out by circuit and evaluators of both versions."""

    def of(self, kind: Kind) -> Change:
        """One way to change."""
        return next(one for one in self.changes if one.kind == kind)

    @property
    def nobody(self) -> bool:
        """Whether it is proved that nobody changes in any way, texts aside."""
        return all(one.nobody for one in self.changes if one.kind != "other_reading")


Progress = Callable[[int, int, str], None]


def changes(
    base: KnowledgeBase,
    head: KnowledgeBase,
    *,
    limit: float = 20.0,
    seconds: float = 120.0,
    most: int = MOST,
    kinds: Sequence[Kind] = tuple(TITLES),
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Changes:
    """Which patients change from `base` to `head`.

    `limit` is the time for one question to the solver, `seconds` that for describing the groups of one way to change.
    Raises Cancelled, and TranslationError where circuit and evaluators differ on a witness.
    """
    pair = _Pair(base, head)
    prover = Prover(pair.circuit, [pair.domain], limit, cancel or threading.Event())
    found = []
    with prover:
        for number, kind in enumerate(kinds):
            if progress:
                progress(number, len(kinds), TITLES[kind])
            found.append(pair.change(prover, kind, seconds, most))
    return Changes(tuple(found), pair.before.confirmed)


class _Pair:
    """Two versions in one circuit, for the same people."""

    def __init__(self, base: KnowledgeBase, head: KnowledgeBase) -> None:
        self.base, self.head = base, head
        self.circuit = Circuit()
        self._questions = renamed(base.questions, head.questions)
        self.domain = Domain(self.circuit, [head, base], renamed=self._questions)
        self.old, self.new = Encoded(base, self.domain), Encoded(head, self.domain)
        self.before = Confirmer(self.old, Assessor(base), lambda answers: self.domain.told(base, answers))
        self.after = Confirmer(self.new, Assessor(head), lambda answers: self.domain.told(head, answers))
        self._conditions = renamed(base.current_conditions, head.current_conditions)

    # What changes.

    def differs(self, kind: Kind) -> Lit:
        """For whom something changes."""
        match kind:
            case "more_urgent":
                return self._urgency(self.old, self.new)
            case "less_urgent":
                return self._urgency(self.new, self.old)
            case "other_first":
                return self.circuit.any(
                    self.circuit.differ(old.first[a] if a else FALSE, new.first[b] if b else FALSE)
                    for a, b, old, new in self._paired()
                )
            case "other_causes":
                return self.circuit.any(
                    self.circuit.differ(x, y)
                    for a, b, old, new in self._paired()
                    for x, y in zip(
                        old.tiers[a] if a else (FALSE,) * 6, new.tiers[b] if b else (FALSE,) * 6, strict=True
                    )
                )
            case "other_reading":
                return self._reading()
            case "asked_again":
                return self.circuit.differ(self.old.possible_person, self.new.possible_person)

    def _urgency(self, lower: Encoded, higher: Encoded) -> Lit:
        return self.circuit.any(self.circuit.both(higher.urgency[level], -lower.urgency[level]) for level in Urgency)

    def _paired(self) -> Iterator[tuple[str | None, str | None, Encoded, Encoded]]:
        """The conditions of both versions side by side; None where a version does not have one."""
        taken = set()
        for id_ in self.base.current_conditions:
            now = self._conditions.get(id_, id_)
            taken.add(now)
            yield id_, now if now in self.head.current_conditions else None, self.old, self.new
        for id_ in self.head.current_conditions:
            if id_ not in taken:
                yield None, id_, self.old, self.new

    def _reading(self) -> Lit:
        """Whether somebody reads another guide, or another message of a red flag."""
        parts = []
        for a, b, old, new in self._paired():
            mine = self._shown(old, self.base.conditions[a]) if a else {}
            theirs = self._shown(new, self.head.conditions[b]) if b else {}
            for text in mine.keys() | theirs.keys():
                parts.append(self.circuit.differ(mine.get(text, FALSE), theirs.get(text, FALSE)))
        before, after = self._messages(self.old), self._messages(self.new)
        for text in before.keys() | after.keys():
            parts.append(self.circuit.differ(before.get(text, FALSE), after.get(text, FALSE)))
        return self.circuit.any(parts)

    def _messages(self, encoded: Encoded) -> dict[str, Lit]:
        """Each message of red flags, with for whom it is shown."""
        by_message: dict[str, list[Lit]] = {}
        for id_, flag in encoded.kb.red_flags.items():
            by_message.setdefault(flag.message, []).append(encoded.rules[id_].true)
        return {message: self.circuit.any(lits) for message, lits in by_message.items()}

    def _shown(self, encoded: Encoded, condition: Condition) -> dict[str, Lit]:
        """Each text of a guide, with for whom it is shown."""
        named, guide = encoded.named(condition.id), condition.guide
        shown: dict[str, Lit] = {}

        def show(text: str, lit: Lit) -> None:
            shown[text] = self.circuit.either(shown.get(text, FALSE), lit)

        for section in guide.sections:
            for one in section.statements:
                given = encoded.advice.get(one.advice, FALSE) if one.advice else TRUE
                show(f"{section.id} {section.title} {one.text} {one.contested}", self.circuit.both(named, given))
        for warning in guide.watch_for:
            show(f"watch for {warning.sign} {warning.go} {warning.urgency}", named)
        for use in guide.exercises:
            exercise = encoded.kb.exercises.get(use.exercise)
            text = exercise.model_dump_json(exclude={"review_by", "sources", "judgement"}) if exercise else ""
            show(f"exercise {use.start} {use.dose} {text}", named)
        show(f"summary {condition.plain_name} {guide.summary}", named)
        return shown

    # For whom.

    def change(self, prover: Prover, kind: Kind, seconds: float, most: int) -> Change:
        """The groups of patients who change in one way."""
        started = time.monotonic()
        lit = self.differs(kind)
        if lit == FALSE:
            return Change(kind, (), True, 0.0)
        either = TRUE if kind == "asked_again" else self._somebody()
        groups: list[Group] = []
        blocked: list[Lit] = []
        complete = False
        while len(groups) <= most:
            found = prover.find([lit, either, *blocked])
            if isinstance(found, Impossible):
                complete = True
                break
            if isinstance(found, Undecided) or len(groups) == most:
                break
            end = started + seconds
            small = prover.fewest([lit, either, *blocked], found, min(3.0, seconds))
            reason = self._reason(prover, lit, small, end)
            groups.append(self._group(prover, reason, small))
            blocked.append(-self.circuit.all(characteristic(self.domain, reason) or reason))
            if time.monotonic() > end:
                break
        groups.sort(key=lambda one: (-one.before.urgency.level, one.after.urgency.level))  # most at risk first
        return Change(kind, tuple(groups), complete, time.monotonic() - started)

    def _somebody(self) -> Lit:
        """People who break no constraint of the one or the other version."""
        return self.circuit.either(self.old.possible_person, self.new.possible_person)

    def _reason(self, prover: Prover, changed: Lit, person: Model, end: float) -> list[Lit]:
        """What of a person is enough for the change: nothing of it can be left out (a prime implicant)."""
        names = sorted({name for node in self.circuit.reads([changed]) if (name := self.domain.owner(node))})
        whole = [lit if person.holds(lit) else -lit for name in names for lit in self.domain.inputs(name)]
        found = prover.find([*whole, -changed])
        if not isinstance(found, Impossible):
            return whole
        kept = [lit for lit in found.core if lit != -changed]
        for lit in sorted(kept, key=lambda one: one > 0):  # what was not said is left out before what was
            if time.monotonic() > end:
                break
            rest = [one for one in kept if one != lit]
            again = prover.find([*rest, -changed], 2.0)
            if isinstance(again, Impossible):
                kept = [one for one in rest if one in set(again.core)]
        return kept

    def _group(self, prover: Prover, reason: Sequence[Lit], person: Model) -> Group:
        answers = prover.decode(person, self.domain)
        after = self.after.confirm([answers])[0].outcome
        before = self.before.confirm([answers])[0].outcome
        told = list(phrases(self.domain, reason))
        has = tuple(phrase.text for phrase in told if phrase.has)
        provided = tuple(phrase.text for phrase in told if not phrase.has)
        asked = (self.domain.told(self.base, answers), self.domain.told(self.head, answers))
        return Group(has, provided, answers, asked, before, after)


def renamed(old: Mapping[str, BaseModel], new: Mapping[str, BaseModel]) -> dict[str, str]:
    """The records that only got another id: old id to new id.

    For whom they are is not compared: each version says that itself, and its own names may be new in it as well.
    """
    gone = {id_: one for id_, one in old.items() if id_ not in new}
    come = {id_: one for id_, one in new.items() if id_ not in old}
    found: dict[str, str] = {}
    for id_, one in gone.items():
        same = [
            other for other, record in come.items() if other not in found.values() and _but_id(record) == _but_id(one)
        ]
        if same:
            found[id_] = same[0]
    return found


def _but_id(record: BaseModel) -> dict[str, Any]:
    return record.model_dump(exclude={"id", "ask_when", "considered_when"})
