"""RF006 `reference.exercise`: guides name exercises, and exercises pictures, that exist."""

from __future__ import annotations

from collections.abc import Iterator

from engine.nearest import nearest
from validators.example import BASE, changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at the exercises of guides and at the pictures of exercises."""
    kb = context.kb
    for id_, condition in kb.conditions.items():
        for at, use in enumerate(condition.guide.exercises):
            if use.exercise not in kb.exercises:
                steps = ("guide", "exercises", at, "exercise")
                what = f"there is no exercise `{use.exercise}`"
                yield context.path("condition", id_), steps, what, nearest(use.exercise, kb.exercises)
    for id_, exercise in kb.exercises.items():
        for at, picture in enumerate(exercise.pictures):
            if f"exercises/{picture.file}" not in kb.pictures:
                what, fix = f"there is no picture `exercises/{picture.file}`", "draw it, or name another picture"
                yield context.path("exercise", id_), ("pictures", at, "file"), what, fix


CHECK = Check(
    code="RF006",
    name="reference.exercise",
    title="Guides name exercises, and exercises pictures, that exist",
    why="A guide with a hole where the exercise should be is a guide that nobody can follow.",
    bad=changed(
        "conditions/low_back/spasm.json",
        guide={
            **BASE["conditions/low_back/spasm.json"]["guide"],
            "exercises": [{"exercise": "bridge", "start": "now"}],
        },
    ),
    good={},
    run=run,
)
