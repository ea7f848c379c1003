"""Intervals of proportions equal those of R's `svyciprop`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import FloatArray
from sapar.methods.surveys.proportions import IntervalMethod, interval, proportion
from sapar.methods.surveys.replicates import AnyDesign
from sapar.methods.surveys.sampling import sampling_design
from tests.methods.surveys.reference_designs import (
    EVERY,
    LINEAR,
    REWEIGHTED,
    SAMPLES,
    WITH_REPLICATES,
    design,
    near,
    number,
    read,
    reference,
    sample,
)

# The margins fix the share of b; what R calls its interval is rounding.
FIXED = frozenset(name for name in EVERY if name.startswith("raked"))


def refused_or_a_point(d: AnyDesign, b: FloatArray, method: IntervalMethod) -> None:
    code = ""
    try:
        found = proportion(d, b, method=method)
    except MethodError as refused:
        code = refused.code
    else:
        assert [found.low, found.high] == pytest.approx([found.value] * 2, abs=1e-3)
    assert code in ("", "surveys.no_interval")


@pytest.mark.parametrize("method", ["logit", "asin", "beta", "mean", "xlogit", "likelihood"])
@pytest.mark.parametrize("name", EVERY)
def test_intervals_equal_those_of_r(name: str, method: Any) -> None:
    b, d = number(SAMPLES[name], "b"), design(name)
    theirs = reference()[name]["proportions"][method]
    if name in FIXED:
        refused_or_a_point(d, b, method)
    else:
        found = proportion(d, b, method=method)
        # The oracle of the likelihood interval is a root found to 1e-8; R's regression in each replicate stops there.
        rough = method == "likelihood" or (method == "logit" and name in WITH_REPLICATES)
        near([found.low, found.high], theirs, rel=1e-7 if rough else 1e-9)
    inside = np.isin(sample(SAMPLES[name])["country"], ["IN", "PK"])
    part = proportion(d, b, method=method, domain=inside)
    theirs = reference()[name]["proportions_part"][method]
    if method == "beta" and name in REWEIGHTED and name != "trimmed_alone":
        # In a domain of weights that were fitted to totals R counts the rows of the whole sample.
        ends = interval(
            part.value, part.se**2, method="beta", level=0.95, df=part.df, design_df=part.df, n=d.rows
        )
        near(ends, theirs)
        return
    rough = method == "likelihood" or (method == "logit" and name in WITH_REPLICATES)
    near([part.low, part.high], theirs, rel=1e-7 if rough else 1e-9)


@pytest.mark.parametrize("name", EVERY)
def test_other_levels_and_the_normal_interval_equal_those_of_r(name: str) -> None:
    b, d, found = number(SAMPLES[name], "b"), design(name), reference()[name]["proportions"]
    if name in FIXED:
        refused_or_a_point(d, b, "beta")
        return
    for method, key in (("mean", "mean_90"), ("beta", "beta_90")):
        ours = proportion(d, b, method=method, level=0.9)  # type: ignore[arg-type]
        near([ours.low, ours.high], found[key])
    normal = proportion(d, b, method="xlogit", df=np.inf)
    near([normal.low, normal.high], found["logit_normal"])


@pytest.mark.parametrize("name", LINEAR)
def test_the_likelihood_interval_is_near_the_one_r_interpolates(name: str) -> None:
    ours = proportion(design(name), number(SAMPLES[name], "b"), method="likelihood")
    near([ours.low, ours.high], reference()[name]["proportions"]["likelihood_interpolated"], rel=2e-2)


def test_the_same_answer_from_all_has_no_interval() -> None:
    d = sampling_design(weights=[1.0, 2.0, 3.0])
    for method in ("logit", "asin", "beta", "likelihood", "xlogit", "wilson"):
        with pytest.raises(MethodError) as refused:
            proportion(d, [1, 1, 1], method=method)
        assert refused.value.code == "surveys.no_interval"


def test_answers_other_than_0_and_1_are_refused() -> None:
    with pytest.raises(MethodError) as refused:
        proportion(sampling_design(weights=[1.0, 1.0]), [0, 2])
    assert refused.value.code == "surveys.not_a_proportion"


@pytest.mark.parametrize(
    ("yes", "n", "level", "printed"),
    [(81, 263, 0.95, (0.2553, 0.3662)), (15, 148, 0.9, None), (1, 29, 0.95, (0.0061, 0.1718))],
)
def test_the_score_interval_is_wilsons(
    yes: int, n: int, level: float, printed: tuple[float, float] | None
) -> None:
    """R's prop.test; Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    p = yes / n
    low, high = interval(
        p, p * (1 - p) / n, method="wilson", level=level, df=np.inf, design_df=np.inf, n=n
    )  # fmt: skip
    near([low, high], read("quality")["wilson"][f"{yes} of {n}"])
    assert printed is None or (round(low, 4), round(high, 4)) == printed


@pytest.mark.parametrize("name", ["strata_fpc", "clusters", "jkn"])
def test_the_ends_of_the_score_interval_are_as_far_as_students_t(name: str) -> None:
    found = proportion(design(name), number(SAMPLES[name], "b"), method="wilson")
    size, t = found.value * (1 - found.value) / found.se**2, stats.t.ppf(0.975, found.df)
    for end in (found.low, found.high):
        assert abs(found.value - end) == pytest.approx(t * np.sqrt(end * (1 - end) / size), rel=1e-9)


def test_the_arcsine_interval_ends_at_0_and_1() -> None:
    few = proportion(sampling_design(weights=[1.0] * 5), [1, 0, 0, 0, 0], method="asin", level=0.99)
    assert few.low == 0.0
    assert 0.2 < few.high <= 1.0
