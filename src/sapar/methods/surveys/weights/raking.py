"""Post-stratification and raking (iterative proportional fitting).

Deming & Stephan (1940), Annals of Mathematical Statistics 11; Holt & Smith (1979), JRSS A 142.
All rows of one cell of the cross-classification get the same factor, so the iteration runs over the
occupied cells and not over the rows: its cost does not grow with the sample.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.weights.margins import Margin
from sapar.methods.surveys.weights.weighting import (
    FloatArray,
    Weighting,
    category_sums,
    checked_weights,
    weighting_of,
)

# Margins that differ by more than this share of the total cannot all be met.
AGREEMENT = 1e-8


@checked
def post_stratify(margin: Margin, weights: ArrayLike | None = None) -> Weighting:
    """Scale the weights within each post-stratum to its population count.

    Args:
        margin: rows by post-stratum; a category with a positive target must have rows.
        weights: base weights, one per row; ones if not given.

    Raises:
        MethodError: ``surveys.category_empty``, or what the weights are refused for.
    """
    base = checked_weights(weights, len(margin.codes))
    sums = _occupied_sums(margin, base)
    factors = _ratio(margin.targets, sums)[margin.codes]
    return weighting_of(base, factors, method="post-stratification", iterations=1, discrepancy=0.0)


@checked
def rake(
    margins: Sequence[Margin],
    weights: ArrayLike | None = None,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 1000,
) -> Weighting:
    """Scale the weights to each margin in turn until all of them hold at once.

    Args:
        margins: at least one; all over the same rows, with targets of equal sum.
        weights: base weights, one per row; ones if not given.
        tolerance: largest relative distance from any target that counts as met.
        max_iterations: passes over all margins before giving up.

    Raises:
        MethodError: ``surveys.no_margins``, ``surveys.margins_rows``, ``surveys.margins_disagree``,
            ``surveys.category_empty``, ``surveys.raking_not_converged`` (the margins contradict each
            other given the cells that have rows).
    """
    _check_margins(margins)
    base = checked_weights(weights, len(margins[0].codes))
    for margin in margins:
        _occupied_sums(margin, base)
    cells, codes = _occupied_cells(margins)
    sums = category_sums(cells, base, len(codes[0]))
    factors, iterations, discrepancy = _fit(margins, codes, sums, tolerance, max_iterations)
    return weighting_of(base, factors[cells], method="raking", iterations=iterations, discrepancy=discrepancy)


def _fit(
    margins: Sequence[Margin],
    codes: Sequence[NDArray[np.intp]],
    sums: FloatArray,
    tolerance: float,
    max_iterations: int,
) -> tuple[FloatArray, int, float]:
    """Factor per cell, passes taken, and the worst relative distance from a target."""
    factors = np.ones(len(sums))
    current = sums.copy()
    worst, where = np.inf, margins[0]
    for iteration in range(1, max_iterations + 1):
        worst = 0.0
        for margin, code in zip(margins, codes, strict=True):
            reached = category_sums(code, current, len(margin.targets))
            distance = _distance(reached, margin.targets)
            if distance > worst:
                worst, where = distance, margin
            step = _ratio(margin.targets, reached)[code]
            factors *= step
            current *= step
        if worst <= tolerance:
            # A pass that changed (almost) nothing: every margin was met when it began.
            return factors, iteration, worst
    raise MethodError(
        "surveys.raking_not_converged",
        "After {iterations} passes {margin} is still {distance:.3g} (relative) from its targets.",
        iterations=max_iterations,
        margin=where.name,
        distance=worst,
    )


def _distance(reached: FloatArray, targets: FloatArray) -> float:
    asked = targets > 0
    return float(np.abs(reached[asked] / targets[asked] - 1.0).max())


def _ratio(targets: FloatArray, sums: FloatArray) -> FloatArray:
    """Targets over sums; 0 where nothing is asked, 1 where nothing is there to be scaled."""
    ratio = np.divide(targets, sums, out=np.ones_like(targets), where=sums > 0)
    ratio[targets == 0] = 0.0
    return ratio


def _occupied_cells(margins: Sequence[Margin]) -> tuple[NDArray[np.intp], list[NDArray[np.intp]]]:
    """For each row its occupied cell, and for each margin the category of every such cell."""
    cells = margins[0].codes.astype(np.intp, copy=False)
    codes = [np.arange(len(margins[0].levels), dtype=np.intp)]
    for margin in margins[1:]:
        # Renumbered after every margin, so that many margins cannot overflow the cell number.
        width = len(margin.levels)
        crossed = cells * width + margin.codes
        present, cells = _renumbered(crossed, len(codes[0]) * width)
        codes = [code[present // width] for code in codes] + [present % width]
    return cells, codes


def _renumbered(values: NDArray[np.intp], width: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The distinct values in order, and for each entry its place among them."""
    if width > 8 * len(values) + 4096:
        distinct, places = np.unique(values, return_inverse=True)
        return distinct, places.astype(np.intp, copy=False)
    seen = np.zeros(width, dtype=bool)
    seen[values] = True
    place = np.cumsum(seen, dtype=np.intp) - 1
    return np.flatnonzero(seen), place[values]


def _check_margins(margins: Sequence[Margin]) -> None:
    if not margins:
        raise MethodError("surveys.no_margins", "Raking needs at least one margin.")
    first = margins[0]
    total = float(first.targets.sum())
    for margin in margins[1:]:
        if len(margin.codes) != len(first.codes):
            raise MethodError(
                "surveys.margins_rows",
                "{margin} has {rows} rows, {first} has {first_rows}.",
                margin=margin.name,
                rows=len(margin.codes),
                first=first.name,
                first_rows=len(first.codes),
            )
        if abs(float(margin.targets.sum()) - total) > AGREEMENT * total:
            raise MethodError(
                "surveys.margins_disagree",
                "The targets of {margin} add up to {total}, those of {first} to {first_total}.",
                margin=margin.name,
                total=float(margin.targets.sum()),
                first=first.name,
                first_total=total,
            )


def _occupied_sums(margin: Margin, base: FloatArray) -> FloatArray:
    """Sum of base weights by category, refused if a category is asked for that nobody is in."""
    sums = category_sums(margin.codes, base, len(margin.levels))
    empty = np.flatnonzero((sums == 0) & (margin.targets > 0))
    if len(empty):
        raise MethodError(
            "surveys.category_empty",
            "{margin} has targets for {levels}, but no row with a positive weight there.",
            margin=margin.name,
            levels=tuple(str(margin.levels[int(at)]) for at in empty),
        )
    return sums
