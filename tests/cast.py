"""The cast: people with names and roles at two universities that must never see each other's records.

Aigul is the officer, Bakyt administers, Cholpon coordinates the medical faculty, Daniyar is the vice-rector,
Elmira the rector, Farhod the lawyer, Gulnara only reads. Zarina is the officer of the other university.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import translation

from sapar.accounts.models import Office, RoleGrant, User
from sapar.accounts.states import Role, ScopeKind
from sapar.directory.models import Home, Organisation, Unit
from sapar.directory.states import UnitKind

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)
# When the stays of spring are over.
LATER = datetime(2027, 7, 1, 9, 0, tzinfo=UTC)
PASSWORD = "a-long-journey-2026"


@dataclass
class Cast:
    office: Office
    home: Organisation
    medicine: Unit
    economics: Unit
    administrator: User
    officer: User
    coordinator: User
    vice_rector: User
    rector: User
    lawyer: User
    reader: User
    nobody: User
    other_office: Office
    other_officer: User


def make_user(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@example.org", PASSWORD, name=name)


def make_office(slug: str, name: str) -> Office:
    return Office.objects.create(slug=slug, name=name, country_code="KG", languages=["ky", "ru", "en"])


def grant(user: User, office: Office, role: Role, unit: Unit | None = None) -> None:
    RoleGrant.objects.create(
        office=office,
        user=user,
        role=role,
        scope_kind=ScopeKind.UNIT if unit else ScopeKind.OFFICE,
        scope_id=unit.pk if unit else None,
        granted_at=NOW,
    )


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page leaves its reader's language behind in the thread; the next test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast()


def build_cast() -> Cast:
    """The same people, for measurements that have no fixtures."""
    office, other = (
        make_office("alatoo", "Ala-Too Demo University"),
        make_office("tianshan", "Tian-Shan Demo University"),
    )
    home = Organisation.objects.create(
        name=office.name, country_code="KG", city="Osh", sort_key="ala", search="alatoo demo university"
    )
    Home.objects.create(office=office, organisation=home)
    medicine = Unit.objects.create(
        office=office, kind=UnitKind.FACULTY, code="MED", name="Faculty of Medicine"
    )
    economics = Unit.objects.create(
        office=office, kind=UnitKind.FACULTY, code="ECO", name="Faculty of Economics"
    )
    people = {
        name: make_user(name)
        for name in (
            "Aigul",
            "Bakyt",
            "Cholpon",
            "Daniyar",
            "Elmira",
            "Farhod",
            "Gulnara",
            "Nobody",
            "Zarina",
        )
    }
    for name, role in {
        "Aigul": Role.OFFICER,
        "Bakyt": Role.ADMINISTRATOR,
        "Daniyar": Role.VICE_RECTOR,
        "Elmira": Role.RECTOR,
        "Farhod": Role.LEGAL,
        "Gulnara": Role.VIEWER,
    }.items():
        grant(people[name], office, role)
    grant(people["Cholpon"], office, Role.COORDINATOR, medicine)
    grant(people["Zarina"], other, Role.OFFICER)
    return Cast(
        office=office,
        home=home,
        medicine=medicine,
        economics=economics,
        administrator=people["Bakyt"],
        officer=people["Aigul"],
        coordinator=people["Cholpon"],
        vice_rector=people["Daniyar"],
        rector=people["Elmira"],
        lawyer=people["Farhod"],
        reader=people["Gulnara"],
        nobody=people["Nobody"],
        other_office=other,
        other_officer=people["Zarina"],
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
