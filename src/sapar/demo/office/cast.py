"""The university of the demo: its people, faculties and courses; what a later stage needs of the earlier ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.utils import timezone

from sapar.accounts.actors import System
from sapar.accounts.models import Office, SignedLink, User
from sapar.accounts.queries import link_by_key
from sapar.accounts.services import grant_role, open_office
from sapar.accounts.states import LinkPurpose, Role, ScopeKind
from sapar.demo.names import HOME, InventedUniversity
from sapar.demo.office.seasons import Season, first_year
from sapar.demo.stages import PASSWORD
from sapar.directory.models import Course, Enrolment, Home, Organisation, Unit
from sapar.directory.services.organisations import NameEntry, add_organisation
from sapar.directory.states import NameKind, UnitKind
from sapar.mobility.models.grades import RecognitionRules
from sapar.partners.models import Agreement, Partnership

SYSTEM = System("demo")

FACULTIES = (
    ("MED", "Faculty of Medicine", "Медицина факультети", "Медицинский факультет"),
    ("ECO", "Faculty of Economics", "Экономика факультети", "Экономический факультет"),
    ("LAN", "Faculty of World Languages", "Дүйнөлүк тилдер факультети", "Факультет мировых языков"),
    ("ITE", "Faculty of Information Technology", "Маалымат технологиялары факультети", "Факультет информационных технологий"),
)  # fmt: skip
DEPARTMENTS = (
    ("MED", "Department of Anatomy", "Анатомия кафедрасы", "Кафедра анатомии"),
    ("MED", "Department of Histology", "Гистология кафедрасы", "Кафедра гистологии"),
    ("MED", "Department of Surgery", "Хирургия кафедрасы", "Кафедра хирургии"),
    ("MED", "Department of Physiology", "Физиология кафедрасы", "Кафедра физиологии"),
)
PROGRAMMES = {
    "MED": ("General medicine", "0912"),
    "ECO": ("Finance and credit", "0412"),
    "LAN": ("Linguistics", "0231"),
    "ITE": ("Software engineering", "0613"),
}
COURSES = {
    "MED": (("ANA201", "Human anatomy II", 6), ("HIS202", "Histology", 5), ("PHY203", "Normal physiology", 6), ("LAT204", "Medical Latin", 3)),
    "ECO": (("MAC301", "Macroeconomics", 6), ("BAN302", "Banking", 5), ("STA303", "Statistics for economists", 6), ("LAW304", "Business law", 4)),
    "LAN": (("LEX211", "Lexicology", 5), ("TRA212", "Theory of translation", 6), ("STY213", "Stylistics", 5), ("LIT214", "World literature", 5)),
    "ITE": (("ALG221", "Algorithms and data structures", 6), ("DBS222", "Databases", 5), ("NET223", "Computer networks", 5), ("WEB224", "Web development", 5)),
}  # fmt: skip
ROLES = (
    ("aigul", "Aigul Asanova", Role.OFFICER, "ru"),
    ("vice", "Daniiar Maatov", Role.VICE_RECTOR, "ky"),
    ("rector", "Elmira Sydykova", Role.RECTOR, "ru"),
    ("lawyer", "Farida Lawal", Role.LEGAL, "ru"),
    ("reviewer", "Gulnara Bakirova", Role.REVIEWER, "ru"),
    ("reader", "Ermek Reader", Role.VIEWER, "en"),
)


@dataclass
class DemoOffice:
    """What a later stage needs of the earlier ones."""

    office: Office
    administrator: User
    today: date
    season: Season
    draw: random.Random
    users: dict[str, User] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    courses: dict[str, list[Course]] = field(default_factory=dict)
    partnerships: list[Partnership] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    students: list[Enrolment] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    @property
    def officer(self) -> User:
        return self.users["aigul"]

    @property
    def year(self) -> int:
        """The academic year before the present one: the first that agreements give places for, and reported last."""
        return first_year(self.today)

    def at(self, day: date, hour: int = 10) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    def link(self, key: str, purpose: LinkPurpose, day: date) -> SignedLink:
        return link_by_key(key, purpose, at=self.at(day))


def end_of(day: date) -> datetime:
    """The last second of the day in the office's time."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


Say = Callable[[str], None]


def found_office(today: date, season: Season, seed: int) -> DemoOffice:
    administrator = User.objects.create_user("admin@demo.example", PASSWORD, name="Bakyt Administrator")
    start = date(today.year - 3, 9, 1)
    office = open_office(
        slug="sulaiman-too",
        name=HOME.name,
        country_code="KG",
        languages=["ky", "ru", "en"],
        administrator=administrator,
        at=datetime(start.year, 9, 1, 8, tzinfo=UTC),
    )
    office.names = {"ky": HOME.local, "ru": "Демо-университет Сулайман-Тоо", "en": HOME.name}
    office.near_abroad = ["KZ", "UZ", "TJ", "RU", "TM", "BY", "AM", "AZ", "MD"]
    office.keep_years = 5
    office.save(update_fields=["names", "near_abroad", "keep_years"])
    demo = DemoOffice(office, administrator, today, season, random.Random(seed))
    began = demo.at(start)
    home = add_university(demo, HOME, began)
    Home.objects.create(office=office, organisation=home)
    for code, name, ky, ru in FACULTIES:
        demo.units[code] = Unit.objects.create(
            office=office, kind=UnitKind.FACULTY, code=code, name=name, names={"ky": ky, "ru": ru, "en": name}
        )
        demo.courses[code] = [
            Course.objects.create(
                office=office,
                unit=demo.units[code],
                programme=PROGRAMMES[code][0],
                code=course,
                title=title,
                credits=Decimal(credits),
            )
            for course, title, credits in COURSES[code]
        ]
    for number, (parent, name, ky, ru) in enumerate(DEPARTMENTS, start=1):
        Unit.objects.create(
            office=office,
            kind=UnitKind.DEPARTMENT,
            parent=demo.units[parent],
            code=f"{parent}-{number}",
            name=name,
            names={"ky": ky, "ru": ru, "en": name},
        )
    RecognitionRules.objects.create(office=office, home_scale="kg-ksma")
    for key, name, role, language in ROLES:
        demo.users[key] = _user(key, name, language)
        grant_role(demo.users[key], office, role, by=administrator, at=began)
    demo.users["dean"] = _user("dean", "Cholpon Deanova", "ky")
    grant_role(
        demo.users["dean"],
        office,
        Role.COORDINATOR,
        scope_kind=ScopeKind.UNIT,
        scope_id=demo.units["MED"].pk,
        by=administrator,
        at=began,
    )
    return demo


def _user(key: str, name: str, language: str) -> User:
    return User.objects.create_user(f"{key}@demo.example", PASSWORD, name=name, language=language)


def add_university(demo: DemoOffice, university: InventedUniversity, at: datetime) -> Organisation:
    return add_organisation(
        office=demo.office,
        name=university.name,
        country_code=university.country,
        city=university.city,
        names=[
            NameEntry(NameKind.LABEL, university.local, university.language),
            NameEntry(NameKind.ACRONYM, university.acronym),
        ],
        by=SYSTEM,
        at=at,
    )
