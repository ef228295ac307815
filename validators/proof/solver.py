"""Questions to a SAT solver about people: is there one, or can it be proved that there is none?

One incremental solver (Glucose 4.2 through PySAT) holds the clauses of everything that was asked so far. A
question that takes too long is given up with an honest "not decided".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pysat
from pysat.solvers import Solver

from engine.answers import Answers
from validators.proof.circuit import FALSE, TRUE, Circuit, Lit
from validators.proof.domain import Domain

ENGINE = "glucose42"
SOLVER = f"PySAT {pysat.__version__}, Glucose 4.2"
"""The solver and its version, as certificates name it."""


class Cancelled(Exception):  # noqa: N818  # a wish of the user, not an error
    """Somebody asked to stop."""


@dataclass(frozen=True)
class Model:
    """A person for whom a question is answered yes: the inputs that hold."""

    held: frozenset[Lit]

    def holds(self, lit: Lit) -> bool:
        """Whether an input holds."""
        return (abs(lit) in self.held) == (lit > 0)


@dataclass(frozen=True)
class Impossible:
    """Nobody is so. `core` are the assumptions that are enough for it."""

    core: tuple[Lit, ...]


@dataclass(frozen=True)
class Undecided:
    """The time was up."""

    seconds: float


Found = Model | Impossible | Undecided


@dataclass
class Prover:
    """An incremental solver over one circuit, for the people of some domains.

    `limit` is the longest time for one question in seconds. `cancel` may be set from another thread.
    """

    circuit: Circuit
    domains: Sequence[Domain]
    limit: float = 20.0
    cancel: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._solver = Solver(name=ENGINE)
        self._known: set[int] = set()
        self._questions: set[tuple[str, str]] = set()
        self._inputs: set[int] = set()

    def close(self) -> None:
        """Give the solver's memory back."""
        self._solver.delete()

    def __enter__(self) -> Prover:
        """The prover itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _need(self, lits: Iterable[Lit]) -> None:
        """Give the solver the clauses of everything that these read."""
        inputs = []
        for node in self.circuit.cone(lits, self._known):
            for clause in self.circuit.clauses(node):
                self._solver.add_clause(clause)
            if self.circuit.is_input(node):
                inputs.append(node)
        for node in inputs:
            self._own(node)

    def _own(self, node: int) -> None:
        for domain in self.domains:
            question = domain.owner(node)
            if question is not None and (domain.prefix, question) not in self._questions:
                self._questions.add((domain.prefix, question))
                own = domain.inputs(question)
                self._inputs.update(own)
                self._solver.set_phases([-lit for lit in own])  # people who say little are found first
                for clause in domain.clauses(question):
                    self._solver.add_clause(clause)

    def find(self, wanted: Sequence[Lit], limit: float | None = None) -> Found:
        """Somebody for whom everything wanted holds. Raises Cancelled."""
        if FALSE in wanted:
            return Impossible((FALSE,))
        assumed = [lit for lit in wanted if lit != TRUE]
        self._need(assumed)
        started, most = time.monotonic(), self.limit if limit is None else limit
        with self._watched(most):
            answer = self._solver.solve_limited(assumptions=assumed, expect_interrupt=True)
        if self.cancel.is_set():
            raise Cancelled
        if answer is None:
            return Undecided(time.monotonic() - started)
        if not answer:
            return Impossible(tuple(self._solver.get_core() or ()))
        held = self._inputs.intersection(lit for lit in self._solver.get_model() if lit > 0)
        return Model(frozenset(held))

    @contextmanager
    def _watched(self, limit: float) -> Iterator[None]:
        """Interrupt the solver when the time is up or somebody cancels."""
        done = threading.Event()

        def watch() -> None:
            end = time.monotonic() + limit
            while not done.wait(0.05):
                if self.cancel.is_set() or time.monotonic() > end:
                    self._solver.interrupt()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
            self._solver.clear_interrupt()

    # Fewest answers.

    def fewest(self, wanted: Sequence[Lit], model: Model, seconds: float = 3.0) -> Model:
        """Another person for whom the same holds, with few definite answers: none of them can be left out.

        Answers are left out by halves, quarters and so on, then one by one (Zeller and Hildebrandt 2002 call it delta
        debugging); what has not been tried when the time is up stays.
        """
        end = time.monotonic() + seconds
        left_out = [lit for lit in self._information() if not model.holds(lit)]
        kept = [lit for lit in self._information() if model.holds(lit)]
        size = max(1, len(kept) // 2)
        while kept:
            at = 0
            while at < len(kept):
                if time.monotonic() > end:
                    return model
                tried = kept[at : at + size]
                found = self.find([*wanted, *(-lit for lit in [*left_out, *tried])], min(1.0, seconds))
                if isinstance(found, Model):
                    model = found
                    left_out += [lit for lit in kept if not model.holds(lit)]
                    kept = [lit for lit in kept if model.holds(lit)]
                else:
                    at += size
            if size == 1:
                return model
            size //= 2
        return model

    def _information(self) -> list[Lit]:
        """The inputs, of the questions that were read so far, that say how much is known."""
        by_prefix = {domain.prefix: domain for domain in self.domains}
        return [lit for prefix, name in sorted(self._questions) for lit in by_prefix[prefix].information(name)]

    def decode(self, model: Model, domain: Domain | None = None) -> Answers:
        """A model's answers, of the questions that were read."""
        chosen = domain or self.domains[0]
        mine = [question for prefix, question in self._questions if prefix == chosen.prefix]
        return chosen.answers(model.holds, mine)
