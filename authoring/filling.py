"""Generated patients as drafts of cases, of which a clinician only says what should happen; what they try in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from authoring.named_files import write_named
from engine.answers import Chosen
from engine.canonical import canonical_of
from engine.criteria import FactIs, walk
from engine.english import answer, english
from engine.knowledge import KnowledgeBase
from validators.proof.deciding import Goal
from validators.proof.filling import Decided, Filled, Patient, fill

JUDGEMENT = "Generated to try what no case tries. Nobody has said yet what should happen."

SHOWN = 4
"""So many rules, and so many answers, are named in one sentence; of more only the number is told."""

LONGEST = 110
"""Characters of a title that are made up from what is answered otherwise."""


def fill_with_progress(
    kb: KnowledgeBase, most: int | None, rules: list[str] | None, seconds: float, err: Console
) -> Filled:
    """Make patients with a progress bar on `err`. Raises KeyboardInterrupt at Ctrl-C, and TranslationError."""
    columns = (
        TextColumn("what decides"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}"),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("cases", total=None, now="")

        def show(done: int, of: int, now: str) -> None:
            bar.update(task, completed=done, total=of or None, now=escape(now))

        return fill(kb, most=most, rules=rules, seconds=seconds, progress=show)


# Drafts


def drafts(kb: KnowledgeBase, patients: tuple[Patient, ...], taken: frozenset[str]) -> dict[str, dict[str, object]]:
    """A draft of a case for each patient: path to record. `taken` are the paths that there are."""
    found: dict[str, dict[str, object]] = {}
    number = 0
    for patient in patients:
        while (path := f"cases/generated_{(number := number + 1):03}.json") in taken:
            pass
        found[path] = _draft(kb, patient, f"generated_{number:03}")
    return found


def _draft(kb: KnowledgeBase, patient: Patient, id_: str) -> dict[str, object]:
    changed = list(changed_words(kb, patient))
    like = kb.cases[patient.like].title if patient.like else None
    if like is None:
        title, story = "Somebody unlike every case", "Made up: see the answers."
    else:
        title = f"Like “{like}”, but: {_short('; '.join(changed))}" if changed else f"Like “{like}”"
        said = "; ".join(changed) or "the same answers; questions that do not concern them are left out"
        story = f"Made up from the case “{like}”. What is different: {said}."
    awaiting: dict[str, object] = {"tries": list(tries_words(kb, patient.tries))}
    if patient.like:
        awaiting = {"like": patient.like, "changed": list(patient.changed), **awaiting}
    return {
        "id": id_,
        "title": title,
        "story": story,
        "tags": ["generated"],
        "answers": patient.answers.to_json(),
        "awaiting": awaiting,
        "judgement": JUDGEMENT,
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 4].rstrip(" ;,") + " ..."


def changed_words(kb: KnowledgeBase, patient: Patient) -> Iterator[str]:
    """What a patient answers otherwise than the case that they are like, one phrase a question."""
    if patient.like is None:
        return
    before = kb.cases[patient.like].answers
    for id_ in patient.changed:
        question, now = kb.questions[id_], patient.answers.values[id_]
        if isinstance(now, Chosen):
            was = before.get(id_)
            listed = was.get("yes") if isinstance(was, dict) else was
            ticked = listed if isinstance(listed, list) else []
            names = {option.id: option.name or option.text for option in kb.options(question)}
            parts = [names[one] for one in names if one in now.yes and one not in ticked]
            parts += [f"not {names[one]}" for one in names if one in ticked and one not in now.yes]
            yield f"{question.name}: {', '.join(parts)}"
        else:
            yield f"{question.name}: {answer(kb, question, now)}"


def tries_words(kb: KnowledgeBase, tries: tuple[Decided, ...]) -> Iterator[str]:
    """What a patient tries: rules with the one other answer, or any of those, with which alone they turn.

    Where no single answer does it, because another answer has to change with it, the comparison is named.
    """
    rules: dict[tuple[str, str], list[str]] = {}
    for one in tries:
        if one.instead is None:
            continue
        rules.setdefault((one.goal.side, instead_words(kb, one)), []).append(kb.active[one.goal.rule].title)
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (side, instead), titles in rules.items():
        groups.setdefault((side, tuple(dict.fromkeys(titles))), []).append(instead)
    for (side, named), answers in groups.items():
        enough = "one other answer is enough" if len(answers) == 1 else "any one of these answers is enough"
        rest = f"; and {len(answers) - SHOWN} more" if len(answers) > SHOWN else ""
        are = "are" if len(named) > 1 else "is"
        true = "true" if side == "tips" else "not true"
        yield f"{_listed(named)} {are} {true}; to turn that, {enough}: {'; '.join(answers[:SHOWN])}{rest}."
    together: dict[str, list[str]] = {}
    for one in tries:
        if one.instead is None:
            together.setdefault(comparison(kb, one.goal), []).append(kb.active[one.goal.rule].title)
    for what, titles in together.items():
        named = tuple(dict.fromkeys(titles))
        yield f"“{what}” alone decides {_listed(named)}; to turn that, another answer has to change with it."


def _listed(titles: tuple[str, ...]) -> str:
    more = f" and {len(titles) - SHOWN} more rules" if len(titles) > SHOWN else ""
    return ", ".join(f"“{title}”" for title in titles[:SHOWN]) + more


def instead_words(kb: KnowledgeBase, one: Decided) -> str:
    """The other answer with which the rule turns."""
    question, value = kb.questions[one.question], one.instead
    if not isinstance(value, Chosen):
        return f"{question.name}: {answer(kb, question, value)}"
    option = str(_fact(kb, one.goal).operand)
    name = next((each.name or each.text for each in kb.options(question) if each.id == option), option)
    return f"{question.name}: {name}{'' if option in value.yes else ' (not ticked)'}"


def _fact(kb: KnowledgeBase, goal: Goal) -> FactIs:
    fact = dict(walk(kb.active[goal.place.rule].when))[goal.place.steps]
    assert isinstance(fact, FactIs)
    return fact


def comparison(kb: KnowledgeBase, goal: Goal) -> str:
    """A goal's comparison in English."""
    return english(_fact(kb, goal), kb)


def write_drafts(directory: Path, records: dict[str, dict[str, object]]) -> None:
    """Write drafts into a knowledge base's folder in their canonical text. Raises KnowledgeError."""
    for path, record in records.items():
        write_named(directory / path, canonical_of(record, path).encode(), path)


# What is told


def filled_lines(kb: KnowledgeBase, filled: Filled, every: bool) -> Iterator[str]:
    """Coverage before and after, the patients, and what can never decide."""
    possible = filled.goals - len(filled.impossible)
    yield (
        f"{filled.goals} things to try: each comparison of a rule, or of a rule whose finding or score it reads, "
        "alone makes the rule true, or alone keeps it from being true"
    )
    yield f"  {filled.by_cases:>6}  tried by cases"
    yield f"  {filled.by_examples:>6}  only by a rule's own examples"
    yield f"  {filled.by_waiting:>6}  only by cases that wait for a clinician's word"
    yield f"  {filled.by_patients:>6}  only by the {len(filled.patients)} patients made now"
    yield f"  {len(filled.impossible):>6}  proved impossible"
    yield f"  {len(filled.open):>6}  open: not looked at, or not decided in time"
    yield (
        f"tried before {_percent(filled.before, possible)} %, "
        f"with the new patients {_percent(filled.before + filled.by_patients, possible)} %, "
        f"of what is not proved impossible; {filled.seconds:.0f} s"
    )
    for goal in filled.impossible:
        if every or not goal.chained:
            yield impossible_words(kb, goal)
    chained = sum(goal.chained for goal in filled.impossible)
    if chained and not every:
        yield f"{chained} more are impossible through findings and scores; --all shows them"


def _percent(part: int, of: int) -> str:
    return f"{100 * part / of:.1f}" if of else "100.0"


def impossible_words(kb: KnowledgeBase, goal: Goal) -> str:
    """What can never decide, in words."""
    what = f"“{comparison(kb, goal)}”"
    through = f" (in {goal.place.rule})" if goal.chained else ""
    does = "what makes it true" if goal.side == "tips" else "what keeps it from being true"
    return f"{goal.rule}: {what}{through} alone is never {does}"
