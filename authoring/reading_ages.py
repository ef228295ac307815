"""How hard patients' texts are to read, for `algos stats --reading`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from authoring.interface_texts import Interface
from engine.knowledge import KnowledgeBase
from validators.passages import AIM, FEWEST, interface_passages, passages, reasons_in, summaries
from validators.reading import FORMULA, HIGHEST


def reading_report(kb: KnowledgeBase, interface: Path) -> Iterator[str]:
    """A row for each part, and every passage above the limit with the reason why. Raises KnowledgeError."""
    texts = Interface(interface).texts()
    found = [*passages(kb), *interface_passages(texts)]
    reasons = reasons_in(kb, found)
    yield f"Reading age in years by {FORMULA}, of what a patient reads; the aim is {AIM:g}, the limit {HIGHEST:g}."
    yield f"Passages of fewer than {FEWEST} words are counted and not measured: the formula says nothing about them."
    yield (
        f"{'':<14}{'passages':>9}{'short':>7}{'median':>8}{'highest':>9}{'above aim':>11}{'above limit':>13}"
        f"{'with reason':>13}"
    )
    for row in summaries(found, reasons):
        ages = f"{row.median:>8.1f}{row.highest:>9.1f}"
        yield (
            f"{row.part:<14}{row.passages:>9}{row.short:>7}{ages}{row.above_aim:>11}{row.above_limit:>13}"
            f"{row.with_reason:>13}"
        )
    if not texts:
        yield "The interface's texts are not here: name their folder with --interface."
    for one in sorted((one for one in found if one.hard), key=lambda one: -one.reading.age):
        yield f'{one.reading.age:>6.1f} {one.place}: "{one.reading.longest}"'
        yield f"       {reasons.get(one.place, 'no reason is given')}"
