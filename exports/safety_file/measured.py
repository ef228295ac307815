"""What was tried, proved and measured: cases, the proofs' certificate, the alarm rate and published patients."""

from __future__ import annotations

from collections import Counter

from engine.model.rule import Urgency
from exports.safety_file.document import Column, Part, Table
from exports.safety_file.facts import Facts, Measured
from exports.safety_file.hazards import verdicts_of
from validators.population.triage import interval
from validators.vignettes import Accuracy

_TOP = 15
_LONG = 480
"""Characters of a property that are shown."""
READINGS = {
    "unstated_unknown": "what the text does not say is 'not sure'",
    "unstated_no": "warning signs that the text does not mention are answered no",
}


def _by(measured: Measured) -> str:
    return f"Measured by “{measured.command}” on {measured.day.isoformat()}."


def cases(facts: Facts) -> Part:
    """The rules' own examples, and whole patients."""
    told = [one for one in facts.cases.values() if not one.awaiting]
    failed = [one for one in (*facts.examples.values(), *told) if one.failed]
    examples = sum(len(facts.kb.active[id_].examples) for id_ in facts.examples)
    wrong = sum(1 for one in facts.examples.values() if one.failed)
    return Part(
        "cases",
        "Cases",
        "IEC 62304: verification records. ISO 14971: verification of controls. DCB0129: evidence.",
        says=(
            f"{len(facts.examples)} rules have {examples} examples of their own; those of {wrong} rules fail. "
            f"{sum(1 for one in told if one.passed)} of {len(told)} cases (whole patients with what should happen) "
            f"pass, {sum(1 for one in facts.cases.values() if one.awaiting)} wait for a clinician's word. "
            f"{_by(facts.measured)}",
        ),
        tables=(
            Table(
                "cases",
                "Whole patients: what should happen, and why",
                (
                    Column("Case", 2),
                    Column("Person", 4),
                    Column("Expected", 1.6),
                    Column("Because", 3),
                    Column("Result", 0.8),
                ),
                tuple(_case(facts, id_) for id_ in facts.cases),
            ),
            *_failures([(f"{one.kind} {one.id}", "; ".join(what for _, what in one.differences)) for one in failed]),
        ),
    )


def _case(facts: Facts, id_: str) -> tuple[str, ...]:
    case, result = facts.kb.cases[id_], facts.cases[id_]
    if case.expect is None:
        expected = "no clinician has said yet"
    else:
        expected = case.expect.urgency.value.replace("_", "-") + (
            f", first {case.expect.first}" if case.expect.first else ""
        )
    state = "waits" if result.awaiting else ("FAILS" if result.failed else "passes")
    return f"{case.title} [{id_}]", case.story, expected, case.because or "no clinician has said yet", state


def _failures(failed: list[tuple[str, str]]) -> tuple[Table, ...]:
    if not failed:
        return ()
    return (Table("failures", "What fails", (Column("What", 1), Column("How", 3)), tuple(failed)),)


def proofs(facts: Facts) -> Part:
    """The certificate, by family, with everything that is not proved and every safety property."""
    feeds = "IEC 62304: verification records. ISO 14971: verification of controls. DCB0129: evidence."
    certificate = facts.certificate
    if isinstance(certificate, str):
        return Part("proofs", "Proofs", feeds, says=(f"Nothing is proved here: {certificate}.",))
    verdicts = verdicts_of(certificate)
    families: dict[str, Counter[str]] = {}
    for id_, one in verdicts.items():
        families.setdefault(id_.split("/", 1)[0], Counter())[one["verdict"]] += 1
    counts, confirmed = certificate["counts"], certificate["confirmed"]
    unproved = tuple(
        (id_, one["verdict"], _short(one["says"])) for id_, one in verdicts.items() if one["verdict"] != "proved"
    )
    safety = tuple(
        (id_.rsplit("/", 1)[1], _short(one["says"]), one["verdict"], _rests(one))
        for id_, one in verdicts.items()
        if id_.startswith("safety/safety/")
    )
    return Part(
        "proofs",
        "Proofs",
        feeds,
        says=(
            f"{counts['proved']} of {counts['properties']} properties are proved over every possible set of answers, "
            f"{counts['broken']} are broken and {counts['undecided']} not decided; {counts['safety']} of them come "
            f"from safety properties. Solver: {certificate['solver']}; encoding {certificate['encoding']}; semantics "
            f"{certificate['semantics']}; content {certificate['content'][:12]}. From “{facts.proved.command}”, as of "
            f"{facts.proved.day.isoformat()}.",
            f"{confirmed['by_reference']} people that the proofs found were carried out by the reference evaluator, "
            f"{confirmed['by_durable_rules']} of them by durable_rules as well, without a difference.",
        ),
        tables=(
            Table(
                "proofs",
                "Properties by family",
                (Column("Family", 2), Column("Proved", 1), Column("Broken", 1), Column("Not decided", 1)),
                tuple(
                    (name, *(str(found[kind]) for kind in ("proved", "broken", "undecided")))
                    for name, found in families.items()
                ),
            ),
            Table(
                "safety_proofs",
                "Safety properties, as they were proved",
                (Column("Property", 1.5), Column("Says", 6), Column("Verdict", 0.8), Column("Rests on", 1.2)),
                safety,
            ),
            *(
                (
                    Table(
                        "not_proved",
                        "What is not proved",
                        (Column("Property", 2), Column("Verdict", 1), Column("Says", 5)),
                        unproved,
                    ),
                )
                if unproved
                else ()
            ),
        ),
    )


def _short(says: str) -> str:
    """A property in words; one that lists dozens of answers is cut where it can be looked up whole."""
    if len(says) <= _LONG:
        return says
    return f"{says[:_LONG].rsplit(' ', 1)[0]} … (the whole of it stands in the record and the certificate)"


def _rests(verdict: object) -> str:
    depends = verdict.get("depends_on") if isinstance(verdict, dict) else None
    return ", ".join(depends) if depends else "nothing but the rules"


def alarm_rate(facts: Facts) -> Part:
    """How many of a reference population are told to be seen today or now, and why."""
    feeds = "ISO 14971: benefit and risk, over-triage. DCB0129: evidence."
    run = facts.alarms
    if isinstance(run, str):
        return Part("alarms", "Alarm rate", feeds, says=(f"It was not measured: {run}.",))
    low, high = interval(run.alarms, run.n)
    asking = sorted(run.reasons.get(Urgency.URGENT, {}).items(), key=lambda one: (-(one[1].true + one[1].open), one[0]))
    return Part(
        "alarms",
        "Alarm rate",
        feeds,
        says=(
            f"{run.alarms:,} of {run.n:,} synthetic people ({100 * run.alarms / run.n:.1f} %, 95 % interval "
            f"{100 * low:.1f} to {100 * high:.1f}) are told to be seen the same day or at once; {run.only_unsure:,} of "
            f"these alarms rest on answers of 'not sure' alone. {_by(facts.measured)}",
            "The people are drawn, not real. Most of the numbers that they are drawn from are assumptions, written "
            "down in validators/population/assumptions.json; the interval is that of drawing, not of the assumptions.",
        ),
        tables=(
            Table(
                "urgencies",
                "Urgency given to the reference population",
                (Column("Urgency", 2), Column("People", 1), Column("Share", 1)),
                tuple(
                    (
                        facts.kb.settings.urgency[level].name,
                        f"{run.levels[level]:,}",
                        f"{100 * run.levels[level] / run.n:.1f} %",
                    )
                    for level in Urgency
                ),
            ),
            Table(
                "alarm_causes",
                f"What most often asks for being seen the same day or at once (the first {_TOP})",
                (Column("Rule or condition", 3), Column("True", 1), Column("Open", 1), Column("Nothing else asks", 1)),
                tuple((name, str(one.true), str(one.open), str(one.only)) for name, one in asking[:_TOP]),
            ),
        ),
    )


def published_patients(facts: Facts) -> Part:
    """Vignette accuracy: each figure with what it is out of."""
    feeds = "ISO 14971: evidence that controls work. DCB0129: evidence. IEC 82304-1: input to validation."
    runs = facts.vignettes
    if isinstance(runs, str):
        return Part("vignettes", "Published patients", feeds, says=(f"None were tried: {runs}.",))
    n = runs[0].n
    return Part(
        "vignettes",
        "Published patients",
        feeds,
        says=(
            f"{n} patients that others published with diagnosis and urgency, each answered twice from the text. "
            f"{_by(facts.measured)} Nothing says that the rules were written without sight of them.",
            *(_few(run) for run in runs),
        ),
        tables=(
            Table(
                "vignettes",
                "How they came out: each figure with what it is out of",
                (
                    Column("Reading", 2.6),
                    Column("Right cause first"),
                    Column("Within three"),
                    Column("Urgency right"),
                    Column("Told to wait too long", 1.2),
                    Column("Told to hurry in vain", 1.2),
                    Column("Emergencies missed", 1.2),
                ),
                tuple(_reading(run) for run in runs),
            ),
            Table(
                "vignette_patients",
                "Each patient",
                (
                    Column("Patient", 0.8),
                    Column("Diagnosis", 2),
                    Column("Source", 2.6),
                    Column("True urgency", 0.9),
                    Column("Given: not sure", 1.1),
                    Column("Given: no", 1),
                    Column("Place of the right cause", 1.2),
                ),
                tuple(
                    (
                        one.id,
                        one.diagnosis,
                        one.source,
                        one.true.value,
                        one.got.value,
                        other.got.value,
                        f"{one.place or 'not named'}, {other.place or 'not named'}",
                    )
                    for one, other in zip(runs[0].patients, runs[-1].patients, strict=True)
                ),
            ),
        ),
    )


def _reading(run: Accuracy) -> tuple[str, ...]:
    right = run.n - run.too_low - run.too_high
    return (
        READINGS[run.reading],
        *(f"{number} of {run.n}" for number in (run.first, run.within_three, right, run.too_low, run.too_high)),
        f"{run.missed} of {run.emergencies}",
    )


def _few(run: Accuracy) -> str:
    """What so few patients leave open: Wilson's intervals of missed emergencies and of right causes."""
    missed, right = interval(run.missed, run.emergencies), interval(run.first, run.n)
    return (
        f"So few patients prove little. Where {READINGS[run.reading]}: {run.missed} of {run.emergencies} emergencies "
        f"missed leaves open up to {100 * missed[1]:.0f} %, and {run.first} of {run.n} right causes first anything "
        f"from {100 * right[0]:.0f} to {100 * right[1]:.0f} % (95 % intervals)."
    )
