"""FM001 `format.encoding`: a file is UTF-8 without a byte order mark."""

from __future__ import annotations

from validators.registry import Check

CHECK = Check(
    code="FM001",
    name="format.encoding",
    title="A file is UTF-8 without a byte order mark",
    why="Two programs that read the bytes differently would not see the same rule.",
    bad={"terms/older.json": b"\xef\xbb\xbf{}"},
    good={},
)
