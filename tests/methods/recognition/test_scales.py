from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.recognition import (
    Band,
    GradeScale,
    Kind,
    pick_factor,
    pick_scale,
    scale_of,
    shipped_factors,
    shipped_scale,
    shipped_scales,
    shipped_tables,
)

KZ = shipped_scale("kz-12")
UZ = shipped_scale("uz-2018")


def code_of(call: object, *arguments: object, **named: object) -> str:
    assert callable(call)
    with pytest.raises(MethodError) as refused:
        call(*arguments, **named)
    return refused.value.code


def test_everything_shipped_names_a_public_page() -> None:
    shipped = [(item.id, item.source) for item in shipped_scales()]
    shipped += [(item.id, item.source) for item in shipped_tables()]
    shipped += [(item.id, item.source) for item in shipped_factors()]
    assert len({id for id, _ in shipped}) == len(shipped)
    assert all(source.startswith("http") for _, source in shipped)


@pytest.mark.parametrize(
    ("percent", "label", "points", "words"),
    [
        ("100", "A", "4.0", "Excellent"),
        ("89", "B+", "3.33", "Good"),
        ("70", "C+", "2.33", "Good"),
        ("50", "D-", "1.0", "Satisfactory"),
        ("49", "FX", "0.5", "Unsatisfactory"),
        ("0", "F", "0", "Unsatisfactory"),
    ],
)
def test_kazakh_bands(percent: str, label: str, points: str, words: str) -> None:
    band = KZ.band(percent, kind=Kind.PERCENT)
    assert (band.label, band.points, band.words) == (label, Decimal(points), words)
    assert KZ.band(label) is band


def test_c_plus_changed_its_meaning() -> None:
    assert shipped_scale("kz-11").band("C+").words == "Satisfactory"
    assert KZ.band("C+").words == "Good"


def test_uzbek_scale_follows_the_date_of_the_mark() -> None:
    assert scale_of("UZ", on=date(2018, 8, 8)).band("88%").label == "5"
    assert scale_of("UZ", on=date(2018, 8, 9)).band("88%").label == "4"
    assert UZ.band("89,9 %").label == "4"


def test_kazakh_scales_need_an_offices_own_dates() -> None:
    assert code_of(scale_of, "KZ", on=date(2020, 1, 1)) == "recognition.ambiguous_scale"
    dated = [
        replace(KZ, valid_from=date(2019, 9, 1)),
        replace(shipped_scale("kz-11"), valid_to=date(2019, 8, 31)),
    ]
    assert pick_scale(dated, holder="KZ", on=date(2019, 9, 1)).id == "kz-12"
    assert pick_scale(dated, holder="KZ", on=date(2019, 8, 31)).id == "kz-11"
    assert code_of(pick_scale, dated, holder="KZ", on=date(2010, 1, 1)) == "recognition.no_scale"


@pytest.mark.parametrize("country", ["IN", "PK"])
def test_contradicting_formulas_are_not_shipped(country: str) -> None:
    assert code_of(scale_of, country, on=date(2025, 1, 1)) == "recognition.unsourced"


def test_a_scale_for_the_level_goes_first() -> None:
    doctoral = replace(UZ, id="uz-phd", level="doctorate")
    assert pick_scale([UZ, doctoral], holder="UZ", on=date(2020, 1, 1), level="doctorate") is doctoral
    assert pick_scale([UZ, doctoral], holder="UZ", on=date(2020, 1, 1), level="master") is UZ


def test_a_label_counts_before_a_percent() -> None:
    assert UZ.band("5").words == "A'lo"
    assert UZ.band("5", kind=Kind.PERCENT).label == "2"
    assert UZ.band("5%").label == "2"


def test_points_that_could_be_percents_are_refused() -> None:
    assert code_of(KZ.band, "4.0") == "recognition.ambiguous_mark"
    assert KZ.band("4.0", kind=Kind.POINTS).label == "A"
    assert KZ.band("4.0", kind=Kind.PERCENT).label == "F"
    assert KZ.band("87").label == "B+"
    assert code_of(KZ.band, "3.5") == "recognition.ambiguous_mark"
    assert KZ.band("3.5", kind=Kind.PERCENT).label == "F"
    assert code_of(KZ.band, "3.5", kind=Kind.POINTS) == "recognition.unknown_mark"
    assert KZ.band("0").label == "F"


def test_a_percent_between_two_bands_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        KZ.band("94.5")
    assert refused.value.code == "recognition.between_bands"
    assert (refused.value.facts["above"], refused.value.facts["below"]) == ("A", "A-")
    assert code_of(shipped_scale("uz-1999").band, "55") == "recognition.between_bands"


def test_a_cyrillic_letter_is_named_and_not_guessed() -> None:
    with pytest.raises(MethodError) as refused:
        KZ.band("В+")
    assert refused.value.code == "recognition.unknown_mark"
    assert refused.value.facts["looks_like"] == "B+"


@pytest.mark.parametrize(
    "mark", ["", " ", "Z", "101", "-1", "nan", "inf", "1e999999", "0E+999999", "9" * 500, "²", "5%%"]
)
def test_what_is_no_mark_is_refused(mark: str) -> None:
    assert code_of(KZ.band, mark) in {"recognition.unknown_mark", "recognition.not_a_number"}


def band(label: str, low: str, high: str, *, passing: bool = True, points: str | None = None) -> Band:
    return Band(
        label=label,
        passing=passing,
        low=Decimal(low),
        high=Decimal(high),
        points=None if points is None else Decimal(points),
    )


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (band("A", "50", "100"), band("A", "0", "49")),
        (band("", "50", "100"),),
        (band("A", "50", "100", passing=False),),
        (band("F", "50", "100", passing=False), band("A", "0", "49")),
        (band("A", "50", "100"), band("B", "40", "50")),
        (band("A", "0", "49"), band("B", "50", "100")),
        (band("A", "100", "50"),),
        (band("A", "50", "100", points="1"), band("B", "0", "49", points="2")),
        (band("A", "NaN", "100"),),
        (band("A", "0", "Infinity"),),
        (Band(label="A", passing=True, low=Decimal(3)),),
    ],
)
def test_contradictory_scales_are_refused(bands: tuple[Band, ...]) -> None:
    assert code_of(replace, KZ, bands=bands) == "recognition.bad_scale"


def test_scales_need_a_source_and_dates_in_order() -> None:
    assert code_of(replace, KZ, source="a colleague") == "recognition.bad_scale"
    assert code_of(replace, KZ, valid_to=date(2000, 1, 1)) == "recognition.bad_scale"


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(shipped_scales()), st.integers(0, 100), st.integers(0, 100))
def test_a_higher_percent_is_never_a_worse_band(scale: GradeScale, one: int, other: int) -> None:
    labels = [band.label for band in scale.bands]
    low, high = sorted((one, other))
    if scale.id == "uz-1999" and 55 in (low, high):
        assert code_of(scale.band, "55") == "recognition.between_bands"
        return
    better, worse = (scale.band(f"{percent}%").label for percent in (high, low))
    assert labels.index(better) <= labels.index(worse)


def test_factors_are_picked_by_level_and_activity() -> None:
    day = date(2015, 6, 1)
    factor = pick_factor(shipped_factors(), holder="KazNPU", on=day, level="doctorate")
    assert (factor.low, factor.high) == (Decimal("3.5"), Decimal("4.2"))
    practice = pick_factor(
        shipped_factors(), holder="INEU", on=day, level="bachelor", activity="industrial practice"
    )
    assert practice.level == ""
    assert code_of(pick_factor, shipped_factors(), holder="INEU", on=day) == "recognition.no_factor"
    twice = [factor, replace(factor, id="again")]
    assert (
        code_of(pick_factor, twice, holder="KazNPU", on=day, level="doctorate")
        == "recognition.ambiguous_factor"
    )
