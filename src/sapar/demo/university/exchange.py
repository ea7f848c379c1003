"""Calls, applications and stays of a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from sapar.demo.office import PROGRAMMES
from sapar.demo.office.cast import end_of
from sapar.demo.university.people import People
from sapar.demo.university.studies import Studies
from sapar.demo.university.world import (
    FACULTY_SHARES,
    OUTGOING_SHARE,
    Row,
    kept,
)
from sapar.directory.models import Enrolment, Person
from sapar.directory.states import Level
from sapar.mobility.models import (
    Application,
    Call,
    CallPlace,
    Exchange,
    Wish,
)
from sapar.mobility.states import (
    ApplicationState,
    CallState,
    EndReason,
    ExchangeState,
    Term,
)
from sapar.partners.states import Direction


class Exchanges(People, Studies):
    def exchange(self, year: int, count: int) -> None:
        out = round(count * OUTGOING_SHARE)
        self._incoming(year, count - out)
        self._outgoing(year, out)

    def _seats(self, year: int, direction: Direction, count: int) -> list[Row]:
        """Sought-after hosts fill first; no row gives more places than it has."""
        rows = self.rows[year, direction.value]
        free = {row.condition.pk: row.condition.places for row in rows}
        found: list[Row] = []
        while len(found) < count and rows:
            row = self.draw.choices(rows, weights=[one.weight for one in rows])[0]
            free[row.condition.pk] -= 1
            found.append(row)
            if not free[row.condition.pk]:
                rows = [one for one in rows if one is not row]
        return found

    def _applicants(self, year: int, count: int) -> list[Enrolment]:
        """Of late years those who still study; of earlier ones graduates, who are kept with their last studies."""
        if year == self.demo.year:
            pool = [one for each in self.current.values() for one in each]
            return self.draw.sample(pool, min(count, len(pool)))
        persons = kept(self._person("KG", year * 10_000 + number) for number in range(count))
        return kept(
            self._enrolment(person, 80_000 + number, year - 2, 4) for number, person in enumerate(persons)
        )

    def _incoming(self, year: int, count: int) -> None:
        seats = self._seats(year, Direction.INCOMING, count)
        guests = kept(
            self._person(row.host.country_code, year * 10_000 + number) for number, row in enumerate(seats)
        )
        codes = self.draw.choices(list(FACULTY_SHARES), weights=list(FACULTY_SHARES.values()), k=len(seats))
        kept(
            self._stay(year, row, guest, code, Direction.INCOMING)
            for row, guest, code in zip(seats, guests, codes, strict=True)
        )

    def _outgoing(self, year: int, count: int) -> None:
        """Two calls a year; half as many again apply as go."""
        seats = self._seats(year, Direction.OUTGOING, count)
        going = self._applicants(year, round(len(seats) * 1.5))
        terms = {term: self._call(year, term) for term in (Term.AUTUMN, Term.SPRING)}
        places = self._call_places(terms, seats)
        applications: list[Application] = []
        for number, applicant in enumerate(going):
            call = list(terms.values())[number % 2]
            applications.append(self._application(call, applicant, placed=number < len(seats)))
        kept(applications)
        kept(self._wishes(applications, seats, places))
        stays = []
        for number, row in enumerate(seats):
            application = applications[number]
            enrolment = application.enrolment
            assert enrolment is not None
            stay = self._stay(
                year,
                row,
                application.person,
                self._faculty_of(enrolment),
                Direction.OUTGOING,
                term=Term(application.call.term),
            )
            stay.application, stay.enrolment, stay.programme = application, enrolment, enrolment.programme
            stays.append(stay)
        self._studies(year, kept(stays))

    def _call(self, year: int, term: Term) -> Call:
        spring = term == Term.SPRING
        opens = date(year, 10, 1) if spring else date(year, 2, 15)
        return Call.objects.create(
            office=self.office,
            title=f"Exchange places, {term.value} term {year + 1 if spring else year}, regular call",
            programme="Bilateral exchange",
            academic_year=year,
            term=term,
            state=CallState.FINISHED,
            opens_at=self.at(opens, 3),
            closes_at=end_of(opens + timedelta(days=24)),
            stay_from=date(year + 1, 2, 1) if spring else date(year, 9, 1),
            stay_to=date(year + 1, 6, 25) if spring else date(year + 1, 1, 25),
            scoring=[
                {"code": "gpa", "label": "GPA", "source": "gpa", "weight": "100", "least": "0", "most": "4"}
            ],
            made_at=self.at(opens - timedelta(days=10)),
        )

    def _call_places(self, calls: dict[Term, Call], seats: Sequence[Row]) -> dict[tuple[int, int], CallPlace]:
        taken: dict[tuple[int, int], int] = defaultdict(int)
        rows = {row.condition.pk: row for row in seats}
        ordered = list(calls.values())
        for number, row in enumerate(seats):
            taken[ordered[number % 2].pk, row.condition.pk] += 1
        made = kept(
            CallPlace(
                office=self.office,
                call_id=call,
                condition=rows[condition].condition,
                agreement=rows[condition].agreement,
                host=rows[condition].host,
                seats=count,
                level=Level.BACHELOR,
            )
            for (call, condition), count in taken.items()
        )
        return {(one.call_id, one.condition_id): one for one in made}

    def _application(self, call: Call, enrolment: Enrolment, *, placed: bool) -> Application:
        states = [
            ApplicationState.RESERVE,
            ApplicationState.RESERVE,
            ApplicationState.REJECTED,
            ApplicationState.DECLINED,
            ApplicationState.WITHDRAWN,
        ]
        submitted = call.opens_at + timedelta(days=self.draw.randrange(2, 22), hours=self.draw.randrange(9))
        gpa = enrolment.gpa or Decimal(0)
        year = call.academic_year
        return Application(
            office=self.office,
            call=call,
            person=enrolment.person,
            enrolment=enrolment,
            state=ApplicationState.CONFIRMED if placed else self.draw.choice(states),
            number=f"A-{year}-{self.numbers.next('application', year):04d}",
            motivation="I want to study abroad and to bring back what I learn.",
            languages=[
                {"language": "en", "level": self.draw.choice(["B1", "B2", "B2", "C1"]), "certificate": ""}
            ],
            facts={
                "former_mobilities": 0,
                "level": enrolment.level,
                "year_of_study": enrolment.year_of_study,
                "gpa": str(gpa),
                "debts": enrolment.debts,
                "faculty": self._faculty_of(enrolment),
                "isced_f": enrolment.isced_f,
            },
            score=gpa * 25,
            begun_at=submitted - timedelta(days=1),
            changed_at=submitted,
            submitted_at=submitted,
            revision=5,
        )

    def _wishes(
        self,
        applications: Sequence[Application],
        seats: Sequence[Row],
        places: dict[tuple[int, int], CallPlace],
    ) -> Iterable[Wish]:
        """The place that somebody got is mostly the first wish."""
        of_call: dict[int, list[CallPlace]] = defaultdict(list)
        for (call, _condition), place in places.items():
            of_call[call].append(place)
        for number, application in enumerate(applications):
            offered = of_call[application.call_id]
            chosen = self.draw.sample(offered, min(3, len(offered)))
            if number < len(seats):
                got = places[application.call_id, seats[number].condition.pk]
                chosen = [one for one in chosen if one.pk != got.pk][:2]
                chosen.insert(min(len(chosen), self.draw.choice([0, 0, 0, 1, 2])), got)
            for rank, place in enumerate(chosen, start=1):
                yield Wish(office=self.office, application=application, place=place, rank=rank)

    def _stay(
        self,
        year: int,
        row: Row,
        person: Person,
        code: str,
        direction: Direction,
        *,
        term: Term | None = None,
    ) -> Exchange:
        out = direction == Direction.OUTGOING
        term = term or self.draw.choice([Term.AUTUMN, Term.SPRING])
        begins = date(year + 1, 2, 1) if term == Term.SPRING else date(year, 9, 1)
        ends = begins + timedelta(days=self.draw.randrange(125, 150))
        arrived = begins + timedelta(days=self.draw.randrange(-3, 8))
        left = ends + timedelta(days=self.draw.randrange(-6, 6))
        nominated = begins - timedelta(days=90)
        letter = "O" if out else "I"
        cancelled = self.draw.random() < 0.03
        return Exchange(
            office=self.office,
            number=f"{letter}-{year}-{self.numbers.next(f'exchange {direction.value}', year):04d}",
            direction=direction,
            state=ExchangeState.CANCELLED if cancelled else ExchangeState.RETURNED,
            end_reason=EndReason.GAVE_UP if cancelled else "",
            ended_on=begins - timedelta(days=20) if cancelled else None,
            person=person,
            partner=row.host,
            agreement=row.agreement,
            condition=row.condition,
            unit=self.demo.units[code],
            academic_year=year,
            term=term,
            level=Level.BACHELOR,
            isced_f=PROGRAMMES[code][1],
            programme=PROGRAMMES[code][0] if out else "",
            planned_from=begins,
            planned_to=ends,
            arrived_on=None if cancelled else arrived,
            left_on=None if cancelled else left,
            nominated_at=self.at(nominated),
            answered_at=self.at(nominated + timedelta(days=self.draw.randrange(5, 30))),
            answered_by="Coordinator of the host",
            person_sort_key=person.sort_key,
            person_search=person.search[:300],
        )
