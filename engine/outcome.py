"""From what is true of a person to urgency, what must be ruled out, and likely causes.

`conclude` is the one place where semantics' sections on urgency and likely causes are carried out for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from engine.answers import Answers
from engine.criteria import Truth
from engine.evaluate import Evaluator, Values
from engine.knowledge import KnowledgeBase
from engine.model.base import Record
from engine.model.condition import Condition
from engine.model.rule import Evidence, Urgency
from engine.uses import uses

Status = Literal["likely", "possible", "not_shown", "excluded"]


class Reason(Record):
    """One thing that asks for an urgency."""

    kind: Literal["red_flag", "open_red_flag", "likely", "possible", "floor", "self_care"]
    id: str = Field(description="The rule's or condition's id; empty for floor and self_care.")
    urgency: Urgency
    text: str = Field(description="In words.")


class FlagView(Record):
    """A red flag that is TRUE, or that stands open."""

    rule: str
    title: str
    urgency: Urgency = Field(description="Its own urgency; an open one counts as `counts_as`.")
    counts_as: Urgency
    suspects: tuple[str, ...]
    because: str
    message: str
    missing: tuple[str, ...] = Field(default=(), description="For an open flag: the questions without a clear answer.")
    sources: tuple[str, ...] = ()


class EvidenceView(Record):
    """One evidence rule that counts."""

    rule: str
    weight: int
    because: str
    published: bool = Field(description="Whether the weight rests on a published likelihood ratio.")
    sources: tuple[str, ...] = ()


class ConditionView(Record):
    """How a condition stands for this person. Weights are integer decibans, prior included."""

    id: str
    name: str
    plain_name: str
    status: Status
    weight: int
    low: int = Field(description="The least that the weight could be, whatever is unknown.")
    high: int
    care_level: Urgency
    considered: Literal["true", "false", "unknown"]
    evidence_for: tuple[EvidenceView, ...] = ()
    evidence_against: tuple[EvidenceView, ...] = ()
    flagged_by: tuple[str, ...] = Field(default=(), description="The TRUE red flags that suspect it.")


class Outcome(Record):
    """What Algos tells a person, with everything that made it so."""

    urgency: Urgency
    reasons: tuple[Reason, ...]
    red_flags: tuple[FlagView, ...]
    open_flags: tuple[FlagView, ...]
    to_rule_out: tuple[ConditionView, ...]
    likely: tuple[ConditionView, ...]
    possible: tuple[ConditionView, ...]
    advice: tuple[str, ...]
    fired: tuple[str, ...] = Field(description="Every rule that is TRUE.")
    findings: dict[str, Literal["true", "false", "unknown"]]
    scores: dict[str, tuple[float, float]] = Field(description="Each score's interval, in its own points.")
    set_aside: tuple[str, ...] = Field(description="Answered questions that do not apply.")
    unanswered: tuple[str, ...] = Field(description="Questions for the patient that apply and have no answer.")
    unsure: tuple[str, ...] = Field(description="Questions answered with `I'm not sure`.")
    corrections: tuple[str, ...] = Field(description="Constraints that the answers break: to be looked at again.")

    @property
    def named(self) -> tuple[ConditionView, ...]:
        """Every condition that is named, in the order in which it is told."""
        return self.to_rule_out + self.likely + self.possible


@dataclass(frozen=True)
class Weighed:
    """A condition's sum of evidence: the weight with UNKNOWN as 0, its range, and what counts."""

    weight: int
    low: int
    high: int
    counted: tuple[tuple[str, Evidence], ...]

    @property
    def supported(self) -> bool:
        """Whether any TRUE rule speaks in its favour: a prior alone names nothing."""
        return any(evidence.weight > 0 for _, evidence in self.counted)


def weigh(condition: Condition, groups: dict[str, dict[str, Evidence]], rules: dict[str, Truth]) -> Weighed:
    """A condition's weight of evidence: in each group the strongest TRUE rule for and the strongest against."""
    weight = low = high = condition.prior.decibans
    counted: list[tuple[str, Evidence]] = []
    for group in groups.values():
        best: dict[bool, dict[bool, int]] = {True: {True: 0, False: 0}, False: {True: 0, False: 0}}
        chosen: dict[bool, tuple[str, Evidence] | None] = {True: None, False: None}
        for id_, evidence in sorted(group.items()):
            truth, strength, favours = rules[id_], abs(evidence.weight), evidence.weight > 0
            if truth is Truth.FALSE:
                continue
            if truth is Truth.TRUE and strength > best[favours][True]:
                best[favours][True] = strength
                chosen[favours] = (id_, evidence)
            best[favours][False] = max(best[favours][False], strength)  # TRUE or UNKNOWN
        weight += best[True][True] - best[False][True]
        low += best[True][True] - best[False][False]
        high += best[True][False] - best[False][True]
        counted += [one for one in chosen.values() if one]
    return Weighed(weight, low, high, tuple(counted))


def status_of(kb: KnowledgeBase, condition: Condition, weighed: Weighed, considered: Truth) -> Status:
    """Likely, possible, not shown or excluded."""
    if considered is Truth.FALSE:
        return "excluded"
    limits = kb.thresholds(condition)
    if not weighed.supported or weighed.weight < limits.possible:
        return "not_shown"
    return "likely" if weighed.weight >= limits.likely and considered is Truth.TRUE else "possible"


def conclude(evaluator: Evaluator, answers: Answers, values: Values) -> Outcome:
    """The outcome for a person, from what is true of them."""
    kb = evaluator.kb
    flags = {truth: [id_ for id_ in kb.red_flags if values.rules[id_] is truth] for truth in Truth}
    true_flags = [_flag_view(kb, id_, values) for id_ in flags[Truth.TRUE]]
    open_flags = [_flag_view(kb, id_, values) for id_ in flags[Truth.UNKNOWN]]
    views = _conditions(evaluator, values, flags[Truth.TRUE])
    likely = sorted((view for view in views.values() if view.status == "likely"), key=_rank)
    possible = sorted((view for view in views.values() if view.status == "possible"), key=_rank)
    reasons = _reasons(kb, true_flags, open_flags, likely, possible, views)
    flagged = _to_rule_out(true_flags, views)
    named = {view.id for view in flagged}
    by_urgency = {flag.rule: -flag.counts_as.level for flag in true_flags + open_flags}
    return Outcome(
        urgency=reasons[0].urgency,
        reasons=tuple(reasons),
        red_flags=tuple(sorted(true_flags, key=lambda flag: (by_urgency[flag.rule], flag.rule))),
        open_flags=tuple(sorted(open_flags, key=lambda flag: (by_urgency[flag.rule], flag.rule))),
        to_rule_out=tuple(flagged),
        likely=tuple(view for view in likely if view.id not in named),
        possible=tuple(view for view in possible if view.id not in named),
        advice=tuple(
            name
            for name, rules in sorted(kb.advice_rules.items())
            if any(values.rules[id_] is Truth.TRUE for id_ in rules)
        ),
        fired=tuple(id_ for id_ in kb.active if values.rules[id_] is Truth.TRUE),
        findings={name: values.findings[name].word for name in sorted(values.findings)},  # type: ignore[misc]
        scores={name: _in_points(kb, name, interval) for name, interval in sorted(values.scores.items())},
        set_aside=tuple(sorted(values.set_aside)),
        unanswered=tuple(
            id_
            for id_, question in kb.questions.items()
            if question.by == "patient"
            and not answers.answered(id_)
            and values.applies.get(id_, Truth.TRUE) is not Truth.FALSE
        ),
        unsure=tuple(sorted(answers.unsure)),
        corrections=tuple(evaluator.broken_constraints(values)),
    )


def _in_points(kb: KnowledgeBase, name: str, interval: tuple[int, int]) -> tuple[float, float]:
    scale = kb.terms[name].scale
    return interval[0] / scale, interval[1] / scale


def _rank(view: ConditionView) -> tuple[int, int, str]:
    """Weight, then care level, then id."""
    return -view.weight, -view.care_level.level, view.id


def _flag_view(kb: KnowledgeBase, id_: str, values: Values) -> FlagView:
    rule, flag = kb.active[id_], kb.red_flags[id_]
    is_open = values.rules[id_] is Truth.UNKNOWN
    missing: tuple[str, ...] = ()
    if is_open:
        facts = {name for kind, name in kb.cone(uses(rule.when)) if kind == "question"}
        missing = tuple(
            name
            for name in kb.questions
            if name in facts
            and values.applies.get(name, Truth.TRUE) is not Truth.FALSE
            and not _is_certain(values, name)
        )
    return FlagView(
        rule=id_,
        title=rule.title,
        urgency=flag.red_flag,
        counts_as=flag.unsure if is_open else flag.red_flag,
        suspects=flag.suspects,
        because=rule.because or rule.title,
        message=flag.message,
        missing=missing,
        sources=tuple(citation.source for citation in rule.sources),
    )


def _is_certain(values: Values, question: str) -> bool:
    """Whether a question has an answer with nothing marked unsure in it."""
    value = values.answers.get(question)
    return value is not None and not getattr(value, "unsure", frozenset())


def _conditions(evaluator: Evaluator, values: Values, true_flags: list[str]) -> dict[str, ConditionView]:
    kb = evaluator.kb
    views = {}
    for id_, considered in evaluator.considered(values).items():
        condition = kb.conditions[id_]
        weighed = weigh(condition, kb.evidence[id_], values.rules)
        shown = sorted(
            (_evidence_view(kb, rule, evidence) for rule, evidence in weighed.counted),
            key=lambda view: (-abs(view.weight), view.rule),
        )
        views[id_] = ConditionView(
            id=id_,
            name=condition.name,
            plain_name=condition.plain_name,
            status=status_of(kb, condition, weighed, considered),
            weight=weighed.weight,
            low=weighed.low,
            high=weighed.high,
            care_level=condition.care_level,
            considered=considered.word,  # type: ignore[arg-type]
            evidence_for=tuple(view for view in shown if view.weight > 0),
            evidence_against=tuple(view for view in shown if view.weight < 0),
            flagged_by=tuple(flag for flag in true_flags if id_ in kb.red_flags[flag].suspects),
        )
    return views


def _evidence_view(kb: KnowledgeBase, id_: str, evidence: Evidence) -> EvidenceView:
    rule = kb.active[id_]
    cited = [citation.source for citation in rule.sources]
    if evidence.basis and evidence.basis.source.source not in cited:
        cited.append(evidence.basis.source.source)
    return EvidenceView(
        rule=id_,
        weight=evidence.weight,
        because=rule.because or rule.title,
        published=evidence.basis is not None,
        sources=tuple(cited),
    )


def _to_rule_out(true_flags: list[FlagView], views: dict[str, ConditionView]) -> list[ConditionView]:
    """The conditions that TRUE red flags suspect: by the flag's urgency, then weight, care level and id."""
    urgency: dict[str, int] = {}
    for flag in true_flags:
        for suspect in flag.suspects:
            if suspect in views and views[suspect].status != "excluded":
                urgency[suspect] = max(urgency.get(suspect, 0), flag.urgency.level)
    return sorted((views[id_] for id_ in urgency), key=lambda view: (-urgency[view.id], *_rank(view)))


def _reasons(
    kb: KnowledgeBase,
    true_flags: list[FlagView],
    open_flags: list[FlagView],
    likely: list[ConditionView],
    possible: list[ConditionView],
    views: dict[str, ConditionView],
) -> list[Reason]:
    """Everything that asks for an urgency, the most urgent first; the first one is the outcome's."""
    says = kb.sentences
    reasons = [Reason(kind="red_flag", id=flag.rule, urgency=flag.urgency, text=flag.title) for flag in true_flags]
    reasons += [
        Reason(
            kind="open_red_flag",
            id=flag.rule,
            urgency=flag.counts_as,
            text=says["open_red_flag"].replace("{name}", flag.title),
        )
        for flag in open_flags
    ]
    reasons += [
        Reason(kind="likely", id=view.id, urgency=view.care_level, text=says["likely"].replace("{name}", view.name))
        for view in likely
    ]
    reasons += [
        Reason(
            kind="possible",
            id=view.id,
            urgency=view.care_level.one_below,
            text=says["possible"].replace("{name}", view.name),
        )
        for view in possible
    ]
    if self_care_is_earned(kb, bool(true_flags or open_flags), likely, views):
        reasons.append(
            Reason(
                kind="self_care",
                id="",
                urgency=Urgency.SELF_CARE,
                text=says["self_care"],
            )
        )
    else:
        reasons.append(
            Reason(
                kind="floor",
                id="",
                urgency=Urgency.ROUTINE,
                text=says["floor"],
            )
        )
    kinds = ("red_flag", "open_red_flag", "likely", "possible", "floor", "self_care")
    return sorted(reasons, key=lambda reason: (-reason.urgency.level, kinds.index(reason.kind), reason.id))


def self_care_is_earned(
    kb: KnowledgeBase, any_flag: bool, likely: list[ConditionView], views: dict[str, ConditionView]
) -> bool:
    """Every red flag FALSE, a self-care condition that is surely likely, and nothing that asks for more within reach.

    Surely likely: at the low end of its range too, whatever is unknown. So nobody reaches self-care by being not sure.
    """
    if any_flag or not any(
        view.care_level is Urgency.SELF_CARE and view.low >= kb.thresholds(kb.conditions[view.id]).likely
        for view in likely
    ):
        return False
    return not any(
        view.status != "excluded" and view.high >= reach_limit(kb, kb.conditions[view.id]) and could_be_supported(view)
        for view in views.values()
        if view.care_level is not Urgency.SELF_CARE
    )


def reach_limit(kb: KnowledgeBase, condition: Condition) -> int:
    """From which weight a condition asks for `routine` or more: where it is possible, or for `routine` likely."""
    limits = kb.thresholds(condition)
    return limits.likely if condition.care_level.one_below is Urgency.SELF_CARE else limits.possible


def could_be_supported(view: ConditionView) -> bool:
    """Whether a rule speaks for the condition, or still could: a prior alone never makes it likely."""
    return bool(view.evidence_for) or view.high > view.weight
