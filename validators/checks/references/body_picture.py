"""RF013 `reference.body-picture`: every part of the body map has one shape in its picture, and every shape a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from engine.nearest import nearest
from validators.registry import Check, Context, Problem

PICTURE = "body.svg"
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class _Drawn:
    """What a picture shows: per id of a shape the views in which it stands, and the parts that it shows once more."""

    parts: Counter[tuple[str, str]] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    open: list[str] = field(default_factory=list)
    """Parts whose path has a gap, so that it has no inside to touch."""


def run(context: Context) -> Iterator[Problem]:
    """Compare the body map with its picture; a knowledge base without a picture shows its parts as a list."""
    data = context.kb.pictures.get(PICTURE)
    if data is None:
        return
    try:
        drawn = _drawn(data)
    except ValueError as error:
        yield PICTURE, (), f"the picture cannot be read: {error}", "save it as a plain SVG drawing"
        return
    views = {part.element: part.view for region in context.kb.body.regions for part in region.parts}
    for at, region in enumerate(context.kb.body.regions):
        for number, part in enumerate(region.parts):
            steps = ("regions", at, "parts", number, "element")
            found = {view: count for (element, view), count in drawn.parts.items() if element == part.element}
            if not found:
                what = f"nobody can touch `{part.id}`: the picture has no shape `{part.element}`"
                yield "body.json", steps, what, f"draw it (in `{PICTURE}`: a closed path of class `part` with this id)"
            elif sum(found.values()) > 1:
                what = f"the picture has {sum(found.values())} shapes `{part.element}`"
                yield "body.json", steps, what, "keep one (a second view of it has the class `echo` and `data-part`)"
            elif part.view not in found:
                what = f"`{part.element}` is drawn in the {next(iter(found)) or 'unnamed'} view, not the {part.view}"
                yield "body.json", steps, what, f'draw it in that view (the group with `data-view="{part.view}"`)'
    for element in sorted({element for element, _ in drawn.parts} - views.keys()):
        what = (
            f"the shape `{element}` is no part of the body map"
            if element
            else "a shape does not say which part of the body it is"
        )
        yield (
            PICTURE,
            (),
            what,
            nearest(element, views) if element else "name its part (its id is the `element` of the part)",
        )
    for element in sorted(drawn.again.keys() - views.keys()):
        what = f"a shape shows `{element}` once more, which is no part of the body map"
        yield PICTURE, (), what, nearest(element, views)
    for element in drawn.open:
        yield PICTURE, (), f"the path of `{element}` is not closed", "close it (end its `d` with Z)"


def _drawn(data: bytes) -> _Drawn:
    """What a picture shows. Raises ValueError, with what is wrong, where it is no drawing."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("it defines a document type, which a drawing does not need")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError) as error:
        raise ValueError(f"it is not well-formed ({error})") from None
    if root.tag != f"{_SVG}svg":
        raise ValueError("it is not an SVG drawing")
    drawn = _Drawn()
    waiting = [(root, "")]
    while waiting:
        element, view = waiting.pop()
        view = element.get("data-view", view)
        _note(element, view, drawn)
        waiting += [(child, view) for child in reversed(element)]
    return drawn


def _note(element: ElementTree.Element, view: str, drawn: _Drawn) -> None:
    classes = element.get("class", "").split()
    if "part" in classes:
        drawn.parts[element.get("id", ""), view] += 1
    if "echo" in classes:
        drawn.again[element.get("data-part", "")] += 1
    outline = element.get("d", "") if element.tag == f"{_SVG}path" else "Z"
    if {"part", "echo"} & set(classes) and not outline.rstrip().upper().endswith("Z"):
        drawn.open.append(element.get("id", element.get("data-part", "")))


def _picture(*elements: str) -> bytes:
    paths = "".join(
        f'  <path class="part" id="{element}" d="M{x} 0h9v9h-9Z"/>\n'
        for x, element in zip((0, 10), elements, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">\n<g data-view="back">\n{paths}</g>\n</svg>\n'
    ).encode()


CHECK = Check(
    code="RF013",
    name="reference.body-picture",
    title="Every part of the body map has one shape in its picture, and every shape a part",
    why="Where it hurts is touched on the picture: a part without a shape is one that nobody can touch.",
    bad={PICTURE: _picture("low_back_left", "low_back_rigth")},
    good={PICTURE: _picture("low_back_left", "low_back_right")},
    run=run,
)
