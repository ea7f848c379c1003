from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from math import lcm
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.recognition import (
    GradeDistribution,
    Rule,
    conversion_table,
    convert_by_distribution,
    shipped_scale,
)


def distribution(grades: str, counts: list[int], **other: object) -> GradeDistribution:
    fields: dict[str, object] = {
        "id": "group", "version": "2025", "holder": "U", "field": "0311", "cycle": "bachelor",
        "years": (2023, 2024),
    }  # fmt: skip
    return GradeDistribution(grades=tuple(grades.split()), counts=tuple(counts), **{**fields, **other})  # type: ignore[arg-type]


# Constructed and counted on paper. The host's shares are those of the ECTS scale before 2009 (best 10 %, next 25, 30,
# 25, 10 %: http://www.ulb.ac.be/enseignements/presentation/en/presentation-en-translation.html); at home 20, 30, 50.
HOST = distribution("A B C D E", [10, 25, 30, 25, 10], id="host")
HOME = distribution("5 4 3", [20, 30, 50], id="home")


def code_of(call: object, *arguments: object, **named: object) -> str:
    assert callable(call)
    with pytest.raises(MethodError) as refused:
        call(*arguments, **named)
    return refused.value.code


@pytest.mark.parametrize(
    ("mark", "low", "mid", "high"),
    [
        ("A", "5", "5", "5"),
        ("B", "4", "4", "5"),
        ("C", "3", "4", "4"),
        ("D", "3", "3", "3"),
        ("E", "3", "3", "3"),
    ],
)
def test_overlap_decides_by_the_rule(mark: str, low: str, mid: str, high: str) -> None:
    found = [convert_by_distribution(mark, HOST, HOME, rule=rule).result for rule in Rule]
    assert found == [low, mid, high]


def test_the_overlap_that_decided_is_shown() -> None:
    converted = convert_by_distribution("B", HOST, HOME, rule=Rule.MID)
    assert [(part.grade, part.start, part.end) for part in converted.overlaps] == [
        ("5", Fraction(1, 10), Fraction(1, 5)),
        ("4", Fraction(1, 5), Fraction(7, 20)),
    ]
    stored = json.loads(json.dumps(converted.plain()))
    assert stored["overlaps"][1] == {"grade": "4", "from": "1/5", "to": "7/20"}
    assert stored["reasons"][0] == {
        "code": "recognition.range", "from": "10", "to": "35", "counted": "100", "counted_target": "100",
    }  # fmt: skip
    assert (converted.table, converted.version) == ("host->home", "2025->2025")


def test_a_middle_on_a_border_goes_to_the_better_grade() -> None:
    here = distribution("A B", [40, 60])
    there = distribution("1 2 3", [20, 50, 30])
    assert convert_by_distribution("A", here, there, rule=Rule.MID).result == "1"


def test_borders_that_only_touch_are_no_overlap() -> None:
    here, there = distribution("A B", [50, 50]), distribution("1 2", [50, 50])
    for rule in Rule:
        assert convert_by_distribution("A", here, there, rule=rule).result == "1"
        assert convert_by_distribution("B", here, there, rule=rule).result == "2"


def test_exact_counts_decide_where_rounded_percents_would_not() -> None:
    here, there = distribution("A B", [333, 666]), distribution("1 2", [1, 2], id="thirds")
    converted = convert_by_distribution("A", here, there, rule=Rule.MIN, smallest_group=1)
    assert (converted.result, len(converted.overlaps)) == ("1", 1)


def test_a_grade_nobody_received_stands_at_its_border() -> None:
    here = distribution("A B C", [50, 0, 50])
    there = distribution("1 2", [50, 50])
    converted = convert_by_distribution("B", here, there, rule=Rule.MIN)
    assert converted.result == "2"
    assert convert_by_distribution("B", here, there, rule=Rule.MAX).result == "1"
    assert [reason.code for reason in converted.reasons][-1] == "recognition.unseen_grade"
    best = distribution("A+ A", [0, 100])
    assert convert_by_distribution("A+", best, there, rule=Rule.MID).result == "1"


def test_failing_marks_are_counted_out_and_not_converted() -> None:
    kz = shipped_scale("kz-12")
    counts = {"A": 10, "B": 30, "D-": 20, "FX": 15, "F": 5}
    table = GradeDistribution.of_scale(
        kz, counts, id="kz", version="1", field="0311", cycle="bachelor", years=(2023, 2024)
    )
    assert table.total == 60
    assert code_of(convert_by_distribution, "FX", table, HOME, rule=Rule.MID) == (
        "recognition.mark_not_in_distribution"
    )
    named = {"id": "kz", "version": "1", "field": "0311", "cycle": "bachelor", "years": (2023, 2024)}
    for wrong in ({"X": 3}, {"95": 3}):
        assert code_of(GradeDistribution.of_scale, kz, wrong, **named) == "recognition.unknown_mark"


def test_small_short_and_foreign_groups_are_refused() -> None:
    small = distribution("A B", [20, 29])
    with pytest.raises(MethodError) as refused:
        convert_by_distribution("A", small, HOME, rule=Rule.MID)
    assert refused.value.code == "recognition.group_too_small"
    assert (refused.value.facts["counted"], refused.value.facts["needed"]) == (49, 50)
    assert code_of(conversion_table, HOST, small, rule=Rule.MID) == "recognition.group_too_small"
    short = replace(HOST, years=(2024, 2024))
    assert code_of(conversion_table, short, HOME, rule=Rule.MID) == "recognition.too_few_years"
    for differing in (replace(HOME, cycle="master"), replace(HOME, field="0912")):
        assert code_of(conversion_table, HOST, differing, rule=Rule.MID) == "recognition.groups_differ"
        table = conversion_table(HOST, differing, rule=Rule.MID, other_group=True)
        assert table["A"].reasons[-1].code == "recognition.other_group"
    assert conversion_table(HOST, replace(HOME, field="031"), rule=Rule.MID)["A"].result == "5"


@pytest.mark.parametrize(
    ("grades", "counts"),
    [
        ("A B", [1]),
        ("", []),
        ("A A", [60, 60]),
        ("A B", [60, -1]),
        ("A B", [0, 0]),
        ("A B", [50.5, 49.5]),
        ("A B", [True, 80]),
        ("A B", [float("nan"), 80]),
    ],
)
def test_broken_counts_are_refused(grades: str, counts: list[int]) -> None:
    assert code_of(distribution, grades, counts) == "recognition.bad_distribution"
    assert code_of(replace, HOME, points=(None,)) == "recognition.bad_distribution"


counts_strategy = st.lists(st.integers(0, 40), min_size=1, max_size=6).filter(lambda counts: sum(counts) > 0)


def built(counts: list[int]) -> GradeDistribution:
    return distribution(" ".join("ABCDEF"[: len(counts)]), counts)


@settings(max_examples=150, deadline=None)
@given(counts_strategy, counts_strategy, st.integers(1, 9), st.integers(1, 9))
def test_conversion_keeps_order_and_ignores_the_size_of_the_group(
    here: list[int], there: list[int], times: int, times_there: int
) -> None:
    source, target = built(here), built(there)
    larger = built([count * times for count in here]), built([count * times_there for count in there])
    places = {}
    for rule in Rule:
        table = conversion_table(source, target, rule=rule, smallest_group=1)
        results = [table[grade].result for grade in source.grades]
        assert results == sorted(results)
        places[rule] = results
        scaled = conversion_table(*larger, rule=rule, smallest_group=1)
        assert [scaled[grade].result for grade in source.grades] == results
    for best, middle, lowest in zip(places[Rule.MAX], places[Rule.MID], places[Rule.MIN], strict=True):
        assert best <= middle <= lowest


@settings(max_examples=100, deadline=None)
@given(counts_strategy, counts_strategy)
def test_overlaps_add_up_to_the_marks_own_share(here: list[int], there: list[int]) -> None:
    source, target = built(here), built(there)
    for own, converted in zip(
        source.ranges(),
        conversion_table(source, target, rule=Rule.MID, smallest_group=1).values(),
        strict=True,
    ):
        assert sum(part.share for part in converted.overlaps) == own.share
        assert converted.result in {part.grade for part in converted.overlaps}


@settings(max_examples=50, deadline=None)
@given(counts_strategy)
def test_a_table_converted_to_itself_changes_nothing(counts: list[int]) -> None:
    table = built(counts)
    for rule in Rule:
        for grade, count in zip(table.grades, table.counts, strict=True):
            if count:
                assert conversion_table(table, table, rule=rule, smallest_group=1)[grade].result == grade


def person_by_person(mark: int, here: list[int], there: list[int]) -> tuple[int, int, int]:
    """Lowest, middle and best grade by the definition: both groups in one long row of people, from the best on."""
    size = lcm(sum(here), sum(there))
    row = [grade for grade, count in enumerate(there) for _ in range(count * size // sum(there))]
    start, end = (sum(here[:at]) * size // sum(here) for at in (mark, mark + 1))
    # A grade without people stands between two: it meets whoever stands on either side.
    met = row[start:end] or row[max(start - 1, 0) : end + 1]
    border, odd = divmod(start + end, 2)
    middle = row[border] if odd else row[max(border - 1, start if start < end else 0)]
    return max(met), middle, min(met)


def test_every_rule_against_the_row_of_people() -> None:
    chance = Random(5)
    unseen = 0
    for _ in range(250):
        here, there = (
            [chance.choice([0, 0, 1, 2, 3, 5]) for _ in range(chance.randint(1, 6))] for _ in range(2)
        )
        if not sum(here) or not sum(there):
            continue
        one, other = (
            GradeDistribution(
                id="x", version="1", holder="x", grades=tuple(map(str, range(len(counts)))), counts=tuple(counts),
                field="0311", cycle="bachelor", years=(2024, 2025),
            )
            for counts in (here, there)
        )  # fmt: skip
        for mark, count in enumerate(here):
            unseen += count == 0
            found = tuple(
                int(convert_by_distribution(str(mark), one, other, rule=rule, smallest_group=1).result)
                for rule in (Rule.MIN, Rule.MID, Rule.MAX)
            )
            assert found == person_by_person(mark, here, there), (mark, here, there)
    assert unseen > 50


def test_all_fields_together_are_another_group_than_one_of_them() -> None:
    law = GradeDistribution(
        id="law",
        version="1",
        holder="x",
        grades=("A", "B"),
        counts=(50, 50),
        field="0421",
        cycle="",
        years=(1, 2),
    )
    whole, social = replace(law, id="whole", field=""), replace(law, id="social", field="04")
    assert convert_by_distribution("A", law, social, rule=Rule.MID).result == "A"
    with pytest.raises(MethodError) as refused:
        convert_by_distribution("A", law, whole, rule=Rule.MID)
    assert refused.value.code == "recognition.groups_differ"
    codes = [
        reason.code
        for reason in convert_by_distribution("A", law, whole, rule=Rule.MID, other_group=True).reasons
    ]
    assert "recognition.other_group" in codes
    for field in ("law", "4", "04210", "０４"):
        with pytest.raises(MethodError, match="ISCED"):
            replace(law, field=field)
