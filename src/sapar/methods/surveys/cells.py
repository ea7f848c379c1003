"""Weighted totals of the cells of a table, by sampling unit, and the variances of its shares.

One pass over the rows adds the weights up to unit × cell; all variances are linear algebra on these totals.
Where units × cells would not fit (persons drawn directly), the totals are kept as a sparse matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import sparse

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import BoolArray, Column, Factor, FloatArray, IntArray, mask
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.replicates import AnyDesign, ReplicateDesign

Share = Literal["count", "cell", "row", "column"]
# Units × cells are kept dense up to this many, or this many times the rows.
DENSE = 4_000_000
ROWS_A_CELL = 8


class Banner:
    """The columns of tables, prepared once for many questions.

    Attributes:
        columns: the levels.
        inside: rows of the domain that belong to a column.
    """

    @checked
    def __init__(self, design: AnyDesign, columns: Factor | None, domain: Column | None = None) -> None:
        self.design = design
        self.columns = Factor(np.zeros(design.rows, dtype=np.int64), ("all",)) if columns is None else columns
        if len(self.columns) != design.rows:
            raise MethodError(
                "surveys.lengths_differ", "The columns have {columns} rows, the design {rows}.",
                columns=len(self.columns), rows=design.rows,
            )  # fmt: skip
        self.domain = mask(domain, design.rows)
        self.inside: BoolArray = self.domain & self.columns.answered
        self.width = len(self.columns.levels) + 1
        column = np.where(self.inside, self.columns.codes, -1).astype(np.int64) + 1
        self.group = column
        unit = design.stages[-1].unit if isinstance(design, Design) else design.unit
        self.base: IntArray = unit * self.width + column
        self.scratch = np.empty_like(self.base)
        self.units = design.unit_count if isinstance(design, Design) else len(design.factors)
        combined = isinstance(design, ReplicateDesign) and design.combined
        self.weights = None if combined else design.weights

    @cached_property
    def df(self) -> float:
        """Degrees of freedom of the design in the domain."""
        return float(self.design.degrees_of_freedom(None if self.domain.all() else self.domain))


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one table: question levels × banner columns.

    Attributes:
        rows: the question.
        n: (rows, columns) answers counted.
        totals: (rows, columns) sums of weights.
        by_unit: (units, rows · columns), dense or sparse.
        missing: rows of the domain without an answer to the question or without a column.
    """

    banner: Banner
    rows: Factor
    n: IntArray
    totals: FloatArray
    by_unit: FloatArray | sparse.csr_array
    missing: int

    @property
    def design(self) -> AnyDesign:
        return self.banner.design

    @cached_property
    def used(self) -> BoolArray:
        return self.banner.inside & self.rows.answered

    def bases(self, share: Share) -> FloatArray:
        """What each cell is a share of, in a shape that fits `totals`."""
        if share == "cell":
            return np.full((1, 1), self.totals.sum())
        return np.asarray(self.totals.sum(axis=1 if share == "row" else 0, keepdims=True))

    def shares(self, share: Share) -> FloatArray:
        """(rows, columns); NaN where the base is empty."""
        if share == "count":
            return self.totals
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.totals / self.bases(share))

    def scores(self, share: Share) -> FloatArray:
        """(units, rows · columns) linearised totals of the shares; dense designs only."""
        units = np.asarray(self.by_unit).reshape(-1, *self.totals.shape)
        if share == "count":
            return np.asarray(self.by_unit)
        axes: tuple[int, ...] = {"cell": (1, 2), "row": (2,), "column": (1,)}[share]
        whole = units.sum(axis=axes, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            linear = (units - self.shares(share) * whole) / self.bases(share)
        return np.asarray(linear.reshape(len(linear), -1))

    def replicated(self, share: Share) -> FloatArray:
        """(rows · columns, replicates)."""
        if not isinstance(self.design, ReplicateDesign):
            raise MethodError("surveys.bad_option", "{option} needs replicate weights.", option="replicates")
        totals = np.asarray(self.by_unit.T @ self.design.factors)
        if share == "count":
            return totals
        cube = totals.reshape(*self.totals.shape, -1)
        axes: tuple[int, ...] = {"cell": (0, 1), "row": (1,), "column": (0,)}[share]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((cube / cube.sum(axis=axes, keepdims=True)).reshape(len(totals), -1))

    def covariance(self, share: Share) -> FloatArray:
        """(rows · columns, rows · columns) of the shares or, with ``count``, of the totals."""
        design = self.design
        if isinstance(design, ReplicateDesign):
            # A column without answers has no shares; it must not take those of the others away.
            shares = self.shares(share).ravel()
            known = np.flatnonzero(np.isfinite(shares))
            result = np.full((len(shares), len(shares)), np.nan)
            found = design.covariance(self.replicated(share)[known], shares[known])
            result[np.ix_(known, known)] = found
            return result
        if sparse.issparse(self.by_unit):
            return self._from_totals(share)
        return design.covariance_of_totals(self.scores(share), self.domain_if_lonely)

    def variances(self, share: Share) -> FloatArray:
        """(rows, columns)."""
        design = self.design
        if isinstance(design, ReplicateDesign):
            shares = self.shares(share).ravel()
            return design.variances(self.replicated(share), shares).reshape(self.totals.shape)
        if sparse.issparse(self.by_unit):
            return np.diag(self.covariance(share)).reshape(self.totals.shape)
        if share in ("row", "column") and (design.lonely == "average" or design.lonely_domains):
            return self._by_domain(share)
        flat = design.variances_of_totals(self.scores(share), self.domain_if_lonely)
        return flat.reshape(self.totals.shape)

    @property
    def domain_if_lonely(self) -> BoolArray | None:
        """The domain matters only to how lonely units are treated."""
        return self.used if isinstance(self.design, Design) and self.design.has_lonely else None

    def _by_domain(self, share: Share) -> FloatArray:
        """Each column (or row) as a domain of its own, in which other strata may be lonely."""
        design = self.design
        if not isinstance(design, Design):
            raise MethodError("surveys.bad_option", "There is no option {option}.", option="domains")
        scores = self.scores(share).reshape(-1, *self.totals.shape)
        result = np.zeros(self.totals.shape)
        codes, along = (self.rows.codes, 0) if share == "row" else (self.banner.group - 1, 1)
        for at in range(self.totals.shape[along]):
            inside = self.used & (codes == at)
            if inside.any():
                piece = scores[:, at, :] if share == "row" else scores[:, :, at]
                found = design.variances_of_totals(piece, inside)
                result[(at, slice(None)) if share == "row" else (slice(None), at)] = found
        return result

    def _from_totals(self, share: Share) -> FloatArray:
        """Σ ∂p ∂p' V from the covariance V of the totals."""
        v = self._total_covariance
        if share == "count":
            return v
        r, c = self.totals.shape
        member = {"cell": np.ones((r * c, r * c)), "row": np.kron(np.eye(r), np.ones((c, c)))}.get(
            share, np.kron(np.ones((r, r)), np.eye(c))
        )
        p = self.shares(share).ravel()
        with np.errstate(invalid="ignore", divide="ignore"):
            gradient = (np.eye(r * c) - member * p) / np.broadcast_to(self.bases(share), (r, c)).ravel()
        result = np.asarray(gradient.T @ v @ gradient)
        fixed = (p == 0) | (p == 1)
        result[fixed, :] = result[:, fixed] = 0.0
        return result

    @cached_property
    def _total_covariance(self) -> FloatArray:
        design = self.design
        if not isinstance(design, Design):
            return self.covariance("count")
        totals = sparse.csr_array(self.by_unit)
        result = np.zeros((totals.shape[1], totals.shape[1]))
        for depth in range(len(design.stages) - 1, -1, -1):
            stage = design.stages[depth]
            factors, centred = design.factors(depth, self.domain_if_lonely)
            within, sums = _products(totals, stage.stratum, factors)
            result += within
            result -= sums.T @ (sums * (factors * centred / stage.drawn)[:, None])
            if depth:
                above = stage.parent[stage.stratum]
                totals = sparse.csr_array(_gather(above, design.stages[depth - 1].units) @ totals)
        return result


def _products(
    totals: sparse.csr_array, stratum: IntArray, factors: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """T' diag(f) T and the sums of T by stratum. Units that lie in one cell each, such as persons, are cheap."""
    cells = totals.shape[1]
    filled = np.diff(totals.indptr)
    if filled.max(initial=0) <= 1:
        layer = stratum[filled == 1]
        squares = np.bincount(totals.indices, factors[layer] * totals.data**2, minlength=cells)
        places = layer * cells + totals.indices
        sums = np.bincount(places, totals.data, minlength=len(factors) * cells)
        return np.diag(squares), np.asarray(sums.reshape(-1, cells), dtype=float)
    weighted = totals.multiply(factors[stratum][:, None]).tocsr()
    by_stratum = _gather(stratum, len(factors)) @ totals
    return (totals.T @ weighted).toarray(), by_stratum.toarray()


def _gather(index: IntArray, size: int) -> sparse.csr_array:
    count = len(index)
    return sparse.csc_array((np.ones(count), index, np.arange(count + 1)), shape=(size, count)).tocsr()


def count_cells(banner: Banner, rows: Factor) -> Cells:
    """Add the weights of a question's answers up by unit and cell.

    Raises:
        MethodError: ``surveys.lengths_differ``; ``surveys.no_answers``.
    """
    if len(rows) != banner.design.rows:
        raise MethodError(
            "surveys.lengths_differ", "The columns have {columns} rows, the design {rows}.",
            columns=len(rows), rows=banner.design.rows,
        )  # fmt: skip
    design, r, c = banner.design, len(rows.levels), banner.width - 1
    by_unit: FloatArray | sparse.csr_array
    if isinstance(design, Design) and design.calibrated:
        n, by_unit = _calibrated(design, banner, rows)
    elif banner.units * (r + 1) * (c + 1) <= max(DENSE, ROWS_A_CELL * len(rows)):
        n, by_unit = _dense(banner, rows)
    else:
        n, by_unit = _sparse(banner, rows)
    if isinstance(design, Design) and not design.calibrated:
        totals = np.asarray(by_unit.sum(axis=0)).reshape(r, c)
    else:
        used, keys = _keys(banner, rows)
        totals = np.bincount(keys, design.weights[used], minlength=r * c).reshape(r, c)
    if not totals.any():
        raise MethodError(
            "surveys.no_answers", "No row with a weight has an answer.", missing=int(banner.domain.sum())
        )
    return Cells(banner, rows, n, totals, by_unit, int(banner.domain.sum()) - int(n.sum()))


def _keys(banner: Banner, rows: Factor) -> tuple[BoolArray, IntArray]:
    """The rows used, and the cell of each."""
    used = banner.inside & rows.answered
    return used, rows.codes[used].astype(np.int64) * (banner.width - 1) + banner.group[used] - 1


def _dense(banner: Banner, rows: Factor) -> tuple[IntArray, FloatArray]:
    """Unit × column × row in one pass; rows outside fall into cells that are cut off."""
    height, width = len(rows.levels) + 1, banner.width
    keys = np.multiply(banner.base, height, out=banner.scratch)
    keys += rows.codes
    keys += 1
    size = banner.units * width * height
    n = np.bincount(keys, minlength=size).reshape(banner.units, width, height).sum(axis=0)[1:, 1:].T
    sums = np.bincount(keys, banner.weights, minlength=size).reshape(banner.units, width, height)
    by_unit = sums[:, 1:, 1:].transpose(0, 2, 1).reshape(banner.units, -1)
    return n, np.asarray(by_unit, dtype=float)


def _sparse(banner: Banner, rows: Factor) -> tuple[IntArray, sparse.csr_array]:
    shape = (len(rows.levels), banner.width - 1)
    used, keys = _keys(banner, rows)
    unit = banner.base[used] // banner.width
    weights = np.ones(len(keys)) if banner.weights is None else banner.weights[used]
    n = np.bincount(keys, minlength=shape[0] * shape[1]).reshape(shape)
    by_unit = sparse.coo_array((weights, (unit, keys)), shape=(banner.units, shape[0] * shape[1]))
    return n, sparse.csr_array(by_unit.tocsr())


def _calibrated(design: Design, banner: Banner, rows: Factor) -> tuple[IntArray, FloatArray]:
    """Totals of what the calibration leaves unexplained, cell by cell."""
    shape = (len(rows.levels), banner.width - 1)
    used, inside = _keys(banner, rows)
    keys = np.full(len(rows), -1, dtype=np.int64)
    keys[used] = inside
    n = np.bincount(inside, minlength=shape[0] * shape[1]).reshape(shape)
    by_unit = np.empty((design.unit_count, n.size))
    for start in range(0, n.size, 16):
        block = np.arange(start, min(start + 16, n.size))
        by_unit[:, block] = design.unit_totals((keys[:, None] == block) * design.weights[:, None])
    return n, by_unit
