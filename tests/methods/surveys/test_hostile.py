"""Whatever the data, an estimator answers with numbers or refuses with a code."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys import (
    AnyDesign,
    Factor,
    association,
    balanced_replicates,
    bootstrap,
    crosstab,
    group_estimates,
    jackknife,
    mean,
    proportion,
    quantiles,
    ratio,
    regression,
    sampling_design,
    t_test,
    total,
    variance,
)


def design_of(chance: np.random.Generator, n: int) -> AnyDesign:
    """Small and awkward: zero weights, lonely units, whole populations, strata of one row."""
    weights = chance.choice([0.0, 1.0, 1e-6, 1e6, 3.7], n)
    strata = chance.integers(0, 3, n) if chance.random() < 0.7 else None
    clusters = [chance.integers(0, 4, n), chance.integers(0, 3, n)][: int(chance.integers(0, 3))]
    options: Any = {"lonely": str(chance.choice(["fail", "remove", "certainty", "adjust", "average"]))}
    if chance.random() < 0.4:
        options["fpc"] = [np.full(n, float(chance.integers(4, 50))) for _ in range(max(len(clusters), 1))]
    drawn = sampling_design(
        weights=weights,
        strata=strata,
        clusters=clusters,
        nest=strata is not None,
        lonely_domains=bool(chance.random() < 0.3),
        **options,
    )
    kind = int(chance.integers(0, 6))
    if kind == 0:
        return jackknife(drawn, mse=bool(chance.random() < 0.5))
    if kind == 1:
        return bootstrap(drawn, replicates=10, seed=1, method="rao-wu")
    if kind == 2:
        return bootstrap(drawn, replicates=10, seed=1, method="preston")
    if kind == 3:
        return balanced_replicates(drawn)
    return drawn


def numbers_are_sound(found: Any, seen: int = 0) -> None:
    """No infinite figure, no negative standard error, probabilities within 0 and 1."""
    for name in ("value", "values", "se", "p"):
        part = getattr(found, name, None)
        if part is None or callable(part):
            continue
        figures = np.asarray(part, dtype=float)
        assert not np.isinf(figures).any(), name
        if name == "se":
            assert not (figures < 0).any()
        if name == "p" and hasattr(found, "test"):
            assert ((figures >= 0) & (figures <= 1) | np.isnan(figures)).all()


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_answers_or_a_code(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n = int(chance.integers(1, 25))
    y = chance.choice([0.0, 1.0, -5.0, 1e9, 2.5, np.nan], n)
    yes = chance.choice([0.0, 1.0, np.nan], n)
    q, g = (Factor(chance.integers(-1, 3, n), ("a", "b", "c")) for _ in range(2))
    inside = chance.random(n) < 0.7
    with warnings.catch_warnings():
        # A replicate may leave an estimate undefined; it is then left out.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            d = design_of(chance, n)
        except MethodError:
            return
        calls: list[Callable[[], Any]] = [
            lambda: mean(d, y, domain=inside),
            lambda: total(d, q),
            lambda: ratio(d, y, np.abs(y) + 1),
            lambda: variance(d, {"y": y, "yes": yes}),
            lambda: proportion(d, yes, method="beta"),
            lambda: proportion(d, yes, method="likelihood"),
            lambda: quantiles(d, y, rule="hf7")[1],
            lambda: quantiles(d, y, interval_type="score", domain=inside)[0],
            lambda: group_estimates(d, y, g),
            lambda: (
                crosstab(d, q, g, shares=("cell", "column"), test="F", compare="holm", domain=inside).test
            ),
            lambda: association(d, q, g, test="wald"),
            lambda: association(d, q, g, test="exact"),
            lambda: t_test(d, y, Factor(np.minimum(g.codes, 1), ("x", "y"))),
            lambda: regression(d, y, {"q": q, "yes": yes}),
            lambda: regression(d, yes, {"y": y}, family="binomial", domain=inside),
        ]
        for call in calls:
            try:
                numbers_are_sound(call())
            except MethodError:
                continue
