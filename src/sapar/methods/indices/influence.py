"""What weights really do, and weights that give each part the influence it is meant to have.

The weight of a part is not its importance: parts that vary more, or move with the others, count for more. Influence is
measured as
    "correlation"   r_i / Σ r, with r_i the correlation of part i with the whole;
    "covariance"    w_i·cov(x_i, y)/var(y): shares of the variance of a weighted arithmetic mean that sum to 1 exactly;
    "squared"       r_i² / Σ r².
Sources: Paruolo, Saisana & Saltelli, J. R. Stat. Soc. A 176 (2013) 609–634; Becker, Saisana, Paruolo & Vandecasteele,
Ecological Indicators 80 (2017) 12–22.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks
from sapar.methods.indices.columns import Floats

MEASURES = ("correlation", "covariance", "squared")


@dataclass(frozen=True)
class Optimised:
    """`reached` is False when no weights give the target; `error` is the largest difference that remains."""

    weights: dict[str, float]
    influence: dict[str, float]
    target: dict[str, float]
    error: float
    reached: bool


def influence(x: Floats, weights: Floats, measure: str = "correlation") -> Floats:
    """Influence of each part, shape (parts,), on their weighted arithmetic mean.

    `x` has shape (units, parts) and no holes; `weights` (parts,) are not negative, and only their ratio counts.
    Source: Paruolo, Saisana & Saltelli (2013).

    Raises MethodError `indices.no_influence` when the whole does not vary or the measures do not sum to more than 0;
    `.unknown_measure`, `.wrong_shape`, `.empty_data`, `.infinite_value`, `.missing_values`, `.too_few_units` (below 3),
    `.constant_indicator`, `.bad_weight`, `.weightless_group`.
    """
    if measure not in MEASURES:
        raise MethodError(
            "indices.unknown_measure",
            "There is no measure {measure}; there are {known}.",
            measure=measure,
            known=MEASURES,
        )
    names = [str(at) for at in range(np.shape(x)[-1] if np.ndim(x) else 0)]
    x = _checked(x, names)
    raw = checks.plain_weights(weights, names)
    if not raw.sum() > 0:
        raise MethodError("indices.weightless_group", "All weights below {code} are zero.", code="influence")
    return _influence(np.cov(x.T).reshape(x.shape[1], -1), raw / raw.sum(), measure)


def _influence(covariance: Floats, share: Floats, measure: str) -> Floats:
    with_whole = covariance @ share
    variance = float(share @ with_whole)
    if not variance > 0:
        raise MethodError("indices.no_influence", "The weighted mean does not vary.")
    if measure == "covariance":
        return np.asarray(share * with_whole / variance, dtype=np.float64)
    r = with_whole / (np.sqrt(np.diag(covariance)) * math.sqrt(variance))
    power = r if measure == "correlation" else r**2
    if not power.sum() > 1e-9:
        raise MethodError("indices.no_influence", "The parts have no common direction.")
    return np.asarray(power / power.sum())


def optimised_weights(
    codes: Sequence[str],
    x: Floats,
    target: Mapping[str, float] | None = None,
    *,
    measure: str = "correlation",
    tolerance: float = 1e-6,
    starts: int = 8,
    seed: int = 0,
) -> Optimised:
    """Weights, not negative and summing to 1, whose influence comes as near as possible to `target`.

    Args:
        codes, x: parts and their normalised scores (units, parts), complete.
        target: influence of each part, equal for all when None; only ratios count.
        measure: how influence is measured.
        tolerance: the target counts as reached when no share is off by more.
        starts: searches from different weights, the first from the target itself; `seed` draws the others.

    Source: Becker, Saisana, Paruolo & Vandecasteele (2017); "covariance": Griveau-Billion, Richard & Roncalli (2013).

    Raises MethodError as `influence`, and `indices.unknown_code` (the target names other parts), `.bad_weight` (of the
    target), `.duplicate_code`, `.bad_seed`, `.unknown_measure`. A target that cannot be reached is no error: see
    `Optimised.reached`.
    """
    x = _checked(x, codes)
    checks.good_seed(seed)
    if measure not in MEASURES:
        raise MethodError(
            "indices.unknown_measure",
            "There is no measure {measure}; there are {known}.",
            measure=measure,
            known=MEASURES,
        )
    if target is not None and set(target) != set(codes):
        raise MethodError("indices.unknown_code", "The target must name {codes}.", codes=tuple(codes))
    wanted = np.array([1.0 if target is None else target[code] for code in codes])
    if not (np.isfinite(wanted).all() and (wanted >= 0).all() and wanted.sum() > 0):
        raise MethodError(
            "indices.bad_weight", "The target influence is not negative and not zero everywhere."
        )
    wanted = wanted / wanted.sum()
    covariance = np.cov(x.T).reshape(len(codes), -1)
    weights = _by_covariance(covariance, wanted) if measure == "covariance" else None
    if weights is None:
        weights = _by_search(covariance, wanted, measure, tolerance, starts, seed)
    reached = _influence(covariance, weights, measure)
    error = float(np.abs(reached - wanted).max())
    return Optimised(
        dict(zip(codes, weights.tolist(), strict=True)),
        dict(zip(codes, reached.tolist(), strict=True)),
        dict(zip(codes, wanted.tolist(), strict=True)),
        error,
        error <= tolerance,
    )


def _by_covariance(covariance: Floats, wanted: Floats) -> Floats:
    """The weights whose shares of the variance are those wanted; they exist when no part repeats the others.

    Minimises ½w'Σw − Σ b_i ln w_i, which is convex and whose optimum has w_i(Σw)_i = b_i, by cyclical coordinate
    descent (Griveau-Billion, Richard & Roncalli, "A fast algorithm for computing high-dimensional risk parity
    portfolios", 2013).
    """
    spread = np.sqrt(np.diag(covariance))
    r = covariance / np.outer(spread, spread)
    w = np.ones(len(wanted))
    for _ in range(10_000):
        before = w.copy()
        for i in range(len(w)):
            others = float(r[i] @ w) - w[i]
            w[i] = (math.sqrt(others * others + 4 * wanted[i]) - others) / 2
        if np.abs(w - before).max() <= 1e-14 * w.max():
            break
    raw = w / spread
    return np.asarray(raw / raw.sum())


def _by_search(
    covariance: Floats, wanted: Floats, measure: str, tolerance: float, starts: int, seed: int
) -> Floats:
    def share(t: Floats) -> Floats:
        return np.asarray(t * t / (t * t).sum())

    def off(t: Floats) -> Floats:
        try:
            return np.asarray(_influence(covariance, share(t), measure) - wanted, dtype=np.float64)
        except MethodError:  # these weights have no common direction; others may
            return np.ones(len(wanted))

    k = len(wanted)
    rng = np.random.default_rng(seed)
    tries = [np.sqrt(np.maximum(wanted, 1e-3))]
    tries += [np.sqrt(rng.dirichlet(np.ones(k))) + 1e-3 for _ in range(starts - 1)]
    best, least = tries[0], np.inf
    for start in tries:
        found = least_squares(off, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=500)
        error = float(np.abs(found.fun).max())
        if error < least:
            best, least = np.asarray(found.x), error
        if least <= 1e-3 * tolerance:
            break
    return share(best)


def _checked(values: Floats, codes: Sequence[str]) -> Floats:
    x = checks.table(codes, values)
    if len(x) < 3:
        raise MethodError("indices.too_few_units", "{units} complete units are too few.", units=len(x))
    if not np.isfinite(x).all():
        raise MethodError(
            "indices.missing_values", "Influence needs all values; missing are some of {codes}.",
            codes=tuple(codes[int(at)] for at in np.flatnonzero(np.isnan(x).any(axis=0))),
        )  # fmt: skip
    if (flat := ~(np.ptp(x, axis=0) > 1e-13 * np.abs(x).max(axis=0))).any():
        raise MethodError(
            "indices.constant_indicator", "{codes} have the same value everywhere.",
            codes=tuple(code for code, same in zip(codes, flat, strict=True) if same),
        )  # fmt: skip
    return x
