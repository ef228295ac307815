"""CA001 `cases.example`: a rule's examples give what they say."""

from __future__ import annotations

from collections.abc import Iterator

from engine.answers import read_answers
from engine.finding import KnowledgeError
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Evaluate each example."""
    kb, kept = context.kb, context.kept
    for id_, rule in kb.active.items():
        if kept.examples_hold(id_, context.loaded.files[context.path("rule", id_)]):
            continue
        for at, example in enumerate(rule.examples):
            path, steps = context.path("rule", id_), ("examples", at)
            try:
                answers = read_answers(kb, dict(example.answers), path)
            except KnowledgeError as error:
                yield path, (*steps, "answers"), error.findings[0].what, error.findings[0].fix
                continue
            truth = kept.truth(id_, answers).word
            if truth != example.gives:
                what = f"the example says {example.gives}, and the rule is {truth}"
                yield path, (*steps, "gives"), what, "correct the rule or the example"


CHECK = Check(
    code="CA001",
    name="cases.example",
    title="A rule's examples give what they say",
    why="The example is the rule's meaning, written down twice: if the two differ, one of them is wrong.",
    bad=changed("rules/findings/older.json", examples=[{"answers": {"age": 59}, "gives": "true"}]),
    good={},
    run=run,
    needs_evaluator=True,
)
