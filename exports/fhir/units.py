"""Units as UCUM codes. Source: The Unified Code for Units of Measure, version 2.1, https://ucum.org/ucum."""

from __future__ import annotations

import re

UCUM = "http://unitsofmeasure.org"

_WORDS = {
    "years": "a",
    "months": "mo",
    "weeks": "wk",
    "days": "d",
    "hours": "h",
    "minutes": "min",
    "seconds": "s",
    "points": "{score}",
    "percent": "%",
    "degrees": "deg",
    "°C": "Cel",
    "beats per minute": "/min",
    "mmHg": "mm[Hg]",
}
_PART = re.compile(r"(k|c|m|u|n|d)?(m|g|L|l|s|h|d|min|mol|Pa|J|Cel)[1-9]?|%|1")


def ucum(unit: str) -> str:
    """The UCUM code of a unit that a question bears. A plain word that UCUM does not know becomes its annotation."""
    if unit in _WORDS:
        return _WORDS[unit]
    if all(_PART.fullmatch(part) for part in re.split(r"[/.]", unit)):
        return unit
    return "{" + re.sub(r"[^!-z|~]", "_", unit) + "}"
