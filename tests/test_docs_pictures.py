"""The documentation's pictures: each is shown somewhere, and each can be made anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import assessment_screenshots, journey, screenshots
from docs.screenshots import PICTURES
from tests.doc_pages import pages

USED = {name for text in pages().values() for name in re.findall(r"screenshots/([\w-]+)\.png", text)}


def test_every_picture_is_shown_somewhere() -> None:
    assert {file.stem for file in PICTURES.glob("*.png")} == USED


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_the_first_rule_is_written_and_reviewed_as_its_pages_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journey, "PICTURES", tmp_path)
    journey.main()
    assert {file.stem for file in tmp_path.glob("*.png")} == USED - {
        one[0] for one in (*screenshots.SHOWN, *assessment_screenshots.SHOWN)
    }
