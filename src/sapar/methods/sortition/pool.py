"""The pool of volunteers, the terms of the panel, and the kinds into which they fall.

Two people are of one *kind* when no quota and no rule about company can tell them apart: the same values of
the features that carry quotas, and the same households and keep-apart pairs. Fair chances are equal within a
kind (the leximin optimum is unique, so it is symmetric), and a panel is, up to a swap of equals, a vector of
counts by kind. All optimisation below works on these counts.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sapar.methods.errors import MethodError, brief
from sapar.methods.sortition import given

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Person:
    """A volunteer. `household` is any text shared by those who live together; empty means unknown."""

    id: str
    features: Mapping[str, str]
    household: str = ""


@dataclass(frozen=True, kw_only=True)
class Quota:
    """At least `lower` and at most `upper` seats for people whose `feature` has this `value`."""

    feature: str
    value: str
    lower: int
    upper: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What every panel must satisfy.

    Attributes:
        size: the number of seats, k.
        quotas: bounds by feature and value; a value without a quota is not bounded.
        one_per_household: no two people of one (non-empty) household.
        apart: pairs of ids that never sit together.
        include: ids that sit on every panel.
    """

    size: int
    quotas: tuple[Quota, ...] = ()
    one_per_household: bool = False
    apart: tuple[tuple[str, str], ...] = ()
    include: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """The features that carry quotas, in the order of the quotas."""
        return tuple(dict.fromkeys(quota.feature for quota in self.quotas))


@dataclass(frozen=True)
class Kinds:
    """The pool as types and the panel's rules as rows over their counts.

    Attributes:
        members: ids by kind, in the order of the pool; the kinds stand in order of first appearance.
        sizes: int64[kinds], the number of members.
        lower, upper: int64[kinds], the bounds of a count: 1 and 1 for someone who must be included.
        rows: float64[rows, kinds], sparse; the first row is the total, then one per quota, then one per exclusion.
        row_lower, row_upper: float64[rows].
        quotas: the number of quota rows.
    """

    members: tuple[tuple[str, ...], ...]
    sizes: Counts
    lower: Counts
    upper: Counts
    rows: csr_matrix
    row_lower: Floats
    row_upper: Floats
    quotas: int

    def __len__(self) -> int:
        return len(self.members)

    def holds(self, panel: Counts) -> bool:
        """Whether a vector of counts satisfies every row and bound."""
        if np.any(panel < self.lower) or np.any(panel > self.upper):
            return False
        sums = self.rows @ panel
        return bool(np.all(sums >= self.row_lower) and np.all(sums <= self.row_upper))


def kinds_of(pool: Sequence[Person], terms: Terms) -> Kinds:
    """Check the pool against the terms and sort it into kinds.

    Raises:
        MethodError: ``sortition.empty_pool``, ``sortition.repeated_id``, ``sortition.missing_feature``,
            ``sortition.not_text``, ``sortition.bad_terms``, ``sortition.bad_size``, ``sortition.bad_quota``,
            ``sortition.repeated_quota``,
            ``sortition.unknown_id``, ``sortition.too_many_included``, ``sortition.bad_pair``,
            ``sortition.included_conflict``. The facts name all that is wrong, not the first.
    """
    check_terms(terms)
    exclusions = _exclusions(pool, terms)
    sets_of: dict[str, list[int]] = {}
    for at, excluded in enumerate(exclusions):
        for identity in excluded:
            sets_of.setdefault(identity, []).append(at)
    include = frozenset(terms.include)
    features = terms.features
    grouped: dict[tuple[tuple[str, ...], tuple[int, ...], str], list[str]] = {}
    for person in pool:
        value = tuple(person.features[feature] for feature in features)
        company = tuple(sets_of.get(person.id, ()))
        signature = (value, company, person.id if person.id in include else "")
        if signature not in grouped:
            grouped[signature] = []
        grouped[signature].append(person.id)
    signatures = list(grouped)
    members = tuple(tuple(ids) for ids in grouped.values())
    sizes = np.array([len(ids) for ids in members], dtype=np.int64)
    held = np.array([bool(signature[2]) for signature in signatures])
    single = np.array([bool(signature[1]) for signature in signatures]) | held
    bounds = {(quota.feature, quota.value): 1 + at for at, quota in enumerate(terms.quotas)}
    entries = [
        (row, kind)
        for kind, (value, company, _) in enumerate(signatures)
        for row in (
            0,
            *(bounds[pair] for pair in zip(features, value, strict=True) if pair in bounds),
            *(1 + len(terms.quotas) + at for at in company),
        )
    ]
    at_row, at_kind = np.array(entries, dtype=np.int64).T
    shape = (1 + len(terms.quotas) + len(exclusions), len(members))
    return Kinds(
        members=members,
        sizes=sizes,
        lower=held.astype(np.int64),
        upper=np.where(single, 1, sizes),
        rows=csr_matrix((np.ones(len(entries)), (at_row, at_kind)), shape=shape),
        row_lower=np.array(
            [terms.size, *(quota.lower for quota in terms.quotas), *(0 for _ in exclusions)], dtype=np.float64
        ),
        row_upper=np.array(
            [terms.size, *(quota.upper for quota in terms.quotas), *(1 for _ in exclusions)], dtype=np.float64
        ),
        quotas=len(terms.quotas),
    )


def check_terms(terms: Terms) -> None:
    """Refuse terms that contradict themselves whatever the pool."""
    given.refuse(
        "sortition.bad_terms", "These are no terms of a panel: {found}.",
        given.strange_terms(terms.quotas, terms.one_per_household, terms.apart, terms.include),
    )  # fmt: skip
    if not given.is_count(terms.size, least=1):
        raise MethodError(
            "sortition.bad_size", "A panel has a whole number of seats, not {size}.", size=brief(terms.size)
        )
    if bad := [
        f"{quota.feature} = {quota.value}: {brief(quota.lower)}–{brief(quota.upper)}"
        for quota in terms.quotas
        if not (given.is_count(quota.lower) and given.is_count(quota.upper)) or quota.lower > quota.upper
    ]:
        raise MethodError(
            "sortition.bad_quota", "These quotas do not run from one whole number up to another: {quotas}.",
            quotas=tuple(bad),
        )  # fmt: skip
    if twice := _repeated(f"{quota.feature} = {quota.value}" for quota in terms.quotas):
        raise MethodError(
            "sortition.repeated_quota", "These have more than one quota: {quotas}.", quotas=twice
        )


def _repeated(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name, times in Counter(names).items() if times > 1)


def check_known(ids: Iterable[str], pool: Sequence[Person], code: str = "sortition.unknown_id") -> None:
    """Refuse ids that nobody in the pool has, all of them at once."""
    known = frozenset(person.id for person in pool)
    if unknown := tuple(
        dict.fromkeys(brief(one) for one in ids if not given.is_text(one) or one not in known)
    ):
        raise MethodError(code, "Nobody in the pool has these ids: {ids}.", ids=unknown)


def check_people(pool: Sequence[Person], features: Sequence[str], method: str = "sortition") -> None:
    """Refuse an empty pool, repeated ids, what is no text, and people who lack a feature, all of them at once."""
    if not given.is_list(pool) or not pool:
        raise MethodError(f"{method}.empty_pool", "Nobody is in the pool.")
    given.refuse(
        f"{method}.not_text", "Ids, households and features are texts, not so: {found}.",
        given.strange_people(pool, features),
    )  # fmt: skip
    if twice := _repeated(person.id for person in pool):
        raise MethodError(
            f"{method}.repeated_id", "These ids stand more than once in the pool: {ids}.", ids=twice
        )
    if lacking := tuple(
        f"{person.id}: {feature}"
        for person in pool
        for feature in features
        if not person.features.get(feature)
    ):
        raise MethodError(
            f"{method}.missing_feature", "These people lack a feature: {lacking}.", lacking=lacking
        )


def _exclusions(pool: Sequence[Person], terms: Terms) -> list[tuple[str, ...]]:
    """The sets of people of whom at most one may sit, after checking every id."""
    check_people(pool, terms.features)
    check_known((*terms.include, *(identity for pair in terms.apart for identity in pair)), pool)
    if len(set(terms.include)) > terms.size:
        raise MethodError(
            "sortition.too_many_included", "{included} people must sit, and there are {size} seats.",
            included=len(set(terms.include)), size=terms.size,
        )  # fmt: skip
    sets: list[tuple[str, ...]] = []
    if terms.one_per_household:
        homes: dict[str, list[str]] = {}
        for person in pool:
            if person.household:
                homes.setdefault(person.household, []).append(person.id)
        sets += [tuple(home) for home in homes.values() if len(home) > 1]
    if alone := tuple(dict.fromkeys(first for first, second in terms.apart if first == second)):
        raise MethodError(
            "sortition.bad_pair", "These cannot be kept apart from themselves: {ids}.", ids=alone
        )
    home_of = {identity: at for at, home in enumerate(sets) for identity in home}
    pairs = {(min(pair), max(pair)) for pair in terms.apart}
    sets += sorted((a, b) for a, b in pairs if a not in home_of or home_of[a] != home_of.get(b))
    include = frozenset(terms.include)
    together = [tuple(one for one in excluded if one in include) for excluded in sets]
    if conflicts := tuple(" and ".join(both) for both in together if len(both) > 1):
        raise MethodError(
            "sortition.included_conflict", "These must all sit and must not sit together: {together}.",
            together=conflicts,
        )  # fmt: skip
    return sets


def pool_hash(pool: Sequence[Person], terms: Terms) -> str:
    """SHA-256 (hex) of the frozen pool and its terms.

    The text that is hashed is JSON with sorted keys, no spaces and characters as they are, in UTF-8; people
    stand by id, and only the features with quotas count. Any change of anybody's data changes it.
    """
    text = json.dumps(
        {
            "people": [
                [person.id, person.household, {f: person.features.get(f, "") for f in terms.features}]
                for person in sorted(pool, key=lambda person: person.id)
            ],
            "size": terms.size,
            "quotas": [[q.feature, q.value, q.lower, q.upper] for q in terms.quotas],
            "one_per_household": terms.one_per_household,
            "apart": sorted([min(pair), max(pair)] for pair in terms.apart),
            "include": sorted(terms.include),
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()
