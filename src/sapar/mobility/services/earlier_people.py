"""The people of a list of earlier years: found among those known, or entered anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError

from sapar.accounts.models import Office
from sapar.directory.models import Enrolment, Person
from sapar.directory.services.people import PersonEntry, person_from
from sapar.mobility.earlier.reading import EarlierStay, name_key


@dataclass(frozen=True)
class Listed:
    person: Person
    enrolment: Enrolment | None = None


class People:
    """Finds the people of a list on record and adds the others, each of them once."""

    def __init__(self, office: Office, rows: Sequence[EarlierStay], *, at: datetime) -> None:
        self.office, self.at = office, at
        self.added: list[int] = []
        self.known: dict[tuple[str, str], list[Listed]] = {}
        enrolments = Enrolment.objects.select_related("person").filter(
            office=office, student_number__in={row.student_number for row in rows if row.student_number}
        )
        for enrolment in enrolments:
            who = Listed(enrolment.person, enrolment)
            self.known.setdefault(("number", enrolment.student_number), []).append(who)
        people = Person.objects.filter(office=office).order_by("pk")
        for person in people.filter(email__in={row.email for row in rows if row.email}):
            self.known.setdefault(("email", person.email), []).append(Listed(person))
        for person in people.filter(birth_date__in={row.birth_date for row in rows if row.birth_date}):
            self._know_birth(Listed(person))

    def of(self, row: EarlierStay) -> Listed:
        found = self._found(row)
        if found is None:
            entry = PersonEntry(
                passport_surname=row.surname,
                passport_given=row.given,
                email=row.email,
                citizenship=row.citizenship,
                birth_date=row.birth_date,
            )
            person = person_from(entry, self.office, at=self.at)
            person.save(force_insert=True)
            self.added.append(person.pk)
            found = Listed(person)
            self._know_birth(found)
        for kind, value in (("number", row.student_number), ("email", row.email)):
            if value and found not in self.known.setdefault((kind, value), []):
                self.known[kind, value].append(found)
        return found

    def _found(self, row: EarlierStay) -> Listed | None:
        born = f"{row.birth_date} {row.name_key}" if row.birth_date else ""
        for kind, value in (("number", row.student_number), ("born", born), ("email", row.email)):
            for who in self.known.get((kind, value), ()) if value else ():
                if kind == "born" or set(who.person.search.split()) & set(row.name_key.split()):
                    return who
        return None

    def _know_birth(self, who: Listed) -> None:
        if who.person.birth_date:
            born = f"{who.person.birth_date} {name_key(who.person.display_name)}"
            self.known.setdefault(("born", born), []).append(who)


def forget_person(person: Person) -> None:
    """Remove somebody who stands nowhere else; who does, stays."""
    try:
        with transaction.atomic():
            person.delete()
    except ProtectedError:
        pass
