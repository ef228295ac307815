"""The questions of a knowledge base as a FHIR R4 Questionnaire, with the extensions of Structured Data Capture.

Sources: https://hl7.org/fhir/R4/questionnaire.html and the SDC guide, versions 3.0 (https://hl7.org/fhir/uv/sdc/STU3/)
and 4.0 (https://hl7.org/fhir/uv/sdc/).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from engine.knowledge import KnowledgeBase
from engine.model.question import Question
from engine.model.rule import Urgency
from exports.bundle.content import review_by
from exports.fhir import coding
from exports.fhir.coding import Json
from exports.fhir.limits import cannot_say
from exports.fhir.shown import shown
from exports.fhir.units import UCUM, ucum

CORE_EXTENSION = "http://hl7.org/fhir/StructureDefinition"
VERSION_ALGORITHM = {
    "url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.versionAlgorithm[x]",
    "valueString": "0",
}
"""How to tell which of two versions is newer, a FHIRPath expression: 0 says that it cannot be told. Ours are hashes.

SDC asks for it from version 4 on (rule sdc-2)."""
SDC_EXTENSION = "http://hl7.org/fhir/uv/sdc/StructureDefinition"


def questionnaire(kb: KnowledgeBase, content: str, *, clinician: bool = False, url: str | None = None) -> Json:
    """The resource. `content` is the identity of the whole knowledge base, which is the questionnaire's version.

    With `clinician` it also has the questions that a clinician answers. `url` is the canonical address that its
    publisher gives it. It is a draft and experimental: nothing in the starter's content is approved by a clinician.
    """
    notice = {"linkId": "algos.notice", "type": "display", "text": _notice(kb)}
    sections = []
    for section in kb.sections:
        asked = [question for question in section.questions if clinician or question.by == "patient"]
        items = [item for question in asked for item in _items(kb, question)]
        if items:
            sections.append(
                {"linkId": coding.section_id(section.id), "text": section.title, "type": "group", "item": items}
            )
    limits = "\n".join(f"- {one}" for one in cannot_say(kb, clinician))
    form: Json = {
        "resourceType": "Questionnaire",
        "extension": [VERSION_ALGORITHM],
        "language": kb.settings.languages[0],
        "url": coding.canonical(kb.settings.id, url, clinician),
        "version": content,
        "name": "".join(word.capitalize() for word in kb.settings.id.split("_")) + ("Clinician" if clinician else ""),
        "title": kb.settings.title + (", with a clinician's findings" if clinician else ""),
        "status": "draft",
        "experimental": True,
        "subjectType": ["Patient"],
        "description": f"{kb.settings.description}\n\n{kb.settings.unreviewed}",
        "purpose": "Answers to be assessed by the knowledge base from which this was made (its version names the "
        f"exact content). FHIR cannot say the following of it:\n\n{limits}",
        "effectivePeriod": {"end": review_by(kb).isoformat()},
        "item": [notice, *sections],
    }
    return coding.writable(form)


def _notice(kb: KnowledgeBase) -> str:
    """What stands above the first question: the form itself sends nobody for help."""
    now = kb.settings.urgency[Urgency.EMERGENCY].advice
    return (
        f"{kb.settings.unreviewed} {kb.settings.not_a_diagnosis} "
        f"This form does not look at your answers while you give them. If you think that it may be an emergency: {now}"
    )


def _items(kb: KnowledgeBase, question: Question) -> Iterator[Json]:
    """The items of one question: its own, and one that says of what a person is not sure where its own cannot."""
    when = shown(kb, question.ask_when)
    gate: Json = {"enableWhen": list(when.when)} if when.when else {}
    if when.behavior:
        gate["enableBehavior"] = when.behavior
    item: Json = {"linkId": question.id, "text": question.text}
    short = {"url": f"{SDC_EXTENSION}/sdc-questionnaire-shortText", "valueString": question.name}
    options = [{"valueCoding": coding.option_coding(kb.settings.id, question.id, one)} for one in kb.options(question)]
    not_sure = {"valueCoding": coding.not_sure(kb.settings.id, question.id)}
    vertical = {"url": f"{CORE_EXTENSION}/questionnaire-choiceOrientation", "valueCode": "vertical"}
    followed_by: Json | None = None
    match question.type:
        case "boolean":
            item["type"] = "choice"
            item["extension"] = [short, _control("radio-button")]
            item["answerOption"] = [*({"valueCoding": coding.yes_no(one)} for one in (True, False)), not_sure]
        case "choice":
            item["type"] = "choice"
            item["extension"] = [short, _control("radio-button"), vertical]
            item["answerOption"] = [*options, not_sure]
        case "choices":
            exclusive = {"url": f"{CORE_EXTENSION}/questionnaire-optionExclusive", "valueBoolean": True}
            none = {"extension": [exclusive], "valueCoding": coding.none_coding(kb.settings.id, question.id)}
            item |= {"type": "choice", "repeats": True, "extension": [short, _control("check-box"), vertical]}
            item["answerOption"] = [*options, none, not_sure]
            asked = {
                "question": question.id,
                "operator": "=",
                "answerCoding": coding.not_sure(kb.settings.id, question.id),
            }
            followed_by = {
                "linkId": coding.unsure_id(question.id),
                "text": coding.WHICH_UNSURE_TEXT,
                "type": "choice",
                "repeats": True,
                "extension": [_control("check-box"), vertical],
                "enableWhen": [asked],
                "answerOption": options,
            }
        case "integer" | "decimal":
            value = "valueInteger" if question.type == "integer" else "valueDecimal"
            assert question.unit is not None
            unit = {"system": UCUM, "code": ucum(question.unit), "display": question.unit}
            item["type"] = question.type
            item["extension"] = [
                short,
                {"url": f"{CORE_EXTENSION}/questionnaire-unit", "valueCoding": unit},
                {"url": f"{CORE_EXTENSION}/minValue", value: question.min},
                {"url": f"{CORE_EXTENSION}/maxValue", value: question.max},
            ]
            followed_by = {
                "linkId": coding.unsure_id(question.id),
                "text": coding.NUMBER_UNSURE_TEXT,
                "type": "choice",
                "repeats": True,  # so that it is a box, which can be unticked
                "extension": [_control("check-box")],
                "answerOption": [not_sure],
                **gate,
            }
        case _:
            assert_never(question.type)
    explained = " ".join(text for text in (question.help, question.why) if text)
    if explained:
        item["item"] = [
            {"linkId": f"{question.id}.help", "text": explained, "type": "display", "extension": [_control("help")]}
        ]
    yield item | gate
    if followed_by:
        yield followed_by


def _control(code: str) -> Json:
    """How a renderer shows an item; without it, some show a list that has to be opened."""
    coded = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}
    return {"url": f"{CORE_EXTENSION}/questionnaire-itemControl", "valueCodeableConcept": {"coding": [coded]}}
