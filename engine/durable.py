"""durable_rules, the native forward-chaining engine, kept to the shape in which it is right.

Used as its documentation suggests, durable_rules 2.0.28 fires rules that should not fire, stays silent on rules that
should, hangs, or takes the process down. So nothing else imports it, a child process runs it (`engine/worker.py`), and
the reference evaluator checks every result. This file keeps to what the engine does right:

- Everything is positive. That a criterion is TRUE and that it is FALSE are two facts, each derived by rules of its own;
  UNKNOWN is that neither came. Strong Kleene then needs no negation: `not` swaps the two, and "all of these are TRUE",
  "one of these is FALSE", "k of these are TRUE" are all *so many of these facts are known*.
- One fact is one message; a rule is a join of at most 15 conditions, or a count on one. Groups never nest: an inner
  group becomes an auxiliary fact that a rule asserts and that other rules wait for.
- Comparisons of answers are conditions on the answer's own message. The engine makes them.
- What waits for everything below it, a score and an answer that may not apply, waits for the host to close a stratum.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, assert_never

import durable_rules_engine
from durable.engine import Host, MessageNotHandledException, MessageObservedException

from engine.answers import Answers, Chosen, Value, read_answers
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, Operator, Scalar, ScoreIs, Truth
from engine.evaluate import Values, scaled
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.question import Question
from engine.model.rule import Derived

JOIN = 15
"""Conditions in one rule. The engine holds 16 messages in a join, and one more is error 304 while it runs."""
USERS = 250
"""Rules that use one condition. The 257th writes past the end of the engine's list."""
CHILDREN = 480
"""Different conditions behind one node. With 512 the engine searches a full table for ever, holding Python's lock."""
PENDING = 60
"""Comparisons that one message may meet. The engine's stack holds 64; beyond that nothing fires (error 303)."""
BUCKETS = 16
"""Nodes over which facts are spread by the field `b`, so that CHILDREN is reached 16 times later."""
RULES = 4000
"""Rules in one ruleset. The engine holds 4,096; a knowledge base that needs more is split over several rulesets."""
SMALLEST, LARGEST = 1e-4, 1e15
"""The sizes of number that the engine reads exactly: `1e-05` is refused, and whole numbers pass through a double."""

BOOT = "boot"
SESSION_MESSAGES = (BOOT, "sid-0")
"""The ids that every session holds: our own first message, and the engine's for its state."""


class EngineLimitError(ValueError):
    """A knowledge base that durable_rules cannot hold without misbehaving; says what is too much, and where."""


class EngineFaultError(RuntimeError):
    """durable_rules did something that it must not do; the evaluation has no result."""


Constant = bool | int | float | str
Comparison = tuple[str, str, Constant]
"""A field of a message, the engine's operator, and a constant. Never two fields: a missing one reads stale memory."""


class Condition(NamedTuple):
    """One message that a rule waits for: the fact, and comparisons of its fields that hold all together."""

    fact: str
    comparisons: tuple[Comparison, ...] = ()


Chain = tuple[str, ...]
"""Facts that a rule asserts: the first rests on the rule's messages, each further one on the one before it."""


@dataclass(frozen=True)
class Production:
    """One rule of the engine: a join of conditions, or `count` messages that meet the only condition."""

    when: tuple[Condition, ...]
    posts: tuple[Chain, ...]
    count: int = 1


@dataclass(frozen=True)
class Program:
    """A knowledge base as rules of the engine, and what the host does between their strata."""

    rulesets: tuple[tuple[Production, ...], ...]
    ids: Mapping[str, str]
    """Each fact to its message's id. They differ where two names have one 32-bit hash."""
    markers: Mapping[str, str]
    """A marker, one of the facts that a `count` counts, to the fact that all of its kind carry."""
    inputs: Mapping[str, tuple[str, ...]]
    """What the host asserts (an answer, one option of an answer, a score) to the facts that carry it."""
    strata: tuple[tuple[tuple[str, str], ...], ...]
    """The gated questions ("question", id) and scores ("score", id) that the host closes before each stratum."""

    @property
    def subscribers(self) -> dict[str, tuple[int, ...]]:
        """Each fact that a condition waits for, to the rulesets that do."""
        result: dict[str, dict[int, None]] = {}
        for at, productions in enumerate(self.rulesets):
            for production in productions:
                for condition in production.when:
                    result.setdefault(condition.fact, {})[at] = None
        return {fact: tuple(rulesets) for fact, rulesets in result.items()}


def word(truth: bool) -> str:
    """How a fact's name ends that says that something is known to be TRUE, or FALSE."""
    return "true" if truth else "false"


def option_fact(question: str, option: str) -> str:
    """The name of what was said about one option of a `choices` question."""
    return f"{question}={option}"


_NEGATED: dict[Operator, Operator] = {"gte": "lt", "gt": "lte", "lte": "gt", "lt": "gte"}
_ENDS: dict[Operator, tuple[str, str]] = {
    "gte": ("low", "high"),
    "gt": ("low", "high"),
    "lte": ("high", "low"),
    "lt": ("high", "low"),
}
"""The end of a score's interval that makes a comparison TRUE, and the one that makes it FALSE."""


class Compiler:
    """The fold from criteria to productions."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._joins: list[tuple[tuple[Condition, ...], Chain]] = []
        self._counts: list[tuple[str, int, Chain]] = []
        self._branches: dict[Condition, dict[Chain, None]] = {}
        self._auxiliary: dict[tuple[Criterion, bool], Condition] = {}
        self._comparisons: dict[str, dict[tuple[Comparison, ...], str]] = {}
        self._markers: dict[str, str] = {}
        self._copies = 0

    def program(self) -> Program:
        """Everything of the knowledge base that the engine concludes. Raises EngineLimitError and KnowledgeError."""
        kb = self._kb
        for name, question in kb.questions.items():
            if question.ask_when:
                self._both(question.ask_when, f"question {name} ask_when", f"question {name} applies")
        for node, rules in kb.concluded_by.items():
            if node[0] == "finding" and len(rules) > 1:
                nobody = tuple(Condition(f"rule {id_} {word(False)}") for id_ in rules)
                self._some(len(nobody), nobody, (f"finding {node[1]} {word(False)}",))
        for id_, rule in kb.active.items():
            then: Chain = ()
            alone = True
            if isinstance(rule.then, Derived):
                then = (f"finding {rule.then.finding}",)
                alone = len(kb.concluded_by["finding", rule.then.finding]) == 1
            self._both(rule.when, f"{id_} when", f"rule {id_}", then, alone)
        strata = self._strata()
        rulesets = _split(self._productions())
        inputs = {name: tuple(dict.fromkeys(facts.values())) for name, facts in self._comparisons.items()}
        program = Program(rulesets, self._ids(rulesets), self._markers, inputs, strata)
        lint(program)
        return program

    def _both(self, criterion: Criterion, where: str, fact: str, then: Chain = (), alone: bool = True) -> None:
        """Conclude a fact's known-TRUE and known-FALSE; of `then`, known-FALSE only if nothing else concludes it."""
        for truth in (True, False):
            following = then if truth or alone else ()
            chain = tuple(f"{name} {word(truth)}" for name in (fact, *following))
            self._conclude(criterion, truth, where, chain)

    def _conclude(self, criterion: Criterion, truth: bool, where: str, chain: Chain) -> None:
        """Assert the chain exactly when the criterion is known to be TRUE, or FALSE."""
        match criterion:
            case All():
                self._group(criterion.all, len(criterion.all), truth, where + "/all", chain)
            case AnyOf():
                self._group(criterion.any, 1, truth, where + "/any", chain)
            case AtLeast():
                self._group(criterion.of, criterion.at_least, truth, where + "/of", chain)
            case Not():
                self._conclude(criterion.not_, not truth, where + "/not", chain)
            case FactIs() | FindingIs() | ScoreIs():
                self._branch(self._condition(criterion, truth, where), chain)
            case _:
                assert_never(criterion)

    def _condition(self, criterion: Criterion, truth: bool, where: str) -> Condition:
        """The one condition that is met exactly when the criterion is known to be TRUE, or FALSE."""
        match criterion:
            case FactIs():
                return self._fact(criterion, truth, where)
            case FindingIs():
                if ("finding", criterion.finding) not in self._kb.concluded_by:
                    raise EngineLimitError(f"{where}: no rule in force concludes the finding `{criterion.finding}`")
                return Condition(f"finding {criterion.finding} {word(truth)}")
            case ScoreIs():
                return self._score(criterion, truth, where)
            case Not():
                return self._condition(criterion.not_, not truth, where + "/not")
            case All() | AnyOf() | AtLeast():
                known = self._auxiliary.get((criterion, truth))
                if known is None:
                    known = self._auxiliary[criterion, truth] = Condition(f"{where} {word(truth)}")
                    self._conclude(criterion, truth, where, (known.fact,))
                return known
            case _:
                assert_never(criterion)

    def _group(self, parts: Sequence[Criterion], k: int, truth: bool, where: str, chain: Chain) -> None:
        """k of the parts are TRUE; FALSE is that too many are FALSE for k to be TRUE."""
        conditions = tuple(self._condition(part, truth, f"{where}/{at}") for at, part in enumerate(parts))
        self._some(k if truth else len(parts) - k + 1, conditions, chain)

    def _some(self, k: int, conditions: tuple[Condition, ...], chain: Chain) -> None:
        """Assert the chain when k of the conditions are met."""
        if k == 1:
            for condition in conditions:
                self._branch(condition, chain)
        elif k == len(conditions):
            self._join(conditions, chain)
        else:
            # `count` is right only on a single condition: each part asserts a marker of its own, all of one fact
            counted = f"{chain[0]}, counted"
            for at, condition in enumerate(conditions):
                marker = f"{chain[0]}, part {at + 1}"
                self._markers[marker] = counted
                self._branch(condition, (marker,))
            self._counts.append((counted, k, chain))

    def _branch(self, condition: Condition, chain: Chain) -> None:
        """Assert the chain when the condition is met; all chains of one condition become one rule."""
        self._branches.setdefault(condition, {})[chain] = None

    def _join(self, conditions: tuple[Condition, ...], chain: Chain) -> None:
        """Assert the chain when every condition is met, in joins of at most 15."""
        while len(conditions) > JOIN:
            shorter: list[Condition] = []
            for at in range(0, len(conditions), JOIN):
                some = conditions[at : at + JOIN]
                together = Condition(f"{chain[0]}, parts {self._copy()}")
                self._joins.append((some, (together.fact,)))
                shorter.append(together)
            conditions = tuple(shorter)
        self._joins.append((conditions, chain))

    def _copy(self) -> int:
        self._copies += 1
        return self._copies

    def _fact(self, criterion: FactIs, truth: bool, where: str) -> Condition:
        """A comparison of an answer: where the question does not apply, it is FALSE."""
        question = self._kb.questions[criterion.fact]
        ways = [self._input(*way) for way in _comparisons(question, criterion, truth, where)]
        if question.ask_when and not truth:
            ways.append(Condition(f"question {question.id} applies {word(False)}"))
        if len(ways) == 1:
            return ways[0]
        known = self._auxiliary.get((criterion, truth))
        if known is None:
            known = self._auxiliary[criterion, truth] = Condition(f"{where} {word(truth)}")
            self._some(1, tuple(ways), (known.fact,))
        return known

    def _score(self, criterion: ScoreIs, truth: bool, where: str) -> Condition:
        """A comparison of a score: TRUE or FALSE where the whole interval agrees."""
        if ("score", criterion.score) not in self._kb.concluded_by:
            raise EngineLimitError(f"{where}: no rule in force adds to the score `{criterion.score}`")
        limit = _constant(scaled(criterion.operand, self._kb.terms[criterion.score].scale), where)
        operator = criterion.operator if truth else _NEGATED[criterion.operator]
        end = _ENDS[criterion.operator][0 if truth else 1]
        return self._input(f"score {criterion.score}", ((end, operator, limit),))

    def _input(self, name: str, comparisons: tuple[Comparison, ...]) -> Condition:
        """A condition on what the host asserts: a message meets at most 60, and a further one carries the next 60."""
        known = self._comparisons.setdefault(name, {})
        if comparisons not in known:
            more = len(known) // PENDING
            known[comparisons] = f"{name}, again {more}" if more else name
        return Condition(known[comparisons], comparisons)

    def _productions(self) -> list[Production]:
        """Every rule, with a copy of each fact that more than 250 rules would wait for."""
        users: Counter[Condition] = Counter()
        copies: dict[tuple[Condition, int], Condition] = {}

        def used(condition: Condition) -> Condition:
            batch = users[condition] // (USERS - 1)  # the last place is kept for the rule of its branches
            users[condition] += 1
            if batch == 0:
                return condition
            if (condition, batch) not in copies:
                copies[condition, batch] = Condition(f"{condition.fact}, copy {self._copy()}")
                self._branch(condition, (copies[condition, batch].fact,))
            return copies[condition, batch]

        productions = [
            Production(tuple(used(condition) for condition in conditions), (chain,))
            for conditions, chain in self._joins
        ]
        productions += [Production((Condition(counted),), (chain,), k) for counted, k, chain in self._counts]
        productions += [Production((condition,), tuple(chains)) for condition, chains in self._branches.items()]
        return productions

    def _ids(self, rulesets: Iterable[Iterable[Production]]) -> dict[str, str]:
        """An id for every message. The engine knows a message by its id's hash alone, so no two may share one."""
        names = dict.fromkeys(fact for facts in self._comparisons.values() for fact in facts.values())
        for productions in rulesets:
            for production in productions:
                names.update(dict.fromkeys(name for chain in production.posts for name in chain))
        taken = {identity_hash(id_) for id_ in SESSION_MESSAGES}
        result = {}
        for name in names:
            id_ = name
            while identity_hash(id_) in taken:
                id_ += "'"
            taken.add(identity_hash(id_))
            result[name] = id_
        return result

    def _strata(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The gated questions and scores by how many closings lie below them; those of stratum 0 need none."""
        level: dict[tuple[str, str], int] = {}
        kb = self._kb
        for node in kb.order:
            below = max((level[other] for other in kb.needs.get(node, ())), default=0)
            closes = node[0] == "score" or (node[0] == "question" and kb.questions[node[1]].ask_when is not None)
            level[node] = below + 1 if closes else below
        deepest = max(level.values(), default=0)
        return tuple(
            tuple(
                node
                for node in kb.order
                if level[node] == stratum and (node[0] == "score" or (node[0] == "question" and stratum))
            )
            for stratum in range(deepest + 1)
        )


def _split(productions: Iterable[Production]) -> tuple[tuple[Production, ...], ...]:
    """The rules in as few rulesets as hold them; a fact may be waited for in several."""
    rulesets: list[list[Production]] = [[]]
    facts: set[str] = set()
    for production in productions:
        needed = {condition.fact for condition in production.when}
        full = len(rulesets[-1]) == RULES - 1  # the boot rule is one of them
        if full or len(facts | needed) > BUCKETS * CHILDREN:
            rulesets.append([])
            facts = set()
        rulesets[-1].append(production)
        facts |= needed
    return tuple(tuple(ruleset) for ruleset in rulesets)


def _places(productions: Iterable[Production]) -> dict[str, int]:
    """The bucket of each fact that one ruleset waits for: in turn, so that all are equally full."""
    facts = dict.fromkeys(condition.fact for production in productions for condition in production.when)
    return {fact: at % BUCKETS for at, fact in enumerate(facts)}


Way = tuple[str, tuple[Comparison, ...]]
"""What the host asserts, and comparisons of it."""


def _comparisons(question: Question, criterion: FactIs, truth: bool, where: str) -> list[Way]:
    """The ways in which an answer that counts makes a comparison TRUE, or FALSE."""
    name, operator, operand = criterion.fact, criterion.operator, criterion.operand
    operands = operand if isinstance(operand, tuple) else (operand,)
    _check_types(question, operator, operands, where)
    constants = [_constant(one, where) for one in operands]
    match operator:
        case "includes":
            return [(option_fact(name, str(operand)), (("value", "is", truth),))]
        case "is" | "in":
            if truth:
                return [(name, (("value", "is", constant),)) for constant in constants]
            return [(name, tuple(("value", "is_not", constant) for constant in constants))]
        case "gte" | "gt" | "lte" | "lt":
            return [(name, (("value", operator if truth else _NEGATED[operator], constants[0]),))]
        case _:
            assert_never(operator)


def _check_types(question: Question, operator: Operator, operands: Sequence[Scalar], where: str) -> None:
    """Refuse what the engine would compare loosely: for it `"9"` is at least 10, and true is 1."""
    number = question.type in ("integer", "decimal")
    wanted: tuple[type, ...]
    if number:
        fits, wanted = operator != "includes", (int, float)
    elif question.type == "choices":
        fits, wanted = operator == "includes", (str,)
    else:
        fits, wanted = operator in ("is", "in"), (bool,) if question.type == "boolean" else (str,)
    if not fits:
        raise EngineLimitError(f"{where}: `{operator}` does not compare `{question.id}`, of type {question.type}")
    for operand in operands:
        if not isinstance(operand, wanted) or (number and isinstance(operand, bool)):
            raise EngineLimitError(f"{where}: `{question.id}`, of type {question.type}, is never {operand!r}")


def _constant(value: Constant, where: str) -> Constant:
    """A constant as the engine reads it exactly, or EngineLimitError."""
    if isinstance(value, (bool, str)):
        return value
    if value and not SMALLEST <= abs(value) < LARGEST:
        raise EngineLimitError(
            f"{where}: durable_rules does not compare with {value!r} exactly; choose a unit in which it is 0, "
            f"or between {SMALLEST:g} and {LARGEST:g}"
        )
    return value if isinstance(value, int) else float(value)


def _answer(value: bool | int | float | str) -> Constant:
    """An answer as the engine reads it: numbers out of its range become others that compare alike.

    That is exact, because no constant lies out of that range.
    """
    if isinstance(value, (bool, str)) or not value:
        return value
    if abs(value) < SMALLEST:
        return math.copysign(SMALLEST * 0.75, value)  # 7.5e-05: with one digit, as in 5e-05, it could not be read
    if abs(value) > LARGEST:
        return int(math.copysign(LARGEST, value))
    return value


def identity_hash(text: str) -> int:
    """The hash that durable_rules takes for the identity of a message: FNV-1a, 32 bits."""
    result = 2166136261
    for byte in text.encode():
        result = (result ^ byte) * 16777619 & 0xFFFFFFFF
    return result


def lint(program: Program) -> None:
    """Raise EngineLimitError where the engine would misread memory, hang, or take two facts for one."""
    for productions in program.rulesets:
        _lint_ruleset(productions)
    seen = {identity_hash(id_): id_ for id_ in SESSION_MESSAGES}
    for name, id_ in program.ids.items():
        number = identity_hash(id_)
        if number in seen:
            raise EngineLimitError(f"durable_rules would take the facts `{seen[number]}` and `{name}` for one")
        seen[number] = name


def _lint_ruleset(productions: Sequence[Production]) -> None:
    if len(productions) >= RULES:
        raise EngineLimitError(f"{len(productions)} rules in one ruleset; durable_rules holds {RULES}")
    users: Counter[Condition] = Counter()
    for production in productions:
        if not 1 <= len(production.when) <= JOIN or production.count < 1:
            raise EngineLimitError(f"a rule joins {len(production.when)} conditions; durable_rules joins 1 to {JOIN}")
        if production.count > 1 and len(production.when) > 1:
            raise EngineLimitError("durable_rules counts wrongly over more than one condition")
        users.update(production.when)
    for condition, number in users.items():
        if number > USERS:
            raise EngineLimitError(f"{number} rules wait for `{condition.fact}`; durable_rules holds {USERS}")
    facts = {condition.fact for condition in users}
    if len(facts) > BUCKETS * CHILDREN:
        raise EngineLimitError(f"{len(facts)} facts in one ruleset; durable_rules finds {BUCKETS * CHILDREN}")
    waiting = Counter(condition.fact for condition in users if condition.comparisons)
    for fact, number in waiting.items():
        if number > PENDING:
            raise EngineLimitError(f"one message of `{fact}` is compared in {number} ways, more than {PENDING}")


_OPERATORS = {"is": None, "is_not": "$neq", "gte": "$gte", "gt": "$gt", "lte": "$lte", "lt": "$lt"}


def _alpha(condition: Condition, place: int) -> dict[str, Any]:
    """A condition in the engine's own JSON. The bucket comes first, then the fact, then the comparisons."""
    tests: list[dict[str, Any]] = [{"b": place}, {"fact": condition.fact}]
    for name, operator, constant in condition.comparisons:
        native = _OPERATORS[operator]
        tests.append({native: {name: constant}} if native else {name: constant})
    return {"$and": tests}


Action = Callable[[Any], None]


def _definition(
    productions: Sequence[Production], places: Mapping[str, int], action: Callable[[Production], Action]
) -> dict[str, Any]:
    """A ruleset in the engine's own JSON, each rule with its action."""

    def fired(_: Any) -> None:
        """Nothing: that a rule fired is enough for the session to be deleted safely."""

    rules: dict[str, Any] = {BOOT: {"all": [{"m": {BOOT: 1}}], "dist": 0, "run": fired}}
    for at, production in enumerate(productions):
        rule: dict[str, Any] = {
            "all": [
                {f"m{position}": _alpha(condition, places[condition.fact])}
                for position, condition in enumerate(production.when)
            ],
            "dist": 0,  # by default one message cannot meet two conditions of a rule
            "run": action(production),
        }
        if production.count > 1:
            rule["count"] = production.count
        rules[f"r{at}"] = rule
    return rules


class _QuietHost(Host):  # type: ignore[misc]  # the library has no types
    """A host without its background dispatcher, which reads sessions that are already freed."""

    def _run(self) -> None:
        """Start no threads."""


_ONE_SESSION = threading.Lock()
"""Sessions are known by a hash alone, and each holds 10 to 15 MB: a process has one at a time."""


@dataclass
class _Session:
    """One person's facts, while the engine runs."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: deque[tuple[int, dict[str, Any]]] = field(default_factory=deque)
    """Answers and scores that the host asserts, each with its ruleset."""
    derived: deque[tuple[int, dict[str, Any]]] = field(default_factory=deque)
    """What a rule of one ruleset concluded and another ruleset waits for."""


class DurableEvaluator:
    """A knowledge base compiled for durable_rules, to evaluate one person after the other.

    Raises EngineLimitError where the engine cannot hold the knowledge base, KnowledgeError where that has a cycle.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.program = Compiler(kb).program()
        self._subscribers = self.program.subscribers
        self._places = [_places(productions) for productions in self.program.rulesets]
        self._names = {id_: name for name, id_ in self.program.ids.items()}
        for name, facts in self.program.inputs.items():
            self._names.update({self.program.ids[fact]: name for fact in facts})
        self._options: dict[str, list[str]] = {}
        for used in kb.compared:
            self._options[used] = sorted(
                str(option) for option in kb.compared[used] if option_fact(used, str(option)) in self.program.inputs
            )
        self._points = {
            name: [(id_, kb.points(kb.active[id_])) for id_ in rules]
            for (kind, name), rules in kb.concluded_by.items()
            if kind == "score"
        }
        self._session = _Session()
        self._rulesets = [f"rules {at}" for at in range(len(self.program.rulesets))]
        self._host: Any = _QuietHost()
        self._host.register_rulesets(
            {
                name: _definition(productions, self._places[at], self._action(at))
                for at, (name, productions) in enumerate(zip(self._rulesets, self.program.rulesets, strict=True))
            }
        )

    @property
    def support(self) -> dict[str, tuple[str, ...]]:
        """For the last evaluation: each fact that was derived, and the facts that made it, down to answers and scores.

        Names are those of the program: `rule red_flags/x true`, `finding y false`, `age`, `score z`.
        """
        return dict(self._session.known)

    def because(self, fact: str) -> tuple[str, ...]:
        """The answers on which a fact of the last evaluation rests, sorted; none where it was not derived."""
        if fact not in self._session.known:
            return ()
        waiting, seen = [fact], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(self._session.known.get(name, ()))
        return tuple(sorted(name for name in seen if name not in self._session.known))

    def evaluate(self, answers: Answers) -> Values:
        """What every question's gate, finding, score and rule is for these answers. Raises EngineFaultError."""
        with _ONE_SESSION:
            self._session = _Session()
            values = Values(dict(answers.values))
            begun: list[str] = []
            try:
                for name in self._rulesets:
                    self._tell(name, {"id": BOOT, BOOT: 1})
                    begun.append(name)
                self._assert_ungated(values)
                for stratum in self.program.strata:
                    for kind, name in stratum:
                        self._close(kind, name, values)
                    self._settle()
            finally:
                # a session in which no rule fired must not be deleted: that frees memory nobody allocated
                for name in begun:
                    self._host.delete_state(name)
        return self._complete(values)

    def close(self) -> None:
        """Give the engine's memory back. The evaluator cannot be used afterwards."""
        for name in self._rulesets:
            durable_rules_engine.delete_ruleset(self._host.get_ruleset(name)._handle)
        self._rulesets = []

    def __enter__(self) -> DurableEvaluator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _action(self, ruleset: int) -> Callable[[Production], Action]:
        """Makes actions. An action has one parameter: a second one, even with a default, makes it asynchronous."""

        def of(production: Production) -> Action:
            posts = production.posts
            return lambda context: self._fire(ruleset, context, posts)

        return of

    def _fire(self, ruleset: int, context: Any, posts: tuple[Chain, ...]) -> None:
        """Assert what a rule concludes: into its own ruleset at once, into others when this one is at rest."""
        session = self._session
        matched = [context._m] if context._m else [one._d for one in context.m]
        reasons = tuple(dict.fromkeys(self._names[message["id"]] for one in matched for message in one.values()))
        for chain in posts:
            because = reasons
            for name in chain:
                if name not in session.known:
                    session.known[name] = because
                    for other, message in self._messages(name):
                        if other == ruleset:
                            context.assert_fact(message)
                        else:
                            session.derived.append((other, message))
                because = (name,)

    def _messages(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """A derived fact's message for each ruleset that waits for it."""
        fact = self.program.markers.get(name, name)
        for ruleset in self._subscribers.get(fact, ()):
            yield ruleset, {"id": self.program.ids[name], "b": self._places[ruleset][fact], "fact": fact}

    def _assert(self, name: str, **fields: Constant) -> None:
        """Queue an answer or a score, in as many messages as its comparisons need."""
        for fact in self.program.inputs.get(name, ()):
            for ruleset in self._subscribers[fact]:
                message = {"id": self.program.ids[fact], "b": self._places[ruleset][fact], "fact": fact, **fields}
                self._session.inputs.append((ruleset, message))

    def _settle(self) -> None:
        """Let the engine chain until nothing follows any more."""
        session = self._session
        while session.inputs or session.derived:
            derived = bool(session.derived)
            ruleset, message = (session.derived if derived else session.inputs).popleft()
            self._tell(self._rulesets[ruleset], message, matched=derived)

    def _tell(self, ruleset: str, message: dict[str, Any], matched: bool = True) -> None:
        """Assert one message and run what follows from it.

        Unless it must be `matched`, nothing may follow: a score's interval may decide none of its comparisons.
        """
        try:
            state = self._host.assert_fact(ruleset, message)
        except (MessageNotHandledException, MessageObservedException, durable_rules_engine.error) as error:
            if isinstance(error, MessageNotHandledException) and not matched:
                return
            raise EngineFaultError(f"durable_rules refused {message}: {error}") from error
        if state and "exception" in state:  # where the engine puts what is raised in an action
            raise EngineFaultError(f"durable_rules failed after {message}: {state['exception']}")

    def _assert_ungated(self, values: Values) -> None:
        for name, value in values.answers.items():
            if self.kb.questions[name].ask_when is None:
                self._assert_answer(name, value)

    def _assert_answer(self, name: str, value: Value) -> None:
        if not isinstance(value, Chosen):
            self._assert(name, value=_answer(value))
            return
        for option in self._options.get(name, ()):
            if option not in value.unsure:
                self._assert(option_fact(name, option), value=option in value.yes)

    def _close(self, kind: str, name: str, values: Values) -> None:
        """Say what only everything below it decides: whether an answer counts, what a score is."""
        if kind == "question":
            values.applies[name] = self._truth(f"question {name} applies")
            if values.applies[name] is not Truth.FALSE:
                if name in values.answers:
                    self._assert_answer(name, values.answers[name])
            elif values.answers.pop(name, None) is not None:
                values.set_aside.append(name)
            return
        low = high = 0
        counted: list[str] = []
        for id_, points in self._points[name]:
            truth = self._truth(f"rule {id_}")
            if truth is Truth.TRUE:
                low, high = low + points, high + points
            elif truth is Truth.UNKNOWN:
                low, high = low + min(points, 0), high + max(points, 0)
            if truth is not Truth.UNKNOWN:
                counted.append(f"rule {id_} {truth.word}")
        values.scores[name] = low, high
        self._session.known[f"score {name}"] = tuple(counted)
        self._assert(f"score {name}", low=low, high=high)

    def _truth(self, name: str) -> Truth:
        known_true = f"{name} {word(True)}" in self._session.known
        known_false = f"{name} {word(False)}" in self._session.known
        if known_true and known_false:
            raise EngineFaultError(f"durable_rules derived that {name} is TRUE and that it is FALSE")
        return Truth.TRUE if known_true else Truth.FALSE if known_false else Truth.UNKNOWN

    def _complete(self, values: Values) -> Values:
        for kind, name in self.kb.order:
            if kind == "finding":
                values.findings[name] = self._truth(f"finding {name}")
        for id_ in self.kb.active:
            values.rules[id_] = self._truth(f"rule {id_}")
        place = {name: at for at, (kind, name) in enumerate(self.kb.order) if kind == "question"}
        values.set_aside.sort(key=lambda name: place[name])
        return values


def to_reply(values: Values) -> dict[str, object]:
    """Values as the worker sends them. The answers stay behind: whoever asked has them."""
    return {
        "applies": values.applies,
        "findings": values.findings,
        "scores": values.scores,
        "rules": values.rules,
        "set_aside": values.set_aside,
    }


def serve() -> None:
    """The worker: one request a line on standard input, one reply a line on what was standard output.

    The first request is `{"files": {path: text}}`, a knowledge base's records; the reply is `{"ready": true}`, or
    `{"refused": why}`. Every further one is `{"answers": {...}}`; the reply is `{"values": {...}}` or `{"fault": why}`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes its end of the pipe
    sys.stdout.flush()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as replies:
        os.dup2(2, 1)  # whatever the C library prints cannot be taken for a reply
        requests = sys.stdin.buffer

        def reply(value: object) -> None:
            replies.write(json.dumps(value) + "\n")
            replies.flush()

        first = requests.readline()
        if not first:
            return
        files = {path: text.encode("utf-8", "surrogateescape") for path, text in json.loads(first)["files"].items()}
        try:
            kb = load(files).kb
            if kb is None:
                raise EngineLimitError("the settings or the body map cannot be read")
            evaluator = DurableEvaluator(kb)
        except LookupError as error:
            reply({"refused": f"durable_rules cannot run this knowledge base: there is no {error}"})
            return
        except (EngineLimitError, KnowledgeError) as error:
            reply({"refused": f"durable_rules cannot run this knowledge base: {error}"})
            return
        with evaluator:
            reply({"ready": True})
            for line in requests:
                try:
                    answers = read_answers(kb, json.loads(line)["answers"])
                    reply({"values": to_reply(evaluator.evaluate(answers))})
                except (EngineFaultError, KnowledgeError) as error:
                    reply({"fault": str(error)})


if __name__ == "__main__":
    serve()
