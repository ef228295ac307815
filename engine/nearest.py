"""The fix for a word that is not known: the nearest one that is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(given: object, allowed: Iterable[object]) -> str:
    """A fix that offers the nearest allowed word, or lists them all."""
    words = [str(word) for word in allowed]
    if not words:
        return "there is none yet: write it first"
    close = difflib.get_close_matches(str(given), words, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else f"allowed: {listed(words)}"


def listed(words: list[str]) -> str:
    """The first twenty of some words, as a message shows them."""
    shown = ", ".join(f"`{word}`" for word in words[:20])
    return shown + (f" and {len(words) - 20} more" if len(words) > 20 else "") if words else "nothing"
