"""LG006 `logic.flag-by-clinician`: a red flag reads nothing that only a clinician can find out."""

from __future__ import annotations

from collections.abc import Iterator

from engine.uses import uses
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Follow each red flag down to the questions."""
    kb = context.kb
    for id_ in kb.red_flags:
        for kind, name in sorted(kb.cone(uses(kb.active[id_].when))):
            if kind == "question" and name in kb.questions and kb.questions[name].by == "clinician":
                what = f"it depends on `{name}`, which only a clinician can answer"
                yield context.path("rule", id_), ("when",), what, "ask the patient for a sign, or use it as evidence"


CHECK = Check(
    code="LG006",
    name="logic.flag-by-clinician",
    title="A red flag reads nothing that only a clinician can find out",
    why="Such a flag would stand open for every patient for ever.",
    bad={
        "questions/exam.json": {
            "id": "exam",
            "title": "Examination",
            "order": 90,
            "questions": [
                {
                    "id": "tone",
                    "name": "Anal tone",
                    "text": "Tone",
                    "type": "boolean",
                    "by": "clinician",
                    "judgement": "y",
                }
            ],
        },
        **changed("rules/red_flags/numb.json", when={"fact": "tone", "is": False}),
    },
    good={},
    run=run,
)
