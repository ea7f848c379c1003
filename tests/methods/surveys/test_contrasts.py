"""Functions of estimates equal those of R's `svycontrast`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys import (
    Estimates,
    contrasts,
    group_estimates,
    mean,
    regression,
    sampling_design,
    total,
)
from tests.methods.surveys.reference_designs import SAMPLES, coded, design, near, number, read


@cache
def reference() -> dict[str, Any]:
    return read("contrasts")


def same(ours: Estimates, theirs: dict[str, Any]) -> None:
    near(ours.values, theirs["value"])
    near(ours.covariance, theirs["covariance"], floor=float(np.abs(ours.values).max() * 1e-9) ** 2)


@pytest.mark.parametrize("name", reference())
def test_contrasts_of_means_totals_and_shares_equal_those_of_r(name: str) -> None:
    r, d, at = reference()[name], design(name), SAMPLES[name]
    y, z, x = number(at, "y"), number(at, "z"), number(at, "x")
    means = mean(d, {"y": y, "z": z})
    same(contrasts(means, {"gap": [1, -1], "half": [0.5, 0.5]}), r["linear"])
    same(contrasts(means, {"gap": "y - z", "half": "(y + z) / 2"}), r["linear"])
    formulas = ["y / z", "log(y) - log(z)", "sqrt(y) * z**2", "100 * (y - z) / z", "exp(-y / 50) + z"]
    same(contrasts(means, dict(zip("abcde", formulas, strict=True))), r["functions"])
    same(contrasts(total(d, {"y": y, "x": x}), {"": "y / x"}), r["totals"])
    odds = "log([agree] / (1 - [agree])) - log([oppose] / (1 - [oppose]))"
    same(contrasts(mean(d, coded(at, "q")), {"": odds}), r["odds"])


@pytest.mark.parametrize("name", reference())
def test_contrasts_of_coefficients_and_groups_equal_those_of_r(name: str) -> None:
    r, d, at = reference()[name], design(name), SAMPLES[name]
    y, x, q = number(at, "y"), number(at, "x"), coded(at, "q")
    model = regression(d, y, {"x": x, "q": q})
    same(contrasts(model, {"gap": [0, 0, 1, -1], "at": "[(intercept)] + 50 * x + [q=neither]"}), r["slopes"])
    same(contrasts(model, {"turning": "-[q=neither] / x"}), r["turning"])
    if r["groups"] is not None:
        means = group_estimates(d, y, coded(at, "country"))
        same(contrasts(means, {"gap": "IN - KG"}), r["groups"])
        same(contrasts(means, {"relative": "PK / IN - 1"}), r["group_ratio"])


PLAIN = mean(
    sampling_design(weights=[1.0] * 4, strata=list("aabb")),
    {"y": [1.0, 2, 4, 8], "no": [0.0] * 4, "a-b": [1.0, 3, 2, 2]},
)  # fmt: skip


def test_a_contrast_and_its_own_method_agree() -> None:
    one, other = contrasts(PLAIN, {"gap": "y - [a-b]"}), PLAIN.contrast([1, 0, -1])
    near(one.covariance, other.covariance)
    near(one.values, other.values)
    assert (one.df, one.n, one.missing, one.population) == (2.0, 4, 0, 4.0)


@given(st.floats(0.1, 5), st.floats(-2, 2))
def test_derivatives_are_those_of_differences(factor: float, power: float) -> None:
    """The standard error of f(y) is |f'(y)| that of y."""
    formula = f"{factor!r} * y ** {power!r} - log(y) / y + exp(y / 10) ** (1 / y)"
    found = contrasts(PLAIN, {"f": formula})

    def f(y: float) -> float:
        return float(factor * y**power - np.log(y) / y + np.exp(y / 10) ** (1 / y))

    y, step = float(PLAIN.values[0]), 1e-6
    slope = (f(y + step) - f(y - step)) / (2 * step)
    assert found.values[0] == pytest.approx(f(y), rel=1e-12)
    assert found.se[0] == pytest.approx(abs(slope) * PLAIN.se[0], rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"f": "x"}, "bad_contrast"),
        ({"f": "y +"}, "bad_contrast"),
        ({"f": "[y"}, "bad_contrast"),
        ({"f": ""}, "bad_contrast"),
        ({"f": "y.real"}, "bad_contrast"),
        ({"f": "open('x')"}, "bad_contrast"),
        ({"f": "log(y, 2)"}, "bad_contrast"),
        ({"f": "'y'"}, "bad_contrast"),
        ({"f": "True"}, "bad_contrast"),
        ({"f": "-" * 20_000 + "y"}, "bad_contrast"),
        ({"f": "(" * 3_000 + "y" + ")" * 3_000}, "bad_contrast"),
        ({"f": "y / no"}, "undefined_contrast"),
        ({"f": "log(no)"}, "undefined_contrast"),
        ({"f": "(-y) ** y"}, "undefined_contrast"),
        ({"f": "9 ** 9 ** 9 * y"}, "undefined_contrast"),
        ({"f": [1, 2]}, "lengths_differ"),
        ({"f": None}, "wrong_type"),
        ({"f": ["a", "b", "c"]}, "not_a_number"),
        ({}, "no_columns"),
        ("y", "wrong_type"),
    ],
)
def test_what_is_no_contrast_is_refused(wanted: Any, code: str) -> None:
    with pytest.raises(MethodError) as refused:
        contrasts(PLAIN, wanted)
    assert refused.value.code == f"surveys.{code}"


def test_a_name_that_two_estimates_bear_is_refused() -> None:
    twice = Estimates(
        statistic="mean", names=("y", "y"), values=np.ones(2), covariance=np.eye(2), df=1, n=2, missing=0,
        population=2,
    )  # fmt: skip
    with pytest.raises(MethodError) as refused:
        contrasts(twice, {"f": "y"})
    assert refused.value.facts["known"] == ("y", "y")
