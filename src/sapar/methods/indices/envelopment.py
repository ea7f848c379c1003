"""Benefit of the doubt: each unit is scored with the weights that flatter it most.

For unit u, maximise Σ w_i y_ui so that no unit gets more than 1 with the same weights, w ≥ 0, and (if asked) so that
each indicator, or group of indicators, makes up between a lowest and a highest share of the unit's score.
Sources: Melyn & Moesen (1991); Cherchye, Moesen, Rogge & Van Puyenbroeck, Social Indicators Research 82 (2007) 111–145.
The linear programs are solved by HiGHS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks
from sapar.methods.indices.columns import Floats
from sapar.methods.progress import Progress, unheard

# A program for each unit, as long as there are units: more than these would take half an hour and more.
MOST_UNITS = 5000


@dataclass(frozen=True)
class Doubt:
    """Best score of one unit (0…1) with the weights and the shares that give it.

    `peers` are the other units that reach 1 with these weights: who stands in the way. Optimal weights need not be
    unique.
    """

    unit: str
    score: float
    weights: dict[str, float]
    shares: dict[str, float]
    peers: tuple[str, ...]


def benefit_of_the_doubt(
    units: Sequence[str],
    codes: Sequence[str],
    y: Floats,
    *,
    shares: Mapping[str | tuple[str, ...], tuple[float, float]] | None = None,
    progress: Progress = unheard,
) -> tuple[Doubt, ...]:
    """Score every unit with its own best weights.

    Source: Cherchye, Moesen, Rogge & Van Puyenbroeck (2007).

    Args:
        units, codes, y: values of shape (units, codes), complete, not negative, more is better.
        shares: code or tuple of codes → (lowest, highest) share of a unit's score that they make up.

    Raises MethodError `indices.wrong_shape`, `.empty_data`, `.duplicate_unit`, `.duplicate_code`, `.infinite_value`,
    `.too_many_units` (above 5,000), `.not_positive`, `.missing_values`, `.bad_share`, `.unknown_code`, `.no_solution`
    (the solver gave up) and `.shares_impossible` (naming the first unit for which no weights keep the bounds).
    """
    y = _checked(units, codes, y)
    bounds = _bounds(codes, shares or {})
    # Scaling a column only scales its weight; it keeps the program well conditioned.
    scale = y.max(axis=0)
    z = y / scale
    found = []
    for row, unit in enumerate(units):
        rows = [z]
        for members, low, high in bounds:
            inside = np.where(members, z[row], 0.0)
            rows += [(low * z[row] - inside)[None], (inside - high * z[row])[None]]
        limit = np.concatenate([np.ones(len(units)), np.zeros(2 * len(bounds))])
        solved = linprog(-z[row], A_ub=np.concatenate(rows), b_ub=limit, bounds=(0, None), method="highs")
        if solved.status != 0:
            raise MethodError(
                "indices.no_solution", "The weights of {unit} were not found: {why}.",
                unit=unit, why=str(solved.message),
            )  # fmt: skip
        score = float(z[row] @ np.asarray(solved.x))
        # All weights zero keeps any bounds, so bounds that cannot be kept show as a score of nothing.
        if not score > 1e-12:
            if z[row].any():
                raise MethodError(
                    "indices.shares_impossible", "No weights of {unit} keep the shares asked for.", unit=unit
                )
            found.append(Doubt(unit, 0.0, dict.fromkeys(codes, 0.0), dict.fromkeys(codes, 0.0), ()))
        else:
            w = np.asarray(solved.x)
            part = w * z[row] / score
            reached = np.nonzero(z @ w > 1 - 1e-9)[0]
            found.append(
                Doubt(
                    unit,
                    min(score, 1.0),
                    dict(zip(codes, (w / scale).tolist(), strict=True)),
                    dict(zip(codes, part.tolist(), strict=True)),
                    tuple(units[int(at)] for at in reached if at != row),
                )
            )
        progress(row + 1, len(units))
    return tuple(found)


def _checked(units: Sequence[str], codes: Sequence[str], values: Floats) -> Floats:
    y = checks.table(codes, values, "y")
    checks.same_shape("y", y.shape, (len(units), len(codes)))
    checks.unique("unit", units)
    if len(units) > MOST_UNITS:
        raise MethodError(
            "indices.too_many_units", "A program for each of {units} units is too much; {most} is the most.",
            units=len(units), most=MOST_UNITS,
        )  # fmt: skip
    if not np.isfinite(y).all():
        raise MethodError(
            "indices.missing_values", "Benefit of the doubt needs all values; without are {units}.",
            units=tuple(units[int(row)] for row in np.flatnonzero(np.isnan(y).any(axis=1))),
        )  # fmt: skip
    if (y < 0).any() or not (y.max(axis=0) > 0).all():
        bad = (y < 0).any(axis=0) | ~(y.max(axis=0) > 0)
        raise MethodError(
            "indices.not_positive", "{codes} have negative values or no positive one.",
            codes=tuple(code for code, wrong in zip(codes, bad, strict=True) if wrong),
        )  # fmt: skip
    return y


def _bounds(
    codes: Sequence[str], shares: Mapping[str | tuple[str, ...], tuple[float, float]]
) -> list[tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], float, float]]:
    bounds = []
    for named, (low, high) in shares.items():
        group = (named,) if isinstance(named, str) else named
        if unknown := tuple(code for code in group if code not in codes):
            raise MethodError("indices.unknown_code", "There are no nodes {codes}.", codes=unknown)
        if not 0 <= low <= high <= 1:
            raise MethodError(
                "indices.bad_share",
                "{name} is {share}; it is from 0 to 1.",
                name="+".join(group),
                share=(low, high),
            )
        bounds.append((np.array([code in group for code in codes]), low, high))
    return bounds
