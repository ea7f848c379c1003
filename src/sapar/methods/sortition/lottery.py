"""A fair lottery over panels: the whole of it, from the pool to the published chances.

Source: Flanigan, Gölz, Gupta, Hennig & Procaccia, Nature 596 (2021) 548–552.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, get_args

import numpy as np

from sapar.methods.errors import MethodError, brief
from sapar.methods.progress import Progress, unheard
from sapar.methods.sortition import given
from sapar.methods.sortition.draw import Draw, draw
from sapar.methods.sortition.feasibility import Feasibility, feasibility
from sapar.methods.sortition.leximin import Mixture, Rule, optimal_mixture
from sapar.methods.sortition.pool import (
    Kinds,
    Person,
    Terms,
    check_known,
    check_people,
    check_terms,
    kinds_of,
    pool_hash,
)
from sapar.methods.sortition.portfolio import TICKETS, Panel, equal_panels, weighted_panels
from sapar.methods.sortition.solver import Panels

MOST_PEOPLE = 20_000
MOST_EQUAL = 1_000_000
# Chances that differ by less are the same: linear programs end within it.
NEARLY = 1e-6


@dataclass(frozen=True)
class Level:
    """So many people have this chance."""

    chance: float
    people: int


@dataclass(frozen=True, kw_only=True)
class Lottery:
    """A published lottery.

    Attributes:
        pool_hash: SHA-256 of the frozen pool and the terms.
        rule: "leximin", "maximin" or "nash".
        panels: in published order; each satisfies all terms.
        tickets: of all panels together.
        chances: by id, in the order of the pool: the person's tickets over all tickets. They sum to the size.
        optimal: by id, the chance before it was cut into tickets; the same unless the panels are equally likely.
        minimum: the least of `chances` among those whom a panel can hold and none must.
        bound: no lottery whatsoever gives all of them a greater chance than this.
        proof: by id, weights that sum to 1 (ids of weight 0 are left out). No panel's members weigh more
            than `bound`, so the weighted mean of the chances, and with it the least, cannot exceed it.
        impossible: ids whom no panel that satisfies the terms can hold.
        levels: the optimal chances from the least to the greatest.
    """

    pool_hash: str
    rule: str
    panels: tuple[Panel, ...]
    tickets: int
    chances: Mapping[str, float]
    optimal: Mapping[str, float]
    minimum: float
    bound: float
    proof: Mapping[str, float]
    impossible: tuple[str, ...]
    levels: tuple[Level, ...]

    @property
    def geometric_mean(self) -> float:
        """Of the chances of all whom a panel can hold; 0 when one of them has none."""
        out = frozenset(self.impossible)
        logs = [
            math.log(chance) if chance else -math.inf
            for one, chance in self.chances.items()
            if one not in out
        ]
        return math.exp(math.fsum(logs) / len(logs)) if logs else 0.0

    @property
    def geometric_bound(self) -> float | None:
        """No lottery's chances have a greater geometric mean; None where the proof says nothing about it.

        Weights w that sum to 1 with Σ w·q ≤ bound for all chances q: their means give GM(w)·GM(q) ≤ bound / n.
        """
        people = len(self.chances) - len(self.impossible)
        if len(self.proof) < people:
            return None
        middle = math.exp(math.fsum(map(math.log, self.proof.values())) / people)
        return self.bound / (people * middle)

    def draw(self, seed: int | str) -> Draw:
        """The panel of this public seed."""
        return draw(self.panels, self.pool_hash, seed)


def lottery(
    pool: Sequence[Person],
    terms: Terms,
    *,
    rule: Rule = "leximin",
    equal: int = 0,
    progress: Progress = unheard,
) -> Lottery:
    """The fairest lottery over the panels that satisfy the terms.

    Args:
        pool: volunteers in any order; the order decides only who of several equals is named first.
        rule: "leximin" raises the least chance, then the second least, and so on; "maximin" only the least;
            "nash" the geometric mean of all.
        equal: this many equally likely panels (for instance 1,000, drawn by three balls) instead of panels
            with tickets of their own; chances then differ a little from the optimum.

    Raises:
        MethodError: ``sortition.infeasible`` with the smallest relaxation; ``sortition.too_few_people``;
            ``sortition.pool_too_large`` beyond 20,000 people; ``sortition.bad_rule``; ``sortition.bad_equal``;
            the refusals of `kinds_of`.
    """
    if rule not in get_args(Rule):
        raise MethodError("sortition.bad_rule", "There is no rule {rule}.", rule=brief(rule))
    if not given.is_count(equal, most=MOST_EQUAL):
        raise MethodError(
            "sortition.bad_equal",
            "0 to {most} equally likely panels, not {panels}.",
            panels=brief(equal),
            most=MOST_EQUAL,
        )
    if given.is_list(pool) and len(pool) > MOST_PEOPLE:
        raise MethodError(
            "sortition.pool_too_large",
            "The pool has {people} people; at most {most} are taken. Draw a smaller pool first.",
            people=len(pool), most=MOST_PEOPLE,
        )  # fmt: skip
    kinds = kinds_of(pool, terms)
    mixture = optimal_mixture(kinds, rule, progress) if terms.size <= len(pool) else None
    if mixture is None:
        raise _infeasible(feasibility(pool, terms))
    panels = equal_panels(mixture, kinds, equal) if equal else weighted_panels(mixture, kinds)
    return _published(pool, terms, rule, kinds, mixture, panels)


def _published(
    pool: Sequence[Person], terms: Terms, rule: str, kinds: Kinds, mixture: Mixture, panels: tuple[Panel, ...]
) -> Lottery:
    held = {person.id: 0 for person in pool}
    for panel in panels:
        for member in panel.members:
            held[member] += panel.tickets
    tickets = sum(panel.tickets for panel in panels)
    of_kind = {identity: kind for kind, ids in enumerate(kinds.members) for identity in ids}
    optimal = {person.id: float(mixture.chances[of_kind[person.id]]) for person in pool}
    closed = {identity for identity, kind in of_kind.items() if mixture.closed[kind]}
    include = set(terms.include)
    open_to_chance = [held[person.id] for person in pool if person.id not in closed | include]
    heaviest = Panels(kinds).best(mixture.proof)
    proved = mixture.proof.any() and heaviest is not None
    rounded = sorted(round(chance, 7) for chance in optimal.values())
    return Lottery(
        pool_hash=pool_hash(pool, terms),
        rule=rule,
        panels=panels,
        tickets=tickets,
        chances={identity: count / tickets for identity, count in held.items()},
        optimal=optimal,
        minimum=min(open_to_chance, default=tickets) / tickets,
        bound=float(mixture.proof @ heaviest) if proved and heaviest is not None else 1.0,
        proof={
            identity: weight
            for identity, kind in of_kind.items()
            if (weight := float(mixture.proof[kind])) > 0
        },
        impossible=tuple(person.id for person in pool if person.id in closed),
        levels=tuple(Level(chance, len(list(people))) for chance, people in groupby(rounded)),
    )


def _infeasible(found: Feasibility) -> MethodError:
    changes = tuple(
        f"{change.quota.feature} = {change.quota.value}: {change.quota.lower}–{change.quota.upper}"
        f" → {change.lower}–{change.upper}"
        for change in found.changes
    )
    return MethodError(
        "sortition.infeasible",
        "No panel satisfies all quotas. The smallest change, {seats} in all: {listed}.",
        seats=found.seats, listed="; ".join(changes), changes=changes,
    )  # fmt: skip


def replacement(
    pool: Sequence[Person],
    terms: Terms,
    *,
    seated: Sequence[str],
    gone: AbstractSet[str] | Sequence[str],
    rule: Rule = "leximin",
    equal: int = 0,
    progress: Progress = unheard,
) -> tuple[Lottery, tuple[Person, ...], Terms]:
    """The lottery for the seats that became free, by the same rule, with the seated kept.

    The panels are whole panels, the seated among them. The remaining pool and its terms come back too: with them
    anyone can check the lottery's hash and its draw.

    Raises:
        MethodError: the refusals of `remaining` and of `lottery`.
    """
    rest, reduced = remaining(pool, terms, seated=seated, gone=gone)
    return lottery(rest, reduced, rule=rule, equal=equal, progress=progress), rest, reduced


def remaining(
    pool: Sequence[Person], terms: Terms, *, seated: Sequence[str], gone: AbstractSet[str] | Sequence[str]
) -> tuple[tuple[Person, ...], Terms]:
    """The pool and the terms for seats that became free.

    Those who are `gone` leave the pool; the `seated` must be included; the quotas stay as they were, so that
    the newcomers fill what remains of them.

    Raises:
        MethodError: ``sortition.unknown_id``; ``sortition.seated_and_gone``; ``sortition.no_free_seat``; what
            `kinds_of` refuses of the pool and the terms.
    """
    check_terms(terms)
    check_people(pool, terms.features)
    given.refuse(
        "sortition.bad_terms", "These are no lists of ids: {found}.",
        (f"{what}: {brief(ids)}" for what, ids in (("seated", seated), ("gone", gone)) if given.listed(ids) is None),
    )  # fmt: skip
    check_known((*seated, *gone), pool)
    away = set(gone)
    if both := tuple(dict.fromkeys(identity for identity in seated if identity in away)):
        raise MethodError("sortition.seated_and_gone", "These are seated and gone: {ids}.", ids=both)
    if len(set(seated)) >= terms.size:
        raise MethodError(
            "sortition.no_free_seat", "All {size} seats are taken.", size=terms.size, seated=len(set(seated))
        )
    rest = tuple(person for person in pool if person.id not in away)
    reduced = replace(
        terms,
        apart=tuple(pair for pair in terms.apart if not away & set(pair)),
        include=tuple(dict.fromkeys((*seated, *(one for one in terms.include if one not in away)))),
    )
    return rest, reduced


def broken_rules(panel: Sequence[str], pool: Sequence[Person], terms: Terms) -> tuple[str, ...]:
    """What a panel breaks, as codes.

    "size", "twice", "unknown:x", "quota:sex=f", "household:H1", "apart:a,b", "include:a". Written without the
    kinds, the solver or anything else of this package, so that it can check them.
    """
    people = {person.id: person for person in pool}
    broken = []
    if len(panel) != terms.size:
        broken.append("size")
    if len(set(panel)) != len(panel):
        broken.append("twice")
    broken += [f"unknown:{identity}" for identity in panel if identity not in people]
    sitting = [people[identity] for identity in panel if identity in people]
    homes = Counter(person.household for person in sitting if person.household)
    if terms.one_per_household:
        broken += [f"household:{home}" for home, times in sorted(homes.items()) if times > 1]
    broken += [f"apart:{a},{b}" for a, b in terms.apart if a in panel and b in panel]
    broken += [f"include:{identity}" for identity in terms.include if identity not in panel]
    for quota in terms.quotas:
        seats = sum(person.features.get(quota.feature) == quota.value for person in sitting)
        if not quota.lower <= seats <= quota.upper:
            broken.append(f"quota:{quota.feature}={quota.value}")
    return tuple(broken)


def audit(published: Lottery, pool: Sequence[Person], terms: Terms) -> tuple[str, ...]:
    """Check a published lottery against the pool and the terms; an empty answer means that all is right.

    Checks the hash, every rule on every panel, each person's tickets, that the chances sum to the size, the least
    chance, by an integer program that no panel weighs more than `bound` under the published proof, and that the optimal
    chances reach it ("short" if not: there may be a better lottery). "form" means that something published is no number
    or no text where one is due, so that nothing can be checked.

    Raises:
        MethodError: what `kinds_of` refuses of the pool and the terms.
    """
    check_terms(terms)
    check_people(pool, terms.features)
    if not _is_formed(published):
        return ("form",)
    wrong = [] if published.pool_hash == pool_hash(pool, terms) else ["hash"]
    held = dict.fromkeys((person.id for person in pool), 0)
    for number, panel in enumerate(published.panels, start=1):
        wrong += [f"panel {number}: {rule}" for rule in broken_rules(panel.members, pool, terms)]
        wrong += [f"panel {number}: tickets"] if panel.tickets < 1 else []
        for member in panel.members:
            held[member] = held.get(member, 0) + panel.tickets
    if sum(panel.tickets for panel in published.panels) != published.tickets:
        wrong.append("tickets")
    if published.tickets < 1:
        return (*wrong, "no tickets")
    for identity in (*held, *(one for one in published.chances if one not in held)):
        if published.chances.get(identity) != held.get(identity, 0) / published.tickets:
            wrong.append(f"chance:{identity}")
    if sum(held.values()) != terms.size * published.tickets:
        wrong.append("sum")
    settled = {*terms.include, *published.impossible}
    open_to_chance = [chance for identity, chance in published.chances.items() if identity not in settled]
    if published.minimum != min(open_to_chance, default=1.0):
        wrong.append("minimum")
    wrong += _optimum_faults(published, settled, terms)
    return (*wrong, *([] if _proves(published, pool, terms) else ["proof"]))


def _optimum_faults(published: Lottery, settled: set[str], terms: Terms) -> list[str]:
    """What is wrong with the chances said to be the best, before they were cut into tickets."""
    best = published.optimal
    wrong = []
    if best.keys() != published.chances.keys() or abs(math.fsum(best.values()) - terms.size) > NEARLY:
        wrong.append("optimum")
    elif published.tickets >= TICKETS:
        wrong += [
            f"optimum:{one}" for one, chance in published.chances.items() if abs(chance - best[one]) > NEARLY
        ]
    if published.rule == "nash":
        most = published.geometric_bound
        means = replace(published, chances=best).geometric_mean
        reached = most is not None and means >= most - NEARLY
    else:
        least = min((chance for one, chance in best.items() if one not in settled), default=1.0)
        reached = least >= published.bound - NEARLY
    return wrong if reached else [*wrong, "short"]


def _is_formed(published: Any) -> bool:
    columns = (published.chances, published.optimal, published.proof)
    if not all(isinstance(column, Mapping) and all(map(given.is_text, column)) for column in columns):
        return False
    numbers = [published.minimum, published.bound, *(one for column in columns for one in column.values())]
    panels, impossible = given.listed(published.panels), given.listed(published.impossible)
    return (
        all(map(given.is_number, numbers))
        and given.is_whole(published.tickets)
        and impossible is not None
        and all(map(given.is_text, impossible))
        and panels is not None
        and all(
            isinstance(panel, Panel)
            and given.is_whole(panel.tickets)
            and all(map(given.is_text, given.listed(panel.members) or [None]))
            for panel in panels
        )
    )


def _proves(published: Lottery, pool: Sequence[Person], terms: Terms) -> bool:
    """Whether no panel weighs more than the bound, and nobody is called impossible whom a panel can hold."""
    kinds = kinds_of(pool, terms)
    panels = Panels(kinds)
    out = frozenset(published.impossible)
    for kind, ids in enumerate(kinds.members):
        if out.intersection(ids):
            fitting = panels.best(np.asarray(np.arange(len(kinds)) == kind, dtype=np.float64))
            if fitting is None or fitting[kind]:
                return False
    if not published.proof:
        return published.bound == 1.0
    if min(published.proof.values()) < 0 or abs(math.fsum(published.proof.values()) - 1) > 1e-9:
        return False
    if not published.proof.keys() <= {person.id for person in pool}:
        return False
    # A proof that weighs equals differently is judged by the heaviest of them.
    weights = np.array([max(published.proof.get(one, 0.0) for one in ids) for ids in kinds.members])
    heaviest = panels.best(weights)
    return heaviest is not None and float(weights @ heaviest) <= published.bound + 1e-9
