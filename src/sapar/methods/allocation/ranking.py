"""From a problem with names to the market of arrays: eligibility, membership, tie order, lottery."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sapar.methods.allocation.arrays import EVERYBODY, NOBODY, NOWHERE, Bools, Ints, Market, market
from sapar.methods.allocation.problem import Applicant, Offer, Problem, Wish, check
from sapar.methods.allocation.rules import SCORE, Failure, Rule, failure
from sapar.methods.errors import Fact, MethodError

Groups = dict[tuple[Rule, ...], int]
Failures = dict[tuple[int, int], tuple[Failure, ...]]

MOST_SEED_BITS = 1024
NO_SCORE = Failure(rule="no_score", fact=SCORE, test="given", required=True, actual=None)


def lottery_number(seed: int, applicant: str) -> int:
    """The lottery number of one person; the lower goes first.

    The first 52 bits of SHA-256 of "seed:code", so that anybody can compute it with any tool, and nobody's
    number depends on who else applies.
    """
    return int.from_bytes(hashlib.sha256(f"{seed}:{applicant}".encode()).digest()[:8]) >> 12


def check_seed(seed: object) -> None:
    """Refuse what is no whole number of a writable length: `allocation.seed`."""
    long = isinstance(seed, int) and seed.bit_length() > MOST_SEED_BITS
    if type(seed) is not int or long:
        shown = "one of many digits" if long else str(seed)[:80]
        raise MethodError("allocation.seed", "The seed must be a whole number, not {seed}.", seed=shown)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A checked problem as a market; indices count applicants, offers and parts in the problem's order.

    Attributes:
        parts: (offer, part) codes of each part.
        failures: (applicant, wish number) → the conditions not met; such wishes are not in the market.
        scores: (n, w) score per wish, NaN where there is none.
        ties: (n, k) values of the tie criteria as compared: larger first, -inf where missing.
        frozen_part: (n,) the part in which a frozen place lies, or NOWHERE.
        places: (B,) places that are not frozen.
        among: applicants who take part: all but the frozen.
    """

    problem: Problem
    market: Market
    parts: tuple[tuple[str, str], ...]
    failures: Failures
    scores: NDArray[np.float64]
    ties: NDArray[np.float64]
    lottery: tuple[int, ...]
    frozen_part: Ints
    places: Ints
    among: Ints


def prepare(problem: Problem, *, seed: int) -> Prepared:
    """Check the problem, apply its rules and rank everyone."""
    check(problem)
    check_seed(seed)
    parts = tuple((offer.code, part) for offer in problem.offers for part in offer.parts)
    guaranteed, frozen = _held_parts(problem, parts)
    lottery = tuple(lottery_number(seed, applicant.code) for applicant in problem.applicants)
    ties = tie_values(problem)
    wishes, scores, failures = _wishes(problem)
    tiers, groups = _tiers(problem.offers)
    places = np.array([offer.places_of(part) for offer in problem.offers for part in offer.parts])
    built = market(
        wishes,
        np.nan_to_num(scores),
        places,
        part_offer=np.repeat(np.arange(len(problem.offers)), [len(offer.parts) for offer in problem.offers]),
        part_tiers=tiers,
        member=_members(problem, groups),
        tie_rank=_tie_rank(problem, lottery, ties),
        guaranteed=guaranteed,
    )
    return Prepared(
        problem=problem,
        market=built,
        parts=parts,
        failures=failures,
        scores=scores,
        ties=ties,
        lottery=lottery,
        frozen_part=frozen,
        places=places - np.bincount(frozen[frozen >= 0], minlength=len(places)),
        among=np.flatnonzero(frozen == NOWHERE),
    )


def ranked_wishes(problem: Problem, applicant: Applicant) -> tuple[Wish, ...]:
    """The wishes that count: who holds a place that may be bettered wishes it, and nothing behind it."""
    holding = problem.holding_of.get(applicant.code)
    if holding is None or not holding.may_rise:
        return applicant.wishes
    better = []
    for wish in applicant.wishes:
        better.append(wish)
        if wish.offer == holding.offer:
            return tuple(better)
    return (*better, Wish(holding.offer))


def tie_values(problem: Problem) -> NDArray[np.float64]:
    """(n, k) values of the tie criteria, turned so that larger goes first; -inf where missing."""
    values = np.full((len(problem.applicants), len(problem.ties)), -np.inf)
    for at, applicant in enumerate(problem.applicants):
        for column, criterion in enumerate(problem.ties):
            value = applicant.facts.get(criterion.fact)
            if isinstance(value, (int, float)):
                values[at, column] = value if criterion.higher_first else -value
    return values


class Eligibility:
    """Tests wishes against the rules; a rule that does not ask for the score is tested once per person."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        numbers: dict[Rule, int] = {}
        self.rules: dict[str, list[tuple[int, Rule]]] = {
            offer.code: [
                (numbers.setdefault(rule, len(numbers)), rule) for rule in (*problem.rules, *offer.conditions)
            ]
            for offer in problem.offers
        }

    def failures(self, applicant: Applicant, wishes: Sequence[Wish]) -> list[tuple[Failure, ...]]:
        """The conditions not met, for each wish."""
        known: dict[int, Failure | None] = {}
        answers = []
        for wish in wishes:
            score = applicant.score_at(wish)
            facts: dict[str, Fact] = {**applicant.facts, SCORE: score}
            found = [] if score is not None else [NO_SCORE]
            for number, rule in self.rules[wish.offer]:
                if rule.fact == SCORE:
                    result = failure(rule, facts) if score is not None else None
                elif number in known:
                    result = known[number]
                else:
                    result = known[number] = failure(rule, facts)
                if result is not None:
                    found.append(result)
            answers.append(tuple(found))
        return answers


def _held_parts(problem: Problem, parts: Sequence[tuple[str, str]]) -> tuple[Ints, Ints]:
    """(n,) the part in which everyone holds a guaranteed place, and a frozen one."""
    guaranteed = np.full(len(problem.applicants), NOWHERE)
    frozen = guaranteed.copy()
    at_part = {part: at for at, part in enumerate(parts)}
    for at, applicant in enumerate(problem.applicants):
        if holding := problem.holding_of.get(applicant.code):
            (guaranteed if holding.may_rise else frozen)[at] = at_part[holding.offer, holding.part]
    return guaranteed, frozen


def _wishes(problem: Problem) -> tuple[Ints, NDArray[np.float64], Failures]:
    """(n, w) offers of the eligible wishes (-1 elsewhere), their scores, and why the others are not eligible."""
    ranked = [ranked_wishes(problem, applicant) for applicant in problem.applicants]
    shape = (len(ranked), max(map(len, ranked)))
    wishes, scores = np.full(shape, NOWHERE), np.full(shape, np.nan)
    at_offer = {offer.code: at for at, offer in enumerate(problem.offers)}
    eligibility = Eligibility(problem)
    failures: Failures = {}
    for at, (applicant, mine) in enumerate(zip(problem.applicants, ranked, strict=True)):
        holding = problem.holding_of.get(applicant.code)
        for number, (wish, found) in enumerate(zip(mine, eligibility.failures(applicant, mine), strict=True)):
            score = applicant.score_at(wish)
            scores[at, number] = np.nan if score is None else score
            if found and (holding is None or holding.offer != wish.offer):
                failures[at, number] = found
            else:
                wishes[at, number] = at_offer[wish.offer]
        # What stands behind a place held is not in the market, and may be a wish that could never come true.
        behind = applicant.wishes[len(mine) :]
        for number, found in enumerate(eligibility.failures(applicant, behind), start=len(mine)):
            if found:
                failures[at, number] = found
    return wishes, scores, failures


def _tiers(offers: Sequence[Offer]) -> tuple[Ints, Groups]:
    """(B, T) groups of each part as `Market.part_tiers`, and the number of each group."""
    groups: Groups = {}
    rows = []
    for offer in offers:
        for part in offer.parts:
            tiers = offer.groups_of(part)
            rows.append([groups.setdefault(rules, len(groups)) if rules else EVERYBODY for rules in tiers])
    table = np.full((len(rows), max(map(len, rows))), NOBODY)
    for at, row in enumerate(rows):
        table[at, : len(row)] = row
    return table, groups


def _members(problem: Problem, groups: Groups) -> Bools:
    """(n, G) who belongs to which group; looked up only for groups of offers that one wishes."""
    member = np.zeros((len(problem.applicants), len(groups)), np.bool_)
    wanted = {
        offer.code: {rules for part in offer.parts for rules in offer.groups_of(part) if rules}
        for offer in problem.offers
    }
    for at, applicant in enumerate(problem.applicants):
        for rules in set().union(*(wanted[wish.offer] for wish in ranked_wishes(problem, applicant))):
            member[at, groups[rules]] = all(failure(rule, applicant.facts) is None for rule in rules)
    return member


def _tie_rank(problem: Problem, lottery: Sequence[int], ties: NDArray[np.float64]) -> Ints:
    """(n,) the order among equal scores: criteria, lottery, and the code should two lots be equal."""
    codes = np.argsort(np.argsort(np.array([applicant.code for applicant in problem.applicants])))
    columns = [-ties[:, at] for at in range(ties.shape[1])]
    order = np.lexsort((codes, np.array(lottery), *reversed(columns)))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank
