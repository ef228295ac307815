"""Prove every property of a knowledge base, or show for whom it fails."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.answers import Answers, read_answers
from engine.assess import Assessor
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from validators.proof import cache as kept
from validators.proof import completions
from validators.proof.circuit import Lit
from validators.proof.confirm import Confirmer, Crowd
from validators.proof.properties import FAMILIES
from validators.proof.solver import SOLVER, Cancelled, Found, Impossible, Model, Prover
from validators.proof.verdict import Query, Tally, Verdict
from validators.proof.world import World

Progress = Callable[[int, int, str], None]
"""Called with how many properties are decided, how many there are, and the one that is next."""

SMALL = 4_000
"""Nodes up to which a query goes to a solver of its own kind: one that holds little answers faster."""

SAMPLE = 25
"""How many of the people that are only examples are also carried out by durable_rules; counterexamples all are."""


@dataclass
class Report:
    """Every verdict on one knowledge base."""

    verdicts: list[Verdict]
    seconds: float
    confirmed: int
    """People carried out by the circuit and the reference evaluator alike."""
    confirmed_native: int
    """People that durable_rules carried out as well."""
    solver: str = SOLVER
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        for verdict in self.verdicts:
            self.tally.add(verdict)

    @property
    def all_proved(self) -> bool:
        """Whether nothing is broken or undecided."""
        return not self.tally.broken and not self.tally.undecided

    @property
    def open(self) -> list[Verdict]:
        """What is broken or undecided, safety properties first."""
        found = [verdict for verdict in self.verdicts if verdict.status != "proved"]
        return sorted(found, key=lambda one: (one.family != "safety", one.status != "broken", one.id))


def prove(
    kb: KnowledgeBase,
    *,
    native: Assessor | None = None,
    limit: float = 20.0,
    cache: kept.Cache | None = None,
    families: Iterable[str] | None = None,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Report:
    """Decide every property, or those of some families, or of these `only` those with some ids.

    `native` assesses with durable_rules as well, `limit` is in seconds for each question to the solver. Raises
    Cancelled when `cancel` is set, and TranslationError where circuit and evaluators differ.
    """
    started = time.monotonic()
    run = _Run(kb, limit, cache or kept.Cache(None), progress or (lambda *_: None), cancel or threading.Event())
    with run:
        verdicts = run.decide(list(FAMILIES if families is None else families), only)
    confirmer = Confirmer(run.world.encoded, Assessor(kb))
    examples, failures = _people(verdicts)
    confirmer.confirm([*failures, *examples])
    confirmed_native = 0
    if native is not None:
        second = Confirmer(run.world.encoded, native)
        second.confirm([*failures, *examples[:SAMPLE]])
        confirmed_native = second.confirmed
    return Report(verdicts, time.monotonic() - started, confirmer.confirmed, confirmed_native)


def _people(verdicts: Sequence[Verdict]) -> tuple[list[Answers], list[Answers]]:
    """The people of all verdicts, each once: examples, and those for whom something fails."""
    found: dict[str, tuple[Answers, bool]] = {}
    for verdict in verdicts:
        for person in verdict.people:
            key = repr(person.to_json())
            failing = verdict.status == "broken" or (key in found and found[key][1])
            found[key] = (person, failing)
    return [one for one, failing in found.values() if not failing], [one for one, failing in found.values() if failing]


class _Run:
    """One pass over the properties of one knowledge base."""

    def __init__(
        self, kb: KnowledgeBase, limit: float, cache: kept.Cache, progress: Progress, cancel: threading.Event
    ) -> None:
        self.kb = kb
        self.world = World(kb)
        self._cache = cache
        self._progress = progress
        self._cancel = cancel
        self._limit = limit
        self._provers: dict[str, Prover] = {}

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        for prover in self._provers.values():
            prover.close()

    def decide(self, families: list[str], only: Collection[str] | None = None) -> list[Verdict]:
        """The verdicts of some families, in their order."""
        asked: list[Query | Verdict] = []
        for name in families:
            self._progress(0, 0, name)
            asked += (one for one in FAMILIES[name](self.world) if only is None or one.id in only)
        queries = [one for one in asked if isinstance(one, Query)]
        keys = {query.id: self._key(query) for query in queries}
        known = self._cache.get(keys.values())
        decided: dict[str, Verdict] = {one.id: one for one in asked if isinstance(one, Verdict)}
        for query in queries:
            if keys[query.id] in known:
                decided[query.id] = self._from_cache(query, known[keys[query.id]])
        decided |= self._by_examples([query for query in queries if query.id not in decided])
        left = [query for query in queries if query.id not in decided]
        for query in sorted(left, key=lambda one: (bool(one.given), self._size(one) > SMALL)):
            if self._cancel.is_set():
                raise Cancelled
            self._progress(len(decided), len(asked), query.says)
            given = [lit for id_, lit in query.given if id_ in decided and decided[id_].status == "proved"]
            decided[query.id] = self._solve(query, given)
            verdict = decided[query.id]
            if verdict.status != "undecided":
                self._cache.put({keys[query.id]: _to_cache(verdict)})
        self._progress(len(asked), len(asked), "")
        return [decided[one.id] for one in asked]

    # What is asked.

    def _valid(self, query: Query, without: str | None = None) -> list[Lit]:
        """What holds of everybody there is: no constraint is broken; `without` names one that is left aside."""
        people = [self.world.encoded, self.world.other] if len(query.people) > 1 else [self.world.encoded]
        return [-lit for person in people for id_, lit in person.broken.items() if id_ != without]

    def _key(self, query: Query) -> str:
        lits = [*query.wanted, *self._valid(query)]
        reads = self.world.circuit.reads(lits)
        owners = {domain.owner(node) for domain in self.world.domains for node in reads} - {None}
        questions = "\n".join(sorted(self.world.domain.asked[name].signature for name in owners if name is not None))
        constraints = " ".join(self.world.encoded.broken)
        digest = self.world.circuit.digest(lits)
        text = "\n".join((kept.VERSION, SOLVER, query.kind, digest, questions, constraints))
        return hashlib.sha256(text.encode()).hexdigest()

    def _size(self, query: Query) -> int:
        return len(self.world.circuit.cone(query.wanted))

    def _prover(self, query: Query) -> Prover:
        kind = "small" if self._size(query) <= SMALL else ("pairs" if len(query.people) > 1 else "large")
        if query.kind == "completions":  # hundreds of questions each: a solver that holds nothing else
            kind = query.kind
            if kind in self._provers:
                self._provers.pop(kind).close()
        if kind not in self._provers:
            self._provers[kind] = Prover(self.world.circuit, self.world.domains, self._limit, self._cancel)
        prover = self._provers[kind]
        prover.domains = self.world.domains
        return prover

    # How it is decided.

    def _by_examples(self, queries: list[Query]) -> dict[str, Verdict]:
        """What the knowledge base's own cases show to be possible needs no solver."""
        wanted = [query for query in queries if query.kind == "some" and len(query.people) == 1]
        people = self._cases()
        if not wanted or not people:
            return {}
        valid = self._valid(wanted[0])
        crowd = Crowd(self.world.domain, people, [*valid, *(lit for query in wanted for lit in query.wanted)])
        allowed = crowd.of_all(valid)
        found = {}
        for query in wanted:
            who = crowd.of_all(query.wanted) & allowed
            if who:
                first = people[(who & -who).bit_length() - 1]
                found[query.id] = self._verdict(query, "proved", people=(first,))
        return found

    def _cases(self) -> list[Answers]:
        people = []
        for _, case in sorted(self.kb.cases.items()):
            try:
                people.append(read_answers(self.kb, dict(case.answers)))
            except KnowledgeError:
                continue  # a case that cannot be read is told by the checks
        return people

    def _solve(self, query: Query, given: Sequence[Lit]) -> Verdict:
        started = time.monotonic()
        prover, valid = self._prover(query), self._valid(query)
        found: Found
        if query.kind == "completions":
            found = completions.find(prover, self.world.encoded, query.wanted[0], query.wanted[1], valid)
        else:
            found = prover.find([*query.wanted, *valid, *given])
        if isinstance(found, Model):
            status = "proved" if query.kind == "some" else "broken"
            if query.kind == "nobody":
                found = prover.fewest([*query.wanted, *valid], found)
            people = tuple(prover.decode(found, domain) for domain in query.people)
            verdict = self._verdict(query, status, people=people)
        elif isinstance(found, Impossible):
            status = "broken" if query.kind == "some" else "proved"
            depends = self._depends(prover, query, found) if query.kind != "completions" else ()
            detail = self._clash(prover, query) if query.kind == "some" else ""
            verdict = self._verdict(query, status, depends_on=depends, detail=detail)
        else:
            verdict = self._verdict(query, "undecided", detail=f"not decided in {found.seconds:.0f} seconds")
        return replace(verdict, seconds=time.monotonic() - started)

    def _depends(self, prover: Prover, query: Query, found: Impossible) -> tuple[str, ...]:
        """The constraints without which it would be possible; where any of several is enough, all of them."""
        if not query.given and not set(self._valid(query)).intersection(found.core):
            return ()
        if isinstance(prover.find(query.wanted), Impossible):
            return ()
        names = []
        for name in self.world.encoded.broken:
            if not isinstance(prover.find([*query.wanted, *self._valid(query, without=name)]), Impossible):
                names.append(name)
        return tuple(names) or tuple(self.world.encoded.broken)

    def _clash(self, prover: Prover, query: Query) -> str:
        """Which of the parts that must hold together exclude each other, in words."""
        if not query.parts:
            return ""
        found = prover.find([lit for _, lit in query.parts])
        if not isinstance(found, Impossible):
            return ""
        clashing = [text for text, lit in query.parts if lit in found.core]
        return "these exclude each other: " + "; ".join(clashing) if clashing else ""

    def _verdict(self, query: Query, status: Any, **more: Any) -> Verdict:
        return Verdict(
            id=query.id,
            family=query.family,
            subject=query.subject,
            says=query.says,
            status=status,
            fix=query.fix if status == "broken" else "",
            told=query.told,
            note=query.note,
            **more,
        )

    def _from_cache(self, query: Query, stored: dict[str, Any]) -> Verdict:
        people = tuple(read_answers(self.kb, one) for one in stored["people"])
        return self._verdict(
            query,
            stored["status"],
            people=people,
            depends_on=tuple(stored["depends_on"]),
            detail=stored["detail"],
            cached=True,
        )


def _to_cache(verdict: Verdict) -> dict[str, Any]:
    return {
        "status": verdict.status,
        "people": [person.to_json() for person in verdict.people],
        "depends_on": list(verdict.depends_on),
        "detail": verdict.detail,
    }
