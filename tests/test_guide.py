"""Guides: what stands in them, that both renderings say all of it, and that nothing typed becomes markup."""

from __future__ import annotations

import io
import json
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pdfplumber
import pytest

import exports.guide
from engine.finding import KnowledgeError
from engine.knowledge import KnowledgeBase
from engine.load import load
from exports.guide.bibliography import entry
from exports.guide.content import GuideContent, GuidePicture, guide_content
from exports.guide.html import guide_html
from exports.guide.pdf import guide_pdf
from exports.guide.picture import clean_svg
from exports.guide.text import Run, Runs, clean, plain, runs
from exports.guide.words import WORDS, long_date

Json = dict[str, Any]

HASH = "sha256:9f2c4e1a7b3d5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8"
LINK = "https://example.org/guides/low_back_spasm"
REVIEW_BY = "2027-11-23"


# ---- a small knowledge base with one condition -------------------------------------------------------------------


def _figure(*limbs: str, head: tuple[int, int], extra: str = "") -> bytes:
    """A person as thick round lines, on a mat."""
    lines = "".join(f'<path d="{limb}"/>' for limb in limbs)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 130">'
        f'<rect x="6" y="112" width="228" height="6" rx="3" fill="#9db9bb"/>{extra}'
        '<g fill="none" stroke="#2f4a52" stroke-width="11" stroke-linecap="round" stroke-linejoin="round">'
        f'{lines}</g><circle cx="{head[0]}" cy="{head[1]}" r="13" fill="#2f4a52"/></svg>'
    ).encode()


_ARROW = (
    '<path d="{0}" fill="none" stroke="#c2601a" stroke-width="4" stroke-linecap="round"/>'
    '<path d="{1}" fill="none" stroke="#c2601a" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>'
)

PICTURES = {
    "exercises/pelvic_tilt_1.svg": _figure(
        "M60 103 C85 92 105 92 130 103", "M130 103 L160 62 L184 104", "M64 104 L98 106", head=(38, 100)
    ),
    "exercises/pelvic_tilt_2.svg": _figure(
        "M60 104 L130 104",
        "M130 104 L160 62 L184 104",
        "M64 104 L98 106",
        head=(38, 100),
        extra=_ARROW.format("M97 70 L97 90", "M90 83 L97 91 L104 83"),
    ),
    "exercises/knee_rolls_1.svg": _figure(
        "M60 104 L128 104", "M128 104 L158 58 L180 104", "M70 104 L92 76", head=(38, 100)
    ),
    "exercises/knee_rolls_2.svg": _figure(
        "M60 104 L128 104",
        "M128 104 L176 84 L200 104",
        "M70 104 L92 76",
        head=(38, 100),
        extra=_ARROW.format("M160 44 Q192 46 198 66", "M189 60 L198 67 L203 57"),
    ),
    "exercises/walking.svg": _figure(
        "M118 46 L116 78",
        "M116 78 L98 94 L92 108",
        "M116 78 L134 92 L138 108",
        "M118 50 L100 64 L104 76",
        "M118 50 L136 64 L146 58",
        head=(120, 24),
        extra=_ARROW.format("M170 60 L200 60", "M192 52 L201 60 L192 68"),
    ),
}


def _source(id_: str, kind: str, author: str, year: int | None, title: str, **more: Any) -> Json:
    return {
        "id": id_,
        "type": kind,
        "title": title,
        "author": [{"literal": author}],
        **({"issued": {"date-parts": [[year]]}} if year else {}),
        **more,
        "custom": {"kind": "treatment_evidence", "tier": 1, "seen": True},
    }


SOURCES = [
    _source(
        "machado-2017-recur",
        "article-journal",
        "Machado et al.",
        2017,
        "Recurrence and predictors after an acute episode of low back pain",
        DOI="10.1093/ptj/pzx067",
    ),
    _source(
        "steffens-2015",
        "article-journal",
        "Steffens et al.",
        2015,
        "What triggers an episode of acute low back pain? A case-crossover study",
        DOI="10.1002/acr.22533",
        PMID="25665074",
    ),
    _source(
        "dahm-2010-cochrane",
        "article-journal",
        "Dahm et al. (Cochrane)",
        2010,
        "Advice to rest in bed versus advice to stay active for acute low-back pain and sciatica",
        DOI="10.1002/14651858.CD007612.pub2",
        PMID="20556780",
    ),
    _source(
        "french-2006-cochrane",
        "article-journal",
        "French et al. (Cochrane)",
        2006,
        "Superficial heat or cold for low back pain",
        DOI="10.1002/14651858.CD004750.pub2",
    ),
    _source(
        "nice-ng59",
        "webpage",
        "NICE",
        2016,
        "Low back pain and sciatica in over 16s: assessment and management (NG59)",
        URL="https://www.nice.org.uk/guidance/ng59/chapter/Recommendations",
    ),
    _source(
        "girft-ces-criteria",
        "webpage",
        "GIRFT interactive pathways",
        2023,
        "Cauda equina pathway: primary and community presentation criteria",
        URL="https://girft-interactivepathways.org.uk/cauda-equina-1/ces-pres-primary-comm-3a-1/",
    ),
]

ORDINARY = "Ordinary practice; no study compares ways of doing it."


def _says(text: str, *sources: str, judgement: str | None = None, **more: Any) -> Json:
    return {
        "text": text,
        "sources": [{"source": source} for source in sources],
        **({} if judgement is None else {"judgement": judgement}),
        **more,
    }


def _do(text: str, *sources: str, judgement: str | None = None, **more: Any) -> Json:
    return _says(text, *sources, judgement=judgement, action=True, **more)


SECTIONS: list[Json] = [
    {
        "id": "outlook",
        "title": "What to expect",
        "statements": [
            _says("Most people are much better within a few weeks.", "nice-ng59"),
            _says("It may come back, and it settles again.", judgement="General experience."),
        ],
    },
    {
        "id": "what_it_is",
        "title": "What is it?",
        "statements": [
            _says("Your low back has gone into a sudden, strong cramp. It may feel locked.", judgement=ORDINARY),
            _says(
                "It hurts a lot because the muscles hold on hard. **Strong pain here does not mean strong damage.**",
                "nice-ng59",
                judgement="The first half describes how it feels.",
            ),
            _says(
                "It is common. About a third of people who got over back pain have another bout within a year.",
                "machado-2017-recur",
            ),
        ],
    },
    {
        "id": "why_it_hurts",
        "title": "What causes it?",
        "statements": [
            _says("Often a small thing sets it off: bending, lifting or twisting when you are tired.", "steffens-2015"),
            _says(
                "The likely idea is guarding: your body tightens muscles to protect a sore place.",
                judgement="An old idea that fits how it feels.",
                contested="Studies of muscle activity in back pain disagree.",
            ),
        ],
    },
    {
        "id": "why_now",
        "title": "Why does it happen in the morning?",
        "statements": [
            _says(
                "New back pain starts most often between 7 in the morning and noon.",
                "steffens-2015",
                contested="The timing is supported. Nobody has shown why.",
            ),
        ],
    },
    {
        "id": "today",
        "title": "What to do today",
        "statements": [
            _do("Lie in the position that hurts least for a few minutes.", judgement=ORDINARY),
            _do("Breathe slowly and let your belly go soft.", judgement=ORDINARY),
            _do(
                "Put a warm pad on your back for 15 to 20 minutes. Keep a cloth between it and your skin.",
                "french-2006-cochrane",
                judgement="Heat has a small, short effect; the times are ordinary practice.",
            ),
            _do(
                "Get up and walk a few steps every hour, as far as you can.",
                "dahm-2010-cochrane",
                judgement="That staying active beats bed rest is supported; the hour is ours.",
            ),
            _do(
                "Roll on to your side to get out of bed, let your legs slide over the edge, push up with your arms.",
                judgement=ORDINARY,
                advice="morning_spasm",
            ),
            _do("Do not stay in bed all day.", "dahm-2010-cochrane"),
        ],
    },
    {
        "id": "this_week",
        "title": "This week",
        "statements": [
            _do("Do a little more each day.", "dahm-2010-cochrane", "nice-ng59"),
            _says("Some pain while you move is all right. It should settle again soon after.", "nice-ng59"),
            _do(
                "Try the gentle movements below, two or three times a day. Leave out any that make you worse.",
                judgement=ORDINARY,
                contested="Reviews disagree on exercises in the first weeks. They do little harm.",
            ),
            _do("Go back to work as soon as you can, with lighter tasks if you need them.", "nice-ng59"),
        ],
    },
    {
        "id": "six_weeks",
        "title": "The first six weeks",
        "statements": [
            _do("Walk every day and go a little further each week.", "nice-ng59", judgement="The dose is ours."),
            _do(
                "See a doctor or physiotherapist if you are not clearly better after six weeks.",
                judgement="Six weeks is ours.",
            ),
        ],
    },
    {
        "id": "sleep",
        "title": "Sleep",
        "statements": [
            _do("Sleep in any position that is comfortable. A pillow between your knees may help.", judgement=ORDINARY),
        ],
    },
    {
        "id": "driving",
        "title": "Driving",
        "statements": [
            _do(
                "Do not drive until you can turn, look round and brake hard without delay.",
                judgement="Ordinary road safety.",
            ),
        ],
    },
    {
        "id": "medicines",
        "title": "Medicines to ask about",
        "statements": [
            _says(
                "An anti-inflammatory such as ibuprofen may take the edge off. The effect is small.",
                "nice-ng59",
                contested="Guidelines differ on routine use.",
            ),
            _do(
                "Ask a pharmacist first if you have had an ulcer, kidney or heart disease, or take blood thinners.",
                judgement="Standard cautions of the medicine.",
            ),
            _says("Read more in [the NICE guideline](https://www.nice.org.uk/guidance/ng59).", "nice-ng59"),
        ],
    },
    {
        "id": "tests",
        "title": "Do I need a scan?",
        "statements": [
            _says("Usually not. Scans show changes in many people without pain.", "nice-ng59"),
        ],
    },
    {
        "id": "prevention",
        "title": "How do I prevent the next one?",
        "statements": [
            _do("Stay active every week.", judgement="That it prevents spasm is not shown; it is the best bet."),
            _do(
                "After several bouts, ask a physiotherapist for a programme of your own.",
                "machado-2017-recur",
                "nice-ng59",
                advice="recurrent_spasm",
            ),
        ],
    },
]

EXERCISES: list[Json] = [
    {
        "id": "pelvic_tilt",
        "name": "Pelvic tilt, lying down",
        "aim": "It moves your low back gently, with your weight off it.",
        "pictures": [
            {
                "file": "pelvic_tilt_1.svg",
                "alt": "A person lies on the back with knees bent; a small gap under the back.",
            },
            {"file": "pelvic_tilt_2.svg", "alt": "The same person presses the low back flat on to the floor."},
        ],
        "steps": [
            "Lie on your back and bend your knees.",
            "Tighten your belly and press your low back on to the floor.",
            "Hold for a slow breath, then let go.",
        ],
        "dose": "10 times, two or three times a day",
        "progression": "Hold for three slow breaths.",
        "easier": "Press only half as far.",
        "stop_if": "Stop if pain shoots into your leg or gets worse each time.",
    },
    {
        "id": "knee_rolls",
        "name": "Knee rolls",
        "aim": "They loosen a stiff back.",
        "pictures": [
            {"file": "knee_rolls_1.svg", "alt": "A person lies on the back with knees bent and together."},
            {"file": "knee_rolls_2.svg", "alt": "Both knees roll to one side while the shoulders stay down."},
        ],
        "steps": [
            "Lie on your back and bend your knees.",
            "Let both knees roll slowly to one side.",
            "Bring them back and roll to the other side.",
        ],
        "dose": "10 times to each side.",
        "progression": "Let your knees sink lower.",
        "easier": "Move only a hand's width.",
        "stop_if": "Stop if pain shoots into your leg.",
    },
    {
        "id": "walking",
        "name": "Walking",
        "aim": "It keeps you moving without strain.",
        "pictures": [{"file": "walking.svg", "alt": "A person walks upright with swinging arms."}],
        "steps": ["Walk on flat ground at an easy pace.", "Turn back before you are tired."],
        "dose": "a few minutes, several times a day",
        "progression": "Add two minutes each day.",
        "easier": "Walk round the room with a hand on the wall.",
        "stop_if": "Stop if your legs become weak or numb.",
    },
]

WATCH_FOR: list[Json] = [
    {
        "sign": "You are not clearly better after six weeks.",
        "go": "Book an appointment with a doctor or physiotherapist.",
        "urgency": "routine",
        "judgement": "Six weeks is ours.",
    },
    {
        "sign": "You get a fever or feel very ill.",
        "go": "See a doctor the same day.",
        "urgency": "urgent",
        "sources": [{"source": "nice-ng59"}],
    },
    {
        "sign": "You feel numb between your legs, cannot pass urine, or leak urine or stool.",
        "go": "Go to the emergency department at once.",
        "urgency": "emergency",
        "sources": [{"source": "girft-ces-criteria", "locator": "emergency triggers"}],
    },
    {
        "sign": "Both legs become weak, or one leg gets weaker.",
        "go": "Go to the emergency department at once.",
        "urgency": "emergency",
        "sources": [{"source": "girft-ces-criteria", "locator": "emergency triggers"}],
    },
    {
        "sign": "You lose weight without trying.",
        "go": "See a doctor within a few days.",
        "urgency": "soon",
        "sources": [{"source": "nice-ng59"}],
    },
]

CONDITION: Json = {
    "id": "low_back_spasm",
    "name": "Acute low back spasm and locking",
    "plain_name": "Low back spasm: when your back locks",
    "also_called": ["acute locked back", "lumbago"],
    "region": "low_back",
    "prior": {"decibans": -10, "probability": 0.1, "judgement": "A test."},
    "care_level": "self_care",
    "guide": {
        "summary": "Your back can seize up suddenly and hurt so much that you can hardly move. It is frightening, "
        "and it is rarely dangerous. Most people are much better within six weeks.",
        "sections": SECTIONS,
        "exercises": [
            {"exercise": "pelvic_tilt", "start": "from the first or second day", "judgement": ORDINARY},
            {"exercise": "knee_rolls", "start": "from the second day", "judgement": ORDINARY},
            {
                "exercise": "walking",
                "start": "from the first day",
                "dose": "five minutes, four times a day",
                "sources": [{"source": "dahm-2010-cochrane"}],
            },
        ],
        "watch_for": WATCH_FOR,
    },
    "review_by": REVIEW_BY,
}

_WORDS = {"name": "Words", "advice": "Words."}
SETTINGS: Json = {
    "id": "sample",
    "title": "Sample knowledge base",
    "description": "Words.",
    "semantics": 1,
    "languages": ["en-GB"],
    "thresholds": {"likely": -3, "possible": -10},
    "interview": {"question_budget": 9, "screen_size": 3},
    "urgency": {
        "emergency": {**_WORDS, "name": "Emergency"},
        "urgent": {**_WORDS, "name": "Urgent: today"},
        "soon": {**_WORDS, "name": "Soon"},
        "routine": {**_WORDS, "name": "Routine"},
        "self_care": {**_WORDS, "name": "Self-care"},
    },
    "not_a_diagnosis": "This is not a diagnosis. It does not replace a clinician who can examine you.",
    "no_cause": "Words.",
    "unreviewed": "Not yet reviewed by a clinician. Do not use it to decide about care.",
    "review": {"policy": "Words."},
}


def _rule(id_: str, advice: str, title: str, because: str | None) -> Json:
    return {
        "id": f"advice/{id_}",
        "title": title,
        "when": {"fact": "sudden", "is": True},
        "then": {"advice": advice},
        **({"because": because} if because else {}),
        "judgement": "A test.",
        "review_by": REVIEW_BY,
    }


def _kb(condition: Json | None = None, settings: Json | None = None, **changes: Any) -> KnowledgeBase:
    """The sample with some of the condition's and the guide's keys replaced."""
    records: Json = {
        "kb.json": {**SETTINGS, **(settings or {})},
        "body.json": {
            "id": "body",
            "regions": [
                {
                    "id": "low_back",
                    "name": "Low back",
                    "parts": [
                        {
                            "id": "low_back_middle",
                            "name": "middle of the low back",
                            "side": "middle",
                            "view": "back",
                            "element": "b",
                        },
                    ],
                }
            ],
        },
        "questions/story.json": {
            "id": "story",
            "title": "Story",
            "order": 1,
            "questions": [
                {"id": "sudden", "name": "sudden onset", "text": "Did it start suddenly?", "type": "boolean"},
            ],
        },
        "rules/advice/morning.json": _rule("morning", "morning_spasm", "Morning advice", "it began as you got up"),
        "rules/advice/again.json": _rule("again", "recurrent_spasm", "Spasm that has come back", None),
        "conditions/low_back/low_back_spasm.json": {
            **CONDITION,
            **(condition or {}),
            "guide": {**CONDITION["guide"], **changes},
        },
        **{
            f"exercises/{one['id']}.json": {**one, "judgement": ORDINARY, "review_by": "2028-01-01"}
            for one in EXERCISES
        },
        **{f"sources/{one['id']}.json": one for one in SOURCES},
    }
    loaded = load({**{path: json.dumps(record).encode() for path, record in records.items()}, **PICTURES})
    assert not loaded.findings, "\n".join(str(finding) for finding in loaded.findings)
    assert loaded.kb is not None
    return loaded.kb


def _content(kb: KnowledgeBase | None = None, **options: Any) -> GuideContent:
    given: Json = {"version": "1.4.0", "content_hash": HASH, "unreviewed": True, "today": date(2026, 11, 23), **options}
    return guide_content(kb or _kb(), "low_back_spasm", **given)


# ---- reading the outputs back ------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """The tags with their attributes, and the text outside of styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = self._style and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _squeezed(text: str) -> str:
    """Letters and signs without white space and joiners: how lines break does not matter."""
    return re.sub(r"[\s\u2060]+", "", text)


def _pdf_pages(data: bytes) -> list[tuple[str, str]]:
    """Each page's tagged text in reading order, and what stands at its head and foot."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [
            (
                _squeezed("".join(char["text"] for char in page.chars if char["tag"] != "Artifact")),
                _squeezed("".join(char["text"] for char in page.chars if char["tag"] == "Artifact")),
            )
            for page in pdf.pages
        ]


def _pdf_text(data: bytes) -> str:
    return "".join(text for text, _ in _pdf_pages(data))


def _elements(data: bytes) -> list[Json]:
    """The PDF's structure elements in reading order."""

    def below(element: Json) -> list[Json]:
        return [element, *(one for child in element.get("children", []) for one in below(child))]

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [one for page in pdf.pages for top in page.structure_tree for one in below(top)]


def _everything(content: GuideContent) -> list[Runs]:
    """Every text of a guide that an author wrote in runs, in reading order."""
    said: list[Runs] = [content.summary, *(part for one in content.at_once for part in (one.sign, one.go))]
    for section in content.sections:
        for one in section.statements:
            said += [*one.only_for, one.text, *([one.contested] if one.contested else [])]
    for exercise in content.exercises:
        said += [
            exercise.aim,
            *exercise.steps,
            exercise.start,
            exercise.dose,
            exercise.easier,
            exercise.progression,
            exercise.stop_if,
        ]
    said += [part for group in content.watch_for for one in group.signs for part in (one.sign, one.go)]
    return said + [one.text for one in (*content.references, *content.judgements)]


def _in_order(texts: Sequence[Runs], page: str) -> None:
    """Each text stands in the page, after the one before it. Addresses that only paper needs may stand between."""
    at = 0
    for text in texts:
        for run in text:
            wanted = _squeezed(run.text)
            found = page.find(wanted, at)
            assert found >= 0, f"missing or out of order: {run.text}"
            at = found + len(wanted)


@pytest.fixture(scope="module")
def content() -> GuideContent:
    return _content()


@pytest.fixture(scope="module")
def made(content: GuideContent) -> bytes:
    return guide_pdf(content, LINK)


@pytest.fixture(scope="module")
def page(content: GuideContent) -> str:
    return guide_html(content, LINK)


# ---- text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("plain", (Run("plain"),)),
        ("a **b c** d", (Run("a "), Run("b c", bold=True), Run(" d"))),
        ("see [here](https://example.org/a?b=1&c=2)", (Run("see "), Run("here", link="https://example.org/a?b=1&c=2"))),
        (
            "[a **b**](https://example.org)",
            (Run("a ", link="https://example.org"), Run("b", bold=True, link="https://example.org")),
        ),
        ("a line\nand\tanother  one", (Run("a line and another one"),)),
    ],
)
def test_two_marks_are_understood(typed: str, shown: Runs) -> None:
    assert runs(typed) == shown


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp;",
    '#eval("1+1")',
    '#import "/etc/x"',
    "$x^2$",
    "@ref <label> = heading",
    "- item",
    "1. item",
    "= title",
    "# title",
    "> quote",
    "`code` ```raw```",
    r"C:\path \u{41} \* \n",
    "\"quotes\" and 'quotes'",
    "*one star* _and_ __two__",
    "~~gone~~ ^up^",
    "[click](javascript:alert(1))",
    "[click](http://example.org)",
    "[click](data:text/html,x)",
    "![p](x.png)",
    "<https://example.org>",
    "https://example.org",
    "{{ 7*7 }} {% raw %}",
    "*/ } body { display: none",
    "</style></title>",
    "]]> --> <!-- ?>",
    "// comment /* comment */",
    "a | b",
    "\u05e9\u05dc\u05d5\u05dd abc \u0633\u0644\u0627\u0645",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_everything_else_is_text(typed: str) -> None:
    assert runs(typed) == (Run(typed),)


def test_signs_that_reorder_or_control_are_left_out() -> None:
    assert clean("a\u202eb\u2066c\x00d\x07e\ufefff\x1b") == "abcdef"


def test_hostile_text_is_shown_and_does_nothing() -> None:
    kb = _kb(
        condition={"plain_name": HOSTILE[0], "name": HOSTILE[3], "also_called": HOSTILE[:3]},
        settings={"not_a_diagnosis": HOSTILE[0], "unreviewed": HOSTILE[3], "title": HOSTILE[25]},
        summary=" ".join(HOSTILE),
        sections=[
            {
                "id": "what_it_is",
                "title": HOSTILE[0],
                "statements": [_do(typed, judgement=typed, contested=typed) for typed in HOSTILE],
            }
        ],
        watch_for=[{"sign": typed, "go": typed, "urgency": "emergency", "judgement": typed} for typed in HOSTILE[:9]],
    )
    content = _content(kb, version=HOSTILE[0], content_hash="<b>'\"&#x$")
    page = _Page(guide_html(content, LINK))
    harmless = _Page(guide_html(_content(), LINK))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in harmless.tags}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    text = _squeezed("".join(page.words))
    pdf = _pdf_text(guide_pdf(content, LINK))
    for typed in HOSTILE:
        assert text.count(_squeezed(typed)) >= 3
        if "\u05e9" not in typed:  # a PDF holds such letters in the order in which they are drawn
            assert pdf.count(_squeezed(typed)) >= 3, typed


# ---- content -----------------------------------------------------------------------------------------------------


def test_sections_stand_in_reading_order(content: GuideContent) -> None:
    assert [section.id for section in content.sections] == [
        "what_it_is",
        "why_it_hurts",
        "why_now",
        "today",
        "this_week",
        "six_weeks",
        "sleep",
        "driving",
        "medicines",
        "tests",
        "prevention",
        "outlook",
    ]


def test_warning_signs_stand_by_urgency_and_the_most_urgent_at_the_top(content: GuideContent) -> None:
    assert [(group.name, len(group.signs)) for group in content.watch_for] == [
        ("Emergency", 2),
        ("Urgent: today", 1),
        ("Soon", 1),
        ("Routine", 1),
    ]
    assert content.at_once == content.watch_for[0].signs
    calm = _content(_kb(watch_for=[WATCH_FOR[0], WATCH_FOR[4]]))
    assert calm.at_once == ()
    assert WORDS["help_now"] not in guide_html(calm)
    today = _content(_kb(watch_for=WATCH_FOR[:2]))
    assert WORDS["help_today"] in guide_html(today)
    assert _squeezed(WORDS["help_today"]) in _pdf_text(guide_pdf(today))


def test_sources_are_numbered_as_they_are_first_cited(content: GuideContent) -> None:
    assert [one.number for one in content.references] == [1, 2, 3, 4, 5, 6]
    first = [number for one in content.at_once for number in one.marks.sources]
    assert first == [1, 1]
    assert plain(content.references[0].text).startswith("GIRFT interactive pathways. Cauda equina pathway")
    assert plain(content.references[0].text).endswith("Cited: emergency triggers.")
    seen = [number for section in content.sections for one in section.statements for number in one.marks.sources]
    assert sorted(set(seen), key=seen.index) == [2, 3, 4, 5, 6]


def test_every_statement_rests_on_something_that_is_listed(content: GuideContent) -> None:
    sources = {one.number for one in content.references}
    judgements = {one.number for one in content.judgements}
    marks = [one.marks for section in content.sections for one in section.statements]
    marks += [one.marks for one in content.exercises]
    marks += [one.marks for group in content.watch_for for one in group.signs]
    for one in marks:
        assert one.sources or one.judgements
        assert set(one.sources) <= sources
        assert set(one.judgements) <= judgements
    assert len({plain(one.text) for one in content.judgements}) == len(content.judgements)
    assert ORDINARY in {plain(one.text) for one in content.judgements}


def test_the_dose_of_the_condition_comes_before_the_librarys(content: GuideContent) -> None:
    doses = {one.id: plain(one.dose) for one in content.exercises}
    assert doses == {
        "pelvic_tilt": "10 times, two or three times a day",
        "knee_rolls": "10 times to each side",
        "walking": "five minutes, four times a day",
    }


def _advice_blocks(content: GuideContent) -> list[str]:
    texts = [plain(one.text) for section in content.sections for one in section.statements]
    return [text[:11] for text in texts if text.startswith(("Roll on to", "After sever"))]


def test_the_library_shows_every_advice_block_and_says_for_whom() -> None:
    content = _content()
    assert _advice_blocks(content) == ["Roll on to ", "After sever"]
    page = " ".join("".join(_Page(guide_html(content)).words).split())
    assert "If it began as you got up: Roll on to your side" in page
    assert "For some people (Spasm that has come back): After several bouts" in page
    words = _squeezed("If it began as you got up: Roll on to your side")
    assert words in _pdf_text(guide_pdf(content))


def test_a_person_sees_only_the_advice_concluded_for_them() -> None:
    assert _advice_blocks(_content(advice=frozenset())) == []
    mine = _content(advice=frozenset(["morning_spasm"]))
    assert _advice_blocks(mine) == ["Roll on to "]
    assert "it began as you got up" not in guide_html(mine)


def test_a_section_of_advice_for_others_is_left_out() -> None:
    kb = _kb(
        sections=[
            *SECTIONS,
            {
                "id": "lifting",
                "title": "Lifting",
                "statements": [
                    _do("Bend your knees.", "nice-ng59", advice="morning_spasm"),
                ],
            },
        ]
    )
    assert "lifting" not in {section.id for section in _content(kb, advice=frozenset()).sections}


def test_the_earliest_review_date_counts() -> None:
    assert _content().review_by == date(2027, 11, 23)
    assert _content(_kb(condition={"review_by": "2029-01-01"})).review_by == date(2028, 1, 1)


def test_a_guide_past_its_review_date_says_so() -> None:
    sentence = WORDS["overdue"].replace("{date}", "23 November 2027")
    last, late = _content(today=date(2027, 11, 23)), _content(today=date(2027, 11, 24))
    assert sentence not in guide_html(last)
    assert sentence in guide_html(late)
    assert _squeezed(sentence) in _pdf_text(guide_pdf(late))


def _findings(kb: KnowledgeBase, condition: str = "low_back_spasm") -> str:
    with pytest.raises(KnowledgeError) as error:
        guide_content(kb, condition, version="1", content_hash="0", unreviewed=False, today=date(2026, 1, 1))
    return str(error.value)


def test_a_condition_that_does_not_exist() -> None:
    assert "there is no condition `low_back_spams`" in _findings(_kb(), "low_back_spams")
    assert "did you mean `low_back_spasm`?" in _findings(_kb(), "low_back_spams")


def test_a_condition_that_is_retired() -> None:
    kb = _kb(condition={"retired": {"reason": "Split in two.", "replacement": "low_back_lock"}})
    assert "is retired: Split in two." in _findings(kb)
    assert "give the guide of `low_back_lock`" in _findings(kb)


def test_everything_missing_is_named_at_once() -> None:
    kb = _kb(
        exercises=[
            {"exercise": "walkin", "start": "now", "sources": [{"source": "nobody-2020"}]},
            {"exercise": "walking", "start": "now", "sources": [{"source": "nobody-2020"}]},
        ]
    )
    text = _findings(KnowledgeBase(**{**kb.__dict__, "pictures": {"exercises/walking.svg": b"<svg"}}))
    assert "/guide/exercises/0/exercise" in text
    assert "did you mean `walking`?" in text
    assert "/guide/exercises/1/sources/0/source" in text
    assert "the picture `exercises/walking.svg` cannot be shown: it is not well-formed" in text


# ---- bibliography and pictures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (
            {
                "type": "article-journal",
                "title": "Does it hurt?",
                "container-title": "BMJ",
                "volume": "304",
                "issue": "6",
                "page": "628-637",
                "issued": {"date-parts": [[2010, 8]]},
                "DOI": "10.1/x",
                "URL": "https://example.org",
                "author": [{"family": "Suri", "given": "Pradeep"}, {"family": "de Vet", "given": "Henrica C. W."}],
            },
            "Suri P, de Vet HCW. Does it hurt? BMJ. 2010;304(6):628-637. doi:10.1/x",
        ),
        (
            {
                "type": "webpage",
                "title": "Back pain",
                "author": [{"literal": "NHS"}],
                "publisher": "NHS",
                "URL": "https://example.org/a",
            },
            "NHS. Back pain. Undated. https://example.org/a",
        ),
        (
            {"type": "book", "title": "Spines", "publisher": "A Press", "issued": {"date-parts": [[1999]]}},
            "Spines. 1999. A Press.",
        ),
        (
            {
                "type": "report",
                "title": "R",
                "PMID": "12",
                "URL": "https://example.org/b",
                "issued": {"date-parts": [[2001]]},
                "author": [{"family": name} for name in ("Ash", "Birch", "Cedar", "Dogwood")],
            },
            "Ash, et al. R. 2001. PMID 12",
        ),
    ],
)
def test_a_source_says_what_is_known_of_it(record: Json, line: str) -> None:
    kb = _kb()
    source = type(kb.sources["nice-ng59"]).model_validate_json(
        json.dumps(
            {
                "id": "x",
                "custom": {"kind": "textbook", "tier": 2, "seen": True},
                **record,
            }
        ).replace('"10.1/x"', '"10.1000/x"')
    )
    assert plain(entry(source)) == line.replace("10.1/x", "10.1000/x")
    assert all(run.link is None or run.link.startswith("https://") for run in entry(source))


def test_a_drawing_keeps_only_what_a_drawing_needs() -> None:
    drawn = clean_svg(b"""<?xml version="1.0"?>
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"
          xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:version="1" onload="alert(1)">
        <script>alert(2)</script><foreignObject><p>x</p></foreignObject><image href="https://example.org/a.png"/>
        <a xlink:href="javascript:alert(3)"><rect width="1" height="1"/></a><animate attributeName="x"/>
        <style>@import url(https://example.org/a.css);</style><style>.a { fill: red }</style>
        <defs><linearGradient id="g"/></defs><path class="a" d="M0 0L9 9" fill="url(#g)" onclick="alert(4)"/>
        <rect style="fill: url(https://example.org/x)" width="2" height="2"/><use xlink:href="#g"/><use href="x.svg#g"/>
        </svg>""")
    for gone in ("alert", "script", "foreignObject", "image", "example.org", "animate", "inkscape", "x.svg", "onload"):
        assert gone not in drawn
    root = ElementTree.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert [child.tag.split("}")[1] for child in root] == ["style", "defs", "path", "rect", "use", "use"]
    assert 'fill="url(#g)"' in drawn
    assert 'href="#g"' in drawn


def test_a_drawing_without_a_view_box_gets_one_from_its_size() -> None:
    drawn = clean_svg(b'<svg xmlns="http://www.w3.org/2000/svg" width="20px" height="10"/>')
    assert ElementTree.fromstring(drawn).attrib == {"viewBox": "0 0 20 10"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfe<", "it is not text in UTF-8"),
        (b"<html/>", "it is not an SVG drawing"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', "entities"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "it has no viewBox"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 0"/>', "its size is 9 by 0"),
        (
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">' + b"<g>" * 9000 + b"</g>" * 9000 + b"</svg>",
            "nested too deeply",
        ),
    ],
    ids=["encoding", "html", "entities", "no size", "no height", "deep"],
)
def test_what_is_no_drawing_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        clean_svg(data)


# ---- both renderings ---------------------------------------------------------------------------------------------


def test_both_say_everything_in_reading_order(content: GuideContent, made: bytes, page: str) -> None:
    _in_order(_everything(content), _squeezed("".join(_Page(page).words)))
    _in_order(_everything(content), _pdf_text(made))


def test_both_say_what_they_are(content: GuideContent, made: bytes, page: str) -> None:
    shown = (
        content.title,
        content.clinical_name,
        "lumbago",
        content.not_a_diagnosis,
        content.publisher,
        "1.4.0",
        "9f2c4e1a7b3d",
        "23 November 2027",
        SETTINGS["unreviewed"],
    )
    on_page, on_paper = _squeezed("".join(_Page(page).words)), _pdf_text(made)
    for text in shown:
        assert _squeezed(text) in on_page
        assert _squeezed(text) in on_paper


def test_every_fixed_word_is_used() -> None:
    folder = Path(exports.guide.__file__).parent
    templates = "".join((folder / name).read_text(encoding="utf-8") for name in ("guide.html.j2", "guide.typ"))
    elsewhere = {"cited", "undated", "untranslated", "all_untranslated"}  # composed before they come to a template
    assert {key for key in WORDS if not re.search(rf"\bw\.{key}\b", templates)} == elsewhere


def test_a_link_that_is_no_web_address(content: GuideContent) -> None:
    for render in (guide_html, guide_pdf):
        with pytest.raises(ValueError, match="no web address"):
            render(content, "javascript:alert(1)")


def test_dates_do_not_depend_on_the_machine() -> None:
    assert long_date(date(2027, 3, 1)) == "1 March 2027"


# ---- the page ----------------------------------------------------------------------------------------------------


def test_the_page_fetches_nothing_and_runs_nothing(page: str) -> None:
    read = _Page(page)
    assert not read.all("script")
    assert not read.all("link")
    assert all((one["src"] or "").startswith("data:image/svg+xml;base64,") for one in read.all("img"))
    assert not re.search(r"url\(|@import", page)
    policy = next(one["content"] for one in read.all("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    for one in read.all("img"):
        ElementTree.fromstring(b64decode((one["src"] or "").split(",")[1]))


def test_the_page_can_be_read_by_ear_and_by_keyboard(page: str) -> None:
    read = _Page(page)
    assert read.all("html")[0]["lang"] == "en-GB"
    assert [len(read.all(tag)) for tag in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(one["alt"] for one in read.all("img"))
    assert len(read.all("img")) == 6
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = {(one["href"] or "")[1:] for one in read.all("a") if (one["href"] or "").startswith("#")}
    assert inside <= set(ids)
    labelled = {attributes["aria-labelledby"] for _, attributes in read.tags if "aria-labelledby" in attributes}
    assert labelled <= set(ids)
    assert read.all("a")[0] == {"class": "skip", "href": "#guide"}


def test_without_a_link_there_is_no_code(content: GuideContent) -> None:
    assert WORDS["link"] not in guide_html(content)
    assert _squeezed(WORDS["link"]) not in _pdf_text(guide_pdf(content))


def test_a_reviewed_guide_has_no_mark() -> None:
    content = _content(unreviewed=False)
    assert SETTINGS["unreviewed"] not in guide_html(content)
    assert _squeezed(SETTINGS["unreviewed"]) not in "".join(sum(_pdf_pages(guide_pdf(content)), ()))


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_of_text_has_the_contrast_of_wcag_aa(page: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", page, re.DOTALL)
    palettes = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block)) for block in blocks]
    assert len(palettes) == 3  # light, dark, print
    pairs = [(ink, "paper") for ink in ("ink", "soft", "accent", "alarm")]
    pairs += [(ink, "alarm-tint") for ink in ("ink", "accent", "alarm", "urgent", "soon")]
    pairs += [("warn-ink", "warn-tint"), ("warn-ink", "paper"), ("ink", "tint")]
    for palette in palettes:
        for ink, paper in pairs:
            high, low = sorted([_luminance(palette[ink]), _luminance(palette[paper])], reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, paper)


# ---- the PDF -----------------------------------------------------------------------------------------------------


def test_the_same_guide_gives_the_same_bytes(content: GuideContent, made: bytes, page: str) -> None:
    assert guide_pdf(_content(), LINK) == made
    assert guide_html(_content(), LINK) == page
    assert _content() == content
    assert b"CreationDate" not in made
    assert b"CreateDate" not in made


def test_the_pdf_is_tagged_for_assistive_technology(made: bytes, content: GuideContent) -> None:
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"/StructTreeRoot" in made
    assert b"/MarkInfo" in made
    assert b"/Lang(en-GB)" in made.replace(b"/Lang (", b"/Lang(")
    elements = _elements(made)
    headings = [one["title"] for one in elements if re.fullmatch("H[1-6]", one["type"])]
    assert headings[0] == content.title
    assert [one.name for one in content.exercises] == [
        one for one in headings if one in {"Pelvic tilt, lying down", "Knee rolls", "Walking"}
    ]
    pictures = [one["alt_text"] for one in elements if one["type"] == "Figure"]
    assert pictures == [WORDS["link_alt"], *(one.alt for exercise in content.exercises for one in exercise.pictures)]
    assert sum(one["type"] == "LI" for one in elements) > 40
    assert sum(one["type"] == "P" for one in elements) > 40
    with pdfplumber.open(io.BytesIO(made)) as read:
        assert read.metadata["Title"] == content.title


def test_every_page_says_which_guide_it_is_and_that_it_is_unreviewed(made: bytes) -> None:
    pages = _pdf_pages(made)
    assert 2 <= len(pages) <= 4
    for number, (text, edges) in enumerate(pages, start=1):
        assert _squeezed(SETTINGS["unreviewed"]) in text + edges
        assert _squeezed("Low back spasm: when your back locks") in text + edges
        assert _squeezed("Version 1.4.0 · content 9f2c4e1a7b3d · To be checked again by 23 November 2027") in edges
        assert _squeezed(f"Page {number} of {len(pages)}") in edges


def test_a_long_mark_is_whole_on_the_first_page_and_shortened_on_the_others() -> None:
    mark = "This guide has not been looked at by any clinician yet. " * 9
    pages = _pdf_pages(guide_pdf(_content(_kb(settings={"unreviewed": mark}))))
    assert _squeezed(mark) in pages[0][0]
    assert all(_squeezed("This guide has not been looked at") in edges and "…" in edges for _, edges in pages[1:])


def test_a_sign_that_the_fonts_lack_is_named() -> None:
    kb = _kb(summary="It hurts \U0001f622.")
    assert "\U0001f622" in guide_html(_content(kb))
    with pytest.raises(KnowledgeError) as error:
        guide_pdf(_content(kb))
    assert "the fonts of the PDF have no sign for" in str(error.value)
    assert "\U0001f622" in str(error.value)


def test_what_typst_refuses_is_told(content: GuideContent) -> None:
    walking = replace(content.exercises[2], pictures=(GuidePicture("<svg", "Nothing."),))
    with pytest.raises(KnowledgeError, match=r"GD094 guide\.pdf"):
        guide_pdf(replace(content, exercises=(walking,)))


# ---- the starter knowledge base ----------------------------------------------------------------------------------


def test_every_condition_of_the_starter_knowledge_base_has_both_guides(starter: KnowledgeBase) -> None:
    for id_ in starter.current_conditions:
        content = guide_content(starter, id_, version="1", content_hash=HASH, unreviewed=True, today=date(2026, 11, 23))
        _in_order(_everything(content), _squeezed("".join(_Page(guide_html(content)).words)))
        assert guide_pdf(content).startswith(b"%PDF-")
