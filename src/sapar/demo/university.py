"""Ten years of a university of ten thousand, written in bulk around the year that the services tell.

The rows have the shape that the services give them, and the same constraints hold; only the trail of the single
acts and the stored runs of old calls are missing. All people are invented; one seed gives one university.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model

from sapar.accounts.models import NumberSeries
from sapar.core.planner import refresh_statistics
from sapar.demo.names import Invented, people
from sapar.demo.national import CITY_WORDS, KIND_WORDS
from sapar.demo.office import COURSES, PROGRAMMES, TEXTS, DemoOffice, Say
from sapar.demo.office.cast import end_of
from sapar.directory.models import Course, Enrolment, Organisation, OrganisationName, Person
from sapar.directory.states import Level, NameKind
from sapar.methods.names import collation_key, search_key
from sapar.methods.recognition import pass_or_fail, shipped_scale
from sapar.mobility.models import (
    Application,
    Call,
    CallPlace,
    Component,
    Decision,
    Exchange,
    LearningAgreement,
    RecognitionCase,
    Signature,
    Transcript,
    TranscriptLine,
    Wish,
)
from sapar.mobility.queries.credits import Converter
from sapar.mobility.states import (
    ApplicationState,
    CallState,
    CaseState,
    ExchangeState,
    LearningAgreementState,
    Party,
    Side,
    Term,
    TranscriptSource,
    Verdict,
)
from sapar.partners.models import Agreement, AgreementVersion, Condition, Contact, Partnership
from sapar.partners.queries import digest_of, snapshot_of
from sapar.partners.states import AgreementKind, AgreementState, Direction, VersionState
from sapar.reporting.services import make_report, release_report

YEARS = 10
PARTNERS, STUDENTS, STAYS = 238, 10_000, 3_000
# How much was going on, the first year being 1: growth, two years of closed borders, and more than before.
PACE = (1.0, 1.1, 1.25, 1.4, 0.5, 0.65, 1.3, 1.7, 1.9, 2.1)
OUTGOING_SHARE = 0.62
COUNTRIES = {"TR": 7, "KZ": 7, "UZ": 6, "TJ": 2, "DE": 5, "PL": 4, "IN": 2}
FACULTY_SHARES = {"MED": 4, "ECO": 3, "LAN": 3, "ITE": 2}
SCALE = "kz-12"
MARKS = ("A", "A-", "A-", "B+", "B+", "B", "B", "B-", "C+", "C", "C-", "F")
LANGUAGES = {"TR": "tr", "KZ": "kk", "UZ": "uz", "TJ": "tg", "DE": "de", "PL": "pl", "IN": "en"}
M = TypeVar("M", bound=Model)


def build_history(demo: DemoOffice, *, say: Say, stays: int = STAYS, students: int = STUDENTS) -> None:
    """Everything before and around the told year; then a released report for each of the ten years."""
    history = _History(demo, random.Random(20160901))
    say("ten years of partners and agreements")
    history.partners()
    say("ten thousand students")
    history.students(students)
    for number, year in enumerate(history.years):
        say(f"exchange in {year}")
        history.exchange(year, max(4, round(stays * PACE[number] / sum(PACE))))
    history.numbers.keep(demo)
    refresh_statistics(filled=True)
    for year in history.years:
        say(f"report of {year}")
        moment = demo.at(min(date(year + 1, 10, 15), demo.today))
        report = make_report(demo.office, year, by=demo.officer, at=moment)
        release_report(report, by=demo.users["rector"], at=moment)


@dataclass
class _Numbers:
    """Registers of numbers counted here and handed to the database once."""

    last: dict[tuple[str, int], int] = field(default_factory=dict)

    def start(self, demo: DemoOffice) -> None:
        for row in NumberSeries.objects.filter(office=demo.office):
            self.last[row.series, row.year] = row.last

    def next(self, series: str, year: int) -> int:
        self.last[series, year] = self.last.get((series, year), 0) + 1
        return self.last[series, year]

    def keep(self, demo: DemoOffice) -> None:
        for (series, year), last in self.last.items():
            NumberSeries.objects.update_or_create(
                office=demo.office, series=series, year=year, defaults={"last": last}
            )


@dataclass(frozen=True)
class _Row:
    """A row of places with what a stay under it copies, and how sought after the host is."""

    condition: Condition
    agreement: Agreement
    host: Organisation
    weight: float


class _History:
    def __init__(self, demo: DemoOffice, draw: random.Random) -> None:
        self.demo, self.office, self.draw = demo, demo.office, draw
        self.years = range(demo.year - YEARS + 1, demo.year + 1)
        self.numbers = _Numbers()
        self.numbers.start(demo)
        self.rows: dict[tuple[int, str], list[_Row]] = defaultdict(list)
        self.current: dict[str, list[Enrolment]] = defaultdict(list)
        self.names = {country: people(country, draw) for country in (*COUNTRIES, "KG")}
        scale = shipped_scale(SCALE)
        self.conversions = {mark: pass_or_fail(mark, scale).plain() for mark in set(MARKS)}
        self.passing = {mark: scale.band(mark).passing for mark in set(MARKS)}
        self.courses = {
            code: list(Course.objects.filter(office=self.office, unit=demo.units[code]).order_by("code"))
            for code in COURSES
        }

    def at(self, day: date, hour: int = 10) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    # Partners and agreements

    def partners(self) -> None:
        """Half of them were there when the ten years began; each has its agreements one after the other."""
        organisations = _kept(self._organisations())
        _kept(
            OrganisationName(organisation=one, kind=NameKind.OFFICIAL, name=one.name) for one in organisations
        )
        first = self.years[0]
        since = [first - 3 + min(int(self.draw.expovariate(0.3)), YEARS + 2) for _one in organisations]
        partnerships = _kept(
            Partnership(
                office=self.office,
                organisation=organisation,
                since=date(year, 10, 1),
                last_contact_on=self.demo.today - timedelta(days=int(self.draw.expovariate(1 / 200))),
                added_at=self.at(date(year, 10, 1)),
            )
            for organisation, year in zip(organisations, since, strict=True)
        )
        _kept(self._contact(one) for one in partnerships)
        weights = [1 / (place + 3) ** 0.6 for place in range(len(partnerships))]
        self.draw.shuffle(weights)
        self._agreements(list(zip(partnerships, organisations, since, weights, strict=True)))

    def _organisations(self) -> Iterable[Organisation]:
        seen: set[str] = set(Organisation.objects.values_list("name", flat=True))
        made = 0
        while made < PARTNERS:
            name = f"{self.draw.choice(CITY_WORDS)} {self.draw.choice(CITY_WORDS)} {self.draw.choice(KIND_WORDS)}"
            if name in seen or len(set(name.split()[:2])) == 1:
                continue
            seen.add(name)
            made += 1
            yield Organisation(
                office=self.office,
                name=name,
                country_code=self.draw.choices(list(COUNTRIES), weights=list(COUNTRIES.values()))[0],
                city=name.split()[0],
                sort_key=collation_key(name),
                search=search_key(name),
                source="demo",
            )

    def _contact(self, partnership: Partnership) -> Contact:
        country = partnership.organisation.country_code
        who = next(self.names[country])
        return Contact(
            office=self.office,
            partnership=partnership,
            name=f"{who.given} {who.surname}",
            post="International coordinator",
            email=f"{who.surname}{partnership.pk}@partner.example".lower(),
            language="en",
            is_main=True,
        )

    def _agreements(self, partners: Sequence[tuple[Partnership, Organisation, int, float]]) -> None:
        """Four years each; four in five are followed by the next; every sixth is a memorandum without places."""
        agreements: list[Agreement] = []
        weight_of: dict[int, float] = {}
        for partnership, _organisation, since, weight in partners:
            year, going = since, True
            while going and year <= self.demo.year + 1:
                agreement = self._agreement(partnership, year)
                agreements.append(agreement)
                weight_of[partnership.pk] = weight
                year, going = year + 4, self.draw.random() < 0.8
        _kept(agreements)
        versions = _kept(
            AgreementVersion(
                office=self.office,
                agreement=one,
                number=1,
                state=VersionState.DRAFT,
                texts=TEXTS,
                made_at=one.made_at,
            )
            for one in agreements
        )
        hosts = {partnership.pk: organisation for partnership, organisation, _since, _weight in partners}
        conditions = _kept(row for version in versions for row in self._places(version))
        for row in conditions:
            agreement = row.version.agreement
            self.rows[row.academic_year, row.direction].append(
                _Row(row, agreement, hosts[agreement.partnership_id], weight_of[agreement.partnership_id])
            )
        for version in versions:
            version.snapshot = snapshot_of(version)
            version.digest, version.state = digest_of(version.snapshot), VersionState.FROZEN
            version.frozen_at = version.made_at
        AgreementVersion.objects.bulk_update(
            versions, ["snapshot", "digest", "state", "frozen_at"], batch_size=200
        )

    def _agreement(self, partnership: Partnership, year: int) -> Agreement:
        kind = self.draw.choices(
            [AgreementKind.EXCHANGE, AgreementKind.INTER_INSTITUTIONAL, AgreementKind.MEMORANDUM],
            weights=[8, 2, 2],
        )[0]
        ends, signed = date(year + 4, 8, 31), date(year, 5, 2) + timedelta(days=self.draw.randrange(60))
        name = partnership.organisation.name
        return Agreement(
            office=self.office,
            partnership=partnership,
            kind=kind,
            title=f"{AgreementKind(kind).value.replace('_', '-').capitalize()} with {name}",
            number=f"{year}-{self.numbers.next('agreement', year):03d}",
            state=AgreementState.EXPIRED if ends < self.demo.today else AgreementState.IN_FORCE,
            starts_on=date(year, 9, 1),
            ends_on=ends,
            signed_on=signed,
            languages=["ru", "en"],
            home_signer=self.demo.users["rector"].name,
            home_signer_post="Rector",
            partner_signer="Rector",
            partner_signer_post="Rector",
            responsible=self.demo.officer,
            made_at=self.at(signed - timedelta(days=60)),
        )

    def _places(self, version: AgreementVersion) -> Iterable[Condition]:
        agreement = version.agreement
        if agreement.kind == AgreementKind.MEMORANDUM or agreement.starts_on is None:
            return
        field_code = self.draw.choice(["", "", "", *(code for _name, code in PROGRAMMES.values())])
        for year in range(agreement.starts_on.year, agreement.starts_on.year + 4):
            for direction in Direction:
                yield Condition(
                    office=self.office,
                    version=version,
                    academic_year=year,
                    direction=direction,
                    places=self.draw.choice([1, 2, 2, 2, 3, 4]),
                    months=Decimal(5),
                    level=Level.BACHELOR,
                    isced_f=field_code,
                )

    # People

    def students(self, count: int) -> None:
        """Who studies here now, four years of intake."""
        this = self.demo.year + 1
        people_ = _kept(self._person("KG", number) for number in range(count))
        enrolments = _kept(
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

    # Exchange

    def exchange(self, year: int, count: int) -> None:
        out = round(count * OUTGOING_SHARE)
        self._incoming(year, count - out)
        self._outgoing(year, out)

    def _seats(self, year: int, direction: Direction, count: int) -> list[_Row]:
        """Sought-after hosts fill first; no row gives more places than it has."""
        rows = self.rows[year, direction.value]
        free = {row.condition.pk: row.condition.places for row in rows}
        found: list[_Row] = []
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
        persons = _kept(self._person("KG", year * 10_000 + number) for number in range(count))
        return _kept(
            self._enrolment(person, 80_000 + number, year - 2, 4) for number, person in enumerate(persons)
        )

    def _incoming(self, year: int, count: int) -> None:
        seats = self._seats(year, Direction.INCOMING, count)
        guests = _kept(
            self._person(row.host.country_code, year * 10_000 + number) for number, row in enumerate(seats)
        )
        codes = self.draw.choices(list(FACULTY_SHARES), weights=list(FACULTY_SHARES.values()), k=len(seats))
        _kept(
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
        _kept(applications)
        _kept(self._wishes(applications, seats, places))
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
        self._studies(year, _kept(stays))

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

    def _call_places(
        self, calls: dict[Term, Call], seats: Sequence[_Row]
    ) -> dict[tuple[int, int], CallPlace]:
        taken: dict[tuple[int, int], int] = defaultdict(int)
        rows = {row.condition.pk: row for row in seats}
        ordered = list(calls.values())
        for number, row in enumerate(seats):
            taken[ordered[number % 2].pk, row.condition.pk] += 1
        made = _kept(
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
        seats: Sequence[_Row],
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
        row: _Row,
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
            cancelled_reason="The student gave up the stay." if cancelled else "",
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

    # Studies and recognition

    def _studies(self, year: int, stays: Sequence[Exchange]) -> None:
        """Agreed, certified, recognised: what the host wrote and what the faculty made of it."""
        held = [stay for stay in stays if stay.state != ExchangeState.CANCELLED]
        converter = Converter(self.office, on=date(year, 9, 1), level=Level.BACHELOR)
        agreements, components, marks = [], [], {}
        for stay in held:
            code = self._code_of(stay)
            chosen = self.draw.sample(self.courses[code], self.draw.choice([3, 4, 4]))
            marks[stay.number] = [(course, self.draw.choice(MARKS)) for course in chosen]
            version = self._version(stay, chosen, converter)
            agreements.append(version)
        _kept(agreements)
        for version in agreements:
            for row in (version.snapshot or {})["components"]:
                course = next(
                    one for one in self.courses[self._code_of(version.exchange)] if one.title == row["title"]
                )
                components.append(self._component(version, row, course))
        _kept(components)
        _kept(
            Signature(
                office=self.office,
                learning_agreement=version,
                party=party,
                name=version.exchange.person.display_name
                if party == Party.STUDENT
                else self.demo.officer.name
                if party == Party.SENDING
                else "Coordinator of the host",
                digest=version.digest,
                signed_at=version.signed_at or version.made_at,
            )
            for version in agreements
            for party in Party
        )
        self._transcripts(held, marks, converter)

    def _code_of(self, stay: Exchange) -> str:
        return next(code for code, unit in self.demo.units.items() if unit.pk == stay.unit_id)

    def _version(self, stay: Exchange, chosen: Sequence[Course], converter: Converter) -> LearningAgreement:
        signed = self.at(stay.planned_from - timedelta(days=30))
        total = converter.sum((course.credits, "ECTS") for course in chosen).plain()
        rows = [
            {
                "side": side.value,
                "group": group,
                "code": f"H{course.code}" if side == Side.STUDIED else course.code,
                "title": course.title,
                "credits": f"{course.credits:.2f}",
                "credit_unit": "ECTS",
                "term": "",
                "removed": False,
                "added": False,
                "reason": "",
                "reason_text": "",
            }
            for side in (Side.RECOGNISED, Side.STUDIED)
            for group, course in enumerate(chosen, start=1)
        ]
        snapshot = {
            "exchange": stay.number,
            "direction": stay.direction,
            "programme": stay.programme,
            "home": self.office.name,
            "person": stay.person.display_name,
            "partner": stay.partner.name,
            "planned": [stay.planned_from.isoformat(), stay.planned_to.isoformat()],
            "version": 1,
            "components": rows,
            "sums": {str(Side.STUDIED): total, str(Side.RECOGNISED): total},
        }
        return LearningAgreement(
            office=self.office,
            exchange=stay,
            number=1,
            state=LearningAgreementState.SIGNED,
            snapshot=snapshot,
            digest=digest_of(snapshot),
            made_at=signed - timedelta(days=20),
            sent_at=signed - timedelta(days=10),
            signed_at=signed,
            revision=3,
        )

    def _component(self, version: LearningAgreement, row: dict[str, Any], course: Course) -> Component:
        return Component(
            office=self.office,
            learning_agreement=version,
            side=row["side"],
            group=row["group"],
            code=row["code"],
            title=row["title"],
            credits=course.credits,
            course=course if row["side"] == Side.RECOGNISED else None,
        )

    def _transcripts(
        self, held: Sequence[Exchange], marks: dict[str, list[tuple[Course, str]]], converter: Converter
    ) -> None:
        """A few transcripts of the last year have not come yet."""
        came, transcripts = [], []
        for stay in held:
            assert stay.left_on is not None
            if stay.academic_year == self.demo.year and self.draw.random() < 0.06:
                continue
            came.append(stay)
            given = stay.left_on + timedelta(days=self.draw.randrange(7, 75))
            transcripts.append(
                Transcript(
                    office=self.office,
                    exchange=stay,
                    source=self.draw.choice([TranscriptSource.LINK, TranscriptSource.FORM]),
                    scale=SCALE,
                    issued_on=given,
                    received_at=self.at(given + timedelta(days=2)),
                    given_by="Registrar of the host",
                    digest=digest_of({"stay": stay.number}),
                )
            )
        _kept(transcripts)
        _kept(
            TranscriptLine(
                office=self.office,
                transcript=transcript,
                order=order,
                code=f"H{course.code}",
                title=course.title,
                credits=course.credits,
                mark=mark,
                passed=self.passing[mark],
                examined_on=transcript.exchange.left_on,
            )
            for transcript in transcripts
            for order, (course, mark) in enumerate(marks[transcript.exchange.number], start=1)
        )
        cases = _kept(self._case(transcript) for transcript in transcripts)
        decisions = [
            decision
            for case in cases
            for decision in self._decisions(case, marks[case.exchange.number], converter)
        ]
        _kept(decisions)
        recognised: dict[int, Decimal] = defaultdict(Decimal)
        studied: dict[int, Decimal] = defaultdict(Decimal)
        for decision in decisions:
            stay_id = decision.case.exchange_id
            recognised[stay_id] += decision.credits_recognised or Decimal(0)
            studied[stay_id] += sum(
                (Decimal(line["credits"]) for line in decision.studied if line["passed"]), Decimal(0)
            )
        for stay in came:
            stay.state = ExchangeState.RECOGNISED
            stay.credits_recognised, stay.credits_studied = recognised[stay.pk], studied[stay.pk]
        Exchange.objects.bulk_update(came, ["state", "credits_recognised", "credits_studied"], batch_size=200)

    def _case(self, transcript: Transcript) -> RecognitionCase:
        decided = transcript.received_at + timedelta(days=self.draw.randrange(3, 20))
        return RecognitionCase(
            office=self.office,
            exchange=transcript.exchange,
            transcript=transcript,
            state=CaseState.ORDERED,
            number=f"R-{decided.year}-{self.numbers.next('recognition', decided.year):04d}",
            commission=["Dean", "Head of department"],
            opened_at=transcript.received_at + timedelta(days=1),
            decided_at=decided,
            ordered_at=decided + timedelta(days=2),
        )

    def _decisions(
        self, case: RecognitionCase, marks: Sequence[tuple[Course, str]], converter: Converter
    ) -> Iterable[Decision]:
        """What was passed is recognised as promised, seldom less; what was not passed is made up."""
        for group, (course, mark) in enumerate(marks, start=1):
            unit = converter.one(course.credits, "ECTS").plain()
            passed = self.passing[mark]
            less = passed and self.draw.random() < 0.05
            credits = (course.credits - 1 if less else course.credits) if passed else Decimal(0)
            yield Decision(
                office=self.office,
                case=case,
                group=group,
                studied=[
                    {
                        "code": f"H{course.code}", "title": course.title, "credits": str(course.credits),
                        "credit_unit": "ECTS", "mark": mark, "passed": passed, "in_home_unit": unit,
                        "conversion": self.conversions[mark],
                    }
                ],
                home=[
                    {
                        "code": course.code, "title": course.title, "credits": str(course.credits),
                        "credit_unit": "ECTS", "in_home_unit": unit, "course": course.pk,
                    }
                ],
                credits_promised=course.credits,
                credits_recognised=credits,
                verdict=Verdict.PARTLY if less else Verdict.RECOGNISED if passed else Verdict.REFUSED,
                home_mark=str(self.conversions[mark]["result"]),
                method={
                    "missing": [],
                    "suggestion": {
                        "verdict": Verdict.RECOGNISED if passed else Verdict.REFUSED,
                        "because": "learning_agreement" if passed else "not_passed",
                        "credits": str(credits),
                    },
                },
                reason="" if passed and not less else "Less hours than at home." if less else "Not passed at the host.",
                decided_by=self.demo.users["dean"].name,
                decided_at=case.decided_at,
            )  # fmt: skip


def _kept(rows: Iterable[M]) -> list[M]:
    """Written in parts that every database takes; the rows come back with their keys."""
    found = list(rows)
    if found:
        type(found[0])._default_manager.bulk_create(found, batch_size=500)
    return found
