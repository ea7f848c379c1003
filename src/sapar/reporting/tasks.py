"""Background doors of reporting: ids in, one service call."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.actors import System
from sapar.core.queue import AT_ONCE, background
from sapar.reporting.models import Report
from sapar.reporting.services import fill_report, mark_failed
from sapar.reporting.states import ReportState


@background(about=Report, patience=AT_ONCE, failure=_("A report was not computed."))
def fill(report_id: int) -> None:
    """Compute a report, once. A failure is kept on the report, where the office sees it, and goes on to the queue."""
    report = Report.objects.select_related("office").get(pk=report_id)
    by = System("report")
    if report.state != ReportState.RUNNING:
        return
    try:
        fill_report(report, by=by, at=timezone.now())
    except Exception as error:
        mark_failed(report, str(error), by=by, at=timezone.now())
        raise
