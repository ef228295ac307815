"""The smallest complete knowledge base: what each check's good and bad examples change.

Its clinical content is made up to be small, and is never used for anybody.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.texts import hash_of

TODAY = date(2026, 1, 1)
"""The day on which the examples are checked."""

_STATEMENT = {"text": "It hurts.", "judgement": "An example."}

EMERGENCY = {"default": {"numbers": ["112"], "label": "112", "judgement": "An example."}}

BASE: dict[str, dict[str, Any]] = {
    "kb.json": {
        "id": "example",
        "title": "Example",
        "description": "A tiny knowledge base.",
        "semantics": 1,
        "languages": ["en"],
        "thresholds": {"likely": -3, "possible": -10},
        "interview": {"question_budget": 10, "screen_size": 4},
        "urgency": {
            level: {"name": level, "advice": "Do this."}
            for level in ("emergency", "urgent", "soon", "routine", "self_care")
        },
        "not_a_diagnosis": "This is not a diagnosis.",
        "no_cause": "No likely cause.",
        "unreviewed": "Not reviewed.",
        "review": {"policy": "Two."},
    },
    "body.json": {
        "id": "body",
        "regions": [
            {
                "id": "low_back",
                "name": "lower back",
                "parts": [
                    {
                        "id": "low_back_left",
                        "name": "left lower back",
                        "side": "left",
                        "view": "back",
                        "element": "low_back_left",
                    },
                    {
                        "id": "low_back_right",
                        "name": "right lower back",
                        "side": "right",
                        "view": "back",
                        "element": "low_back_right",
                    },
                ],
            }
        ],
    },
    "questions/about.json": {
        "id": "about",
        "title": "About you",
        "order": 10,
        "questions": [
            {
                "id": "age",
                "name": "Age",
                "text": "How old are you?",
                "type": "integer",
                "unit": "years",
                "min": 16,
                "max": 110,
                "judgement": "An example.",
            },
            {
                "id": "numb",
                "name": "Saddle numbness",
                "text": "Are you numb between the legs?",
                "type": "boolean",
                "judgement": "An example.",
            },
            {
                "id": "locked",
                "name": "Locked back",
                "text": "Did your back lock?",
                "type": "boolean",
                "judgement": "An example.",
            },
        ],
    },
    "conditions/low_back/spasm.json": {
        "id": "spasm",
        "name": "Spasm",
        "plain_name": "Back spasm",
        "region": "low_back",
        "prior": {"decibans": -3, "probability": 0.33, "judgement": "An example."},
        "care_level": "self_care",
        "guide": {
            "summary": "Your back locked.",
            "sections": [
                {"id": "what_it_is", "title": "What is it?", "statements": [_STATEMENT]},
                {"id": "today", "title": "Today", "statements": [{**_STATEMENT, "text": "Walk.", "action": True}]},
                {"id": "outlook", "title": "What to expect", "statements": [_STATEMENT]},
            ],
            "watch_for": [
                {
                    "sign": "Numbness",
                    "go": "Go to the emergency department now.",
                    "urgency": "emergency",
                    "sources": [{"source": "smith-2020"}],
                }
            ],
        },
        "judgement": "An example.",
        "review_by": "2030-01-01",
    },
    "rules/red_flags/numb.json": {
        "id": "red_flags/numb",
        "title": "Saddle numbness",
        "when": {"fact": "numb", "is": True},
        "then": {"red_flag": "emergency", "suspects": ["spasm"], "message": "Go now."},
        "because": "you are numb",
        "sources": [{"source": "smith-2020"}],
        "review_by": "2030-01-01",
        "examples": [
            {"answers": {"numb": True}, "gives": "true"},
            {"answers": {"numb": False}, "gives": "false"},
            {"answers": {"numb": "unknown"}, "gives": "unknown"},
        ],
    },
    "rules/evidence/locked.json": {
        "id": "evidence/locked",
        "title": "Locked back",
        "when": {"fact": "locked", "is": True},
        "then": {"condition": "spasm", "weight": 6, "group": "story"},
        "because": "your back locked",
        "judgement": "An example.",
        "review_by": "2030-01-01",
        "examples": [
            {"answers": {"locked": True}, "gives": "true"},
            {"answers": {"locked": False}, "gives": "false"},
            {"answers": {}, "gives": "unknown"},
        ],
    },
    "rules/findings/older.json": {
        "id": "findings/older",
        "title": "Older",
        "when": {"fact": "age", "gte": 60},
        "then": {"finding": "older"},
        "judgement": "An example.",
        "review_by": "2030-01-01",
        "examples": [
            {"answers": {"age": 60}, "gives": "true"},
            {"answers": {"age": 59}, "gives": "false"},
            {"answers": {}, "gives": "unknown"},
        ],
    },
    "rules/evidence/older.json": {
        "id": "evidence/older",
        "title": "Older",
        "when": {"finding": "older"},
        "then": {"condition": "spasm", "weight": -3, "group": "age"},
        "because": "it is rarer at your age",
        "judgement": "An example.",
        "review_by": "2030-01-01",
        "examples": [
            {"answers": {"age": 60}, "gives": "true"},
            {"answers": {"age": 59}, "gives": "false"},
            {"answers": {"age": "unknown"}, "gives": "unknown"},
        ],
    },
    "terms/older.json": {
        "id": "older",
        "kind": "finding",
        "name": "60 or over",
        "meaning": "Age 60 or over.",
        "judgement": "An example.",
    },
    "cases/locked.json": {
        "id": "locked",
        "title": "A locked back",
        "story": "A woman of 40.",
        "answers": {"age": 40, "numb": False, "locked": True},
        "expect": {"urgency": "self_care", "first": "spasm", "fires": ["evidence/locked"]},
        "because": "It locked.",
        "judgement": "An example.",
    },
    "locales/en.json": {"language": "en", "name": "English", "direction": "ltr", "emergency": EMERGENCY},
    "sources/smith-2020.json": {
        "id": "smith-2020",
        "type": "article-journal",
        "title": "An example",
        "author": [{"literal": "Smith"}],
        "issued": {"date-parts": [[2020]]},
        "custom": {"kind": "guideline", "tier": 1, "seen": True},
    },
}


def translated(**texts: tuple[str, str]) -> dict[str, object]:
    """An overlay that adds German, with translations of some texts: place (`__` for `/`) to text and translation."""
    return {
        **changed("kb.json", languages=["en", "de"]),
        "locales/de.json": {
            "language": "de",
            "name": "Deutsch",
            "direction": "ltr",
            "emergency": EMERGENCY,
            "texts": {
                place.replace("__", "/"): {"of": hash_of(text), "text": translation}
                for place, (text, translation) in texts.items()
            },
        },
    }


def changed(path: str, **members: object) -> dict[str, object]:
    """An overlay that gives one record of the example other members; None takes a member away."""
    return {path: {key: value for key, value in {**BASE[path], **members}.items() if value is not None}}
