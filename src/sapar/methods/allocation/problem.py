"""What is to be allocated: applicants with ranked wishes, offers with places, and the rules declared for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sapar.methods.allocation.rules import (
    SCORE,
    Rule,
    Test,
    is_text,
    odd_facts,
    rule_fault,
)
from sapar.methods.errors import Fact, MethodError, brief

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
            `.reserve`, `.order`, `.rule`, `.fact`, `.tie_value`, `.holding`; `found` lists all faults of the kind.
    """
    if not problem.applicants:
        raise MethodError("allocation.no_applicants", "There are no applicants.")
    if not problem.offers:
        raise MethodError("allocation.no_offers", "There are no offers.")
    _unique("allocation.duplicate_applicant", [applicant.code for applicant in problem.applicants])
    _raise_all(("rule", fault) for rule in problem.rules if (fault := rule_fault(rule)))
    check_offers(problem.offers)
    _raise_all(fault for one in problem.applicants for fault in _applicant_faults(problem, one))
    _raise_all(_holding_faults(problem))


def check_offers(offers: Sequence[Offer]) -> None:
    """Refuse offers that contradict themselves, or one another by their codes: see `check`."""
    _unique("allocation.duplicate_offer", [offer.code for offer in offers])
    _raise_all(fault for offer in offers for fault in _offer_faults(offer))


# A kind of fault and what is at fault; all of one kind are refused together.
Fault = tuple[str, str]
_SENTENCES: Final = {
    "places": "Places must be whole, not negative, not absurdly many, and no fewer than are reserved: {found}.",
    "rule": "Rules that could never be applied: {found}.",
    "fact": "Facts that are no plain values: {found}.",
    "reserve": "Reserves need different codes other than “open”, members whom the score does not choose, and to spill"
    " over to other reserves or “open”: {found}.",
    "order": "An order must name each reserve and “open” once: {found}.",
    "unknown_offer": "Wishes for what is not offered: {found}.",
    "duplicate_wish": "Wishes that are made twice: {found}.",
    "score_not_finite": "Scores that are no finite numbers: {found}.",
    "tie_value": "Ties cannot be broken by these facts: {found}.",
    "holding": "Places that cannot be held: {found}.",
}


def _raise_all(faults: Iterable[Fault]) -> None:
    """Refuse everything of the first kind that is found."""
    by_kind: dict[str, list[str]] = {}
    for kind, found in faults:
        by_kind.setdefault(kind, []).append(found)
    for kind, all_found in by_kind.items():
        raise MethodError(f"allocation.{kind}", _SENTENCES[kind], found=tuple(all_found))


def _unique(code: str, names: Sequence[object]) -> None:
    if wrong := tuple(brief(name, quoted=True) for name in names if not is_text(name) or not name):
        raise MethodError(
            "allocation.code", "A code must be a text that is not empty, not {found}.", found=wrong
        )
    if twice := tuple(str(name) for name, count in Counter(names).items() if count > 1):
        raise MethodError(code, "Codes that appear more than once: {found}.", found=twice)


def _applicant_faults(problem: Problem, applicant: Applicant) -> Iterator[Fault]:
    seen: set[str] = set()
    for wish in applicant.wishes:
        if wish.offer not in problem.offer_by_code:
            yield "unknown_offer", f"{applicant.code}: {brief(wish.offer)}"
        elif wish.offer in seen:
            yield "duplicate_wish", f"{applicant.code}: {wish.offer}"
        seen.add(wish.offer)
        if not _is_score(wish.score):
            yield "score_not_finite", f"{applicant.code}, {brief(wish.offer)}: {brief(wish.score)}"
    if not _is_score(applicant.score):
        yield "score_not_finite", f"{applicant.code}: {brief(applicant.score)}"
    for fault in odd_facts(applicant.facts):
        yield "fact", f"{applicant.code}: {fault}"
    for criterion in problem.ties:
        value = applicant.facts.get(criterion.fact)
        number = isinstance(value, (int, float)) and -LARGEST < value < LARGEST
        if value is not None and not number:
            yield "tie_value", f"{applicant.code}: {criterion.fact} = {brief(value)}"


def _is_score(score: object) -> bool:
    number = isinstance(score, (int, float)) and not isinstance(score, bool) and -LARGEST < score < LARGEST
    return score is None or number


def _offer_faults(offer: Offer) -> Iterator[Fault]:
    counts: list[object] = [offer.places, *(reserve.places for reserve in offer.reserves)]
    if any(type(count) is not int or not 0 <= count <= MOST_PLACES for count in counts):
        yield "places", f"{offer.code}: {', '.join(map(brief, counts))}"
    elif (reserved := sum(reserve.places for reserve in offer.reserves)) > offer.places:
        yield "places", f"{offer.code}: {reserved} reserved of {offer.places}"
    for rule in offer.conditions:
        if fault := rule_fault(rule):
            yield "rule", f"{offer.code}: {fault}"
    codes = [reserve.code for reserve in offer.reserves]
    if OPEN in codes or not all(is_text(code) and code for code in codes) or len(set(codes)) < len(codes):
        yield "reserve", f"{offer.code}: {', '.join(map(brief, codes))}"
        return
    for reserve in offer.reserves:
        others = {OPEN, *codes} - {reserve.code}
        if not set(reserve.spill) <= others or len(set(reserve.spill)) < len(reserve.spill):
            yield (
                "reserve",
                f"{offer.code}, {reserve.code}: spills over to {', '.join(map(brief, reserve.spill))}",
            )
        for rule in reserve.rules:
            if fault := rule_fault(rule):
                yield "rule", f"{offer.code}, {reserve.code}: {fault}"
            elif rule.fact == SCORE:
                yield "reserve", f"{offer.code}, {reserve.code}: {rule.code} asks for the score"
    if offer.order and sorted(offer.order) != sorted([*codes, OPEN]):
        yield "order", f"{offer.code}: {', '.join(offer.order)}"


def _holding_faults(problem: Problem) -> Iterator[Fault]:
    seats: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    for holding in problem.holdings:
        offer = problem.offer_by_code.get(holding.offer)
        where = f"{holding.applicant} in {holding.offer} ({holding.part})"
        if holding.applicant not in problem.applicant_by_code:
            yield "holding", f"{where}: did not apply"
        elif offer is None or holding.part not in offer.parts:
            yield "holding", f"{where}: is not offered"
        elif holding.applicant in seen:
            yield "holding", f"{where}: holds another place"
        else:
            seats[holding.offer, holding.part] += 1
            if seats[holding.offer, holding.part] > (places := offer.places_of(holding.part)):
                yield "holding", f"{where}: there are {places}"
        seen.add(holding.applicant)
