"""A margin: one categorical variable of the sample with the population count of each category."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.weights.weighting import FloatArray

Level = TypeVar("Level", bound=Hashable)


@dataclass(frozen=True, kw_only=True, eq=False)
class Margin:
    """Rows coded 0 … K-1 by category, beside the K population counts.

    `levels` names the categories in the order of `targets`; `codes` has one entry per row.
    """

    name: str
    levels: tuple[Hashable, ...]
    codes: NDArray[np.intp]
    targets: FloatArray

    def __post_init__(self) -> None:
        _check_targets(self)
        codes = self.codes
        if codes.ndim != 1 or not np.issubdtype(codes.dtype, np.integer):
            raise MethodError(
                "surveys.margin_codes",
                "The codes of {margin} are not a vector of integers.",
                margin=self.name,
            )
        if len(codes) == 0:
            raise MethodError("surveys.no_rows", "Margin {margin} has no rows.", margin=self.name)
        if codes.min() < 0 or codes.max() >= len(self.levels):
            raise MethodError(
                "surveys.margin_codes",
                "A code of {margin} is outside 0 … {last}.",
                margin=self.name,
                last=len(self.levels) - 1,
            )


@checked
def margin(
    name: str,
    values: Sequence[Hashable] | NDArray[np.generic],
    targets: Mapping[Level, float],
    *,
    total: float | None = None,
) -> Margin:
    """Code the values of one variable by the categories of its targets.

    Args:
        name: the variable, as refusals shall call it.
        values: one category per row; tuples cross several variables: ``list(zip(region, sex))``.
        targets: population count (or share) of every category.
        total: if given, targets are scaled to this sum, so that shares or per cent may be typed.

    Raises:
        MethodError: ``surveys.category_unknown`` (a value without target, missing values included),
            ``surveys.targets_invalid``, ``surveys.no_rows``.
    """
    place: dict[Hashable, int] = {level: number for number, level in enumerate(targets)}
    listed: Iterable[Hashable] = values.tolist() if isinstance(values, np.ndarray) else values
    try:
        codes = np.fromiter(map(place.get, listed, repeat(-1)), np.intp)
    except TypeError:  # a list among the values
        codes = np.fromiter((_place(place, value) for value in listed), np.intp)
    if len(codes) and codes.min() < 0:
        rows = np.flatnonzero(codes < 0)
        raise MethodError(
            "surveys.category_unknown",
            "{count} rows have a value of {margin} without a target: {values}; the first is row {row}.",
            margin=name,
            count=len(rows),
            row=int(rows[0]) + 1,
            rows=tuple((rows + 1).tolist()),
            values=tuple(dict.fromkeys(str(values[int(row)]) for row in rows)),
        )
    wanted = np.array([float(target) for target in targets.values()])
    if total is not None:
        if not (np.isfinite(total) and total > 0 and wanted.sum() > 0):
            raise MethodError(
                "surveys.targets_invalid", "The targets of {margin} cannot be scaled to {total}.",
                margin=name, total=total,
            )  # fmt: skip
        wanted = wanted * (total / wanted.sum())
    return Margin(name=name, levels=tuple(place), codes=codes, targets=wanted)


def _place(place: Mapping[Hashable, int], value: object) -> int:
    """The number of the category; -1 for what is none, lists among them."""
    try:
        return place.get(value, -1)
    except TypeError:
        return -1


def _check_targets(margin: Margin) -> None:
    targets = margin.targets
    if targets.shape != (len(margin.levels),) or len(targets) == 0:
        raise MethodError(
            "surveys.targets_invalid", "{margin} has no targets, or not one per category.", margin=margin.name
        )
    wrong = np.flatnonzero(~(np.isfinite(targets) & (targets >= 0)))
    if len(wrong):
        raise MethodError(
            "surveys.targets_invalid",
            "Targets of {levels} in {margin} are {values}.",
            margin=margin.name,
            levels=tuple(str(margin.levels[int(at)]) for at in wrong),
            values=tuple(targets[wrong].tolist()),
        )
    if not targets.any():
        raise MethodError("surveys.targets_invalid", "All targets of {margin} are zero.", margin=margin.name)
