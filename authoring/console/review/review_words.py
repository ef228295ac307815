"""What a reviewer reads of a change: records before and after with marked words, patients, guides side by side."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from authoring.console.conditions.guide_reading import measured
from authoring.languages_known import known
from authoring.review.approving import KIND_WORDS, Standing
from authoring.review.in_english import Difference, RecordChange
from authoring.review.proofs import Group, Witness
from engine.answers import read_answers
from engine.assess import Assessor
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.model.condition import Condition
from validators.proof.describe import person_lines

STYLE = """
<style>
.algos-change { display: grid; grid-template-columns: minmax(7rem, 11rem) 1fr 1fr; gap: .15rem .9rem;
  margin: .2rem 0 .7rem; }
.algos-change > .label { color: var(--a-muted); font-size: .88rem; padding-top: .15rem; overflow-wrap: anywhere; }
.algos-change > .text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--a-line);
  padding: .05rem 0 .05rem .6rem; }
.algos-change > .whole { grid-column: span 2; }
.algos-change > .head { color: var(--a-muted); font-size: .8rem; }
.algos-change del { background: var(--a-bad-soft); color: var(--a-bad); text-decoration: line-through; }
.algos-change ins { background: var(--a-good-soft); color: var(--a-good); text-decoration: underline; }
.algos-change .none { color: var(--a-muted); font-style: italic; }
.algos-patient { border: 1px solid var(--a-line); border-radius: 5px; padding: .5rem .8rem; margin: .3rem 0; }
.algos-patient p { margin: .1rem 0; max-width: none; }
.algos-patient ul { margin: .1rem 0 .3rem; }
.algos-patient details { color: var(--a-muted); font-size: .92rem; }
.algos-patient summary { cursor: pointer; }
@media (max-width: 800px) {
  .algos-change { grid-template-columns: 1fr; }
  .algos-change > .head { display: none; }
  .algos-change > .whole { grid-column: auto; }
}
</style>
"""
_VARIANTS = 4
"""Ways to belong to a group that are listed before the rest is only counted."""
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
    """Everything that changes in a record; translations beside the English that they translate."""
    own = [one for one in change.differences if one.english is None]
    translated = [one for one in change.differences if one.english is not None]
    beside = translations_html(translated, change.language, change.direction) if translated else ""
    return (side_by_side(own) if own else "") + beside


def read_html(change: RecordChange) -> str:
    """Everything that a new record says, without marks."""
    rows = [
        f'<div class="label">{escape(one.label)}</div><div class="text whole">{escape(one.after or "")}</div>'
        for one in change.differences
        if one.english is None
    ]
    translated = [one for one in change.differences if one.english is not None]
    beside = translations_html(translated, change.language, change.direction, marks=False) if translated else ""
    return f'<div class="algos-change">{"".join(rows)}</div>{beside}'


def translations_html(differences: Sequence[Difference], language: str, direction: str, marks: bool = True) -> str:
    """Translations beside the English; with `marks` what they said before, above what they say, with marked words."""
    called = known(language).english
    rows = [f'<div class="head"></div><div class="head">English</div><div class="head">{escape(called)}</div>']
    for one in differences:
        said = escape(one.after or "")
        if marks:
            before, after = marked(one.before, one.after)
            gone = '<span class="none">taken away</span>'
            said = "<br>".join([*([before] if one.before is not None else []), gone if one.after is None else after])
        english = escape(one.english) if one.english else '<span class="none">there is no such text any more</span>'
        rows.append(
            f'<div class="label">{escape(one.label)}</div><div class="text" lang="en" dir="ltr">{english}</div>'
            f'<div class="text" lang="{escape(language)}" dir="{escape(direction)}">{said}</div>'
        )
    return f'<div class="algos-change">{"".join(rows)}</div>'


def needs_line(standing: Standing) -> str:
    """What a record's change is about, who approved it and what is missing, as one line."""
    about = ", ".join(KIND_WORDS[kind] for kind in sorted(standing.kinds))
    names = ", ".join(one.by.name for one in standing.approved_by)
    by = f" Approved by {names}." if names else ""
    left = " ".join(f"{one[:1].upper()}{one[1:]}." for one in standing.missing)
    return f"About {about}.{by} {left}".strip()


@dataclass(frozen=True)
class Told:
    """Patients who are told the same before and the same after, however they come by it."""

    now: str
    then: str
    groups: tuple[Group, ...]

    @property
    def shared(self) -> tuple[str, ...]:
        """What is true of them all."""
        first, *others = (one.phrases for one in self.groups)
        return tuple(phrase for phrase in first if all(phrase in other for other in others))

    @property
    def further(self) -> tuple[tuple[str, ...], ...]:
        """What each group has besides; empty where one group is all there is, or one has nothing besides."""
        rest = [tuple(phrase for phrase in one.phrases if phrase not in self.shared) for one in self.groups]
        return tuple(dict.fromkeys(rest)) if all(rest) else ()


def told_alike(groups: Iterable[Group], before: KnowledgeBase, after: KnowledgeBase) -> tuple[Told, ...]:
    """The groups, those together to whom the same is said before and after, in the order of the first of each."""
    found: dict[tuple[str, str], list[Group]] = {}
    assessors = Assessor(before), Assessor(after)
    for group in groups:
        now, then = (_told(one, group.witness) for one in assessors)
        found.setdefault((now, then), []).append(group)
    return tuple(Told(now, then, tuple(alike)) for (now, then), alike in found.items())


def told_html(told: Told, before: KnowledgeBase, after: KnowledgeBase) -> str:
    """Patients who change: what they are told before and after, what is true of them all, and one of them to unfold."""
    now, then = marked(told.now, told.then)
    parts = [f"<p><b>Now:</b> {now}</p><p><b>With this change:</b> {then}</p>"]
    if told.shared:
        parts.append(f"<p><b>Whoever has:</b> {escape(' and '.join(told.shared))}</p>")
    if told.further:
        title = "And one of these:" if told.shared else "Whoever has one of these:"
        rows = "".join(f"<li>{escape(' and '.join(one))}</li>" for one in told.further[:_VARIANTS])
        more = f"<li>and {len(told.further) - _VARIANTS} more</li>" if len(told.further) > _VARIANTS else ""
        parts.append(f"<p><b>{title}</b></p><ul>{rows}{more}</ul>")
    lines = "".join(f"<li>{escape(line)}</li>" for line in one_of_them(told.groups[0], before, after))
    parts.append(f"<details><summary>One of them, answer by answer</summary><ul>{lines}</ul></details>")
    return f'<div class="algos-patient">{"".join(parts)}</div>'


def one_of_them(group: Group, before: KnowledgeBase, after: KnowledgeBase) -> Iterator[str]:
    """A patient's answers, a line each; those to questions that only the version before has come last."""
    for kb, names in ((after, after.questions.keys()), (before, before.questions.keys() - after.questions.keys())):
        given = {name: value for name, value in group.witness.items() if name in names}
        if given or kb is after:
            yield from person_lines(kb, read_answers(kb, given, "patient"))


def _told(assessor: Assessor, witness: Witness) -> str:
    kb = assessor.kb
    given = {name: value for name, value in witness.items() if name in kb.questions}
    try:
        outcome = assessor.assess(read_answers(kb, given, "patient")).outcome
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
