"""A result that was changed by hand is refuted, whatever was changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sapar.methods.allocation import (
    Allocation,
    Applicant,
    Cutoff,
    Holding,
    Offer,
    Placement,
    Problem,
    Reserve,
    ReserveList,
    Rule,
    Test,
    Unused,
    Wish,
    allocate,
    digest,
    verify,
)
from sapar.methods.errors import MethodError

LAW = Rule(code="law", fact="faculty", test=Test.EQUALS, required="law")


def person(code: str, score: float, faculty: str, *wishes: str, gpa: float = 3.5) -> Applicant:
    return Applicant(
        code=code, score=score, wishes=tuple(map(Wish, wishes)), facts={"faculty": faculty, "gpa": gpa}
    )


# anna and bota go to A (law, open), chyngyz to B, dana has no chance anywhere, erlan is not eligible, frozen sits in C.
PROBLEM = Problem(
    applicants=(
        person("anna", 70.0, "law", "A"),
        person("bota", 90.0, "it", "A", "B"),
        person("chyngyz", 80.0, "it", "A", "B"),
        person("dana", 60.0, "it", "A", "B"),
        person("erlan", 99.0, "law", "A", "B", gpa=1.0),
        person("frozen", 50.0, "it", "A"),
    ),
    offers=(
        Offer(code="A", places=2, reserves=(Reserve(code="law", places=1, rules=(LAW,), spill=()),)),
        Offer(code="B", places=1),
        Offer(code="C", places=2),
    ),
    rules=(Rule(code="gpa", fact="gpa", test=Test.AT_LEAST, required=2.0),),
    holdings=(Holding(applicant="frozen", offer="C"),),
)
TRUE = allocate(PROBLEM, seed=7)


def placed(*changes: Placement, without: tuple[str, ...] = ()) -> Allocation:
    gone = {*without, *(one.applicant for one in changes)}
    kept = [one for one in TRUE.placements if one.applicant not in gone]
    return replace(
        TRUE, placements=tuple(sorted([*kept, *changes], key=lambda one: (one.applicant, one.offer)))
    )


def seat(applicant: str, offer: str, part: str = "open", wish: int | None = 1) -> Placement:
    return Placement(applicant=applicant, offer=offer, part=part, wish=wish, score=None)


def test_the_true_result_stands() -> None:
    assert [(one.applicant, one.offer, one.part) for one in TRUE.placements] == [
        ("anna", "A", "law"), ("bota", "A", "open"), ("chyngyz", "B", "open"), ("frozen", "C", "open")
    ]  # fmt: skip
    verdict = verify(PROBLEM, TRUE)
    assert (verdict.sound, verdict.stable, verdict.violations, verdict.blocking) == (True, True, (), ())


@pytest.mark.parametrize(
    ("tampered", "codes"),
    [
        (placed(seat("zed", "A", "law"), without=("anna",)), {"unknown_place"}),
        (placed(seat("anna", "Z")), {"unknown_place"}),
        (placed(seat("anna", "A", "attic")), {"unknown_place"}),
        (replace(TRUE, placements=(*TRUE.placements, seat("bota", "B"))), {"placed_twice", "too_many"}),
        (placed(seat("dana", "B")), {"too_many"}),
        (placed(seat("erlan", "A", "law"), without=("anna",)), {"not_eligible"}),
        (placed(seat("dana", "C", wish=None)), {"not_eligible"}),
        (placed(seat("dana", "A", "law"), without=("anna",)), {"not_entitled"}),
        (placed(without=("frozen",)), {"held_place_lost"}),
        (placed(seat("frozen", "A"), without=("bota",)), {"held_place_lost"}),
        (replace(TRUE, lottery={**TRUE.lottery, "dana": 0}), {"lottery"}),
        (replace(TRUE, lottery={k: v for k, v in TRUE.lottery.items() if k != "dana"}), {"lottery"}),
    ],
)
def test_a_broken_rule_is_named(tampered: Allocation, codes: set[str]) -> None:
    for rerun in (True, False):
        verdict = verify(PROBLEM, tampered, rerun=rerun)
        assert {one.code for one in verdict.violations} == codes
        assert not verdict.sound
        assert verdict.reproduced is (False if rerun else None)


@pytest.mark.parametrize(
    ("tampered", "pairs"),
    [
        # chyngyz took the place of bota, who stands before him there; bota took his.
        (placed(seat("chyngyz", "A"), seat("bota", "B", wish=2)), {("bota", "A", "chyngyz")}),
        (placed(without=("anna",)), {("anna", "A", None)}),
        (
            placed(seat("dana", "B", wish=2), without=("chyngyz",)),
            {("chyngyz", "B", "dana")},
        ),
        (placed(without=("chyngyz",)), {("chyngyz", "B", None), ("dana", "B", None)}),
    ],
)
def test_an_unanswered_claim_is_named(tampered: Allocation, pairs: set[tuple[str, str, str | None]]) -> None:
    verdict = verify(PROBLEM, tampered)
    assert {(one.applicant, one.offer, one.over) for one in verdict.blocking} == pairs
    assert not verdict.stable
    assert verdict.envy_free is all(over is None for _, _, over in pairs)
    assert verdict.non_wasteful is all(over is not None for _, _, over in pairs)
    assert verdict.reproduced is False


@pytest.mark.parametrize(
    "tampered",
    [
        replace(TRUE, cutoffs=(*TRUE.cutoffs[:-1], Cutoff(offer="C", part="open", places=2, filled=2))),
        replace(TRUE, cutoffs=TRUE.cutoffs[1:]),
        replace(TRUE, unused=()),
        replace(
            TRUE,
            unused=(*TRUE.unused, Unused(offer="B", part="open", places=1, code="no_wishes", wished=0, eligible=0,
                                         entitled=0)),
        ),
        replace(TRUE, reserve_lists=TRUE.reserve_lists[:-1]),
        replace(TRUE, reserve_lists=(ReserveList(offer="A", part="open", applicants=("dana", "chyngyz")),)),
        replace(TRUE, placements=tuple(replace(one, score=1.0) for one in TRUE.placements)),
        replace(TRUE, placements=tuple(replace(one, wish=1) for one in TRUE.placements)),
        replace(TRUE, placements=tuple(replace(one, kept=True) for one in TRUE.placements)),
    ],
)  # fmt: skip
def test_what_is_only_said_about_the_result_is_checked_by_running_it_again(tampered: Allocation) -> None:
    verdict = verify(PROBLEM, tampered)
    assert not verdict.violations
    assert verdict.reproduced is False
    assert not verdict.sound


def test_another_seed_mechanism_or_problem_is_found() -> None:
    assert not verify(PROBLEM, replace(TRUE, seed=8)).lottery_matches
    swapped = replace(PROBLEM, applicants=(person("anna", 95.0, "it", "B", "A"), *PROBLEM.applicants[1:]))
    honest = allocate(swapped, seed=7)
    for name in ("serial_dictatorship", "immediate_acceptance"):
        other = replace(honest, mechanism=allocate(swapped, seed=7, mechanism=name).mechanism)
        same = allocate(swapped, seed=7, mechanism=name).placements == honest.placements
        assert verify(swapped, other).reproduced is same
    richer = replace(PROBLEM, offers=(replace(PROBLEM.offers[0], places=3), *PROBLEM.offers[1:]))
    verdict = verify(richer, TRUE)
    assert (verdict.problem_matches, verdict.sound, verdict.non_wasteful) == (False, False, False)
    renamed = replace(TRUE, problem=digest(richer))
    assert not verify(richer, renamed).sound


@pytest.mark.parametrize("seed", [True, 1.5, "7", None, 2**2000])
def test_a_seed_that_is_none_is_refused(seed: object) -> None:
    with pytest.raises(MethodError) as refused:
        verify(PROBLEM, replace(TRUE, seed=seed))  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.code == "allocation.seed"
