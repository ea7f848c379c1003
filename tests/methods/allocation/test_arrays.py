"""The market of arrays: against a plain reference, at sizes where rounds are vectorised, and bad input."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sapar.methods.allocation import (
    EVERYBODY,
    NOBODY,
    NOWHERE,
    Market,
    Matching,
    Mechanism,
    blocking,
    deferred_acceptance,
    market,
    run,
    standings,
)
from sapar.methods.errors import MethodError

Ints = NDArray[np.int64]


def drawn(seed: int, n: int, m: int, w: int, *, levels: int = 20, share: float = 0.8) -> Market:
    """Popular and unpopular offers, coarse scores, two reserves per offer: one spills over, one does not."""
    random = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, m + 1)
    wishes = np.argsort(random.random((n, m)) ** (1 / popularity), axis=1)[:, ::-1][:, :w]
    wishes = np.where(random.random(wishes.shape) < 0.1, -1, wishes)
    tiers = np.full((3 * m, 2), NOBODY)
    tiers[0::3, 0], tiers[0::3, 1] = random.integers(0, 4, m), EVERYBODY
    tiers[1::3, 0] = random.integers(0, 4, m)
    tiers[2::3, 0] = EVERYBODY
    places = random.multinomial(int(n * share), np.ones(3 * m) / (3 * m))
    return market(
        wishes,
        random.integers(0, levels, (n, w)).astype(float),
        places,
        part_offer=np.repeat(np.arange(m), 3),
        part_tiers=tiers,
        member=random.random((n, 4)) < 0.3,
        seed=seed,
    )


def one_after_the_other(data: Market) -> Ints:
    """Deferred acceptance as in the textbook: one proposal at a time, nothing clever."""
    everyone = np.arange(data.applicants)
    lists: list[list[tuple[int, int]]] = []
    for person in everyone.tolist():
        mine = []
        for wish in range(int(data.wish_start[person]), int(data.wish_start[person + 1])):
            offer = data.wish_offer[wish]
            for part in range(int(data.part_start[offer]), int(data.part_start[offer + 1])):
                one = np.array([person])
                tier = data.tiers(one, np.array([part]))
                if tier[0] < data.outside:
                    mine.append((part, int(data.keys(one, np.array([wish]), tier)[0])))
        lists.append(mine[::-1])
    held: dict[int, list[tuple[int, int]]] = {}
    waiting = everyone.tolist()
    where = np.full(data.applicants, NOWHERE)
    while waiting:
        person = waiting.pop(0)
        if not lists[person]:
            where[person] = NOWHERE
            continue
        part, key = lists[person].pop()
        heap = held.setdefault(part, [])
        heapq.heappush(heap, (-key, person))
        where[person] = part
        if len(heap) > data.part_places[part]:
            waiting.append(heapq.heappop(heap)[1])
    return where


@pytest.mark.parametrize(
    ("seed", "n", "m", "w"), [(1, 400, 30, 6), (2, 700, 10, 8), (3, 300, 200, 12), (4, 50, 3, 3)]
)
def test_rounds_give_what_one_proposal_at_a_time_gives(seed: int, n: int, m: int, w: int) -> None:
    data = drawn(seed, n, m, w)
    assert np.array_equal(deferred_acceptance(data).part, one_after_the_other(data))


@pytest.mark.parametrize("share", [0.2, 1.0, 3.0])
def test_large_markets_are_left_without_claims(share: float) -> None:
    data = drawn(5, 5_000, 100, 8, share=share)
    matching = deferred_acceptance(data)
    _, envy, waste = blocking(data, matching)
    assert not envy.any()
    assert not waste.any()
    assert np.all(np.bincount(matching.part[matching.part >= 0], minlength=data.parts) <= data.part_places)


def test_claims_are_found_where_there_are_some() -> None:
    data = drawn(6, 2_000, 40, 6)
    nobody = Matching(np.full(2_000, NOWHERE), np.full(2_000, NOWHERE))
    _, envy, waste = blocking(data, nobody)
    assert not envy.any()
    assert waste.any()
    _, envy, _ = blocking(data, run(data, Mechanism.IMMEDIATE_ACCEPTANCE))
    assert envy.any()


def test_serial_dictatorship_takes_the_best_that_is_left() -> None:
    data = market([[0, 1], [0, 1], [0, 1]], np.zeros((3, 2)), [1, 1], tie_rank=[0, 1, 2])
    found = run(data, Mechanism.SERIAL_DICTATORSHIP, common_rank=np.array([2, 0, 1]))
    assert found.part.tolist() == [NOWHERE, 0, 1]


def test_a_long_chain_of_refusals_ends() -> None:
    """Everyone pushes the next one down: as many rounds as applicants when proposals go in rounds."""
    n = 20_000
    wishes = np.column_stack([np.arange(n), np.arange(1, n + 1)])
    wishes[0] = [0, 1]
    scores = np.zeros((n, 2))
    scores[:, 1] = 1.0
    late = np.array([[0, n + 1]])
    data = market(
        np.vstack([wishes, late]), np.vstack([scores, [[1.0, 0.0]]]), np.ones(n + 2, np.int64), seed=1
    )
    found = deferred_acceptance(data)
    assert found.part[:n].tolist() == list(range(1, n + 1))
    assert found.part[n] == 0


def test_a_million_equal_rows_are_drawn_by_lot() -> None:
    n = 1_000_000
    data = market(np.zeros((n, 1), np.int64), np.ones(n), [10], seed=3)
    found = deferred_acceptance(data)
    winners = np.flatnonzero(found.part == 0)
    assert len(winners) == 10
    assert set(winners.tolist()) == set(np.flatnonzero(data.tie_rank < 10).tolist())


def test_absurd_places_need_no_memory() -> None:
    data = market([[0]], [1.0], [2**40])
    assert deferred_acceptance(data).part.tolist() == [0]


def test_nobody_wishes_anything() -> None:
    data = market(np.full((3, 2), -1), np.zeros(3), [1])
    assert deferred_acceptance(data).part.tolist() == [NOWHERE] * 3
    assert len(standings(data, deferred_acceptance(data)).part) == 0
    empty = market(np.zeros((0, 3), np.int64), np.zeros(0), [1])
    assert deferred_acceptance(empty).part.tolist() == []


def test_guaranteed_places_need_deferred_acceptance() -> None:
    data = market([[0]], [1.0], [1], guaranteed=[0])
    for mechanism in (Mechanism.SERIAL_DICTATORSHIP, Mechanism.IMMEDIATE_ACCEPTANCE):
        with pytest.raises(MethodError) as refused:
            run(data, mechanism)
        assert refused.value.code == "allocation.guarantees"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("unknown_offer", {"wishes": [[2]]}),
        ("duplicate_wish", {"wishes": [[1, 1]]}),
        ("score_not_finite", {"scores": [np.nan]}),
        ("score_not_finite", {"scores": [np.inf]}),
        ("shape", {"scores": [1.0, 2.0]}),
        ("shape", {"wishes": [[0.5]]}),
        ("shape", {"wishes": [0]}),
        ("shape", {"guaranteed": [7]}),
        ("shape", {"member": [[True], [True]]}),
        ("places", {"places": [-1, 1]}),
        ("places", {"places": [2**50, 1]}),
        ("parts", {"part_offer": [1, 0]}),
        ("parts", {"part_offer": [0, 2]}),
        ("parts", {"part_tiers": [[0], [0]]}),
        ("parts", {"part_tiers": [[-3], [-1]]}),
        ("tie_rank", {"tie_rank": [1]}),
        ("tie_rank", {"tie_rank": [0, 1]}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": 1.5}),
        ("seed", {"seed": None}),
        ("seed", {"seed": True}),
        ("shape", {"wishes": [[0], [0, 1]]}),
        ("shape", {"wishes": [[2**63]]}),
        ("shape", {"scores": ["many"]}),
        ("shape", {"scores": [[1.0], [2.0, 3.0]]}),
        ("shape", {"places": [1.0, 2.0]}),
        ("shape", {"part_tiers": [[-1]]}),
        ("shape", {"guaranteed": [-5]}),
        ("shape", {"guaranteed": [[0]]}),
        ("shape", {"member": [[np.nan]]}),
        ("shape", {"member": [["no"]]}),
        ("shape", {"member": [[2]]}),
        ("holding", {"guaranteed": [1]}),
        ("holding", {"guaranteed": [0], "places": [0, 1]}),
        ("shape", {"part_offer": [0]}),
    ],
)
def test_arrays_that_do_not_fit_are_refused(code: str, arguments: dict[str, object]) -> None:
    sound: dict[str, object] = {"wishes": [[0]], "scores": [1.0], "places": [1, 1]}
    with pytest.raises(MethodError) as refused:
        market(**{**sound, **arguments})  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.code == f"allocation.{code}"


def refusal(function: Callable[..., object], *arguments: Any, **named: Any) -> MethodError:
    with pytest.raises(MethodError) as refused:
        function(*arguments, **named)
    return refused.value


def test_everything_at_fault_in_arrays_is_named() -> None:
    wishes, places = [[0, 9], [1, 1], [0, 7], [1, -1], [0, 0]], [1, 1]
    unknown = refusal(market, wishes, np.zeros(5), places)
    assert (unknown.facts["applicants"], unknown.facts["wished"]) == ((0, 2), (9, 7))
    twice = refusal(market, [[0, -1], [1, 1], [0, 1], [1, -1], [0, 0]], np.zeros(5), places)
    assert (twice.facts["applicants"], twice.facts["wished"]) == ((1, 4), (1, 0))
    scores = [[1.0, np.nan], [np.inf, 2.0], [1.0, -np.inf]]
    gaps = refusal(market, [[0, -1], [0, 1], [0, 1]], scores, places)
    assert (gaps.facts["applicants"], gaps.facts["wishes"], gaps.facts["scores"]) == (
        (1, 2), (0, 1), (np.inf, -np.inf)
    )  # fmt: skip
    assert refusal(market, [[0]] * 4, [np.nan, 1.0, 2.0, np.inf], [1]).facts["applicants"] == (0, 3)
    assert refusal(market, [[0]], [1.0], [-1, 1, 2**50]).facts["parts"] == (0, 2)
    tiers = refusal(market, [[0]], [1.0], [1, 1, 1], part_tiers=[[3], [-1], [-9]])
    assert (tiers.facts["parts"], tiers.facts["found"]) == ((0, 2), (3, -9))
    assert refusal(market, [[0]], [1.0], [1, 1, 1], part_offer=[0, 2, 1]).facts["parts"] == (1, 2)
    held = refusal(market, [[0], [0], [1]], np.zeros(3), places, guaranteed=[0, 0, 0])
    assert (held.code, held.facts["applicants"]) == ("allocation.holding", (0, 1, 2))


def test_a_million_faults_are_named_in_a_moment() -> None:
    refused = refusal(market, np.full((1_000_000, 1), 5), np.zeros(1_000_000), [1])
    found = refused.facts["applicants"]
    assert isinstance(found, tuple)
    assert len(found) == 1_000_000
    assert len(str(refused)) < 1_000


def test_members_may_be_ones_and_zeros() -> None:
    ones = market([[0], [0]], [2.0, 1.0], [1], part_tiers=[[0]], member=[[0], [1]])
    assert deferred_acceptance(ones).part.tolist() == [NOWHERE, 0]


def test_a_mechanism_may_be_its_word_and_no_other_word_is_one() -> None:
    data, rank = drawn(8, 300, 12, 4), np.arange(300)
    for mechanism in Mechanism:
        named = run(data, mechanism.value, common_rank=rank)
        assert named.part.tolist() == run(data, mechanism, common_rank=rank).part.tolist()
    assert refusal(run, data, "fairly", common_rank=rank).code == "allocation.mechanism"


def test_arrays_that_do_not_fit_the_market_are_refused() -> None:
    data = market([[0, 1], [0, 1], [1, -1]], np.zeros(3), [1, 1], seed=1)
    for code, named in (
        ("shape", {"places": [1]}), ("shape", {"places": [1, 1, 1]}), ("shape", {"places": [0.5, 1]}),
        ("places", {"places": [1, -1]}), ("shape", {"among": [3]}), ("shape", {"among": [-1]}),
        ("shape", {"among": [0, 0]}), ("shape", {"among": [[0]]}),
    ):  # fmt: skip
        arguments: dict[str, Any] = named
        assert refusal(run, data, **arguments).code == f"allocation.{code}"
        assert refusal(deferred_acceptance, data, **arguments).code == f"allocation.{code}"
        assert refusal(blocking, data, run(data), **arguments).code == f"allocation.{code}"
    serial = Mechanism.SERIAL_DICTATORSHIP
    assert refusal(run, data, serial).code == "allocation.no_common_score"
    assert refusal(run, data, serial, common_rank=[0, 1]).code == "allocation.shape"
    assert run(data, among=[]).part.tolist() == [NOWHERE] * 3


def test_a_matching_of_another_market_is_refused() -> None:
    data = market([[0, 1], [0, 1], [1, -1]], np.zeros(3), [1, 1], seed=1)
    for part, wish, applicants in (
        ([0, 1, 0], [0, 3, 4], (2,)),
        ([0, NOWHERE, 7], [2, 1, 4], (0, 1, 2)),
    ):
        refused = refusal(standings, data, Matching(np.array(part), np.array(wish)))
        assert (refused.code, refused.facts["applicants"]) == ("allocation.matching", applicants)
    other = Matching(np.array([0]), np.array([0]))
    assert refusal(blocking, data, other).code == "allocation.shape"


def test_progress_never_falls_and_ends_full() -> None:
    heard: list[tuple[int, int]] = []
    for mechanism in Mechanism:
        heard.clear()
        run(
            drawn(7, 2_000, 40, 6),
            mechanism,
            common_rank=np.arange(2_000),
            progress=lambda done, total: heard.append((done, total)),
        )
        assert [done for done, _ in heard] == sorted(done for done, _ in heard)
        assert len({total for _, total in heard}) == 1
        assert heard[-1][0] == heard[-1][1]
