"""Each condition's weight of evidence, its range, its status, and how urgent a red flag is that suspects it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.knowledge import KnowledgeBase
from engine.model.rule import Evidence
from exports.sql.criteria import Criteria
from exports.sql.names import Names
from exports.sql.steps import Steps
from exports.sql.writing import chain, name, text

WEIGHTS = ("weight", "low", "high")


def add_conditions(kb: KnowledgeBase, names: Names, steps: Steps, criteria: Criteria) -> None:
    """Add the columns of every condition in force."""
    for id_, condition in kb.current_conditions.items():
        considered = names.column("condition", id_, "considered")
        if condition.considered_when is None:
            steps.add(considered, "TRUE", [])
        else:
            criteria.step(considered, condition.considered_when)
        _add_weights(kb, names, steps, id_)
        _add_status(kb, names, steps, id_)
        _add_flagged(kb, names, steps, id_)


def _add_weights(kb: KnowledgeBase, names: Names, steps: Steps, id_: str) -> None:
    """Of each group the strongest rule in favour and the strongest against that is TRUE, or for a range not FALSE."""
    condition, reads = kb.conditions[id_], list[str]()
    sums = {one: [str(condition.prior.decibans)] for one in WEIGHTS}
    favour = [rule for group in kb.evidence[id_].values() for rule, one in group.items() if one.weight > 0]
    for group in kb.evidence[id_].values():
        reads += [names.column("rule", rule) for rule in group]
        sure = {favours: _strongest(names, group, favours, sure=True) for favours in (True, False)}
        open_ = {favours: _strongest(names, group, favours, sure=False) for favours in (True, False)}
        for name_, for_, against in (("weight", sure, sure), ("low", sure, open_), ("high", open_, sure)):
            sums[name_] += [one for one in (for_[True], against[False]) if one]
    for name_, parts in sums.items():
        said = [f"{condition.name}: decibans, prior and evidence"] if name_ == "weight" else []
        steps.add(names.column("condition", id_, name_), chain([f"\n      {one}" for one in parts], "+"), reads, *said)
    columns = [names.column("rule", rule) for rule in favour]
    any_ = f"COALESCE({chain([name(one) for one in columns], 'OR')}, FALSE)" if columns else "FALSE"
    steps.add(names.column("condition", id_, "supported"), any_, columns)


def _strongest(names: Names, group: Mapping[str, Evidence], favours: bool, *, sure: bool) -> str:
    """The weight of the strongest rule of a group in one direction that is TRUE, or if not `sure` not FALSE; else 0."""
    rules = sorted((rule for rule, one in group.items() if (one.weight > 0) == favours))
    rules.sort(key=lambda rule: -abs(group[rule].weight))
    columns = {rule: name(names.column("rule", rule)) for rule in rules}
    whens = [
        f"WHEN {column if sure else f'COALESCE({column}, TRUE)'} THEN {group[rule].weight}"
        for rule, column in columns.items()
    ]
    return f"CASE {' '.join(whens)} ELSE 0 END" if whens else ""


def _add_status(kb: KnowledgeBase, names: Names, steps: Steps, id_: str) -> None:
    limits = kb.thresholds(kb.conditions[id_])
    considered, weight, supported = (
        names.column("condition", id_, one) for one in ("considered", "weight", "supported")
    )
    steps.add(
        names.column("condition", id_, "status"),
        f"CASE WHEN NOT {name(considered)} THEN 'excluded'"
        f" WHEN NOT {name(supported)} OR {name(weight)} < {limits.possible} THEN 'not_shown'"
        f" WHEN {name(considered)} AND {name(weight)} >= {limits.likely} THEN 'likely' ELSE 'possible' END",
        [considered, weight, supported],
    )


def _add_flagged(kb: KnowledgeBase, names: Names, steps: Steps, id_: str) -> None:
    """The level of the most urgent TRUE red flag that suspects the condition; 0 where none does or it is excluded."""
    considered = names.column("condition", id_, "considered")
    flags = [rule for rule, flag in kb.red_flags.items() if id_ in flag.suspects]
    columns = {rule: names.column("rule", rule) for rule in flags}
    whens = [f" WHEN NOT {name(considered)} THEN 0"]
    for level in sorted({kb.red_flags[rule].red_flag.level for rule in flags}, reverse=True):
        these = [name(columns[rule]) for rule in flags if kb.red_flags[rule].red_flag.level == level]
        whens.append(f" WHEN {chain(these, 'OR')} THEN {level}")
    expression = f"CASE{''.join(whens)} ELSE 0 END" if flags else "0"
    reads = [considered, *columns.values()] if flags else []
    steps.add(names.column("condition", id_, "flagged"), expression, reads)


_RANKED = ("condition", "status", "considered", *WEIGHTS, "kind", "care_level", "ordinal")


def ranked(kb: KnowledgeBase, names: Names, source: str, *, named: bool) -> Iterator[str]:
    """The lines of a query: a row for each person and condition, with all that its place depends on.

    `kind` is 3 and more for what is to be ruled out (2 and the red flag's level), 2 likely, 1 possible, 0 not named.
    With `named` those alone that are named.
    """
    if not kb.current_conditions:
        nothing = ", ".join(f"NULL AS {name(key)}" for key in _RANKED)
        yield f"SELECT person_id, {nothing} FROM {source} WHERE FALSE"
    for at, (id_, condition) in enumerate(kb.current_conditions.items()):
        column = {
            one: name(names.column("condition", id_, one)) for one in ("status", "considered", "flagged", *WEIGHTS)
        }
        if at:
            yield "UNION ALL"
        kind = (
            f"CASE WHEN {column['flagged']} > 0 THEN 2 + {column['flagged']}"
            f" WHEN {column['status']} = 'likely' THEN 2 WHEN {column['status']} = 'possible' THEN 1 ELSE 0 END"
        )
        own = [column[one] for one in ("status", "considered", *WEIGHTS)]
        values = (text(id_), *own, kind, str(condition.care_level.level), str(at))
        shown = [f"{value} AS {name(key)}" if at == 0 else value for key, value in zip(_RANKED, values, strict=True)]
        yield f"SELECT person_id, {', '.join(shown)}"
        where = f" WHERE {column['flagged']} > 0 OR {column['status']} IN ('likely', 'possible')" if named else ""
        yield f"FROM {source}{where}"


TOLD = "CASE WHEN kind > 2 THEN 'rule_out' WHEN kind = 2 THEN 'likely' WHEN kind = 1 THEN 'possible' END"
"""As what a condition of a kind is named."""
PLACE = "ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY kind DESC, weight DESC, care_level DESC, ordinal)"
"""A condition's place: what is to be ruled out by urgency, then likely, then possible; within each by rank."""
