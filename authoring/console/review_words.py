"""What a reviewer reads of a change: records before and after with marked words, patients, guides side by side."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from html import escape

from authoring.console.guide_reading import measured
from authoring.review.approving import KIND_WORDS, Standing
from authoring.review.in_english import Difference, RecordChange
from authoring.review.proofs import Group, Witness
from engine.answers import read_answers
from engine.assess import Assessor
from engine.english import answer
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.condition import Condition

STYLE = """
<style>
.algos-change { display: grid; grid-template-columns: minmax(7rem, 11rem) 1fr 1fr; gap: .15rem .9rem;
  margin: .2rem 0 .7rem; }
.algos-change > .label { color: var(--a-muted); font-size: .88rem; padding-top: .15rem; overflow-wrap: anywhere; }
.algos-change > .text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--a-line);
  padding: .05rem 0 .05rem .6rem; }
.algos-change > .head { color: var(--a-muted); font-size: .8rem; }
.algos-change del { background: var(--a-bad-soft); color: var(--a-bad); text-decoration: line-through; }
.algos-change ins { background: var(--a-good-soft); color: var(--a-good); text-decoration: underline; }
.algos-change .none { color: var(--a-muted); font-style: italic; }
.algos-patient { border: 1px solid var(--a-line); border-radius: 5px; padding: .5rem .8rem; margin: .3rem 0; }
.algos-patient p { margin: .1rem 0; max-width: none; }
.algos-patient .answers { color: var(--a-muted); font-size: .92rem; }
@media (max-width: 800px) {
  .algos-change { grid-template-columns: 1fr; }
  .algos-change > .head { display: none; }
}
</style>
"""
_WORDS = re.compile(r"\s+|[^\s]+")


def marked(before: str | None, after: str | None) -> tuple[str, str]:
    """Two texts as HTML, with the words marked that went and came."""
    if before is None or after is None:
        nothing = '<span class="none">not there</span>'
        old = nothing if before is None else f"<del>{escape(before)}</del>"
        new = nothing if after is None else f"<ins>{escape(after)}</ins>"
        return old, new
    one, other = (_WORDS.findall(text) for text in (before, after))
    old, new = "", ""
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        gone, came = escape("".join(one[a:b])), escape("".join(other[c:d]))
        old += gone if tag == "equal" or not gone else f"<del>{gone}</del>"
        new += came if tag == "equal" or not came else f"<ins>{came}</ins>"
    return old, new


def side_by_side(differences: Sequence[Difference]) -> str:
    """Fields before and after in two columns."""
    rows = ['<div class="head"></div><div class="head">Now</div><div class="head">With this change</div>']
    for one in differences:
        before, after = marked(one.before, one.after)
        rows.append(
            f'<div class="label">{escape(one.label)}</div>'
            f'<div class="text">{before}</div><div class="text">{after}</div>'
        )
    return f'<div class="algos-change">{"".join(rows)}</div>'


def record_html(change: RecordChange) -> str:
    """Everything that changes in a record."""
    return side_by_side(change.differences)


def needs_line(standing: Standing) -> str:
    """What a record's change is about, who approved it and what is missing, as one line."""
    about = ", ".join(KIND_WORDS[kind] for kind in sorted(standing.kinds))
    names = ", ".join(one.by.name for one in standing.approved_by)
    by = f" Approved by {names}." if names else ""
    left = " ".join(f"{one[:1].upper()}{one[1:]}." for one in standing.missing)
    return f"About {about}.{by} {left}".strip()


def patient_html(group: Group, before: KnowledgeBase, after: KnowledgeBase) -> str:
    """Patients who change: what is true of them all, and one of them with what they are told before and after."""
    answers, witness = [], group.witness
    everybody = f"<p><b>Whoever has:</b> {escape(' and '.join(group.phrases))}</p>" if group.phrases else ""
    for name, value in witness.items():
        kb = after if name in after.questions else before
        question = kb.questions.get(name)
        if question is None:
            continue
        given = read_answers(kb, {name: value}, "patient").values.get(name)
        answers.append(f"{question.name}: {answer(kb, question, given)}")
    told = [_told(kb, witness) for kb in (before, after)]
    return (
        f'<div class="algos-patient">{everybody}'
        f"<p><b>Now:</b> {escape(told[0])}</p><p><b>With this change:</b> {escape(told[1])}</p>"
        f'<p class="answers">One of them: {escape("; ".join(answers)) or "Nothing is answered."}</p></div>'
    )


def _told(kb: KnowledgeBase, witness: Witness) -> str:
    given = {name: value for name, value in witness.items() if name in kb.questions}
    try:
        outcome = Assessor(kb).assess(read_answers(kb, given, "patient")).outcome
    except KnowledgeError as error:
        return f"these answers are not possible: {error.findings[0].what}"
    named = [one.plain_name for one in outcome.named[:2]]
    because = f" ({outcome.reasons[0].text})" if outcome.reasons else ""
    return f"{kb.settings.urgency[outcome.urgency].name}{because}; " + (", ".join(named) or "no cause named")


def guide_rows(before: Condition | None, after: Condition | None) -> Iterator[tuple[str, str, str, str, str]]:
    """Each part of a guide that changes: its title, HTML before and after, and the reading age of both."""
    parts = [_parts(one) for one in (before, after)]
    for id_ in dict.fromkeys([*parts[0], *parts[1]]):
        (title, old), (other, new) = (part.get(id_, ("", [])) for part in parts)
        if old == new and title == other:
            continue
        left, right = marked("\n".join(old) if id_ in parts[0] else None, "\n".join(new) if id_ in parts[1] else None)
        yield other or title, left, right, measured(old), measured(new)


def _parts(condition: Condition | None) -> dict[str, tuple[str, list[str]]]:
    if condition is None:
        return {}
    guide = condition.guide
    parts = {"summary": ("Summary", [guide.summary])}
    parts |= {one.id: (one.title, [statement.text for statement in one.statements]) for one in guide.sections}
    if guide.exercises:
        parts["exercises"] = ("Exercises", [f"{one.exercise}: {one.start}" for one in guide.exercises])
    parts["watch_for"] = ("Watch for", [f"{one.sign}: {one.go}" for one in guide.watch_for])
    return {id_: (title, [text.replace("**", "") for text in texts]) for id_, (title, texts) in parts.items()}


def guides_html(before: Condition | None, after: Condition | None) -> str:
    """A guide's pages side by side, with marked words and reading ages; empty where nothing of it changes."""
    rows = []
    for title, old, new, age, other in guide_rows(before, after):
        rows.append(
            f'<div class="label">{escape(title)}</div>'
            f'<div class="text">{old}<br><span class="none">{escape(age)}</span></div>'
            f'<div class="text">{new}<br><span class="none">{escape(other)}</span></div>'
        )
    if not rows:
        return ""
    head = '<div class="head"></div><div class="head">The page now</div><div class="head">With this change</div>'
    return f'<div class="algos-change">{head}{"".join(rows)}</div>'
