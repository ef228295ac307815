"""Answers as a FHIR R4 QuestionnaireResponse. `frontends/assessment/fhir.js` writes the same from a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from engine.answers import Answers, Chosen, Value
from engine.criteria import Truth
from engine.evaluate import Evaluator
from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from exports.fhir import coding
from exports.fhir.coding import Json


def questionnaire_response(
    kb: KnowledgeBase, content: str, answers: Answers, authored: datetime, url: str | None = None
) -> Json:
    """The resource. `content` is the identity of the whole knowledge base; `authored` bears an offset from UTC.

    `url` is the questionnaire's canonical address, where its publisher gave it one. Answers that a clinician gave make
    it a response to the clinician's questionnaire. What was not answered is left out, and so is an answer to a question
    that does not apply: rules do not count it, and validators refuse answers to questions that the form hides.
    """
    applies = Evaluator(kb).evaluate(answers).applies
    given = [
        question.id
        for question in kb.questions.values()
        if answers.answered(question.id) and applies.get(question.id) is not Truth.FALSE
    ]
    sections = []
    for section in kb.sections:
        items = [
            item
            for question in section.questions
            if question.id in given
            for item in _items(kb, question, answers.values.get(question.id))
        ]
        if items:
            sections.append({"linkId": coding.section_id(section.id), "text": section.title, "item": items})
    clinician = any(kb.questions[name].by == "clinician" for name in given)
    response: Json = {
        "resourceType": "QuestionnaireResponse",
        "language": kb.settings.languages[0],
        "questionnaire": f"{coding.canonical(kb.settings.id, url, clinician)}|{content}",
        "status": "completed",
        "authored": authored.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return coding.writable(response | ({"item": sections} if sections else {}))


def _items(kb: KnowledgeBase, question: Question, value: Value | None) -> Iterator[Json]:
    """The items that hold one answer; None is "not sure"."""

    def item(answers: list[Json], link: str = question.id, text: str = question.text) -> Json:
        return {"linkId": link, "text": text, "answer": answers}

    def options(ids: frozenset[str]) -> list[Json]:
        told = (option for option in kb.options(question) if option.id in ids)
        return [{"valueCoding": coding.option_coding(kb.settings.id, question.id, option)} for option in told]

    not_sure = {"valueCoding": coding.not_sure(kb.settings.id, question.id)}
    match question.type:
        case "integer" | "decimal" if value is None:
            yield item([not_sure], coding.unsure_id(question.id), coding.NUMBER_UNSURE_TEXT)
        case "integer":
            yield item([{"valueInteger": value}])
        case "decimal":
            yield item([{"valueDecimal": value}])
        case "boolean" | "choice" | "choices" if value is None:
            yield item([not_sure])
        case "boolean":
            yield item([{"valueCoding": coding.yes_no(bool(value))}])
        case "choice":
            yield item(options(frozenset([str(value)])))
        case "choices":
            assert isinstance(value, Chosen)
            if not value.yes and not value.unsure:
                yield item([{"valueCoding": coding.none_coding(kb.settings.id, question.id)}])
            elif not value.unsure:
                yield item(options(value.yes))
            else:
                yield item([*options(value.yes), not_sure])
                yield item(options(value.unsure), coding.unsure_id(question.id), coding.WHICH_UNSURE_TEXT)
        case _:
            assert_never(question.type)
