"""Somebody for whom a criterion is UNKNOWN although every way to answer the rest makes it TRUE.

A question about all completions is settled by counterexamples: a candidate is taken, a completion that makes the
criterion other than TRUE is looked for, and everybody to whom the same completion is open is set aside at once
(counterexample-guided refinement, Clarke and others 2003). Completions range over all answers, those that a
constraint forbids among them: a criterion that is certain because of a constraint only is not found. What a clinician
finds out may stay open in a completion.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from validators.proof.circuit import FALSE, Lit
from validators.proof.domain import Domain
from validators.proof.encode import Encoded
from validators.proof.solver import Found, Impossible, Model, Prover, Undecided


def find(prover: Prover, encoded: Encoded, unknown: Lit, true: Lit, valid: Sequence[Lit]) -> Found:
    """Somebody for whom `unknown` holds, and `true` in every completion; `valid` holds for everybody there is."""
    domain, circuit = encoded.domain, encoded.circuit
    questions = sorted({name for node in circuit.reads([unknown, true]) if (name := domain.owner(node))})
    complete = [lit for name in questions for lit in _complete(encoded, name)]
    escapes: list[Lit] = []
    end = time.monotonic() + prover.limit
    while True:
        left = end - time.monotonic()
        if left <= 0:
            return Undecided(prover.limit)
        candidate = prover.find([unknown, *valid, *escapes], left)
        if not isinstance(candidate, Model):
            return candidate
        told = [lit for name in questions for lit in _answer(domain, name, candidate)]
        completion = prover.find([*told, *complete, -true], left)
        if isinstance(completion, Impossible):
            return _fewest(prover, [unknown, *valid], told, [*complete, -true], candidate)
        if isinstance(completion, Undecided):
            return completion
        reason = _why_not(prover, encoded, questions, completion, true)
        if reason is None:
            return Undecided(prover.limit)
        escapes.append(circuit.any(_escape(encoded, lit) for lit in reason.core if lit != true))


def _why_not(
    prover: Prover, encoded: Encoded, questions: Sequence[str], completion: Model, true: Lit
) -> Impossible | None:
    """Which answers of a completion make the criterion other than TRUE.

    First without what was chosen, only with what was not: "not worse, not new" concerns more people than "none".
    """
    whole = [lit for name in questions for lit in _completed(encoded, name, completion)]
    chosen = {lit for name in questions for lit in _options(encoded.domain, name)}
    for told in ([lit for lit in whole if lit not in chosen], whole):
        reason = prover.find([*told, true])
        if isinstance(reason, Impossible):
            return _smallest(prover, reason, true)
    return None


def _smallest(prover: Prover, reason: Impossible, true: Lit) -> Impossible:
    """The same reason without what it does not need: each answer less sets more people aside."""
    at = 0
    while at < len(reason.core):
        tried = reason.core[at]
        less = prover.find([true, *(lit for lit in reason.core if lit not in (true, tried))]) if tried != true else None
        if isinstance(less, Impossible):
            reason = less
        else:
            at += 1
    return reason


def _options(domain: Domain, name: str) -> list[Lit]:
    """The inputs of the options of a question with one answer."""
    kind = domain.asked[name].question.type
    return domain.inputs(name)[1:] if kind in ("choice", "boolean") else []


def _fewest(
    prover: Prover, wanted: Sequence[Lit], told: Sequence[Lit], otherwise: Sequence[Lit], candidate: Model
) -> Model:
    """The same with only those answers without which a completion could be otherwise."""
    kept = list(told)
    for lit in told:
        rest = [one for one in kept if one != lit]
        if isinstance(prover.find([*rest, *otherwise], 1.0), Impossible):
            kept = rest
    found = prover.find([*wanted, *kept], 1.0)
    return prover.fewest([*wanted, *kept], found) if isinstance(found, Model) else candidate


def _complete(encoded: Encoded, name: str) -> list[Lit]:
    """What makes a question clearly answered, or not applicable."""
    domain, circuit = encoded.domain, encoded.circuit
    gate = encoded.applies.get(name)
    spared = gate.false if gate else FALSE
    if domain.asked[name].question.by == "clinician":
        return []
    if domain.asked[name].question.type != "choices":
        return [circuit.either(domain.known(name), spared)]
    lits = domain.information(name)
    return [circuit.any((yes, no, spared)) for yes, no in zip(lits[::2], lits[1::2], strict=True)]


def _answer(domain: Domain, name: str, model: Model) -> list[Lit]:
    """The literals of a person's answer to one question, as far as it goes."""
    inputs = domain.inputs(name)
    if domain.asked[name].question.type == "choices":
        return [lit for lit in inputs if model.holds(lit)]
    return [lit if model.holds(lit) else -lit for lit in inputs] if model.holds(domain.known(name)) else []


def _completed(encoded: Encoded, name: str, model: Model) -> list[Lit]:
    """The literals of a completion: a question for clinicians may be open in it, and then that it is counts too."""
    domain = encoded.domain
    told = _answer(domain, name, model)
    if domain.asked[name].question.by == "clinician":
        told += [-lit for lit in domain.information(name) if not model.holds(lit)]
    return told


def _escape(encoded: Encoded, lit: Lit) -> Lit:
    """What somebody has answered to whom a literal of a completion is not open any more."""
    domain = encoded.domain
    name = domain.owner(abs(lit))
    assert name is not None
    if domain.asked[name].question.type == "choices":
        if lit < 0:
            return -lit
        lits = domain.information(name)
        at = lits.index(lit)
        return lits[at + 1] if at % 2 == 0 else lits[at - 1]  # ticked, and not ticked, stand in pairs
    if lit < 0:
        return -lit
    known = domain.known(name)
    return FALSE if lit == known else encoded.circuit.both(known, -lit)
