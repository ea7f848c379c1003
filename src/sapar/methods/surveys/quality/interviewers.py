"""How much the answers depend on who asked.

One-way analysis of variance with random interviewers: Kish (1962), JASA 57, 92-115; intervals: Shrout & Fleiss
(1979), Psychological Bulletin 86, 420-428, with the mean workload of Donner (1979) where workloads differ.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import f as f_distribution

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import floats, places
from sapar.methods.surveys.given import checked


@dataclass(frozen=True, kw_only=True)
class InterviewerEffect:
    """Intraclass correlation within interviewers and what it costs.

    Attributes:
        icc: (MSB - MSW) / (MSB + (k₀ - 1)·MSW), Kish's roh; may fall below zero by chance.
        low, high: interval; exact if all workloads are equal.
        design_effect: 1 + (k - 1)·icc with k = Σn²/n, never under 1; variances of means are multiplied by it.
        p: of the F test that interviewers do not differ.
        workload: k₀, the mean workload that the analysis of variance uses.
    """

    icc: float
    low: float
    high: float
    confidence: float
    design_effect: float
    f: float
    p: float
    interviewers: int
    answers: int
    missing: int
    workload: float


@checked
def interviewer_effect(
    answers: ArrayLike, interviewers: Sequence[Hashable], *, confidence: float = 0.95
) -> InterviewerEffect:
    """ICC of one numeric question over interviewers.

    It tells interviewers from places only if interviewers were assigned to places by chance
    (an interpenetrated design); otherwise it holds both.

    Args:
        answers: one number per interview (0/1 for a category), NaN where missing (left out).
        interviewers: who asked, one per interview.

    Raises:
        MethodError: ``surveys.interviewers_shape``, ``surveys.answers_invalid``,
            ``surveys.too_few_interviewers`` (fewer than two), ``surveys.too_few_rows`` (one interview each),
            ``surveys.no_variation``, ``surveys.confidence_invalid``.
    """
    values = floats(answers, what="answers")
    if values.ndim != 1 or len(values) != len(interviewers):
        raise MethodError(
            "surveys.interviewers_shape",
            "{interviewers} interviewers for answers of shape {shape}.",
            interviewers=len(interviewers),
            shape=tuple(values.shape),
        )
    if (infinite := np.isinf(values)).any():
        raise MethodError(
            "surveys.answers_invalid", "Answers are infinite in rows {rows}.", rows=places(infinite)
        )
    if not 0 < confidence < 1:
        raise MethodError("surveys.confidence_invalid", "{level} is no confidence level.", level=confidence)
    known = ~np.isnan(values)
    asked = [who for who, there in zip(interviewers, known, strict=True) if there]
    values = values[known]
    place = {who: number for number, who in enumerate(dict.fromkeys(asked))}
    codes = np.array([place[who] for who in asked], dtype=np.intp)
    groups, size = len(place), len(values)
    if groups < 2:
        raise MethodError(
            "surveys.too_few_interviewers", "{interviewers} interviewers cannot be compared.",
            interviewers=groups,
        )  # fmt: skip
    if size == groups:
        raise MethodError("surveys.too_few_rows", "Every interviewer has one interview.", rows=size)
    load = np.bincount(codes)
    # Centred first: a large common level must not eat the digits of the squares.
    centred = values - values.mean()
    means = np.bincount(codes, centred) / load
    between = float(load @ means**2) / (groups - 1)
    residuals = centred - means[codes]
    within = float(residuals @ residuals) / (size - groups)
    if not np.ptp(values) > 0:
        raise MethodError("surveys.no_variation", "All {rows} answers are equal.", rows=size)
    squares = float(load @ load) / size
    mean_load = (size - squares) / (groups - 1)
    ratio = between / within if within > 0 else float("inf")
    tail = (1.0 - confidence) / 2
    freedom = groups - 1, size - groups
    icc = _icc(ratio, mean_load)
    return InterviewerEffect(
        icc=icc,
        low=_icc(ratio / float(f_distribution.ppf(1.0 - tail, *freedom)), mean_load),
        high=_icc(ratio / float(f_distribution.ppf(tail, *freedom)), mean_load),
        confidence=confidence,
        design_effect=1.0 + (squares - 1.0) * max(icc, 0.0),
        f=ratio,
        p=float(f_distribution.sf(ratio, *freedom)),
        interviewers=groups,
        answers=size,
        missing=int((~known).sum()),
        workload=mean_load,
    )


def _icc(ratio: float, load: float) -> float:
    """From the ratio MSB / MSW."""
    return 1.0 if np.isinf(ratio) else (ratio - 1.0) / (ratio + load - 1.0)
