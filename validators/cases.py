"""Whole patients: what comes out, compared with what a clinician expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.answers import read_answers
from engine.assess import Assessor
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.case import Case
from engine.outcome import Outcome
from validators.kept import Kept

Difference = tuple[tuple[str | int, ...], str]
"""The JSON pointer's steps of the expectation, and in words how the outcome differs."""


@dataclass(frozen=True)
class Result:
    """How one example or case came out."""

    kind: str
    id: str
    differences: tuple[Difference, ...]
    outcome: Outcome | None = None
    awaiting: bool = False
    """Whether no clinician has said yet what should come out: it passes nothing."""

    @property
    def passed(self) -> bool:
        """Whether it came out as expected."""
        return not self.differences and not self.awaiting

    @property
    def failed(self) -> bool:
        """Whether it came out otherwise, or cannot be run."""
        return bool(self.differences)


def run_case(assessor: Assessor, case: Case, kept: Kept | None = None) -> Result:
    """Assess one case; `kept` holds what came out in earlier runs."""
    try:
        answers = read_answers(assessor.kb, dict(case.answers), case.id)
    except KnowledgeError as error:
        wrong = tuple((("answers",), f"{finding.what}; {finding.fix}") for finding in error.findings)
        return Result("case", case.id, wrong, awaiting=case.awaiting is not None)
    outcome = kept.outcome(answers) if kept else assessor.assess(answers).outcome
    found = tuple(_compare(assessor.kb, case, outcome))
    return Result("case", case.id, found, outcome, awaiting=case.awaiting is not None)


def _compare(kb: KnowledgeBase, case: Case, outcome: Outcome) -> Iterator[Difference]:
    named = [view.id for view in outcome.named]
    shown = ", ".join(f"`{one}`" for one in named[:5]) or "none"
    if outcome.corrections:
        titles = ", ".join(kb.constraints[id_].title for id_ in outcome.corrections)
        yield ("answers",), f"these answers cannot occur together: {titles}"
    expected = case.expect
    if expected is None:
        return
    if outcome.urgency is not expected.urgency:
        reason = outcome.reasons[0]
        what = f"the urgency is `{outcome.urgency}`, not `{expected.urgency}`: {reason.text}"
        yield ("expect", "urgency"), what + (f" (`{reason.id}`)" if reason.id else "")
    if expected.first and named[:1] != [expected.first]:
        yield ("expect", "first"), f"`{expected.first}` does not stand first: {shown}"
    if expected.no_cause and named:
        yield ("expect", "no_cause"), f"a cause is named: {shown}"
    open_flags = [flag.rule for flag in outcome.open_flags]
    groups: tuple[tuple[str, tuple[str, ...], Callable[[str], bool], str], ...] = (
        ("named", expected.named, lambda one: one in named, f"is not named: {shown}"),
        ("not_named", expected.not_named, lambda one: one not in named, "is named"),
        ("fires", expected.fires, lambda one: one in outcome.fired, "did not fire"),
        ("silent", expected.silent, lambda one: one not in outcome.fired, "fired"),
        ("open", expected.open, lambda one: one in open_flags, "does not stand open"),
        ("advice", expected.advice, lambda one: one in outcome.advice, "is not given"),
    )
    for key, names, holds, words in groups:
        for at, name in enumerate(names):
            if not holds(name):
                yield ("expect", key, at), f"`{name}` {words}"


def run_examples(assessor: Assessor) -> Iterator[Result]:
    """Evaluate each rule's own examples, one result a rule."""
    kb = assessor.kb
    for id_, rule in kb.active.items():
        wrong: list[Difference] = []
        for at, example in enumerate(rule.examples):
            try:
                answers = read_answers(kb, dict(example.answers), id_)
            except KnowledgeError as error:
                wrong += [(("examples", at, "answers"), finding.what) for finding in error.findings]
                continue
            truth = assessor.evaluator.evaluate(answers).rules[id_].word
            if truth != example.gives:
                wrong.append((("examples", at, "gives"), f"it says {example.gives}, and the rule is {truth}"))
        yield Result("rule", id_, tuple(wrong))


def run_cases(assessor: Assessor, kept: Kept | None = None) -> Iterator[Result]:
    """Assess every case of the knowledge base, in the order of their ids."""
    for _, case in sorted(assessor.kb.cases.items()):
        yield run_case(assessor, case, kept)
