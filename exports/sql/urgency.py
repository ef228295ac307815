"""How urgent it is and what asked for it, red flags, and the other lists whose order is the same for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.knowledge import KnowledgeBase
from engine.model.rule import LEVELS, Urgency
from engine.outcome import reach_limit
from exports.sql.answers import columns_of
from exports.sql.criteria import Criteria
from exports.sql.names import Names
from exports.sql.steps import Steps
from exports.sql.writing import chain, name, text


@dataclass(frozen=True)
class _Reason:
    """Something that can ask for an urgency."""

    said: str
    level: int
    holds: str
    reads: str


def add_urgency(kb: KnowledgeBase, names: Names, steps: Steps, criteria: Criteria) -> None:
    """Add the columns `urgency_level`, `urgency`, and those of `LISTS`."""
    reasons = _reasons(kb, names)
    earned = _add_earned(kb, names, steps)
    level = "urgency_level"
    whens = []
    for one in sorted({reason.level for reason in reasons} - {Urgency.SELF_CARE.level}, reverse=True):
        holds = chain([f"\n      {reason.holds}" for reason in reasons if reason.level == one], "OR")
        whens.append(f"\n    WHEN {holds} THEN {one}")
    floor = f"CASE WHEN {name(earned)} THEN {Urgency.SELF_CARE.level} ELSE {Urgency.ROUTINE.level} END"
    expression = f"CASE{''.join(whens)}\n    ELSE {floor} END" if whens else floor
    steps.add(level, expression, [earned, *(reason.reads for reason in reasons)], "how urgent it is")
    ids = " ".join(f"WHEN {one.level} THEN {text(one.value)}" for one in LEVELS)
    steps.add("urgency", f"CASE {name(level)} {ids} END", [level])
    _add_asked_by(steps, reasons, level, earned)
    _add_flags(kb, names, steps)
    for advice, rules in sorted(kb.advice_rules.items()):
        columns = [names.column("rule", rule) for rule in rules]
        steps.add(names.column("advice", advice), chain([name(one) for one in columns], "OR"), columns)
    shown = {advice: names.column("advice", advice) for advice in sorted(kb.advice_rules)}
    _add_list(steps, "advice", [(advice, name(column), [column]) for advice, column in shown.items()])
    _add_set_aside(kb, names, steps)
    broken = {id_: criteria.step(names.column("constraint", id_), one.never) for id_, one in kb.constraints.items()}
    _add_list(steps, "corrections", [(id_, name(broken[id_]), [broken[id_]]) for id_ in sorted(broken)])


def _reasons(kb: KnowledgeBase, names: Names) -> list[_Reason]:
    """Everything that can ask, in the order in which the outcome tells those of one level."""
    found = []
    flags = {rule: names.column("rule", rule) for rule in kb.red_flags}
    for rule, flag in kb.red_flags.items():
        found.append(_Reason(f"red_flag:{rule}", flag.red_flag.level, name(flags[rule]), flags[rule]))
    for rule, flag in kb.red_flags.items():
        open_ = f"{name(flags[rule])} IS NULL"
        found.append(_Reason(f"open_red_flag:{rule}", flag.unsure.level, open_, flags[rule]))
    statuses = {id_: names.column("condition", id_, "status") for id_ in kb.current_conditions}
    for kind in ("likely", "possible"):
        for id_, condition in kb.current_conditions.items():
            asks = condition.care_level if kind == "likely" else condition.care_level.one_below
            holds = f"{name(statuses[id_])} = {text(kind)}"
            found.append(_Reason(f"{kind}:{id_}", asks.level, holds, statuses[id_]))
    return found


def _add_earned(kb: KnowledgeBase, names: Names, steps: Steps) -> str:
    """Whether self-care is earned: every red flag FALSE, and see `engine.outcome.self_care_is_earned`."""
    flags = [names.column("rule", rule) for rule in kb.red_flags]
    reads, sure, within = list(flags), [], []
    for id_, condition in kb.current_conditions.items():
        column = {one: names.column("condition", id_, one) for one in ("status", "weight", "low", "high", "supported")}
        reads += column.values()
        shown = {one: name(held) for one, held in column.items()}
        if condition.care_level is Urgency.SELF_CARE:
            sure.append(f"{shown['status']} = 'likely' AND {shown['low']} >= {kb.thresholds(condition).likely}")
        else:
            within.append(
                f"{shown['status']} <> 'excluded' AND {shown['high']} >= {reach_limit(kb, condition)}"
                f" AND ({shown['supported']} OR {shown['high']} > {shown['weight']})"
            )
    parts = []
    if flags:
        parts.append(f"NOT ({chain([name(one) for one in flags], 'OR')})")
    parts.append("(" + chain([f"\n      ({one})" for one in sure], "OR") + ")" if sure else "FALSE")
    if within:
        parts.append("NOT (" + chain([f"\n      ({one})" for one in within], "OR") + ")")
    said = "self-care is earned: every red flag is FALSE, a self-care condition is surely likely, nothing else in reach"
    expression = f"CASE WHEN {' AND '.join(parts)} THEN TRUE ELSE FALSE END"
    return steps.add("self_care_earned", expression, reads, said)


def _add_asked_by(steps: Steps, reasons: Sequence[_Reason], level: str, earned: str) -> None:
    parts = [
        (reason.said, f"{name(level)} = {reason.level} AND {reason.holds}", [level, reason.reads])
        for reason in reasons
        if reason.level > Urgency.SELF_CARE.level
    ]
    parts.append(("floor", f"{name(level)} = {Urgency.ROUTINE.level} AND NOT {name(earned)}", [level, earned]))
    for reason in reasons:
        if reason.level == Urgency.SELF_CARE.level:
            parts.append((reason.said, f"{name(level)} = 0 AND {reason.holds}", [level, reason.reads]))
    parts.append(("self_care", f"{name(level)} = 0 AND {name(earned)}", [level, earned]))
    _add_list(steps, "asked_by", parts)


def _add_flags(kb: KnowledgeBase, names: Names, steps: Steps) -> None:
    """The red flags that are TRUE, and those that stand open: the most urgent first."""
    true = sorted(kb.red_flags, key=lambda rule: (-kb.red_flags[rule].red_flag.level, rule))
    open_ = sorted(kb.red_flags, key=lambda rule: (-kb.red_flags[rule].unsure.level, rule))
    column = {rule: names.column("rule", rule) for rule in kb.red_flags}
    _add_list(steps, "red_flags", [(rule, name(column[rule]), [column[rule]]) for rule in true])
    _add_list(steps, "open_flags", [(rule, f"{name(column[rule])} IS NULL", [column[rule]]) for rule in open_])


def _add_set_aside(kb: KnowledgeBase, names: Names, steps: Steps) -> None:
    """The questions that have an answer and do not apply."""
    parts = []
    for id_, question in sorted(kb.questions.items()):
        if question.ask_when is None:
            continue
        applies, own = names.column("applies", id_), [one.name for one in columns_of(kb, names, question)]
        answered = chain([f"{name(one)} IS NOT NULL" for one in own], "OR")
        parts.append((id_, f"NOT {name(applies)} AND ({answered})", [applies, *own]))
    _add_list(steps, "set_aside", parts)


def _add_list(steps: Steps, list_: str, parts: Iterable[tuple[str, str, Sequence[str]]]) -> None:
    """A column that lists ids: each with the condition under which it is listed, and the columns that this reads."""
    whens, reads = [], list[str]()
    for id_, holds, columns in parts:
        whens.append(f"\n      CASE WHEN {holds} THEN {text(' ' + id_)} ELSE '' END")
        reads += columns
    steps.add(list_, f"LTRIM({chain(whens, '||')})" if whens else "''", reads)
