"""Chances against published figures, against a listing of all panels, and as properties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from sapar.methods.errors import MethodError
from sapar.methods.sortition import (
    Panel,
    Person,
    Quota,
    Terms,
    audit,
    broken_rules,
    feasibility,
    lottery,
    pool_hash,
    remaining,
    replacement,
)
from sapar.methods.sortition.leximin import relaxed_optimum
from sapar.methods.sortition.pool import kinds_of
from sapar.methods.sortition.splitting import PLACED, Relaxation, split
from tests.methods.sortition.pools import (
    all_panels,
    leximin_by_listing,
    quotas_around,
    skewed_pool,
    small_cases,
)


def one_rare_woman(people: int, size: int) -> tuple[list[Person], Terms]:
    """The example of Flanigan et al. 2021 in which greedy selection nearly never takes one person."""
    features = [{"gender": "female", "leaning": "conservative"}]
    features += [{"gender": "female", "leaning": "liberal"}] * (people // 2 - 1)
    features += [{"gender": "male", "leaning": "conservative"}] * (people // 2)
    pool = [Person(id=f"p{at}", features=of) for at, of in enumerate(features)]
    quotas = tuple(
        Quota(feature=feature, value=value, lower=size // 2 - 1, upper=size)
        for feature, value in (
            ("gender", "female"),
            ("gender", "male"),
            ("leaning", "liberal"),
            ("leaning", "conservative"),
        )
    )
    return pool, Terms(size=size, quotas=quotas)


@pytest.mark.parametrize(("people", "size"), [(200, 20), (2000, 200)])
def test_examples_of_the_paper_give_everyone_a_tenth(people: int, size: int) -> None:
    # Flanigan et al., Nature 596 (2021), statistics of "example_small" and "example_large": leximin 10.0 %.
    pool, terms = one_rare_woman(people, size)
    found = lottery(pool, terms)
    assert found.minimum == pytest.approx(0.1, abs=1e-9)
    assert max(found.chances.values()) == pytest.approx(0.1, abs=1e-9)
    assert found.bound == pytest.approx(0.1, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(small_cases())
def test_leximin_equals_the_listing_of_all_panels(case: tuple[list[Person], Terms]) -> None:
    pool, terms = case
    panels = all_panels(pool, terms)
    if not panels:
        with pytest.raises(MethodError, match=r"quotas|together"):
            lottery(pool, terms)
        return
    found = lottery(pool, terms)
    expected = leximin_by_listing(pool, panels)
    assert found.chances == pytest.approx(expected, abs=2e-6)
    assert set(found.impossible) == {identity for identity, chance in expected.items() if chance == 0}
    assert {panel.members for panel in found.panels} <= {tuple(sorted(panel)) for panel in panels}
    assert audit(found, pool, terms) == ()
    waiting = [c for i, c in expected.items() if c > 0 and i not in terms.include]
    if waiting:
        assert found.bound == pytest.approx(min(waiting), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(small_cases())
def test_nash_cannot_be_bettered_by_any_panel_of_the_listing(case: tuple[list[Person], Terms]) -> None:
    """Σ 1/π over the members of a panel is at most n at the optimum, and only there."""
    pool, terms = case
    panels = all_panels(pool, terms)
    if not panels:
        return
    found = lottery(pool, terms, rule="nash")
    fits = {identity for panel in panels for identity in panel}
    assert set(found.impossible) == {person.id for person in pool} - fits
    assert max(sum(1 / found.chances[one] for one in panel) for panel in panels) <= len(fits) * (1 + 1e-6)
    assert audit(found, pool, terms) == ()
    assert found.geometric_bound == pytest.approx(found.geometric_mean, rel=1e-6)
    assert found.geometric_mean >= lottery(pool, terms).geometric_mean * (1 - 1e-6)


@settings(max_examples=25, deadline=None)
@given(small_cases())
def test_looser_quotas_never_lower_the_least_chance(case: tuple[list[Person], Terms]) -> None:
    pool, terms = case
    if not all_panels(pool, terms):
        return
    looser = replace(
        terms,
        quotas=tuple(
            replace(quota, lower=max(0, quota.lower - 1), upper=quota.upper + 1) for quota in terms.quotas
        ),
    )
    tight, loose = lottery(pool, terms), lottery(pool, looser)
    assert min(loose.chances.values()) >= min(tight.chances.values()) - 2e-6
    assert sum(loose.chances.values()) == pytest.approx(terms.size, abs=1e-9)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_dead_end_is_left_by_another_way(seed: int) -> None:
    """Everybody lives in twos: the first walk ends on a face without a whole panel, and taking back leads on."""
    pool = skewed_pool(120, seed=seed, couples=60)
    terms = Terms(size=12, quotas=quotas_around(pool, 12, seed=seed, slack=0), one_per_household=True)
    kinds = kinds_of(pool, terms)
    relaxation = Relaxation(kinds, np.zeros(len(kinds), dtype=np.bool_))
    point = relaxed_optimum(relaxation, all_levels=True, hair=1e-10)
    assert point is not None
    mixed = split(relaxation, point[0], lambda left: None)
    assert mixed.mass < PLACED
    assert np.abs(np.array(mixed.weights) @ np.array(mixed.panels) - point[0]).max() < PLACED
    found = lottery(pool, terms)
    assert found.minimum == pytest.approx(found.bound, abs=1e-6)
    assert audit(found, pool, terms) == ()


def test_people_are_drawn_as_often_as_published() -> None:
    pool = skewed_pool(40, seed=6, couples=8)
    terms = Terms(size=8, quotas=quotas_around(pool, 8, seed=6, slack=1), one_per_household=True)
    found = lottery(pool, terms)
    turns = 4_000
    drawn = Counter(identity for seed in range(turns) for identity in found.draw(seed).members)
    for identity, chance in found.chances.items():
        # Five binomial standard deviations.
        assert abs(drawn[identity] - turns * chance) <= 5 * (turns * chance * (1 - chance)) ** 0.5 + 1e-6


GAPS = [
    # Marks of the people by feature, seats, and the seats for mark 1 by feature; the least chance that
    # fractional panels promise, and the one that whole panels keep.
    (["101", "110", "001", "101", "000", "110", "110", "011", "000", "111"], 5, (3, 3, 3), 2 / 5, 1 / 3),
    (
        ["0101", "1100", "1010", "0011", "0111", "1001", "1000", "0000", "0100", "1100"],
        5,
        (2,) * 4,
        1 / 3,
        1 / 3,
    ),
    (["0101", "0101", "0010", "0011", "1000", "1110", "1001", "0000", "1010"], 5, (3, 1, 2, 2), 1 / 3, 1 / 3),
    (["100", "010", "100", "001", "001", "110", "000", "011", "111"], 5, (1, 2, 3), 1 / 4, 1 / 4),
]


@pytest.mark.parametrize(("marks", "size", "ones", "promised", "kept"), GAPS)
def test_columns_close_the_gap_between_fractional_and_whole_panels(
    marks: list[str], size: int, ones: tuple[int, ...], promised: float, kept: float
) -> None:
    pool = [
        Person(id=f"p{at}", features={f"f{j}": mark for j, mark in enumerate(code)})
        for at, code in enumerate(marks)
    ]
    terms = Terms(
        size=size,
        quotas=tuple(Quota(feature=f"f{j}", value="1", lower=n, upper=n) for j, n in enumerate(ones)),
    )
    kinds = kinds_of(pool, terms)
    relaxation = Relaxation(kinds, np.zeros(len(kinds), dtype=np.bool_))
    point = relaxed_optimum(relaxation, all_levels=True, hair=1e-10)
    assert point is not None
    fractional = point[0] / kinds.sizes
    assert fractional.min() == pytest.approx(promised, abs=1e-6)
    found = lottery(pool, terms)
    whole = np.array([found.optimal[ids[0]] for ids in kinds.members])
    assert np.abs(fractional - whole).max() > 1e-3
    assert found.minimum == pytest.approx(kept, abs=1e-6)
    assert found.bound == pytest.approx(kept, abs=1e-6)
    assert found.chances == pytest.approx(leximin_by_listing(pool, all_panels(pool, terms)), abs=2e-6)


@pytest.mark.parametrize("seed", range(40))
def test_tight_quotas_equal_the_listing(seed: int) -> None:
    pool = skewed_pool(9 + seed % 3, seed=seed)
    terms = Terms(size=3 + seed % 2, quotas=quotas_around(pool, 3 + seed % 2, seed=seed, slack=0))
    panels = all_panels(pool, terms)
    assert lottery(pool, terms).chances == pytest.approx(leximin_by_listing(pool, panels), abs=2e-6)


@pytest.mark.parametrize("slack", [0, 1, 2])
def test_least_chance_reaches_the_dual_bound_and_every_panel_keeps_the_rules(slack: int) -> None:
    pool = skewed_pool(180, seed=slack, couples=10)
    terms = Terms(
        size=30, quotas=quotas_around(pool, 30, seed=slack, slack=slack + 1), one_per_household=True
    )
    found = lottery(pool, terms)
    assert found.minimum == pytest.approx(found.bound, abs=2e-6)
    assert audit(found, pool, terms) == ()
    assert sum(panel.tickets for panel in found.panels) == found.tickets == 10**12
    held = {
        identity: sum(p.tickets for p in found.panels if identity in p.members) for identity in found.chances
    }
    assert sum(held.values()) == 30 * found.tickets


def test_people_whom_the_terms_cannot_tell_apart_have_one_chance() -> None:
    pool = skewed_pool(120, seed=5)
    terms = Terms(size=20, quotas=quotas_around(pool, 20, seed=5, slack=1))
    chances: dict[tuple[tuple[str, str], ...], set[float]] = {}
    found = lottery(pool, terms)
    for person in pool:
        chances.setdefault(tuple(sorted(person.features.items())), set()).add(found.chances[person.id])
    assert all(max(same) - min(same) <= 1.01e-12 for same in chances.values())


def test_order_of_the_pool_changes_no_chance() -> None:
    pool = skewed_pool(80, seed=7)
    terms = Terms(size=12, quotas=quotas_around(pool, 12, seed=7, slack=1))
    there, back = lottery(pool, terms), lottery(pool[::-1], terms)
    assert there.optimal == pytest.approx(back.optimal, abs=1e-6)
    assert there.pool_hash == back.pool_hash


def test_maximin_has_the_least_chance_of_leximin() -> None:
    pool = skewed_pool(120, seed=3, couples=5)
    terms = Terms(size=20, quotas=quotas_around(pool, 20, seed=3, slack=1), one_per_household=True)
    fair, least = lottery(pool, terms), lottery(pool, terms, rule="maximin")
    assert least.minimum == pytest.approx(fair.minimum, abs=2e-6)
    assert audit(least, pool, terms) == ()
    ascending = [sorted(found.optimal.values()) for found in (fair, least)]
    better = next(a - b for a, b in zip(*ascending, strict=True) if abs(a - b) > 1e-6)
    assert better > 0


def test_equal_panels_stay_near_the_optimum() -> None:
    pool = skewed_pool(100, seed=1)
    terms = Terms(size=20, quotas=quotas_around(pool, 20, seed=1, slack=2))
    found = lottery(pool, terms, equal=1000)
    assert [panel.tickets for panel in found.panels] == [1] * 1000
    assert audit(found, pool, terms) == ()
    assert max(abs(found.chances[i] - found.optimal[i]) for i in found.chances) < 0.005
    assert found.minimum > 0.95 * found.bound


def test_included_sit_on_every_panel_and_their_household_on_none() -> None:
    pool = skewed_pool(40, seed=2, couples=3)
    terms = Terms(size=8, one_per_household=True, include=("p0000",), apart=(("p0000", "p0030"),))
    found = lottery(pool, terms)
    assert found.chances["p0000"] == 1
    assert set(found.impossible) == {"p0001", "p0030"}
    assert all("p0000" in panel.members for panel in found.panels)
    assert found.minimum == pytest.approx(found.bound, abs=1e-6) == pytest.approx(min(
        chance for identity, chance in found.chances.items() if identity not in found.impossible
    ))  # fmt: skip


def test_everybody_sits_when_seats_are_as_many_as_people() -> None:
    pool = skewed_pool(5, seed=1)
    found = lottery(pool, Terms(size=5))
    assert found.panels == (Panel(10**12, tuple(p.id for p in pool)),)
    assert (found.minimum, found.bound) == (1.0, 1.0)


def test_thousands_of_equals_share_alike() -> None:
    pool = [Person(id=f"p{at}", features={"sex": "f"}) for at in range(5_000)]
    found = lottery(pool, Terms(size=30, quotas=(Quota(feature="sex", value="f", lower=0, upper=30),)))
    assert found.minimum == pytest.approx(30 / 5000, abs=1e-11)
    assert max(found.chances.values()) == pytest.approx(30 / 5000, abs=1e-11)


def test_replacement_keeps_the_seated_and_the_quotas() -> None:
    pool = skewed_pool(120, seed=11, couples=5)
    terms = Terms(size=20, quotas=quotas_around(pool, 20, seed=11, slack=1), one_per_household=True)
    first = lottery(pool, terms).draw("2026-05-01")
    gone, seated = first.members[:3], first.members[3:]
    again, rest, reduced = replacement(pool, terms, seated=seated, gone=gone)
    assert audit(again, rest, reduced) == ()
    assert again.minimum == pytest.approx(again.bound, abs=1e-6)
    for panel in again.panels:
        assert set(seated) <= set(panel.members)
        assert not set(gone) & set(panel.members)
        assert broken_rules(panel.members, pool, terms) == ()
    newcomers = {i: c for i, c in again.chances.items() if i not in seated}
    assert sum(newcomers.values()) == pytest.approx(3, abs=1e-9)


def test_audit_finds_what_was_changed_afterwards() -> None:
    pool = skewed_pool(30, seed=4)
    terms = Terms(size=6, quotas=quotas_around(pool, 6, seed=4, slack=1))
    found = lottery(pool, terms)
    other = replace(pool[0], features={**pool[0].features, "sex": "x"})
    assert "hash" in audit(found, [other, *pool[1:]], terms)
    swapped = (Panel(found.panels[0].tickets, pool_ids(pool)[:6]), *found.panels[1:])
    assert any(
        problem.startswith("chance:") for problem in audit(replace(found, panels=swapped), pool, terms)
    )
    heavier = (Panel(found.panels[0].tickets + 1, found.panels[0].members), *found.panels[1:])
    assert {"tickets", "sum"} <= set(audit(replace(found, panels=heavier), pool, terms))
    assert "proof" in audit(replace(found, bound=found.bound / 2), pool, terms)
    assert "proof" in audit(replace(found, impossible=("p0003",)), pool, terms)
    assert "proof" in audit(replace(found, proof={"p0000": -1.0, "p0001": 2.0}), pool, terms)
    assert "proof" in audit(replace(found, proof={"nobody": 1.0}, bound=0.0), pool, terms)
    assert "minimum" in audit(replace(found, minimum=found.minimum + 0.01), pool, terms)
    # A bound that nobody reaches proves nothing, nor does an optimum that is not what the panels give.
    assert audit(replace(found, bound=found.bound + 0.1), pool, terms) == ("short",)
    first = pool[0].id
    optimal = dict(found.optimal)
    for changed in ({first: optimal[first]}, optimal | {first: optimal[first] + 0.1}):
        assert "optimum" in audit(replace(found, optimal=changed), pool, terms)
    second = next(one for one in optimal if abs(optimal[one] - optimal[first]) > 0.01)
    exchanged = optimal | {first: optimal[second], second: optimal[first]}
    assert audit(replace(found, optimal=exchanged), pool, terms) == (f"optimum:{first}", f"optimum:{second}")
    assert audit(replace(found, panels=(), tickets=0), pool, terms) == ("no tickets",)
    stranger = (Panel(found.panels[0].tickets, ("x", *found.panels[0].members[1:])), *found.panels[1:])
    assert "panel 1: unknown:x" in audit(replace(found, panels=stranger), pool, terms)


def pool_ids(pool: list[Person]) -> tuple[str, ...]:
    return tuple(person.id for person in pool)


def test_hash_changes_with_any_rule_and_not_with_what_no_quota_names() -> None:
    pool = [Person(id="a", features={"sex": "f"}), Person(id="b", features={"sex": "m"})]
    terms = Terms(size=1, quotas=(Quota(feature="sex", value="f", lower=0, upper=1),))
    same = [replace(pool[0], features={"sex": "f", "note": "x"}), pool[1]]
    assert pool_hash(pool, terms) == pool_hash(same[::-1], terms)
    changed = [
        replace(terms, include=("a",)),
        replace(terms, apart=(("a", "b"),)),
        replace(terms, one_per_household=True),
        replace(terms, quotas=(Quota(feature="sex", value="f", lower=1, upper=1),)),
        replace(terms, size=2),
    ]
    assert len({pool_hash(pool, other) for other in [terms, *changed]}) == 6


F = {"sex": "f"}
AB = [Person(id="a", features=F), Person(id="b", features=F)]
SEX = Quota(feature="sex", value="f", lower=0, upper=1)
ENDLESS = Quota(feature="sex", value="f", lower=0, upper=float("inf"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pool", "terms", "code"),
    [
        ([], Terms(size=1), "empty_pool"),
        (AB, Terms(size=0), "bad_size"),
        (AB, Terms(size=True), "bad_size"),
        (AB, Terms(size=float("nan")), "bad_size"),  # type: ignore[arg-type]
        (AB, Terms(size=3), "too_few_people"),
        ([AB[0], AB[0]], Terms(size=1), "repeated_id"),
        (AB, Terms(size=1, quotas=(SEX, SEX)), "repeated_quota"),
        (AB, Terms(size=1, quotas=(replace(SEX, lower=2),)), "bad_quota"),
        (AB, Terms(size=1, quotas=(replace(SEX, lower=-1),)), "bad_quota"),
        (AB, Terms(size=1, quotas=(ENDLESS,)), "bad_quota"),
        (AB, Terms(size=1, quotas=(replace(SEX, feature="age"),)), "missing_feature"),
        (AB, Terms(size=2, quotas=(SEX,)), "infeasible"),
        (AB, Terms(size=1, quotas=(Quota(feature="sex", value="x", lower=1, upper=1),)), "infeasible"),
        (AB, Terms(size=1, include=("c",)), "unknown_id"),
        (AB, Terms(size=1, include=("a", "b")), "too_many_included"),
        (AB, Terms(size=2, apart=(("a", "b"),)), "too_few_people"),
        (AB, Terms(size=1, apart=(("a", "a"),)), "bad_pair"),
        (AB, Terms(size=2, apart=(("a", "b"),), include=("a", "b")), "included_conflict"),
    ],
)
def test_bad_input_is_refused_by_code(pool: list[Person], terms: Terms, code: str) -> None:
    with pytest.raises(MethodError) as refused:
        lottery(pool, terms)
    assert refused.value.code == f"sortition.{code}"


def test_refusals_name_all_that_is_wrong() -> None:
    bare = [Person(id=one, features={}) for one in "abc"]
    quota = replace(SEX, upper=3)
    cases: list[tuple[str, tuple[str, ...], Callable[[], object]]] = [
        ("ids", ("a", "b"), lambda: lottery([*AB, *AB], Terms(size=1))),
        ("lacking", ("a: sex", "b: sex", "c: sex"), lambda: lottery(bare, Terms(size=1, quotas=(quota,)))),
        ("ids", ("x", "y"), lambda: lottery(AB, Terms(size=1, include=("x",), apart=(("a", "y"),)))),
        ("ids", ("a", "b"), lambda: lottery(AB, Terms(size=1, apart=(("a", "a"), ("b", "b"))))),
        ("quotas", ("sex = f", "sex = m"), lambda: lottery(
            AB, Terms(size=1, quotas=(SEX, SEX, replace(SEX, value="m"), replace(SEX, value="m"))))),
        ("quotas", ("sex = f: 2–1", "sex = m: -1–1"), lambda: lottery(
            AB, Terms(size=1, quotas=(replace(SEX, lower=2), replace(SEX, value="m", lower=-1))))),
        ("together", ("a and b", "b and c"), lambda: lottery(
            bare, Terms(size=3, include=("a", "b", "c"), apart=(("a", "b"), ("b", "c"))))),
        ("ids", ("a", "b"), lambda: replacement(AB, Terms(size=3), seated=["a", "b"], gone=["a", "b"])),
        ("ids", ("q", "r"), lambda: replacement(AB, Terms(size=2), seated=["q"], gone=["r"])),
    ]  # fmt: skip
    for fact, expected, call in cases:
        with pytest.raises(MethodError) as refused:
            call()
        assert refused.value.facts[fact] == expected
        assert ", ".join(expected) in str(refused.value)


def test_a_person_who_must_sit_and_is_not_seated_yet_is_in_the_replacement() -> None:
    pool = skewed_pool(10, seed=1)
    terms = Terms(size=3, include=("p0001", "p0002"))
    _, reduced = remaining(pool, terms, seated=["p0001"], gone=["p0005"])
    assert reduced.include == ("p0001", "p0002")
    assert remaining(pool, terms, seated=["p0001"], gone=["p0002"])[1].include == ("p0001",)


def test_two_thousand_in_households_of_two_share_alike() -> None:
    pool = [Person(id=f"p{at}", features={}, household=f"h{at // 2}") for at in range(2_000)]
    found = lottery(pool, Terms(size=30, one_per_household=True))
    assert found.minimum == pytest.approx(30 / 2_000, abs=1e-9)


def test_bad_calls_are_refused_by_code() -> None:
    many = [Person(id=str(at), features={}) for at in range(20_001)]
    calls: list[tuple[str, Callable[[], object]]] = [
        ("bad_rule", lambda: lottery(AB, Terms(size=1), rule="luck")),  # type: ignore[arg-type]
        ("bad_equal", lambda: lottery(AB, Terms(size=1), equal=-1)),
        ("pool_too_large", lambda: lottery(many, Terms(size=1))),
        ("unknown_id", lambda: replacement(AB, Terms(size=1), seated=["c"], gone=[])),
        ("seated_and_gone", lambda: replacement(AB, Terms(size=1), seated=["a"], gone=["a"])),
        ("no_free_seat", lambda: replacement(AB, Terms(size=1), seated=["a"], gone=["b"])),
    ]
    for code, call in calls:
        with pytest.raises(MethodError) as refused:
            call()
        assert refused.value.code == f"sortition.{code}"


def test_infeasible_refusal_names_the_smallest_change() -> None:
    with pytest.raises(MethodError) as refused:
        lottery(AB, Terms(size=2, quotas=(SEX,)))
    assert refused.value.facts["changes"] == ("sex = f: 0–1 → 0–2",)
    assert refused.value.facts["seats"] == feasibility(AB, Terms(size=2, quotas=(SEX,))).seats == 1


def test_progress_never_falls_and_ends_full() -> None:
    heard: list[tuple[int, int]] = []
    pool = skewed_pool(100, seed=9)
    lottery(
        pool,
        Terms(size=12, quotas=quotas_around(pool, 12, seed=9, slack=1)),
        progress=lambda done, total: heard.append((done, total)),
    )
    assert heard == sorted(heard)
    assert heard[-1][0] == heard[-1][1]
    assert len({total for _, total in heard}) == 1
