"""What `sapar survey` writes from a file equals R's `survey`: designs, replicate weights, options, fitted weights."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from sapar.cli.survey import app
from tests.methods.surveys.reference_designs import (
    HERE,
    REFITTED,
    REWEIGHTED,
    SAMPLES,
    extras,
    near,
    options,
    read,
    reference,
    sample,
)

STAGES = ["--strata", "stratum", "--clusters", "psu,ssu", "--nest"]
DESIGNS: dict[str, list[str]] = {
    "plain": [],
    "strata": ["--strata", "stratum"],
    "strata_fpc": ["--strata", "stratum", "--fpc", "n1"],
    "clusters": ["--clusters", "psu"],
    "clusters_fpc": ["--clusters", "psu", "--fpc", "n1"],
    "stages": STAGES,
    "stages_fpc": [*STAGES, "--fpc", "n1,n2"],
    "pairs": ["--strata", "stratum", "--clusters", "psu"],
    "three": ["--strata", "stratum,zone", "--clusters", "psu,ssu,tsu", "--nest"],
    "three_fpc": ["--strata", "stratum,zone", "--clusters", "psu,ssu,tsu", "--nest", "--fpc", "n1,n2,n3"],
    "jk1": ["--clusters", "psu", "--resample", "jackknife"],
    "jk1_fpc_mse": ["--clusters", "psu", "--fpc", "n1", "--resample", "jackknife", "--mse"],
    "jkn": [*STAGES, "--resample", "jackknife"],
    "jkn_fpc_mse": [*STAGES, "--fpc", "n1,n2", "--resample", "jackknife", "--mse"],
}
FIXED = ("ACS", "successive-difference", "JK2")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "200"})


def saved(tmp_path: Path, *arguments: object) -> dict[str, Any]:
    path = tmp_path / "out.json"
    result = run(*arguments, "--out", path)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def column(lines: list[dict[str, Any]], name: str) -> list[float]:
    return [np.nan if line[name] is None else line[name] for line in lines]


def with_columns(tmp_path: Path, name: str, further: dict[str, Any]) -> Path:
    """The sample with further columns, in a file."""
    table = {**sample(name), **further}
    path = tmp_path / f"{name}.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(table)
        lines.writerows(zip(*table.values(), strict=True))
    return path


@pytest.mark.parametrize("name", DESIGNS)
def test_estimates_of_every_design(tmp_path: Path, name: str) -> None:
    r, file = reference()[name]["estimates"], HERE / f"{SAMPLES[name]}.csv"
    asked = ["--weights", "w", *DESIGNS[name]]
    for what, key in (("mean", "mean"), ("total", "total"), ("variance", "variances")):
        found = saved(tmp_path, "estimate", file, "y", "z", "--what", what, *asked)
        near(column(found["estimates"], "value"), r[key]["value"])
        matrix = [[value for name, value in line.items() if name != "of"] for line in found["covariance"]]
        near(matrix, r[key]["covariance"], floor=1e-12)
    ratios = saved(tmp_path, "estimate", file, "y", "z", "--what", "ratio", "--over", "x,b", *asked)
    near(column(ratios["estimates"], "value"), r["ratio_pairs"]["value"])
    shares = saved(tmp_path, "estimate", file, "q", "--deff", "srs", *asked)["estimates"]
    near(column(shares, "value"), r["share_deff"]["value"])
    near(column(shares, "deff"), r["share_deff"]["deff"], floor=1e-12)
    normal = saved(tmp_path, "estimate", file, "y", "z", "--df", "inf", *asked)["estimates"]
    near([column(normal, "low"), column(normal, "high")], r["mean_normal"])
    gaps = saved(tmp_path, "estimate", file, "ym", *asked)["estimates"]
    near(column(gaps, "value"), r["mean_gaps"]["value"])
    near(np.square(column(gaps, "se")), r["mean_gaps"]["covariance"])


@pytest.mark.parametrize("name", [key for key in options() if key.startswith("kind_")])
def test_replicate_weights_of_every_kind(tmp_path: Path, name: str) -> None:
    _, kind, *flags = name.split("_")
    combined, mse, scaled = (flag == "TRUE" for flag in flags)
    table, r = np.loadtxt(HERE / "replicates_brr.csv", delimiter=","), options()[name]
    if combined:
        table = table * np.array(sample("pairs")["w"], dtype=float)[:, None]
    file = with_columns(
        tmp_path, "pairs", {f"rw{at}": map(repr, table[:, at].tolist()) for at in range(table.shape[1])}
    )
    asked = ["--weights", "w", "--replicate-weights", "rw*", "--kind", kind]
    asked += [] if combined else ["--factors"]
    asked += ["--mse"] if mse else []
    asked += ["--rho", "0.3"] if kind == "Fay" else []
    asked += ["--scale", "0.07"] if scaled and kind in ("JK1", "JKn", "bootstrap", "other") else []
    if scaled and kind not in FIXED:
        each = np.linspace(0.5, 1.5, table.shape[1]).tolist()
        (tmp_path / "rscales.csv").write_text("rscale\n" + "\n".join(map(repr, each)) + "\n")
        asked += ["--rscales", str(tmp_path / "rscales.csv") if combined else ",".join(map(repr, each))]
    means = saved(tmp_path, "estimate", file, "y", "z", *asked)
    near(column(means["estimates"], "value"), r["mean"]["value"])
    near(np.square(column(means["estimates"], "se")), np.reshape(r["mean"]["covariance"], (2, 2)).diagonal())
    ratio = saved(tmp_path, "estimate", file, "y", "--what", "ratio", "--over", "x", *asked)["estimates"]
    near(np.square(column(ratio, "se")), r["ratio"]["covariance"])
    part = saved(tmp_path, "estimate", file, "y", "--what", "total", "--where", "country=KG", *asked)
    near(column(part["estimates"], "value"), r["part"]["value"])
    near(np.square(column(part["estimates"], "se")), r["part"]["covariance"])
    assert f"{r['df']} degrees of freedom" in run("estimate", file, "y", *asked).output


@pytest.mark.parametrize("name", ["stages_fpc", "jkn_fpc_mse", "clusters"])
def test_every_rule_and_interval_of_quantiles(tmp_path: Path, name: str) -> None:
    r, file = reference()[name]["quantiles"], HERE / f"{SAMPLES[name]}.csv"
    asked = ["describe", file, "y", "--quantiles", "0.1,0.25,0.5,0.8", "--weights", "w", *DESIGNS[name]]
    compared = 0
    for key, theirs in r.items():
        rule, _, ends = key.partition("_")
        # Of Shah & Vaish R's weights had a mean of 1; the score interval has its own test.
        if rule in ("normal", "gaps", "score", "shahvaish") or not ends:
            continue
        lines = saved(tmp_path, *asked, "--rule", rule, "--ends", ends)["estimates"][1:]
        near(column(lines, "value"), r[rule])
        for part in ("low", "high", "se"):
            near(column(lines, part), theirs[part])
        compared += 1
    assert compared >= 11
    lines = saved(tmp_path, *asked, "--level", "0.9", "--df", "inf")["estimates"][1:]
    near(column(lines, "high"), r["normal_90"]["high"])


@pytest.mark.parametrize("kind", ["remove", "certainty", "adjust", "average"])
@pytest.mark.parametrize("domains", [False, True])
def test_lonely_units(tmp_path: Path, kind: str, domains: bool) -> None:
    r = reference()[f"lonely_{kind}_{str(domains).upper()}"]
    asked = [
        "--weights",
        "w",
        "--strata",
        "lonely",
        "--lonely",
        kind,
        *(["--lonely-domains"] if domains else []),
    ]
    people = HERE / "elements.csv"
    means = saved(tmp_path, "estimate", people, "y", "z", *asked)["estimates"]
    near(np.square(column(means, "se")), np.reshape(r["elements"]["covariance"], (2, 2)).diagonal())
    part = saved(tmp_path, "estimate", people, "y", "--where", "country=PK", *asked)["estimates"]
    near(np.square(column(part, "se")), r["part"]["covariance"])
    places = saved(
        tmp_path, "estimate", HERE / "stages.csv", "y", "z", *asked, "--clusters", "psu,ssu", "--nest"
    )["estimates"]  # fmt: skip
    near(np.square(column(places, "se")), np.reshape(r["stages"]["covariance"], (2, 2)).diagonal())


def population(tmp_path: Path, at: str, variables: tuple[str, ...], file: str) -> Path:
    """A file of the counts in targets.csv, as the commands read them."""
    rows = zip(
        *(sample("targets")[name] for name in ("sample", "variable", "category", "count")), strict=True
    )
    known = [(variable, category, count) for where, variable, category, count in rows if where == at]
    heads = {"margins": "variable,category,count", "totals": "variable,category,total"}
    path = tmp_path / f"{file}.csv"
    if file == "cells":
        lines = [f"{variables[0]},count"] + [f"{c},{n}" for v, c, n in known if v == variables[0]]
    else:
        lines = [heads[file]] + [f"{v},{c},{n}" for v, c, n in known if v in variables]
    path.write_text("\n".join(lines) + "\n")
    return path


# Working variances are for the library alone.
FITTED = {
    name: steps
    for name, (base, steps) in (REWEIGHTED | REFITTED).items()
    if base in DESIGNS
    and (steps[0] in ("rake", "post") or (steps[0] in ("linear", "raking", "logit") and len(steps) < 3))
    and name != "twice"
}  # fmt: skip


@pytest.mark.parametrize("name", FITTED)
def test_weights_fitted_to_the_population(tmp_path: Path, name: str) -> None:
    kind, *rest = FITTED[name]
    base = (REWEIGHTED | REFITTED)[name][0]
    at, r = SAMPLES[name], reference()[name]
    asked: list[object] = ["--weights", "w", *DESIGNS[base]]
    file = HERE / f"{at}.csv"
    if kind == "rake":
        asked += ["--rake", population(tmp_path, at, tuple(rest), "margins")]
    elif kind == "post":
        asked += ["--post-stratify", population(tmp_path, at, (rest[0],), "cells")]
    else:
        asked += ["--calibrate", population(tmp_path, at, ("q", "x"), "totals"), "--distance", kind]
        asked += ["--least", rest[0][0], "--most", rest[0][1]] if rest and rest[0] else []
    if name == "trimmed":
        asked += ["--trim-below", "5", "--trim-above", "25"]
    found = saved(tmp_path, "estimate", file, "y", "z", *asked)
    # Our margins hold to 1e-10, R's to what it was asked.
    near(column(found["estimates"], "value"), r["estimates"]["mean"]["value"], rel=1e-8)
    matrix = [[value for key, value in line.items() if key != "of"] for line in found["covariance"]]
    near(matrix, r["estimates"]["mean"]["covariance"], rel=1e-7)


def test_kept_replicates_forget_what_is_known(tmp_path: Path) -> None:
    cells = population(tmp_path, "clusters", ("country",), "cells")
    asked = ["--weights", "w", "--clusters", "psu", "--post-stratify", cells, "--resample", "jackknife"]
    found = saved(tmp_path, "estimate", HERE / "clusters.csv", "y", "z", *asked, "--keep")["estimates"]
    theirs = reference()["kept_jk1"]["estimates"]["mean"]
    near(np.square(column(found, "se")), np.reshape(theirs["covariance"], (2, 2)).diagonal(), rel=1e-8)
    refitted = saved(tmp_path, "estimate", HERE / "clusters.csv", "y", *asked)["estimates"]
    assert refitted[0]["se"] != found[0]["se"]


@pytest.mark.parametrize("name", ["stages_fpc", "jk1", "strata"])
def test_groups_tests_and_regressions(tmp_path: Path, name: str) -> None:
    r, file = reference()[name], HERE / f"{SAMPLES[name]}.csv"
    asked = ["--weights", "w", *DESIGNS[name]]
    groups = saved(tmp_path, "estimate", file, "y", "--by", "country", "--compare", "holm", *asked)
    near(column(groups["estimates"], "value"), r["groups"]["mean"]["value"])
    if (theirs := extras()[name]["groups_p"]) is not None:
        near(column(groups["comparisons"], "p"), theirs["holm"])
    kinds = {"F": "F", "chisq": "Chisq", "wald": "Wald", "adjusted-wald": "adjWald"}
    for line in saved(tmp_path, "test", file, "q", "country", *asked)["tests"]:
        if (theirs := r["association"].get(kinds.get(line["test"], ""))) is not None:
            near([line["statistic"], line["p"]], [theirs["statistic"], theirs["p"]])
            one = saved(
                tmp_path, "table", file, "--rows", "q", "--columns", "country", "--test", line["test"], *asked
            )
            near(one["tests"][0]["p"], theirs["p"])
    for arguments, key in (
        (["y", "b"], "two"),
        (["y", "--null", "60"], "one"),
        (["y", "--paired", "z"], "paired"),
    ):
        (line,) = saved(tmp_path, "test", file, *arguments, *asked)["tests"]
        theirs = r["tests"][key]
        near([line["t"], line["df"], line["p"], line["estimate"], line["low"], line["high"]],
             [theirs["statistic"], theirs["df"], theirs["p"], theirs["estimate"], *theirs["ci"]])  # fmt: skip
    model = saved(tmp_path, "regress", file, "y", "x", "q", *asked)
    near(column(model["coefficients"], "value"), r["regressions"]["linear"]["value"])
    near(column(model["coefficients"], "p"), r["regressions"]["linear"]["p"])
    near(
        [model["predictors"][0][key] for key in ("F", "ndf", "ddf", "p")], r["regressions"]["linear"]["term"]
    )
    further = options()[name]
    slopes = saved(tmp_path, "regress", file, "y", "x", "q", "--no-intercept", *asked)["coefficients"]
    near(column(slopes, "value"), further["slopes"]["value"])
    offset = saved(tmp_path, "regress", file, "y", "x", "--offset", "z", *asked)["coefficients"]
    near(column(offset, "value"), further["offset"]["value"])
    both = saved(tmp_path, "regress", file, "y", "x", "q", "--together", "x,q", "--df", "inf", *asked)
    assert both["predictors"][0]["ddf"] is None


@pytest.mark.parametrize("name", ["strata_fpc", "jkn_fpc_mse", "jk1"])
def test_contrasts(tmp_path: Path, name: str) -> None:
    r, file = read("contrasts")[name], HERE / f"{SAMPLES[name]}.csv"
    asked = ["--weights", "w", *DESIGNS[name]]
    found = saved(
        tmp_path, "estimate", file, "y", "z", "--contrast", "gap=y-z", "--contrast", "y/z", "--contrast",
        "log=log(y)-log(z)", *asked,
    )["contrasts"]  # fmt: skip
    assert [line["contrast"] for line in found] == ["gap", "y/z", "log"]
    near(found[0]["value"], r["linear"]["value"][0])
    near(column(found[1:], "value"), r["functions"]["value"][:2])
    near(np.square(column(found[1:], "se")), np.reshape(r["functions"]["covariance"], (5, 5)).diagonal()[:2])
    model = saved(tmp_path, "regress", file, "y", "x", "q", "--contrast", "[q=neither]-[q=oppose]", *asked)
    near(model["contrasts"][0]["value"], r["slopes"]["value"][0])


@pytest.mark.parametrize("name", ["stages", "jkn"])
def test_several_answers_in_columns(tmp_path: Path, name: str) -> None:
    r, at = options()[name]["several"], SAMPLES[name]
    ticks: dict[str, Any] = {"c1": sample(at)["b"]}
    ticks |= {
        key: [int(float(cell) > 60) for cell in sample(at)[old]] for key, old in (("c2", "y"), ("c3", "x"))
    }
    file = with_columns(tmp_path, at, ticks)
    lines = saved(
        tmp_path, "multiple", file, "c1", "c2", "c3", "--empty", "none", "--weights", "w", *DESIGNS[name]
    )
    near(np.array(column(lines["answers"], "% of respondents")) / 100, r["respondents"]["value"])
    near(np.array(column(lines["answers"], "% of answers")) / 100, r["answers"]["value"])


def test_probabilities_are_weights_turned_over(tmp_path: Path) -> None:
    chances = [repr(1 / float(cell)) for cell in sample("elements")["w"]]
    file = with_columns(tmp_path, "elements", {"p": chances})
    found = saved(tmp_path, "estimate", file, "y", "--probabilities", "p", "--strata", "stratum")["estimates"]
    theirs = options()["probabilities"]["one"]
    near([found[0]["value"], found[0]["se"] ** 2], [theirs["value"], theirs["covariance"]])


@pytest.mark.parametrize("method", ["balanced", "canty-davison", "rao-wu", "preston"])
def test_replicates_that_are_made_follow_their_seed(tmp_path: Path, method: str) -> None:
    asked = ["estimate", HERE / "pairs.csv", "y", "--weights", "w", *DESIGNS["pairs"], "--resample", method]
    one = saved(tmp_path, *asked, "--draws", "40", "--seed", "1")["estimates"][0]["se"]
    assert one == saved(tmp_path, *asked, "--draws", "40", "--seed", "1")["estimates"][0]["se"]
    other = saved(tmp_path, *asked, "--draws", "40", "--seed", "2")["estimates"][0]["se"]
    assert (one == other) == (method == "balanced")


def test_all_cells_of_replicate_weights_that_are_no_numbers_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("w,y,r1,r2\n1,2,1,x\n-1,3,,2\n1,4,1,0\n")
    result = run("estimate", path, "y", "--weights", "w", "--replicate-weights", "r1,r2", "--kind", "BRR")
    assert result.exit_code == 2
    for problem in (
        "row 3, column “w”: “-1”",
        "row 3, column “r1”: “”",
        "row 2, column “r2”: “x”",
        "3 problems",
    ):
        assert problem in result.output


def test_gaps_are_listed_when_they_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("y,q,g\n1,yes,a\n,no,a\n3,,b\n4,yes,b\n")
    for word in (["describe", path, "y", "q"], ["estimate", path, "y", "q"], ["regress", path, "y", "q"]):
        result = run(*word, "--missing", "refuse")
        assert result.exit_code == 2, result.output
        assert "row 3, column “y”" in result.output
        assert "row 4, column “q”" in result.output
    inside = run("estimate", path, "y", "--where", "g=b", "--missing", "refuse")
    assert inside.exit_code == 0, inside.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--replicate-weights", "x"],
        ["--kind", "JK1"],
        ["--replicate-weights", "z*", "--kind", "JK1", "--weights", "w"],
        ["--replicate-weights", "x", "--kind", "JK1", "--weights", "w", "--strata", "stratum"],
        ["--replicate-weights", "x", "--kind", "JK1"],
        ["--replicate-weights", "x,y", "--kind", "JK1", "--weights", "w", "--rscales", "many"],
        ["--rho", "0.3"],
        ["--scale", "1"],
        ["--mse"],
        ["--keep"],
        ["--least", "0.5"],
        ["--what", "ratio"],
        ["--over", "x"],
        ["--compare", "holm"],
        ["--what", "variance", "--deff", "srs"],
        ["--what", "variance", "--by", "country"],
        ["--contrast", "y/nothing"],
        ["--contrast", "a=y", "--contrast", "a=y"],
        ["--rake", "nowhere.csv"],
        ["--out", "out.pdf"],
        ["--lonely", "never"],
        ["--df", "0"],
        ["--level", "2"],
    ],
)
def test_options_that_mean_nothing_are_refused(arguments: list[str]) -> None:
    result = run("estimate", HERE / "pairs.csv", "y", *arguments)
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.output
