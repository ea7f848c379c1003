"""Means, totals, ratios, variances and design effects equal those of R's `survey`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sapar.methods.surveys.columns import BoolArray
from sapar.methods.surveys.estimates import Estimates, mean, ratio, total, variance
from sapar.methods.surveys.sampling import sampling_design
from tests.methods.surveys.reference_designs import (
    EVERY,
    SAMPLES,
    coded,
    design,
    near,
    number,
    reference,
    sample,
)


def same(ours: Estimates, theirs: dict[str, Any]) -> None:
    near(ours.values, theirs["value"])
    floor = float(np.abs(ours.values).max() * 1e-9) ** 2
    if "variance" in theirs:
        near(np.diag(ours.covariance), theirs["variance"], floor=floor)
    else:
        near(ours.covariance, theirs["covariance"], floor=floor)
    if "deff" in theirs:
        assert ours.deff is not None
        near(ours.deff, theirs["deff"], floor=1e-12)


def part(name: str) -> BoolArray:
    return np.isin(sample(SAMPLES[name])["country"], ["IN", "PK"])


@pytest.mark.parametrize("name", EVERY)
def test_estimates_equal_those_of_r(name: str) -> None:
    found, at, d = reference()[name]["estimates"], SAMPLES[name], design(name)
    y, z, x = number(at, "y"), number(at, "z"), number(at, "x")
    both = {"y": y, "z": z}
    assert d.degrees_of_freedom() == found["df"]
    same(mean(d, both), found["mean"])
    near(mean(d, both).intervals(df=np.inf), np.reshape(found["mean_normal"], (2, 2)).T)
    near(mean(d, both).intervals(), np.reshape(found["mean_t"], (2, 2)).T)
    same(total(d, both), found["total"])
    same(mean(d, coded(at, "q")), found["share"])
    same(total(d, coded(at, "q")), found["count"])
    same(ratio(d, both, x), found["ratio"])
    same(ratio(d, both, {"x": x, "b": number(at, "b")}), found["ratio_pairs"])
    same(variance(d, y), found["variance"])
    same(variance(d, both), found["variances"])


@pytest.mark.parametrize("name", EVERY)
def test_answers_that_are_missing_are_left_out_as_in_r(name: str) -> None:
    found, at, d = reference()[name]["estimates"], SAMPLES[name], design(name)
    same(mean(d, number(at, "ym")), found["mean_gaps"])
    same(total(d, number(at, "ym")), found["total_gaps"])
    same(mean(d, coded(at, "qm")), found["share_gaps"])
    same(ratio(d, number(at, "ym"), number(at, "x")), found["ratio_gaps"])
    assert mean(d, number(at, "ym")).missing == sample(at)["ym"].count("")


@pytest.mark.parametrize("name", EVERY)
def test_design_effects_equal_those_of_r(name: str) -> None:
    found, at, d = reference()[name]["estimates"], SAMPLES[name], design(name)
    both = {"y": number(at, "y"), "z": number(at, "z")}
    same(mean(d, both, deff="srs"), found["mean_deff"])
    same(mean(d, both, deff="replace"), found["mean_replace"])
    same(total(d, both, deff="srs"), found["total_deff"])
    same(total(d, both, deff="replace"), found["total_replace"])
    same(mean(d, coded(at, "q"), deff="srs"), found["share_deff"])
    if found["ratio_deff"] is not None:
        effect = ratio(d, both["y"], number(at, "x"), deff="srs").deff
        assert effect is not None
        near(effect, found["ratio_deff"])


@pytest.mark.parametrize("name", EVERY)
def test_domains_keep_the_whole_design(name: str) -> None:
    found, at, d = reference()[name]["estimates"], SAMPLES[name], design(name)
    y, z, x = number(at, "y"), number(at, "z"), number(at, "x")
    inside = part(name)
    assert d.degrees_of_freedom(inside) == found["df_part"]
    same(mean(d, {"y": y, "z": z}, domain=inside), found["part_mean"])
    same(total(d, y, domain=inside), found["part_total"])
    country = coded(at, "country")
    shares = mean(d, country, domain=inside)
    chosen = [0, 2] if len(found["part_share"]["value"]) == 2 else [0, 1, 2, 3]
    near(shares.values[chosen], found["part_share"]["value"])
    near(shares.covariance[np.ix_(chosen, chosen)], found["part_share"]["covariance"], floor=1e-18)
    same(ratio(d, z, x, domain=inside), found["part_ratio"])
    same(variance(d, y, domain=inside), found["part_variance"])
    same(mean(d, y, domain=inside, deff="srs"), found["part_deff"])
    same(mean(d, y, domain=inside, deff="replace"), found["part_replace"])


def test_fractions_say_the_same_as_population_sizes() -> None:
    data = sample("stages")
    psu = list(zip(data["stratum"], data["psu"], strict=True))
    ssu = list(zip(data["stratum"], data["psu"], data["ssu"], strict=True))
    drawn = {s: len({p for p in psu if p[0] == s}) for s in set(data["stratum"])}
    second = {p: len({u for u in ssu if u[:2] == p}) for p in set(psu)}
    one = np.array([drawn[s] for s in data["stratum"]]) / number("stages", "n1")
    two = np.array([second[p] for p in psu]) / number("stages", "n2")
    d = sampling_design(
        weights=data["w"],
        strata=data["stratum"],
        clusters=[data["psu"], data["ssu"]],
        fpc=[one, two],
        nest=True,
    )
    same(mean(d, number("stages", "y")), reference()["fractions"]["mean"])


@pytest.mark.parametrize("lonely", ["remove", "certainty", "adjust", "average"])
@pytest.mark.parametrize("domains", [False, True])
def test_lonely_units_are_treated_as_in_r(lonely: Any, domains: bool) -> None:
    found = reference()[f"lonely_{lonely}_{str(domains).upper()}"]
    people, places = sample("elements"), sample("stages")
    e = sampling_design(weights=people["w"], strata=people["lonely"], lonely=lonely, lonely_domains=domains)
    s = sampling_design(
        weights=places["w"],
        strata=places["lonely"],
        clusters=[places["psu"], places["ssu"]],
        nest=True,
        lonely=lonely,
        lonely_domains=domains,
    )
    y, z = number("elements", "y"), number("elements", "z")
    same(mean(e, {"y": y, "z": z}), found["elements"])
    same(total(e, y), found["total"])
    same(mean(s, {"y": number("stages", "y"), "z": number("stages", "z")}), found["stages"])
    same(mean(e, y, domain=np.equal(people["country"], "PK")), found["part"])
    same(mean(s, number("stages", "y"), domain=np.equal(places["country"], "PK")), found["part_stages"])
