"""Choosing the conformance cases: few people in whom every rule is TRUE, FALSE and UNKNOWN, and every part decides.

For each rule small people are looked for: its own examples, and what comes of them when one answer is changed. Such a
person says something about the rule only through the questions on which the rule depends, so people who leave each
other's questions alone fit into one. What is chosen and how it is packed depends on nothing but the knowledge base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import assert_never

from engine.answers import Answers, Value, read_answers
from engine.criteria import All, AnyOf, AtLeast, Criterion, FactIs, FindingIs, Not, ScoreIs, Truth, children
from engine.evaluate import Evaluator, Values
from engine.explain import alternatives
from engine.finding import KnowledgeError
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from engine.uses import uses
from exports.bundle.conform import expected, transcript
from exports.bundle.model import Conformance, ConformanceCase, ConformanceInterview

CORE_INTERVIEWS = 3
"""How many whole interviews the core holds: one for each way in which an interview stops, where a case shows it."""
MORE_INTERVIEWS = 24
"""How many the rest holds: the cases are taken at even distances."""

MOST_TRIED = 200
"""How many changed people are tried for one rule: some goals nobody can reach, and the search has to end."""

Goal = tuple[tuple[str | int, ...], Truth]
"""A part of a rule (by its steps; none for the rule itself), and the truth with which it decides."""


@dataclass
class Packed:
    """A person made of several examples, and the questions that none of them lets anybody else answer."""

    values: dict[str, Value] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)

    def fits(self, example: Answers, cone: frozenset[str]) -> bool:
        """Whether an example's answers can be added without changing what any rule here sees."""
        named = example.values.keys() | example.unsure
        for name in cone | named:
            mine = self.values.get(name), name in self.unsure
            theirs = example.values.get(name), name in example.unsure
            touched = name in self.values or name in self.unsure or name in self.closed
            if mine != theirs and (touched or name not in named):
                return False
        return True

    def add(self, example: Answers, cone: frozenset[str]) -> None:
        """Add an example; its rule's questions are closed from now on."""
        self.values.update(example.values)
        self.unsure |= example.unsure
        self.closed |= cone

    @property
    def answers(self) -> Answers:
        """The person's answers."""
        return Answers(dict(self.values), frozenset(self.unsure))


def conformance(kb: KnowledgeBase) -> tuple[Conformance, Conformance]:
    """The cases that every app runs when it loads a bundle, and those that are run when there is time.

    In the core every rule is seen TRUE, FALSE and UNKNOWN; among the rest each comparison decides, and all cases of the
    knowledge base are there.
    """
    evaluator, interview = Evaluator(kb), Interview(kb)
    small, more_people = packed(kb)
    whole = [(id_, answers) for id_, case in kb.told_cases.items() if (answers := _read(kb, case.answers))]
    core_people, spare = _enough(evaluator, small, [*more_people, *(answers for _, answers in whole)])
    # Of the whole patients some are interviewed; one interview for each ending is in the core.
    spread = whole[:: max(1, len(whole) // MORE_INTERVIEWS)][:MORE_INTERVIEWS] or [("nobody", Answers())]
    told = [transcript(interview, evaluator, answers, id_) for id_, answers in spread]
    endings: dict[str, ConformanceInterview] = {}
    for one in sorted(told, key=lambda one: (len(one.screens), one.id)):
        endings.setdefault(one.stop, one)
    core_interviews = tuple(sorted(endings.values(), key=lambda one: one.id))[:CORE_INTERVIEWS]
    core = Conformance(
        format=1,
        cases=tuple(_case(evaluator, f"rules_{at:03}", person) for at, person in enumerate([Answers(), *core_people])),
        interviews=core_interviews,
    )
    more = Conformance(
        format=1,
        cases=(
            *(_case(evaluator, f"parts_{at:03}", person) for at, person in enumerate([*spare, *more_people])),
            *(_case(evaluator, id_, answers) for id_, answers in whole),
        ),
        interviews=tuple(one for one in told if one not in core_interviews),
    )
    return core, more


def _case(evaluator: Evaluator, id_: str, person: Answers) -> ConformanceCase:
    return ConformanceCase.model_validate(
        {"id": id_, "answers": person.to_json(), "outcome": expected(evaluator, person)}
    )


def _read(kb: KnowledgeBase, raw: object) -> Answers | None:
    try:
        return read_answers(kb, raw)
    except KnowledgeError:  # a case that no longer fits is the check's business, not the bundle's
        return None


def _enough(evaluator: Evaluator, small: list[Answers], others: list[Answers]) -> tuple[list[Answers], list[Answers]]:
    """People in whom, with somebody who says nothing, every rule has every truth that it has in the small ones; and
    those of the small ones who are not among them.

    A person packed for some rules shows many others by the way, and a whole patient shows more than either. An app
    runs the core each time it loads: it is small.
    """
    people = [*small, *others]
    seen = [frozenset(evaluator.evaluate(person).rules.items()) for person in people]
    missing = set().union(*seen[: len(small)]) - evaluator.evaluate(Answers()).rules.items()
    chosen: set[int] = set()
    while missing:
        most = max(range(len(people)), key=lambda at: len(seen[at] & missing))
        chosen.add(most)
        missing -= seen[most]
    return (
        [people[at] for at in sorted(chosen)],
        [person for at, person in enumerate(small) if at not in chosen],
    )


def packed(kb: KnowledgeBase) -> tuple[list[Answers], list[Answers]]:
    """Few people in whom every rule has every truth that it was found to have; and few in whom every part decides."""
    bags: tuple[list[Packed], list[Packed]] = [], []
    cones = {id_: questions_behind(kb, rule.when) for id_, rule in kb.active.items()}
    # Rules that look at many questions first: the others fit into what these leave open.
    for id_, cone in sorted(cones.items(), key=lambda one: (-len(one[1]), one[0])):
        for chosen, into in zip(_chosen(kb, id_), bags, strict=True):
            for example in chosen:
                bag = next((bag for bag in into if bag.fits(example, cone)), None)
                if bag is None:
                    bag = Packed()
                    into.append(bag)
                bag.add(example, cone)
    return [bag.answers for bag in bags[0]], [bag.answers for bag in bags[1]]


def questions_behind(kb: KnowledgeBase, criterion: Criterion) -> frozenset[str]:
    """Every question on which a criterion depends, through findings, scores and gates."""
    return frozenset(name for kind, name in kb.cone(uses(criterion)) if kind == "question")


def _chosen(kb: KnowledgeBase, rule: str) -> tuple[list[Answers], list[Answers]]:
    """The fewest small people, found greedily, who show a rule's truths; and those who show what else was reached."""
    when = kb.active[rule].when
    evaluator = Evaluator(_alone(kb, rule))
    cone = list(evaluator.kb.questions)
    reached: list[tuple[Answers, frozenset[Goal]]] = []
    parts = Parts(evaluator, when)
    missing = parts.possible()

    def look_at(answers: Answers) -> None:
        found = frozenset(parts.goals(evaluator.evaluate(answers)))
        if found & missing or not reached:
            reached.append((answers, found))
            missing.difference_update(found)

    look_at(Answers())
    for example in kb.active[rule].examples:
        answers = _read(kb, example.answers)
        if answers is not None:
            look_at(answers)
    tried = 0
    for answers, _ in reached:  # grows while it is read: what reached something new is changed further
        for changed in _neighbours(kb, answers, cone):
            if not missing or tried == MOST_TRIED:
                break
            tried += 1
            look_at(changed)
    everything = frozenset[Goal]().union(*(found for _, found in reached))
    truths = frozenset(goal for goal in everything if not goal[0]) if parts.below else everything
    first, shown = _fewest(reached, truths)
    second, _ = _fewest(reached, everything - shown)
    return first, second


def _fewest(
    reached: list[tuple[Answers, frozenset[Goal]]], wanted: frozenset[Goal]
) -> tuple[list[Answers], frozenset[Goal]]:
    """The fewest people, found greedily, who show all that is wanted; and what they show altogether."""
    chosen: list[Answers] = []
    shown = frozenset[Goal]()
    while wanted - shown:
        # Of those who show as much of what is wanted, one who shows most besides; of equals the first.
        answers, found = max(reached, key=lambda pair: (len(pair[1] & (wanted - shown)), len(pair[1] - shown)))
        chosen.append(answers)
        shown |= found
    return chosen, shown


def _alone(kb: KnowledgeBase, rule: str) -> KnowledgeBase:
    """A rule with everything on which it depends and nothing else: to evaluate it takes a hundredth of the time."""
    needed = kb.cone(uses(kb.active[rule].when))
    rules = {rule, *(id_ for node in needed for id_ in kb.concluded_by.get(node, ()))}
    sections = (
        section.model_copy(
            update={"questions": tuple(one for one in section.questions if ("question", one.id) in needed)}
        )
        for section in kb.sections
    )
    return replace(
        kb,
        sections=tuple(section for section in sections if section.questions),
        rules={id_: kb.rules[id_] for id_ in rules},
        conditions={},
        constraints={},
    )


def _neighbours(kb: KnowledgeBase, answers: Answers, cone: list[str]) -> Iterator[Answers]:
    """The people who differ in one answer that the rule may look at."""
    for name in cone:
        if name not in answers.unsure:
            yield answers.with_answer(name, None)
        for value in alternatives(kb, kb.questions[name], answers.values.get(name)):
            yield answers.with_answer(name, value)


class Parts:
    """A criterion made ready to say, for many people, which of its comparisons decide."""

    def __init__(self, evaluator: Evaluator, criterion: Criterion, path: tuple[str | int, ...] = ()) -> None:
        self.path = path
        self.criterion = criterion
        self.below = [Parts(evaluator, part, (*path, *steps)) for steps, part in children(criterion)]
        self._test = None if self.below else evaluator.test(criterion)

    def possible(self) -> set[Goal]:
        """Every goal that there could be; nobody reaches some of them."""
        own = {(self.path, truth) for truth in Truth} if not self.below or not self.path else set()
        return own.union(*(part.possible() for part in self.below))

    def goals(self, values: Values) -> set[Goal]:
        """The truth of the criterion for one person, and each comparison in it that decides: with another truth of
        this one comparison alone, the criterion would have another truth."""
        truths: dict[tuple[str | int, ...], Truth] = {}
        whole = self._truth(values, truths)
        return {(self.path, whole), *self._deciding(truths, (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE))}

    def _truth(self, values: Values, truths: dict[tuple[str | int, ...], Truth]) -> Truth:
        if self._test:
            truth = self._test(values)
        else:
            truth = _joined(self.criterion, Counter(part._truth(values, truths) for part in self.below))
        truths[self.path] = truth
        return truth

    def _deciding(
        self, truths: dict[tuple[str | int, ...], Truth], gives: tuple[Truth, Truth, Truth]
    ) -> Iterator[Goal]:
        """`gives` is what the whole criterion would be if this part were FALSE, UNKNOWN, TRUE."""
        if gives.count(gives[0]) == len(gives):
            return
        if not self.below:
            yield self.path, truths[self.path]
        counts = Counter(truths[part.path] for part in self.below)
        for part in self.below:
            others = counts - Counter([truths[part.path]])
            false, unknown, true = (gives[_joined(self.criterion, others + Counter([one]))] for one in Truth)
            yield from part._deciding(truths, (false, unknown, true))


def _joined(criterion: Criterion, counts: Counter[Truth]) -> Truth:
    """The truth of a group, from how many of its parts have which truth."""
    true, unknown, false = counts[Truth.TRUE], counts[Truth.UNKNOWN], counts[Truth.FALSE]
    match criterion:
        case All():
            return Truth.FALSE if false else Truth.UNKNOWN if unknown else Truth.TRUE
        case AnyOf():
            return Truth.TRUE if true else Truth.UNKNOWN if unknown else Truth.FALSE
        case AtLeast():
            enough, could = true >= criterion.at_least, true + unknown >= criterion.at_least
            return Truth.TRUE if enough else Truth.UNKNOWN if could else Truth.FALSE
        case Not():
            return next(iter(counts.elements())).negate()
        case FactIs() | FindingIs() | ScoreIs():
            raise AssertionError("a comparison has no parts")
        case _:
            assert_never(criterion)
