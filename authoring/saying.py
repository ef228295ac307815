"""An outcome in words on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.markup import escape

from engine.assess import Assessment
from engine.criteria import Truth
from engine.english import answer
from engine.explain import Change, RuleTrace, WhyNot
from engine.knowledge import KnowledgeBase
from engine.model.rule import Urgency
from engine.outcome import ConditionView, FlagView

STYLE: dict[Urgency, str] = {
    Urgency.EMERGENCY: "bold white on red",
    Urgency.URGENT: "bold black on yellow",
    Urgency.SOON: "bold yellow",
    Urgency.ROUTINE: "bold cyan",
    Urgency.SELF_CARE: "bold green",
}
MARK = {Truth.TRUE: "[green]yes[/]", Truth.FALSE: "[red]no[/] ", Truth.UNKNOWN: "[yellow]?[/]  "}


def outcome_lines(kb: KnowledgeBase, assessment: Assessment) -> Iterator[str]:
    """What is told to a person, line by line, with Rich markup."""
    outcome = assessment.outcome
    told = kb.settings.urgency[outcome.urgency]
    yield f"[{STYLE[outcome.urgency]}] {escape(told.name)} [/]  {escape(told.advice)}"
    yield ""
    for flag in outcome.red_flags:
        yield f"  [bold]{escape(flag.title)}[/]: {escape(flag.message)}"
    if outcome.open_flags:
        yield f"  Not settled, and counted as a precaution ({len(outcome.open_flags)}):"
        yield from (_open_line(kb, flag) for flag in outcome.open_flags[:8])
        if len(outcome.open_flags) > 8:
            yield f"    and {len(outcome.open_flags) - 8} more"
    for title, views in (
        ("To be ruled out", outcome.to_rule_out),
        ("Likely", outcome.likely),
        ("Possible", outcome.possible),
    ):
        if views:
            yield f"[bold]{title}[/]"
            for view in views:
                yield from _condition_lines(view)
    if not outcome.named:
        yield escape(kb.settings.no_cause)
    for constraint in outcome.corrections:
        yield f"[yellow]Please look again:[/] {escape(kb.constraints[constraint].message)}"
    if outcome.set_aside:
        yield f"Set aside, because the question does not apply: {escape(', '.join(outcome.set_aside))}"
    if outcome.unsure:
        yield f"Answered with not sure: {escape(', '.join(outcome.unsure))}"
    if assessment.note:
        yield f"[yellow]The reference evaluator's answer is shown:[/] {escape(assessment.note)}"
    yield ""
    yield f"[dim]{escape(kb.settings.not_a_diagnosis)}[/]"
    yield f"[bold magenta]{escape(kb.settings.unreviewed)}[/]"


def _open_line(kb: KnowledgeBase, flag: FlagView) -> str:
    asked = ", ".join(kb.questions[name].name for name in flag.missing[:3])
    more = f" and {len(flag.missing) - 3} more" if len(flag.missing) > 3 else ""
    return f"    {escape(flag.title)} [dim](counts as {flag.counts_as}; open: {escape(asked)}{more})[/]"


def _condition_lines(view: ConditionView) -> Iterator[str]:
    yield f"  {escape(view.plain_name)} [dim]({escape(view.name)}; guide: algos guide {view.id})[/]"
    for word, shown in (("because", view.evidence_for), ("although", view.evidence_against)):
        for evidence in shown:
            basis = "published" if evidence.published else "judgement"
            yield f"    {word} {escape(evidence.because)} [dim]({evidence.weight:+d}, {basis})[/]"


def trace_lines(trace: RuleTrace) -> Iterator[str]:
    """A rule with what each part of it is."""
    yield f"[bold]{escape(trace.title)}[/] [dim]{trace.rule}[/]"
    for line in trace.lines:
        yield f"  {MARK[line.truth]} {'  ' * line.depth}{escape(line.text)}"
    if trace.sources:
        yield f"      [dim]sources: {escape(', '.join(trace.sources))}[/]"


def why_not_lines(why: WhyNot) -> Iterator[str]:
    """Why something is not part of the outcome."""
    yield f"[bold]{escape(why.name)}[/]: {escape(why.text)}"
    for trace in why.traces[:6]:
        yield from trace_lines(trace)


def change_line(kb: KnowledgeBase, change: Change) -> str:
    """One smallest change, and what it makes of the outcome."""
    parts = [f"{kb.questions[name].name}: {answer(kb, kb.questions[name], value)}" for name, value in change.answers]
    first = kb.conditions[change.first].plain_name if change.first else "no likely cause"
    return f"{escape(' and '.join(parts))} -> {kb.settings.urgency[change.urgency].name}, {escape(first)}"
