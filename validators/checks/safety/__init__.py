"""Checks of the family `safety`, one a file."""

NUMB: dict[str, object] = {
    "id": "numb",
    "title": "A numb saddle is an emergency",
    "whenever": {"fact": "numb", "is": True},
    "then": {"urgency_at_least": "emergency"},
    "hazard": "A numb saddle is sent home.",
    "harm": "The bladder is lost.",
    "severity": "catastrophic",
    "judgement": "An example.",
}
"""The safety property that the examples of these checks change."""
