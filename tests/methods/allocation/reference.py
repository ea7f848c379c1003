"""A second, slow and plain way to the same result: no arrays, no parts as offers of their own.

Every offer looks at all who ask and fills its parts one after the other (Kominers & Sönmez 2016); whom it does not
take asks the next wish.
"""

from __future__ import annotations

import hashlib
import random

from sapar.methods.allocation import Applicant, Criterion, Holding, Offer, Problem, Reserve, Rule, Test, Wish

Key = tuple[float, ...]
Place = tuple[str, str]


def lot(seed: int, code: str) -> int:
    return int(hashlib.sha256(f"{seed}:{code}".encode()).hexdigest()[:13], 16)


def places_of_everyone(problem: Problem, seed: int) -> dict[str, Place]:
    """Offer and part of everyone who has a place."""
    held = {one.applicant: one for one in problem.holdings}
    frozen = {code: (one.offer, one.part) for code, one in held.items() if not one.may_rise}
    people = {one.code: one for one in problem.applicants}
    lists = {code: wishes(one, held.get(code)) for code, one in people.items() if code not in frozen}
    refused = dict.fromkeys(lists, 0)
    while True:
        asking: dict[str, list[str]] = {offer.code: [] for offer in problem.offers}
        for code, mine in lists.items():
            if refused[code] < len(mine):
                asking[mine[refused[code]]].append(code)
        taken: dict[str, Place] = {}
        for offer in problem.offers:
            taken |= choice(offer, [people[code] for code in asking[offer.code]], frozen, held, seed)
        out = [code for group in asking.values() for code in group if code not in taken]
        if not out:
            return taken | frozen
        for code in out:
            refused[code] += 1


def wishes(person: Applicant, holding: Holding | None) -> list[str]:
    """Offers in order: those for which one is eligible, the place held last."""
    found = []
    for wish in person.wishes:
        if holding is not None and wish.offer == holding.offer:
            break
        score = person.score if wish.score is None else wish.score
        if score is not None and isinstance(person.facts["gpa"], int) and person.facts["gpa"] >= 3:
            found.append(wish.offer)
    return found if holding is None else [*found, holding.offer]


def choice(
    offer: Offer, asking: list[Applicant], frozen: dict[str, Place], held: dict[str, Holding], seed: int
) -> dict[str, Place]:
    groups = {reserve.code: {rule.required for rule in reserve.rules} for reserve in offer.reserves}
    spill = {reserve.code: reserve.spill for reserve in offer.reserves}
    size = {reserve.code: reserve.places for reserve in offer.reserves}
    size["open"] = offer.places - sum(size.values())
    left, taken = list(asking), dict[str, Place]()
    for part in offer.order or (*groups, "open"):

        def key(person: Applicant, part: str = part) -> Key | None:
            if (one := held.get(person.code)) and (one.offer, one.part) == (offer.code, part):
                tier = 0
            elif part == "open":
                tier = 1
            else:
                steps = [groups[part], *(groups.get(code) for code in spill[part])]
                fits = [
                    at for at, group in enumerate(steps, 1) if group is None or person.facts["group"] in group
                ]
                if not fits:
                    return None
                tier = fits[0]
            score = next((wish.score for wish in person.wishes if wish.offer == offer.code), None)
            score = person.score if score is None else score
            credits = person.facts.get("credits")
            tie = (1.0, 0.0) if not isinstance(credits, int) else (0.0, -float(credits))
            order = (1.0, 0.0) if score is None else (0.0, -score)
            return (float(tier), *order, *tie, float(lot(seed, person.code)))

        free = size[part] - sum(place == (offer.code, part) for place in frozen.values())
        fitting = sorted((k, person.code) for person in left if (k := key(person)) is not None)
        for _, code in fitting[: max(free, 0)]:
            taken[code] = (offer.code, part)
        left = [person for person in left if person.code not in taken]
    return taken


def drawn(rng: random.Random, *, people: int = 9, offers: int = 4) -> Problem:
    """A small market with coarse scores, missing scores and facts, ineligible people, reserves of every kind."""
    codes = [f"o{at}" for at in range(rng.randint(1, offers))]
    applicants = []
    for at in range(rng.randint(1, people)):
        wanted = rng.sample(codes, rng.randint(0, len(codes)))
        facts: dict[str, str | int] = {
            "group": rng.choice(["law", "med", "it"]),
            "gpa": rng.choice([2, 3, 4, 5]),
        }
        if rng.random() < 0.6:
            facts["credits"] = rng.randint(0, 1)
        applicants.append(
            Applicant(
                code=f"a{at}",
                score=None if rng.random() < 0.1 else float(rng.randint(0, 2)),
                wishes=tuple(
                    Wish(code, float(rng.randint(0, 2)) if rng.random() < 0.4 else None) for code in wanted
                ),
                facts=facts,
            )
        )
    return Problem(
        applicants=tuple(applicants),
        offers=tuple(_offer(rng, code) for code in codes),
        rules=(Rule(code="gpa", fact="gpa", test=Test.AT_LEAST, required=3),),
        ties=(Criterion(fact="credits"),),
    )


def _offer(rng: random.Random, code: str) -> Offer:
    places = left = rng.randint(0, 4)
    names = rng.sample(["law", "med"], rng.randint(0, 2))
    reserves = []
    for name in names:
        others = [other for other in names if other != name]
        count = rng.randint(0, left)
        left -= count
        reserves.append(
            Reserve(
                code=name,
                places=count,
                rules=(Rule(code=name, fact="group", test=Test.EQUALS, required=name),),
                spill=tuple(rng.choice([(), ("open",), (*others, "open"), ("open", *others), tuple(others)])),
            )
        )
    return Offer(
        code=code,
        places=places,
        reserves=tuple(reserves),
        order=tuple(rng.sample([*names, "open"], len(names) + 1)) if rng.random() < 0.7 else (),
    )
