"""Background doors of reporting: ids in, one service call."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from sapar.accounts.actors import System
from sapar.reporting.models import Report
from sapar.reporting.services import fill_report, mark_failed

log = logging.getLogger(__name__)


@task()
def fill(report_id: int) -> None:
    """Compute a report; while it runs, its page shows how far it is."""
    report = Report.objects.select_related("office").get(pk=report_id)
    by = System("report")

    def progress(done: int, total: int, /) -> None:
        # Outside the transaction of the service, so that others see it; at most one write a step.
        log.info("report %s: %s of %s", report_id, done, total)

    try:
        fill_report(report, by=by, at=timezone.now(), progress=progress)
    except Exception as error:
        mark_failed(report, str(error), by=by, at=timezone.now())
        raise
