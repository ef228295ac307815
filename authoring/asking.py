"""The interview on a terminal: one screen at a time, with `?` for not sure and `b` for back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from engine.answers import Answers, Chosen, Value, allowed, read_answers
from engine.english import answer as in_words
from engine.finding import KnowledgeError
from engine.interview import Interview, Stop
from engine.knowledge import KnowledgeBase
from engine.model.question import Question

STOPPED: dict[Stop, str] = {
    "emergency": "This needs help now, so no more questions are asked.",
    "settled": "Nothing that could still be asked would change the result.",
    "budget": "The urgency is settled and enough has been asked.",
}


class _QuitError(Exception):
    """The person stopped before the end."""


class _BackError(Exception):
    """The person wants the screen before this one."""


@dataclass(frozen=True)
class _Asked:
    """A question where it was asked: the number of its screen, the screen, its place on it, the answers before it."""

    number: int
    screen: tuple[str, ...]
    place: int
    before: Answers


def ask_person(kb: KnowledgeBase, console: Console) -> Answers | None:
    """Ask until the interview may stop. None where the person, or the end of the input, stopped it before that.

    The questions of a screen follow each other below its title; an emergency stops in the middle of it too.
    """
    interview = Interview(kb)
    console.print(f"[bold magenta]{escape(kb.settings.unreviewed)}[/]")
    console.print(escape(kb.settings.not_a_diagnosis))
    console.print("Answer with a number (several with commas, 0 for none of these).")
    console.print("? means that you are not sure, b goes back one question, q stops.\n")
    asked: list[_Asked] = []
    now = _Asked(0, (), 0, Answers())
    while True:
        step = interview.next(now.before, now.number)
        if step.stop == "emergency" or (step.stop and now.place == len(now.screen)):
            console.print(f"[dim]{STOPPED[step.stop]} {now.number} screens.[/]\n")
            return now.before
        if now.place == len(now.screen):
            assert step.screen is not None
            now = _Asked(now.number + 1, step.screen.questions, 0, now.before)
        if now.place == 0:
            at_most = f"usually no more than {kb.settings.interview.question_budget}"
            console.print(f"[cyan]Screen {now.number} ({at_most}): {escape(screen_title(kb, now.screen))}[/]\n")
        try:
            answers = _ask(kb, kb.questions[now.screen[now.place]], now.before, console)
            asked.append(now)
            now = _Asked(now.number, now.screen, now.place + 1, answers)
        except _BackError:
            now = asked.pop() if asked else now
        except _QuitError:
            console.print("\nStopped. Nothing was saved, and no result is given.")
            return None


def screen_title(kb: KnowledgeBase, screen: Sequence[str]) -> str:
    """What a screen is about: the sections that its questions come from."""
    return ", ".join(dict.fromkeys(kb.section_of[name].title for name in screen))


def _ask(kb: KnowledgeBase, question: Question, answers: Answers, console: Console) -> Answers:
    console.print(f"[bold]{escape(question.text)}[/]")
    if question.help:
        console.print(f"  [dim]{escape(question.help)}[/]")
    if question.why:
        console.print(f"  [dim]Why we ask: {escape(question.why)}[/]")
    options = kb.options(question)
    for number, option in enumerate(options, 1):
        console.print(f"  {number}  {escape(option.text)}")
    if question.type == "boolean":
        console.print("  y  Yes\n  n  No")
    while True:
        try:
            typed = console.input("> ").strip().lower()
        except EOFError:
            raise _QuitError from None
        if typed == "q":
            raise _QuitError
        if typed == "b":
            raise _BackError
        if typed in ("?", "not sure"):
            console.print("  [dim]not sure[/]\n")
            return answers.with_answer(question.id, None)
        try:
            value = _understood(kb, question, typed)
        except KnowledgeError:
            value = None
        if value is None:
            console.print(f"  [yellow]Please choose: {escape(_choices(kb, question))}, or ? if you are not sure.[/]")
            continue
        console.print(f"  [dim]{escape(in_words(kb, question, value))}[/]\n")
        return answers.with_answer(question.id, value)


def _choices(kb: KnowledgeBase, question: Question) -> str:
    if question.type == "boolean":
        return "y or n"
    if question.type in ("choice", "choices"):
        last = len(kb.options(question))
        several = " (several with commas, 0 for none)" if question.type == "choices" else ""
        return f"a number from 1 to {last}{several}"
    return allowed(kb, question).removesuffix(', or "unknown"')


def _understood(kb: KnowledgeBase, question: Question, typed: str) -> Value | None:
    """What was typed as an answer; None where it is none. Raises KnowledgeError outside the question's domain."""
    options = {str(number): option.id for number, option in enumerate(kb.options(question), 1)}
    raw: object
    match question.type:
        case "boolean":
            raw = {"y": True, "yes": True, "n": False, "no": False}.get(typed)
        case "choice":
            raw = options.get(typed)
        case "choices":
            if typed in ("0", "none"):
                return Chosen()
            numbers = {part.strip() for part in typed.split(",")}
            if not numbers <= options.keys():
                return None
            raw = sorted(options[number] for number in numbers)
        case "integer" | "decimal":
            try:
                raw = float(typed.replace(",", "."))
            except ValueError:
                return None
    if raw is None:
        return None
    return read_answers(kb, {question.id: raw}).values[question.id]
