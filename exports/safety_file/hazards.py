"""The hazard log: one row for each safety property, and hazards that every software of this kind has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.model.case import Safety
from exports.safety_file.document import Column, Part, Table
from exports.safety_file.facts import Facts
from exports.safety_file.risk import LIKELIHOODS, MATRIX, MEANING, SEVERITIES, SOURCE, risk, span
from exports.safety_file.sources import cited

NOT_JUDGED = "not judged by a clinician"
MOST_SEVERE_FIRST = tuple(reversed(SEVERITIES))

GENERAL: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "A missed emergency",
        "The rules do not know the sign, or another answer outweighs it.",
        "Lasting harm or death by delay.",
        "Red flags decide the urgency first; a likely cause never cancels one. Safety properties are proved over every "
        "possible set of answers, and a release with one broken is refused.",
        "The parts Hazard log, Proofs, and Published patients.",
    ),
    (
        "False reassurance",
        "A harmless cause is named although a serious one is possible.",
        "A person waits who should not.",
        "Self-care has to be earned: every red flag is surely false, and nothing that would ask for more is still "
        "within reach. Every guide ends with what to watch for, and how soon to go.",
        "Proof families “urgency” and “unknowns”; the guides.",
    ),
    (
        "Over-triage",
        "Common answers raise alarms.",
        "Ambulances and clinics are taken from others; people stop believing the advice.",
        "The alarm rate is measured on a reference population, beside the proofs; safety properties hold what must "
        "stay calm.",
        "The part Alarm rate.",
    ),
    (
        "A question is misread",
        "Words are unknown, or a question is too long.",
        "A wrong answer leads to wrong advice.",
        "Plain words, help beside a question, its reading age checked; contradicting answers come back to be looked "
        "at.",
        "Checks of reading age; constraints. No test with real people has been made.",
    ),
    (
        "Evidence grows old",
        "A guideline changes, and the rule does not.",
        "Advice that is no longer right.",
        "Each rule and guide has a day by which it is reviewed again. Past it an app refuses a bundle, or goes on and "
        "says so, as its maker chose; the pain assessment goes on and says so.",
        "The column Review by in the part Traceability.",
    ),
    (
        "What was not answered is taken for no",
        "A form has a default, or a program takes nothing for false.",
        "A danger sign that was never asked about clears a person.",
        "Logic with three values: what is not known stays unknown, counts as a precaution, and clears nobody.",
        "Proof family “unknowns”; the semantics' part on answers.",
    ),
    (
        "The rules are altered on their way",
        "A file is changed, exchanged for an older one, or damaged.",
        "Advice that nobody approved.",
        "Bundles are signed; altered, older and overdue ones are refused, and each carries cases with which an app "
        "checks itself.",
        "The checks of bundles (“algos verify”).",
    ),
)
"""Hazard, cause, harm, control, and where its evidence is: what the rules about rules cannot say."""


def hazard_log(facts: Facts) -> Part:
    """The part with both tables, and the matrix that risks are read from."""
    ordered = sorted(facts.kb.safety.values(), key=lambda one: (MOST_SEVERE_FIRST.index(one.severity), one.id))
    verdicts = verdicts_of(facts.certificate)
    judged = sum(1 for one in ordered if one.id in facts.judged)
    return Part(
        "hazards",
        "Hazard log",
        "ISO 14971: risk analysis, control and evaluation. DCB0129: hazard log. IEC 62304: hazardous situations that "
        "software contributes to.",
        says=(
            f"One row for each of the {len(ordered)} safety properties. Severity classes stand in the records of the "
            "knowledge base and were chosen by those who wrote them. Likelihood is a clinician's to judge: of "
            f"{judged} of {len(ordered)} hazards it has been. For the others the range is told that the severity "
            "leaves open, before any control; the residual risk is left open, because a proof says what the rules do, "
            "not how often people misread, answer wrongly or do not follow advice.",
            "Owners are named by whoever puts it into use, who also names a clinical safety officer. What was judged "
            "is taken from a CSV file (--risks) with the columns hazard, initial_likelihood, residual_likelihood, "
            "judged_by, day and owner.",
        ),
        tables=(
            Table(
                "hazards",
                "Hazards that a safety property controls, the most severe first",
                (
                    Column("Hazard", 2.2),
                    Column("Cause", 1.6),
                    Column("Harm", 1.6),
                    Column("Severity", 1.15),
                    Column("Control", 2.4),
                    Column("Evidence", 2.0),
                    Column("Owner", 1.0),
                    Column("Initial risk", 1.2),
                    Column("Residual risk", 1.2),
                ),
                tuple(_row(facts, one, verdicts) for one in ordered),
            ),
            Table(
                "general_hazards",
                "Hazards of every software of this kind, and what Algos does about them",
                (
                    Column("Hazard", 1.2),
                    Column("Cause", 1.4),
                    Column("Harm", 1.4),
                    Column("Control", 3.0),
                    Column("Where its evidence is", 1.8),
                    Column("Risk", 1.0),
                ),
                tuple((*one, NOT_JUDGED) for one in GENERAL),
            ),
            Table(
                "matrix",
                "Risk by likelihood and severity. " + SOURCE,
                (Column("Likelihood"), *(Column(one) for one in SEVERITIES)),
                tuple((one, *(str(number) for number in MATRIX[one])) for one in LIKELIHOODS),
            ),
            Table(
                "ratings",
                "What the numbers mean, from the same source",
                (Column("Risk", 1), Column("Meaning", 8)),
                tuple((str(number), meaning) for number, meaning in MEANING.items()),
            ),
        ),
    )


def verdicts_of(certificate: Mapping[str, Any] | str) -> dict[str, Mapping[str, Any]]:
    """The verdicts of a certificate by their id; none where there is no certificate."""
    return {} if isinstance(certificate, str) else {one["id"]: one for one in certificate["verdicts"]}


def _row(facts: Facts, one: Safety, verdicts: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    judged = facts.judged.get(one.id)
    low, high = span(one.severity)
    if judged:
        initial = f"{risk(one.severity, judged.initial)} of 5 (likelihood {judged.initial})"
        residual = (
            f"{risk(one.severity, judged.residual)} of 5 (likelihood {judged.residual}), judged by {judged.by} on "
            f"{judged.day.isoformat()}"
        )
    else:
        initial = f"{low} to {high} of 5: likelihood {NOT_JUDGED}"
        residual = NOT_JUDGED[0].upper() + NOT_JUDGED[1:]
    return (
        f"{one.hazard} [{one.id}]",
        one.cause or "None is written down in the record.",
        one.harm,
        one.severity,
        f"The rules keep this: {one.title}.",
        "; ".join(_evidence(facts, one, verdicts)),
        judged.owner if judged else "none named yet",
        initial,
        residual,
    )


def _evidence(facts: Facts, one: Safety, verdicts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    verdict = verdicts.get(f"safety/safety/{one.id}")
    if isinstance(facts.certificate, str):
        yield f"not proved here: {facts.certificate}"
    elif verdict is None:
        yield "the certificate does not speak of it"
    else:
        words = {"proved": "proved for every possible set of answers", "broken": "BROKEN", "undecided": "NOT DECIDED"}
        yield words[verdict["verdict"]]
        if verdict.get("depends_on"):
            yield f"rests on the constraint {', '.join(verdict['depends_on'])}"
    yield from cited(facts.kb, one)
