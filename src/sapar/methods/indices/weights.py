"""Where weights come from: everyone the same, a budget shared out by judges, pairwise comparison, principal components.

Sources: Saaty, Int. J. Services Sciences 1 (2008) 83–98 and Saaty & Tran, Math. Comput. Modelling 46 (2007) 962–975
(random indices); Nicoletti, Scarpetta & Boylaud, OECD ECO/WKP(99)18 (weights from rotated loadings);
OECD/JRC Handbook (2008), step 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks
from sapar.methods.indices.columns import Floats
from sapar.methods.indices.tree import Tree

# Mean consistency index of random reciprocal matrices of order 1…15.
RANDOM_INDEX = (0.0, 0.0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59)
# How far there times back may be from 1: 3 against 0.33 is meant to be 1/3.
RECIPROCAL = 0.0101


def equal_weights(tree: Tree) -> dict[str, float]:
    """The same weight for all siblings, everywhere: code → 1, for `Model.weights` or `Tree.with_weights`. No errors."""
    return dict.fromkeys(tree.codes, 1.0)


def level_weights(tree: Tree) -> dict[str, float]:
    """Weights that give every indicator the same share in the index, whatever the size of its group.

    Code → number of indicators below it, for `Model.weights` or `Tree.with_weights`. No errors.
    """
    return {code: float(len(tree.leaves(code))) for code in tree.codes}


@dataclass(frozen=True)
class Budget:
    """Weights from judges who each shared out the same number of points.

    `weights` sum to 1; `lowest` and `highest` are the extreme shares; `judges` how many there were.
    """

    weights: dict[str, float]
    lowest: dict[str, float]
    highest: dict[str, float]
    judges: int


def budget_weights(
    codes: Sequence[str], points: ArrayLike, *, total: float = 100.0, tolerance: float = 1e-6
) -> Budget:
    """Mean share of the points, shape (judges, codes), each from 0 and every row in sum `total` within `tolerance`.

    Source: OECD/JRC Handbook (2008), step 6 (budget allocation).

    Raises MethodError `indices.budget_not_spent`, naming by number (from 1) every judge who did not give out exactly
    `total`; `.bad_points`, `.wrong_shape`, `.duplicate_code`, `.not_numbers`.
    """
    checks.unique("code", codes)
    given = checks.numbers("points", points)
    if given.ndim != 2 or given.shape[1] != len(codes) or not given.size:
        raise MethodError(
            "indices.wrong_shape", "{name} has the shape {found}; needed is {wanted}.",
            name="points", found=given.shape, wanted=(-1, len(codes)),
        )  # fmt: skip
    if not (np.isfinite(total) and total > 0):
        raise MethodError("indices.bad_points", "A budget is a number above 0, not {total}.", total=total)
    if (bad := ~(np.isfinite(given) & (given >= 0)).all(axis=1)).any():
        raise MethodError(
            "indices.bad_points", "Points are numbers from 0; not so those of judge {judges}.",
            judges=tuple((np.flatnonzero(bad) + 1).tolist()),
        )  # fmt: skip
    spent = given.sum(axis=1)
    if (off := ~(np.abs(spent - total) <= tolerance)).any():
        raise MethodError(
            "indices.budget_not_spent", "Not {total} points in all, but (judge: points) {judges}.", total=total,
            judges=tuple(f"{at + 1}: {spent[at]:g}" for at in np.flatnonzero(off)),
        )  # fmt: skip
    share = given / total
    by_code = [
        dict(zip(codes, row.tolist(), strict=True)) for row in (share.mean(0), share.min(0), share.max(0))
    ]
    return Budget(by_code[0], by_code[1], by_code[2], len(given))


@dataclass(frozen=True)
class Comparison:
    """Weights from pairwise comparison.

    `eigenvalue` is λmax, `index` (λmax − n)/(n − 1), `ratio` the index over that of random judgements; `consistent`
    says whether the ratio is within the limit; `worst` is the pair whose judgement fits the weights least.
    """

    weights: dict[str, float]
    eigenvalue: float
    index: float
    ratio: float
    consistent: bool
    worst: tuple[str, str]


def ahp_weights(
    codes: Sequence[str], judgements: ArrayLike, *, limit: float = 0.1, refuse: bool = True
) -> Comparison:
    """Principal eigenvector of a matrix of comparisons (analytic hierarchy process).

    Args:
        codes: n = 1…15 names.
        judgements: (n, n), entry (i, j) how many times i matters more than j; positive and reciprocal. Several
            judges, (judges, n, n), are joined by the geometric mean of their entries.
        limit: greatest consistency ratio.
        refuse: raise `indices.inconsistent` beyond the limit; else only say so in the result.

    Source: Saaty (2008); random indices of Saaty & Tran (2007).

    Raises MethodError `indices.inconsistent` (with the ratio and the judgement that fits least), `.not_reciprocal`,
    `.bad_judgement`, `.wrong_shape`, `.duplicate_code`, `.bad_limit`, `.not_numbers`.
    """
    checks.unique("code", codes)
    checks.number("limit", limit)
    matrix = checks.numbers("judgements", judgements)
    n = len(codes)
    if (
        matrix.ndim not in (2, 3)
        or matrix.shape[-2:] != (n, n)
        or not 1 <= n <= len(RANDOM_INDEX)
        or not matrix.size
    ):
        raise MethodError(
            "indices.wrong_shape", "{name} has the shape {found}; needed is {wanted}.",
            name="judgements", found=matrix.shape, wanted=(n, n),
        )  # fmt: skip
    if not (np.isfinite(matrix).all() and (matrix > 0).all()):
        bad = np.argwhere(~(np.isfinite(matrix) & (matrix > 0)))
        raise MethodError(
            "indices.bad_judgement", "Judgements are numbers above 0; not so {pairs}.",
            pairs=tuple(
                dict.fromkeys(
                    f"{codes[int(at[-2])]} against {codes[int(at[-1])]}: {matrix[tuple(at)]:g}" for at in bad
                )
            ),
        )  # fmt: skip
    product = matrix * np.swapaxes(matrix, -1, -2)
    if (off := np.abs(product - 1) > RECIPROCAL).any():
        pairs = sorted({(min(i, j), max(i, j)) for i, j in zip(*np.nonzero(off)[-2:], strict=True)})
        raise MethodError(
            "indices.not_reciprocal", "Judgements there and back are not reciprocal: {pairs}.",
            pairs=tuple(f"{codes[i]} against {codes[j]}" for i, j in pairs),
        )  # fmt: skip
    if matrix.ndim == 3:
        matrix = np.exp(np.log(matrix).mean(axis=0))
    values, vectors = np.linalg.eig(matrix)
    top = int(np.argmax(values.real))
    eigenvalue = float(values[top].real)
    weights = np.abs(vectors[:, top].real)
    weights /= weights.sum()
    index = max(eigenvalue - n, 0.0) / (n - 1) if n > 1 else 0.0
    ratio = index / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    error = np.abs(np.log(matrix * weights[None, :] / weights[:, None]))
    i, j = (int(at) for at in np.unravel_index(int(np.argmax(np.round(error, 12))), error.shape))
    if ratio > limit and refuse:
        raise MethodError(
            "indices.inconsistent",
            "The consistency ratio {ratio:.3f} is above {limit}; the judgement of {first} against {second} fits least.",
            ratio=ratio, limit=limit, first=codes[i], second=codes[j],
        )  # fmt: skip
    shares = dict(zip(codes, weights.tolist(), strict=True))
    return Comparison(shares, eigenvalue, index, ratio, ratio <= limit, (codes[i], codes[j]))


@dataclass(frozen=True)
class Components:
    """Weights from principal components of the correlation matrix.

    `eigenvalues` from the largest; `explained` shares of the variance; `kept` components used; `loadings` by code
    (after rotation for "varimax").
    """

    weights: dict[str, float]
    eigenvalues: tuple[float, ...]
    explained: tuple[float, ...]
    kept: int
    loadings: Mapping[str, tuple[float, ...]]
    units: int


def pca_weights(
    codes: Sequence[str], x: Floats, *, method: str = "varimax", kaiser: float = 1.0, negative: str = "refuse"
) -> Components:
    """Weights of a group of indicators from its principal components.

    Args:
        codes, x: names and values (units, codes), all pointing up; units with holes are left out, as `units` tells.
        method: "first": loadings of the first component, made positive in sum; "varimax": squared loadings of the
            components with eigenvalue above `kaiser`, rotated, each indicator weighed by the component on which it
            loads most and by the share of variance of that component.
        negative: what to do with an indicator that points against the others of its component: "refuse"
            (`indices.negative_weight`) or "zero". A negative weight would reward being worse and is never returned.

    Source: Nicoletti, Scarpetta & Boylaud (1999); rotation by Kaiser, Psychometrika 23 (1958) 187–200.

    Raises MethodError `indices.negative_weight`, `.too_few_units` (below 3 complete), `.constant_indicator`,
    `.unknown_pca`, `.wrong_shape`, `.empty_data`, `.duplicate_code`, `.infinite_value`.
    """
    if method not in ("first", "varimax") or negative not in ("refuse", "zero"):
        raise MethodError(
            "indices.unknown_pca", "There is no way {method} or {negative}.", method=method, negative=negative
        )
    x = checks.table(codes, x)
    complete = x[np.isfinite(x).all(axis=1)]
    if len(complete) < 3:
        raise MethodError("indices.too_few_units", "{units} complete units are too few.", units=len(complete))
    spread = complete.std(axis=0)
    if (flat := spread <= 1e-13 * np.abs(complete).max(axis=0)).any():
        raise MethodError(
            "indices.constant_indicator", "{codes} have the same value everywhere.",
            codes=tuple(code for code, bad in zip(codes, flat, strict=True) if bad),
        )  # fmt: skip
    z = (complete - complete.mean(axis=0)) / spread
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    kept = 1 if method == "first" else max(1, int((values > kaiser).sum()))
    loadings = vectors[:, :kept] * np.sqrt(values[:kept])
    loadings *= np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    loadings = varimax(loadings)
    loadings *= np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    square = loadings**2
    home = square.argmax(axis=1)
    own = loadings[np.arange(len(codes)), home]
    against = own < 0
    if against.any() and negative == "refuse":
        raise MethodError(
            "indices.negative_weight", "{codes} point against the other indicators of their group.",
            codes=tuple(code for code, bad in zip(codes, against, strict=True) if bad),
        )  # fmt: skip
    raw = np.where(against, 0.0, own if method == "first" else own**2 / square.sum())
    shares = raw / raw.sum()
    return Components(
        dict(zip(codes, shares.tolist(), strict=True)),
        tuple(values.tolist()),
        tuple((values / values.sum()).tolist()),
        kept,
        {code: tuple(row.tolist()) for code, row in zip(codes, loadings, strict=True)},
        len(complete),
    )


def varimax(loadings: Floats, *, steps: int = 500, tolerance: float = 1e-12) -> Floats:
    """Rotate so that each indicator loads on few components (Kaiser 1958), with Kaiser's normalisation of rows."""
    if loadings.shape[1] < 2:
        return loadings
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    length = np.where(length > 0, length, 1.0)
    a = loadings / length
    rotation, before = np.eye(a.shape[1]), 0.0
    for _ in range(steps):
        b = a @ rotation
        u, s, v = np.linalg.svd(a.T @ (b**3 - b * (b**2).mean(axis=0)))
        rotation, after = u @ v, float(s.sum())
        if after - before <= tolerance * after:
            break
        before = after
    rotated: Floats = a @ rotation * length
    return rotated
