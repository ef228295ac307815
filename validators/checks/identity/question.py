"""ID003 `identity.question`: a question's id stands for one question."""

from __future__ import annotations

from collections.abc import Iterator

from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look for a question's id in two places, and for a body part's."""
    seen: dict[str, str] = {}
    for section in context.kb.sections:
        path = context.path("section", section.id)
        for at, question in enumerate(section.questions):
            if question.id in seen:
                what = f"the question `{question.id}` stands in `{seen[question.id]}` too"
                yield path, ("questions", at, "id"), what, "give one of the two another id"
            seen[question.id] = path
    parts: set[str] = set()
    for at, region in enumerate(context.kb.body.regions):
        for number, part in enumerate(region.parts):
            if part.id in parts:
                steps = ("regions", at, "parts", number, "id")
                yield "body.json", steps, f"the part `{part.id}` stands twice", "give one of the two another id"
            parts.add(part.id)


CHECK = Check(
    code="ID003",
    name="identity.question",
    title="A question's id stands for one question",
    why="Questions of all sections share one space of names: rules name them without their section.",
    bad={
        "questions/more.json": {
            "id": "more",
            "title": "More",
            "order": 20,
            "questions": [{"id": "age", "name": "Age", "text": "Age?", "type": "boolean", "judgement": "An example."}],
        }
    },
    good={},
    run=run,
)
