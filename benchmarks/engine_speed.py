"""How fast evaluators are, on 300 rules of clinical shape: `python -m benchmarks.engine_speed`.

The reference and durable_rules are compared with three engines of others (install the extra `bench`). Everybody gets
the same people, of whom everything is known, because two-valued logic is what all of them can express: comparisons,
and, or, not, k of n, findings, scores. Each answer is checked against the reference before anything is timed.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol, assert_never

import clips
import zen
from json_logic import jsonLogic

from engine.answers import Answers, Chosen, Value
from engine.canonical import identity
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs, Truth
from engine.durable import DurableEvaluator
from engine.evaluate import Evaluator, Values
from engine.knowledge import KnowledgeBase, Node, nodes
from engine.model.rule import Derived, Points
from engine.uses import uses
from engine.worker import Workers
from tests.random_kb import RandomKB, clinical_kb, random_answers

Fired = frozenset[str]
"""The ids of the rules that are TRUE."""
SYMBOLS = {"is": "==", "gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


class Dialect(Protocol):
    """How an engine says each form of criterion."""

    def fact(self, name: str, operator: str, operand: Any, gated: bool) -> Any: ...
    def finding(self, name: str) -> Any: ...
    def score(self, name: str, operator: str, operand: float) -> Any: ...
    def all(self, parts: list[Any]) -> Any: ...
    def any(self, parts: list[Any]) -> Any: ...
    def negate(self, part: Any) -> Any: ...
    def at_least(self, k: int, parts: list[Any]) -> Any: ...


def said(criterion: Criterion, kb: KnowledgeBase, dialect: Dialect) -> Any:
    """A criterion in an engine's own language."""
    match criterion:
        case FactIs():
            gated = kb.questions[criterion.fact].ask_when is not None
            operand = list(criterion.operand) if isinstance(criterion.operand, tuple) else criterion.operand
            return dialect.fact(criterion.fact, criterion.operator, operand, gated)
        case FindingIs():
            return dialect.finding(criterion.finding)
        case ScoreIs():
            return dialect.score(criterion.score, criterion.operator, criterion.operand)
        case All():
            return dialect.all([said(part, kb, dialect) for part in criterion.all])
        case AnyOf():
            return dialect.any([said(part, kb, dialect) for part in criterion.any])
        case Not():
            return dialect.negate(said(criterion.not_, kb, dialect))
        case AtLeast():
            return dialect.at_least(criterion.at_least, [said(part, kb, dialect) for part in criterion.of])
        case _:
            assert_never(criterion)


def plain(answers: Answers) -> dict[str, Any]:
    """Answers as JSON without "not sure"."""
    return {name: sorted(value.yes) if isinstance(value, Chosen) else value for name, value in answers.values.items()}


class Zen:
    """zen-engine: one expression node, whose later lines read the earlier ones."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.rules = {f"r{at}": id_ for at, id_ in enumerate(kb.active)}
        keys = {id_: key for key, id_ in self.rules.items()}
        lines: list[tuple[str, str]] = []
        for kind, name in kb.order:
            gate = kb.questions[name].ask_when if kind == "question" else None
            if gate:
                lines.append((f"g_{name}", said(gate, kb, self)))
            if kind == "question":
                continue
            ids = kb.concluded_by[kind, name]
            lines += [(keys[id_], said(kb.active[id_].when, kb, self)) for id_ in ids]
            if kind == "finding":
                lines.append((f"f_{name}", " or ".join(f"$.{keys[id_]}" for id_ in ids)))
            else:
                points = [(id_, kb.points(kb.active[id_]) / kb.terms[name].scale) for id_ in ids]
                lines.append((f"s_{name}", " + ".join(f"($.{keys[id_]} ? {one} : 0)" for id_, one in points)))
        lines += [
            (keys[id_], said(rule.when, kb, self))
            for id_, rule in kb.active.items()
            if not isinstance(rule.then, Derived | Points)
        ]
        place = {"x": 0, "y": 0}
        expressions = [{"id": key, "key": key, "value": value} for key, value in lines]
        graph = {
            "contentType": "application/vnd.gorules.decision",
            "nodes": [
                {"id": "in", "type": "inputNode", "name": "in", "position": place},
                {
                    "id": "do",
                    "type": "expressionNode",
                    "name": "do",
                    "position": place,
                    "content": {"expressions": expressions},
                },
                {"id": "out", "type": "outputNode", "name": "out", "position": place},
            ],
            "edges": [
                {"id": f"{a}{b}", "type": "edge", "sourceId": a, "targetId": b}
                for a, b in (("in", "do"), ("do", "out"))
            ],
        }
        self.graph = json.dumps(graph)
        self._decision = zen.ZenEngine().create_decision(self.graph)

    def __call__(self, answers: Answers) -> Fired:
        result = self._decision.evaluate(plain(answers))["result"]
        return frozenset(id_ for key, id_ in self.rules.items() if result[key])

    def fact(self, name: str, operator: str, operand: Any, gated: bool) -> str:
        if operator == "includes":
            test = f"({json.dumps(operand)} in {name})"
        elif operator == "in":
            test = f"({name} in {json.dumps(operand)})"
        else:
            test = f"({name} {SYMBOLS[operator]} {json.dumps(operand)})"
        return f"($.g_{name} and {test})" if gated else test

    def finding(self, name: str) -> str:
        return f"$.f_{name}"

    def score(self, name: str, operator: str, operand: float) -> str:
        return f"($.s_{name} {SYMBOLS[operator]} {operand})"

    def all(self, parts: list[str]) -> str:
        return f"({' and '.join(parts)})"

    def any(self, parts: list[str]) -> str:
        return f"({' or '.join(parts)})"

    def negate(self, part: str) -> str:
        return f"(not ({part}))"

    def at_least(self, k: int, parts: list[str]) -> str:
        return f"(({' + '.join(f'({part} ? 1 : 0)' for part in parts)}) >= {k})"


class JsonLogic:
    """json-logic-qubit: rule by rule in dependency order, findings and scores put beside the answers."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self.gates = {
            name: said(question.ask_when, kb, self) for name, question in kb.questions.items() if question.ask_when
        }
        self.whens = {id_: said(rule.when, kb, self) for id_, rule in kb.active.items()}
        self._last = [id_ for id_, rule in kb.active.items() if not isinstance(rule.then, Derived | Points)]

    def __call__(self, answers: Answers) -> Fired:
        kb, data, fired = self._kb, plain(answers), set[str]()
        for kind, name in kb.order:
            if name in self.gates and kind == "question":
                data[f"g_{name}"] = bool(jsonLogic(self.gates[name], data))
            elif kind != "question":
                ids = kb.concluded_by[kind, name]
                true = [id_ for id_ in ids if jsonLogic(self.whens[id_], data)]
                fired.update(true)
                if kind == "finding":
                    data[f"f_{name}"] = bool(true)
                else:
                    data[f"s_{name}"] = sum(kb.points(kb.active[id_]) for id_ in true) / kb.terms[name].scale
        fired.update(id_ for id_ in self._last if jsonLogic(self.whens[id_], data))
        return frozenset(fired)

    def fact(self, name: str, operator: str, operand: Any, gated: bool) -> Any:
        value = {"var": name}
        if operator == "includes":
            test: Any = {"in": [operand, value]}
        elif operator == "in":
            test = {"in": [value, operand]}
        else:
            test = {SYMBOLS[operator]: [value, operand]}
        return {"and": [{"var": f"g_{name}"}, test]} if gated else test

    def finding(self, name: str) -> Any:
        return {"var": f"f_{name}"}

    def score(self, name: str, operator: str, operand: float) -> Any:
        return {SYMBOLS[operator]: [{"var": f"s_{name}"}, operand]}

    def all(self, parts: list[Any]) -> Any:
        return {"and": parts}

    def any(self, parts: list[Any]) -> Any:
        return {"or": parts}

    def negate(self, part: Any) -> Any:
        return {"!": [part]}

    def at_least(self, k: int, parts: list[Any]) -> Any:
        return {">=": [{"+": [{"if": [part, 1, 0]} for part in parts]}, k]}


class Clips:
    """clipspy: facts and rules of CLIPS, in stages, because `not` and scores need what is below them to be complete.

    When it ends, the library prints that it did not free all of its memory.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb, self._variables = kb, itertools.count()
        self._rules = {f"r{at}": id_ for at, id_ in enumerate(kb.active)}
        keys = {id_: key for key, id_ in self._rules.items()}
        level: dict[Node, int] = {}
        for node in kb.order:
            derived = node[0] != "question" or kb.questions[node[1]].ask_when is not None
            level[node] = max((level[below] for below in kb.needs[node]), default=0) + derived
        self._scores: dict[int, list[str]] = {}
        for node in kb.order:
            if node[0] == "score":
                self._scores.setdefault(level[node] - 1, []).append(node[1])
        self._environment = clips.Environment()
        self._stages = 0

        def build(name: str, criterion: Criterion, conclusion: str) -> None:
            stage = max((level[node] for node in nodes(uses(criterion))), default=0)
            self._stages = max(self._stages, stage + 1)
            self._environment.build(
                f"(defrule {name} (stage {stage}) {said(criterion, kb, self)} => (assert {conclusion}))"
            )

        for name, question in kb.questions.items():
            if question.ask_when:
                build(f"gate_{name}", question.ask_when, f"(applies {name})")
        for id_, rule in kb.active.items():
            finding = f" (finding {rule.then.finding})" if isinstance(rule.then, Derived) else ""
            build(keys[id_], rule.when, f"(fired {keys[id_]}){finding}")
        self._keys = keys

    def __call__(self, answers: Answers) -> Fired:
        environment, kb = self._environment, self._kb
        environment.reset()
        for fact in self._facts(answers):
            environment.assert_string(fact)
        for stage in range(self._stages):
            environment.assert_string(f"(stage {stage})")
            environment.run()
            for name in self._scores.get(stage, ()):
                fired = self._fired()
                points = sum(kb.points(kb.active[id_]) for id_ in kb.concluded_by["score", name] if id_ in fired)
                environment.assert_string(f"(score {name} {points / kb.terms[name].scale})")
        return self._fired()

    def _fired(self) -> Fired:
        facts = (fact for fact in self._environment.facts() if fact.template.name == "fired")
        return frozenset(self._rules[str(fact[0])] for fact in facts)

    @staticmethod
    def _facts(answers: Answers) -> Iterator[str]:
        for name, value in plain(answers).items():
            for one in value if isinstance(value, list) else [value]:
                yield f"({name} {str(one).upper() if isinstance(one, bool) else one})"

    def fact(self, name: str, operator: str, operand: Any, gated: bool) -> str:
        if operator in ("is", "includes"):
            values = [operand]
        elif operator == "in":
            values = operand
        else:
            values = None
        if values is None:
            variable = f"?v{next(self._variables)}"
            test = f"({name} {variable}&:({SYMBOLS[operator]} {variable} {operand}))"
        elif isinstance(values[0], (int, float)) and not isinstance(values[0], bool):  # 7 and 7.0 are two constants
            variable = f"?v{next(self._variables)}"
            test = f"({name} {variable}&:(or FALSE {' '.join(f'(= {variable} {value})' for value in values)}))"
        else:
            words = [str(value).upper() if isinstance(value, bool) else str(value) for value in values]
            test = f"({name} {'|'.join(words)})"
        return f"(and (applies {name}) {test})" if gated else test

    def finding(self, name: str) -> str:
        return f"(finding {name})"

    def score(self, name: str, operator: str, operand: float) -> str:
        variable = f"?v{next(self._variables)}"
        return f"(score {name} {variable}&:({SYMBOLS[operator]} {variable} {operand}))"

    def all(self, parts: list[str]) -> str:
        return parts[0] if len(parts) == 1 else f"(and {' '.join(parts)})"

    def any(self, parts: list[str]) -> str:
        return parts[0] if len(parts) == 1 else f"(or {' '.join(parts)})"

    def negate(self, part: str) -> str:
        return f"(not {part})"

    def at_least(self, k: int, parts: list[str]) -> str:
        return self.any([self.all(list(some)) for some in itertools.combinations(parts, k)])


@dataclass
class Row:
    """One line of the table."""

    name: str
    build: float
    median: float
    slowest: float
    agreed: int


def fired(values: Values) -> Fired:
    return frozenset(id_ for id_, truth in values.rules.items() if truth is Truth.TRUE)


def measure(
    name: str, build: Callable[[], Callable[[Answers], Any]], people: list[Answers], expected: list[Any]
) -> Row:
    """Build it, check it on everybody, and time a second pass. Raises AssertionError where an answer differs."""
    began = time.perf_counter()
    evaluate = build()
    built = time.perf_counter() - began
    wrong = [at for at, answers in enumerate(people) if evaluate(answers) != expected[at]]
    assert not wrong, f"{name} differs from the reference on {len(wrong)} of {len(people)} people, first {wrong[0]}"
    gc.collect()
    times = []
    for answers in people:
        began = time.perf_counter()
        evaluate(answers)
        times.append(time.perf_counter() - began)
    return Row(name, built * 1e3, statistics.median(times) * 1e3, max(times) * 1e3, len(people))


def settled(rng: Random, kb: KnowledgeBase) -> Answers:
    """A person of whom everything is known, with decimals of six places: zen-engine rounds from the sixteenth digit."""
    result: dict[str, Value] = {}
    for name, value in random_answers(rng, kb, known=1).values.items():
        if isinstance(value, Chosen):
            result[name] = Chosen(value.yes)
        else:
            result[name] = round(value, 6) if isinstance(value, float) else value
    return Answers(result)


def rows(made: RandomKB, people: list[Answers], others: Mapping[str, Callable[[KnowledgeBase], Any]]) -> list[Row]:
    """Everybody's line: the first is the reference's."""
    kb = made.kb
    reference = Evaluator(kb)
    expected = [reference.evaluate(answers) for answers in people]
    kb_id = identity(made.files)
    with ExitStack() as stack:

        def through_worker() -> Callable[[Answers], Any]:
            workers = stack.enter_context(Workers())
            workers.evaluate(kb_id, made.files, people[0])
            return lambda answers: workers.evaluate(kb_id, made.files, answers)

        return [
            measure("reference evaluator", lambda: Evaluator(kb).evaluate, people, expected),
            measure(
                "durable_rules, in process",
                lambda: stack.enter_context(DurableEvaluator(kb)).evaluate,
                people,
                expected,
            ),
            measure("durable_rules, through the worker", through_worker, people, expected),
            *(
                measure(name, lambda make=make: make(kb), people, [fired(values) for values in expected])  # type: ignore[misc]
                for name, make in others.items()
            ),
        ]


def table(title: str, lines: list[Row]) -> None:
    print(f"\n{title}\n\n| evaluator | build ms | median ms | slowest ms | times the reference | agreed |")
    print("|---|---:|---:|---:|---:|---:|")
    for line in lines:
        ratio = line.median / lines[0].median
        print(
            f"| {line.name} | {line.build:.1f} | {line.median:.2f} | {line.slowest:.1f} | {ratio:.1f} "
            f"| {line.agreed} of {line.agreed} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rules", type=int, default=300)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made, rng = clinical_kb(options.rules, options.seed), Random(options.seed)
    known = [settled(rng, made.kb) for _ in range(options.people)]
    others = {"zen-engine": Zen, "clipspy": Clips, "json-logic-qubit": JsonLogic}
    first = rows(made, known, others)
    table(f"{options.rules} rules, {len(made.kb.questions)} questions, everything known, warm", first)
    partly = [random_answers(rng, made.kb) for _ in range(options.people)]
    second = rows(made, partly, {})
    table("The same rules, a quarter of the answers unknown (three-valued, so without the others)", second)
    medians = {line.name: line.median for line in first}
    reference, worker = first[0].median, max(first[2].median, second[2].median)
    print(f"\nworker under 50 ms: {'met' if worker < 50 else 'MISSED'} ({worker:.1f} ms)")
    print(f"reference under 1 ms: {'met' if reference < 1 else 'MISSED'} ({reference:.2f} ms)")
    print(f"reference ahead of zen-engine: {'met' if reference < medians['zen-engine'] else 'MISSED'}")


if __name__ == "__main__":
    main()
