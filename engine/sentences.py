"""The sentences composed around a knowledge base's texts, in English; translations stand at `runtime/<name>`."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "likely": "likely: {name}",
    "possible": "possible: {name}",
    "open_red_flag": "not settled: {name}",
    "self_care": "every warning sign was answered no, and a likely cause can be looked after at home",
    "floor": "self-care alone is only advised when it is clearly safe",
    "preview": "This is a preview of a draft, not a release.",
    "overdue": "Past its review date: something in it was to be reviewed again by {date}.",
    "not_approved": "Not every record in it has been approved by a clinician.",
}
"""Name to sentence. What stands in braces is put in."""
