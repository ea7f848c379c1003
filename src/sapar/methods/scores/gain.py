"""Normalised learning gain of people who took the same test before and after.

Class gain: R. R. Hake (1998), Interactive-engagement versus traditional methods, American Journal of Physics
66(1), 64-74: (mean after - mean before) / (best - mean before).
Normalised change: J. D. Marx and K. Cummings (2007), Normalized change, American Journal of Physics 75(1),
87-91: a loss is measured against what could be lost; who is at the top or the bottom both times is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sapar.methods.errors import MethodError, brief
from sapar.methods.progress import Progress, unheard
from sapar.methods.scores.bootstrap import Floats, Interval, bca_interval, percentile_interval, resampled
from sapar.methods.scores.keys import finite, is_text, is_whole

# Beyond this share of undefined resamples an interval of the others would mislead.
MOST_UNDEFINED = 0.01
# Columns of what is added up over people.
PEOPLE, BEFORE, AFTER, BELOW, GAINS, CHANGED, CHANGES = range(7)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """`value` with its intervals; None where not defined. `people`: how many it is made of."""

    value: float
    people: int
    percentile: Interval | None
    bca: Interval | None


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Gains of matched people.

    Attributes:
        matched, unmatched: people with both tests, and with one only, who are not used.
        at_ceiling: had the best score before; they count in `of_class`, but have no gain of their own.
        fell: scored lower after than before.
        of_class: gain of the means (Hake); of_people: mean of single gains of those below the ceiling;
        change: mean normalised change (Marx and Cummings), None when nobody has one.
    """

    matched: int
    unmatched: int
    at_ceiling: int
    fell: int
    mean_before: float
    mean_after: float
    of_class: Estimate
    of_people: Estimate
    change: Estimate | None
    level: float
    repeats: int
    seed: int


def learning_gain(
    before: ArrayLike,
    after: ArrayLike,
    *,
    best: float,
    seed: int,
    repeats: int = 9_999,
    level: float = 0.95,
    progress: Progress = unheard,
) -> Gain:
    """Gain of people standing in the same row of both columns; NaN means that the test was not taken.

    Args:
        before, after: shape (n,), from 0 to `best`.

    Raises:
        MethodError: `scores.not_numbers` and `scores.outside_range` with all cells at fault, `scores.columns_differ`,
            `scores.too_few` (fewer than two matched), `scores.no_room` (everyone had the best score before),
            `scores.bad_setting` unless `best` is above 0 and at most 10¹⁵, `level` between 0 and 1, `repeats`
            a whole number above and `seed` one from 0; `scores.too_much_work`.
    """
    _check_settings(best, repeats, level, seed)
    first, last, unmatched = _matched_rows(before, after, best)
    if first.size < 2:
        raise MethodError("scores.too_few", "{people} people took both tests.", people=int(first.size))
    if first.min() == best:
        raise MethodError("scores.no_room", "Everyone had the best score of {best} before.", best=float(best))
    pairs, counts = np.unique(np.column_stack([first, last]), axis=0, return_counts=True)
    weights = counts.astype(np.int64)
    addends = _addends(pairs, best)
    totals = weights @ addends

    def estimates(sample: NDArray[np.int64]) -> Floats:
        return _estimates(sample @ addends, best)

    found = _estimates(totals[None, :], best)[0]
    draws = resampled(weights, estimates, repeats=repeats, seed=seed, progress=progress)
    left_out = _estimates(totals - addends, best)
    people = (int(totals[PEOPLE]), int(totals[BELOW]), int(totals[CHANGED]))
    of_class, of_people, change = (
        _estimate(float(found[at]), people[at], draws[:, at], left_out[:, at], weights, level)
        for at in range(3)
    )
    return Gain(
        matched=int(first.size), unmatched=unmatched, at_ceiling=int((first == best).sum()),
        fell=int((last < first).sum()), mean_before=float(first.mean()), mean_after=float(last.mean()),
        of_class=of_class, of_people=of_people, change=change if change.people else None,
        level=level, repeats=repeats, seed=seed,
    )  # fmt: skip


def match_people(
    before: Mapping[str, float], after: Mapping[str, float]
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Columns for `learning_gain` from scores by person, and who is in only one of them.

    Raises:
        MethodError: `scores.not_a_person` with all ids that are no text.
    """
    if strangers := tuple(brief(one) for one in (*before, *after) if not is_text(one)):
        raise MethodError("scores.not_a_person", "These are no ids of people: {ids}.", ids=strangers)
    both = sorted(before.keys() & after.keys())
    return (
        _scores([before[person] for person in both], "before"),
        _scores([after[person] for person in both], "after"),
        tuple(sorted(before.keys() ^ after.keys())),
    )


def _matched_rows(before: ArrayLike, after: ArrayLike, best: float) -> tuple[Floats, Floats, int]:
    first, last = _scores(before, "before"), _scores(after, "after")
    if first.shape != last.shape or first.ndim != 1:
        raise MethodError("scores.columns_differ", "The columns have {lengths} answers.",
                          lengths=(int(first.size), int(last.size)))  # fmt: skip
    outside = [
        f"row {row}, {name}: {column[row]:g}"
        for name, column in (("before", first), ("after", last))
        for row in np.flatnonzero((column < 0) | (column > best)).tolist()
    ]
    if outside:
        raise MethodError("scores.outside_range", "These scores are not from 0 to {best}: {scores}.",
                          scores=tuple(outside), best=float(best))  # fmt: skip
    both = ~(np.isnan(first) | np.isnan(last))
    return first[both], last[both], int((np.isnan(first) != np.isnan(last)).sum())


def _scores(values: ArrayLike, name: str) -> Floats:
    """A column of numbers; every other cell is refused with its row, from 0."""
    try:
        column = np.asarray(values, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        cells = values if isinstance(values, Sequence) and not isinstance(values, str) else []
        wrong = tuple(f"row {row}: “{brief(cell)}”" for row, cell in enumerate(cells) if not _is_number(cell))
        raise MethodError(
            "scores.not_numbers", "The column {column} is not of numbers: {cells}.", column=name, cells=wrong
        ) from None
    return column


def _is_number(cell: object) -> bool:
    try:
        return np.asarray(cell, dtype=np.float64).ndim == 0
    except (ValueError, TypeError, OverflowError):
        return False


def _check_settings(best: float, repeats: int, level: float, seed: int) -> None:
    top, share = finite(best), finite(level)
    counts = is_whole(repeats) and is_whole(seed) and repeats >= 1 and 0 <= seed < 2**1024
    if not counts or top is None or top <= 0 or share is None or not 0 < share < 1:
        raise MethodError(
            "scores.bad_setting", "best {best}, repeats {repeats}, level {level}, seed {seed}.",
            best=brief(best), repeats=brief(repeats), level=brief(level), seed=brief(seed),
        )  # fmt: skip


def _addends(pairs: Floats, best: float) -> Floats:
    """Shape (kinds, 7): what one person of each kind adds to the totals."""
    first, last = pairs[:, 0], pairs[:, 1]
    below = first < best
    room = np.where(last >= first, best - first, first)
    changed = ~((first == last) & ((first == best) | (first == 0)))
    return np.column_stack(
        [
            np.ones(len(pairs)),
            first,
            last,
            below,
            np.where(below, (last - first) / np.where(below, best - first, 1), 0),
            changed,
            np.where(changed, (last - first) / np.where(room > 0, room, 1), 0),
        ]
    )


def _estimates(totals: Floats, best: float) -> Floats:
    """Shape (samples, 3): class gain, mean of single gains, mean change; NaN where nobody has one."""
    room = best * totals[:, PEOPLE] - totals[:, BEFORE]
    parts = [
        (totals[:, AFTER] - totals[:, BEFORE], np.where(totals[:, BELOW] > 0, room, 0)),
        (totals[:, GAINS], totals[:, BELOW]),
        (totals[:, CHANGES], totals[:, CHANGED]),
    ]
    return np.column_stack(
        [np.divide(above, under, out=np.full(len(totals), np.nan), where=under > 0) for above, under in parts]
    )


def _estimate(
    value: float, people: int, draws: Floats, left_out: Floats, counts: NDArray[np.int64], level: float
) -> Estimate:
    defined = draws[~np.isnan(draws)]
    if people == 0 or 1 - defined.size / draws.size > MOST_UNDEFINED:
        return Estimate(value=value, people=people, percentile=None, bca=None)
    return Estimate(
        value=value, people=people, percentile=percentile_interval(defined, level),
        bca=bca_interval(value, defined, left_out, counts, level),
    )  # fmt: skip
