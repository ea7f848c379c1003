"""k-anonymity and l-diversity of records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys.disclosure import anonymity_report

# Sweeney (2002), figure 2: a table that is 2-anonymous in race, birth, gender and ZIP code.
SWEENEY = [
    ("Black", 1965, "m", "0214*", "short breath"),
    ("Black", 1965, "m", "0214*", "chest pain"),
    ("Black", 1965, "f", "0213*", "hypertension"),
    ("Black", 1965, "f", "0213*", "hypertension"),
    ("Black", 1964, "f", "0213*", "obesity"),
    ("Black", 1964, "f", "0213*", "chest pain"),
    ("White", 1964, "m", "0213*", "chest pain"),
    ("White", 1964, "m", "0213*", "obesity"),
    ("White", 1964, "m", "0213*", "short breath"),
    ("White", 1967, "m", "0213*", "chest pain"),
    ("White", 1967, "m", "0213*", "chest pain"),
]
TRAITS = {
    name: [row[place] for row in SWEENEY] for place, name in enumerate(("race", "birth", "gender", "zip"))
}
PROBLEM = [row[4] for row in SWEENEY]


def test_sweeneys_table_is_two_anonymous() -> None:
    report = anonymity_report(TRAITS, 2)
    assert (report.smallest, report.at_risk, report.classes) == (2, 0, 5)
    assert report.sizes == ((2, 4), (3, 1))
    assert report.unsafe == ()


def test_two_anonymous_is_not_three_anonymous() -> None:
    report = anonymity_report(TRAITS, 3)
    assert report.at_risk == 8
    assert report.rows == (0, 1, 2, 3, 4, 5, 9, 10)
    assert [one.size for one in report.unsafe] == [2, 2, 2, 2]
    # Without the year of birth there are three classes: of 2, 4 and 5.
    assert (report.without[0].column, report.without[0].at_risk, report.without[0].smallest) == (
        "birth",
        2,
        2,
    )


def test_sweeneys_table_tells_the_problem_of_two_classes() -> None:
    report = anonymity_report(TRAITS, 2, sensitive={"problem": PROBLEM})
    assert report.diversity == (("problem", 1),)
    assert [one.traits for one in report.homogeneous] == [
        ("Black", 1965, "f", "0213*"),
        ("White", 1967, "m", "0213*"),
    ]
    assert len(anonymity_report(TRAITS, 2, sensitive={"problem": PROBLEM}, diversity=3).homogeneous) == 4


def test_missing_values_are_a_trait_of_their_own() -> None:
    nan = float("nan")
    report = anonymity_report({"country": [None, nan, float("nan"), "KG"]}, 3)
    assert report.sizes == ((1, 1), (3, 1))
    assert report.unsafe[0].traits == ("KG",)


records = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.booleans()), min_size=1, max_size=25
)


@settings(max_examples=80, deadline=None)
@given(records, st.integers(2, 6))
def test_report_counts_what_a_counter_counts(rows: list[tuple[str, int, bool]], k: int) -> None:
    count = Counter(rows)
    report = anonymity_report({str(place): [row[place] for row in rows] for place in range(3)}, k)
    assert report.classes == len(count)
    assert report.smallest == min(count.values())
    assert report.unique == sum(size == 1 for size in count.values())
    assert report.rows == tuple(place for place, row in enumerate(rows) if count[row] < k)
    assert {(one.traits, one.size) for one in report.unsafe} == {(t, s) for t, s in count.items() if s < k}
    for one in report.without:
        kept = [place for place in range(3) if str(place) != one.column]
        coarse = Counter(tuple(row[place] for place in kept) for row in rows)
        assert one.at_risk == sum(size for size in coarse.values() if size < k)
        assert one.at_risk <= report.at_risk


def test_a_million_equal_records_are_one_class() -> None:
    report = anonymity_report({"country": ["KG"] * 1_000_000}, 5)
    assert (report.classes, report.smallest, report.at_risk) == (1, 1_000_000, 0)


@pytest.mark.parametrize(
    ("expected", "action"),
    [
        ("surveys.no_rows", lambda: anonymity_report({}, 2)),
        ("surveys.no_rows", lambda: anonymity_report({"a": []}, 2)),
        ("surveys.columns_shape", lambda: anonymity_report({"a": [1], "b": [1, 2]}, 2)),
        ("surveys.columns_shape", lambda: anonymity_report({"a": [1]}, 2, sensitive={"b": []})),
        ("surveys.k_invalid", lambda: anonymity_report({"a": [1]}, 1)),
        ("surveys.k_invalid", lambda: anonymity_report({"a": [1]}, 2, diversity=1)),
    ],
)
def test_bad_input_is_refused_with_a_code(expected: str, action: Callable[[], object]) -> None:
    with pytest.raises(MethodError) as caught:
        action()
    assert caught.value.code == expected
