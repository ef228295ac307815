"""What stands around the evidence: intended use, which papers it could feed, limits, and what others made."""

from __future__ import annotations

from engine.model.rule import Urgency
from exports.safety_file.document import Column, Part, Table
from exports.safety_file.facts import Facts
from validators.counting import count

NO_CLAIM = (
    "This file claims no conformity with any law or standard, and nobody has certified it. It is material for a team "
    "that writes such papers under a quality system of its own, with a clinical safety officer of its own."
)

PAPERS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Intended use",
        "Software requirements; input to the safety class (A, B or C), which is the maker's to decide",
        "Intended use and reasonably foreseeable misuse",
        "Clinical risk management plan: scope of the system",
    ),
    (
        "Hazard log",
        "Hazardous situations to which software contributes",
        "Risk analysis, risk control, verification of controls",
        "Hazard log: hazard, cause, harm, control, owner, evidence, initial and residual risk",
    ),
    (
        "Traceability",
        "Traceability from requirement to test and result, in any form",
        "Verification that controls are in place",
        "Safety requirements mapped to evidence and release",
    ),
    (
        "Proofs, Cases, Alarm rate, Published patients",
        "Verification records",
        "Evidence that controls work; benefit and risk",
        "Evidence of the clinical safety case report",
    ),
    (
        "Open findings, Known limits",
        "Known anomalies of a release",
        "Residual risks to be evaluated and told",
        "Outstanding issues of the safety case report",
    ),
    (
        "Components of others",
        "Software of unknown provenance (SOUP)",
        "Possible causes outside the maker's own code",
        "Dependencies of the system",
    ),
    ("Releases", "Configuration management and change records", "Production and later information", "Modifications"),
)


def intended_use(facts: Facts) -> Part:
    """What it is for, for whom, and what not; an adopter replaces it by a statement of their own."""
    kb = facts.kb
    ages = kb.questions.get("age")
    whom = f", from {ages.min} to {ages.max} {ages.unit}" if ages and ages.min is not None else ""
    regions = sorted({one.region.replace("_", " ") for one in kb.current_conditions.values()})
    return Part(
        "use",
        "Intended use",
        "ISO 14971: intended use and foreseeable misuse. IEC 62304: requirements, and input to the safety class. "
        "IEC 82304-1: use specification. DCB0129: scope.",
        says=(
            f"{kb.settings.title}: {kb.settings.description}",
            "As its authors intend it: a person answers questions about their own pain. The software says how soon to "
            "seek care, names causes that fit the answers with the reasons, and offers a guide for each. It supports a "
            "person's decision to seek care; it does not replace one made by a clinician.",
            "Whether that makes it a medical device, and of which class, is not decided here: software that informs "
            "decisions of diagnosis or treatment is usually one in the EU (MDR, rule 11), and advice to patients is in "
            "the United States. The maker of a product decides and records it.",
        ),
        points=(
            f"Users: adults with pain in muscles, joints or spine{whom}, alone, on a telephone or computer; clinicians "
            "who write, review and release the rules; makers of apps that load a release.",
            f"What it names: {len(kb.current_conditions)} conditions ({', '.join(regions)}).",
            f"What it says of urgency: {', '.join(kb.settings.urgency[level].name for level in Urgency)}.",
            f"Not for: diagnosis. {kb.settings.not_a_diagnosis}",
            f"Not for: people outside the ages asked for{whom}; children; people who cannot answer for themselves.",
            "Not for: an emergency that is known as one; choosing medicines or doses; deciding about a referral, a "
            "test or an operation without a clinician; pain elsewhere than its conditions cover.",
            f"Not for care at all while it is unreviewed. {kb.settings.unreviewed}",
            "Foreseeable misuse: answering for somebody else; answering 'no' to end sooner; taking 'no likely cause' "
            "for all clear; using an old copy; reading only the first line of the result.",
        ),
        tables=(
            Table(
                "papers",
                "Which papers each part could feed. None of them is complete with it.",
                (Column("Part", 1.4), Column("IEC 62304", 2), Column("ISO 14971", 2), Column("DCB0129", 2)),
                PAPERS,
            ),
        ),
    )


def limits(facts: Facts) -> Part:
    """What is known to be weak, in sentences and in numbers."""
    counts = count(facts.kb)
    unapproved = _unapproved(facts)
    waiting = counts["cases_awaiting"]
    return Part(
        "limits",
        "Known limits",
        "ISO 14971: residual risk to be told. IEC 62304: known anomalies. DCB0129: outstanding issues.",
        points=(
            "It holds no evidence from use with patients: no study, no test of wording with real people, no incident "
            "reports.",
            unapproved,
            f"{counts['weights_judgement']} of {counts['evidence_rules']} weights of evidence are judgement and not "
            "taken from a published figure; each says why.",
            "A proof is about the rules as written: it says nothing of whether the medicine in them is right, whether "
            "a question is understood, or whether an answer is true.",
            "The alarm rate rests on a synthetic population, most of whose numbers are assumptions.",
            "Published patients are few, were written for other purposes, and their answers were taken from texts.",
            f"{waiting} cases wait for a clinician's word on what should happen and test nothing yet."
            if waiting
            else "Every case says what should happen; by whose judgement, its record says.",
            "Weights are added as if findings were independent within what their groups allow; likelihoods are not "
            "probabilities and are not told as such.",
            f"The semantics are version {facts.kb.settings.semantics}; a runtime of another version refuses the "
            "content.",
        ),
        tables=(
            Table(
                "counts",
                "What is in the knowledge base",
                (Column("What", 4), Column("How many", 1)),
                tuple((name.replace("_", " "), f"{number:g}") for name, number in counts.items()),
            ),
        ),
    )


def _unapproved(facts: Facts) -> str:
    if isinstance(facts.hands, str):
        return f"Who approved what is not known: {facts.hands}. Nothing counts as reviewed."
    paths = [facts.kb.paths["rule", id_] for id_ in facts.kb.active]
    approved = sum(1 for path in paths if path in facts.hands and facts.hands[path].approvers)
    return f"A reviewer has approved {approved} of {len(paths)} rules as they stand; the others are unreviewed."


def findings(facts: Facts) -> Part:
    """What the checks of the knowledge base find."""
    rows = tuple(
        (
            f"{one.code} {one.name}",
            str(one.severity),
            f"{one.path}{':' + str(one.line) if one.line else ''}",
            one.what,
            one.fix,
        )
        for one in facts.findings
    )
    return Part(
        "findings",
        "Open findings",
        "IEC 62304: known anomalies. DCB0129: outstanding issues.",
        says=(f"The checks (“algos check”) find {len(rows)} things on {facts.today.isoformat()}.",),
        tables=(
            Table(
                "findings",
                "What the checks find",
                (
                    Column("Check", 1.2),
                    Column("Severity", 0.6),
                    Column("Where", 1.6),
                    Column("What", 3),
                    Column("Fix", 2),
                ),
                rows or (("every check", "none", "everywhere", "nothing is found", "nothing to do"),),
            ),
        ),
    )


def releases(facts: Facts) -> Part:
    """The releases that were made, or why none is listed."""
    made = facts.releases
    rows: tuple[tuple[str, ...], ...] = ()
    if not isinstance(made, str):
        rows = tuple(
            (str(one.number), one.name, one.day.isoformat(), one.by, one.content[:12], one.retired or "in use")
            for one in made
        )
    why = f"None is listed: {made}." if isinstance(made, str) else f"{len(rows)} releases were made of it."
    return Part(
        "releases",
        "Releases",
        "IEC 62304: configuration management and change records. DCB0129: modifications.",
        says=(
            why,
            "Each change to a record, its reason, who proposed, commented on, approved and merged it, is kept signed "
            "in the repository; “algos change list” and “algos audit” show it.",
        ),
        tables=(
            Table(
                "releases",
                "Releases",
                (
                    Column("Number", 0.6),
                    Column("Name", 2),
                    Column("Day", 1),
                    Column("Made by", 1.4),
                    Column("Content", 1.2),
                    Column("State", 1.6),
                ),
                rows,
            ),
        )
        if rows
        else (),
    )


def components(facts: Facts) -> Part:
    """What others made and Algos runs on."""
    return Part(
        "components",
        "Components of others",
        "IEC 62304: software of unknown provenance (SOUP). DCB0129: dependencies.",
        says=(
            "What the toolkit asks for by itself and ran with, beside Python, the operating system and what these "
            "components need in turn. The runtime that a "
            "front end embeds needs far less: the JavaScript one nothing at all, the Python one the components that "
            "are marked so.",
        ),
        tables=(
            Table(
                "components",
                "Components, with the versions that were installed",
                (Column("Component", 1.5), Column("Version", 1), Column("Licence", 2.5), Column("Used by", 1.5)),
                tuple((one.name, one.version, one.licence, one.purpose) for one in facts.components),
            ),
        ),
    )
