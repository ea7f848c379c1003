"""Confidence intervals by resampling: percentile, and bias-corrected and accelerated (BCa).

Source: B. Efron (1987), Better bootstrap confidence intervals, Journal of the American Statistical
Association 82(397), 171-185.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress, unheard

Floats = NDArray[np.float64]
CELLS_AT_ONCE = 4_000_000
MOST_CELLS = 2_000_000_000


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


def resampled(
    counts: NDArray[np.int64],
    statistic: Callable[[NDArray[np.int64]], Floats],
    *,
    repeats: int,
    seed: int,
    progress: Progress = unheard,
) -> Floats:
    """The statistic of `repeats` samples drawn with replacement.

    People who are alike are one row with a count, so that drawing n people from n is one multinomial draw.

    Args:
        counts: shape (kinds,), how many people are of each kind.
        statistic: takes counts of shape (samples, kinds), returns shape (samples,) or (samples, statistics).

    Raises:
        MethodError: `scores.too_much_work` beyond 2e9 repeats times kinds.
    """
    if repeats * counts.size > MOST_CELLS:
        raise MethodError("scores.too_much_work", "{repeats} samples of {kinds} different results.",
                          repeats=repeats, kinds=int(counts.size))  # fmt: skip
    rng = np.random.default_rng(seed)
    people = int(counts.sum())
    shares = counts / people
    at_once = max(1, CELLS_AT_ONCE // counts.size)
    parts: list[Floats] = []
    done = 0
    while done < repeats:
        size = min(at_once, repeats - done)
        parts.append(statistic(rng.multinomial(people, shares, size=size)))
        done += size
        progress(done, repeats)
    return np.concatenate(parts)


def percentile_interval(distribution: Floats, level: float) -> Interval:
    """The middle `level` (between 0 and 1) of the resampled values, shape (resamples,), in their own unit."""
    low, high = np.quantile(distribution, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def bca_interval(
    estimate: float, distribution: Floats, left_out: Floats, counts: NDArray[np.int64], level: float
) -> Interval | None:
    """BCa interval; None where it is not defined (no spread, all resamples on one side, a level too near 1).

    Args:
        left_out: shape (kinds,), the estimate without one person of each kind; `counts`: people of each kind.
    """
    below = (np.mean(distribution < estimate) + np.mean(distribution <= estimate)) / 2
    people = counts.sum()
    gap = counts @ left_out / people - left_out
    spread = counts @ gap**2
    if not 0 < below < 1 or not spread > 0 or not np.isfinite(left_out).all():
        return None
    bias = ndtri(below)
    acceleration = counts @ gap**3 / (6 * spread**1.5)
    tails = ndtri(np.array([(1 - level) / 2, (1 + level) / 2])) + bias
    stretch = 1 - acceleration * tails
    if not np.isfinite(tails).all() or not (stretch > 0).all():
        return None
    low, high = np.quantile(distribution, ndtr(bias + tails / stretch))
    return Interval(float(low), float(high))
