"""Do the parts of an index belong together, and what do they contribute?

Correlations, redundant and contradictory pairs, Cronbach's alpha, and the weights that indicators effectively have.
Source: OECD/JRC Handbook (2008), steps 4 and 8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.aggregation import Aggregation
from sapar.methods.indices.columns import Bools, Floats
from sapar.methods.indices.influence import influence
from sapar.methods.indices.model import Index
from sapar.methods.progress import Progress, unheard

KINDS = ("pearson", "spearman", "kendall")


@dataclass(frozen=True)
class Correlation:
    """Of two columns over the `units` that have both; NaN where one does not vary. `p` is two-sided."""

    first: str
    second: str
    value: float
    p: float
    units: int


def correlations(
    codes: Sequence[str], x: Floats, kind: str = "pearson", *, progress: Progress = unheard
) -> tuple[Correlation, ...]:
    """All pairs of columns of `x`, shape (units, codes), each pair once, in the order of `codes`.

    `kind` is "pearson", "spearman" or "kendall" (tau-b). Holes are left out pair by pair.

    Raises MethodError `indices.unknown_correlation`, `.wrong_shape`, `.empty_data`, `.duplicate_code`,
    `.infinite_value`.
    """
    x = checks.table(codes, x)
    found: list[Correlation] = []
    for i, code in enumerate(codes):
        found += [correlation(code, x[:, i], codes[j], x[:, j], kind) for j in range(i + 1, len(codes))]
        progress(i + 1, len(codes))
    return tuple(found)


def correlation(first: str, a: Floats, second: str, b: Floats, kind: str = "pearson") -> Correlation:
    """Of two columns of shape (units,), over the units that have both values; errors `indices.unknown_correlation`."""
    if kind not in KINDS:
        raise MethodError(
            "indices.unknown_correlation",
            "There is no correlation {kind}; there are {known}.",
            kind=kind,
            known=KINDS,
        )
    both = np.isfinite(a) & np.isfinite(b)
    u, v = a[both], b[both]
    if len(u) < 3 or not _varies(u) or not _varies(v):
        return Correlation(first, second, math.nan, math.nan, len(u))
    if kind == "pearson":
        found = stats.pearsonr(u, v)
        return Correlation(first, second, float(found.statistic), float(found.pvalue), len(u))
    value, p = stats.spearmanr(u, v) if kind == "spearman" else stats.kendalltau(u, v)
    return Correlation(first, second, float(value), float(p), len(u))


def _varies(u: Floats) -> bool:
    return bool(np.ptp(u) > 1e-13 * np.abs(u).max())


@dataclass(frozen=True)
class Pair:
    """Two siblings worth a second look: "redundant" (r ≥ `high`) or "contrary" (r ≤ `low`)."""

    group: str
    first: str
    second: str
    value: float
    flag: str


def flagged_pairs(
    index: Index, *, high: float = 0.92, low: float = -0.4, kind: str = "pearson", level: int = 2
) -> tuple[Pair, ...]:
    """Pairs of indicators below the same aggregate of `level` whose normalised scores repeat or oppose each other.

    Redundant pairs count the same thing twice; contrary ones cancel out in the mean. `level` 2 stands right above the
    indicators. Source: OECD/JRC Handbook (2008), step 4; limits of the JRC COIN Tool.

    Raises MethodError `indices.unknown_correlation`, `.unknown_level`, `.bad_limit`.
    """
    for name, limit in (("high", high), ("low", low)):
        checks.number(name, limit)
    if level not in {index.tree.levels[code] for code in index.tree.aggregates}:
        raise MethodError(
            "indices.unknown_level", "There are no aggregates on level {levels}.", levels=(level,)
        )
    tree = index.tree
    found = []
    for group in (code for code in tree.aggregates if tree.levels[code] == level):
        at = [tree.place[code] for code in tree.leaves(group)]
        for pair in correlations([tree.codes[i] for i in at], index.scores[:, at], kind):
            if pair.value >= high or pair.value <= low:
                flag = "redundant" if pair.value >= high else "contrary"
                found.append(Pair(group, pair.first, pair.second, pair.value, flag))
    return tuple(found)


def denominator_correlations(index: Index, *, least: float = 0.7) -> tuple[Correlation, ...]:
    """Raw indicators that move with a denominator (Pearson |r| ≥ `least`): mostly they measure size.

    Every denominator of the data is compared, also one by which nothing is divided. Raises MethodError
    `indices.bad_share` unless `least` is from 0 to 1.
    """
    checks.share("least", least)
    raw = index.data.columns(index.tree.indicators)
    found = [
        correlation(code, raw[:, at], name, column)
        for at, code in enumerate(index.tree.indicators)
        for name, column in index.data.denominators.items()
    ]
    return tuple(one for one in found if abs(one.value) >= least)


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha; `units` are those without holes; `without` is alpha when the item is left out."""

    alpha: float
    units: int
    without: dict[str, float]


def cronbach(codes: Sequence[str], x: Floats, *, holes: str = "omit") -> Alpha:
    """k/(k − 1)·(1 − Σ var_i / var(Σ)) of the columns of `x`, shape (units, codes).

    Values are taken as they are; columns on different scales should be normalised first.

    Args:
        holes: "omit" leaves out units with holes; "pairwise" takes each covariance over the units that have both
            values, which uses more data but may give an alpha that no data set could have.

    Source: Cronbach, Psychometrika 16 (1951) 297–334; OECD/JRC Handbook (2008), step 4.

    Raises MethodError `indices.too_few_units`, `.unknown_holes`, `.wrong_shape`, `.empty_data`, `.duplicate_code`,
    `.infinite_value`.
    """
    if holes not in ("omit", "pairwise"):
        raise MethodError("indices.unknown_holes", "Holes are omitted or pairwise, not {holes}.", holes=holes)
    x = checks.table(codes, x)
    complete = np.isfinite(x).all(axis=1)
    if x.shape[1] < 2 or (holes == "omit" and complete.sum() < 2):
        raise MethodError(
            "indices.too_few_units", "{units} complete units of {columns} columns are too few.",
            units=int(complete.sum()), columns=x.shape[1],
        )  # fmt: skip
    covariance = np.cov(x[complete].T) if holes == "omit" else _pairwise_covariance(x)
    without = {
        code: _alpha(np.delete(np.delete(covariance, at, 0), at, 1)) if x.shape[1] > 2 else math.nan
        for at, code in enumerate(codes)
    }
    return Alpha(_alpha(covariance), int(complete.sum()), without)


def _pairwise_covariance(x: Floats) -> Floats:
    k = x.shape[1]
    covariance = np.empty((k, k))
    for i in range(k):
        for j in range(i, k):
            both = np.isfinite(x[:, i]) & np.isfinite(x[:, j])
            if both.sum() < 2:
                raise MethodError(
                    "indices.too_few_units", "{units} complete units of {columns} columns are too few.",
                    units=int(both.sum()), columns=2,
                )  # fmt: skip
            covariance[i, j] = covariance[j, i] = np.cov(x[both, i], x[both, j])[0, 1]
    return covariance


def _alpha(covariance: Floats) -> float:
    k, total = len(covariance), float(covariance.sum())
    return k / (k - 1) * (1 - float(np.trace(covariance)) / total) if total > 0 else math.nan


@dataclass(frozen=True)
class Influence:
    """What a node is meant to count and what it counts.

    `declared` is its share among its siblings, `nominal` its share in the whole index; `achieved` its share of the
    influence (correlations with the parent) among its siblings; `correlation` with the parent.
    """

    code: str
    parent: str
    declared: float
    nominal: float
    achieved: float
    correlation: float


def effective_weights(index: Index, measure: str = "correlation") -> tuple[Influence, ...]:
    """Declared against achieved weights for every node below the index.

    `achieved` needs an arithmetic mean for "covariance"; with holes, units with all siblings are used. NaN where the
    siblings have no common direction. Source: Paruolo, Saisana & Saltelli, J. R. Stat. Soc. A 176 (2013) 609–634.

    Raises MethodError `indices.unknown_measure`, and for "covariance" as `influence`.
    """
    tree, scores = index.tree, index.scores
    weights = dict(zip(tree.codes, index.model.weight_array().tolist(), strict=True))
    nominal = tree.with_weights(weights).nominal_weights()
    found = []
    for parent in reversed(tree.aggregates):
        kids = tree.children[parent]
        at = [tree.place[kid] for kid in kids]
        whole = scores[:, tree.place[parent]]
        complete = np.isfinite(scores[:, at]).all(axis=1)
        share = np.array([weights[kid] for kid in kids])
        achieved = _achieved(
            scores[complete][:, at], whole[complete], share, measure, index.model.aggregation
        )
        for i, kid in enumerate(kids):
            r = correlation(kid, scores[:, at[i]], parent, whole).value
            found.append(
                Influence(kid, parent, float(share[i] / share.sum()), nominal[kid], float(achieved[i]), r)
            )
    return tuple(found)


def _achieved(x: Floats, whole: Floats, share: Floats, measure: str, rule: Aggregation) -> Floats:
    if rule == Aggregation(min_present=rule.min_present) and measure == "covariance":
        return influence(x, share, measure)
    r = np.array([correlation("", column, "", whole).value for column in x.T])
    if measure == "squared":
        r = r**2
    elif measure != "correlation":
        raise MethodError(
            "indices.unknown_measure", "There is no measure {measure} for this mean.", measure=measure
        )
    total = r.sum()
    return np.asarray(r / total if total > 1e-9 else np.full(len(r), np.nan))


@dataclass(frozen=True)
class Point:
    """An indicator in the profile of a unit; `lead` is its normalised score less the median of all, or of its peers.

    `rank` is among the `of` units that are compared.
    """

    code: str
    raw: float
    score: float
    rank: float
    of: int
    lead: float
    share: float


def profile(index: Index, unit: str, group: str = "") -> tuple[Point, ...]:
    """A unit's indicators from its best to its worst rank; indicators without a value are left out.

    `share` is the indicator's nominal share in the index. With a `group`, the unit is compared with its peers only:
    the units that have its label in that grouping.

    Raises MethodError `indices.unknown_unit`, `.unknown_group`, `.no_peers` (the unit has no label).
    """
    row, tree = index.data.row(unit), index.tree
    raw = index.data.columns(tree.indicators)
    peers = _peers(index, row, group)
    middle, ranks = columns.median(index.scores[peers]), columns.ranks_down(index.scores[peers])
    at_home = int(np.flatnonzero(peers).tolist().index(row))
    nominal = tree.with_weights(
        dict(zip(tree.codes, index.model.weight_array().tolist(), strict=True))
    ).nominal_weights()
    points = [
        Point(
            code,
            float(raw[row, at]),
            float(index.scores[row, at]),
            float(ranks[at_home, at]),
            int(np.isfinite(index.scores[peers, at]).sum()),
            float(index.scores[row, at] - middle[at]),
            nominal[code],
        )
        for at, code in enumerate(tree.indicators)
        if math.isfinite(index.scores[row, at])
    ]
    return tuple(sorted(points, key=lambda one: (one.rank / one.of, -one.lead)))


def _peers(index: Index, row: int, group: str) -> Bools:
    if not group:
        return np.ones(len(index.data.units), dtype=np.bool_)
    labels = index.data.labels(group)
    if not labels[row].strip():
        raise MethodError(
            "indices.no_peers", "{unit} has no {group} to be compared in.",
            unit=index.data.units[row], group=group,
        )  # fmt: skip
    return np.array([label == labels[row] for label in labels])


def strengths(index: Index, unit: str, top: int = 5, group: str = "") -> tuple[Point, ...]:
    """The `top` (from 1) indicators on which the unit stands best; errors as `profile`, and `indices.bad_rank`."""
    return profile(index, unit, group)[: _from_one(top)]


def weaknesses(index: Index, unit: str, top: int = 5, group: str = "") -> tuple[Point, ...]:
    """The `top` (from 1) indicators on which the unit stands worst, the worst first; errors as `strengths`."""
    return profile(index, unit, group)[::-1][: _from_one(top)]


def _from_one(top: int) -> int:
    if top < 1:
        raise MethodError("indices.bad_rank", "A number of places is from 1, not {rank}.", rank=top)
    return top
