"""SC002 `schema.unknown-key`: a record has only keys that mean something."""

from __future__ import annotations

from validators.example import changed
from validators.registry import Check

CHECK = Check(
    code="SC002",
    name="schema.unknown-key",
    title="A record has only keys that mean something",
    why="A misspelt key would be ignored, and with it what its author wanted.",
    bad=changed("rules/findings/older.json", becuase="x"),
    good={},
)
