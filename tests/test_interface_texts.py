"""The interface's texts: every language has the keys of English, with the same gaps, numbers and marks."""

from __future__ import annotations

import pytest

from authoring.interface_texts import Interface
from engine.texts import hash_of
from tests.conftest import ROOT
from validators.translation import different_numbers, different_placeholders, unsafe

INTERFACE = Interface(ROOT / "frontends" / "assessment" / "locales")
ENGLISH = INTERFACE.texts()


def test_german_is_among_the_languages() -> None:
    assert "de" in INTERFACE.languages()


@pytest.mark.parametrize("language", INTERFACE.languages())
def test_a_language_says_what_english_says(language: str) -> None:
    texts = INTERFACE.texts(language)
    assert ENGLISH.keys() - texts.keys() == set(), "export the rest with `algos locale export --open --only interface/`"
    for key, text in ENGLISH.items():
        assert text.strip()
        assert different_placeholders(text, texts[key]) is None, key
        assert unsafe(text, texts[key]) is None, key
        if INTERFACE.made_of(language).get(key) == hash_of(text):
            assert different_numbers(text, texts[key]) is None, key


def test_what_german_was_made_of_is_known_for_every_key() -> None:
    assert INTERFACE.made_of("de").keys() == INTERFACE.texts("de").keys()
