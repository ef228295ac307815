"""The answers on the test bench: one or two variants of a patient, kept in the browser session.

The answers are the state; every widget shows them and writes to them, and none gives an answer of its own accord.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from authoring.console.components.form_journal import Page
from engine.answers import Answers, Chosen, Value, read_answers
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase

_KEY = "bench"


@dataclass
class Variant:
    """One patient: the answers, and where the interview stands."""

    answers: Answers = field(default_factory=Answers)
    screen: tuple[str, ...] = ()
    """The questions that the interview shows now; empty before it begins and after it has ended."""
    history: list[tuple[tuple[str, ...], Answers]] = field(default_factory=list)
    """The interview's earlier screens, each with the answers before it."""

    def restart(self, answers: Answers) -> None:
        """Other answers, and the interview from its beginning."""
        self.answers, self.screen, self.history = answers, (), []


@dataclass
class Bench:
    """What is on the bench."""

    variants: dict[str, Variant] = field(default_factory=lambda: {"A": Variant()})
    editing: str = "A"
    case: str | None = None
    """The case that was loaded last, as the address names it."""
    about: str = ""
    """What the answers were begun from, in words."""
    page: Page = field(default_factory=Page)

    @property
    def variant(self) -> Variant:
        """The one that is being answered."""
        return self.variants[self.editing]

    def begin(self, answers: Answers, about: str, case: str | None = None) -> None:
        """A new patient: one variant, with these answers."""
        self.variants, self.editing, self.about, self.case = {"A": Variant(answers)}, "A", about, case

    def to_json(self) -> dict[str, object] | None:
        """What is on the bench, as the browser keeps it; None where nothing is answered."""
        given = {name: one.answers.to_json() for name, one in self.variants.items()}
        if not any(given.values()):
            return None
        return {"variants": given, "editing": self.editing, "case": self.case, "about": self.about}

    def restore(self, kb: KnowledgeBase, kept: Mapping[str, object]) -> bool:
        """Put back what the browser kept; False where that is what is there, or cannot be read."""
        given = kept.get("variants")
        if kept == self.to_json() or not isinstance(given, dict) or "A" not in given:
            return False
        read = {name: fit(kb, one)[0] for name, one in given.items() if name in ("A", "B") and isinstance(one, dict)}
        if "A" not in read:
            return False
        self.variants = {name: Variant(answers) for name, answers in read.items()}
        self.editing = "B" if kept.get("editing") == "B" and "B" in read else "A"
        self.about = str(kept.get("about") or "")
        self.case = str(kept["case"]) if kept.get("case") else None
        return True

    def split(self) -> None:
        """Variant B as a copy of A, to be changed."""
        self.variants["B"] = Variant(self.variants["A"].answers)
        self.editing = "B"

    def join(self) -> None:
        """Variant A alone again."""
        self.variants.pop("B", None)
        self.editing = "A"


def bench() -> Bench:
    """What is on the bench in this browser session."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Bench()
    found: Bench = st.session_state[_KEY]
    return found


def fit(kb: KnowledgeBase, raw: Mapping[str, object]) -> tuple[Answers, KnowledgeError | None]:
    """The answers that fit a knowledge base, and an error that names those that do not."""
    try:
        return read_answers(kb, dict(raw)), None
    except KnowledgeError as error:
        wrong = {finding.pointer.removeprefix("/").split("/")[0] for finding in error.findings}
        return read_answers(kb, {name: given for name, given in raw.items() if name not in wrong}), error


def without(answers: Answers, question: str) -> Answers:
    """The same answers with one taken back: the question is unanswered."""
    values = {name: value for name, value in answers.values.items() if name != question}
    return Answers(values, answers.unsure - {question})


def put(question: str, value: Value | None) -> None:
    """Write an answer of the variant in hand; None is "not sure"."""
    variant = bench().variant
    variant.answers = variant.answers.with_answer(question, value)


def take_back(question: str) -> None:
    """Take an answer of the variant in hand back."""
    variant = bench().variant
    variant.answers = without(variant.answers, question)


def put_options(question: str, yes: frozenset[str], unsure: frozenset[str]) -> None:
    """Write which options are ticked and unsure; with neither the question is unanswered, not answered with none."""
    if yes or unsure:
        put(question, Chosen(yes, unsure - yes))
    else:
        take_back(question)
