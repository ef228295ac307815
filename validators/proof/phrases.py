"""Inputs of the circuit in English: what a group of patients has in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from validators.proof.circuit import Lit
from validators.proof.domain import Asked, Domain

DENIALS = ("no", "never", "false")
"""Ids of options that deny what is asked about."""


@dataclass(frozen=True)
class Phrase:
    """What a group has in common in one answer."""

    text: str
    has: bool
    """Whether it is something that they have, not something that they have not or are not sure of."""


def characteristic(domain: Domain, lits: Sequence[Lit]) -> list[Lit]:
    """Of what a group has in common, that which they have: no denials, and nothing that is not known.

    Exactly these are said by the phrases for which `has` is true.
    """
    numbers = {domain.owner(abs(lit)) for lit in lits if _has(domain, lit)}
    return [lit for lit in lits if _has(domain, lit) or (lit == _number_known(domain, lit, numbers))]


def _number_known(domain: Domain, lit: Lit, numbers: set[str | None]) -> Lit | None:
    """For a number of which something is said: that it is known belongs to it."""
    name = domain.owner(abs(lit))
    is_number = name in numbers and name is not None and domain.asked[name].question.type in ("integer", "decimal")
    return domain.known(name) if is_number and name is not None else None


def _has(domain: Domain, lit: Lit) -> bool:
    name = domain.owner(abs(lit))
    if name is None:
        return False
    asked = domain.asked[name]
    if asked.question.type in ("integer", "decimal"):
        return abs(lit) != domain.known(name)
    if lit < 0 or (lit == domain.known(name) and asked.question.type != "choices"):
        return False
    if asked.question.type == "choices":
        return lit in domain.information(name)[::2]
    denials = [domain.is_option(name, False if asked.question.type == "boolean" else one) for one in DENIALS]
    return lit not in denials


def phrases(domain: Domain, lits: Sequence[Lit]) -> Iterator[Phrase]:
    """One or more phrases a question, in the order in which they are asked."""
    wanted = set(lits)
    for id_, asked in domain.asked.items():
        if not any(lit in wanted or -lit in wanted for lit in domain.inputs(id_)):
            continue
        name = asked.question.name or asked.question.text
        match asked.question.type:
            case "choices":
                found = _ticks(domain, asked, wanted)
            case "integer" | "decimal":
                found = _number(domain, asked, wanted)
            case _:
                found = _choice(domain, asked, wanted)
        yield from (Phrase(f"{name}: {phrase.text}", phrase.has) for phrase in found)


def _ticks(domain: Domain, asked: Asked, wanted: set[Lit]) -> Iterator[Phrase]:
    """What is ticked, one phrase each; then in one phrase what is not, and in one what is not clear."""
    names, denied, unsure, open_, perhaps = asked.names, [], [], [], []
    compared = [option for option in asked.options if option in asked.compared]
    for option in compared:
        two, text = domain.ticked(asked.key, option), names.get(option, option)
        if two.true in wanted:
            yield Phrase(text, has=True)
        elif two.false in wanted:
            denied.append(text)
        elif -two.true in wanted and -two.false in wanted:
            unsure.append(text)
        elif -two.true in wanted:
            open_.append(text)
        elif -two.false in wanted:
            perhaps.append(text)
    if len(denied) == len(asked.options):
        yield Phrase("none of these", has=False)
    elif denied:
        yield Phrase("not " + ", not ".join(denied), has=False)
    if unsure:
        yield Phrase("not sure about " + ", ".join(unsure), has=False)
    if open_:
        yield Phrase("not clearly ticked: " + ", ".join(open_), has=False)
    if perhaps:
        yield Phrase("ticked or not sure: " + ", ".join(perhaps), has=False)


def _number(domain: Domain, asked: Asked, wanted: set[Lit]) -> Iterator[Phrase]:
    id_, unit = asked.key, f" {asked.question.unit}" if asked.question.unit else ""
    known = domain.known(id_)
    if -known in wanted:
        yield Phrase("not known", has=False)
        return
    edges = [(cut, domain.from_cut(id_, cut)) for cut in asked.cuts]
    low = next((cut for cut, lit in reversed(edges) if lit in wanted), None)
    high = next((cut for cut, lit in edges if -lit in wanted), None)
    parts = []
    if low is not None:
        parts.append(f"{'more than' if low[1] else 'at least'} {_plain(low[0])}{unit}")
    if high is not None:
        parts.append(f"{'at most' if high[1] else 'below'} {_plain(high[0])}{unit}")
        if low is None and known not in wanted:
            parts.append("or not known")
    yield Phrase(" ".join(parts) if "or not known" in parts else " and ".join(parts) or "any number", has=bool(parts))


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else str(float(number))


def _choice(domain: Domain, asked: Asked, wanted: set[Lit]) -> Iterator[Phrase]:
    id_ = asked.key
    if asked.question.type == "boolean":
        names: Mapping[str, str] = {"true": "yes", "false": "no"}
        values = [("true", domain.is_option(id_, True)), ("false", domain.is_option(id_, False))]
    else:
        names = asked.names
        values = [(one, domain.is_option(id_, one)) for one in asked.options if one in asked.compared]
    for option, lit in values:
        if lit in wanted:
            yield Phrase(names.get(option, option), has=option not in DENIALS)
            return
    known = domain.known(id_)
    if -known in wanted:
        yield Phrase("not sure", has=False)
        return
    denied = [names.get(option, option) for option, lit in values if -lit in wanted]
    text = "not “" + "” or “".join(denied) + "”" if denied else "a clear answer"
    sure = known in wanted
    yield Phrase(text if sure or not denied else f"{text}, or not sure", has=False)
