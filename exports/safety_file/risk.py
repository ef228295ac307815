"""Risk as severity by likelihood, and what clinicians judged of it.

Source of the matrix, the ratings and the names of their classes: NHS Digital, Clinical Risk Management (DCB0129 and
DCB0160), as its UK Core Hazard Log for HL7 FHIR UK Core R4 prints them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from engine.finding import Finding, KnowledgeError
from engine.nearest import nearest

Severity = Literal["minor", "significant", "considerable", "major", "catastrophic"]
Likelihood = Literal["very high", "high", "medium", "low", "very low"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
LIKELIHOODS: tuple[Likelihood, ...] = get_args(Likelihood)

SOURCE = (
    "NHS Digital, Clinical Risk Management (DCB0129 and DCB0160): the risk matrix and ratings as printed in the UK "
    "Core Hazard Log for HL7 FHIR UK Core R4. An organisation may have a matrix of its own."
)

MATRIX: dict[Likelihood, tuple[int, int, int, int, int]] = {
    "very high": (3, 4, 4, 5, 5),
    "high": (2, 3, 3, 4, 5),
    "medium": (2, 2, 3, 3, 4),
    "low": (1, 2, 2, 3, 4),
    "very low": (1, 1, 2, 2, 3),
}
"""Likelihood to the risk (1 to 5) for each severity, in the order of `SEVERITIES`."""

MEANING = {
    5: "unacceptable",
    4: "to be eliminated or controlled until it is acceptable",
    3: "undesirable: acceptable only where it cannot reasonably be reduced further",
    2: "acceptable where reducing it further would cost more than it gains",
    1: "acceptable, nothing more to do",
}

COLUMNS = ("hazard", "initial_likelihood", "residual_likelihood", "judged_by", "day", "owner")
"""The columns of the file in which clinicians write down what they judged."""


@dataclass(frozen=True)
class Judged:
    """What a clinician judged of one hazard."""

    initial: Likelihood
    residual: Likelihood
    by: str
    day: date
    owner: str


def risk(severity: Severity, likelihood: Likelihood) -> int:
    """The risk, from 1 (acceptable) to 5 (unacceptable)."""
    return MATRIX[likelihood][SEVERITIES.index(severity)]


def span(severity: Severity) -> tuple[int, int]:
    """The least and the greatest risk that a severity can have."""
    return risk(severity, "very low"), risk(severity, "very high")


def read_judged(data: bytes, known: Collection[str], path: str) -> dict[str, Judged]:
    """What clinicians judged, from a CSV file with `COLUMNS`. Raises KnowledgeError with every line that is refused."""
    findings: list[Finding] = []
    result: dict[str, Judged] = {}

    def refuse(line: int, what: str, fix: str) -> None:
        findings.append(Finding(path, line, "", "SF101", "safety-file.risk", what, fix))

    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
        rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error):
        refuse(0, "it is no CSV file in UTF-8", f"write a CSV file with the columns {', '.join(COLUMNS)}")
        raise KnowledgeError(findings) from None
    if tuple(reader.fieldnames or ()) != COLUMNS:
        refuse(1, "its columns are others", f"write the columns {', '.join(COLUMNS)}, in this order")
        raise KnowledgeError(findings)
    for line, row in rows:
        hazard = row["hazard"] or ""
        if hazard not in known:
            refuse(line, f"there is no safety property `{hazard}`", nearest(hazard, known))
            continue
        if hazard in result:
            refuse(line, f"`{hazard}` stands here twice", "leave one of the lines")
            continue
        likely = [next((one for one in LIKELIHOODS if one == row[name]), None) for name in COLUMNS[1:3]]
        try:
            day = date.fromisoformat(row["day"] or "")
        except ValueError:
            refuse(line, f"`{row['day']}` is no day", "write it as 2026-11-26")
            continue
        empty = [name for name in ("judged_by", "owner") if not (row[name] or "").strip()]
        if empty:
            refuse(line, f"`{empty[0]}` is empty", "name the person: a risk that nobody judged is not judged")
        elif likely[0] is None or likely[1] is None:
            refuse(line, "a likelihood is none of the matrix", f"write one of {', '.join(LIKELIHOODS)}")
        else:
            result[hazard] = Judged(likely[0], likely[1], row["judged_by"], day, row["owner"])
    if findings:
        raise KnowledgeError(findings)
    return result
