"""The fixed words of a guide. Everything else in it comes from the knowledge base."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

WORDS: Mapping[str, str] = {
    "about": "About this guide",
    "also_called": "Doctors also say",
    "clinical_name": "Doctors call it",
    "contents": "In this guide",
    "dose": "How much",
    "easier": "Too hard?",
    "exercises": "Exercises",
    "full_list": "The full list is at the end:",
    "help_now": "Get help at once if",
    "help_today": "Get help today if",
    "judgement_name": "Judgement",
    "judgements": "Our own judgement",
    "judgements_key": "Where studies do not settle a point, we say here why we wrote it.",
    "key": "Small numbers show where a statement comes from. A J means that it is our own judgement. "
    "Both are explained at the end.",
    "link": "Read this on your phone",
    "link_alt": "QR code: a link to this guide on the web",
    "only_if": "If",
    "or_if": "or if",
    "overdue": "This guide was due to be checked again by {date}. Ask a clinician whether it still holds.",
    "page": "Page {page} of {pages}",
    "progression": "Too easy?",
    "review_by": "To be checked again by {date}",
    "skip": "Go to the guide",
    "some_people": "For some people",
    "source_name": "Source",
    "sources": "Where this comes from",
    "start": "Start",
    "stop_if": "Take care",
    "uncertain": "Not certain:",
    "version": "Version {version}",
    "content": "content {hash}",
    "watch_for": "When to get help",
}
"""By name, in plain English."""

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(day: date) -> str:
    """A date as people say it: `23 November 2027`, whatever the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
