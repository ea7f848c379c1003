"""Rules as data, and everything that is refused before anybody is placed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from sapar.methods.allocation import (
    Allocation,
    Applicant,
    Criterion,
    Holding,
    Offer,
    Problem,
    Reserve,
    Rule,
    Test,
    Wish,
    allocate,
    check,
    from_plain,
    plain,
)
from sapar.methods.allocation.rules import failure
from sapar.methods.errors import Fact, MethodError

LAW = Rule(code="law", fact="faculty", test=Test.EQUALS, required="law")
ANNA = Applicant(code="anna", score=1.0, wishes=(Wish("A"),), facts={"gpa": 3.0})
OFFER = Offer(code="A", places=1)
SOUND = Problem(applicants=(ANNA,), offers=(OFFER,))


@pytest.mark.parametrize(
    ("test", "required", "actual", "met"),
    [
        (Test.AT_LEAST, 3.0, 3, True),
        (Test.AT_LEAST, 3.0, 2.99, False),
        (Test.AT_MOST, 12, 12, True),
        (Test.AT_MOST, 12, 13, False),
        (Test.EQUALS, "law", "law", True),
        (Test.EQUALS, False, True, False),
        (Test.ONE_OF, ("bachelor", "master"), "master", True),
        (Test.ONE_OF, ("bachelor", "master"), "phd", False),
        (Test.NONE_OF, ("debt", "leave"), "active", True),
        (Test.NONE_OF, ("debt", "leave"), "debt", False),
        (Test.STARTS_WITH, ("06", "0311"), "0612", True),
        (Test.STARTS_WITH, ("06", "0311"), "0312", False),
        (Test.STARTS_WITH, "06", ("0311", "0613"), True),
        (Test.ANY_OF, ("grant",), ("self", "grant"), True),
        (Test.ANY_OF, ("grant",), ("self",), False),
        (Test.ANY_OF, ("grant",), "grant", True),
        (Test.ALL_OF, ("passport", "transcript"), ("transcript", "passport", "cv"), True),
        (Test.ALL_OF, ("passport", "transcript"), ("transcript",), False),
        (Test.SPEAKS, ("en:B2", "ru:C1"), ("en:C1",), True),
        (Test.SPEAKS, ("en:B2", "ru:C1"), ("en:B1", "ru:C1"), True),
        (Test.SPEAKS, ("en:B2", "ru:C1"), ("en:B1", "ru:B2", "ky:C2"), False),
        (Test.SPEAKS, ("en:B2",), ("en:fluent",), False),
        (Test.SPEAKS, "en:B2", "en:B2", True),
    ],
)
def test_each_comparison(test: Test, required: Fact, actual: Fact, met: bool) -> None:
    rule = Rule(code="r", fact="f", test=test, required=required)
    assert (failure(rule, {"f": actual}) is None) is met
    assert failure(rule, {}) is not None
    assert failure(replace(rule, when_missing=True), {}) is None


def test_names_on_a_scale_are_compared_by_their_place() -> None:
    years = Rule(
        code="year", fact="year", test=Test.AT_LEAST, required="second", scale=("first", "second", "third")
    )
    assert failure(years, {"year": "third"}) is None
    assert failure(years, {"year": "first"}) is not None
    with pytest.raises(MethodError) as refused:
        failure(years, {"year": "fourth"})
    assert refused.value.code == "allocation.fact_type"


@pytest.mark.parametrize(
    ("test", "required"),
    [
        (Test.AT_LEAST, "high"),
        (Test.AT_LEAST, math.nan),
        (Test.AT_MOST, (1, 2)),
        (Test.EQUALS, None),
        (Test.ONE_OF, "law"),
        (Test.SPEAKS, ("english",)),
        (Test.SPEAKS, ()),
        (Test.STARTS_WITH, ("",)),
        (Test.ANY_OF, (None,)),
    ],
)
def test_rules_that_can_never_be_applied_are_refused(test: Test, required: Fact) -> None:
    rule = Rule(code="r", fact="f", test=test, required=required)
    with pytest.raises(MethodError) as refused:
        check(replace(SOUND, rules=(rule,)))
    assert refused.value.code in ("allocation.rule", "allocation.fact")


def anna(**changes: Any) -> dict[str, Any]:
    return {"applicants": (replace(ANNA, **changes),)}


def offer(**changes: Any) -> dict[str, Any]:
    return {"offers": (replace(OFFER, **changes),)}


def reserve(**changes: Any) -> Reserve:
    return Reserve(**{"code": "law", "places": 1, "rules": (LAW,), **changes})


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no_applicants", {"applicants": ()}),
        ("no_offers", {"offers": ()}),
        ("duplicate_applicant", {"applicants": (ANNA, ANNA)}),
        ("duplicate_offer", {"offers": (OFFER, OFFER)}),
        ("code", anna(code="")),
        ("code", anna(code=7)),
        ("unknown_offer", anna(wishes=(Wish("B"),))),
        ("duplicate_wish", anna(wishes=(Wish("A"), Wish("A")))),
        ("score_not_finite", anna(score=math.nan)),
        ("score_not_finite", anna(score=math.inf)),
        ("score_not_finite", anna(score=10**400)),
        ("tie_value", {**anna(facts={"credits": 10**400}), "ties": (Criterion(fact="credits"),)}),
        ("score_not_finite", anna(score="9")),
        ("score_not_finite", anna(score=True)),
        ("score_not_finite", anna(wishes=(Wish("A", -math.inf),))),
        ("fact", anna(facts={"gpa": math.nan})),
        ("fact", anna(facts={"gpa": ("x", math.inf)})),
        ("fact", anna(facts={"gpa": {"a": 1}})),
        ("tie_value", {**anna(facts={"credits": "many"}), "ties": (Criterion(fact="credits"),)}),
        ("places", offer(places=-1)),
        ("places", offer(places=1.5)),
        ("places", offer(places=True)),
        ("places", offer(reserves=(reserve(places=2),))),
        ("places", offer(reserves=(reserve(places=-1),))),
        ("reserve", offer(reserves=(reserve(code="open"),))),
        ("reserve", offer(reserves=(reserve(places=0), reserve()))),
        ("reserve", offer(reserves=(reserve(spill=("law",)),))),
        ("reserve", offer(reserves=(reserve(spill=("open", "open")),))),
        ("reserve", offer(reserves=(reserve(spill=("med",)),))),
        ("reserve", offer(reserves=(reserve(rules=(replace(LAW, fact="score"),)),))),
        ("rule", offer(reserves=(reserve(rules=(replace(LAW, required=None),)),))),
        ("rule", offer(languages=("english",))),
        ("order", offer(order=("open", "open"))),
        ("order", offer(order=("law",))),
        ("holding", {"holdings": (Holding(applicant="bota", offer="A"),)}),
        ("holding", {"holdings": (Holding(applicant="anna", offer="B"),)}),
        ("holding", {"holdings": (Holding(applicant="anna", offer="A", part="law"),)}),
        ("holding", {"holdings": (Holding(applicant="anna", offer="A"),) * 2}),
        ("holding", {**offer(places=0), "holdings": (Holding(applicant="anna", offer="A"),)}),
    ],
)
def test_contradictions_are_refused(code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(MethodError) as refused:
        allocate(replace(SOUND, **changes), seed=1)
    assert refused.value.code == f"allocation.{code}"


def test_all_faults_of_a_kind_are_listed() -> None:
    bota = Applicant(code="bota", score=math.inf, wishes=(Wish("B"), Wish("A", math.nan)))
    for changes, code, found in (
        ({"applicants": (ANNA, bota, ANNA, bota)}, "duplicate_applicant", ("anna", "bota")),
        (
            {"applicants": (replace(ANNA, wishes=(Wish("X"), Wish("A"))), replace(bota, score=1.0))},
            "unknown_offer",
            ("anna: X", "bota: B"),
        ),
        (
            {"applicants": (ANNA, bota), "offers": (OFFER, replace(OFFER, code="B"))},
            "score_not_finite",
            ("bota, A: nan", "bota: inf"),
        ),
        (
            {"offers": (replace(OFFER, places=-1), replace(OFFER, code="B", reserves=(reserve(places=2),)))},
            "places",
            ("A: -1", "B: 2 reserved of 1"),
        ),
        (
            {"holdings": (Holding(applicant="anna", offer="Z"), Holding(applicant="zoe", offer="A"))},
            "holding",
            ("anna in Z (open): is not offered", "zoe in A (open): did not apply"),
        ),
    ):
        with pytest.raises(MethodError) as refused:
            check(replace(SOUND, **changes))
        assert (refused.value.code, refused.value.facts) == (f"allocation.{code}", {"found": found})


@pytest.mark.parametrize(
    "changes", [anna(score=10**5000), anna(facts={"gpa": 10**5000}), offer(places=10**5000)]
)
def test_numbers_that_cannot_be_written_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MethodError) as refused:
        allocate(replace(SOUND, **changes), seed=1)
    assert refused.value.code in ("allocation.score_not_finite", "allocation.fact", "allocation.places")


def test_unknown_mechanisms_and_seeds_are_refused() -> None:
    with pytest.raises(MethodError) as refused:
        allocate(SOUND, mechanism="by_taste", seed=1)
    assert refused.value.code == "allocation.mechanism"
    with pytest.raises(MethodError) as refused:
        allocate(SOUND, seed=1.5)  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.code == "allocation.seed"
    alone = replace(SOUND, applicants=(replace(ANNA, score=None, wishes=(Wish("A", 1.0),)),))
    with pytest.raises(MethodError) as refused:
        allocate(alone, mechanism="serial_dictatorship", seed=1)
    assert refused.value.code == "allocation.no_common_score"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"applicants": [], "offers": [], "extra": 1},
        {"applicants": {}, "offers": []},
        {"applicants": [{"code": "a"}], "offers": []},
        {"applicants": [{"code": 1, "wishes": []}], "offers": []},
        {"applicants": [{"code": "a", "wishes": [], "score": "9"}], "offers": []},
        {"applicants": [{"code": "a", "wishes": [], "score": True}], "offers": []},
        {"applicants": [{"code": "a", "wishes": [], "score": float("nan")}], "offers": []},
        {"applicants": [{"code": "a", "wishes": [], "facts": {"x": {"y": 1}}}], "offers": []},
        {"applicants": [], "offers": [{"code": "A", "places": 1.5}]},
        {
            "applicants": [],
            "offers": [],
            "rules": [{"code": "r", "fact": "f", "test": "like", "required": 1}],
        },
    ],
)
def test_plain_data_of_another_form_are_refused(data: Any) -> None:
    with pytest.raises(MethodError) as refused:
        from_plain(Problem, data)
    assert refused.value.code == "allocation.data"


def test_values_that_are_not_plain_are_refused() -> None:
    with pytest.raises(MethodError) as refused:
        plain({1, 2})
    assert refused.value.code == "allocation.data"
    with pytest.raises(MethodError) as refused:
        from_plain(Allocation, {"mechanism": "deferred_acceptance"})
    assert refused.value.code == "allocation.data"


def test_no_wishes_at_all_is_an_answer_not_an_error() -> None:
    result = allocate(replace(SOUND, applicants=(replace(ANNA, wishes=()),)), seed=1)
    assert result.placements == ()
    assert [one.code for one in result.unused] == ["no_wishes"]


@pytest.mark.parametrize(
    "changes",
    [
        anna(code="\ud800"),
        anna(facts={"\udfff": 1}),
        anna(facts={"town": "\ud800"}),
        anna(facts={"towns": ("Osh", "\udc00")}),
        offer(code="\ud800"),
        {"rules": (Rule(code="\ud800", fact="gpa", test=Test.AT_LEAST, required=1.0),)},
        offer(reserves=(reserve(code="\ud800"),)),
    ],
)
def test_half_a_letter_cannot_be_written_and_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MethodError) as refused:
        allocate(replace(SOUND, **changes), seed=1)
    assert refused.value.code.startswith("allocation.")


def test_numbers_beyond_all_bounds_are_refused() -> None:
    for seed in (2**2000, -(2**2000), 10**5000):
        with pytest.raises(MethodError) as refused:
            allocate(SOUND, seed=seed)
        assert refused.value.code == "allocation.seed"
    for places in (10**30, 10**400):
        with pytest.raises(MethodError) as refused:
            allocate(replace(SOUND, **offer(places=places)), seed=1)
        assert refused.value.code == "allocation.places"


def test_any_writable_code_is_taken_as_it_is() -> None:
    for code in ("\u202eanna", "a\nb", "x" * 100_000, "Ө", "[/b]", "0", " "):
        result = allocate(replace(SOUND, **anna(code=code)), seed=1)
        assert [one.applicant for one in result.placements] == [code]
