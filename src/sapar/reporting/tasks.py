"""Background doors of reporting: ids in, one service call."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.actors import System
from sapar.core.queue import AT_ONCE, background
from sapar.reporting.models import Report
from sapar.reporting.services import fill_report, mark_failed
from sapar.reporting.states import REPORT_FLOW, ReportState

SYSTEM = System("report")


def note_failure(report_id: int, error: str) -> None:
    report = Report.objects.get(pk=report_id)
    if REPORT_FLOW.allows("fail", report.state):
        mark_failed(report, error, by=SYSTEM, at=timezone.now())


@background(about=Report, patience=AT_ONCE, given_up=note_failure, failure=_("A report was not computed."))
def fill(report_id: int) -> None:
    """Compute a report, once. A failure is kept on the report, where the office sees it, and in the queue."""
    report = Report.objects.select_related("office").get(pk=report_id)
    if report.state == ReportState.RUNNING:
        fill_report(report, by=SYSTEM, at=timezone.now())
