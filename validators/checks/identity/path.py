"""ID001 `identity.path`: a record's id is the one that its place says."""

from __future__ import annotations

from validators.example import changed
from validators.registry import Check

CHECK = Check(
    code="ID001",
    name="identity.path",
    title="A record's id is the one that its place says",
    why="Two names for one thing are two things to whoever looks for it.",
    bad=changed("terms/older.json", id="old"),
    good={},
)
