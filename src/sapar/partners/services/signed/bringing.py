"""Bringing a list of signed agreements: keep the file, say what columns and words mean, read its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.directory.models import Unit
from sapar.directory.queries import organisations_seen_by
from sapar.formats.tables import Table
from sapar.partners.columns import signature
from sapar.partners.errors import FacultyUnknown, PartnerUnknown, SignedColumnMissing
from sapar.partners.models import AgreementImport
from sapar.partners.policies import may_draft_agreement
from sapar.partners.queries.signed import meaning_of
from sapar.partners.services.imports.naming import countries_of_names, organisations_named, unknown_faculties
from sapar.partners.services.lists import columns_chosen, keep_list, read_list
from sapar.partners.services.signed.looking import look
from sapar.partners.signed.columns import SignedField
from sapar.partners.signed.said import kind_said, whole_university_said
from sapar.partners.states import AGREEMENT_LIST_FLOW, AgreementKind, AgreementListState

READ = Later("sapar.partners.import_tasks.read_agreements")
SYSTEM = System("import")
# A list with more rows is read and taken in the background, with a progress bar.
AT_ONCE_ROWS = 150
STEP = 10
_F = SignedField


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is meant where no cell says it."""

    usual_kind: str = ""
    usual_direction: str = "out"
    empty_is_endless: bool = False
    empty_is_above: bool = False


@transaction.atomic
def bring_agreements(
    content: bytes, name: str, *, header_row: int = 0, office: Office, by: Actor, at: datetime
) -> AgreementImport:
    """Keep the office's list and guess what its columns mean; nothing is read from its rows yet.

    Args:
        header_row: the line with the names of the columns, counted from 1; 0 finds it.

    Raises:
        ListUnreadable, FileTooLarge, FileTypeRefused, FileDamaged
    """
    require(may_draft_agreement, by, office)
    kept = keep_list(
        content, name, purpose="agreement_list", header_row=header_row, office=office, by=by, at=at
    )
    table = kept.table
    mapping, settings = meaning_of(office, table.columns)
    batch = AgreementImport.objects.create(
        office=office,
        file=kept.file,
        columns=list(table.columns),
        signature=signature(table.columns),
        mapping=dict(mapping),
        settings=dict(settings),
        header_row=header_row,
        rows_total=len(table.rows),
        made_at=at,
        made_by=kept.by,
    )
    record(
        "partners.agreements.brought", subject=batch, by=by, at=at, name=kept.file.name, rows=len(table.rows)
    )
    return batch


@transaction.atomic
def choose_agreement_columns(
    batch: AgreementImport,
    mapping: Mapping[str, str],
    usual: Usual | None = None,
    *,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> AgreementImport:
    """Say what columns and empty cells mean; names are looked for anew. A long list is read in the background.

    Args:
        seen: mark of the list as the page showed it.

    Raises:
        SignedColumnMissing, ColumnTwice, IllegalMove, ChangedMeanwhile
    """
    require(may_draft_agreement, by, batch.office)
    batch = locked(batch)
    state = AGREEMENT_LIST_FLOW.after("read", batch.state)
    refuse_changed(batch, seen)
    batch.state = state
    mapping = columns_chosen(mapping, batch.columns, SignedField)
    if _F.PARTNER not in mapping or not {_F.SIGNED, _F.STARTS, _F.ENDS} & set(mapping):
        raise SignedColumnMissing
    batch.mapping, batch.settings = mapping, asdict(usual or Usual())
    batch.rows_done, batch.problem = 0, ""
    batch.save()
    record(
        "partners.agreements.columns_chosen",
        subject=batch,
        by=by,
        at=at,
        mapping=mapping,
        usual=batch.settings,
    )
    if batch.rows_total > AT_ONCE_ROWS:
        READ.enqueue(batch.pk)
        return batch
    return _read(batch, at=at)


def read_in_background(batch: AgreementImport, *, at: datetime) -> AgreementImport:
    """Look for the names and read the rows; if somebody chose other columns meanwhile, its outcome is dropped."""

    def note(done: int) -> None:
        if done % STEP == 0:
            AgreementImport.objects.filter(pk=batch.pk).update(rows_done=min(done, batch.rows_total))

    _find_names(batch, note)
    with transaction.atomic():
        current = locked(batch)
        same = current.mapping == batch.mapping and current.settings == batch.settings
        if current.state != AgreementListState.READING or not same:
            return current
        return _preview(batch, at=at)


@transaction.atomic
def stop_reading(batch: AgreementImport, *, at: datetime) -> None:
    """Note that reading or taking failed in the background, so that a person can begin it again."""
    batch = locked(batch)
    for move in ("stop", "halt"):
        if AGREEMENT_LIST_FLOW.allows(move, batch.state):
            batch.state, batch.problem = AGREEMENT_LIST_FLOW.after(move, batch.state), "stopped"
            batch.save(update_fields=["state", "problem"])
            record("partners.agreements.stopped", subject=batch, by=SYSTEM, at=at)
            return


def _read(batch: AgreementImport, *, at: datetime) -> AgreementImport:
    _find_names(batch, None)
    return _preview(batch, at=at)


def _find_names(batch: AgreementImport, progress: object) -> None:
    table, mapping = table_of(batch), batch.mapping
    countries = countries_of_names(table, mapping, _F.PARTNER, _F.COUNTRY)
    named = organisations_named(
        {name: country for name, country in countries.items() if any(map(str.isalpha, name))},
        batch.office,
        progress=progress,  # type: ignore[arg-type]
    )
    batch.partners, batch.reasons, batch.candidates = named.found, named.reasons, named.candidates
    column = mapping.get(_F.KIND)
    words = dict.fromkeys(" ".join(row[column].split()) for row in table.rows) if column else {}
    batch.kinds = {one: None for one in words if one and kind_said(one) is None}
    unknown = unknown_faculties(table, mapping.get(_F.FACULTY), batch.office)
    batch.faculties = {name: None for name in unknown if not whole_university_said(name)}


def _preview(batch: AgreementImport, *, at: datetime) -> AgreementImport:
    look(batch, table_of(batch), at=at)
    batch.state = AGREEMENT_LIST_FLOW.after("preview", batch.state)
    batch.rows_done = batch.rows_total
    batch.save()
    return batch


@transaction.atomic
def choose_meanings(
    batch: AgreementImport,
    partners: Mapping[str, int | None],
    kinds: Mapping[str, str | None] | None = None,
    faculties: Mapping[str, int | None] | None = None,
    *,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> AgreementImport:
    """Say what names of partners, kinds and faculties of the list stand for; None leaves their rows out.

    Args:
        seen: mark of the list as the page showed it.

    Raises:
        PartnerUnknown: not in the directory that the office sees.
        FacultyUnknown: not one of the office's.
        IllegalMove, ChangedMeanwhile
    """
    require(may_draft_agreement, by, batch.office)
    batch = locked(batch)
    state = AGREEMENT_LIST_FLOW.after("choose", batch.state)
    refuse_changed(batch, seen)
    batch.state = state
    chosen = {name: pk for name, pk in partners.items() if name in batch.partners}
    wanted = {pk for pk in chosen.values() if pk}
    known = set(organisations_seen_by(batch.office).filter(pk__in=wanted).values_list("pk", flat=True))
    for name, pk in chosen.items():
        if pk and pk not in known:
            raise PartnerUnknown(name=name)
    units = set(Unit.objects.filter(office=batch.office).values_list("pk", flat=True))
    own = {name: pk for name, pk in (faculties or {}).items() if name in batch.faculties}
    for name, pk in own.items():
        if pk and pk not in units:
            raise FacultyUnknown(name=name)
    meant = {
        words: kind if kind in AgreementKind.values else None
        for words, kind in (kinds or {}).items()
        if words in batch.kinds
    }
    batch.partners, batch.kinds = {**batch.partners, **chosen}, {**batch.kinds, **meant}
    batch.faculties = {**batch.faculties, **own}
    look(batch, table_of(batch), at=at)
    batch.save()
    record(
        "partners.agreements.names_chosen", subject=batch, by=by, at=at,
        partners=chosen, kinds=meant, faculties=own,
    )  # fmt: skip
    return batch


@transaction.atomic
def discard_agreements(batch: AgreementImport, *, by: Actor, at: datetime) -> AgreementImport:
    """Give a list up before anything of it was taken; the file stays."""
    require(may_draft_agreement, by, batch.office)
    batch = locked(batch)
    batch.state = AGREEMENT_LIST_FLOW.after("discard", batch.state)
    batch.save(update_fields=["state"])
    record("partners.agreements.discarded", subject=batch, by=by, at=at)
    return batch


def table_of(batch: AgreementImport) -> Table:
    """The list as it was brought."""
    with batch.file.content.open("rb") as content:
        return read_list(content.read(), batch.file.name, batch.header_row)


def locked(batch: AgreementImport) -> AgreementImport:
    return (
        AgreementImport.objects.select_for_update(of=("self",))
        .select_related("office", "file")
        .get(pk=batch.pk)
    )
