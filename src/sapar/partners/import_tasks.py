"""The background doors of imports: a list compared with the directory."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office
from sapar.core.queue import AT_ONCE, background
from sapar.directory.matching import index_of, records_seen_by
from sapar.partners.models import AgreementImport, PartnerImport
from sapar.partners.services.imports.comparing import compare_rows, stop_comparing
from sapar.partners.services.signed.bringing import read_in_background, stop_reading
from sapar.partners.services.signed.taking import take_in_background


@background(about=Office, failure=_("The directory was not indexed before a list is compared."))
def make_ready(office_id: int) -> None:
    """Index the directory while the officer looks at the columns; the comparison then finds it done."""
    index_of(records_seen_by(Office.objects.get(pk=office_id)))


def note_failure(import_id: int, _error: str) -> None:
    stop_comparing(PartnerImport.objects.get(pk=import_id), at=timezone.now())


@background(
    about=PartnerImport,
    patience=AT_ONCE,
    given_up=note_failure,
    failure=_("A list of partners was not compared."),
)
def compare(import_id: int) -> None:
    """While it runs, `rows_done` says how far it is; if it fails, the list goes back to its columns."""
    compare_rows(PartnerImport.objects.select_related("office").get(pk=import_id), at=timezone.now())


def note_stopped(import_id: int, _error: str) -> None:
    stop_reading(AgreementImport.objects.get(pk=import_id), at=timezone.now())


@background(
    about=AgreementImport,
    patience=AT_ONCE,
    given_up=note_stopped,
    failure=_("A list of signed agreements was not read."),
)
def read_agreements(import_id: int) -> None:
    """While it runs, `rows_done` says how far it is; if it fails, the list goes back to its columns."""
    read_in_background(
        AgreementImport.objects.select_related("office", "file").get(pk=import_id), at=timezone.now()
    )


@background(
    about=AgreementImport,
    patience=AT_ONCE,
    given_up=note_stopped,
    failure=_("The agreements of a list were not put on record."),
)
def take_agreements(import_id: int) -> None:
    """All or none; if it fails, the list can be taken again."""
    take_in_background(AgreementImport.objects.select_related("office").get(pk=import_id), at=timezone.now())
