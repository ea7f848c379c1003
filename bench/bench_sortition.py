"""Leximin lotteries for skewed pools under quotas that follow a country rather than its volunteers.

The peer is the Python package `sortition-algorithms` (GPL-3, never a dependency): its maximin, on HiGHS too,
for it computes leximin only with a commercial solver. Where it is not installed, the line says so.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np

from bench.measure import Measurement, median_seconds
from sapar.methods.sortition import Person, Quota, Room, Terms, audit, feasibility, lottery, teams

SHARES: dict[str, dict[str, float]] = {
    "oblast": {
        "Bishkek": 0.16, "Osh city": 0.05, "Batken": 0.08, "Chüy": 0.15, "Jalal-Abad": 0.19,
        "Naryn": 0.04, "Osh": 0.21, "Talas": 0.04, "Ysyk-Köl": 0.08,
    },
    "sex": {"f": 0.5, "m": 0.5},
    "age": {"18-24": 0.2, "25-34": 0.25, "35-54": 0.33, "55+": 0.22},
    "school": {"secondary": 0.55, "vocational": 0.15, "university": 0.3},
    "place": {"town": 0.37, "village": 0.63},
    "language": {"ky": 0.6, "ru": 0.2, "uz": 0.2},
}  # fmt: skip
# People, features, the share of pairs of people who share a household, seconds.
CASES = ((180, 4, 0.04, 4.0), (500, 5, 0.04, 12.0), (2000, 6, 0.04, 30.0), (2000, 6, 0.5, 30.0))
SEATS, PEER_PEOPLE = 30, 500


def case(people: int, features: int, couples: float = 0.04) -> tuple[list[Person], Terms]:
    """Volunteers e^N(0, 0.8) times as eager by value; a share of them lives with the next."""
    rng = np.random.default_rng(people)
    drawn = {}
    for feature in list(SHARES)[:features]:
        shares = np.array(list(SHARES[feature].values()))
        eager = shares * np.exp(rng.normal(0, 0.8, len(shares)))
        drawn[feature] = rng.choice(list(SHARES[feature]), size=people, p=eager / eager.sum())
    pool = [
        Person(
            id=f"p{at:04d}",
            features={feature: str(values[at]) for feature, values in drawn.items()},
            household=f"h{at // 2}" if at < 2 * int(couples * people) else f"s{at}",
        )
        for at in range(people)
    ]
    quotas = tuple(
        Quota(
            feature=feature,
            value=value,
            lower=max(1, int(np.floor(share * SEATS))),
            upper=int(np.ceil(share * SEATS)),
        )
        for feature in drawn
        for value, share in SHARES[feature].items()
    )
    return pool, feasibility(pool, Terms(size=SEATS, quotas=quotas, one_per_household=True)).relaxed


def measure() -> Iterator[Measurement]:
    for people, features, couples, target in CASES:
        pool, terms = case(people, features, couples)
        found = lottery(pool, terms)
        wrong = audit(found, pool, terms)
        seconds = median_seconds(lambda pool=pool, terms=terms: lottery(pool, terms), runs=3, warm_up=0)  # type: ignore[misc]
        exact = not wrong and found.bound - found.minimum < 1e-6
        peer, peer_seconds, peer_least = _peer(pool, terms) if people <= PEER_PEOPLE else ("", None, 0.0)
        checked = (
            f"every panel audited: {not wrong}; least chance {found.minimum:.6f}, bound {found.bound:.6f}"
        )
        if peer_seconds is not None:
            checked += f", peer's {peer_least:.6f}"
            exact = exact and found.minimum > peer_least - 1e-4
        yield Measurement(
            work="leximin panel",
            size=f"{people:,} → {SEATS}, {len(terms.quotas)} quotas, one per household, "
            f"{2 * int(couples * people):,} in households of two",
            target=f"≤ {target:g} s",
            seconds=seconds,
            runs=3,
            met=seconds <= target and exact,
            peer=peer,
            peer_seconds=peer_seconds,
            checked=checked,
            note=f"{len(found.panels)} panels",
        )
    yield _seating()


def _peer(pool: list[Person], terms: Terms) -> tuple[str, float | None, float]:
    """Name, seconds of one run, and least chance of the peer's maximin."""
    if find_spec("sortition_algorithms") is None:
        return "sortition-algorithms is not installed", None, 0.0
    package = "sortition_algorithms."
    settings = importlib.import_module(package + "settings").Settings(
        id_column="id", columns_to_keep=["household"]
    )
    features, *_ = importlib.import_module(package + "features").read_in_features(
        ["feature", "value", "min", "max"],
        [
            {"feature": q.feature, "value": q.value, "min": str(q.lower), "max": str(q.upper)}
            for q in terms.quotas
        ],
        number_to_select=terms.size,
    )
    rows = [{"id": person.id, "household": person.household, **person.features} for person in pool]
    people, _ = importlib.import_module(package + "people").read_in_people(
        list(rows[0]), rows, features, settings
    )
    maximin = importlib.import_module(package + "committee_generation").find_distribution_maximin
    answer: list[tuple[list[frozenset[str]], list[float], object]] = []
    seconds = median_seconds(
        lambda: answer.append(maximin(features, people, terms.size, ["household"])), runs=1, warm_up=0
    )
    panels, chances, _ = answer[0]
    held = dict.fromkeys((person.id for person in pool), 0.0)
    for panel, chance in zip(panels, chances, strict=True):
        for identity in panel:
            held[identity] += chance
    return "sortition-algorithms (maximin)", seconds, min(held.values())


def _seating() -> Measurement:
    pool, _ = case(180, 3)
    tables = [Room(name=f"{at}", seats=6) for at in range(5)]

    def seat() -> object:
        return teams(pool[:30], tables, rounds=4, balance=("sex", "age"), seed=1, moves=100_000)

    seconds = median_seconds(seat, runs=3, warm_up=0)
    reached = teams(pool[:30], tables, rounds=4, balance=("sex", "age"), seed=1, moves=100_000).measure
    return Measurement(
        work="teams over rounds, 100,000 moves",
        size="30 people, 5 tables, 4 rounds, balanced by sex and age",
        target="–",
        seconds=seconds,
        runs=3,
        met=None,
        checked=f"repeated meetings {reached.repeated}, lower bound {reached.repeated_bound}, "
        f"out of balance {reached.imbalance}",
    )
