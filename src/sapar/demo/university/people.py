"""Who studies here and who studied here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sapar.demo.names import Invented
from sapar.demo.office import PROGRAMMES
from sapar.demo.university.world import (
    FACULTY_SHARES,
    World,
    kept,
)
from sapar.directory.models import Enrolment, Person
from sapar.directory.states import Level
from sapar.methods.names import collation_key, search_key


class People(World):
    def students(self, count: int) -> None:
        """Who studies here now, four years of intake."""
        this = self.demo.year + 1
        people_ = kept(self._person("KG", number) for number in range(count))
        enrolments = kept(
            self._enrolment(person, number, this - 1 - number % 4, 1 + number % 4)
            for number, person in enumerate(people_)
        )
        for enrolment in enrolments:
            if enrolment.year_of_study >= 2:
                self.current[self._faculty_of(enrolment)].append(enrolment)

    def _faculty_of(self, enrolment: Enrolment) -> str:
        return next(code for code, unit in self.demo.units.items() if unit.pk == enrolment.unit_id)

    def _person(self, country: str, number: int) -> Person:
        who: Invented = next(self.names[country])
        words = f"{who.given} {who.surname} {who.local_given} {who.local_surname}"
        return Person(
            office=self.office,
            passport_surname=who.surname,
            passport_given=who.given,
            local_names=[who.local],
            display_name=f"{who.given} {who.surname}",
            sort_key=collation_key(f"{who.surname} {who.given}"),
            search=" ".join(dict.fromkeys(search_key(words).split())),
            email=f"{who.given}.{who.surname}.{country}{number}@people.example".lower(),
            citizenship=country,
            language=self.draw.choice(["ky", "ru"]) if country == "KG" else "en",
            added_at=self.at(date(self.years[0], 9, 1)),
        )

    def _enrolment(self, person: Person, number: int, intake: int, year_of_study: int) -> Enrolment:
        code = self.draw.choices(list(FACULTY_SHARES), weights=list(FACULTY_SHARES.values()))[0]
        return Enrolment(
            office=self.office,
            person=person,
            unit=self.demo.units[code],
            student_number=f"{intake}-{code}-{number:05d}",
            programme=PROGRAMMES[code][0],
            isced_f=PROGRAMMES[code][1],
            level=Level.BACHELOR,
            year_of_study=year_of_study,
            gpa=Decimal(min(400, max(200, round(self.draw.gauss(310, 45))))) / 100,
            gpa_scale="0–4",
            debts=self.draw.choice([0, 0, 0, 0, 0, 1]),
            as_of=date(intake + year_of_study, 9, 15),
        )
