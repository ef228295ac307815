"""GD006 `guide.hard-text`: what a patient reads has a reading age of at most 14, or says why not."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from engine.texts import hash_of
from validators.example import changed
from validators.passages import passages, reasons_in
from validators.reading import FORMULA
from validators.registry import Check, Context, Problem

_HARD = "because of inflammatory osteoarticular degeneration in several localisations"
_PASSAGE = "rule/evidence/locked/because"


def run(context: Context) -> Iterator[Problem]:
    """Measure each passage; GD001 does those of guides' sections and messages. Look for reasons that are not needed."""
    kb = context.kb
    found = list(passages(kb))
    reasons = reasons_in(kb, found)
    for one in found:
        elsewhere = one.part == "messages" or (one.part == "guides" and "sections" in one.steps)
        if one.hard and one.place not in reasons and not elsewhere:
            what = f'the reading age is {one.reading.age:g} ({FORMULA}): "{one.reading.longest[:80]}"'
            where = f"in `reading.json`: passage `{one.place}`, of `{one.of}`"
            fix = f"use plainer words, or give the reason why not ({where})"
            yield one.file, one.steps, what, fix
    hard = {one.place for one in found if one.hard}
    for at, note in enumerate(kb.reading.hard):
        if note.passage not in reasons or note.passage not in hard:
            what = f"`{note.passage}` is not hard to read, or has changed since, or is not there"
            yield "reading.json", ("hard", at), what, "delete this reason, or give it for the text as it is now"


CHECK = Check(
    code="GD006",
    name="guide.hard-text",
    title="What a patient reads has a reading age of at most 14, or says why not",
    why="A question that is not understood is answered wrongly; a reason that is not understood frightens.",
    bad=changed("rules/evidence/locked.json", because=_HARD),
    good={
        **changed("rules/evidence/locked.json", because=_HARD),
        "reading.json": {
            "id": "reading",
            "hard": [
                {"passage": _PASSAGE, "of": hash_of(_HARD), "reason": "An example: no plainer word says the same."}
            ],
        },
    },
    run=run,
    severity=Severity.WARNING,
)
