"""What the tests of review share: a tiny repository, people with keys, and proofs by trying every patient."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from authoring.actions import Views
from authoring.review.desk import Desk
from authoring.review.events import Actor
from authoring.review.pace import Pace
from authoring.review.proofs import Changes, Group, Moved, Proofs, Verdict, Witness
from authoring.review.steps import Signer, Steps
from authoring.workspace import Draft, Person, Workspace
from engine import jsontext
from engine.answers import read_answers
from engine.assess import Assessor
from engine.canonical import canonical_of
from engine.criteria import Truth
from engine.knowledge import KnowledgeBase
from engine.outcome import Outcome
from exports.sign import PrivateKey
from validators.example import BASE
from validators.registry import example_files

TODAY = date(2026, 1, 1)
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """A second later each time."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=directory, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make_repository(directory: Path, overlay: Mapping[str, object] | None = None) -> Path:
    for path, data in example_files(BASE, overlay or {}).items():
        file = directory / "kb" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    git(directory, "init", "-qb", "main")
    git(directory, "add", "-A")
    git(directory, "-c", "user.name=Root", "-c", "user.email=root@example.org", "commit", "-qm", "one")
    git(directory, "checkout", "-q", "--detach")
    return directory


class BruteForce:
    """Proofs that are real for tiny knowledge bases: every patient is tried, each age near a threshold among them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, ...], Any] = {}

    def _patients(self, *kbs: KnowledgeBase) -> Iterator[Witness]:
        domains: dict[str, list[object]] = {}
        for kb in kbs:
            for id_, question in kb.questions.items():
                values: list[object] = ["unknown"]
                if question.type == "boolean":
                    values += [True, False]
                else:
                    near = {int(one) + step for one in kb.compared.get(id_, ()) for step in (-1, 0, 1)}
                    values += sorted(one for one in near if question.min <= one <= question.max)
                domains[id_] = list(dict.fromkeys([*domains.get(id_, []), *values]))
        for values in itertools.product(*domains.values()):
            yield dict(zip(domains, values, strict=True))

    def _outcome(self, kb: KnowledgeBase, patient: Witness) -> Outcome:
        key = ("assessor", id(kb))
        if key not in self._kept:
            self._kept[key] = (Assessor(kb), kb)
        assessor = self._kept[key][0]
        answers = {name: value for name, value in patient.items() if name in kb.questions}
        return assessor.assess(read_answers(kb, answers, "patient")).outcome

    def _pages(self, kb: KnowledgeBase, outcome: Outcome) -> list[str]:
        return [kb.conditions[one.id].guide.model_dump_json() for one in outcome.named]

    def _moves(self, before: KnowledgeBase, after: KnowledgeBase, patient: Witness) -> set[str]:
        old, new = self._outcome(before, patient), self._outcome(after, patient)
        found = set()
        if new.urgency.level < old.urgency.level:
            found.add(f"less_urgent {old.urgency} {new.urgency}")
        if new.urgency.level > old.urgency.level:
            found.add(f"more_urgent {old.urgency} {new.urgency}")
        first = [outcome.named[0].id if outcome.named else None for outcome in (old, new)]
        if first[0] != first[1]:
            found.add(f"other_first {first[0]} {first[1]}")
        if [(one.id, one.status) for one in old.named] != [(one.id, one.status) for one in new.named]:
            found.add("other_causes")
        if old.corrections != new.corrections:
            found.add("asked_again")
        if self._pages(before, old) != self._pages(after, new):
            found.add("guide_changed")
        return found

    def changes(self, before: KnowledgeBase, after: KnowledgeBase) -> Changes:
        witnesses: dict[str, list[Witness]] = {}
        for patient in self._patients(before, after):
            for move in self._moves(before, after, patient):
                witnesses.setdefault(move.split()[0], []).append(patient)
        kinds = ("less_urgent", "more_urgent", "other_first", "other_causes", "guide_changed", "asked_again")
        return Changes(**{kind: Moved(tuple(map(Group, witnesses.get(kind, ()))), complete=True) for kind in kinds})

    def further(self, seen: tuple[KnowledgeBase, KnowledgeBase], now: tuple[KnowledgeBase, KnowledgeBase]) -> Moved:
        found = []
        for patient in self._patients(*seen, *now):
            moves = {one for one in self._moves(*now, patient) if one.startswith(("less", "more", "other_first"))}
            if moves - self._moves(*seen, patient):
                found.append(patient)
        return Moved(tuple(map(Group, found)), complete=True)

    def prove(self, kb: KnowledgeBase, pace: Pace) -> tuple[Verdict, ...]:
        verdicts = []
        for id_, safety in sorted(kb.safety.items()):
            assert safety.then.urgency_at_least is not None, "the tiny knowledge bases promise nothing else"
            assessor = Assessor(kb)
            result, witness = "proved", None
            for patient in self._patients(kb):
                assessed = assessor.assess(read_answers(kb, dict(patient), "patient"))
                holds = safety.whenever is None
                if safety.whenever is not None:
                    holds = assessor.evaluator.test(safety.whenever)(assessed.values) is Truth.TRUE
                if holds and assessed.outcome.urgency.level < safety.then.urgency_at_least.level:
                    result, witness = "refuted", patient
                    break
            verdicts.append(Verdict(id_, safety.title, result, witness))
        return tuple(verdicts)


class Team:
    """One repository and the people who work on it."""

    def __init__(self, directory: Path, proofs: Proofs | None = None) -> None:
        self.clock = Clock()
        self.workspace = Workspace(directory)
        self.views = Views(self.workspace)
        self.desk = Desk(self.views, proofs or BruteForce(), lambda: TODAY)
        self.server = PrivateKey.generate("console")
        self.keys: dict[str, PrivateKey] = {}

    def signer(self, name: str, email: str | None = None, key: PrivateKey | None = None) -> Signer:
        actor = Actor(name.capitalize(), email or f"{name}@example.org", "own_key" if key else "local")
        return Signer(actor, key or self.server)

    def steps(self, name: str, email: str | None = None, key: PrivateKey | None = None) -> Steps:
        return Steps(self.desk, self.signer(name, email, key), self.clock)

    def person(self, name: str) -> Person:
        return Person(name.capitalize(), f"{name}@example.org")

    def value(self, draft: Draft | str, path: str) -> dict[str, Any]:
        commit = draft.head if isinstance(draft, Draft) else draft
        found = jsontext.read(self.workspace.files(commit)[path], path)
        assert isinstance(found, dict)
        return found

    def draft(self, name: str, title: str, changes: Mapping[str, object]) -> Draft:
        """A draft by somebody; each change is a record, None to take it away, or a function of the record."""
        draft = self.workspace.start(title, self.person(name), self.clock())
        return self.edit(name, draft, changes)

    def edit(self, name: str, draft: Draft, changes: Mapping[str, object]) -> Draft:
        files: dict[str, bytes | None] = {}
        for path, change in changes.items():
            value = change(self.value(draft, path)) if callable(change) else change
            files[path] = None if value is None else canonical_of(value, path).encode()
        return self.workspace.save(draft, files, "Edited", self.person(name), self.clock())

    def proposed(self, name: str, title: str, changes: Mapping[str, object]) -> Draft:
        draft = self.draft(name, title, changes)
        self.steps(name).propose(draft.id, title, "Because.")
        return draft

    def approve(self, id_: str, *names: str, paths: list[str] | None = None) -> None:
        for name in names:
            look = self.desk.look(id_)
            self.steps(name).approve(id_, look.head, paths, saw_less_urgent=True)


def with_members(**members: object) -> Any:
    """A function that gives a record other members; None takes one away."""

    def change(record: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in {**record, **members}.items() if value is not None}

    return change


def roster(
    *people: tuple[str, list[str]], servers: Sequence[PrivateKey] = (), keys: Mapping[str, PrivateKey] | None = None
) -> dict[str, Any]:
    """A roster: names with roles; each person has the address name@example.org."""
    return {
        "id": "roster",
        "people": [
            {
                "id": name,
                "name": name.capitalize(),
                "emails": [f"{name}@example.org", f"{name}@second.example.org"],
                "roles": roles,
                "keys": [keys[name].public.x] if keys and name in keys else [],
            }
            for name, roles in people
        ],
        "servers": [{"name": f"console {at}", "key": key.public.x} for at, key in enumerate(servers)],
    }
