"""A Python type that a function cannot use is refused with a code, never met by a traceback.

Every argument of every public function in turn gets forty values of other types.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from sapar.methods import surveys
from sapar.methods.errors import MethodError
from sapar.methods.surveys import agreement, disclosure, quality, weights

y = [1.0, 2, 3, 4, 5, 6, 7, 9]
b = [0, 1, 0, 1, 1, 0, 1, 1]
q = surveys.factor(list("aabbabab"))
g = surveys.factor(list("xxyyxyxy"))
dom = [True] * 7 + [False]
d = surveys.sampling_design(weights=[1.0] * 8, strata=list("aaaabbbb"), clusters=[1, 1, 2, 2, 3, 3, 4, 4])
r = surveys.jackknife(d)
m = surveys.mean(d, {"y": y, "z": b})
gm = surveys.group_estimates(d, y, g)
reg = surveys.regression(d, y, {"q": q})
table = surveys.crosstab(d, q, g)
rs = surveys.response_set({"a": b, "c": [1 - x for x in b]})
mg = weights.margin("sex", list("ffmmffmm"), {"f": 5, "m": 5})
ax = disclosure.axis("a", ["1", "2"])
ax2 = disclosure.axis("b", ["u", "v"])
tab = disclosure.table_of_leaves([ax, ax2], [[20, 3], [9, 14]])
prim = disclosure.small_counts(tab, 5)
tabu = disclosure.tabulate([ax, ax2], [list("11221122"), list("uvuvuuvv")], [1.0, 2, 3, 4, 5, 6, 7, 8])
cod = [
    agreement.Coding(coder="A", code="x", start=0, end=3),
    agreement.Coding(coder="B", code="x", start=1, end=3),
]
bounds = np.array([[0, 3], [3, 6]])

CALLS: dict[str, tuple[Callable[..., object], dict[str, Any]]] = {
    "sampling_design": (
        surveys.sampling_design,
        {
            "weights": [1.0] * 8,
            "strata": list("aaaabbbb"),
            "clusters": [1, 1, 2, 2, 3, 3, 4, 4],
            "fpc": [9] * 8,
            "nest": True,
            "lonely": "fail",
            "lonely_domains": False,
            "rows": 8,
        },
    ),
    "sampling_design_p": (surveys.sampling_design, {"probabilities": [0.5] * 8}),
    "replicate_design": (
        surveys.replicate_design,
        {
            "weights": [1.0] * 8,
            "replicate_weights": np.ones((8, 4)),
            "kind": "Fay",
            "combined": True,
            "rho": 0.3,
            "scale": 1.0,
            "rscales": [1.0] * 4,
            "mse": False,
        },
    ),
    "jackknife": (surveys.jackknife, {"design": d, "mse": False, "reweighting": "refit"}),
    "balanced": (
        surveys.balanced_replicates,
        {"design": d, "fay": 0.3, "mse": False, "reweighting": "refit"},
    ),
    "bootstrap": (
        surveys.bootstrap,
        {"design": d, "method": "rao-wu", "replicates": 5, "seed": 1, "mse": False, "reweighting": "refit"},
    ),
    "mean": (surveys.mean, {"design": d, "values": y, "domain": dom, "missing": "omit", "deff": "replace"}),
    "total": (surveys.total, {"design": d, "values": y, "domain": dom, "missing": "omit", "deff": "replace"}),
    "ratio": (
        surveys.ratio,
        {"design": d, "numerator": y, "denominator": y, "domain": dom, "missing": "omit", "deff": "replace"},
    ),
    "variance": (surveys.variance, {"design": d, "values": y, "domain": dom, "missing": "omit"}),
    "proportion": (
        surveys.proportion,
        {
            "design": d,
            "values": b,
            "method": "logit",
            "level": 0.95,
            "df": 3,
            "domain": dom,
            "missing": "omit",
        },
    ),
    "quantiles": (
        surveys.quantiles,
        {
            "design": d,
            "values": y,
            "probabilities": [0.5],
            "rule": "hf7",
            "interval_type": "mean",
            "level": 0.9,
            "df": 3,
            "domain": dom,
            "missing": "omit",
        },
    ),
    "group_estimates": (
        surveys.group_estimates,
        {
            "design": d,
            "values": y,
            "groups": g,
            "statistic": "mean",
            "domain": dom,
            "missing": "omit",
            "deff": "replace",
        },
    ),
    "compare_groups": (surveys.compare_groups, {"estimates": gm, "adjustment": "holm", "level": 0.95}),
    "adjusted": (surveys.adjusted, {"p": [0.1, 0.2], "method": "holm"}),
    "contrasts": (surveys.contrasts, {"estimates": m, "wanted": {"a": "y-z"}}),
    "crosstab": (
        surveys.crosstab,
        {
            "design": d,
            "rows": q,
            "columns": g,
            "shares": ("column",),
            "test": "F",
            "compare": "holm",
            "level": 0.95,
            "smallest": 2,
            "domain": dom,
        },
    ),
    "crosstabs": (
        surveys.crosstabs,
        {
            "design": d,
            "questions": {"q": q},
            "columns": g,
            "shares": ("column",),
            "test": "F",
            "compare": "holm",
            "level": 0.95,
            "smallest": 2,
            "domain": dom,
        },
    ),
    "Banner": (surveys.Banner, {"design": d, "columns": g, "domain": dom}),
    "association": (surveys.association, {"design": d, "rows": q, "columns": g, "test": "F", "domain": dom}),
    "t_test": (
        surveys.t_test,
        {"design": d, "values": y, "groups": g, "null": 0.0, "level": 0.9, "domain": None, "missing": "omit"},
    ),
    "regression": (
        surveys.regression,
        {
            "design": d,
            "y": y,
            "predictors": {"q": q},
            "family": "gaussian",
            "intercept": True,
            "offset": y,
            "domain": None,
            "missing": "omit",
        },
    ),
    "response_set": (surveys.response_set, {"columns": {"a": b}, "empty": "none"}),
    "split_answers": (
        surveys.split_answers,
        {"texts": ["a b", "a"], "separator": " ", "answers": ("a", "b"), "empty": "none"},
    ),
    "multiple": (surveys.multiple_responses, {"design": d, "answers": rs, "domain": dom}),
    "factor": (surveys.factor, {"values": list("ab"), "levels": ["a", "b"]}),
    "Factor": (surveys.Factor, {"codes": np.array([0, 1]), "levels": ("a", "b")}),
    "raked": (surveys.raked, {"design": d, "margins": [mg], "tolerance": 1e-10, "max_iterations": 100}),
    "post": (surveys.post_stratified, {"design": d, "margin": mg}),
    "calibrated": (
        surveys.calibrated,
        {
            "design": d,
            "auxiliaries": np.ones((8, 1)),
            "totals": [10.0],
            "distance": "linear",
            "bounds": (0.1, 5),
            "variances": [1.0] * 8,
            "tolerance": 1e-8,
            "max_iterations": 50,
        },
    ),
    "trimmed": (surveys.trimmed, {"design": d, "lower": 0.0, "upper": 5.0, "strict": False}),
    "Estimates.intervals": (m.intervals, {"level": 0.9, "df": 3}),
    "Estimates.contrast": (m.contrast, {"coefficients": [1, -1], "name": "x"}),
    "Estimates.plain": (m.plain, {"level": 0.9}),
    "Regression.test": (reg.test, {"terms": ["q"], "df": 3}),
    "Regression.intervals": (reg.intervals, {"level": 0.9}),
    "Regression.plain": (reg.plain, {"level": 0.9}),
    "SurveyTable.plain": (table.plain, {"share": "column", "level": 0.9}),
    "Shares.intervals": (table.shares["column"].intervals, {"level": 0.9, "method": "logit", "df": 3}),
    "Design.degrees_of_freedom": (d.degrees_of_freedom, {"used": np.array(dom)}),
    "calibration_residuals": (
        weights.calibration_residuals,
        {"values": y, "auxiliaries": np.ones((8, 1)), "weights": [1.0] * 8},
    ),
    "indicator_columns": (weights.indicator_columns, {"margins": [mg]}),
    "weights.margin": (
        weights.margin,
        {"name": "s", "values": list("fm"), "targets": {"f": 1, "m": 1}, "total": 3},
    ),
    "weights.rake": (
        weights.rake,
        {"margins": [mg], "weights": [1.0] * 8, "tolerance": 1e-10, "max_iterations": 100},
    ),
    "weights.post_stratify": (weights.post_stratify, {"margin": mg, "weights": [1.0] * 8}),
    "weights.calibrate": (
        weights.calibrate,
        {
            "auxiliaries": np.ones((8, 1)),
            "totals": [10.0],
            "weights": [1.0] * 8,
            "distance": "linear",
            "bounds": (0.1, 5),
            "variances": [1.0] * 8,
            "tolerance": 1e-8,
            "max_iterations": 50,
        },
    ),
    "weights.trim": (weights.trim, {"weights": y, "lower": 1.0, "upper": 5.0, "strict": False}),
    "weights.kish": (weights.kish_effect, {"weights": y}),
    "weights.cap": (weights.median_iqr_cap, {"weights": y, "times": 3}),
    "quality.count": (quality.count_dispositions, {"codes": ["1.1"], "weights": [1.0]}),
    "quality.rates": (
        quality.outcome_rates,
        {"cases": quality.Dispositions(complete=2, refusal=1), "e": 0.5},
    ),
    "quality.Dispositions": (quality.Dispositions, {"complete": 2, "partial": 1}),
    "quality.disposition": (quality.disposition, {"code": "1.1"}),
    "quality.alpha": (
        quality.cronbach_alpha,
        {
            "answers": np.array([[1, 2], [2, 3], [3, 3.0]]),
            "names": ["a", "b"],
            "weights": [1.0] * 3,
            "missing": "drop",
            "confidence": 0.9,
        },
    ),
    "quality.straight": (
        quality.straight_lining,
        {"grid": [[1, 1, 1, 1], [1, 2, 1, 2.0]], "run": 2, "at_least": 3},
    ),
    "quality.speed": (quality.speeding, {"seconds": y, "fraction": 0.5, "groups": list("aaaabbbb")}),
    "quality.int": (
        quality.interviewer_effect,
        {"answers": y, "interviewers": list("aabbccdd"), "confidence": 0.9},
    ),
    "agreement.alpha": (
        agreement.krippendorff_alpha,
        {
            "ratings": [[1, 2, 3], [1, 2, 2]],
            "level": "nominal",
            "order": None,
            "bootstrap": 10,
            "seed": 1,
            "confidence": 0.9,
        },
    ),
    "agreement.cohen": (
        agreement.cohen_kappa,
        {"first": [1, 2, 1], "second": [1, 2, 2], "weights": "linear", "order": [1, 2], "confidence": 0.9},
    ),
    "agreement.cohent": (
        agreement.cohen_kappa_of_table,
        {"table": [[3, 1], [1, 3]], "weights": "none", "values": ["a", "b"], "confidence": 0.9, "dropped": 0},
    ),
    "agreement.fleiss": (agreement.fleiss_kappa, {"ratings": [[1, 2, 1], [1, 2, 2]]}),
    "agreement.fleissc": (agreement.fleiss_kappa_of_counts, {"counts": [[2, 0], [1, 1], [0, 2]]}),
    "agreement.code_units": (
        agreement.code_units,
        {"codings": cod, "bounds": bounds, "coders": ["A", "B"], "uncoded": "count", "coverage": 0.5},
    ),
    "agreement.presence": (
        agreement.code_presence,
        {
            "codings": cod,
            "bounds": bounds,
            "code": "x",
            "coders": ["A", "B"],
            "uncoded": "count",
            "coverage": 0.5,
        },
    ),
    "agreement.segment": (agreement.segment_bounds, {"codings": cod, "length": 6}),
    "agreement.sentence": (agreement.sentence_bounds, {"text": "a b. c"}),
    "agreement.turn": (agreement.turn_bounds, {"text": "R: a b. c"}),
    "agreement.char": (agreement.character_bounds, {"length": 6}),
    "agreement.Coding": (agreement.Coding, {"coder": "A", "code": "x", "start": 0, "end": 2}),
    "disclosure.axis": (
        disclosure.axis,
        {"name": "a", "leaves": ["1", "2"], "parents": {"1": "t", "2": "t"}},
    ),
    "disclosure.tol": (disclosure.table_of_leaves, {"axes": [ax, ax2], "leaves": [[20, 3], [9, 14]]}),
    "disclosure.tabulate": (
        disclosure.tabulate,
        {
            "axes": [ax, ax2],
            "columns": [list("11"), list("uv")],
            "contributions": [1.0, 2],
            "contributors": ["p", "q"],
            "keep": 2,
        },
    ),
    "disclosure.small": (disclosure.small_counts, {"table": tab, "minimum": 5}),
    "disclosure.dominance": (disclosure.dominance, {"tabulation": tabu, "n": 1, "k": 75.0}),
    "disclosure.few": (disclosure.few_contributors, {"tabulation": tabu, "n": 2, "within": 10.0}),
    "disclosure.pp": (disclosure.p_percent, {"tabulation": tabu, "p": 10.0}),
    "disclosure.small_bases": (disclosure.small_bases, {"bases": tab, "minimum": 10}),
    "disclosure.suppress": (
        disclosure.suppress,
        {
            "table": tab,
            "primary": prim,
            "method": "auto",
            "costs": "values",
            "keep_open": None,
            "hidden": None,
        },
    ),
    "disclosure.audit": (
        disclosure.audit,
        {"table": tab, "hidden": prim.cells, "primary": prim, "integer": False},
    ),
    "disclosure.differences": (
        disclosure.differences,
        {
            "axes": [ax],
            "stayed": [20, 30],
            "left": None,
            "joined": [1, 6],
            "hidden_before": np.zeros(3, bool),
            "hidden_after": np.zeros(3, bool),
            "minimum": 5,
        },
    ),
    "disclosure.protect": (
        disclosure.protect_release,
        {
            "axes": [ax],
            "stayed": [20, 30],
            "left": None,
            "joined": [1, 6],
            "hidden_before": np.zeros(3, bool),
            "minimum": 5,
        },
    ),
    "disclosure.anon": (
        disclosure.anonymity_report,
        {"columns": {"c": list("aab")}, "k": 2, "sensitive": {"s": list("yyn")}, "diversity": 2},
    ),
}


class Odd:
    """Somebody's own."""


def strangers() -> Iterator[Any]:
    """Values that fit nowhere, or seldom."""
    yield from (
        None,
        "text",
        "",
        b"x",
        3,
        -1,
        2.5,
        float("nan"),
        float("inf"),
        10**400,
        True,
        [],
        [[1, 2], [3]],
    )
    yield from (
        [[1, 2]] * 8,
        ["a"] * 8,
        [None] * 8,
        [object()] * 8,
        {},
        {"a": 1},
        {"a": "x"},
        {1: [1] * 8},
        (),
    )
    yield from (
        {"a", "b"},
        Odd(),
        np.array(5.0),
        np.zeros((8, 2)),
        np.zeros((2, 2, 2)),
        np.array([1 + 2j] * 8),
    )
    yield from (
        np.array(["2020-01-01"] * 8, dtype="datetime64[D]"),
        np.array([True] * 8),
        range(8),
        iter([1] * 8),
    )
    yield from (
        len,
        int,
        surveys,
        {"y": None},
        {"y": [1] * 3},
        [{}],
        [q, q],
        np.ma.masked_array([1.0] * 8, mask=[True] + [False] * 7),
    )


@pytest.mark.parametrize("name", CALLS)
def test_arguments_of_another_type_are_refused_with_a_code(name: str) -> None:
    function, arguments = CALLS[name]
    function(**arguments)
    for argument in arguments:
        for value in strangers():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    function(**{**arguments, argument: value})
                except MethodError:
                    continue
                except Exception as error:
                    raise AssertionError(f"{argument}={value!r}") from error


def test_every_public_function_is_among_them() -> None:
    public = {
        one
        for package in (surveys, weights, quality, agreement, disclosure)
        for name in package.__all__
        if inspect.isfunction(one := getattr(package, name))
    }
    tried = {function for function, _ in CALLS.values()}
    assert {one.__name__ for one in public - tried} <= {"combined"}


def test_the_refusal_names_the_argument_and_what_is_due() -> None:
    with pytest.raises(MethodError) as refused:
        surveys.mean("my design", y)  # type: ignore[arg-type]
    assert refused.value.code == "surveys.wrong_type"
    assert refused.value.facts == {
        "argument": "design", "expected": "Design or ReplicateDesign", "found": "'my design'",
    }  # fmt: skip
    with pytest.raises(MethodError) as refused:
        disclosure.combined(prim, "more")  # type: ignore[arg-type]
    assert refused.value.facts["argument"] == "rules"
    with pytest.raises(TypeError, match="mean"):
        surveys.mean(d, y, of="rent")  # type: ignore[call-arg]
