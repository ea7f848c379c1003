"""Which cells may not be shown for their own sake, and how uncertain they must stay.

Minimum counts; dominance (n, k) and p % (Cox 1981; Hundepool et al., Statistical Disclosure Control, 2012, ch. 4).
Protection is asked for as distances: an attacker's interval for the cell must reach `upper` above and `lower` below
its value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.surveys.disclosure.tables import FloatArray, Table, Tabulation
from sapar.methods.surveys.given import checked

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Primary:
    """Arrays in the shape of the table; `reasons` names the rules that each cell breaks, joined by commas."""

    cells: BoolArray
    lower: FloatArray
    upper: FloatArray
    reasons: NDArray[np.object_]


@checked
def small_counts(table: Table, minimum: float, *, zeros: bool = False) -> Primary:
    """Cells with fewer than `minimum` people, and if asked those with none.

    An attacker must not be able to tell that the cell is under the minimum: the interval has to reach up to
    the minimum, and down to one below the value (not below zero).

    Raises:
        MethodError: `surveys.rule_invalid`.
    """
    if not minimum > 0:
        raise MethodError("surveys.rule_invalid", "A minimum of {minimum}.", minimum=minimum)
    values = table.values
    cells = (values < minimum) & ((values > 0) | zeros)
    return _primary(cells, np.minimum(values, 1.0), minimum - values, "small")


@checked
def small_bases(bases: Table, minimum: float) -> BoolArray:
    """True where per cent may not be shown because the base they are of is under the minimum.

    This hides shares; it does not protect the counts, which `small_counts` and `suppress` do.

    Raises:
        MethodError: `surveys.rule_invalid`.
    """
    if not minimum > 0:
        raise MethodError("surveys.rule_invalid", "A minimum of {minimum}.", minimum=minimum)
    return np.asarray(bases.values < minimum)


@checked
def few_contributors(tabulation: Tabulation, n: int, *, within: float = 10.0) -> Primary:
    """Sums that fewer than `n` contributors make up; an attacker must not come nearer than `within` per cent.

    Raises:
        MethodError: `surveys.rule_invalid`.
    """
    if not (1 <= n <= tabulation.largest.shape[-1] and 0 < within <= 100):
        raise MethodError(
            "surveys.rule_invalid", "{n} contributors, kept apart by {within} %; the {kept} largest are known.",
            n=n, within=within, kept=int(tabulation.largest.shape[-1]),
        )  # fmt: skip
    total = tabulation.sums.values
    cells = (total > 0) & ((tabulation.largest > 0).sum(axis=-1) < n)
    room = total * within / 100.0
    return _primary(cells, room, room, "few contributors")


@checked
def dominance(tabulation: Tabulation, n: int, k: float) -> Primary:
    """(n, k) rule: the n largest contributors make up more than k % of the sum.

    Raises:
        MethodError: `surveys.rule_invalid`.
    """
    if not (0 < k < 100 and 1 <= n <= tabulation.largest.shape[-1]):
        raise MethodError("surveys.rule_invalid", "Dominance of the {n} largest over {k} %.", n=n, k=k)
    total = tabulation.sums.values
    top = tabulation.largest[..., :n].sum(axis=-1)
    cells = (total > 0) & (top > k / 100.0 * total)
    # Had the cell this much more, the same contributors would hold k % and no more.
    needed = top * (100.0 / k) - total
    return _primary(cells, np.minimum(needed, total), needed, "dominance")


@checked
def p_percent(tabulation: Tabulation, p: float) -> Primary:
    """p % rule: the second largest contributor could tell the largest one's value to within p %.

    Raises:
        MethodError: `surveys.rule_invalid`.
    """
    if not (0 < p <= 100 and tabulation.largest.shape[-1] >= 2):
        raise MethodError("surveys.rule_invalid", "A p % rule of {p} %.", p=p)
    total = tabulation.sums.values
    first, second = tabulation.largest[..., 0], tabulation.largest[..., 1]
    # The rest is a difference of floats; below this it is nothing.
    rest = np.maximum(total - first - second, 0.0)
    rest[rest < 1e-12 * total] = 0.0
    needed = p / 100.0 * first - rest
    return _primary((total > 0) & (needed > 0), np.minimum(needed, total), needed, "p percent")


@checked
def combined(*rules: Primary) -> Primary:
    """All cells of all rules, with the widest protection that any of them asks.

    Raises:
        MethodError: `surveys.rule_invalid`.
    """
    if not rules:
        raise MethodError("surveys.rule_invalid", "There is no rule.")
    first = rules[0]
    reasons = np.full(first.cells.shape, "", dtype=object)
    for rule in rules:
        joined = np.where(reasons == "", rule.reasons, reasons + "," + rule.reasons)
        reasons = np.where(rule.cells, joined, reasons)
    return Primary(
        cells=np.any([rule.cells for rule in rules], axis=0),
        lower=np.max([rule.lower for rule in rules], axis=0),
        upper=np.max([rule.upper for rule in rules], axis=0),
        reasons=reasons,
    )


def _primary(cells: BoolArray, lower: FloatArray, upper: FloatArray, reason: str) -> Primary:
    return Primary(
        cells=np.asarray(cells),
        lower=np.where(cells, lower, 0.0),
        upper=np.where(cells, upper, 0.0),
        reasons=np.where(cells, reason, "").astype(object),
    )
