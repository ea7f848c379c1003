"""Adding and changing people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.days import local_day
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.errors import MixedScript, NameMissing
from sapar.directory.facts import PersonAdded
from sapar.directory.models import FormerName, Person
from sapar.directory.policies import may_add_people, may_change_person, may_read_passport
from sapar.methods.names import collation_key, mixed_script, search_key


@dataclass(frozen=True, kw_only=True)
class PersonEntry:
    """What is written about a person; the passport's spelling is taken to the letter."""

    passport_surname: str
    passport_given: str = ""
    local_names: Sequence[dict[str, str]] = field(default_factory=tuple)
    email: str = ""
    phone: str = ""
    citizenship: str = ""
    birth_date: date | None = None
    passport_number: str = ""
    language: str = "en"


def person_from(entry: PersonEntry, office: Office, *, at: datetime) -> Person:
    """An unsaved person, checked, with the columns for search and order filled.

    Raises:
        NameMissing, MixedScript
    """
    person = Person(office=office, added_at=at)
    _fill(person, entry)
    return person


def _fill(person: Person, entry: PersonEntry) -> None:
    surname, given = entry.passport_surname.strip(), entry.passport_given.strip()
    if not surname and not given:
        raise NameMissing
    locals_ = [
        " ".join(filter(None, (name.get("surname"), name.get("given"), name.get("patronymic"))))
        for name in entry.local_names
    ]
    for name in (surname, given, *locals_):
        if mixed := mixed_script(name):
            raise MixedScript(name=name, letters=mixed[0].word)
    display = " ".join(filter(None, (given, surname)))
    person.passport_surname, person.passport_given = surname, given
    person.local_names = [dict(name) for name in entry.local_names]
    person.display_name = display
    person.sort_key = collation_key(f"{surname} {given}".strip())[:300]
    person.search = " ".join(
        dict.fromkeys(w for text in (display, *locals_) for w in search_key(text).split())
    )
    person.email, person.phone = entry.email.strip().lower(), entry.phone.strip()
    person.citizenship, person.birth_date = entry.citizenship.upper(), entry.birth_date
    person.passport_number, person.language = entry.passport_number.strip(), entry.language


@transaction.atomic
def add_person(entry: PersonEntry, *, office: Office, by: Actor, at: datetime) -> Person:
    require(may_add_people, by, office)
    person = person_from(entry, office, at=at)
    person.save(force_insert=True)
    record("directory.person.added", subject=person, by=by, at=at)
    announce(PersonAdded(office_id=office.pk, person_id=person.pk))
    return person


@transaction.atomic
def change_person(
    person: Person, entry: PersonEntry, *, by: Actor, at: datetime, document: str = "", seen: str = ""
) -> Person:
    """Correct a person; a changed passport name keeps the one before among the former names."""
    require(may_change_person, by, person)
    person = Person.objects.select_for_update().get(pk=person.pk)
    refuse_changed(person, seen)
    before = (person.passport_surname, person.passport_given)
    _fill(person, entry)
    if before != (person.passport_surname, person.passport_given):
        FormerName.objects.create(
            person=person,
            passport_surname=before[0],
            passport_given=before[1],
            until=local_day(at),
            document=document[:120],
        )
    for former in person.former_names.all():
        words = search_key(f"{former.passport_given} {former.passport_surname}").split()
        person.search = " ".join(dict.fromkeys([*person.search.split(), *words]))
    person.save()
    renamed = before != (person.passport_surname, person.passport_given)
    record("directory.person.changed", subject=person, by=by, at=at, renamed=renamed)
    return person


@transaction.atomic
def read_passport_number(person: Person, *, by: Actor, at: datetime) -> str:
    """The number, for whoever needs it now; that it was read stays in the trail."""
    require(may_read_passport, by, person)
    record("directory.person.passport_read", subject=person, by=by, at=at)
    return str(person.passport_number)
