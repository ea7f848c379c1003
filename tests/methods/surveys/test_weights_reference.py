"""The same digits as R's survey 4.1-1 (reference/make_weights_reference.R) on invented data."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sapar.methods.surveys.weights import (
    Distance,
    Margin,
    calibrate,
    calibration_residuals,
    indicator_columns,
    margin,
    post_stratify,
    rake,
    trim,
)
from sapar.methods.surveys.weights.weighting import FloatArray

HERE = Path(__file__).parent / "reference"
REFERENCE = json.loads((HERE / "weights_reference.json").read_text())
with (HERE / "weights_sample.csv").open(newline="") as lines:
    ROWS = list(csv.DictReader(lines))
COUNTS: dict[str, dict[str, float]] = {
    "region": {"capital": 4600, "east": 1500, "north": 2000, "south": 2300},
    "sex": {"f": 5400, "m": 5000},
    "level": {"bachelor": 6500, "doctor": 900, "master": 3000},
    "year": {"1": 2900, "2": 2700, "3": 2500, "4": 2300},
}
TOTALS = np.array([10400, 1500, 2000, 2300, 5000, 172000, 1.29e7])


def column(name: str) -> FloatArray:
    return np.array([float(row[name]) for row in ROWS])


def margin_of(name: str) -> Margin:
    return margin(name, [row[name] for row in ROWS], COUNTS[name])


BASE = column("base_weight")
HOURS, FEE, VARIANCE = column("hours"), column("fee"), column("variance")
MONTH = 12 * column("year") - HOURS
AUXILIARIES = np.column_stack(
    [
        np.ones(len(ROWS)),
        *[[row["region"] == name for row in ROWS] for name in ("east", "north", "south")],
        [row["sex"] == "m" for row in ROWS],
        HOURS,
        FEE,
    ]
)


def region_sex() -> Margin:
    counts = [2400, 800, 1000, 1200, 2200, 700, 1000, 1100]
    cells = [(region, sex) for sex in COUNTS["sex"] for region in COUNTS["region"]]
    values = [(row["region"], row["sex"]) for row in ROWS]
    return margin("region and sex", values, dict(zip(cells, counts, strict=True)))


def raked() -> FloatArray:
    return rake([margin_of("region"), margin_of("sex")], BASE, tolerance=1e-13).weights


def calibrated(
    distance: Distance = "linear",
    bounds: tuple[float, float] = (-np.inf, np.inf),
    variances: FloatArray | None = None,
) -> FloatArray:
    done = calibrate(
        AUXILIARIES, TOTALS, BASE, distance=distance, bounds=bounds, variances=variances, tolerance=1e-13
    )
    return done.weights


OURS: dict[str, Callable[[], FloatArray]] = {
    "poststratify_region": lambda: post_stratify(margin_of("region"), BASE).weights,
    "poststratify_region_sex": lambda: post_stratify(region_sex(), BASE).weights,
    "rake_2": raked,
    "rake_4": lambda: rake([margin_of(name) for name in COUNTS], BASE, tolerance=1e-13).weights,
    "linear": calibrated,
    "linear_variance": lambda: calibrated("linear", variances=VARIANCE),
    "linear_bounds": lambda: calibrated("linear", (0.8, 1.4)),
    "raking": lambda: calibrated("raking"),
    "raking_variance": lambda: calibrated("raking", variances=VARIANCE),
    "raking_bounds": lambda: calibrated("raking", (0.8, 1.4)),
    "logit_wide": lambda: calibrated("logit", (0.2, 3.0)),
    "logit_narrow": lambda: calibrated("logit", (0.75, 1.5)),
    "trim_upper": lambda: trim(raked(), upper=90).weights,
    "trim_both": lambda: trim(raked(), lower=40, upper=90).weights,
    "trim_upper_strict": lambda: trim(raked(), upper=90, strict=True).weights,
    "trim_lower_strict": lambda: trim(raked(), lower=40, strict=True).weights,
}


def test_every_reference_is_compared() -> None:
    assert set(OURS) == set(REFERENCE) - {"made_by"}


@pytest.mark.parametrize("name", OURS)
def test_weights_equal_those_of_r(name: str) -> None:
    expected = REFERENCE[name]
    weights = OURS[name]()
    np.testing.assert_allclose(weights, expected["weights"], rtol=1e-9, atol=0)
    mean_month = float(weights @ MONTH / weights.sum())
    assert mean_month == pytest.approx(expected["mean_month"][0], rel=1e-9)
    assert float(weights @ FEE) == pytest.approx(expected["total_fee"][0], rel=1e-9)


def standard_error(influence: FloatArray) -> float:
    """With replacement, one stratum: what R does for svydesign(ids=~1)."""
    n = len(influence)
    return float(np.sqrt(n / (n - 1) * np.sum((influence - influence.mean()) ** 2)))


@pytest.mark.parametrize("name", [name for name in OURS if not name.startswith(("rake", "trim"))])
def test_residuals_give_the_standard_errors_of_r(name: str) -> None:
    """R's standard errors, from the residuals put in place of the variable.

    Not for `rake`: R projects on one margin after the other there, we on all at once. R honours working
    variances in this step for the linear distance alone.
    """
    regression_weights = BASE / VARIANCE if name == "linear_variance" else BASE
    auxiliaries = AUXILIARIES
    if name.startswith("post"):
        chosen = margin_of("region") if name.endswith("region") else region_sex()
        auxiliaries = indicator_columns([chosen])[0]
    weights = OURS[name]()
    score = (MONTH - weights @ MONTH / weights.sum()) / weights.sum()
    ours = standard_error(weights * calibration_residuals(score, auxiliaries, regression_weights))
    assert ours == pytest.approx(REFERENCE[name]["se_mean_month"][0], rel=1e-9)
