"""Background doors of reporting: ids in, one service call."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from sapar.accounts.actors import System
from sapar.reporting.models import Report
from sapar.reporting.services import fill_report, mark_failed


@task()
def fill(report_id: int) -> None:
    """Compute a report. A failure is kept on the report, where the office sees it, and goes on to the queue."""
    report = Report.objects.select_related("office").get(pk=report_id)
    by = System("report")

    try:
        fill_report(report, by=by, at=timezone.now())
    except Exception as error:
        mark_failed(report, str(error), by=by, at=timezone.now())
        raise
