"""What several tests share: the starter knowledge base, read once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

from engine.files import read_directory
from engine.knowledge import KnowledgeBase
from engine.load import load
from engine.uses import Uses, uses

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


def narrowed(kb: KnowledgeBase, *, findings: Iterable[str] = (), scores: Iterable[str] = ()) -> KnowledgeBase:
    """The knowledge base with only the rules behind some findings and scores, and behind the gates of its questions.

    These come out as they do in the whole one; tens of thousands of people are evaluated sooner.
    """
    needed = Uses(findings=frozenset(findings), scores=frozenset(scores))
    for question in kb.questions.values():
        if question.ask_when is not None:
            needed |= uses(question.ask_when)
    concluding = {id_ for node in kb.cone(needed) for id_ in kb.concluded_by.get(node, ())}
    rules = {id_: rule for id_, rule in kb.rules.items() if id_ in concluding}
    return replace(kb, rules=rules, conditions={}, constraints={})


settings.register_profile("default", deadline=None, max_examples=150, derandomize=True, print_blob=True)
settings.register_profile("nightly", deadline=None, max_examples=20_000, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Full counts run at night, or where somebody asks for them with `-m nightly`."""
    if os.environ.get("HYPOTHESIS_PROFILE") != "nightly" and "nightly" not in str(config.getoption("-m")):
        items[:] = [item for item in items if item.get_closest_marker("nightly") is None]
