"""Published figures: the Californian schools of the manual of R's `survey` (Lumley 2010, chapters 2 to 5)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sapar.methods.surveys.association import association
from sapar.methods.surveys.columns import Factor
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.estimates import mean, ratio, total
from sapar.methods.surveys.quantile import quantiles
from sapar.methods.surveys.regression import regression
from sapar.methods.surveys.sampling import sampling_design
from tests.methods.surveys.reference_designs import coded, near, number, reference, sample


def schools(name: str) -> Design:
    data = sample(f"api_{name}")
    if name == "strat":
        return sampling_design(weights=data["pw"], strata=data["stype"], fpc=data["fpc"])
    if name == "clus1":
        return sampling_design(weights=data["pw"], clusters=data["dnum"], fpc=data["fpc"])
    return sampling_design(
        clusters=[data["dnum"], data["snum"]], fpc=[number("api_clus2", "fpc1"), number("api_clus2", "fpc2")]
    )


def test_the_figures_of_the_manual() -> None:
    """svymean(~api00, dclus1): 644.17 (23.542), deff 9.3459; svytotal(~enroll, dstrat): 3687178 (114642)."""
    clusters = mean(schools("clus1"), number("api_clus1", "api00"), deff="srs")
    assert round(float(clusters.values[0]), 2) == 644.17
    assert round(float(clusters.se[0]), 3) == 23.542
    assert clusters.deff is not None
    assert round(float(clusters.deff[0]), 4) == 9.3459
    stratified = mean(schools("strat"), number("api_strat", "api00"))
    assert [round(float(stratified.values[0]), 2), round(float(stratified.se[0]), 4)] == [662.29, 9.4089]
    enrolled = total(schools("strat"), number("api_strat", "enroll"))
    assert [round(float(enrolled.values[0])), round(float(enrolled.se[0]))] == [3687178, 114642]
    two_stage = mean(schools("clus2"), number("api_clus2", "api00"))
    assert [round(float(two_stage.values[0]), 2), round(float(two_stage.se[0]), 3)] == [670.81, 30.099]


@pytest.mark.parametrize("name", ["strat", "clus1", "clus2"])
def test_all_digits(name: str) -> None:
    found: dict[str, Any] = reference()["api"][name]
    at, d = f"api_{name}", schools(name)
    score = number(at, "api00")
    level = mean(d, score, deff="srs")
    near(level.values, found["mean"]["value"])
    near(level.covariance, found["mean"]["covariance"])
    assert level.deff is not None
    near(level.deff, found["deff"])
    enrolled = total(d, number(at, "enroll"))
    near(enrolled.values, found["total"]["value"])
    near(enrolled.covariance, found["total"]["covariance"])
    change = ratio(d, score, number(at, "api99"))
    near([change.values[0], change.covariance[0, 0]], found["ratio"])
    quartiles = quantiles(d, score)
    columns = [[getattr(q, part) for q in quartiles] for part in ("value", "low", "high", "se")]
    near(columns, found["quartiles"])
    predictors: dict[str, Any] = {part: number(at, part) for part in ("ell", "meals", "mobility")}
    linear = regression(d, score, predictors)
    near(linear.values, found["linear"]["value"])
    near(linear.covariance, found["linear"]["covariance"])
    reached = np.equal(sample(at)["sch.wide"], "Yes").astype(float)
    logistic = regression(d, reached, predictors, family="binomial")
    near(logistic.values, found["logistic"]["value"])
    near(logistic.covariance, found["logistic"]["covariance"])
    assert logistic.df == found["logistic"]["df"]


@pytest.mark.parametrize("name", ["strat", "clus1", "clus2"])
@pytest.mark.parametrize(
    ("test", "key"), [("F", "F"), ("chisq", "Chisq"), ("wald", "Wald"), ("adjusted-wald", "adjWald")]
)
def test_school_type_and_target(name: str, test: Any, key: str) -> None:
    theirs = reference()["api"][name]["association"][key]
    rows: Factor = coded(f"api_{name}", "sch.wide")
    ours = association(schools(name), rows, coded(f"api_{name}", "stype"), test=test)
    near([ours.statistic, ours.p], [theirs["statistic"], theirs["p"]])
