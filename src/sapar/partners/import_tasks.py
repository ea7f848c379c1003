"""The background doors of imports: a list compared with the directory."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from sapar.accounts.models import Office
from sapar.directory.matching import index_of, records_seen_by
from sapar.partners.models import PartnerImport
from sapar.partners.services.imports.comparing import compare_rows, stop_comparing


@task()
def make_ready(office_id: int) -> None:
    """Index the directory while the officer looks at the columns; the comparison then finds it done."""
    index_of(records_seen_by(Office.objects.get(pk=office_id)))


@task()
def compare(import_id: int) -> None:
    """While it runs, `rows_done` says how far it is; if it fails, the list goes back to its columns."""
    batch = PartnerImport.objects.select_related("office").get(pk=import_id)
    finished = False
    try:
        compare_rows(batch, at=timezone.now())
        finished = True
    finally:
        if not finished:
            stop_comparing(batch, at=timezone.now())
