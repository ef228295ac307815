"""How an answer is told in FHIR: the codes, and the ids of the items that hold it. docs/fhir.md has it as a table.

A question's answer stands in the item whose `linkId` is the question's id. "Not sure" is the code `asked-unknown` of
HL7's data-absent-reason, as in FHIR's own value set for yes, no and do not know
(https://hl7.org/fhir/R4/valueset-yesnodontknow.html); a number has no place for it, so it has an item of its own.
"""

from __future__ import annotations

from typing import Any

from engine.model.question import Option

Json = dict[str, Any]

YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"
"""HL7's yes (Y) and no (N)."""
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
"""HL7's reasons for there being no value."""
ASKED_UNKNOWN = "asked-unknown"
"""The reason of that list for: the person was asked, and does not know."""
NONE = "none"
"""The code of "none of these" beside a question's options; no option may be called so."""

NOT_SURE_TEXT = "Not sure"
NONE_TEXT = "None of these"
WHICH_UNSURE_TEXT = "Which of these are you not sure about?"
NUMBER_UNSURE_TEXT = "If you cannot give a number"

BOOLEAN = {True: ("Y", "Yes"), False: ("N", "No")}
"""A boolean's answers, as code and text."""


def canonical(kb: str, url: str | None = None, clinician: bool = False) -> str:
    """The questionnaire's canonical address: its publisher's, or a name made of the knowledge base's id."""
    return (url or f"urn:algos:questionnaire:{kb}") + ("-clinician" if clinician else "")


def options_system(kb: str, question: str) -> str:
    """The code system of one question's options: option ids are unique within a question only."""
    return f"urn:algos:answers:{kb}:{question}"


def section_id(section: str) -> str:
    """The `linkId` of a section's group. Ids have no dots, so it is no question's."""
    return f"section.{section}"


def unsure_id(question: str) -> str:
    """The `linkId` of the item that says what a person is not sure of."""
    return f"{question}.unsure"


def not_sure() -> Json:
    """The coding of "not sure"."""
    return {"system": ABSENT, "code": ASKED_UNKNOWN, "display": NOT_SURE_TEXT}


def yes_no(value: bool) -> Json:
    """The coding of yes or no."""
    code, text = BOOLEAN[value]
    return {"system": YES_NO, "code": code, "display": text}


def option_coding(kb: str, question: str, option: Option) -> Json:
    """The coding of one of a question's options."""
    return {"system": options_system(kb, question), "code": option.id, "display": option.text}


def none_coding(kb: str, question: str) -> Json:
    """The coding of "none of these"."""
    return {"system": options_system(kb, question), "code": NONE, "display": NONE_TEXT}
