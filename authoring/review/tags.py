"""The tag of a release: an annotated tag whose message holds a signed statement of what is released."""

from __future__ import annotations

import base64
import json

from authoring.review.events import Released

RELEASE_TYPE = "application/vnd.algos.release+json"
"""The media type under which a release's tag is signed."""
STATEMENT = "Algos-Statement: "
"""The line of a tag that holds its signed statement."""


def name_of(number: int, preview: bool) -> str:
    """The name of the tag of a release or preview."""
    return f"preview-{number}" if preview else f"release-{number}"


def tag_name(release: Released) -> str:
    """The name of the tag of a release that was recorded."""
    return name_of(release.number, release.preview)


def read_statement(message: str) -> tuple[bytes, dict[str, object]] | None:
    """The signed statement in a tag's message, and what it claims; None where there is none.

    It is the last one: what stands above it is what people wrote, who may write a line that looks like one.
    """
    found = next((one for one in reversed(message.splitlines()) if one.startswith(STATEMENT)), None)
    if found is None:
        return None
    data = found.removeprefix(STATEMENT).encode()
    try:
        claimed = json.loads(base64.b64decode(json.loads(data)["payload"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (data, claimed) if isinstance(claimed, dict) else None
