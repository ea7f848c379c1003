"""The lottery whose chances have the greatest geometric mean (maximum Nash welfare), by column generation.

It lies between leximin, which cares for the least only, and equal chances for the many: someone's chance may fall
by a percentage only if others together gain more than as many percentages. Whoever can sit at all has a chance.

The proof is short. With chances π, no panel may weigh more than n under the weights 1/π; then any other chances q
have Σ q/π ≤ n, so that the arithmetic, and with it the geometric, mean of the q/π is at most 1.
Source: the Nash welfare of B. Flanigan et al., "Fair algorithms for selecting citizens' assemblies", Nature 596
(2021) 548–552, supplementary information; on the optimum: E. Eisenberg and D. Gale, Ann. Math. Stat. 30 (1959) 165–168.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.sortition.pool import Counts, Floats
from sapar.methods.sortition.solver import Panels
from sapar.methods.sortition.splitting import Relaxation

TOLERANCE = 1e-8
MOST_PRICINGS = 20_000
NEGLIGIBLE = 1e-13


def nash_point(relaxation: Relaxation, heard: Callable[[float], None]) -> Floats:
    """The best counts over the fractional panels; kinds that none can hold are closed."""
    kinds, highs = relaxation.kinds, relaxation.program()
    covered = relaxation.closed.copy()
    columns: list[Floats] = []
    for kind in range(len(kinds)):
        if not covered[kind]:
            column = relaxation.best(highs, np.asarray(np.arange(len(kinds)) == kind, dtype=np.float64))
            if column[kind] > 1e-9:
                columns.append(column)
                covered |= column > 1e-9
            else:
                relaxation.closed[kind] = covered[kind] = True
    weights, columns = _climb(
        columns, kinds.sizes, relaxation.closed, lambda asked: relaxation.best(highs, asked), heard
    )
    return np.clip(weights @ np.array(columns), relaxation.lower, relaxation.upper)


def nash_columns(
    oracle: Panels, panels: Sequence[Counts], closed: NDArray[np.bool_], heard: Callable[[float], None]
) -> tuple[Floats, list[Counts]]:
    """The best mixture of whole panels; the start must hold every kind that is not closed."""

    def price(asked: Floats) -> Floats:
        panel = oracle.best(asked)
        if panel is None:
            raise MethodError("sortition.not_solved", "The solver stopped: {status}.", status="infeasible")
        return panel.astype(np.float64)

    start = [panel.astype(np.float64) for panel in panels]
    weights, columns = _climb(start, oracle.kinds.sizes, closed, price, heard)
    return weights, [np.rint(column).astype(np.int64) for column in columns]


def _climb(
    columns: list[Floats],
    sizes: Counts,
    closed: NDArray[np.bool_],
    price: Callable[[Floats], Floats],
    heard: Callable[[float], None],
) -> tuple[Floats, list[Floats]]:
    """Mix the columns, ask for the one that the mixture lacks most, and stop when none gains."""
    open_kinds = ~closed
    own = sizes[open_kinds].astype(np.float64)
    people = float(own.sum())
    weights = np.full(len(columns), 1 / len(columns))
    first, accuracy = 0.0, 1e-3
    for _ in range(MOST_PRICINGS):
        table = np.array(columns)[:, open_kinds] / own
        weights = _mixed(table, own, weights, accuracy)
        asked = np.zeros(len(sizes))
        asked[open_kinds] = 1 / (weights @ table)
        column = price(asked)
        excess = float(asked @ column) / people - 1
        first = first or excess
        if excess <= TOLERANCE:
            return weights, columns
        # A mixture need not be much better than what the next column will change.
        accuracy = min(accuracy, max(excess / 30, TOLERANCE / 30))
        heard(np.log(excess / TOLERANCE) / np.log(first / TOLERANCE))
        used = weights > NEGLIGIBLE
        columns = [one for one, use in zip(columns, used, strict=True) if use] + [column]
        weights = np.append(weights[used] / weights[used].sum() * 0.95, 0.05)
    raise MethodError(
        "sortition.not_converged", "No optimum after {rounds} integer programs.", rounds=MOST_PRICINGS
    )


def _mixed(table: Floats, own: Floats, start: Floats, accuracy: float) -> Floats:
    """Weights that maximise Σ own·log(weights @ table) up to a relative `accuracy`, by an interior-point method.

    At the optimum under Σ weights = 1 the multiplier of the sum is Σ own, so that the sum may be left free and
    its multiplier put into the objective. The barrier's share of each weight is the gap that it leaves.
    """
    people = float(own.sum())
    weights = np.maximum(start, 1e-9)
    least = accuracy * people / len(weights)
    barrier = 30 * least
    while True:
        for _ in range(50):
            chances = weights @ table
            # All in the scale of the weights themselves, in which the matrix stays well conditioned.
            scaled = table * weights[:, None]
            slope = people * weights - scaled @ (own / chances) - barrier
            bend = (scaled * (own / chances**2)) @ scaled.T
            bend[np.diag_indices_from(bend)] += barrier
            step = np.linalg.solve(bend, -slope)
            decrement = float(-slope @ step)
            if decrement < 0.1 * barrier:
                break
            deepest = float(step.min())
            length = min(1.0, 0.95 / -deepest) if deepest < 0 else 1.0
            value = _value(weights, table, own, people, barrier)
            while (
                length > 1e-6 and _value(weights * (1 + length * step), table, own, people, barrier) > value
            ):
                length /= 2
            weights = weights * (1 + length * step)
            if length <= 1e-6:
                break
        if barrier <= least:
            return np.asarray(weights / weights.sum())
        barrier = max(least, barrier / 30)


def _value(weights: Floats, table: Floats, own: Floats, people: float, barrier: float) -> float:
    return float(people * weights.sum() - own @ np.log(weights @ table) - barrier * np.log(weights).sum())
