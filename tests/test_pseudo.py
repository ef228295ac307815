"""Pseudo-languages of the pain assessment: every letter is changed, what is put in and addresses are not."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from tests.bundles import NODE, ROOT
from validators.translation import placeholders, unsafe

MODULE = ROOT / "frontends" / "assessment" / "pseudo.js"
ASK = """
const { PSEUDO } = await import(process.argv[1]);
const [tag, texts] = JSON.parse(process.argv[2]);
process.stdout.write(JSON.stringify([PSEUDO[tag].direction, texts.map(PSEUDO[tag].change)]));
"""
TEXTS = [
    "Call {number}",
    "**Strong** pain, see [the page](https://example.org/a_b) for {count} days.",
    "Yes",
    "",
    "You’re 16 or older, and it won't go",
]


def made(tag: str, texts: list[str]) -> tuple[str, list[str]]:
    """The texts in a pseudo-language, and its direction."""
    command = [NODE, "--input-type=module", "--eval", ASK, str(MODULE), json.dumps([tag, texts])]
    direction, found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return direction, found


def test_accents_make_texts_longer_and_keep_what_is_put_in() -> None:
    direction, found = made("en-XA", TEXTS)
    assert direction == "ltr"
    assert found[2].startswith("[Ýéš ~")
    for text, one in zip(TEXTS, found, strict=True):
        assert one.startswith("[")
        assert one.endswith("]")
        assert len(one) >= 1.4 * len(text)
        assert placeholders(one) == placeholders(text)
        assert unsafe(text, one) is None
        words = re.sub(r"\{\w+\}|\]\([^)]*\)", "", one)
        assert not re.search(r"[aceiorstuy]", words), "every word shows that it comes from a locale"


def test_mirrored_words_read_from_right_to_left() -> None:
    direction, found = made("ar-XB", TEXTS)
    assert direction == "rtl"
    assert found[0] == "\u202eCall\u202c {number}"
    assert "\u202eYou’re\u202c 16" in found[4]
    for text, one in zip(TEXTS, found, strict=True):
        assert re.sub("[\u202e\u202c]", "", one) == text
        assert one.count("\u202e") == one.count("\u202c")
        assert placeholders(one) == placeholders(text)


@pytest.mark.parametrize("tag", ["en-XA", "ar-XB"])
def test_pseudo_languages_are_those_of_the_contract(tag: str) -> None:
    assert made(tag, ["a"])[1] != ["a"]
