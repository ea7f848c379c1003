"""Designs whose weights were raked, post-stratified, calibrated or trimmed.

What the known totals explain of a figure no longer varies from sample to sample. With a sampling design the
linearised scores s_i (which carry the weights w_i) lose it before the variance is taken:

    post-stratification   s_i - w_i · Σ d s/w / Σ d     over the rows of the post-stratum (d: weights before)
    calibration           s_i - w_i · x_i'B             B from a regression of s/w on x weighted by d
    raking                for one margin after the other, ten times round: s_i - w_i · mean of s/w in the category

(Deville & Särndal 1992, formula 3.4; Lumley 2010, chapter 7; the form for raking is that of R's `survey`.) With
replicate weights every replicate is fitted anew by the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import ArrayLike

from sapar.methods.surveys.columns import FloatArray, IntArray, floats
from sapar.methods.surveys.designs import Design, Reweighting, sums
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.replicates import AnyDesign, refitted_replicates
from sapar.methods.surveys.weights.calibration import Distance, calibrate
from sapar.methods.surveys.weights.margins import Margin
from sapar.methods.surveys.weights.raking import post_stratify, rake
from sapar.methods.surveys.weights.trimming import trim
from sapar.methods.surveys.weights.weighting import Weighting

# Rounds over the margins when their means are taken out of the scores of a raked design; R's number.
ROUNDS = 10
# Auxiliary columns that follow from others to this relative length add nothing.
DEPENDENT = 1e-10


@checked
def raked(
    design: AnyDesign, margins: Sequence[Margin], *, tolerance: float = 1e-10, max_iterations: int = 1000
) -> AnyDesign:
    """The design with its weights raked to the margins; arguments and refusals as those of `weights.rake`.

    Raises:
        MethodError: ``surveys.replicate_not_reweighted`` naming the replicate that cannot meet the margins.
    """
    fit = partial(rake, margins, tolerance=tolerance, max_iterations=max_iterations)
    return _reweighted(design, Raking(tuple(margins), design.weights, fit(design.weights).weights, fit))


@checked
def post_stratified(design: AnyDesign, margin: Margin) -> AnyDesign:
    """The design with its weights scaled to the count of every post-stratum; see `weights.post_stratify`.

    Raises:
        MethodError: ``surveys.replicate_not_reweighted`` naming a replicate in which a post-stratum is empty.
    """
    after = post_stratify(margin, design.weights).weights
    return _reweighted(design, PostStratification(margin, design.weights, after))


@checked
def calibrated(
    design: AnyDesign,
    auxiliaries: ArrayLike,
    totals: ArrayLike,
    *,
    distance: Distance = "linear",
    bounds: tuple[float, float] = (-np.inf, np.inf),
    variances: ArrayLike | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 200,
) -> AnyDesign:
    """The design with its weights calibrated to totals; arguments and refusals as those of `weights.calibrate`.

    Raises:
        MethodError: ``surveys.replicate_not_reweighted`` naming the replicate that cannot meet the totals.
    """
    fit = partial(
        calibrate,
        auxiliaries,
        totals,
        distance=distance,
        bounds=bounds,
        variances=variances,
        tolerance=tolerance,
        max_iterations=max_iterations,
    )
    after = fit(design.weights).weights
    # The working variances belong to the regression estimator alone; the other distances take them for the
    # factors and not for the residuals, as in R.
    working = np.ones(len(after))
    if distance == "linear" and bounds == (-np.inf, np.inf) and variances is not None:
        working = floats(variances, what="variances")
    columns = floats(auxiliaries, what="auxiliaries")
    return _reweighted(design, Calibration(columns, working, design.weights, after, fit))


@checked
def trimmed(
    design: AnyDesign, *, lower: float = 0.0, upper: float = np.inf, strict: bool = False
) -> AnyDesign:
    """The design with its weights cut at limits; see `weights.trim`. Rows without weight stay without.

    The limits count as given beforehand: nothing is taken out of the variance, and what earlier steps
    explain stays taken out.
    """
    cut = Trimming(lower, upper, strict, design.weights)
    return _reweighted(design, replace(cut, after=cut.refitted(design.weights)))


def _reweighted(design: AnyDesign, step: Reweighting) -> AnyDesign:
    if isinstance(design, Design):
        return replace(design, weights=step.after, reweightings=(*design.reweightings, step))
    return refitted_replicates(design, step)


def _over(scores: FloatArray, weights: FloatArray) -> FloatArray:
    """The scores of one person instead of those of all she stands for; 0 where she stands for nobody."""
    below = weights[:, None]
    return np.divide(scores, below, out=np.zeros_like(scores), where=below != 0)


@dataclass(frozen=True, eq=False)
class PostStratification:
    """Weights scaled to the counts of one (perhaps crossed) variable."""

    margin: Margin
    base: FloatArray
    after: FloatArray
    explains: bool = True

    def residuals(self, scores: FloatArray) -> FloatArray:
        return scores - self.after[:, None] * _means(
            self.margin.codes, len(self.margin.levels), _over(scores, self.after), self.base
        )

    def refitted(self, weights: FloatArray) -> FloatArray:
        return post_stratify(self.margin, weights).weights


@dataclass(frozen=True, eq=False)
class Raking:
    """Weights fitted to several margins in turn."""

    margins: tuple[Margin, ...]
    base: FloatArray
    after: FloatArray
    fit: partial[Weighting]
    explains: bool = True

    def residuals(self, scores: FloatArray) -> FloatArray:
        plain = _over(scores, self.after)
        counted = (self.after != 0).astype(float)
        for _ in range(ROUNDS):
            for margin in self.margins:
                plain = plain - _means(margin.codes, len(margin.levels), plain, counted)
        return plain * self.after[:, None]

    def refitted(self, weights: FloatArray) -> FloatArray:
        return self.fit(weights).weights


@dataclass(frozen=True, eq=False)
class Calibration:
    """Weights fitted to totals of `columns` (rows, p); `variances` (rows,) are those of the working model."""

    columns: FloatArray
    variances: FloatArray
    base: FloatArray
    after: FloatArray
    fit: partial[Weighting]
    explains: bool = True

    @cached_property
    def _root(self) -> FloatArray:
        return np.asarray(np.sqrt(self.base / self.variances)[:, None])

    @cached_property
    def _basis(self) -> FloatArray:
        """Orthonormal columns that span the weighted auxiliaries."""
        scaled = self._root * self.columns
        size = np.sqrt((scaled**2).sum(axis=0))
        directions, lengths, _ = np.linalg.svd(scaled[:, size > 0] / size[size > 0], full_matrices=False)
        return np.asarray(directions[:, lengths > DEPENDENT * lengths.max(initial=0.0)])

    def residuals(self, scores: FloatArray) -> FloatArray:
        plain = _over(scores, self.after)
        # Zero weights have no part in the fit, but their rows have no scores either.
        left = self._root * plain
        for _ in range(2):
            # Once more, because the first pass leaves rounding of the size of what it took out.
            left = left - self._basis @ (self._basis.T @ left)
        return _over(left, self._root[:, 0]) * self.after[:, None]

    def refitted(self, weights: FloatArray) -> FloatArray:
        return self.fit(weights).weights


@dataclass(frozen=True, eq=False)
class Trimming:
    """Weights cut at limits."""

    lower: float
    upper: float
    strict: bool
    base: FloatArray
    after: FloatArray = field(default_factory=lambda: np.empty(0))
    explains: bool = False

    def residuals(self, scores: FloatArray) -> FloatArray:
        return scores

    def refitted(self, weights: FloatArray) -> FloatArray:
        result, some = weights.copy(), weights != 0
        result[some] = trim(weights[some], lower=self.lower, upper=self.upper, strict=self.strict).weights
        return result


def _means(codes: IntArray, size: int, values: FloatArray, weights: FloatArray) -> FloatArray:
    """(rows, k) the weighted mean of the row's category; 0 where a category has no weight."""
    whole = np.bincount(codes, weights, minlength=size)[:, None]
    tops = sums(codes, values * weights[:, None], size)
    return np.divide(tops, whole, out=np.zeros_like(tops), where=whole != 0)[codes]
