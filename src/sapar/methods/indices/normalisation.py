"""Bringing indicators to one scale on which more is better.

Methods (OECD/JRC Handbook 2008, step 5); d is the direction, a and b the ends of `scale`:
    "minmax"                (x − min)/(max − min), mirrored for d = −1, on a…b
    "zscore"                d(x − mean)/sd, shifted and stretched to mean a and standard deviation b
    "scaled"                a + b·d·x
    "fraction_of_max"       x/max, and 1 − x/max for d = −1, times b
    "distance_to_max"       1 − (max − x)/(max − min) for d = 1: min-max on 0…b
    "distance_to_target"    (x − min)/(target − min), and (max − x)/(max − target) for d = −1, times b
    "distance_to_reference" the same with the value of the unit `reference` as target
    "goalposts"             (x − low)/(high − low) with fixed posts from the tree, mirrored for d = −1, on a…b
    "rank", "borda"         n units: 1 … n from the worst; number of units that are worse
    "percentile_rank"       (rank − 1)/(n − 1), times b
All but the three by rank are straight lines and can be frozen: fitted on one year and applied to another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.columns import Bools, Floats, Ints
from sapar.methods.indices.tree import Tree

BY_RANK = ("rank", "borda", "percentile_rank")
METHODS = (
    "minmax", "zscore", "scaled", "fraction_of_max", "distance_to_max", "distance_to_target",
    "distance_to_reference", "goalposts", *BY_RANK,
)  # fmt: skip


@dataclass(frozen=True)
class Normalisation:
    """How indicators are brought to one scale.

    Attributes:
        method: one of the names above.
        scale: ends of the scale, or mean and standard deviation for "zscore", intercept and slope for "scaled".
        capped: values beyond the posts, target or reference stay at the end of the scale.
        reference: the unit for "distance_to_reference".
        by_code: indicators that are brought to scale in a way of their own.
    """

    method: str = "minmax"
    scale: tuple[float, float] = (0.0, 100.0)
    capped: bool = True
    reference: str = ""
    by_code: tuple[tuple[str, Normalisation], ...] = ()

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise MethodError(
                "indices.unknown_normalisation",
                "There is no normalisation {method}; there are {known}.",
                method=self.method,
                known=METHODS,
            )
        low, high = self.scale
        good = math.isfinite(low) and math.isfinite(high)
        if not good or (high <= 0 if self.method in ("zscore", "scaled") else low >= high):
            raise MethodError(
                "indices.bad_scale", "The scale {low} to {high} is not one.", low=low, high=high
            )
        checks.unique("code", [code for code, _ in self.by_code])
        if nested := tuple(code for code, rule in self.by_code if rule.by_code):
            raise MethodError("indices.nested_rules", "{codes} have rules within rules.", codes=nested)

    @property
    def rules(self) -> tuple[Normalisation, ...]:
        """The rules of single indicators and the common one."""
        return (*(rule for _, rule in self.by_code), self)

    def split(self, codes: Sequence[str], width: int) -> list[tuple[Normalisation, Ints]]:
        """Which columns go by which rule."""
        numbered = [(code, at) for at, (code, _) in enumerate(self.by_code)]
        plain = replace(self, by_code=())
        return [
            (plain if at < 0 else self.by_code[at][1], places)
            for at, places in columns.parts(numbered, codes, width)
        ]


@dataclass(frozen=True, eq=False)
class FittedNormalisation:
    """score = start + (x − origin)·slope, kept within floor…ceiling; arrays of shape (columns,)."""

    start: Floats
    origin: Floats
    slope: Floats
    floor: Floats
    ceiling: Floats

    def apply(self, x: Floats) -> Floats:
        """Scores of `x`, shape (..., columns)."""
        return np.asarray(np.clip(self.start + (x - self.origin) * self.slope, self.floor, self.ceiling))

    def take(self, at: slice | list[int]) -> FittedNormalisation:
        return FittedNormalisation(*(getattr(self, one.name)[at] for one in fields(self)))


@dataclass(frozen=True, eq=False)
class Posts:
    """What the tree and the units give to a normalisation; arrays of shape (columns,), NaN where nothing is given."""

    codes: tuple[str, ...]
    direction: Floats
    low: Floats
    high: Floats
    target: Floats
    rows: Mapping[str, int]

    def tiled(self, times: int) -> Posts:
        """The same for `times` tables beside each other."""
        return Posts(
            self.codes,
            np.tile(self.direction, times),
            np.tile(self.low, times),
            np.tile(self.high, times),
            np.tile(self.target, times),
            self.rows,
        )

    def take(self, at: Ints) -> Posts:
        """The same for some columns."""
        codes = tuple(dict.fromkeys(self.codes[int(one) % len(self.codes)] for one in at))
        return Posts(codes, self.direction[at], self.low[at], self.high[at], self.target[at], self.rows)


def posts(tree: Tree, rule: Normalisation, units: tuple[str, ...]) -> Posts:
    """Collect what `rule` needs from the tree; refuse what is missing."""
    nodes = [tree.by_code[code] for code in tree.indicators]

    def given(values: list[float | None]) -> Floats:
        return np.array([math.nan if value is None else value for value in values])

    found = Posts(
        tree.indicators,
        tree.directions,
        given([node.low for node in nodes]),
        given([node.high for node in nodes]),
        given([node.target for node in nodes]),
        {unit: row for row, unit in enumerate(units)},
    )
    if unknown := tuple(code for code, _ in rule.by_code if code not in tree.indicators):
        raise MethodError("indices.unknown_code", "There are no indicators {codes}.", codes=unknown)
    needed = {
        "goalposts": np.isnan(found.low) | np.isnan(found.high),
        "distance_to_target": np.isnan(found.target),
    }
    for one, at in rule.split(tree.indicators, len(nodes)):
        if one.method in needed and (without := needed[one.method][at]).any():
            raise MethodError(
                "indices.posts_missing",
                "{method} needs posts or a target; {codes} have none.",
                method=one.method,
                codes=tuple(nodes[int(place)].code for place in at[without]),
            )
        if one.method == "distance_to_reference" and one.reference not in found.rows:
            raise MethodError("indices.unknown_unit", "There is no unit {unit}.", unit=one.reference)
    return found


def normalise(x: Floats, rule: Normalisation, given: Posts) -> tuple[Floats, FittedNormalisation | None]:
    """Scores of `x`, shape (units, columns), and the fitted line unless an indicator goes by rank."""
    if rule.by_code:
        scores = np.empty_like(x)
        lines: list[tuple[Ints, FittedNormalisation]] = []
        for one, at in rule.split(given.codes, x.shape[1]):
            scores[:, at], line = normalise(x[:, at], one, given.take(at))
            if line is not None:
                lines.append((at, line))
        straight = sum(at.size for at, _ in lines) == x.shape[1]
        return scores, _whole(lines, x.shape[1]) if straight else None
    if rule.method in BY_RANK:
        return _by_rank(x, rule, given), None
    fitted = fit(x, rule, given)
    return fitted.apply(x), fitted


def fit(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    """The straight line of each column.

    Raises MethodError `indices.no_values`, `indices.constant_indicator`, `indices.bad_target`, `indices.not_positive`.
    """
    if rule.by_code:
        return _whole(
            [(at, fit(x[:, at], one, given.take(at))) for one, at in rule.split(given.codes, x.shape[1])],
            x.shape[1],
        )
    if rule.method in BY_RANK:
        raise MethodError(
            "indices.ranks_cannot_be_frozen",
            "{method} depends on all units and cannot be frozen.",
            method=rule.method,
        )
    if rule.method not in ("goalposts", "scaled"):
        _refuse(~np.isfinite(x).any(axis=0), given, "indices.no_values", "{codes} have no values.")
    return FITS[rule.method](x, rule, given)


def _whole(lines: Sequence[tuple[Ints, FittedNormalisation]], width: int) -> FittedNormalisation:
    """The lines of some columns each, put together."""
    arrays = [np.empty(width) for _ in fields(FittedNormalisation)]
    for at, line in lines:
        for array, one in zip(arrays, fields(line), strict=True):
            array[at] = getattr(line, one.name)
    return FittedNormalisation(*arrays)


def _line(
    origin: Floats, end: Floats, rule: Normalisation, given: Posts, capped: bool
) -> FittedNormalisation:
    """From the low end of the scale at `origin` to its high end at `end`."""
    low, high = rule.scale
    width = np.zeros_like(origin)
    return FittedNormalisation(
        width + low,
        origin,
        (high - low) / (end - origin),
        width + (low if capped else -np.inf),
        width + (high if capped else np.inf),
    )


def _ends(x: Floats, given: Posts) -> tuple[Floats, Floats]:
    """The worst and the best value of each column."""
    low, high = columns.lowest(x), columns.highest(x)
    _refuse(
        ~(high - low > 1e-13 * np.maximum(np.abs(low), np.abs(high))),
        given,
        "indices.constant_indicator",
        "{codes} have the same value everywhere, so that no scale can be laid.",
    )
    up = given.direction > 0
    return np.where(up, low, high), np.where(up, high, low)


def _minmax(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    worst, best = _ends(x, given)
    return _line(worst, best, rule, given, False)


def _goalposts(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    up = given.direction > 0
    return _line(
        np.where(up, given.low, given.high), np.where(up, given.high, given.low), rule, given, rule.capped
    )


def _zscore(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    _ends(x, given)
    centre, spread = rule.scale
    free = np.full(x.shape[1], np.inf)
    slope = given.direction * spread / columns.deviation(x)
    return FittedNormalisation(np.full(x.shape[1], centre), columns.mean(x), slope, -free, free)


def _scaled(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    start, slope = rule.scale
    free = np.full(x.shape[1], np.inf)
    return FittedNormalisation(
        np.full(x.shape[1], start), np.zeros(x.shape[1]), given.direction * slope, -free, free
    )


def _fraction_of_max(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    high = columns.highest(x)
    bad = (columns.lowest(x) < 0) | (high <= 0)
    _refuse(bad, given, "indices.not_positive", "{codes} have negative values or no positive one.")
    up, free = given.direction > 0, np.full(x.shape[1], np.inf)
    top = rule.scale[1]
    # From the worst value on, so that it scores 0 and not what rounding leaves of 1 − max/max.
    return FittedNormalisation(
        np.zeros_like(high), np.where(up, 0.0, high), given.direction * top / high, -free, free
    )


def _towards(x: Floats, goal: Floats, rule: Normalisation, given: Posts, capped: bool) -> FittedNormalisation:
    up = given.direction > 0
    worst = np.where(up, columns.lowest(x), columns.highest(x))
    bad = ~((goal - worst) * given.direction > 0)
    _refuse(bad, given, "indices.bad_target", "The goal of {codes} is not better than the worst value.")
    return _line(worst, goal, Normalisation("minmax", (0.0, rule.scale[1])), given, capped)


def _distance_to_max(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    return _towards(x, _ends(x, given)[1], rule, given, False)


def _distance_to_target(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    return _towards(x, given.target, rule, given, rule.capped)


def _distance_to_reference(x: Floats, rule: Normalisation, given: Posts) -> FittedNormalisation:
    goal = x[given.rows[rule.reference]]
    _refuse(np.isnan(goal), given, "indices.reference_missing", "The reference unit has no value of {codes}.")
    return _towards(x, goal, rule, given, rule.capped)


FITS: dict[str, Callable[[Floats, Normalisation, Posts], FittedNormalisation]] = {
    "minmax": _minmax,
    "goalposts": _goalposts,
    "zscore": _zscore,
    "scaled": _scaled,
    "fraction_of_max": _fraction_of_max,
    "distance_to_max": _distance_to_max,
    "distance_to_target": _distance_to_target,
    "distance_to_reference": _distance_to_reference,
}


def _by_rank(x: Floats, rule: Normalisation, given: Posts) -> Floats:
    _refuse(~np.isfinite(x).any(axis=0), given, "indices.no_values", "{codes} have no values.")
    ranked = columns.ranks_up(x * given.direction)
    if rule.method == "rank":
        return ranked
    if rule.method == "borda":
        return ranked - 1
    n = columns.counts(x)
    _refuse(n < 2, given, "indices.constant_indicator", "{codes} have only one value.")
    return (ranked - 1) / (n - 1) * rule.scale[1]


def _refuse(bad: Bools | np.bool_, given: Posts, code: str, message: str) -> None:
    if bad.any():
        width = len(given.codes)
        which = dict.fromkeys(given.codes[int(at) % width] for at in np.nonzero(bad)[0])
        raise MethodError(code, message, codes=tuple(which))
