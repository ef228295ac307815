"""What several tests share: the starter knowledge base, read once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from engine.files import read_directory
from engine.knowledge import KnowledgeBase
from engine.load import load

ROOT = Path(__file__).parent.parent
STARTER = ROOT / "kb"


@pytest.fixture(scope="session")
def starter_files() -> dict[str, bytes]:
    return read_directory(STARTER)


@pytest.fixture(scope="session")
def starter(starter_files: dict[str, bytes]) -> KnowledgeBase:
    loaded = load(starter_files)
    assert loaded.kb is not None
    return loaded.kb


settings.register_profile("default", deadline=None, max_examples=150, derandomize=True, print_blob=True)
settings.register_profile("nightly", deadline=None, max_examples=20_000, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Full counts run at night, or where somebody asks for them with `-m nightly`."""
    if os.environ.get("HYPOTHESIS_PROFILE") != "nightly" and "nightly" not in str(config.getoption("-m")):
        items[:] = [item for item in items if item.get_closest_marker("nightly") is None]
