"""The background doors of imports: a list compared with the directory."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office
from sapar.core.queue import AT_ONCE, background
from sapar.directory.matching import index_of, records_seen_by
from sapar.partners.models import PartnerImport
from sapar.partners.services.imports.comparing import compare_rows, stop_comparing


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
