"""Places for 100,000 and 1,000,000 applicants, for a call of 10,000 with names, and beside PyPI `matching`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import numpy as np
from matching.games import HospitalResident
from numpy.typing import NDArray

from bench.measure import Measurement, median_seconds, peak_memory_mb
from sapar.methods.allocation import (
    EVERYBODY,
    NOBODY,
    Applicant,
    Matching,
    Offer,
    Problem,
    Reserve,
    Rule,
    Test,
    Wish,
    allocate,
    blocking,
    deferred_acceptance,
    explain,
    market,
    plain,
    verify,
)

WISHES = 10
OFFERS = 5_000
GROUPS = 10
# The largest round size at which the peer's deep copy stays within Python's recursion limit.
PEER_APPLICANTS, PEER_OFFERS = 1_500, 75


def national_call(applicants: int, seed: int = 1) -> dict[str, Any]:
    """Arrays of a call: popular and unpopular offers, scores that differ by offer, 0.8 places per applicant.

    Every offer has a first part for one of ten groups that spills over, a second for another group that
    does not, and an open part: a fifth, a fifth and the rest of its places.
    """
    random = np.random.default_rng(seed)
    chance = np.cumsum(1 / np.sqrt(np.arange(1, OFFERS + 1)))
    drawn = np.searchsorted(chance / chance[-1], random.random((applicants, WISHES)))
    order = np.argsort(drawn, axis=1, kind="stable")
    ordered = np.take_along_axis(drawn, order, axis=1)
    again = np.zeros(drawn.shape, np.bool_)
    again[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    twice = np.zeros(drawn.shape, np.bool_)
    np.put_along_axis(twice, order, again, axis=1)
    scores = random.normal(70, 10, (applicants, 1)) + random.normal(0, 3, drawn.shape)
    places = np.full(OFFERS, round(0.8 * applicants / OFFERS))
    share = places // 5
    tiers = np.full((OFFERS, 3, 2), NOBODY)
    tiers[:, 0, 0], tiers[:, 0, 1] = random.integers(0, GROUPS, OFFERS), EVERYBODY
    tiers[:, 1, 0] = random.integers(0, GROUPS, OFFERS)
    tiers[:, 2, 0] = EVERYBODY
    member = np.zeros((applicants, GROUPS), np.bool_)
    member[np.arange(applicants), random.integers(0, GROUPS, applicants)] = True
    return {
        "wishes": np.where(twice, -1, drawn),
        "scores": np.round(scores, 2),
        "places": np.column_stack([share, share, places - 2 * share]).ravel(),
        "part_offer": np.repeat(np.arange(OFFERS), 3),
        "part_tiers": tiers.reshape(-1, 2),
        "member": member,
    }


def from_arrays(arrays: dict[str, Any]) -> Matching:
    return deferred_acceptance(market(**arrays))


def stable(arrays: dict[str, Any]) -> bool:
    built = market(**arrays)
    _, envy, waste = blocking(built, deferred_acceptance(built))
    return not envy.any() and not waste.any()


def office_call(applicants: int, offers: int = 500) -> Problem:
    """A call with names, conditions and reserves, as an office keeps it."""
    random = np.random.default_rng(2)
    law = Rule(code="law", fact="faculty", test=Test.EQUALS, required="law")
    people = []
    for at in range(applicants):
        wanted = random.choice(offers, WISHES, replace=False)
        people.append(
            Applicant(
                code=f"a{at}",
                score=round(float(random.normal(70, 10)), 2),
                wishes=tuple(Wish(f"o{offer}") for offer in wanted),
                facts={
                    "gpa": round(float(random.uniform(2, 4)), 2),
                    "level": str(random.choice(["bachelor", "master"])),
                    "faculty": str(random.choice(["law", "it", "med"])),
                    "languages": (f"en:{random.choice(['B1', 'B2', 'C1'])}",),
                },
            )
        )
    places = round(0.8 * applicants / offers)
    return Problem(
        applicants=tuple(people),
        offers=tuple(
            Offer(
                code=f"o{at}",
                places=places,
                levels=("bachelor", "master") if at % 3 else ("master",),
                languages=("en:B2",) if at % 2 else (),
                reserves=(Reserve(code="law", places=places // 4, rules=(law,)),),
            )
            for at in range(offers)
        ),
        rules=(Rule(code="gpa", fact="gpa", test=Test.AT_LEAST, required=2.2),),
    )


def peer_call() -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    random = np.random.default_rng(3)
    wishes = np.argsort(random.random((PEER_APPLICANTS, PEER_OFFERS)), axis=1)[:, :WISHES]
    scores = random.random(wishes.shape)
    return wishes, scores, np.full(PEER_OFFERS, round(0.8 * PEER_APPLICANTS / PEER_OFFERS))


def measure() -> Iterator[Measurement]:
    hundred = national_call(100_000)
    seconds = median_seconds(lambda: from_arrays(hundred), runs=7)
    yield Measurement(
        work="deferred acceptance with reserves, from arrays to places",
        size="100,000 × 10 wishes × 5,000 offers in 15,000 parts",
        target="≤ 2 s",
        seconds=seconds,
        runs=7,
        met=seconds <= 2,
        checked=f"no unanswered claim: {stable(hundred)}",
    )
    million = national_call(1_000_000)
    many = median_seconds(lambda: from_arrays(million), runs=3)
    yield Measurement(
        work="the same",
        size="1,000,000 × 10 × 5,000 in 15,000 parts",
        target="≤ 24 s (12 × 2 s)",
        seconds=many,
        runs=3,
        met=many <= 24,
        checked=f"no unanswered claim: {stable(million)}",
        note=f"{many / seconds:.1f} × the time of 100,000; peak {peak_memory_mb():.0f} MB",
    )
    yield from beside_peer()
    yield from with_names()


def beside_peer() -> Iterator[Measurement]:
    wishes, scores, places = peer_call()
    queues: list[list[tuple[float, int]]] = [[] for _ in range(PEER_OFFERS)]
    for person, (wanted, reached) in enumerate(zip(wishes.tolist(), scores.tolist(), strict=True)):
        for offer, score in zip(wanted, reached, strict=True):
            queues[offer].append((-score, person))
    residents = {person: [f"o{offer}" for offer in wanted] for person, wanted in enumerate(wishes.tolist())}
    hospitals = {f"o{offer}": [person for _, person in sorted(queue)] for offer, queue in enumerate(queues)}
    capacities = {f"o{offer}": int(count) for offer, count in enumerate(places)}

    def peer() -> Any:
        return HospitalResident.create_from_dictionaries(residents, hospitals, capacities).solve(
            optimal="resident"
        )

    def ours() -> Matching:
        return deferred_acceptance(market(wishes, scores, places))

    theirs = {one.name: offer.name for offer, people in peer().items() for one in people}
    mine = {person: f"o{part}" for person, part in enumerate(ours().part.tolist()) if part >= 0}
    seconds, peer_seconds = median_seconds(ours, runs=15), median_seconds(peer, runs=5)
    yield Measurement(
        work="deferred acceptance, no reserves",
        size=f"{PEER_APPLICANTS:,} × {WISHES} × {PEER_OFFERS}",
        target="≥ 50 × the peer",
        seconds=seconds,
        runs=15,
        met=peer_seconds >= 50 * seconds,
        peer=f"matching {version('matching')}, HospitalResident",
        peer_seconds=peer_seconds,
        checked=f"same matching: {mine == theirs}",
        note="about the largest size the peer can do (its deep copy recurses)",
    )


def with_names() -> Iterator[Measurement]:
    problem = office_call(10_000)
    result = allocate(problem, seed=1)
    verdict = verify(problem, result)

    def told() -> None:
        found = allocate(problem, seed=1)
        plain(problem), plain(found)
        for reason in explain(problem, found):
            plain(reason)

    seconds = median_seconds(told, runs=3)
    yield Measurement(
        work="conditions, places, cut-offs, every reason, all as plain data",
        size="10,000 applicants with names × 10 × 500 offers with reserves",
        target="≤ 10 s",
        seconds=seconds,
        runs=3,
        met=seconds <= 10,
        checked=f"verified: {verdict.sound and verdict.stable}",
    )
