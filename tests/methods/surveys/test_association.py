"""Rao–Scott, Wald and exact tests equal those of R's `svychisq`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.association import Association, association
from sapar.methods.surveys.columns import Factor, factor
from sapar.methods.surveys.quadratic_forms import exact_tail, kuonen, saddlepoint_tail, satterthwaite_tail
from sapar.methods.surveys.sampling import sampling_design
from tests.methods.surveys.reference_designs import (
    EVERY,
    LINEAR,
    REWEIGHTED,
    SAMPLES,
    coded,
    design,
    near,
    reference,
    sample,
)

NAMES = {"F": "F", "chisq": "Chisq", "wald": "Wald", "adjusted-wald": "adjWald", "saddlepoint": "saddlepoint"}


def with_whole_degrees(ours: Association) -> float:
    """R repeats a coefficient `ddf` times, which drops the fraction of the degrees of freedom."""
    scale = max(ours.deffs)
    lam = np.append(ours.deffs, -ours.pearson / ours.ddf) / scale
    found = kuonen(lam, np.append(np.ones(len(ours.deffs)), math.floor(ours.ddf)), 0.0)
    assert found is not None
    assert ours.p == pytest.approx(found, rel=0.05)
    return found


def same(ours: Any, theirs: dict[str, Any], test: str, inflated: float = 1.0) -> None:
    """R's raw X² counts rows without an answer; its uniroot finds the saddlepoint to about 1e-8."""
    factor_ = 1.0 if test in ("F", "wald", "adjusted-wald") else inflated
    near(ours.statistic * factor_, theirs["statistic"])
    p = with_whole_degrees(ours) if test == "saddlepoint" and math.isfinite(ours.ddf) else ours.p
    near(p, theirs["p"], rel=1e-6 if test == "saddlepoint" else 1e-9)
    if test in ("F", "wald", "adjusted-wald"):
        near([ours.ndf, ours.ddf], theirs["df"])


@pytest.mark.parametrize("test", NAMES)
@pytest.mark.parametrize("name", EVERY)
def test_tests_equal_those_of_r(name: str, test: Any) -> None:
    at, d, theirs = SAMPLES[name], design(name), reference()[name]
    q, country = coded(at, "q"), coded(at, "country")
    same(association(d, q, country, test=test), theirs["association"][NAMES[test]], test)
    gaps = association(d, coded(at, "qm"), country, test=test)
    same(gaps, theirs["association_gaps"][NAMES[test]], test, inflated=d.rows / gaps.n)
    inside = np.isin(sample(at)["country"], ["IN", "PK"])
    part, of_part = (
        association(d, q, country, test=test, domain=inside),
        theirs["association_part"][NAMES[test]],
    )
    if of_part is None:
        # In a domain of weights that were fitted to totals R keeps the levels that nobody has, and ends with an error.
        assert name in REWEIGHTED
        assert 0 <= part.p <= 1
        return
    same(part, of_part, test)


@pytest.mark.parametrize("lonely", ["remove", "certainty", "adjust", "average"])
@pytest.mark.parametrize("test", NAMES)
def test_lonely_units_are_treated_as_in_r(lonely: Any, test: Any) -> None:
    data = sample("elements")
    d = sampling_design(weights=data["w"], strata=data["lonely"], lonely=lonely)
    ours = association(d, coded("elements", "q"), coded("elements", "country"), test=test)
    same(ours, reference()[f"lonely_{lonely}_FALSE"]["association"][NAMES[test]], test)


@pytest.mark.parametrize("ddf", [0.7, 1.0, 2.5, 10.0, 200.0, 2000.0, math.inf])
def test_the_exact_tail_is_that_of_f_when_all_weights_are_equal(ddf: float) -> None:
    for k in (1, 2, 10, 116, 500):
        for ratio in (1e-12, 1e-3, 0.2, 1.0, 1.7, 20.0, 300.0):
            f = stats.chi2.sf(k * ratio, k) if math.isinf(ddf) else stats.f.sf(ratio, k, ddf)
            tail = exact_tail(1.3 * k * ratio, np.full(k, 1.3), ddf)
            assert tail == pytest.approx(f, rel=1e-8, abs=1e-280)


def test_the_exact_tail_of_imhof_1961() -> None:
    """Table 1 of Imhof (1961): Q1 = .6χ²+.3χ²+.1χ² exceeds 0.1, 0.7 and 2 with .9458, .5064 and .1240."""
    lam = np.array([0.6, 0.3, 0.1])
    for x, tail in ((0.1, 0.9458), (0.7, 0.5064), (2.0, 0.1240)):
        assert exact_tail(x, lam) == pytest.approx(tail, abs=5e-5)


def test_the_approximations_are_near_the_exact_tail() -> None:
    lam = np.array([3.0, 1.0, 0.5, 0.2])
    for x in (3.0, 9.0, 20.0):
        for ddf in (15.0, math.inf):
            exact = exact_tail(x, lam, ddf)
            assert saddlepoint_tail(x, lam, ddf) == pytest.approx(exact, rel=0.06)
            assert satterthwaite_tail(x, lam, ddf) == pytest.approx(exact, rel=0.3)


@pytest.mark.parametrize("name", LINEAR)
def test_the_exact_test_is_near_its_approximations(name: str) -> None:
    q, country = coded(SAMPLES[name], "q"), coded(SAMPLES[name], "country")
    exact = association(design(name), q, country, test="exact")
    close = association(design(name), q, country, test="saddlepoint")
    assert exact.p == pytest.approx(close.p, rel=0.05)


def test_persons_drawn_directly_give_the_same_by_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    d, q, country = design("strata_fpc"), coded("elements", "q"), coded("elements", "country")
    dense = [association(d, q, country, test=test) for test in ("F", "wald", "exact")]
    monkeypatch.setattr("sapar.methods.surveys.cells.DENSE", 0)
    monkeypatch.setattr("sapar.methods.surveys.cells.ROWS_A_CELL", 0)
    for before, test in zip(dense, ("F", "wald", "exact"), strict=True):
        after = association(d, q, country, test=test)  # type: ignore[arg-type]
        near([after.statistic, after.ndf, after.ddf], [before.statistic, before.ndf, before.ddf])
        assert after.p == pytest.approx(before.p, rel=1e-8)


def test_a_single_level_or_an_empty_cell_is_refused() -> None:
    d = sampling_design(weights=[1.0] * 6)
    with pytest.raises(MethodError) as refused:
        association(d, factor(["a"] * 6), factor(["x", "y"] * 3))
    assert refused.value.code == "surveys.one_level"
    with pytest.raises(MethodError) as refused:
        association(d, factor([None] * 6), factor(["x", "y"] * 3))
    assert refused.value.code == "surveys.no_answers"
    with pytest.raises(MethodError) as refused:
        association(d, factor(["a", "b", "c"] * 2), Factor(np.arange(6) % 3, ("x", "y", "z")), test="wald")
    assert refused.value.code == "surveys.empty_cells"
