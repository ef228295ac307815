"""How hard patients' texts are to read, for `algos stats --reading`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from authoring.interface_texts import Interface
from engine.finding import Finding, KnowledgeError
from engine.knowledge import KnowledgeBase
from exports.guide.language import telling
from validators.passages import AIM, FEWEST, Passage, interface_passages, passages, reasons_in, summaries
from validators.reading import FORMULA, HIGHEST
from validators.reading_german import EASIEST, GERMAN_FORMULA, HARDEST, GermanReading, german_reading, year_in_words

_SHOWN = 10


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


def reading_report_in(kb: KnowledgeBase, interface: Path, language: str) -> Iterator[str]:
    """The same for a translation, as far as there is a formula for its language: rows, and its hardest passages.

    Nothing is above a limit: none is known for the formula. Raises KnowledgeError.
    """
    if language == kb.language:
        yield from reading_report(kb, interface)
        return
    told = telling(kb, language).kb
    if language.partition("-")[0] != "de":
        what = f"how hard `{language}` is to read is not measured: no formula for it is known here"
        raise KnowledgeError(
            [Finding("locales", 0, "", "LC024", "locale.reading", what, f"ask for {kb.language} or de")]
        )
    yield f"School year by the {GERMAN_FORMULA}, from {EASIEST} (very easy) to {HARDEST} (very hard)."
    yield f"Passages of fewer than {FEWEST} words are counted and not measured. Nothing is refused for these figures."
    yield f"{'':<14}{'passages':>9}{'short':>7}{'median':>8}{'highest':>9}"
    found = [(one, german_reading(one.texts)) for one in passages(told)]
    found += [(one, german_reading(one.texts)) for one in interface_passages(Interface(interface).texts(language))]
    parts: dict[str, list[tuple[Passage, GermanReading]]] = {}
    for one, read in found:
        parts.setdefault(one.part, []).append((one, read))
    for part, members in parts.items():
        years = sorted(read.year for _, read in members if read.words >= FEWEST)
        figures = f"{years[len(years) // 2]:>8.1f}{years[-1]:>9.1f}" if years else ""
        yield f"{part:<14}{len(members):>9}{len(members) - len(years):>7}{figures}"
    measured = [(one, read) for one, read in found if read.words >= FEWEST]
    for one, read in sorted(measured, key=lambda pair: -pair[1].year)[:_SHOWN]:
        yield f'{year_in_words(read):>12} {one.place}: "{read.longest}"'
