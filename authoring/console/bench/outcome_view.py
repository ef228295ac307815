"""An outcome on a page: what is told, why, why not, what would change it, and the rules that fired."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from html import escape

import streamlit as st

from authoring.console.bench.bench_graph import fired_graph
from authoring.console.look import urgency_badge
from authoring.console.session import plain
from engine.assess import Assessment
from engine.criteria import Truth
from engine.english import answer, conclusion
from engine.evaluate import Evaluator
from engine.explain import RuleTrace, changes, trace, why_not
from engine.knowledge import KnowledgeBase
from engine.model.rule import Evidence
from engine.outcome import ConditionView, EvidenceView, FlagView, Outcome

CHANGES_SECONDS = 0.2
"""How long "what would change this" may search."""

_SHOWN = 6
"""Open flags and traces that are shown before the rest is folded away."""

_STYLE = """
<style>
.alg-mark { display: inline-block; min-width: 5.2em; text-align: center; border-radius: 3px; font-size: .72rem;
  font-weight: 700; letter-spacing: .02em; padding: .05rem .3rem; margin-right: .5rem; }
.alg-mark.true { background: var(--a-good-soft); color: var(--a-good); }
.alg-mark.false { background: var(--a-bad-soft); color: var(--a-bad); }
.alg-mark.unknown { background: var(--a-open-soft); color: var(--a-open); }
.alg-trace { font-size: .93rem; line-height: 1.6; margin-top: .3rem; }
.alg-trace > div { border-left: 1px solid var(--a-line); margin-bottom: .15rem; }
.alg-told { font-size: 1.05rem; line-height: 1.45; max-width: 46rem; }
.alg-told .algos-urgency { margin-right: .4rem; font-size: 1.05rem; }
.alg-list { margin: 0; padding-left: 1.1rem; font-size: .95rem; line-height: 1.45; max-width: 50rem; }
.alg-list li { margin: .15rem 0; }
.alg-condition { border: 1px solid var(--a-line); border-radius: 5px; padding: .55rem .8rem .6rem; margin: .4rem 0; }
.alg-condition .name { font: 600 1.08rem/1.3 "Source Serif", Georgia, serif; }
.alg-condition .plain { color: var(--a-muted); margin-left: .4rem; }
.alg-evidence { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .6rem; margin: .25rem 0 0 !important;
  padding: 0 !important;  list-style: none; font-size: .95rem; line-height: 1.4; }
.alg-evidence li { display: contents; }
.alg-evidence .weight { text-align: right; font-weight: 650; font-variant-numeric: tabular-nums; color: var(--a-good); }
.alg-evidence .against { color: var(--a-bad); }
.alg-small { font-size: .85rem; color: var(--a-muted); }
.alg-small code { overflow-wrap: anywhere; background: none; padding: 0; color: inherit; font-size: .78rem; }
.st-key-bench-graph { overflow-x: auto; }
.st-key-bench-graph svg { max-width: 100%; min-width: 58rem; height: auto; }
.st-key-bench-now { display: none; }
/* A graph takes the page's whole width, and the answers stand below it. */
.st-key-stack-bench:has(.st-key-bench-graph) > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
.st-key-stack-bench:has(.st-key-bench-graph) > [data-testid="stHorizontalBlock"] { flex-direction: column-reverse; }
.st-key-stack-bench:has(.st-key-bench-graph) > div > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"],
.st-key-stack-bench:has(.st-key-bench-graph) > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"] {
  width: 100%; flex: none;
}
.st-key-stack-bench:has(.st-key-bench-graph) > div > [data-testid="stHorizontalBlock"] > .stColumn:first-child,
.st-key-stack-bench:has(.st-key-bench-graph) > [data-testid="stHorizontalBlock"] > .stColumn:first-child {
  max-width: 44rem;
}
@media (max-width: 1150px) {
  .st-key-bench-bar > [data-testid="stHorizontalBlock"],
  .st-key-bench-bar > div > [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  .st-key-bench-bar [data-testid="stColumn"] { min-width: 30%; }
  .st-key-bench-bar [data-testid="stColumn"]:first-child { min-width: 100%; }
  .st-key-bench-now { display: flex; }
}
@media (max-width: 640px) {
  .st-key-bench-bar [data-testid="stColumn"] { min-width: 45%; }
}
.alg-head { font: 600 1.05rem/1.3 "Source Serif", Georgia, serif; margin: .6rem 0 .2rem; }
</style>
"""


def style() -> None:
    """The style sheet of everything here; once on a page."""
    st.html(_STYLE)


def mark(truth: Truth) -> str:
    """TRUE, FALSE or UNKNOWN as HTML: the word says it, the colour helps."""
    return f'<span class="alg-mark {truth.word}">{truth.name}</span>'


def bullets(items: Iterable[str]) -> str:
    """A list as HTML, from items that are HTML."""
    return '<ul class="alg-list">' + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def head(text: str) -> str:
    """A small heading as HTML."""
    return f'<div class="alg-head">{escape(text)}</div>'


def show_headline(kb: KnowledgeBase, outcome: Outcome) -> None:
    """Urgency and what to do; the first reasons for it."""
    told = kb.settings.urgency[outcome.urgency]
    badge = urgency_badge(outcome.urgency.value, escape(told.name))
    st.html(f'<div class="alg-told">{badge}{escape(told.advice)}</div>')
    if outcome.corrections:
        st.warning(
            "**These answers cannot occur together.** "
            + " ".join(kb.constraints[one].message for one in outcome.corrections)
        )
    top = [one for one in outcome.reasons if one.urgency is outcome.urgency]
    more = [f"and {len(top) - 4} more"] if len(top) > 4 else []
    st.html(head("Because") + bullets([escape(_sentence(one.text)) for one in top[:4]] + more))


def show_now(kb: KnowledgeBase, outcomes: Mapping[str, Outcome]) -> None:
    """One line a variant: urgency and first cause, for a narrow window, where the outcome stands below the answers."""
    lines = []
    for name, outcome in outcomes.items():
        first = outcome.named[0].name if outcome.named else "no cause named"
        variant = f"Variant {name}: " if len(outcomes) > 1 else "Now: "
        badge = urgency_badge(outcome.urgency.value, escape(kb.settings.urgency[outcome.urgency].name))
        lines.append(f"<div>{variant}{badge} {escape(first)}</div>")
    st.html("".join(lines))


def show_outcome(kb: KnowledgeBase, outcome: Outcome) -> None:
    """Everything that the outcome says, the most urgent first."""
    show_headline(kb, outcome)
    if outcome.red_flags:
        st.html(head("Red flags that are true") + bullets(_flag(kb, flag) for flag in outcome.red_flags))
    if outcome.open_flags:
        st.html(head(f"Red flags that stand open ({len(outcome.open_flags)})"))
        st.html(bullets(_open_flag(kb, flag) for flag in outcome.open_flags[:_SHOWN]))
        if len(outcome.open_flags) > _SHOWN:
            with st.expander(f"{len(outcome.open_flags) - _SHOWN} more open red flags"):
                st.html(bullets(_open_flag(kb, flag) for flag in outcome.open_flags[_SHOWN:]))
    for title, views in (
        ("To be ruled out", outcome.to_rule_out),
        ("Likely", outcome.likely),
        ("Possible", outcome.possible),
    ):
        if views:
            st.html(head(title) + "".join(_condition(kb, view) for view in views))
    if not outcome.named:
        st.html(f"<p>{escape(kb.settings.no_cause)}</p>")
    _rest(kb, outcome)


def _rest(kb: KnowledgeBase, outcome: Outcome) -> None:
    """What is not settled, and what was left out."""
    if outcome.unsure:
        names = ", ".join(kb.questions[one].name for one in outcome.unsure)
        st.html(f'<p class="alg-small"><b>Answered with not sure:</b> {escape(names)}</p>')
    if outcome.set_aside:
        names = ", ".join(kb.questions[one].name for one in outcome.set_aside)
        st.html(f'<p class="alg-small"><b>Set aside, because the question does not apply:</b> {escape(names)}</p>')
    if outcome.unanswered:
        with st.expander(f"{len(outcome.unanswered)} questions are unanswered"):
            st.html(bullets(escape(kb.questions[one].name) for one in outcome.unanswered))
    st.caption(kb.settings.not_a_diagnosis)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _level(kb: KnowledgeBase, flag: FlagView) -> str:
    own, counts = (kb.settings.urgency[level].name for level in (flag.urgency, flag.counts_as))
    return own if flag.urgency is flag.counts_as else f"{own}; while open it counts as {counts}"


def _flag(kb: KnowledgeBase, flag: FlagView) -> str:
    suspects = ", ".join(kb.conditions[one].name for one in flag.suspects if one in kb.conditions)
    names = f": rule out {suspects}" if suspects else ""
    return (
        f"<b>{escape(flag.title)}</b> ({escape(_level(kb, flag))}){escape(names)}."
        f'<br><span class="alg-small">{escape(flag.message)}{_sources(flag.sources)}</span>'
    )


def _open_flag(kb: KnowledgeBase, flag: FlagView) -> str:
    missing = ", ".join(kb.questions[one].name for one in flag.missing) or "nothing that can be asked"
    return (
        f"<b>{escape(flag.title)}</b> ({escape(_level(kb, flag))})"
        f'<br><span class="alg-small">Missing: {escape(missing)}</span>'
    )


def _sources(sources: Sequence[str]) -> str:
    return f" [{escape(', '.join(sources))}]" if sources else ""


def _condition(kb: KnowledgeBase, view: ConditionView) -> str:
    care = kb.settings.urgency[view.care_level].name
    parts = [
        f'<div class="alg-condition"><span class="name">{escape(view.name)}</span>'
        f'<span class="plain">{escape(view.plain_name)}</span><div class="algos-facts">'
        f"<span>{escape(_weight_told(view))}</span><span>care level: {escape(care)}</span>"
    ]
    if view.considered == "unknown":
        parts.append("<span>whether it is considered is open</span>")
    parts.append("</div>")
    for word, shown in (("For", view.evidence_for), ("Against", view.evidence_against)):
        if shown:
            rows = "".join(_evidence(kb, one) for one in shown)
            parts.append(f'<ul class="alg-evidence" aria-label="{word}">{rows}</ul>')
    if not view.evidence_for and not view.evidence_against:
        parts.append('<div class="alg-small">No evidence counts; a red flag suspects it.</div>')
    return "".join(parts) + "</div>"


def _weight_told(view: ConditionView) -> str:
    if view.low == view.high:
        return f"weight {view.weight}"
    return f"weight {view.weight}; what is missing could make it {view.low} to {view.high}"


def _evidence(kb: KnowledgeBase, one: EvidenceView) -> str:
    basis = "published" if one.published else "judgement"
    side = "" if one.weight > 0 else " against"
    return (
        f'<li><span class="weight{side}">{one.weight:+d}</span><span>{escape(kb.active[one.rule].title)} '
        f'<span class="alg-small">{basis}{_sources(one.sources)}</span></span></li>'
    )


def show_trace(kb: KnowledgeBase, one: RuleTrace) -> None:
    """A rule, each part of it marked, as an indented list."""
    lines = "".join(
        f'<div style="margin-left:{line.depth * 1.3:.1f}rem;padding-left:.5rem">{mark(line.truth)}'
        f"{escape(line.text)}</div>"
        for line in one.lines
    )
    concludes = escape(conclusion(kb.active[one.rule].then, kb))
    sources = f"; sources: {escape(', '.join(one.sources))}" if one.sources else ""
    st.html(
        f'<div><b>{escape(one.title)}</b> {mark(one.truth)}</div><div class="alg-small">{concludes}{sources}; '
        f'<code>{escape(one.rule)}</code></div><div class="alg-trace">{lines}</div>'
    )


def _traces(kb: KnowledgeBase, traces: Sequence[RuleTrace]) -> None:
    for one in traces[:_SHOWN]:
        with st.container(border=True):
            show_trace(kb, one)
    if len(traces) > _SHOWN:
        with st.expander(f"{len(traces) - _SHOWN} more rules"):
            for one in traces[_SHOWN:]:
                show_trace(kb, one)


def show_why(evaluator: Evaluator, assessment: Assessment, key: str) -> None:
    """Why something is part of the outcome, followed down to the answers."""
    kb, outcome = evaluator.kb, assessment.outcome
    level = kb.settings.urgency[outcome.urgency].name
    rules: dict[str, list[str]] = {f"Why is it {level}?": _urgency_rules(kb, outcome)}
    for view in outcome.named:
        counted = [one.rule for one in (*view.evidence_for, *view.evidence_against)]
        rules[f"Why {view.name}?"] = [*view.flagged_by, *counted]
    for name in outcome.advice:
        given = [rule for rule in kb.advice_rules[name] if rule in outcome.fired]
        rules[f"Why the advice {name.replace('_', ' ')}?"] = given
    chosen = st.selectbox("Question", list(rules), key=f"{key}-why")
    if rules[chosen]:
        _traces(kb, [trace(evaluator, assessment.values, rule) for rule in rules[chosen]])
    else:
        st.write(_sentence(outcome.reasons[0].text) + ".")


def _urgency_rules(kb: KnowledgeBase, outcome: Outcome) -> list[str]:
    """The rules behind the reasons that ask for the outcome's urgency."""
    rules: list[str] = []
    views = {view.id: view for view in outcome.named}
    for reason in outcome.reasons:
        if reason.urgency is not outcome.urgency:
            continue
        if reason.id in kb.active:
            rules.append(reason.id)
        elif reason.id in views:
            rules += [one.rule for one in views[reason.id].evidence_for]
    return list(dict.fromkeys(rules))


def show_why_not(evaluator: Evaluator, assessment: Assessment, key: str) -> None:
    """Why a condition is not named or stands lower, or why a rule did not fire."""
    kb = evaluator.kb
    conditions = {id_: f"Condition: {one.name}" for id_, one in kb.current_conditions.items()}
    rules = {id_: f"Rule: {rule.title} ({id_})" for id_, rule in kb.active.items()}
    names = conditions | rules
    chosen = st.selectbox(
        "Why not ...",
        list(names),
        index=None,
        format_func=lambda one: names[one],
        placeholder="Choose a condition or a rule",
        key=f"{key}-why-not",
    )
    if chosen is None:
        st.caption("Choose what you expected, and see what stood in its way.")
        return
    why = why_not(evaluator, assessment.values, chosen)
    if chosen in conditions and any(view.id == chosen for view in assessment.outcome.named):
        st.info(f"{plain(why.name)} is named. What could still make it stand higher:")
    st.markdown(f"**{plain(why.name)}**: {plain(why.text)}.")
    if why.traces and chosen in conditions:
        silent = sum(1 for one in why.traces if _weight(kb, one.rule) > 0)
        st.caption(
            f"{silent} rules in its favour did not fire, {len(why.traces) - silent} against it did; the strongest first"
        )
    _traces(kb, why.traces)


def _weight(kb: KnowledgeBase, rule: str) -> int:
    then = kb.active[rule].then
    return then.weight if isinstance(then, Evidence) else 0


def show_changes(evaluator: Evaluator, assessment: Assessment) -> None:
    """The smallest changes of answers that change the urgency or the first cause."""
    kb = evaluator.kb
    if not assessment.answers.values and not assessment.answers.unsure:
        st.caption("Nothing is answered yet: there is no answer to change.")
        return
    end = time.monotonic() + CHANGES_SECONDS
    found = changes(evaluator, assessment.answers, assessment.outcome, lambda: time.monotonic() > end)
    for one in found:
        asked = [(kb.questions[name], value) for name, value in one.answers]
        parts = [f"{question.name}: **{answer(kb, question, value)}**" for question, value in asked]
        before = [answer(kb, question, assessment.answers.values.get(question.id)) for question, _ in asked]
        told = kb.settings.urgency[one.urgency].name
        first = kb.conditions[one.first].name if one.first else "no cause named"
        with st.container(border=True):
            st.markdown(f"{' and '.join(parts)}  \n:small[instead of: {'; '.join(before)}]")
            st.html(f"{urgency_badge(one.urgency.value, escape(told))} {escape(first)}")
    if not found:
        st.write("No single answer and no pair of answers was found that changes urgency or first cause.")
    if time.monotonic() > end:
        st.caption(f"The search stopped after {CHANGES_SECONDS:g} s: there may be more, and smaller ones.")


def show_graph(evaluator: Evaluator, assessment: Assessment) -> None:
    """The rules that fired, from answers to urgency."""
    graph = fired_graph(evaluator, assessment, assessment.answers)
    if graph is None:
        st.caption("No red flag is true and no condition is named: there is nothing to draw.")
        return
    dot, about = graph
    with st.container(key="bench-graph"):
        st.graphviz_chart(dot, width="content", alt=about)
    st.caption(
        f"{about}. Grey: answers; blue: findings and scores; red: red flags; green: evidence for; brown: evidence "
        "against; violet: conditions. The thick line makes the urgency. Scroll it sideways, or show it on "
        "the whole screen with the button at its corner."
    )
