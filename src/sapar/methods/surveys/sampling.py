"""Building a design from columns: strata, nested units, population sizes and weights, checked.

Sources: Särndal, Swensson & Wretman (1992); lonely units as in R's survey (Lumley 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import Column, FloatArray, IntArray, columns_of, numbers, places
from sapar.methods.surveys.designs import Design, Lonely, Stage
from sapar.methods.surveys.given import checked


@checked
def sampling_design(
    *,
    weights: Column | None = None,
    probabilities: Column | Sequence[Column] | None = None,
    strata: Column | Sequence[Column] | None = None,
    clusters: Column | Sequence[Column] | None = None,
    fpc: Column | Sequence[Column] | None = None,
    nest: bool = False,
    lonely: Lonely = "fail",
    lonely_domains: bool = False,
    rows: int | None = None,
) -> Design:
    """Describe how the rows of a sample were drawn.

    Args:
        weights: one a row, not negative. Without them and without `probabilities` they follow from the
            population sizes; without those every row counts 1.
        probabilities: of selection in (0, 1], one column or one for each stage.
        strata: one column or one for each stage.
        clusters: the units drawn, from the first stage down; without them each row is its own unit.
            Below the first stage, numbers may repeat in different units above.
        fpc: for each stage either how many units its stratum has (all ≥ 1) or which share of them was
            drawn (all in (0, 1]). A stage without a column counts as drawn with replacement.
        nest: cluster numbers of the first stage repeat in different strata.
        lonely: a stratum with a single unit: ``fail``; ``remove`` and ``certainty`` give it no
            variance; ``adjust`` takes its deviation from 0, the mean of the scores; ``average`` gives it
            the average of the other strata.
        lonely_domains: treat a stratum from which only one unit lies in a domain like a lonely one
            (with ``adjust`` and ``average``).
        rows: the number of rows, needed when no column tells it.

    Raises:
        MethodError: ``surveys.empty``, ``lengths_differ``, ``missing_design``, ``bad_weight``,
            ``bad_probability``, ``bad_fpc``, ``fpc_varies``, ``fpc_too_small``,
            ``cluster_in_two_strata``, ``one_unit``, ``bad_option``,
            ``weights_and_probabilities`` when both are given.
    """
    if lonely not in get_args(Lonely):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(lonely))
    strata_columns, cluster_columns = columns_of(strata), columns_of(clusters)
    fpc_columns = [numbers(column, what="fpc") for column in columns_of(fpc)]
    chances = [numbers(column, what="probabilities") for column in columns_of(probabilities)]
    given = None if weights is None else numbers(weights, what="weights")
    every = [*strata_columns, *cluster_columns, *fpc_columns, *chances, *([] if given is None else [given])]
    n = _length(every, rows)
    strata_codes = [_codes(column, "strata") for column in strata_columns]
    cluster_codes = [_codes(column, "clusters") for column in cluster_columns] or [np.arange(n)]
    units, layers, names = _nested(strata_codes, cluster_codes, strata_columns, cluster_columns, nest, n)
    population = _populations(fpc_columns, units, layers)
    stages = _stages(units, layers, names, population)
    if given is not None and chances:
        raise MethodError("surveys.weights_and_probabilities", "Give weights or probabilities, not both.")
    final = _weights(given, chances, stages, bool(fpc_columns), n)
    if stages[0].units == 1 and not np.isfinite(stages[0].population).any():
        raise MethodError("surveys.one_unit", "The design has only one primary sampling unit.")
    used = tuple(stage for depth, stage in enumerate(stages) if depth == 0 or (stage.reach > 0).any())
    return Design(final, used, lonely, lonely_domains, bool(strata_codes))


def _length(columns: Sequence[npt.NDArray[Any]], rows: int | None) -> int:
    lengths = {len(column) for column in columns} | ({rows} if rows is not None else set())
    if not lengths or lengths == {0}:
        raise MethodError("surveys.empty", "The design has no rows.")
    if len(lengths) > 1:
        raise MethodError(
            "surveys.lengths_differ", "The columns differ in length: {lengths}.",
            lengths=tuple(sorted(lengths)),
        )  # fmt: skip
    return lengths.pop()


def _codes(column: npt.NDArray[Any], what: str) -> IntArray:
    if column.ndim != 1:
        raise MethodError("surveys.not_a_column", "{what}: a column has one value a row.", what=what)
    if column.dtype.kind == "f":
        gaps = np.isnan(column)
    elif column.dtype.kind in "OU":
        gaps = np.array([cell is None or cell == "" or cell != cell for cell in column], dtype=bool)
        column = column.astype(str)
    else:
        gaps = np.zeros(len(column), dtype=bool)
    if gaps.any():
        raise MethodError(
            "surveys.missing_design", "{what}: {count} rows have no value, the first is row {row}.",
            what=what, count=int(gaps.sum()), row=int(np.flatnonzero(gaps)[0]) + 1, rows=places(gaps),
        )  # fmt: skip
    return np.asarray(np.unique(column, return_inverse=True)[1], dtype=np.int64)


def _within(outer: IntArray, inner: IntArray) -> IntArray:
    """Codes of the pairs that occur."""
    pair = outer * (int(inner.max()) + 1) + inner
    return np.asarray(np.unique(pair, return_inverse=True)[1], dtype=np.int64)


def _nested(
    strata: list[IntArray],
    clusters: list[IntArray],
    strata_labels: list[npt.NDArray[Any]],
    cluster_labels: list[npt.NDArray[Any]],
    nest: bool,
    n: int,
) -> tuple[list[IntArray], list[IntArray], list[npt.NDArray[Any]]]:
    """For each stage: the unit and the stratum of each row, and the strata's names."""
    units: list[IntArray] = []
    layers: list[IntArray] = []
    names: list[npt.NDArray[Any]] = []
    for depth, cluster in enumerate(clusters):
        own = strata[depth] if depth < len(strata) else np.zeros(n, dtype=np.int64)
        layer = own if depth == 0 else _within(units[-1], own)
        unit = cluster if depth == 0 else _within(units[-1], cluster)
        if nest and strata:
            unit = _within(layer, unit)
        first = _first_rows(unit, int(unit.max()) + 1)
        if (stray := np.flatnonzero(layer[first][unit] != layer)).size:
            row = int(stray[0])
            labels = strata_labels[min(depth, len(strata_labels) - 1)]
            raise MethodError(
                "surveys.cluster_in_two_strata",
                "Clusters of stage {stage} that lie in two strata: {clusters}; the first in {one} and {other}.",
                clusters=tuple(dict.fromkeys(str(cluster_labels[depth][at]) for at in stray)),
                stage=depth + 1,
                one=str(labels[first[unit[row]]]),
                other=str(labels[row]),
                rows=tuple((stray + 1).tolist()),
            )
        starts = _first_rows(layer, int(layer.max()) + 1)
        if depth == 0:
            names.append(strata_labels[0][starts] if strata else np.array(["(all)"]))
        else:
            names.append(cluster_labels[depth - 1][starts])
        units.append(unit)
        layers.append(layer)
    return units, layers, names


def _first_rows(codes: IntArray, size: int) -> IntArray:
    first = np.zeros(size, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first


def _populations(
    fpc: list[FloatArray], units: list[IntArray], layers: list[IntArray]
) -> list[FloatArray | None]:
    """For each stage the population of the stratum of each row; None where nothing is known."""
    if not fpc:
        return [None] * len(units)
    if len(fpc) > len(units):
        raise MethodError("surveys.bad_fpc", "There are more fpc columns than stages.")
    values = np.array(fpc)
    if (gaps := np.isnan(values).any(axis=0)).any():
        raise MethodError(
            "surveys.missing_design", "{what}: {count} rows have no value, the first is row {row}.",
            what="fpc", count=int(gaps.sum()), row=int(np.flatnonzero(gaps)[0]) + 1, rows=places(gaps),
        )  # fmt: skip
    if values.min() <= 0 or (values.max() > 1 and values.min() < 1):
        raise MethodError(
            "surveys.bad_fpc",
            "The corrections must all be population sizes (1 or more) or all be fractions in (0, 1]; see rows {rows}.",
            least=float(values.min()),
            most=float(values.max()),
            rows=places((values <= 0).any(axis=0) | ((values < 1).any(axis=0) & (values.max() > 1))),
        )
    result: list[FloatArray | None] = []
    for depth, (unit, layer) in enumerate(zip(units, layers, strict=True)):
        if depth >= len(fpc):
            result.append(None)
            continue
        column, size = fpc[depth], int(layer.max()) + 1
        low = np.full(size, np.inf)
        high = np.full(size, -np.inf)
        np.minimum.at(low, layer, column)
        np.maximum.at(high, layer, column)
        if (uneven := np.flatnonzero(low != high)).size:
            raise MethodError(
                "surveys.fpc_varies",
                "Stage {stage}: the population size differs within a stratum ({low} and {high}); rows {rows}.",
                stage=depth + 1,
                low=float(low[uneven[0]]),
                high=float(high[uneven[0]]),
                strata=len(uneven),
                rows=places(column != column[_first_rows(layer, size)][layer]),
            )
        drawn = _drawn(unit, layer, size)
        whole = low if values.max() > 1 else drawn / low
        if (short := np.flatnonzero(whole < drawn * (1 - 1e-12))).size:
            raise MethodError(
                "surveys.fpc_too_small",
                "Stage {stage}: {drawn} units were drawn from a stratum of {population}.",
                stage=depth + 1,
                drawn=int(drawn[short[0]]),
                population=float(whole[short[0]]),
                strata=len(short),
                rows=places(np.isin(layer, short)),
            )
        result.append(whole)
    return result


def _drawn(unit: IntArray, layer: IntArray, size: int) -> FloatArray:
    first = _first_rows(unit, int(unit.max()) + 1)
    return np.bincount(layer[first], minlength=size).astype(float)


def _stages(
    units: list[IntArray],
    layers: list[IntArray],
    names: list[npt.NDArray[Any]],
    populations: list[FloatArray | None],
) -> list[Stage]:
    stages: list[Stage] = []
    for depth, (unit, layer) in enumerate(zip(units, layers, strict=True)):
        size = int(layer.max()) + 1
        starts = _first_rows(layer, size)
        drawn = _drawn(unit, layer, size)
        known = populations[depth]
        if depth == 0:
            parent, reach = np.zeros(size, dtype=np.int64), np.ones(size)
        else:
            above = stages[-1]
            parent = above.unit[starts]
            outer = above.stratum[parent]
            reach = above.reach[outer] * above.drawn[outer] / above.population[outer]
        stages.append(
            Stage(
                unit=unit,
                stratum=layer[_first_rows(unit, int(unit.max()) + 1)],
                drawn=drawn,
                population=np.full(size, np.inf) if known is None else known,
                parent=parent,
                reach=reach,
                names=names[depth],
            )
        )
    return stages


def _weights(
    given: FloatArray | None, chances: list[FloatArray], stages: list[Stage], from_fpc: bool, n: int
) -> FloatArray:
    if chances:
        wrong = ~np.all([(column > 0) & (column <= 1) for column in chances], axis=0)
        if wrong.any():
            raise MethodError(
                "surveys.bad_probability",
                "A probability must lie in (0, 1]; see rows {rows}.",
                rows=places(wrong),
            )
        return np.asarray(1.0 / np.prod(chances, axis=0))
    if given is not None:
        return _checked_weights(given)
    result = np.ones(n)
    if from_fpc:
        for stage in stages:
            stratum = stage.stratum[stage.unit]
            known = np.isfinite(stage.population[stratum])
            result[known] *= (stage.population / stage.drawn)[stratum][known]
    return result


def _checked_weights(weights: FloatArray) -> FloatArray:
    bad = ~(weights >= 0)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise MethodError(
            "surveys.bad_weight", "Row {row}: a weight must be a number of at least 0, not {value}; rows {rows}.",
            row=row + 1, value=float(weights[row]), count=int(bad.sum()), rows=places(bad),
        )  # fmt: skip
    if not weights.any():
        raise MethodError("surveys.bad_weight", "All weights are 0.")
    return weights
