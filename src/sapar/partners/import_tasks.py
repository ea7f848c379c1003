"""The background door of imports: a list compared with the directory."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from sapar.partners.models import PartnerImport
from sapar.partners.services.imports.comparing import compare_rows, stop_comparing


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
