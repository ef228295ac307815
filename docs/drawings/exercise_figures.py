"""Draws the pictures of the exercise library: one SVG for each picture that an exercise's JSON names.

    python docs/drawings/exercise_figures.py [--check] [DIRECTORY]

A figure is a skeleton in space. A pose says where the pelvis is, how the spine bends, and where ankles and wrists
are; knees and elbows follow from the lengths of the bones, so no limb is ever too long or too short, and a pose
that a body cannot reach is refused. Balls along the bones give the flesh, a camera flattens it, and the outline of
the flattened balls becomes a path. Lengths are in hundredths of the body's height: x to the right of the page,
y up, z towards the viewer. The floor is y = 0. Somebody with `turn` 0 stands and faces right.

To add a figure: name its file and its `alt` text in the exercise's JSON, write a function with the exercise's id as
its name, add it to `EXERCISES`, run this program, and look at the result on white and on black.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 320, 200
PANEL = "#f4f7f6"
SKIN, SKIN_FAR = "#2f6f73", "#8fb8b5"
SHIRT, SHIRT_FAR = "#e3c07f", "#eddcb8"
SHORTS, SHORTS_FAR = "#2b4a63", "#7f98a8"
HAIR = "#172f38"
TOP, FRONT, SIDE = "#dfe6e4", "#c3cecb", "#b3c0bd"
MAT, MAT_FRONT = "#d3dedb", "#b9c8c4"
FLOOR_COLOURS = ("#e2e9e7", FRONT, SIDE)
PILLOW, PILLOW_EDGE = "#ffffff", "#a9b8b5"
ACCENT = "#c4572b"


@dataclass(frozen=True)
class V:
    """A point or a direction in space."""

    x: float
    y: float
    z: float = 0.0

    def __add__(self, other: V) -> V:
        return V(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: V) -> V:
        return V(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor: float) -> V:
        return V(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other: V) -> float:
        """The scalar product."""
        return self.x * other.x + self.y * other.y + self.z * other.z

    def cross(self, other: V) -> V:
        """The vector product."""
        return V(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )

    def length(self) -> float:
        """The length."""
        return math.sqrt(self.dot(self))

    def unit(self) -> V:
        """The direction, of length 1."""
        return self * (1 / self.length())

    def across(self, axis: V) -> V:
        """The part of this direction that is at a right angle to `axis`, of length 1."""
        return (self - axis * self.dot(axis)).unit()


def turned(a: V, b: V, degrees: float) -> tuple[V, V]:
    """Two directions at a right angle, both turned in their plane, `a` towards `b`."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return a * cosine + b * sine, b * cosine - a * sine


# ---------------------------------------------------------------- the body

THIGH, SHANK, UPPER_ARM, FOREARM, HAND = 24.5, 24.6, 17.6, 15.2, 9.6
ANKLE = 4.2
"""How high the ankle is above the sole."""
HIP_WIDTH, SHOULDER_WIDTH = 4.6, 9.6
SHOULDER_AT, NECK_FROM, NECK_TO = 26.0, 29.0, 36.5
"""Where along the spine, counted from the hips, shoulders and neck are."""

Ball = tuple[V, float]
Chain = list[Ball]


@dataclass(frozen=True)
class Leg:
    """Where a leg goes: the ankle, which way the knee points, and which way the toes do."""

    ankle: V
    knee: V
    toes: V | None = None


@dataclass(frozen=True)
class Arm:
    """Where an arm goes: the wrist, which way the elbow points, and which way the fingers do."""

    wrist: V
    elbow: V
    fingers: V | None = None


@dataclass(frozen=True)
class Pose:
    """A body in space. Angles are degrees; `right` is the side towards the viewer of somebody who faces right."""

    pelvis: V
    turn: float  # of the pelvis, anticlockwise on the page: 90 lies on the back, -90 on the belly, head left or right
    right_leg: Leg
    left_leg: Leg
    right_arm: Arm
    left_arm: Arm
    roll: float = 0.0  # of the pelvis about the spine, the front towards the right side
    lumbar: float = 0.0  # bends of the spine, forward
    thorax: float = 0.0
    neck: float = 0.0
    nod: float = 0.0
    lean: float = 0.0  # of the whole spine to the right
    belly: float = 0.0  # how much further than at rest the belly stands out
    twist: float = 0.0  # of the shoulders against the pelvis, the front towards the right side


@dataclass(frozen=True)
class Frame:
    """A place on the spine: the point, the way up the spine, and the way to the front."""

    at: V
    up: V
    front: V

    @property
    def right(self) -> V:
        """The way to the right side."""
        return self.front.cross(self.up)

    def point(self, front: float, up: float, right: float = 0.0) -> V:
        """The point at these distances."""
        return self.at + self.front * front + self.up * up + self.right * right


def spine(pose: Pose) -> Callable[[float], Frame]:
    """The frame at each distance from the hips along the spine, which has its natural curves besides the pose's."""
    front, up = turned(V(1, 0), V(0, 1), pose.turn)
    front, _ = turned(front, front.cross(up), pose.roll)
    frames = [Frame(pose.pelvis, up, front)]
    step = 0.5
    up, front = turned(up, front, 6)
    bends = ((5.0, 15.0, -16 + pose.lumbar), (15.0, NECK_FROM, 18 + pose.thorax), (NECK_FROM, NECK_TO, 6 + pose.neck))
    at = pose.pelvis
    for count in range(1, int(NECK_TO / step) + 1):
        along = count * step
        for start, end, degrees in bends:
            if start < along <= end:
                up, front = turned(up, front, degrees * step / (end - start))
        if 4 < along <= 24:
            right = front.cross(up)
            front, right = turned(front, right, pose.twist * step / 20)
            up, _ = turned(up, right, pose.lean * step / 20)
        at = at + up * step
        frames.append(Frame(at, up, front))
    return lambda distance: frames[round(distance / step)]


def bend(root: V, target: V, upper: float, lower: float, hint: V, name: str) -> V:
    """The knee or elbow between two ends, on the side of `hint`. Raises ValueError where the limb is too short."""
    reach = target - root
    distance = reach.length()
    if distance > upper + lower:
        raise ValueError(
            f"{name}: it must reach {distance:.1f} and is {upper + lower:.1f} long; move its end or the pelvis"
        )
    along = (upper * upper - lower * lower + distance * distance) / (2 * distance)
    height = math.sqrt(max(upper * upper - along * along, 0))
    axis = reach.unit()
    return root + axis * along + hint.across(axis) * height


def flesh(start: V, end: V, profile: Sequence[tuple[float, float, float]], back: V) -> Chain:
    """Balls along a bone, each from (fraction of the bone, radius, distance towards `back`)."""
    return [(start + (end - start) * part + back * shift, radius) for part, radius, shift in profile]


@dataclass
class Body:
    """The chains of balls that make up a posed body, by part."""

    chains: dict[str, list[Chain]] = field(default_factory=dict)
    head_front: V = V(1, 0)


SHORTS_FLESH = ((0.05, 6.8, 0.4), (0.2, 7.5, 0.3), (0.4, 7.0, 0.0), (0.6, 6.2, -0.1))
THIGH_FLESH = ((0.4, 6.2, 0.0), (0.6, 5.4, -0.1), (0.8, 4.6, 0.0), (1.0, 4.0, 0.0))
SHANK_FLESH = (
    (0.0, 3.9, 0.0),
    (0.12, 3.9, 0.3),
    (0.28, 4.3, 1.0),
    (0.42, 4.0, 1.0),
    (0.6, 3.1, 0.5),
    (0.8, 2.3, 0.1),
    (1.0, 2.2, 0),
)
UPPER_ARM_FLESH = ((0.0, 3.9, 0.0), (0.2, 3.7, 0.0), (0.5, 3.2, 0.0), (0.8, 2.7, 0.0), (1.0, 2.5, 0.0))
FOREARM_FLESH = ((0.0, 2.5, 0.0), (0.25, 2.7, 0.0), (0.5, 2.4, 0.0), (0.8, 1.8, 0.0), (1.0, 1.7, 0.0))
TRUNK_FLESH = (  # distance from the hips, radius, shift to the front, half the width beyond the radius
    (1.0, 6.9, -0.8, 2.4),
    (4.5, 6.4, -0.4, 2.2),
    (7.5, 6.2, -0.1, 2.0),
    (11.0, 5.6, 0.2, 1.7),
    (15.0, 5.9, 0.5, 1.8),
    (20.0, 6.6, 0.5, 2.4),
    (24.0, 6.3, 0.1, 3.4),
    (27.0, 5.0, -0.6, 3.8),
    (29.5, 3.7, -1.0, 2.2),
)


def _lock(skull: Frame, degrees: float, side: float) -> Ball:
    """A ball of hair at an angle round the skull, from the forehead over the top to the nape."""
    radius = 1.9 + 1.3 * math.sin(math.pi * (degrees - 50) / 165)
    reach = 6.1 - radius
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return skull.point(0.7 + reach * cosine, 5.1 + reach * sine, side), radius


def body(pose: Pose) -> Body:
    """The flesh of a pose. Raises ValueError where an arm or a leg cannot reach."""
    made = Body()
    at = spine(pose)
    hips, shoulders, neck = at(0), at(SHOULDER_AT), at(NECK_TO)

    for name, leg, sign in (("right", pose.right_leg, 1), ("left", pose.left_leg, -1)):
        hip = hips.point(0, 0, sign * HIP_WIDTH)
        knee = bend(hip, leg.ankle, THIGH, SHANK, leg.knee, f"the {name} leg")
        thigh_back, shank = leg.knee.across((knee - hip).unit()) * -1, (leg.ankle - knee).unit()
        shank_back = leg.knee.across(shank) * -1
        toes = (leg.toes or shank_back * -1).unit()
        sole = shank.across(toes)
        point = leg.ankle
        made.chains[f"{name}_shorts"] = [flesh(hip, knee, SHORTS_FLESH, thigh_back)]
        made.chains[f"{name}_leg"] = [
            flesh(hip, knee, THIGH_FLESH, thigh_back),
            flesh(knee, point, SHANK_FLESH, shank_back),
            [(point, 2.2), (point + toes * -2.2 + sole * 1.9, 2.3)],
            [(point, 2.2), (point + toes * 4.5 + sole * 1.7, 2.0), (point + toes * 7.6 + sole * 2.7, 1.5)],
            [
                (point + toes * -2.2 + sole * 2.2, 2.0),
                (point + toes * 7.6 + sole * 2.8, 1.4),
                (point + toes * 10.6 + sole * 3.0, 1.2),
            ],
        ]

    for name, arm, sign in (("right", pose.right_arm, 1), ("left", pose.left_arm, -1)):
        shoulder = shoulders.point(-0.4, 0, sign * SHOULDER_WIDTH)
        elbow = bend(shoulder, arm.wrist, UPPER_ARM, FOREARM, arm.elbow, f"the {name} arm")
        forearm = (arm.wrist - elbow).unit()
        fingers = (arm.fingers or forearm).unit()
        still = V(0, 0, 0)
        made.chains[f"{name}_arm"] = [
            flesh(shoulder, elbow, UPPER_ARM_FLESH, still),
            flesh(elbow, arm.wrist, FOREARM_FLESH, still),
            flesh(
                arm.wrist,
                arm.wrist + fingers * HAND,
                ((0, 1.7, 0), (0.35, 2.1, 0), (0.65, 1.8, 0), (0.9, 1.2, 0)),
                still,
            ),
        ]
        made.chains[f"{name}_sleeve"] = [
            [(shoulder + (elbow - shoulder) * part, radius + 0.6) for part, radius, _ in UPPER_ARM_FLESH[:3]]
        ]

    def rows(flesh_of: Sequence[tuple[float, float, float, float]]) -> list[Chain]:
        return [
            [(at(along).point(shift, 0, width * side), radius) for along, radius, shift, width in flesh_of]
            for side in (-1, -0.5, 0, 0.5, 1)
        ]

    swelling = {7.5: 0.8, 11.0: 1.0, 15.0: 0.7}
    made.chains["shirt"] = rows(
        [
            (
                along,
                radius + pose.belly * swelling.get(along, 0) / 2,
                shift + pose.belly * swelling.get(along, 0) / 2,
                width,
            )
            for along, radius, shift, width in TRUNK_FLESH[2:]
        ]
    )
    made.chains["pelvis"] = [
        *rows(TRUNK_FLESH[:2]),
        *([(hips.point(-2.6, -1.2, 3.6 * side), 6.0), (hips.point(-0.9, 2.6, 3.0 * side), 5.6)] for side in (-1, 1)),
    ]
    skull_up, skull_front = turned(neck.up, neck.front, -14 + pose.nod)
    skull = Frame(neck.at, skull_up, skull_front)
    made.head_front = skull_front
    made.chains["head"] = [
        [(at(28).point(-0.8, 0), 3.6), (at(33).point(0, 0), 3.2), (skull.point(0.4, 1.5), 3.3)],
        [(skull.point(0.9, 5.0), 5.4), (skull.point(1.6, 2.8), 4.7), (skull.point(3.3, 0.0), 2.8)],
        [(skull.point(4.4, -0.8), 1.7), (skull.point(4.7, 1.4), 1.8), (skull.point(4.5, 5.0), 2.5)],
        [(skull.point(5.9, 3.6), 0.9), (skull.point(7.0, 2.4), 0.8)],
    ]
    made.chains["hair"] = [[_lock(skull, degrees, side) for degrees in range(50, 216, 5)] for side in (-2.0, 2.0)]
    return made


# ---------------------------------------------------------------- from space to the page


@dataclass(frozen=True)
class Camera:
    """How space becomes a page: its scale, where the world's origin is, and from where one looks, in degrees."""

    scale: float
    x: float
    y: float
    yaw: float = 0.0  # positive looks from the right
    above: float = 8.0

    def view(self, point: V) -> V:
        """The point as seen: x and y on the page in body units, z towards the viewer."""
        yaw, above = math.radians(self.yaw), math.radians(self.above)
        x = point.x * math.cos(yaw) - point.z * math.sin(yaw)
        z = point.x * math.sin(yaw) + point.z * math.cos(yaw)
        return V(x, point.y * math.cos(above) - z * math.sin(above), point.y * math.sin(above) + z * math.cos(above))

    def page(self, point: V) -> tuple[float, float]:
        """The point's place on the page."""
        seen = self.view(point)
        return self.x + self.scale * seen.x, self.y - self.scale * seen.y


Circle = tuple[float, float, float]


def _capsule(a: Circle, b: Circle, x: float, y: float) -> float:
    """The distance of a point from the shape that a circle leaves when it moves from `a` to `b` and changes size."""
    dx, dy, dr = b[0] - a[0], b[1] - a[1], a[2] - b[2]
    px, py = x - a[0], y - a[1]
    length = math.hypot(dx, dy)
    if length <= abs(dr) + 1e-9:  # one circle lies inside the other
        return min(math.hypot(px, py) - a[2], math.hypot(x - b[0], y - b[1]) - b[2])
    slope = dr / length
    rise = math.sqrt(1 - slope * slope)
    along, beside = (px * dx + py * dy) / length, abs(px * dy - py * dx) / length
    position = along * rise - beside * slope
    if position < 0:
        return math.hypot(px, py) - a[2]
    if position > length * rise:
        return math.hypot(x - b[0], y - b[1]) - b[2]
    return along * slope + beside * rise - a[2]


GRID = 1.25
"""The distance, on the page, between the points at which a shape's distance is measured."""
BLEND = 2.5
"""How far, on the page, two chains of one part flow into each other."""


def outline(chains: Sequence[Sequence[Circle]]) -> str:
    """The path round all the chains together."""
    field_: dict[tuple[int, int], float] = {}
    for chain in chains:
        own: dict[tuple[int, int], float] = {}
        for a, b in zip(chain, [*chain[1:], chain[-1]][: max(len(chain) - 1, 1)], strict=False):
            margin = BLEND + 2 * GRID
            for i in _steps(min(a[0] - a[2], b[0] - b[2]) - margin, max(a[0] + a[2], b[0] + b[2]) + margin):
                for j in _steps(min(a[1] - a[2], b[1] - b[2]) - margin, max(a[1] + a[2], b[1] + b[2]) + margin):
                    distance = _capsule(a, b, i * GRID, j * GRID)
                    own[i, j] = min(own.get((i, j), 99.0), distance)
        for place, distance in own.items():
            before = field_.get(place, 99.0)
            overlap = max(BLEND - abs(before - distance), 0) / BLEND
            field_[place] = min(before, distance) - overlap * overlap * BLEND / 4
    return "".join(_smooth(loop) for loop in _contours(field_))


def _steps(low: float, high: float) -> range:
    return range(math.floor(low / GRID), math.ceil(high / GRID) + 1)


Edge = tuple[tuple[int, int], tuple[int, int]]
"""Two neighbouring points of the grid between which a line passes."""


def _contours(values: Mapping[tuple[int, int], float]) -> list[list[tuple[float, float]]]:
    """The closed lines on which the values are zero (marching squares)."""
    after: dict[Edge, Edge] = {}
    for i, j in values:
        corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
        inside = [values.get(corner, 99.0) < 0 for corner in corners]
        if all(inside) or not any(inside):
            continue
        ins: list[Edge] = []
        outs: list[Edge] = []
        for side in range(4):
            start, end = corners[side], corners[(side + 1) % 4]
            if inside[side] != inside[(side + 1) % 4]:
                edge = (min(start, end), max(start, end))
                (outs if inside[side] else ins).append(edge)
        for first, second in zip(ins, outs, strict=True):
            after[first] = second

    def crossing(edge: Edge) -> tuple[float, float]:
        (i, j), (to_i, to_j) = edge
        a, b = values.get(edge[0], 99.0), values.get(edge[1], 99.0)
        part = a / (a - b)
        return (i + (to_i - i) * part) * GRID, (j + (to_j - j) * part) * GRID

    loops = []
    while after:
        edge = min(after)
        loop = []
        while edge in after:
            loop.append(crossing(edge))
            edge = after.pop(edge)
        if len(loop) > 6:  # smaller loops are gaps that nobody sees
            loops.append(loop)
    return loops


def _smooth(loop: list[tuple[float, float]]) -> str:
    """A closed curve along the points, those on straight stretches left out."""
    kept = _simplified([*loop, loop[0]], 0.2)[:-1]
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(kept, [*kept[1:], kept[0]], strict=True)]
    curves = [f"Q{_at(point)} {_at(middle)}" for point, middle in zip(kept, middles, strict=True)]
    return f"M{_at(middles[-1])}{''.join(curves)}Z"


def _simplified(points: list[tuple[float, float]], tolerance: float) -> list[tuple[float, float]]:
    """The points without those that lie closer than the tolerance to the line between their neighbours kept."""
    if len(points) < 3:
        return points
    (x0, y0), (x1, y1) = points[0], points[-1]
    length = math.hypot(x1 - x0, y1 - y0)

    def off(point: tuple[float, float]) -> float:
        if length < 1e-6:
            return math.hypot(point[0] - x0, point[1] - y0)
        return abs((point[0] - x0) * (y1 - y0) - (point[1] - y0) * (x1 - x0)) / length

    far = max(range(1, len(points) - 1), key=lambda at: off(points[at]))
    if off(points[far]) <= tolerance:
        return [points[0], points[-1]]
    return _simplified(points[: far + 1], tolerance)[:-1] + _simplified(points[far:], tolerance)


def _number(value: float) -> str:
    text = f"{value:.1f}"
    return "0" if text in ("0.0", "-0.0") else text.removesuffix(".0")


def _at(point: tuple[float, float]) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


# ---------------------------------------------------------------- what stands in a scene

Drawn = Callable[[Camera], list[str]]


def _polygon(points: Iterable[V], camera: Camera, fill: str) -> str:
    # The thin stroke of the same colour rounds the corners and closes hairline gaps between faces.
    path = "M" + "L".join(_at(camera.page(point)) for point in points) + "Z"
    return f'<path d="{path}" fill="{fill}" stroke="{fill}" stroke-width="1.2" stroke-linejoin="round"/>'


def box(
    x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], colours: tuple[str, str, str] | None = None
) -> Drawn:
    """A block of furniture; its colours are those of its top, its front and its sides."""
    top, front, side = colours or (TOP, FRONT, SIDE)

    def drawn(camera: Camera) -> list[str]:
        end = x[1] if camera.view(V(1, 0)).z > 0 else x[0]
        faces = [
            ([V(x[0], y[0], z[1]), V(x[1], y[0], z[1]), V(x[1], y[1], z[1]), V(x[0], y[1], z[1])], front),
            ([V(x[0], y[1], z[0]), V(x[1], y[1], z[0]), V(x[1], y[1], z[1]), V(x[0], y[1], z[1])], top),
        ]
        if abs(camera.yaw) > 1:
            faces.insert(0, ([V(end, y[0], z[0]), V(end, y[0], z[1]), V(end, y[1], z[1]), V(end, y[1], z[0])], side))
        return [_polygon(points, camera, fill) for points, fill in faces]

    return drawn


def mat(start: float, end: float, depth: float = 19.0) -> Drawn:
    """A mat on the floor."""
    return box((start, end), (-1.4, 0), (-depth, depth), (MAT, MAT_FRONT, MAT_FRONT))


def floor(start: float, end: float, depth: float = 12.0) -> Drawn:
    """A stretch of floor."""
    return box((start, end), (-0.8, 0), (-depth, depth), FLOOR_COLOURS)


def pillow(*rows: Chain) -> Drawn:
    """A pillow from rows of balls that flow into each other."""

    def drawn(camera: Camera) -> list[str]:
        path = outline([_flat(row, camera) for row in rows])
        return [f'<path d="{path}" fill="{PILLOW}" stroke="{PILLOW_EDGE}" stroke-width="1.2"/>']

    return drawn


def arrow(*points: V) -> Drawn:
    """A curved arrow from the first to the last of three points, bent towards the middle one."""

    def drawn(camera: Camera) -> list[str]:
        (x0, y0), (xc, yc), (x1, y1) = (camera.page(point) for point in points)
        length = math.hypot(x1 - xc, y1 - yc)
        dx, dy = (x1 - xc) / length, (y1 - yc) / length
        neck = (x1 - dx * 8, y1 - dy * 8)
        head = [
            (x1 + dx * 2, y1 + dy * 2),
            (neck[0] - dy * 6.5 - dx * 2, neck[1] + dx * 6.5 - dy * 2),
            neck,
            (neck[0] + dy * 6.5 - dx * 2, neck[1] - dx * 6.5 - dy * 2),
        ]
        line = f"M{_at((x0, y0))}Q{_at((xc, yc))} {_at(neck)}"
        tip = "M" + "L".join(_at(point) for point in head) + "Z"
        common = 'stroke-linecap="round" stroke-linejoin="round"'
        return [
            f'<path d="{line}" fill="none" stroke="{PANEL}" stroke-width="8" {common}/>',
            f'<path d="{tip}" fill="{PANEL}" stroke="{PANEL}" stroke-width="4" {common}/>',
            f'<path d="{line}" fill="none" stroke="{ACCENT}" stroke-width="4.5" {common}/>',
            f'<path d="{tip}" fill="{ACCENT}" stroke="{ACCENT}" stroke-width="1" {common}/>',
        ]

    return drawn


def _flat(chain: Chain, camera: Camera) -> list[Circle]:
    return [(*camera.page(point), radius * camera.scale) for point, radius in chain]


LAYERS = ("far_arm", "far_leg", "pelvis", "head", "shirt", "near_leg", "near_arm")
"""The layers of a figure from the back to the front, where a scene does not say otherwise."""


def figure(pose: Pose, layers: Sequence[str] = LAYERS, near: str = "right", alike: bool = False) -> Drawn:
    """A posed body. `near` is the side whose limbs are drawn in the darker tone; with `alike`, both are."""

    def drawn(camera: Camera) -> list[str]:
        made = body(pose)
        sides = {"near": near, "far": "left" if near == "right" else "right"}

        def shape(part: str, fill: str) -> tuple[str, str]:
            return outline([_flat(chain, camera) for chain in made.chains[part]]), fill

        lines = []
        for layer in layers:
            distance, _, part = layer.partition("_")
            far = distance == "far" and not alike
            if part == "leg":
                # Without a rim, the near leg of the shorts flows into their seat.
                rimmed = [shape(f"{sides[distance]}_leg", SKIN_FAR if far else SKIN)]
                plain = [shape(f"{sides[distance]}_shorts", SHORTS_FAR if far else SHORTS)]
                if alike:
                    rimmed, plain = rimmed + plain, []
            elif part == "arm":
                sleeve = shape(f"{sides[distance]}_sleeve", SHIRT_FAR if far else SHIRT)
                rimmed, plain = [shape(f"{sides[distance]}_arm", SKIN_FAR if far else SKIN), sleeve], []
            elif layer == "head":
                rimmed, plain = [shape("head", SKIN), shape("hair", HAIR)], []
                if camera.view(made.head_front).z > 0.55:
                    rimmed.reverse()
            else:
                rimmed, plain = [shape(layer, SHIRT if layer == "shirt" else SHORTS)], []
            # A pale rim, under all of a layer, parts it from the layers behind.
            lines += [f'<path d="{path}" fill="{PANEL}" stroke="{PANEL}" stroke-width="2.2"/>' for path, _ in rimmed]
            lines += [f'<path d="{path}" fill="{fill}"/>' for path, fill in [*rimmed, *plain]]
        return lines

    return drawn


@dataclass(frozen=True)
class Scene:
    """A picture: from where it is seen, and what stands in it, from the back to the front."""

    camera: Camera
    items: tuple[Drawn, ...]


def chair(x: float, width: float = 20.0, seat: float = 24.0, back: int = -1) -> Drawn:
    """A chair whose seat begins at `x`; its back is at the left (-1), the right (1), or missing (0)."""
    end = x + width
    z = 11.0
    post = (x, x + 2.6) if back < 0 else (end - 2.6, end)
    parts = [
        *(box((at, at + 2.6), (0, seat), (depth, depth + 2.6)) for depth in (-z, z - 2.6) for at in (x, end - 2.6)),
        box((x, end), (seat - 3.4, seat), (-z, z)),
        *([box(post, (seat, seat + 30), (-z, z))] if back else []),
    ]
    return lambda camera: [line for part in parts for line in part(camera)]


# ---------------------------------------------------------------- positions from which the exercises begin

UP, DOWN, AHEAD, BACK = V(0, 1), V(0, -1), V(1, 0), V(-1, 0)


def legs(x: float, y: float, knee: V, toes: V | None = None, apart: float = 4.6) -> dict[str, Any]:
    """Both legs in the same position, `apart` from the middle."""
    return {"right_leg": Leg(V(x, y, apart), knee, toes), "left_leg": Leg(V(x, y, -apart), knee, toes)}


def arms(x: float, y: float, elbow: V, fingers: V | None = None, apart: float = 11.0) -> dict[str, Any]:
    """Both arms in the same position, `apart` from the middle."""

    def mirrored(way: V) -> V:
        return V(way.x, way.y, -way.z)

    return {
        "right_arm": Arm(V(x, y, apart), elbow, fingers),
        "left_arm": Arm(V(x, y, -apart), mirrored(elbow), mirrored(fingers) if fingers else None),
    }


ON_BACK = Pose(
    V(0, 8.2), 90, **legs(29, 4.2, UP, AHEAD), **arms(1, 2.9, V(0, -0.2, 1), AHEAD, 14.0), thorax=-8, neck=-6, nod=8
)
"""On the back, head to the left, knees bent, feet flat, arms beside the body."""

ON_BACK_STRAIGHT = replace(ON_BACK, **legs(48.5, 4.6, UP, V(0.25, 1)))

STANDING = Pose(V(0, 53), 0, **legs(-1, 4.2, AHEAD, AHEAD), **arms(2.5, 49.5, BACK, DOWN, 11.5))

SITTING = Pose(
    V(-22, 31.2), 0, **legs(2, 4.2, V(1, 1), AHEAD, 5.5), **arms(-4, 37.2, V(-1, -0.5, 0.4), V(1, -0.25), 7.0)
)
"""On a chair whose seat begins at -34, hands on the thighs."""

ALL_FOURS = Pose(
    V(-14, 28.8),
    -79,
    **legs(-37, 3.6, V(1, -1), V(-1, -0.2)),
    **arms(11.5, 2.4, V(-0.5, 0, 0.5), AHEAD, 9.6),
    neck=-14,
    nod=-10,
)
"""On hands and knees, head to the right."""

ON_BELLY = Pose(
    V(0, 7.2),
    -90,
    **legs(-48.8, 4.6, DOWN, V(-1, -0.15)),
    **arms(24, 2.2, V(-1, 0.6, 0.6), AHEAD, 13.0),
    lumbar=-4,
    neck=-4,
    nod=-4,
)
"""Head to the right, hands beside the shoulders."""

ON_SIDE = Pose(
    V(0, 11.6),
    90,
    roll=90,
    neck=4,
    right_leg=Leg(V(34, 3.2, -1), V(0, 0.05, 1)),
    left_leg=Leg(V(34, 9.4, -1), V(0, 0, 1)),
    right_arm=Arm(V(-55, 3, 0), V(0, 0, 1)),
    left_arm=Arm(V(-5, 20.5, 6), V(-0.4, 0.5, 1), V(1, -0.2, 0.1)),
)
"""On the right side, head to the left, the front towards the viewer, hips and knees bent, a hand on the hip."""

RESTING_ON_SIDE = replace(
    ON_SIDE,
    neck=10,
    lumbar=10,
    nod=4,
    right_arm=Arm(V(-37, 3, 18), V(1, 0, 0.5), V(-1, 0, -0.2)),
    left_arm=Arm(V(-34, 6.5, 21), V(1, 0.5, 1), V(-1, 0, 0)),
    right_leg=Leg(V(30, 3.4, -2), V(-0.2, 0.05, 1)),
    left_leg=Leg(V(30, 15.5, -2), V(-0.2, 0, 1)),
)

LYING = Camera(2.75, 172, 160)
STRETCHED_OUT = Camera(2.5, 165, 150)
REACHING_OUT = Camera(2.2, 172, 152)
UPRIGHT = Camera(1.74, 160, 187)
SEATED = Camera(2.1, 182, 184)
FROM_ABOVE = Camera(2.25, 166, 107, yaw=10, above=54)
FROM_THE_FRONT = Camera(2.5, 168, 138, yaw=12, above=24)
AT_THE_BED = Camera(1.86, 160, 114, yaw=33, above=20)

BEHIND_THE_LEGS = ("far_arm", "head", "far_leg")
"""The layers of somebody on their side that are behind what lies between the knees."""
IN_FRONT = ("pelvis", "shirt", "near_leg", "near_arm")
UPRIGHT_LAYERS = ("far_arm", "far_leg", "pelvis", "near_leg", "head", "shirt", "near_arm")
"""The layers of somebody who stands: the shirt hangs over the shorts."""
FACING = ("far_arm", "near_arm", "pelvis", "shirt", "head", "far_leg", "near_leg")
"""The layers of somebody who sits and looks at the viewer."""


def lying(*items: Drawn, camera: Camera = LYING) -> Scene:
    """A scene on a mat."""
    return Scene(camera, (mat(-53, 50) if camera != STRETCHED_OUT else mat(-62, 58), *items))


def upright(*items: Drawn, camera: Camera = UPRIGHT) -> Scene:
    """A scene on the floor."""
    return Scene(camera, (floor(-60, 60), *items))


def standing(pose: Pose, *items: Drawn) -> Scene:
    """Somebody who stands on the floor."""
    return upright(figure(pose, UPRIGHT_LAYERS), *items)


# ---------------------------------------------------------------- the exercises, in the order of their names


def bird_dog() -> dict[str, Scene]:
    """On hands and knees; one arm and the other leg stretched out."""
    reaching = replace(ALL_FOURS, right_leg=Leg(V(-61.5, 33), DOWN, V(-0.3, -1)), left_arm=Arm(V(42, 38, -10), DOWN))
    ground = mat(-66, 58)
    return {
        "start": Scene(REACHING_OUT, (ground, figure(ALL_FOURS))),
        "end": Scene(REACHING_OUT, (ground, figure(reaching), arrow(V(-50, 10), V(-54, 16), V(-54, 24)))),
    }


def bridge() -> dict[str, Scene]:
    """On the back; the hips lifted."""
    lifted = replace(ON_BACK, pelvis=V(-1.5, 22.5), turn=118, lumbar=-6, thorax=-4, neck=38, nod=-6)
    return {"start": lying(figure(ON_BACK)), "end": lying(figure(lifted), arrow(V(-2, 2), V(-2, 8), V(-2, 14)))}


def cat_camel() -> dict[str, Scene]:
    """On hands and knees; the back rounded, then let down."""
    rounded = replace(ALL_FOURS, pelvis=V(-12, 28.8), turn=-50, lumbar=44, thorax=30, neck=20, nod=14)
    dipped = replace(ALL_FOURS, pelvis=V(-15, 28.8), turn=-106, lumbar=-42, thorax=-10, neck=-18, nod=-20)
    return {"start": lying(figure(rounded)), "end": lying(figure(dipped), arrow(V(-1, 50), V(-1, 46), V(-1, 36)))}


def clamshell() -> dict[str, Scene]:
    """On the side; the upper knee lifted while the feet stay together."""
    opened = replace(ON_SIDE, left_leg=Leg(V(34, 9.4, -1), V(0, 1, 0.5)))
    layers, ground = (*BEHIND_THE_LEGS, *IN_FRONT), mat(-60, 50, 34)
    lift = arrow(V(30, 12, 24), V(32, 26, 20), V(24, 38, 12))
    return {
        "start": Scene(FROM_THE_FRONT, (ground, figure(ON_SIDE, layers, near="left"))),
        "end": Scene(FROM_THE_FRONT, (ground, figure(opened, layers, near="left"), lift)),
    }


def dead_bug() -> dict[str, Scene]:
    """On the back, arms and shins in the air; one heel lowered to the floor."""
    start = replace(
        ON_BACK, turn=94, lumbar=6, **legs(25, 31.5, V(-1, 1), V(0.25, 1)), **arms(-25, 38.5, AHEAD, UP, 9.6)
    )
    lowered = replace(start, right_leg=Leg(V(30, 5.2, 4.6), UP, V(1, 0.55)))
    return {"start": lying(figure(start)), "end": lying(figure(lowered), arrow(V(34, 34), V(42, 28), V(40, 14)))}


def deep_breathing_lying() -> dict[str, Scene]:
    """On the back, a hand on the belly; the belly rises."""
    out = replace(ON_BACK, right_arm=Arm(V(-8, 16.2, 8), V(0, -0.4, 1), V(0.3, 0.1, -1)))
    breath = replace(out, belly=3.5, right_arm=Arm(V(-8, 19.6, 8), V(0, -0.4, 1), V(0.3, 0.1, -1)))
    return {"start": lying(figure(out)), "end": lying(figure(breath), arrow(V(-11, 28), V(-11, 31), V(-11, 40)))}


def heel_slides() -> dict[str, Scene]:
    """On the back, legs straight; one heel drawn towards the bottom."""
    drawn_up = replace(ON_BACK_STRAIGHT, right_leg=Leg(V(24, 4.2, 4.6), UP, AHEAD))
    slide = arrow(V(56, 1, 14), V(50, 1, 14), V(40, 1, 14))
    return {
        "start": lying(figure(ON_BACK_STRAIGHT), camera=STRETCHED_OUT),
        "end": lying(figure(drawn_up), slide, camera=STRETCHED_OUT),
    }


def hip_hinge() -> dict[str, Scene]:
    """Standing; bent at the hips with a straight back, the bottom pushed back."""
    bent = replace(
        STANDING,
        pelvis=V(-13, 48.5),
        turn=-62,
        lumbar=6,
        thorax=-4,
        neck=-10,
        nod=-16,
        **arms(6, 31, BACK, V(0.2, -1), 8.0),
    )
    return {
        "start": standing(STANDING),
        "end": upright(figure(bent), arrow(V(-23, 50), V(-28, 50), V(-40, 50))),
    }


def knee_hugs_lying() -> dict[str, Scene]:
    """On the back; both knees drawn to the chest with the hands."""
    hugged = replace(
        ON_BACK,
        pelvis=V(0, 8.4),
        turn=100,
        lumbar=12,
        thorax=-10,
        neck=-10,
        **legs(12, 33, V(-1, 1), V(0.35, 1), 5.5),
        **arms(-8, 27.5, V(0.2, -0.6, 0.8), V(0.5, 0.7, -0.6), 9.0),
    )
    return {"start": lying(figure(ON_BACK)), "end": lying(figure(hugged), arrow(V(34, 14), V(36, 34), V(18, 42)))}


def knee_rolls_lying() -> dict[str, Scene]:
    """On the back, arms wide; both knees let down to one side."""
    start = replace(ON_BACK, **legs(29, 4.2, UP, AHEAD, 3.6), **arms(-27, 2.6, V(1, 0, 0.2), None, 41))
    rolled = replace(
        start,
        pelvis=V(0, 10),
        roll=52,
        twist=-48,
        right_leg=Leg(V(25, 3.6, 9), V(0, 0.25, 1), V(0.9, 0, 0.5)),
        left_leg=Leg(V(27, 7.6, 10), V(0, 0.4, 1), V(0.9, 0, 0.5)),
    )
    behind = ("far_arm", "head", "near_arm", "shirt", "near_leg", "pelvis", "far_leg")
    ground = mat(-54, 46, 40)
    fall = arrow(V(22, 38, -4), V(30, 40, 16), V(26, 14, 34))
    return {
        "start": Scene(FROM_ABOVE, (ground, figure(start, alike=True))),
        "end": Scene(FROM_ABOVE, (ground, figure(rolled, behind, alike=True), fall)),
    }


def log_roll() -> dict[str, Scene]:
    """From the back onto the side, the legs over the edge of the bed, and up to sitting."""
    lower_floor = box((-66, 58), (-25, -24), (-36, 38), FLOOR_COLOURS)
    rows = [[(V(x, 1, -16), 3.5), (V(x, 1.5, -2), 4.0), (V(x, 1, 10), 3.5)] for x in (-52, -48, -44, -40)]
    bed = (lower_floor, box((-60, 50), (-24, 0), (-30, 17)), pillow(*rows))
    on_back = replace(
        ON_BACK,
        pelvis=V(0, 8.2, 4),
        thorax=0,
        neck=14,
        nod=-4,
        right_leg=Leg(V(29, 4.2, 8), UP, AHEAD),
        right_arm=Arm(V(1, 2.9, 15), V(0, -0.2, 1), AHEAD),
    )
    on_side = replace(
        RESTING_ON_SIDE,
        pelvis=V(0, 11.6, 4),
        left_leg=Leg(V(30, 9, 2), V(-0.2, 0, 1)),
        right_leg=Leg(V(30, 3, 2), V(-0.2, 0.05, 1)),
        right_arm=Arm(V(-37, 3, 20), V(1, 0, 0.5), V(-1, 0, -0.2)),
        left_arm=Arm(V(-22, 2.6, 22), V(0.5, 1, 0.5), V(-0.3, -0.1, 1)),
    )
    pushing = replace(
        ON_SIDE,
        pelvis=V(4, 10, 6),
        turn=52,
        neck=0,
        left_leg=Leg(V(16, -13, 30), V(0, 0.6, 1), V(0.4, -0.2, 1)),
        right_leg=Leg(V(14, -17, 28), V(0, 0.6, 1), V(0.4, -0.2, 1)),
        right_arm=Arm(V(-23, 2.6, 15), V(-0.4, -1, -0.4), V(0.3, 0, 1)),
        left_arm=Arm(V(-8, 3, 15), V(0.6, 0.5, 0.6), V(-0.5, 0, 1)),
    )
    sitting = replace(
        ON_SIDE,
        pelvis=V(4, 8, 6),
        turn=0,
        neck=0,
        right_leg=Leg(V(-1, -19.8, 30), V(0, 0.6, 1), V(-0.15, 0, 1)),
        left_leg=Leg(V(9, -19.8, 30), V(0, 0.6, 1), V(0.15, 0, 1)),
        right_arm=Arm(V(-14, 3, 8), V(-1, 0.3, -0.6), V(0, 0, 1)),
        left_arm=Arm(V(22, 3, 8), V(1, 0.3, -0.6), V(0, 0, 1)),
    )
    layers = (*BEHIND_THE_LEGS, *IN_FRONT)
    roll = arrow(V(-6, 36, -14), V(-4, 38, 10), V(-4, 26, 20))
    rise = arrow(V(-44, 20, 10), V(-44, 38, 10), V(-34, 52, 10))
    return {
        "start": Scene(AT_THE_BED, (*bed, figure(on_back))),
        "side": Scene(AT_THE_BED, (*bed, figure(on_side, layers, near="left"), roll)),
        "push": Scene(AT_THE_BED, (*bed, figure(pushing, layers, near="left"), rise)),
        "end": Scene(AT_THE_BED, (*bed, figure(sitting, FACING, alike=True))),
    }


def lying_rest_calves_on_chair() -> dict[str, Scene]:
    """On the back, the lower legs on the seat of a chair."""
    resting = replace(ON_BACK, turn=97, lumbar=8, **legs(27.5, 31.6, V(-0.4, 1), V(0.1, 1)))
    return {"": lying(chair(6, 25, 27, 1), figure(resting), camera=Camera(2.5, 165, 168))}


def pelvic_tilt_lying() -> dict[str, Scene]:
    """On the back with a hollow under it; the back pressed flat."""
    folded = arms(-19, 16.6, V(0.4, 0.2, 1), V(-0.5, 0, -1), 4.0)
    hollow = replace(ON_BACK, turn=74, lumbar=-34, thorax=14, **folded)
    flat = replace(ON_BACK, turn=100, lumbar=20, thorax=-16, **folded)
    level = Camera(2.9, 165, 158, above=2)
    return {
        "start": lying(figure(hollow), camera=level),
        "end": lying(figure(flat), arrow(V(-7, 33), V(-7, 29), V(-7, 20)), camera=level),
    }


def prone_press_up() -> dict[str, Scene]:
    """On the belly; the chest pushed up with the arms while the hips stay down."""
    pressed = replace(
        ON_BELLY, turn=-82, lumbar=-52, thorax=-26, neck=0, nod=6, **arms(32.5, 2.4, V(-1, 0.2, 0.5), AHEAD, 13.0)
    )
    return {
        "start": lying(figure(ON_BELLY), camera=STRETCHED_OUT),
        "end": lying(figure(pressed), arrow(V(44, 14), V(48, 28), V(40, 42)), camera=STRETCHED_OUT),
    }


def sciatic_nerve_slider() -> dict[str, Scene]:
    """Sitting with the head bowed; the knee straightened while the head looks up."""
    bowed = replace(SITTING, turn=6, lumbar=16, thorax=22, neck=26, nod=22)
    stretched = replace(SITTING, turn=2, lumbar=4, neck=-16, nod=-14, right_leg=Leg(V(26, 27, 5.5), UP, V(0.35, 1)))
    return {
        "start": upright(chair(-34), figure(bowed), camera=SEATED),
        "end": upright(chair(-34), figure(stretched), arrow(V(14, 8), V(30, 10), V(34, 22)), camera=SEATED),
    }


def seated_forward_bend() -> dict[str, Scene]:
    """Sitting; bent forward until the hands are at the feet."""
    folded = replace(SITTING, turn=-50, lumbar=40, thorax=24, neck=14, nod=10, **arms(8, 11.5, BACK, V(0.2, -1)))
    return {
        "start": upright(chair(-34), figure(SITTING), camera=SEATED),
        "end": upright(chair(-34), figure(folded), arrow(V(2, 74), V(22, 74), V(28, 56)), camera=SEATED),
    }


def side_lying_rest() -> dict[str, Scene]:
    """On the side in bed, a pillow under the head and one between the knees."""
    under_head = pillow(*([(V(x, 2, -9), 4.5), (V(x, 3, 2), 5.0), (V(x, 2, 13), 4.5)] for x in (-52, -48, -44, -40)))
    between_knees = pillow([(V(16, 9, 14), 3.4), (V(24, 9, 20), 3.4), (V(34, 9, 4), 3.4)])
    return {
        "": Scene(
            Camera(2.4, 166, 108, yaw=10, above=38),
            (
                box((-60, 52), (-9, 0), (-30, 36)),
                under_head,
                figure(RESTING_ON_SIDE, BEHIND_THE_LEGS, near="left"),
                between_knees,
                figure(RESTING_ON_SIDE, IN_FRONT, near="left"),
            ),
        ),
    }


def sit_to_stand() -> dict[str, Scene]:
    """Sitting and leaning forward; standing."""
    leaning = replace(
        SITTING, turn=-24, **legs(-4, 4.2, V(1, 1), AHEAD, 5.5), **arms(-2, 36.2, V(-1, -0.5, 0.4), V(1, -0.5), 7.0)
    )
    rise = arrow(V(-26, 34), V(-26, 56), V(-12, 68))
    return {
        "start": upright(chair(-34), figure(leaning)),
        "end": upright(chair(-34), figure(STANDING, UPRIGHT_LAYERS), rise),
    }


def standing_back_bend() -> dict[str, Scene]:
    """Standing with the hands on the low back; bent backwards."""
    start = replace(STANDING, **arms(-6.5, 56, BACK, V(0.6, -0.6, -0.4), 9))
    bent = replace(
        STANDING,
        pelvis=V(4, 52.7),
        turn=9,
        lumbar=-16,
        thorax=-14,
        neck=-6,
        nod=-4,
        **arms(-7, 55.5, BACK, V(0.7, -0.5, -0.4), 9),
    )
    return {"start": standing(start), "end": standing(bent, arrow(V(14, 94), V(6, 106), V(-14, 102)))}


def walking() -> dict[str, Scene]:
    """A step with one leg in front, and the next."""
    step = replace(
        STANDING,
        pelvis=V(-1, 51.2),
        right_leg=Leg(V(14, 4.8, 4), AHEAD, V(1, 0.3)),
        left_leg=Leg(V(-17, 10, -4), AHEAD, V(0.8, -0.6)),
        right_arm=Arm(V(-14, 49.5, 11), BACK, V(-0.2, -1)),
        left_arm=Arm(V(14, 53, -11), V(-0.5, -1), V(0.6, -0.4)),
    )
    following = replace(
        step,
        left_leg=Leg(V(14, 4.8, -4), AHEAD, V(1, 0.3)),
        right_leg=Leg(V(-17, 10, 4), AHEAD, V(0.8, -0.6)),
        left_arm=Arm(V(-14, 49.5, -11), BACK, V(-0.2, -1)),
        right_arm=Arm(V(14, 53, 11), V(-0.5, -1), V(0.6, -0.4)),
    )
    return {"start": standing(step), "end": standing(following, arrow(V(16, 80), V(24, 80), V(34, 80)))}


EXERCISES: tuple[Callable[[], dict[str, Scene]], ...] = (
    bird_dog,
    bridge,
    cat_camel,
    clamshell,
    dead_bug,
    deep_breathing_lying,
    heel_slides,
    hip_hinge,
    knee_hugs_lying,
    knee_rolls_lying,
    log_roll,
    lying_rest_calves_on_chair,
    pelvic_tilt_lying,
    prone_press_up,
    sciatic_nerve_slider,
    seated_forward_bend,
    side_lying_rest,
    sit_to_stand,
    standing_back_bend,
    walking,
)
"""Each gives its scenes by the last part of their files' names; an only picture has none."""


# ---------------------------------------------------------------- files


def svg(scene: Scene, title: str) -> bytes:
    """The scene as an SVG file."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title, quote=False)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="12" fill="{PANEL}"/>',
        *(line for item in scene.items for line in item(scene.camera)),
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode()


def drawings(directory: Path) -> dict[str, bytes]:
    """The SVG of every picture that the exercises in a directory name, by file name.

    Raises ValueError where a picture has no scene here, a scene no picture, or a pose does not work.
    """
    titles = {
        picture["file"]: picture["alt"]
        for path in sorted(directory.glob("*.json"))
        for picture in json.loads(path.read_text(encoding="utf-8"))["pictures"]
    }
    drawn: dict[str, bytes] = {}
    for exercise in EXERCISES:
        for part, scene in exercise().items():
            name = "_".join(filter(None, (exercise.__name__, part))) + ".svg"
            if name not in titles:
                raise ValueError(f"{name}: no exercise in {directory} names this picture; add it to `pictures`")
            try:
                drawn[name] = svg(scene, titles[name])
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    missing = sorted(titles.keys() - drawn.keys())
    if missing:
        raise ValueError(f"{', '.join(missing)}: no scene draws it; add a function to `EXERCISES`")
    return drawn


def main(arguments: Sequence[str]) -> int:
    """Write the pictures, or with `--check` say which differ; the exit status is 1 where one does."""
    given = [argument for argument in arguments if argument != "--check"]
    directory = Path(given[0]) if given else Path(__file__).parents[2] / "kb" / "exercises"
    drawn = drawings(directory)
    if "--check" not in arguments:
        for name, data in drawn.items():
            (directory / name).write_bytes(data)
        print(f"{len(drawn)} pictures written to {directory}")
        return 0
    stale = [
        name
        for name, data in drawn.items()
        if not (directory / name).is_file() or (directory / name).read_bytes() != data
    ]
    stale += sorted(path.name for path in directory.glob("*.svg") if path.name not in drawn)
    for name in stale:
        print(f"{directory / name}: differs from what this program draws; run it without --check")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
