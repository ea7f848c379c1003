"""Questions that every function asks of what it is given, before it computes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sapar.methods.errors import MethodError
from sapar.methods.indices.columns import Floats

# Beyond it sums and squares overflow, and scores would be wrong without a word.
LARGEST = 1e100


def numbers(name: str, values: ArrayLike) -> Floats:
    """A fresh array of floats; `indices.not_numbers` when it is none."""
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise MethodError("indices.not_numbers", "{name} is not a table of numbers.", name=name) from None


def same_shape(name: str, found: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """`indices.wrong_shape`; −1 in `wanted` stands for any length."""
    if len(found) != len(wanted) or any(
        want not in (-1, have) for have, want in zip(found, wanted, strict=True)
    ):
        raise MethodError(
            "indices.wrong_shape", "{name} has the shape {found}; needed is {wanted}.",
            name=name, found=found, wanted=wanted,
        )  # fmt: skip


def unique(what: str, names: Sequence[str]) -> None:
    """`indices.duplicate_unit` or `indices.duplicate_code`, with all names that occur twice."""
    if twice := tuple(name for name, times in Counter(names).items() if times > 1):
        raise MethodError(f"indices.duplicate_{what}", "These occur more than once: {names}.", names=twice)


def finite(table: Floats, units: Sequence[str], codes: Sequence[str]) -> None:
    """`indices.infinite_value` with all cells that are infinite or beyond ±`LARGEST`; NaN is let through."""
    if (infinite := np.abs(table) > LARGEST).any():
        cells = tuple(f"{codes[at]} of {units[row]}" for row, at in zip(*np.nonzero(infinite), strict=True))
        raise MethodError(
            "indices.infinite_value", "These values are infinite or beyond ±{most:g}: {cells}.",
            cells=cells, most=LARGEST,
        )  # fmt: skip


def table(codes: Sequence[str], values: ArrayLike, name: str = "x") -> Floats:
    """Values of named columns, shape (units, codes), at least one of each; NaN may stand in it."""
    array = numbers(name, values)
    same_shape(name, array.shape, (-1, len(codes)))
    if not array.size:
        raise MethodError("indices.empty_data", "There are no units or no indicators.")
    unique("code", codes)
    finite(array, [f"row {row + 1}" for row in range(len(array))], codes)
    return array


def plain_weights(weights: ArrayLike, codes: Sequence[str]) -> Floats:
    """Weights in the order of `codes`, shape (…, codes), finite and from 0; `indices.bad_weight` has all others."""
    raw = numbers("weights", weights)
    same_shape("weights", raw.shape[-1:], (len(codes),))
    wrong = ~(np.isfinite(raw) & (raw >= 0))
    if wrong.any():
        raise MethodError(
            "indices.bad_weight", "A weight is a number from 0; not so {nodes}.",
            nodes=tuple(
                dict.fromkeys(f"{codes[int(at[-1])]}: {raw[tuple(at)]:g}" for at in np.argwhere(wrong))
            ),
        )  # fmt: skip
    return raw


def share(name: str, value: float, *, above: bool = False) -> None:
    """`indices.bad_share` unless 0 ≤ value ≤ 1 (0 < value < 1 when `above`)."""
    if not (0 < value < 1 if above else 0 <= value <= 1):
        raise MethodError(
            "indices.bad_share", "{name} is {share}; it is from 0 to 1.", name=name, share=value
        )


def number(name: str, value: float) -> None:
    """`indices.bad_limit` when a limit is not a finite number."""
    if not math.isfinite(value):
        raise MethodError("indices.bad_limit", "{name} is {value}; it is a number.", name=name, value=value)


def good_seed(seed: int) -> int:
    """A seed from 0; else `indices.bad_seed`."""
    if seed < 0:
        raise MethodError("indices.bad_seed", "A seed is a whole number from 0, not {seed}.", seed=seed)
    return seed
