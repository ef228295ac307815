"""Knowledge bases at the edge of the allowed: long texts, every kind of question, another script, nothing much."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.knowledge import KnowledgeBase
from engine.load import load
from validators.example import BASE
from validators.registry import example_files

Json = dict[str, Any]
LONG = "Does it hurt more when you lift, bend, or turn? " * 80
"""As long as a text may be, within a sentence."""
ODD = 'Ünïcode 😀, "quotes", <b>tags</b> & \\ 25\u00a0%,\u2009thin,\ttab\nand a second line'
ARABIC = "هل تشعر بخدر جديد بين ساقيك؟"


def asked(id_: str, kind: str, **fields: object) -> Json:
    """A question of the knowledge base that is made up."""
    return {"id": id_, "name": id_, "text": f"{id_}?", "type": kind, "judgement": "An example.", **fields}


def number(id_: str, kind: str, unit: str, low: float, high: float, **fields: object) -> Json:
    """A question that takes a number."""
    return asked(id_, kind, unit=unit, min=low, max=high, **fields)


def options(*ids: str, text: str = "") -> list[Json]:
    """The options of a question."""
    return [{"id": id_, "text": text or id_} for id_ in ids]


EVERY: Json = {
    "id": "every",
    "title": ODD,
    "order": 20,
    "questions": [
        asked("long", "boolean", text=LONG[:3999], help=LONG[:3999], why=LONG[:3999], name=LONG[:80]),
        asked(
            "odd", "choice", options=options("a", "b" * 64, text=ODD), help=ODD, ask_when={"fact": "long", "is": True}
        ),
        asked("where", "choices", options_from="body", text=ODD),
        asked("one_place", "choice", options_from="body", ask_when={"not": {"fact": "long", "is": True}}),
        asked("signs", "choices", options=options("chill", "sweat", "rash")),
        asked("rash_site", "choices", options_from="body", ask_when={"fact": "signs", "includes": "rash"}),
        number("score", "integer", "points", 0, 10, ask_when={"fact": "age", "gte": 40}),
        number("below_zero", "integer", "°C", -5, 0),
        number("bmi", "decimal", "kg/m2", 10.5, 80, ask_when={"fact": "score", "in": [1, 2, 3]}),
        number("hours", "decimal", "hours a day", 0, 24),
        asked(
            "both",
            "boolean",
            ask_when={
                "all": [
                    {"fact": "odd", "is": "a"},
                    {"fact": "hours", "gt": 1.5},
                    {"fact": "signs", "includes": "chill"},
                ]
            },
        ),
        asked("either", "boolean", ask_when={"any": [{"fact": "odd", "is": "a"}, {"fact": "numb", "is": True}]}),
        asked("found", "boolean", by="clinician", ask_when={"fact": "where", "includes": "low_back_left"}),
    ],
}
FOUND: Json = {
    "id": "found",
    "title": "Found",
    "order": 30,
    "questions": [asked("reflex", "boolean", by="clinician")],
}
TURNED: Json = {**BASE["questions/about.json"], "title": ARABIC}
TURNED["questions"] = [{**one, "text": f"{ARABIC} {one['id']}"} for one in TURNED["questions"]]


def odd_kbs() -> Iterator[tuple[KnowledgeBase, dict[str, bytes]]]:
    """Each with its files."""
    changes: tuple[Json, ...] = (
        {},
        {"questions/every.json": EVERY, "questions/found.json": FOUND},
        {
            "kb.json": {**BASE["kb.json"], "id": "x" * 64, "languages": ["ar"], "title": ARABIC},
            "questions/about.json": TURNED,
        },
    )
    for change in changes:
        files = example_files(BASE, change)
        loaded = load(files)
        assert loaded.kb is not None, loaded.findings
        yield loaded.kb, files
