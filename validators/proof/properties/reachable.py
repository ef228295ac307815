"""Everything that was written can matter: each rule, question, finding, condition, guide section and urgency level."""

from __future__ import annotations

from collections.abc import Iterator

from engine.criteria import All
from engine.english import LEVEL_NAMES, english
from engine.model.rule import RedFlag, Urgency
from validators.proof.circuit import Lit
from validators.proof.verdict import Query, Verdict
from validators.proof.world import World

FAMILY = "reachable"


def queries(world: World) -> Iterator[Query | Verdict]:
    """What must be possible."""
    yield from _rules(world)
    yield from _findings(world)
    yield from _conditions(world)
    yield from _sections(world)
    yield from _levels(world)
    yield from _questions(world)


def _possible(
    world: World,
    subject: tuple[str, str],
    says: str,
    fix: str,
    *wanted: Lit,
    parts: tuple[tuple[str, Lit], ...] = (),
) -> Query:
    return Query(FAMILY, subject, says, fix, "some", wanted, (world.domain,), parts=parts)


def _rules(world: World) -> Iterator[Query]:
    for id_, rule in world.kb.active.items():
        what = "red flag" if isinstance(rule.then, RedFlag) else "rule"
        yield _possible(
            world,
            ("rule", id_),
            f"The {what} “{rule.title}” can fire for somebody.",
            "look for parts of it that exclude each other, or retire it",
            world.encoded.rules[id_].true,
            parts=tuple(
                (english(part, world.kb), world.encoded.criterion(part).true)
                for part in (rule.when.all if isinstance(rule.when, All) else ())
            ),
        )


def _findings(world: World) -> Iterator[Query]:
    for name, truth in world.encoded.findings.items():
        title = world.kb.terms[name].name
        yield _possible(
            world,
            ("finding", name),
            f"The finding “{title}” can be true of somebody.",
            "look at the rules that conclude it",
            truth.true,
        )
        yield _possible(
            world,
            ("not_finding", name),
            f"The finding “{title}” can be clearly false of somebody.",
            "look for a rule that is true of everybody",
            truth.false,
        )


def _conditions(world: World) -> Iterator[Query]:
    encoded = world.encoded
    for id_, condition in world.kb.current_conditions.items():
        yield _possible(
            world,
            ("condition", id_),
            f"{condition.name} can be named.",
            "give it evidence in its favour that reaches its threshold, or a red flag that suspects it",
            encoded.named(id_),
        )
        yield _possible(
            world,
            ("first", id_),
            f"{condition.name} can stand first.",
            "another condition always stands before it: check priors and weights",
            encoded.first[id_],
        )


def _sections(world: World) -> Iterator[Query]:
    encoded = world.encoded
    for id_, condition in world.kb.current_conditions.items():
        for section in condition.guide.sections:
            shown = [
                world.circuit.both(encoded.named(id_), encoded.advice[one.advice] if one.advice else encoded.named(id_))
                for one in section.statements
                if one.advice is None or one.advice in encoded.advice
            ]
            yield _possible(
                world,
                ("section", f"{id_}/{section.id}"),
                f"Somebody reads the section “{section.title}” of the guide for {condition.name}.",
                "give it a statement for everybody, or a rule for its advice",
                world.circuit.any(shown),
            )
        for advice in sorted(
            {one.advice for part in condition.guide.sections for one in part.statements if one.advice}
        ):
            yield _possible(
                world,
                ("advice", f"{id_}/{advice}"),
                f"Somebody for whom {condition.name} is named is given the advice “{advice.replace('_', ' ')}”.",
                "make the rule for the advice fit this condition, or take the paragraph out of its guide",
                encoded.named(id_),
                encoded.advice.get(advice, -1),
            )


def _levels(world: World) -> Iterator[Query]:
    for level in Urgency:
        yield _possible(
            world,
            ("urgency", level.value),
            f"Somebody is told “{LEVEL_NAMES[level]}”.",
            "a level that nobody reaches makes all others suspicious: check red flags and care levels",
            world.encoded.urgency_is(level),
        )


def _questions(world: World) -> Iterator[Verdict]:
    """A question is used where something that a person is told reads it, through whatever rules."""
    encoded = world.encoded
    told = [*encoded.urgency.values(), *encoded.first.values(), *encoded.advice.values(), *encoded.broken.values()]
    told += [step for tier in encoded.tiers.values() for step in tier]
    told += [truth.true for truth in encoded.rules.values()]
    read = {world.domain.owner(node) for node in world.circuit.reads(told)}
    for id_, question in world.kb.questions.items():
        yield Verdict(
            id=f"{FAMILY}/question/{id_}",
            family=FAMILY,
            subject=("question", id_),
            says=f"The question “{question.name or question.text}” is used.",
            status="proved" if id_ in read else "broken",
            fix="write a rule that reads it, or do not ask it",
            detail="" if id_ in read else "no rule reads it, so nobody's result hangs on it",
        )
