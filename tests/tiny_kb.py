"""Tiny random knowledge bases, small enough that everybody who can answer them is looked at one by one.

Three to five questions (one with a gate, a number with few values, a ticked list), findings, a score, conditions, red
flags, evidence, advice, constraints and safety properties, all at random. `everybody` lists every set of answers that
rules can tell apart, "not sure" among them.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from engine.answers import Answers, Chosen, Value
from engine.knowledge import KnowledgeBase, Node
from engine.model.question import Question
from engine.uses import uses
from tests.random_kb import (
    URGENCIES,
    Json,
    Names,
    RandomKB,
    base_records,
    condition,
    from_records,
    question,
    rule,
    section,
    term,
)

MOST_PEOPLE = 500
ADVICE = ("rest", "move")


def tiny_records(rng: Random) -> Json:
    """The records of a tiny knowledge base."""
    records = base_records("Tiny")
    names = Names(rng)
    rules: list[Json] = []

    def add(topic: str, then: Json, depth: int = 2) -> None:
        rules.append(rule(f"{topic}/r{len(rules)}", names.criterion(depth), then))

    for asked in _questions(rng, names):
        names.questions.append(asked)
    for at in range(rng.randint(1, 2)):
        for _ in range(rng.randint(1, 2)):
            add("findings", {"finding": f"f{at}"})
        records[f"terms/f{at}.json"] = term(f"f{at}", "finding")
        names.findings.append(f"f{at}")
    scale = rng.choice((1, 2))
    for _ in range(rng.randint(1, 3)):
        add("scores", {"score": "s", "points": rng.choice((-2, -1, 1, 1, 2)) / scale}, 1)
    records["terms/s.json"] = term("s", "score", scale)
    names.scores.append(("s", scale))
    if rng.random() < 0.5:  # a gate that reads what is derived
        more = {"by": "clinician"} if rng.random() < 0.2 else {}
        names.questions.append(question("last", ask_when=names.criterion(1), **more))
    conditions = [f"c{at}" for at in range(2)]
    for name in conditions:
        considered = names.criterion(1) if rng.random() < 0.5 else None
        records[f"conditions/hip/{name}.json"] = _guided(rng, condition(rng, name, considered))
    for _ in range(2):
        urgency = rng.choice(("emergency", "urgent", "soon", "routine"))
        then: Json = {
            "red_flag": urgency,
            "suspects": rng.sample(conditions, rng.randint(0 if urgency in ("soon", "routine") else 1, 2)),
            "message": rng.choice(("Go.", "Go now.")),
        }
        if rng.random() < 0.4:
            then |= {"if_unsure": "routine", "if_unsure_reason": "rare"}
        add("red_flags", then)
    for _ in range(rng.randint(1, 5)):
        weight, group = rng.choice((-9, -3, 2, 5, 12)), rng.choice(("a", "b"))
        add("evidence", {"condition": rng.choice(conditions), "weight": weight, "group": group})
    for _ in range(rng.randint(0, 3)):
        add("advice", {"advice": rng.choice(ADVICE)}, 1)
    for at in range(rng.choice((0, 1, 1, 2))):
        never = names.criterion(1)
        records[f"constraints/k{at}.json"] = {"id": f"k{at}", "title": f"k{at}", "never": never, "message": "Look."}
    records |= {f"rules/{record['id']}.json": record for record in rules}
    for at in range(rng.randint(1, 3)):
        records[f"safety/p{at}.json"] = _safety(rng, names, rules, f"p{at}")
    records["questions/all.json"] = section(names.questions)
    if rng.random() < 0.5:
        first = names.questions[0]
        records["cases/one.json"] = {
            "id": "one",
            "title": "one",
            "story": "Somebody.",
            "answers": {first["id"]: True} if first["type"] == "boolean" else {},
            "expect": {"urgency": "routine"},
            "because": "Not looked at.",
        }
    return records


def _questions(rng: Random, names: Names) -> Iterator[Json]:
    """Two to four questions, the last one gated."""
    kinds: list[tuple[str, Json]] = [
        ("boolean", {}),
        ("choice", {"options": [{"id": f"o{at}", "text": f"o{at}"} for at in range(rng.randint(2, 3))]}),
        ("choices", {"options": [{"id": f"o{at}", "text": f"o{at}"} for at in range(2)]}),
        ("choices", {"options_from": "body"}),
        ("integer", {"unit": "a", "min": rng.choice((-1, 0, 2)), "max": 4}),
        ("decimal", {"unit": "Cel", "min": 36, "max": rng.choice((36.5, 37))}),
    ]
    chosen = rng.sample(kinds, rng.randint(1, 3))
    for at, (type_, more) in enumerate(chosen):
        yield question(f"q{at}", type_, **more, **({"by": "clinician"} if rng.random() < 0.1 else {}))
    yield question("gated", "boolean", ask_when=names.criterion(1))


def _guided(rng: Random, record: Json) -> Json:
    """A condition whose guide has paragraphs for some advice only."""
    statements = record["guide"]["sections"][0]["statements"]
    for advice in rng.sample(ADVICE, rng.randint(0, 2)):
        statements.append({"text": f"{advice} a bit", "advice": advice, "judgement": "made up"})
    if rng.random() < 0.3:
        record["guide"]["sections"].append(
            {"id": "today", "title": "today", "statements": [{"text": "x", "advice": "rest", "judgement": "made up"}]}
        )
    return record


def _safety(rng: Random, names: Names, rules: Sequence[Json], id_: str) -> Json:
    flags = [record["id"] for record in rules if "red_flag" in record["then"]]
    advice = [record["then"]["advice"] for record in rules if "advice" in record["then"]]

    def assertion(depth: int = 2) -> Json:
        form = rng.choice(("criterion", "criterion", "outcome", "outcome", "outcome", "all", "any", "not", "at_least"))
        match form if depth else rng.choice(("criterion", "outcome")):
            case "criterion":
                return names.fact() if rng.random() < 0.5 else names.criterion(0)
            case "not":
                return {"not": assertion(depth - 1)}
            case "all" | "any" as group:
                return {group: parts(depth)}
            case "at_least":
                several = parts(depth)
                return {"at_least": rng.randint(1, len(several)), "of": several}
        return rng.choice(
            [
                {rng.choice(("urgency_at_least", "urgency_at_most")): rng.choice(URGENCIES)},
                {rng.choice(("flag", "open_flag")): rng.choice(flags)},
                {rng.choice(("named", "first")): rng.choice(("c0", "c1"))},
                {"no_cause": True},
                *([{"advice": rng.choice(advice)}] if advice else []),
            ]
        )

    def parts(depth: int) -> list[Json]:
        found: list[Json] = []
        for _ in range(rng.randint(1, 3)):
            one = assertion(depth - 1)
            if one not in found:
                found.append(one)
        return found

    shape = rng.choice(("always", "never", "whenever"))
    said = {"whenever": assertion(), "then": assertion()} if shape == "whenever" else {shape: assertion()}
    words = {"hazard": "Harm.", "harm": "Harm.", "severity": "major", "judgement": "made up"}
    return {"id": id_, "title": id_, **said, **words}


def tiny_kb(rng: Random) -> RandomKB:
    """A tiny knowledge base of at most MOST_PEOPLE people."""
    while True:
        made = from_records(tiny_records(rng))
        if count([made.kb]) <= MOST_PEOPLE:
            return made


# Everybody.


def everybody(kbs: Sequence[KnowledgeBase]) -> list[Answers]:
    """Everybody whom the rules of some versions can tell apart, who may answer whatever any version asks."""
    asked = _asked(kbs)
    people = itertools.product(*(values(kbs, id_) for id_ in asked))
    return [Answers({id_: value for id_, value in zip(asked, one, strict=True) if value is not None}) for one in people]


def count(kbs: Sequence[KnowledgeBase]) -> int:
    """How many people `everybody` has."""
    number = 1
    for id_ in _asked(kbs):
        number *= len(values(kbs, id_))
    return number


def _asked(kbs: Sequence[KnowledgeBase]) -> list[str]:
    return list(dict.fromkeys(id_ for kb in kbs for id_ in kb.questions))


def values(kbs: Sequence[KnowledgeBase], id_: str) -> list[Value | None]:
    """Every answer to a question that matters; None is no clear answer. All versions ask it with one type."""
    versions = [kb.questions[id_] for kb in kbs if id_ in kb.questions]
    asked = versions[0]
    options = list(
        dict.fromkeys(option.id for kb in kbs if id_ in kb.questions for option in kb.options(kb.questions[id_]))
    )
    match asked.type:
        case "boolean":
            return [None, False, True]
        case "choice":
            return [None, *options]
        case "choices":
            found: list[Value | None] = [None]
            for marks in itertools.product(("no", "yes", "unsure"), repeat=len(options)):
                if set(marks) != {"unsure"}:
                    by = {
                        mark: frozenset(one for one, own in zip(options, marks, strict=True) if own == mark)
                        for mark in ("yes", "unsure")
                    }
                    found.append(Chosen(by["yes"], by["unsure"]))
            return found
        case _:
            return [None, *_numbers(kbs, versions)]


def _numbers(kbs: Sequence[KnowledgeBase], versions: Sequence[Question]) -> Iterator[int | float]:
    """Every whole number; of decimals those that are compared, the ends, and one between each two."""
    ends = [float(end) for one in versions for end in (one.min, one.max) if end is not None]
    low, high = min(ends), max(ends)
    if versions[0].type == "integer":
        yield from range(int(low), int(high) + 1)
        return
    compared = {one for kb in kbs for one in kb.compared.get(versions[0].id, ()) if isinstance(one, int | float)}
    places = sorted({Fraction(str(one)) for one in (*compared, *ends) if low <= one <= high})
    for at, place in enumerate(places):
        yield float(place)
        if at + 1 < len(places):
            yield float((place + places[at + 1]) / 2)


def taken(kb: KnowledgeBase, answers: Answers) -> Answers:
    """What one version takes of somebody's answers: to what it does not ask so, nothing is an answer."""
    found: dict[str, Value] = {}
    for id_, value in answers.values.items():
        asked = kb.questions.get(id_)
        if asked is None:
            continue
        options = frozenset(option.id for option in kb.options(asked))
        if isinstance(value, Chosen):
            found[id_] = Chosen(value.yes & options, value.unsure & options)
        elif asked.type == "choice":
            if value in options:
                found[id_] = value
        elif asked.min is None or asked.max is None or asked.min <= value <= asked.max:  # type: ignore[operator]
            found[id_] = value
    return Answers(found)


# Edits.


def edited(rng: Random, records: Json) -> tuple[str, Json]:
    """The same knowledge base with one thing changed at random, and what that was."""
    while True:
        new = copy.deepcopy(records)
        path = rng.choice([one for one in new if not one.startswith(("kb.json", "body", "safety", "cases"))])
        what = _edit(rng, new, path)
        if what is not None:
            try:
                kb = from_records(new).kb
            except AssertionError:
                continue  # for instance a part that stands twice in a group by now
            if not _named(kb) <= kb.concluded_by.keys():
                continue  # something else names what was taken away
            return f"{path}: {what}", new


def _named(kb: KnowledgeBase) -> set[Node]:
    """The findings and scores that any criterion names."""
    found: set[Node] = set()
    for _, _, _, criterion in kb.criteria():
        used = uses(criterion)
        found |= {("finding", name) for name in used.findings} | {("score", name) for name in used.scores}
    return found


def _edit(rng: Random, records: Json, path: str) -> str | None:
    record: Any = records[path]
    kind = path.split("/")[0]
    match kind:
        case "rules":
            return _edit_rule(rng, records, path)
        case "constraints":
            del records[path]
            return "taken away"
        case "questions":
            return _edit_question(rng, record["questions"])
        case "conditions":
            field = rng.choice(("care_level", "prior", "considered_when", "summary"))
            if field == "care_level":
                record["care_level"] = rng.choice(URGENCIES)
            elif field == "prior":
                record["prior"]["decibans"] += rng.choice((-5, -1, 1, 5))
            elif field == "considered_when":
                if record.pop("considered_when", None) is None:
                    return None
            else:
                record["guide"]["summary"] = "Another summary."
            return field
    return None


def _edit_rule(rng: Random, records: Json, path: str) -> str | None:
    record = records[path]
    match rng.choice(("drop", "compare", "then", "not", "reword")):
        case "drop":
            del records[path]
            return "dropped"
        case "not":
            record["when"] = {"not": record["when"]}
            return "turned round"
        case "reword":
            record["title"] = "Another title"
            return "reworded"
        case "compare":
            for leaf in _leaves(record["when"]):
                for operator, other in (("gte", "gt"), ("gt", "gte"), ("lte", "lt"), ("lt", "lte")):
                    if operator in leaf:
                        leaf[other] = leaf.pop(operator)
                        return f"{operator} became {other}"
            return None
        case _:
            then = record["then"]
            if "red_flag" in then:
                then["red_flag"] = rng.choice(("emergency", "urgent", "soon"))
            elif "weight" in then:
                then["weight"] = rng.choice((-9, -3, 2, 5, 12))
            elif "points" in then:
                then["points"] = -then["points"]
            else:
                return None
            return "concludes otherwise"


def _edit_question(rng: Random, questions: list[Json]) -> str | None:
    one = rng.choice(questions)
    match rng.choice(("gate", "option", "range", "reword")):
        case "gate" if "ask_when" in one:
            del one["ask_when"]
            return f"{one['id']}: asked of everybody"
        case "option" if len(one.get("options", ())) > 2:
            gone = one["options"].pop()
            return f"{one['id']}: without the option {gone['id']}"
        case "range" if one["type"] == "integer":
            one["max"] -= 1
            return f"{one['id']}: at most {one['max']}"
        case "reword":
            one["text"] = "Another text?"
            return f"{one['id']}: reworded"
    return None


def _leaves(criterion: Json) -> Iterable[Json]:
    for key in ("all", "any", "of"):
        for part in criterion.get(key, ()):
            yield from _leaves(part)
    if "not" in criterion:
        yield from _leaves(criterion["not"])
    elif "fact" in criterion or "score" in criterion:
        yield criterion
