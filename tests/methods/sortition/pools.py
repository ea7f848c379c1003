"""Invented pools, and an optimum found by listing every panel."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from sapar.methods.sortition import Person, Quota, Terms, broken_rules
from sapar.methods.sortition.pool import Floats

FEATURES = {
    "oblast": (("Batken", "Bishkek", "Chüy", "Jalal-Abad", "Naryn", "Osh", "Talas", "Ysyk-Köl"), 1.2),
    "sex": (("f", "m"), 0.5),
    "age": (("18-24", "25-34", "35-54", "55+"), 0.8),
    "language": (("ky", "ru", "uz"), 0.8),
}


def skewed_pool(people: int, *, seed: int, couples: int = 0) -> list[Person]:
    """Volunteers of whom some values are many times as frequent as others; `couples` share a household."""
    chance = np.random.default_rng(seed)
    drawn = {}
    for feature, (values, spread) in FEATURES.items():
        weights = np.exp(chance.normal(0, spread, len(values)))
        drawn[feature] = chance.choice(values, size=people, p=weights / weights.sum())
    return [
        Person(
            id=f"p{at:04d}",
            features={feature: str(drawn[feature][at]) for feature in FEATURES},
            household=f"h{at // 2}" if at < 2 * couples else "",
        )
        for at in range(people)
    ]


def quotas_around(pool: Sequence[Person], size: int, *, seed: int, slack: int) -> tuple[Quota, ...]:
    """Quotas that a random panel of the pool satisfies, with some slack on both sides."""
    chance = np.random.default_rng(seed)
    panel = [pool[at] for at in chance.choice(len(pool), size, replace=False)]
    quotas = []
    for feature in pool[0].features:
        for value in sorted({person.features[feature] for person in pool}):
            seats = sum(person.features[feature] == value for person in panel)
            quotas.append(
                Quota(feature=feature, value=value, lower=max(0, seats - slack), upper=seats + slack)
            )
    return tuple(quotas)


def all_panels(pool: Sequence[Person], terms: Terms) -> list[tuple[str, ...]]:
    ids = [person.id for person in pool]
    return [panel for panel in combinations(ids, terms.size) if not broken_rules(panel, pool, terms)]


def leximin_by_listing(pool: Sequence[Person], panels: Sequence[tuple[str, ...]]) -> dict[str, float]:
    """The leximin chances by linear programs over all panels, person by person, without kinds or duals."""
    sits = np.array([[person.id in panel for panel in panels] for person in pool], dtype=float)
    level = np.where(sits.any(axis=1), -1.0, 0.0)
    while (waiting := level < 0).any():
        limits = np.vstack(
            [
                np.c_[-sits[waiting], np.ones(waiting.sum())],
                np.c_[-sits[~waiting], np.zeros((~waiting).sum())],
            ]
        )
        bounds = np.r_[np.zeros(waiting.sum()), -level[~waiting] + 1e-10]

        least = _greatest(np.append(np.zeros(len(panels)), 1.0), 0.0, limits, bounds)
        for at in np.flatnonzero(waiting):
            if _greatest(np.append(sits[at], 0.0), least - 1e-9, limits, bounds) < least + 1e-6:
                level[at] = least
    return {person.id: float(chance) for person, chance in zip(pool, level, strict=True)}


def _greatest(gain: Floats, least: float, limits: Floats, bounds: Floats) -> float:
    """The greatest value over lotteries whose last variable, the level, is at least `least`."""
    panels = len(gain) - 1
    found = linprog(
        -gain,
        A_ub=limits,
        b_ub=bounds,
        A_eq=np.append(np.ones(panels), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0.0, None)] * panels + [(least, None)],
    )
    assert found.success
    assert found.fun is not None
    return -float(found.fun)


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[list[Person], Terms]:
    """5 to 9 people, 2 to 4 seats, up to 4 features, sometimes households, pairs and someone included."""
    size = draw(st.integers(2, 4))
    people = draw(st.integers(size + 2, 9))
    features = draw(st.integers(1, 4))
    values = st.sampled_from("abc")
    pool = [
        Person(
            id=f"p{at}",
            features={f"f{feature}": draw(values) for feature in range(features)},
            household=draw(st.sampled_from(["", "", "h1", "h2"])),
        )
        for at in range(people)
    ]
    terms = Terms(
        size=size,
        quotas=quotas_around(pool, size, seed=draw(st.integers(0, 999)), slack=draw(st.integers(0, 1))),
        one_per_household=draw(st.booleans()),
        apart=draw(st.sampled_from([(), (("p0", "p1"),), (("p0", "p1"), ("p1", "p2"))])),
        include=draw(st.sampled_from([(), (), ("p3",)])),
    )
    return pool, terms
