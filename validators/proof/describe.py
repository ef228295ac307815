"""People of proofs in English: only what they answered with certainty."""

from __future__ import annotations

from collections.abc import Iterator

from engine.answers import Answers, Chosen, Value
from engine.english import answer
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from validators.proof.phrases import DENIALS


def person_lines(kb: KnowledgeBase, answers: Answers) -> Iterator[str]:
    """What somebody has, one line a question in the order in which they are asked; then in one line what they deny.

    A person without answers is told as such.
    """
    denied = []
    for id_, question in kb.questions.items():
        if id_ not in answers.values:
            continue
        value, name = answers.values[id_], question.name or question.text
        if value is False or value in DENIALS or value == Chosen():
            denied.append(name)
        else:
            yield f"{name}: {definite(kb, question, value)}"
    if denied:
        yield "No to: " + "; ".join(denied)
    if not answers.values:
        yield "nothing is answered, or everything with “not sure”"


def definite(kb: KnowledgeBase, question: Question, value: Value) -> str:
    """An answer without what is unsure in it."""
    if not isinstance(value, Chosen) or not value.unsure:
        return answer(kb, question, value)
    names = {option.id: option.name or option.text for option in kb.options(question)}
    parts = [names[id_] for id_ in names if id_ in value.yes]
    denied = [names[id_] for id_ in names if id_ not in value.yes and id_ not in value.unsure]
    if len(denied) > 8:
        return "; ".join([*parts, f"{len(value.unsure)} others not sure, all else no"])
    return "; ".join([*parts, *(f"not {name}" for name in denied)]) + " (the rest not sure)"


def as_sentence(kb: KnowledgeBase, answers: Answers) -> str:
    """A person in one line."""
    return "; ".join(person_lines(kb, answers))
