"""Drawings of exercises, reduced to what a drawing needs."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"

_ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "title",
        "desc",
        "style",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "pattern",
        "marker",
    ]
)
_OUTSIDE = re.compile(r"url\((?!\s*['\"]?#)|@import|\\", re.IGNORECASE)


def clean_svg(data: bytes) -> str:
    """A drawing without scripts, handlers, animation, photographs or anything that is fetched from elsewhere.

    Raises ValueError, with what is wrong in an author's words, where it is no SVG drawing.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not text in UTF-8") from None
    if "<!ENTITY" in text:
        raise ValueError("it defines entities, which a drawing does not need")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise ValueError(f"it is not well-formed: {error}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise ValueError("it is not an SVG drawing")
    box = _box(root)
    try:
        return _cleaned(root, box)
    except RecursionError:
        raise ValueError("its groups are nested too deeply") from None


def _cleaned(root: ElementTree.Element, box: str) -> str:
    _clean(root)
    # Whoever shows it decides how large; the proportions come from the drawing.
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    root.set("viewBox", box)
    root.set("xmlns", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _box(root: ElementTree.Element) -> str:
    given = root.get("viewBox")
    if given is None:
        given = f"0 0 {root.get('width', '')} {root.get('height', '')}".replace("px", "")
    try:
        _, _, width, height = (float(number) for number in given.replace(",", " ").split())
    except ValueError:
        raise ValueError("it has no viewBox of four numbers, so its size is unknown") from None
    if not (0 < width < float("inf") and 0 < height < float("inf")):
        raise ValueError(f"its size is {width:g} by {height:g}, so nothing of it can be seen")
    return " ".join(given.replace(",", " ").split())


def _clean(element: ElementTree.Element) -> None:
    element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    kept = {}
    for name, value in element.attrib.items():
        if name == _XLINK_HREF:
            name = "href"
        if "}" in name or name.lower().startswith("on") or _OUTSIDE.search(value):
            continue
        if name == "href" and not value.startswith("#"):
            continue
        kept[name] = value
    element.attrib.clear()
    element.attrib.update(kept)
    for child in list(element):
        kind = child.tag if isinstance(child.tag, str) else ""
        known = kind.startswith(f"{{{_SVG}}}") and kind.removeprefix(f"{{{_SVG}}}") in _ELEMENTS
        if not known or (kind.endswith("}style") and _OUTSIDE.search("".join(child.itertext()))):
            element.remove(child)
        else:
            _clean(child)
