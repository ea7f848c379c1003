"""What is to be allocated: applicants with ranked wishes, offers with places, and the rules declared for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sapar.methods.allocation.rules import SCORE, Rule, Test, check_facts, check_rule, is_text
from sapar.methods.errors import Fact, MethodError

OPEN: Final = "open"
MOST_PLACES: Final = 2**40
LARGEST: Final = 1e15  # beyond it neighbouring whole numbers are no longer different


@dataclass(frozen=True)
class Wish:
    """An offer wished. `score` is the score at this offer; None: the applicant's common score holds."""

    offer: str
    score: float | None = None


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """A person; `wishes` from the best on, `score` the common score (more is better)."""

    code: str
    wishes: tuple[Wish, ...]
    score: float | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def score_at(self, wish: Wish) -> float | None:
        return self.score if wish.score is None else wish.score


@dataclass(frozen=True, kw_only=True)
class Reserve:
    """Places of an offer for those who meet all of `rules`.

    Attributes:
        spill: whom unclaimed places go to, in order: codes of other reserves of the offer (their members),
            "open" (everybody). Empty: they stay empty.
    """

    code: str
    places: int
    rules: tuple[Rule, ...]
    spill: tuple[str, ...] = (OPEN,)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Places at a partner for a period.

    Attributes:
        places: all places, the reserved ones included.
        levels: study levels admitted, tested against the fact "level"; empty: all.
        fields: beginnings of ISCED-F codes, tested against the fact "field"; empty: all.
        faculties: tested against the fact "faculty"; empty: all.
        languages: `language:level`, of which one must be met by the fact "languages"; empty: none needed.
        funding: kind of funding; who names acceptable kinds in the fact "funding" must name this one.
        rules: further conditions of this offer.
        reserves: reserved places.
        order: the order in which parts are filled: codes of reserves and "open". By default the reserves
            as listed, then "open": a reserve is then a guaranteed minimum. With "open" first it comes on
            top of what its members win in the open part.
    """

    code: str
    places: int
    levels: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    faculties: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    funding: str = ""
    rules: tuple[Rule, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    order: tuple[str, ...] = ()

    @cached_property
    def conditions(self) -> tuple[Rule, ...]:
        """All conditions of this offer as rules."""
        found = []
        if self.levels:
            found.append(Rule(code="level", fact="level", test=Test.ONE_OF, required=self.levels))
        if self.fields:
            found.append(Rule(code="field", fact="field", test=Test.STARTS_WITH, required=self.fields))
        if self.faculties:
            found.append(Rule(code="faculty", fact="faculty", test=Test.ONE_OF, required=self.faculties))
        if self.languages:
            found.append(Rule(code="language", fact="languages", test=Test.SPEAKS, required=self.languages))
        if self.funding:
            found.append(
                Rule(
                    code="funding",
                    fact="funding",
                    test=Test.ANY_OF,
                    required=(self.funding,),
                    when_missing=True,
                )
            )
        return (*found, *self.rules)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Codes of the parts in order of filling."""
        return self.order or (*(reserve.code for reserve in self.reserves), OPEN)

    def places_of(self, part: str) -> int:
        reserved = {reserve.code: reserve.places for reserve in self.reserves}
        return self.places - sum(reserved.values()) if part == OPEN else reserved[part]

    def groups_of(self, part: str) -> tuple[tuple[Rule, ...], ...]:
        """Who may sit in a part, tier by tier: each tier is a set of rules; no rules: everybody."""
        by_code = {reserve.code: reserve for reserve in self.reserves}
        if part == OPEN:
            return ((),)
        reserve = by_code[part]
        return (reserve.rules, *(() if code == OPEN else by_code[code].rules for code in reserve.spill))


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """Breaks ties of scores by a numeric fact; who lacks the fact stands behind."""

    fact: str
    higher_first: bool = True


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A place given in an earlier run.

    Attributes:
        part: the part of the offer in which the place lies.
        may_rise: False: the place is frozen. True: kept unless a better wish comes true.
    """

    applicant: str
    offer: str
    part: str = OPEN
    may_rise: bool = False


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Everything that decides about an allocation except the mechanism and the seed.

    `rules` hold for every offer; `ties` are asked in their order before the lottery.
    The order in which applicants and offers are listed has no influence on any result.
    """

    applicants: tuple[Applicant, ...]
    offers: tuple[Offer, ...]
    rules: tuple[Rule, ...] = ()
    ties: tuple[Criterion, ...] = ()
    holdings: tuple[Holding, ...] = ()

    @cached_property
    def offer_by_code(self) -> dict[str, Offer]:
        return {offer.code: offer for offer in self.offers}

    @cached_property
    def applicant_by_code(self) -> dict[str, Applicant]:
        return {applicant.code: applicant for applicant in self.applicants}

    @cached_property
    def holding_of(self) -> dict[str, Holding]:
        return {holding.applicant: holding for holding in self.holdings}


def check(problem: Problem) -> None:
    """Refuse a problem that contradicts itself.

    Raises:
        MethodError: `allocation.no_applicants`, `.no_offers`, `.code`, `.duplicate_applicant`,
            `.duplicate_offer`, `.duplicate_wish`, `.unknown_offer`, `.score_not_finite`, `.places`,
            `.reserve`, `.order`, `.rule`, `.fact`, `.tie_value`, `.holding`.
    """
    if not problem.applicants:
        raise MethodError("allocation.no_applicants", "There are no applicants.")
    if not problem.offers:
        raise MethodError("allocation.no_offers", "There are no offers.")
    _unique("allocation.duplicate_applicant", (applicant.code for applicant in problem.applicants))
    _unique("allocation.duplicate_offer", (offer.code for offer in problem.offers))
    for rule in problem.rules:
        check_rule(rule)
    for offer in problem.offers:
        _check_offer(offer)
    for applicant in problem.applicants:
        _check_applicant(problem, applicant)
    _check_holdings(problem)


def _unique(code: str, names: Iterable[object]) -> None:
    counts = Counter(names)
    for name, count in counts.items():
        if not is_text(name) or not name:
            raise MethodError(
                "allocation.code", "A code must be a text that is not empty, not {found}.", found=repr(name)
            )
        if count > 1:
            raise MethodError(code, "“{name}” appears {count} times.", name=name, count=count)


def _check_applicant(problem: Problem, applicant: Applicant) -> None:
    seen: set[str] = set()
    for wish in applicant.wishes:
        if wish.offer not in problem.offer_by_code:
            raise MethodError(
                "allocation.unknown_offer", "{applicant} wishes “{offer}”, which is not offered.",
                applicant=applicant.code, offer=wish.offer,
            )  # fmt: skip
        if wish.offer in seen:
            raise MethodError(
                "allocation.duplicate_wish", "{applicant} wishes “{offer}” twice.",
                applicant=applicant.code, offer=wish.offer,
            )  # fmt: skip
        seen.add(wish.offer)
        _check_score(applicant, wish.score)
    _check_score(applicant, applicant.score)
    check_facts(applicant.facts, applicant=applicant.code)
    for criterion in problem.ties:
        value = applicant.facts.get(criterion.fact)
        number = isinstance(value, (int, float)) and -LARGEST < value < LARGEST
        if value is not None and not number:
            raise MethodError(
                "allocation.tie_value", "{applicant}: ties cannot be broken by “{fact}” = {value}.",
                applicant=applicant.code, fact=criterion.fact, value=str(value)[:80],
            )  # fmt: skip


def _check_score(applicant: Applicant, score: float | None) -> None:
    number = isinstance(score, (int, float)) and not isinstance(score, bool)
    if score is not None and not (number and -LARGEST < score < LARGEST):
        raise MethodError(
            "allocation.score_not_finite", "{applicant} has the score {score}.",
            applicant=applicant.code, score=str(score)[:80],
        )  # fmt: skip


def _check_offer(offer: Offer) -> None:
    counts: list[object] = [offer.places, *(reserve.places for reserve in offer.reserves)]
    if any(type(count) is not int or not 0 <= count <= MOST_PLACES for count in counts):
        raise MethodError(
            "allocation.places", "{offer}: places must be whole, not negative and not absurdly many.",
            offer=offer.code, found=tuple(str(count)[:20] for count in counts),
        )  # fmt: skip
    reserved = sum(reserve.places for reserve in offer.reserves)
    if reserved > offer.places:
        raise MethodError(
            "allocation.places", "{offer}: {reserved} places are reserved, but there are only {places}.",
            offer=offer.code, reserved=reserved, places=offer.places,
        )  # fmt: skip
    for rule in offer.conditions:
        check_rule(rule)
    codes = [reserve.code for reserve in offer.reserves]
    if OPEN in codes or not all(is_text(code) and code for code in codes) or len(set(codes)) < len(codes):
        raise MethodError(
            "allocation.reserve",
            "{offer}: reserves need different codes other than “open”.",
            offer=offer.code,
        )
    for reserve in offer.reserves:
        others = {OPEN, *codes} - {reserve.code}
        if not set(reserve.spill) <= others or len(set(reserve.spill)) < len(reserve.spill):
            raise MethodError(
                "allocation.reserve", "{offer}: places of “{reserve}” cannot spill over to {spill}.",
                offer=offer.code, reserve=reserve.code, spill=reserve.spill,
            )  # fmt: skip
        for rule in reserve.rules:
            check_rule(rule)
            if rule.fact == SCORE:
                raise MethodError(
                    "allocation.reserve", "{offer}: membership of “{reserve}” cannot depend on the score.",
                    offer=offer.code, reserve=reserve.code,
                )  # fmt: skip
    if offer.order and sorted(offer.order) != sorted([*codes, OPEN]):
        raise MethodError(
            "allocation.order", "{offer}: the order {order} must name each reserve and “open” once.",
            offer=offer.code, order=offer.order,
        )  # fmt: skip


def _check_holdings(problem: Problem) -> None:
    seats: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    for holding in problem.holdings:
        offer = problem.offer_by_code.get(holding.offer)
        if (
            holding.applicant not in problem.applicant_by_code
            or offer is None
            or holding.part not in offer.parts
        ):
            raise MethodError(
                "allocation.holding", "{applicant} holds a place in {offer} ({part}), which is not there.",
                applicant=holding.applicant, offer=holding.offer, part=holding.part,
            )  # fmt: skip
        if holding.applicant in seen:
            raise MethodError(
                "allocation.holding", "{applicant} holds two places.", applicant=holding.applicant
            )
        seen.add(holding.applicant)
        seats[holding.offer, holding.part] += 1
        if seats[holding.offer, holding.part] > offer.places_of(holding.part):
            raise MethodError(
                "allocation.holding", "More places of {offer} ({part}) are held than the {places} there are.",
                offer=holding.offer, part=holding.part, places=offer.places_of(holding.part),
            )  # fmt: skip
