"""The options beside the usual call equal R's: levels, gaps, domains, design effects, offsets, lonely strata."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from sapar.methods.surveys.columns import BoolArray
from sapar.methods.surveys.estimates import Estimates, mean, ratio, total, variance
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.proportions import IntervalMethod, interval, proportion
from sapar.methods.surveys.quantile import quantiles
from sapar.methods.surveys.regression import regression
from sapar.methods.surveys.replicates import AnyDesign, replicate_design
from sapar.methods.surveys.resampling import jackknife
from sapar.methods.surveys.responses import multiple_responses, response_set
from sapar.methods.surveys.sampling import sampling_design
from sapar.methods.surveys.t_tests import t_test
from sapar.methods.surveys.tables import crosstab
from tests.methods.surveys.reference_designs import (
    EVERY,
    HERE,
    REWEIGHTED,
    SAMPLES,
    WITH_REPLICATES,
    coded,
    design,
    near,
    number,
    options,
    sample,
)

LONELY = [
    f"lonely_{kind}_{domains}_{at}"
    for kind in ("remove", "certainty", "adjust", "average")
    for domains in ("TRUE", "FALSE")
    for at in ("elements", "stages")
]
ALL = [*EVERY, *LONELY]
# Where every second stage of a domain has a single unit there is nothing to average: R says NaN, we refuse.
ABLE = [name for name in ALL if name != "lonely_average_TRUE_stages"]
FIXED = ("ACS", "successive-difference", "JK2")


def lonely_design(name: str, *, fpc: bool = True) -> AnyDesign:
    _, kind, domains, at = name.split("_")
    data: dict[str, Any] = dict(sample(at))
    rules: dict[str, Any] = {"lonely": kind, "lonely_domains": domains == "TRUE"}
    if at == "elements":
        return sampling_design(weights=data["w"], strata=data["lonely"], **rules)
    first = np.where(np.equal(data["lonely"], "single"), 3.0, number(at, "n1"))
    return sampling_design(
        weights=data["w"],
        strata=data["lonely"],
        clusters=[data["psu"], data["ssu"]],
        fpc=[first, number(at, "n2")] if fpc else None,
        nest=True,
        **rules,
    )


@cache
def case(name: str) -> tuple[AnyDesign, str, dict[str, Any], BoolArray]:
    """The design, its sample, R's figures, and the domain."""
    d = lonely_design(name) if name in LONELY else design(name)
    at = name.split("_")[-1] if name in LONELY else SAMPLES[name]
    return d, at, options()[name], np.isin(sample(at)["country"], ["IN", "PK"])


def same(ours: Estimates, theirs: dict[str, Any]) -> None:
    near(ours.values, theirs["value"])
    floor = float(np.abs(ours.values).max() * 1e-9) ** 2
    if "se" in theirs:
        near(ours.se, theirs["se"], floor=floor**0.5)
    elif theirs["covariance"] is not None:
        near(ours.covariance, theirs["covariance"], floor=floor)
    if theirs.get("deff") is not None:
        assert ours.deff is not None
        near(ours.deff, theirs["deff"], floor=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_levels_and_contrasts(name: str) -> None:
    d, at, r, _ = case(name)
    both = {"y": number(at, "y"), "z": number(at, "z")}
    means, sums = mean(d, both), total(d, both)
    near(means.intervals(0.9), r["mean_90"])
    near(sums.intervals(), r["total_t"])
    near(ratio(d, both, number(at, "x")).intervals(), r["ratio_t"])
    near(means.cv, r["cv"])
    near(sums.cv, r["cv_total"])
    same(means.contrast([1, -1]), r["contrast"])


@pytest.mark.parametrize("name", ALL)
def test_gaps(name: str) -> None:
    d, at, r, _ = case(name)
    ym = number(at, "ym")
    same(mean(d, {"ym": ym, "z": number(at, "z")}), r["both_gaps"])
    spread = variance(d, ym)
    if name not in WITH_REPLICATES:
        # R's n/(n-1) counts rows without an answer too.
        n = int(((d.weights != 0) & ~np.isnan(ym)).sum())
        every = int((d.weights != 0).sum())
        factor = every / (every - 1) / (n / (n - 1))
        spread = replace(spread, values=spread.values * factor, covariance=spread.covariance * factor**2)
    same(spread, r["variance_gaps"])
    same(mean(d, ym, deff="srs"), r["gaps_deff"])


@pytest.mark.parametrize("name", ABLE)
def test_design_effects(name: str) -> None:
    d, at, r, inside = case(name)
    y, q = number(at, "y"), coded(at, "q")
    same(mean(d, q, deff="replace"), r["share_replace"])
    same(total(d, q, deff="srs"), r["count_deff"])
    same(total(d, q, deff="replace"), r["count_replace"])
    if r["ratio_replace"] is not None:
        found = ratio(d, y, number(at, "x"), deff="replace").deff
        assert found is not None
        near(found, r["ratio_replace"])
    same(total(d, y, domain=inside, deff="srs"), r["part_total_deff"])
    same(total(d, y, domain=inside, deff="replace"), r["part_total_replace"])


@pytest.mark.parametrize("method", ["logit", "asin", "beta", "mean", "xlogit"])
@pytest.mark.parametrize("name", ALL)
def test_proportions(name: str, method: IntervalMethod) -> None:
    d, at, r, _ = case(name)
    b, theirs = number(at, "b"), r["proportions"][method]
    # R's logit is a regression (with replicates one in each of them) that stops at a change of 1e-8.
    rel = 1e-7 if method == "logit" else 1e-9
    if name.startswith("raked"):
        # The margins fix this share; see test_proportions.
        return
    ninety = proportion(d, b, method=method, level=0.9)
    near([ninety.low, ninety.high], theirs["p90"], rel)
    if method != "beta":
        # R's beta interval does not look at the degrees of freedom it is given.
        normal = proportion(d, b, method=method, df=np.inf)
        near([normal.low, normal.high], theirs["normal"], rel)
    gaps = proportion(d, np.where(np.isnan(number(at, "ym")), np.nan, b), method=method)
    ends = (gaps.low, gaps.high)
    if method == "beta":
        # R counts all rows here, those without an answer too.
        ends = interval(
            gaps.value, gaps.se**2, method="beta", level=0.95, df=gaps.df,
            design_df=d.degrees_of_freedom(), n=d.rows,
        )  # fmt: skip
    elif d.degrees_of_freedom() != gaps.df:
        again = proportion(
            d, np.where(np.isnan(number(at, "ym")), np.nan, b), method=method, df=d.degrees_of_freedom()
        )
        ends = (again.low, again.high)
    near(ends, theirs["gaps"], rel)


@pytest.mark.parametrize("name", ABLE)
def test_quantiles(name: str) -> None:
    d, at, r, inside = case(name)
    y = number(at, "y")
    for kind, theirs in r["quantiles_90"].items():
        found = quantiles(d, y, interval_type=kind, level=0.9)
        near([[getattr(q, part) for q in found] for part in theirs], list(theirs.values()))
    for kind, theirs in r["quantiles_part"].items():
        if kind == "beta" and name in REWEIGHTED and name != "trimmed_alone":
            # R counts the rows of the whole sample here; see test_proportions.
            continue
        found = quantiles(d, y, rule="hf7", interval_type=kind, domain=inside)
        near([[getattr(q, part) for q in found] for part in theirs], list(theirs.values()))


@pytest.mark.parametrize("name", ABLE)
def test_groups(name: str) -> None:
    d, at, r, inside = case(name)
    q = coded(at, "q")
    same(group_estimates(d, number(at, "y"), q, domain=inside), r["groups_part"])
    same(group_estimates(d, number(at, "ym"), q), r["groups_gaps"])


@pytest.mark.parametrize("name", ABLE)
def test_tables(name: str) -> None:
    d, at, r, inside = case(name)
    q, country = coded(at, "q"), coded(at, "country")
    table = crosstab(d, q, country, shares=("count", "cell", "row", "column"))
    for share, order in (("count", "F"), ("cell", "F"), ("row", "F"), ("column", "C")):
        ours = table.shares[share]  # type: ignore[index]
        near(ours.values.ravel(order), r["tables"][share])  # type: ignore[arg-type]
        floor = 1e-9 * float(ours.values.max())
        near(ours.se.ravel(order), r["tables"][f"{share}_se"], floor=floor)  # type: ignore[arg-type]
    near(table.shares["column"].intervals()[0], r["cells_ci"])
    gaps = crosstab(d, coded(at, "qm"), country).shares["column"]
    near(gaps.values, r["table_gaps"]["value"])
    near(gaps.se, r["table_gaps"]["se"])
    part = crosstab(d, q, country, domain=inside).shares["column"]
    near(part.values[:, [0, 2]], r["table_part"]["value"])
    near(part.se[:, [0, 2]], r["table_part"]["se"])


@pytest.mark.parametrize("name", ALL)
def test_several_answers(name: str) -> None:
    d, at, r, _ = case(name)
    ticks = {
        "c1": number(at, "b"),
        "c2": (number(at, "y") > 60).astype(float),
        "c3": (number(at, "x") > 60).astype(float),
    }
    found = multiple_responses(d, response_set(ticks, empty="none"))
    same(found.respondents, r["several"]["respondents"])
    same(found.responses, r["several"]["answers"])
    same(found.mean_count, r["several"]["each"])


@pytest.mark.parametrize("name", ABLE)
def test_t_tests(name: str) -> None:
    d, at, r, inside = case(name)
    two = t_test(d, number(at, "y"), coded(at, "b"), level=0.9)
    near([two.low, two.high], r["test_90"])
    part, theirs = t_test(d, number(at, "ym"), coded(at, "b"), domain=inside), r["test_part"]
    near(
        [part.t, part.df, part.p, part.estimate, part.low, part.high],
        [theirs["statistic"], theirs["df"], theirs["p"], theirs["estimate"], *theirs["ci"]],
    )


@pytest.mark.parametrize("name", ABLE)
def test_regressions(name: str) -> None:
    d, at, r, inside = case(name)
    y, x, z, b, q = *(number(at, column) for column in ("y", "x", "z", "b")), coded(at, "q")
    slopes = regression(d, y, {"x": x, "q": q}, intercept=False)
    near(slopes.values, r["slopes"]["value"])
    near(slopes.covariance, r["slopes"]["covariance"])
    near(slopes.p, r["slopes"]["p"])
    fits: dict[str, Any] = {
        "only": regression(d, y, {}),
        "offset": regression(d, y, {"x": x}, offset=z),
        "rate": regression(d, z, {"q": q}, family="poisson", offset=np.log(x)),
        "odds": regression(d, b, {"q": q}, family="binomial", offset=x / 50),
        "logistic_part": regression(d, b, {"x": x, "q": q}, family="binomial", domain=inside),
        "poisson_part": regression(d, z, {"x": x}, family="poisson", domain=inside),
    }
    for key, found in fits.items():
        near(found.values, r[key]["value"])
        if not found.lost_replicates:
            # Where a replicate's answers are told for certain, R goes on with wherever its fit was stopped.
            near(found.covariance, r[key]["covariance"])
    both = regression(d, y, {"x": x, "q": q})
    together = both.test(["x", "q"])
    near([together.statistic, together.ndf, together.ddf, together.p], r["two_terms"]["test"])
    chi_square = both.test(["q"], df=np.inf)
    near([chi_square.ndf, chi_square.p], r["two_terms"]["chisq"])
    near(both.intervals(0.9).ravel("F"), r["two_terms"]["ci"])


def test_probabilities_are_weights_turned_over() -> None:
    found = options()["probabilities"]
    people, places = sample("elements"), sample("stages")
    one = sampling_design(probabilities=1 / number("elements", "w"), strata=people["stratum"])
    same(mean(one, number("elements", "y")), found["one"])
    psu = list(zip(places["stratum"], places["psu"], strict=True))
    ssu = list(zip(places["stratum"], places["psu"], places["ssu"], strict=True))
    first = {s: len({p for p in psu if p[0] == s}) for s in set(places["stratum"])}
    second = {p: len({u for u in ssu if u[:2] == p}) for p in set(psu)}
    two = sampling_design(
        probabilities=[
            np.array([first[s] for s in places["stratum"]]) / number("stages", "n1"),
            np.array([second[p] for p in psu]) / number("stages", "n2"),
        ],
        strata=places["stratum"],
        clusters=[places["psu"], places["ssu"]],
        nest=True,
    )
    same(mean(two, number("stages", "y")), found["two"])


@pytest.mark.parametrize("name", [name for name in LONELY if name.endswith("stages")])
def test_a_jackknife_treats_lonely_strata_as_r_does(name: str) -> None:
    found = options()[name.replace("_stages", "_jkn")]
    drawn = lonely_design(name, fpc=False)
    d = jackknife(drawn)  # type: ignore[arg-type]
    y = number("stages", "y")
    same(mean(d, {"y": y, "z": number("stages", "z")}), found["mean"])
    same(total(d, y), found["total"])
    same(mean(d, y, domain=np.equal(sample("stages")["country"], "PK")), found["part"])


@pytest.mark.parametrize("name", [name for name in options() if name.startswith("kind_")])
def test_replicate_weights_that_came_with_the_data(name: str) -> None:
    _, kind, *flags = name.split("_")
    combined, mse, scaled = (flag == "TRUE" for flag in flags)
    table, found = np.loadtxt(HERE / "replicates_brr.csv", delimiter=","), options()[name]
    weights = number("pairs", "w")
    d = replicate_design(
        weights=weights,
        replicate_weights=table * weights[:, None] if combined else table,
        kind=kind,  # type: ignore[arg-type]
        combined=combined,
        rho=0.3 if kind == "Fay" else None,
        # For these kinds R ignores what it is given.
        scale=0.07 if scaled and kind in ("JK1", "JKn", "bootstrap", "other") else None,
        rscales=np.linspace(0.5, 1.5, table.shape[1]) if scaled and kind not in FIXED else None,
        mse=mse,
    )
    assert d.degrees_of_freedom() == found["df"]
    near(d.scale, found["scale"])
    y = number("pairs", "y")
    same(mean(d, {"y": y, "z": number("pairs", "z")}), found["mean"])
    same(ratio(d, y, number("pairs", "x")), found["ratio"])
    same(total(d, y, domain=np.equal(sample("pairs")["country"], "KG")), found["part"])
