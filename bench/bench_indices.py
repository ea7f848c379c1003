"""Full regenerations of a 51 × 49 index, beside a plain implementation that goes cell by cell through each table.

Every table differs in its raw values and goes through division, imputation, treatment, normalisation and aggregation
again; nothing is reused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from bench.measure import Measurement, median_seconds
from sapar.methods.indices import (
    Imputation,
    Model,
    Node,
    Normalisation,
    Tree,
    UnitData,
    build,
    choice,
    noisy_weights,
    rank_intervals,
    regenerate,
)
from sapar.methods.indices.columns import Floats

UNITS, GROUPS, RUNS, PEER_RUNS = 51, (8, 5, 3, 6, 8, 5, 9, 5), 1000, 20


def example() -> tuple[Model, UnitData]:
    """51 units and 49 skewed indicators in 8 pillars and 2 sub-indices, some divided, some with holes."""
    rng = np.random.default_rng(11)
    nodes = [
        Node(
            code=f"i{pillar}{at}",
            parent=f"p{pillar}",
            direction=-1 if (pillar + at) % 5 == 0 else 1,
            denominator="size" if (pillar + at) % 3 == 0 else "",
        )
        for pillar, size in enumerate(GROUPS)
        for at in range(size)
    ]
    nodes += [Node(code=f"p{pillar}", parent="A" if pillar < 5 else "B") for pillar in range(len(GROUPS))]
    nodes += [Node(code="A", parent="I"), Node(code="B", parent="I"), Node(code="I")]
    tree = Tree(nodes)
    x = rng.lognormal(0, rng.uniform(0.1, 1.6, len(tree.indicators)), (UNITS, len(tree.indicators)))
    x[rng.random(x.shape) < 0.025] = math.nan
    data = UnitData(
        [f"u{at}" for at in range(UNITS)],
        tree.indicators,
        x,
        groups={"half": ["north" if at % 2 else "south" for at in range(UNITS)]},
        denominators={"size": rng.lognormal(3, 1, UNITS)},
    )
    return Model(tree, imputation=Imputation("group_mean", "half")), data


def plain(model: Model, data: UnitData, table: Floats) -> list[float]:
    """The same index in loops over numbers, as one would first write it."""
    tree, half, size = model.tree, data.groups["half"], data.denominators["size"]
    scores: dict[str, list[float]] = {}
    for at, code in enumerate(tree.indicators):
        node = tree.by_code[code]
        column = [float(value) for value in table[:, at]]
        if node.denominator:
            column = [value / float(below) for value, below in zip(column, size, strict=True)]
        for label in ("north", "south"):
            known = [v for v, own in zip(column, half, strict=True) if own == label and not math.isnan(v)]
            middle = sum(known) / len(known)
            column = [
                middle if own == label and math.isnan(v) else v for v, own in zip(column, half, strict=True)
            ]
        column = plain_treatment(column)
        low, high = min(column), max(column)
        up = [(v - low) if node.direction > 0 else (high - v) for v in column]
        scores[code] = [100 * v / (high - low) for v in up]
    for code in tree.aggregates:
        kids = tree.children[code]
        scores[code] = [sum(scores[kid][unit] for kid in kids) / len(kids) for unit in range(len(data.units))]
    return scores[tree.index]


def plain_shape(x: Sequence[float]) -> tuple[float, float]:
    n = len(x)
    mean = sum(x) / n
    second, third, fourth = (sum((v - mean) ** power for v in x) for power in (2, 3, 4))
    skew = math.sqrt(n) * third / second**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    kurt = ((n + 1) * (n * fourth / second**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return skew, kurt


def plain_treatment(x: list[float]) -> list[float]:
    skew, kurt = plain_shape(x)
    if abs(skew) < 2 or kurt < 3.5:
        return x
    y = list(x)
    while True:
        extreme = max(y) if skew >= 0 else min(y)
        rest = [v for v in y if v != extreme]
        target = (max(rest) if skew >= 0 else min(rest)) if rest else extreme
        trial = [target if v == extreme else v for v in y]
        if sum(a != b for a, b in zip(trial, x, strict=True)) > 5 or max(trial) == min(trial):
            break
        y = trial
        skew, kurt = plain_shape(y)
        if abs(skew) < 2 or kurt < 3.5:
            return y
    sign = 1 if plain_shape(x)[0] >= 0 else -1
    z = [sign * v for v in x]
    low, high = min(z), max(z)
    return [sign * math.log(v - low + 0.01 * (high - low)) for v in z]


def measure() -> Iterator[Measurement]:
    model, data = example()
    rng = np.random.default_rng(12)
    tables = data.values * (1 + 0.02 * rng.standard_normal((RUNS, *data.values.shape)))
    found = regenerate(model, data, tables)
    slow = np.array([plain(model, data, table) for table in tables[:PEER_RUNS]])
    worst = float(np.abs(found[:PEER_RUNS] / slow - 1).max())
    if worst > 1e-9:
        raise AssertionError(f"the two implementations differ by {worst}")
    alone = max(
        float(np.abs(found[at] / build(model, data.with_values(tables[at])).scores[:, -1] - 1).max())
        for at in range(0, RUNS, 50)
    )
    if alone > 1e-9:
        raise AssertionError(f"regenerating and building differ by {alone}")
    seconds = median_seconds(lambda: regenerate(model, data, tables))
    peer = median_seconds(lambda: [plain(model, data, table) for table in tables[:PEER_RUNS]], runs=3)
    yield Measurement(
        work="index, full regenerations",
        size=f"{RUNS} tables of 51 × 49",
        target="≤ 1 s",
        seconds=seconds,
        runs=5,
        met=seconds <= 1,
        peer="plain loops in Python",
        peer_seconds=peer * RUNS / PEER_RUNS,
        checked=f"all scores of {PEER_RUNS} tables equal to {worst:.0e} (relative), of 20 to `build` to {alone:.0e}",
        note=f"(the peer on {PEER_RUNS} tables, times {RUNS // PEER_RUNS})",
    )
    yield intervals(model, data)


def intervals(model: Model, data: UnitData) -> Measurement:
    """Rank intervals over every combination of three scales, three imputations and 200 sets of weights."""
    choices = [
        choice(
            "scale",
            "normalisation",
            {
                "minmax": Normalisation(),
                "z": Normalisation("zscore", (50, 10)),
                "rank": Normalisation("percentile_rank"),
            },
        ),
        choice(
            "imputation",
            "imputation",
            {
                "group": Imputation("group_mean", "half"),
                "mean": Imputation("mean"),
                "median": Imputation("median"),
            },
        ),
        noisy_weights(model.tree, sets=200, seed=1),
    ]
    robust = rank_intervals(model, data, choices, seed=1)
    seconds = median_seconds(lambda: rank_intervals(model, data, choices, seed=1))
    return Measurement(
        work="rank intervals over modelling choices",
        size=f"{robust.runs} combinations of 51 × 49, exact",
        target="–",
        seconds=seconds,
        runs=5,
        met=None,
        checked="ranks equal to those of `build` (tests)",
    )
