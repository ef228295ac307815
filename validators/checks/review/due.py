"""RV001 `review.due`: what is in force is not past the day of its next review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.finding import Severity
from engine.model.base import Reviewed
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Compare each record's day of review with today, where today is known."""
    if context.today is None:
        return
    kb = context.kb
    kinds: dict[str, Mapping[str, Reviewed]] = {
        "rule": kb.active,
        "condition": kb.current_conditions,
        "exercise": kb.exercises,
    }
    for kind, records in kinds.items():
        for id_, record in records.items():
            if record.review_by < context.today:
                what = f"its review was due on {record.review_by}"
                yield context.path(kind, id_), ("review_by",), what, "review it, and set the next date"


CHECK = Check(
    code="RV001",
    name="review.due",
    title="What is in force is not past the day of its next review",
    why="Medicine moves on; a rule that nobody has looked at for years may be wrong.",
    bad=changed("rules/findings/older.json", review_by="2020-01-01"),
    good={},
    run=run,
    severity=Severity.WARNING,
)
