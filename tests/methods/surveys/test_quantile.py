"""Quantiles and their intervals equal those of R's `svyquantile`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.surveys.quantile import quantiles
from sapar.methods.surveys.sampling import sampling_design
from tests.methods.surveys.reference_designs import (
    EVERY,
    LINEAR,
    REFITTED,
    REPLICATED,
    REWEIGHTED,
    SAMPLES,
    WITH_REPLICATES,
    design,
    near,
    number,
    reference,
)

PROBABILITIES = (0.1, 0.25, 0.5, 0.8)
RULES = ["math", "school", "shahvaish", *(f"hf{at}" for at in range(1, 10))]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        *((name, rule) for name in [*LINEAR, *REPLICATED] for rule in RULES),
        # A rule sees nothing of a design but its weights.
        *((name, rule) for name in [*REWEIGHTED, *REFITTED] for rule in ("math", "hf2", "hf7")),
    ],
)
def test_quantiles_and_intervals_equal_those_of_r(name: str, rule: Any) -> None:
    theirs, d, y = reference()[name]["quantiles"], design(name), number(SAMPLES[name], "y")
    types = ["mean", "beta", "xlogit", "asin"] if name not in WITH_REPLICATES else ["mean", "quantile"]
    if name in REPLICATED and rule == "shahvaish":
        # There R uses weights that do not average 1; see the page.
        return_value = quantiles(d, y, PROBABILITIES, rule=rule)
        linear = quantiles(sampling_design(weights=d.weights), y, PROBABILITIES, rule=rule)
        assert [q.value for q in return_value] == [q.value for q in linear]
        return
    if name == "zeros" and rule == "shahvaish":
        # R counts rows without weight among the n.
        there = d.weights > 0
        alone = quantiles(sampling_design(weights=d.weights[there]), y[there], PROBABILITIES, rule=rule)
        assert [q.value for q in quantiles(d, y, PROBABILITIES, rule=rule)] == [q.value for q in alone]
        return
    for kind in types:
        found = quantiles(d, y, PROBABILITIES, rule=rule, interval_type=kind)  # type: ignore[arg-type]
        expected = theirs[f"{rule}_{kind}"]
        near([q.value for q in found], theirs[rule])
        near([q.low for q in found], expected["low"])
        near([q.high for q in found], expected["high"])
        near([q.se for q in found], expected["se"])


@pytest.mark.parametrize("name", EVERY)
def test_levels_gaps_and_the_normal_interval_equal_those_of_r(name: str) -> None:
    theirs, d = reference()[name]["quantiles"], design(name)
    found = quantiles(d, number(SAMPLES[name], "y"), PROBABILITIES, level=0.9, df=np.inf)
    near(
        [[q.low, q.high, q.se] for q in found],
        np.transpose([theirs["normal_90"][k] for k in ("low", "high", "se")]),
    )
    df = d.degrees_of_freedom()
    gaps = quantiles(d, number(SAMPLES[name], "ym"), PROBABILITIES, df=df)
    expected = np.transpose([theirs["gaps"][k] for k in ("value", "low", "high", "se")])
    near([[q.value, q.low, q.high, q.se] for q in gaps], expected)


@pytest.mark.parametrize("name", LINEAR)
def test_the_score_interval_holds_the_values_that_are_not_rejected(name: str) -> None:
    found = quantiles(design(name), number(SAMPLES[name], "y"), PROBABILITIES, interval_type="score")
    for ours, theirs in zip(found, reference()[name]["quantiles"]["score"], strict=True):
        near([ours.low, ours.high], theirs)


def test_a_score_interval_of_many_values_is_found_by_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    d, y = design("stages"), number("stages", "y")
    plain = quantiles(d, y, PROBABILITIES, interval_type="score")
    monkeypatch.setattr("sapar.methods.surveys.quantile.NOISY", 0)
    assert quantiles(d, y, PROBABILITIES, interval_type="score") == plain


def test_equal_weights_meet_a_share_exactly() -> None:
    d = sampling_design(weights=[0.1] * 10)
    assert quantiles(d, list(range(1, 11)), [0.3], rule="math")[0].value == 3
    assert quantiles(d, list(range(1, 11)), [0.3], rule="school")[0].value == 3.5


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "hf7"])
def test_no_quantile_is_below_the_lowest_value(rule: Any) -> None:
    """By definition the distribution function of 3, 5, 8, 13, 21 reaches a third at 3; R's rules of steps say 5."""
    d = sampling_design(weights=[5, 2, 4, 1, 3])
    assert [one.value for one in quantiles(d, [3, 5, 8, 13, 21], (0.02, 0.1), rule=rule)] == [3, 3]
    if rule in ("math", "school", "hf1", "hf2"):
        assert quantiles(d, [3, 5, 8, 13, 21], [0.33], rule=rule)[0].value == 3


@pytest.mark.parametrize("interval", ["mean", "xlogit", "asin", "beta"])
def test_a_sample_of_everybody_leaves_no_doubt(interval: Any) -> None:
    d = sampling_design(weights=[1.0] * 5, fpc=[[5] * 5])
    found = quantiles(d, [3, 5, 8, 13, 21], [0.5], interval_type=interval)[0]
    assert (found.value, found.low, found.high, found.se) == (8, 8, 8, 0)


def test_unknown_options_are_refused() -> None:
    d = sampling_design(weights=[1.0, 1.0])
    for options in ({"rule": "best"}, {"interval_type": "wide"}, {"interval_type": "quantile"}):
        with pytest.raises(MethodError) as refused:
            quantiles(d, [1.0, 2.0], **options)  # type: ignore[arg-type]
        assert refused.value.code == "surveys.bad_option"
    with pytest.raises(MethodError):
        quantiles(d, [1.0, 2.0], [1.5])
