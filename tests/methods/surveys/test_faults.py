"""A refusal names all that is wrong, rows counted from 1, not only what was met first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.surveys import (
    adjusted,
    balanced_replicates,
    factor,
    jackknife,
    mean,
    proportion,
    ratio,
    regression,
    replicate_design,
    response_set,
    sampling_design,
    split_answers,
)
from sapar.methods.surveys.agreement import (
    Coding,
    code_units,
    cohen_kappa,
    cohen_kappa_of_table,
    fleiss_kappa_of_counts,
    krippendorff_alpha,
)
from sapar.methods.surveys.columns import Factor, numbers
from sapar.methods.surveys.disclosure import axis, small_counts, suppress, table_of_leaves, tabulate
from sapar.methods.surveys.quality import (
    count_dispositions,
    cronbach_alpha,
    interviewer_effect,
    speeding,
    straight_lining,
)
from sapar.methods.surveys.weights import calibrate, kish_effect, margin, post_stratify, trim

NAN, INF = float("nan"), float("inf")
FOUR = sampling_design(weights=[1.0] * 4)
YEAR = axis("year", ["1", "2", "3"])
SPANS = [
    Coding(coder=coder, code=code, start=start, end=end)
    for coder, code, start, end in (("A", "x", 3, 3), ("B", "y", -1, 2), ("A", "x", 0, 2))
]


def units(*codings: Coding, coders: tuple[str, ...] = ("A", "B")) -> Callable[[], object]:
    return lambda: code_units(codings, np.array([[0, 5]]), coders=coders)


CALLS: list[tuple[str, dict[str, Any], Callable[[], object]]] = [
    ("bad_weight", {"rows": (2, 4)}, lambda: sampling_design(weights=[1, -1, 2, NAN])),
    ("not_a_number", {"rows": (1, 3), "values": ("a", "1_0")}, lambda: numbers(["a", "1", "1_0", ""])),
    ("infinite_value", {"rows": (2, 3)}, lambda: numbers([1.0, INF, -INF])),
    ("missing_design", {"rows": (1, 3)}, lambda: sampling_design(weights=[1] * 3, strata=[None, "a", ""])),
    ("missing_design", {"rows": (2, 3)}, lambda: sampling_design(weights=[1] * 3, fpc=[9, NAN, NAN])),
    ("bad_fpc", {"rows": (1, 3)}, lambda: sampling_design(weights=[1] * 3, fpc=[0.5, 9, -1])),
    (
        "fpc_varies",
        {"rows": (2, 4), "strata": 2},
        lambda: sampling_design(weights=[1] * 4, strata=list("aabb"), fpc=[9, 8, 9, 7]),
    ),
    (
        "fpc_too_small",
        {"rows": (1, 2, 3, 4), "strata": 2},
        lambda: sampling_design(weights=[1] * 5, strata=list("aabbc"), fpc=[1, 1, 1, 1, 9]),
    ),
    (
        "cluster_in_two_strata",
        {"clusters": ("1", "2"), "rows": (3, 4)},
        lambda: sampling_design(weights=[1] * 4, strata=list("aabb"), clusters=[1, 2, 1, 2]),
    ),
    ("bad_probability", {"rows": (1, 3)}, lambda: sampling_design(probabilities=[0.0, 0.5, 1.5])),
    (
        "lonely_psu",
        {"strata": ("b", "c")},
        lambda: mean(sampling_design(weights=[1] * 4, strata=list("aabc")), [1.0, 2, 3, 4]),
    ),
    ("lonely_psu", {"strata": ("b", "c")}, lambda: jackknife(sampling_design(rows=4, strata=list("aabc")))),
    (
        "not_paired",
        {"strata": ("a", "b"), "units": (1, 3)},
        lambda: balanced_replicates(sampling_design(rows=6, strata=list("abbbcc"))),
    ),
    (
        "bad_weight",
        {"rows": (1, 3)},
        lambda: replicate_design(
            weights=[-1, 1, 1], replicate_weights=np.array([[1, 1], [1, 1], [NAN, 1]]), kind="JK1"
        ),
    ),
    ("missing_values", {"rows": (1, 4)}, lambda: mean(FOUR, [None, 1, 2, None], missing="refuse")),
    (
        "zero_denominator",
        {"names": ("a", "c")},
        lambda: ratio(FOUR, [1.0] * 4, {"a": [0.0] * 4, "b": [1.0] * 4, "c": [1.0, -1, 0, 0]}),
    ),
    ("not_a_proportion", {"rows": (2, 4)}, lambda: proportion(FOUR, [0, 2, 1, 0.5])),
    (
        "not_a_proportion",
        {"rows": (1, 2), "columns": ("a", "b")},
        lambda: response_set({"a": [2, 1], "b": [0, 7]}),
    ),
    (
        "unknown_level",
        {"unknown": ("x", "y"), "rows": (1, 3)},
        lambda: split_answers(["x a", "a", "y"], answers=("a",)),
    ),
    (
        "unknown_level",
        {"unknown": ("x", "y"), "rows": (1, 3, 4)},
        lambda: factor(["x", "a", "y", "x"], ["a"]),
    ),
    ("unknown_level", {"rows": (1, 3)}, lambda: Factor(np.array([-2, 0, 5]), ("a", "b"))),
    ("repeated_level", {"levels": ("a", "b")}, lambda: Factor(np.array([0]), ("a", "b", "a", "b", "c"))),
    ("bad_response", {"rows": (2, 4)}, lambda: regression(FOUR, [0, 2, None, 3], {}, family="binomial")),
    ("bad_response", {"rows": (1, 4)}, lambda: regression(FOUR, [-1, 2, None, -3], {}, family="poisson")),
    ("collinear", {"columns": ("b", "c")}, lambda: regression(FOUR, [1, 2, 4, 3],
        {"a": [1.0, 2, 3, 5], "b": [2.0, 4, 6, 10], "c": [1.0] * 4})),
    ("weights_invalid", {"rows": (1, 3)}, lambda: kish_effect([-1, 1, NAN])),
    (
        "category_unknown",
        {"rows": (2, 3), "values": ("x", "None")},
        lambda: margin("sex", ["f", "x", None], {"f": 1}),
    ),
    (
        "targets_invalid",
        {"levels": ("f", "m"), "values": (-1.0, INF)},
        lambda: margin("sex", ["f"], {"f": -1, "m": INF}),
    ),
    (
        "category_empty",
        {"levels": ("m", "x")},
        lambda: post_stratify(margin("sex", ["f"], {"f": 1, "m": 1, "x": 1})),
    ),
    ("auxiliaries_invalid", {"rows": (1, 3)}, lambda: calibrate([[NAN, INF], [1.0, 1.0], [INF, 1.0]], [1.0, 1])),
    ("variances_invalid", {"rows": (1, 3)}, lambda: calibrate([[1.0]] * 3, [3.0], variances=[0, 1, NAN])),
    (
        "disposition_unknown",
        {"rows": (1, 3, 4), "dispositions": ("9", "1.1x", "4.refused")},
        lambda: count_dispositions(["9", "1.1", "1.1x", "4.refused"]),
    ),
    ("weights_invalid", {"rows": (2,)}, lambda: count_dispositions(["1.1", "1.2"], [5.0, -1.0])),
    ("answers_invalid", {"rows": (1, 3)}, lambda: straight_lining([[INF, 1.0], [1.0, 1.0], [1.0, -INF]])),
    ("seconds_invalid", {"rows": (1, 3)}, lambda: speeding([-1.0, 5, INF])),
    ("answers_invalid", {"rows": (1, 3)}, lambda: interviewer_effect([INF, 1, INF], list("aab"))),
    (
        "values_invalid",
        {"values": ("-2", "x", "-1"), "coders": (1, 2, 2), "units": (2, 1, 2)},
        lambda: krippendorff_alpha([[1, -2], ["x", -1]], level="ratio"),
    ),
    (
        "values_invalid",
        {"values": ("inf",), "coders": (1,), "units": (1,)},
        lambda: krippendorff_alpha([[INF, 2], [1, 2]], level="interval"),
    ),
    (
        "value_unknown",
        {"values": ("3", "4"), "coders": (1, 2), "units": (2, 1)},
        lambda: krippendorff_alpha([[1, 3], [4, 1]], level="ordinal", order=[1, 2]),
    ),
    (
        "order_invalid",
        {"values": ("1", "2")},
        lambda: krippendorff_alpha([[1, 2], [2, 1]], order=[1, 2, 1, 2]),
    ),
    (
        "order_needed",
        {"values": ("1", "low")},
        lambda: krippendorff_alpha([[1, "low"], ["low", 1]], level="ordinal"),
    ),
    ("order_needed", {"values": ("1", "low")}, lambda: cohen_kappa([1, "low"], ["low", 1], weights="linear")),
    ("values_invalid", {}, lambda: krippendorff_alpha([[[1], [2]], [[1], [2]]])),  # type: ignore[list-item]
    (
        "counts_invalid",
        {"rows": (1, 2), "columns": (2, 1), "values": (-1.0, -2.0)},
        lambda: cohen_kappa_of_table([[1, -1], [-2, 1]]),
    ),
    (
        "counts_invalid",
        {"rows": (2, 3), "coders": 2.0},
        lambda: fleiss_kappa_of_counts([[1, 1], [2, 1], [0, 1]]),
    ),
    ("span_invalid", {"count": 2, "coders": ("A", "B"), "starts": (3, -1), "ends": (3, 2)}, units(*SPANS)),
    ("coder_unknown", {"coders": ("A",)}, units(SPANS[2], coders=("C", "D"))),
    ("code_empty", {"count": 1, "starts": (0,)}, units(Coding(coder="A", code="", start=0, end=2))),
    ("table_values", {"cells": ("1", "3")}, lambda: table_of_leaves([YEAR], [-1.0, 2, NAN])),
    ("table_values", {"rows": (1, 3)}, lambda: tabulate([YEAR], [["1", "2", "3"]], [-1.0, 2, NAN])),
    (
        "category_unknown",
        {"rows": (1, 3), "values": ("9", "8")},
        lambda: tabulate([YEAR], [["9", "2", "8"]]),
    ),
]  # fmt: skip


WORDS: Any = ["1", "two", 3.0, 10**400]
VAST = [1.0, 1e200, 2.0, -1e200]
NUMERIC: list[Callable[[Any], object]] = [
    lambda v: mean(FOUR, v),
    lambda v: regression(FOUR, v, {}),
    lambda v: sampling_design(weights=v),
    lambda v: replicate_design(weights=[1] * 4, replicate_weights=v, kind="JK1"),
    lambda v: trim(v, upper=2),
    lambda v: calibrate(v, [4.0]),
    lambda v: calibrate([[1.0]] * 4, v),
    lambda v: cronbach_alpha(v),
    lambda v: straight_lining(v),
    lambda v: speeding(v),
    lambda v: interviewer_effect(v, list("aabb")),
    lambda v: count_dispositions(["1.1"] * 4, v),
    lambda v: cohen_kappa_of_table(v),
    lambda v: fleiss_kappa_of_counts(v),
    lambda v: adjusted(v, "holm"),
    lambda v: table_of_leaves([axis("a", list("abcd"))], v),
    lambda v: tabulate([axis("a", list("abcd"))], [list("abcd")], v),
    lambda v: mean(FOUR, [1.0] * 4).contrast(v),
]


@pytest.mark.parametrize("call", NUMERIC)
def test_words_and_numbers_without_end_are_named_by_row(call: Callable[[Any], object]) -> None:
    with pytest.raises(MethodError) as refused:
        call(WORDS)
    assert (refused.value.code, refused.value.facts["rows"]) == ("surveys.not_a_number", (2, 4))
    with pytest.raises(MethodError) as refused:
        call(VAST)
    assert (refused.value.code, refused.value.facts["rows"]) == ("surveys.too_large", (2, 4))


@pytest.mark.parametrize(("code", "facts", "call"), CALLS)
def test_all_faults_are_named(code: str, facts: dict[str, Any], call: Callable[[], object]) -> None:
    with pytest.raises(MethodError) as refused:
        call()
    assert refused.value.code == f"surveys.{code}"
    assert {name: refused.value.facts.get(name) for name in facts} == facts


def test_all_cells_that_cannot_be_published_and_hidden_are_named() -> None:
    table = table_of_leaves([YEAR], [1.0, 2, 30])
    with pytest.raises(MethodError) as refused:
        suppress(table, small_counts(table, 5), keep_open=np.ones(4, dtype=bool))
    assert refused.value.facts["cells"] == ("1", "2")


def test_a_million_rows_at_fault_are_told_shortly() -> None:
    with pytest.raises(MethodError) as refused:
        sampling_design(weights=np.full(1_000_000, -1.0))
    assert len(str(refused.value)) < 300
    rows = refused.value.facts["rows"]
    assert isinstance(rows, tuple)
    assert len(rows) == 1_000_000
