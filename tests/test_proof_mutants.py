"""Seeded faults: the starter knowledge base, each time with one thing broken, and who notices.

Each mutant is caught either because a property no longer holds, or because patients change; whoever shows it is carried
out by the reference and by durable_rules. Neutral edits are proved to change nobody. What is broken is chosen from the
knowledge base as it is, so that these tests follow its content.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest

from engine.answers import Answers
from engine.assess import Assessor, WorkerFailure
from engine.criteria import All, FactIs, ScoreIs
from engine.durable import DurableEvaluator
from engine.evaluate import Values
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.model.assertion import UrgencyAtLeast
from engine.model.rule import Evidence, Urgency
from engine.outcome import Outcome
from engine.worker import Workers
from tests.random_kb import Json
from validators.proof.changes import TITLES, Kind, changes
from validators.proof.prove import prove

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
Records = dict[str, Any]
Files = dict[str, bytes]


class InProcess:
    """durable_rules without a process of its own, which is quicker for one person."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb

    def evaluate(self, kb_id: str, files: Mapping[str, bytes], answers: Answers) -> Values | WorkerFailure:
        with DurableEvaluator(self._kb) as durable:
            return durable.evaluate(answers)


def both_evaluators(kb: KnowledgeBase, files: Files, workers: Workers | None) -> Assessor:
    """Assesses with the reference and durable_rules: nightly in workers, as for people."""
    return Assessor(kb, files, workers) if workers else Assessor(kb, {}, InProcess(kb))


@dataclass(frozen=True)
class Mutant:
    """One fault, and who must notice: patients who change, or a property that fails."""

    family: str
    what: str
    break_it: Callable[[Records], None]
    kinds: tuple[Kind, ...] = ("less_urgent",)
    fails: str = ""
    """The id of a property that must fail; its family alone is proved."""
    safety: str = ""
    """Of the safety properties only this one is asked."""


# What is there to be broken.


def flags(kb: KnowledgeBase, level: Urgency, alone: bool = False) -> list[str]:
    """Red flags of a level; `alone`: those that one answer by itself makes TRUE."""
    found = [id_ for id_, flag in kb.red_flags.items() if flag.red_flag is level]
    return [id_ for id_ in found if not alone or isinstance(kb.active[id_].when, FactIs)]


def with_comparison(kb: KnowledgeBase, ids: Sequence[str], kind: type) -> list[str]:
    """Rules whose `when` has an "at least" of an answer, or of a score, as one of its joined parts."""
    return [
        id_
        for id_ in ids
        if isinstance(kb.active[id_].when, All)
        and any(isinstance(part, kind) and part.gte is not None for part in kb.active[id_].when.all)
    ]


def rule_path(id_: str) -> str:
    return f"rules/{id_}.json"


def leaves(criterion: Any) -> Iterator[Json]:
    """Every comparison below a criterion, as JSON."""
    if isinstance(criterion, dict):
        if "fact" in criterion or "score" in criterion:
            yield criterion
        for part in criterion.values():
            yield from leaves(part)
    elif isinstance(criterion, list):
        for part in criterion:
            yield from leaves(part)


def section_of(records: Records, question: str) -> tuple[str, Json]:
    for path, record in records.items():
        for asked in record.get("questions", ()) if path.startswith("questions/") else ():
            if asked["id"] == question:
                return path, asked
    raise AssertionError(question)


def two(found: Sequence[Any]) -> list[Any]:
    """The first and the last of what there is."""
    assert len(found) >= 2, "the knowledge base has too little of this kind to break"
    return [found[0], found[-1]]


def mutants(kb: KnowledgeBase) -> Iterator[Mutant]:
    """At least two faults of each family."""
    emergencies = flags(kb, Urgency.EMERGENCY)
    alone = flags(kb, Urgency.EMERGENCY, alone=True)
    everything = list(kb.red_flags)

    for id_ in two(alone):
        yield Mutant("dropped red flag", id_, lambda r, id_=id_: r.pop(rule_path(id_)))

    def flip(records: Records, id_: str) -> None:
        leaf = next(one for one in leaves(records[rule_path(id_)]["when"]) if "gte" in one)
        leaf["lt"] = leaf.pop("gte")

    for id_ in two(with_comparison(kb, everything, FactIs)):
        yield Mutant("flipped comparison", id_, lambda r, id_=id_: flip(r, id_))

    def raise_limit(records: Records, id_: str, key: str) -> None:
        leaf = next(one for one in leaves(records[rule_path(id_)]["when"]) if key in one and "gte" in one)
        leaf["gte"] += 1

    for key, kind in (("fact", FactIs), ("score", ScoreIs)):
        for id_ in with_comparison(kb, everything, kind)[:1]:
            yield Mutant("threshold off by one", id_, lambda r, id_=id_, key=key: raise_limit(r, id_, key))

    def forget_unknown(records: Records, id_: str) -> None:
        then = records[rule_path(id_)]["then"]
        then |= {"if_unsure": "routine", "if_unsure_reason": "An answer that is not there counts as no."}

    for id_ in two(alone):
        yield Mutant("unknown treated as no", id_, lambda r, id_=id_: forget_unknown(r, id_))

    for id_, to in two(list(other_groups(kb))):
        yield Mutant(
            "mis-grouped weight",
            id_,
            lambda r, id_=id_, to=to: r[rule_path(id_)]["then"].update(group=to),
            ("other_causes", "other_first"),
        )

    def shadow(records: Records, id_: str) -> None:
        rule = copy.deepcopy(records[rule_path(id_)])
        rule["id"] = f"{id_}_again"
        rule["then"]["weight"] -= 1
        rule["then"].pop("basis", None)
        records[rule_path(rule["id"])] = rule

    strong = [id_ for id_, rule in kb.active.items() if isinstance(rule.then, Evidence) and rule.then.weight > 3]
    for id_ in two(strong):
        yield Mutant("shadowed rule", id_, lambda r, id_=id_: shadow(r, id_), (), f"dead/rule/{id_}_again")

    def kill(records: Records, id_: str) -> None:
        rule = records[rule_path(id_)]
        rule["when"] = {"all": [rule["when"], {"not": rule["when"]}]}

    for id_ in two(alone):
        yield Mutant("dead rule", id_, lambda r, id_=id_: kill(r, id_), ("less_urgent",), f"reachable/rule/{id_}")

    def hide(records: Records, id_: str) -> None:
        when = kb.active[id_].when
        assert isinstance(when, FactIs)
        section_of(records, when.fact)[1]["ask_when"] = {"fact": "leg_pain_reach", "in": ["thigh", "below_knee"]}

    for id_ in two(alone):
        yield Mutant("ask_when that hides a safety item", id_, lambda r, id_=id_: hide(r, id_))

    def forbid(records: Records, id_: str) -> None:
        records["constraints/forbidden.json"] = {
            "id": "forbidden",
            "title": "Forbidden",
            "never": records[rule_path(id_)]["when"],
            "message": "Please look again.",
            "judgement": "made up",
        }

    for id_ in two(alone):
        yield Mutant(
            "constraint that hides people",
            id_,
            lambda r, id_=id_: forbid(r, id_),
            ("asked_again",),
            f"reachable/rule/{id_}",
        )

    for id_ in two(emergencies):
        yield Mutant("lowered urgency", id_, lambda r, id_=id_: r[rule_path(id_)]["then"].update(red_flag="soon"))

    def silence(records: Records, condition: str) -> None:
        records[f"conditions/{path_of(kb, condition)}"]["thresholds"] = {
            "likely": 60,
            "possible": 60,
            "reason": "Nothing speaks for it any more.",
        }

    serious = [id_ for id_, one in kb.current_conditions.items() if one.care_level.level >= Urgency.SOON.level]
    for id_ in two(serious):
        yield Mutant(
            "weight that silences a cause", id_, lambda r, id_=id_: silence(r, id_), ("less_urgent", "other_causes")
        )

    several = [id_ for id_, flag in kb.red_flags.items() if len(flag.suspects) > 1]
    for id_ in two(several):
        yield Mutant(
            "removed suspect",
            id_,
            lambda r, id_=id_: r[rule_path(id_)]["then"]["suspects"].pop(0),
            ("other_causes", "other_first"),
        )

    def turn(records: Records, id_: str) -> None:
        records[rule_path(id_)]["when"] = {"not": records[rule_path(id_)]["when"]}

    for id_ in two(alone):
        yield Mutant("turned round", id_, lambda r, id_=id_: turn(r, id_), ("less_urgent", "more_urgent"))

    for safety, id_ in two(list(guarded(kb, alone))):
        yield Mutant(
            "broken safety property",
            f"{safety} without {id_}",
            lambda r, id_=id_: r[rule_path(id_)]["then"].update(red_flag="routine"),
            (),
            f"safety/safety/{safety}",
            safety,
        )


def path_of(kb: KnowledgeBase, condition: str) -> str:
    return kb.paths["condition", condition].removeprefix("conditions/")


def other_groups(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """The strongest evidence of a group, and another group of the same condition to move it to."""
    for groups in kb.evidence.values():
        for name, group in groups.items():
            others = [one for one in groups if one != name]
            if len(group) > 1 and others:
                strongest = max(group, key=lambda id_: (group[id_].weight, id_))
                if group[strongest].weight > 3:
                    yield strongest, others[0]


def guarded(kb: KnowledgeBase, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Safety properties that promise an emergency to whomever one answer makes an emergency, each with its red flag."""
    for name, one in sorted(kb.safety.items()):
        if isinstance(one.then, UrgencyAtLeast) and one.then.urgency_at_least is Urgency.EMERGENCY:
            for id_ in ids:
                if one.whenever == kb.active[id_].when:
                    yield name, id_


# The tests.


def records_of(files: Files) -> Records:
    return {path: json.loads(data) for path, data in files.items() if path.endswith(".json")}


def changed_files(files: Files, break_it: Callable[[Records], object]) -> tuple[KnowledgeBase, Files]:
    before = records_of(files)
    after = copy.deepcopy(before)
    break_it(after)
    new = {path: data for path, data in files.items() if path in after or not path.endswith(".json")}
    new |= {path: json.dumps(record).encode() for path, record in after.items() if record != before.get(path)}
    loaded = load(new)
    assert loaded.kb is not None, "\n".join(str(one) for one in loaded.findings[:5])
    return loaded.kb, new


FAMILIES = (
    "dropped red flag",
    "flipped comparison",
    "threshold off by one",
    "unknown treated as no",
    "mis-grouped weight",
    "shadowed rule",
    "dead rule",
    "ask_when that hides a safety item",
    "constraint that hides people",
    "lowered urgency",
    "weight that silences a cause",
    "removed suspect",
    "turned round",
    "broken safety property",
)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers | None]:
    with ExitStack() as stack:
        yield stack.enter_context(Workers()) if NIGHTLY else None


@pytest.fixture(scope="module")
def every(starter: KnowledgeBase) -> dict[str, list[Mutant]]:
    found: dict[str, list[Mutant]] = {}
    for mutant in mutants(starter):
        found.setdefault(mutant.family, []).append(mutant)
    return found


def test_there_are_at_least_25_mutants_of_all_families(every: dict[str, list[Mutant]]) -> None:
    assert set(every) == set(FAMILIES)
    assert sum(len(some) for some in every.values()) >= 25
    assert all(len(some) == 2 for some in every.values())


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_mutant_is_caught_and_both_evaluators_confirm_it(
    family: str,
    number: int,
    every: dict[str, list[Mutant]],
    starter: KnowledgeBase,
    starter_files: Files,
    workers: Workers | None,
) -> None:
    mutant = every[family][number]
    kb, files = changed_files(starter_files, mutant.break_it)
    if mutant.kinds:
        by_changes(mutant, starter, starter_files, kb, files, workers)
    if mutant.fails:
        by_a_property(mutant, starter, kb, files, workers)


def by_changes(
    mutant: Mutant,
    base: KnowledgeBase,
    base_files: Files,
    head: KnowledgeBase,
    head_files: Files,
    workers: Workers | None,
) -> None:
    for kind in mutant.kinds:
        (change,) = changes(base, head, kinds=(kind,), most=1, seconds=1).changes
        if change.groups:
            break
    else:
        raise AssertionError(f"nobody notices: {mutant.family}, {mutant.what}")
    (group,) = change.groups
    for kb, files, answers, expected in (
        (base, base_files, group.told[0], group.before),
        (head, head_files, group.told[1], group.after),
    ):
        assessment = both_evaluators(kb, files, workers).assess(answers)
        assert assessment.note is None
        assert assessment.engine == "durable_rules"
        assert assessment.outcome == expected
    assert changed(kind, group.before, group.after)


def changed(kind: Kind, before: Outcome, after: Outcome) -> bool:
    match kind:
        case "less_urgent":
            return after.urgency.level < before.urgency.level
        case "more_urgent":
            return after.urgency.level > before.urgency.level
        case "asked_again":
            return bool(before.corrections) != bool(after.corrections)
    stands = [[(view.id, view.status) for view in one.named] for one in (before, after)]
    ruled_out = [[view.id for view in one.to_rule_out] for one in (before, after)]
    return stands[0] != stands[1] or ruled_out[0] != ruled_out[1]


def by_a_property(
    mutant: Mutant, base: KnowledgeBase, head: KnowledgeBase, files: Files, workers: Workers | None
) -> None:
    only = {mutant.safety} if mutant.safety else set()
    family = mutant.fails.split("/")[0]
    kb, intact = (replace(one, cases={}, safety={id_: one.safety[id_] for id_ in only}) for one in (head, base))
    native = both_evaluators(kb, files, workers)
    verdicts = {one.id: one for one in prove(kb, native=native, families=[family], **narrow(mutant)).verdicts}
    verdict = verdicts[mutant.fails]
    assert verdict.status == "broken"
    if family == "safety":
        before = {one.id: one for one in prove(intact, families=[family]).verdicts}
        assert before[mutant.fails].status == "proved"
        (person,) = verdict.people
        assessment = native.assess(person)
        assert assessment.note is None
        assert assessment.outcome.urgency is not Urgency.EMERGENCY
    if mutant.family == "constraint that hides people":
        assert verdict.depends_on == ("forbidden",)


def narrow(mutant: Mutant) -> dict[str, Any]:
    """Only what the mutant must fail is asked, and nothing else of its family."""
    return {} if mutant.safety else {"only": {mutant.fails}}


# Edits that change nobody.


def rename_rule(records: Records) -> None:
    for path in [one for one in records if one.startswith("rules/red_flags/")]:
        record = records.pop(path)
        record["id"] += "_renamed"
        record["title"] = f"Renamed: {record['title']}"
        records[rule_path(record["id"])] = record


def rename_findings(records: Records) -> None:
    for path in [one for one in records if one.startswith("terms/")]:
        record = records.pop(path)
        key = "finding" if record["kind"] == "finding" else "score"
        new = f"{record['id']}_renamed"
        walk_and_replace(records, key, record["id"], new)
        records[f"terms/{new}.json"] = record | {"id": new}


def rename_questions(records: Records) -> None:
    for path in [one for one in records if one.startswith("questions/")]:
        for asked in records[path]["questions"]:
            old, asked["id"] = asked["id"], f"{asked['id']}_renamed"
            walk_and_replace(records, "fact", old, asked["id"])


def walk_and_replace(value: Any, key: str, old: str, new: str) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            if name == key and part == old:
                value[name] = new
            else:
                walk_and_replace(part, key, old, new)
    elif isinstance(value, list):
        for part in value:
            walk_and_replace(part, key, old, new)


def reorder(records: Records) -> None:
    for path in list(reversed(records)):
        record = records.pop(path)
        if path.startswith("rules/"):
            reverse_groups(record["when"])
        if path.startswith("questions/"):
            record["questions"].reverse()
        records[path] = record


def reverse_groups(criterion: Json) -> None:
    for key in ("all", "any", "of"):
        if key in criterion:
            criterion[key].reverse()
            for part in criterion[key]:
                reverse_groups(part)
    if "not" in criterion:
        reverse_groups(criterion["not"])


def reword(records: Records) -> None:
    for path, record in records.items():
        if path.startswith(("rules/", "questions/", "cases/", "constraints/")):
            record["title"] = f"In other words: {record['title']}"
        for asked in record.get("questions", ()) if path.startswith("questions/") else ():
            asked["text"] = f"In other words: {asked['text']}"


@pytest.mark.parametrize("edit", [rename_rule, rename_findings, rename_questions, reorder, reword])
def test_neutral_edits_change_nobody(
    edit: Callable[[Records], None], starter: KnowledgeBase, starter_files: Files
) -> None:
    kb, files = changed_files(starter_files, edit)
    assert files != starter_files
    found = changes(starter, kb)
    assert [one.kind for one in found.changes] == list(TITLES)
    assert all(one.nobody for one in found.changes)
    assert found.nobody
