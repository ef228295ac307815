"""GD002 `guide.one-action`: an action is one thing to do."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from validators.example import BASE, changed
from validators.reading import sentences_of, word_count
from validators.registry import Check, Context, Problem

MOST_WORDS = 40
MOST_SENTENCES = 3


def run(context: Context) -> Iterator[Problem]:
    """Look for actions that are long, or that string several things together."""
    for id_, condition in context.kb.conditions.items():
        for at, section in enumerate(condition.guide.sections):
            for number, statement in enumerate(section.statements):
                text = statement.text
                long = word_count(text) > MOST_WORDS or len(sentences_of(text)) > MOST_SENTENCES
                if statement.action and (long or ";" in text or " and then " in text):
                    steps = ("guide", "sections", at, "statements", number, "text")
                    what = "this action holds more than one step, or more words than somebody in pain reads"
                    yield context.path("condition", id_), steps, what, "make each step an action of its own"


CHECK = Check(
    code="GD002",
    name="guide.one-action",
    title="An action is one thing to do",
    why="Somebody in pain follows one line at a time.",
    bad=changed(
        "conditions/low_back/spasm.json",
        guide={
            **BASE["conditions/low_back/spasm.json"]["guide"],
            "sections": [
                {
                    "id": "today",
                    "title": "Today",
                    "statements": [{"text": "Get up; walk and then lie down.", "action": True, "judgement": "y"}],
                }
            ],
        },
    ),
    good={},
    run=run,
    severity=Severity.WARNING,
)
