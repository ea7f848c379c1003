"""A call of any size, written in bulk: for what must be fast with ten thousand applicants."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

from sapar.directory.models import Enrolment, Person
from sapar.directory.states import Level
from sapar.mobility.models import Application, Call, CallPlace, Wish
from sapar.mobility.services.calls import close_call
from sapar.mobility.states import ApplicationState
from tests.cast import NOW, Cast
from tests.story import open_call_with, partner_in_force

RULES: tuple[dict[str, object], ...] = (
    {"code": "gpa", "fact": "gpa", "test": "at_least", "required": 2.5},
    {"code": "year", "fact": "year_of_study", "test": "one_of", "required": [2, 3, 4]},
)


def big_call(cast: Cast, *, applicants: int, hosts: int, seats: int, wishes: int = 3) -> Call:
    """A closed call whose applications are all checked; every second host reserves places for medicine."""
    partners = [partner_in_force(cast, f"Host {number:03d}", places=seats) for number in range(hosts)]
    call = open_call_with(cast, *partners, rules=RULES)
    places = list(call.places.order_by("pk"))
    for place in places[::2]:
        place.reserves = [
            {
                "code": "MED",
                "places": max(1, seats // 5),
                "rules": [{"code": "MED", "fact": "faculty", "test": "equals", "required": "MED"}],
            }
        ]
        place.save(update_fields=["reserves"])
    _fill(cast, call, places, applicants, wishes)
    return close_call(call, by=cast.officer, at=NOW)


def _fill(cast: Cast, call: Call, places: list[CallPlace], count: int, wishes: int) -> None:
    draw = random.Random(2026)
    people = Person.objects.bulk_create(
        Person(
            office=cast.office,
            passport_surname=f"Demo{at}",
            passport_given="Person",
            display_name=f"Person Demo{at}",
            sort_key=f"demo{at:06d}",
            search=f"person demo{at}",
            email=f"p{at}@example.org",
            added_at=NOW,
        )
        for at in range(count)
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(
            office=cast.office,
            person=person,
            unit=cast.medicine if draw.random() < 0.3 else cast.economics,
            student_number=f"B{at:06d}",
            programme="Programme",
            isced_f="0912",
            level=Level.BACHELOR,
            year_of_study=draw.choice([1, 2, 3, 4]),
            gpa=Decimal(draw.randint(200, 400)) / 100,
            as_of=date(2026, 9, 1),
        )
        for at, person in enumerate(people)
    )
    made = Application.objects.bulk_create(
        Application(
            office=cast.office,
            call=call,
            person=enrolment.person,
            enrolment=enrolment,
            state=ApplicationState.COMPLETE,
            number=f"A-2026-{at:05d}",
            motivation="I want to learn.",
            languages=[{"language": "en", "level": "B2"}],
            facts={
                "level": "bachelor",
                "year_of_study": enrolment.year_of_study,
                "gpa": str(enrolment.gpa),
                "debts": 0,
                "faculty": enrolment.unit.code,
                "isced_f": "0912",
                "former_mobilities": 0,
                "languages": {"en": "B2"},
            },
            score=Decimal(draw.randint(40_000, 100_000)) / 1000,
            begun_at=NOW,
            changed_at=NOW,
            submitted_at=NOW,
        )
        for at, enrolment in enumerate(enrolments)
    )
    Wish.objects.bulk_create(
        (
            Wish(office=cast.office, application=application, place=place, rank=rank)
            for application in made
            for rank, place in enumerate(draw.sample(places, wishes), start=1)
        ),
        batch_size=5000,
    )
