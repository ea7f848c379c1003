"""The reasons that applicants read, and the proofs that auditors ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sapar.methods.allocation import (
    Allocation,
    Applicant,
    Criterion,
    Failure,
    Holding,
    Offer,
    PartReason,
    Placement,
    Problem,
    Reserve,
    Rule,
    Test,
    Wish,
    allocate,
    explain,
    lottery_number,
    refill,
    verify,
)
from sapar.methods.errors import MethodError

LAW = Rule(code="law", fact="faculty", test=Test.EQUALS, required="law")
GPA = Rule(code="gpa", fact="gpa", test=Test.AT_LEAST, required=3.0)


def person(
    code: str, score: float | None, *wishes: str, faculty: str = "it", **facts: float | str
) -> Applicant:
    return Applicant(
        code=code,
        score=score,
        wishes=tuple(Wish(offer) for offer in wishes),
        facts={"gpa": 4.0, "faculty": faculty, **facts},
    )


PROBLEM = Problem(
    applicants=(
        person("aibek", 78.4, "ANK"),
        person("bermet", 91.0, "ANK", "KRK"),
        person("chyngyz", 77.9, "ANK", "KRK", "VIE"),
        person("dana", 95.0, "ANK", "VIE", gpa=2.9),
        person("erlan", None, "KRK"),
    ),
    offers=(
        Offer(code="ANK", places=2),
        Offer(code="KRK", places=3, reserves=(Reserve(code="law", places=2, rules=(LAW,), spill=()),)),
        Offer(code="VIE", places=1, levels=("master",)),
        Offer(code="OSL", places=1),
    ),
    rules=(GPA,),
)
RESULT = allocate(PROBLEM, seed=7)


def test_a_letter_can_say_cutoff_own_score_and_position() -> None:
    first, second, third = explain(PROBLEM, RESULT).of("chyngyz")
    assert (first.code, first.score) == ("below_cutoff", 77.9)
    assert first.parts == (
        PartReason(
            part="open", places=2, position=3, tier=1, cutoff=78.4, decided_by="score", own=77.9, last=78.4
        ),
    )
    assert second.code == "placed"
    assert third.code == "not_eligible"


def test_all_conditions_not_met_are_named_with_what_was_required_and_what_is_there() -> None:
    reasons = explain(PROBLEM, RESULT).of("dana")
    gpa = Failure(rule="gpa", fact="gpa", test="at_least", required=3.0, actual=2.9)
    level = Failure(rule="level", fact="level", test="one_of", required=("master",), actual=None)
    assert [reason.failures for reason in reasons] == [(gpa,), (gpa, level)]


def test_who_has_no_score_is_told_so() -> None:
    (reason,) = explain(PROBLEM, RESULT).of("erlan")
    assert [failure.rule for failure in reason.failures] == ["no_score"]


def test_who_is_placed_learns_that_later_wishes_were_not_needed() -> None:
    assert [reason.code for reason in explain(PROBLEM, RESULT).of("bermet")] == ["placed", "placed_higher"]


def test_cutoffs_reserve_lists_and_unused_places() -> None:
    assert [(one.offer, one.part, one.filled, one.score) for one in RESULT.cutoffs] == [
        ("ANK", "open", 2, 78.4),
        ("KRK", "law", 0, None),
        ("KRK", "open", 1, 77.9),
        ("VIE", "open", 0, None),
        ("OSL", "open", 0, None),
    ]
    assert [(one.offer, one.part, one.applicants) for one in RESULT.reserve_lists] == [
        ("ANK", "open", ("chyngyz",))
    ]
    assert [(one.offer, one.part, one.places, one.code) for one in RESULT.unused] == [
        ("KRK", "law", 2, "reserved"),
        ("VIE", "open", 1, "none_eligible"),
        ("OSL", "open", 1, "no_wishes"),
    ]
    (reserved, none_eligible, no_wishes) = RESULT.unused
    assert (reserved.wished, reserved.eligible, reserved.entitled) == (3, 2, 0)
    assert (none_eligible.wished, none_eligible.eligible) == (2, 0)
    assert no_wishes.wished == 0


def decided(*applicants: Applicant, offer: Offer, ties: tuple[Criterion, ...] = ()) -> PartReason:
    """What decided against the applicant called "last", who competes for one place."""
    problem = Problem(applicants=applicants, offers=(offer,), ties=ties)
    (reason,) = explain(problem, allocate(problem, seed=1)).of("last")
    return reason.parts[0]


def test_what_decided_is_named_in_the_order_of_weight() -> None:
    one = Offer(code="o", places=1)
    reserved = Offer(code="o", places=1, reserves=(Reserve(code="law", places=1, rules=(LAW,)),))
    credits, years = Criterion(fact="credits"), Criterion(fact="years", higher_first=False)

    by_tier = decided(person("x", 1, "o", faculty="law"), person("last", 9, "o"), offer=reserved)
    assert (by_tier.decided_by, by_tier.own, by_tier.last) == ("tier", 2.0, 1.0)
    by_score = decided(person("x", 9, "o"), person("last", 1, "o"), offer=one)
    assert (by_score.decided_by, by_score.own, by_score.last) == ("score", 1.0, 9.0)
    by_fact = decided(
        person("x", 1, "o", credits=60), person("last", 1, "o", credits=30), offer=one, ties=(credits, years)
    )
    assert (by_fact.decided_by, by_fact.own, by_fact.last) == ("credits", 30.0, 60.0)
    by_second = decided(
        person("x", 1, "o", years=1), person("last", 1, "o", years=2), offer=one, ties=(credits, years)
    )
    assert (by_second.decided_by, by_second.own, by_second.last) == ("years", 2.0, 1.0)
    by_absence = decided(person("x", 1, "o", credits=0), person("last", 1, "o"), offer=one, ties=(credits,))
    assert (by_absence.decided_by, by_absence.own, by_absence.last) == ("credits", None, 0.0)

    lots = sorted(["x", "last"], key=lambda code: lottery_number(1, code))
    problem = Problem(applicants=(person("x", 1, "o"), person("last", 1, "o")), offers=(one,))
    (reason,) = explain(problem, allocate(problem, seed=1)).of(lots[1])
    assert reason.parts[0].decided_by == "lottery"
    assert (reason.parts[0].own, reason.parts[0].last) == tuple(
        lottery_number(1, code) for code in lots[::-1]
    )


def test_places_only_for_others_and_no_places_at_all() -> None:
    reserved = Offer(code="o", places=1, reserves=(Reserve(code="law", places=1, rules=(LAW,), spill=()),))
    for offer, code in ((reserved, "reserved"), (Offer(code="o", places=0), "no_places")):
        problem = Problem(applicants=(person("a", 1, "o"),), offers=(offer,))
        assert [reason.code for reason in explain(problem, allocate(problem, seed=1))] == [code]


def test_immediate_acceptance_owns_up_to_what_it_did() -> None:
    problem = Problem(
        applicants=(
            person("strong", 9, "A", "B"),
            person("stronger", 10, "A"),
            person("weak", 1, "B"),
        ),
        offers=(Offer(code="A", places=1), Offer(code="B", places=1)),
    )
    result = allocate(problem, mechanism="immediate_acceptance", seed=1)
    assert [reason.code for reason in explain(problem, result).of("strong")] == [
        "below_cutoff",
        "given_earlier",
    ]
    (pair,) = verify(problem, result).blocking
    assert (pair.applicant, pair.offer, pair.over) == ("strong", "B", "weak")


def test_the_lottery_number_is_the_start_of_a_public_hash() -> None:
    """printf '2026:aibek' | sha256sum"""
    assert f"{lottery_number(2026, 'aibek'):013x}" == "4f80f64d734c2"


Tampering = Callable[[Allocation], Allocation]


def moved(result: Allocation, applicant: str, offer: str, part: str = "open") -> Allocation:
    others = tuple(one for one in result.placements if one.applicant != applicant)
    new = Placement(applicant=applicant, offer=offer, part=part, wish=1, score=None)
    return replace(result, placements=(*others, new))


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda result: moved(result, "dana", "VIE"), "not_eligible"),
        (lambda result: moved(result, "erlan", "KRK"), "not_eligible"),
        (lambda result: moved(result, "bermet", "OSL"), "not_eligible"),
        (lambda result: moved(result, "bermet", "KRK", "law"), "not_entitled"),
        (lambda result: moved(result, "bermet", "KRK", "med"), "unknown_place"),
        (lambda result: moved(result, "nobody", "KRK"), "unknown_place"),
        (lambda result: moved(result, "chyngyz", "ANK"), "too_many"),
        (lambda result: replace(result, placements=result.placements * 2), "placed_twice"),
        (lambda result: replace(result, lottery={**result.lottery, "aibek": 0}), "lottery"),
    ],
)
def test_a_tampered_result_is_refuted(tamper: Tampering, code: str) -> None:
    verdict = verify(PROBLEM, tamper(RESULT))
    assert code in {violation.code for violation in verdict.violations}
    assert not verdict.sound
    assert verdict.reproduced is False


def test_a_place_taken_away_shows_as_waste_and_a_swap_as_envy() -> None:
    emptied = replace(RESULT, placements=tuple(p for p in RESULT.placements if p.applicant != "aibek"))
    verdict = verify(PROBLEM, emptied, rerun=False)
    assert not verdict.non_wasteful
    assert verdict.envy_free
    assert {(pair.applicant, pair.over) for pair in verdict.blocking} == {
        ("aibek", None),
        ("chyngyz", None),
    }
    swapped = moved(moved(RESULT, "chyngyz", "ANK"), "aibek", "KRK")
    verdict = verify(
        PROBLEM, replace(swapped, placements=tuple(p for p in swapped.placements if p.applicant != "aibek"))
    )
    assert [(pair.applicant, pair.over) for pair in verdict.blocking if pair.over] == [("aibek", "chyngyz")]
    assert not verdict.envy_free


def test_another_problem_does_not_match() -> None:
    other = replace(PROBLEM, rules=())
    assert not verify(other, RESULT).problem_matches
    with pytest.raises(MethodError) as refused:
        explain(other, RESULT)
    assert refused.value.code == "allocation.digest"
    with pytest.raises(MethodError) as refused:
        refill(other, RESULT, withdrawn=())
    assert refused.value.code == "allocation.digest"


def test_unknown_people_and_placements_are_refused() -> None:
    with pytest.raises(MethodError) as refused:
        explain(PROBLEM, RESULT).of("nobody")
    assert refused.value.code == "allocation.unknown_applicant"
    with pytest.raises(MethodError) as refused:
        explain(PROBLEM, moved(RESULT, "dana", "VIE"))
    assert refused.value.code == "allocation.placement"


def test_frozen_places_count_as_given() -> None:
    problem = replace(PROBLEM, holdings=(Holding(applicant="dana", offer="ANK"),))
    result = allocate(problem, seed=7)
    assert {one.applicant: (one.offer, one.kept) for one in result.placements} == {
        "bermet": ("ANK", False),
        "chyngyz": ("KRK", False),
        "dana": ("ANK", True),
    }
    reasons = explain(problem, result)
    assert [reason.code for reason in reasons.of("dana")] == ["kept", "frozen_elsewhere"]
    (aibek,) = reasons.of("aibek")
    assert (aibek.code, aibek.parts[0].places, aibek.parts[0].position) == ("below_cutoff", 1, 2)
    assert verify(problem, result).stable
    lost = replace(result, placements=tuple(p for p in result.placements if p.applicant != "dana"))
    assert "held_place_lost" in {one.code for one in verify(problem, lost).violations}


def test_refill_serves_the_reserve_list_and_asks_before_moving() -> None:
    settled = refill(PROBLEM, RESULT, withdrawn=["aibek"], confirmed=["bermet", "chyngyz"])
    assert [(move.applicant, move.before, move.after) for move in settled.moves] == [("aibek", "ANK", None)]
    moving = refill(
        PROBLEM, RESULT, withdrawn=["aibek"], confirmed=["bermet", "chyngyz"], willing=["chyngyz"]
    )
    assert [(move.applicant, move.before, move.after) for move in moving.moves] == [
        ("aibek", "ANK", None),
        ("chyngyz", "KRK", "ANK"),
    ]
    assert moving.allocation.lottery == {
        code: number for code, number in RESULT.lottery.items() if code != "aibek"
    }
    again = refill(moving.problem, moving.allocation, withdrawn=["bermet"])
    assert again.allocation.offer_of("chyngyz") == "ANK"


@pytest.mark.parametrize(
    ("code", "who"),
    [
        ("unknown_applicant", {"withdrawn": ["nobody"]}),
        ("withdrawn", {"withdrawn": ["aibek"], "confirmed": ["aibek"]}),
        ("withdrawn", {"withdrawn": ["aibek"], "willing": ["aibek"]}),
        ("not_placed", {"withdrawn": [], "confirmed": ["dana"]}),
        ("no_applicants", {"withdrawn": [one.code for one in PROBLEM.applicants]}),
    ],
)
def test_contradicting_withdrawals_are_refused(code: str, who: dict[str, list[str]]) -> None:
    with pytest.raises(MethodError) as refused:
        refill(PROBLEM, RESULT, **who)  # type: ignore[arg-type]  # lists of codes
    assert refused.value.code == f"allocation.{code}"
