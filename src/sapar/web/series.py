"""A long series by month, drawn on the server; a script may lay a chart with zoom over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sapar.web.components import Text
from sapar.web.numbers import grouped

WIDTH, HEIGHT = 900, 260
LEFT, RIGHT, TOP, BOTTOM = 40, 96, 12, 28
FEWEST_TICKS = 3


@dataclass(frozen=True)
class Line:
    name: Text
    points: str
    values: Sequence[int]
    label_at: float


@dataclass(frozen=True)
class Tick:
    words: str
    at: float


@dataclass(frozen=True)
class Series:
    """`data` is what the script reads: months as MM.YYYY, and the values of each line."""

    title: Text
    unit: Text
    lines: Sequence[Line]
    up: Sequence[Tick]
    along: Sequence[Tick]
    data: Mapping[str, object]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def months_between(first: date, last: date) -> list[date]:
    """First days of all months from one to the other, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(count)
    ]


def series(title: Text, unit: Text, counts: Mapping[str, Mapping[date, int]]) -> Series | None:
    """Lines of `counts` by first day of the month; a month without a count is nought. None without any month."""
    known = sorted({month for line in counts.values() for month in line})
    if not known:
        return None
    months = months_between(known[0], known[-1])
    most = max(value for line in counts.values() for value in line.values())
    step = _step(most)
    top = -(-most // step) * step

    def x(n: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * n / max(len(months) - 1, 1)

    def y(value: int) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)

    lines = []
    for name, line in counts.items():
        values = [line.get(month, 0) for month in months]
        points = " ".join(f"{x(n):.1f},{y(value):.1f}" for n, value in enumerate(values))
        lines.append(Line(name, points, values, y(values[-1]) + 4))
    return Series(
        title,
        unit,
        _apart(lines),
        [Tick(grouped(value), y(value)) for value in range(0, top + 1, step)],
        [Tick(str(month.year), x(n)) for n, month in enumerate(months) if month.month == 1],
        {
            "months": [f"{month:%m.%Y}" for month in months],
            "unit": str(unit),
            "lines": [{"name": str(line.name), "values": list(line.values)} for line in lines],
        },
    )


def _step(most: int) -> int:
    """A round step that gives three to seven ticks."""
    size = 1
    while most / size > FEWEST_TICKS:
        for factor in (1, 2, 5):
            if most / (size * factor) <= 2 * FEWEST_TICKS:
                return size * factor
        size *= 10
    return size


def _apart(lines: Sequence[Line]) -> list[Line]:
    """Labels at the ends of lines do not lie on each other."""
    placed: list[Line] = []
    lowest = 0.0
    for line in sorted(lines, key=lambda one: one.label_at):
        at = max(line.label_at, lowest + 16) if placed else line.label_at
        placed.append(Line(line.name, line.points, line.values, at))
        lowest = at
    shift = max(0.0, lowest - (HEIGHT - BOTTOM))
    order = [line.name for line in lines]
    return sorted(
        (Line(one.name, one.points, one.values, one.label_at - shift) for one in placed),
        key=lambda one: order.index(one.name),
    )
