"""Keys, answers and tests as they should not be: refused with a code, and everything at fault is named."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.scores import (
    Combine,
    Item,
    Key,
    Missing,
    MissingRule,
    bca_interval,
    learning_gain,
    match_people,
    score,
)

HUGE = 10**5_000
JUNK: list[Any] = [None, "", "abc", math.nan, math.inf, -1, HUGE, [], {}, 1.5, True]
NAMES = range(len(JUNK))
ITEMS = (Item(id="x", values={"y": 1.0, "n": 0.0}), Item(id="z", low=0, high=10))
KEY = Key(instrument="Invented", edition="1", page="2", source="s", typed_by="a", checked_by="b", items=ITEMS)
ANSWERS: dict[str, Any] = {"x": ["y", "n"], "z": ["1", "2"]}


def refusal(function: Callable[..., object], *arguments: Any, **named: Any) -> MethodError:
    with pytest.raises(MethodError) as refused:
        function(*arguments, **named)
    return refused.value


@pytest.mark.parametrize("junk", JUNK, ids=NAMES)
def test_junk_in_a_key_is_refused_or_leaves_a_doubt(junk: Any) -> None:
    for word in ("instrument", "edition", "page", "source", "typed_by", "checked_by"):
        named = {word: junk}
        if not isinstance(junk, str):
            assert refusal(replace, KEY, **named).code == "scores.bad_key"
        elif not junk and word in ("edition", "page", "source", "checked_by"):
            assert replace(KEY, **named).doubts
    for word in ("items", "combine", "missing"):
        named = {word: junk}
        assert refusal(replace, KEY, **named).code == "scores.bad_key"
    if junk not in (1.5, None):
        for item in (Item(id="x", low=0, high=1, weight=junk), Item(id="x", low=junk, high=10)):
            if junk != -1 or item.weight == -1:
                assert refusal(replace, KEY, items=(item,)).code == "scores.bad_key"
    if junk not in (1.5, None, -1):
        assert refusal(replace, KEY, items=(Item(id="x", values={"y": junk}),)).code == "scores.bad_key"
        assert refusal(MissingRule, policy=Missing.VALUE, value=junk).code == "scores.bad_missing_rule"
    assert refusal(MissingRule, policy=junk).code == "scores.bad_missing_rule"
    assert refusal(MissingRule, least_share=junk).code == "scores.bad_missing_rule"


def test_all_faults_of_a_key_are_named() -> None:
    items = (
        Item(id="a", values={"y ": 1.0, "n": math.nan}, weight=-1.0),
        Item(id="b", values={"y": 9.0}, low=0, high=5),
        Item(id="b"),
    )
    assert refusal(replace, KEY, items=items, typed_by=" ").facts["faults"] == (
        "typed_by is empty", "a: the weight -1.0", "a: nobody can give the answer “y ”",
        "a: the value nan of “n” is not a finite number", "b: the value 9.0 of “y” is outside its range",
        "b has neither values nor a range", "b stands 2 times",
    )  # fmt: skip


@pytest.mark.parametrize(
    "junk", [math.nan, math.inf, -1, HUGE, [], {}, 1.5, True, np.float64(1)], ids=range(9)
)
def test_an_answer_that_is_no_text_is_none(junk: Any) -> None:
    refused = refusal(score, KEY, {"x": [junk, "y"], "z": ["1", junk]})
    assert (refused.code, refused.facts["rows"], refused.facts["items"]) == (
        "scores.unknown_answer",
        (0, 1),
        ("x", "z"),
    )


def test_all_bad_answers_and_all_missing_columns_are_named() -> None:
    refused = refusal(score, KEY, {"x": ["q", "r", "y", "q"], "z": ["99", "1", "1_0", ""]})
    assert refused.facts["answers"] == (
        "row 0, x: “q”", "row 0, z: “99”", "row 1, x: “r”", "row 2, z: “1_0”", "row 3, x: “q”",
    )  # fmt: skip
    valueless = replace(KEY, items=(Item(id="x", values={"y": 1.0, "n": None}), ITEMS[1]))
    refused = refusal(score, valueless, {"x": ["n", "y", "n"], "z": ["1", "1", "1"]})
    assert (refused.code, refused.facts["rows"]) == ("scores.value_missing", (0, 2))
    assert refusal(score, KEY, {}).facts["items"] == ("x", "z")
    columns: list[Any] = [None, 5, "yn"]
    for column in columns:
        assert refusal(score, KEY, {**ANSWERS, "x": column}).facts["items"] == ("x",)


def test_a_million_bad_answers_are_named_in_a_moment() -> None:
    refused = refusal(score, replace(KEY, items=ITEMS[:1]), {"x": ["?"] * 1_000_000})
    rows = refused.facts["rows"]
    assert isinstance(rows, tuple)
    assert len(rows) == 1_000_000
    assert len(str(refused)) < 1_000


def test_columns_of_numpy_are_scored_like_lists() -> None:
    columns: dict[str, Any] = {item: np.array(column) for item, column in ANSWERS.items()}
    assert score(KEY, columns).total.tolist() == score(KEY, ANSWERS).total.tolist() == [1.0, 1.0]


def test_a_rule_may_be_its_word() -> None:
    gaps: dict[str, Any] = {"x": ["y", None], "z": ["1", "2"]}
    for one, word in ((Combine.MEAN, "mean"), (Combine.SUM, "sum")):
        worded = replace(KEY, combine=word)  # type: ignore[arg-type]
        assert (
            score(worded, ANSWERS).total.tolist() == score(replace(KEY, combine=one), ANSWERS).total.tolist()
        )
    refusing = replace(KEY, missing=MissingRule(policy="refuse"))  # type: ignore[arg-type]
    assert np.isnan(score(refusing, gaps).total[1])
    counting = replace(KEY, missing=MissingRule(policy="value", value=0.5))  # type: ignore[arg-type]
    assert score(counting, gaps).total[1] == 1.25


@pytest.mark.parametrize(("answered", "items", "share"), [(11, 20, 0.55), (7, 100, 0.07), (2, 3, 2 / 3)])
def test_exactly_the_least_share_is_enough(answered: int, items: int, share: float) -> None:
    rule = MissingRule(policy=Missing.LEAVE_OUT, least_share=share)
    key = replace(KEY, missing=rule, items=tuple(Item(id=str(at), low=0, high=1) for at in range(items)))
    for count, scored in ((answered, True), (answered - 1, False)):
        column = {str(at): ["1" if at < count else ""] for at in range(items)}
        assert bool(np.isnan(score(key, column).total[0])) is not scored


@pytest.mark.parametrize("junk", JUNK, ids=NAMES)
def test_junk_in_a_gain_is_refused(junk: Any) -> None:
    named: dict[str, Any] = {"best": 10, "seed": 1, "repeats": 99, "level": 0.9}
    for setting in named:
        if (setting, junk) not in (("best", 1.5), ("seed", 0)):
            refused = refusal(learning_gain, [1, 2, 3], [1, 2, 4], **{**named, setting: junk})
            much = setting == "repeats" and junk == HUGE
            assert refused.code == ("scores.too_much_work" if much else "scores.bad_setting")
    assert refusal(learning_gain, junk, [1, 2, 3], **named).code in {
        "scores.columns_differ",
        "scores.not_numbers",
    }
    if not isinstance(junk, float) and junk not in (None, -1, True):
        refused = refusal(learning_gain, [1, 2, 3], [1, junk, "x"], **named)
        assert refused.code == "scores.not_numbers"
        cells = refused.facts["cells"]
        assert isinstance(cells, tuple)
        assert [str(cell)[:6] for cell in cells] == ["row 1:", "row 2:"]
    if not isinstance(junk, (str, list, dict)):
        assert refusal(match_people, {junk: 1.0, 7: 2.0}, {"b": 3.0}).facts["ids"]


def test_all_scores_outside_the_range_are_named() -> None:
    refused = refusal(learning_gain, [1, 21, -1], [math.inf, 2, 3], best=20, seed=1)
    assert refused.facts["scores"] == ("row 1, before: 21", "row 2, before: -1", "row 0, after: inf")


def test_an_interval_of_almost_all_is_none_and_no_nan() -> None:
    named: dict[str, Any] = {"best": 10, "seed": 1, "repeats": 99}
    sure = learning_gain([1, 2, 3, 8], [1, 2, 4, 10], level=1 - 1e-16, **named)
    assert sure.of_class.bca is None
    assert sure.of_class.percentile is not None
    assert math.isfinite(sure.of_class.percentile.low)
    counts = np.array([1, 99])
    drawn = np.linspace(0.0, 1.0, 1_001)
    skewed = bca_interval(0.999, drawn, np.array([0.0, 1.0]), counts, 0.99999)
    assert skewed is None or skewed.low <= skewed.high
