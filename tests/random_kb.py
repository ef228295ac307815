"""Random small knowledge bases and random people, for tests that compare evaluators, and one of clinical shape.

Everything is drawn from a `random.Random`. A seeded one makes thousands quickly; Hypothesis hands in one of its own,
so that the strategies below shrink. Knowledge bases are written as files and read back by `engine.load.load`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from engine.answers import Answers, read_answers
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.question import Question
from engine.model.rule import LEVELS

Json = dict[str, Any]

URGENCIES = [level.value for level in LEVELS]
REVIEW_BY = "2030-01-01"


@dataclass(frozen=True)
class RandomKB:
    """A knowledge base, and the files that it was read from."""

    kb: KnowledgeBase
    files: dict[str, bytes]


def knowledge_bases() -> st.SearchStrategy[RandomKB]:
    """Small knowledge bases with every question type, form of criterion and kind of conclusion."""
    return st.randoms(use_true_random=False).map(random_kb)


def answers_to(kb: KnowledgeBase) -> st.SearchStrategy[Answers]:
    """People: values, "I'm not sure", nothing, options marked unsure, answers to what does not apply to them."""
    return st.randoms(use_true_random=False).map(lambda rng: random_answers(rng, kb))


def from_records(records: Json) -> RandomKB:
    """The knowledge base in these records (path to JSON); fails where `load` finds anything wrong."""
    files = {path: json.dumps(record).encode() for path, record in records.items()}
    loaded = load(files)
    assert not loaded.findings, "\n".join(str(finding) for finding in loaded.findings)
    assert loaded.kb is not None
    return RandomKB(loaded.kb, files)


def base_records(title: str = "Random") -> Json:
    """The settings and the body map that every knowledge base needs."""
    words = "Words."
    return {
        "kb.json": {
            "id": "random",
            "title": title,
            "description": words,
            "semantics": 1,
            "languages": ["en"],
            "thresholds": {"likely": -3, "possible": -10},
            "interview": {"question_budget": 20, "screen_size": 4},
            "urgency": {level: {"name": level, "advice": words} for level in URGENCIES},
            "not_a_diagnosis": words,
            "no_cause": words,
            "unreviewed": words,
            "review": {"policy": words},
        },
        "locales/en.json": {
            "language": "en",
            "name": "English",
            "direction": "ltr",
            "emergency": {"default": {"numbers": ["112"], "label": "112", "judgement": words}},
        },
        "body.json": {
            "id": "body",
            "regions": [
                {
                    "id": "hip",
                    "name": "hip",
                    "parts": [
                        {
                            "id": f"{side}_hip",
                            "name": f"{side} hip",
                            "side": side,
                            "view": "front",
                            "element": f"{side}_hip",
                        }
                        for side in ("left", "right")
                    ],
                }
            ],
        },
    }


def question(id_: str, type_: str = "boolean", **more: Any) -> Json:
    """A question's record."""
    return {"id": id_, "name": id_, "text": f"{id_}?", "type": type_, **more}


def section(questions: Iterable[Json], id_: str = "all", order: int = 0) -> Json:
    """A section's record."""
    return {"id": id_, "title": id_, "order": order, "questions": list(questions)}


def rule(id_: str, when: Json, then: Json, **more: Any) -> Json:
    """A rule's record."""
    record = {"id": id_, "title": id_, "when": when, "then": then, "review_by": REVIEW_BY, **more}
    if "red_flag" in then or "condition" in then:
        record.setdefault("because", "of what you said")
    return record


def term(id_: str, kind: str, scale: int = 1) -> Json:
    """A term's record."""
    return {"id": id_, "kind": kind, "name": id_, "meaning": id_, **({"scale": scale} if scale != 1 else {})}


def condition(rng: Random, id_: str, considered_when: Json | None) -> Json:
    """A condition's record."""
    likely = rng.randint(-6, 2)
    own = {"thresholds": {"likely": likely, "possible": likely - rng.randint(0, 8), "reason": "chosen"}}
    return {
        "id": id_,
        "name": id_,
        "plain_name": id_,
        "region": "hip",
        "review_by": REVIEW_BY,
        "prior": {"decibans": rng.randint(-20, 0), "probability": 0.1},
        "care_level": rng.choice(URGENCIES),
        "guide": {
            "summary": id_,
            "sections": [{"id": "what_it_is", "title": id_, "statements": [{"text": id_, "judgement": "made up"}]}],
            "watch_for": [{"sign": id_, "go": "to a doctor", "urgency": "urgent", "judgement": "made up"}],
        },
        **({"considered_when": considered_when} if considered_when else {}),
        **(own if rng.random() < 0.4 else {}),
    }


class Names:
    """What criteria may name while a knowledge base grows. Nothing names what comes later, so there is no cycle."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.questions: list[Json] = []
        self.findings: list[str] = []
        self.scores: list[tuple[str, int]] = []

    def criterion(self, depth: int = 3) -> Json:
        """A criterion of any form."""
        rng = self.rng
        form = rng.choice(("fact", "fact", "finding", "score", "all", "any", "not", "at_least"))
        if depth == 0 and form in ("all", "any", "not", "at_least"):
            form = "fact"
        match form:
            case "finding" if self.findings:
                return {"finding": rng.choice(self.findings)}
            case "score" if self.scores:
                return self.score()
            case "not":
                return {"not": self.criterion(depth - 1)}
            case "all" | "any":
                return {form: self.parts(depth)}
            case "at_least":
                parts = self.parts(depth)
                return {"at_least": rng.randint(1, len(parts)), "of": parts}
            case _:
                return self.fact()

    def parts(self, depth: int) -> list[Json]:
        """The parts of a group, all different."""
        parts: list[Json] = []
        for _ in range(self.rng.randint(1, 4)):
            part = self.criterion(depth - 1)
            if part not in parts:
                parts.append(part)
        return parts

    def score(self) -> Json:
        """A comparison of a score, also with points that it cannot have."""
        rng = self.rng
        name, scale = rng.choice(self.scores)
        limit = rng.choice((rng.randint(-3, 5), rng.randint(-6, 10) / scale, 0.3, -1.25))
        return {"score": name, rng.choice(("gte", "gt", "lte", "lt")): limit}

    def fact(self) -> Json:
        """A comparison of an answer."""
        rng = self.rng
        asked = rng.choice(self.questions)
        name, type_ = asked["id"], asked["type"]
        options = [option["id"] for option in asked.get("options", ())] or ["left_hip", "right_hip"]
        if type_ == "boolean":
            return {"fact": name, **({"is": rng.random() < 0.6} if rng.random() < 0.9 else {"in": [True, False]})}
        if type_ == "choices":
            return {"fact": name, "includes": rng.choice(options)}
        if type_ == "choice":
            if rng.random() < 0.5:
                return {"fact": name, "is": rng.choice(options)}
            return {"fact": name, "in": rng.sample(options, rng.randint(2, len(options)))}
        low, high = asked["min"], asked["max"]

        def number() -> int | float:
            if type_ == "integer" or rng.random() < 0.3:
                return rng.randint(int(low) - 1, int(high) + 1)
            return round(rng.uniform(low, high), 1) or 0.5

        operator = rng.choice(("gte", "gt", "lte", "lt", "is", "in"))
        if operator == "in":
            two = {number() for _ in range(4)}
            if len(two) > 1:
                return {"fact": name, "in": sorted(two)}
            operator = "is"
        return {"fact": name, operator: number()}


def random_question(rng: Random, id_: str, gate: Json | None) -> Json:
    """A question of any type."""
    type_ = rng.choice(("boolean", "boolean", "choice", "choices", "integer", "decimal"))
    more: Json = {"by": "clinician"} if rng.random() < 0.15 else {}
    if type_ in ("choice", "choices"):
        if rng.random() < 0.2:
            more["options_from"] = "body"
        else:
            more["options"] = [{"id": f"o{at}", "text": f"o{at}"} for at in range(rng.randint(2, 5))]
    elif type_ == "integer":
        more |= {"unit": "a", "min": rng.choice((0, -4, 18)), "max": rng.choice((20, 24))}
    elif type_ == "decimal":
        more |= {"unit": "Cel", "min": rng.choice((-1.5, 0, 35.0)), "max": rng.choice((36, 42.5))}
    if gate:
        more["ask_when"] = gate
    return question(id_, type_, **more)


def random_kb(rng: Random) -> RandomKB:
    """A small knowledge base, valid and free of cycles."""
    records = base_records()
    names = Names(rng)
    rules: list[Json] = []

    def add(topic: str, then: Json, depth: int = 3) -> None:
        needed = "finding" in then or "score" in then  # what criteria name must be concluded by a rule in force
        more = {"retired": {"reason": "replaced"}} if rng.random() < 0.05 and not needed else {}
        rules.append(rule(f"{topic}/r{len(rules)}", names.criterion(depth), then, **more))

    for at in range(rng.randint(2, 5)):
        names.questions.append(random_question(rng, f"q{at}", None))
    for _ in range(rng.randint(0, 9)):
        match rng.choice(("question", "finding", "finding", "score")):
            case "question":
                gate = names.criterion(2) if rng.random() < 0.7 else None
                names.questions.append(random_question(rng, f"q{len(names.questions)}", gate))
            case "finding":
                name = f"f{len(names.findings)}"
                for _ in range(rng.randint(1, 3)):
                    add("findings", {"finding": name})
                records[f"terms/{name}.json"] = term(name, "finding")
                names.findings.append(name)
            case "score":
                name, scale = f"s{len(names.scores)}", rng.choice((1, 2))
                for _ in range(rng.randint(1, 4)):
                    add("scores", {"score": name, "points": rng.choice((-4, -2, -1, 1, 1, 2, 3)) / scale}, 2)
                records[f"terms/{name}.json"] = term(name, "score", scale)
                names.scores.append((name, scale))
    conditions = [f"c{at}" for at in range(rng.randint(1, 3))]
    for name in conditions:
        considered = names.criterion(1) if rng.random() < 0.5 else None
        records[f"conditions/hip/{name}.json"] = condition(rng, name, considered)
    for _ in range(rng.randint(0, 4)):
        urgency = rng.choice(("emergency", "urgent", "soon", "routine"))
        nobody = urgency in ("soon", "routine") and rng.random() < 0.3
        then: Json = {
            "red_flag": urgency,
            "suspects": [] if nobody else [rng.choice(conditions)],
            "message": "Go.",
        }
        if rng.random() < 0.4:
            then |= {"if_unsure": "routine", "if_unsure_reason": "rare"}
        add("red_flags", then)
    for _ in range(rng.randint(0, 6)):
        add(
            "evidence",
            {
                "condition": rng.choice(conditions),
                "weight": rng.choice((-9, -3, 2, 5, 12)),
                "group": rng.choice(("a", "b")),
            },
        )
    for _ in range(rng.randint(0, 2)):
        add("advice", {"advice": rng.choice(("rest", "move"))})
    if rng.random() < 0.3:
        records["constraints/c.json"] = {"id": "c", "title": "c", "never": names.criterion(1), "message": "Look again."}
    records |= {f"rules/{record['id']}.json": record for record in rules}
    cut = rng.randint(1, len(names.questions))
    parts = (names.questions[:cut], names.questions[cut:])
    records |= {f"questions/p{at}.json": section(part, f"p{at}", at) for at, part in enumerate(parts) if part}
    return from_records(records)


def random_answers(rng: Random, kb: KnowledgeBase, known: float = 0.75) -> Answers:
    """A person; `known` is the chance that a question has a value. Values stand close to what rules compare with."""
    raw: dict[str, object] = {}
    for name, asked in kb.questions.items():
        chance = rng.random()
        if chance < known:
            raw[name] = _value(rng, kb, asked)
        elif chance < (1 + known) / 2:
            raw[name] = "unknown"
    return read_answers(kb, raw)


def _value(rng: Random, kb: KnowledgeBase, asked: Question) -> object:
    match asked.type:
        case "boolean":
            return rng.random() < 0.5
        case "choice":
            return rng.choice([option.id for option in kb.options(asked)])
        case "choices":
            marks = {option.id: rng.choice(("yes", "no", "no", "unsure")) for option in kb.options(asked)}
            chosen = {mark: [id_ for id_, given in marks.items() if given == mark] for mark in ("yes", "unsure")}
            return chosen if chosen["unsure"] else chosen["yes"]
        case "integer" | "decimal":
            return _number(rng, asked, sorted(one for one in kb.compared.get(asked.id, ()) if not isinstance(one, str)))
    raise AssertionError(asked.type)


def _number(rng: Random, asked: Question, limits: list[int | float]) -> int | float:
    assert asked.min is not None
    assert asked.max is not None
    near, step = limits, rng.choice((0.1, 1e-9))
    value: float = round(rng.uniform(asked.min, asked.max), rng.choice((1, 12)))
    if asked.type == "integer":
        near, step = [int(limit) for limit in limits], 1
        value = rng.randint(int(asked.min), int(asked.max))
    if near and rng.random() < 0.7:
        value = rng.choice(near) + rng.choice((-step, 0, step))
    return min(max(value, asked.min), asked.max)


def clinical_kb(rules: int, seed: int) -> RandomKB:
    """A synthetic knowledge base of clinical shape: 60 questions, and `rules` rules in three strata.

    One rule in five derives a finding from answers, one in ten adds to a score over answers and findings; red flags,
    evidence and advice read all three. As in `kb/`, two rules in five compare one answer; the others join two to five
    parts with little nesting. A rule compares three things on average, those of `kb/` two and a half.
    """
    rng = Random(seed)
    records = base_records("Clinical")
    names = Names(rng)
    types: list[tuple[str, Callable[[], Json]]] = (
        [("boolean", dict)] * 26
        + [("choice", lambda: {"options": [{"id": f"o{at}", "text": "o"} for at in range(4)]})] * 16
        + [("choices", lambda: {"options": [{"id": f"o{at}", "text": "o"} for at in range(6)]})] * 10
        + [("integer", lambda: {"unit": "a", "min": 0, "max": 100})] * 5
        + [("decimal", lambda: {"unit": "Cel", "min": 34, "max": 43})] * 3
    )
    rng.shuffle(types)
    for at, (type_, more) in enumerate(types):
        gate = {"ask_when": names.fact()} if at > 10 and rng.random() < 0.2 else {}
        names.questions.append(question(f"q{at}", type_, **more(), **gate))
    made: list[Json] = []

    def part() -> Json:
        chance = rng.random()
        if chance < 0.15 and names.findings:
            return {"finding": rng.choice(names.findings)}
        if chance < 0.22 and names.scores:
            return {"score": rng.choice(names.scores)[0], "gte": rng.randint(1, 4)}
        fact = names.fact()
        return {"not": fact} if chance > 0.9 else fact

    def several(least: int, most: int, of: Callable[[], Json]) -> list[Json]:
        parts: list[Json] = []
        for _ in range(rng.randint(least, most)):
            one = of()
            if one not in parts:
                parts.append(one)
        return parts

    def group(most: int, below: Callable[[], Json]) -> Json:
        parts = several(2, most, below)
        form = rng.choice(("all", "all", "any", "at_least"))
        return {"at_least": max(1, len(parts) // 2), "of": parts} if form == "at_least" else {form: parts}

    def when() -> Json:
        if rng.random() < 0.4:
            return part()
        return group(5, lambda: group(3, part) if rng.random() < 0.2 else part())

    def add(topic: str, then: Json) -> None:
        made.append(rule(f"{topic}/r{len(made)}", when(), then))

    findings = [f"f{at % max(1, rules // 8)}" for at in range(rules // 5)]
    for name in findings:
        add("findings", {"finding": name})
    names.findings = list(dict.fromkeys(findings))
    scores = [f"s{at % max(1, rules // 60)}" for at in range(rules // 10)]
    for name in scores:
        add("scores", {"score": name, "points": rng.choice((-1, 0.5, 1, 1, 2))})
    names.scores = [(name, 2) for name in dict.fromkeys(scores)]
    conditions = [f"c{at}" for at in range(max(1, rules // 20))]
    records |= {f"conditions/hip/{name}.json": condition(rng, name, None) for name in conditions}
    while len(made) < rules:
        match rng.choice(("red_flag", "evidence", "evidence", "evidence", "advice")):
            case "red_flag":
                urgency = rng.choice(("emergency", "urgent", "soon"))
                add("red_flags", {"red_flag": urgency, "suspects": [rng.choice(conditions)], "message": "Go."})
            case "evidence":
                weight, group_of = rng.choice((-5, -2, 3, 6)), rng.choice("abcd")
                add("evidence", {"condition": rng.choice(conditions), "weight": weight, "group": group_of})
            case "advice":
                add("advice", {"advice": f"a{rng.randint(0, 9)}"})
    records |= {f"terms/{name}.json": term(name, "finding") for name in names.findings}
    records |= {f"terms/{name}.json": term(name, "score", scale) for name, scale in names.scores}
    records |= {f"rules/{record['id']}.json": record for record in made}
    records["questions/all.json"] = section(names.questions)
    return from_records(records)
