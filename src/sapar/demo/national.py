"""A country of universities with ten years of exchange, written in bulk: for measuring, not for reading.

The rows have the shape that the services give them, and the same constraints hold; only the trail of the
single acts is missing. One seed gives one country.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from sapar.accounts.models import Office, RoleGrant, User
from sapar.accounts.states import Role
from sapar.core.days import local_day
from sapar.core.planner import refresh_statistics
from sapar.demo.bulk import Table, continue_keys, first_key, stored
from sapar.demo.names import GIVEN, SURNAMES
from sapar.demo.office import FACULTIES, PROGRAMMES
from sapar.demo.stages import PASSWORD
from sapar.directory.models import Home, Organisation, Person, Unit
from sapar.directory.states import Level, UnitKind
from sapar.methods.names import collation_key, search_key
from sapar.methods.progress import Progress, unheard
from sapar.mobility.models import Exchange
from sapar.mobility.states import ExchangeState, Term
from sapar.partners.models import Agreement, AgreementVersion, Condition, Partnership
from sapar.partners.queries import digest_of
from sapar.partners.states import AgreementKind, AgreementState, Direction, MobilityKind, VersionState

YEARS = 10
COUNTRIES = ("TR", "KZ", "UZ", "RU", "DE", "PL", "CN", "KR", "IN", "CZ", "FR", "ES", "IT", "JP", "TJ", "MY")
CITY_WORDS = (
    "North",
    "South",
    "River",
    "Valley",
    "Upper",
    "Lower",
    "Old",
    "New",
    "Lake",
    "Bridge",
    "Garden",
    "Hill",
)
KIND_WORDS = ("State University", "Technical University", "Medical University", "Institute of Economics",
              "Pedagogical University", "Agrarian University")  # fmt: skip
STAY_STATES = (*["recognised"] * 8, "transcript", "returned")
LOST = (0, 0, 0, 3, 6)
STAY_COLUMNS = (
    "id", "number", "direction", "state", "person_id", "partner_id", "agreement_id", "condition_id", "unit_id",
    "academic_year", "term", "isced_f", "programme", "planned_from", "planned_to", "arrived_on", "left_on",
    "nominated_at", "credits_studied", "credits_recognised", "person_sort_key", "person_search",
)  # fmt: skip


@dataclass(frozen=True)
class Country:
    """How large it is."""

    universities: int = 120
    agreements: int = 60_000
    exchanges: int = 1_500_000

    def part(self, share: float) -> Country:
        """A share of the universities with their rows: a page of one office shows as much as before."""
        universities = max(1, int(self.universities * share))
        return Country(universities, int(self.agreements * share), int(self.exchanges * share))


@dataclass(frozen=True)
class _Names:
    """Everything that is computed once for a name and used for many people."""

    surname: str
    given: str
    display: str
    sort_key: str
    search: str


def build_country(size: Country, *, today: date, seed: int = 7, progress: Progress = unheard) -> list[Office]:
    """Write the country into an empty database."""
    builder = _Builder(size, today=today, draw=random.Random(seed))
    offices = []
    for number in range(size.universities):
        with transaction.atomic():
            offices.append(builder.university(number))
        progress(number + 1, size.universities)
    continue_keys([Partnership, Agreement, AgreementVersion, Condition, Person, Exchange])
    refresh_statistics(filled=True)
    return offices


def _name_pool() -> list[_Names]:
    pool = []
    for country, surnames in SURNAMES.items():
        for local_surname, surname in surnames:
            for local_given, given in GIVEN[country]:
                words = f"{given} {surname} {local_given} {local_surname}"
                search = " ".join(dict.fromkeys(search_key(words).split()))
                pool.append(
                    _Names(surname, given, f"{given} {surname}", collation_key(f"{surname} {given}"), search)
                )
    return pool


def _hosts(draw: random.Random) -> list[Organisation]:
    """Two thousand invented universities abroad, shared by all offices."""
    hosts = []
    for number in range(2000):
        name = f"{draw.choice(CITY_WORDS)} {draw.choice(CITY_WORDS)} {draw.choice(KIND_WORDS)} {number + 1}"
        hosts.append(
            Organisation(
                name=name,
                country_code=draw.choice(COUNTRIES),
                city=draw.choice(CITY_WORDS),
                sort_key=collation_key(name),
                search=search_key(name),
                source="demo",
            )
        )
    return Organisation.objects.bulk_create(hosts, batch_size=1000)


def _office(number: int) -> Office:
    name = f"Demo University No. {number + 1}"
    office = Office.objects.create(
        slug=f"university-{number + 1}", name=name, country_code="KZ", languages=["kk", "ru", "en"]
    )
    home = Organisation.objects.create(
        name=name, country_code="KZ", sort_key=collation_key(name), search=search_key(name), source="demo"
    )
    Home.objects.create(office=office, organisation=home)
    user = User(email=f"officer{number + 1}@demo.example", name=f"Officer {number + 1}")
    if number == 0:
        user.set_password(PASSWORD)
    else:
        user.set_unusable_password()
    user.save()
    moment = datetime(2016, 9, 1, tzinfo=UTC)
    RoleGrant.objects.create(office=office, user=user, role=Role.OFFICER, granted_at=moment)
    return office


@dataclass(frozen=True)
class _Row:
    """A row of places with what a stay under it copies."""

    pk: int
    agreement: int
    partner: int
    year: int
    outgoing: bool


@dataclass(frozen=True)
class _Tie:
    """An agreement between the office and one host, for four years."""

    home: str
    host: str
    title: str
    year: int

    @property
    def starts(self) -> date:
        return date(self.year, 9, 1)

    @property
    def ends(self) -> date:
        return date(self.year + 4, 8, 31)

    @property
    def signed(self) -> date:
        return date(self.year, 5, 15)

    def content(self, seats: Mapping[str, int]) -> dict[str, Any]:
        """What the frozen version holds, as `snapshot_of` writes it."""
        return {
            "agreement": {
                "kind": AgreementKind.EXCHANGE.value,
                "title": self.title,
                "partner": self.host,
                "languages": ["ru", "en"],
                "parties": {language: [self.home, self.host] for language in ("ru", "en")},
                "starts_on": self.starts.isoformat(),
                "ends_on": self.ends.isoformat(),
                "renews_automatically": False,
                "renewal_months": 0,
                "notice_months": 3,
            },
            "version": 1,
            "texts": {"ru": [], "en": []},
            "conditions": [
                {
                    "academic_year": self.year,
                    "direction": direction,
                    "kind": MobilityKind.STUDY.value,
                    "isced_f": "",
                    "level": Level.BACHELOR.value,
                    "places": places,
                    "months": "5",
                    "language": "",
                    "language_level": "",
                    "unit": None,
                    "unit_name": "",
                    "note": "",
                }
                for direction, places in sorted(seats.items())
            ],
        }


class _Builder:
    """Counts the keys and keeps the values that repeat, so that a row costs a tuple."""

    def __init__(self, size: Country, *, today: date, draw: random.Random) -> None:
        self.size, self.draw = size, draw
        self.names = _name_pool()
        self.hosts = _hosts(draw)
        self.first_year = (today.year if today.month >= 9 else today.year - 1) - YEARS + 1
        self.began = datetime(self.first_year, 3, 1, tzinfo=UTC)
        self.next = {
            model: first_key(model)
            for model in (Partnership, Agreement, AgreementVersion, Condition, Person, Exchange)
        }
        years = range(self.first_year, self.first_year + YEARS)
        self.nominated = {
            year: stored(Exchange, "nominated_at", datetime(year, 5, 1, tzinfo=UTC)) for year in years
        }
        first, last = date(self.first_year, 1, 1), date(self.first_year + YEARS + 1, 12, 31)
        self.days = {
            first + timedelta(days=number): stored(Exchange, "planned_from", first + timedelta(days=number))
            for number in range((last - first).days)
        }
        self.credits = [stored(Exchange, "credits_studied", Decimal(number)) for number in range(40)]

    def keys(self, model: type[Any], count: int) -> range:
        """The next `count` keys of a table."""
        start = self.next[model]
        self.next[model] = start + count
        return range(start, start + count)

    def university(self, number: int) -> Office:
        size = self.size
        office = _office(number)
        units = Unit.objects.bulk_create(
            Unit(
                office=office,
                kind=UnitKind.FACULTY,
                code=code,
                name=name,
                names={"ky": ky, "ru": ru, "en": name},
            )
            for code, name, ky, ru in FACULTIES
        )
        rows = self._agreements(office, size.agreements // size.universities)
        self._exchanges(office, units, rows, size.exchanges // size.universities)
        return office

    def _agreements(self, office: Office, count: int) -> list[_Row]:
        """Partnerships with their agreements: four years each, two rows of places in the first."""
        draw, began = self.draw, self.began
        partners = draw.sample(self.hosts, min(len(self.hosts), max(1, count * 2 // 3)))
        partnerships = self.keys(Partnership, len(partners))
        table = Table(
            Partnership, ["id", "organisation_id"], office=office, since=local_day(began), added_at=began
        )
        table.write((pk, host.pk) for pk, host in zip(partnerships, partners, strict=True))
        agreements, versions = self.keys(Agreement, count), self.keys(AgreementVersion, count)
        ties, contents, rows, places = [], [], [], []
        for number, (agreement, version) in enumerate(zip(agreements, versions, strict=True)):
            host, year = partners[number % len(partners)], self.first_year + draw.randrange(YEARS)
            tie = _Tie(office.name, host.name, f"Exchange agreement {number + 1}", year)
            ended = year + 3 < self.first_year + YEARS - 1
            state = AgreementState.EXPIRED if ended else AgreementState.IN_FORCE
            days = (stored(Agreement, "starts_on", day) for day in (tie.starts, tie.ends, tie.signed))
            partnership = partnerships[number % len(partners)]
            ties.append((agreement, partnership, tie.title, f"{year}-{number + 1:04d}", state.value, *days))
            seats = {direction.value: draw.randint(12, 20) for direction in Direction}
            content = tie.content(seats)
            contents.append(
                (version, agreement, stored(AgreementVersion, "snapshot", content), digest_of(content))
            )
            for direction, count_ in seats.items():
                (pk,) = self.keys(Condition, 1)
                places.append((pk, version, year, direction, count_))
                rows.append(_Row(pk, agreement, host.pk, year, direction == Direction.OUTGOING))
        _agreement_table(office, began).write(ties)
        _version_table(office, began).write(contents)
        columns = ["id", "version_id", "academic_year", "direction", "places"]
        Table(Condition, columns, office=office, months=Decimal(5), level=Level.BACHELOR).write(places)
        return rows

    def _exchanges(self, office: Office, units: Sequence[Unit], rows: Sequence[_Row], count: int) -> None:
        people = self.keys(Person, count)
        chosen = self.draw.choices(self.names, k=count)
        columns = ["id", "passport_surname", "passport_given", "display_name", "sort_key", "search"]
        added = datetime(2020, 9, 1, tzinfo=UTC)
        Table(Person, columns, office=office, citizenship="KZ", added_at=added).write(
            (pk, name.surname, name.given, name.display, name.sort_key, name.search)
            for pk, name in zip(people, chosen, strict=True)
        )
        pattern = {"office": office, "level": Level.BACHELOR}
        Table(Exchange, STAY_COLUMNS, **pattern).write(self._stays(units, rows, people, chosen))

    def _stays(
        self, units: Sequence[Unit], rows: Sequence[_Row], people: range, chosen: Sequence[_Names]
    ) -> Iterator[tuple[Any, ...]]:
        draw, days = self.draw, self.days
        pick = draw.random
        numbers = self.keys(Exchange, len(people))
        faculties = [(unit.pk, *PROGRAMMES[unit.code][:2]) for unit in units]
        for number, (pk, person, name) in enumerate(zip(numbers, people, chosen, strict=True), start=1):
            row = rows[int(pick() * len(rows))]
            unit, programme, field = faculties[int(pick() * len(faculties))]
            spring = pick() < 0.5
            begins = date(row.year + 1, 2, 1) if spring else date(row.year, 9, 1)
            ends = days[begins + timedelta(days=120 + int(pick() * 31))]
            arrived = days[begins + timedelta(days=int(pick() * 10) - 3)]
            studied = 12 + int(pick() * 22)
            yield (
                pk,
                f"{'O' if row.outgoing else 'I'}-{row.year}-{number:06d}",
                "out" if row.outgoing else "in",
                STAY_STATES[int(pick() * len(STAY_STATES))] if row.outgoing else ExchangeState.RETURNED.value,
                person,
                row.partner,
                row.agreement,
                row.pk,
                unit,
                row.year,
                Term.SPRING.value if spring else Term.AUTUMN.value,
                field,
                programme,
                days[begins],
                ends,
                arrived,
                ends,
                self.nominated[row.year],
                self.credits[studied] if row.outgoing else None,
                self.credits[studied - LOST[int(pick() * len(LOST))]] if row.outgoing else None,
                name.sort_key,
                name.search,
            )


def _agreement_table(office: Office, began: datetime) -> Table:
    return Table(
        Agreement,
        ["id", "partnership_id", "title", "number", "state", "starts_on", "ends_on", "signed_on"],
        office=office,
        kind=AgreementKind.EXCHANGE,
        languages=["ru", "en"],
        home_signer="Rector",
        partner_signer="Rector",
        made_at=began,
    )


def _version_table(office: Office, began: datetime) -> Table:
    return Table(
        AgreementVersion,
        ["id", "agreement_id", "snapshot", "digest"],
        office=office,
        number=1,
        state=VersionState.FROZEN,
        made_at=began,
        frozen_at=began,
    )
