"""Handing out what is held about a person, and erasing it: one asks, another confirms."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.functional import Promise

from sapar.accounts.actors import Actor
from sapar.accounts.models import User
from sapar.accounts.policies import may_work_in
from sapar.audit.services import record
from sapar.core.errors import DomainError
from sapar.core.policy import require
from sapar.core.queue import forget
from sapar.directory.models import Person
from sapar.files.models import StoredFile
from sapar.files.states import PAPER_FLOW
from sapar.formats.tables import write_csv
from sapar.methods.names import collation_key
from sapar.mobility.errors import ErasedAlready, StillUnderWay
from sapar.mobility.models import Erasure, LearningAgreement, StayImport
from sapar.mobility.personal.copies import copy_of
from sapar.mobility.personal.holdings import (
    HOLDINGS,
    KEPT_PAPERS,
    Fate,
    erasable_files,
    links_of,
    links_to,
    papers_about,
)
from sapar.mobility.personal.lists import sheets_naming
from sapar.mobility.policies import (
    may_ask_erasure,
    may_confirm_erasure,
    may_copy_person,
    may_withdraw_erasure,
)
from sapar.mobility.queries.keeping import under_way
from sapar.mobility.states import (
    ERASURE_FLOW,
    ErasureGround,
    ErasureState,
)

GONE = b"Erased.\n"


@transaction.atomic
def copy_person(person: Person, *, by: Actor, at: datetime) -> bytes:
    """A ZIP of everything held about the person; that it was handed out stays in the trail."""
    require(may_copy_person, by, person)
    by_office = may_work_in(by, person.office)
    copy = copy_of(person, by_office=by_office, at=at)
    record("mobility.person.copied", subject=person, by=by, at=at, by_office=by_office)
    return copy


@dataclass(frozen=True)
class Line:
    """One table in the preview of an erasure."""

    title: str | Promise
    rows: int
    fate: Fate
    why: str | Promise


def erasure_preview(person: Person) -> list[Line]:
    """What goes, what is emptied, what stays and why; nothing is changed."""
    lines = [Line(one.title, one.rows(person).count(), one.fate, one.why) for one in HOLDINGS]
    return [line for line in lines if line.rows]


@transaction.atomic
def ask_erasure(person: Person, ground: ErasureGround, *, by: User, at: datetime) -> Erasure:
    """Ask a second person to erase somebody.

    Raises:
        StillUnderWay, ErasedAlready
    """
    require(may_ask_erasure, by, person)
    person = Person.objects.select_for_update().get(pk=person.pk)
    _require_finished(person)
    if Erasure.objects.filter(person=person).exclude(state=ErasureState.WITHDRAWN).exists():
        raise ErasedAlready
    asked = Erasure.objects.create(
        office=person.office, person=person, ground=ErasureGround(ground), asked_by=by, asked_at=at
    )
    record("mobility.person.erasure_asked", subject=person, by=by, at=at, ground=ground)
    return asked


@transaction.atomic
def ask_erasures(people: Sequence[Person], ground: ErasureGround, *, by: User, at: datetime) -> list[Erasure]:
    """Ask a second person to erase several; all of them or nobody.

    Raises:
        StillUnderWay, ErasedAlready
    """
    return [ask_erasure(person, ground, by=by, at=at) for person in sorted(people, key=lambda one: one.pk)]


@transaction.atomic
def withdraw_erasure(erasure: Erasure, *, by: User, at: datetime) -> Erasure:
    require(may_withdraw_erasure, by, erasure)
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    erasure.state = ERASURE_FLOW.after("withdraw", erasure.state)
    erasure.answered_by, erasure.answered_at = by, at
    erasure.save(update_fields=["state", "answered_by", "answered_at"])
    record("mobility.person.erasure_withdrawn", subject=erasure.person, by=by, at=at)
    return erasure


@transaction.atomic
def confirm_erasure(erasure: Erasure, *, by: User, at: datetime) -> Erasure:
    """Erase the person: nothing that says who it was stays in tables, files or the queue but what the law keeps.

    Rows that figures and decisions stand on stay without the name. Older backups still hold everything.

    Raises:
        IllegalMove, StillUnderWay
    """
    require(may_confirm_erasure, by, erasure)
    person = Person.objects.select_for_update().get(pk=erasure.person_id)
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    erasure.state = ERASURE_FLOW.after("confirm", erasure.state)
    _require_finished(person)
    erasure.answered_by, erasure.answered_at = by, at
    erasure.counts = {one.name: one.rows(person).count() for one in HOLDINGS}
    erasure.save(update_fields=["state", "answered_by", "answered_at", "counts"])
    forget(_addresses_of(person))
    _empty_papers(person)
    _empty_files(person)
    _empty_lists(person)
    _empty_rows(person, at)
    _hide(person)
    record(
        "mobility.person.erased",
        subject=person,
        by=by,
        at=at,
        ground=erasure.ground,
        rows=sum(erasure.counts.values()),
    )
    return erasure


@dataclass(frozen=True)
class Left:
    """Somebody who was not erased, and the sentence that says why."""

    erasure: Erasure
    reason: DomainError


def confirm_erasures(
    erasures: Sequence[Erasure], *, by: User, at: datetime
) -> tuple[list[Erasure], list[Left]]:
    """Erase several, each for itself: what refuses one, or a fault in the middle, undoes nobody else's."""
    done, left = [], []
    for asked in erasures:
        try:
            done.append(confirm_erasure(asked, by=by, at=at))
        except DomainError as refused:
            left.append(Left(asked, refused))
    return done, left


def _require_finished(person: Person) -> None:
    if numbers := under_way(person):
        raise StillUnderWay(numbers=", ".join(filter(None, numbers)) or "—")


def _addresses_of(person: Person) -> list[str]:
    """By what letters in the queue are known as theirs. A name would not do: others bear it, in other offices, too."""
    return [person.email, *links_of(person).values_list("holder_email", flat=True)]


def _empty_papers(person: Person) -> None:
    """Papers of decisions stay; any other answers from now on that it is revoked."""
    for paper in papers_about(person).exclude(kind__in=KEPT_PAPERS).select_for_update():
        if PAPER_FLOW.allows("revoke", paper.state):
            paper.state = PAPER_FLOW.after("revoke", paper.state)
            paper.save(update_fields=["state"])


def _empty_files(person: Person) -> None:
    """Rows stay, since papers point to them; their content and names are gone."""
    for stored in erasable_files(person).select_for_update():
        _replace(stored, GONE, "erased.txt", "text/plain")
        stored.stored_by = "—"
        stored.save(update_fields=["name", "content", "media_type", "size", "sha256", "stored_by"])


def _empty_lists(person: Person) -> None:
    """Sheets hold their rows in the file: it keeps its columns only, with all its people."""
    lists = StayImport.objects.filter(exchanges__person=person).select_related("file")
    sheets = {one.file_id: (one.file, one.columns) for one in lists}
    sheets |= {stored.pk: (stored, columns) for stored, columns in sheets_naming(person)}
    list(StayImport.objects.select_for_update().filter(file__in=sheets).order_by("pk").values_list("pk"))
    for stored, columns in sheets.values():
        _replace(stored, write_csv(columns, []), "erased.csv", "text/csv")
        stored.save(update_fields=["name", "content", "media_type", "size", "sha256"])
    StayImport.objects.filter(file__in=sheets).update(refused=[])


def _replace(stored: StoredFile, content: bytes, name: str, media_type: str) -> None:
    before = str(stored.content.name)
    stored.name, stored.media_type, stored.size = name, media_type, len(content)
    stored.sha256 = hashlib.sha256(content).hexdigest()
    stored.content.save(name, ContentFile(content), save=False)
    transaction.on_commit(lambda: default_storage.delete(before), robust=True)


def _empty_rows(person: Person, at: datetime) -> None:
    # The papers of an application go first: they are what leads to their files.
    links_to(person).filter(revoked_at=None).update(revoked_at=at)
    for one in HOLDINGS:
        if one.fate is Fate.GOES:
            one.rows(person).delete()
        elif one.emptied:
            one.rows(person).update(**one.emptied)


def _hide(person: Person) -> None:
    name = f"№ {person.pk}"
    person.passport_surname = person.display_name = name
    person.passport_given = person.email = person.phone = person.citizenship = person.passport_number = ""
    person.local_names, person.birth_date, person.search = [], None, ""
    person.sort_key = collation_key(name)
    person.save()
    for enrolment in person.enrolments.all():
        enrolment.student_number = f"erased-{enrolment.pk}"
        enrolment.save(update_fields=["student_number"])
    person.exchanges.update(person_sort_key=person.sort_key, person_search="")
    for version in LearningAgreement.objects.filter(exchange__person=person, snapshot__isnull=False):
        version.snapshot = {**(version.snapshot or {}), "person": name}
        version.save(update_fields=["snapshot"])
