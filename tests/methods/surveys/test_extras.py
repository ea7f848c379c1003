"""The rest of the options equal R's: 99 % intervals, equal answers, groups' design effects, all rows of letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.association import association
from sapar.methods.surveys.columns import Factor
from sapar.methods.surveys.comparisons import Adjustment, Differences, compare_groups
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.proportions import proportion
from sapar.methods.surveys.quantile import quantiles
from sapar.methods.surveys.regression import regression
from sapar.methods.surveys.sampling import sampling_design
from sapar.methods.surveys.tables import crosstab
from tests.methods.surveys.reference_designs import (
    LINEAR,
    REPLICATED,
    REWEIGHTED,
    SAMPLES,
    WITH_REPLICATES,
    coded,
    extras,
    near,
    number,
    reference,
)
from tests.methods.surveys.test_association import NAMES
from tests.methods.surveys.test_association import same as same_test
from tests.methods.surveys.test_options import LONELY, case

TRIMMED = ["trimmed_jkn", "trimmed_fay_mse"]
ALL = [*LINEAR, *REPLICATED, *REWEIGHTED, *TRIMMED, *LONELY]
# In the domain, or a column, every second stage has a single unit: nothing to average.
ABLE = [name for name in ALL if name != "lonely_average_TRUE_stages"]
FITTED = frozenset(name for name in REWEIGHTED if name != "trimmed_alone")


def test_every_reference_is_compared() -> None:
    assert set(extras()) == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_wide_intervals_of_proportions(name: str) -> None:
    d, at, _, _ = case(name)
    b, theirs = number(at, "b"), extras()[name]
    if name.startswith("raked"):
        # The margins fix this share; see test_proportions.
        return
    for method, ends in theirs["ends_99"].items():
        if method == "asin" and name.startswith("lonely"):
            assert ends[0] < ends[1]
        found = proportion(d, b, method=method, level=0.99)
        near([found.low, found.high], ends, 1e-7 if method == "logit" else 1e-9)
    narrow = proportion(d, b, method="likelihood", level=0.9)
    near([narrow.low, narrow.high], theirs["likelihood_90"], 1e-7)


@pytest.mark.parametrize("name", ALL)
def test_quantiles_of_equal_answers(name: str) -> None:
    d, at, _, _ = case(name)
    for rule, theirs in extras()[name]["ties"].items():
        found = quantiles(d, number(at, "z"), (0.03, 0.3, 0.5, 0.97), rule=rule)
        near([q.value for q in found], theirs)


@pytest.mark.parametrize("name", ABLE)
def test_design_effects_of_groups(name: str) -> None:
    d, at, _, _ = case(name)
    y, country, theirs = number(at, "y"), coded(at, "country"), extras()[name]
    for key, options in {
        "deff_mean": ("mean", "srs"),
        "deff_mean_replace": ("mean", "replace"),
        "deff_total": ("total", "srs"),
        "deff_total_replace": ("total", "replace"),
    }.items():
        found = group_estimates(d, y, country, statistic=options[0], deff=options[1]).deff  # type: ignore[arg-type]
        assert found is not None
        near(found, theirs[key], floor=1e-12)


def same_rows(
    ours: Differences | None, theirs: Sequence[dict[str, Any]], key: str, chosen: Sequence[int], df: float
) -> None:
    """One row of the table after the other; `chosen` are the pairs that R has."""
    assert ours is not None
    assert len(ours.p) == len(theirs)
    for row, one in enumerate(theirs):
        near(ours.difference[row][chosen], one["difference"], floor=1e-14)
        near(ours.se[row][chosen], one["se"], floor=1e-12)
        plain = 2 * stats.t.sf(np.abs(np.divide(one["difference"], one["se"])), df)
        near(ours.p[row][chosen], one.get(key, plain))


@pytest.mark.parametrize("name", [name for name in ABLE if name not in LONELY])
def test_all_columns_of_all_rows_are_compared_as_in_r(name: str) -> None:
    d, at, _, inside = case(name)
    q, country, theirs = coded(at, "q"), coded(at, "country"), extras()[name]
    df, every = d.degrees_of_freedom(), range(6)
    kinds: dict[Adjustment, str] = {"none": "p", "holm": "holm", "fdr": "fdr", "bonferroni": "bonferroni"}
    for kind, key in kinds.items():
        same_rows(crosstab(d, q, country, compare=kind).differences, theirs["differences"], key, every, df)
        part = crosstab(d, q, country, compare=kind, domain=inside).differences
        # Between the two countries of the domain.
        same_rows(part, theirs["differences_part"], key, [1], df)
    gaps = crosstab(d, coded(at, "qm"), country, compare="none").differences
    same_rows(gaps, theirs["differences_gaps"], "p", every, df)


@pytest.mark.parametrize("name", [name for name in ABLE if name not in FITTED and name not in LONELY])
def test_means_of_groups_are_compared_as_in_r(name: str) -> None:
    d, at, _, _ = case(name)
    means, theirs = group_estimates(d, number(at, "y"), coded(at, "country")), extras()[name]["groups_p"]
    for kind, key in (("none", "p"), ("holm", "holm"), ("fdr", "fdr")):
        near(compare_groups(means, adjustment=kind).p[0], theirs[key])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [name for name in ALL if name not in WITH_REPLICATES])
def test_score_intervals(name: str) -> None:
    d, at, _, _ = case(name)
    y = number(at, "y")
    found = quantiles(d, y, (0.2, 0.5), interval_type="score", level=0.9)
    near([[q.low, q.high] for q in found], extras()[name]["score_90"])
    if name in REWEIGHTED:
        usual = quantiles(d, y, (0.1, 0.25, 0.5, 0.8), interval_type="score")
        near([[q.low, q.high] for q in usual], reference()[name]["quantiles"]["score"])


@pytest.mark.parametrize("test", NAMES)
@pytest.mark.parametrize("name", LONELY)
def test_association_with_lonely_units(name: str, test: Any) -> None:
    d, at, _, inside = case(name)
    q, country, theirs = coded(at, "q"), coded(at, "country"), extras()[name]
    same_test(association(d, q, country, test=test), theirs["association"][NAMES[test]], test)
    of_part = theirs["association_part"][NAMES[test]]
    if name == "lonely_average_TRUE_stages":
        with pytest.raises(MethodError) as refused:
            association(d, q, country, test=test, domain=inside)
        assert refused.value.code == "surveys.nothing_to_average"
        return
    same_test(association(d, q, country, test=test, domain=inside), of_part, test)


@pytest.mark.parametrize("name", ALL)
def test_regressions_with_gaps_on_both_sides(name: str) -> None:
    d, at, _, _ = case(name)
    predictors: dict[str, Any] = {"ym": number(at, "ym"), "qm": coded(at, "qm")}
    for key, family, response in (("gaps_linear", "gaussian", "z"), ("gaps_logistic", "binomial", "b")):
        found = regression(d, number(at, response), predictors, family=family)  # type: ignore[arg-type]
        near(found.values, extras()[name][key]["value"])
        if not found.lost_replicates:
            near(found.covariance, extras()[name][key]["covariance"])


@pytest.mark.parametrize("name", ABLE)
def test_plain_intervals_of_a_table(name: str) -> None:
    d, at, _, _ = case(name)
    agree = crosstab(d, coded(at, "q"), coded(at, "country")).shares["column"]
    value, se = np.reshape(extras()[name]["table_90"], (-1, 2)).T
    half = stats.t.ppf(0.95, agree.df) * se
    near(agree.intervals(0.9, method="mean")[0], np.column_stack([value - half, value + half]))


def test_a_group_of_one_row_has_no_design_effect() -> None:
    d = sampling_design(weights=[2.0] * 4)
    with pytest.raises(MethodError) as refused:
        group_estimates(d, [1.0, 2, 3, 4], Factor(np.array([0, 0, 0, 1]), ("a", "b")), deff="srs")
    assert refused.value.code == "surveys.too_few_answers"


def test_what_the_designs_are_of_is_known() -> None:
    assert {SAMPLES[name] for name in ("three", "jkn_three", "trimmed_jkn")} == {"levels", "stages"}
