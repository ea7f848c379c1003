"""From the office's list of earlier stays to records: bring, columns, universities, take, undo."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.services import next_number
from sapar.audit.models import Entry
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.days import local_day
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.models import Person, Unit
from sapar.directory.queries import organisations_seen_by
from sapar.files.queries import content_of
from sapar.formats.tables import Table
from sapar.mobility.earlier.columns import StayField
from sapar.mobility.earlier.reading import EarlierStay, RowProblem, name_key, read_stays
from sapar.mobility.errors import HostUnknown, NothingToTake, StayColumnMissing, StayUsedSince
from sapar.mobility.facts import StaysImported
from sapar.mobility.models import Exchange, StayImport
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.earlier import mapping_for
from sapar.mobility.services.earlier_people import People, forget_person
from sapar.mobility.states import STAY_LIST_FLOW, ExchangeState
from sapar.partners.columns import signature
from sapar.partners.services.imports.naming import countries_of_names, organisations_named, unknown_faculties
from sapar.partners.services.lists import columns_chosen, keep_list, read_list
from sapar.partners.states import Direction

IMPORTED = "mobility.exchange.imported"
_F = StayField


@transaction.atomic
def bring_stays(
    content: bytes, name: str, *, header_row: int = 0, office: Office, by: Actor, at: datetime
) -> StayImport:
    """Keep the office's list and guess what its columns mean; nothing is read from its rows yet.

    Args:
        header_row: the line with the names of the columns, counted from 1; 0 finds it.

    Raises:
        ListUnreadable, FileTooLarge, FileTypeRefused, FileDamaged
    """
    require(may_nominate, by, office)
    kept = keep_list(content, name, purpose="stay_list", header_row=header_row, office=office, by=by, at=at)
    table = kept.table
    batch = StayImport.objects.create(
        office=office,
        file=kept.file,
        columns=list(table.columns),
        signature=signature(table.columns),
        mapping=dict(mapping_for(office, table)),
        header_row=header_row,
        rows_total=len(table.rows),
        made_at=at,
        made_by=kept.by,
    )
    record("mobility.stays.brought", subject=batch, by=by, at=at, name=kept.file.name, rows=len(table.rows))
    return batch


@transaction.atomic
def choose_stay_columns(
    batch: StayImport,
    mapping: Mapping[str, str],
    *,
    direction: Direction,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> StayImport:
    """Say what the columns mean and which way rows go that do not say it; universities are looked for anew.

    Args:
        seen: mark of the list as the page showed it.

    Raises:
        StayColumnMissing, ColumnTwice, IllegalMove, ChangedMeanwhile
    """
    require(may_nominate, by, batch.office)
    batch = _locked(batch)
    state = STAY_LIST_FLOW.after("read", batch.state)
    refuse_changed(batch, seen)
    batch.state = state
    mapping = columns_chosen(mapping, batch.columns, StayField)
    if _F.HOST not in mapping or not {_F.NAME, _F.SURNAME} & set(mapping):
        raise StayColumnMissing
    batch.mapping, batch.direction = mapping, direction
    table = table_of(batch)
    named = organisations_named(countries_of_names(table, mapping, _F.HOST, _F.COUNTRY), batch.office)
    batch.hosts, batch.candidates = named.found, named.candidates
    batch.faculties = unknown_faculties(table, mapping.get(_F.FACULTY), batch.office)
    _look(batch, at=at)
    batch.save()
    record("mobility.stays.columns_chosen", subject=batch, by=by, at=at, mapping=mapping, direction=direction)
    return batch


@transaction.atomic
def choose_names(
    batch: StayImport,
    hosts: Mapping[str, int | None],
    faculties: Mapping[str, int | None] | None = None,
    *,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> StayImport:
    """Say which universities and faculties the names of the list stand for; None leaves a name's rows out.

    Args:
        seen: mark of the list as the page showed it.

    Raises:
        HostUnknown: not in the directory that the office sees.
        IllegalMove, ChangedMeanwhile
    """
    require(may_nominate, by, batch.office)
    batch = _locked(batch)
    state = STAY_LIST_FLOW.after("read", batch.state)
    refuse_changed(batch, seen)
    batch.state = state
    chosen = {name: pk for name, pk in hosts.items() if name in batch.hosts}
    wanted = {pk for pk in chosen.values() if pk}
    known = set(organisations_seen_by(batch.office).filter(pk__in=wanted).values_list("pk", flat=True))
    for name, pk in chosen.items():
        if pk and pk not in known:
            raise HostUnknown(name=name)
    units = set(Unit.objects.filter(office=batch.office).values_list("pk", flat=True))
    own = {
        name: pk if pk in units else None for name, pk in (faculties or {}).items() if name in batch.faculties
    }
    batch.hosts, batch.faculties = {**batch.hosts, **chosen}, {**batch.faculties, **own}
    _look(batch, at=at)
    batch.save()
    record("mobility.stays.names_chosen", subject=batch, by=by, at=at, hosts=chosen, faculties=own)
    return batch


@transaction.atomic
def take_stays(batch: StayImport, *, by: Actor, at: datetime) -> StayImport:
    """Put all rows on record that can be taken; the others stay with their reasons.

    People are those on record where student number, e-mail with a word of the name, or name with date of birth
    say so, and new otherwise: equal names alone join nobody.

    Raises:
        NothingToTake, IllegalMove
    """
    require(may_nominate, by, batch.office)
    batch = _locked(batch)
    batch.state = STAY_LIST_FLOW.after("take", batch.state)
    ready = _look(batch, at=at)
    if not ready:
        raise NothingToTake
    people = People(batch.office, ready, at=at)
    today = local_day(at)
    stays = [_stay_of(row, people, batch, today=today, at=at) for row in ready]
    Exchange.objects.bulk_create(stays, batch_size=200)
    batch.people, batch.taken_at = people.added, at
    batch.save()
    for row, stay in zip(ready, stays, strict=True):
        record(
            "mobility.exchange.imported",
            subject=stay,
            by=by,
            at=at,
            list=batch.pk,
            row=row.row,
            days_assumed=row.assumed,
        )
    record(
        "mobility.stays.taken", subject=batch, by=by, at=at,
        stays=len(stays), people=len(people.added), refused=len({one["row"] for one in batch.refused}),
    )  # fmt: skip
    announce(StaysImported(office_id=batch.office_id, import_id=batch.pk))
    return batch


@transaction.atomic
def undo_stays(batch: StayImport, *, by: Actor, at: datetime) -> StayImport:
    """Take back the stays of a list, and the people that it added and nobody has used since.

    Raises:
        StayUsedSince: somebody worked on one of the stays; nothing was undone.
    """
    require(may_nominate, by, batch.office)
    batch = _locked(batch)
    batch.state = STAY_LIST_FLOW.after("undo", batch.state)
    stays = Exchange.objects.select_for_update().filter(imported_by=batch)
    used = (
        Entry.objects.filter(
            office=batch.office,
            subject_type=Exchange._meta.label_lower,
            subject_id__in=list(stays.values_list("pk", flat=True)),
        )
        .exclude(action=IMPORTED)
        .order_by("pk")
        .first()
    )
    if used is not None:
        stay = Exchange.objects.select_related("person").get(pk=used.subject_id)
        raise StayUsedSince(number=stay.number, name=stay.person.display_name)
    count = stays.count()
    stays.delete()
    for person in Person.objects.filter(
        pk__in=batch.people, exchanges=None, applications=None, enrolments=None
    ):
        forget_person(person)
    batch.undone_at, batch.people = at, []
    batch.save(update_fields=["state", "undone_at", "people"])
    record("mobility.stays.undone", subject=batch, by=by, at=at, stays=count)
    return batch


@transaction.atomic
def discard_stays(batch: StayImport, *, by: Actor, at: datetime) -> StayImport:
    """Give a list up before anything of it was taken; the file stays."""
    require(may_nominate, by, batch.office)
    batch = _locked(batch)
    batch.state = STAY_LIST_FLOW.after("discard", batch.state)
    batch.save(update_fields=["state"])
    record("mobility.stays.discarded", subject=batch, by=by, at=at)
    return batch


def table_of(batch: StayImport) -> Table:
    """The list as it was brought."""
    return read_list(content_of(batch.file), batch.file.name, batch.header_row)


def _locked(batch: StayImport) -> StayImport:
    return (
        StayImport.objects.select_for_update(of=("self",)).select_related("office", "file").get(pk=batch.pk)
    )


def _look(batch: StayImport, *, at: datetime) -> list[EarlierStay]:
    """Read all rows again: which can be taken now; the others are noted on the list with their reasons."""
    today = local_day(at)
    stays, problems = read_stays(
        table_of(batch),
        batch.mapping,
        office=batch.office,
        direction=Direction(batch.direction),
        faculties=batch.faculties,
        today=today,
    )
    known = _on_record(batch.office, {stay.academic_year for stay in stays})
    ready = []
    for stay in stays:
        host = batch.hosts.get(stay.host)
        if not host:
            problems.append(RowProblem(stay.row, batch.mapping[_F.HOST], stay.host[:300], "host_open"))
            continue
        key = (stay.direction.value, host, stay.academic_year, stay.first, stay.name_key)
        if key in known:
            problems.append(RowProblem(stay.row, "", f"{stay.given} {stay.surname}".strip(), "known"))
            continue
        known.add(key)
        ready.append(stay)
    batch.refused = [one.plain() for one in sorted(problems, key=lambda one: one.row)]
    batch.rows_ready = len(ready)
    return ready


def _on_record(office: Office, years: Collection[int]) -> set[tuple[str, int, int, date, str]]:
    """What tells a stay from others: direction, partner, year, first day, name."""
    rows = Exchange.objects.filter(office=office, academic_year__in=years).values_list(
        "direction", "partner_id", "academic_year", "arrived_on", "planned_from", "person__display_name"
    )
    return {
        (direction, partner, year, arrived or planned, name_key(name))
        for direction, partner, year, arrived, planned, name in rows.iterator()
    }


def _stay_of(row: EarlierStay, people: People, batch: StayImport, *, today: date, at: datetime) -> Exchange:
    who = people.of(row)
    over = row.last < today
    decided = over and row.direction == Direction.OUTGOING and row.recognised is not None
    state = ExchangeState.RECOGNISED if decided else ExchangeState.RETURNED if over else ExchangeState.AWAY
    letter = "O" if row.direction == Direction.OUTGOING else "I"
    number = next_number(batch.office, f"exchange {row.direction}", row.academic_year)
    enrolment = who.enrolment
    return Exchange(
        office=batch.office,
        number=f"{letter}-{row.academic_year}-{number:04d}",
        direction=row.direction,
        kind=row.kind,
        state=state,
        person=who.person,
        enrolment=enrolment,
        partner_id=batch.hosts[row.host],
        unit_id=row.unit or (enrolment.unit_id if enrolment else None),
        academic_year=row.academic_year,
        term=row.term,
        level=row.level or (enrolment.level if enrolment else ""),
        isced_f=row.isced_f or (enrolment.isced_f if enrolment else ""),
        programme=row.programme or (enrolment.programme if enrolment else ""),
        planned_from=row.first,
        planned_to=row.last,
        arrived_on=row.first,
        left_on=row.last if over else None,
        nominated_at=at,
        credits_studied=row.studied if over else None,
        credits_recognised=row.recognised if over else None,
        imported_by=batch,
        person_sort_key=who.person.sort_key,
        person_search=who.person.search[:300],
    )
