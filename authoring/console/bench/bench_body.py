"""Questions about the places of the body on the test bench, answered on the body map."""

from __future__ import annotations

from functools import lru_cache

from authoring.console.bench.bench_answers import put, put_options, take_back
from authoring.console.components.body_map import BodyAnswer, body_map
from engine.answers import Answers, Chosen
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from exports.guide.picture import clean_svg

PICTURE = "body.svg"


def has_map(kb: KnowledgeBase, question: Question) -> bool:
    """Whether a question's options are the parts of a body map whose picture can be shown."""
    return question.options_from == "body" and bool(_shown(kb.pictures.get(PICTURE)))


@lru_cache(maxsize=8)
def _shown(picture: bytes | None) -> str:
    """The picture as a page may hold it; nothing where there is none, or it is no drawing."""
    try:
        return clean_svg(picture) if picture else ""
    except ValueError:
        return ""


def ask_on_map(kb: KnowledgeBase, question: Question, given: Answers, key: str, label: str, hint: str) -> None:
    """The body map of a question with `has_map`, with the answer that is given."""

    def changed(answer: BodyAnswer) -> None:
        match answer.whole:
            case "none":
                put(question.id, Chosen())
            case "unsure":
                put(question.id, None)
            case None if question.type == "choices":
                put_options(question.id, answer.yes, answer.unsure)
            case None if answer.yes:
                put(question.id, next(iter(answer.yes)))
            case None:
                take_back(question.id)

    body_map(
        kb.body,
        _shown(kb.pictures[PICTURE]),
        _answer(question, given),
        key=f"{key}-body",
        label=label,
        help=hint,
        on_change=changed,
        single=question.type == "choice",
        first=_hurting(kb, given) if question.type == "choice" else (),
    )


def _answer(question: Question, given: Answers) -> BodyAnswer:
    if question.id in given.unsure:
        return BodyAnswer(whole="unsure")
    match given.values.get(question.id):
        case Chosen() as chosen if chosen == Chosen():
            return BodyAnswer(whole="none")
        case Chosen(yes, unsure):
            return BodyAnswer(yes, unsure)
        case str(part):
            return BodyAnswer(frozenset({part}))
        case _:
            return BodyAnswer()


def _hurting(kb: KnowledgeBase, given: Answers) -> frozenset[str]:
    """The parts that are ticked in the questions that ask for every place."""
    chosen = [
        given.values.get(one.id)
        for one in kb.questions.values()
        if one.options_from == "body" and one.type == "choices"
    ]
    return frozenset(part for one in chosen if isinstance(one, Chosen) for part in one.yes)
