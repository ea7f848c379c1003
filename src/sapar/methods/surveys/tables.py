"""Tables: counts, shares of rows, columns or all, with standard errors, and the comparison of columns.

Shares are ratios of cell totals; their variances follow from the totals by sampling unit (`cells`).
Sources: Särndal, Swensson & Wretman (1992), ch. 5; tests: Rao & Scott (1984); p-values: Holm (1979), Benjamini &
Hochberg (1995).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import special

from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress, unheard
from sapar.methods.surveys.association import Association, AssociationTest, cells_association
from sapar.methods.surveys.cells import Banner, Cells, Share, count_cells
from sapar.methods.surveys.columns import Column, Factor, FloatArray, IntArray
from sapar.methods.surveys.comparisons import Adjustment, Differences, compare_columns
from sapar.methods.surveys.estimates import critical
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.replicates import AnyDesign, ReplicateDesign

ShareInterval = Literal["logit", "mean"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Shares:
    """One kind of share: (rows, columns) values and standard errors; NaN where the base is empty."""

    share: Share
    values: FloatArray
    se: FloatArray
    df: float

    @checked
    def intervals(
        self, level: float = 0.95, *, method: ShareInterval = "logit", df: float | None = None
    ) -> FloatArray:
        """(rows, columns, 2) from Student's t with the design's degrees of freedom, or `df` (inf: normal).

        ``logit`` stays inside 0 and 1; a share of exactly 0 or 1 has none (NaN).
        """
        if method not in get_args(ShareInterval):
            raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(method))
        t = critical(level, self.df if df is None else df)
        if method == "mean" or self.share == "count":
            return np.stack([self.values - t * self.se, self.values + t * self.se], axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            half = t * self.se / (self.values * (1 - self.values))
            centre = special.logit(self.values)
            ends = np.stack([special.expit(centre - half), special.expit(centre + half)], axis=-1)
        ends[~np.isfinite(centre)] = np.nan
        return np.asarray(ends)


@dataclass(frozen=True, kw_only=True, eq=False)
class SurveyTable:
    """A question by a banner.

    Attributes:
        rows, columns: their levels.
        n: (rows, columns) answers counted, unweighted.
        totals: (rows, columns) weighted counts.
        shares: the kinds asked for.
        df: degrees of freedom of the design in the domain.
        missing: rows of the domain without an answer or without a column.
        test: independence of rows and columns, when asked for.
        untested: the code of the refusal when the test is not defined for these answers.
        differences: between columns, when asked for.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    n: IntArray
    totals: FloatArray
    shares: Mapping[Share, Shares]
    df: float
    missing: int
    test: Association | None = None
    untested: str = ""
    differences: Differences | None = None

    @property
    def bases(self) -> IntArray:
        """(columns,) answers counted in each column."""
        return np.asarray(self.n.sum(axis=0))

    @checked
    def plain(self, share: Share = "column", level: float = 0.95) -> list[dict[str, object]]:
        """One line a cell: row, column, n, total, share, se, low, high."""
        if share not in self.shares:
            raise MethodError("surveys.bad_option", "There is no option {option}.", option=share)
        chosen = self.shares[share]
        ends = chosen.intervals(level) if self.df > 0 else np.full((*self.n.shape, 2), np.nan)
        return [
            {
                "row": row,
                "column": column,
                "n": int(self.n[i, j]),
                "total": float(self.totals[i, j]),
                "share": float(chosen.values[i, j]),
                "se": float(chosen.se[i, j]),
                "low": float(ends[i, j, 0]),
                "high": float(ends[i, j, 1]),
            }
            for i, row in enumerate(self.rows)
            for j, column in enumerate(self.columns)
        ]


@checked
def crosstab(
    design: AnyDesign | Banner,
    rows: Factor,
    columns: Factor | None = None,
    *,
    shares: Sequence[Share] = ("column",),
    test: AssociationTest | None = None,
    compare: Adjustment | None = None,
    level: float = 0.95,
    smallest: int = 2,
    domain: Column | None = None,
) -> SurveyTable:
    """One table; without `columns` a single column ``all``.

    Args:
        design: or a `Banner`, prepared once for many questions.
        shares: ``column`` shares add up to 1 in each column, ``row`` in each row, ``cell`` in the table;
            ``count`` are the weighted counts themselves.
        test: of independence; refusals that only concern the answers found are kept as `untested`.
        compare: columns pair by pair, p-values of each row adjusted: ``none``, ``holm``, ``fdr``, ``bonferroni``.
        level: 1 less the level of significance of the letters.
        smallest: columns with fewer answers are not compared.

    Raises:
        MethodError: ``surveys.bad_option`` for another kind of share, ``surveys.lengths_differ``,
            ``surveys.no_answers``.
    """
    if unknown := [share for share in shares if share not in get_args(Share)]:
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(unknown[0]))
    banner = design if isinstance(design, Banner) else Banner(design, columns, domain)
    cells = count_cells(banner, rows)
    df = banner.df
    kinds = {
        share: Shares(share=share, values=cells.shares(share), se=np.sqrt(cells.variances(share)), df=df)
        for share in shares
    }
    found: Association | None = None
    untested = ""
    if test is not None:
        try:
            found = cells_association(cells, test)
        except MethodError as refused:
            if refused.code not in UNDEFINED:
                raise
            untested = refused.code
    return SurveyTable(
        rows=rows.levels,
        columns=banner.columns.levels,
        n=cells.n,
        totals=cells.totals,
        shares=kinds,
        df=df,
        missing=cells.missing,
        test=found,
        untested=untested,
        differences=None if compare is None else _differences(cells, compare, level, smallest, df),
    )


UNDEFINED = frozenset(
    {
        "surveys.one_level",
        "surveys.empty_cells",
        "surveys.no_variation",
        "surveys.no_degrees_of_freedom",
    }
)


@checked
def crosstabs(
    design: AnyDesign,
    questions: Mapping[str, Factor],
    columns: Factor | None = None,
    *,
    shares: Sequence[Share] = ("column",),
    test: AssociationTest | None = "F",
    compare: Adjustment | None = None,
    level: float = 0.95,
    smallest: int = 2,
    domain: Column | None = None,
    progress: Progress = unheard,
) -> dict[str, SurveyTable]:
    """Many questions by one banner; arguments as for `crosstab`."""
    banner = Banner(design, columns, domain)
    tables: dict[str, SurveyTable] = {}
    for done, (name, rows) in enumerate(questions.items()):
        progress(done, len(questions))
        tables[name] = crosstab(
            banner,
            rows,
            shares=shares,
            test=test if columns is not None else None,
            compare=compare,
            level=level,
            smallest=smallest,
        )
    progress(len(questions), len(questions))
    return tables


def _differences(cells: Cells, adjustment: Adjustment, level: float, smallest: int, df: float) -> Differences:
    """Column shares of each row, pair by pair."""
    r, c = cells.totals.shape
    able = (cells.n.sum(axis=0) >= max(smallest, 2)) & (cells.totals.sum(axis=0) > 0)
    design = cells.design
    if isinstance(cells.by_unit, np.ndarray) and not isinstance(design, ReplicateDesign):
        scores = cells.scores("column").reshape(-1, r, c)
        covariances = (
            design.covariance_of_totals(np.ascontiguousarray(scores[:, row, :]), cells.domain_if_lonely)
            for row in range(r)
        )
    else:
        v = cells.covariance("column").reshape(r, c, r, c)
        covariances = (v[row, :, row, :] for row in range(r))
    return compare_columns(cells.shares("column"), covariances, able, df, adjustment=adjustment, level=level)
