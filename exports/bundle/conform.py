"""Whether an evaluator reaches what a bundle's conformance cases state: the reference's side of the comparison."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue, TypeAdapter, ValidationError

from engine.answers import Answers, read_answers
from engine.criteria import Truth
from engine.evaluate import Evaluator, Values
from engine.finding import KnowledgeError
from engine.interview import Interview
from engine.knowledge import KnowledgeBase
from engine.outcome import conclude, status_of, weigh
from exports.bundle.model import Conformance, ConformanceInterview, ExpectedOutcome
from exports.sign.refused import RefusedError

_JSON: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
LETTERS = {Truth.TRUE: "T", Truth.UNKNOWN: "U", Truth.FALSE: "F"}


def expected(evaluator: Evaluator, answers: Answers) -> ExpectedOutcome:
    """Everything in which two evaluators have to agree, for one person."""
    return told(evaluator, answers, evaluator.evaluate(answers))


def told(evaluator: Evaluator, answers: Answers, values: Values) -> ExpectedOutcome:
    """The same from what is true of a person already, as another evaluator found it."""
    kb = evaluator.kb
    outcome = conclude(evaluator, answers, values)
    conditions = {}
    for id_, considered in evaluator.considered(values).items():
        weighed = weigh(kb.conditions[id_], kb.evidence[id_], values.rules)
        status = status_of(kb, kb.conditions[id_], weighed, considered)
        conditions[id_] = (status, weighed.weight, weighed.low, weighed.high)
    return ExpectedOutcome(
        urgency=outcome.urgency,
        red_flags=tuple(flag.rule for flag in outcome.red_flags),
        open_flags=tuple(flag.rule for flag in outcome.open_flags),
        to_rule_out=tuple(view.id for view in outcome.to_rule_out),
        likely=tuple(view.id for view in outcome.likely),
        possible=tuple(view.id for view in outcome.possible),
        conditions=conditions,
        rules="".join(LETTERS[values.rules[id_]] for id_ in kb.active),
        findings="".join(LETTERS[values.findings[name]] for name in sorted(values.findings)),
        scores=outcome.scores,
        advice=outcome.advice,
        set_aside=outcome.set_aside,
        corrections=outcome.corrections,
    )


def transcript(interview: Interview, evaluator: Evaluator, person: Answers, id_: str) -> ConformanceInterview:
    """The interview of one person, from nothing to its end; what they do not know is answered "not sure"."""
    given = Answers()
    screens: list[tuple[str, ...]] = []
    while True:
        step = interview.next(given, len(screens))
        if step.screen is None:
            assert step.stop is not None
            urgency = conclude(evaluator, given, evaluator.evaluate(given)).urgency
            answers = _JSON.validate_python(person.to_json())
            return ConformanceInterview(
                id=id_, answers=answers, screens=tuple(screens), stop=step.stop, urgency=urgency
            )
        for name in step.screen.questions:
            given = given.with_answer(name, person.values.get(name))
        screens.append(step.screen.questions)


def conforms(kb: KnowledgeBase, data: bytes, path: str) -> None:
    """Refuse a bundle whose rules mean something else here than they meant to its publisher.

    `data` is the file of conformance cases at `path`. Raises RefusedError with the first difference.
    """
    try:
        conformance = Conformance.model_validate_json(data)
    except ValidationError as error:
        raise RefusedError("bundle.content", path, str(error.errors()[0]["msg"]), _UPDATE) from None
    for difference in differences(kb, conformance):
        raise RefusedError("bundle.conformance", path, difference, _UPDATE)


def differences(kb: KnowledgeBase, conformance: Conformance) -> Iterator[str]:
    """In what the reference differs from the cases, in words; nothing where it conforms."""
    evaluator, interview = Evaluator(kb), Interview(kb)
    for case in conformance.cases:
        try:
            found = expected(evaluator, read_answers(kb, case.answers))
        except KnowledgeError as error:
            yield f"case {case.id}: its answers are refused: {error.findings[0].what}"
            continue
        if found != case.outcome:
            yield f"case {case.id}: {first_difference(kb, case.outcome, found)}"
    for stated in conformance.interviews:
        answers = read_answers(kb, stated.answers)
        shown = transcript(interview, evaluator, answers, stated.id)
        if shown != stated:
            at = next(
                (at for at, pair in enumerate(zip(stated.screens, shown.screens, strict=False)) if pair[0] != pair[1]),
                min(len(stated.screens), len(shown.screens)),
            )
            yield f"interview {stated.id}: it differs from screen {at + 1} on, or stops otherwise"


def first_difference(kb: KnowledgeBase, stated: ExpectedOutcome, found: ExpectedOutcome) -> str:
    """The first thing in which two outcomes differ, in words; both are of one knowledge base."""
    names = {"rules": list(kb.active), "findings": sorted(name for kind, name in kb.concluded_by if kind == "finding")}
    for field in ExpectedOutcome.model_fields:
        left, right = getattr(stated, field), getattr(found, field)
        if left == right:
            continue
        if field in names and len(left) == len(right):
            at = next(at for at, pair in enumerate(zip(left, right, strict=True)) if pair[0] != pair[1])
            return f"{field[:-1]} {names[field][at]} is {right[at]}, not {left[at]}"
        if isinstance(left, dict) and isinstance(right, dict):
            key = next(key for key in sorted(left.keys() | right.keys()) if left.get(key) != right.get(key))
            return f"{field}: {key} is {right.get(key)}, not {left.get(key)}"
        return f"{field} is {right}, not {left}"
    return "nothing"


_UPDATE = "update this program, or ask the publisher for a bundle that it can read"
