"""The body map: where it hurts, touched on the picture or chosen from a list of the same parts.

The browser owns the answer between presses: each press is sent with its number, and the server's answer is taken
where the last press was heard. So a fast row of presses loses none, and a case that is loaded, or answers that are
cleared, are shown at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from engine.model.question import BodyMap
from exports.assessment.files import SITE

_HERE = Path(__file__).parent


def _text(name: str) -> str:
    """The map as the assessment shows it too, with what the console adds to it."""
    return "\n".join((folder / name).read_text(encoding="utf-8") for folder in (SITE, _HERE))


_COMPONENT = st.components.v2.component(
    "algos_body_map",
    html='<div data-part="map"></div>',
    css=_text("body_map.css"),
    js=_text("body_map.js"),
)

WORDS = {
    "front": "Front",
    "back": "Back",
    "left": "L",
    "right": "R",
    "hint": "Press a part where it hurts; once more for not sure; a third time to take it back. "
    "Left and right are the person's own.",
    "hintSingle": "Press the part; once more to take it back. Left and right are the person's own.",
    "list": "Choose from a list instead",
    "first": "Of the places that hurt",
    "yes": "{name}: hurts",
    "unsure": "{name}: not sure",
    "no": "{name}",
    "unsureShort": "Not sure",
    "doubt": "Not sure about: {name}",
    "whole": "Or for the whole body",
    "noneWhole": "None of these",
    "unsureWhole": "Not sure",
    "noneTold": "Answered: none of these.",
    "unsureTold": "Not sure about any of it.",
    "clear": "Clear all",
    "nothing": "Not answered.",
    "one": "Answered: {names}.",
    "count": "Hurts in {count}: {names}.",
    "countUnsure": "Not sure about {count}: {names}.",
}
"""Every word that the map shows, by the name that its JavaScript has for it; names of parts come from the body map."""


@dataclass(frozen=True)
class BodyAnswer:
    """What is answered on a body map; without any part and `whole`, nothing is."""

    yes: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    whole: Literal["none", "unsure"] | None = None
    """None of the places, or not sure about any."""


def body_map(
    body: BodyMap,
    picture: str,
    answer: BodyAnswer,
    *,
    key: str,
    label: str,
    on_change: Callable[[BodyAnswer], None],
    help: str = "",  # noqa: A002  # Streamlit's word for it
    single: bool = False,
    first: Collection[str] = (),
) -> None:
    """Show the map with an answer, and hand over each answer that is given on it.

    `picture` is an SVG with a shape for each part, as `clean_svg` gives it: it becomes part of the page. With `single`
    one part is asked for, and those in `first`, which were named as hurting, are offered first.
    """
    heard = _sent(key)

    def changed() -> None:
        sent = _sent(key)
        if sent is not None:
            on_change(_read(sent, body, single))

    _COMPONENT(
        key=key,
        data={
            "about": key,
            "label": label,
            "help": help,
            "picture": picture,
            "regions": [
                {
                    "name": region.name,
                    "parts": [{"id": one.id, "name": one.name, "element": one.element} for one in region.parts],
                }
                for region in body.regions
            ],
            "single": single,
            "first": sorted(first),
            "words": WORDS,
            "answer": {"yes": sorted(answer.yes), "unsure": sorted(answer.unsure), "whole": answer.whole},
            "heard": heard and {"token": heard.get("token"), "presses": heard.get("presses")},
        },
        on_answer_change=changed,
    )


def _sent(key: str) -> Mapping[str, object] | None:
    """What the browser sent last."""
    state = st.session_state.get(key)
    sent = state.get("answer") if state is not None and hasattr(state, "get") else None
    return sent if isinstance(sent, Mapping) else None


def _read(sent: Mapping[str, object], body: BodyMap, single: bool) -> BodyAnswer:
    """The answer that was sent, without anything that is no part of this body."""
    known = [part.id for region in body.regions for part in region.parts]

    def ids(name: str) -> frozenset[str]:
        given = sent.get(name)
        return frozenset(one for one in given if one in known) if isinstance(given, list) else frozenset()

    match sent.get("whole"):
        case "none" if not single:
            return BodyAnswer(whole="none")
        case "unsure":
            return BodyAnswer(whole="unsure")
    if single:
        return BodyAnswer(frozenset(sorted(ids("yes"))[:1]))
    return BodyAnswer(ids("yes"), ids("unsure") - ids("yes"))
