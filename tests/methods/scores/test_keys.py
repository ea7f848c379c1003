from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.scores import Combine, Item, Key, Missing, MissingRule, score

AGREE = {"no": 0.0, "partly": 0.5, "yes": 1.0}
ITEMS = (
    Item(id="work", values=AGREE, weight=2.0, scale="economic"),
    Item(id="debt", values=AGREE, weight=1.0, reverse=True, scale="economic"),
    Item(id="friends", values=AGREE, weight=1.0, scale="social"),
)
KEY = Key(
    instrument="Invented Return Scale", edition="2nd, 2025", page="14", source="https://example.org/key",
    typed_by="Aizada", checked_by="Bakyt", items=ITEMS,
)  # fmt: skip
ANSWERS: dict[str, list[str | None]] = {
    "work": ["yes", "no", ""], "debt": ["no", "yes", "no"], "friends": ["partly", "no", "yes"],
}  # fmt: skip

# Reduced coping strategies index: days 0 to 7 with weights 1, 2, 1, 1, 3, so 56 at most. D. Maxwell and
# R. Caldwell (2008), The Coping Strategies Index: Field Methods Manual, second edition, CARE and others.
COPING = {
    "cheaper food": 1.0, "borrow food": 2.0, "smaller portions": 1.0, "fewer meals": 1.0, "adults eat less": 3.0,
}  # fmt: skip
RCSI = replace(
    KEY, instrument="rCSI", edition="2nd, 2008", page="weights", combine=Combine.SUM,
    items=tuple(Item(id=name, low=0.0, high=7.0, weight=weight) for name, weight in COPING.items()),
)  # fmt: skip


def code_of(call: object, *arguments: object, **named: object) -> str:
    assert callable(call)
    with pytest.raises(MethodError) as refused:
        call(*arguments, **named)
    return refused.value.code


def test_weighted_mean_with_a_reversed_item() -> None:
    scores = score(KEY, ANSWERS)
    assert scores.name == "Invented Return Scale"
    assert scores.total[:2].tolist() == [(2 + 1 + 0.5) / 4, 0.0]
    assert scores.by_scale["economic"].tolist() == [1.0, 0.0, pytest.approx(np.nan, nan_ok=True)]
    assert scores.by_scale["social"].tolist() == [0.5, 0.0, 1.0]


def test_an_unanswered_item_refuses_the_score_and_is_not_zero() -> None:
    scores = score(KEY, ANSWERS)
    assert np.isnan(scores.total[2])
    assert scores.answered.tolist() == [1.0, 1.0, pytest.approx(2 / 3)]


def test_unanswered_items_can_be_left_out_or_count_as_a_value() -> None:
    left_out = replace(KEY, missing=MissingRule(policy=Missing.LEAVE_OUT, least_share=0.6))
    assert score(left_out, ANSWERS).total[2] == (1 + 1) / 2
    strict = replace(KEY, missing=MissingRule(policy=Missing.LEAVE_OUT, least_share=0.7))
    assert np.isnan(score(strict, ANSWERS).total[2])
    middle = replace(KEY, missing=MissingRule(policy=Missing.VALUE, value=0.5))
    assert score(middle, ANSWERS).total[2] == (1 + 1 + 1) / 4


def test_sum_of_the_coping_index_reaches_fifty_six() -> None:
    answers = {item.id: ["7", "0", "1"] for item in RCSI.items}
    assert score(RCSI, answers, named=True).total.tolist() == [56.0, 0.0, 8.0]


def test_a_scaled_sum_when_an_item_is_left_out() -> None:
    key = replace(RCSI, missing=MissingRule(policy=Missing.LEAVE_OUT))
    answers: dict[str, list[str | None]] = {item.id: ["7"] for item in RCSI.items}
    answers["adults eat less"] = [None]
    assert score(key, answers).total.tolist() == [56.0]
    nothing: dict[str, list[str | None]] = {item.id: [None] for item in RCSI.items}
    assert np.isnan(score(key, nothing).total).all()


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"checked_by": ""}, "scores.unchecked"),
        ({"checked_by": " aizada "}, "scores.checked_by_typist"),
        ({"edition": ""}, "scores.no_edition"),
        ({"page": " "}, "scores.no_edition"),
        ({"source": ""}, "scores.no_edition"),
        ({"items": (replace(ITEMS[0], weight=None), *ITEMS[1:])}, "scores.weight_missing"),
        ({"items": (replace(ITEMS[0], values={**AGREE, "mostly": None}), *ITEMS[1:])}, "scores.value_missing"),
    ],
)  # fmt: skip
def test_a_key_in_doubt_makes_a_draft_without_the_name(change: dict[str, object], doubt: str) -> None:
    key = replace(KEY, **change)  # type: ignore[arg-type]
    scores = score(key, ANSWERS)
    assert scores.draft
    assert scores.name == ""
    assert [found.code for found in scores.doubts] == [doubt]
    with pytest.raises(MethodError) as refused:
        score(key, ANSWERS, named=True)
    assert refused.value.code == "scores.may_not_bear_name"
    assert refused.value.facts["doubts"] == (doubt,)


def test_a_draft_with_an_unknown_weight_weighs_all_alike() -> None:
    key = replace(KEY, items=(replace(ITEMS[0], weight=None), *ITEMS[1:]))
    scores = score(key, ANSWERS)
    assert set(scores.weights.values()) == {1.0}
    assert scores.total[0] == (1 + 1 + 0.5) / 3


def test_an_answer_without_a_value_is_not_scored_even_in_a_draft() -> None:
    key = replace(KEY, items=(replace(ITEMS[0], values={**AGREE, "mostly": None}), *ITEMS[1:]))
    assert code_of(score, key, {**ANSWERS, "work": ["mostly", "no", "no"]}) == "scores.value_missing"


def test_bad_answers_are_refused_with_their_row() -> None:
    with pytest.raises(MethodError) as refused:
        score(KEY, {**ANSWERS, "debt": ["no", "maybe", "no"]})
    assert refused.value.code == "scores.unknown_answer"
    assert refused.value.facts["answers"] == ("row 1, debt: “maybe”",)
    days: dict[str, list[str | None]] = {item.id: ["0"] for item in RCSI.items}
    for wrong in ("8", "-1", "nan", "inf", "x"):
        assert code_of(score, RCSI, {**days, "borrow food": [wrong]}) == "scores.unknown_answer"
    assert code_of(score, KEY, {"work": ["yes"]}) == "scores.no_column"
    assert code_of(score, KEY, {**ANSWERS, "work": ["yes"]}) == "scores.columns_differ"


def test_nobody_answered() -> None:
    scores = score(KEY, {item.id: [] for item in ITEMS})
    assert (scores.total.size, scores.answered.size) == (0, 0)


@pytest.mark.parametrize(
    "items",
    [
        (),
        (ITEMS[0], ITEMS[0]),
        (Item(id="", values=AGREE),),
        (Item(id="x"),),
        (Item(id="x", values={"a": float("nan")}),),
        (Item(id="x", values={"a": float("inf")}),),
        (Item(id="x", values=AGREE, weight=-1.0),),
        (Item(id="x", values=AGREE, weight=float("nan")),),
        (Item(id="x", values=AGREE, weight=0.0),),
        (Item(id="x", values=AGREE, low=0.5, high=2.0),),
        (Item(id="x", low=2.0, high=1.0),),
    ],
)
def test_broken_keys_are_refused(items: tuple[Item, ...]) -> None:
    assert code_of(replace, KEY, items=items) == "scores.bad_key"


@pytest.mark.parametrize(
    "rule",
    [
        {"policy": Missing.VALUE},
        {"policy": Missing.VALUE, "value": float("nan")},
        {"policy": Missing.REFUSE, "value": 0.5},
        {"policy": Missing.LEAVE_OUT, "least_share": 1.5},
        {"policy": Missing.LEAVE_OUT, "least_share": float("nan")},
    ],
)
def test_broken_missing_rules_are_refused(rule: dict[str, object]) -> None:
    assert code_of(MissingRule, **rule) == "scores.bad_missing_rule"


answers_strategy = st.lists(st.sampled_from([*AGREE, ""]), min_size=3, max_size=3)


@settings(max_examples=80, deadline=None)
@given(answers_strategy, st.integers(0, 2), st.floats(0.1, 50))
def test_scores_are_bounded_monotone_and_do_not_mind_the_unit_of_weights(
    answers: list[str], raised: int, unit: float
) -> None:
    key = replace(KEY, missing=MissingRule(policy=Missing.LEAVE_OUT))
    heavier = replace(key, items=tuple(replace(item, weight=(item.weight or 0) * unit) for item in key.items))
    columns: dict[str, list[str | None]] = {
        item.id: [answer] for item, answer in zip(key.items, answers, strict=True)
    }
    total = score(key, columns).total[0]
    if np.isnan(total):
        assert answers == ["", "", ""]
        return
    assert 0 <= total <= 1
    assert score(heavier, columns).total[0] == pytest.approx(total, rel=1e-12)
    item = key.items[raised]
    if columns[item.id] != [""]:
        best: dict[str, list[str | None]] = {**columns, item.id: ["no" if item.reverse else "yes"]}
        assert score(key, best).total[0] >= total
