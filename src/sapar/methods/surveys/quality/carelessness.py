"""Marks of careless answering: the same answer all along a grid, and a questionnaire done too fast.

Straight-lining: long string (Johnson 2005), intra-individual response variability (Dunn et al. 2018) and
non-differentiation (Mulligan et al. 2001). Speeding: a share of the median time (Greszki, Meyer & Schoen 2015).
A mark is a reason to look, not a proof.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import floats, places
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.weights.weighting import FloatArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class StraightLining:
    """One entry per row of the grid.

    Attributes:
        flagged: all answers equal, or a run of at least the asked length.
        answered: answered items.
        longest_run: most equal answers one after the other, missing ones passed over.
        deviation: standard deviation of the row's answers (NaN under two answers).
        sameness: Σ p² of the shares p of each answer in the row: 1 if all are equal (NaN if none).
    """

    flagged: BoolArray
    answered: NDArray[np.intp]
    longest_run: NDArray[np.intp]
    deviation: FloatArray
    sameness: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Speeding:
    """One entry per row: flagged if below the threshold; `relative` is time over the group's median."""

    flagged: BoolArray
    relative: FloatArray
    threshold: FloatArray


@checked
def straight_lining(grid: ArrayLike, *, run: int | None = None, at_least: int = 4) -> StraightLining:
    """Look along each row of a grid of items with the same answer scale.

    Args:
        grid: rows × items in the order asked, as answered (do *not* turn reversed items round: a
            straight line through them is the strongest mark), NaN where missing.
        run: flag runs of this length as well; by default only a whole row of equal answers.
        at_least: rows with fewer answers are never flagged.

    Raises:
        MethodError: ``surveys.answers_shape``, ``surveys.answers_invalid``, ``surveys.run_invalid``.
    """
    table = floats(grid, what="answers")
    if table.ndim != 2 or table.size == 0:
        raise MethodError(
            "surveys.answers_shape", "A grid of shape {shape} cannot be read.", shape=tuple(table.shape)
        )
    if (infinite := np.isinf(table).any(axis=1)).any():
        raise MethodError(
            "surveys.answers_invalid", "Answers are infinite in rows {rows}.", rows=places(infinite)
        )
    if at_least < 2 or (run is not None and run < 2):
        raise MethodError(
            "surveys.run_invalid", "One answer makes no line: {run}, {at_least}.", run=run, at_least=at_least
        )
    answered = (~np.isnan(table)).sum(axis=1)
    longest = _longest_runs(table)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(table, axis=1) / answered
        squares = np.nansum((table - mean[:, None]) ** 2, axis=1)
        deviation = np.sqrt(squares / np.where(answered > 1, answered - 1, np.nan))
        equal = np.zeros(len(table))
        for item in range(table.shape[1]):
            equal += (table == table[:, [item]]).sum(axis=1)
        sameness = equal / answered.astype(float) ** 2
    line = (longest == answered) if run is None else (longest == answered) | (longest >= run)
    return StraightLining(
        flagged=line & (answered >= at_least),
        answered=answered,
        longest_run=longest,
        deviation=deviation,
        sameness=sameness,
    )


@checked
def speeding(
    seconds: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    fraction: float = 0.5,
    smallest_group: int = 10,
) -> Speeding:
    """Flag rows faster than a fraction of the median time of their group.

    Args:
        seconds: time taken, one per row; NaN where unknown (never flagged).
        groups: language, mode or version of the questionnaire; one group if not given. A group with fewer
            known times than `smallest_group` is held against the median of all.
        fraction: 0.5 flags those twice as fast as the median.

    Raises:
        MethodError: ``surveys.no_rows``, ``surveys.seconds_invalid`` (negative, infinite, none known),
            ``surveys.fraction_invalid``, ``surveys.groups_shape``.
    """
    times = floats(seconds, what="times")
    if times.ndim != 1 or len(times) == 0:
        raise MethodError("surveys.no_rows", "There are no times.")
    known = ~np.isnan(times)
    wrong = np.isinf(times) | (times < 0)
    if wrong.any() or not known.any():
        raise MethodError(
            "surveys.seconds_invalid", "Times are negative or infinite in rows {rows}, or all missing.",
            rows=places(wrong),
        )  # fmt: skip
    if not 0 < fraction < 1:
        raise MethodError(
            "surveys.fraction_invalid", "A fraction of {fraction} of the median.", fraction=fraction
        )
    if groups is not None and len(groups) != len(times):
        raise MethodError(
            "surveys.groups_shape", "{rows} times, {groups} groups.", rows=len(times), groups=len(groups)
        )
    median = np.full(len(times), float(np.median(times[known])))
    if groups is not None:
        place = {group: number for number, group in enumerate(dict.fromkeys(groups))}
        codes = np.array([place[group] for group in groups])
        for code in range(len(place)):
            inside = (codes == code) & known
            if inside.sum() >= smallest_group:
                median[codes == code] = np.median(times[inside])
    threshold = fraction * median
    relative = np.divide(times, median, out=np.full(len(times), np.nan), where=median > 0)
    return Speeding(flagged=known & (times < threshold), relative=relative, threshold=threshold)


def _longest_runs(table: FloatArray) -> NDArray[np.intp]:
    """Item by item: how long the run is that the latest answer of each row belongs to."""
    rows = len(table)
    last = np.full(rows, np.nan)
    length = np.zeros(rows, dtype=np.intp)
    longest = np.zeros(rows, dtype=np.intp)
    for item in range(table.shape[1]):
        answer = table[:, item]
        given = ~np.isnan(answer)
        length = np.where(given, np.where(answer == last, length + 1, 1), length)
        last = np.where(given, answer, last)
        longest = np.maximum(longest, length)
    return longest
