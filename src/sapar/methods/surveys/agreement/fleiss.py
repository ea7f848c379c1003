"""Fleiss' kappa of several coders.

Fleiss (1971), Psychological Bulletin 76, 378-382; standard error: Fleiss, Nee & Landis (1979), ibid. 86, 974-977.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from sapar.methods.errors import MethodError
from sapar.methods.surveys.agreement.ratings import Ratings, coded
from sapar.methods.surveys.columns import floats
from sapar.methods.surveys.given import checked


@dataclass(frozen=True, kw_only=True)
class FleissKappa:
    """`by_value` gives for each value its share and its own kappa (None if all or none were given it)."""

    kappa: float
    observed: float
    expected: float
    se_null: float
    z: float
    p: float
    units: int
    coders: int
    dropped: int
    by_value: tuple[tuple[Hashable, float, float | None], ...]


@checked
def fleiss_kappa(ratings: Ratings) -> FleissKappa:
    """Kappa over coders × units; units that lack a value of any coder are dropped.

    With many missing values use Krippendorff's alpha, which uses them all.

    Raises:
        MethodError: ``surveys.ratings_shape``, ``surveys.no_units``, ``surveys.no_variation``.
    """
    matrix = coded(ratings)
    complete = (matrix.codes >= 0).all(axis=0)
    codes = matrix.codes[:, complete]
    size, units = len(matrix.values), codes.shape[1]
    cells = (np.arange(units)[None, :] * size + codes).ravel()
    counts = np.bincount(cells, minlength=units * size).reshape(units, size)
    return fleiss_kappa_of_counts(counts, values=matrix.values, dropped=int((~complete).sum()))


@checked
def fleiss_kappa_of_counts(
    counts: ArrayLike, *, values: Sequence[Hashable] = (), dropped: int = 0
) -> FleissKappa:
    """Kappa of units × values counts; each row adds up to the number of coders, the same for all.

    Raises:
        MethodError: ``surveys.counts_invalid``, ``surveys.no_units``, ``surveys.no_variation``.
    """
    table = floats(counts, what="counts")
    if table.ndim != 2 or len(table) == 0 or table.shape[1] == 0:
        raise MethodError("surveys.no_units", "No unit was coded by all.", dropped=dropped)
    coders = float(table[0].sum())
    whole = np.isfinite(table) & (table >= 0) & (table == np.round(table))
    wrong = np.flatnonzero(~whole.all(axis=1) | (table.sum(axis=1) != coders))
    if wrong.size or coders < 2:
        raise MethodError(
            "surveys.counts_invalid",
            "Rows are not counts of the same two or more coders: the first adds up to {coders}; see rows {rows}.",
            coders=coders, rows=tuple((wrong + 1).tolist()),
        )  # fmt: skip
    units = len(table)
    share = table.sum(axis=0) / (units * coders)
    expected = float(share @ share)
    if 1.0 - expected <= 1e-14:
        raise MethodError("surveys.no_variation", "All coders gave the same value throughout.", units=units)
    pairs = units * coders * (coders - 1)
    observed = float((table * (table - 1)).sum()) / pairs
    rest = share * (1.0 - share)
    spread = float(rest.sum())
    variance = 2.0 * (spread**2 - float(rest @ (1.0 - 2.0 * share))) / (pairs * spread**2)
    se = float(np.sqrt(max(variance, 0.0)))
    kappa = (observed - expected) / (1.0 - expected)
    z = kappa / se if se > 0 else float("nan")
    names = tuple(values) or tuple(range(table.shape[1]))
    disagreeing = (table * (coders - table)).sum(axis=0)
    return FleissKappa(
        kappa=kappa,
        observed=observed,
        expected=expected,
        se_null=se,
        z=z,
        p=float(2 * norm.sf(abs(z))),
        units=units,
        coders=int(coders),
        dropped=dropped,
        by_value=tuple(
            (name, float(share[k]), 1.0 - float(disagreeing[k] / (pairs * rest[k])) if rest[k] > 0 else None)
            for k, name in enumerate(names)
        ),
    )
