"""Where each kind of record is looked at: the page, and the name of its selection in the address."""

from __future__ import annotations

PAGES = {
    "rule": ("rules", "rule"),
    "term": ("terms", "term"),
    "condition": ("conditions", "condition"),
    "exercise": ("exercises", "exercise"),
    "constraint": ("constraints", "constraint"),
    "source": ("sources", "source"),
    "safety": ("safety", "safety"),
    "case": ("cases", "case"),
    "locale": ("translations", "language"),
}
"""Kind of record to page and selection; questions are found by their own id, not by their section's."""
