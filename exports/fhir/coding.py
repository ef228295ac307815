"""How an answer is told in FHIR: the codes, and the ids of the items that hold it. docs/fhir.md has it as a table.

A question's answer stands in the item whose `linkId` is the question's id. "Not sure" and "None of these" are codes of
the question's own, beside its options. HL7 has a code for the first (`asked-unknown`), but renderers show a code's
display, and validators refuse any display of that code but "Asked But Unknown", which nobody would tick. A number has
no place for "not sure", so it has an item of its own.
"""

from __future__ import annotations

import re
from typing import Any

from engine.model.question import Option

Json = dict[str, Any]

YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"
"""HL7's yes (Y) and no (N)."""
ABSENT = ("http://terminology.hl7.org/CodeSystem/data-absent-reason", "asked-unknown")
"""HL7's code for: the person was asked, and does not know. It is read as "not sure", and never written."""
NONE = "none"
"""The code of "none of these" beside a question's options; no option may be called so."""
NOT_SURE = "unknown"
"""The code of "not sure" beside a question's options; no option may be called so."""

NOT_SURE_TEXT = "Not sure"
NONE_TEXT = "None of these"
WHICH_UNSURE_TEXT = "Which of these are you not sure about?"
NUMBER_UNSURE_TEXT = "If you cannot give a number"

BOOLEAN = {True: ("Y", "Yes"), False: ("N", "No")}
"""A boolean's answers, as code and text."""


_UNWRITABLE = re.compile(r"[\0-\x08\v\f\x0e-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]")


def writable(resource: Json) -> Json:
    """A resource with plain spaces for all others in its texts: FHIR's JSON Schema refuses a no-break space.

    Its pattern for a text is `^[ \\r\\n\\t\\S]+$`, https://hl7.org/fhir/R4/datatypes.html#string.
    """
    return {key: _plain(value) for key, value in resource.items()}


def _plain(value: object) -> object:
    if isinstance(value, str):
        return _UNWRITABLE.sub(" ", value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return writable(value) if isinstance(value, dict) else value


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


def not_sure(kb: str, question: str) -> Json:
    """The coding of "not sure" of a question."""
    return {"system": options_system(kb, question), "code": NOT_SURE, "display": NOT_SURE_TEXT}


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
