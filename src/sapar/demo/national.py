"""A country of universities with ten years of exchange, written in bulk: for measuring, not for reading.

The rows have the shape that the services give them, and the same constraints hold; only the trail of the
single acts is missing. One seed gives one country.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from sapar.accounts.models import Office, RoleGrant, User
from sapar.accounts.states import Role
from sapar.demo.names import GIVEN, SURNAMES
from sapar.demo.office import FACULTIES, PASSWORD, PROGRAMMES
from sapar.directory.models import Home, Organisation, Person, Unit
from sapar.directory.states import Level, UnitKind
from sapar.methods.names import collation_key, search_key
from sapar.methods.progress import Progress, unheard
from sapar.mobility.models import Exchange
from sapar.mobility.states import ExchangeState, Term
from sapar.partners.models import Agreement, AgreementVersion, Condition, Partnership
from sapar.partners.states import AgreementKind, AgreementState, Direction, VersionState

BATCH = 1000
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
STAY_STATES = (ExchangeState.RECOGNISED,) * 8 + (ExchangeState.TRANSCRIPT, ExchangeState.RETURNED)


@dataclass(frozen=True)
class Country:
    """How large it is; `share` of the full size keeps the number of rows of one office in proportion."""

    universities: int = 120
    agreements: int = 60_000
    exchanges: int = 1_500_000

    def shrunk(self, share: float) -> Country:
        """The same number of universities with a share of the rows."""
        return Country(self.universities, int(self.agreements * share), int(self.exchanges * share))


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
    draw = random.Random(seed)
    names = _name_pool()
    hosts = _hosts(draw)
    offices = []
    for number in range(size.universities):
        with transaction.atomic():
            office = _office(number)
            offices.append(office)
            _fill_office(
                office,
                names,
                hosts,
                agreements=size.agreements // size.universities,
                exchanges=size.exchanges // size.universities,
                today=today,
                draw=draw,
            )
        progress(number + 1, size.universities)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("PRAGMA optimize=0x10002")
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
    return Organisation.objects.bulk_create(hosts, batch_size=BATCH)


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


def _fill_office(
    office: Office,
    names: Sequence[_Names],
    hosts: Sequence[Organisation],
    *,
    agreements: int,
    exchanges: int,
    today: date,
    draw: random.Random,
) -> None:
    first_year = (today.year if today.month >= 9 else today.year - 1) - YEARS + 1
    began = datetime(first_year, 3, 1, tzinfo=UTC)
    units = Unit.objects.bulk_create(
        Unit(office=office, kind=UnitKind.FACULTY, code=code, name=name) for code, name, _ky, _ru in FACULTIES
    )
    partners = draw.sample(hosts, min(len(hosts), max(1, agreements * 2 // 3)))
    partnerships = Partnership.objects.bulk_create(
        (
            Partnership(office=office, organisation=host, since=began.date(), added_at=began)
            for host in partners
        ),
        batch_size=BATCH,
    )
    tied = _agreements(office, partnerships, agreements, first_year, began, draw)
    rows = _conditions(office, tied, first_year, draw)
    for start in range(0, exchanges, BATCH):
        _exchanges(office, names, units, rows, start, min(BATCH, exchanges - start), draw)


def _agreements(
    office: Office,
    partnerships: Sequence[Partnership],
    count: int,
    first_year: int,
    began: datetime,
    draw: random.Random,
) -> list[tuple[Agreement, AgreementVersion]]:
    made = []
    for number in range(count):
        starts = first_year + draw.randrange(YEARS)
        ended = starts + 3 < first_year + YEARS - 1
        made.append(
            Agreement(
                office=office,
                partnership=partnerships[number % len(partnerships)],
                kind=AgreementKind.EXCHANGE,
                title=f"Exchange agreement {number + 1}",
                number=f"{starts}-{number + 1:04d}",
                state=AgreementState.EXPIRED if ended else AgreementState.IN_FORCE,
                starts_on=date(starts, 9, 1),
                ends_on=date(starts + 4, 8, 31),
                signed_on=date(starts, 5, 15),
                languages=["ru", "en"],
                home_signer="Rector",
                partner_signer="Rector",
                made_at=began,
            )
        )
    agreements = Agreement.objects.bulk_create(made, batch_size=BATCH)
    versions = AgreementVersion.objects.bulk_create(
        (
            AgreementVersion(
                office=office,
                agreement=agreement,
                number=1,
                state=VersionState.FROZEN,
                snapshot={},
                digest="0" * 64,
                made_at=began,
                frozen_at=began,
            )
            for agreement in agreements
        ),
        batch_size=BATCH,
    )
    return list(zip(agreements, versions, strict=True))


def _conditions(
    office: Office, tied: Sequence[tuple[Agreement, AgreementVersion]], first_year: int, draw: random.Random
) -> list[tuple[Condition, Agreement]]:
    """Two rows a year for one year of each agreement: enough that every stay has its row."""
    rows, owners = [], []
    for agreement, version in tied:
        year = agreement.starts_on.year if agreement.starts_on else first_year
        for direction in Direction:
            rows.append(
                Condition(
                    office=office,
                    version=version,
                    academic_year=year,
                    direction=direction,
                    places=draw.randint(2, 5),
                    months=Decimal(5),
                    level=Level.BACHELOR,
                )
            )
            owners.append(agreement)
    return list(zip(Condition.objects.bulk_create(rows, batch_size=BATCH), owners, strict=True))


def _exchanges(
    office: Office,
    names: Sequence[_Names],
    units: Sequence[Unit],
    rows: Sequence[tuple[Condition, Agreement]],
    start: int,
    count: int,
    draw: random.Random,
) -> None:
    chosen = [draw.choice(names) for _number in range(count)]
    people = Person.objects.bulk_create(_people(office, chosen), batch_size=BATCH)
    stays = []
    for number, (person, name) in enumerate(zip(people, chosen, strict=True), start=start):
        condition, agreement = draw.choice(rows)
        unit = draw.randrange(len(units))
        stays.append(_stay(office, number, person, name, condition, agreement, unit, units, draw))
    Exchange.objects.bulk_create(stays, batch_size=BATCH)


def _people(office: Office, chosen: Sequence[_Names]) -> Iterator[Person]:
    added = datetime(2020, 9, 1, tzinfo=UTC)
    for name in chosen:
        yield Person(
            office=office,
            passport_surname=name.surname,
            passport_given=name.given,
            display_name=name.display,
            sort_key=name.sort_key,
            search=name.search,
            citizenship="KZ",
            added_at=added,
        )


def _stay(
    office: Office,
    number: int,
    person: Person,
    name: _Names,
    condition: Condition,
    agreement: Agreement,
    unit: int,
    units: Sequence[Unit],
    draw: random.Random,
) -> Exchange:
    year = condition.academic_year
    spring = draw.random() < 0.5
    begins = date(year + 1, 2, 1) if spring else date(year, 9, 1)
    ends = begins + timedelta(days=draw.randint(120, 150))
    arrived = begins + timedelta(days=draw.randint(-3, 6))
    outgoing = condition.direction == Direction.OUTGOING
    studied = Decimal(draw.randint(12, 33)) if outgoing else None
    return Exchange(
        office=office,
        number=f"{'O' if outgoing else 'I'}-{year}-{number + 1:06d}",
        direction=condition.direction,
        state=draw.choice(STAY_STATES) if outgoing else ExchangeState.RETURNED,
        person=person,
        partner_id=agreement.partnership.organisation_id,
        agreement=agreement,
        condition=condition,
        unit=units[unit],
        academic_year=year,
        term=Term.SPRING if spring else Term.AUTUMN,
        level=Level.BACHELOR,
        isced_f=PROGRAMMES[units[unit].code][1],
        programme=PROGRAMMES[units[unit].code][0],
        planned_from=begins,
        planned_to=ends,
        arrived_on=arrived,
        left_on=ends,
        nominated_at=datetime(year, 5, 1, tzinfo=UTC),
        credits_studied=studied,
        credits_recognised=studied - draw.choice([0, 0, 0, 3, 6]) if studied is not None else None,
        person_sort_key=name.sort_key,
        person_search=name.search,
    )
