"""How hard German is to read: the formula by hand, and the report that tells it as an information."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from authoring.cli import app
from tests.conftest import STARTER
from validators.reading_german import german_reading, syllables_of, year_in_words


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("Arzt", 1),
        ("neu", 1),
        ("Knie", 1),
        ("Quelle", 2),
        ("Seele", 2),
        ("Yoga", 2),
        ("Rücken", 2),
        ("Säule", 2),
        ("Hexenschuss", 3),
        ("Infektion", 4),
        ("Blutverdünner", 4),
        ("Bandscheibenvorfall", 5),
        ("Physiotherapie", 6),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, syllables: int) -> None:
    assert syllables_of(word) == syllables


def test_the_formula_is_the_published_one() -> None:
    """7 words in 2 sentences: one of three syllables and more, two of more than six letters, five of one syllable."""
    read = german_reading(["Der **Rücken** tut weh.", "Die [Wirbelsäule](https://example.org) schmerzt."])
    by_hand = 0.1935 * 100 / 7 + 0.1672 * 7 / 2 + 0.1297 * 200 / 7 - 0.0327 * 500 / 7 - 0.875
    assert (read.year, read.words, read.longest) == (round(by_hand, 1), 7, "Der Rücken tut weh.")
    assert german_reading(["5 %"]).words == 0


def test_years_are_told_within_those_that_the_formula_is_for() -> None:
    told = [
        year_in_words(german_reading([text])) for text in ("Es tut weh.", "Bewegung hilft.", "Rückenmarkskompression.")
    ]
    assert told == ["4 or below", "14", "15 or above"]


def test_a_translation_is_measured_and_a_language_without_a_formula_is_told() -> None:
    said = CliRunner().invoke(app, ["stats", "--reading", "--language", "de", "--kb", str(STARTER)])
    assert said.exit_code == 0, said.output
    assert "first Wiener Sachtextformel" in said.output
    assert "warning signs" in said.output
    said = CliRunner().invoke(app, ["stats", "--reading", "--language", "fr", "--kb", str(STARTER)])
    assert said.exit_code == 2
    assert "no language `fr`" in said.output
