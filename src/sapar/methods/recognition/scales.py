"""Grade scales as dated data: who marks by them, on which level, from when to when, and who says so.

A country has no scale of its own: institutions differ, and ministries change the meaning of a letter while
keeping the letter. The scale is therefore picked by holder, level and the date of the mark, and a mark is
read on it without being altered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from sapar.methods.errors import MethodError
from sapar.methods.recognition.rounding import number

# Letters that look alike on paper and differ in the file: Cyrillic on the left.
LOOKALIKES = str.maketrans("АВСЕавсе−–—", "ABCEabce---")


class Kind(StrEnum):
    """How a mark is written."""

    LABEL = "label"
    POINTS = "points"
    PERCENT = "percent"


@dataclass(frozen=True, kw_only=True)
class Band:
    """One grade of a scale. `low` and `high` are percents, both ends included."""

    label: str
    passing: bool
    points: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    words: str = ""

    def holds(self, percent: Decimal) -> bool:
        return self.low is not None and self.high is not None and self.low <= percent <= self.high


@dataclass(frozen=True, kw_only=True)
class GradeScale:
    """Bands from best to worst; `valid_from` and `valid_to` are included, None where the source is silent.

    Raises:
        MethodError: `recognition.bad_scale` with the fault when the bands contradict each other.
    """

    id: str
    version: str
    title: str
    holder: str
    bands: tuple[Band, ...]
    source: str
    level: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if fault := self._fault():
            raise MethodError("recognition.bad_scale", "The scale {scale}: {fault}.",
                              scale=self.id, fault=fault)  # fmt: skip

    def _fault(self) -> str:
        labels = [band.label for band in self.bands]
        passing = [band.passing for band in self.bands]
        points = [band.points for band in self.bands if band.points is not None]
        ranges = [
            (band.low, band.high) for band in self.bands if band.low is not None and band.high is not None
        ]
        if not labels:
            return "no bands"
        if not all(label.strip() for label in labels) or len(set(labels)) < len(labels):
            return "labels empty or repeated"
        if not any(passing):
            return "no passing band"
        if passing != sorted(passing, reverse=True):
            return "a passing band below a failing one"
        if any((band.low is None) != (band.high is None) for band in self.bands):
            return "half a percent interval"
        if any(not value.is_finite() for pair in ranges for value in pair) or any(
            not value.is_finite() for value in points
        ):
            return "a value that is not finite"
        if points != sorted(points, reverse=True):
            return "points rise where grades fall"
        if any(low > high for low, high in ranges):
            return "an interval ends before it starts"
        if any(below[1] >= above[0] for above, below in pairwise(ranges)):
            return "intervals overlap or rise"
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            return "ends before it starts"
        if not self.source.startswith(("https://", "http://")):
            return "no public source"
        return ""

    @property
    def passing(self) -> tuple[Band, ...]:
        return tuple(band for band in self.bands if band.passing)

    def covers(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    def band(self, mark: str, *, kind: Kind | None = None) -> Band:
        """The band of a mark as it stands on the transcript.

        Without `kind` the label counts first; a number that could be points as well as percent, with
        different outcomes, is refused, because 4 is excellent as points and a fail as percent.

        Raises:
            MethodError: `recognition.unknown_mark` (with `looks_like` when a Cyrillic letter was typed for a
                Latin one), `recognition.between_bands`, `recognition.ambiguous_mark`.
        """
        text = mark.strip()
        if text.endswith("%") and kind in (None, Kind.PERCENT):
            return self._by_percent(number(text[:-1], what="percent"), mark)
        if kind is Kind.PERCENT:
            return self._by_percent(number(text, what="percent"), mark)
        if kind is not Kind.POINTS:
            for band in self.bands:
                if band.label == text:
                    return band
            if kind is Kind.LABEL or not _is_number(text):
                raise self._unknown(mark)
        value = number(text)
        by_points = [band for band in self.bands if band.points == value]
        by_percent = [] if kind is Kind.POINTS else [band for band in self.bands if band.holds(value)]
        found = {band.label: band for band in by_points + by_percent}
        most = max((band.points for band in self.bands if band.points is not None), default=None)
        could_be_points = kind is None and most is not None and value <= most and not by_points
        if len(found) > 1 or (by_percent and could_be_points):
            raise MethodError(
                "recognition.ambiguous_mark",
                "“{mark}” is {points} as points and {percent} as percent on {scale}: say which it is.",
                mark=mark, scale=self.id, points=by_points[0].label if by_points else "no grade",
                percent=by_percent[0].label if by_percent else by_points[-1].label,
            )  # fmt: skip
        if found:
            return next(iter(found.values()))
        if kind is None and any(band.low is not None for band in self.bands):
            return self._by_percent(value, mark)
        raise self._unknown(mark)

    def _by_percent(self, percent: Decimal, mark: str) -> Band:
        ranged = [band for band in self.bands if band.low is not None and band.high is not None]
        for band in ranged:
            if band.holds(percent):
                return band
        above = [band.label for band in ranged if band.low is not None and band.low > percent]
        below = [band.label for band in ranged if band.high is not None and band.high < percent]
        if above and below:
            raise MethodError(
                "recognition.between_bands",
                "“{mark}” lies between {above} and {below} on {scale}, which does not say what it is.",
                mark=mark, scale=self.id, above=above[-1], below=below[0],
            )  # fmt: skip
        raise self._unknown(mark)

    def _unknown(self, mark: str) -> MethodError:
        seen = mark.strip().translate(LOOKALIKES).upper()
        hint = next((band.label for band in self.bands if band.label.upper() == seen), "")
        return MethodError("recognition.unknown_mark", "“{mark}” is not a mark of {scale}.",
                           mark=mark[:80], scale=self.id, looks_like=hint)  # fmt: skip


def _is_number(text: str) -> bool:
    try:
        number(text)
    except MethodError:
        return False
    return True


def pick_scale(scales: Iterable[GradeScale], *, holder: str, on: date, level: str = "") -> GradeScale:
    """The one scale of `holder` in force on the date of the mark.

    A scale for exactly this level goes before one for all levels.

    Raises:
        MethodError: `recognition.no_scale`; `recognition.ambiguous_scale` when the sources leave open which
            of several applied on that date (give the scales dates of your own decision then).
    """
    fitting = [scale for scale in scales if scale.holder == holder and scale.covers(on)]
    found = [scale for scale in fitting if scale.level == level] or [
        scale for scale in fitting if not scale.level
    ]
    if not found:
        raise MethodError("recognition.no_scale", "No scale of {holder} for {level} on {on} is known.",
                          holder=holder, level=level or "any level", on=on.isoformat())  # fmt: skip
    if len(found) > 1:
        raise MethodError(
            "recognition.ambiguous_scale", "Several scales of {holder} apply on {on}: {scales}.",
            holder=holder, on=on.isoformat(), scales=tuple(scale.id for scale in found),
        )  # fmt: skip
    return found[0]
