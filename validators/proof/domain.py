"""Every set of answers that a person can give, as inputs of the circuit.

Numbers are order-encoded ("age is at least 50"), choices one input an option, ticked lists two inputs an option
(ticked, not ticked). A question without an answer, or answered "not sure", has none of its inputs. Only what some
criterion compares becomes an input, and an input's name hangs on nothing else, so that an edit elsewhere leaves the
digest of a query as it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.answers import Answers, Chosen, Value
from engine.criteria import Criterion, FactIs, Scalar, walk
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from validators.proof.circuit import FALSE, TRUE, Circuit, Lit


@dataclass(frozen=True)
class Two:
    """A three-valued truth: known to be true, known to be false, or neither (UNKNOWN)."""

    true: Lit
    false: Lit

    def negate(self) -> Two:
        """TRUE and FALSE change places."""
        return Two(self.false, self.true)


ALWAYS, NEVER, UNKNOWABLE = Two(TRUE, FALSE), Two(FALSE, TRUE), Two(FALSE, FALSE)

Cut = tuple[Fraction, bool]
"""A place where a number is divided: (50, False) is "at least 50", (50, True) is "more than 50"."""


@dataclass(frozen=True)
class Asked:
    """A question, and what of it is compared anywhere."""

    key: str
    """What the question is called among the versions: its id in the first one that asks it so."""
    question: Question
    """As the first version asks it that has it."""
    options: tuple[str, ...]
    """Every option's id, as the versions list them."""
    names: Mapping[str, str]
    """What each option is called."""
    low: Fraction
    """The least number that any version takes."""
    high: Fraction
    compared: frozenset[Scalar]
    cuts: tuple[Cut, ...]

    @property
    def signature(self) -> str:
        """What of the question decides which answers there are."""
        one = self.question
        return f"{self.key} {one.type} {one.by} {' '.join(self.options)} {self.low} {self.high}"


class Domain:
    """The people of one or several versions of a knowledge base.

    They can answer whatever any version asks. What a version does not ask so (a question that it does not have, an
    option that it does not offer, a number outside its range) is no answer to it. A question of another type is another
    question. Two domains with other `prefix`es are two people. `renamed` maps ids of questions of the later versions to
    those of the first.
    """

    def __init__(
        self,
        circuit: Circuit,
        kbs: Sequence[KnowledgeBase],
        extra: Iterable[Criterion] = (),
        prefix: str = "",
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        self.circuit = circuit
        self.prefix = prefix
        self._first = kbs[0]
        self._renamed = renamed or {}
        self._asked_by: dict[str, list[Question]] = {}
        self._options: dict[str, dict[str, str]] = {}
        self._taken: dict[tuple[str, int], Lit] = {}
        facts: dict[str, list[FactIs]] = {}
        for kb in kbs:
            for id_, question in kb.questions.items():
                key = self._name(id_, kb)
                self._asked_by.setdefault(key, []).append(question)
                names = self._options.setdefault(key, {})
                for option in kb.options(question):
                    names.setdefault(option.id, option.name or option.text)
            for _, _, _, criterion in kb.criteria():
                self._collect(criterion, kb, facts)
        for criterion in extra:
            self._collect(criterion, self._first, facts)
        self.asked = {key: self._ask(key, facts.get(key, []), kbs) for key in self._asked_by}
        self._owner: dict[int, str] = {}

    def _name(self, id_: str, kb: KnowledgeBase) -> str:
        """What a question of some version is called among the versions."""
        key = id_ if kb is self._first else self._renamed.get(id_, id_)
        first, own = self._asked_by.get(key), kb.questions.get(id_)
        return key if first is None or own is None or first[0].type == own.type else f"{key} ({own.type})"

    def _collect(self, criterion: Criterion, kb: KnowledgeBase, facts: dict[str, list[FactIs]]) -> None:
        for _, part in walk(criterion):
            if isinstance(part, FactIs):
                facts.setdefault(self._name(part.fact, kb), []).append(part)

    def _ask(self, key: str, facts: list[FactIs], kbs: Sequence[KnowledgeBase]) -> Asked:
        versions = self._asked_by[key]
        question, options = versions[0], tuple(self._options[key])
        ranges = [_range(one) for one in versions]
        low, high = min(least for least, _ in ranges), max(most for _, most in ranges)
        compared: set[Scalar] = set()
        cuts: set[Cut] = set()
        for least, most in ranges:
            cuts |= {(least, False), _above(most, question)}
        for fact in facts:
            operands = fact.operand if isinstance(fact.operand, tuple) else (fact.operand,)
            compared |= set(operands)
            if question.type in ("integer", "decimal"):
                for operand in operands:
                    cuts |= set(_cuts(fact.operator, operand, question))
        if question.type == "choice":
            for kb in kbs:
                own = [one for id_, one in kb.questions.items() if self._name(id_, kb) == key]
                compared |= {option for one in own for option in options if option not in _options(one, kb)}
        kept = tuple(sorted(cut for cut in cuts if _inside(cut, low, high)))
        return Asked(key, question, options, self._options[key], low, high, frozenset(compared), kept)

    def told(self, kb: KnowledgeBase, answers: Answers) -> Answers:
        """A person's answers as one version takes them, under its own ids."""
        values: dict[str, Value] = {}
        for id_, question in kb.questions.items():
            value = answers.values.get(self._name(id_, kb))
            own = _options(question, kb)
            if isinstance(value, Chosen):
                taken = Chosen(value.yes.intersection(own), value.unsure.intersection(own))
                if taken.unsure != frozenset(own):
                    values[id_] = taken
            elif value is None or (question.type == "choice" and value not in own):
                continue
            elif question.type not in ("integer", "decimal") or _takes(question, value):
                values[id_] = value
        return Answers(values)

    # Inputs.

    def _input(self, question: str, what: str) -> Lit:
        lit = self.circuit.input(f"{self.prefix}{question}{what}")
        self._owner[lit] = question
        return lit

    def known(self, question: str) -> Lit:
        """Whether a question that is no ticked list has a definite answer."""
        return self._input(question, "?")

    def is_option(self, question: str, option: Scalar) -> Lit:
        """Whether a choice or a yes/no question is answered with this."""
        return self._input(question, f"={str(option).lower()}")

    def ticked(self, question: str, option: str) -> Two:
        """An option of a ticked list."""
        return Two(self._input(question, f".{option}=yes"), self._input(question, f".{option}=no"))

    def from_cut(self, question: str, cut: Cut) -> Lit:
        """Whether a number is known and at least (or above) a cut."""
        asked = self.asked[question]
        if _inside(cut, asked.low, asked.high):
            return self._input(question, f"{'>' if cut[1] else '>='}{cut[0]}")
        return self.known(question) if cut <= (asked.low, False) else FALSE

    def taken(self, question: str, kb: KnowledgeBase, own: Question) -> Lit:
        """Whether a question that is no ticked list has a definite answer that a version takes."""
        found = self._taken.get((question, id(kb)))
        if found is None:
            found = self._taken[question, id(kb)] = self._takes(question, kb, own)
        return found

    def _takes(self, question: str, kb: KnowledgeBase, own: Question) -> Lit:
        asked, known = self.asked[question], self.known(question)
        if own.type == "choice":
            foreign = [one for one in asked.options if one not in _options(own, kb)]
            return self.circuit.all((known, *(-self.is_option(question, one) for one in foreign)))
        if own.type in ("integer", "decimal"):
            least, most = _range(own)
            above = self.from_cut(question, _above(most, own))
            return self.circuit.all((known, self.from_cut(question, (least, False)), -above))
        return known

    def owner(self, node: int) -> str | None:
        """The question whose input a node is."""
        return self._owner.get(node)

    def truth(self, fact: FactIs, kb: KnowledgeBase) -> Two:
        """One comparison on an answer that applies. UNKNOWN for a question that nobody here is asked."""
        key, own = self._name(fact.fact, kb), kb.questions.get(fact.fact)
        asked = self.asked.get(key)
        if asked is None or own is None:
            return UNKNOWABLE
        kind, operand = own.type, fact.operand
        if kind == "choices":
            return self.ticked(key, str(operand)) if operand in asked.options else NEVER
        known = self.taken(key, kb, own)
        if kind in ("integer", "decimal"):
            holds = self._number(key, fact, own, known)
        else:
            these = operand if isinstance(operand, tuple) else (operand,)
            allowed: Sequence[Scalar] = (True, False) if kind == "boolean" else _options(own, kb)
            holds = self.circuit.any(self.is_option(key, one) for one in these if one in allowed)
        return Two(holds, self.circuit.both(known, -holds))

    def _number(self, key: str, fact: FactIs, own: Question, known: Lit) -> Lit:
        all_of, narrow = self.circuit.all, known != self.known(key)
        found = []
        for operand in fact.operand if isinstance(fact.operand, tuple) else (fact.operand,):
            edges = [self.from_cut(key, cut) for cut in _cuts(fact.operator, operand, own)]
            match fact.operator:
                case "gte" | "gt":
                    found.append(edges[0])
                case "lte" | "lt":
                    found.append(all_of((known, -edges[0])))
                case _:
                    found.append(all_of((edges[0], -edges[1])) if edges else FALSE)
        holds = self.circuit.any(found)
        return all_of((known, holds)) if narrow else holds

    # Which combinations of inputs there are.

    def clauses(self, id_: str) -> Iterator[list[Lit]]:
        """What makes the inputs of one question an answer: at most one option, numbers in order."""
        asked = self.asked[id_]
        kind = asked.question.type
        if kind == "choices":
            for one in self._ticked(asked):
                yield [-one.true, -one.false]
            return
        known = self.known(id_)
        if kind in ("integer", "decimal"):
            edges = [self.from_cut(id_, cut) for cut in asked.cuts]
            yield from ([-edge, below] for edge, below in zip(edges, [known, *edges], strict=False))
            return
        every: Sequence[Scalar] = (True, False) if kind == "boolean" else asked.options
        lits = [self.is_option(id_, one) for one in every if kind == "boolean" or one in asked.compared]
        yield from ([-lit, known] for lit in lits)
        yield from ([-a, -b] for at, a in enumerate(lits) for b in lits[:at])
        if len(lits) == len(every):
            yield [-known, *lits]

    def _ticked(self, asked: Asked) -> list[Two]:
        return [self.ticked(asked.key, option) for option in asked.options if option in asked.compared]

    def information(self, id_: str) -> list[Lit]:
        """The inputs of a question that say how much is known: one, or two for each option of a ticked list."""
        asked = self.asked[id_]
        if asked.question.type != "choices":
            return [self.known(id_)]
        return [lit for one in self._ticked(asked) for lit in (one.true, one.false)]

    def inputs(self, id_: str) -> list[Lit]:
        """Every input of a question."""
        asked = self.asked[id_]
        match asked.question.type:
            case "choices":
                return self.information(id_)
            case "integer" | "decimal":
                return [self.known(id_), *(self.from_cut(id_, cut) for cut in asked.cuts)]
            case "boolean":
                return [self.known(id_), self.is_option(id_, True), self.is_option(id_, False)]
            case _:
                return [self.known(id_)] + [self.is_option(id_, one) for one in asked.options if one in asked.compared]

    # Answers from inputs, and back.

    def answers(self, holds: Callable[[Lit], bool], only: Iterable[str] | None = None) -> Answers:
        """The answers that a value of the inputs stands for; `only` names the questions that are looked at."""
        values: dict[str, Value] = {}
        for id_ in self.asked if only is None else only:
            value = self._value(self.asked[id_], holds)
            if value is not None:
                values[id_] = value
        return Answers(values)

    def _value(self, asked: Asked, holds: Callable[[Lit], bool]) -> Value | None:
        id_ = asked.key
        if asked.question.type == "choices":
            return self._chosen(asked, holds)
        if not holds(self.known(id_)):
            return None
        if asked.question.type == "boolean":
            return holds(self.is_option(id_, True))
        if asked.question.type == "choice":
            told = [one for one in asked.options if one in asked.compared and holds(self.is_option(id_, one))]
            return told[0] if told else next(one for one in asked.options if one not in asked.compared)
        below = [cut for cut in asked.cuts if holds(self.from_cut(id_, cut))]
        above = asked.cuts[len(below) :]
        return number_between(asked, below[-1] if below else None, above[0] if above else None)

    def _chosen(self, asked: Asked, holds: Callable[[Lit], bool]) -> Chosen | None:
        yes, unsure, told = set(), set(), False
        for option in asked.options:
            if option not in asked.compared:
                continue
            ticked = self.ticked(asked.key, option)
            if holds(ticked.true):
                yes.add(option)
            elif not holds(ticked.false):
                unsure.add(option)
                continue
            told = True
        return Chosen(frozenset(yes), frozenset(unsure)) if told else None

    def values(self, answers: Answers) -> dict[int, bool]:
        """The inputs that hold for a person's answers."""
        held: dict[int, bool] = {}
        for id_, value in answers.values.items():
            asked = self.asked.get(id_)
            if asked is None:
                continue
            if isinstance(value, Chosen):
                for option in asked.options:
                    if option in asked.compared:
                        ticked = self.ticked(id_, option)
                        held[ticked.true] = option in value.yes
                        held[ticked.false] = option not in value.yes and option not in value.unsure
                continue
            held[self.known(id_)] = True
            if asked.question.type in ("integer", "decimal"):
                exact = Fraction(str(value))
                for cut in asked.cuts:
                    held[self.from_cut(id_, cut)] = exact > cut[0] or (exact == cut[0] and not cut[1])
            else:
                held[self.is_option(id_, value)] = True
        return held


def cuts_of(fact: FactIs, question: Question) -> list[Cut]:
    """Where a comparison divides the numbers that can be answered to its question."""
    operands = fact.operand if isinstance(fact.operand, tuple) else (fact.operand,)
    every = (cut for operand in operands for cut in _cuts(fact.operator, operand, question))
    return [cut for cut in every if _inside(cut, *_range(question))]


def _cuts(operator: str, operand: Scalar, question: Question) -> list[Cut]:
    """Where a comparison divides the numbers: one edge, or the two around a single value."""
    exact = Fraction(str(operand))
    if question.type == "integer":
        up, over = math.ceil(exact), math.floor(exact) + 1
        edges = {"gte": [up], "gt": [over], "lte": [over], "lt": [up]}.get(operator)
        if edges is None:  # `is` or `in`: a number that no whole number equals divides nothing
            edges = [up, over] if exact.denominator == 1 else []
        return [(Fraction(edge), False) for edge in edges]
    at, past = (exact, False), (exact, True)
    return {"gte": [at], "gt": [past], "lte": [past], "lt": [at]}.get(operator, [at, past])


def _options(question: Question, kb: KnowledgeBase) -> tuple[str, ...]:
    return tuple(option.id for option in kb.options(question))


def _range(question: Question) -> tuple[Fraction, Fraction]:
    """The least and the greatest number of a question."""
    if question.min is None or question.max is None:
        return Fraction(0), Fraction(0)
    low, high = Fraction(str(question.min)), Fraction(str(question.max))
    return (Fraction(math.ceil(low)), Fraction(math.floor(high))) if question.type == "integer" else (low, high)


def _takes(question: Question, value: Value) -> bool:
    least, most = _range(question)
    return least <= Fraction(str(value)) <= most


def _above(most: Fraction, question: Question) -> Cut:
    """Where the numbers above a greatest one begin."""
    return (most + 1, False) if question.type == "integer" else (most, True)


def _inside(cut: Cut, low: Fraction, high: Fraction) -> bool:
    """Whether a cut leaves something of the numbers on both of its sides."""
    return (low <= cut[0] < high) if cut[1] else (low < cut[0] <= high)


def number_between(asked: Asked, low: Cut | None, high: Cut | None) -> int | float:
    """A number of a question from one cut to below another (None: the question's own end), as plain as possible."""
    if asked.question.type == "integer":
        return int(low[0]) if low else (int(high[0]) - 1 if high else int(asked.low))
    if low is None or not low[1]:
        return float(low[0] if low else asked.low)
    return float((low[0] + (high[0] if high else asked.high)) / 2)
