"""Every file has a licence, and what others wrote is listed as it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from docs.third_party import PAGE, licence, page, run_time
from tests.doc_pages import ROOT


def test_every_file_has_a_licence_whose_text_is_here() -> None:
    done = subprocess.run([sys.executable, "-m", "reuse", "lint"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_the_third_party_notices_are_those_of_the_packages() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/third-party.md is stale: run `make licences`"


def test_what_algos_imports_is_among_them() -> None:
    assert {"durable-rules", "python-sat", "streamlit", "typst", "font-source-sans-pro"} <= set(run_time())
    assert "pytest" not in run_time()


def test_a_licence_that_nobody_looked_up_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(__import__("docs.third_party").third_party.LOOKED_UP, "altair")
    with pytest.raises(LookupError, match="read its licence file"):
        licence("altair")
