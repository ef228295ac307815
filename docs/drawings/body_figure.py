"""Draws the body map: `kb/body.svg`, a body from the front and from the back with one shape for each part.

    python docs/drawings/body_figure.py [--check] [DIRECTORY]

Half a body is written down, x to the side from the middle of the body and y down from the top of the head; the other
half is its mirror image. `OUTLINE` is the body's edge as a smooth line through points; a dividing line is a smooth line
between two places. A part is the ring of the lines round it, so neighbours share their line and never overlap. The
body is 330 high, which is how many pixels it has on a small phone: what is 24 wide here can be touched there.

Left and right are the person's own: the front is seen as one sees somebody else, with the left side at the right of
the page. Parts have the class `part` and the `element` of `body.json` as their id. What shows the same part once more,
such as the heel behind a foot, has the class `echo` and names it in `data-part`. `data-at` is the middle of the widest
place in a shape, where a mark fits. Words stand in elements with `data-word`, so that they can be put in another
language. Colours are custom properties (`--body-part`, `--body-line`, `--body-detail`, `--body-mark`) with values of
their own for light and dark, and there is no background.

To change the drawing: move points, run this program, and look at the result on white and on black.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

P = tuple[float, float]
Named = tuple[float, float, str]
Cubic = tuple[P, P, P, P]
Curve = list[Cubic]
View = Literal["front", "back"]

WIDTH, HEIGHT = 360, 364
TOP = 6
"""Where on the page the top of the head is."""
CENTRE = {"front": 90, "back": 270}
"""Where on the page the middle of each figure is."""


def smooth(points: Sequence[P], before: P | None = None, after: P | None = None) -> Curve:
    """A smooth curve through the points; `before` and `after` say where it would come from and go on to."""
    around = [before or points[0], *points, after or points[-1]]
    curve: Curve = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        near, length, far = math.dist(a, b), math.dist(b, c), math.dist(c, d)
        # A handle is no longer than a third of its own stretch, however far away the next point is.
        start, end = length / (near + length) / 3, length / (length + far) / 3
        handle = (b[0] + (c[0] - a[0]) * start, b[1] + (c[1] - a[1]) * start)
        other = (c[0] - (d[0] - b[0]) * end, c[1] - (d[1] - b[1]) * end)
        curve.append((b, handle, other, c))
    return curve


def reversed_(curve: Curve) -> Curve:
    """The same curve from its end to its beginning."""
    return [(d, c, b, a) for a, b, c, d in reversed(curve)]


def mirrored(curve: Curve) -> Curve:
    """The same curve on the other side of the body."""
    return [((-a[0], a[1]), (-b[0], b[1]), (-c[0], c[1]), (-d[0], d[1])) for a, b, c, d in curve]


# ---------------------------------------------------------------- the edge of the body

ARM_SIDE: tuple[Named, ...] = (
    (0, 0, "crown"),
    (8.1, 1.7, ""),
    (13.3, 7.6, ""),
    (14.8, 15.3, ""),
    (16.6, 16.4, ""),
    (16.4, 21.4, ""),
    (14.3, 24.6, ""),
    (12.8, 29.8, ""),
    (9.8, 34.8, "jaw"),
    (9.3, 40.0, ""),
    (10.6, 46.5, ""),
    (14.6, 51.5, ""),
    (21.0, 54.2, "neck"),
    (36.0, 57.6, ""),
    (47.0, 61.6, ""),
    (53.8, 68.8, ""),
    (57.8, 79.6, ""),
    (60.0, 90.0, "upper arm"),
    (63.0, 104.0, ""),
    (66.6, 117.0, ""),
    (71.2, 132.0, ""),
    (75.0, 147.0, ""),
    (77.4, 159.0, "wrist"),
    (81.6, 168.6, ""),
    (83.8, 180.0, ""),
    (82.2, 191.6, ""),
    (77.8, 199.0, ""),
    (72.6, 198.6, ""),
    (69.0, 191.0, ""),
    (66.2, 182.0, ""),
    (63.4, 184.4, ""),
    (59.4, 186.4, ""),
    (57.6, 181.4, ""),
    (60.4, 170.6, ""),
    (64.6, 160.6, "inner wrist"),
    (59.6, 147.0, ""),
    (53.6, 132.0, ""),
    (49.6, 118.0, ""),
    (46.4, 103.0, ""),
    (42.6, 85.0, "armpit"),
)
LEG_SIDE: tuple[Named, ...] = (
    (42.6, 85.0, "armpit"),
    (41.4, 91.0, "ribs"),
    (39.0, 104.0, "last rib"),
    (37.0, 115.0, ""),
    (36.4, 125.0, "navel"),
    (37.6, 134.0, ""),
    (39.4, 142.0, "crest"),
    (42.0, 154.0, ""),
    (43.8, 168.0, ""),
    (44.2, 182.0, ""),
    (43.6, 190.2, "thigh"),
    (40.8, 208.7, ""),
    (37.0, 227.2, "above the knee"),
    (36.0, 240.5, ""),
    (36.2, 253.9, "below the knee"),
    (37.4, 266.3, ""),
    (35.4, 282.7, ""),
    (31.4, 300.2, "ankle"),
    (32.0, 307.4, ""),
    (37.4, 316.6, ""),
    (41.2, 324.4, ""),
    (38.0, 329.2, ""),
    (28.0, 330.0, ""),
    (18.6, 328.4, ""),
    (16.0, 319.7, ""),
    (17.4, 308.4, ""),
    (17.2, 300.2, "inner ankle"),
    (12.6, 282.7, ""),
    (10.0, 266.3, ""),
    (10.6, 253.9, "inner, below the knee"),
    (10.8, 241.6, ""),
    (9.2, 227.2, "inner, above the knee"),
    (5.6, 208.7, ""),
    (2.4, 193.3, "inner thigh"),
    (0, 184.0, "crotch"),
)


class Line:
    """A smooth line through places, some of which have names."""

    def __init__(self, places: Sequence[P | Named], before: P | None = None, after: P | None = None):
        self.point = {place[2]: (place[0], place[1]) for place in places if len(place) == 3 and place[2]}
        self._at = {place[2]: at for at, place in enumerate(places) if len(place) == 3 and place[2]}
        self.whole = smooth([(place[0], place[1]) for place in places], before, after)

    def between(self, start: str, end: str) -> Curve:
        """The stretch between two named places, in either direction."""
        first, last = self._at[start], self._at[end]
        return self.whole[first:last] if first <= last else reversed_(self.whole[last:first])


ARM = Line(ARM_SIDE, before=(-8.1, 1.7))
LEG = Line(LEG_SIDE, after=(-2.4, 193.3))
PLACE = {**ARM.point, **LEG.point}


def dividing(*places: str | P | Named) -> Line:
    """A dividing line through names of the outline and points. On the middle of the body it is level."""
    found = [(*PLACE[place], place) if isinstance(place, str) else place for place in places]
    ends: list[P | None] = [
        None if place[0] > 0 else (-beside[0], beside[1])
        for place, beside in ((found[0], found[1]), (found[-1], found[-2]))
    ]
    return Line(found, *ends)


def line(*places: str | P) -> Curve:
    """A dividing line on which nothing else begins."""
    return dividing(*places).whole


# ---------------------------------------------------------------- the parts


@dataclass(frozen=True)
class Shape:
    """A closed curve, as it lies on the page's half with positive x."""

    name: str
    """The part without its side: `knee` for `knee_left`, or the whole id where it is in the middle."""
    curve: Curve
    middle: bool
    echo: bool = False


def ring(name: str, *edges: Curve, echo: bool = False) -> Shape:
    """A part at the side, from the lines round it. Raises ValueError where one does not begin where another ends."""
    curve = [cubic for edge in edges for cubic in edge]
    for one, following in zip(curve, [*curve[1:], curve[0]], strict=True):
        if math.dist(one[3], following[0]) > 0.01:
            raise ValueError(f"{name}: a line ends at {one[3]}, and the next begins at {following[0]}")
    return Shape(name, curve, False, echo)


def symmetric(name: str, *edges: Curve) -> Shape:
    """A part in the middle, from the lines round its half, from the middle of the body back to the middle."""
    half = [cubic for edge in edges for cubic in edge]
    whole = ring(name, half, reversed_(mirrored(half)))
    return Shape(name, whole.curve, True)


UPPER_ARM = line("upper arm", (51.0, 89.6), "armpit")
WRIST = line("wrist", (71.0, 161.6), "inner wrist")
ABOVE_KNEE = line("above the knee", (23.0, 224.6), "inner, above the knee")
BELOW_KNEE = line("below the knee", (23.4, 258.6), "inner, below the knee")
ANKLE = line("ankle", (24.2, 302.6), "inner ankle")


def limbs(lower_leg: str, *, again: bool) -> list[Shape]:
    """What both views have alike. `again`: it shows what the other view has."""
    return [
        ring(
            "arm",
            ARM.between("upper arm", "wrist"),
            WRIST,
            ARM.between("inner wrist", "armpit"),
            reversed_(UPPER_ARM),
            echo=again,
        ),
        ring("hand", ARM.between("wrist", "inner wrist"), reversed_(WRIST), echo=again),
        ring(
            "knee",
            LEG.between("above the knee", "below the knee"),
            BELOW_KNEE,
            LEG.between("inner, below the knee", "inner, above the knee"),
            reversed_(ABOVE_KNEE),
            echo=again,
        ),
        ring(
            lower_leg,
            LEG.between("below the knee", "ankle"),
            ANKLE,
            LEG.between("inner ankle", "inner, below the knee"),
            reversed_(BELOW_KNEE),
        ),
        ring("foot", LEG.between("ankle", "inner ankle"), reversed_(ANKLE), echo=again),
    ]


def front() -> list[Shape]:
    """The parts seen from the front."""
    chin = line("jaw", (6.0, 38.7), (0, 40.4))
    collar = dividing("neck", (13.0, 58.0), (11.6, 58.6, "rib"), (5.0, 61.4), (0, 62.4, "middle"))
    shoulder = line("neck", (30.0, 61.0), (36.0, 71.4), "armpit")
    breastbone = line((11.6, 58.6), (12.6, 78.0), (12.4, 98.0))
    arch = dividing((0, 95.4, "middle"), (6.0, 95.9), (12.4, 98.0, "breastbone"), (25.0, 103.6), "last rib")
    navel = line("navel", (18.0, 124.4), (0, 124.4))
    # From the middle to the side along the lower edge of the belly: what ends there are pubic bone, groin and hip.
    pelvis = dividing(
        (0, 149.4, "middle"),
        (7.0, 149.0),
        (13.6, 147.8, "pubic"),
        (22.0, 145.6),
        (30.4, 143.6, "hip"),
        (35.0, 142.6),
        "crest",
    )
    pubic = line((13.6, 147.8), (11.0, 162.0), (5.4, 176.0), "crotch")
    # Along the upper edge of the thigh, on which the line between groin and hip ends.
    crease = dividing("thigh", (31.6, 186.0), (19.8, 180.8, "hip"), (11.6, 187.0), "inner thigh")
    hip = line((30.4, 143.6), (30.0, 156.0), (26.2, 168.0), (19.8, 180.8))
    return [
        symmetric("head_front", ARM.between("crown", "jaw"), chin),
        symmetric("neck_front", reversed_(chin), ARM.between("jaw", "neck"), collar.whole),
        ring("shoulder", ARM.between("neck", "upper arm"), UPPER_ARM, reversed_(shoulder)),
        symmetric("chest_middle", collar.between("middle", "rib"), breastbone, arch.between("breastbone", "middle")),
        ring(
            "chest",
            shoulder,
            LEG.between("armpit", "last rib"),
            arch.between("last rib", "breastbone"),
            reversed_(breastbone),
            collar.between("rib", "neck"),
        ),
        symmetric("belly_upper", arch.whole, LEG.between("last rib", "navel"), navel),
        symmetric("belly_lower", reversed_(navel), LEG.between("navel", "crest"), reversed_(pelvis.whole)),
        symmetric("pubic", pelvis.between("middle", "pubic"), pubic),
        ring(
            "groin",
            pelvis.between("pubic", "hip"),
            hip,
            crease.between("hip", "inner thigh"),
            LEG.between("inner thigh", "crotch"),
            reversed_(pubic),
        ),
        ring(
            "hip",
            pelvis.between("hip", "crest"),
            LEG.between("crest", "thigh"),
            crease.between("thigh", "hip"),
            reversed_(hip),
        ),
        ring(
            "thigh_front",
            reversed_(crease.whole),
            LEG.between("thigh", "above the knee"),
            ABOVE_KNEE,
            LEG.between("inner, above the knee", "inner thigh"),
        ),
        *limbs("shin", again=False),
    ]


def back() -> list[Shape]:
    """The parts seen from the back."""
    hair = line("jaw", (5.1, 36.6), (0, 37.2))
    collar = dividing("neck", (15.0, 56.6), (12.0, 57.8, "spine"), (5.0, 59.2), (0, 59.6, "middle"))
    shoulder = line("neck", (33.6, 61.6), (41.0, 72.4), "armpit")
    # The spine's column down to the tip of the sacrum.
    spine = dividing(
        (12.0, 57.8, "neck"),
        (12.4, 70.0),
        (12.2, 82.4, "blade"),
        (12.1, 94.0),
        (12.0, 106.4, "rib"),
        (11.8, 123.0),
        (10.8, 141.0, "loin"),
        (8.4, 151.0),
        (4.8, 160.0, "sacrum"),
    )
    blades = dividing((0, 82.0, "middle"), (6.0, 82.0), (12.2, 82.4, "spine"), (26.0, 84.4), "ribs")
    ribs = dividing((0, 106.6, "middle"), (6.0, 106.6), (12.0, 106.4, "spine"), (25.0, 104.8), "last rib")
    # The crest of the hip bone, from the spine to the side.
    crest = dividing((10.8, 141.0, "spine"), (19.0, 145.0), (28.8, 147.6, "joint"), (35.4, 145.8, "flank"), "crest")
    flank = line((12.0, 106.4), (19.0, 117.6), (26.8, 131.0), (35.4, 145.8))
    tip = line((4.8, 160.0), (2.6, 159.2), (0, 159.0))
    joint = dividing((28.8, 147.6, "crest"), (26.6, 159.0), (15.8, 168.2, "dimple"), (10.0, 164.4), (4.8, 160.0, "tip"))
    cleft = line((15.8, 168.2), (12.6, 177.4), (4.4, 183.2), "crotch")
    fold = line("inner thigh", (18.0, 195.9), (34.0, 193.7), "thigh")
    return [
        symmetric("head_back", ARM.between("crown", "jaw"), hair),
        symmetric("neck_back", reversed_(hair), ARM.between("jaw", "neck"), collar.whole),
        ring("shoulder", ARM.between("neck", "upper arm"), UPPER_ARM, reversed_(shoulder), echo=True),
        symmetric(
            "upper_back_middle",
            collar.between("middle", "spine"),
            spine.between("neck", "blade"),
            blades.between("spine", "middle"),
        ),
        ring(
            "upper_back",
            shoulder,
            LEG.between("armpit", "ribs"),
            blades.between("ribs", "spine"),
            spine.between("blade", "neck"),
            collar.between("spine", "neck"),
        ),
        symmetric(
            "mid_back_middle",
            blades.between("middle", "spine"),
            spine.between("blade", "rib"),
            ribs.between("spine", "middle"),
        ),
        ring(
            "mid_back",
            blades.between("spine", "ribs"),
            LEG.between("ribs", "last rib"),
            ribs.between("last rib", "spine"),
            spine.between("rib", "blade"),
        ),
        symmetric("low_back_middle", ribs.between("middle", "spine"), spine.between("rib", "sacrum"), tip),
        ring(
            "flank",
            ribs.between("spine", "last rib"),
            LEG.between("last rib", "crest"),
            crest.between("crest", "flank"),
            reversed_(flank),
        ),
        ring("low_back", flank, crest.between("flank", "spine"), spine.between("loin", "rib")),
        ring("sacroiliac", crest.between("spine", "joint"), joint.whole, spine.between("sacrum", "loin")),
        symmetric("tailbone", reversed_(tip), joint.between("tip", "dimple"), cleft),
        ring(
            "buttock",
            crest.between("joint", "crest"),
            LEG.between("crest", "thigh"),
            reversed_(fold),
            LEG.between("inner thigh", "crotch"),
            reversed_(cleft),
            joint.between("dimple", "crest"),
        ),
        ring(
            "thigh_back",
            fold,
            LEG.between("thigh", "above the knee"),
            ABOVE_KNEE,
            LEG.between("inner, above the knee", "inner thigh"),
        ),
        *limbs("calf", again=True),
    ]


VIEWS: dict[View, list[Shape]] = {"front": front(), "back": back()}

DETAILS: dict[View, tuple[Curve, ...]] = {
    "front": (
        line((4.3, 17.0), (5.7, 16.2), (7.1, 17.0)),  # an eye
        line((0, 24.9), (1.3, 24.8), (2.1, 23.9)),  # the nose
        line((0, 31.0), (2.2, 30.8), (4.2, 30.0)),  # the mouth
        line((16.0, 61.0), (23.0, 62.0), (29.6, 60.6)),  # a collar bone
        line((16.0, 90.4), (25.0, 92.8), (33.6, 89.6)),  # the chest's edge
        line((0, 119.6), (1.1, 118.4), (0, 117.2)),  # the navel
        line((16.6, 247.7), (23.4, 251.5), (30.4, 247.3)),  # a kneecap
        *(line((x, 178.6), (x + 1.6, 186.0), (x + 2.4, 193.6)) for x in (69.6, 73.4, 77.2)),  # fingers
        *(line((x, 322.4), (x + 0.7, 325.4), (x + 0.6, 328.2)) for x in (22.6, 27.4, 31.6, 35.4)),  # toes
    ),
    "back": (
        line((19.4, 65.4), (17.8, 73.0), (21.6, 78.4), (28.0, 76.4)),  # a shoulder blade
        line((0, 45.6), (0.01, 54.0)),  # the spine
        line((0, 64.0), (0.01, 78.0)),
        line((0, 86.0), (0.01, 102.6)),
        line((0, 110.6), (0.01, 142.0)),
        line((16.4, 152.6), (17.4, 154.0), (16.4, 155.4)),  # a dimple
        line((0, 166.0), (0.01, 184.0)),  # the cleft
        line((17.0, 243.2), (23.4, 245.4), (30.0, 242.8)),  # the hollow of a knee
        line((20.8, 304.6), (22.0, 311.5), (20.6, 317.7)),  # a heel
        line((27.6, 304.6), (26.6, 311.5), (28.4, 317.7)),
        *(line((x, 178.6), (x + 1.6, 186.0), (x + 2.4, 193.6)) for x in (69.6, 73.4, 77.2)),
    ),
}
"""Lines that help to recognise the body; nobody can touch them."""


# ---------------------------------------------------------------- from curves to the page


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _at(point: P) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def path(curve: Curve, closed: bool = True) -> str:
    """The `d` of a path."""
    return f"M{_at(curve[0][0])}" + "".join(f"C{_at(b)} {_at(c)} {_at(d)}" for _, b, c, d in curve) + "Z" * closed


def on_page(curve: Curve, view: View, flipped: bool) -> Curve:
    """The curve where it stands on the page."""
    sign = -1 if flipped else 1
    return [
        tuple((CENTRE[view] + sign * x, TOP + y) for x, y in cubic)  # type: ignore[misc]
        for cubic in curve
    ]


def polygon(curve: Curve, steps: int = 8) -> list[P]:
    """Points along a closed curve."""
    points = []
    for a, b, c, d in curve:
        for step in range(steps):
            t = step / steps
            u = 1 - t
            weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            points.append(
                tuple(sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
            )
    return points  # type: ignore[return-value]


def clearance(points: Sequence[P], at: P) -> float:
    """How far a point is from the edge of a polygon; below zero outside it."""
    x, y = at
    inside, nearest = False, math.inf
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
        dx, dy = x1 - x0, y1 - y0
        along = min(1.0, max(0.0, ((x - x0) * dx + (y - y0) * dy) / ((dx * dx + dy * dy) or 1)))
        nearest = min(nearest, math.hypot(x - x0 - along * dx, y - y0 - along * dy))
    return nearest if inside else -nearest


def widest(curve: Curve) -> tuple[P, float]:
    """The middle and the diameter of the largest circle in a closed curve."""
    points = polygon(curve)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    step = max(max(xs) - min(xs), max(ys) - min(ys)) / 12
    best = max(
        ((x, y) for x in _grid(min(xs), max(xs), step) for y in _grid(min(ys), max(ys), step)),
        key=lambda at: clearance(points, at),
    )
    while step > 0.05:
        step /= 2
        around = [(best[0] + i * step, best[1] + j * step) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        best = max(around, key=lambda at: clearance(points, at))
    return best, 2 * clearance(points, best)


def _grid(low: float, high: float, step: float) -> Iterable[float]:
    return (low + (at + 0.5) * step for at in range(math.ceil((high - low) / step)))


# ---------------------------------------------------------------- the file

STYLE = """
.part, .echo { fill: var(--body-part, #cfe0df); stroke: var(--body-line, #5d8587); }
.part, .echo { stroke-width: .8; stroke-linejoin: round; }
.detail { fill: none; stroke: var(--body-detail, #7fa3a4); stroke-width: .8; stroke-linecap: round; }
.mark { fill: var(--body-mark, #4b5a5e); font: 600 11px system-ui, sans-serif; text-anchor: middle; }
.detail, .mark { pointer-events: none; }
@media (prefers-color-scheme: dark) {
  .part, .echo { fill: var(--body-part, #35525a); stroke: var(--body-line, #8fb8b8); }
  .detail { stroke: var(--body-detail, #6f9799); }
  .mark { fill: var(--body-mark, #a7b6b9); }
}
"""


def figures(parts: dict[str, dict[str, str]]) -> list[str]:
    """The lines of both figures. Raises ValueError where a part has no shape here, or a shape no part."""
    lines, drawn = [], set()
    for view, shapes in VIEWS.items():
        lines.append(f'<g class="figure" data-view="{view}">')
        for shape in shapes:
            sides = ("",) if shape.middle else ("_right", "_left") if view == "front" else ("_left", "_right")
            for flipped, side in zip((len(sides) == 2, False), sides, strict=False):
                curve = on_page(shape.curve, view, flipped)
                name = shape.name + side
                middle, _ = widest(curve)
                if shape.echo:
                    lines.append(f'<path class="echo" data-part="{name}" data-at="{_at(middle)}" d="{path(curve)}"/>')
                    continue
                if parts.get(name, {}).get("view") != view:
                    raise ValueError(f"{name}: body.json has no such part seen from the {view}")
                drawn.add(name)
                lines.append(f'<path class="part" id="{name}" data-at="{_at(middle)}" d="{path(curve)}"/>')
        for detail in DETAILS[view]:
            for flipped in (True, False):
                lines.append(f'<path class="detail" d="{path(on_page(detail, view, flipped), closed=False)}"/>')
        left, right = (1, -1) if view == "front" else (-1, 1)
        for word, letter, x, y in (
            ("left", "L", CENTRE[view] + left * 58, 46),
            ("right", "R", CENTRE[view] + right * 58, 46),
            (view, view.capitalize(), CENTRE[view], HEIGHT - 8),
        ):
            lines.append(f'<text class="mark" data-word="{word}" x="{x}" y="{y}">{letter}</text>')
        lines.append("</g>")
    if missing := sorted(parts.keys() - drawn):
        raise ValueError(f"{', '.join(missing)}: nothing here draws it; add a shape to `front` or `back`")
    return lines


def drawing(directory: Path) -> bytes:
    """The SVG of the body map of the knowledge base in a directory."""
    body = json.loads((directory / "body.json").read_text(encoding="utf-8"))
    parts = {part["element"]: part for region in body["regions"] for part in region["parts"]}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>A body from the front and from the back</title>",
        f"<style>{STYLE}</style>",
        *figures(parts),
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode()


def main(arguments: Sequence[str]) -> int:
    """Write the picture, or with `--check` say whether it differs; the exit status is 1 where it does."""
    given = [argument for argument in arguments if argument != "--check"]
    directory = Path(given[0]) if given else Path(__file__).parents[2] / "kb"
    file, drawn = directory / "body.svg", drawing(directory)
    if "--check" not in arguments:
        file.write_bytes(drawn)
        print(f"{file}: {len(drawn)} bytes")
        return 0
    if file.is_file() and file.read_bytes() == drawn:
        return 0
    print(f"{file}: differs from what this program draws; run it without --check")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
