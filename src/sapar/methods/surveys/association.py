"""Is the answer independent of the group? Tests for a two-way table from a complex sample.

Rao & Scott 1981, 1984: Pearson's X² of the estimated shares is distributed as Σ δ_i χ²_1 with δ the
eigenvalues of Δ = (C'D⁻¹C/n)⁻¹ C'D⁻¹ V D⁻¹C (D the shares, C the interaction contrasts). First order:
X²/δ̄ as χ²; second order (Thomas & Rao 1987): F = X²/Σδ with d = (Σδ)²/Σδ² and d·ν degrees of freedom, ν
those of the design. Wald: Koch, Freeman & Freeman 1975, its adjustment Fellegi 1980.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from scipy import linalg, stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.cells import Banner, Cells, count_cells
from sapar.methods.surveys.columns import Column, Factor, FloatArray, IntArray
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.quadratic_forms import exact_tail, saddlepoint_tail
from sapar.methods.surveys.replicates import AnyDesign

AssociationTest = Literal["F", "chisq", "wald", "adjusted-wald", "exact", "saddlepoint"]


@dataclass(frozen=True, kw_only=True)
class Association:
    """A test of independence.

    Attributes:
        test: which one.
        statistic: the F of ``F`` and the Wald tests; X² of the others.
        p: probability of a larger one under independence.
        ndf: degrees of freedom of the numerator.
        ddf: those of the denominator; inf for a chi-square.
        pearson: X² of the shares, times the answers counted.
        deffs: the generalised design effects δ; their mean alone for ``F`` and ``chisq``, none for Wald tests.
        design_df: ν.
        n: answers counted.
        missing: rows of the domain left out.
    """

    test: AssociationTest
    statistic: float
    p: float
    ndf: float
    ddf: float
    pearson: float
    deffs: tuple[float, ...]
    design_df: float
    n: int
    missing: int


@checked
def association(
    design: AnyDesign | Banner,
    rows: Factor,
    columns: Factor | None = None,
    *,
    test: AssociationTest = "F",
    domain: Column | None = None,
) -> Association:
    """Test whether `rows` and `columns` are independent in the population.

    Levels nobody chose are dropped. The design's degrees of freedom are those of the domain, whether or not a
    row has both answers.

    Args:
        test: ``F`` Rao–Scott second order; ``chisq`` first order; ``wald``; ``adjusted-wald``; ``exact`` the
            distribution of Σ δ_i χ² itself by Imhof's integral, ``saddlepoint`` its approximation.

    Raises:
        MethodError: ``surveys.one_level`` when a side has a single level; ``surveys.empty_cells`` when empty
            cells leave the test undefined; ``surveys.no_variation`` when too few sampling units do;
            ``surveys.no_degrees_of_freedom``.
    """
    banner = design if isinstance(design, Banner) else Banner(design, columns, domain)
    return cells_association(count_cells(banner, rows), test)


def cells_association(cells: Cells, test: AssociationTest = "F") -> Association:
    """The test on cells already counted."""
    if test not in get_args(AssociationTest):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(test))
    keep_rows, keep_columns = cells.totals.any(axis=1), cells.totals.any(axis=0)
    r, c = int(keep_rows.sum()), int(keep_columns.sum())
    if r < 2 or c < 2:
        raise MethodError(
            "surveys.one_level", "A test needs two answers and two groups; there are {rows} and {columns}.",
            rows=r, columns=c,
        )  # fmt: skip
    kept = np.flatnonzero(np.outer(keep_rows, keep_columns).ravel())
    totals = cells.totals.ravel()[kept].reshape(r, c)
    design, nu = cells.design, cells.banner.df
    if nu < 1:
        raise MethodError(
            "surveys.no_degrees_of_freedom",
            "The design leaves {df} degrees of freedom; an interval cannot be given.",
            df=nu,
        )
    n = int(cells.n.sum())
    shares = totals / totals.sum()
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    pearson = n * float(((shares - expected) ** 2 / expected).sum())
    if test in ("wald", "adjusted-wald"):
        statistic, ndf, ddf = _wald(totals, cells.covariance("count")[np.ix_(kept, kept)], nu, test)
        p = float(stats.f.sf(statistic, ndf, ddf))
        deffs: list[float] = []
    else:
        delta = _generalised_deffs(cells, kept, shares, n)
        trace = float(np.trace(delta))
        spread = trace**2 / float(np.einsum("jk,jk->", delta, delta))
        deffs = [trace / len(delta)]
        if test == "F":
            statistic, ndf, ddf = pearson / trace, spread, spread * nu
            p = float(stats.f.sf(statistic, ndf, ddf))
        elif test == "chisq":
            statistic, ndf, ddf = pearson, len(delta), math.inf
            p = float(stats.chi2.sf(pearson / deffs[0], ndf))
        else:
            eigen = np.maximum(np.linalg.eigvalsh(delta), 0.0)
            deffs = eigen.tolist()
            # With replicate weights R refers the sum to chi-squares, with a sampling design to their F.
            statistic, ndf = pearson, spread
            ddf = spread * nu if isinstance(design, Design) else math.inf
            p = (exact_tail if test == "exact" else saddlepoint_tail)(pearson, eigen, ddf)
    return Association(
        test=test,
        statistic=float(statistic),
        p=p,
        ndf=float(ndf),
        ddf=float(ddf),
        pearson=pearson,
        deffs=tuple(deffs),
        design_df=nu,
        n=n,
        missing=cells.missing,
    )


def _generalised_deffs(cells: Cells, kept: IntArray, shares: FloatArray, n: int) -> FloatArray:
    """Δ in a basis where it is symmetric: n L⁻¹ C'D⁻¹ V D⁻¹C L⁻' with LL' = C'D⁻¹C."""
    contrasts = _contrasts(*shares.shape)
    p = shares.ravel()
    scaled = np.divide(contrasts, p[:, None], out=np.zeros_like(contrasts), where=p[:, None] > 0)
    try:
        lower = np.linalg.cholesky(contrasts.T @ scaled)
    except np.linalg.LinAlgError as error:
        raise _undefined(shares) from error
    direction = linalg.solve_triangular(lower, scaled.T, lower=True)
    v = cells.covariance("cell")
    if len(kept) < len(v):
        v = v[np.ix_(kept, kept)]
    delta = np.asarray(n * (direction @ v @ direction.T))
    if not np.trace(delta) > 0:
        raise MethodError("surveys.no_variation", "The shares do not vary between the sampling units.")
    return delta


def _undefined(cells: FloatArray) -> MethodError:
    """Why the covariance of the contrasts has no inverse."""
    if empty := int((cells == 0).sum()):
        return MethodError(
            "surveys.empty_cells", "{cells} of the cells are empty; the test is not defined.", cells=empty
        )
    return MethodError(
        "surveys.no_variation",
        "The differences from independence do not all vary between the sampling units.",
    )


@lru_cache(maxsize=64)
def _contrasts(rows: int, columns: int) -> FloatArray:
    """(cells, (rows - 1)(columns - 1)) orthonormal interactions: products of Helmert's contrasts."""
    sides = []
    for levels in (rows, columns):
        table = np.zeros((levels, levels - 1))
        for at in range(1, levels):
            table[:at, at - 1] = 1.0
            table[at, at - 1] = -at
            table[:, at - 1] /= math.sqrt(at * (at + 1))
        sides.append(table)
    return np.asarray(np.kron(*sides), dtype=float)


def _wald(totals: FloatArray, v: FloatArray, nu: float, test: AssociationTest) -> tuple[float, float, float]:
    """Wald's statistic on observed less expected totals, first row and column left out."""
    r, c = totals.shape
    whole, by_row, by_column = totals.sum(), totals.sum(axis=1), totals.sum(axis=0)
    gaps = totals - np.outer(by_row, by_column) / whole
    same_row, same_column = np.kron(np.eye(r), np.ones((c, c))), np.kron(np.ones((r, r)), np.eye(c))
    jacobian = (
        np.eye(r * c)
        - same_row * np.tile(by_column, r)[:, None] / whole
        - same_column * np.repeat(by_row, c)[:, None] / whole
        + (np.outer(by_row, by_column).ravel() / whole**2)[:, None]
    )
    use = np.arange(r * c).reshape(r, c)[1:, 1:].ravel()
    spread = (jacobian @ v @ jacobian.T)[np.ix_(use, use)]
    ndf = float(len(use))
    size = np.sqrt(np.diag(spread))
    # What is left when the terms of a variance cancel is rounding, not a variance.
    terms = np.diag(np.abs(jacobian) @ np.abs(v) @ np.abs(jacobian).T)[use]
    if not (size**2 > 1e-12 * terms).all() or np.linalg.cond(spread / np.outer(size, size)) > 1e10:
        raise _undefined(totals)
    statistic = float(gaps.ravel()[use] @ np.linalg.solve(spread, gaps.ravel()[use])) / ndf
    if test == "wald":
        return statistic, ndf, nu
    ddf = nu - ndf + 1
    if ddf < 1:
        raise MethodError(
            "surveys.no_degrees_of_freedom",
            "The design leaves {df} degrees of freedom; an interval cannot be given.",
            df=ddf,
        )
    return statistic * ddf / nu, ndf, ddf
