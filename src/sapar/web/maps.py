"""A world map drawn on the server: countries with a number are coloured links, all others are one quiet outline.

The outlines are Natural Earth's (public domain), as the package `world-atlas` (ISC) brings them in TopoJSON. The
projection is Equal Earth (Šavrič, Patterson, Jenny 2018), which keeps areas comparable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

from babel.core import get_global
from django.conf import settings

from sapar.web.components import Text
from sapar.web.numbers import grouped

# Whole numbers are fine enough at this size, and steps between them are short to write.
WIDTH, HEIGHT = 4800, 2100
SCALE = WIDTH / 5.4133
SOUTHERNMOST = -58.0
ANTARCTICA = "AQ"
LEVELS = 5
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
Point = tuple[float, float]


@dataclass(frozen=True)
class Land:
    """A country with a number; one that is too small for the map's outlines is a dot."""

    name: str
    value: int
    level: int
    url: str
    path: str
    dot: tuple[int, int] | None


@dataclass(frozen=True)
class Level:
    """A colour of the legend: from so many to so many."""

    level: int
    words: str


@dataclass(frozen=True)
class WorldMap:
    title: Text
    lands: Sequence[Land]
    others: str
    legend: Sequence[Level]
    width: int = WIDTH
    height: int = HEIGHT


def world_map(
    title: Text, values: Mapping[str, int], name: Callable[[str], str], url: Callable[[str], str]
) -> WorldMap:
    """The map of `values` by country code; largest numbers are drawn last and are met last by the keyboard."""
    outlines = _outlines()
    dots = _middles() if any(code not in outlines for code in values) else {}
    bounds = bounds_of(max(values.values(), default=0))
    lands = []
    for code, value in sorted(values.items(), key=lambda pair: (pair[1], pair[0])):
        if value < 1 or (code not in outlines and code not in dots):
            continue
        level = next(shade for shade, _first, last in bounds if value <= last)
        dot = None if code in outlines else dots[code]
        lands.append(Land(name(code), value, level, url(code), outlines.get(code, ""), dot))
    shown = {code for code, value in values.items() if value > 0}
    others = "".join(path for code, path in outlines.items() if code not in shown)
    legend = [
        Level(shade, grouped(first) if first == last else f"{grouped(first)}–{grouped(last)}")
        for shade, first, last in bounds
    ]
    return WorldMap(title, lands, others, legend)


def bounds_of(most: int) -> list[tuple[int, int, int]]:
    """At most five classes of whole numbers, each about as many times larger than the one before.

    Returns:
        (shade, first, last) for each class; the shades are spread over light to dark.
    """
    if most < 1:
        return []
    ends = sorted(
        {round(most ** (n / LEVELS)) for n in range(1, LEVELS + 1)} if most > LEVELS else range(1, most + 1)
    )
    step = (LEVELS - 1) / max(len(ends) - 1, 1)
    firsts = [1, *(end + 1 for end in ends[:-1])]
    return [
        (round(LEVELS - (len(ends) - n) * step), first, last)
        for n, (first, last) in enumerate(zip(firsts, ends, strict=True), 1)
    ]


def project(longitude: float, latitude: float) -> Point:
    """Equal Earth, in the units of the drawing."""
    t = asin(sqrt(3) / 2 * sin(radians(max(latitude, SOUTHERNMOST))))
    x = 2 * sqrt(3) * radians(longitude) * cos(t)
    x /= 3 * (9 * A4 * t**8 + 7 * A3 * t**6 + 3 * A2 * t**2 + A1)
    y = A4 * t**9 + A3 * t**7 + A2 * t**3 + A1 * t
    return WIDTH / 2 + x * SCALE, HEIGHT * 0.555 - y * SCALE


@cache
def _outlines() -> Mapping[str, str]:
    """Country code → path of its outline."""
    return {code: "".join(_path(ring) for ring in rings) for code, rings in _countries("110m")}


@cache
def _middles() -> Mapping[str, tuple[int, int]]:
    """Country code → middle of its largest part, from the finer outlines, for those missing in the coarse ones."""
    found = {}
    for code, rings in _countries("50m"):
        points = [project(*point) for point in max(rings, key=len)]
        found[code] = (
            round(sum(x for x, _y in points) / len(points)),
            round(sum(y for _x, y in points) / len(points)),
        )
    return found


def _countries(detail: str) -> Iterable[tuple[str, list[list[Point]]]]:
    """Outer and inner rings by country code, as longitudes and latitudes."""
    topology = json.loads((settings.WORLD_ATLAS / f"countries-{detail}.json").read_text())
    arcs = [_arc(topology["transform"], arc) for arc in topology["arcs"]]
    aliases = get_global("territory_aliases")
    for shape in topology["objects"]["countries"]["geometries"]:
        code = next(iter(aliases.get(str(shape.get("id", "")).zfill(3), ())), "")
        if not code or code == ANTARCTICA or "arcs" not in shape:
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        yield code, [_ring(arcs, ring) for polygon in polygons for ring in polygon]


def _arc(transform: Mapping[str, Any], arc: Sequence[Sequence[int]]) -> list[Point]:
    """TopoJSON keeps steps between points on a grid."""
    (step_x, step_y), (left, bottom) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * step_x + left, y * step_y + bottom))
    return points


def _ring(arcs: Sequence[list[Point]], numbers: Sequence[int]) -> list[Point]:
    """Arcs one after the other; a negative number is the arc backwards. Shared ends are said once."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(arc[1:] if points else arc)
    return points


def _unbroken(ring: Iterable[Point]) -> Iterable[Point]:
    """Rings that cross the edge of the map go on beyond it instead of coming back from the other side."""
    before = turns = 0.0
    for number, (longitude, latitude) in enumerate(ring):
        if number and abs(longitude - before) > 180:
            turns += 360 if longitude < before else -360
        before = longitude
        yield longitude + turns, latitude


def _path(ring: Sequence[Point]) -> str:
    """A closed path in steps; points that fall together at this size are left out."""
    points = [(round(x), round(y)) for x, y in (project(*point) for point in _unbroken(ring))]
    x, y = points[0]
    steps = []
    for next_x, next_y in points[1:]:
        dx, dy = next_x - x, next_y - y
        if dx or dy:
            steps.append(f"{dx} {dy}" if dy >= 0 else f"{dx}{dy}")
        x, y = next_x, next_y
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z" if len(steps) > 2 else ""
