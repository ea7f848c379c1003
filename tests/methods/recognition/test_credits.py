from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.recognition import (
    Component,
    Link,
    Rounding,
    Ties,
    component_balance,
    convert_credits,
    shipped_factors,
    weighted_mean,
    weighted_means,
)

FACTORS = {factor.id: factor for factor in shipped_factors()}
BACHELOR = FACTORS["kaznpu:bachelor:course"]
WHOLE = Rounding()


def code_of(call: object, *arguments: object, **named: object) -> str:
    assert callable(call)
    with pytest.raises(MethodError) as refused:
        call(*arguments, **named)
    return refused.value.code


@pytest.mark.parametrize(("credits", "ects"), [(1, "2"), (2, "3"), (3, "5"), (4, "6")])
def test_courses_as_al_farabi_university_counts_them(credits: int, ects: str) -> None:
    """KazNU's table of courses, factor 1.5 in whole units: https://www.kaznu.kz/kz/17779/page/"""
    converted = convert_credits(credits, BACHELOR, chosen=Decimal("1.5"), rounding=WHOLE)
    assert converted.result == Decimal(ects)
    assert converted.exact == Fraction(credits) * Fraction(3, 2)
    assert converted.credits == credits


@pytest.mark.parametrize(
    ("factor", "credits", "ects"),
    [
        ("tou:educational practice", 1, "0.5"),
        ("tou:educational practice", 2, "1.0"),
        ("tou:pedagogical practice", 2, "2.0"),
        ("tou:industrial practice", 1, "2.5"),
        ("tou:industrial practice", 2, "5.0"),
    ],
)
def test_practices_as_al_farabi_university_counts_them(factor: str, credits: int, ects: str) -> None:
    """The same page; the lower end of each range, in half units."""
    chosen = FACTORS[factor]
    halves = Rounding(step=Decimal("0.5"))
    assert convert_credits(credits, chosen, chosen=chosen.low, rounding=halves).result == Decimal(ects)


def test_a_range_is_chosen_from_and_never_averaged() -> None:
    assert code_of(convert_credits, 3, BACHELOR, rounding=WHOLE) == "recognition.factor_is_a_range"
    for outside in ("1.4", "1.9"):
        assert (
            code_of(convert_credits, 3, BACHELOR, chosen=Decimal(outside), rounding=WHOLE)
            == "recognition.factor_outside"
        )
    fixed = replace(BACHELOR, low=Decimal(2), high=Decimal(2))
    assert convert_credits("3", fixed, rounding=WHOLE).result == 6


def test_back_divides_and_the_rounding_is_declared() -> None:
    back = convert_credits(5, BACHELOR, chosen=Decimal("1.5"), rounding=Rounding(ties=Ties.DOWN), back=True)
    assert (back.result, back.exact, back.rounding) == (Decimal(3), Fraction(10, 3), "down to 1")


def test_impossible_credits_and_factors_are_refused() -> None:
    for credits, code in [(-1, "recognition.bad_credits"), ("many", "recognition.not_a_number"),
                          (float("nan"), "recognition.not_a_number")]:  # fmt: skip
        assert code_of(convert_credits, credits, BACHELOR, chosen=Decimal("1.5"), rounding=WHOLE) == code
    for broken in ({"low": Decimal(0)}, {"high": Decimal(1)}, {"high": Decimal("NaN")}, {"source": ""}):
        assert code_of(replace, BACHELOR, **broken) == "recognition.bad_factor"


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 300), st.sampled_from(list(FACTORS.values())))
def test_there_and_back_gives_the_credits_again(credits: int, factor: object) -> None:
    assert isinstance(factor, type(BACHELOR))
    exact = Rounding(step=Decimal("0.0000001"))
    there = convert_credits(credits, factor, chosen=factor.low, rounding=exact)
    back = convert_credits(there.result, factor, chosen=factor.low, rounding=WHOLE, back=True)
    assert back.result == credits


def test_mean_is_weighted_by_credits_and_exact() -> None:
    """GPA = sum of credits times mark over sum of credits; 5*5 + 4*6 + 3*4 over 15 is 61/15."""
    mean = weighted_mean([("5", 5), ("4", 6), ("3", 4)])
    assert (mean.value, mean.exact, mean.credits, mean.count) == (
        Decimal("4.07"), Fraction(61, 15), Decimal(15), 3,
    )  # fmt: skip


def test_half_a_hundredth_is_rounded_as_declared() -> None:
    marks = [("3.33", 1), ("4.0", 1)]
    assert weighted_mean(marks).value == Decimal("3.67")
    cut = Rounding(step=Decimal("0.01"), ties=Ties.DOWN)
    assert weighted_mean(marks, rounding=cut).value == Decimal("3.66")


def test_means_without_weight_are_refused() -> None:
    assert code_of(weighted_mean, []) == "recognition.no_marks"
    assert code_of(weighted_mean, [("4", 0)]) == "recognition.no_marks"
    assert code_of(weighted_mean, [("4", -1)]) == "recognition.bad_credits"
    assert code_of(weighted_mean, [("-4", 1)]) == "recognition.bad_points"
    assert code_of(weighted_mean, [("A", 1)]) == "recognition.not_a_number"


def test_all_marks_that_are_wrong_are_named() -> None:
    with pytest.raises(MethodError) as refused:
        weighted_mean([("4", 1), ("4", -1), ("3", -2)])
    assert (refused.value.code, refused.value.facts) == (
        "recognition.bad_credits", {"rows": (2, 3), "values": ("-1", "-2")},
    )  # fmt: skip
    with pytest.raises(MethodError) as refused:
        weighted_mean([("A", -1), ("-4", 2), ("5", 1), ("5", "many")])
    assert refused.value.code == "recognition.bad_marks"
    assert refused.value.facts["rows"] == (1, 1, 2, 4)
    assert refused.value.facts["values"] == ("A", "-1", "-4", "many")
    assert refused.value.facts["codes"] == (
        "recognition.not_a_number", "recognition.bad_credits", "recognition.bad_points",
        "recognition.not_a_number",
    )  # fmt: skip


rows_strategy = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 400), st.integers(0, 30)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(rows_strategy)
def test_means_of_many_equal_the_exact_mean_of_each(rows: list[tuple[int, int, int]]) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    means, credits = weighted_means(*columns, people=5)
    for person in range(5):
        own = [(Decimal(points) / 100, weight) for who, points, weight in rows if who == person]
        assert credits[person] == sum(weight for _, weight in own)
        if credits[person]:
            assert Decimal(int(means[person])) / 100 == weighted_mean(own).value
        else:
            assert means[person] == -1


def test_broken_columns_are_refused() -> None:
    one = np.array([1])
    for columns in [
        (np.array([0, 1]), one, one),
        (np.array([0.5]), one, one),
        (np.array([7]), one, one),
        (np.array([0]), np.array([-1]), one),
        (np.array([0]), np.array([2**62]), np.array([2**62])),
        (np.array([[0]]), np.array([[0]]), np.array([[0]])),
    ]:
        assert code_of(weighted_means, *columns, people=2) == "recognition.bad_column"


HOST = [Component(id=name, credits=Decimal(credits)) for name, credits in
        [("Macro", 6), ("Trade", 4), ("Turkish", 3), ("Folklore", 2)]]  # fmt: skip
HOME = [Component(id=name, credits=Decimal(credits)) for name, credits in
        [("Economics II", 5), ("World economy", 6), ("Language", 4), ("Statistics", 5)]]  # fmt: skip


def whole(*credits: Decimal) -> list[int]:
    assert all(value == int(value) for value in credits)
    return [int(value) for value in credits]


def test_two_courses_for_two_and_what_is_left() -> None:
    links = [
        Link(studied=("Macro", "Trade"), required=("Economics II", "World economy")),
        Link(studied=("Turkish",), required=("Language",), credits=Decimal(3)),
    ]
    balance = component_balance(HOST, HOME, links)
    assert whole(balance.studied, balance.required, balance.recognised) == [15, 20, 13]
    assert whole(balance.difference, balance.surplus, balance.failed) == [7, 2, 0]
    assert [whole(link.studied, link.required, link.recognised) for link in balance.links] == [
        [10, 11, 10],
        [3, 4, 3],
    ]
    assert balance.unlinked_studied == ("Folklore",)
    assert balance.unlinked_required == ("Statistics",)
    assert balance.share_recognised == Fraction(13, 15)
    assert not balance.complete


def test_failed_components_bring_nothing() -> None:
    failed = [replace(HOST[0], passed=False), *HOST[1:]]
    balance = component_balance(failed, HOME, [Link(studied=("Macro", "Trade"), required=("Economics II",))])
    assert whole(balance.recognised, balance.failed, balance.links[0].difference) == [4, 6, 1]


def test_a_refused_link_keeps_its_place_with_nothing_recognised() -> None:
    refused = Link(studied=("Macro",), required=("Economics II",), credits=Decimal(0))
    balance = component_balance(HOST, HOME, [refused])
    assert whole(balance.recognised, balance.difference) == [0, 20]
    assert "Economics II" not in balance.unlinked_required


def test_nothing_at_all_balances() -> None:
    balance = component_balance([], [], [])
    assert balance.complete
    assert balance.share_recognised is None


@pytest.mark.parametrize(
    ("studied", "links", "code"),
    [
        ([*HOST, HOST[0]], [], "recognition.component_twice"),
        ([Component(id="x", credits=Decimal(-1))], [], "recognition.bad_credits"),
        ([Component(id="x", credits=Decimal("NaN"))], [], "recognition.not_a_number"),
        (HOST, [Link(studied=("Ghost",), required=("Language",))], "recognition.unknown_component"),
        (HOST, [Link(studied=(), required=("Language",))], "recognition.empty_link"),
        (HOST, [Link(studied=("Macro",), required=())], "recognition.empty_link"),
        (
            HOST,
            [Link(studied=("Macro",), required=("Language",)), Link(studied=("Macro",), required=("Statistics",))],
            "recognition.component_linked_twice",
        ),
        (
            HOST,
            [Link(studied=("Folklore",), required=("Language",), credits=Decimal(4))],
            "recognition.too_many_credits",
        ),
        (
            HOST,
            [Link(studied=("Folklore",), required=("Language",), credits=Decimal(-1))],
            "recognition.bad_credits",
        ),
    ],
)  # fmt: skip
def test_contradictory_links_are_refused(studied: list[Component], links: list[Link], code: str) -> None:
    assert code_of(component_balance, studied, HOME, links) == code


credits_strategy = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(credits_strategy, credits_strategy, st.integers(1, 4))
def test_credits_are_conserved(
    here: list[tuple[int, bool]], home: list[tuple[int, bool]], groups: int
) -> None:
    studied = [
        Component(id=f"s{at}", credits=Decimal(c) / 2, passed=passed) for at, (c, passed) in enumerate(here)
    ]
    required = [Component(id=f"r{at}", credits=Decimal(c) / 2) for at, (c, _) in enumerate(home)]
    links = [
        Link(
            studied=tuple(component.id for component in studied[group::groups]),
            required=tuple(component.id for component in required[group::groups]),
        )
        for group in range(groups)
        if studied[group::groups] and required[group::groups]
    ]
    balance = component_balance(studied, required, links)
    assert balance.studied + balance.failed == sum(component.credits for component in studied)
    assert balance.recognised + balance.difference == balance.required
    assert balance.recognised + balance.surplus == balance.studied
    assert balance.recognised == sum(link.recognised for link in balance.links)
    assert all(link.difference >= 0 and link.surplus >= 0 for link in balance.links)


def test_all_faulty_components_are_named() -> None:
    ghosts = [
        Link(studied=("Ghost", HOST[0].id), required=("Phantom",)),
        Link(studied=("Spirit",), required=("Ghost",)),
    ]
    with pytest.raises(MethodError) as refused:
        component_balance(HOST, [], ghosts)
    assert refused.value.facts == {"components": ("Ghost", "Spirit", "Phantom")}
    owing = [Component(id="x", credits=Decimal(-1)), Component(id="y", credits=Decimal("-0.5"))]
    with pytest.raises(MethodError) as refused:
        component_balance(owing, [], [])
    assert refused.value.facts == {"credits": ("x: -1", "y: -0.5")}
