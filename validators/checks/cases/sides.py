"""CA003 `cases.sides`: a rule's examples show it true, false and unknown."""

from __future__ import annotations

from collections.abc import Iterator

from engine.finding import Severity
from validators.example import changed
from validators.registry import Check, Context, Problem


def run(context: Context) -> Iterator[Problem]:
    """Look at what each rule's examples give."""
    for id_, rule in context.kb.active.items():
        given = {example.gives for example in rule.examples}
        missing = [truth for truth in ("true", "false", "unknown") if truth not in given]
        if missing:
            what = f"no example shows it {' or '.join(missing)}"
            yield context.path("rule", id_), ("examples",), what, "add an example of each"


CHECK = Check(
    code="CA003",
    name="cases.sides",
    title="A rule's examples show it true, false and unknown",
    why="A threshold that was never tried from both sides is a threshold that nobody has looked at.",
    bad=changed("rules/findings/older.json", examples=[{"answers": {"age": 60}, "gives": "true"}]),
    good={},
    run=run,
    severity=Severity.WARNING,
)
